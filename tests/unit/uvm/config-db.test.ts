// Configuration: patterns, precedence, messages. Source: semantics §4.
import { describe, expect, it } from 'vitest';
import type { Process } from '#kernel/process';
import { delay } from '#kernel/wait';
import { Component } from '#uvm/component';
import { ConfigDb, ComponentConfig, configKey } from '#uvm/config-db';
import { PathPattern } from '#uvm/path-pattern';
import type { Phase } from '#uvm/phase';
import { Test } from '#uvm/test';
import { runAll } from './bench-test.ts';

const speed = configKey<number>('speed');

describe('path patterns', () => {
  it.each([
    ['test.env', 'test.env', true],
    ['test.env', 'test.env.agent', false],
    ['test.*', 'test.env', true],
    ['test.*', 'test.env.agent', false],
    ['test.**', 'test', true],
    ['test.**', 'test.env.agent', true],
    ['**', 'anything.at.all', true],
    ['**.driver', 'test.env.driver', true],
    ['**.driver', 'test.env.driver.x', false],
    ['test.**.driver', 'test.driver', true],
    ['test.tenant[3]', 'test.tenant[3]', true],
    ['test.tenant[*]', 'test.tenant[12]', true],
    ['test.tenant[?]', 'test.tenant[12]', false],
    ['test.*o*', 'test.monitor', true],
    ['test.*o*x', 'test.monitor', false],
    ['test.a+b', 'test.aab', false],
  ])('%s on %s: %s', (pattern, path, isMatch) => {
    expect(new PathPattern(pattern).matches(path)).toBe(isMatch);
  });

  it('refuses empty segments', () => {
    expect(() => new PathPattern('test..env')).toThrow(/'test\.\.env' has an empty segment/);
  });
});

describe('precedence', () => {
  it('while building, the ancestor wins, whoever comes last', () => {
    const config = new ConfigDb();
    config.isBuilding = true;
    const test = new ComponentConfig(config, 'test');
    const env = new ComponentConfig(config, 'test.env');
    test.set('env.agent', speed, 1);
    env.set('agent', speed, 2);
    expect(new ComponentConfig(config, 'test.env.agent').get(speed)).toBe(1);
  });

  it('at one level the last write wins', () => {
    const config = new ConfigDb();
    config.isBuilding = true;
    const test = new ComponentConfig(config, 'test');
    test.set('**', speed, 1);
    test.set('env.**', speed, 2);
    expect(config.getAt('test.env.agent', speed)).toBe(2);
    expect(test.get(speed)).toBe(1);
  });

  it('after building, the last write wins, even over the top', () => {
    const config = new ConfigDb();
    config.set('**', speed, 1);
    const env = new ComponentConfig(config, 'test.env');
    env.set('agent', speed, 2);
    expect(config.getAt('test.env.agent', speed)).toBe(2);
    expect(config.getAt('test.env', speed)).toBe(1);
    config.set('**', speed, 3);
    expect(config.getAt('test.env.agent', speed)).toBe(3);
  });

  it("'' is the component itself and nothing below it", () => {
    const config = new ConfigDb();
    new ComponentConfig(config, 'test.env').set('', speed, 4);
    expect(config.tryGetAt('test.env', speed)).toBe(4);
    expect(config.tryGetAt('test.env.agent', speed)).toBeUndefined();
  });
});

describe('missing values', () => {
  it('says where the key was set', () => {
    const config = new ConfigDb();
    new ComponentConfig(config, 'test').set('env.tenant[*]', speed, 4);
    expect(() => config.getAt('test.env.driver', speed)).toThrow(
      "configuration 'speed' is not set for this path [test.env.driver]\n" +
        "  It is set for 'test.env.tenant[*]' (by test).",
    );
    expect(() => config.getAt('test', configKey<number>('width'))).toThrow(
      /Nobody has set it yet\.$/,
    );
  });

  it('two keys of one name are two keys', () => {
    const config = new ConfigDb();
    config.set('**', speed, 1);
    expect(config.tryGet(configKey<number>('speed'))).toBeUndefined();
    expect(config.get(speed)).toBe(1);
  });
});

describe('hints of a missing value', () => {
  const missing = (config: ConfigDb, path: string, key = speed): string => {
    try {
      config.getAt(path, key);
    } catch (error) {
      return String(error).split('\n  ')[1];
    }
    return 'found';
  };

  it.each([
    ['test.env.agnet.**', "(did you mean 'test.env.agent.**'?)"],
    ['test.env.agent', "(that is one component: 'test.env.agent.**' reaches what is below it)"],
  ])('for pattern %s', (pattern, hint) => {
    const config = new ConfigDb();
    config.set(pattern, speed, 1);
    expect(missing(config, 'test.env.agent.driver')).toBe(
      `It is set for '${pattern}' (by the testbench) ${hint}.`,
    );
  });

  it('for a key that was made twice, and for one of a near name', () => {
    const config = new ConfigDb();
    config.set('**', configKey<number>('speed'), 1);
    expect(missing(config, 'test')).toBe(
      "Another key of the name 'speed' is set: import that key, do not make a second one.",
    );
    expect(missing(config, 'test', configKey<number>('sped'))).toBe(
      "Nobody has set it yet (did you mean 'speed'?).",
    );
  });

  it('names not more than a dozen settings', () => {
    const config = new ConfigDb();
    for (let i = 0; i < 20; i++) config.set(`x${i}`, speed, i);
    expect(missing(config, 'test.env')).toMatch(/'x11' \(by the testbench\), and 8 more\.$/);
  });
});

describe('explain', () => {
  it('says of each setting whether it counts, and why not', () => {
    const config = new ConfigDb();
    config.isBuilding = true;
    new ComponentConfig(config, 'test').set('env.agent', speed, 1);
    new ComponentConfig(config, 'test').set('**', speed, 2);
    new ComponentConfig(config, 'test.env').set('agent', speed, 3);
    new ComponentConfig(config, 'test.env').set('agnet', speed, 4);
    const lines = new ComponentConfig(config, 'test.env.agent').explain(speed);
    expect(lines.map((line) => line.replace(/ at \S+\(\d+\)/, ''))).toEqual([
      "configuration 'speed' for test.env.agent: 2",
      "  'test.env.agent' = 1, set by test, precedence 999: matches, but was set earlier",
      "  'test.**' = 2, set by test, precedence 999: counts",
      "  'test.env.agent' = 3, set by test.env, precedence 998: matches, but has the lower precedence " +
        '(while building, what is nearer to the top counts)',
      "  'test.env.agnet' = 4, set by test.env, precedence 998: does not match (did you mean 'test.env.agent'?)",
    ]);
    expect(lines[1]).toMatch(/set by test at uvm\/config-db\.test\.ts\(\d+\)/);
    expect(config.explain(configKey('other'))).toEqual([
      "configuration 'other' for the testbench: not set",
      '  Nobody has set it yet.',
    ]);
  });
});

describe('has, waitModified', () => {
  it('has says whether get would succeed, without counting as reading', () => {
    const config = new ConfigDb();
    const env = new ComponentConfig(config, 'test.env');
    expect(env.has(speed)).toBe(false);
    config.set('test.env', speed, 1);
    expect([env.has(speed), config.has(speed)]).toEqual([true, false]);
    expect(config.unread()).toHaveLength(1);
  });

  it('waitModified goes on when the key is set for the path', () => {
    const seen: unknown[] = [];
    class Waits extends Test {
      override *runPhase(phase: Phase): Process {
        using _objection = phase.raiseObjection(this, 'waits');
        yield* this.config.waitModified(speed);
        seen.push(this.kernel.nowPs, this.config.get(speed));
      }
      override *mainPhase(): Process {
        const { config } = this.testbench;
        config.set('test.other', speed, 1);
        config.set('test', configKey<number>('speed'), 2);
        yield delay(5);
        config.set('*', speed, 3);
      }
    }
    runAll(Waits, ({ phases }) => {
      phases.get('main').raiseObjection({ fullPath: 'held' }, 'main goes on');
    });
    expect(seen).toEqual([5, 3]);
  });
});

describe('what nobody has read', () => {
  const width = configKey<number>('width');
  class Reader extends Component {
    readonly speed = this.config.tryGet(speed);
  }
  class ReaderTest extends Test {
    readonly child = this.children({ reader: Reader });
    override buildPhase(): void {
      this.config.set('raeder', speed, 2);
      this.config.set('reader', width, 3);
      this.config.set('writer.**', width, 4);
      this.config.set('reader', speed, 5);
      this.config.set('reader', speed, 6);
    }
  }

  it('is told with the reason', () => {
    const { test, testbench } = runAll(ReaderTest);
    const unread = test.checkConfigUsage();
    expect(unread.map(({ key, pattern, why }) => [key, pattern, why])).toEqual([
      [
        'speed',
        'test.raeder',
        "nobody has asked for it there; asked at test.reader (did you mean 'test.reader'?)",
      ],
      ['speed', 'test.reader', 'another setting counted wherever it matches'],
      ['width', 'test.reader', 'nobody has asked for this key'],
      ['width', 'test.writer.**', 'no component has such a path'],
    ]);
    expect(testbench.reports.countOfId('CFGNRD')).toBe(4);
    expect(testbench.reports.messages[0].text).toMatch(
      /^configuration 'speed' for 'test\.raeder', set by test at uvm\/config-db\.test\.ts\(\d+\), was never read: /,
    );
  });
});

describe('traces', () => {
  it('say who set and who got what, at a switch', () => {
    class Traced extends Test {
      override buildPhase(): void {
        this.config.set('', speed, 4);
        this.config.get(speed);
        this.config.tryGet(configKey('missing'));
      }
    }
    const { testbench } = runAll(Traced, ({ config }) => {
      config.isTracing = true;
    });
    const said = testbench.reports.messages.map(({ id, path, text }) => `${id} ${path}: ${text}`);
    expect(said.map((line) => line.replace(/ at \S+\(\d+\)/, ''))).toEqual([
      "CFGDB/SET test: configuration 'speed' for 'test' = 4, set by test, precedence 999",
      "CFGDB/GET test: configuration 'speed': 4, set by test",
      "CFGDB/GET test: configuration 'missing': not set",
    ]);
    const silent = new ConfigDb();
    silent.isTracing = true;
    silent.set('**', speed, 1);
    expect(silent.get(speed)).toBe(1);
  });
});
