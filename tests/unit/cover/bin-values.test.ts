// What records say of the values of bins (src/record/coverage-record; semantics §3: removed after spreading).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepsText, valuesText, withoutValues } from '#cover/bin-values';
import { anyOf, each, ignore, illegal, otherwise, split } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';
import { recordGroup } from '#cover/coverage-db';
import { goto, repeat, steps } from '#cover/transitions';
import type { CoverpointRecord } from '#record/coverage-record';

class All extends Covergroup<{ readonly n: number; readonly s: string; readonly b: boolean }> {
  readonly n = this.coverpoint('n', {
    spread: split(4, [1, 12]),
    pair: anyOf(20, 18, 19),
    rise: anyOf(steps(0, [1, 3]), steps(repeat(8, 2), goto(9, [1, 3]))),
    four: ignore(4),
    bad: illegal(99),
    never: illegal(steps(5, 4)),
    rest: otherwise(),
  });
  readonly s = this.coverpoint('s', each('a', 'b'));
  readonly both = this.coverpoint((t) => t.b, { both: anyOf(true, false) });
  readonly cross1 = this.cross(
    { n: this.n, s: this.s },
    {
      ignore: (bin) => bin.s === 'a' && bin.n === 'pair',
      illegal: (bin) => bin.s === 'b' && bin.n === 'pair',
      bins: { rises: (bin) => bin.n === 'rise' },
    },
  );
}

const { points, crosses } = recordGroup(new All('all'));
const point = (name: string): CoverpointRecord => points.find((one) => one.name === name)!;

describe('the record of a coverpoint', () => {
  it('has true values, with what is ignored taken out after spreading', () => {
    expect(point('n').bins).toHaveLength(6);
    expect(point('n').values).toEqual([
      '1..3',
      '5..6',
      '7..9',
      '10..12',
      '18..20',
      '(0=>1..3)(8[*2]=>9[->1..3])',
    ]);
  });

  it('describes ignored, illegal and default bins', () => {
    expect(point('n')).toMatchObject({
      ignored: ['four'],
      ignoredValues: ['4'],
      illegal: ['bad', 'never'],
      illegalValues: ['99', '(5=>4)'],
      defaultName: 'rest',
      expression: 'n',
    });
  });

  it('writes labels and booleans as JSON, and no expression for a function', () => {
    expect(point('s').values).toEqual(['"a"', '"b"']);
    expect(point('both').values).toEqual(['true,false']);
    expect(point('both')).not.toHaveProperty('expression');
    expect(point('both')).not.toHaveProperty('defaultName');
  });
});

describe('the record of a cross', () => {
  it('says which tuples are illegal and which a bin stands for', () => {
    const [cross] = crosses;
    // Bins of n: four spread ones, pair, rise; of s: a, b.
    expect(cross.excluded).toEqual([8, 4]);
    expect(cross.illegalTuples).toEqual([9, 1]);
    expect(cross.bins).toEqual(['rises']);
    expect(cross.binTuples).toEqual([[10, 2]]);
  });
});

describe('values', () => {
  const anyRanges = fc.array(
    fc
      .tuple(fc.integer({ min: -20, max: 20 }), fc.nat(6))
      .map(([low, more]) => [low, low + more] as const),
    { maxLength: 5 },
  );
  const has = (ranges: readonly (readonly [number, number])[], value: number): boolean =>
    ranges.some(([low, high]) => value >= low && value <= high);

  it('keep exactly what is not removed, ascending and joined', () => {
    fc.assert(
      fc.property(anyRanges, anyRanges, (ranges, gone) => {
        const left = withoutValues({ ranges, scalars: [] }, [{ ranges: gone, scalars: [] }]).ranges;
        for (let value = -25; value <= 30; value++) {
          expect(has(left, value)).toBe(has(ranges, value) && !has(gone, value));
        }
        for (let at = 1; at < left.length; at++) {
          expect(left[at][0]).toBeGreaterThan(left[at - 1][1]);
        }
      }),
      { seed: 1 },
    );
  });

  it('are written once, whatever their order', () => {
    const matcher = {
      ranges: [
        [5, 5],
        [-2, 0],
        [6, 7],
      ] as const,
      scalars: ['x', 'x'],
    };
    expect(valuesText(matcher)).toBe('-2..0,5..7,"x"');
    const once = { how: 'consecutive', min: 1, max: 1 } as const;
    const two = { of: { ranges: [], scalars: [true] }, how: 'goto', min: 1, max: 2 } as const;
    expect(stepsText([{ of: matcher, ...once }, two])).toBe('(-2..0,5..7,"x"=>true[->1..2])');
  });
});
