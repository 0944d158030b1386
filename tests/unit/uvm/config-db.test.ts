// Configuration: patterns, precedence, messages. Source: semantics §4.
import { describe, expect, it } from 'vitest';
import { ConfigDb, ComponentConfig, configKey } from '#uvm/config-db';
import { PathPattern } from '#uvm/path-pattern';

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
