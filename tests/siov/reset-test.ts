// SDI resets with work in flight, and what is reused after them.
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import { resetScenario } from '#sequences/virtual/reset-scenario';
import { SiovTest } from './siov-test.ts';

export class ResetTest extends SiovTest {
  protected override scenario(env: SiovEnv): Process {
    return resetScenario(env, this);
  }
}
