// VFs and SDIs side by side.
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import { mixedIovScenario } from '#sequences/virtual/mixed-iov-scenario';
import { SiovTest } from './siov-test.ts';

export class MixedIovTest extends SiovTest {
  protected override scenario(env: SiovEnv): Process {
    return mixedIovScenario(env, this);
  }
}
