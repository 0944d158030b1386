// What `ridgeline` runs here: the SIOV testbench on the reference device. The command finds this file, and its workers
// import it; other testbenches write their own.
import {
  consoleReport,
  failureReport,
  htmlReport,
  jsonReport,
  junitReport,
} from './reports/index.ts';
import { defineConfig } from './src/run/config.ts';
import { siovConfig } from './tests/siov/index.ts';

export default defineConfig({
  ...siovConfig,
  reports: [consoleReport(), junitReport(), jsonReport(), htmlReport(), failureReport()],
});
