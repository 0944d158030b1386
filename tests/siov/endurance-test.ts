// A queue at work until its 16-bit indices wrap, and beyond.
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import { enduranceScenario } from '#sequences/virtual/endurance-scenario';
import { SiovTest } from './siov-test.ts';

export class EnduranceTest extends SiovTest {
  protected override scenario(env: SiovEnv): Process {
    return enduranceScenario(env, this);
  }
}
