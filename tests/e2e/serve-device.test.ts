// `serve-device` as a command: where it listens and says so, what it says of places that cannot be, and that it leaves no socket
// file behind. Source: DUT protocol, Transport.
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { SIOV, until, Workplace, type Served } from './ridgeline-process.ts';

const TIMEOUT_MS = 120_000;

const place = new Workplace(SIOV);
const children: ChildProcess[] = [];
const servers: Server[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => place.remove());

/** A served device and the address that it has said on standard error. */
async function serving(where: string): Promise<Served> {
  const served = await place.serve(where);
  children.push(served.child);
  return served;
}

function listeningAt(where: { path: string } | { host: string; port: number }): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    servers.push(server);
    server.listen(where, () => resolve(server));
  });
}

describe('serve-device', () => {
  it(
    'says which port tcp:0 has become, and serves there',
    async () => {
      const { address } = await serving('tcp:0');
      expect(address).toMatch(/^tcp:127\.0\.0\.1:[1-9]\d*$/);
      const ended = await place.ridgeline('conform', '--only', 'hello/ok', '--dut', address);
      expect([ended.status, ended.notes]).toEqual([0, '']);
      expect(ended.out).toContain('1 ok');
    },
    TIMEOUT_MS,
  );

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'leaves no socket file at %s, and ends by it',
    async (signal) => {
      const path = join(place.path, `${signal}.sock`);
      const { child } = await serving(`unix:${path}`);
      expect(existsSync(path)).toBe(true);
      child.kill(signal);
      await until(() => child.signalCode !== null, 'the end of serve-device');
      expect([child.signalCode, existsSync(path)]).toEqual([signal, false]);
    },
    TIMEOUT_MS,
  );

  it(
    'takes the place of a socket file that nobody listens on, as a killed one leaves it',
    async () => {
      const path = join(place.path, 'killed.sock');
      const { child } = await serving(`unix:${path}`);
      child.kill('SIGKILL');
      await until(() => child.signalCode !== null, 'the end of serve-device');
      expect(existsSync(path)).toBe(true);
      expect((await serving(`unix:${path}`)).address).toBe(`unix:${path}`);
    },
    TIMEOUT_MS,
  );
});

describe('a place where no device can be served', () => {
  async function refused(where: string, ...messages: string[]): Promise<void> {
    const { status, notes } = await place.ridgeline('serve-device', where);
    for (const message of messages) expect(notes).toContain(message);
    expect(status).toBe(2);
  }

  it(
    'is no address',
    async () => {
      await refused('foo', "serve-device 'foo': a place is stdio, or begins with unix: or tcp:");
    },
    TIMEOUT_MS,
  );

  it(
    'is a path in no folder, in a file, a folder, a file, or too long',
    async () => {
      writeFileSync(join(place.path, 'file'), '');
      mkdirSync(join(place.path, 'folder'));
      await refused('unix:/nonexist/x.sock', 'there is no folder /nonexist', 'unix:/tmp/dut.sock');
      await refused('unix:file/x.sock', `there is no folder ${join(place.path, 'file')}`);
      await refused('unix:folder', 'there is a folder at this path', 'Take another path');
      await refused('unix:file', 'there is a file that is no socket at this path');
      await refused(`unix:/tmp/${'x'.repeat(120)}`, 'at most 103 bytes, this one has 125');
    },
    TIMEOUT_MS,
  );

  it(
    'is a path or a port at which a program listens, or a host that is elsewhere',
    async () => {
      const path = join(place.path, 'taken.sock');
      await listeningAt({ path });
      await refused(`unix:${path}`, 'a program listens at this path already', 'End it, take');
      expect(existsSync(path)).toBe(true);
      const server = await listeningAt({ host: '127.0.0.1', port: 0 });
      const { port } = server.address() as AddressInfo;
      await refused(`tcp:${port}`, `a program listens on port ${port} of 127.0.0.1`, 'tcp:0');
      await refused('tcp:192.0.2.1:0', '192.0.2.1 is no address of this machine', 'tcp:PORT');
    },
    TIMEOUT_MS,
  );
});
