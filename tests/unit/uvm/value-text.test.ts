// Values in a few words.
import { describe, expect, it } from 'vitest';
import { describeValue } from '#uvm/value-text';

class Model {
  self: unknown = this;
}

describe('describeValue', () => {
  it.each<[unknown, string]>([
    [4, '4'],
    [10n, '10'],
    ['text', "'text'"],
    [null, 'null'],
    [undefined, 'undefined'],
    [true, 'true'],
    [[1, 'a', [2], {}], "[1, 'a', […], {…}]"],
    [{ speed: 4, nested: { deep: 1 } }, '{ speed: 4, nested: {…} }'],
    [{}, '{}'],
    [Object.create(null), '{}'],
    [new Model(), 'Model {…}'],
    [Model, 'Model'],
    [() => 1, 'a function'],
    [Array.from({ length: 12 }, () => 0), '[0, 0, 0, 0, 0, 0, 0, 0, … 4 more]'],
  ])('%s', (value, text) => {
    expect(describeValue(value)).toBe(text);
  });

  it('cuts long texts, and loops do no harm', () => {
    expect(describeValue('x'.repeat(500))).toHaveLength(120);
    const loop: Record<string, unknown> = {};
    loop['loop'] = loop;
    expect(describeValue(loop)).toBe('{ loop: {…} }');
  });
});
