// What `npm run bench` was asked for.
import { parseArgs } from 'node:util';
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import { ALL_BENCHES } from './all-benches.ts';
import type { Bench } from './bench.ts';

export interface Wanted {
  readonly benches: readonly Bench[];
  readonly isJson: boolean;
  readonly isList: boolean;
  readonly scale: number;
}

/** @throws UsageError `bad-arguments` naming what is not understood. */
export function parseBenchArgs(args: readonly string[]): Wanted {
  const { values, positionals } = split(args);
  const names = ALL_BENCHES.map((bench) => bench.name);
  for (const name of positionals) {
    if (names.includes(name)) continue;
    throw wrong(
      `no benchmark is called '${name}'${suggest(name, names)}; there are ${names.join(', ')}`,
    );
  }
  const scale = Number(values.scale);
  if (!(scale > 0 && scale <= 100)) {
    throw wrong(`--scale: expected a number above 0 and up to 100, got '${values.scale}'`);
  }
  const isWanted = (bench: Bench): boolean =>
    positionals.length === 0 || positionals.includes(bench.name);
  return { benches: ALL_BENCHES.filter(isWanted), isJson: values.json, isList: values.list, scale };
}

function split(args: readonly string[]): {
  readonly values: { readonly json: boolean; readonly list: boolean; readonly scale: string };
  readonly positionals: readonly string[];
} {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        scale: { type: 'string', default: '1' },
      },
    });
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
}

function wrong(
  message: string,
  hint = 'Usage: npm run bench [-- NAMES…] [--json] [--scale X] [--list]',
): UsageError {
  return new UsageError('bad-arguments', message, { hint });
}
