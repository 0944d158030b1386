// SDIs come, work and go while others work.
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import { lifecycleScenario } from '#sequences/virtual/lifecycle-scenario';
import { SiovTest } from './siov-test.ts';

export class LifecycleTest extends SiovTest {
  protected override scenario(env: SiovEnv): Process {
    return lifecycleScenario(env, this);
  }
}
