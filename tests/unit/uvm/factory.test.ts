// Factory overrides. Source: semantics §4 (Factory).
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Covergroup } from '#cover/covergroup';
import type { Process } from '#kernel/process';
import { uint } from '#solver/domain';
import { rand } from '#solver/random-class';
import { Component } from '#uvm/component';
import { Factory } from '#uvm/factory';
import { ReportServer } from '#uvm/report-server';
import { Sequence } from '#uvm/sequence';
import { SequenceItem } from '#uvm/sequence-item';
import { Sequencer } from '#uvm/sequencer';
import { Test } from '#uvm/test';
import type { Testbench } from '#uvm/testbench';
import { elaborate, runAll } from './bench-test.ts';
import { expectGolden } from './golden.ts';

class Base {
  readonly kind: string = 'product';
}
class First extends Base {}
class Second extends First {}
class Third extends Second {}

let reports: ReportServer;
let factory: Factory;

beforeEach(() => {
  reports = new ReportServer({ nowPs: 0 });
  factory = new Factory(reports);
});

describe('resolve', () => {
  it('without overrides gives what is asked for', () => {
    expect(factory.hasOverrides).toBe(false);
    expect(factory.resolve(Base, 'test.a')).toBe(Base);
  });

  it('a type override counts everywhere; the later one replaces the earlier', () => {
    factory.overrideType(Base, First);
    factory.overrideType(Base, Second);
    expect(factory.resolve(Base, 'test.a')).toBe(Second);
  });

  it('replace: false keeps an earlier type override', () => {
    factory.overrideType(Base, First);
    factory.overrideType(Base, Second, { replace: false });
    expect(factory.resolve(Base, 'test.a')).toBe(First);
  });

  it('an instance override comes before a type override', () => {
    factory.overrideType(Base, First);
    factory.overrideInstance('test.*', Base, Second);
    expect(factory.resolve(Base, 'test.a')).toBe(Second);
    expect(factory.resolve(Base, 'test.a.b')).toBe(First);
  });

  it('the first registered matching instance override wins', () => {
    factory.overrideInstance('test.x', Base, Third);
    factory.overrideInstance('test.**', Base, First);
    factory.overrideInstance('test.a', Base, Second);
    expect(factory.resolve(Base, 'test.a')).toBe(First);
  });

  it('repeats on the result', () => {
    factory.overrideType(Base, First);
    factory.overrideInstance('test.a', First, Second);
    factory.overrideType(Second, Third);
    expect(factory.resolve(Base, 'test.a')).toBe(Third);
    expect(factory.resolve(Base, 'test.b')).toBe(First);
  });

  it('reports a loop and gives what is asked for', () => {
    factory.overrideType(First, Second);
    factory.overrideType(Second, First);
    factory.overrideType(Base, First);
    expect(factory.resolve(Base, 'test.a')).toBe(Base);
    expect(reports.messages[0]).toMatchObject({
      severity: 'error',
      id: 'OVRDLOOP',
      path: 'test.a',
      text: 'factory overrides form a loop: Base -> First -> Second -> First',
    });
  });

  it('an override by itself ends the search', () => {
    factory.overrideType(Base, Base);
    expect(factory.resolve(Base, 'test.a')).toBe(Base);
    expect(reports.count('error')).toBe(0);
  });
});

describe('what the factory says', () => {
  it('tells an item from one that extends it, which bears the name of the same class', () => {
    class Item extends SequenceItem {
      a = 0;
    }
    const item = rand(Item, { a: uint(8) });
    const corner = item.extend({ corners: (v) => v.a.inside(0, 255) });
    factory.overrideInstance('test.agnet.**', item, corner);
    factory.overrideType(Base, Base);
    const described = factory.overrides.map((one) => one.describe().replace(/ \(.*/, ''));
    expect(described).toEqual([
      "instance override 'test.agnet.**' of Item by another definition of Item",
      'type override of Base by Base',
    ]);
  });

  it('how a request is answered, step by step', () => {
    factory.overrideInstance('test.x', Base, Third);
    factory.overrideInstance('test.*', Base, First);
    factory.overrideInstance('test.**', Base, Third);
    factory.overrideType(First, Second);
    const lines = factory.debugCreate(Base, 'test.a').map((line) => line.replace(/ \(\S+\)/, ''));
    expect(lines).toEqual([
      'Base at test.a:',
      "  instance override 'test.x' of Base by Third: does not match",
      "  instance override 'test.*' of Base by First: applies",
      '  type override of First by Second: applies',
      '  no override of Second applies',
      '  created is Second',
    ]);
    expect(factory.debugCreate(Base, 'test.a')[1]).toMatch(/\(uvm\/factory\.test\.ts\(\d+\)\)/);
    expect(factory.products).toEqual([]);
    expect(factory.overrides.map(({ uses }) => uses)).toEqual([0, 0, 0, 0]);
  });

  it('that overrides form a loop, or end in themselves', () => {
    factory.overrideType(First, Second);
    factory.overrideType(Second, First);
    expect(factory.debugCreate(First, 'test.a').slice(-2)).toEqual([
      '  this leads back to First: the overrides form a loop',
      '  created is First, as if there were none',
    ]);
    factory.overrideType(Base, Base);
    expect(factory.debugCreate(Base, 'test.a').at(-1)).toBe('  created is Base');
  });

  it('agrees with what it then does', () => {
    const classes = [Base, First, Second, Third];
    const override = fc.tuple(
      fc.constantFrom(...classes),
      fc.constantFrom(...classes),
      fc.constantFrom(undefined, 'test.a', 'test.*', 'test.b', '**'),
    );
    fc.assert(
      fc.property(fc.array(override, { maxLength: 6 }), (overrides) => {
        const made = new Factory(new ReportServer({ nowPs: 0 }));
        for (const [from, to, pattern] of overrides) {
          if (pattern === undefined) made.overrideType(from, to);
          else made.overrideInstance(pattern, from, to);
        }
        const last = made.debugCreate(Base, 'test.a').at(-1) ?? '';
        expect(last).toMatch(new RegExp(`created is ${made.resolve(Base, 'test.a').name}`));
      }),
    );
  });

  it('its overrides, how often they were used, and what was created', () => {
    factory.overrideInstance('test.*', Base, First);
    factory.overrideType(First, Second);
    factory.resolve(Base, 'test.a');
    factory.resolve(Base, 'test.b');
    factory.resolve(Base, 'other');
    expectGolden('uvm/factory.txt', factory.print());
    expect(new Factory(reports).print()).toMatch(/Type overrides\n {2}none\n/);
  });
});

describe('overrides that have replaced nothing', () => {
  class Part extends Component {}
  class BigPart extends Part {}
  class Points extends Covergroup<{ value: number }> {}
  class MorePoints extends Points {}
  class Item extends SequenceItem {}
  class OtherItem extends Item {}
  class Program extends Sequence<Item> {
    override *body(): Process {}
  }
  class OtherProgram extends Program {}
  class Env extends Component {
    readonly child = this.children({ part: Part, sequencer: Sequencer<Item> });
  }
  class PartTest extends Test {
    readonly child = this.children({ env: Env });
    override *runPhase(): Process {
      yield* this.start(Program, this.child.env.child.sequencer);
    }
  }
  const warnings = (bench: { testbench: Testbench }): string[] =>
    bench.testbench.reports.messages
      .filter(({ id, severity }) => id === 'OVRDUNUSED' && severity === 'warning')
      .map(({ text }) => text.replace(/ \(\S+\(\d+\)\)/, ''));

  it.each<[string, (factory: Factory) => void, string]>([
    [
      'a slip in the path',
      (made) => made.overrideInstance('test.evn.part', Part, BigPart),
      "instance override 'test.evn.part' of Part by BigPart has replaced nothing: " +
        "no Part was asked for at such a path (did you mean 'test.env.part'?)",
    ],
    [
      'an earlier override that wins',
      (made) => {
        made.overrideInstance('**', Part, BigPart);
        made.overrideInstance('test.env.part', Part, Part);
      },
      "instance override 'test.env.part' of Part by Part has replaced nothing: " +
        'an instance override that was registered earlier wins wherever it matches',
    ],
    [
      'a base class of what is asked for',
      (made) => made.overrideType<typeof Component>(Component, Part),
      'type override of Component by Part has replaced nothing: no Component was asked for; ' +
        'its subclass PartTest was: an override is for exactly the class asked for',
    ],
    [
      'a class that is declared twice',
      (made) => {
        const twin = { Part: class Part extends Component {} }.Part;
        made.overrideType(twin, class Other extends twin {});
      },
      'type override of Part by Other has replaced nothing: no Part was asked for; ' +
        'another class of that name was: is it declared twice?',
    ],
    [
      'a covergroup that nobody builds',
      (made) => made.overrideType(Points, MorePoints),
      'type override of Points by MorePoints has replaced nothing: no Points was asked for',
    ],
  ])('%s', (_what, prepare, text) => {
    expect(warnings(elaborate(PartTest, (testbench) => prepare(testbench.factory)))).toEqual([
      text,
    ]);
  });

  it('sequences and items are looked at when the run is over', () => {
    const prepare = ({ factory: made }: Testbench): void => {
      made.overrideType(Program, OtherProgram);
      made.overrideInstance('test.env.sequencer.Progam', Program, OtherProgram);
      made.overrideType(Item, OtherItem);
    };
    expect(warnings(elaborate(PartTest, prepare))).toEqual([]);
    expect(warnings(runAll(PartTest, prepare))).toEqual([
      "instance override 'test.env.sequencer.Progam' of Program by OtherProgram has replaced nothing: " +
        "no Program was asked for at such a path (did you mean 'test.env.sequencer.Program'?)",
      'type override of Item by OtherItem has replaced nothing: no Item was asked for',
    ]);
  });

  it('what was used is not spoken of, nor is a type override that instance overrides cover', () => {
    const bench = runAll(PartTest, ({ factory: made }) => {
      made.overrideInstance('**.part', Part, BigPart);
      made.overrideType(Part, BigPart);
    });
    expect(warnings(bench)).toEqual([]);
  });
});

describe('overrides of a component', () => {
  class Part extends Component {}
  class BigPart extends Part {}
  class HugePart extends BigPart {}
  class Env extends Component {
    readonly child = this.children({ a: Part, b: Part });
    override buildPhase(): void {
      this.overrideInstance('a', Part, HugePart);
      this.overrideType(Part, BigPart);
      this.overrideType(Part, HugePart, { replace: false });
    }
  }
  class EnvTest extends Test {
    readonly child = this.children({ env: Env });
  }
  it('have patterns relative to it', () => {
    const { a, b } = elaborate(EnvTest).test.child.env.child;
    expect([a.constructor, b.constructor]).toEqual([HugePart, BigPart]);
  });
});
