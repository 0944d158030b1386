// Compares the speed of this tree with that of another commit, in turns, because the machine is never twice the same:
//
//   node tests/bench/against-commit.ts COMMIT [SEEDS] [ROUNDS]      default: 10 seeds of each test, 3 rounds
//
// The other commit is checked out beside (`out/commits/`), with the packages of this tree. Each round does a regression of both; the
// digests of their runs must be the same where the tests are.
import { execFileSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { median } from './race.ts';

const HERE = process.cwd();
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;

interface Measured {
  readonly seconds: number;
  /** By run. */
  readonly digests: ReadonlyMap<string, string>;
}

interface Summary {
  readonly runs: readonly {
    readonly test: string;
    readonly seed: number;
    readonly digests: { readonly tlp: string; readonly draws: string };
  }[];
}

function checkOut(commit: string): string {
  const folder = resolve(HERE, 'out/commits', commit);
  if (existsSync(folder)) return folder;
  execFileSync('git', ['worktree', 'add', '--detach', folder, commit], { stdio: 'ignore' });
  symlinkSync(resolve(HERE, 'node_modules'), resolve(folder, 'node_modules'));
  return folder;
}

function regress(folder: string, seeds: string): Measured {
  const started = performance.now();
  const args = [
    'bin.js',
    'regress',
    '--seeds',
    seeds,
    '--json',
    '--out',
    resolve(HERE, 'out/bench'),
  ];
  const text = execFileSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: OUTPUT_BYTES_MAX,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const seconds = (performance.now() - started) / 1000;
  const { runs } = JSON.parse(text) as Summary;
  const digests = runs.map(
    ({ test, seed, digests: { tlp, draws } }) => [`${test} ${seed}`, `${tlp} ${draws}`] as const,
  );
  return { seconds, digests: new Map(digests) };
}

function differences(here: Measured, there: Measured): string[] {
  return [...here.digests.keys()].filter(
    (run) => there.digests.has(run) && there.digests.get(run) !== here.digests.get(run),
  );
}

function main(): number {
  const [commit, seeds = '10', rounds = '3'] = process.argv.slice(2);
  if (commit === undefined) {
    process.stderr.write('usage: against-commit.ts COMMIT [SEEDS] [ROUNDS]\n');
    return 2;
  }
  const other = checkOut(commit);
  const ratios: number[] = [];
  for (let round = 0; round < Number(rounds); round++) {
    const there = regress(other, seeds);
    const here = regress(HERE, seeds);
    const ratio = there.seconds / here.seconds;
    ratios.push(ratio);
    const times = `${there.seconds.toFixed(1)} s there, ${here.seconds.toFixed(1)} s here`;
    process.stdout.write(
      `${here.digests.size} runs: ${times}: ${ratio.toFixed(2)} times as fast\n`,
    );
    const different = differences(here, there);
    if (different.length === 0) continue;
    process.stdout.write(`${different.length} runs differ: ${different.slice(0, 5).join(', ')}\n`);
  }
  process.stdout.write(`median: ${median(ratios).toFixed(2)} times as fast\n`);
  return 0;
}

process.exitCode = main();
