// The endurance test: the indices of one queue really wrap, with work of other kinds around it, and its operations alone play it
// again. Source: SRD §7; design decisions 1 and 5.
import { describe, expect, it } from 'vitest';
import config from '../../ridgeline.config.ts';
import { executeRun } from '#run/execute-run';
import type { HostEvent } from '#siov/host-event';
import { WorkOpcode } from '#siov/work';
import { EnduranceTest } from '../siov/endurance-test.ts';
import { runSiov, specOf } from './siov-runs.ts';

const RUN_MS = 600_000;
const INDICES = 65_536;
const SEEDS = [1, 2];

/** Of one queue: how often its indices wrapped, and what was posted near the wraps. */
class Posted {
  wraps = 0;
  count = 0;
  last = -1;
  readonly opcodesAtWrap = new Set<number>();
}

let queues = new Map<string, Posted>();

function note(event: HostEvent): void {
  if (event.kind !== 'workPosted') return;
  const { requester, n, work } = event;
  const posted = queues.get(requester) ?? new Posted();
  queues.set(requester, posted);
  if (n === 0 && posted.last === INDICES - 1) posted.wraps++;
  if (n < 100 && posted.count > INDICES) posted.opcodesAtWrap.add(work.opcode);
  posted.last = n;
  posted.count++;
}

class CountedTest extends EnduranceTest {
  override connectPhase(): void {
    super.connectPhase();
    this.child.env.events.connect({ write: note });
  }
}

describe('endurance', () => {
  const kinds = new Set<number>();

  it.each(SEEDS)(
    'goes beyond the last index of a queue: seed %i',
    async (seed) => {
      queues = new Map();
      const entry = config.tests['endurance'];
      const counted = { ...config, tests: { endurance: { ...entry, test: CountedTest } } };
      const record = await executeRun(counted, specOf('endurance', seed));
      expect([record.verdict, record.failures, record.error]).toEqual(['PASS', [], null]);
      const wrapped = [...queues.values()].filter(({ wraps }) => wraps > 0);
      expect(wrapped.length).toBe(1);
      expect(queues.size).toBeGreaterThan(1);
      for (const { opcodesAtWrap } of wrapped) for (const one of opcodesAtWrap) kinds.add(one);
    },
    RUN_MS,
  );

  it('goes on with other work there', () => {
    expect([...kinds].some((opcode) => opcode !== WorkOpcode.NOP)).toBe(true);
  });

  it(
    'plays again from its operations',
    async () => {
      const first = await runSiov(specOf('endurance', 1));
      const again = await runSiov(specOf('endurance', 1, { operations: first.operations }));
      expect(again.digests.tlp).toBe(first.digests.tlp);
    },
    RUN_MS,
  );
});
