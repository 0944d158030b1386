// What defineConfig refuses, and where limits come from.
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, defineConfig, limitsOf } from '#run/config';
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
  ])('refuses %#', (change, message) => {
    expect(() => defineConfig({ ...tiny, ...change })).toThrow(message);
  });
});

describe('limitsOf', () => {
  it("puts the test's own above the configuration's above the defaults", () => {
    const entry = { ...tiny.tests['pass'], limits: { timePs: 5 } };
    expect(limitsOf({ ...tiny, limits: { wallSeconds: 7 } }, entry)).toEqual({
      timePs: 5,
      wallSeconds: 7,
    });
    expect(limitsOf({ ...tiny, limits: {} }, tiny.tests['pass'])).toEqual(DEFAULT_LIMITS);
  });
});
