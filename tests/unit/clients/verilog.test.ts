// The SystemVerilog client (clients/systemverilog): linted by Verilator, built with its example, and driven from raw bytes.
// Verilator stands in for the commercial simulators that the package is written for too.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isInstalled, ROOT } from './client-builds.ts';
import { CUTS, play } from './played-session.ts';
import { Frame, HELLO, RawSession } from './raw-session.ts';

const BUILD_MS = 600_000;
const TOP = 'ridgeline_dut_example';
const SOURCES = ['ridgeline_dut_pkg.sv', `${TOP}.sv`];
const isThere = isInstalled('verilator');
const lacking = isThere ? '' : ' (skipped: verilator is not installed; apt-get install verilator)';
const place = mkdtempSync(join(tmpdir(), 'ridgeline-verilog-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

function verilator(...args: string[]): string {
  const ended = spawnSync('verilator', [...args, '--top-module', TOP, ...SOURCES], {
    cwd: join(ROOT, 'clients/systemverilog'),
    encoding: 'utf8',
  });
  return ended.status === 0 ? '' : `status ${ended.status}\n${ended.stderr}${ended.stdout}`;
}

describe.skipIf(!isThere)(`the SystemVerilog client${lacking}`, () => {
  const program = join(place, `V${TOP}`);
  const arrivals = Array.from({ length: 24 }, (_, i) => ({
    timePs: 4000 + Math.floor(i / 6) * 700_000 + i * 1500,
    bytes: Buffer.alloc(4 * (1 + (i % 5)), i + 1),
  }));

  beforeAll(() => {
    const glue = join(ROOT, 'clients/c/ridgeline-dut-dpi.c');
    expect(verilator('--binary', '-O3', '--Mdir', place, glue)).toBe('');
  }, BUILD_MS);

  it('has no warning of the linter', () => {
    expect(verilator('--lint-only', '-Wall', '-Wno-DECLFILENAME', '--timing')).toBe('');
  });

  it('sends back each TLP at the edge of its last DW, however time is cut', async () => {
    const session = { hello: { ...HELLO, lookaheadPs: 250_000 }, arrivals, endPs: 4_000_000 };
    const expected: string[] = [];
    let lastEdgePs = 0;
    for (const { timePs, bytes } of arrivals) {
      const firstPs = Math.max(lastEdgePs + 4000, Math.ceil(timePs / 4000) * 4000);
      lastEdgePs = firstPs + 4000 * (bytes.length / 4 - 1);
      expected.push(`${lastEdgePs} ${bytes.toString('hex')}`);
    }
    for (const [way, cut] of Object.entries(CUTS)) {
      expect(await play([program], session, cut), way).toEqual(expected);
    }
  }, 60_000);

  it('answers RESET and TRACE, and ends with status 0', async () => {
    const session = await RawSession.start([program]);
    expect(await session.hello({ ...HELLO, params: { a: 1, b: true, c: 'x' } })).toEqual({
      name: 'ridgeline_dut_example',
      version: '1.0',
      params: { a: 1, b: true, c: 'x' },
      features: [],
    });
    await session.step(4100, [{ timePs: 4050, bytes: Buffer.alloc(8) }]);
    await session.reset(1);
    expect(await session.step(200_000)).toEqual({ nowPs: 200_000, nextPs: Infinity, tlps: [] });
    expect(await session.ask(Frame.TRACE, Buffer.of(1, 97), Frame.TRACE_OK)).toEqual(Buffer.of(0));
    expect(await session.bye()).toMatchObject({ code: 0 });
  });

  it('serves a socket that is named on the command line', async () => {
    const session = await RawSession.start([program], `+dut=unix:${join(place, 'dut.sock')}`);
    await session.hello();
    expect(await session.bye()).toMatchObject({ code: 0 });
  });

  it('ends with another status after FATAL', async () => {
    const session = await RawSession.start([program]);
    await session.hello();
    session.send(0x66);
    expect(await session.next()).toMatchObject({ type: Frame.FATAL });
    expect((await session.ended).code).not.toBe(0);
  });
});

describe('the package for SystemVerilog', () => {
  it('imports every function of the glue, and no other', () => {
    const sources = [
      readFileSync(join(ROOT, 'clients/systemverilog/ridgeline_dut_pkg.sv'), 'utf8'),
      readFileSync(join(ROOT, 'clients/c/ridgeline-dut-dpi.c'), 'utf8'),
    ];
    const [imported, defined] = [
      /^ *import "DPI-C" function .*?(rl_dpi_\w+)\(/gm,
      /^\w[^=;{]*?(rl_dpi_(?!dut)\w+)\([^;]*?\);/gm,
    ].map((pattern, i) => [...sources[i].matchAll(pattern)].map(([, name]) => name));
    expect(imported.length).toBeGreaterThan(25);
    expect([...imported].sort()).toEqual([...new Set(defined)].sort());
  });
});
