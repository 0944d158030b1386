// Which configuration is found, and where results go.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UsageError } from '#base/assert';
import { findConfig, findProject, PACKAGE_FOLDER } from '#cli/find-config';
import { ResultFolder } from '#cli/result-folder';
import { FakeTerminal } from './fake-terminal.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('findConfig', () => {
  it('takes the nearest one above', async () => {
    const text =
      'export default { tests: { here: { test: class {}, seeds: 1 } }, devices: { d: { bind() {} } }, rules: [], reports: [] };';
    writeFileSync(join(folder, 'ridgeline.config.js'), text);
    const below = join(folder, 'a', 'b');
    mkdirSync(below, { recursive: true });
    const found = await findConfig(below);
    expect([found.folder, found.isFallback]).toEqual([folder, false]);
    expect(Object.keys(found.config.tests)).toEqual(['here']);
  });

  it.each([
    ['export const tests = {};', /has no configuration as its default export/],
    ['export default { test: 1 };', /unknown key 'test' \(did you mean 'tests'\?\)/],
    ['throw 7;', /cannot be loaded: 7$/],
  ])('says what is wrong with %s', async (text, message) => {
    writeFileSync(join(folder, 'ridgeline.config.js'), text);
    const failed = (await findConfig(folder).catch((error: unknown) => error)) as UsageError;
    expect([failed.code, failed.message]).toEqual(['bad-config', expect.stringMatching(message)]);
  });

  it("falls back on the package's own", () => {
    expect(existsSync(join(PACKAGE_FOLDER, 'package.json'))).toBe(true);
    expect(existsSync(join(PACKAGE_FOLDER, 'ridgeline.config.ts'))).toBe(true);
  });

  it('says so, and names a file that was perhaps meant', async () => {
    const terminal = new FakeTerminal(folder);
    expect((await findProject(terminal)).isFallback).toBe(true);
    expect(terminal.notes).toBe(
      `no ridgeline.config.ts in ${folder} or above: this is the SIOV testbench of the package\n`,
    );
    writeFileSync(join(folder, 'ridgeline.confg.ts'), '');
    await findProject(terminal);
    expect(terminal.notes).toContain(`${folder} or above, only ridgeline.confg.ts: this is`);
  });
});

describe('ResultFolder', () => {
  it('is out/<UTC time> with a link, one for each regression', () => {
    const terminal = new FakeTerminal(folder);
    const first = new ResultFolder(terminal, undefined);
    const second = new ResultFolder(terminal, undefined);
    expect(first.shown).toMatch(/^out\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/);
    expect(second.path).not.toBe(first.path);
    expect(join(folder, 'out', readlinkSync(join(folder, 'out', 'latest')))).toBe(second.path);
  });

  it('is the folder asked for, and forgets the runs of an earlier regression', () => {
    const terminal = new FakeTerminal(folder);
    const first = new ResultFolder(terminal, 'results');
    const files = [
      { path: 'summary.json', content: '{"schema":"ridgeline.regression/1"}' },
      { path: '-', content: 'shown' },
    ];
    expect(first.write(files)).toBe('shown');
    first.write([{ path: 'run.json', content: 'old' }], 'runs/dma-1');
    writeFileSync(join(first.path, 'mine.txt'), 'kept');
    const second = new ResultFolder(terminal, 'results');
    expect(second.shown).toBe('results');
    expect(readdirSync(second.path).toSorted()).toEqual(['mine.txt', 'summary.json']);
    second.write([{ path: 'run.json', content: 'new' }], 'runs/dma-2');
    expect(readFileSync(join(second.path, 'runs/dma-2/run.json'), 'utf8')).toBe('new');
  });

  it('removes nothing that it did not write', () => {
    const terminal = new FakeTerminal(folder);
    mkdirSync(join(folder, 'runs', 'mine'), { recursive: true });
    mkdirSync(join(folder, 'runs', 'dma-1'));
    writeFileSync(join(folder, 'runs', 'dma-1', 'run.json'), '{}');
    writeFileSync(join(folder, 'summary.json'), '{"of": "somebody else"}');
    expect(new ResultFolder(terminal, '.').shown).toBe('.');
    expect(readdirSync(join(folder, 'runs')).toSorted()).toEqual(['dma-1', 'mine']);
    writeFileSync(join(folder, 'summary.json'), '{"schema":"ridgeline.regression/1"}');
    expect(new ResultFolder(terminal, '.').path).toBe(folder);
    expect(readdirSync(join(folder, 'runs'))).toEqual(['mine']);
  });

  it.each([
    ['', /--out '': allowed is the path of a folder/],
    ['file', /cannot write results to 'file': a part of the path is a file/],
    ['file/below', /cannot write results to 'file\/below': a part of the path is a file/],
    // A folder in which nothing can be made, whoever asks; a recursive mkdir never comes back from it.
    ['/proc/results/below', /cannot write results to '\/proc\/results\/below': /],
  ])('--out %s is refused, and at once', (out, message) => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => new ResultFolder(new FakeTerminal(folder), out)).toThrow(message);
  });

  it('goes on when a file cannot be written, says so, and leaves no half of one', () => {
    const terminal = new FakeTerminal(folder);
    const results = new ResultFolder(terminal, 'results');
    const files = [
      { path: 'junit.xml/below/it', content: 'x' },
      { path: 'summary.json', content: '{}' },
    ];
    writeFileSync(join(results.path, 'junit.xml'), '');
    expect(results.write(files)).toBe('');
    expect(results.isIncomplete).toBe(true);
    expect(terminal.notes).toMatch(
      /cannot write .*junit\.xml\/below\/it: a part of the path is a file/,
    );
    expect(existsSync(join(results.path, 'summary.json'))).toBe(true);
  });
});
