// `ridgeline conform`: what it takes, prints, writes, and its exit status; on the built-in device and on one in another process.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runProgram } from '#cli/program';
import { ALL_STEPS } from '#tests/siov/conform/all-steps';
import { STAGES } from '#tests/siov/conform/step';
import type { ParameterInfo } from '#run/config';
import { nimbusConfig } from '#tests/siov/nimbus/nimbus-config';
import { consoleSessions, matchesOutput } from '../../e2e/guide-page.ts';
import { FakeTerminal } from '../cli/fake-terminal.ts';
import { ridgeline } from './command-fixture.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const GOLDEN = '../../golden/commands';

/** @throws after 20 s. */
async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (isSo()) return;
    await pause(100);
  }
  throw new Error('it did not come to be');
}

/** Whether anything of a process group is there. */
function isAlive(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}

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
    expect(terminal.files.get('conform.xml')).toMatch(/^<\?xml .*\n<testsuites tests="15"/);
  });

  it('whose JUnit cannot be written says so before any step', async () => {
    const terminal = new FakeTerminal(ROOT);
    terminal.writeFile = () => {
      throw new Error('EACCES');
    };
    const args = ['conform', '--only', 'hello/ok', '--json', '--junit', 'x/conform.xml'];
    expect(await runProgram(args, terminal)).toBe(2);
    expect(terminal.notes).toContain("--junit 'x/conform.xml': it cannot be written: EACCES");
    expect(terminal.out).toBe('');
  });

  it('that checked nothing is no pass', async () => {
    const args = ['conform', '--only', 'dma/crc32', '--param', 'crc32=false'];
    const { status, out } = await ridgeline(args);
    expect(out).toMatch(/1 steps: 0 ok, 1 skipped: nothing was checked, which is no pass\n$/);
    expect(status).toBe(3);
  });

  it('asks another device by what the configuration says of it', async () => {
    const { conformCommand } = await import('#tests/siov/commands/conform-command');
    const config = { ...nimbusConfig(), profiles: { small: { interfaces: 8 } } };
    const terminal = new FakeTerminal(ROOT);
    const target = { device: 'nimbus', dut: null, fault: null, profile: 'small', parameters: {} };
    const options = { 'dut-timeout': '1m', seed: '1' } as const;
    const call = { words: [], options, target, config };
    expect(await conformCommand.run(call, terminal)).toBe(0);
    expect(terminal.out).toMatch(/^ok +hello\/ok/);
    expect(terminal.out).toMatch(/^ok +cuts\/random-3/m);
    expect(terminal.out).toMatch(/^skip +dma\/copy +it knows the registers of SRD/m);
    expect(terminal.out).toMatch(/119 steps: 39 ok, 80 skipped\n$/);

    const parameters: ParameterInfo[] = [
      { name: 'interfaces', kind: 'integer', min: 1, max: 256 },
      { name: 'ring', kind: 'integer', min: 4, max: 128 },
    ];
    const only = 'hello/every-param,hello/param-out-of-range';
    const asked = { ...call, options: { ...options, only }, config: { ...config, parameters } };
    const second = new FakeTerminal(ROOT);
    expect(await conformCommand.run(asked, second)).toBe(0);
    expect(second.out).toContain('2 steps: 2 ok\n');

    const strict = { ...config, checkDeviceParameters: () => 'ring 32 is too small' };
    const third = new FakeTerminal(ROOT);
    const once = { ...options, only: 'hello/ok', json: true } as const;
    expect(await conformCommand.run({ ...call, options: once, config: strict }, third)).toBe(1);
    expect(third.out).toContain('ring 32 is too small');
    expect(third.out).toContain('\\"interfaces\\":8');
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
    expect(out).toContain('dut-hung: no answer within 0.2 s (--dut-timeout), where HELLO_OK');
  });

  it('that never starts is no pass for any step: status 3 with the reason', async () => {
    const args = ['conform', '--only', 'dma/crc32', '--dut', 'exec:exit 9'];
    const { status, out } = await ridgeline(args);
    expect(status).toBe(3);
    expect(out).toContain('ERROR  hello/ok');
    expect(out).toContain('dut-died: the stream ended (exit status 9)');
    expect(out).toContain('skip   dma/crc32                    it stands on hello/ok');
    const json = await ridgeline([...args, '--json']);
    expect([json.status, (JSON.parse(json.out) as { verdict: string }).verdict]).toEqual([
      3,
      'ERROR',
    ]);
  });

  it.each([
    ['LOG without end', `printf '\\3\\0\\0\\0\\220\\1x'`, /only \d+ LOG frames, where/],
    ['a frame without end', `printf '\\377\\0\\0\\0'`, /only \d+ bytes of a frame, where/],
  ])('that sends %s does not put the limit off', async (_what, first, told) => {
    // Each piece comes well within the limit.
    const more = first.includes('220') ? first : 'printf x';
    const dut = `exec:${first}; while ${more}; do sleep 0.1; done`;
    const args = ['conform', '--only', 'hello/ok', '--dut-timeout', '0.6'];
    const { status, out } = await ridgeline([...args, '--dut', dut]);
    expect(out).toContain('dut-hung: no answer within 0.6 s (--dut-timeout), only');
    expect(out).toMatch(told);
    expect(status).toBe(3);
  });

  it('does not outlive the command, even when that is killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'conform-'));
    const file = join(folder, 'pid');
    const dut = `exec:echo $$ > ${file}; sleep 600; true`;
    const child = spawn(process.execPath, ['bin.js', 'conform', '--dut', dut], {
      cwd: ROOT,
      stdio: 'ignore',
    });
    await until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'));
    const group = Number(readFileSync(file, 'utf8'));
    expect(isAlive(group)).toBe(true);
    child.kill('SIGKILL');
    await until(() => !isAlive(group));
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('on a socket, one process for each session in a loop, is asked step after step', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'conform-'));
    const path = join(folder, 'd.sock');
    const device = `python3 examples/python-device/copy_device.py unix:${path}`;
    const loop = spawn(`while true; do ${device}; done`, {
      cwd: ROOT,
      shell: true,
      detached: true,
      stdio: 'ignore',
    });
    const only = 'hello/once,hello/every-param,stepping/until-not-later,cuts/look-ahead';
    const { out, status } = await ridgeline(['conform', '--only', only, '--dut', `unix:${path}`]);
    process.kill(-(loop.pid ?? 0), 'SIGKILL');
    rmSync(folder, { recursive: true });
    expect(out).toContain('4 steps: 4 ok\n');
    expect(status).toBe(0);
  }, 60_000);

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
    [
      ['--dut-timeout', '0'],
      "--dut-timeout '0': allowed is a duration above 0, such as 30, 90s or 5m",
    ],
    [['--dut-timeout', '5d'], "--dut-timeout '5d': allowed is a duration above 0"],
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
