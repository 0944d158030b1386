// The guide as a newcomer follows it: its excerpts are those of its files, its commands print what it says; and the first
// testbench is built as the page says, from the packed package, installed by npm in an empty folder. Source: issue, "Done when".
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consoleSessions, fencedBlocks, matchesOutput } from './guide-page.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GUIDE = join(ROOT, 'docs/guide');
const FILES = join(GUIDE, 'first-testbench');
const CHAPTERS = ['first-testbench', 'constraints'];
const COVERAGE_FILES = join(FILES, 'coverage');
const INSTALL_MS = 240_000;
const CLEANUP_MS = 60_000;
const place = mkdtempSync(join(tmpdir(), 'ridgeline-guide-'));
const empty = join(place, 'alu');

const page = (name: string): string => readFileSync(join(GUIDE, name), 'utf8');

/** Without indentation: an excerpt from inside a class is shown at the margin. */
const flat = (text: string): string => text.replaceAll(/^ +/gm, '');

/** Starts a command of a page, as a shell in `cwd` would, without colours; what it prints on either channel. */
function shell(command: string, cwd: string): string {
  // The Node of this test's own process must not hide the one that the package brings.
  const env = { ...process.env, NO_COLOR: '1', PATH: pathWithoutOwnBins() };
  const { stdout, stderr } = spawnSync('sh', ['-c', command], { cwd, env, encoding: 'utf8' });
  return stdout + (stdout === '' ? stderr : '');
}

function pathWithoutOwnBins(): string {
  const parts = (process.env['PATH'] ?? '').split(':');
  return parts.filter((part) => !part.includes('node_modules')).join(':');
}

afterAll(() => rmSync(place, { recursive: true, force: true }), CLEANUP_MS);

describe.each([
  ['first-testbench.md', FILES, 10],
  ['coverage.md', COVERAGE_FILES, 5],
  ['constraints.md', join(GUIDE, 'constraints'), 8],
])('the excerpts of %s', (name, folder, least) => {
  const files = filesIn(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  const blocks = fencedBlocks(page(name), 'ts');

  it('are many', () => expect(blocks.length).toBeGreaterThan(least));

  it.each(blocks)('stand in its files: %#', (block) => {
    expect(files.filter((text) => flat(text).includes(flat(block)))).toHaveLength(1);
  });
});

/** Names of the TypeScript files in a folder, not in those below. */
function filesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.ts'));
}

describe('links of the guide', () => {
  const pages = readdirSync(GUIDE).filter((name) => name.endsWith('.md'));

  it.each(pages)('%s points at what exists', (name) => {
    const targets = [...page(name).matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1]);
    for (const target of targets)
      expect([target, exists(join(GUIDE, target))]).toEqual([target, true]);
  });

  it.each(pages)('%s names files of the project that exist', (name) => {
    const named = [
      ...page(name).matchAll(/`((?:src|env|sequences|scoreboards|tests)\/[\w./-]+)`/g),
    ];
    for (const [, path] of named) expect([path, exists(join(ROOT, path))]).toEqual([path, true]);
  });
});

function exists(path: string): boolean {
  try {
    return readdirSync(dirname(path)).includes(path.replace(/\/$/, '').split('/').at(-1) ?? '');
  } catch {
    return false;
  }
}

describe('the commands of the other pages', () => {
  it.each(['../../README.md', 'how-a-run-works.md', 'reading-a-failure.md'])('%s', (name) => {
    expect(consoleSessions(page(name)).length).toBeGreaterThan(0);
    for (const { command, output } of consoleSessions(page(name))) {
      const printed = shell(`${command} --out ${join(place, 'pages')}`, ROOT);
      expect([command, matchesOutput(printed, output)]).toEqual([command, '']);
    }
  });
}, 60_000);

describe('the first testbench in an empty folder', () => {
  beforeAll(() => {
    execFileSync(process.execPath, [join(ROOT, 'build/package.ts'), place], {
      cwd: ROOT,
      stdio: 'pipe',
    });
    mkdirSync(empty, { recursive: true });
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      version: string;
    };
    const tarball = join(place, `ridgeline-${version}.tgz`);
    const [install] = fencedBlocks(page('first-testbench.md'), 'sh');
    for (const line of install.trim().split('\n')) {
      const command = line.replace(
        'install ridgeline',
        `install --prefer-offline --no-audit ${tarball}`,
      );
      execFileSync('sh', ['-c', command], {
        cwd: empty,
        stdio: 'pipe',
        env: { ...process.env, PATH: pathWithoutOwnBins() },
      });
    }
    cpSync(FILES, empty, { recursive: true });
  }, INSTALL_MS);

  it('prints what the page says', { timeout: 120_000 }, () => {
    const sessions = consoleSessions(page('first-testbench.md'));
    expect(sessions.length).toBeGreaterThan(4);
    for (const { command, output } of sessions) {
      const printed = shell(command, empty);
      expect([command, matchesOutput(printed, output)]).toEqual([command, '']);
    }
  });

  it('and so do the chapters that build on it', { timeout: 120_000 }, () => {
    for (const chapter of CHAPTERS) {
      mkdirSync(join(empty, 'chapters', chapter), { recursive: true });
      cpSync(join(GUIDE, chapter), join(empty, 'chapters', chapter), { recursive: true });
    }
    const sessions = consoleSessions(page('constraints.md'));
    expect(sessions.length).toBeGreaterThan(4);
    for (const { command, output } of sessions) {
      const printed = shell(command, join(empty, 'chapters/constraints'));
      expect([command, matchesOutput(printed, output)]).toEqual([command, '']);
    }
  });

  it('covers what the coverage chapter says', { timeout: 120_000 }, () => {
    const sessions = consoleSessions(page('coverage.md'));
    expect(sessions).toHaveLength(4);
    for (const { command, output } of sessions) {
      const printed = shell(command, join(empty, 'coverage'));
      expect([command, matchesOutput(printed, output)]).toEqual([command, '']);
    }
  });

  it('finds every planted fault', { timeout: 120_000 }, () => {
    for (const [fault, rule] of [
      ['mul-narrow', 'ALU-1'],
      ['div-zero', 'ALU-2'],
      ['sub-lost', 'ALU-3'],
    ]) {
      const printed = shell(`npx ridgeline regress --fault ${fault} --max-failures 1`, empty);
      expect(printed).toMatch(new RegExp(`^FAIL \\w+ seed \\d+  ${rule} `, 'm'));
    }
  });

  it(
    'passes the compiler, strictly, with the declarations of the package',
    { timeout: 60_000 },
    () => {
      const options = {
        strict: true,
        noEmit: true,
        module: 'nodenext',
        target: 'esnext',
        allowImportingTsExtensions: true,
        lib: ['esnext'],
        types: [],
      };
      writeFileSync(join(empty, 'tsconfig.json'), JSON.stringify({ compilerOptions: options }));
      const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
      const { stdout } = spawnSync(process.execPath, [tsc, '-p', empty], { encoding: 'utf8' });
      expect(stdout).toBe('');
    },
  );
});
