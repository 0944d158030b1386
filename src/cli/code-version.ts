// Which code a run ran: the package's version, and the commit of the testbench from git where there is one. Source: design
// decision 1 (the code version is part of what decides a run) and "Record".
import { execFileSync, type StdioOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { CodeRecord } from '#record/run-record';
import { PACKAGE_FOLDER } from './find-config.ts';

/** @param folder of the configuration: what is tested is kept there. */
export function codeVersion(folder: string): CodeRecord {
  const about = packageFile();
  const { version } = about;
  // An installed package lies in somebody else's repository: its own commit was written down when it was packed.
  if (folder.split(sep).includes('node_modules')) {
    return { version, commit: about.gitHead ?? null, dirty: false };
  }
  const commit = git(folder, 'rev-parse', 'HEAD');
  const status = git(folder, 'status', '--porcelain');
  return { version, commit: commit ?? null, dirty: status !== undefined && status !== '' };
}

/** Version of this package, for `--version`. */
export function packageVersion(): string {
  return packageFile().version;
}

function packageFile(): { readonly version: string; readonly gitHead?: string } {
  return JSON.parse(readFileSync(join(PACKAGE_FOLDER, 'package.json'), 'utf8')) as {
    readonly version: string;
    readonly gitHead?: string;
  };
}

function git(folder: string, ...args: string[]): string | undefined {
  try {
    const options = { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] satisfies StdioOptions };
    return execFileSync('git', args, options).toString('utf8').trim();
  } catch {
    // No git, or no repository: the version alone must do.
    return undefined;
  }
}
