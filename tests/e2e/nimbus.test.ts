// A second, deliberately different device under the same tests and scoreboards: it passes; its planted faults are found by the rules
// that own them; and judged by the answers of another device it fails where the two differ, so the policy is really read.
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '#record/run-record';
import { executeRun } from '#run/execute-run';
import { definePolicy, SRD_POLICY, type PolicyChanges } from '#siov/siov-policy';
import { nimbusConfig } from '../siov/nimbus/nimbus-config.ts';
import { NIMBUS_FAULTS } from '../siov/nimbus/nimbus-faults.ts';
import { NIMBUS_POLICY } from '../siov/nimbus/nimbus-kit.ts';

const RUN_LIMIT_MS = 120_000;
const TESTS = ['dma', 'lifecycle', 'reset', 'interrupts'] as const;
/** Seeds of each test in which a fault or a wrong policy must show. */
const SEEDS_MAX = 24;

const config = nimbusConfig();

function run(
  test: string,
  seed: number,
  more: { readonly fault?: string; readonly config?: typeof config } = {},
): Promise<RunRecord> {
  const spec = {
    test,
    seed,
    device: 'nimbus',
    fault: more.fault ?? null,
    profile: null,
    parameters: {},
    code: { version: '0', commit: '', dirty: false },
    verbosity: null,
    dutTimeoutSeconds: 30,
  };
  return executeRun(more.config ?? config, spec);
}

/** The rules that break in each run, or the first ones alone, until `rule` is among them. */
async function brokenRules(
  rule: string,
  more: Parameters<typeof run>[2],
  tests: readonly string[] = TESTS,
): Promise<readonly string[]> {
  const rules: string[] = [];
  for (let seed = 1; seed <= SEEDS_MAX && !rules.includes(rule); seed++) {
    for (const test of tests) {
      const record = await run(test, seed, more);
      expect(record.verdict).not.toBe('ERROR');
      // A fault is found by the rule that owns it before any other.
      const failures = more?.fault === undefined ? record.failures : record.failures.slice(0, 1);
      rules.push(...failures.map((failure) => failure.rule));
    }
  }
  return rules;
}

describe('Nimbus under the scoreboards of the testbench', () => {
  const counts = new Map<string, number>();

  it.each([...TESTS.map((name) => [name, 12] as const), ['errors', 8], ['everything', 8]] as const)(
    'passes %s',
    async (test, seeds) => {
      for (let seed = 1; seed <= seeds; seed++) {
        const record = await run(test, seed);
        expect([seed, record.verdict, record.failures, record.error]).toEqual([
          seed,
          'PASS',
          [],
          null,
        ]);
        for (const [rule, count] of Object.entries(record.evaluations)) {
          counts.set(rule, (counts.get(rule) ?? 0) + count);
        }
      }
    },
    RUN_LIMIT_MS,
  );

  it.each([
    ...['T-RID-1', 'T-RID-2', 'T-RID-4', 'T-RID-8', 'T-CFG-1', 'T-MMIO-3', 'SRD-2.9', 'T-CPL-6'],
    ...['T-RST-1', 'T-RST-2', 'T-RST-3', 'T-RST-4', 'T-RST-6', 'T-INT-1', 'T-INT-2', 'T-INT-4'],
    ...['T-CAP-1', 'T-CAP-3', 'T-CAP-4', 'T-CAP-5', 'T-ERR-1', 'T-REQ-6', 'SRD-7.2', 'SRD-7.4'],
  ])('%s was evaluated', (rule) => {
    expect([rule, (counts.get(rule) ?? 0) > 0]).toEqual([rule, true]);
  });

  it('has no rule of SRD evaluated that it cannot have', () => {
    for (const rule of ['SRD-4.2', 'SRD-4.4', 'SRD-5.1', 'SRD-7.13', 'SRD-3.2']) {
      expect([rule, counts.get(rule) ?? 0]).toEqual([rule, 0]);
    }
  });

  it('repeats a run exactly', async () => {
    const [first, second] = [await run('reset', 5), await run('reset', 5)];
    expect(second.digests).toEqual(first.digests);
    expect(first.counts.tlpsUp).toBeGreaterThan(100);
  });

  it.each(['mixed-iov', 'registers', 'hyperscale'])('skips %s, and says why', async (test) => {
    const record = await run(test, 1);
    expect(record.verdict).toBe('SKIP');
    expect(JSON.stringify(record)).toContain('Nimbus');
  });
});

describe('a planted fault of Nimbus', () => {
  it.each(NIMBUS_FAULTS.map(({ name, rule }) => [name, rule] as const))(
    '%s breaks %s',
    async (fault, rule) => {
      expect(await brokenRules(rule, { fault })).toContain(rule);
    },
    RUN_LIMIT_MS,
  );
});

describe('Nimbus judged by an answer of SRD', () => {
  const swapped: readonly (readonly [field: string, rule: string, changes: PolicyChanges])[] = [
    ['capability.version', 'T-CAP-1', { capability: { version: 1 } }],
    ['capability.statusBit', 'T-CAP-5', { capability: { statusBit: 'sdi-enabled' } }],
    ['sdiReset.lateCompletions', 'T-ERR-1', { sdiReset: { lateCompletions: 'dropped' } }],
    ['interrupts.requester', 'T-INT-2', { interrupts: { requester: 'sdi' } }],
    ['pages.unassignedReads', 'T-MMIO-3', { pages: { unassignedReads: 'ur' } }],
    ['pages.resettingReads', 'SRD-4.1', { pages: { resettingReads: 'all-ones' } }],
    ['pages.completer', 'SRD-2.9', { pages: { completer: 'pf' } }],
    ['errors.messages', 'SRD-3.1', { errors: { messages: 'none' } }],
  ];

  it.each(swapped)(
    'in %s breaks %s',
    async (field, rule, changes) => {
      const [group, name] = field.split('.');
      const answers = SRD_POLICY[group as 'pages'] as unknown as Record<string, unknown>;
      const change = changes[group as 'pages'] as unknown as Record<string, unknown>;
      expect(change[name]).toBe(answers[name]);
      const judged = nimbusConfig(definePolicy(changes, NIMBUS_POLICY));
      expect(await brokenRules(rule, { config: judged })).toContain(rule);
    },
    RUN_LIMIT_MS,
  );

  it('in pages.bytes fails, and so does the whole of SRD', async () => {
    for (const policy of [definePolicy({ pages: { bytes: 4096 } }, NIMBUS_POLICY), SRD_POLICY]) {
      const record = await run('lifecycle', 1, { config: nimbusConfig(policy) });
      expect(record.verdict).toBe('FAIL');
    }
  });

  it('in functions.pfFlr fails in a test with an FLR of the PF', async () => {
    const judged = nimbusConfig(
      definePolicy({ functions: { pfFlr: 'frees-sdis' } }, NIMBUS_POLICY),
    );
    expect(await brokenRules('T-CAP-5', { config: judged }, ['errors'])).toContain('T-CAP-5');
  });

  it('differs from SRD in more than six fields', () => {
    const different = Object.entries(NIMBUS_POLICY).flatMap(([group, values]) =>
      Object.entries(values as object).filter(
        ([name, value]) =>
          JSON.stringify(value) !==
          JSON.stringify(
            (SRD_POLICY[group as 'pages'] as unknown as Record<string, unknown>)[name],
          ),
      ),
    );
    expect(different.length).toBeGreaterThan(9);
  });
});
