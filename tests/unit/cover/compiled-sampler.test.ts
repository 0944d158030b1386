// Compiled covergroups against the reference: random groups with bins of all kinds, guards and crosses, random samples of
// all kinds; everything counted and reported must be the same (design decision 13; semantics §3).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '#base/assert';
import {
  anyOf,
  each,
  ignore,
  illegal,
  otherwise,
  split,
  steps,
  type BinSpec,
  type Range,
  type Sampled,
} from '#cover/bins';
import { recordGroup } from '#cover/coverage-db';
import { Covergroup } from '#cover/covergroup';
import type { Coverpoint } from '#cover/coverpoint';
import type { Cross } from '#cover/cross';
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
const transition = fc
  .array(set, { minLength: 2, maxLength: 3 })
  .map((all) => steps(...(all as [])));
const many = fc.array(item, { minLength: 1, maxLength: 3 });
const counted: fc.Arbitrary<unknown> = fc.oneof(
  set,
  many.map((items) => each(...items)),
  fc
    .tuple(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.oneof(number, range), { minLength: 1, maxLength: 3 }),
    )
    .map(([count, items]) => split(count, ...items)),
  transition,
);
const uncounted: fc.Arbitrary<unknown> = fc.oneof(
  set.map((one) => ignore(one as number)),
  set.map((one) => illegal(one as number)),
  transition.map((one) => illegal(one)),
);
const labels = fc.constant(each(...Array.from({ length: 14 }, (_, i) => `label${i}`)));

/** Mostly few, plain bins: flat points; sometimes far values, many labels, transitions. */
const bins: fc.Arbitrary<Bins> = fc
  .tuple(
    fc.oneof(
      fc.array(counted, { minLength: 1, maxLength: 3 }),
      fc.tuple(fc.constantFrom<unknown>(each([0, 7]), split(4, [0, 13]), each('a', 'b', 'c'))),
    ),
    fc.array(uncounted, { maxLength: 2 }),
    fc.option(fc.oneof(labels, fc.constant([FAR, FAR + 9]))),
    fc.boolean(),
  )
  .map(([some, others, more, hasDefault]) => {
    const all = [...some, ...others, ...(more === null ? [] : [more])];
    const named = all.map((spec, i) => [`b${i}`, spec as BinSpec<Sampled>] as const);
    return Object.fromEntries([...named, ...(hasDefault ? [['rest', otherwise()] as const] : [])]);
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

/** The group, or undefined when two of its random bins have one name. */
function groupOf(shape: Declared): RandomGroup | undefined {
  try {
    return new RandomGroup(shape);
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
  const index = Array.from(of.counts, (_, i) => i).find((i) => {
    const tuple = Object.entries(of.tupleOf(i));
    return tuple.map(([axis, bin]) => `${axis}=${bin}`).join(' ') === text;
  });
  return index ?? -1;
}

describe('a compiled covergroup', () => {
  it('counts and reports what the declarations say, for random groups and samples', () => {
    const seen = { groups: 0, hits: 0, tuples: 0, illegal: 0 };
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
        const { counts, defaultCount, illegalCounts } = reference.points[i];
        expect(record).toMatchObject({ counts, defaultCount, illegalCounts });
        seen.hits += counts.filter((count) => count > 0).length;
      });
      crosses.forEach((record, i) => {
        const { counts, isCounted, binCounts, illegalCount } = reference.crosses[i];
        expect(Array.from(group.x[i].counts)).toEqual(counts);
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
    expect(Math.min(seen.hits, seen.tuples, seen.illegal)).toBeGreaterThan(250);
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
