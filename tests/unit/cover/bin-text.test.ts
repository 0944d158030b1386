// The texts of values in records are read as they were written, and no other text is.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBinText } from '#cover/bin-text';
import { stepsText, valuesText } from '#cover/bin-values';
import { LabelNumbers } from '#cover/ucis/ucis-values';

const anyMatcher = fc.record({
  ranges: fc.array(
    fc.tuple(fc.integer({ min: -99, max: 99 }), fc.nat(9)).map(([a, b]) => [a, a + b] as const),
    { maxLength: 3 },
  ),
  scalars: fc.array(fc.oneof(fc.string(), fc.boolean()), { maxLength: 3 }),
});

describe('texts of values', () => {
  it('say again what was written', () => {
    const someValue = anyMatcher.filter((one) => one.ranges.length + one.scalars.length > 0);
    fc.assert(
      fc.property(fc.array(someValue, { minLength: 1, maxLength: 4 }), (steps) => {
        const lists = steps.map((step) => {
          const read = readBinText(valuesText(step));
          expect(read?.kind).toBe('values');
          return read?.kind === 'values' ? read : { ranges: [], labels: [] };
        });
        lists.forEach(({ ranges, labels }, index) => {
          expect(valuesText({ ranges, scalars: labels })).toBe(valuesText(steps[index]));
        });
        const read = readBinText(
          stepsText(steps.map((of) => ({ of, how: 'consecutive', min: 1, max: 1 }))),
        );
        const sequence = lists.map(({ ranges, labels }) => ({ ranges, labels, repeat: [1, 1] }));
        expect(read).toEqual({ kind: 'steps', sequences: [sequence] });
      }),
      { seed: 1 },
    );
  });

  it('know repeats and several transitions', () => {
    expect(readBinText('(1=>2..3[*2..4])(5[->3]=>6)')).toEqual({
      kind: 'steps',
      sequences: [
        [
          { ranges: [[1, 1]], labels: [], repeat: [1, 1] },
          { ranges: [[2, 3]], labels: [], repeat: [2, 4] },
        ],
        [
          { ranges: [[5, 5]], labels: [], repeat: [3, 3] },
          { ranges: [[6, 6]], labels: [], repeat: [1, 1] },
        ],
      ],
    });
    expect(readBinText('')).toEqual({ kind: 'values', ranges: [], labels: [] });
  });

  it.each(['1..', 'a', '1,,2', '"a', '(1=>)', '(1=>2', '1)', '"\\x"'])('%s is none', (text) => {
    expect(readBinText(text)).toBeUndefined();
  });
});

describe('values as integers', () => {
  it('number labels in order, and multiply steps out', () => {
    const numbers = new LabelNumbers(['"idle","run"', '("run"=>"stop")']);
    expect(numbers.valuesOf('"run",true').ranges).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(numbers.valuesOf('("idle"=>1..2[*1..2])').sequences).toEqual([
      [0, 1],
      [0, 1, 1],
      [0, 2],
      [0, 2, 2],
    ]);
    expect(numbers.valuesOf('(0..99=>0..99=>0..99)').sequences).toHaveLength(64);
    expect(numbers.valuesOf('?').ranges).toEqual([[-1, -1]]);
  });
});
