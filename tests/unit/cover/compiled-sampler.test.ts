// Compiled covergroups against the reference: random groups with bins of all kinds, guards and crosses, random samples of
// all kinds; everything counted and reported must be the same (design decision 13; semantics §3).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '#base/assert';
import {
  anyOf,
  auto,
  each,
  filter,
  ignore,
  illegal,
  otherwise,
  otherwiseSteps,
  split,
  when,
  wildcard,
  type Range,
  type Sampled,
} from '#cover/bins';
import { recordGroup } from '#cover/coverage-db';
import { Covergroup } from '#cover/covergroup';
import type { Coverpoint } from '#cover/coverpoint';
import type { Cross } from '#cover/cross';
import { goto, nonconsecutive, repeat, steps, type Steps } from '#cover/transitions';
import {
  ReferenceGroup,
  type Bins,
  type CrossDeclaration,
  type PointDeclaration,
  type ReferenceHit,
  type ReferenceSample,
} from './reference-sampler.ts';

const POINTS_MAX = 4;
const GUARDS = 3;
/** Values of this high range are looked up by search. */
const FAR = 2 ** 40;

type Declared = readonly [
  points: readonly PointDeclaration[],
  crosses: readonly CrossDeclaration[],
];

/** A covergroup of random shape; odd points read a field, even ones call a function. */
class RandomGroup extends Covergroup<ReferenceSample> {
  readonly p: readonly Coverpoint<ReferenceSample>[];
  readonly x: readonly Cross<ReferenceSample>[];

  constructor([points, crosses]: Declared) {
    super('random');
    const guard = (number: number | undefined): { iff?: (s: ReferenceSample) => boolean } =>
      number === undefined ? {} : { iff: (s) => s.guards[number] };
    this.p = points.map(({ bins, iff }, i) => {
      const declared = bins as never;
      if (i % 2 === 0) return this.coverpoint((s) => s.values[i], declared, guard(iff));
      return this.coverpoint(`value${i}` as never, declared, guard(iff));
    });
    this.x = crosses.map(({ axes, iff, sort, binCount }) => {
      const own = axes.map((axis) => this.p[axis]);
      const asked = (tuple: object): unknown => {
        const names = Object.values(tuple) as string[];
        return sort?.(names.map((name, axis) => own[axis].table.names.indexOf(name)));
      };
      const bins = Array.from({ length: binCount }, (_, n) => {
        return [`own${n}`, (tuple: object) => asked(tuple) === n] as const;
      });
      return this.cross(Object.fromEntries(own.map((point, i) => [`axis${i}`, point])), {
        ...guard(iff),
        ...(sort !== undefined && {
          ignore: (tuple: object) => asked(tuple) === 'ignored',
          illegal: (tuple: object) => asked(tuple) === 'illegal',
          bins: Object.fromEntries(bins),
        }),
      });
    });
  }
}

// ---- What is drawn.

const number = fc.integer({ min: -3, max: 9 });
const range: fc.Arbitrary<Range> = fc
  .tuple(number, fc.nat(6))
  .map(([low, more]) => [low, low + more]);
const label = fc.constantFrom<Sampled>('a', 'b', 'c', '1', '', true, false);
const item: fc.Arbitrary<Sampled | Range> = fc.oneof(number, range, label);
const set = fc.oneof(
  item,
  fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => anyOf(...items)),
);
const times = fc.oneof(
  fc.integer({ min: 1, max: 2 }),
  fc
    .tuple(fc.integer({ min: 1, max: 2 }), fc.nat(1))
    .map(([min, more]) => [min, min + more] as const),
);
/** Most are single values; what is long enough in any case stands in front. */
const step: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: set },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(repeat, goto, nonconsecutive), set, times)
      .map(([word, of, many]) => word(of, many)),
  },
);
const transition: fc.Arbitrary<Steps<Sampled>> = fc
  .tuple(set, step, fc.option(step, { nil: undefined }), fc.boolean())
  .map(([first, second, third, isFirst]) => {
    const all = isFirst ? [first, second] : [second, first];
    return steps(...((third === undefined ? all : [...all, third]) as []));
  });
const pair = fc
  .array(fc.oneof(number, label), { minLength: 1, maxLength: 2 })
  .map((values) => anyOf(...values));
const closed = fc
  .tuple(
    pair,
    fc.oneof(
      pair,
      fc.tuple(pair, times).map(([of, many]) => repeat(of, many)),
    ),
  )
  .map((all) => steps(...(all as unknown as [])));
const transitions: fc.Arbitrary<unknown> = fc.oneof(
  transition,
  fc.tuple(transition, transition).map((all) => anyOf(...all)),
  closed.map((one) => each(one)),
);
const many = fc.array(item, { minLength: 1, maxLength: 3 });
const integers = fc.array(fc.oneof(number, range), { minLength: 1, maxLength: 3 });
const spread: fc.Arbitrary<unknown> = fc.oneof(
  many.map((items) => each(...items)),
  fc
    .tuple(fc.integer({ min: 1, max: 5 }), integers)
    .map(([count, items]) => split(count, ...items)),
  fc.constantFrom(auto({ bits: 3 }), auto({ bits: 4, isSigned: true, max: 5 })),
);
const filtered: fc.Arbitrary<unknown> = fc
  .tuple(fc.oneof(spread, set), fc.integer({ min: 1, max: 3 }), fc.boolean())
  .map(([of, modulus, keepsLabels]) =>
    filter(of as Range, (value: Sampled) => {
      return typeof value === 'number' ? value % modulus === 0 : keepsLabels;
    }),
  );
const pattern: fc.Arbitrary<unknown> = fc
  .stringMatching(/^[01x?]{1,4}$/)
  .map((text) => wildcard(text));
const counted: fc.Arbitrary<unknown> = fc.oneof(
  set,
  spread,
  pattern,
  filtered,
  transitions,
  transitions,
);
const uncounted: fc.Arbitrary<unknown> = fc.oneof(
  fc.oneof(set, filtered).map((one) => ignore(one as number)),
  fc.oneof(set, spread).map((one) => illegal(one as number)),
  transitions.map((one) => ignore(one as never)),
  transitions.map((one) => illegal(one as never)),
);
const guarded: fc.Arbitrary<unknown> = fc
  .tuple(
    fc.oneof(
      counted,
      set.map((one) => ignore(one as number)),
      fc.oneof(set, transitions).map((one) => illegal(one as number)),
    ),
    fc.nat(GUARDS - 1),
  )
  .map(([of, number]) => when(of, (sampled: ReferenceSample) => sampled.guards[number]));
const rest: fc.Arbitrary<unknown> = fc.constantFrom(
  otherwise(),
  otherwise(),
  illegal(otherwise()),
  ignore(otherwise()),
);
const restOfSteps: fc.Arbitrary<unknown> = fc.constantFrom(
  otherwiseSteps(),
  illegal(otherwiseSteps()),
  when(otherwiseSteps(), (sampled: ReferenceSample) => sampled.guards[0]),
);
const labels = fc.constant(each(...Array.from({ length: 14 }, (_, i) => `label${i}`)));

/** Mostly few, plain bins: flat points; sometimes far values, many labels, transitions. */
const bins: fc.Arbitrary<Bins> = fc
  .tuple(
    fc.oneof(
      fc.array(counted, { minLength: 1, maxLength: 3 }),
      fc.tuple(fc.constantFrom<unknown>(each([0, 7]), split(4, [0, 13]), each('a', 'b', 'c'))),
    ),
    fc.array(fc.oneof({ weight: 3, arbitrary: uncounted }, { weight: 1, arbitrary: guarded }), {
      maxLength: 2,
    }),
    fc.option(fc.oneof(labels, fc.constant([FAR, FAR + 9]))),
    fc.option(rest, { nil: undefined }),
    fc.option(restOfSteps, { nil: undefined }),
  )
  .map(([some, others, more, values, sequences]) => {
    const all = [...some, ...others, ...(more === null ? [] : [more])];
    const named = all.map((spec, i): [string, unknown] => [`b${i}`, spec]);
    if (values !== undefined) named.push(['rest', values]);
    const first = some[0] as { kind?: string };
    if (sequences !== undefined && first.kind === 'steps') named.push(['restOfSteps', sequences]);
    return Object.fromEntries(named) as Bins;
  });

const guard = fc.option(fc.nat(GUARDS - 1), { nil: undefined, freq: 3 });
const point = fc.record({ bins, iff: guard });

/** Sorts tuples by a number that depends on all of them. */
function sorting(salt: number): NonNullable<CrossDeclaration['sort']> {
  return (tuple) => {
    const mixed = tuple.reduce((sum, bin) => (sum * 31 + bin * 7 + salt) % 97, salt);
    if (mixed % 9 === 0) return 'illegal';
    if (mixed % 7 === 0) return 'ignored';
    return mixed % 5 === 0 ? mixed % 2 : 'counted';
  };
}

const cross = fc.record({
  axes: fc.array(fc.nat(POINTS_MAX - 1), { minLength: 2, maxLength: 3 }),
  iff: guard,
  salt: fc.option(fc.nat(90), { nil: undefined }),
});
const declared: fc.Arbitrary<Declared> = fc
  .tuple(
    fc.array(point, { minLength: 2, maxLength: POINTS_MAX }),
    fc.array(cross, { minLength: 1, maxLength: 3 }),
  )
  .map(([points, crosses]) => [
    points,
    crosses.map(({ axes, iff, salt }) => ({
      axes: axes.map((axis) => axis % points.length),
      iff,
      sort: salt === undefined ? undefined : sorting(salt),
      binCount: salt === undefined ? 0 : 2,
    })),
  ]);
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: number },
  { weight: 3, arbitrary: label },
  { weight: 1, arbitrary: fc.constantFrom('label3', 'label13', FAR, FAR + 9, FAR + 10, -FAR) },
  { weight: 1, arbitrary: fc.constantFrom(undefined, null, 0.5, NaN, Infinity, -0, 1e300, {}) },
);
const sample = fc
  .tuple(
    fc.array(value, { minLength: POINTS_MAX, maxLength: POINTS_MAX }),
    fc.array(fc.boolean(), { minLength: GUARDS, maxLength: GUARDS }),
  )
  .map(([values, guards]) => ({
    values,
    guards,
    ...Object.fromEntries(values.map((one, i) => [`value${i}`, one])),
  }));

const manySamples = fc.array(sample, { minLength: 10, maxLength: 40, size: 'max' });

/** Larger crosses take the reference too long. */
const TUPLES_MAX = 4000;

/** The group, or undefined when two of its random bins have one name, or a cross is large. */
function groupOf(shape: Declared): RandomGroup | undefined {
  try {
    const group = new RandomGroup(shape);
    return group.x.some(({ tupleCount }) => tupleCount > TUPLES_MAX) ? undefined : group;
  } catch (error) {
    if (error instanceof UsageError && error.message.includes('has two bins called'))
      return undefined;
    throw error;
  }
}

/** Illegal hits by numbers of items and bins instead of their names. */
function listen(group: RandomGroup): ReferenceHit[] {
  const hits: ReferenceHit[] = [];
  const names = [...group.p, ...group.x].map((one) => group.itemName(one));
  group.onIllegal = ({ item: name, bin, value: text }) => {
    const index = names.indexOf(name);
    const illegalNames = group.p[index]?.table.illegalNames;
    if (illegalNames !== undefined) hits.push([index, illegalNames.indexOf(bin)]);
    else hits.push([index, tupleIndex(group.x[index - group.p.length], text)]);
  };
  return hits;
}

function tupleIndex(of: Cross<ReferenceSample>, text: string): number {
  const index = Array.from({ length: of.tupleCount }, (_, i) => i).find((i) => {
    const tuple = Object.entries(of.tupleOf(i));
    return tuple.map(([axis, bin]) => `${axis}=${bin}`).join(' ') === text;
  });
  return index ?? -1;
}

describe('a compiled covergroup', () => {
  it('counts and reports what the declarations say, for random groups and samples', () => {
    const seen = { groups: 0, hits: 0, tuples: 0, illegal: 0, restOfSteps: 0 };
    const law = fc.property(declared, manySamples, (shape, samples) => {
      const group = groupOf(shape);
      fc.pre(group !== undefined);
      const reference = new ReferenceGroup(...shape);
      const hits = listen(group);
      for (const one of samples) {
        group.sample(one);
        reference.sample(one);
      }
      const { points, crosses } = recordGroup(group);
      points.forEach((record, i) => {
        const { counts, defaultCount, illegalCounts, defaultStepsCount } = reference.points[i];
        expect(record).toMatchObject({ counts, defaultCount, illegalCounts });
        expect(group.p[i].defaultStepsCount).toBe(defaultStepsCount);
        seen.hits += counts.filter((count) => count > 0).length;
        seen.restOfSteps += defaultStepsCount;
      });
      crosses.forEach((record, i) => {
        const { counts, isCounted, binCounts, illegalCount } = reference.crosses[i];
        expect(counts.map((_, index) => group.x[i].tuples.get(index))).toEqual(counts);
        expect(counts.map((_, index) => group.x[i].isAutomatic(index))).toEqual(isCounted);
        const named = record.bins.map((name, n) => [name, record.counts[n]]);
        // A bin of the author's own without tuples is none.
        const own = binCounts.map((count, n) => [`own${n}`, count]);
        expect(own.filter(([, count]) => count !== 0)).toEqual(named.filter(([, n]) => n !== 0));
        expect(record.illegalCount).toBe(illegalCount);
        seen.tuples += counts.filter((count) => count > 0).length;
      });
      expect(hits).toEqual(reference.illegal);
      seen.groups++;
      seen.illegal += hits.length;
    });
    fc.assert(law, { seed: 1, numRuns: 300, maxSkipsPerRun: 100 });
    // The law is worth something only if the random groups count something.
    expect(seen.groups).toBe(300);
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(150);
  });

  it('reads a field whose name is no identifier, and labels with quotes and line breaks', () => {
    const odd = 'it\'s "odd"\n\u2028\\';
    class Odd extends Covergroup<Record<string, string>> {
      readonly point = this.coverpoint(odd, each(odd, 'plain'));
    }
    const group = new Odd('odd');
    group.sample({ [odd]: odd });
    expect(Array.from(group.point.counts)).toEqual([1, 0]);
  });

  it('takes in a point that is declared after the first sample', () => {
    class Late extends Covergroup<number> {
      readonly early = this.coverpoint((n) => n, each(1, 2));
      late: Coverpoint<number> | undefined = undefined;
      addLate(): void {
        this.late = this.coverpoint((n) => n, each(1, 2));
      }
    }
    const group = new Late('late');
    group.sample(1);
    group.addLate();
    group.sample(1);
    const { points } = recordGroup(group);
    expect(points.map(({ name, counts }) => [name, counts])).toEqual([
      ['early', [2, 0]],
      ['late', [1, 0]],
    ]);
  });

  it('keeps instances of one shape apart', () => {
    class Twin extends Covergroup<number> {
      readonly n = this.coverpoint((n) => n, each([0, 3]));
    }
    const [one, two] = [new Twin('one'), new Twin('two')];
    one.sample(0);
    two.sample(3);
    expect([one, two].map((twin) => Array.from(twin.n.counts))).toEqual([
      [1, 0, 0, 0],
      [0, 0, 0, 1],
    ]);
  });
});
