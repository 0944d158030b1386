// Values as text, in a few words and in full.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueText } from '#uvm/value-text';

class Model {
  self: unknown = this;
}
class Point {
  x = 1;
  'far off' = -0;
}
class Secret {
  readonly #key = 1;
  get key(): number {
    return this.#key;
  }
}
/** Objects that all refer to all: printed level by level without end they would take for ever. */
function tangle(): object {
  const all: Record<string, unknown>[] = Array.from({ length: 20 }, () => ({}));
  for (const one of all) all.forEach((other, i) => (one[`to${i}`] = other));
  return all[0];
}

describe('valueText in a few words', () => {
  it.each<[unknown, string]>([
    [4, '4'],
    [-0, '-0'],
    [10n, '10'],
    ['text', "'text'"],
    ['it\'s\na "line"', `'it\\'s\\na "line"'`],
    [null, 'null'],
    [undefined, 'undefined'],
    [true, 'true'],
    [Symbol('s'), 'Symbol(s)'],
    [[1, 'a', [2], {}, []], "[1, 'a', […], {}, []]"],
    [{ speed: 4, nested: { deep: 1 } }, '{ speed: 4, nested: {…} }'],
    [{ 'two words': 1, '3': 2 }, "{ '3': 2, 'two words': 1 }"],
    [{}, '{}'],
    [Object.create(null), '{}'],
    [Object.create(Object.create(null) as object), 'an object {…}'],
    [new Model(), 'Model {…}'],
    [Model, 'Model'],
    [() => 1, 'a function'],
    [new Uint8Array([1, 0xab]), '01ab'],
    [new Uint16Array([1, 300]), '[1, 300]'],
    [Array.from({ length: 12 }, () => 0), '[0, 0, 0, 0, 0, 0, 0, 0, … 4 more]'],
  ])('%s', (value, text) => {
    expect(valueText(value)).toBe(text);
  });

  it('cuts long texts, and loops do no harm', () => {
    expect(valueText('x'.repeat(500))).toHaveLength(120);
    const loop: Record<string, unknown> = {};
    loop['loop'] = loop;
    expect(valueText(loop)).toBe('{ loop: {…} }');
  });
});

describe('valueText in full', () => {
  it.each<[unknown, string]>([
    ['text', 'text'],
    ["it's", "it's"],
    [['text'], "['text']"],
    [new Uint8Array([1, 0xab]), '01ab'],
    [{ data: new Uint8Array([1, 0xab]), other: undefined }, '{ data: 01ab, other: undefined }'],
    [new Point(), "Point { x: 1, 'far off': -0 }"],
    [{ a: [{ b: new Point() }] }, "{ a: [{ b: Point { x: 1, 'far off': -0 } }] }"],
    [new Secret(), 'Secret {…}'],
    [new Map([[1, 2]]), 'Map {…}'],
    [Array.from({ length: 70 }, () => 0), `[${'0, '.repeat(64)}… 6 more]`],
  ])('%s', (value, text) => {
    expect(valueText(value, 'full')).toBe(text);
  });

  it('goes into what is within, to a depth, and no further', () => {
    const model = valueText(new Model(), 'full');
    expect(model.match(/self/g)).toHaveLength(8);
    expect(model).toContain('self: Model {…} }');
    expect(valueText(tangle(), 'full')).toHaveLength(500);
    expect(valueText('x'.repeat(501), 'full')).toBe(`${'x'.repeat(499)}…`);
    expect(valueText(new Uint8Array(1e6), 'full')).toBe(`${'0'.repeat(499)}…`);
  });

  it('does not pass on what a getter throws', () => {
    const hostile = {
      get field(): never {
        throw new Error('no');
      },
    };
    expect([valueText(hostile), valueText([hostile], 'full')]).toEqual(['{…}', '[{…}]']);
  });

  it('is one line within its limit, whatever the value', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true }), (value) => {
        expect(valueText([value]).length).toBeLessThanOrEqual(120);
        const text = valueText([value], 'full');
        expect(text.length).toBeLessThanOrEqual(500);
        expect(text).not.toMatch(/[\n\r]/);
      }),
    );
  });
});
