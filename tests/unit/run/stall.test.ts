// How often a device outside is held up: as asked, or drawn from the seed, evenly over four kinds of link.
import { describe, expect, it } from 'vitest';
import { stallOf } from '#run/stall';
import type { RunSpec, StallChoice } from '#run/run-spec';

function stall(seed: number, choice: StallChoice | undefined, dut: string | null = 'unix:d') {
  const spec = { seed, dut, ...(choice !== undefined && { stall: choice }) };
  return stallOf(spec as RunSpec);
}

describe('the stall of a run', () => {
  it('is what was asked for', () => {
    expect([stall(1, 0), stall(1, 900), stall(1, undefined)]).toEqual([0, 900, undefined]);
    expect(stall(1, 'random', null)).toBeUndefined();
    expect(stall(1, 300, null)).toBeUndefined();
  });

  it('is drawn from the seed alone, from never to nearly always', () => {
    const drawn = Array.from({ length: 400 }, (_unused, seed) => stall(seed, 'random') ?? -1);
    expect(Array.from({ length: 400 }, (_unused, seed) => stall(seed, 'random'))).toEqual(drawn);
    const counts = [0, 0, 0, 0];
    for (const one of drawn) counts[one === 0 ? 0 : one <= 100 ? 1 : one <= 500 ? 2 : 3]++;
    // Of 400 draws of one in four, 70 and 130 are 3.5 standard deviations away.
    for (const count of counts) expect(count).toBeGreaterThan(70);
    for (const count of counts) expect(count).toBeLessThan(130);
    expect(Math.min(...drawn)).toBe(0);
    expect(Math.max(...drawn)).toBeGreaterThan(850);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(900);
  });
});
