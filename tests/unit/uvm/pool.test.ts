// Pools, and the shared pools of events and barriers. Source: IEEE 1800.2 clauses 10.2.3, 10.3.2 and 11.2.
import { describe, expect, it } from 'vitest';
import { barrierPool, eventPool, Pool, POOL_ENTRIES_MAX } from '#uvm/pool';
import { Testbench } from '#uvm/testbench';

describe('a pool', () => {
  it('makes what is asked for and missing, once', () => {
    const pool = new Pool<number, { key: number }>('things', (key) => ({ key }));
    const made = pool.get(3);
    expect([made, pool.get(3) === made, pool.size]).toEqual([{ key: 3 }, true, 1]);
    expect([pool.tryGet(4), pool.has(4), pool.has(3)]).toEqual([undefined, false, true]);
    pool.add(1, { key: 1 });
    expect([[...pool.keys()], [...pool.values()].length, [...pool][1][0]]).toEqual([[3, 1], 2, 1]);
    expect([pool.delete(3), pool.delete(3), pool.size]).toEqual([true, false, 1]);
  });

  it('keeps undefined as a value', () => {
    let made = 0;
    const pool = new Pool<string, undefined>('none', () => void made++);
    pool.get('a');
    pool.get('a');
    expect(made).toBe(1);
  });

  it('without a default says what is missing, and the nearest name', () => {
    const pool = new Pool<string, number>('widths');
    pool.add('address', 64);
    expect(() => pool.get('adress')).toThrow(
      /pool 'widths' has no adress \(did you mean 'address'\?\)\n {2}Add it first/,
    );
    expect(() => new Pool<number, number>('numbers').get(5)).toThrow("pool 'numbers' has no 5");
  });

  it('is bounded', () => {
    const pool = new Pool<number, number>('many');
    for (let i = 0; i < POOL_ENTRIES_MAX; i++) pool.add(i, i);
    pool.add(0, 7);
    expect(() => pool.add(-1, 0)).toThrow(`pool 'many' has ${POOL_ENTRIES_MAX} entries`);
  });
});

describe('the shared pools', () => {
  it('give the same event to all that ask a testbench by one name, and share nothing between testbenches', () => {
    const [one, other] = [new Testbench({ runSeed: 1 }), new Testbench({ runSeed: 1 })];
    const event = eventPool<number>(one).get('done');
    event.trigger(5);
    expect(eventPool<number>(one).get('done').triggerData).toBe(5);
    expect(eventPool(other).has('done')).toBe(false);
    const barrier = barrierPool(one).get('sync');
    barrier.threshold = 3;
    expect(barrierPool(one).get('sync')).toBe(barrier);
    expect(barrierPool(other).get('sync').threshold).toBe(0);
  });
});
