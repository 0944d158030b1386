// Imports a configuration file and looks at what it exports. Source: design, rooms (`ridgeline.config.ts`).
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import { checkConfig } from './config-check.ts';
import type { RidgelineConfig } from './config.ts';

const ENDINGS = ['.ts', '.mts', '.js', '.mjs'];

/**
 * @param url file URL of the configuration.
 * @throws UsageError `bad-config` when the file or what it imports cannot be loaded, and when its default export is no
 * configuration; UsageErrors of the file itself as they are.
 */
export async function loadConfig(url: string): Promise<RidgelineConfig> {
  const loaded = await importFile(url);
  const config = loaded.default;
  if (typeof config !== 'object' || config === null) {
    throw new UsageError('bad-config', `${url} has no configuration as its default export`, {
      hint: 'Write `export default defineConfig({ tests: …, devices: … })` in it.',
    });
  }
  checkConfig(config);
  return config;
}

async function importFile(url: string): Promise<{ readonly default?: unknown }> {
  try {
    return (await import(url)) as { readonly default?: unknown };
  } catch (thrown) {
    if (thrown instanceof UsageError) throw thrown;
    throw cannotLoad(fileURLToPath(url), thrown);
  }
}

function cannotLoad(path: string, thrown: unknown): UsageError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const missing = (thrown as { readonly url?: string } | undefined)?.url;
  const hint =
    missing?.startsWith('file:') === true ? missingHint(fileURLToPath(missing)) : placeOf(thrown);
  return new UsageError(
    'bad-config',
    `configuration: ${path} cannot be loaded: ${message}`,
    hint === '' ? {} : { hint },
  );
}

/** What was perhaps meant by an import of a file that is not there. */
function missingHint(path: string): string {
  const ending = ENDINGS.find((one) => existsSync(path + one));
  if (ending !== undefined) {
    return `Imports name the whole file: write ${basename(path)}${ending}.`;
  }
  const folder = dirname(path);
  if (!existsSync(folder)) return `There is no folder ${folder}.`;
  const known = readdirSync(folder).filter((name) => ENDINGS.some((one) => name.endsWith(one)));
  return `There is no ${join(folder, basename(path))}${suggest(basename(path), known)}.`;
}

/** The file and line where it was thrown, or where the text cannot be read: the first that a stack names. */
function placeOf(thrown: unknown): string {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  const line = stack.split('\n').find((one) => one.includes('file://'));
  return line === undefined ? '' : line.trim();
}
