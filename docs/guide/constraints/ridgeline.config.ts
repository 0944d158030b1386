// What `npx ridgeline` runs in this folder: tests that print random programs. There is no device and no rule.
import { defineConfig } from 'ridgeline';
import { consoleReport } from 'ridgeline/reports';
import { ConflictTest, LongTest, ModesTest, ShowTest } from './program-test.ts';

export default defineConfig({
  tests: {
    show: { test: ShowTest, seeds: 3, summary: 'eight programs' },
    long: { test: LongTest, seeds: 3, summary: 'eight long programs' },
    conflict: { test: ConflictTest, seeds: 1, summary: 'a program that cannot be' },
    modes: { test: ModesTest, seeds: 1, summary: 'fields and blocks switched off' },
  },
  devices: { none: { bind: () => undefined } },
  rules: [],
  reports: [consoleReport()],
});
