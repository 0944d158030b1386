// `ridgeline cover rank`: the smallest set of runs with the same coverage, each with its replay line. Source: ADR 0007.
import { rankRuns, type Ranking } from '#cover/database/rank';
import { UsageError } from '#base/assert';
import { EXIT, type Terminal } from '../terminal.ts';
import { readInput, type CoverageInput, type InputOptions } from './cover-inputs.ts';
import { countText, share, shareText, tableText } from './cover-texts.ts';

export interface RankOptions extends InputOptions {
  readonly json?: true;
}

/** @throws UsageError `no-runs` for databases that know no runs. */
export function coverRank(
  paths: readonly string[],
  options: RankOptions,
  terminal: Terminal,
): number {
  const input = readInput(terminal, paths, options);
  const { view, excluded } = input;
  if (view.database.runs.every(({ hits }) => hits === null)) {
    throw new UsageError('no-runs', 'the coverage says nothing of runs', {
      hint: 'Rank the coverage.rcov of a regression; a summary.json has only the counts of all.',
    });
  }
  const ranking = rankRuns(view, (bin) => excluded.find(bin) !== undefined);
  terminal.print(
    options.json === true ? `${jsonText(ranking, input)}\n` : rankText(ranking, input),
  );
  return EXIT.PASS;
}

function jsonText(ranking: Ranking, { view }: CoverageInput): string {
  const { runs, coverable, unexplained, bins, runsMin } = ranking;
  return JSON.stringify({
    of: view.database.runs.length,
    runsMin,
    isSmallest: runsMin === runs.length,
    bins,
    coverable,
    unexplained,
    runs: runs.map(({ run, added, covered }) => {
      const { test, seed, replay } = view.database.runs[run].info;
      return { test, seed, added, covered, percent: share(covered, bins), replay };
    }),
  });
}

function rankText(ranking: Ranking, { view }: CoverageInput): string {
  const { runs, coverable, bins } = ranking;
  const rows = runs.map(({ run, added, covered }, index) => {
    const { test, seed, replay } = view.database.runs[run].info;
    const name = seed === '' ? test : `${test} ${seed}`;
    return [
      String(index + 1),
      name,
      `+${added}`,
      String(covered),
      shareText(covered, bins),
      replay,
    ];
  });
  const head = ['', 'run', 'adds', 'covered', 'of all bins', 'replay'];
  const all = countText(view.database.runs.length, 'run');
  const some = `${countText(runs.length, 'run')} of them ${runs.length === 1 ? 'does' : 'do'}`;
  const table = rows.length === 0 ? '' : tableText([head, ...rows], [1, 5]);
  return (
    `${all} cover ${coverable} of ${countText(bins, 'bin')}; ` +
    `${some}, ${boundText(ranking)}\n\n${table}${unexplainedText(ranking)}`
  );
}

function boundText({ runs, runsMin }: Ranking): string {
  if (runsMin === runs.length) return 'and no smaller set does';
  return `found greedily, at least ${runsMin} are needed`;
}

function unexplainedText({ unexplained }: Ranking): string {
  if (unexplained <= 0) return '';
  const bins = countText(unexplained, 'more covered bin');
  return `\n${bins}, of which the hits kept of single runs do not tell who covered them\n`;
}
