// Whole scenarios on the reference device: they end calm, record what they decided, and the record alone plays them again.
// Source: design decisions 1, 5 and 9, "Operation".
import { describe, expect, it } from 'vitest';
import type { RunSpec } from '#run/run-spec';
import type { OperationRecord } from '#record/operation-log';
import type { RunRecord } from '#record/run-record';
import { runSiov, specOf } from '../../e2e/siov-runs.ts';

const SCENARIOS = [
  'lifecycle',
  'dma',
  'reset',
  'mixed-iov',
  'interrupts',
  'errors',
  'registers',
  'everything',
] as const;

function run(test: string, seed: number, more: Partial<RunSpec> = {}): Promise<RunRecord> {
  return runSiov(specOf(test, seed, more));
}

function kindsOf({ operations }: RunRecord): Set<string> {
  return new Set(operations.map(({ kind }) => kind));
}

/** Kinds seen in a few seeds of a test. */
async function kindsIn(test: string, seeds: number): Promise<Set<string>> {
  const kinds = new Set<string>();
  for (let seed = 1; seed <= seeds; seed++) {
    for (const kind of kindsOf(await run(test, seed))) kinds.add(kind);
  }
  return kinds;
}

describe('every scenario', () => {
  it.each(SCENARIOS)('passes on the correct device and does something: %s', async (test) => {
    for (let seed = 1; seed <= 3; seed++) {
      const record = await run(test, seed);
      expect(record.failures).toEqual([]);
      expect(record.verdict).toBe('PASS');
      expect(record.counts.tlpsUp).toBeGreaterThan(100);
      expect(record.operations.some(({ lane }) => lane === 'hypervisor')).toBe(true);
      expect(record.operations.some(({ lane }) => lane === 'tenant[0]')).toBe(true);
      expect(record.operations.every(({ outcome }) => outcome === 'done')).toBe(true);
    }
  });

  it.each([
    ['lifecycle', ['provide', 'quiesceSdi', 'destroySdi', 'conflictingAssignment', 'wrongState']],
    ['dma', ['copy', 'fill', 'crc32', 'swap', 'refusedWork', 'faultingWork', 'restartQueue']],
    ['reset', ['resetSdi', 'reconfigureSdi', 'auditScratch']],
    ['mixed-iov', ['enableVfs', 'disableVfs', 'resetVfBesideWork']],
    [
      'errors',
      [
        'sendMalformed',
        'sendUnsupported',
        'writePoisoned',
        'recoverQueue',
        'resetPf',
        'resetDevice',
        'sleep',
      ],
    ],
    ['registers', ['registerTest', 'provide', 'enableVfs', 'readPfRegisters']],
    ['interrupts', ['maskVector', 'unmaskVector', 'reprogramVector', 'pausePf', 'quiesceInPause']],
  ])('does what its name says: %s', async (test, expected) => {
    const kinds = await kindsIn(test, 8);
    for (const kind of expected) expect(kinds).toContain(kind);
  });

  it('leaves out what its features leave out', async () => {
    const kinds = await kindsIn('dma', 5);
    for (const kind of ['resetSdi', 'enableVfs', 'pausePf', 'destroySdi', 'maskVector']) {
      expect(kinds).not.toContain(kind);
    }
  });
});

describe('the record of a run', () => {
  it('plays it again with the same TLPs at the same times', async () => {
    const first = await run('everything', 7);
    const again = await run('everything', 7, { operations: first.operations });
    expect(again.verdict).toBe('PASS');
    expect(again.digests.tlp).toBe(first.digests.tlp);
  });

  it('plays register tests again, and may lose some of them', async () => {
    for (const seed of [5, 9]) {
      const first = await run('registers', seed);
      const again = await run('registers', seed, { operations: first.operations });
      expect(again.digests.tlp).toBe(first.digests.tlp);
      const cuts = [
        first.operations.filter((_one, i) => i % 2 === 0),
        first.operations.filter(({ lane }) => lane !== 'powerUp'),
        first.operations.filter(
          ({ kind, lane }) => kind === 'registerTest' || lane !== 'hypervisor',
        ),
      ];
      for (const cut of cuts) {
        const { verdict, failures } = await run('registers', seed, { operations: cut });
        expect({ verdict, failures }).toEqual({ verdict: 'PASS', failures: [] });
      }
    }
  });

  it('may lose any operation: what then is impossible is skipped, and the rest is still legal', async () => {
    const { operations } = await run('mixed-iov', 4);
    const cuts: OperationRecord[][] = [
      operations.filter((_one, i) => i % 2 === 0),
      operations.filter(({ kind }) => kind !== 'provide'),
      operations.filter(({ lane }) => lane !== 'hypervisor'),
    ];
    for (const cut of cuts) {
      const record = await run('mixed-iov', 4, { operations: cut });
      expect(record.failures).toEqual([]);
      expect(record.verdict).toBe('PASS');
      expect(record.operations.length).toBeLessThanOrEqual(cut.length);
    }
  });

  it('names subjects and not Routing IDs or addresses', async () => {
    const { operations } = await run('everything', 3);
    const named = new Set(operations.flatMap(({ args }) => Object.keys(args)));
    for (const name of named) expect(name).not.toMatch(/rid|address/i);
  });
});
