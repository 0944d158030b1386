// The tests of the coverage chapter; the device and its rules are those of the folder above.
import { defineConfig } from 'ridgeline';
import { consoleReport, htmlReport, jsonReport } from 'ridgeline/reports';
import { ALU_FAULTS, AluModel, aluBus } from '../alu-model.ts';
import { ALU_RULES } from '../alu-scoreboard.ts';
import { BlindTest, ClosingTest, SolvingTest } from './closing-test.ts';

export default defineConfig({
  tests: {
    blind: { test: BlindTest, seeds: 3, summary: '200 orders of the mixture' },
    closing: { test: ClosingTest, seeds: 3, summary: 'orders for the holes of the coverage model' },
    solving: { test: SolvingTest, seeds: 1, summary: 'orders that are solved for the holes' },
  },
  devices: {
    model: {
      faults: ALU_FAULTS,
      bind: (top, run) => top.config.set('**', aluBus, new AluModel(top.kernel, run.fault)),
    },
  },
  rules: [ALU_RULES],
  reports: [consoleReport(), jsonReport(), htmlReport()],
});
