// `ridgeline cover merge`: one database of many. Source: ADR 0007.
import { encodeDatabase } from '#cover/database/database-file';
import { unitedRecord } from '#cover/database/database-view';
import { findMismatches } from '#cover/database/mismatches';
import { summarizeCoverage } from '#cover/summary';
import { percentText } from '#record/percent-text';
import type { CoverageDatabase } from '#cover/database/database';
import { EXIT, type Terminal } from '../terminal.ts';
import { readDatabase, writeOutput } from './cover-inputs.ts';
import { countText } from './cover-texts.ts';

export interface MergeOptions {
  readonly output: string;
  readonly json?: true;
}

export function coverMerge(
  paths: readonly string[],
  options: MergeOptions,
  terminal: Terminal,
): number {
  const database = readDatabase(terminal, paths);
  writeOutput(terminal, options.output, encodeDatabase(database));
  const { percent } = summarizeCoverage(unitedRecord(database));
  const mismatches = findMismatches(database);
  const twice = repeatedRuns(database);
  const runs = database.runs.length;
  if (options.json === true) {
    const { output } = options;
    terminal.print(`${JSON.stringify({ output, percent, runs, twice, mismatches })}\n`);
    return EXIT.PASS;
  }
  const of = `${countText(paths.length, 'database')}, ${countText(runs, 'run')}`;
  terminal.print(`${options.output}: ${of}, coverage ${percentText(percent)}\n`);
  if (twice > 0) {
    terminal.print(
      `${countText(twice, 'run')} in more than one database: their hits count again\n`,
    );
  }
  if (mismatches.length > 0) {
    const what = countText(mismatches.length, 'place');
    terminal.print(
      `models differ in ${what}: 'ridgeline cover report ${options.output}' lists them\n`,
    );
  }
  return EXIT.PASS;
}

/** Runs that are there again: sorted, equals stand side by side. */
function repeatedRuns({ runs }: CoverageDatabase): number {
  return runs.filter(({ info }, index) => {
    if (index === 0 || info.seed === '') return false;
    const before = runs[index - 1].info;
    return (
      info.replay === before.replay && info.commit === before.commit && info.seed === before.seed
    );
  }).length;
}
