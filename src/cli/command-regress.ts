// `ridgeline regress`: many runs of many tests. Source: issue "The command".
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { DatabaseBuilder, type CoverageDatabase } from '#cover/database/database';
import { encodeDatabase } from '#cover/database/database-file';
import { DatabaseView } from '#cover/database/database-view';
import { Exclusions, type DatedExclusions } from '#cover/database/exclusions';
import { exportUcis } from '#cover/ucis/ucis-export';
import type { RegressionRecord } from '#record/regression-record';
import type { ReportFile } from '#record/report-writer';
import type { RunRecord } from '#record/run-record';
import type { RidgelineConfig } from '#run/config';
import { plannedTests } from '#run/plan';
import { runRegression, ruleTable, type RegressionRequest } from '#run/regression';
import { runName } from '#run/run-spec';
import { codeVersion, packageVersion } from './code-version.ts';
import { RUNS_PER_BIN } from './cover/cover-exchange.ts';
import { readExclusions, today } from './cover/cover-inputs.ts';
import { COVERAGE_FILE, runInfo, UCIS_FILE } from './coverage-files.ts';
import { findProject, type FoundConfig } from './find-config.ts';
import { Interruption } from './interruption.ts';
import {
  baseSeedValue,
  countValue,
  jobsValue,
  secondsValue,
  timeoutValue,
  verbosityValue,
} from './option-values.ts';
import { Progress } from './progress.ts';
import { ResultFolder } from './result-folder.ts';
import { stallOf, targetOf, wallSecondsOf, type CommonOptions } from './target.ts';
import { EXIT, paint, type Terminal } from './terminal.ts';

export interface RegressOptions extends CommonOptions {
  readonly tests?: readonly string[];
  readonly seeds?: string;
  readonly baseSeed: string;
  readonly jobs?: string;
  readonly time?: string;
  readonly strict?: true;
  readonly dutTimeout: string;
  readonly runTimeout?: string;
  readonly verbosity?: string;
}

export async function runRegress(options: RegressOptions, terminal: Terminal): Promise<number> {
  const found = await findProject(terminal);
  // What is wrong with them is said before hours of runs, not after.
  const exclusions = { list: readExclusions(terminal, undefined), today: today() };
  const request = { ...requestOf(found, options), exclusions };
  if (options.baseSeed === 'random') terminal.note(`base seed ${request.baseSeed}\n`);
  // What cannot be is said before anything is written.
  plannedTests(found.config, request);
  const folder = new ResultFolder(terminal, options.out);
  const progress = new Progress(terminal);
  const coverage = new DatabaseBuilder();
  const date = new Date().toISOString();
  using interruption = new Interruption(terminal);
  const events = {
    onPlan: (tests: readonly { readonly runs: number }[]) => {
      const planned = tests.reduce((sum, { runs }) => sum + runs, 0);
      progress.start(planned, tests.length, request.baseSeed);
    },
    onResult: (record: RunRecord, done: number, planned: number) =>
      progress.result(record, done, planned),
    onSummed: (record: RunRecord) => {
      coverage.addRun(runInfo(record, date), record.coverage);
      if (record.verdict !== 'PASS') writeRun(found.config, folder, record);
    },
  };
  const record = await runRegression(found.config, request, events, interruption.signal);
  progress.finish();
  const files = found.config.reports.flatMap((writer) => writer.writeRegression?.(record) ?? []);
  const text = folder.write(files);
  writeCoverage(coverage.build(), folder, { date, exclusions });
  if (options.json === true) terminal.print(`${JSON.stringify(record)}\n`);
  else terminal.print(paint(`${text}${whereText(folder, files)}`, terminal.hasColors));
  return keptStatus(exitStatus(record), folder);
}

/** The database, and the same as UCIS XML for other tools. */
function writeCoverage(
  database: CoverageDatabase,
  folder: ResultFolder,
  { date, exclusions }: { readonly date: string; readonly exclusions: DatedExclusions },
): void {
  folder.writeBytes(COVERAGE_FILE, encodeDatabase(database));
  const view = new DatabaseView(database);
  const content = exportUcis(view, new Exclusions(view, exclusions.list, exclusions.today), {
    writtenTime: date,
    version: packageVersion(),
    dialect: 'pyucis',
    isDefaultIgnored: false,
    runsPerBinMax: RUNS_PER_BIN,
  });
  folder.write([{ path: UCIS_FILE, content }]);
}

/** Where the results are, and the page to open where a writer made one. */
function whereText({ shown }: ResultFolder, files: readonly ReportFile[]): string {
  const page = files.find(({ path }) => path === 'index.html');
  return `results in ${shown}${page === undefined ? '' : `, closure page ${join(shown, page.path)}`}\n`;
}

function requestOf(
  { config, folder, url }: FoundConfig,
  options: RegressOptions,
): RegressionRequest {
  const { tests, seeds, jobs, time, maxFailures, verbosity } = options;
  const baseSeed = baseSeedValue(options.baseSeed);
  const count = seeds === undefined ? undefined : countValue('--seeds', seeds);
  return {
    ...targetOf(config, options),
    ...stallOf(options),
    tests: tests?.flatMap((glob) => splitGlobs(glob)),
    seeds: count,
    baseSeed,
    code: codeVersion(folder),
    jobs: jobs === undefined ? availableParallelism() : jobsValue(jobs),
    secondsMax: time === undefined ? Infinity : secondsValue('--time', time),
    failuresMax: maxFailures === undefined ? Infinity : countValue('--max-failures', maxFailures),
    strict: options.strict === true,
    verbosity: verbosity === undefined ? null : verbosityValue(verbosity),
    dutTimeoutSeconds: timeoutValue(options.dutTimeout),
    ...wallSecondsOf(options),
    configUrl: url,
    reportFd: verbosity === undefined ? null : process.stderr.fd,
  };
}

/** `a,b` is two globs; a comma in braces is not. */
function splitGlobs(text: string): string[] {
  return text.split(/,(?![^{]*\})/).filter((glob) => glob !== '');
}

/** Writes the files of one run into its own folder. */
export function writeRun(config: RidgelineConfig, folder: ResultFolder, record: RunRecord): string {
  const rules = ruleTable(config);
  const files = config.reports.flatMap((writer) => writer.writeRun?.(record, rules) ?? []);
  const logs = Object.entries(record.logs ?? {}).map(([name, content]) => ({
    path: join('logs', name),
    content,
  }));
  files.push(...logs);
  return folder.write(files, join('runs', runName(record)));
}

/** A PASS whose files are not all there is none that a build may rely on. */
export function keptStatus(status: number, folder: ResultFolder): number {
  return folder.isIncomplete && status === EXIT.PASS ? EXIT.ERROR : status;
}

/** Design decision 8; a regression that did no run at all has no verdict. */
export function exitStatus({ verdict, stop, runs }: RegressionRecord): number {
  if (stop === 'interrupted') return EXIT.INTERRUPTED;
  if (verdict === 'FAIL') return EXIT.FAIL;
  if (verdict === 'ERROR' || runs.length === 0) return EXIT.ERROR;
  return EXIT.PASS;
}
