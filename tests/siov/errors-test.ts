// Everything that goes wrong around the device: answers, requests of the host, resets of functions and of the device.
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import { errorsScenario } from '#sequences/virtual/errors-scenario';
import { SiovTest } from './siov-test.ts';

export class ErrorsTest extends SiovTest {
  protected override scenario(env: SiovEnv): Process {
    return errorsScenario(env, this);
  }
}
