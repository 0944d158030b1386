// Packs a regression record for the closure page. Text that comes from a device or a testbench is cleaned here: nothing in it
// plays tricks on a reader; that none of it is read as HTML is seen to in `html-report` and in the page, which only sets text.
import { cleanText } from '#record/clean-text';
import type { ClosureCurve, ClosureRecord } from '#record/closure-record';
import type { ConfigurationColumn } from '#record/configuration-record';
import type { CoverageRecord, CoverageSummary } from '#record/coverage-record';
import type { RegressionRecord, RunSummary } from '#record/regression-record';
import type {
  ColumnPayload,
  Packed,
  Payload,
  PayloadHead,
  RulePayload,
  RunColumns,
  SummaryPayload,
} from './page/payload.ts';

/** Stands in a replay line for `TEST --seed SEED`; no command line has it. */
const REPLAY_MARK = '\u0000';
/** Digits of a percentage in a curve: finer than a chart shows. */
const CURVE_DECIMALS = 4;

export function pagePayload(record: RegressionRecord): Payload {
  const { configuration } = record;
  const count = record.runs.length;
  return {
    head: cleaned(headOf(record)),
    tests: cleaned(record.tests),
    rules: cleaned(rulesOf(record)),
    runs: runColumns(record.runs),
    coverage: cleaned(shownCoverage(record.coverage)),
    summary: summaryOf(record.coverageSummary),
    closure: record.closure === undefined ? null : rounded(record.closure),
    exclusions: record.exclusions === undefined ? null : cleaned(record.exclusions),
    swarm: columns(configuration?.swarm, count),
    parameters: columns(configuration?.parameters, count),
  };
}

function headOf(record: RegressionRecord): PayloadHead {
  const { verdict, stop, baseSeed, code, device, fault, profile, strict } = record;
  const { askedParameters, overruledParameters } = record;
  return {
    verdict,
    stop,
    baseSeed,
    code,
    device,
    fault,
    profile,
    askedParameters,
    ...(overruledParameters !== undefined && { overruledParameters }),
    strict,
    ...(record.wall !== undefined && { wall: record.wall }),
  };
}

/** Every rule of the table, and after them those that are evaluated without being in it. */
function rulesOf({ rules, evaluations }: RegressionRecord): RulePayload[] {
  const known = new Set(rules.map(({ id }) => id));
  const others = Object.keys(evaluations)
    .filter((id) => !known.has(id))
    .map((id) => ({ id, sentence: '', source: '', basis: '' }));
  return [...rules, ...others].map((rule) => ({
    ...rule,
    evaluations: evaluations[rule.id] ?? 0,
  }));
}

function runColumns(runs: readonly RunSummary[]): RunColumns {
  const column = <T extends string | number>(of: (run: RunSummary) => T): Packed<T> =>
    packed(runs.map((run) => of(run)));
  return {
    count: runs.length,
    test: column(({ test }) => test),
    seed: column(({ seed }) => seed),
    verdict: column(({ verdict }) => verdict),
    cause: column(({ cause }) => cleanText(cause)),
    reason: column(({ reason }) => cleanText(reason)),
    tlpDigest: column(({ digests }) => digests.tlp),
    drawsDigest: column(({ digests }) => digests.draws),
    tlpsUp: column(({ counts }) => counts.tlpsUp),
    tlpsDown: column(({ counts }) => counts.tlpsDown),
    timePs: column(({ counts }) => counts.timePs),
    operations: column(({ counts }) => counts.operations),
    replay: column(({ replay, test, seed }) => {
      const [before, after, ...more] = replay.split(`${test} --seed ${seed}`);
      const isPlain = after !== undefined && more.length === 0 && !replay.includes(REPLAY_MARK);
      return isPlain && isWordEnd(after) ? before + REPLAY_MARK + after : replay;
    }),
    replayMark: REPLAY_MARK,
    broken: runs.flatMap(({ broken }, index) =>
      broken === undefined ? [] : [[index, cleaned(broken)] as const],
    ),
  };
}

/** `--seed 1` is not the beginning of `--seed 12`. */
function isWordEnd(after: string): boolean {
  return after === '' || after.startsWith(' ');
}

function summaryOf({ percent, groups }: CoverageSummary): SummaryPayload {
  return {
    percent,
    groups: groups.map((group) => ({
      percent: group.percent,
      items: group.items.map((item) => ({
        percent: item.percent,
        covered: item.covered,
        bins: item.bins,
      })),
    })),
  };
}

/** What the page shows: not the values behind the names of bins, nor instances. */
function shownCoverage({ groups }: CoverageRecord): CoverageRecord {
  return {
    groups: groups.map(({ type, weight, samples, points, crosses }) => ({
      type,
      weight,
      samples,
      points: points.map(
        ({ name, weight: share, atLeast, bins, counts, defaultCount, illegal, illegalCounts }) => {
          const shown = { bins, counts, defaultCount, illegal, illegalCounts };
          return { name, weight: share, atLeast, ...shown };
        },
      ),
      crosses: crosses.map(
        ({ name, weight: share, atLeast, axes, excluded, hits, bins, counts, illegalCount }) => {
          const shown = { axes, excluded, hits, bins, counts, illegalCount };
          return { name, weight: share, atLeast, ...shown };
        },
      ),
    })),
  };
}

function rounded(closure: ClosureRecord): ClosureRecord {
  const unit = 10 ** CURVE_DECIMALS;
  const curve = ({ runs, percents }: ClosureCurve): ClosureCurve => ({
    runs,
    percents: percents.map((value) => (value === null ? null : Math.floor(value * unit) / unit)),
  });
  return {
    overall: curve(closure.overall),
    groups: closure.groups.map((group) => ({
      ...group,
      type: cleanText(group.type),
      curve: curve(group.curve),
    })),
  };
}

function columns(
  list: readonly ConfigurationColumn[] | undefined,
  count: number,
): readonly ColumnPayload[] {
  return (list ?? []).map(({ name, values }) => {
    const clean = cleaned(values);
    const isSame = clean.length === 1 && count > 0;
    return { name: cleanText(name), values: isSame ? { same: clean[0] } : packed(clean) };
  });
}

/** Whichever form is the shortest. */
function packed<T extends string | number | boolean | null>(values: readonly T[]): Packed<T> {
  const words = [...new Set(values)];
  if (words.length === 1) return { same: words[0] };
  const isWordy = values.some((value) => typeof value === 'string' && value.length > 2);
  if (!isWordy || words.length > values.length / 2) return { list: values };
  const indexOf = new Map(words.map((word, index) => [word, index]));
  return { words, at: values.map((value) => indexOf.get(value) ?? 0) };
}

/** A copy with every text in it cleaned; names of fields are our own or those of parameters. */
function cleaned<T>(value: T): T {
  if (typeof value === 'string') return cleanText(value) as T;
  if (Array.isArray(value)) return value.map((one: unknown) => cleaned(one)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([key, one]) => [cleanText(key), cleaned<unknown>(one)]);
  return Object.fromEntries(fields) as T;
}
