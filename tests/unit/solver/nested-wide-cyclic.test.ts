// Fields beside single numbers: objects, integers of 64 bits, cyclic fields (IEEE 1800 clauses 18.4.2, 18.5.8, 18.6.2).
import { describe, expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { before, unique } from '#solver/constraint';
import { oneOf, span, uint } from '#solver/domain';
import { arrayOf, cyclic, nested, wide, wideInt, wideSpan } from '#solver/field-domain';
import { rand } from '#solver/random-class';
import { chiSquareDeviation } from './chi-square.ts';
import { thrown } from './thrown.ts';

const stream = (key = 'fields'): RandomStream => new RandomStream(key);

describe('nested objects', () => {
  const log: string[] = [];
  class Header {
    length = 0;
    tag = 0;
    tagMax = 7;
    preRandomize(): void {
      log.push('pre header');
    }
    postRandomize(): void {
      log.push(`post header ${this.length > 0}`);
    }
  }
  class Lane {
    id = 0;
  }
  class Packet {
    kind: 'short' | 'long' = 'short';
    header = new Header();
    lanes: Lane[] = [];
    preRandomize(): void {
      log.push('pre packet');
    }
    postRandomize(): void {
      log.push('post packet');
    }
  }
  const headerClass = rand(
    Header,
    { length: uint(8), tag: uint(4) },
    {
      legal: (v) => [v.tag.le(v.tagMax), v.length.gt(0)],
      small: (v) => v.length.lt(10).soft(),
    },
  );
  const lane = rand(Lane, { id: uint(3) }, { notZero: (v) => v.id.gt(0) });
  const packet = rand(
    Packet,
    {
      kind: oneOf('short', 'long'),
      header: nested(headerClass),
      lanes: arrayOf(nested(lane), { size: span(0, 3) }),
    },
    {
      long: (v) => v.kind.is('long').implies(v.header.length.ge(100)),
      different: (v) =>
        v.lanes.forEach((one, i) => (i === 0 ? undefined : one.id.gt(v.lanes.at(i - 1).id))),
    },
  );

  it('are solved together with their own constraints and those of the outer object', () => {
    const item = packet.create(stream());
    const { header } = item;
    header.tagMax = 3;
    for (let n = 0; n < 100; n++) {
      item.randomize();
      expect(item.header).toBe(header);
      expect(header.tag).toBeLessThanOrEqual(3);
      expect(header.length).toBeGreaterThan(0);
      if (item.kind === 'long') expect(header.length).toBeGreaterThanOrEqual(100);
      for (const one of item.lanes) expect([one instanceof Lane, one.id > 0]).toEqual([true, true]);
      expect(item.lanes.map(({ id }) => id)).toEqual(
        [...item.lanes.map(({ id }) => id)].sort((a, b) => a - b),
      );
    }
  });

  it('call the hooks, the outer one first', () => {
    const item = packet.create(stream());
    log.length = 0;
    item.randomize();
    expect(log).toEqual(['pre packet', 'pre header', 'post packet', 'post header true']);
    log.length = 0;
    item.randomizeOnly(['kind']);
    expect(log).toEqual(['pre packet', 'post packet']);
  });

  it('have softer soft constraints than the object that holds them', () => {
    const outer = packet.extend({ wish: (v) => v.header.length.is(200).soft() });
    const item = outer.create(stream());
    item.randomize();
    expect(item.header.length).toBe(200);
    expect(outer.droppedSoft()).toEqual(['header.small']);
  });

  it('keep objects that are there, and have their modes', () => {
    const item = packet.create(stream());
    item.randomize((v) => v.lanes.length.is(2));
    const [first] = item.lanes;
    item.randomize((v) => v.lanes.length.is(3));
    expect(item.lanes[0]).toBe(first);
    item.header.tag = 6;
    headerClass.randMode(item.header, 'tag', false);
    for (let n = 0; n < 20; n++) item.randomize();
    expect(item.header.tag).toBe(6);
    headerClass.randMode(item.header, 'tag', true);
    headerClass.constraintMode(item.header, 'legal', false);
    const tags = new Set<number>();
    for (let n = 0; n < 200; n++) {
      item.randomize();
      tags.add(item.header.tag);
    }
    expect(tags.size).toBe(16);
  });

  it('name the inner block in a conflict', () => {
    const item = packet.create(stream());
    const { message } = thrown(() => item.randomize((v) => v.header.length.is(0)));
    expect(message).toContain("'header.legal[1]', 'inline' together");
    expect(message).toContain('header.length: one of 0..255');
  });

  it('cannot hold themselves', () => {
    class Node {
      next: Node | undefined = undefined;
    }
    const shape = { fieldDomains: {} as Record<string, unknown>, name: 'Node', itemClass: Node };
    shape.fieldDomains['next'] = { kind: 'nested', random: shape };
    expect(thrown(() => rand(Node, shape.fieldDomains as never)).message).toContain(
      'nested in itself',
    );
  });
});

describe('wide integers', () => {
  class Access {
    address = 0n;
    end = 0n;
    offset = 0n;
    length = 0;
    base = 0xffff_0000_0000_0000n;
  }

  it('are bigints of 64 bits, uniform', () => {
    const random = rand(Access, { address: wide(64), offset: wideInt(64) });
    expect(random.count()).toBe(2n ** 128n);
    const item = random.create(stream());
    const counts = [0, 0, 0, 0];
    let negative = 0;
    for (let n = 0; n < 2000; n++) {
      item.randomize();
      counts[Number(item.address >> 62n)]++;
      if (item.offset < 0n) negative++;
      expect(item.address >= 0n && item.address < 2n ** 64n).toBe(true);
    }
    expect(chiSquareDeviation(counts, [0.25, 0.25, 0.25, 0.25])).toBeLessThan(4);
    expect(chiSquareDeviation([negative, 2000 - negative], [0.5, 0.5])).toBeLessThan(4);
  });

  it('take ranges, arithmetic, masks and order', () => {
    const random = rand(
      Access,
      { address: wide(64), end: wide(64), length: span(1, 4096) },
      {
        window: (v) => v.address.inside([0xffff_0000_0000_0000n, 0xffff_0000_ffff_ffffn], 5n),
        aligned: (v) => v.address.mod(64).is(0),
        end: (v) => v.end.is(v.address.plus(v.length)),
        above: (v) => v.address.ge(v.base),
      },
    );
    const item = random.create(stream());
    for (let n = 0; n < 50; n++) {
      item.randomize((v) => v.address.bitAnd(0xf000n).is(0x3000));
      expect(item.end).toBe(item.address + BigInt(item.length));
      expect([item.address % 64n, item.address & 0xf000n]).toEqual([0n, 0x3000n]);
      expect(item.address >= item.base).toBe(true);
    }
  });

  it('come from lists of ranges with gaps, each value as likely', () => {
    const random = rand(Access, { address: wideSpan([1n, 3n], [2n ** 63n, 2n ** 63n + 2n]) });
    expect(random.count()).toBe(6n);
    const item = random.create(stream());
    let high = 0;
    for (let n = 0; n < 1000; n++) {
      item.randomize();
      if (item.address > 100n) high++;
    }
    expect(chiSquareDeviation([high, 1000 - high], [0.5, 0.5])).toBeLessThan(4);
    expect(wideSpan([1n, 4n], [3n, 9n]).describe()).toBe('1..9');
  });

  it.each<[string, () => void, RegExp]>([
    ['65 bits', () => wide(65), /wide\(\) takes 1\.\.64 bits, got 65/],
    ['a range upside down', () => wideSpan([2n, 1n]), /got \[2, 1\]/],
    ['no range', () => wideSpan(), /at least one range/],
    ['too far', () => wideSpan([0n, 2n ** 64n]), /within -2\^63\.\.2\^64-1/],
  ])('refuse %s', (_, call, message) => {
    expect(thrown(call).message).toMatch(message);
  });
});

describe('cyclic fields', () => {
  class Slot {
    id = 0;
    other = 0;
    weight = 0;
    avoided = 99;
  }

  it('give every value once per round, in a new order each time', () => {
    const slot = rand(Slot, { id: cyclic(uint(3)) });
    const item = slot.create(stream());
    const rounds = Array.from({ length: 40 }, () => {
      return Array.from({ length: 8 }, () => {
        item.randomize();
        return item.id;
      });
    });
    for (const round of rounds)
      expect([...round].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(new Set(rounds.map((round) => round.join(''))).size).toBe(40);
    // The first value of a round is uniform.
    const firsts = new Array<number>(8).fill(0);
    const counted = slot.create(stream('counted'));
    for (let n = 0; n < 8000; n++) {
      counted.randomize();
      if (n % 8 === 0) firsts[counted.id]++;
    }
    expect(chiSquareDeviation(firsts, new Array<number>(8).fill(1 / 8))).toBeLessThan(4);
  });

  it('have a round for each object', () => {
    const slot = rand(Slot, { id: cyclic(uint(2)) });
    const items = [slot.create(stream('a')), slot.create(stream('b'))];
    const seen = items.map(() => new Set<number>());
    for (let n = 0; n < 4; n++) {
      items.forEach((item, i) => {
        item.randomize();
        seen[i].add(item.id);
      });
    }
    expect(seen.map(({ size }) => size)).toEqual([4, 4]);
  });

  it('are solved first: others follow, and values that cannot be completed are passed over', () => {
    const slot = rand(
      Slot,
      { id: cyclic(uint(3)), other: uint(3), weight: uint(4) },
      {
        even: (v) => v.id.plus(v.other).mod(2).is(0),
        heavy: (v) => v.weight.is(v.id.times(3)),
        allowed: (v) => v.id.isNot(v.avoided),
      },
    );
    const item = slot.create(stream());
    item.avoided = 5;
    for (let round = 0; round < 5; round++) {
      const seen: number[] = [];
      // 6 * 3 and 7 * 3 are no 4 bits; 5 is avoided.
      for (let n = 0; n < 5; n++) {
        item.randomize();
        seen.push(item.id);
      }
      expect(seen.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
    }
  });

  it('begin a new round with other constraints, and keep the round in a failed call', () => {
    const slot = rand(Slot, { id: cyclic(span(0, 3)) });
    const item = slot.create(stream());
    item.randomize();
    item.randomize();
    const before = item.id;
    expect(() => item.randomize((v) => v.id.gt(9))).toThrow(/one of 0\.\.3/);
    expect(item.id).toBe(before);
    const rest = new Set<number>();
    item.randomize();
    rest.add(item.id);
    item.randomize();
    rest.add(item.id);
    expect([rest.size, rest.has(before)]).toEqual([2, false]);
    const inline = new Set<number>();
    for (let n = 0; n < 2; n++) {
      item.randomize((v) => v.id.lt(2));
      inline.add(item.id);
    }
    expect([...inline].sort((a, b) => a - b)).toEqual([0, 1]);
  });

  it.each<[string, () => void, RegExp]>([
    [
      'a dist',
      () => rand(Slot, { id: cyclic(uint(2)) }, { d: (v) => v.id.dist({ 1: 1 }) }).count(),
      /id is cyclic\(\) and cannot stand in a dist/,
    ],
    [
      'an order',
      () =>
        rand(
          Slot,
          { id: cyclic(uint(2)), other: uint(2) },
          { d: (v) => before(v.id, v.other) },
        ).count(),
      /cannot stand in before\(\)/,
    ],
    ['many values', () => cyclic(uint(17)), /at most 65536 values \(cyclicValuesMax\)/],
  ])('refuse %s', (_, call, message) => {
    expect(thrown(call).message).toMatch(message);
  });

  it('work in arrays of objects', () => {
    class Many {
      slots: Slot[] = [];
    }
    const one = rand(Slot, { id: cyclic(uint(2)) });
    const many = rand(
      Many,
      { slots: arrayOf(nested(one), { size: span(1, 3) }) },
      {
        different: (v) => unique(v.slots.map(({ id }) => id)),
      },
    );
    const item = many.create(stream());
    for (let n = 0; n < 20; n++) {
      item.randomize();
      expect(new Set(item.slots.map(({ id }) => id)).size).toBe(item.slots.length);
    }
  });
});
