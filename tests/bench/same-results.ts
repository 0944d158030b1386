// Proves that an optimisation changed nothing: does many runs and keeps of each a hash of everything that its record says of
// what happened (digests, evaluations, coverage, failures, operations, counts), or compares with what was kept before.
//
//   node tests/bench/same-results.ts keep FILE [SEEDS]       before the change: SEEDS of each test (default 6), every
//   node tests/bench/same-results.ts compare FILE            fault once, other profiles; after it: exit status 1 if different
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { sha256Hex } from '#base/hash';
import { DEVICE_FAULTS } from '#device/faults';
import type { RunRecord } from '#record/run-record';
import { executeRun } from '#run/execute-run';
import type { RunSpec } from '#run/run-spec';
import { defaultParams, paramsToRecord } from '#siov/srd-params';
import config from '../../ridgeline.config.ts';

/** Seeds from here on run with a fault, so that what failures say is compared too. */
const FAULT_SEED = 9001;
const SEEDS_DEFAULT = 6;

interface Kept {
  readonly tests: readonly string[];
  readonly seeds: number;
  readonly hashes: Readonly<Record<string, string>>;
}

/** All tests but those that need a device of their own: their runs are as long as all others together. */
function usualTests(): string[] {
  const device = paramsToRecord(defaultParams('standard'));
  return Object.keys(config.tests).filter(
    (test) => config.tests[test].needs?.(device) === undefined,
  );
}

function specsOf(tests: readonly string[], seeds: number): RunSpec[] {
  const specs: RunSpec[] = [];
  for (const test of tests) {
    for (let seed = 1; seed <= seeds; seed++) specs.push(specOf(test, seed));
    for (const profile of ['rtl', 'hyperscale']) specs.push({ ...specOf(test, 1), profile });
  }
  for (const [n, { name }] of DEVICE_FAULTS.entries()) {
    for (const k of [0, 1]) {
      const test = tests[(n + 3 * k) % tests.length];
      specs.push({ ...specOf(test, FAULT_SEED + n), fault: name });
    }
  }
  return specs;
}

function specOf(test: string, seed: number): RunSpec {
  return {
    test,
    seed,
    device: 'model',
    fault: null,
    profile: null,
    parameters: {},
    code: { version: '0', commit: '', dirty: false },
    verbosity: null,
    dutTimeoutSeconds: 30,
  };
}

/** One line per thing that may differ, so that a difference can be named. */
function hashesOf(record: RunRecord): Record<string, string> {
  const { digests, counts, evaluations, coverage, failures, operations, swarm, window } = record;
  const { verdict, error, device } = record;
  const parts = { digests, counts, evaluations, coverage, failures, operations, swarm, window };
  const all = { ...parts, verdict, error: error?.message ?? null, device };
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => [
      name,
      sha256Hex(JSON.stringify(value)).slice(0, 16),
    ]),
  );
}

async function hashAll(tests: readonly string[], seeds: number): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const spec of specsOf(tests, seeds)) {
    const name = `${spec.test} ${spec.seed} ${spec.fault ?? ''} ${spec.profile ?? ''}`.trim();
    const record = await executeRun(config, spec);
    for (const [part, hash] of Object.entries(hashesOf(record))) hashes[`${name}: ${part}`] = hash;
  }
  return hashes;
}

async function main(): Promise<number> {
  const [action, file, count] = process.argv.slice(2);
  if (action === 'keep' && file !== undefined) {
    const seeds = Number(count ?? SEEDS_DEFAULT);
    const tests = usualTests();
    const hashes = await hashAll(tests, seeds);
    writeFileSync(file, JSON.stringify({ tests, seeds, hashes } satisfies Kept, null, 1));
    process.stdout.write(`${Object.keys(hashes).length} hashes kept\n`);
    return 0;
  }
  if (action !== 'compare' || file === undefined) {
    process.stderr.write('usage: same-results.ts keep|compare FILE [SEEDS]\n');
    return 2;
  }
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Kept;
  const hashes = await hashAll(kept.tests, kept.seeds);
  const names = new Set([...Object.keys(kept.hashes), ...Object.keys(hashes)]);
  const different = [...names].filter((name) => kept.hashes[name] !== hashes[name]);
  for (const name of different) process.stdout.write(`different: ${name}\n`);
  process.stdout.write(`${names.size} hashes compared, ${different.length} different\n`);
  return different.length === 0 ? 0 : 1;
}

process.exitCode = await main();
