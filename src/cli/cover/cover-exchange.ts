// `ridgeline cover export|import`: UCIS XML out and in. Source: semantics §8.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '#base/assert';
import { encodeDatabase } from '#cover/database/database-file';
import { unitedRecord } from '#cover/database/database-view';
import { summarizeCoverage } from '#cover/summary';
import { UCIS_DIALECTS } from '#cover/ucis/ucis-bin';
import { exportUcis } from '#cover/ucis/ucis-export';
import { importUcis, type UcisImport } from '#cover/ucis/ucis-import';
import { percentText } from '#record/percent-text';
import { packageVersion } from '../code-version.ts';
import { badValue, wholeValue } from '../option-values.ts';
import { EXIT, type Terminal } from '../terminal.ts';
import { readInput, writeOutput, type InputOptions } from './cover-inputs.ts';
import { countText } from './cover-texts.ts';

export interface ExportOptions extends InputOptions {
  readonly output?: string;
  readonly dialect: string;
  readonly defaultsAsIgnore?: true;
  /** Number of runs, or `all`. */
  readonly runsPerBin: string;
}

export interface ImportOptions {
  readonly output: string;
  readonly json?: true;
}

/** Runs named per bin in what a regression leaves: with thousands of runs, their names would be nearly all of the file. */
export const RUNS_PER_BIN = 20;

export function coverExport(
  paths: readonly string[],
  options: ExportOptions,
  terminal: Terminal,
): number {
  const { output, runsPerBin } = options;
  const dialect = UCIS_DIALECTS.find((one) => one === options.dialect);
  if (dialect === undefined) {
    throw badValue('--dialect', options.dialect, UCIS_DIALECTS.join(' or '));
  }
  const runsPerBinMax = runsPerBin === 'all' ? Infinity : wholeValue('--runs-per-bin', runsPerBin);
  const { view, excluded } = readInput(terminal, paths, options);
  const text = exportUcis(view, excluded, {
    writtenTime: new Date().toISOString(),
    version: packageVersion(),
    dialect,
    isDefaultIgnored: options.defaultsAsIgnore === true,
    runsPerBinMax,
  });
  if (output === undefined) terminal.print(text);
  else {
    writeOutput(terminal, output, text);
    terminal.print(`${output}: ${countText(view.database.runs.length, 'run')}\n`);
  }
  return EXIT.PASS;
}

export function coverImport(path: string, options: ImportOptions, terminal: Terminal): number {
  const text = readText(terminal, path);
  if (text.startsWith('{"schema":"ridgeline.coverage/')) {
    throw new UsageError(
      'bad-ucis',
      `'${path}' is a coverage database already, expected UCIS XML`,
      {
        hint: 'Every cover command reads it as it is; `ridgeline cover export` makes UCIS XML of it.',
      },
    );
  }
  const { database, notes } = readUcis(text, path);
  for (const note of notes) terminal.note(`ridgeline: '${path}' ${note}\n`);
  writeOutput(terminal, options.output, encodeDatabase(database));
  const { percent } = summarizeCoverage(unitedRecord(database));
  const runs = database.runs.length;
  const { output } = options;
  terminal.print(
    options.json === true
      ? `${JSON.stringify({ output, percent, runs, notes })}\n`
      : `${output}: ${countText(runs, 'run')}, coverage ${percentText(percent)}\n`,
  );
  return EXIT.PASS;
}

function readUcis(text: string, path: string): UcisImport {
  try {
    return importUcis(text);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(error.code, `'${path}' ${error.message}`);
  }
}

/** @throws UsageError `no-coverage` for a file that cannot be read. */
function readText(terminal: Terminal, path: string): string {
  try {
    return readFileSync(resolve(terminal.cwd, path), 'utf8');
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new UsageError('no-coverage', `cannot read '${path}': ${what}`, {
      hint: 'Expected a file of UCIS XML, such as the coverage.xml of a regression.',
    });
  }
}
