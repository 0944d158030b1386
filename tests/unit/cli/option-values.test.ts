// Values of options: what is taken, and what is said when it is not.
import { describe, expect, it } from 'vitest';
import {
  baseSeedValue,
  countValue,
  jobsValue,
  knownName,
  limitValue,
  parameterValues,
  secondsValue,
  stallValue,
  seedValue,
  timeoutValue,
  verbosityValue,
} from '#cli/option-values';
import { targetOf } from '#cli/target';
import tiny from '../../e2e/fixtures/tiny/ridgeline.config.ts';

describe('seeds', () => {
  it('are whole numbers below 2^53', () => {
    expect(seedValue('--seed', '0')).toBe(0);
    expect(seedValue('--seed', '9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    for (const bad of ['9007199254740992', '-1', '1.5', '0x10', '', 'one', '1e3']) {
      expect(() => seedValue('--seed', bad)).toThrow(
        `--seed '${bad}': allowed is a whole number, from 0 on, below 2^53`,
      );
    }
  });

  it('may be drawn', () => {
    expect(baseSeedValue('17')).toBe(17);
    const drawn = [baseSeedValue('random'), baseSeedValue('random')];
    expect(drawn.every((seed) => Number.isSafeInteger(seed) && seed >= 0)).toBe(true);
    expect(drawn[0]).not.toBe(drawn[1]);
    expect(() => baseSeedValue('rnd')).toThrow(/below 2\^53, or 'random'/);
  });
});

describe('numbers', () => {
  it('of runs and workers', () => {
    expect(countValue('--seeds', '20')).toBe(20);
    expect(() => countValue('--seeds', '0')).toThrow(/from 1 on/);
    expect(jobsValue('2')).toBe(2);
    expect(() => jobsValue('0')).toThrow('allowed is a whole number, 1..1024');
    expect(() => jobsValue('2000')).toThrow('1..1024');
  });

  it.each([
    ['90', 90],
    ['90s', 90],
    ['5m', 300],
    ['1.5h', 5400],
  ])('%s are seconds', (text, seconds) => {
    expect(secondsValue('--time', text)).toBe(seconds);
  });

  it('are durations only with a known unit', () => {
    for (const bad of ['5x', '-1', 'soon', '']) {
      expect(() => secondsValue('--time', bad)).toThrow(/a duration such as 90, 90s, 5m or 1h/);
    }
  });

  it('are above 0 where they limit an answer', () => {
    expect(timeoutValue('1.5m')).toBe(90);
    expect(() => timeoutValue('0')).toThrow("--dut-timeout '0': allowed is a duration above 0");
    expect(limitValue('--run-timeout', '500h')).toBe(1_800_000);
    expect(() => limitValue('--run-timeout', '501h')).toThrow('at most 500h');
  });

  it('or a stall', () => {
    expect(['0', '900', 'random'].map(stallValue)).toEqual([0, 900, 'random']);
    for (const bad of ['901', '-1', '5.5', '', 'RANDOM']) {
      expect(() => stallValue(bad)).toThrow(
        `--stall '${bad}': allowed is a whole number, 0..900, or 'random'`,
      );
    }
  });

  it('or names of verbosity', () => {
    expect(verbosityValue('high')).toBe(300);
    expect(verbosityValue('250')).toBe(250);
    expect(() => verbosityValue('HIHG')).toThrow(/did you mean 'HIGH'/);
  });
});

describe('parameters', () => {
  it('become numbers, booleans and texts as the configuration says', () => {
    expect(parameterValues(tiny, null, ['width=0x10', 'delayNs=5'])).toEqual({
      width: 16,
      delayNs: 5,
    });
    const free = { tests: tiny.tests, devices: tiny.devices, rules: [], reports: [] };
    expect(parameterValues(free, null, ['a=true', 'b=-3', 'c=x=y', 'd='])).toEqual({
      a: true,
      b: -3,
      c: 'x=y',
      d: '',
    });
  });

  it.each([
    ['width', /--param 'width': allowed is NAME=VALUE/],
    ['=3', /allowed is NAME=VALUE/],
    ['widht=8', /no parameter 'widht' \(did you mean 'width'\?\); there are: width, delayNs/],
    ['width=9', /--param width '9': allowed is 8, 16, 32, 64/],
    ['delayNs=0', /--param delayNs '0': allowed is a whole number, 1..1000/],
    ['delayNs=fast', /a whole number, 1..1000/],
  ])('%s is refused', (text, message) => {
    expect(() => parameterValues(tiny, null, [text])).toThrow(message);
  });

  it('are refused where nobody would look at them', () => {
    const { bind } = tiny.devices['echo'];
    const { parameters: _none, ...undeclared } = tiny;
    const alone = { ...undeclared, devices: { model: { bind } } };
    expect(() => targetOf(alone, { param: ['foo=1'] })).toThrow(
      "--param: device 'model' takes no parameters: the configuration declares none",
    );
    expect(targetOf(undeclared, { param: ['foo=1'] }).parameters).toEqual({ foo: 1 });
    expect(targetOf(alone, {}).parameters).toEqual({});
  });

  it('are checked together, with the profile under them', () => {
    const config = {
      ...tiny,
      checkParameters: (all: Readonly<Record<string, unknown>>) =>
        all['width'] === 64 && all['delayNs'] === 1 ? 'wide is not fast' : undefined,
    };
    expect(parameterValues(config, null, ['delayNs=1'])).toEqual({ delayNs: 1 });
    expect(() => parameterValues(config, 'wide', ['delayNs=1'])).toThrow(/wide is not fast/);
  });

  it('of kind boolean and choice', () => {
    const config = {
      ...tiny,
      parameters: [
        { name: 'on', kind: 'boolean' as const },
        { name: 'mode', kind: 'choice' as const, values: ['a', '1'] },
      ],
    };
    expect(parameterValues(config, null, ['on=false', 'mode=1'])).toEqual({ on: false, mode: '1' });
    expect(() => parameterValues(config, null, ['on=1'])).toThrow(/true or false/);
    expect(() => parameterValues(config, null, ['mode=b'])).toThrow(/allowed is a, 1/);
  });
});

describe('knownName', () => {
  it('suggests', () => {
    expect(knownName('fault', 'late', ['late'])).toBe('late');
    expect(() => knownName('fault', 'laet', ['late'])).toThrow(
      "there is no fault 'laet' (did you mean 'late'?); there are: late",
    );
    expect(() => knownName('fault', 'x', [])).toThrow("there is no fault 'x'; there are none");
    const many = Array.from({ length: 40 }, (_, at) => `fault-${at}`);
    expect(() => knownName('fault', 'x', many)).toThrow(
      "there is no fault 'x'; 'ridgeline list faults' shows all 40",
    );
  });
});
