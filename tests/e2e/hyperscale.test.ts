// The hyperscale test: what it promises is counted from host events and TLPs, and stands in the record; its operations alone play
// it again; planted faults are found in the crowd, too. Source: design, "Names users type"; decisions 1, 3, 5.
import { describe, expect, it } from 'vitest';
import config from '../../ridgeline.config.ts';
import type { RunRecord } from '#record/run-record';
import { executeRun } from '#run/execute-run';
import type { HostEvent } from '#siov/host-event';
import type { ObservedTlp } from '#siov/observed-tlp';
import { isMemoryRequest } from '#pcie/tlp';
import { HyperscaleTest } from '../siov/hyperscale-test.ts';
import { runSiov, specOf } from './siov-runs.ts';

/** One run takes 10 to 20 s of processor time. */
const RUN_MS = 600_000;
const SDIS = 4096;

/** What the run did, by SDI index and by bus; the coverage model has no part in it. */
const seen = {
  created: new Set<number>(),
  enabled: new Set<number>(),
  rung: new Set<string>(),
  reset: new Set<number>(),
  reconfigured: new Set<number>(),
  recreated: new Set<number>(),
  moved: new Set<number>(),
  buses: new Set<number>(),
  strides: new Set<boolean>(),
  live: 0,
  liveMost: 0,
};
const owners = new Map<number, number>();
let assigned: { readonly sdi: number; readonly rid: number; readonly strided: boolean } | undefined;

function note(event: HostEvent): void {
  if (event.kind === 'sdiCreating') assigned = event;
  if (event.kind === 'sdiResetting' && event.reconfigure !== undefined) {
    assigned = { sdi: event.sdi, ...event.reconfigure };
  }
  if (event.kind === 'doorbell') seen.rung.add(event.requester);
  if (event.kind !== 'commandEnded' || event.status !== 0) return;
  const { command, sdi } = event;
  if (command === 'create') {
    if (seen.created.has(sdi)) seen.recreated.add(sdi);
    seen.created.add(sdi);
    seen.liveMost = Math.max(seen.liveMost, ++seen.live);
  }
  if (command === 'destroy') seen.live--;
  if (command === 'enable') seen.enabled.add(sdi);
  if (command === 'reset' || command === 'reconfigure') seen.reset.add(sdi);
  if (command === 'reconfigure') seen.reconfigured.add(sdi);
  if ((command === 'create' || command === 'reconfigure') && assigned?.sdi === sdi) {
    owners.set(assigned.rid, sdi);
    seen.strides.add(assigned.strided);
  }
}

/** Anything but a descriptor fetch or a record under the Routing ID of an SDI: in the tenants' data areas. */
function look({ tlp }: ObservedTlp): void {
  if (tlp === undefined || !isMemoryRequest(tlp.kind)) return;
  const sdi = owners.get(tlp.requesterId);
  if (sdi === undefined) return;
  seen.buses.add(tlp.requesterId >>> 8);
  const { source, destination } = areas;
  for (const { base, length } of [source, destination]) {
    if (tlp.address >= base - 3 && tlp.address < base + length) seen.moved.add(sdi);
  }
}

let areas = { source: { base: 0, length: 0 }, destination: { base: 0, length: 0 } };

class CountedTest extends HyperscaleTest {
  override connectPhase(): void {
    super.connectPhase();
    const { env } = this.child;
    areas = env.layout;
    env.events.connect({ write: note });
    env.child.host.child.monitor.up.connect({ write: look });
  }
}

function covered({ coverage }: RunRecord, point: string): readonly string[] {
  const group = coverage.groups.find(({ type }) => type === 'CrowdCoverage');
  const found = group?.points.find(({ name }) => name === point);
  return found?.bins.filter((_bin, i) => found.counts[i] > 0) ?? [];
}

describe('hyperscale', () => {
  it(
    'creates, enables, rings and resets more than 4096 SDIs on more than 16 buses, and replays',
    async () => {
      const entry = config.tests['hyperscale'];
      const counted = { ...config, tests: { hyperscale: { ...entry, test: CountedTest } } };
      const first = await executeRun(counted, specOf('hyperscale', 3));
      expect(first.failures).toEqual([]);
      expect(first.verdict).toBe('PASS');
      for (const set of [seen.created, seen.enabled, seen.rung, seen.reset, seen.moved]) {
        expect(set.size).toBeGreaterThanOrEqual(SDIS);
      }
      expect(seen.liveMost).toBeGreaterThanOrEqual(SDIS - SDIS / 16);
      expect(seen.buses.size).toBeGreaterThan(16);
      expect(seen.reconfigured.size).toBeGreaterThan(SDIS / 20);
      expect(seen.recreated.size).toBeGreaterThan(SDIS / 50);
      expect(seen.strides).toEqual(new Set([true, false]));

      for (const point of ['created', 'enabled', 'rung', 'moved', 'reset']) {
        expect([point, covered(first, point).includes('thousands')]).toEqual([point, true]);
      }
      expect(covered(first, 'buses')).toContain('many');
      expect(first.operations.every(({ outcome }) => outcome === 'done')).toBe(true);
      expect(first.operations.length).toBeGreaterThan(2 * SDIS);

      const again = await runSiov(specOf('hyperscale', 3, { operations: first.operations }));
      expect(again.digests.tlp).toBe(first.digests.tlp);
      expect(again.operations).toEqual(first.operations);
    },
    2 * RUN_MS,
  );

  it(
    'finds a planted fault in the crowd',
    async () => {
      const { verdict, failures } = await runSiov(specOf('hyperscale', 1, { fault: 'rid-swap' }));
      expect(verdict).toBe('FAIL');
      expect(failures[0].rule).toBe('T-RID-4');
    },
    RUN_MS,
  );

  it('is a SKIP where the device is too small', async () => {
    for (const profile of ['standard', 'rtl'] as const) {
      const record = await runSiov(
        specOf('hyperscale', 1, { profile, parameters: config.profiles?.[profile] ?? {} }),
      );
      expect(record.verdict).toBe('SKIP');
      expect(record.skipReason).toMatch(
        /^totalSdis is \d+, and 8192 are needed \(--profile hyperscale\)$/,
      );
    }
  });
});
