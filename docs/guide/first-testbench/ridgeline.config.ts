// What `npx ridgeline` runs in this folder: tests, devices, rules, reports.
import { defineConfig } from 'ridgeline';
import {
  consoleReport,
  failureReport,
  htmlReport,
  jsonReport,
  junitReport,
} from 'ridgeline/reports';
import { CornerTest, RandomTest } from './alu-env.ts';
import { ALU_FAULTS, AluModel, aluBus } from './alu-model.ts';
import { ALU_RULES } from './alu-scoreboard.ts';

export default defineConfig({
  tests: {
    random: { test: RandomTest, seeds: 20, summary: 'all operations on random operands' },
    corner: { test: CornerTest, seeds: 10, summary: 'operands at the ends of their range' },
  },
  devices: {
    model: {
      faults: ALU_FAULTS,
      bind: (top, run) => top.config.set('**', aluBus, new AluModel(top.kernel, run.fault)),
    },
  },
  rules: [ALU_RULES],
  reports: [consoleReport(), junitReport(), jsonReport(), htmlReport(), failureReport()],
});
