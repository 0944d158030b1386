// 64-bit fields have no bins, and whoever tries is told: by the types, at the declaration, at the first sample.
import { describe, expect, it } from 'vitest';
import { anyOf, auto, each, otherwise } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';
import { steps } from '#cover/transitions';

interface Wide {
  readonly address: bigint;
}

describe('a bigint', () => {
  it.each([
    ['a value', { one: 5n }],
    ['a range', { low: [0n, 5n] }],
    ['a set', { few: anyOf(5n as never) }],
    ['an array', each(5n as never)],
    ['a step', { up: steps(0 as never, 5n as never) }],
  ])('is refused as %s', (_, bins) => {
    class Refused extends Covergroup<Wide> {
      readonly address = this.coverpoint('address', bins as never);
    }
    expect(() => new Refused()).toThrow(
      /a coverpoint of Refused.*bins are of integers up to 2\^53-1, texts and booleans, got the bigint [05]n[^]*Measure a part/,
    );
  });

  it('is refused by the types', () => {
    class Typed extends Covergroup<Wide> {
      // @ts-expect-error the message says what to do
      readonly address = this.coverpoint('address', { one: 5 });
    }
    expect(new Typed().address.counts).toHaveLength(1);
  });

  it.each([
    ['one bin a value', { one: 1 }],
    ['only labels', { on: 'on' }],
    ['a default bin', { one: 1, rest: otherwise() }],
    ['overlapping bins', { one: 1, few: [0, 3] }],
    ['a wide range', { all: [0, 2 ** 40] }],
  ])('is refused when sampled: %s', (_, bins) => {
    class Sampled extends Covergroup<Wide> {
      readonly address = this.coverpoint('address', bins as never);
    }
    expect(() => new Sampled().sample({ address: 1n })).toThrow(
      /Sampled\.address sampled the bigint 1n: no bin is of bigints[^]*Measure a part/,
    );
  });

  it('is measured by a part or a label', () => {
    class Parts extends Covergroup<Wide> {
      readonly page = this.coverpoint((t) => Number(t.address >> 32n), { low: 0, high: [1, 99] });
      readonly half = this.coverpoint(
        (t) => (t.address < 2n ** 32n ? 'low' : 'high'),
        each('low', 'high'),
      );
    }
    const parts = new Parts();
    for (const address of [5n, 2n ** 33n, 2n ** 34n]) parts.sample({ address });
    expect([Array.from(parts.page.counts), Array.from(parts.half.counts)]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('has no automatic bins', () => {
    expect(() => auto({ bits: 64 })).toThrow(/1\.\.53 bits[^]*Measure a part/);
  });
});
