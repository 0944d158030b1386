// The population as coverage counts it: what lives now, what ever was, each SDI once, and on how many buses requests came.
import { describe, expect, it } from 'vitest';
import { SiovCoverage } from '#coverage/siov-coverage';
import { memoryRead, memoryWrite } from '#pcie/build';
import type { Tlp } from '#pcie/tlp';
import type { CommandName, HostEvent } from '#siov/host-event';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { coverageTestbench } from './coverage-top.ts';

class CoverageTest extends Test {
  readonly child = this.children({ coverage: SiovCoverage });
}

const RING = { base: 0x1000, length: 0x400 };
const SOURCE = { base: 0x10_0000, length: 0x1000 };
const DESTINATION = { base: 0x20_0000, length: 0x1000 };
const NOWHERE = { base: 0, length: 0 };

class Bench {
  readonly coverage = new TestRunner(coverageTestbench(), CoverageTest).elaborate().child.coverage;

  constructor() {
    this.events({ kind: 'busAssigned', bus: 1 });
  }

  events(...events: readonly HostEvent[]): void {
    for (const event of events) this.coverage.events.write(event);
  }

  ended(command: CommandName, sdi: number, status = 0): void {
    this.events({ kind: 'commandEnded', command, sdi, status });
  }

  create(sdi: number, rid: number, status = 0): void {
    this.events({ kind: 'sdiCreating', sdi, rid, strided: false, pages: [sdi], vectors: [] });
    this.ended('create', sdi, status);
    this.events({
      ...{ kind: 'areas', requester: `sdi ${sdi}`, pasid: -1, ring: RING, records: NOWHERE },
      ...{ source: SOURCE, destination: DESTINATION, message: NOWHERE },
    });
  }

  enable(sdi: number): void {
    this.events({ kind: 'sdiEnabling', sdi });
    this.ended('enable', sdi);
  }

  up(tlp: Tlp): void {
    const seen = {
      direction: 'up',
      timePs: 0,
      tlp,
      malformed: undefined,
      injected: false,
    } as const;
    this.coverage.up.write({ ...seen, bytes: new Uint8Array(0) });
  }

  /** Hits of the bins of a point, those that were hit. */
  hits(point: string): Record<string, number> {
    const record = this.coverage.testbench.coverage.record();
    const group = record.groups.find(({ type }) => type === 'CrowdCoverage')!;
    const { bins, counts } = group.points.find(({ name }) => name === point)!;
    const pairs = bins.map((name, index) => [name, counts[index]] as const);
    return Object.fromEntries(pairs.filter(([, count]) => count > 0));
  }
}

describe('CrowdCoverage', () => {
  it('counts who lives and who is enabled after every change', () => {
    const bench = new Bench();
    for (let sdi = 0; sdi < 20; sdi++) bench.create(sdi, 0x200 + sdi);
    bench.enable(3);
    expect(bench.hits('live')).toEqual({ few: 15, tens: 6 });
    expect(bench.hits('enabled')).toEqual({ none: 20, few: 1 });
    bench.events({ kind: 'sdiQuiescing', sdi: 3 });
    bench.ended('quiesce', 3);
    expect(bench.hits('enabled')).toEqual({ none: 21, few: 1 });
  });

  it('counts an SDI once, however many lives it has, and nothing that was refused', () => {
    const bench = new Bench();
    for (let life = 0; life < 20; life++) {
      bench.create(7, 0x300);
      bench.events({ kind: 'sdiResetting', sdi: 7, reconfigure: undefined });
      bench.ended('reset', 7);
      bench.events({ kind: 'sdiDestroying', sdi: 7 });
      bench.ended('destroy', 7);
    }
    expect(Object.keys(bench.hits('created'))).toEqual(['few']);
    expect(Object.keys(bench.hits('reset'))).toEqual(['none', 'few']);
    expect(Object.keys(bench.hits('recreated'))).toEqual(['none', 'few']);
    const before = bench.hits('created');
    bench.create(8, 0x301, 4);
    expect(bench.hits('created')).toEqual(before);
  });

  it('reaches thousands, and the record says so', () => {
    const bench = new Bench();
    for (let sdi = 0; sdi < 4096; sdi++) {
      bench.create(sdi, 0x200 + sdi);
      bench.events({ kind: 'doorbell', requester: `sdi ${sdi}`, tail: 1 });
    }
    expect(bench.hits('live')['thousands']).toBe(1);
    expect(bench.hits('created')['thousands']).toBe(1);
    bench.events({ kind: 'calm' });
    expect(bench.hits('rung')['thousands']).toBe(1);
    expect(Object.keys(bench.hits('moved'))).toEqual(['none']);
  });

  it('takes moved data and buses from requests on the link', () => {
    const bench = new Bench();
    for (let bus = 2; bus < 20; bus++) {
      const sdi = bus;
      bench.create(sdi, bus << 8);
      bench.up(memoryRead({ requesterId: bus << 8, address: RING.base, byteLength: 64 }));
      if (bus >= 10) {
        const bytes = new Uint8Array(4);
        bench.up(memoryWrite({ requesterId: bus << 8, address: DESTINATION.base, bytes }));
      }
    }
    bench.up(memoryRead({ requesterId: 0xff00, address: SOURCE.base, byteLength: 4 }));
    bench.events({ kind: 'calm' });
    expect(bench.hits('buses')).toEqual({ none: 1, one: 1, few: 3, several: 12, many: 2 });
    expect(Object.keys(bench.hits('moved'))).toEqual(['none', 'few']);
  });

  it('counts who is busy now', () => {
    const bench = new Bench();
    for (let sdi = 0; sdi < 16; sdi++) {
      bench.create(sdi, 0x200 + sdi);
      const requester = `sdi ${sdi}` as const;
      bench.events(
        {
          kind: 'queueStarted',
          requester,
          ringBase: RING.base,
          ringEntries: 4,
          recordBase: 0,
          pasid: -1,
        },
        { kind: 'doorbell', requester, tail: 1 },
      );
    }
    bench.events({ kind: 'calm' });
    expect(bench.hits('busy')['many']).toBe(1);
    for (let sdi = 0; sdi < 16; sdi++) {
      bench.events({ kind: 'sdiResetting', sdi, reconfigure: undefined });
      bench.ended('reset', sdi);
    }
    expect(Object.keys(bench.hits('busy')).toSorted()).toEqual(['few', 'many', 'none', 'one']);
  });
});
