// The clients for device authors over sockets (DUT protocol, Transport), and what they say of addresses that cannot be.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENTS, commandOf, PROBE, removeBuilds } from './client-builds.ts';
import { frame, Frame, HELLO, helloPayload, RawSession, stepPayload } from './raw-session.ts';

const COMPILE_MS = 120_000;
const place = mkdtempSync(join(tmpdir(), 'ridgeline-sockets-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));
afterAll(removeBuilds);

const echo = { timePs: 1000, bytes: Buffer.from('E\0\0\0\0', 'latin1') };

describe.each(CLIENTS)('the $name client$lacking', (build) => {
  let command: string[] = [];
  const test = it.skipIf(build.lacking !== '');
  const path = join(place, `${build.name.replace(/\W+/g, '-')}.sock`);

  beforeAll(() => {
    if (build.lacking === '') command = commandOf(build, PROBE);
  }, COMPILE_MS);

  test.each([
    ['unix', () => `unix:${path}`],
    ['tcp', () => 'tcp:0'],
    ['tcp with a host', () => 'tcp:127.0.0.1:0'],
  ])('serves a session over %s', async (_name, address) => {
    const session = await RawSession.start(command, address());
    await session.hello();
    expect((await session.step(2000, [echo])).tlps).toEqual(['1000 4500000000']);
    expect(await session.bye()).toMatchObject({ code: 0 });
    expect(existsSync(path)).toBe(false);
  });

  test('takes cut frames over a socket', async () => {
    const session = await RawSession.start(command, `unix:${path}`);
    await session.writeSlowly(
      Buffer.concat([
        frame(Frame.HELLO, helloPayload(HELLO)),
        frame(Frame.STEP, stepPayload(9, [])),
      ]),
    );
    expect(await session.next()).toMatchObject({ type: Frame.HELLO_OK });
    expect(await session.next()).toMatchObject({ type: Frame.STEP_OK });
    expect(await session.bye()).toMatchObject({ code: 0 });
  });

  test.each(['unix', 'tcp'])(
    'says FATAL over %s although more was under way to it',
    async (kind) => {
      const session = await RawSession.start(command, kind === 'unix' ? `unix:${path}` : 'tcp:0');
      await session.hello();
      session.write(Buffer.concat([frame(0x77), Buffer.alloc(100_000, 0x55)]));
      expect(await session.fatal()).toBe('a frame of unknown type 0x77');
    },
  );

  test('just ends when the testbench goes away', async () => {
    const session = await RawSession.start(command, 'tcp:0');
    await session.hello();
    expect(await session.hangUp()).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('probe ends') as string,
    });
  });

  test('outlives a testbench that goes away before its answer', async () => {
    const session = await RawSession.start(command);
    session.send(Frame.HELLO, helloPayload(HELLO));
    for (let i = 1; i < 2000; i++)
      session.send(Frame.STEP, stepPayload(1000 * i, [{ ...echo, timePs: 1000 * i }]));
    session.closeInput();
    expect(await session.hangUp()).toMatchObject({
      signal: null,
      stderr: expect.stringContaining('probe ends') as string,
    });
  });

  test('takes the place of a socket that an earlier session left', async () => {
    const first = await RawSession.start(command, `unix:${path}`);
    first.kill();
    await first.ended;
    expect(existsSync(path)).toBe(true);
    const second = await RawSession.start(command, `unix:${path}`);
    await second.hello();
    expect(await second.bye()).toMatchObject({ code: 0 });
  });

  test('leaves a file alone that is no socket', () => {
    const file = join(place, 'notes.txt');
    writeFileSync(file, 'mine');
    const ended = spawnSync(command[0], [...command.slice(1), `unix:${file}`], {
      encoding: 'utf8',
    });
    expect(ended).toMatchObject({ status: 1, stdout: expect.not.stringContaining('E') as string });
    expect(ended.stderr).toMatch(/cannot serve 'unix:.*in use/);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  test('takes one connection and no other', async () => {
    const session = await RawSession.start(command, `unix:${path}`);
    await session.hello();
    const refused = await new Promise((resolve) => {
      connect(path).once('error', resolve).once('connect', resolve);
    });
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
    await session.bye();
  });

  test.each([
    ['nonsense', 'expected stdio, unix:PATH or tcp:PORT'],
    ['', 'expected stdio, unix:PATH or tcp:PORT'],
    ['tcp:', 'expected tcp:PORT or tcp:127.0.0.1:PORT'],
    ['tcp:65536', 'expected tcp:PORT or tcp:127.0.0.1:PORT'],
    ['tcp:0.0.0.0:80', 'expected tcp:PORT or tcp:127.0.0.1:PORT'],
    ['tcp:12x', 'expected tcp:PORT or tcp:127.0.0.1:PORT'],
    ['unix:', ''],
    [`unix:/${'long'.repeat(60)}`, ''],
    ['unix:/no/such/folder/x.sock', ''],
  ])("refuses the address '%s'", (address, why) => {
    const ended = spawnSync(command[0], [...command.slice(1), address], {
      encoding: 'utf8',
      timeout: 10_000,
    });
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain(`cannot serve '${address}': ${why}`);
  });
});
