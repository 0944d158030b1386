// The chapter 'connect your device' as a newcomer follows it: its configuration and kit in a folder of his own, against a device that
// serves one session per process, as the clients do.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '#record/run-record';
import { fencedBlocks } from './guide-page.ts';
import { until } from './ridgeline-process.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GUIDE = join(ROOT, 'docs/guide');
const LONG_MS = 180_000;
const place = mkdtempSync(join(tmpdir(), 'ridgeline-connect-'));
const children: ChildProcess[] = [];

beforeAll(() => {
  cpSync(join(GUIDE, 'connect-your-device'), place, { recursive: true });
  mkdirSync(join(place, 'node_modules'));
  symlinkSync(ROOT, join(place, 'node_modules/ridgeline'));
  script('bin/ridgeline', `exec '${process.execPath}' '${ROOT}/bin.js' "$@"`);
  // One session per process, with the device of the project itself.
  script(
    'my-device',
    `cd '${ROOT}' && exec '${process.execPath}' bin.js serve-device --once "\${1:-stdio}"`,
  );
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(place, { recursive: true, force: true });
});

function script(name: string, line: string): void {
  mkdirSync(join(place, 'bin'), { recursive: true });
  writeFileSync(join(place, name), `#!/bin/sh\n${line}\n`);
  chmodSync(join(place, name), 0o755);
}

/** As a user at a shell would, in that folder. */
function shell(command: string): Promise<{ readonly status: number; readonly text: string }> {
  const env = { ...process.env, NO_COLOR: '1', PATH: `${place}/bin:${process.env['PATH'] ?? ''}` };
  return new Promise((resolve) => {
    execFile('bash', ['-c', command], { cwd: place, env }, (error, out, notes) =>
      resolve({ status: error === null ? 0 : Number(error.code), text: out + notes }),
    );
  });
}

describe('the configuration of the page', { timeout: LONG_MS }, () => {
  it('has conform, and the protocol of the device is asked first', async () => {
    const { status, text } = await shell(
      'ridgeline conform --only hello/ok --dut exec:./my-device',
    );
    expect(text).toContain('1 steps: 1 ok\n');
    expect(status).toBe(0);
  });

  it('runs tests by exec:, two at a time, and skips what the device cannot serve', async () => {
    const { status, text } = await shell(
      'ridgeline regress --tests dma,hyperscale --seeds 2 --jobs 2 --dut "exec:./my-device"',
    );
    expect(text).toContain('it has 256 SDIs, and thousands are what the test is about');
    expect(text).toContain('PASS: 4 runs');
    expect(status).toBe(0);
  });

  it('says where a device is expected when none is named', async () => {
    const { status, text } = await shell('ridgeline run dma');
    expect(text).toContain("Say where the device is: --dut exec:'COMMAND', unix:PATH or tcp:");
    expect(status).toBe(2);
  });

  it('gives a device outside any parameter that --param names', async () => {
    const run = 'ridgeline run dma --json --param totalSdis=16 --dut "exec:./my-device"';
    const { status, text } = await shell(run);
    const record = JSON.parse(text) as RunRecord;
    expect([status, record.device.parameters['totalSdis']]).toEqual([0, 16]);
  });
});

describe('a device on a socket with one session per process', { timeout: LONG_MS }, () => {
  it('serves the first run alone when it is started once', async () => {
    const path = join(place, 'once.sock');
    const device = spawn(join(place, 'my-device'), [`unix:${path}`], { stdio: 'ignore' });
    children.push(device);
    await until(() => existsSync(path), 'the device listens', 60);
    const { status, text } = await shell(
      `ridgeline regress --tests dma --seeds 2 --jobs 1 --dut unix:${path}`,
    );
    expect(text).toContain('nobody came to listen in 5 s (ENOENT)');
    expect(text).toContain('1 of 2 runs');
    expect(status).toBe(3);
  });

  it('serves all of them in the loop of the page, which ends without a trace', async () => {
    const page = readFileSync(join(GUIDE, 'connect-your-device.md'), 'utf8');
    const loop = fencedBlocks(page, 'sh').find((block) => block.startsWith('while true'));
    const path = join(place, 'loop.sock');
    const lines = (loop ?? '').replaceAll('/tmp/dut.sock', path).trim().split('\n');
    expect(lines).toHaveLength(3);
    const clients = readFileSync(join(ROOT, 'clients/README.md'), 'utf8');
    expect(clients).toContain((loop ?? '').split('\n')[0]);
    // The status of the regression; a script has job control only when told.
    const { status, text } = await shell(
      ['set -m', lines[0], lines[1], 'status=$?', lines[2], 'wait', 'exit $status'].join('\n'),
    );
    expect(text).toContain('PASS: 5 runs');
    expect([status, existsSync(path)]).toEqual([0, false]);
  });
});
