// `ridgeline replay`: the same run again, compared with its record. Source: issue "The command"; design decisions 1 and 5.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from '#base/assert';
import { codeDifference, compareRuns, type Difference } from '#debug/compare-runs';
import { cleanText } from '#record/clean-text';
import { parseRunRecord } from '#record/parse-run-record';
import type { RunRecord } from '#record/run-record';
import { testEntry } from '#run/config';
import type { RunSpec } from '#run/run-spec';
import { codeVersion } from './code-version.ts';
import { writeRun } from './command-regress.ts';
import { runExitStatus, runOnce } from './command-run.ts';
import { findProject } from './find-config.ts';
import { timeoutValue, verbosityValue } from './option-values.ts';
import { checkOut, ResultFolder } from './result-folder.ts';
import { targetOf, wallSecondsOf } from './target.ts';
import { EXIT, paint, type Terminal } from './terminal.ts';

const NO_TLPS =
  '\n  (no TLPs: what the device did is compared as far as rules and coverage look at it)';
const RUN_JSON = 'run.json';

export interface ReplayOptions {
  readonly operations?: true;
  readonly out?: string;
  readonly json?: true;
  readonly verbosity?: string;
  readonly dutTimeout: string;
  readonly runTimeout?: string;
  readonly dut?: string;
}

export async function runReplay(
  path: string,
  options: ReplayOptions,
  terminal: Terminal,
): Promise<number> {
  const file = runJson(resolve(terminal.cwd, path));
  const recorded = parseRunRecord(readFileSync(file, 'utf8'));
  const found = await findProject(terminal);
  testEntry(found.config, recorded.test);
  const { device, dut } = recordedPlace(recorded, options);
  const { fault } = recorded.device;
  const target = targetOf(found.config, {
    device,
    ...(dut !== undefined && { dut }),
    ...(fault !== null && { fault }),
  });
  const code = codeVersion(found.folder);
  const spec = { ...replaySpec(recorded, { code, options }), device, dut: target.dut };
  const doubt = codeDifference(recorded.code, code);
  if (doubt !== undefined) terminal.note(`warning: ${doubt}; the run may differ\n`);
  if (options.out !== undefined) checkOut(terminal, options.out);
  const replayed = await runOnce(found, spec, { terminal, isJson: options.json === true });
  if (replayed === undefined) return EXIT.INTERRUPTED;
  const differences = compareRuns(recorded, replayed, options.operations !== true);
  if (options.out !== undefined) {
    writeRun(found.config, new ResultFolder(terminal, options.out), replayed);
  }
  const text =
    options.json === true
      ? `${JSON.stringify({ isSame: differences.length === 0, differences, replayed })}\n`
      : paint(
          cleanText(replayText(replayed, differences, options.operations !== true)),
          terminal.hasColors,
        );
  terminal.print(text);
  return differences.length > 0 ? EXIT.ERROR : runExitStatus(replayed);
}

/** The device of the configuration that binds, and where the device is: as recorded, or as `--dut` says. */
function recordedPlace(
  { device: { binding, dut } }: RunRecord,
  options: ReplayOptions,
): { readonly device: string; readonly dut: string | undefined } {
  const recorded = binding === undefined ? undefined : dut;
  return { device: binding ?? dut, dut: options.dut ?? recorded };
}

/** The run of a record; the parameters are the ones that the device said it had. */
function replaySpec(
  recorded: RunRecord,
  { code, options }: { readonly code: RunRecord['code']; readonly options: ReplayOptions },
): Omit<RunSpec, 'device' | 'dut'> {
  const { test, seed, device, operations } = recorded;
  return {
    test,
    seed,
    fault: device.fault,
    profile: null,
    parameters: device.parameters,
    ...(device.stall !== undefined && { stall: device.stall }),
    code,
    verbosity: options.verbosity === undefined ? null : verbosityValue(options.verbosity),
    dutTimeoutSeconds: timeoutValue(options.dutTimeout),
    ...wallSecondsOf(options),
    ...(options.operations === true && { operations }),
  };
}

/** The run.json that a path means: the file itself, or the only one in a folder of results. */
function runJson(path: string): string {
  if (!existsSync(path)) throw new UsageError('no-record', `there is no ${path}`);
  if (!statSync(path).isDirectory()) return path;
  if (existsSync(join(path, RUN_JSON))) return join(path, RUN_JSON);
  const runs = join(path, 'runs');
  const names = existsSync(runs) ? readdirSync(runs).toSorted() : [];
  const found = names.filter((name) => existsSync(join(runs, name, RUN_JSON)));
  if (found.length === 1) return join(runs, found[0], RUN_JSON);
  const hint =
    found.length === 0
      ? 'Only runs that did not pass leave one; `ridgeline run` always does.'
      : `Say which: ${found.map((name) => join(runs, name)).join(', ')}`;
  const many = found.length === 0 ? 'no' : 'more than one';
  throw new UsageError('no-record', `there is ${many} ${RUN_JSON} in ${path}`, { hint });
}

function replayText(
  replayed: RunRecord,
  differences: readonly Difference[],
  withDraws: boolean,
): string {
  const { test, seed, failures, error, verdict } = replayed;
  const lines = [`${verdict} ${test} seed ${seed}`];
  if (failures.length > 0) {
    const { rule, subject, expected, seen } = failures[0];
    lines.push(`  ${rule} ${subject}`, `    expected ${expected}`, `    seen     ${seen}`);
  }
  if (error !== null) lines.push(`  ${error.code}: ${error.message}`);
  if (differences.length === 0) lines.push(`same as recorded: ${sameText(replayed, withDraws)}`);
  for (const { what, recorded: before, replayed: after } of differences) {
    lines.push(`DIFFERS from the record: ${what}: recorded ${before}, replayed ${after}`);
  }
  return `${lines.join('\n')}\n`;
}

/** What was compared and is the same; a digest of no TLPs would say nothing. */
function sameText(replayed: RunRecord, withDraws: boolean): string {
  const { verdict, failures, counts, evaluations, digests } = replayed;
  const words = [`verdict ${verdict}`];
  if (digests.tlp === '') return `${words.join()}; it left nothing else to compare`;
  const evaluated = Object.values(evaluations).reduce((sum, count) => sum + count, 0);
  if (failures.length > 0) words.push(`${failures.length} failures`);
  words.push(`${counts.timePs} ps`, `${evaluated} evaluations of rules`, 'coverage');
  const hasTlps = counts.tlpsUp + counts.tlpsDown > 0;
  if (hasTlps) words.push(`tlp digest ${digests.tlp}`);
  if (withDraws) words.push(`draws digest ${digests.draws}`);
  return `${words.join(', ')}${hasTlps ? '' : NO_TLPS}`;
}
