// `ridgeline cover diff`: bins gained, lost, new, gone, and counts that changed between two databases. Source: ADR 0007.
import { diffCoverage, type BinChange, type CoverageDiff } from '#cover/database/diff';
import { unitedRecord } from '#cover/database/database-view';
import { summarizeCoverage } from '#cover/summary';
import { percentText } from '#record/percent-text';
import { EXIT, type Terminal } from '../terminal.ts';
import { readDatabase } from './cover-inputs.ts';
import { countText } from './cover-texts.ts';

export interface DiffOptions {
  readonly json?: true;
  /** Changed counts are listed, too. */
  readonly counts?: true;
}

/** Exit status 1 when a bin was lost, so that a build can insist on it. */
export function coverDiff(
  [before, after]: readonly [string, string],
  options: DiffOptions,
  terminal: Terminal,
): number {
  const databases = [before, after].map((path) => readDatabase(terminal, [path]));
  const percents = databases.map((one) => summarizeCoverage(unitedRecord(one)).percent);
  const diff = diffCoverage(databases[0], databases[1]);
  terminal.print(
    options.json === true
      ? `${JSON.stringify({ before: percents[0], after: percents[1], ...diff })}\n`
      : diffText(diff, percents, options.counts === true),
  );
  return diff.lost.length > 0 ? EXIT.FAIL : EXIT.PASS;
}

function diffText(
  diff: CoverageDiff,
  [before, after]: readonly (number | null)[],
  isWhole: boolean,
): string {
  const parts = [
    `coverage ${percentText(before)} -> ${percentText(after)}\n`,
    listText('gained', diff.gained),
    listText('lost', diff.lost),
    listText('new and not covered', diff.added),
    listText('gone and never covered', diff.removed),
    isWhole
      ? listText('with other counts', diff.changed)
      : `${countText(diff.changed.length, 'bin')} with other counts (--counts lists them)\n`,
    `${countText(diff.unchanged, 'bin')} unchanged\n`,
  ];
  return parts.join('');
}

function listText(title: string, changes: readonly BinChange[]): string {
  const lines = changes.map(({ path, before, after }) => {
    return `  ${path}  ${before ?? 'not there'} -> ${after ?? 'not there'}\n`;
  });
  return `${countText(changes.length, 'bin')} ${title}\n${lines.join('')}`;
}
