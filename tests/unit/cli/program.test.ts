// The command line in this process: lists, help, bad usage. Runs themselves are in tests/e2e.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runProgram } from '#cli/program';
import { FakeTerminal } from './fake-terminal.ts';

const TINY = fileURLToPath(new URL('../../e2e/fixtures/tiny', import.meta.url));

async function ridgeline(
  ...args: string[]
): Promise<{ status: number; out: string; notes: string }> {
  const terminal = new FakeTerminal(TINY);
  const status = await runProgram(args, terminal);
  return { status, out: terminal.out, notes: terminal.notes };
}

describe('list', () => {
  it('tests', async () => {
    const { status, out } = await ridgeline('list', 'tests');
    expect(status).toBe(0);
    expect(out.split('\n')[0]).toBe('name    seeds  summary');
    expect(out).toContain('flaky   4      fails for each fourth seed\n');
  });

  it.each([
    ['tests', { name: 'pass', seeds: 6, summary: 'echoes, all of them right' }],
    [
      'faults',
      { name: 'late', rule: 'TINY-1', device: 'echo', sentence: 'an answer comes too late' },
    ],
    [
      'rules',
      {
        name: 'TINY-2',
        basis: 'tiny',
        faults: 'throws wrong-byte',
        source: 'tiny guide §2',
        sentence: 'an answer has the bytes of the request, each one more',
      },
    ],
    ['coverage', { name: 'EchoCoverage', points: 'length kind', crosses: 'both', bins: 15 }],
  ])('%s --json is an array of objects with names', async (what, expected) => {
    const { status, out } = await ridgeline('list', what, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toEqual(
      expect.arrayContaining([expect.objectContaining(expected)]) as unknown,
    );
  });
});

describe('bad usage ends with status 2 and says what is allowed', () => {
  it.each([
    [
      ['list', 'test'],
      "there is no list 'test' (did you mean 'tests'?); there are: tests, faults, rules, coverage",
    ],
    [['run', 'psas'], "there is no test 'psas' (did you mean 'pass'?)"],
    [['run', 'pass', '--seed', 'x'], "--seed 'x': allowed is a whole number"],
    [['run', 'pass', '--fault', 'lat'], "there is no fault 'lat' (did you mean 'late'?)"],
    [['run', 'pass', '--profile', 'smal'], "there is no profile 'smal' (did you mean 'small'?)"],
    [['run', 'pass', '--device', 'eco'], "there is no device 'eco' (did you mean 'echo'?)"],
    [['run', 'pass', '--param', 'width=1'], "--param width '1': allowed is 8, 16, 32, 64"],
    [['run', 'pass', '--max-failures', '0'], "--max-failures '0': allowed is"],
    [['regress', '--tests', 'flak'], "no test matches 'flak' (did you mean 'flaky'?)"],
    [['regress', '--seeds', '0'], "--seeds '0': allowed is"],
    [['regress', '--jobs', 'many'], "--jobs 'many': allowed is a whole number, 1..1024"],
    [
      ['regress', '--base-seed', '9007199254740991', '--seeds', '2'],
      'the last seed is not below 2^53',
    ],
    [['regress', '--base-seed', '9007199254740991'], 'the last seed is not below 2^53'],
    [['regress', '--seeds', '9007199254740991', '--base-seed', '0'], 'in one regression'],
    [['regress', '--tests', ','], 'no test is named; there are: pass, '],
    [['run', 'pass', '--out', ''], "--out '': allowed is the path of a folder"],
    [['run', 'pass', '--out', 'ridgeline.config.ts'], 'a part of the path is a file'],
    [['replay', 'nowhere'], 'there is no '],
    [['regres'], "unknown command 'regres'"],
    [['run'], "missing required argument 'test'"],
    [['run', 'pass', '--sed', '1'], "unknown option '--sed'"],
    [['run', 'pass', 'more'], 'too many arguments'],
  ])('%j', async (args, message) => {
    const { status, out, notes } = await ridgeline(...args);
    expect(notes).toContain(message);
    expect(status).toBe(2);
    expect(out).toBe('');
    expect(existsSync(join(TINY, 'out'))).toBe(false);
  });
});

describe('help', () => {
  it('is pointed at after a mistake, and tells the version and the exit status', async () => {
    const wrong = await ridgeline('run', 'pass', '--sed', '1');
    expect(wrong.notes).toBe(
      "ridgeline: unknown option '--sed'\n(Did you mean --seed?)\n(try 'ridgeline run --help')\n",
    );
    expect(await ridgeline('--version')).toMatchObject({ status: 0, out: '0.1.0\n' });
    const { out } = await ridgeline('--help');
    expect(out).toContain('Exit status: 0 all passed, 1 a rule was broken, 2 wrong command line,');
  });

  it('names all commands and options', async () => {
    const { status, out } = await ridgeline('--help');
    expect(status).toBe(0);
    for (const name of ['run', 'regress', 'replay', 'list']) expect(out).toContain(`\n  ${name} `);
    const regress = await ridgeline('regress', '--help');
    for (const name of [
      ...['tests', 'seeds', 'base-seed', 'jobs', 'time', 'max-failures', 'strict', 'dut-timeout'],
      ...['profile', 'param', 'fault', 'out', 'json'],
    ]) {
      expect(regress.out).toContain(`--${name}`);
    }
    expect((await ridgeline('run', '--help')).out).not.toContain('--max-failures');
  });
});
