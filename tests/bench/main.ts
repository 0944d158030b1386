// `npm run bench [-- NAMES…] [--json] [--scale X] [--list]`: measures the benchmarks named, or all, and prints the table.
// Exit status 0, or 2 for a wrong command line; a figure that misses its aim
// is marked, and no error, because machines differ.
import { cpus } from 'node:os';
import { UsageError } from '#base/assert';
import { parseBenchArgs } from './bench-args.ts';
import { figureJson, figureTable, type Measured } from './table.ts';

async function main(args: readonly string[]): Promise<void> {
  const { benches, isJson, isList, scale } = parseBenchArgs(args);
  if (isList) {
    for (const { name, what } of benches) process.stdout.write(`${name.padEnd(10)} ${what}\n`);
    return;
  }
  const measured: Measured[] = [];
  for (const bench of benches) {
    process.stderr.write(`${bench.name}: ${bench.what}\n`);
    measured.push({ bench, figures: await bench.measure(scale) });
  }
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown' };
  process.stdout.write(isJson ? figureJson(measured, scale, machine) : figureTable(measured));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
