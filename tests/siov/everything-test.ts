// All features at once.
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import { everythingScenario } from '#sequences/virtual/everything-scenario';
import { SiovTest } from './siov-test.ts';

export class EverythingTest extends SiovTest {
  protected override scenario(env: SiovEnv): Process {
    return everythingScenario(env, this);
  }
}
