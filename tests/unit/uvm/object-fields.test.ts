// Copy, compare and print from a table of fields. Source: IEEE 1800.2 clauses 5.3 and 16.
import * as fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { us } from '#kernel/time';
import { rand } from '#solver/random-class';
import { uint } from '#solver/domain';
import { field, OBJECT_DEPTH_MAX, type FieldKind } from '#uvm/field-kinds';
import { DIFFERENCES_MAX, fields } from '#uvm/object-fields';
import { SequenceItem } from '#uvm/sequence-item';
import { Streams } from '#random/streams';
import { expectGolden } from './golden.ts';

type Op = 'read' | 'write';
class Header {
  tag = 0;
  isPoisoned = false;
}
class BusItem extends SequenceItem {
  op: Op = 'read';
  address = 0;
  data: readonly number[] = [];
  payload: Uint8Array = new Uint8Array(0);
  header = new Header();
  reply: Header | undefined = undefined;
  sentAtPs = 0;
  comment = '';
  ratio = 0.5;
  scratch = 0;
}
const header = fields(Header, { tag: field.decimal(8), isPoisoned: field.flag() });
const busItem = fields(BusItem, {
  op: field.choice(),
  address: field.hex(32),
  data: field.list(field.binary(4)),
  payload: field.bytes(),
  header,
  reply: field.optional(header),
  sentAtPs: field.except(field.time(), 'compare'),
  comment: field.except(field.text(), 'copy', 'compare'),
  ratio: field.except(field.real(), 'print'),
});

function item(change: Partial<BusItem> = {}): BusItem {
  return Object.assign(new BusItem(), {
    op: 'write',
    address: 0x1f00,
    data: [1, 2, 3],
    payload: Uint8Array.of(0xde, 0xad),
    header: Object.assign(new Header(), { tag: 7 }),
    sentAtPs: us(3),
    comment: 'first',
    ...change,
  });
}

describe('copy and clone', () => {
  it('copy what is in the table, deeply, and nothing else', () => {
    const from = item({ scratch: 9, reply: new Header() });
    const into = busItem.clone(from);
    expect(into).toBeInstanceOf(BusItem);
    expect(into).toMatchObject({ op: 'write', address: 0x1f00, data: [1, 2, 3], sentAtPs: us(3) });
    expect([into.comment, into.scratch]).toEqual(['', 0]);
    expect(into.header).not.toBe(from.header);
    expect(into.reply).not.toBe(from.reply);
    expect(into.data).not.toBe(from.data);
    into.payload[0] = 1;
    into.header.tag = 8;
    expect([from.payload[0], from.header.tag]).toEqual([0xde, 7]);
    expect(busItem.equals(from, into)).toBe(false);
  });

  it('of random items gives plain ones with the same values', () => {
    const random = rand(BusItem, { address: uint(16) });
    const made = random.create(new Streams(1).stream('a', 'b'));
    made.randomize();
    expect(busItem.clone(made).address).toBe(made.address);
  });
});

describe('compare', () => {
  it('takes -0 for 0', () => {
    expect(
      busItem.differences(item({ address: 0, ratio: 0 }), item({ address: -0, ratio: -0 })),
    ).toEqual([]);
  });

  it.each<[Partial<BusItem>, readonly [string, string, string][]]>([
    [{}, []],
    [{ op: 'read' }, [['op', 'write', 'read']]],
    [{ address: 0x10 }, [['address', "'h1f00", "'h10"]]],
    [{ data: [1, 9, 3] }, [['data[1]', "'b0010", "'b1001"]]],
    [{ data: [1, 2] }, [['data.length', '3', '2']]],
    [{ payload: Uint8Array.of(0xde, 0xae) }, [['payload[1]', "'had", "'hae"]]],
    [
      { payload: Uint8Array.of(0xdf) },
      [
        ['payload.length', '2', '1'],
        ['payload[0]', "'hde", "'hdf"],
      ],
    ],
    [
      { header: Object.assign(new Header(), { tag: 9, isPoisoned: true }) },
      [
        ['header.tag', "'d7", "'d9"],
        ['header.isPoisoned', 'false', 'true'],
      ],
    ],
    [{ reply: new Header() }, [['reply', '<none>', '<present>']]],
    [{ sentAtPs: 5, comment: 'other', scratch: 1 }, []],
  ])('%j', (change, differences) => {
    const found = busItem.differences(item(), item(change));
    expect(found.map(({ path, expected, seen }) => [path, expected, seen])).toEqual(differences);
    expect(busItem.equals(item(), item(change))).toBe(differences.length === 0);
  });

  it('lists not more than it is asked for', () => {
    const data = Array.from({ length: 100 }, (_unused, i) => i % 16);
    const other = data.map((value) => value ^ 1);
    expect(busItem.differences(item({ data }), item({ data: other }))).toHaveLength(
      DIFFERENCES_MAX,
    );
    expect(busItem.differences(item({ data }), item({ data: other, op: 'read' }), 2)).toMatchObject(
      [{ path: 'op' }, { path: 'data[0]' }],
    );
  });

  it('is an equivalence that agrees with its own list and with copying', () => {
    const values = fc.record({
      op: fc.constantFrom<Op>('read', 'write'),
      address: fc.integer({ min: 0, max: 3 }),
      data: fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 3 }),
      payload: fc.uint8Array({ maxLength: 2 }),
      ratio: fc.constantFrom(0, -0, Number.NaN),
    });
    fc.assert(
      fc.property(values, values, (left, right) => {
        const [a, b] = [item(left), item(right)];
        expect(busItem.equals(a, b)).toBe(busItem.equals(b, a));
        expect(busItem.equals(a, b)).toBe(busItem.differences(a, b).length === 0);
        busItem.copy(a, b);
        expect(busItem.equals(a, b)).toBe(true);
      }),
    );
  });
});

describe('sprint', () => {
  it('as a table', () => {
    expectGolden('uvm/object.txt', busItem.sprint(item(), { name: 'req' }));
  });

  it('as a tree and as a line', () => {
    expect(header.sprint(new Header(), { format: 'tree' })).toBe(
      "Header: (Header) {\n  tag: 'd0\n  isPoisoned: false\n}\n",
    );
    const line = busItem.sprint(item({ data: [] }), { format: 'line', name: 'req' });
    expect(line).toBe(
      "req: (BusItem) { op: write address: 'h1f00 data: (list(integral)) { } payload: dead " +
        "header: (Header) { tag: 'd7 isPoisoned: false } reply: <none> sentAtPs: 3 us comment: first }\n",
    );
  });

  it('shows the ends of long lists', () => {
    const data = Array.from({ length: 30 }, (_unused, i) => i % 16);
    const payload = new Uint8Array(40);
    const text = busItem.sprint(item({ data, payload }));
    expect([...text.matchAll(/^ {4}(\S+)/gm)].map((match) => match[1]).slice(0, 11)).toEqual([
      '[0]',
      '[1]',
      '[2]',
      '[3]',
      '[4]',
      '...',
      '[25]',
      '[26]',
      '[27]',
      '[28]',
      '[29]',
    ]);
    expect(text).toMatch(/payload +bytes +40 +(00){32}…\n/);
  });
});

describe('tables', () => {
  class Burst extends BusItem {
    beats = 1;
  }
  const burst = busItem.extend(Burst, { beats: field.decimal(8), address: field.decimal(32) });

  it('of subclasses have the fields of the base class, or their own for them', () => {
    const one = Object.assign(new Burst(), { beats: 4, address: 16 });
    expect(burst.clone(one)).toMatchObject({ beats: 4, address: 16 });
    expect(burst.differences(one, new Burst())).toEqual([
      { path: 'beats', expected: "'d4", seen: "'d1" },
      { path: 'address', expected: "'d16", seen: "'d0" },
    ]);
  });

  it('are typed by the class', () => {
    expectTypeOf(field.hex(8)).toEqualTypeOf<FieldKind<number>>();
    // @ts-expect-error a text is no field for a number
    fields(Header, { tag: field.text() });
    // @ts-expect-error there is no such field
    fields(Header, { tga: field.hex(8) });
  });

  it.each([0, 54, 1.5])('refuse fields of %s bits', (bits) => {
    expect(() => field.hex(bits)).toThrow(/a field of .* bits cannot be\n.*1 to 53 bits/);
  });

  it('find an object that contains itself', () => {
    class Loop {
      next: Loop | undefined = undefined;
    }
    const inner: { kind: FieldKind<Loop> | undefined } = { kind: undefined };
    const late: FieldKind<Loop> = {
      typeName: 'Loop',
      copyOf: (value) => inner.kind!.copyOf(value),
      equals: (a, b) => inner.kind!.equals(a, b),
      compare: (path, values, into) => inner.kind!.compare(path, values, into),
      print: (name, value, depth, into) => inner.kind!.print(name, value, depth, into),
    };
    const loops = fields(Loop, { next: field.optional(late) });
    inner.kind = loops;
    const [a, b] = [new Loop(), new Loop()];
    [a.next, b.next] = [a, b];
    const message = `objects of Loop nest deeper than ${OBJECT_DEPTH_MAX}`;
    expect(() => loops.clone(a)).toThrow(message);
    expect(() => loops.equals(a, b)).toThrow(message);
    expect(() => loops.differences(a, b)).toThrow(message);
    expect(() => loops.sprint(a)).toThrow(message);
    a.next = undefined;
    expect(loops.clone(a)).toEqual(a);
  });
});
