// What defineConfig refuses, and where limits come from.
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, defineConfig, limitsOf, type RidgelineConfig } from '#run/config';
import tiny from '../../e2e/fixtures/tiny/ridgeline.config.ts';

describe('defineConfig', () => {
  it('gives the configuration back', () => {
    expect(defineConfig(tiny)).toBe(tiny);
  });

  it.each([
    [{ tests: {} }, /there is no test/],
    [{ devices: {} }, /there is no device/],
    [{ tests: { 'a b': tiny.tests['pass'] } }, /test name 'a b' has other characters/],
    [{ tests: { '../x': tiny.tests['pass'] } }, /test name '..\/x'/],
    [{ tests: { a: { ...tiny.tests['pass'], seeds: -1 } } }, /test 'a': seeds is -1/],
    [{ tests: { a: { ...tiny.tests['pass'], seeds: 1.5 } } }, /seeds is 1.5/],
    [
      { report: [] },
      /it has an unknown key 'report' \(did you mean 'reports'\?\); known are: tests,/,
    ],
    [{ reports: undefined }, /it has no 'reports'\n {2}Write reports: \[consoleReport\(\)/],
    [{ tests: undefined }, /it has no 'tests'\n {2}Write tests: \{/],
    [{ rules: {} }, /it: 'rules' is an object, not an array/],
    [{ lookaheadPs: '5' }, /'lookaheadPs' is '5', not a number/],
    [{ limits: { timeps: 5 } }, /limits has an unknown key 'timeps' \(did you mean 'timePs'\?\)/],
    [{ tests: { a: tiny.tests['pass'].test } }, /test 'a' is a function or class, not an object/],
    [
      { tests: { a: { test: tiny.tests['pass'].test, seed: 20 } } },
      /test 'a' has an unknown key 'seed' \(did you mean 'seeds'\?\)/,
    ],
    [{ tests: { a: { seeds: 20 } } }, /test 'a' has no 'test'\n {2}Write test: RandomTest/],
    [{ tests: { a: { test: tiny.tests['pass'].test } } }, /test 'a' has no 'seeds'/],
    [{ tests: { a: { ...tiny.tests['pass'], limits: 5 } } }, /test 'a': 'limits' is 5, not an obj/],
    [{ devices: { d: {} } }, /device 'd' has no 'bind'/],
    [{ devices: { d: { bind: null } } }, /device 'd': 'bind' is null, not a function/],
    [
      { devices: { d: { ...tiny.devices['echo'], fault: [] } } },
      /device 'd' has an unknown key 'fault' \(did you mean 'faults'\?\)/,
    ],
    [
      { devices: { d: { ...tiny.devices['echo'], faults: [{ name: 'x', sentence: 'y' }] } } },
      /faults of device 'd'\[0\] has no 'rule'/,
    ],
    [
      { parameters: [{ name: 'w', kind: 'integer', mn: 1 }] },
      /parameters\[0\] has an unknown key 'mn'/,
    ],
    [{ reports: [() => {}] }, /reports\[0\] is a function or class, not an object/],
  ])('refuses %#', (change, message) => {
    expect(() => defineConfig({ ...tiny, ...change } as RidgelineConfig)).toThrow(message);
  });

  it('takes a report writer that is more than one', () => {
    const writer = { name: 'mine', writeRun: () => [], own: 1 };
    expect(defineConfig({ ...tiny, reports: [writer] }).reports).toEqual([writer]);
  });
});

describe('limitsOf', () => {
  it("puts what was asked for above the test's own above the configuration's above the defaults", () => {
    const entry = { ...tiny.tests['pass'], limits: { timePs: 5 } };
    const config = { ...tiny, limits: { wallSeconds: 7 } };
    expect(limitsOf(config, entry, {})).toEqual({ timePs: 5, wallSeconds: 7 });
    expect(limitsOf(config, entry, { wallSeconds: 9 })).toEqual({ timePs: 5, wallSeconds: 9 });
    expect(limitsOf({ ...tiny, limits: {} }, tiny.tests['pass'], {})).toEqual(DEFAULT_LIMITS);
  });
});
