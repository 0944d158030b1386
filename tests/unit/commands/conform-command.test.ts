// `ridgeline conform`: what it takes, prints, writes, and its exit status; on the built-in device and on one in another process.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runProgram } from '#cli/program';
import { ALL_STEPS } from '#tests/siov/conform/all-steps';
import { STAGES } from '#tests/siov/conform/step';
import { consoleSessions, matchesOutput } from '../../e2e/guide-page.ts';
import { FakeTerminal } from '../cli/fake-terminal.ts';
import { ridgeline } from './command-fixture.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const GOLDEN = '../../golden/commands';

describe('ridgeline conform', () => {
  it('passes on the built-in device, and says so', async () => {
    const { status, out } = await ridgeline(['conform', '--only', 'enumeration,hello/bye']);
    expect(status).toBe(0);
    expect(out).toMatch(/^ok +hello\/bye/);
    expect(out).toMatch(/device model: ridgeline-reference [\d.]+\n9 steps: 9 ok\n$/);
  });

  it('says what is wrong with a device that has a fault, with exit status 1', async () => {
    const args = ['conform', '--only', 'errors/messages', '--fault', 'message-logged'];
    const { status, out } = await ridgeline(args);
    expect(status).toBe(1);
    expect(out).toContain('WRONG  errors/messages');
    expect(out).toContain('see         srd.md §3: The device sends no Messages;');
    expect(out).toContain('1 steps: 0 ok, 1 wrong\n');
  });

  it('takes parameters, a profile and a seed', async () => {
    const args = ['--profile', 'rtl', '--param', 'ringMax=2', '--seed', '77', '--json'];
    const { status, out } = await ridgeline(['conform', '--only', 'dma', ...args]);
    expect(status).toBe(0);
    const json = JSON.parse(out) as { verdict: string; info: { params: unknown }; steps: object[] };
    expect(json.verdict).toBe('PASS');
    expect(json.info.params).toMatchObject({ profile: 'rtl', ringMax: 2, atomics: false });
    const skipped = { name: 'dma/crc32', outcome: 'skip', evidence: null, error: null };
    expect(json.steps).toContainEqual(expect.objectContaining(skipped));
  });

  it('writes JUnit, too', async () => {
    const terminal = new FakeTerminal(ROOT);
    const args = ['conform', '--only', 'stepping', '--junit', 'conform.xml'];
    expect(await runProgram(args, terminal)).toBe(0);
    expect(terminal.files.get('conform.xml')).toMatch(/^<\?xml .*\n<testsuites tests="10"/);
  });

  it('lists its steps', async () => {
    const { out } = await ridgeline(['conform', '--list']);
    expect(out.split('\n')).toHaveLength(ALL_STEPS.length + 1);
    expect(out).toContain('(dut-protocol.md, Transport, BYE)\n');
    const json = await ridgeline(['conform', '--list', '--json', '--only', 'cuts']);
    const list = JSON.parse(json.out) as { name: string }[];
    expect(list.map(({ name }) => name)).toContain('cuts/idle-skipped');
  });

  it('prints its help', async () => {
    const { out } = await ridgeline(['conform', '--help']);
    await expect(out).toMatchFileSnapshot(`${GOLDEN}/conform-help.txt`);
  });
});

describe('the guide page', () => {
  const page = readFileSync(new URL('docs/guide/conform.md', `file://${ROOT}`), 'utf8');

  it.each(consoleSessions(page))('$command', async ({ command, output }) => {
    const { out } = await ridgeline(command.split(' ').slice(2));
    expect(matchesOutput(out, output)).toBe('');
  });

  it('has sessions, and names every stage', () => {
    expect(consoleSessions(page)).toHaveLength(2);
    for (const stage of STAGES) expect(page).toContain(`| \`${stage}\``);
  });
});

describe('a device in another process', () => {
  it('is started for each step', async () => {
    const dut = `exec:'${process.execPath}' bin.js serve-device`;
    const { status, out } = await ridgeline([
      'conform',
      '--only',
      'hello/bye,hello/once,bars/sizes',
      '--dut',
      dut,
    ]);
    expect(out).toContain(`device ${dut}: ridgeline-reference`);
    expect(out).toContain('3 steps: 3 ok\n');
    expect(status).toBe(0);
  }, 60_000);

  it('that dies gives no verdict, exit status 3', async () => {
    const { status, out } = await ridgeline([
      'conform',
      '--only',
      'hello/ok',
      '--dut',
      'exec:echo no >&2; exit 7',
    ]);
    expect(status).toBe(3);
    expect(out).toContain(
      'dut-died: the stream ended (exit status 7), where HELLO_OK should have come',
    );
    expect(out).toContain('detail      no\n');
    expect(out).toContain('did not introduce itself\n1 steps: 0 ok, 1 without a verdict\n');
  });

  it('that does not answer is not waited for longer than said', async () => {
    const args = ['--dut', 'exec:sleep 60', '--dut-timeout', '0.2'];
    const { status, out } = await ridgeline(['conform', '--only', 'hello/ok', ...args]);
    expect(status).toBe(3);
    expect(out).toContain('dut-hung: no answer within the wall-clock limit');
  });

  it('that answers with text breaks the protocol', async () => {
    const { status, out } = await ridgeline([
      'conform',
      '--only',
      'hello/ok',
      '--dut',
      'exec:echo hello there; sleep 1',
    ]);
    expect(status).toBe(1);
    expect(out).toContain('see         dut-protocol.md, Transport: A frame is u32 length');
  });
});

describe('bad usage ends with status 2', () => {
  it.each([
    [['--only', 'helo'], "--only 'helo': there is no such stage or step (did you mean 'hello'?)"],
    [['--only', ''], "--only ''"],
    [['--seed', '-1'], "--seed '-1': allowed is a whole number below 2^53"],
    [['--dut-timeout', '0'], "--dut-timeout '0': allowed is a number of seconds above 0"],
    [['--dut', 'x'], '--dut'],
    [['--param', 'ringMax=3'], 'ringMax'],
    [['--fault', 'rid-swop'], "there is no fault 'rid-swop'"],
    [['extra'], 'too many arguments'],
  ])('%j', async (args, message) => {
    const { status, out, notes } = await ridgeline(['conform', ...args]);
    expect(notes).toContain(message);
    expect([status, out]).toEqual([2, '']);
  });
});
