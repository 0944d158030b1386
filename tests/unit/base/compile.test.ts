// Code from tables: what is bound, and that equal code is compiled once.
import { describe, expect, it } from 'vitest';
import { CodeBuilder, compileFunction } from '#base/compile';

function counterOf(counts: Float64Array): (bin: number) => void {
  const code = new CodeBuilder();
  code.line('return function count(bin) {', `${code.bind(counts)}[bin]++;`, '};');
  return code.build<(bin: number) => void>();
}

describe('compiled code', () => {
  it('is a function of its arguments, in strict mode', () => {
    const add = compileFunction<(a: number, b: number) => number>(['a', 'b'], 'return a + b;');
    expect(add(2, 3)).toBe(5);
    const loose = compileFunction<() => void>([], 'undeclared = 1;');
    expect(loose).toThrow(ReferenceError);
  });

  it('speaks of bound values, each build of its own', () => {
    const [one, two] = [new Float64Array(2), new Float64Array(2)];
    const [countOne, countTwo] = [counterOf(one), counterOf(two)];
    countOne(0);
    countTwo(1);
    countTwo(1);
    expect([Array.from(one), Array.from(two)]).toEqual([
      [1, 0],
      [0, 2],
    ]);
  });

  it('goes on after more different builds than are kept', () => {
    const built = Array.from({ length: 1_200 }, (_, n) => {
      const code = new CodeBuilder();
      code.line(`return () => ${code.bind(n)} + ${n};`);
      return code.build<() => number>();
    });
    expect(built.map((one) => one())).toEqual(built.map((_, n) => 2 * n));
  });

  it('refuses what is no code', () => {
    const code = new CodeBuilder();
    code.line('return (;');
    expect(() => code.build<() => void>()).toThrow(SyntaxError);
  });
});
