// Work of every opcode, size, alignment and flag, from all tenants at once.
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import { dmaScenario } from '#sequences/virtual/dma-scenario';
import { SiovTest } from './siov-test.ts';

export class DmaTest extends SiovTest {
  protected override scenario(env: SiovEnv): Process {
    return dmaScenario(env, this);
  }
}
