// The repository tests itself: headers, banned words, clock and entropy, folders that no tool may touch, file sizes.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const SOURCE_FOLDERS = ['env', 'sequences', 'scoreboards', 'coverage', 'tests', 'reports', 'src'];
const RUN_FOLDERS =
  /^(src\/(base|random|kernel|solver|cover|record|uvm|pcie|siov|device)|env|sequences|scoreboards|coverage|reports)\//;

function git(...args: string[]): string[] {
  return execFileSync('git', args, { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');
}

const files = git('ls-files', '--cached', '--others', '--exclude-standard');
const sources = files.filter(
  (file) => /\.tsx?$/.test(file) && SOURCE_FOLDERS.some((folder) => file.startsWith(`${folder}/`)),
);

/** Every line of the files that matches, as `file:line: text`. */
function linesMatching(pattern: RegExp, among: readonly string[]): string[] {
  return among.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [],
      ),
  );
}

describe('the repository', () => {
  it('is seen by these checks', () => {
    expect(sources.length).toBeGreaterThan(150);
    expect(sources.filter((file) => RUN_FOLDERS.test(file)).length).toBeGreaterThan(80);
  });

  it('begins every source file with a comment that says what it is', () => {
    const bare = sources.filter(
      (file) => !/^(#!.*\n)?(\/\/|\/\*)/.test(readFileSync(file, 'utf8')),
    );
    expect(bare).toEqual([]);
  });

  it('has no unfinished marks and no test that is skipped or silences others', () => {
    const marks = new RegExp(
      `\\b(${['TO', 'FIX'].map((half) => `${half}${half === 'TO' ? 'DO' : 'ME'}`).join('|')}|X{3})\\b`,
    );
    expect(linesMatching(marks, sources)).toEqual([]);
    const silenced = new RegExp(
      `\\b(it|test|describe)\\.(${['skip', 'only', 'todo'].join('|')})\\(`,
    );
    expect(linesMatching(silenced, sources)).toEqual([]);
  });

  it('reads neither clock nor entropy inside a run', () => {
    const inside = sources.filter((file) => RUN_FOLDERS.test(file));
    const banned = /Math\.random|Date\.now|new Date\(|performance\.now|= Math;|crypto\.getRandom/;
    expect(linesMatching(banned, inside)).toEqual([]);
  });

  it('keeps code from strings in one module', () => {
    const elsewhere = sources.filter(
      (file) => file !== 'src/base/compile.ts' && !file.startsWith('tests/'),
    );
    expect(linesMatching(/new Function\(|\beval\(/, elsewhere)).toEqual([]);
  });

  it('ignores no source folder', () => {
    const ignored = spawnCheckIgnore(SOURCE_FOLDERS);
    expect(ignored).toEqual([]);
  });

  it('points every tool at out/', () => {
    const config = readFileSync('vitest.config.ts', 'utf8');
    expect(config).toContain("reportsDirectory: 'out/code-coverage'");
    const outputs = linesMatching(
      /(--out|outDir|outFile|reportsDirectory|outputDir)\W+['"]?(coverage|env|reports|tests|src)\b/,
      files.filter((file) => /\.(json|ts|js)$|^\.ci\/run$/.test(file)),
    );
    expect(outputs).toEqual([]);
  });
});

function spawnCheckIgnore(folders: readonly string[]): string[] {
  try {
    return git('check-ignore', ...folders);
  } catch (error) {
    if ((error as { status?: number }).status === 1) return []; // git's way to say that none is ignored
    throw error;
  }
}
