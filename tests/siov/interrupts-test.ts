// Interrupts masked, pending, reprogrammed under load.
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import { interruptsScenario } from '#sequences/virtual/interrupts-scenario';
import { SiovTest } from './siov-test.ts';

export class InterruptsTest extends SiovTest {
  protected override scenario(env: SiovEnv): Process {
    return interruptsScenario(env, this);
  }
}
