// Register models: resets, bit bash and random accesses, with tenants at work.
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import { registersScenario } from '#sequences/virtual/registers-scenario';
import { SiovTest } from './siov-test.ts';

export class RegistersTest extends SiovTest {
  protected override scenario(env: SiovEnv): Process {
    return registersScenario(env, this);
  }
}
