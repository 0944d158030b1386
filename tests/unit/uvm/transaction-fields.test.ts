// Comparing and copying transactions by their fields.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SequenceItem } from '#uvm/sequence-item';
import { copyTransaction, differingFields, sameTransaction } from '#uvm/transaction-fields';

class Write {
  address = 0;
  bytes: Uint8Array = new Uint8Array();
  tags: { id: number }[] = [];
  constructor(over: Partial<Write> = {}) {
    Object.assign(this, over);
  }
}
class Item extends SequenceItem {
  address = 0;
}

describe('two transactions', () => {
  it('are equal when all their fields are, bytes and objects included', () => {
    const make = (): Write =>
      new Write({ address: 8, bytes: Uint8Array.of(1, 2), tags: [{ id: Number.NaN }] });
    expect(sameTransaction(make(), make())).toBe(true);
    expect(sameTransaction(make(), Object.assign({}, make()))).toBe(false);
    expect([sameTransaction(1, 1), sameTransaction(1, '1'), sameTransaction(null, {})]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('differ in named fields', () => {
    const a = new Write({
      address: 8,
      bytes: Uint8Array.of(1, 2, 3),
      tags: [{ id: 1 }, { id: 2 }],
    });
    const b = new Write({ address: 9, bytes: Uint8Array.of(1, 7), tags: [{ id: 1 }, { id: 3 }] });
    expect(differingFields(a, b, 8)).toEqual(['address', 'bytes.length', 'bytes[1]', 'tags[1].id']);
    expect(differingFields(a, b, 1)).toEqual(['address']);
    expect(differingFields(a, 1, 8)).toEqual(['']);
    expect(differingFields({ a: 1 }, { b: 1 }, 8)).toEqual(['a', 'b']);
  });

  it('are compared without what a sequencer keeps in an item', () => {
    const [a, b] = [new Item(), new Item()];
    a.transactionId = 3;
    a.requestedBy = { sequenceId: 1 } as never;
    expect(sameTransaction(a, b)).toBe(true);
    b.address = 1;
    expect(differingFields(a, b, 8)).toEqual(['address']);
    expect(Object.keys(copyTransaction(a))).toEqual(['address']);
  });

  it('take -0 for 0, as the fields of an object do', () => {
    expect(differingFields({ a: 0, b: [-0] }, { a: -0, b: [0] }, 8)).toEqual([]);
  });

  it('that hold what has no fields are refused, and never found equal', () => {
    const makers = [
      () => new Map([['a', 1]]),
      () => new Set([1]),
      () => new Date(0),
      () => new DataView(new ArrayBuffer(2)),
      () => new ArrayBuffer(2),
      () => /x/,
    ];
    for (const make of makers) {
      const { name } = make().constructor;
      const message = `field 'list[0].inner' of a transaction is a ${name}, which cannot be compared`;
      const holder = (): unknown => ({ list: [{ inner: make() }] });
      expect(() => sameTransaction(holder(), holder())).toThrow(message);
      expect(() => copyTransaction(holder())).toThrow(`a transaction is a ${name}`);
    }
    expect(differingFields({ a: new Map() }, { a: 1 }, 8)).toEqual(['a']);
    expect(sameTransaction(new DataView(new ArrayBuffer(1)), 1)).toBe(false);
    expect(sameTransaction({ w: Uint16Array.of(1) }, { w: Uint16Array.of(2) })).toBe(false);
  });

  it('that go round in circles are refused', () => {
    const ring = (): unknown => {
      const one: { self?: unknown } = {};
      one.self = one;
      return one;
    };
    expect(() => copyTransaction(ring())).toThrow('at most 16 objects deep');
    expect(() => sameTransaction(ring(), ring())).toThrow('at most 16 objects deep');
  });
});

describe('laws', () => {
  const transactions = fc.record({
    address: fc.nat(),
    bytes: fc.uint8Array({ maxLength: 8 }),
    list: fc.array(fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(undefined))),
    inner: fc.option(fc.record({ value: fc.double() })),
  });

  it('a copy equals its original and shares nothing with it', () => {
    fc.assert(
      fc.property(transactions, (one) => {
        const copy = copyTransaction(one);
        expect(sameTransaction(one, copy)).toBe(true);
        expect(copy.bytes).not.toBe(one.bytes);
        expect(copy.list).not.toBe(one.list);
        copy.list.push(1);
        expect(differingFields(one, copy, 8)).toEqual(['list.length']);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('differing is symmetric', () => {
    fc.assert(
      fc.property(transactions, transactions, (a, b) => {
        const sorted = (paths: string[]): string[] => paths.toSorted();
        expect(sorted(differingFields(a, b, 99))).toEqual(sorted(differingFields(b, a, 99)));
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});
