// Closure by solving: holes become constraints, and the answer is an item that hits or a proof that none can (semantics §10).
import { describe, expect, it } from 'vitest';
import { UsageError } from '#base/assert';
import { each, ignore, otherwise } from '#cover/bins';
import { steps } from '#cover/transitions';
import { recordGroup } from '#cover/coverage-db';
import { Covergroup } from '#cover/covergroup';
import { summarizeCoverage } from '#cover/summary';
import { RandomStream } from '#random/random-stream';
import { flag, oneOf, uint } from '#solver/domain';
import { rand } from '#solver/random-class';
import { HoleSolver } from '#uvm/hole-solver';

const OPS = ['add', 'sub', 'mul', 'div'] as const;
type Op = (typeof OPS)[number];
class AluItem {
  op: Op = 'add';
  a = 0;
  b = 0;
  isSigned = false;
  divisorMin = 1;
}
const aluItem = rand(
  AluItem,
  { op: oneOf(...OPS), a: uint(16), b: uint(16), isSigned: flag() },
  {
    divisor: (v) => v.op.is('div').implies(v.b.ge(v.divisorMin)),
    unsigned: (v) => v.isSigned.implies(v.op.inside('add', 'sub')),
  },
);

class AluCoverage extends Covergroup<AluItem> {
  readonly op = this.coverpoint('op', each(...OPS));
  readonly a = this.coverpoint('a', {
    zero: 0,
    exact: 0x1234,
    low: [1, 255],
    high: [0xff00, 0xfffe],
    max: 0xffff,
    gap: ignore([256, 0x1233]),
    rest: otherwise(),
  });
  readonly b = this.coverpoint('b', { zero: 0, one: 1, more: [2, 0xffff] });
  readonly isSigned = this.coverpoint('isSigned', { yes: true, no: false });
  readonly order = this.coverpoint('op', { divs: steps('div', 'div') });
  readonly wraps = this.coverpoint((item) => item.a + item.b > 0xffff, { yes: true });
  readonly opByB = this.cross({ op: this.op, b: this.b });
  readonly opBySign = this.cross(
    { op: this.op, sign: this.isSigned },
    { bins: { signedProduct: (bin) => bin.op === 'mul' && bin.sign === 'yes' } },
  );
}

function closed(coverage: AluCoverage, holes: HoleSolver<AluItem, AluItem, unknown>): number {
  const item = aluItem.create(new RandomStream('holes'));
  let n = 0;
  while (holes.aim(item) !== undefined) {
    coverage.sample(item);
    n++;
  }
  return n;
}

describe('a hole solver', () => {
  const coverage = new AluCoverage('alu');
  const holes = new HoleSolver(coverage, aluItem);
  const sent = closed(coverage, holes as never);

  it('closes what can be hit, with one item per hole at the most', () => {
    const [group] = summarizeCoverage({ groups: [recordGroup(coverage)] }).groups;
    const left = Object.fromEntries(group.items.map(({ name, holes: names }) => [name, names]));
    expect(left).toEqual({
      op: [],
      a: [],
      b: [],
      isSigned: [],
      order: ['divs'],
      wraps: expect.any(Array) as unknown,
      opByB: ['op=div b=zero'],
      opBySign: ['op=div sign=yes', 'signedProduct'],
    });
    // 4 + 5 + 3 + 2 bins and 12 + 8 tuples, most hit by items that were aimed at something else.
    expect(sent).toBeLessThanOrEqual(34);
  });

  it('proves what cannot, and takes it out of the percentages', () => {
    expect(holes.unreachable.holes.map(({ item, bin }) => `${item}/${bin}`)).toEqual([
      'opByB/op=div b=zero',
      'opBySign/op=div sign=yes',
      'opBySign/signedProduct',
    ]);
    expect(holes.unreachable.holes[0].proof).toMatch(
      /no values of AluItem satisfy 'divisor', 'inline'/,
    );
    const record = { groups: [recordGroup(coverage)] };
    const before = summarizeCoverage(record).groups[0].items.find(({ name }) => name === 'opByB');
    const after = summarizeCoverage(record, { excluded: holes.unreachable }).groups[0].items;
    expect(before?.percent).toBeCloseTo((100 * 11) / 12, 10);
    expect(after.find(({ name }) => name === 'opByB')?.percent).toBe(100);
    expect(after.find(({ name }) => name === 'opBySign')?.percent).toBe(100);
  });

  it('names what it leaves to chance', () => {
    expect(holes.skipped).toEqual(['wraps', 'order/divs']);
    expect(holes.missed).toEqual([]);
  });

  it('takes proofs back when it is told that the constraints have changed', () => {
    const again = new AluCoverage('again');
    const solver = new HoleSolver(again, aluItem);
    const item = aluItem.create(new RandomStream('state'));
    item.divisorMin = 2;
    while (solver.aim(item) !== undefined) again.sample(item);
    const paths = (): readonly string[] =>
      solver.unreachable.holes.map(({ item: name, bin }) => `${name}/${bin}`);
    expect(paths()).toContain('opByB/op=div b=one');
    item.divisorMin = 0;
    solver.forget();
    while (solver.aim(item) !== undefined) again.sample(item);
    expect(paths()).toEqual(['opBySign/op=div sign=yes', 'opBySign/signedProduct']);
  });

  it('gives up a hole that is aimed at in vain, and says so', () => {
    const unsampled = new AluCoverage('unsampled');
    const solver = new HoleSolver(unsampled, aluItem);
    const item = aluItem.create(new RandomStream('vain'));
    let n = 0;
    while (solver.aim(item) !== undefined) n++;
    // 14 bins and 11 + 6 tuples, 16 times each.
    expect(n).toBe(31 * 16);
    expect(solver.missed).toHaveLength(31);
    expect(solver.missed[0]).toEqual({ item: 'op', bin: 'add' });
  });

  it('knows fields by other names, and refuses a group that reads none', () => {
    class Seen {
      operation: Op = 'add';
    }
    class SeenCoverage extends Covergroup<Seen> {
      readonly operation = this.coverpoint('operation', each(...OPS));
    }
    const seen = new SeenCoverage('seen');
    const item = aluItem.create(new RandomStream('names'));
    expect(new HoleSolver(seen, aluItem, { operation: 'op' }).aim(item)).toEqual({
      item: 'operation',
      bin: 'add',
    });
    expect(item.op).toBe('add');
    expect(() => new HoleSolver(seen, aluItem)).toThrow(UsageError);
    expect(() => new HoleSolver(seen, aluItem)).toThrow(
      /no coverpoint of SeenCoverage reads a random field of AluItem/,
    );
  });
});
