// Reads the payload of the page back into runs, bins and columns. No DOM: it runs in tests as it does in a browser.
import type { ClosureCurve } from '#record/closure-record';
import { NEVER_HIT } from '#record/closure-record';
import type { CrossRecord, CovergroupRecord } from '#record/coverage-record';
import { isDropped, type ExclusionRecord } from '#record/exclusion-record';
import type { BrokenRule, TestSummary } from '#record/regression-record';
import type { ParamValue, Verdict } from '#record/run-record';
import type { ColumnPayload, Packed, Payload, PayloadHead, RulePayload } from './payload.ts';

export interface Run {
  /** In plan order. */
  readonly index: number;
  readonly test: string;
  readonly seed: number;
  readonly verdict: Verdict;
  readonly cause: string;
  readonly reason: string;
  readonly tlpDigest: string;
  readonly drawsDigest: string;
  readonly tlpsUp: number;
  readonly tlpsDown: number;
  readonly timePs: number;
  readonly operations: number;
  readonly replay: string;
  readonly broken: readonly BrokenRule[];
  /** Bins that no run before it had hit; null when the record does not say. */
  readonly newBins: number | null;
}

export interface CoverGroup {
  readonly index: number;
  readonly type: string;
  readonly samples: number;
  readonly weight: number;
  readonly percent: number | null;
  readonly covered: number;
  readonly bins: number;
  readonly items: readonly CoverItem[];
}

export interface CoverItem {
  readonly group: CoverGroup;
  readonly name: string;
  readonly kind: 'coverpoint' | 'cross';
  readonly weight: number;
  readonly atLeast: number;
  readonly percent: number | null;
  readonly covered: number;
  readonly bins: number;
  /** Index among the coverpoints or the crosses of the group. */
  readonly at: number;
  /** Axes of a cross with the names of their bins; none for a coverpoint. */
  readonly axes: readonly CoverAxis[];
}

export interface CoverAxis {
  readonly name: string;
  readonly bins: readonly string[];
}

export interface Column {
  readonly name: string;
  readonly kind: 'run' | 'swarm' | 'parameter';
  /** One per run; null where it has none. */
  readonly values: readonly (ParamValue | null)[];
}

export interface Curve extends ClosureCurve {
  /** Null: over all groups. */
  readonly group: string | null;
}

export interface Regression {
  readonly head: PayloadHead;
  readonly tests: readonly TestSummary[];
  readonly rules: readonly RulePayload[];
  readonly runs: readonly Run[];
  readonly percent: number | null;
  readonly groups: readonly CoverGroup[];
  readonly payload: Payload;
  readonly exclusions: RegressionExclusions;
  /** Overall first; none when the record has no closure. */
  readonly curves: readonly Curve[];
  readonly columns: readonly Column[];
}

/** What the percentages leave out. */
export interface RegressionExclusions {
  readonly list: readonly ExclusionRecord[];
  /** Bins that are out. */
  readonly excluded: number;
  /** Exclusions whose bins count all the same. */
  readonly dropped: number;
}

export function unpack(payload: Payload): Regression {
  const { head, tests, rules, coverage, closure, swarm, parameters } = payload;
  const { list: exclusions, excluded } = payload.exclusions ?? { list: [], excluded: 0 };
  const { count } = payload.runs;
  const column =
    (kind: Column['kind']) =>
    ({ name, values }: ColumnPayload): Column => ({ name, kind, values: list(values, count) });
  return {
    head,
    tests,
    rules,
    runs: runsOf(payload),
    percent: payload.summary.percent,
    groups: coverage.groups.map((group, index) => groupOf(payload, group, index)),
    payload,
    exclusions: { list: exclusions, excluded, dropped: exclusions.filter(isDropped).length },
    curves:
      closure === null
        ? []
        : [
            { group: null, ...closure.overall },
            ...closure.groups.map(({ type, curve }) => ({ group: type, ...curve })),
          ],
    columns: [...swarm.map(column('swarm')), ...parameters.map(column('parameter'))],
  };
}

function list<T>(packed: Packed<T>, count: number): readonly T[] {
  if ('same' in packed) return new Array<T>(count).fill(packed.same);
  return 'list' in packed ? packed.list : packed.at.map((index) => packed.words[index]);
}

function runsOf(payload: Payload): readonly Run[] {
  const { runs } = payload;
  const { count, replayMark } = runs;
  const test = list(runs.test, count);
  const seed = list(runs.seed, count);
  const verdict = list(runs.verdict, count);
  const cause = list(runs.cause, count);
  const reason = list(runs.reason, count);
  const tlpDigest = list(runs.tlpDigest, count);
  const drawsDigest = list(runs.drawsDigest, count);
  const tlpsUp = list(runs.tlpsUp, count);
  const tlpsDown = list(runs.tlpsDown, count);
  const timePs = list(runs.timePs, count);
  const operations = list(runs.operations, count);
  const replay = list(runs.replay, count);
  const broken = new Map(runs.broken);
  const newBins = newBinsByRun(payload);
  return Array.from({ length: count }, (_, index) => ({
    index,
    test: test[index],
    seed: seed[index],
    verdict: verdict[index],
    cause: cause[index],
    reason: reason[index],
    tlpDigest: tlpDigest[index],
    drawsDigest: drawsDigest[index],
    tlpsUp: tlpsUp[index],
    tlpsDown: tlpsDown[index],
    timePs: timePs[index],
    operations: operations[index],
    replay: replay[index].split(replayMark).join(`${test[index]} --seed ${seed[index]}`),
    broken: broken.get(index) ?? [],
    newBins: newBins === null ? null : newBins[index],
  }));
}

function newBinsByRun({ closure, runs }: Payload): readonly number[] | null {
  if (closure === null) return null;
  const counts = new Array<number>(runs.count).fill(0);
  const add = (firstRuns: readonly number[]): void => {
    for (const run of firstRuns) if (run !== NEVER_HIT) counts[run]++;
  };
  for (const { points, crosses } of closure.groups) {
    points.forEach(add);
    for (const { hits, bins } of crosses) {
      add(hits);
      add(bins);
    }
  }
  return counts;
}

function groupOf(payload: Payload, record: CovergroupRecord, index: number): CoverGroup {
  const summary = payload.summary.groups[index];
  const sum = (of: (item: { covered: number; bins: number }) => number): number =>
    summary.items.reduce((total, item) => total + of(item), 0);
  const items: CoverItem[] = [];
  const group: CoverGroup = {
    index,
    type: record.type,
    samples: record.samples,
    weight: record.weight,
    percent: summary.percent,
    covered: sum(({ covered }) => covered),
    bins: sum(({ bins }) => bins),
    items,
  };
  record.points.forEach(({ name, weight, atLeast }, at) => {
    const counted = summary.items[at];
    items.push({ group, name, kind: 'coverpoint', weight, atLeast, at, axes: [], ...counted });
  });
  record.crosses.forEach((cross, at) => {
    const { name, weight, atLeast } = cross;
    const counted = summary.items[record.points.length + at];
    const axes = axesOf(record, cross);
    items.push({ group, name, kind: 'cross', weight, atLeast, at, axes, ...counted });
  });
  return group;
}

function axesOf(group: CovergroupRecord, cross: CrossRecord): CoverAxis[] {
  return cross.axes.map(({ name, point }) => ({
    name,
    bins: group.points.find((one) => one.name === point)?.bins ?? [],
  }));
}
