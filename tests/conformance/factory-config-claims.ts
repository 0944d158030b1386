// Claims about the factory and the configuration, one for each sentence of semantics §4 and the classes of IEEE 1800.2
// clause 8 and annex C.4.
import { expect } from 'vitest';
import { Covergroup } from '#cover/covergroup';
import type { Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay } from '#kernel/wait';
import { uint } from '#solver/domain';
import { rand } from '#solver/random-class';
import { Component } from '#uvm/component';
import { configKey, PRECEDENCE_TOP } from '#uvm/config-db';
import { Factory } from '#uvm/factory';
import { PathPattern } from '#uvm/path-pattern';
import type { Phase } from '#uvm/phase';
import { ReportServer } from '#uvm/report-server';
import { Sequence } from '#uvm/sequence';
import { SequenceItem } from '#uvm/sequence-item';
import { Sequencer } from '#uvm/sequencer';
import { Test } from '#uvm/test';
import { elaborate, runAll } from '../unit/uvm/bench-test.ts';
import type { ClaimChapter } from './claim.ts';

class A extends Component {
  readonly kind: string = 'A';
}
class B extends A {
  override readonly kind: string = 'B';
}
class C extends B {
  override readonly kind: string = 'C';
}
class TwoParts extends Test {
  readonly child = this.children({ x: A, y: A });
}

/** What is built at `test.x` and `test.y`. */
function built(prepare: (factory: Factory) => void): string {
  const { x, y } = elaborate(TwoParts, ({ factory }) => prepare(factory)).test.child;
  return x.kind + y.kind;
}

export const FACTORY_CHAPTER: ClaimChapter = {
  title: 'UVM factory',
  source: 'IEEE 1800.2-2020 clause 8; semantics §4',
  claims: [
    {
      id: 'SEM-4.40',
      feature: 'type override',
      support: 'yes',
      verify() {
        expect(built((factory) => factory.overrideType(A, B))).toBe('BB');
      },
    },
    {
      id: 'SEM-4.41',
      feature: 'instance overrides before type overrides',
      support: 'yes',
      verify() {
        expect(
          built((factory) => {
            factory.overrideType(A, B);
            factory.overrideInstance('test.x', A, C);
          }),
        ).toBe('CB');
      },
    },
    {
      id: 'SEM-4.42',
      feature: 'the first registered matching instance override wins',
      support: 'yes',
      verify() {
        expect(
          built((factory) => {
            factory.overrideInstance('test.*', A, B);
            factory.overrideInstance('test.x', A, C);
          }),
        ).toBe('BB');
      },
    },
    {
      id: 'SEM-4.43',
      feature: 'resolution repeats on the result',
      support: 'yes',
      verify() {
        expect(
          built((factory) => {
            factory.overrideType(A, B);
            factory.overrideInstance('test.y', B, C);
          }),
        ).toBe('BC');
      },
    },
    {
      id: 'SEM-4.44',
      feature: 'loops are reported (OVRDLOOP) and the type asked for is created',
      support: 'yes',
      verify() {
        const reports = new ReportServer({ nowPs: 0 });
        const factory = new Factory(reports);
        factory.overrideType(A, B);
        factory.overrideType<typeof A>(B, A);
        expect(factory.resolve(A, 'test')).toBe(A);
        expect(reports.countOfId('OVRDLOOP')).toBe(1);
      },
    },
    {
      id: 'SEM-4.45',
      feature: 'a later type override replaces an earlier one; replace=0 keeps it',
      support: 'yes',
      verify() {
        const second = (options: { replace?: boolean }): string =>
          built((factory) => {
            factory.overrideType(A, B);
            factory.overrideType(A, C, options);
          });
        expect([second({}), second({ replace: false })]).toEqual(['CC', 'BB']);
      },
    },
    {
      id: 'SEM-4.46',
      feature: 'components set overrides below themselves (set_inst_override, set_type_override)',
      support: 'yes',
      verify() {
        class Overriding extends TwoParts {
          override buildPhase(): void {
            this.overrideInstance('y', A, C);
            this.overrideType(A, B);
          }
        }
        const { x, y } = elaborate(Overriding).test.child;
        expect(x.kind + y.kind).toBe('BC');
      },
    },
    {
      id: 'SEM-4.47',
      feature: 'components, sequences and items are created by the factory',
      support: 'yes',
      note: 'Covergroups, the test itself and random item definitions (`rand(…)`), too.',
      verify() {
        class Item extends SequenceItem {
          value = 0;
        }
        const item = rand(Item, { value: uint(8) });
        const big = item.extend({ big: (v) => v.value.ge(200) });
        const drawn: number[] = [];
        class Base extends Sequence<Item> {
          override *body(): Process {
            const made = this.create(item);
            made.randomize();
            drawn.push(made.value);
          }
        }
        class Twice extends Base {
          override *body(): Process {
            yield* super.body();
            yield* super.body();
          }
        }
        class Points extends Covergroup<{ value: number }> {}
        class MorePoints extends Points {}
        class ItemTest extends Test {
          readonly child = this.children({ sequencer: Sequencer<Item>, points: Points });
          override *runPhase(): Process {
            yield* this.start(Base, this.child.sequencer);
          }
        }
        const { test } = runAll(ItemTest, ({ factory }) => {
          factory.overrideType(Base, Twice);
          factory.overrideType(item, big);
          factory.overrideType(Points, MorePoints);
        });
        expect(drawn).toHaveLength(2);
        expect(Math.min(...drawn)).toBeGreaterThanOrEqual(200);
        expect(test.child.points).toBeInstanceOf(MorePoints);
      },
    },
    {
      id: 'SEM-4.48',
      feature:
        'registration of types (`uvm_component_utils`); creation and overrides by name; type aliases',
      support: 'no',
      note: 'Nothing to register: a class is its own type, and the compiler checks that an override fits.',
    },
    {
      id: 'SEM-4.49',
      feature: 'factory.print: the overrides, and what is created',
      support: 'differs',
      note: 'There is no list of registered types; instead how often each override was used, and what was created.',
      verify() {
        const { testbench } = elaborate(TwoParts, ({ factory }) => {
          factory.overrideInstance('test.x', A, C);
        });
        expect(testbench.factory.print()).toMatch(/A +test\.x +C +1\n/);
        expect(testbench.factory.print()).toMatch(/A +C +1\n +A +A +1\n/);
      },
    },
    {
      id: 'SEM-4.50',
      feature:
        'debug_create_by_type: how a request is resolved at a path, without creating anything',
      support: 'yes',
      verify() {
        const factory = new Factory(new ReportServer({ nowPs: 0 }));
        factory.overrideInstance('test.y', A, B);
        factory.overrideType(A, C);
        const lines = factory.debugCreate(A, 'test.x').join('\n');
        expect(lines).toMatch(
          /'test\.y' of A by B .*does not match\n.*type override of A by C .*applies/,
        );
        expect(lines).toMatch(/created is C$/);
      },
    },
    {
      id: 'SEM-4.51',
      feature: 'overrides that have replaced nothing are warned of, with the nearest path',
      support: 'yes',
      note: 'Beyond UVM, which says nothing.',
      verify() {
        const { testbench } = elaborate(TwoParts, ({ factory }) => {
          factory.overrideInstance('tets.x', A, C);
        });
        const [{ id, severity, text }] = testbench.reports.messages;
        expect([severity, id]).toEqual(['warning', 'OVRDUNUSED']);
        expect(text).toMatch(/has replaced nothing: .* \(did you mean 'test\.x'\?\)$/);
      },
    },
  ],
};

const speed = configKey<number>('speed');

/** Sets the speed below itself while it is built. */
class Setting extends Component {
  override buildPhase(): void {
    this.config.set('leaf', speed, this.depth);
  }
}
class Leaf extends Component {
  readonly speed = this.config.tryGet(speed);
}
class SettingEnv extends Setting {
  readonly child = this.children({ leaf: Leaf });
}
class SettingTest extends Test {
  readonly child = this.children({ env: SettingEnv });
}

export const CONFIG_CHAPTER: ClaimChapter = {
  title: 'UVM configuration',
  source: 'IEEE 1800.2-2020 annex C.4 and clause 13.1; semantics §4',
  claims: [
    {
      id: 'SEM-4.60',
      feature: 'a setting for a path, looked up by the component there',
      support: 'differs',
      note: 'Keys are typed objects, not strings with a type parameter: `configKey<number>(name)`.',
      verify() {
        expect(elaborate(SettingTest).test.child.env.child.leaf.speed).toBe(2);
      },
    },
    {
      id: 'SEM-4.61',
      feature:
        'while building, precedence is 1000 less the depth of the component that sets: ancestors win',
      support: 'yes',
      verify() {
        class Above extends SettingTest {
          override buildPhase(): void {
            this.config.set('env.leaf', speed, 77);
          }
        }
        const { testbench, test } = elaborate(Above);
        expect(test.child.env.child.leaf.speed).toBe(77);
        const lines = testbench.config.explainAt('test.env.leaf', speed).join('\n');
        expect(lines).toMatch(/= 77, set by test at .*, precedence 999: counts/);
        expect(lines).toMatch(
          /= 2, set by test\.env at .*, precedence 998: matches, but has the lower/,
        );
      },
    },
    {
      id: 'SEM-4.62',
      feature: 'after the build phase everyone has 1000, and the last write wins',
      support: 'yes',
      verify() {
        const { test, testbench } = elaborate(SettingTest);
        const { leaf } = test.child.env.child;
        testbench.config.set('**', speed, 5);
        expect(leaf.config.get(speed)).toBe(5);
        test.child.env.config.set('leaf', speed, 6);
        expect(leaf.config.get(speed)).toBe(6);
        expect(leaf.config.explain(speed).at(-1)).toMatch(`precedence ${PRECEDENCE_TOP}: counts`);
      },
    },
    {
      id: 'SEM-4.63',
      feature: 'among settings of one precedence the last counts',
      support: 'yes',
      verify() {
        class Again extends SettingTest {
          override buildPhase(): void {
            this.config.set('env.leaf', speed, 8);
            this.config.set('**', speed, 9);
          }
        }
        expect(elaborate(Again).test.child.env.child.leaf.speed).toBe(9);
      },
    },
    {
      id: 'SEM-4.64',
      feature: 'instance names may be patterns with * and ?',
      support: 'differs',
      note: '`*` stays within a name, `**` stands for any number of names; brackets stand for themselves, so that `tenant[3]` is one tenant.',
      verify() {
        const matches = (pattern: string, path: string): boolean =>
          new PathPattern(pattern).matches(path);
        expect(matches('test.*', 'test.env.leaf')).toBe(false);
        expect(matches('test.**', 'test.env.leaf')).toBe(true);
        expect(matches('test.tenant[?]', 'test.tenant[3]')).toBe(true);
      },
    },
    {
      id: 'SEM-4.65',
      feature: 'regular expressions as instance names',
      support: 'no',
      note: 'Patterns with `*`, `?` and `**` only.',
    },
    {
      id: 'SEM-4.66',
      feature: 'get, set, exists',
      support: 'yes',
      note: '`get` throws when nothing is set, with what was perhaps meant; `tryGet` and `has` do not.',
      verify() {
        const { test, testbench } = elaborate(SettingTest);
        const { config } = test.child.env.child.leaf;
        const width = configKey<number>('width');
        testbench.config.set('test.env.laef', width, 1);
        expect(config.has(speed)).toBe(true);
        expect([config.has(width), config.tryGet(width)]).toEqual([false, undefined]);
        expect(() => config.get(width)).toThrow(
          /'width' is not set .*\n.*did you mean 'test\.env\.leaf'/,
        );
      },
    },
    {
      id: 'SEM-4.67',
      feature: 'wait_modified',
      support: 'yes',
      verify() {
        let seenAtPs = -1;
        class Waits extends SettingTest {
          override *runPhase(phase: Phase): Process {
            using _objection = phase.raiseObjection(this, 'waits');
            this.fork('sets', this.sets());
            yield* this.child.env.child.leaf.config.waitModified(speed);
            seenAtPs = this.kernel.nowPs;
          }
          *sets(): Process {
            yield delay(ns(4));
            this.config.set('env.leaf', speed, 3);
          }
        }
        runAll(Waits);
        expect(seenAtPs).toBe(ns(4));
      },
    },
    {
      id: 'SEM-4.68',
      feature: '+UVM_CONFIG_DB_TRACE',
      support: 'differs',
      note: 'A switch in the testbench: `testbench.config.isTracing`.',
      verify() {
        const { testbench } = elaborate(SettingTest, ({ config }) => {
          config.isTracing = true;
        });
        expect(testbench.reports.messages.map(({ id, path }) => `${id} ${path}`)).toEqual([
          'CFGDB/SET test.env',
          'CFGDB/GET test.env.leaf',
        ]);
      },
    },
    {
      id: 'SEM-4.69',
      feature: 'check_config_usage: settings that were never read',
      support: 'yes',
      note: 'With the reason, and with the nearest path.',
      verify() {
        const { test, testbench } = elaborate(SettingTest, ({ config }) => {
          config.set('test.env.laef', speed, 1);
        });
        const [{ pattern, why }, ...others] = test.checkConfigUsage();
        expect([pattern, others]).toEqual(['test.env.laef', []]);
        expect(why).toMatch(/did you mean 'test\.env\.leaf'/);
        expect(testbench.reports.countOfId('CFGNRD')).toBe(1);
      },
    },
    {
      id: 'SEM-4.70',
      feature: 'which settings match and which counts is explained (uvm_resource_db::dump)',
      support: 'differs',
      note: '`explain(key)` for one key and one path, with the reason for each setting.',
      verify() {
        const { config } = elaborate(SettingTest).test.child.env.child.leaf;
        expect(config.explain(speed)).toHaveLength(2);
        expect(config.explain(speed)[1]).toMatch(
          /^ {2}'test\.env\.leaf' = 2, set by test\.env at .*: counts$/,
        );
      },
    },
    {
      id: 'SEM-4.71',
      feature:
        'uvm_resource_db, resource pools, set_config_int and its like, automatic configuration of fields',
      support: 'no',
      note: 'A component reads its configuration where it needs it, in a field initializer.',
    },
    {
      id: 'SEM-4.72',
      feature: '+uvm_set_config_int, +uvm_set_type_override on the command line',
      support: 'no',
      note: 'A run takes parameters (`--param`); a test decides what they mean.',
    },
  ],
};
