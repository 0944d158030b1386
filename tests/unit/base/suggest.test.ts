// Suggestions, assertions, usage errors, compiled code.
import { describe, expect, it } from 'vitest';
import { assert, AssertionError, assertNever, UsageError } from '#base/assert';
import { compileFunction } from '#base/compile';
import { editDistance, suggest } from '#base/suggest';

describe('suggest', () => {
  it.each([
    ['lifecicle', " (did you mean 'lifecycle'?)"],
    ['LIFECYCLE', " (did you mean 'lifecycle'?)"],
    ['mixed', " (did you mean 'mixed-iov'?)"],
    ['dam', " (did you mean 'dma'?)"],
    ['zzz', ''],
    ['', ''],
  ])('%s', (name, expected) => {
    expect(suggest(name, ['lifecycle', 'dma', 'mixed-iov'])).toBe(expected);
  });

  it.each([
    ['', '', 0],
    ['abc', '', 3],
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['abc', 'axc', 1],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
  ])('distance of %s and %s', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });
});

describe('failures', () => {
  it('an assertion is a bug of ours', () => {
    expect(() => assert('a'.length > 1, 'a text is long')).toThrow(AssertionError);
    assert(true, 'holds');
    expect(() => assertNever('x' as never)).toThrow('unexpected value x');
  });

  it('a usage error says what, where, when and what to do', () => {
    const error = new UsageError('code', 'it is wrong', {
      path: 'test.env',
      timePs: 5,
      hint: 'Do so.',
    });
    expect(error.message).toBe('it is wrong [test.env] @ 5 ps\n  Do so.');
    expect(error).toMatchObject({ name: 'UsageError', code: 'code', path: 'test.env', timePs: 5 });
    expect(new UsageError('code', 'bare').message).toBe('bare');
  });
});

describe('compileFunction', () => {
  it('compiles in strict mode', () => {
    const add = compileFunction<(a: number, b: number) => number>(['a', 'b'], 'return a + b;');
    expect(add(2, 3)).toBe(5);
    expect(compileFunction([], 'return this === undefined;')()).toBe(true);
  });
});
