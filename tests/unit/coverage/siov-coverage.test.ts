// The functional model, driven by host events and TLPs as the environment publishes them (docs/vplan).
import { describe, expect, it } from 'vitest';
import { SIOV_COVERGROUPS, SiovCoverage } from '#coverage/siov-coverage';
import {
  completionsFor,
  configRead,
  completionWithoutData,
  memoryRead,
  memoryWrite,
} from '#pcie/build';
import { CompletionStatus, type Tlp } from '#pcie/tlp';
import type { CoverpointRecord, CoverageRecord } from '#record/coverage-record';
import type { HostEvent, Requester, SdiAssignment } from '#siov/host-event';
import { emptyWork, WorkOpcode } from '#siov/work';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { coverageTestbench } from './coverage-top.ts';

class CoverageTest extends Test {
  readonly child = this.children({ coverage: SiovCoverage });
}

const RING = { base: 0x1000, length: 0x400 };
const RECORDS = { base: 0x2000, length: 0x100 };
const SOURCE = { base: 0x1_0000_0000, length: 0x1_0000 };
const DESTINATION = { base: 0x2_0000_0000, length: 0x1_0000 };
const MESSAGE = { base: 0xfee0_0000, length: 0x1000 };
const BUS = 1;

/** The coverage component with short words for what happens. */
class Bench {
  readonly testbench = coverageTestbench();
  readonly coverage: SiovCoverage;

  constructor() {
    const test = new TestRunner(this.testbench, CoverageTest).elaborate();
    this.coverage = test.child.coverage;
    this.events(
      { kind: 'busAssigned', bus: BUS },
      { kind: 'window', requester: 'pf', purpose: 'pages', base: 0x10_0000, length: 0x10_0000 },
    );
  }

  events(...events: readonly HostEvent[]): void {
    for (const event of events) this.coverage.events.write(event);
  }

  up(tlp: Tlp): Tlp {
    this.coverage.up.write(this.observed('up', tlp));
    return tlp;
  }

  down(tlp: Tlp, injected = false): void {
    this.coverage.down.write({ ...this.observed('down', tlp), injected });
  }

  create(sdi: number, assignment: Partial<SdiAssignment> = {}, status = 0): void {
    const whole = { rid: 0x200 + sdi, strided: true, pages: [sdi], vectors: [sdi], ...assignment };
    this.events({ kind: 'sdiCreating', sdi, ...whole });
    this.ended('create', sdi, status);
  }

  enable(sdi: number): void {
    this.events({ kind: 'sdiEnabling', sdi });
    this.ended('enable', sdi);
  }

  ended(
    command: Extract<HostEvent, { kind: 'commandEnded' }>['command'],
    sdi: number,
    status = 0,
  ): void {
    this.events({ kind: 'commandEnded', command, sdi, status });
  }

  /** A queue with one COPY posted and rung. */
  post(requester: Requester, noRecord = false): void {
    this.events(
      {
        kind: 'areas',
        requester,
        pasid: -1,
        ring: RING,
        records: RECORDS,
        source: SOURCE,
        destination: DESTINATION,
        message: MESSAGE,
      },
      {
        kind: 'queueStarted',
        requester,
        ringBase: RING.base,
        ringEntries: 16,
        recordBase: RECORDS.base,
        pasid: -1,
      },
      { kind: 'vectorProgrammed', requester, vector: 0, address: MESSAGE.base, data: 1 },
      {
        kind: 'workPosted',
        requester,
        n: 0,
        work: {
          ...emptyWork(),
          opcode: WorkOpcode.COPY,
          length: 64,
          source: SOURCE.base + 1,
          destination: DESTINATION.base,
          interrupt: true,
          noRecord,
        },
      },
      { kind: 'doorbell', requester, tail: 1 },
    );
  }

  fetch(requesterId: number, tag = 0): Tlp {
    return this.up(memoryRead({ requesterId, tag, address: RING.base, byteLength: 64 }));
  }

  record(): CoverageRecord {
    return this.testbench.coverage.record();
  }

  /** Bins hit of a point, with their counts. */
  hits(type: string, point: string): Record<string, number> {
    const group = this.record().groups.find((candidate) => candidate.type === type);
    const found = group?.points.find((candidate) => candidate.name === point) as CoverpointRecord;
    const pairs = found.bins.map((name, index) => [name, found.counts[index]] as const);
    return Object.fromEntries(pairs.filter(([, count]) => count > 0));
  }

  private observed(direction: 'up' | 'down', tlp: Tlp) {
    const bytes = new Uint8Array(0);
    return { direction, timePs: 0, tlp, malformed: undefined, bytes, injected: false };
  }
}

describe('the SIOV coverage model', () => {
  it('registers every covergroup once', () => {
    const { groups } = new Bench().record();
    const types = Object.values(SIOV_COVERGROUPS).map((group) => group.name);
    expect(groups.map((group) => group.type)).toEqual([...types].sort());
  });

  it('follows the life cycle of an SDI, refused commands too', () => {
    const bench = new Bench();
    bench.create(3, {}, 4);
    bench.create(3, { strided: false, rid: 0x133, pages: [4, 5], vectors: [] });
    bench.enable(3);
    bench.events({ kind: 'sdiQuiescing', sdi: 3 });
    bench.ended('quiesce', 3);
    bench.ended('query', 3);
    bench.events({ kind: 'sdiDestroying', sdi: 3 });
    bench.ended('destroy', 3);
    bench.create(3);
    expect(bench.hits('LifecycleCoverage', 'command')).toEqual({
      create: 3,
      enable: 1,
      quiesce: 1,
      query: 1,
      destroy: 1,
    });
    expect(bench.hits('LifecycleCoverage', 'from')).toEqual({ free: 3, created: 3, enabled: 1 });
    expect(bench.hits('LifecycleCoverage', 'outcome')).toEqual({ ok: 6, ridConflict: 1 });
    expect(bench.hits('LifecycleCoverage', 'before')).toEqual({
      none: 1,
      create: 1,
      enable: 1,
      quiesce: 2,
      destroy: 1,
    });
    expect(bench.hits('RidCoverage', 'bus')).toEqual({ same: 1, other: 1 });
    expect(bench.hits('RidCoverage', 'outcome')).toEqual({ accepted: 2, refused: 1 });
    expect(bench.hits('LifecycleCoverage', 'pages')).toEqual({ one: 1, few: 1 });
  });

  it('tells requests by Routing ID and area, and samples operations at their fetch', () => {
    const bench = new Bench();
    bench.create(0);
    bench.enable(0);
    bench.post('sdi 0');
    bench.fetch(0x200);
    const source = SOURCE.base + 1;
    bench.up(memoryRead({ requesterId: 0x200, tag: 1, address: source, byteLength: 64 }));
    bench.up(memoryRead({ requesterId: 0x999, tag: 1, address: source, byteLength: 64 }));
    expect(bench.hits('RequestCoverage', 'role')).toEqual({ fetch: 1, source: 1 });
    expect(bench.hits('RequestCoverage', 'header')).toEqual({ short: 1, long: 1 });
    expect(bench.hits('RequestCoverage', 'firstAlign')).toEqual({ 1: 1 });
    expect(bench.hits('OperationCoverage', 'operation')).toEqual({ copy: 1 });
    expect(bench.hits('OperationCoverage', 'owner')).toEqual({ 'strided sdi': 1 });
    expect(bench.hits('OperationCoverage', 'sourceAlign')).toEqual({ 1: 1 });
    expect(bench.hits('OperationCoverage', 'index')).toEqual({ few: 1 });
  });

  it('knows what a reset hits, and which completions are late', () => {
    const bench = new Bench();
    bench.create(0);
    bench.enable(0);
    bench.post('sdi 0');
    const first = bench.fetch(0x200, 7);
    const second = bench.up(
      memoryRead({ requesterId: 0x200, tag: 8, address: SOURCE.base, byteLength: 128 }),
    );
    bench.events({ kind: 'sdiResetting', sdi: 0, reconfigure: undefined });
    bench.down(completionWithoutData(second, { completerId: 0, status: CompletionStatus.UR }));
    bench.ended('reset', 0);
    const bytes = new Uint8Array(64);
    for (const part of completionsFor(first, { completerId: 0, bytes, ends: [32, 64] })) {
      bench.down(part);
    }
    expect(bench.hits('ResetCoverage', 'how')).toEqual({ restore: 1 });
    expect(bench.hits('ResetCoverage', 'operation')).toEqual({ copy: 1 });
    expect(bench.hits('ResetCoverage', 'phase')).toEqual({ reading: 1 });
    expect(bench.hits('ResetCoverage', 'outstanding')).toEqual({ several: 1 });
    expect(bench.hits('CompletionCoverage', 'late')).toEqual({ late: 2 });
    expect(bench.hits('CompletionCoverage', 'order')).toEqual({ inOrder: 2 });
  });

  it('counts no reset that was refused, and its completions are in time', () => {
    const bench = new Bench();
    bench.create(0);
    bench.enable(0);
    bench.post('sdi 0');
    const fetch = bench.fetch(0x200);
    const reconfigure = { rid: 0x100, strided: false, pages: [0], vectors: [] };
    bench.events({ kind: 'sdiResetting', sdi: 0, reconfigure });
    bench.ended('reconfigure', 0, 4);
    const bytes = new Uint8Array(64);
    bench.down(completionsFor(fetch, { completerId: 0, bytes, ends: [64] })[0]);
    expect(bench.hits('ResetCoverage', 'how')).toEqual({});
    expect(bench.hits('CompletionCoverage', 'late')).toEqual({ inTime: 1 });
    expect(bench.hits('CompletionCoverage', 'parts')).toEqual({ whole: 1 });
  });

  it('sees interrupts sent, pending, sent on unmasking and lost by a reset', () => {
    const bench = new Bench();
    bench.create(0);
    bench.enable(0);
    const work = (masked: boolean): void => {
      bench.post('sdi 0');
      bench.events({ kind: 'vectorMasked', requester: 'sdi 0', vector: 0, masked });
      bench.fetch(0x200);
      const record = { requesterId: 0x200, address: RECORDS.base, bytes: new Uint8Array(16) };
      bench.up(memoryWrite(record));
    };
    const message = { requesterId: 0x200, address: MESSAGE.base, bytes: new Uint8Array(4) };
    work(false);
    bench.up(memoryWrite(message));
    work(true);
    bench.events({ kind: 'vectorMasked', requester: 'sdi 0', vector: 0, masked: false });
    bench.up(memoryWrite(message));
    work(true);
    bench.events({ kind: 'sdiResetting', sdi: 0, reconfigure: undefined });
    bench.ended('reset', 0);
    expect(bench.hits('InterruptCoverage', 'what')).toEqual({
      sent: 1,
      pended: 2,
      sentOnUnmask: 1,
      lostByReset: 1,
      masked: 2,
      unmasked: 2,
      programmed: 3,
    });
  });

  it('sees VFs beside SDIs, and accesses to work pages by state', () => {
    const bench = new Bench();
    bench.create(0);
    bench.events(
      { kind: 'vfsEnabling', count: 2, rids: [0x1ff, 0x201] },
      { kind: 'vfsEnabled', accepted: true },
    );
    bench.down(memoryRead({ requesterId: 0, address: 0x10_0100, byteLength: 4 }));
    bench.down(memoryRead({ requesterId: 0, address: 0x10_5100, byteLength: 4 }));
    bench.down(memoryRead({ requesterId: 0, address: 0x10_0100, byteLength: 4 }), true);
    bench.events({ kind: 'vfsDisabling' }, { kind: 'vfsDisabled' });
    expect(bench.hits('PopulationCoverage', 'vfs')).toEqual({ none: 2, few: 1 });
    expect(bench.hits('RidCoverage', 'neighbour')).toEqual({ none: 1, next: 1 });
    expect(bench.hits('SdiAccessCoverage', 'state')).toEqual({ created: 1 });
    expect(bench.hits('ResetCoverage', 'how')).toEqual({ vfsDisabled: 2 });
  });

  it('sees the end of work that writes no record', () => {
    const bench = new Bench();
    bench.create(0);
    bench.enable(0);
    bench.post('sdi 0', true);
    const fetch = bench.fetch(0x200);
    const bytes = new Uint8Array(64);
    bench.down(completionsFor(fetch, { completerId: 0, bytes, ends: [64] })[0]);
    const write = (offset: number): void => {
      const address = DESTINATION.base + offset;
      bench.up(memoryWrite({ requesterId: 0x200, address, bytes: new Uint8Array(32) }));
      bench.events({ kind: 'sdiResetting', sdi: 0, reconfigure: undefined });
      bench.ended('reset', 0, 3);
    };
    write(0);
    write(32);
    bench.events({ kind: 'sdiResetting', sdi: 0, reconfigure: undefined });
    bench.ended('reset', 0);
    // Both halves are written: nothing is in flight any more, and the masked interrupt is pending.
    expect(bench.hits('ResetCoverage', 'phase')).toEqual({ none: 1 });
    expect(bench.hits('InterruptCoverage', 'what')).toMatchObject({ pended: 1, lostByReset: 1 });
  });

  it('tells the targets of host accesses apart', () => {
    const bench = new Bench();
    bench.events(
      { kind: 'window', requester: 'pf', purpose: 'registers', base: 0x40_0000, length: 0x1000 },
      { kind: 'window', requester: 'pf', purpose: 'msix', base: 0x50_0000, length: 0x1000 },
    );
    bench.create(0);
    for (const address of [0x40_0128, 0x50_0000, 0x10_0000, 0x10_9000, 0x90_0000]) {
      bench.down(memoryRead({ requesterId: 0, address, byteLength: 4 }));
    }
    for (const destinationId of [0x100, 0x200, 0x300]) {
      bench.down(configRead({ requesterId: 0, destinationId, offset: 0, byteLength: 2 }));
    }
    expect(bench.hits('HostAccessCoverage', 'memoryTarget')).toEqual({
      registers: 1,
      msix: 1,
      page: 1,
      freePage: 1,
    });
    expect(bench.hits('HostAccessCoverage', 'configTarget')).toEqual({ pf: 1, sdi: 1 });
    expect(bench.hits('HostAccessCoverage', 'enables')).toEqual({ whole: 5, part: 3 });
  });

  it('forgets everything at a device reset', () => {
    const bench = new Bench();
    bench.create(0);
    bench.events({ kind: 'deviceReset', how: 'cold' });
    bench.create(0);
    expect(bench.hits('LifecycleCoverage', 'before')).toEqual({ none: 2 });
    expect(bench.hits('LifecycleCoverage', 'from')).toEqual({ free: 2 });
  });
});
