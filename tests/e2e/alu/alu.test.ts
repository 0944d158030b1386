// The framework without PCIe: a small testbench finds planted faults, reproduces runs, replays and cuts them.
// Source: design, "Rooms" (a test proves that the framework stands without the testbench).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  executeRun,
  formatReport,
  replayOperations,
  TestRunner,
  Testbench,
  us,
  VERBOSITY,
  type OperationRecord,
  type RunRecord,
  type RunSpec,
} from '#framework';
import { parseRunRecord } from '#record/parse-run-record';
import { ALU_FAULTS, AluModel } from './alu-model.ts';
import { aluBus, aluConfig, RandomTest } from './alu-testbench.ts';

const SEEDS = Array.from({ length: 25 }, (_unused, i) => i + 1);

function run(spec: Partial<RunSpec>): Promise<RunRecord> {
  return executeRun(aluConfig, {
    test: 'random',
    seed: 1,
    device: 'model',
    fault: null,
    profile: null,
    parameters: {},
    code: { version: '0', commit: null, dirty: false },
    verbosity: VERBOSITY.NONE,
    dutTimeoutSeconds: 10,
    ...spec,
  });
}

describe('the correct device', () => {
  it.each(['random', 'corner'])('passes %s with every seed', async (test) => {
    for (const seed of SEEDS) {
      const { verdict, error, failures, evaluations } = await run({ test, seed });
      expect({ seed, verdict, error, failures }).toEqual({
        seed,
        verdict: 'PASS',
        error: null,
        failures: [],
      });
      expect(evaluations['ALU-1']).toBeGreaterThan(0);
    }
  });

  it('every rule is evaluated and every bin hit, over all seeds', async () => {
    const evaluated = new Map<string, number>();
    const empty = new Map<string, number>();
    for (const seed of SEEDS) {
      const { evaluations, coverage } = await run({ seed });
      for (const [id, count] of Object.entries(evaluations)) {
        evaluated.set(id, (evaluated.get(id) ?? 0) + count);
      }
      for (const point of coverage.groups[0].points) {
        point.bins.forEach((bin, i) => {
          const key = `${point.name}.${bin}`;
          empty.set(key, (empty.get(key) ?? 0) + point.counts[i]);
        });
      }
    }
    expect([...evaluated.keys()]).toEqual(['ALU-1', 'ALU-2', 'ALU-3', 'ALU-4']);
    expect([...evaluated.values()].every((count) => count > 0)).toBe(true);
    expect([...empty].filter(([, count]) => count === 0)).toEqual([]);
  });
});

describe('planted faults', () => {
  it.each(ALU_FAULTS)('$name breaks $rule', async ({ name, rule }) => {
    const rules = new Set<string>();
    for (const seed of SEEDS) {
      const { verdict, failures } = await run({ seed, fault: name });
      if (verdict === 'PASS') continue;
      expect(verdict).toBe('FAIL');
      rules.add(failures[0].rule);
    }
    expect([...rules]).toEqual([rule]);
  });
});

describe('reproduction', () => {
  it('the same seed gives the same operations, draws and coverage, whatever is logged', async () => {
    const quiet = await run({ seed: 3 });
    const loud = await run({ seed: 3, verbosity: VERBOSITY.DEBUG });
    expect({ ...loud, wall: {} }).toEqual({ ...quiet, wall: {} });
    const other = await run({ seed: 4 });
    expect(other.digests.draws).not.toBe(quiet.digests.draws);
  });

  it('its record can be written and read again', async () => {
    const record = await run({ seed: 3, fault: 'mul-narrow' });
    expect(parseRunRecord(JSON.stringify(record))).toEqual(JSON.parse(JSON.stringify(record)));
  });

  it('replaying the recorded operations is the same run', async () => {
    const { operations, coverage, counts } = await run({ seed: 3 });
    const again = await run({ seed: 3, operations });
    expect(again.operations).toEqual(operations);
    expect(again.coverage).toEqual(coverage);
    expect(again.counts).toEqual(counts);
  });

  it('a failure is still there after everything before and after its operation is cut', async () => {
    const broken = { seed: 2, fault: 'mul-narrow' };
    const { operations } = await run(broken);
    let kept: readonly OperationRecord[] = operations;
    for (const one of operations) {
      const fewer = kept.filter((other) => other !== one);
      const { verdict } = await run({ ...broken, operations: fewer });
      if (verdict === 'FAIL') kept = fewer;
    }
    expect(kept).toHaveLength(1);
    const { failures } = await run({ ...broken, operations: kept });
    expect(failures[0]).toMatchObject({ rule: 'ALU-1', path: 'test.env.scoreboard' });
  });
});

describe('by hand', () => {
  it('a testbench can be run without the run loop, and reports through a sink', () => {
    const lines: string[] = [];
    const top = new Testbench({ runSeed: 5, sink: (message) => lines.push(formatReport(message)) });
    top.config.set('**', aluBus, new AluModel(top.kernel, undefined));
    const runner = new TestRunner(top, RandomTest);
    runner.elaborate();
    runner.startRun();
    top.kernel.runUntil(us(1_000));
    expect(runner.isRunDone).toBe(true);
    runner.finish();
    top.reports.reportSummary();
    expect(lines.join('\n')).toContain('UVM_ERROR :    0');
    expect(top.config.tryGet(replayOperations)).toBeUndefined();
  });

  it('without its device it says what is missing', async () => {
    const config = { ...aluConfig, devices: { none: { bind: () => undefined } } };
    const spec = { test: 'random', seed: 1, device: 'none' } as RunSpec;
    const { verdict, error } = await executeRun(config, { ...spec, parameters: {}, fault: null });
    expect(verdict).toBe('ERROR');
    expect(error?.message).toMatch(/configuration 'alu-bus' is not set .*\[test\.env\.agent/);
  });
});

describe('imports', () => {
  it.each(['alu-model.ts', 'alu-testbench.ts'])('%s wants the framework alone', (file) => {
    const source = readFileSync(new URL(file, import.meta.url), 'utf8');
    const imported = [...source.matchAll(/from '([^']+)'/g)].map((match) => match[1]);
    expect(imported.length).toBeGreaterThan(0);
    expect(imported.filter((one) => one !== '#framework' && one !== './alu-model.ts')).toEqual([]);
  });
});
