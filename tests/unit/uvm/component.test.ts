// The component tree: names, children, factory, agents, covergroups as children. Source: semantics §4; design, "Rooms".
import { describe, expect, it } from 'vitest';
import { each, illegal } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';
import { Agent, isActiveAgent } from '#uvm/agent';
import { Component, DEPTH_MAX, type ComponentClass } from '#uvm/component';
import { configKey } from '#uvm/config-db';
import { Driver } from '#uvm/driver';
import { Env } from '#uvm/env';
import { Monitor } from '#uvm/monitor';
import { SequenceItem } from '#uvm/sequence-item';
import { Sequencer } from '#uvm/sequencer';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';

class Item extends SequenceItem {}
class ItemDriver extends Driver<Item> {}
class ItemMonitor extends Monitor<number> {}
class ItemAgent extends Agent {
  readonly child = this.children({
    sequencer: Sequencer<Item>,
    driver: ItemDriver,
    monitor: ItemMonitor,
  });
}
class Points extends Covergroup<{ value: number }> {
  readonly value = this.coverpoint('value', { one: 1, bad: illegal(13) });
  readonly parity = this.coverpoint((t) => t.value % 2, each(0, 1));
}
const width = configKey<number>('width');
class Tenant extends Component {
  readonly width = this.config.tryGet(width);
}
class ItemEnv extends Env {
  readonly child = this.children({ agent: ItemAgent, coverage: Points });
  tenants: Tenant[] = [];
  override buildPhase(): void {
    this.config.set('tenant[1]', width, 32);
    for (let i = 0; i < 2; i++) this.tenants.push(this.createChild(`tenant[${i}]`, Tenant));
  }
}
class ItemTest extends Test {
  readonly child = this.children({ env: ItemEnv });
}

function elaborated<T extends Component>(
  testClass: ComponentClass<T>,
  prepare: (testbench: Testbench) => void = () => {},
): { test: T; testbench: Testbench } {
  const testbench = new Testbench({ runSeed: 1 });
  prepare(testbench);
  const test = new TestRunner(testbench, testClass).elaborate();
  return { test, testbench };
}

describe('tree', () => {
  it('has typed children with full paths', () => {
    const { test } = elaborated(ItemTest);
    const { env } = test.child;
    const { driver, monitor } = env.child.agent.child;
    expect(driver.fullPath).toBe('test.env.agent.driver');
    expect(driver).toBeInstanceOf(ItemDriver);
    expect(monitor.depth).toBe(4);
    expect(env.childComponents.map((one) => one.name)).toEqual(['tenant[0]', 'tenant[1]', 'agent']);
    expect(String(driver)).toBe('ItemDriver test.env.agent.driver');
  });

  it('lets a parent configure its children before they are built', () => {
    const { test } = elaborated(ItemTest);
    expect(test.child.env.tenants.map((tenant) => tenant.width)).toEqual([undefined, 32]);
  });

  it('reading a child before it is built says so', () => {
    class Early extends Test {
      readonly child = this.children({ env: ItemEnv });
      override buildPhase(): void {
        void this.child.env;
      }
    }
    expect(() => elaborated(Early)).toThrow("child 'env' does not exist [test]");
  });

  it('refuses bad and repeated names, children outside the build phase, and endless nesting', () => {
    class Bad extends Test {
      override buildPhase(): void {
        this.createChild('a.b', Tenant);
      }
    }
    expect(() => elaborated(Bad)).toThrow("'a.b' is no component name");
    class Twice extends Test {
      override buildPhase(): void {
        this.createChild('a', Tenant);
        this.createChild('a', Tenant);
      }
    }
    expect(() => elaborated(Twice)).toThrow("there are two children named 'a' [test]");
    class Late extends Test {
      override connectPhase(): void {
        this.createChild('a', Tenant);
      }
    }
    expect(() => elaborated(Late)).toThrow("child 'a' is created outside the build phase [test]");
    class Deep extends Component {
      override buildPhase(): void {
        this.createChild('deeper', Deep);
      }
    }
    expect(() => elaborated(Deep)).toThrow(`components nest deeper than ${DEPTH_MAX}`);
  });
});

describe('factory', () => {
  class SlowDriver extends ItemDriver {}
  class QuietDriver extends ItemDriver {}

  it('makes children, so that a test can replace them by type and by instance', () => {
    const byType = elaborated(ItemTest, ({ factory }) => {
      factory.overrideType(ItemDriver, SlowDriver);
    });
    expect(byType.test.child.env.child.agent.child.driver).toBeInstanceOf(SlowDriver);
    const byInstance = elaborated(ItemTest, ({ factory }) => {
      factory.overrideType(ItemDriver, SlowDriver);
      factory.overrideInstance('**.agent.driver', ItemDriver, QuietDriver);
    });
    expect(byInstance.test.child.env.child.agent.child.driver).toBeInstanceOf(QuietDriver);
  });

  it('replaces covergroups and the test itself', () => {
    class OtherPoints extends Points {}
    class OtherTest extends ItemTest {}
    const { test } = elaborated(ItemTest, ({ factory }) => {
      factory.overrideType(Points, OtherPoints);
      factory.overrideType(ItemTest, OtherTest);
    });
    expect(test).toBeInstanceOf(OtherTest);
    expect(test.child.env.child.coverage).toBeInstanceOf(OtherPoints);
  });
});

describe('agent', () => {
  it('active: connects its driver to its sequencer', () => {
    const { test } = elaborated(ItemTest);
    expect(test.child.env.child.agent.child.driver.isConnected).toBe(true);
  });

  it('passive: has neither, and says so when asked', () => {
    const { test } = elaborated(ItemTest, ({ config }) => {
      config.set('**.agent', isActiveAgent, false);
    });
    const { child, isActive } = test.child.env.child.agent;
    expect(isActive).toBe(false);
    expect(child.monitor).toBeInstanceOf(ItemMonitor);
    expect(() => child.driver).toThrow(/child 'driver' does not exist .*\n.*passive agent/);
    expect(() => child.sequencer).toThrow(/child 'sequencer' does not exist/);
  });
});

describe('covergroup as child', () => {
  it('lands in the coverage database under its path', () => {
    const { test, testbench } = elaborated(ItemTest);
    test.child.env.child.coverage.write({ value: 1 });
    expect(testbench.coverage.all().map((group) => group.name)).toEqual(['test.env.coverage']);
    const [group] = testbench.coverage.record().groups;
    expect(group.type).toBe('Points');
    expect(group.points[0].counts).toEqual([1]);
  });

  it('an illegal bin hit breaks a rule, which is not there before', () => {
    const { test, testbench } = elaborated(ItemTest);
    expect(testbench.rules.evaluations()).toEqual({});
    test.child.env.child.coverage.write({ value: 13 });
    expect(testbench.rules.firstFailure).toMatchObject({
      rule: 'COV-ILLEGAL',
      path: 'test.env.coverage',
      subject: 'Points.value bin bad',
      seen: '13',
    });
    expect(testbench.rules.evaluations()).toEqual({ 'COV-ILLEGAL': 1 });
  });
});

describe('streams', () => {
  it('are keyed by path: another component changes nothing', () => {
    class Bigger extends ItemTest {
      override buildPhase(): void {
        this.createChild('extra', Tenant).stream('noise').uint32();
      }
    }
    const draw = (testClass: ComponentClass<ItemTest>): number[] => {
      const { env } = elaborated(testClass).test.child;
      return [env.stream('a').uint32(), env.stream('a').uint32(), env.stream('b').uint32()];
    };
    const draws = draw(ItemTest);
    expect(draw(Bigger)).toEqual(draws);
    expect(new Set(draws).size).toBe(3);
  });
});

describe('reports of a component', () => {
  it('carry its path; fatal throws', () => {
    const { test, testbench } = elaborated(ItemTest);
    test.child.env.info('HI', 'there');
    test.warning('CAREFUL', () => 'late');
    expect(testbench.reports.messages.map((one) => [one.path, one.id, one.text])).toEqual([
      ['test.env', 'HI', 'there'],
      ['test', 'CAREFUL', 'late'],
    ]);
    expect(() => test.fatal('STOP', 'no further')).toThrow('no further [test] @ 0 ps');
    expect(testbench.reports.count('fatal')).toBe(1);
  });
});
