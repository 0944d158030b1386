// `ridgeline run`: one run of one test, in a worker process like those of a regression. Source: issue "The command".
import { join, resolve } from 'node:path';
import { UsageError } from '#base/assert';
import type { RunRecord } from '#record/run-record';
import { testEntry } from '#run/config';
import { runName, type RunSpec } from '#run/run-spec';
import { WorkerPool } from '#run/worker-pool';
import { codeVersion } from './code-version.ts';
import { keptStatus, writeRun } from './command-regress.ts';
import { findProject, type FoundConfig } from './find-config.ts';
import { Interruption } from './interruption.ts';
import { badValue, countValue, seedValue, timeoutValue, verbosityValue } from './option-values.ts';
import { checkOut, ResultFolder } from './result-folder.ts';
import { stallOf, targetOf, wallSecondsOf, type CommonOptions } from './target.ts';
import { EXIT, paint, type Terminal } from './terminal.ts';

export interface RunOptions extends CommonOptions {
  readonly seed: string;
  readonly dutTimeout: string;
  readonly runTimeout?: string;
  readonly verbosity: string;
  readonly trace?: string;
}

export async function runRun(
  test: string,
  options: RunOptions,
  terminal: Terminal,
): Promise<number> {
  const found = await findProject(terminal);
  testEntry(found.config, test);
  // Without effect on a single run; a bad value is bad all the same.
  if (options.maxFailures !== undefined) countValue('--max-failures', options.maxFailures);
  const spec: RunSpec = {
    ...targetOf(found.config, options),
    ...stallOf(options),
    test,
    seed: seedValue('--seed', options.seed),
    code: codeVersion(found.folder),
    verbosity: verbosityValue(options.verbosity),
    dutTimeoutSeconds: timeoutValue(options.dutTimeout),
    ...wallSecondsOf(options),
    ...(options.trace !== undefined && { trace: tracePath(options, terminal) }),
  };
  const isJson = options.json === true;
  checkOut(terminal, options.out);
  const record = await runOnce(found, spec, { terminal, isJson });
  if (record === undefined) return EXIT.INTERRUPTED;
  const folder = new ResultFolder(terminal, options.out);
  const text = writeRun(found.config, folder, record);
  if (isJson) terminal.print(`${JSON.stringify(record)}\n`);
  else {
    const shown = join(folder.shown, 'runs', runName(record));
    terminal.print(paint(`${text}results in ${shown}\n`, terminal.hasColors));
  }
  return keptStatus(runExitStatus(record), folder);
}

/** @throws UsageError for a format that the protocol does not have, and without a device that could write waves. */
function tracePath({ trace = '', dut }: RunOptions, { cwd }: Terminal): string {
  if (!/\.(?:vcd|fst)$/.test(trace))
    throw badValue('--trace', trace, 'a file that ends in .vcd or .fst');
  if (dut !== undefined) return resolve(cwd, trace);
  throw new UsageError('bad-value', '--trace: the built-in device has no waves', {
    hint: 'A device outside (--dut) can write some.',
  });
}

/** Does one run in a worker process; undefined when it was interrupted. */
export async function runOnce(
  found: FoundConfig,
  spec: RunSpec,
  { terminal, isJson }: { readonly terminal: Terminal; readonly isJson: boolean },
): Promise<RunRecord | undefined> {
  using interruption = new Interruption(terminal);
  // What the testbench reports goes where the result goes, unless that is one JSON object.
  const reportFd = spec.verbosity === null ? null : (isJson ? process.stderr : process.stdout).fd;
  const options = { configUrl: found.url, reportFd, jobs: 1, isWhole: true };
  const pool = new WorkerPool(found.config, options);
  interruption.signal.addEventListener('abort', () => pool.kill());
  let result: RunRecord | undefined;
  await pool.run([spec], {
    mayStart: () => true,
    onResult: (_index, record) => {
      result = record;
    },
  });
  return result;
}

export function runExitStatus({ verdict }: RunRecord): number {
  if (verdict === 'FAIL') return EXIT.FAIL;
  return verdict === 'ERROR' ? EXIT.ERROR : EXIT.PASS;
}
