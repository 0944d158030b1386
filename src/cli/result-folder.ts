// Where results go: `out/<UTC time>/` with a link `out/latest`, or `--out DIR`. Source: design, "What a run leaves behind".
import { mkdirSync, existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { STANDARD_OUTPUT, type ReportFile } from '#record/report-writer';
import type { Terminal } from './terminal.ts';

const SUMMARY = 'summary.json';
const SAME_SECOND_MAX = 1000;

export class ResultFolder {
  readonly path: string;
  private readonly terminal: Terminal;

  /** Makes the folder; an earlier regression in the one that was asked for gives way. */
  constructor(terminal: Terminal, asked: string | undefined) {
    this.terminal = terminal;
    if (asked === undefined) {
      this.path = freshFolder(join(terminal.cwd, 'out'));
      mkdirSync(this.path, { recursive: true });
      linkLatest(this.path);
      return;
    }
    this.path = resolve(terminal.cwd, asked);
    if (existsSync(join(this.path, SUMMARY))) {
      rmSync(join(this.path, 'runs'), { recursive: true, force: true });
    }
    mkdirSync(this.path, { recursive: true });
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
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
    }
    return text;
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
