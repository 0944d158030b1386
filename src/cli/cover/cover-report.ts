// `ridgeline cover report`: percentages of all, of groups and items, those with most holes first; holes, exclusions, models that
// do not match, and who hit which bin. Source: semantics §3; ADR 0007.
import { pathText } from '#cover/database/database-view';
import { findMismatches, type Mismatch } from '#cover/database/mismatches';
import { exclusionRecord } from '#cover/database/excluded-record';
import { globMatcher } from '#cover/database/exclusions';
import { summarizeCoverage } from '#cover/summary';
import type { CoverageSummary, GroupSummary, ItemSummary } from '#record/coverage-record';
import type { ExclusionRecord } from '#record/exclusion-record';
import { percentText } from '#record/percent-text';
import { wholeValue } from '../option-values.ts';
import { EXIT, type Terminal } from '../terminal.ts';
import { readInput, type CoverageInput, type InputOptions } from './cover-inputs.ts';
import { countText, runsText, shareText, tableText } from './cover-texts.ts';

export interface ReportOptions extends InputOptions {
  /** Holes listed. */
  readonly holes: string;
  /** Bins by path whose runs are listed; true for all. */
  readonly tests?: string | true;
  readonly json?: true;
}

/** Everything that the report says, for both of its forms. */
interface Report {
  readonly percent: number | null;
  readonly depthPercent: number | null;
  readonly bins: number;
  readonly covered: number;
  readonly excluded: number;
  readonly runs: number;
  /** Runs of which nobody knows what they hit. */
  readonly runsUnknown: number;
  readonly groups: CoverageSummary['groups'];
  /** Paths of bins that are not covered. */
  readonly holes: readonly string[];
  readonly holeCount: number;
  readonly exclusions: readonly ExclusionRecord[];
  readonly mismatches: readonly Mismatch[];
  readonly tests?: readonly BinRuns[];
}

interface BinRuns {
  readonly path: string;
  readonly count: number;
  readonly runs: readonly { readonly test: string; readonly seed: string }[];
  /** Indices in the database, for texts. */
  readonly indices?: readonly number[];
}

const NO_PATH =
  'no bin has such a path: expected Type/item/bin with * and ?, such as those of the holes\n';

export function coverReport(
  paths: readonly string[],
  options: ReportOptions,
  terminal: Terminal,
): number {
  const holesMax = wholeValue('--holes', options.holes);
  const input = readInput(terminal, paths, options);
  const report = reportOf(input, holesMax, options.tests);
  terminal.print(options.json === true ? `${jsonText(report)}\n` : reportText(report, input));
  return EXIT.PASS;
}

function jsonText(report: Report): string {
  return JSON.stringify(report, (key, value: unknown) => (key === 'indices' ? undefined : value));
}

function reportOf(
  input: CoverageInput,
  holesMax: number,
  tests: string | true | undefined,
): Report {
  const { view, excluded } = input;
  const { percent, groups } = summarizeCoverage(view.record, { excluded, holesMax: 0 });
  const sums = { bins: 0, covered: 0, depth: 0, wanted: 0 };
  const holes: string[] = [];
  for (const bin of view.bins()) {
    if (excluded.find(bin) !== undefined) continue;
    sums.bins++;
    sums.wanted += view.needs[bin];
    sums.depth += Math.min(view.counts[bin], view.needs[bin]);
    if (view.isCovered(bin)) sums.covered++;
    else if (holes.length < holesMax) holes.push(pathText(view.pathOf(bin)));
  }
  const { runs } = view.database;
  return {
    percent,
    depthPercent: sums.wanted === 0 ? null : (100 * sums.depth) / sums.wanted,
    bins: sums.bins,
    covered: sums.covered,
    excluded: excluded.size,
    runs: runs.length,
    runsUnknown: runs.filter(({ hits }) => hits === null).length,
    groups: groups.map((group) => ({ ...group, items: holesFirst(group.items) })),
    holes,
    holeCount: sums.bins - sums.covered,
    exclusions: excluded.resolved.map(exclusionRecord),
    mismatches: findMismatches(view.database),
    ...(tests !== undefined && { tests: binRuns(input, tests === true ? '*' : tests) }),
  };
}

function holesFirst(items: readonly ItemSummary[]): readonly ItemSummary[] {
  return [...items].sort((a, b) => b.holeCount - a.holeCount);
}

/** Who hit the bins whose path matches; every run is named. */
function binRuns({ view }: CoverageInput, pattern: string): readonly BinRuns[] {
  const matches = globMatcher(pattern);
  const wanted = new Map<number, { readonly path: string; readonly indices: number[] }>();
  for (const bin of view.bins()) {
    const path = pathText(view.pathOf(bin));
    if (matches(path)) wanted.set(bin, { path, indices: [] });
  }
  view.database.runs.forEach((run, index) => {
    for (const bin of view.hitsOf(run)?.bins ?? []) wanted.get(bin)?.indices.push(index);
  });
  return [...wanted].map(([bin, { path, indices }]) => ({
    path,
    count: view.counts[bin],
    runs: indices.map((index) => {
      const { test, seed } = view.database.runs[index].info;
      return { test, seed };
    }),
    indices,
  }));
}

function reportText(report: Report, { view }: CoverageInput): string {
  const { exclusions, mismatches, tests } = report;
  const parts = [headText(report), groupsText(report.groups), holesText(report)];
  if (exclusions.length > 0) parts.push(exclusionsText(exclusions));
  if (mismatches.length > 0) parts.push(mismatchesText(mismatches));
  if (tests !== undefined) {
    const rows = tests.map(({ path, count, indices = [] }) => {
      const runs =
        indices.length === 0 ? '' : `${indices.length}: ${runsText(view.database, indices)}`;
      return [path, String(count), runs];
    });
    const head = ['bin', 'hits', 'runs'];
    parts.push(rows.length === 0 ? NO_PATH : tableText([head, ...rows], [0, 2]));
  }
  return parts.filter((part) => part !== '').join('\n');
}

function headText(report: Report): string {
  const { covered, bins, excluded, runs, runsUnknown } = report;
  const unknown = runsUnknown === 0 ? '' : `, ${runsUnknown} of them without lists of hits`;
  const out = excluded === 0 ? '' : `, ${excluded} excluded`;
  return (
    `coverage ${percentText(report.percent)} of ${countText(runs, 'run')}${unknown}\n` +
    `${covered} of ${countText(bins, 'bin')} covered (${shareText(covered, bins)})${out}, ` +
    `hit depth ${percentText(report.depthPercent)}\n`
  );
}

/** The groups with the lowest percentage first. */
function groupsText(groups: readonly GroupSummary[]): string {
  const sorted = [...groups].sort((a, b) => (a.percent ?? Infinity) - (b.percent ?? Infinity));
  const rows = sorted.flatMap((group) => [
    [
      group.type,
      percentText(group.percent),
      '',
      '',
      goalText(group),
      countText(group.samples, 'sample'),
    ],
    ...group.items.map((item) => itemRow('  ', item)),
    ...(group.instances ?? []).flatMap((instance) => [
      [
        `  [${instance.name}]`,
        percentText(instance.percent),
        '',
        '',
        '',
        countText(instance.samples, 'sample'),
      ],
      ...instance.items.map((item) => itemRow('    ', item)),
    ]),
  ]);
  if (rows.length === 0) return 'no covergroup\n';
  return tableText([['group', 'percent', 'bins', 'depth', 'goal', ''], ...rows], [0, 5]);
}

function itemRow(indent: string, item: ItemSummary): readonly string[] {
  const { name, percent, covered, bins, depthPercent, illegalCount, excludedCount = 0 } = item;
  const remarks = [
    excludedCount === 0 ? '' : `${excludedCount} excluded`,
    illegalCount === 0 ? '' : countText(illegalCount, 'illegal hit'),
  ];
  return [
    `${indent}${name}`,
    percentText(percent),
    `${covered}/${bins}`,
    percentText(depthPercent),
    goalText(item),
    remarks.filter((remark) => remark !== '').join(', '),
  ];
}

/** A goal says when it is enough, and scales nothing (semantics §3). */
function goalText({ goal, percent }: Pick<ItemSummary, 'goal' | 'percent'>): string {
  if (goal === undefined) return '';
  return `${goal} % ${percent !== null && percent >= goal ? 'met' : 'open'}`;
}

function holesText({ holes, holeCount }: Report): string {
  if (holeCount === 0) return 'no holes\n';
  const more = holeCount - holes.length;
  const lines = holes.map((hole) => `  ${hole}\n`).join('');
  return `${countText(holeCount, 'hole')}\n${lines}${more > 0 ? `  … ${more} more (--holes N)\n` : ''}`;
}

function exclusionsText(lines: readonly ExclusionRecord[]): string {
  const rows = lines.map(({ path, state, bins, hit, owner, expires, reason }) => [
    path,
    hit > 0 ? `${state}, ${hit} hit` : state,
    String(bins),
    owner,
    expires ?? '',
    reason,
  ]);
  return tableText(
    [['exclusion', 'state', 'bins', 'owner', 'until', 'reason'], ...rows],
    [0, 1, 3, 4, 5],
  );
}

function mismatchesText(mismatches: readonly Mismatch[]): string {
  const lines = mismatches.map(({ path, kind, models, modelCount }) => {
    if (kind === 'only-in-some')
      return `  ${path}: only in ${models.length} of ${modelCount} models\n`;
    const texts = [...new Set(models.map(({ text }) => text))];
    return `  ${path}: ${kind} ${texts.join(' / ')}\n`;
  });
  return `models differ\n${lines.join('')}`;
}
