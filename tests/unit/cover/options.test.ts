// Options, percentages, starting and stopping, warnings (IEEE 1800-2023 §19.7-19.11; semantics §3).
import { describe, expect, it } from 'vitest';
import { anyOf, each, ignore, otherwise } from '#cover/bins';
import { CoverageDb, recordGroup } from '#cover/coverage-db';
import { Covergroup } from '#cover/covergroup';
import type { GroupOptions, PointOptions, TypeOptions } from '#cover/covergroup-options';
import { getCoverage } from '#cover/group-coverage';
import { goto, steps } from '#cover/transitions';
import { Test } from '#uvm/test';
import { elaborate } from '../uvm/bench-test.ts';

interface Pair {
  readonly a: number;
  readonly b: number;
}

describe('percentages', () => {
  it('are weighted over points and crosses: 87.5 % of the example of the standard', () => {
    class Weighted extends Covergroup<Pair> {
      readonly a = this.coverpoint('a', each(0, 1), { weight: 3 });
      readonly b = this.coverpoint('b', each(0, 1));
      readonly ab = this.cross({ a: this.a, b: this.b }, { weight: 0, atLeast: 100 });
    }
    const group = new Weighted('w');
    for (const a of [0, 1]) group.sample({ a, b: 0 });
    expect(group.summary().items.map(({ percent }) => percent)).toEqual([100, 50, 0]);
    expect(group.getInstCoverage()).toBe(87.5);
    expect(getCoverage([group])).toBe(87.5);
  });

  it('are null, never 100, when nothing is countable', () => {
    class Nothing extends Covergroup<Pair> {
      readonly a = this.coverpoint('a', { gone: ignore([0, 9]), all: [0, 9], rest: otherwise() });
      readonly weightless = this.coverpoint('b', each(0), { weight: 0 });
    }
    const group = new Nothing('n');
    group.sample({ a: 1, b: 0 });
    expect(group.getInstCoverage()).toBeNull();
    expect(getCoverage([group])).toBeNull();
    expect(getCoverage([])).toBeNull();
    expect(group.summary().items[0]).toMatchObject({ bins: 0, percent: null });
  });

  class Ports extends Covergroup<Pair> {
    override readonly typeOptions: TypeOptions;
    readonly a;
    readonly b = this.coverpoint('b', each(0, 1));
    constructor(name: string, options: GroupOptions, type: TypeOptions, own: PointOptions<Pair>) {
      super(name, options);
      this.typeOptions = type;
      this.a = this.coverpoint('a', each(0, 1, 2, 3), own);
    }
  }

  function twoPorts(type: TypeOptions, own: PointOptions<Pair> = {}): readonly Ports[] {
    const ports = [3, 1].map((weight, n) => new Ports(`port${n}`, { weight }, type, own));
    ports[0].sample({ a: 0, b: 0 });
    ports[1].sample({ a: 1, b: 0 });
    ports[1].sample({ a: 2, b: 1 });
    return ports;
  }

  it('of a type are of the bins of all instances, or the weighted mean of the instances', () => {
    const [one, two] = twoPorts({});
    expect([one, two].map((port) => port.getInstCoverage())).toEqual([37.5, 75]);
    expect(getCoverage([one, two])).toBe(87.5);
    expect(getCoverage(twoPorts({ mergeInstances: false }))).toBe((3 * 37.5 + 75) / 4);
  });

  it('of a type take the weights of the type for its items, those of instances the others', () => {
    const own = { weight: 0, type: { weight: 3, goal: 80 } };
    const ports = twoPorts({}, own);
    expect(ports.map((port) => port.getInstCoverage())).toEqual([50, 100]);
    expect(getCoverage(ports)).toBe((3 * 75 + 100) / 4);
    const record = recordGroup(ports[0]);
    expect(record.points[0].name).toBe('b');
    expect(record.points[1]).toMatchObject({ weight: 3, options: { goal: 80 } });
  });

  it('are asked of one type at a time', () => {
    class Other extends Covergroup<Pair> {
      readonly a = this.coverpoint('a', each(0));
    }
    const all = [...twoPorts({}), new Other('o')];
    expect(() => getCoverage(all)).toThrow(/getCoverage of several types: Ports, Other/);
  });
});

describe('options', () => {
  class Optional extends Covergroup<Pair> {
    override readonly options = { atLeast: 2, goal: 90, comment: 'all of it', perInstance: true };
    override readonly typeOptions = { weight: 4, comment: 'the type' };
    readonly a = this.coverpoint('a', each(0, 1), { comment: 'first', goal: 50 });
    readonly b = this.coverpoint('b', each(0, 1), { atLeast: 1 });
    readonly ab = this.cross({ a: this.a, b: this.b });
  }

  it('of a group hold for items that say nothing else', () => {
    const group = new Optional('o');
    group.sample({ a: 0, b: 0 });
    expect(
      group.summary().items.map(({ covered, depthPercent }) => [covered, depthPercent]),
    ).toEqual([
      [0, 25],
      [1, 50],
      [0, 12.5],
    ]);
    expect([group.a.atLeast, group.b.atLeast, group.ab.atLeast, group.weight]).toEqual([
      2, 1, 2, 4,
    ]);
  });

  it('stand in records', () => {
    const record = recordGroup(new Optional('o'));
    expect(record).toMatchObject({
      weight: 4,
      options: { goal: 90, comment: 'the type', atLeast: 2, perInstance: true },
      instances: [{ name: 'o', weight: 1 }],
    });
    expect(record.points[0].options).toEqual({ goal: 50, comment: 'first' });
    expect(record.points[1]).not.toHaveProperty('options');
  });

  it('that make no sense are refused', () => {
    class Loose extends Covergroup<Pair> {
      readonly a;
      constructor(options: GroupOptions, own: PointOptions<Pair> = {}) {
        super('loose', options);
        this.a = this.coverpoint('a', each(0), own);
      }
    }
    expect(() => new Loose({ weight: -1 })).toThrow(/Loose: weight is an integer from 0, got -1/);
    expect(() => new Loose({ goal: 101 })).toThrow(/Loose: goal is a percentage 0\.\.100, got 101/);
    expect(() => new Loose({ atLeast: 0 })).toThrow(/Loose: atLeast is from 1, got 0/);
    expect(() => new Loose({}, { weight: 0.5 })).toThrow(/weight is an integer from 0, got 0.5/);
    expect(() => new Loose({}, { atLeast: 1.5 })).toThrow(/atLeast is from 1, got 1.5/);
    expect(() => new Loose({}, { type: { goal: NaN } })).toThrow(/Loose, type: goal is/);
    expect(() => new Loose({}, { autoBinMax: 0 })).toThrow(/autoBinMax is from 1, got 0/);
  });

  it('that come too late to be seen are refused at the first sample', () => {
    class Late extends Covergroup<Pair> {
      readonly a = this.coverpoint('a', each(0));
      override readonly options = { atLeast: 5 };
    }
    expect(() => new Late('l').sample({ a: 0, b: 0 })).toThrow(
      /Late: the field 'options' stands after a coverpoint, which has not seen it/,
    );
  });
});

describe('start and stop', () => {
  class Switched extends Covergroup<Pair> {
    readonly a = this.coverpoint('a', { n: each(0, 1), up: steps(0, 1) });
    readonly b = this.coverpoint('b', each(0, 1));
    readonly ab = this.cross({ a: this.a, b: this.b });
    readonly bb = this.cross({ x: this.b, y: this.b });
  }
  const state = (group: Switched): readonly unknown[] => [
    group.sampleCount,
    Array.from(group.a.counts),
    Array.from(group.b.counts),
    group.ab.tuples.pairs().length / 2,
    group.bb.tuples.pairs().length / 2,
  ];

  it('of a group take whole samples out', () => {
    const group = new Switched('s');
    group.stop();
    group.sample({ a: 0, b: 0 });
    expect([group.isOn, state(group)]).toEqual([false, [0, [0, 0, 0], [0, 0], 0, 0]]);
    group.start();
    group.write({ a: 0, b: 0 });
    expect([group.isOn, state(group)]).toEqual([true, [1, [1, 0, 0], [1, 0], 1, 1]]);
  });

  it('of a point take it and its crosses out, and its transitions begin anew', () => {
    const group = new Switched('s');
    group.sample({ a: 0, b: 0 });
    group.a.stop();
    group.sample({ a: 0, b: 1 });
    group.a.start();
    group.sample({ a: 1, b: 1 });
    expect(state(group)).toEqual([3, [1, 1, 0], [1, 2], 2, 2]);
  });

  it('of a cross leave its points alone', () => {
    const group = new Switched('s');
    group.bb.stop();
    group.sample({ a: 0, b: 0 });
    expect([group.bb.isOn, group.ab.isOn, state(group)]).toEqual([
      false,
      true,
      [1, [1, 0, 0], [1, 0], 1, 0],
    ]);
    group.bb.start();
    group.sample({ a: 0, b: 0 });
    expect(state(group)).toEqual([2, [2, 0, 0], [2, 0], 1, 1]);
  });
});

describe('detectOverlap', () => {
  class Overlapping extends Covergroup<Pair> {
    override readonly options = { detectOverlap: true };
    readonly a = this.coverpoint('a', {
      low: [0, 4],
      mid: [3, 6],
      odd: anyOf(1, 3, 9),
      up: steps(0, [1, 3]),
      up2: steps(0, goto(3, 1)),
      down: steps(3, 0),
      gone: ignore(4),
    });
    readonly b = this.coverpoint('b', { x: [0, 1], y: [1, 2] }, { detectOverlap: false });
  }

  it('names pairs of bins and what they share', () => {
    expect(new Overlapping('o').warnings()).toEqual([
      "Overlapping.a: bins 'low' and 'mid' overlap in 3",
      "Overlapping.a: bins 'low' and 'odd' overlap in 1,3",
      "Overlapping.a: bins 'mid' and 'odd' overlap in 3",
      "Overlapping.a: bins 'up' and 'up2' overlap in a transition",
    ]);
  });

  it('names a few of many pairs', () => {
    class Many extends Covergroup<Pair> {
      readonly a = this.coverpoint(
        'a',
        Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`b${i}`, [0, 1000 + i] as const])),
        { detectOverlap: true },
      );
    }
    const warnings = new Many('m').warnings();
    expect([warnings.length, warnings.at(-1)]).toEqual([
      21,
      'Many.a: and 8 more pairs of its bins overlap',
    ]);
  });

  it('is a warning of the component that has the group as a child', () => {
    class Tops extends Test {
      readonly child = this.children({ coverage: Overlapping });
    }
    const { testbench } = elaborate(Tops);
    expect(testbench.reports.count('warning')).toBe(4);
  });
});

describe('a database', () => {
  it('has the percentage of a type by the instances in it', () => {
    class One extends Covergroup<number> {
      readonly n = this.coverpoint((n) => n, each(0, 1));
    }
    const db = new CoverageDb();
    const [x, y] = [new One('x'), new One('y')];
    for (const one of [x, y]) db.add(one);
    x.sample(0);
    y.sample(1);
    expect([x.getInstCoverage(), getCoverage(db.all())]).toEqual([50, 100]);
  });
});
