// Where results go: `out/<UTC time>/` with a link `out/latest`, or `--out DIR`. Source: design, "What a run leaves behind".
// A file that cannot be written costs that file and the exit status, not the verdict of hundreds of runs.
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { UsageError } from '#base/assert';
import { REGRESSION_SCHEMA } from '#record/regression-record';
import { STANDARD_OUTPUT, type ReportFile } from '#record/report-writer';
import type { Terminal } from './terminal.ts';
import { makeFolder } from './make-folder.ts';

const SUMMARY = 'summary.json';
const SAME_SECOND_MAX = 1000;

const PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left',
  EDQUOT: 'no space is left',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a part of the path is a file',
};

export class ResultFolder {
  readonly path: string;
  /** A file could not be written. */
  isIncomplete = false;
  private readonly terminal: Terminal;

  /**
   * Makes the folder; an earlier regression in the one that was asked for gives way.
   * @throws UsageError `bad-out` when it cannot be made.
   */
  constructor(terminal: Terminal, asked: string | undefined) {
    this.terminal = terminal;
    checkOut(terminal, asked);
    this.path =
      asked === undefined ? freshFolder(join(terminal.cwd, 'out')) : resolve(terminal.cwd, asked);
    try {
      if (asked !== undefined) removeEarlier(this.path);
      makeFolder(this.path);
    } catch (error) {
      throw badOut(asked ?? this.shown, error);
    }
    if (asked === undefined) linkLatest(this.path);
  }

  /** As a user would type it. */
  get shown(): string {
    const path = relative(this.terminal.cwd, this.path);
    if (path === '') return '.';
    return path.startsWith('..') ? this.path : path;
  }

  /** Writes files under a folder of the results; gives back the text for the terminal. */
  write(files: readonly ReportFile[], folder = '.'): string {
    let text = '';
    for (const { path, content } of files) {
      if (path === STANDARD_OUTPUT) {
        text += content;
        continue;
      }
      const target = join(this.path, folder, path);
      this.writeFile(target, content);
    }
    return text;
  }

  /** Writes a file of bytes into the folder. */
  writeBytes(path: string, content: Uint8Array): void {
    this.writeFile(join(this.path, path), content);
  }

  private writeFile(target: string, content: string | Uint8Array): void {
    try {
      makeFolder(dirname(target));
      writeFileSync(target, content);
    } catch (error) {
      this.terminal.note(`ridgeline: cannot write ${target}: ${problem(error)}\n`);
      this.isIncomplete = true;
      // Half a record is worse than none.
      if (existsSync(target)) rmSync(target, { force: true });
    }
  }
}

/**
 * Looks, before a run is started, whether its results can be kept; makes nothing.
 * @throws UsageError `bad-out`.
 */
export function checkOut(terminal: Terminal, asked: string | undefined): void {
  if (asked === '') throw new UsageError('bad-out', "--out '': allowed is the path of a folder");
  let at = resolve(terminal.cwd, asked ?? 'out');
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  try {
    if (!statSync(at).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(at, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw badOut(asked ?? 'out', error);
  }
}

function badOut(shown: string, error: unknown): UsageError {
  return new UsageError('bad-out', `cannot write results to '${shown}': ${problem(error)}`);
}

function problem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return PROBLEMS[code ?? ''] ?? message;
}

/** Removes the runs of an earlier regression, and nothing that the command did not write. */
function removeEarlier(path: string): void {
  if (!isOurs(join(path, SUMMARY))) return;
  const runs = join(path, 'runs');
  if (!existsSync(runs)) return;
  for (const name of readdirSync(runs)) {
    if (!existsSync(join(runs, name, 'run.json'))) continue;
    rmSync(join(runs, name), { recursive: true, force: true });
  }
  if (readdirSync(runs).length === 0) rmSync(runs, { recursive: true, force: true });
}

/** Whether a file is the summary of a regression. */
function isOurs(path: string): boolean {
  try {
    const summary = JSON.parse(readFileSync(path, 'utf8')) as { readonly schema?: unknown } | null;
    return summary?.schema === REGRESSION_SCHEMA;
  } catch {
    // Not there, or no JSON: somebody else's.
    return false;
  }
}

/** `2026-11-23T12-30-00Z`; with a number behind it when that is there already. */
function freshFolder(parent: string): string {
  const time = `${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
  for (let n = 1; n < SAME_SECOND_MAX; n++) {
    const path = join(parent, n === 1 ? time : `${time}-${n}`);
    if (!existsSync(path)) return path;
  }
  return join(parent, time);
}

function linkLatest(path: string): void {
  const link = join(dirname(path), 'latest');
  try {
    rmSync(link, { force: true, recursive: false });
    symlinkSync(basename(path), link);
  } catch {
    // A file system without links, or two regressions at once: the folder itself is what counts.
  }
}
