// The short way of a plain call gives what the long way gives; state that changes in any way is seen (semantics §1, §2).
import { describe, expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { oneOf, span, uint } from '#solver/domain';
import { rand } from '#solver/random-class';

class Item {
  kind: 'read' | 'write' = 'read';
  address = 0;
  length = 1;
  max = 64;
  live: number[] = [1, 2, 3];
  ranges: [number, number][] = [[0, 9]];
  bytes = new Uint8Array([1, 2]);
  isShort = false;
  log: string[] = [];
  preRandomize(): void {
    this.log.push('pre');
  }
  postRandomize(): void {
    this.log.push('post');
  }
}
const item = rand(
  Item,
  { kind: oneOf('read', 'write'), address: uint(12), length: span(1, 256) },
  {
    kinds: (v) => v.kind.dist({ read: 3, write: 1 }),
    mapped: (v) => v.address.inside(v.ranges),
    fits: (v) => v.length.le(v.max),
    short: (v) => v.isShort.implies(v.length.inside(v.live)),
    odd: (v) => v.kind.is('write').implies(v.length.inside(v.bytes)),
  },
);
const made = (): ReturnType<typeof item.create> => item.create(new RandomStream('quick'));
const drawn = ({ kind, address, length }: Item): string => `${kind} ${address} ${length}`;

describe('a plain call with the state of the one before', () => {
  it('draws what the long way draws', () => {
    const quick = made();
    const long = made();
    for (let n = 0; n < 200; n++) {
      quick.randomize();
      // An empty inline block takes the long way.
      long.randomize(() => []);
      expect(drawn(quick)).toBe(drawn(long));
    }
    expect(quick.log).toHaveLength(400);
    expect(quick.log.slice(0, 4)).toEqual(['pre', 'post', 'pre', 'post']);
  });

  it.each<[string, (one: Item) => void, (one: Item) => boolean]>([
    ['a number', (one) => (one.max = 2), (one) => one.length <= 2],
    [
      'an element of a list',
      (one) => ((one.isShort = true), (one.live[1] = 7)),
      (one) => [1, 7, 3].includes(one.length),
    ],
    [
      'a longer list',
      (one) => ((one.isShort = true), one.live.push(9)),
      (one) => [1, 2, 3, 9].includes(one.length),
    ],
    ['the edge of a range, in place', (one) => (one.ranges[0][1] = 3), (one) => one.address <= 3],
    [
      'one more range',
      (one) => one.ranges.push([4000, 4001]),
      (one) => one.address <= 9 || one.address >= 4000,
    ],
    [
      'a byte',
      (one) => (one.bytes[0] = 5),
      (one) => one.kind === 'read' || [5, 2].includes(one.length),
    ],
  ])('sees %s that has changed', (_, change, holds) => {
    const one = made();
    for (let n = 0; n < 3; n++) one.randomize();
    change(one);
    const seen = new Set<string>();
    for (let n = 0; n < 300; n++) {
      one.randomize();
      expect(holds(one)).toBe(true);
      seen.add(drawn(one));
    }
    expect(seen.size).toBeGreaterThan(5);
  });

  it('tells objects of one class apart by their state', () => {
    const narrow = made();
    const wide = made();
    narrow.max = 1;
    for (let n = 0; n < 50; n++) {
      narrow.randomize();
      wide.randomize();
      expect(narrow.length).toBe(1);
    }
    expect(wide.length <= 64).toBe(true);
  });

  it('explains a failure as the long way does, and leaves the fields as they were', () => {
    const one = made();
    one.randomize();
    const before = drawn(one);
    one.max = 0;
    expect(() => one.randomize()).toThrow(/no values of Item satisfy 'fits'/);
    expect(drawn(one)).toBe(before);
  });

  it('takes modes that were switched meanwhile', () => {
    const one = made();
    for (let n = 0; n < 3; n++) one.randomize();
    one.max = 1;
    one.constraintMode('fits', false);
    let most = 0;
    for (let n = 0; n < 100; n++) {
      one.randomize();
      most = Math.max(most, one.length);
    }
    expect(most).toBeGreaterThan(64);
  });
});
