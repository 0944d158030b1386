// Objections: counts, propagation, drain times, callbacks, traces, mistakes. Source: semantics §4; IEEE 1800.2 clause 10.5.
import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import type { Process } from '#kernel/process';
import { ns, us } from '#kernel/time';
import { delay } from '#kernel/wait';
import { Component } from '#uvm/component';
import type { ObjectionEvent } from '#uvm/objection-tree';
import type { Objection, Objections } from '#uvm/objections';
import type { Phase } from '#uvm/phase';
import { VERBOSITY } from '#uvm/report-server';
import { Sequence } from '#uvm/sequence';
import { SequenceItem } from '#uvm/sequence-item';
import { Sequencer } from '#uvm/sequencer';
import { Test } from '#uvm/test';
import { elaborate, runAll, type Bench } from './bench-test.ts';

let log: string[] = [];

class Leaf extends Component {
  override objectionRaised({ source, count }: ObjectionEvent): void {
    log.push(`+${count} at ${this.name} by ${source.fullPath}`);
  }
  override objectionDropped({ source, count }: ObjectionEvent): void {
    log.push(`-${count} at ${this.name} by ${source.fullPath}`);
  }
}
class Middle extends Leaf {
  readonly child = this.children({ a: Leaf, b: Leaf });
}
class Top extends Leaf {
  readonly child = this.children({ env: Middle });
}

function bench(): Bench<Top> & { main: Phase; objections: Objections; a: Leaf; b: Leaf } {
  log = [];
  const made = elaborate(Top);
  const main = made.testbench.phases.get('main');
  return { ...made, main, objections: main.objections, ...made.test.child.env.child };
}

describe('counts', () => {
  it('an objection counts where it is raised and at everything above', () => {
    const { main, objections, a, b, test } = bench();
    const two = main.raiseObjection(a, 'two', 2);
    main.raiseObjection(b, 'one');
    expect([a, b, test.child.env, test].map((one) => objections.totalOf(one))).toEqual([
      2, 1, 3, 3,
    ]);
    expect([a, test].map((one) => objections.countOf(one))).toEqual([2, 0]);
    expect(objections.total).toBe(3);
    expect(objections.objectionsOf(test.child.env).map(({ reason }) => reason)).toEqual([
      'two',
      'one',
    ]);
    expect(objections.objectionsOf(b).map(({ count }) => count)).toEqual([1]);
    two.drop(1);
    expect(two.count).toBe(1);
    expect(objections.totalOf(a)).toBe(1);
    two.drop();
    expect(objections.totalOf(a)).toBe(0);
    expect(objections.total).toBe(1);
  });

  it('phases have objections of their own', () => {
    const { testbench, a } = bench();
    testbench.phases.get('reset').raiseObjection(a, 'reset');
    expect(testbench.phases.get('main').objections.total).toBe(0);
    expect(testbench.objections.total).toBe(0);
  });

  it('callbacks go from the raiser to the top, for raise and drop', () => {
    const { main, a } = bench();
    main.raiseObjection(a, 'x', 2).drop();
    const path = 'test.env.a';
    expect(log).toEqual([
      `+2 at a by ${path}`,
      `+2 at env by ${path}`,
      `+2 at test by ${path}`,
      `-2 at a by ${path}`,
      `-2 at env by ${path}`,
      `-2 at test by ${path}`,
    ]);
  });

  it('drop by component takes those with the reason first, then the oldest', () => {
    const { main, a } = bench();
    const first = main.raiseObjection(a, 'first', 2);
    const second = main.raiseObjection(a, 'second');
    main.dropObjection(a, 'second');
    expect([first.count, second.count]).toEqual([2, 0]);
    main.dropObjection(a, 'whatever');
    main.dropObjection(a);
    expect([first.count, second.count]).toEqual([0, 0]);
  });

  it('a sequence objects at its sequencer, anything else at the top', () => {
    class Item extends SequenceItem {}
    const seen: string[] = [];
    class Watched extends Sequencer<Item> {
      override objectionRaised({ source }: ObjectionEvent): void {
        seen.push(`${this.name}: ${source.fullPath}`);
      }
    }
    class Objecting extends Sequence<Item> {
      override *body(): Process {
        using _objection = this.testbench.phases.get('main').raiseObjection(this, 'sequence');
        yield delay(ns(3));
      }
    }
    class SequenceTest extends Test {
      readonly child = this.children({ sequencer: Watched });
      override *mainPhase(): Process {
        yield* this.start(Objecting, this.child.sequencer);
      }
    }
    const { testbench, test } = runAll(SequenceTest);
    expect(seen).toEqual(['sequencer: test.sequencer.Objecting']);
    expect(testbench.kernel.nowPs).toBe(ns(3));
    const { objections } = testbench.phases.get('main');
    objections.raise({ fullPath: 'nowhere' }, 'stray').drop();
    expect(objections.totalOf(test)).toBe(0);
  });

  it('whatever is raised and dropped, each component holds what is held at and below it', () => {
    const step = fc.record({
      at: fc.integer({ min: 0, max: 3 }),
      count: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.boolean()), { maxLength: 40 }), (steps) => {
        const { main, objections, a, b, test } = bench();
        const all = [test, test.child.env, a, b];
        const held: Objection[] = [];
        for (const [{ at, count }, isRaise] of steps) {
          if (isRaise) held.push(main.raiseObjection(all[at], 'x', count));
          else {
            const one = held.find((objection) => objection.count >= count);
            one?.drop(count);
          }
        }
        for (const one of all) {
          const below = held.filter(({ path }) => `${path}.`.startsWith(`${one.fullPath}.`));
          expect(objections.totalOf(one)).toBe(below.reduce((sum, { count }) => sum + count, 0));
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('drain times', () => {
  class Drains extends Test {
    readonly child = this.children({ env: Middle });
    override *mainPhase(phase: Phase): Process {
      phase.setDrainTime(this.child.env.child.a, ns(10));
      phase.setDrainTime(this.child.env, ns(20));
      phase.drainTimePs = ns(30);
      phase.raiseObjection(this.child.env.child.a, 'a').drop();
      yield delay(ns(1));
    }
  }

  it('of components and of the phase add up on the way to the top', () => {
    log = [];
    const { testbench } = runAll(Drains);
    expect(testbench.kernel.nowPs).toBe(ns(60));
  });

  it('a drop reaches the parent when the component has drained', () => {
    const { main, objections, a, test, testbench } = bench();
    main.setDrainTime(a, ns(10));
    main.raiseObjection(a, 'a').drop();
    expect([objections.totalOf(a), objections.totalOf(test.child.env)]).toEqual([0, 1]);
    expect(objections.explain()).toEqual([
      'test.env.a drains: the last objection of main there was dropped',
    ]);
    testbench.kernel.runUntil(ns(10));
    expect(objections.totalOf(test.child.env)).toBe(0);
    expect(objections.isClear).toBe(true);
  });

  it.each([
    [1, 1, ['+1 at a']],
    [1, 3, ['+3 at a', '+2 at env', '+2 at test']],
    [3, 1, ['+1 at a', '-2 at env', '-2 at test']],
  ])(
    '%i dropped and %i raised while it drains: parents hear of the difference',
    (before, after, heard) => {
      const { main, objections, a, test, testbench } = bench();
      main.setDrainTime(a, ns(10));
      main.raiseObjection(a, 'first', before).drop();
      testbench.kernel.runUntil(ns(5));
      log = [];
      const second = main.raiseObjection(a, 'second', after);
      expect(log.map((line) => line.split(' by ')[0])).toEqual(heard);
      testbench.kernel.runUntil(ns(50));
      expect(objections.totalOf(test)).toBe(after);
      second.drop();
      testbench.kernel.runUntil(ns(59));
      expect(objections.totalOf(test)).toBe(after);
      testbench.kernel.runUntil(ns(60));
      expect(objections.total).toBe(0);
    },
  );

  it('objectionAllDropped runs after the drain time, and the drop goes on when it returns', () => {
    const seen: string[] = [];
    class Waiting extends Component {
      override *objectionAllDropped({ reason }: ObjectionEvent): Process {
        seen.push(`${this.kernel.nowPs / 1000} all dropped: ${reason}`);
        yield delay(ns(7));
      }
    }
    class WaitingTest extends Test {
      readonly child = this.children({ part: Waiting });
      override *mainPhase(phase: Phase): Process {
        phase.setDrainTime(this.child.part, ns(3));
        phase.raiseObjection(this.child.part, 'work').drop();
      }
    }
    expect(runAll(WaitingTest).testbench.kernel.nowPs).toBe(ns(10));
    expect(seen).toEqual(['3 all dropped: work']);
  });

  it('objectionAllDropped may object again', () => {
    class Again extends Component {
      private isFirst = true;
      override *objectionAllDropped(): Process {
        if (!this.isFirst) return;
        this.isFirst = false;
        const { kernel } = this;
        const again = this.testbench.phases.get('main').raiseObjection(this, 'again');
        kernel.schedule(kernel.nowPs + ns(8), () => again.drop());
        yield delay(us(1)); // called off by the raise
      }
    }
    class AgainTest extends Test {
      readonly child = this.children({ part: Again });
      override *mainPhase(phase: Phase): Process {
        phase.raiseObjection(this.child.part, 'first').drop();
      }
    }
    expect(runAll(AgainTest).testbench.kernel.nowPs).toBe(ns(8));
  });

  it.each([-1, 0.5, Infinity])('of %s ps are refused', (drainTimePs) => {
    const { main, a } = bench();
    expect(() => main.setDrainTime(a, drainTimePs)).toThrow(
      /is no drain time \[test\.env\.a\]\n.*whole number of ps/,
    );
    expect(() => {
      main.drainTimePs = drainTimePs;
    }).toThrow(/is no drain time \[main\]/);
    expect(main.drainTimePs).toBe(0);
  });
});

describe('mistakes', () => {
  it('dropping more than was raised names what is held', () => {
    const { main, a, b } = bench();
    expect(() => main.dropObjection(a)).toThrow(
      '1 objection(s) to the end of main are dropped, and 0 held [test.env.a] @ 0 ps\n  Nobody objects now',
    );
    main.raiseObjection(b, 'traffic', 2);
    expect(() => main.dropObjection(b, 'traffic', 3)).toThrow(
      /^3 objection\(s\) .* are dropped, and 2 held \[test\.env\.b\].*\n\s+Held are: test\.env\.b objects to the end of main 2 times: 'traffic' \(raised at 0 ps, uvm\/objections\.test\.ts/,
    );
    const objection = main.raiseObjection(a, 'handle');
    expect(() => objection.drop(2)).toThrow(
      /^2 of the objection 'handle' are dropped, and 1 held .*\n.*raised at uvm\/objections\.test/,
    );
    objection.drop();
    expect(() => objection.drop()).toThrow(/the objection 'handle' was dropped twice/);
  });

  it.each([0, -1, 1.5])('%s is no number of objections', (count) => {
    const { main, a } = bench();
    expect(() => main.raiseObjection(a, 'x', count)).toThrow(`${count} is no number of objections`);
    expect(() => main.dropObjection(a, 'x', count)).toThrow(`${count} is no number of objections`);
    expect(() => main.raiseObjection(a, 'x').drop(count)).toThrow('is no number of objections');
  });

  it.each(['main', 'shutdown', 'postShutdown', 'run'])(
    'objecting in phaseEnded of %s is warned of, and does not prolong it',
    (name) => {
      class Late extends Test {
        override phaseEnded(phase: Phase): void {
          if (phase.name === name) phase.raiseObjection(this, 'too late');
        }
      }
      const { testbench } = runAll(Late);
      expect(testbench.reports.messages.map(({ id }) => id)).toEqual(['OBJTN_LATE']);
      expect(testbench.phases.get('postShutdown').state).toBe('DONE');
      expect(testbench.phases.get('main').objections.explain()).toEqual([]);
    },
  );

  it('objecting to a phase that is over is warned of; dropping then is not', () => {
    class Late extends Test {
      held: Objection | undefined = undefined;
      override *runPhase(phase: Phase): Process {
        this.held = phase.raiseObjection(this, 'never dropped');
      }
      override extractPhase(): void {
        const run = this.testbench.phases.get('run');
        this.held?.drop();
        run.dropObjection(this);
        run.raiseObjection(this, 'late');
      }
    }
    const { testbench } = runAll(Late);
    expect(
      testbench.reports.messages.map(({ severity, id, text }) => [severity, id, text]),
    ).toEqual([
      [
        'warning',
        'OBJTN_LATE',
        "'late' objects to the end of phase run, which is over: raise it while the phase executes or before",
      ],
    ]);
  });
});

describe('traces', () => {
  it('say who raised and dropped, at a switch', () => {
    const { main, testbench, a } = bench();
    main.raiseObjection(a, 'untraced').drop();
    testbench.phases.traceObjections(true);
    main.raiseObjection(a, 'work', 2).drop(1);
    const said = testbench.reports.messages.map(({ id, path, text }) => `${id} ${path} ${text}`);
    expect(said).toEqual([
      "OBJTN_TRC test.env.a raised 2 objection(s) to the end of main: 'work' (holds 2, total 2)",
      "OBJTN_TRC test.env.a dropped 1 objection(s) to the end of main: 'work' (holds 1, total 1)",
    ]);
    expect(testbench.reports.messages[0].source).toMatch(/objections\.test\.ts\(\d+\)$/);
  });

  it('and at verbosity HIGH', () => {
    const { testbench, test } = elaborate(Top, () => {}, { verbosity: VERBOSITY.HIGH });
    testbench.phases.get('reset').raiseObjection(test, 'reset');
    expect(testbench.reports.countOfId('OBJTN_TRC')).toBe(1);
  });

  it('or of the component alone', () => {
    const { main, testbench, a: loud, b: quiet } = bench();
    testbench.reports.at('test.env.a').setVerbosityLevel(VERBOSITY.HIGH);
    main.raiseObjection(loud, 'heard');
    main.raiseObjection(quiet, 'not heard');
    expect(testbench.reports.messages.map(({ path }) => path)).toEqual(['test.env.a']);
  });
});
