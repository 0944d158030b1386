// Descriptors as the operations make them: placements, refusals, and what the solver guarantees of every item.
import { describe, expect, it } from 'vitest';
import type { TenantAgent } from '#env/agents/tenant-agent';
import { TenantQueue } from '#env/agents/tenant-queue';
import { RandomStream } from '#random/random-stream';
import { drawAddress, drawDestination } from '#sequences/dma/transfer-placement';
import { REFUSALS, spoil, type Refusal } from '#sequences/dma/refused-work';
import { PLACEMENTS, workItem, type WorkItem } from '#sequences/items/work-item';
import { WorkOpcode } from '#siov/work';
import { WORK_LENGTH_MAX } from '#siov/srd-work-descriptor';

const AREA = { base: 0xffff_8000, length: 16 * 4096 };
const ALIGN_8 = 8;

/** A tenant of which only the memory matters: pages of `holes` are not mapped. */
function tenantWith(holes: readonly number[]): TenantAgent {
  const isMapped = (iova: number, length: number): boolean => {
    const first = Math.floor((iova - AREA.base) / 4096);
    const last = Math.floor((iova + length - 1 - AREA.base) / 4096);
    return !holes.some((hole) => hole >= first && hole <= last);
  };
  const layout = { source: AREA, destination: AREA };
  const device = { format: { lengthMax: 1 << 20 } };
  return { space: { layout, isMapped }, device } as unknown as TenantAgent;
}

function queueWith(vectorCount: number): TenantQueue {
  const queue = new TenantQueue({ requester: 'sdi 0', pages: [0], imsEntries: [], vectorCount }, 0);
  queue.started({ ringBase: 0, ringEntries: 256, recordBase: 0, pasid: -1 });
  return queue;
}

describe('workItem', () => {
  it('sets flags in the wanted proportion', () => {
    const stream = new RandomStream('flags');
    let relaxed = 0;
    for (let n = 0; n < 400; n++) {
      const item = workItem.create(stream);
      item.randomize((v) => v.relaxedOrdering.dist({ true: 25, false: 75 }));
      if (item.relaxedOrdering) relaxed++;
    }
    expect(relaxed).toBeGreaterThan(60);
    expect(relaxed).toBeLessThan(140);
  });

  it('puts aligned transfers on 64-byte lines and reaches every byte otherwise', () => {
    const stream = new RandomStream('skew');
    const seen = new Set<number>();
    for (let n = 0; n < 600; n++) {
      const item = workItem.create(stream);
      item.placement = n % 2 === 0 ? 'aligned' : 'anywhere';
      item.randomize();
      if (item.placement === 'aligned') expect(item.destinationSkew).toBe(0);
      else seen.add(item.destinationSkew);
      expect([4, 8]).toContain(item.operandBytes);
    }
    expect(seen.size).toBe(64);
  });
});

describe('placement', () => {
  it.each(PLACEMENTS)('stays in the area for every length and alignment: %s', (placement) => {
    const stream = new RandomStream(placement);
    for (let n = 0; n < 2000; n++) {
      const bytes = stream.pick([1, 2, 63, 64, 65, 4095, 4096, 4097, AREA.length]);
      const wish = { bytes, placement, align: 1, skew: stream.below(64) };
      const address = drawAddress(AREA, wish, stream);
      expect(address).toBeGreaterThanOrEqual(AREA.base);
      expect(address + bytes).toBeLessThanOrEqual(AREA.base + AREA.length);
    }
  });

  it('crosses a 4 KiB edge where that is wanted', () => {
    const stream = new RandomStream('edge');
    let crossed = 0;
    for (let n = 0; n < 300; n++) {
      const wish = { bytes: 100, placement: 'acrossEdge', align: 1, skew: 0 } as const;
      const address = drawAddress(AREA, wish, stream);
      if (Math.floor(address / 4096) !== Math.floor((address + 99) / 4096)) crossed++;
    }
    expect(crossed).toBeGreaterThan(240);
  });

  it('keeps operands of AtomicOps naturally aligned', () => {
    const stream = new RandomStream('atomic');
    for (const placement of PLACEMENTS) {
      for (let n = 0; n < 200; n++) {
        const wish = { bytes: 8, placement, align: ALIGN_8, skew: stream.below(64) };
        expect(drawAddress(AREA, wish, stream) % ALIGN_8).toBe(0);
      }
    }
  });

  it('gives destinations that are mapped and disjoint from all work in flight', () => {
    const stream = new RandomStream('disjoint');
    const tenant = tenantWith([3, 7]);
    const queue = queueWith(0);
    for (let n = 0; n < 60; n++) {
      const bytes = stream.range(1, 700);
      const wish = { bytes, placement: stream.pick(PLACEMENTS), align: 1, skew: n % 64 };
      const address = drawDestination(tenant, queue, wish, stream);
      if (address === undefined) continue;
      expect(queue.isFree(address, bytes)).toBe(true);
      for (const hole of [3, 7]) {
        const start = AREA.base + hole * 4096;
        expect(address + bytes <= start || address >= start + 4096).toBe(true);
      }
      queue.add({
        n: queue.posted,
        source: -1,
        destination: address,
        destinationBytes: bytes,
        dataBytes: bytes,
        hasRecord: true,
        answers: undefined,
      });
    }
    expect(queue.posted).toBeGreaterThan(40);
  });

  it('gives up when the area is too small or full of holes', () => {
    const stream = new RandomStream('full');
    const everywhere = Array.from({ length: 16 }, (_, i) => i);
    const wish = { bytes: 8, placement: 'anywhere', align: 1, skew: 0 } as const;
    expect(drawDestination(tenantWith(everywhere), queueWith(0), wish, stream)).toBeUndefined();
    const large = { ...wish, bytes: AREA.length + 1 };
    expect(drawDestination(tenantWith([]), queueWith(0), large, stream)).toBeUndefined();
  });
});

describe('spoil', () => {
  const spoiled = (refusal: Refusal, seed: number): WorkItem => {
    const stream = new RandomStream(`${refusal} ${seed}`);
    const item = workItem.create(stream);
    item.randomize();
    item.opcode = WorkOpcode.COPY;
    item.length = 100;
    item.interrupt = false;
    spoil(item, refusal, { tenant: tenantWith([]), queue: queueWith(2), stream });
    return item;
  };
  const reasons: Readonly<Record<Refusal, (item: WorkItem) => boolean>> = {
    badOpcode: (item) => item.opcode > WorkOpcode.CAS,
    zeroLength: (item) => item.length === 0,
    tooLong: (item) => item.length > WORK_LENGTH_MAX,
    misaligned: (item) => item.destination % item.length !== 0,
    reserved: (item) => item.reserved,
    badVector: (item) => item.interrupt && item.vector >= 2,
  };

  it.each(REFUSALS)('gives the device a reason to refuse: %s', (refusal) => {
    for (let seed = 0; seed < 50; seed++) {
      const item = spoiled(refusal, seed);
      expect(item.isRefused).toBe(true);
      expect(reasons[refusal](item)).toBe(true);
    }
  });
});
