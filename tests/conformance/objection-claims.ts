// Claims about objections. Source: semantics §4; IEEE 1800.2 clause 10.5.
import { expect } from 'vitest';
import { SimEvent, type Process } from '#kernel/process';
import { ns, us } from '#kernel/time';
import { delay } from '#kernel/wait';
import type { ObjectionEvent } from '#uvm/objection-tree';
import type { Phase } from '#uvm/phase';
import { Sequence } from '#uvm/sequence';
import { SequenceItem } from '#uvm/sequence-item';
import { Sequencer } from '#uvm/sequencer';
import { Test } from '#uvm/test';
import { elaborate, runAll } from '../unit/uvm/bench-test.ts';
import type { ClaimChapter } from './claim.ts';
import { endOfMain, hold, logOf, Part } from './phase-bench.ts';

export const OBJECTION_CHAPTER: ClaimChapter = {
  title: 'UVM objections',
  source: 'IEEE 1800.2-2020 clause 10.5; semantics §4',
  claims: [
    {
      id: 'SEM-4.20',
      feature:
        'each task phase has objections of its own; raise and drop with description and count',
      support: 'yes',
      verify() {
        const { test, testbench } = elaborate(Part);
        const main = testbench.phases.get('main');
        main.raiseObjection(test, 'three', 3);
        main.dropObjection(test, 'three', 2);
        expect(main.objections.total).toBe(1);
        expect(testbench.phases.get('reset').objections.total).toBe(0);
      },
    },
    {
      id: 'SEM-4.21',
      feature: 'a process that is killed leaves its objection raised',
      support: 'differs',
      note: 'Not with `using _objection = phase.raiseObjection(…)`, which drops it at the end of the block, also when the process is killed.',
      verify() {
        expect(
          endOfMain((leaf, phase) => {
            const handle = leaf.fork('holds', hold(leaf, phase, us(1)), phase);
            leaf.kernel.schedule(ns(4), () => handle.kill());
          }),
        ).toBe(ns(4));
      },
    },
    {
      id: 'SEM-4.22',
      feature:
        'objections propagate up the hierarchy: raised and dropped are called from the source to the top',
      support: 'yes',
      verify() {
        class Counting extends Part {
          override objectionRaised({ count }: ObjectionEvent): void {
            this.say(`raised ${count} at`);
          }
          override objectionDropped({ count }: ObjectionEvent): void {
            this.say(`dropped ${count} at`);
          }
        }
        class Env extends Counting {
          readonly child = this.children({ leaf: Counting });
        }
        class Top extends Counting {
          readonly child = this.children({ env: Env });
        }
        const { test, testbench } = elaborate(Top);
        const { env } = test.child;
        const main = testbench.phases.get('main');
        const said = logOf(() => main.raiseObjection(env.child.leaf, 'x', 2).drop());
        expect(said.map((line) => line.slice(2))).toEqual([
          'raised 2 at leaf',
          'raised 2 at env',
          'raised 2 at test',
          'dropped 2 at leaf',
          'dropped 2 at env',
          'dropped 2 at test',
        ]);
      },
    },
    {
      id: 'SEM-4.23',
      feature: 'the last drop at a component goes up after its drain time and its all_dropped task',
      support: 'yes',
      verify() {
        class Drains extends Part {
          override *objectionAllDropped(): Process {
            this.say('all dropped');
            yield delay(ns(2));
          }
        }
        class DrainTest extends Part {
          readonly child = this.children({ leaf: Drains });
          override objectionDropped(): void {
            this.say('dropped');
          }
          override *mainPhase(phase: Phase): Process {
            phase.setDrainTime(this.child.leaf, ns(3));
            phase.raiseObjection(this.child.leaf, 'x').drop();
          }
        }
        expect(logOf(() => runAll(DrainTest))).toEqual(['3 all dropped leaf', '5 dropped test']);
      },
    },
    {
      id: 'SEM-4.24',
      feature: 'without drain time the last drop goes up after one delta',
      support: 'differs',
      note: 'It goes up at once; the phase looks for its end only after everything that is due, so that a raise at that time still counts.',
      verify() {
        expect(
          endOfMain((leaf, phase) => {
            phase.raiseObjection(leaf, 'first').drop();
            expect(phase.objections.total).toBe(0);
            leaf.fork('at the same time', hold(leaf, phase, ns(9)), phase);
          }),
        ).toBe(ns(9));
      },
    },
    {
      id: 'SEM-4.25',
      feature: 'an objection raised during a drain calls the drain off, and it starts anew',
      support: 'yes',
      verify() {
        expect(
          endOfMain((leaf, phase) => {
            phase.setDrainTime(leaf, ns(10));
            phase.raiseObjection(leaf, 'first').drop();
            leaf.kernel.schedule(ns(6), () => phase.raiseObjection(leaf, 'second').drop());
          }),
        ).toBe(ns(16));
      },
    },
    {
      id: 'SEM-4.26',
      feature:
        'get_objection_count (own) and get_objection_total (with what is below), get_objectors',
      support: 'yes',
      verify() {
        class Top extends Part {
          readonly child = this.children({ leaf: Part });
        }
        const { test, testbench } = elaborate(Top);
        const { objections } = testbench.phases.get('main');
        objections.raise(test.child.leaf, 'two', 2);
        objections.raise(test, 'one');
        expect([objections.countOf(test), objections.totalOf(test)]).toEqual([1, 3]);
        expect(objections.objectionsOf(test).map(({ path }) => path)).toEqual([
          'test.leaf',
          'test',
        ]);
      },
    },
    {
      id: 'SEM-4.27',
      feature: 'dropping more than was raised is fatal (OBJTN_ZERO)',
      support: 'differs',
      note: 'A UsageError `objection-underflow` or `objection-dropped`, which names the holders: ERROR, the testbench is wrong.',
      verify() {
        const { test, testbench } = elaborate(Part);
        const main = testbench.phases.get('main');
        expect(() => main.dropObjection(test)).toThrow(
          /1 objection\(s\) .* dropped, and 0 held \[test\]/,
        );
      },
    },
    {
      id: 'SEM-4.28',
      feature: '+UVM_OBJECTION_TRACE',
      support: 'differs',
      note: 'A switch in the testbench, `testbench.phases.traceObjections(true)`, or verbosity HIGH.',
      verify() {
        const { test, testbench } = elaborate(Part);
        testbench.phases.traceObjections(true);
        testbench.phases.get('main').raiseObjection(test, 'work').drop();
        expect(testbench.reports.countOfId('OBJTN_TRC')).toBe(2);
      },
    },
    {
      id: 'SEM-4.29',
      feature: 'a sequence objects at its sequencer',
      support: 'yes',
      verify() {
        class Item extends SequenceItem {}
        class Objecting extends Sequence<Item> {
          override *body(): Process {
            const { objections } = this.testbench.phases.get('main');
            using _objection = objections.raise(this, 'sequence');
            yield delay(ns(3));
            expect(objections.totalOf(this.sequencer)).toBe(1);
          }
        }
        class SequenceTest extends Test {
          readonly child = this.children({ sequencer: Sequencer<Item> });
          override *mainPhase(): Process {
            yield* this.start(Objecting, this.child.sequencer);
          }
        }
        expect(runAll(SequenceTest).testbench.kernel.nowPs).toBe(ns(3));
      },
    },
    {
      id: 'SEM-4.30',
      feature: 'objections of a phase that hangs are explained',
      support: 'yes',
      note: 'Beyond UVM: who objects, since when, from which line, and which process waits for what.',
      verify() {
        class Hangs extends Part {
          override *mainPhase(phase: Phase): Process {
            using _objection = phase.raiseObjection(this, 'an answer');
            yield new SimEvent('answer');
          }
        }
        const { runner, testbench } = elaborate(Hangs);
        runner.startRun();
        testbench.kernel.runUntil(us(1));
        const [who, waits] = runner.explainHang();
        expect(who).toMatch(
          /^test objects to the end of main: 'an answer' \(raised at 0 ps, conform/,
        );
        expect(waits).toBe("test.main: waits for event 'answer'");
      },
    },
    {
      id: 'SEM-4.31',
      feature: 'uvm_objection objects made by users; set_propagate_mode',
      support: 'no',
      note: 'Objections belong to phases. For another count use a barrier or an event.',
    },
  ],
};
