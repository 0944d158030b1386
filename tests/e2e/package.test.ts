// The published form: compiled, packed, unpacked as a dependency in an empty folder, and started there.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RegressionRecord } from '#record/regression-record';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILD_MS = 120_000;
const place = mkdtempSync(join(tmpdir(), 'ridgeline-package-'));
const installed = join(place, 'node_modules', 'ridgeline');

beforeAll(() => {
  execFileSync(process.execPath, [join(ROOT, 'build/package.ts')], { cwd: ROOT, stdio: 'pipe' });
  // As npm would install it, with the dependencies that are here already: no registry is asked.
  mkdirSync(join(place, 'node_modules'), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    symlinkSync(join(ROOT, 'node_modules', name), join(place, 'node_modules', name));
  }
  mkdirSync(installed);
  const tarball = join(ROOT, 'out', `ridgeline-${about(ROOT).version}.tgz`);
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed]);
}, BUILD_MS);
afterAll(() => rmSync(place, { recursive: true, force: true }));

function about(folder: string): { version: string; gitHead?: string; dependencies: object } {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as ReturnType<typeof about>;
}

/** Starts a command, whatever its verdict; what it prints. */
function ridgeline(bin: string, cwd: string, ...args: string[]): string {
  return spawnSync(process.execPath, [bin, ...args], { cwd, encoding: 'utf8' }).stdout;
}

describe('the package', () => {
  it('holds no TypeScript but declarations, and no tests but the testbench', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    expect(files.filter((name) => /(?<!\.d)\.ts$/.test(name))).toEqual([]);
    expect(readdirSync(join(installed, 'tests'))).toEqual(['siov']);
    expect(about(installed).dependencies).toHaveProperty('node');
  });

  it('holds the clients for devices in other languages, and their examples, which find them', () => {
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    for (const name of [
      'clients/README.md',
      'clients/c/ridgeline-dut.h',
      'clients/c/ridgeline-srd-params.h',
      'clients/c/ridgeline-dut-dpi.c',
      'clients/c/clocked-example.c',
      'clients/systemverilog/ridgeline_dut_pkg.sv',
      'clients/python/ridgeline_dut.py',
      'examples/c-device/copy-device.c',
      'examples/python-device/copy_device.py',
    ]) {
      expect(files).toContain(name);
      const [packed, source] = [installed, ROOT].map((root) => readFileSync(join(root, name)));
      expect(packed.equals(source)).toBe(true);
    }
    expect(files.filter((name) => name.includes('__pycache__'))).toEqual([]);
  });

  it('runs its own testbench from a folder without a configuration', () => {
    const args = ['--tests', 'dma', '--seeds', '2', '--jobs', '2', '--json'];
    const record = JSON.parse(
      ridgeline(join(installed, 'bin.js'), place, 'regress', ...args),
    ) as RegressionRecord;
    expect(record.runs.map(({ verdict }) => verdict)).toEqual(['PASS', 'PASS']);
    expect(record.code.commit).toBe(about(installed).gitHead);
    expect(existsSync(join(place, 'out/latest/summary.json'))).toBe(true);
  });

  it('gives the digests of the checkout', () => {
    const args = ['run', 'lifecycle', '--seed', '5', '--json'];
    const [packed, source] = [
      ridgeline(join(installed, 'bin.js'), place, ...args),
      ridgeline(join(ROOT, 'bin.js'), ROOT, ...args, '--out', join(place, 'source')),
    ].map((text) => (JSON.parse(text) as { digests: object }).digests);
    expect(packed).toEqual(source);
  });
});
