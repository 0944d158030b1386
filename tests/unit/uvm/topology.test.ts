// Printing the component tree, and finding components in it. Source: IEEE 1800.2 clauses 13.1 and F.7.
import { describe, expect, it } from 'vitest';
import { Agent } from '#uvm/agent';
import { Component } from '#uvm/component';
import { Driver } from '#uvm/driver';
import { Env } from '#uvm/env';
import { Monitor } from '#uvm/monitor';
import { SequenceItem } from '#uvm/sequence-item';
import { Sequencer } from '#uvm/sequencer';
import { Test } from '#uvm/test';
import { elaborate } from './bench-test.ts';
import { expectGolden } from './golden.ts';

class Item extends SequenceItem {}
class ItemDriver extends Driver<Item> {}
class ItemMonitor extends Monitor<number> {}
class ItemAgent extends Agent {
  readonly child = this.children({
    sequencer: Sequencer<Item>,
    driver: ItemDriver,
    monitor: ItemMonitor,
  });
  override topologyFields(): Readonly<Record<string, unknown>> {
    return { isActive: this.isActive, mode: 'fast' };
  }
}
class Tenant extends Component {}
class ItemEnv extends Env {
  readonly child = this.children({ agent: ItemAgent });
  override buildPhase(): void {
    for (let i = 0; i < 12; i++) this.createChild(`tenant[${i}]`, Tenant);
  }
}
class ItemTest extends Test {
  readonly child = this.children({ env: ItemEnv });
}
const { test } = elaborate(ItemTest);

describe('printTopology', () => {
  it('is a table as of UVM', () => {
    expectGolden('uvm/topology.txt', test.printTopology());
  });

  it('or a tree', () => {
    expect(test.child.env.child.agent.printTopology('tree')).toBe(
      [
        'test.env.agent: (ItemAgent@1) {',
        '  isActive: true',
        "  mode: 'fast'",
        '  sequencer: (Sequencer@2) {',
        '  }',
        '  driver: (ItemDriver@3) {',
        '  }',
        '  monitor: (ItemMonitor@4) {',
        '  }',
        '}',
        '',
      ].join('\n'),
    );
  });
});

describe('lookup', () => {
  const { env } = test.child;

  it('takes a path below the component, or one from the test on', () => {
    expect(test.lookup('env.agent.driver')).toBe(env.child.agent.child.driver);
    expect(env.lookup('tenant[3]').fullPath).toBe('test.env.tenant[3]');
    expect(env.child.agent.lookup('.test.env')).toBe(env);
  });

  it.each([
    [
      'env.agnet.driver',
      /there is no component 'env\.agnet\.driver' \(did you mean 'agent'\?\) \[test\]/,
    ],
    [
      'env.agent.monitr',
      /did you mean 'monitor'.*\n\s+test\.env\.agent has sequencer, driver, monitor\./,
    ],
    ['env.tenant[12]', /\(did you mean 'tenant\[\d+\]'\?\).*\n.*tenant\[7\] and 5 more\./],
    ['env.agent.driver.x', /test\.env\.agent\.driver has no children\./],
    ['.tset.env', /there is no component '\.tset\.env' \(did you mean 'test'\?\)/],
  ])('answers %s with what is there', (path, message) => {
    expect(() => test.lookup(path)).toThrow(message);
  });
});

describe('find', () => {
  it('gives the one component that matches, and findAll all of them', () => {
    expect(test.find('**.driver')).toBe(test.child.env.child.agent.child.driver);
    expect(test.findAll('env.tenant[*]')).toHaveLength(12);
    expect(test.findAll('').map(({ name }) => name)).toEqual(['test']);
    expect(test.findAll('nothing')).toEqual([]);
  });

  it.each([
    [
      '**.drvier',
      /no component matches 'test\.\*\*\.drvier' \(did you mean 'test\.\*\*\.driver'\?\)/,
    ],
    ['env.zzz', /no component matches 'test\.env\.zzz' \[test\]/],
    [
      'env.tenant[*]',
      /12 components match 'test\.env\.tenant\[\*\]' .*\n.*tenant\[0\], .* and 4 more; findAll/,
    ],
  ])('answers %s with what is there', (pattern, message) => {
    expect(() => test.find(pattern)).toThrow(message);
  });
});
