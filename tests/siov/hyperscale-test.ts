// Thousands of SDIs at once.
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import { hyperscaleScenario } from '#sequences/virtual/hyperscale-scenario';
import { SiovTest } from './siov-test.ts';

export class HyperscaleTest extends SiovTest {
  protected override scenario(env: SiovEnv): Process {
    return hyperscaleScenario(env, this);
  }
}
