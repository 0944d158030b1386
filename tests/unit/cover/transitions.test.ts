// Transition bins (IEEE 1800-2023 §19.5.2; semantics §3): repeats, alternatives, arrays, what is taken out of them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '#base/assert';
import {
  anyOf,
  each,
  ignore,
  illegal,
  otherwiseSteps,
  when,
  wildcard,
  type BinSpec,
  type Bins,
  type Sampled,
} from '#cover/bins';
import { recordGroup } from '#cover/coverage-db';
import { Covergroup } from '#cover/covergroup';
import { goto, nonconsecutive, repeat, steps, type Steps } from '#cover/transitions';
import { ReferencePoint } from './reference-sampler.ts';
import { walk } from './reference-steps.ts';

class OnePoint extends Covergroup<Sampled> {
  readonly point;
  constructor(bins: Bins<Sampled>) {
    super('one');
    this.point = this.coverpoint((t) => t, bins);
  }
}

/** Bin -> count after sampling the values. */
function counts(bins: Bins<Sampled>, values: readonly Sampled[]): Record<string, number> {
  const group = new OnePoint(bins);
  for (const value of values) group.sample(value);
  const [point] = recordGroup(group).points;
  return Object.fromEntries(point.bins.map((name, i) => [name, point.counts[i]]));
}

/** How often one transition completes. */
const completions = (of: Steps<number>, values: readonly number[]): number =>
  counts({ t: of }, values)['t'];

describe('repeats of a step', () => {
  it('follow right after each other: [*n], [*a:b]', () => {
    expect(completions(steps(1, repeat(3, 2), 5), [1, 3, 3, 5])).toBe(1);
    expect(completions(steps(1, repeat(3, 2), 5), [1, 3, 3, 3, 5])).toBe(0);
    const two = steps(1, repeat(3, [2, 3]), 5);
    expect(completions(two, [1, 3, 5, 1, 3, 3, 5, 1, 3, 3, 3, 5, 1, 3, 3, 3, 3, 5])).toBe(2);
    expect(completions(steps(repeat([3, 4], 3), 0), [3, 4, 4, 0])).toBe(1);
  });

  it('have others between, and none after the last: [->n]', () => {
    const of = steps(1, goto(3, 2), 5);
    expect(completions(of, [1, 3, 3, 5])).toBe(1);
    expect(completions(of, [1, 0, 3, 9, 9, 3, 5])).toBe(1);
    expect(completions(of, [1, 3, 0, 3, 0, 5])).toBe(0);
    expect(completions(of, [1, 3, 3, 3, 5])).toBe(0);
    expect(completions(steps(1, goto(3, [1, 2])), [1, 7, 3, 7, 3])).toBe(2);
  });

  it('have others between, and before what comes next: [=n]', () => {
    const of = steps(1, nonconsecutive(3, 2), 5);
    expect(completions(of, [1, 0, 3, 9, 3, 8, 8, 5])).toBe(1);
    expect(completions(of, [1, 3, 3, 5, 5])).toBe(2);
    expect(completions(of, [1, 3, 3, 3, 5])).toBe(0);
    // At the end of a transition there is nothing to come: it completes with the last occurrence.
    expect(completions(steps(1, nonconsecutive(3, 2)), [1, 3, 7, 3, 7, 7])).toBe(1);
  });

  it('wait for each kind of value in turn', () => {
    const of = steps(0, nonconsecutive(1, 1), goto(2, 1), 9);
    expect(completions(of, [0, 5, 1, 5, 2, 9])).toBe(1);
    // After the 1, others but 1; then others but 2.
    expect(completions(of, [0, 1, 5, 1, 2, 9])).toBe(1);
    expect(completions(of, [0, 1, 2, 1, 2, 9])).toBe(1);
    expect(completions(of, [0, 1, 2, 1, 2, 1, 2, 9])).toBe(0);
  });

  it.each([0, 1.5, 257, [3, 2] as const, [0, 2] as const])('refuse %j times', (times) => {
    expect(() => repeat(1, times)).toThrow(/a step is repeated 1\.\.256 times \(timesMax\), got/);
  });

  it('refuse more states than there is room for', () => {
    const long = Array.from({ length: 5 }, (_, i) => repeat(i, 256));
    expect(() => new OnePoint({ long: steps(...long) })).toThrow(
      /a transition bin has over 1024 states \(statesMax\)/,
    );
  });

  it('count in bins of more states than an integer has bits', () => {
    const of = steps(1, repeat(2, 40), nonconsecutive(3, 20), 4);
    const threes = Array.from({ length: 20 }, () => [3, 0]).flat();
    const whole = [1, ...new Array<number>(40).fill(2), 0, ...threes, 4];
    expect(completions(of, [...whole, ...whole])).toBe(2);
    expect(completions(of, [1, ...new Array<number>(39).fill(2), ...threes, 4])).toBe(0);
  });
});

describe('several sequences', () => {
  it('in one bin count once per sample', () => {
    const bins = { sa: anyOf(steps(4, 5, 6), steps(anyOf([7, 9], 10), anyOf(11, 12))) };
    expect(counts(bins, [4, 5, 6, 7, 11, 8, 12, 10, 11, 12])).toEqual({ sa: 4 });
    expect(counts({ t: anyOf(steps(1, 2), steps(0, 1, 2)) }, [0, 1, 2])).toEqual({ t: 1 });
  });

  it('in an array have one bin per single transition, none twice', () => {
    const bins = {
      sb: each(steps(4, 5, 6), steps(anyOf([7, 9], 10), anyOf(11, 12)), steps(7, 11)),
    };
    const all = counts(bins, [4, 5, 6, 7, 11]);
    expect(Object.keys(all)).toEqual([
      'sb[4=>5=>6]',
      ...[7, 8, 9, 10].flatMap((from) => [`sb[${from}=>11]`, `sb[${from}=>12]`]),
    ]);
    expect(Object.values(all)).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('in an array alone are named after their values; repeats of a fixed length are spelled out', () => {
    expect(Object.keys(counts(each(steps('a', repeat('b', [1, 2]))), []))).toEqual([
      'a=>b',
      'a=>b=>b',
    ]);
    expect(() => new OnePoint({ s: each(steps(1, goto(2, 1))) })).toThrow(
      /bin 's': an array of transitions cannot have steps of open length/,
    );
    expect(() => new OnePoint({ s: each(steps([0, 999], [0, 999])) })).toThrow(
      /1000000 transitions; at most 32768 \(binsMax\)/,
    );
  });

  it('take patterns as steps', () => {
    const bins = { rise: steps(wildcard('0x'), wildcard('1x')) };
    expect(counts(bins, [0, 1, 2, 3, 1, 3])).toEqual({ rise: 2 });
  });
});

describe('transitions that are ignored or illegal', () => {
  it('are taken out by value, whatever else the bin has', () => {
    const bins = { t: steps(anyOf(1, 2), 3), gone: ignore(steps(1, 3)) };
    expect(counts(bins, [1, 3, 2, 3])).toEqual({ t: 1 });
    // A longer transition is another one.
    expect(counts({ t: steps(0, 1, 3), gone: ignore(steps(1, 3)) }, [0, 1, 3])).toEqual({ t: 1 });
    // Of the open transition only the sequence 1 => 3 is gone.
    const open = { t: steps(1, goto(3, 1)), gone: ignore(steps(1, 3)) };
    expect(counts(open, [1, 3, 1, 7, 3])).toEqual({ t: 1 });
  });

  it('leave no bin when nothing is left', () => {
    expect(counts({ t: steps(1, 3), n: 7, gone: ignore(steps([0, 2], 3)) }, [1, 3])).toEqual({
      n: 0,
    });
    expect(counts({ t: each(steps([1, 3], 3)), gone: ignore(steps(2, 3)) }, [])).toEqual({
      't[1=>3]': 0,
      't[3=>3]': 0,
    });
  });

  it('are told when illegal, an array of them by name, and take precedence', () => {
    const group = new OnePoint({ t: steps(1, 2), bad: illegal(each(steps(1, [2, 3]))) });
    const hits: string[] = [];
    group.onIllegal = ({ bin, value }) => hits.push(`${bin} ${value}`);
    for (const value of [1, 2, 1, 3]) group.sample(value);
    expect(hits).toEqual(['bad[1=>2] 2', 'bad[1=>3] 3']);
    expect(recordGroup(group).points[0]).toMatchObject({ bins: [], illegalCounts: [1, 1] });
  });

  it('cannot have a condition when ignored', () => {
    const bins = { t: steps(1, 2), gone: when(ignore(steps(1, 2)), () => true) };
    expect(() => new OnePoint(bins)).toThrow(/bin 'gone': an ignored transition has no condition/);
  });

  it('go through values that are ignored or illegal', () => {
    expect(counts({ t: steps(1, 2, 3), two: ignore(2) }, [1, 2, 3])).toEqual({ t: 1 });
    expect(counts({ t: steps(1, 2, 3), two: illegal(2) }, [1, 2, 3])).toEqual({ t: 1 });
  });
});

describe('the default sequence', () => {
  function restOf(bins: Bins<Sampled>, values: readonly Sampled[]): number {
    const group = new OnePoint(bins);
    for (const value of values) group.sample(value);
    return group.point.defaultStepsCount;
  }

  it('counts what follows another sample and goes along with no transition', () => {
    const bins = { t: steps(4, 5, 6), rest: otherwiseSteps() };
    // 4 is the first; 5 and 6 go along; 7 and 4 do not; 5 does; 5 does not.
    expect(restOf(bins, [4, 5, 6, 7, 4, 5, 5])).toBe(3);
    expect(restOf({ t: steps(1, goto(2, 1)), rest: otherwiseSteps() }, [1, 9, 9, 2, 9])).toBe(1);
  });

  it('may be illegal, and needs a transition to be other than', () => {
    const group = new OnePoint({ t: steps('a', 'b'), bad: illegal(otherwiseSteps()) });
    const hits: string[] = [];
    group.onIllegal = ({ bin }) => hits.push(bin);
    for (const value of ['a', 'b', 'b']) group.sample(value);
    expect(hits).toEqual(['bad']);
    expect(() => new OnePoint({ a: 1, rest: otherwiseSteps() })).toThrow(
      /has a default sequence, but no transition/,
    );
    const two = { t: steps(1, 2), a: otherwiseSteps(), b: illegal(otherwiseSteps()) };
    expect(() => new OnePoint(two)).toThrow(/more than one default sequence/);
  });
});

// ---- Compiled transitions against the reference that tries every turn.

const value = fc.constantFrom(1, 2, 3);
const set = fc.oneof(
  value,
  fc.tuple(value, value).map((all) => anyOf(...all)),
);
const times = fc.constantFrom<number | readonly [number, number]>(1, 2, 3, [1, 2], [2, 3]);
const step = fc.oneof(
  set,
  fc
    .tuple(fc.constantFrom(repeat, goto, nonconsecutive), set, times)
    .map(([word, of, many]) => word(of, many)),
);
const sequence = fc
  .tuple(set, fc.array(step, { minLength: 1, maxLength: 3 }), set, fc.boolean())
  .map(([first, between, last, isOpen]) => steps(first, ...between, ...(isOpen ? [] : [last])));
const transition: fc.Arbitrary<unknown> = fc.oneof(
  sequence,
  fc.tuple(sequence, sequence).map((all) => anyOf(...all)),
);
const someBins = fc
  .tuple(
    fc.array(transition, { minLength: 1, maxLength: 3 }),
    fc.array(transition, { maxLength: 2 }),
    fc.array(transition, { maxLength: 1 }),
    fc.boolean(),
  )
  .map(([counted, ignored, banned, hasRest]) => {
    const all = [
      ...counted,
      ...ignored.map((one) => ignore(one as never)),
      ...banned.map((one) => illegal(one as never)),
      ...(hasRest ? [otherwiseSteps()] : []),
    ];
    return Object.fromEntries(all.map((spec, i) => [`b${i}`, spec])) as Record<
      string,
      BinSpec<Sampled>
    >;
  });

/** Undefined when too many states are left of what is taken apart. */
function onePoint(bins: Bins<Sampled>): OnePoint | undefined {
  try {
    return new OnePoint(bins);
  } catch (error) {
    if (error instanceof UsageError && error.message.includes('statesMax')) return undefined;
    throw error;
  }
}

describe('compiled transitions', () => {
  it('complete when the reference says so, what is taken out taken out', () => {
    const seen = { hits: 0, illegal: 0, rest: 0, emptied: 0 };
    const values = fc.array(fc.constantFrom(1, 2, 3, 4), { minLength: 12, maxLength: 24 });
    fc.assert(
      fc.property(someBins, values, (bins, samples) => {
        const group = onePoint(bins);
        fc.pre(group !== undefined);
        const reference = new ReferencePoint(bins);
        for (const one of samples) {
          group.sample(one);
          reference.sample(one, { values: [], guards: [] });
        }
        const { names } = group.point.table;
        // The reference does not find out which bins have nothing left: those have no hits.
        const expected = Object.keys(bins).flatMap((name, i): [string, number][] =>
          i < reference.counts.length ? [[name, reference.counts[i]]] : [],
        );
        for (const [name, count] of expected) {
          expect([name, group.point.counts[names.indexOf(name)] ?? 0]).toEqual([name, count]);
          seen.hits += count;
          if (!names.includes(name)) seen.emptied++;
        }
        expect(Array.from(group.point.illegalCounts)).toEqual(reference.illegalCounts);
        expect(group.point.defaultStepsCount).toBe(reference.defaultStepsCount);
        seen.illegal += reference.illegalCounts.reduce((sum, count) => sum + count, 0);
        seen.rest += reference.defaultStepsCount;
      }),
      { seed: 2, numRuns: 400 },
    );
    expect(Math.min(seen.hits, seen.illegal, seen.rest)).toBeGreaterThan(200);
    expect(seen.emptied).toBeGreaterThan(4);
  });

  it('are judged by a reference that knows the examples of the standard', () => {
    const has = (...of: number[]): ((one: unknown) => boolean) => {
      return (one) => of.includes(one as number);
    };
    const once = { how: 'consecutive', min: 1, max: 1 } as const;
    const one = { ...once, values: [1], has: has(1) };
    const five = { ...once, values: [5], has: has(5) };
    const threes = { how: 'goto', min: 2, max: 2, values: [3], has: has(3) } as const;
    expect(walk([one, threes, five], [1, 0, 3, 0, 3, 5])).toEqual({
      isWhole: true,
      isPrefix: true,
    });
    expect(walk([one, threes, five], [1, 3, 3, 0])).toEqual({ isWhole: false, isPrefix: false });
    const open = { ...threes, how: 'nonconsecutive' } as const;
    expect(walk([one, open, five], [1, 3, 3, 0])).toEqual({ isWhole: false, isPrefix: true });
    expect(walk([one, open, five], [1, 3, 3, 0, 5])).toEqual({ isWhole: true, isPrefix: true });
  });
});
