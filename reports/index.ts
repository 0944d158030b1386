// Report writers: pure functions from a record to files. Source: design, rooms (`reports/`), "What a run leaves behind".
export { consoleReport } from './console-report.ts';
export { failureReport } from './failure-report.ts';
export { htmlReport } from './html-report.ts';
export { jsonReport } from './json-report.ts';
export { junitReport } from './junit-report.ts';
