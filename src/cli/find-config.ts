// Which configuration the command works on: `ridgeline.config.ts` in the current folder or the nearest one above, else the
// testbench that comes with the package. Source: design, rooms; issue "The command".
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import { checkCommands } from '#run/command-entry';
import type { RidgelineConfig } from '#run/config';
import { loadConfig } from '#run/load-config';
import type { Terminal } from './terminal.ts';

const NAMES = [
  'ridgeline.config.ts',
  'ridgeline.config.mts',
  'ridgeline.config.js',
  'ridgeline.config.mjs',
];
/** Names that the commands of a configuration cannot have; `help` is commander's. */
export const BUILT_IN_COMMANDS: readonly string[] = [
  'run',
  'regress',
  'replay',
  'list',
  'cover',
  'serve-device',
  'help',
];
/** Folder of this package: two above this file, as source and compiled. */
export const PACKAGE_FOLDER = fileURLToPath(new URL('../..', import.meta.url));

export interface FoundConfig {
  readonly config: RidgelineConfig;
  /** Folder of the file. */
  readonly folder: string;
  /** File URL, as workers import it. */
  readonly url: string;
  /** The file as it is shown. */
  readonly path: string;
  /** That of the package, because the current folder and those above have none. */
  readonly isFallback: boolean;
}

/** `findConfig` for a command that works on the project: says so when there is none. @throws as `findConfig`. */
export async function findProject(terminal: Terminal): Promise<FoundConfig> {
  const { cwd } = terminal;
  const found = await findConfig(cwd);
  if (found.isFallback) {
    const missing = `no ${NAMES[0]} in ${cwd} or above${similarIn(cwd)}`;
    terminal.note(`${missing}: this is the SIOV testbench of the package\n`);
  }
  return found;
}

/** @throws UsageError `no-config`, `bad-config`; and what the file throws. */
export async function findConfig(cwd: string): Promise<FoundConfig> {
  const own = configIn(foldersUpFrom(cwd));
  const path = own ?? configIn([PACKAGE_FOLDER]);
  if (path === undefined) {
    throw new UsageError('no-config', `there is no ${NAMES[0]} in ${cwd} or above`, {
      hint: 'Write one that exports `defineConfig({ tests: …, devices: … })` as its default.',
    });
  }
  const url = pathToFileURL(path).href;
  const config = await loadConfig(url);
  const taken = BUILT_IN_COMMANDS.map((name) => [name, `the built-in '${name}'`] as const);
  checkCommands(config.commands ?? [], new Map(taken));
  return { config, folder: dirname(path), url, path, isFallback: own === undefined };
}

/** A file in the folder that was perhaps meant. */
function similarIn(folder: string): string {
  const similar = readdirSync(folder).find((name) => suggest(name, NAMES) !== '');
  return similar === undefined ? '' : `, only ${similar}`;
}

function configIn(folders: Iterable<string>): string | undefined {
  for (const folder of folders) {
    for (const name of NAMES) {
      const path = join(folder, name);
      if (existsSync(path)) return path;
    }
  }
  return undefined;
}

function* foldersUpFrom(folder: string): Generator<string> {
  let at = folder;
  for (let above = dirname(at); above !== at; above = dirname(at)) {
    yield at;
    at = above;
  }
  yield at;
}
