// What the cover commands work on: databases by path, the exclusions that hold today. Source: ADR 0007. The date is read here
// and given on, so that everything behind it is a function of its arguments.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '#base/assert';
import type { CoverageDatabase } from '#cover/database/database';
import { DatabaseView } from '#cover/database/database-view';
import { exclusionRecord } from '#cover/database/excluded-record';
import { Exclusions, parseExclusions, type Exclusion } from '#cover/database/exclusions';
import { exclusionTrouble } from '#record/exclusion-record';
import { readCoverage } from '../coverage-files.ts';
import type { Terminal } from '../terminal.ts';

/** In the folder of the command, where no other is named. */
export const EXCLUSIONS_FILE = 'coverage-exclusions.json';
const DEFAULT_PATH = 'out/latest';
const DAY_LENGTH = 10;

export interface InputOptions {
  /** File of exclusions. */
  readonly exclusions?: string;
}

/** A database as commands see it. */
export interface CoverageInput {
  readonly view: DatabaseView;
  readonly excluded: Exclusions;
}

/** Merges what is named; without a name, the latest regression. @throws UsageError for what is no coverage. */
export function readDatabase(terminal: Terminal, paths: readonly string[]): CoverageDatabase {
  return readCoverage(terminal.cwd, paths.length === 0 ? [DEFAULT_PATH] : paths);
}

/** @throws UsageError for what is no coverage, and for exclusions that cannot be read. */
export function readInput(
  terminal: Terminal,
  paths: readonly string[],
  options: InputOptions,
): CoverageInput {
  const view = new DatabaseView(readDatabase(terminal, paths));
  const list = readExclusions(terminal, options.exclusions);
  const excluded = new Exclusions(view, list, today());
  for (const one of excluded.resolved) {
    const trouble = exclusionTrouble(exclusionRecord(one));
    if (trouble !== undefined) terminal.note(`ridgeline: ${trouble}\n`);
  }
  return { view, excluded };
}

/** A file that was asked for must be there; the default one need not. */
export function readExclusions(
  terminal: Terminal,
  asked: string | undefined,
): readonly Exclusion[] {
  const path = resolve(terminal.cwd, asked ?? EXCLUSIONS_FILE);
  if (!existsSync(path)) {
    if (asked === undefined) return [];
    throw new UsageError('bad-exclusions', `there is no '${asked}'`, {
      hint: `Expected a file of exclusions; without --exclusions it is ${EXCLUSIONS_FILE}, where that is there.`,
    });
  }
  try {
    return parseExclusions(readFileSync(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof UsageError)) {
      const what = error instanceof Error ? error.message : String(error);
      throw new UsageError(
        'bad-exclusions',
        `cannot read the exclusions '${asked ?? EXCLUSIONS_FILE}': ${what}`,
        { hint: 'Expected a file that `ridgeline cover exclude add` has written.' },
      );
    }
    throw new UsageError(error.code, `'${asked ?? EXCLUSIONS_FILE}': ${error.message}`);
  }
}

/** The day, UTC. */
export function today(): string {
  return new Date().toISOString().slice(0, DAY_LENGTH);
}

/** @throws UsageError `bad-out` when the file cannot be written. */
export function writeOutput(terminal: Terminal, path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(resolve(terminal.cwd, path), content);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new UsageError('bad-out', `cannot write '${path}': ${what}`, {
      hint: 'Expected a file in a folder that is there and may be written to.',
    });
  }
}
