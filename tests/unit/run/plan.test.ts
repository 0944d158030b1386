// The plan: tests by glob, seeds from the base on, an even order (design, "Seed").
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob, plannedTests, planRuns, RUNS_MAX } from '#run/plan';
import tiny from '../../e2e/fixtures/tiny/ridgeline.config.ts';

const request = { tests: undefined, seeds: undefined, baseSeed: 1 };

describe('plannedTests', () => {
  it('takes all tests that have runs, in the order of the configuration', () => {
    expect(plannedTests(tiny, request)).toEqual([
      { test: 'pass', runs: 6 },
      { test: 'flaky', runs: 4 },
      { test: 'needy', runs: 1 },
    ]);
  });

  it('takes the plan of the configuration where there is one', () => {
    const planned = plannedTests({ ...tiny, plan: ['needy', 'p*'] }, request);
    expect(planned.map(({ test }) => test)).toEqual(['pass', 'needy']);
  });

  it('takes globs and a number of seeds', () => {
    expect(plannedTests(tiny, { ...request, tests: ['*s', 'hang'], seeds: 2 })).toEqual([
      { test: 'pass', runs: 2 },
      { test: 'hang', runs: 2 },
    ]);
  });

  it('says which name is near when a glob matches nothing', () => {
    expect(() => plannedTests(tiny, { ...request, tests: ['flakey'] })).toThrow(
      /no test matches 'flakey' \(did you mean 'flaky'\?\); there are: pass, flaky/,
    );
  });

  it('keeps every seed below 2^53, whoever says the number of runs', () => {
    const last = { ...request, baseSeed: Number.MAX_SAFE_INTEGER };
    expect(() => plannedTests(tiny, last)).toThrow(/up to 9007199254740986\./);
    expect(plannedTests(tiny, { ...last, tests: ['pass'], seeds: 1 })).toEqual([
      { test: 'pass', runs: 1 },
    ]);
    expect(() => plannedTests(tiny, { ...last, seeds: 2 })).toThrow(/is not below 2\^53/);
  });

  it('refuses more runs than it can hold', () => {
    const seeds = Number.MAX_SAFE_INTEGER;
    expect(() => plannedTests(tiny, { ...request, tests: ['pass'], seeds })).toThrow(
      `the plan has ${seeds} runs; allowed are ${RUNS_MAX} in one regression`,
    );
  });

  it('refuses a plan without runs', () => {
    expect(() => plannedTests(tiny, { ...request, tests: [] })).toThrow(/no test is named/);
    expect(() => plannedTests(tiny, { ...request, tests: ['hang'] })).toThrow(/give --seeds N/);
  });
});

describe('planRuns', () => {
  it('gives run k of each test the seed base + k, each once, and deals the tests out evenly', () => {
    const counts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(counts, fc.nat(1000), (numbers, baseSeed) => {
        const tests = numbers.map((runs, at) => ({ test: `t${at}`, runs }));
        const runs = planRuns(tests, baseSeed);
        const total = numbers.reduce((sum, count) => sum + count, 0);
        expect(runs.length).toBe(total);
        for (const { test, runs: count } of tests) {
          const own = runs.filter((run) => run.test === test).map(({ seed }) => seed);
          expect(own).toEqual(Array.from({ length: count }, (_, k) => baseSeed + k));
          // The first half of all runs holds about half of each test's.
          const half = runs
            .slice(0, Math.ceil(total / 2))
            .filter((run) => run.test === test).length;
          expect(Math.abs(half - count / 2)).toBeLessThanOrEqual(1 + tests.length / 2);
        }
      }),
      { seed: 1 },
    );
  });
});

describe('matchesGlob', () => {
  it.each([
    ['mixed-iov', 'mixed-iov', true],
    ['mixed-iov', 'mixed', false],
    ['mixed-iov', '*', true],
    ['mixed-iov', 'm*-i?v', true],
    ['dma', '{dma,reset}', true],
    ['reset', '{dma,re*}', true],
    ['lifecycle', '{dma,reset}', false],
    ['a.b', 'a?b', true],
    ['axb', 'a.b', false],
    ['a(b', 'a(b', true],
    ['ab', 'a{b', true],
  ])('%s against %s: %s', (name, glob, expected) => {
    expect(matchesGlob(name, glob)).toBe(expected);
  });
});
