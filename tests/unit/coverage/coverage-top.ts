// A testbench for the coverage model alone, told the sizes of the reference device.
import { coverageConfig } from '#coverage/coverage-config';
import { Testbench } from '#uvm/testbench';

export function coverageTestbench(): Testbench {
  const top = new Testbench({ runSeed: 1 });
  const sizes = { pageBytes: 4096, descriptorBytes: 64 };
  top.config.set('**', coverageConfig, { ...sizes, hasSrdRegisters: true });
  return top;
}
