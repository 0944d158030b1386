// What a constraint block reads, and when: what is around it once, state at each call (guide, "Constraints").
import { describe, expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { span } from '#solver/domain';
import { rand } from '#solver/random-class';

class Item {
  a = 0;
  limit = 1;
  room(): number {
    return this.limit;
  }
}

describe('a block', () => {
  it('keeps what it takes from around it', () => {
    let limit = 1;
    const random = rand(Item, { a: span(0, 99) }, { low: (v) => v.a.lt(limit) });
    const one = random.create(new RandomStream('kept'));
    one.randomize();
    expect(one.a).toBe(0);
    limit = 100;
    expect(random.count(one)).toBe(1n);
  });

  it.each([
    ['a field', rand(Item, { a: span(0, 99) }, { low: (v) => v.a.lt(v.limit) })],
    [
      'a function of the object',
      rand(
        Item,
        { a: span(0, 99) },
        { low: (v, state) => v.a.lt(state.number((item) => item.room())) },
      ),
    ],
  ])('reads %s at each call', (_, random) => {
    const one = random.create(new RandomStream('read'));
    one.randomize();
    expect(random.count(one)).toBe(1n);
    one.limit = 100;
    expect(random.count(one)).toBe(100n);
  });

  it('of one call sees what is around it then', () => {
    const random = rand(Item, { a: span(0, 99) });
    const one = random.create(new RandomStream('call'));
    for (const limit of [1, 100]) {
      expect(random.count(one, (v) => v.a.lt(limit))).toBe(BigInt(limit));
      one.randomize((v) => v.a.ge(limit - 1).and(v.a.lt(limit)));
      expect(one.a).toBe(limit - 1);
    }
  });
});
