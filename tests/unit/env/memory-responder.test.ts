// Answers to the device, held to the protocol's rules: siov-facts §9 R-CPL-1..5, §11; SRD §4 (5 us), §7.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atomicRequest, configRead, memoryRead, memoryWrite } from '#pcie/build';
import { byteLengthOf, completionEnds, firstByteAddress, readCompletionFault } from '#pcie/rules';
import type { Tlp } from '#pcie/tlp';
import { RandomStream } from '#random/random-stream';
import { ns, us } from '#kernel/time';
import { splitRead } from '#env/agents/completion-splits';
import {
  checkResponderConfig,
  DEFAULT_RESPONDER_CONFIG,
  type ResponderConfig,
} from '#env/agents/memory-responder-config';
import { PAGE_BYTES } from '#env/host/host-memory';
import { HostFixture, type SentTlp } from './host-fixture.ts';

const SEED = { seed: 1 };
const RID = 0x0203;
const BASE = 0x1_0000_0000 - 2 * PAGE_BYTES;
const LOOKAHEAD_PS = 250_000;

const spans = fc
  .record({ page: fc.nat(3), offset: fc.nat(4095), length: fc.integer({ min: 0, max: 4096 }) })
  .map(({ page, offset, length }) => ({
    address: BASE + page * PAGE_BYTES + offset,
    byteLength: Math.min(length, PAGE_BYTES - offset),
  }));
const configs: fc.Arbitrary<ResponderConfig> = fc.record({
  latencies: fc.constant([
    { weight: 3, minPs: 0, maxPs: ns(200) },
    { weight: 1, minPs: us(1), maxPs: us(4) },
  ]),
  gaps: fc.constantFrom(
    [{ weight: 1, minPs: 0, maxPs: 0 }],
    [{ weight: 1, minPs: ns(1), maxPs: ns(90) }],
  ),
  reorderPercent: fc.constantFrom(0, 50, 100),
  splitPercent: fc.constantFrom(0, 30, 100),
  rcbBytes: fc.constantFrom(64, 128),
});

/** The completions of each tag, in the order in which they were sent. */
function byTag(sent: readonly SentTlp[]): SentTlp[][] {
  const tags: SentTlp[][] = [];
  for (const one of sent) (tags[one.tlp.tag] ??= []).push(one);
  return tags;
}

/** Checks every completion of a read against the rules and returns the bytes delivered. */
function collect(
  request: Tlp,
  parts: readonly SentTlp[],
  config: ResponderConfig,
  mps: number,
): Uint8Array {
  const bytes: number[] = [];
  const start = firstByteAddress(request);
  const wanted = Math.max(1, byteLengthOf(request));
  for (const { tlp } of parts) {
    expect(tlp.kind).toBe('CplD');
    expect([tlp.status, tlp.requesterId, tlp.tc, tlp.attr, tlp.ep]).toEqual([
      0,
      request.requesterId,
      request.tc,
      request.attr,
      0,
    ]);
    expect(tlp.payload.length).toBeLessThanOrEqual(mps);
    const address = start + bytes.length;
    const awaited = { address, remainingBytes: wanted - bytes.length, rcbBytes: config.rcbBytes };
    expect(readCompletionFault(tlp, awaited)).toBeUndefined();
    const from = address & 3;
    bytes.push(...tlp.payload.subarray(from, from + awaited.remainingBytes));
  }
  expect(bytes.length).toBe(wanted);
  return Uint8Array.from(bytes);
}

describe('MemoryResponder, nothing injected', () => {
  it('answers every read in legal parts, in address order, in time, with what memory held when it arrived', () => {
    const sizes = fc.constantFrom(128, 256, 512, 4096);
    const runs = fc.record({
      reads: fc.array(fc.tuple(spans, fc.nat(500)), { minLength: 1, maxLength: 12 }),
      config: configs,
      mps: sizes,
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(runs, ({ reads, config, mps, seed }) => {
        const fixture = new HostFixture({ seed, responder: config });
        const { memory, child } = fixture.host;
        const pages = fixture.map(RID, BASE, 4);
        child.responder.maxPayloadBytes = mps;
        const expected: { request: Tlp; bytes: Uint8Array; arrivedPs: number }[] = [];
        let nowPs = 1000;
        for (const [span, pauseNs] of reads) {
          nowPs += ns(pauseNs);
          const tag = expected.length;
          const request = memoryRead({ requesterId: RID, tag, tc: 0, attr: 2, ...span });
          const at = pages[Math.floor((span.address - BASE) / PAGE_BYTES)] * PAGE_BYTES;
          const physical = at + (span.address % PAGE_BYTES);
          fixture.deliver(nowPs, request);
          expected.push({
            request,
            bytes: memory.read(physical, span.byteLength),
            arrivedPs: nowPs,
          });
          // What is written later must not be seen.
          memory.write(physical, new Uint8Array(span.byteLength));
        }
        fixture.run(nowPs + us(20));
        const answers = byTag(fixture.takeSent());
        expect(child.responder.pendingCount).toBe(0);
        for (const { request, bytes, arrivedPs } of expected) {
          const parts = answers[request.tag];
          const seen = collect(request, parts, config, mps);
          expect(seen.subarray(0, bytes.length)).toEqual(bytes);
          const last = parts[parts.length - 1];
          expect(last.timePs + LOOKAHEAD_PS).toBeLessThanOrEqual(arrivedPs - LOOKAHEAD_PS + us(5));
        }
      }),
      { ...SEED, numRuns: 60 },
    );
  });

  it('keeps the order of arrival when asked to, and does not otherwise', () => {
    const orders = [0, 100].map((reorderPercent) => {
      const latencies = [{ weight: 1, minPs: 0, maxPs: us(3) }];
      const responder = { ...DEFAULT_RESPONDER_CONFIG, latencies, reorderPercent };
      const fixture = new HostFixture({ responder });
      fixture.map(RID, BASE, 1);
      for (let tag = 0; tag < 20; tag++) {
        fixture.deliver(
          ns(10) * (tag + 1),
          memoryRead({ requesterId: RID, tag, address: BASE, byteLength: 4 }),
        );
      }
      fixture.run(us(10));
      return fixture.takeSent().map(({ tlp }) => tlp.tag);
    });
    expect(orders[0]).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(orders[1]).not.toEqual(orders[0]);
    expect([...orders[1]].sort((a, b) => a - b)).toEqual(orders[0]);
  });

  it('interleaves the completions of different reads', () => {
    const gaps = [{ weight: 1, minPs: ns(10), maxPs: ns(100) }];
    const latencies = [{ weight: 1, minPs: ns(100), maxPs: ns(100) }];
    const responder: ResponderConfig = {
      gaps,
      latencies,
      reorderPercent: 100,
      splitPercent: 100,
      rcbBytes: 64,
    };
    const fixture = new HostFixture({ responder });
    fixture.map(RID, BASE, 1);
    for (let tag = 0; tag < 2; tag++) {
      fixture.deliver(1000, memoryRead({ requesterId: RID, tag, address: BASE, byteLength: 1024 }));
    }
    fixture.run(us(10));
    const tags = fixture.takeSent().map(({ tlp }) => tlp.tag);
    expect(tags).toHaveLength(32);
    expect(tags.join('')).not.toMatch(/^(0+1+|1+0+)$/);
  });

  it('breaks where the rules of the protocol break for the same wishes', () => {
    const anySplit = fc.record({
      offset: fc.nat(4095),
      length: fc.integer({ min: 1, max: 4096 }),
      rcbBytes: fc.constantFrom(64 as const, 128 as const),
      maxPayloadBytes: fc.constantFrom(128, 256, 1024, 4096),
      every: fc.boolean(),
    });
    fc.assert(
      fc.property(anySplit, ({ offset, length, rcbBytes, maxPayloadBytes, every }) => {
        const byteCount = Math.min(length, 4096 - offset);
        const startByte = offset & 3;
        const range = { addressLow: offset - startByte, startByte, endByte: startByte + byteCount };
        const ends = new Uint16Array(65);
        const rules = { rcbBytes, maxPayloadBytes, splitPercent: every ? 100 : 0 };
        const count = splitRead(range, rules, new RandomStream('splits'), ends);
        const seen = Array.from(ends.subarray(0, count), (end) => end - startByte);
        const wishes = every ? Array.from({ length: 4096 }, (_, i) => i) : [];
        expect(seen).toEqual(
          completionEnds({ address: offset, byteCount }, wishes, { rcbBytes, maxPayloadBytes }),
        );
      }),
      SEED,
    );
  });

  it('writes exactly the enabled bytes, and lets a later read see them', () => {
    const writes = fc.tuple(spans, fc.infiniteStream(fc.nat(255)));
    fc.assert(
      fc.property(writes, ([{ address, byteLength }, bytes]) => {
        const fixture = new HostFixture();
        const pages = fixture.map(RID, BASE, 4);
        const { memory } = fixture.host;
        const page = pages[Math.floor((address - BASE) / PAGE_BYTES)];
        const wanted = memory.read(page * PAGE_BYTES, PAGE_BYTES);
        const data = Uint8Array.from([...bytes.take(byteLength)]);
        wanted.set(data, address % PAGE_BYTES);
        fixture.deliver(1000, memoryWrite({ requesterId: RID, address, bytes: data }));
        expect(memory.read(page * PAGE_BYTES, PAGE_BYTES)).toEqual(wanted);
        expect(fixture.faults).toEqual([]);
      }),
      { ...SEED, numRuns: 50 },
    );
  });

  it('performs AtomicOps on arrival and answers with the old value', () => {
    const fixture = new HostFixture();
    const [page] = fixture.map(RID, BASE, 1);
    const { memory } = fixture.host;
    memory.writeU32(page * PAGE_BYTES + 8, 0xffff_fffe);
    const operands = Uint8Array.from([5, 0, 0, 0]);
    fixture.deliver(
      1000,
      atomicRequest({ requesterId: RID, tag: 9, op: 'FetchAdd', address: BASE + 8, operands }),
    );
    expect(memory.readU32(page * PAGE_BYTES + 8)).toBe(3);
    fixture.run(us(5));
    const [{ tlp }] = fixture.takeSent();
    expect(tlp).toMatchObject({ kind: 'CplD', tag: 9, byteCount: 4, lowerAddress: 0, lengthDw: 1 });
    expect([...tlp.payload]).toEqual([0xfe, 0xff, 0xff, 0xff]);
    const cas = Uint8Array.from([3, 0, 0, 0, 77, 0, 0, 0]);
    fixture.deliver(
      us(6),
      atomicRequest({ requesterId: RID, op: 'CAS', address: BASE + 8, operands: cas }),
    );
    expect(memory.readU32(page * PAGE_BYTES + 8)).toBe(77);
  });
});

describe('MemoryResponder, what it refuses', () => {
  it.each([
    ['a RID never granted', 'RID not granted', (f: HostFixture) => f.host.rootPort.revoke(RID)],
    [
      'a RID outside the bus range',
      'outside bus range',
      (f: HostFixture) => f.host.rootPort.setBusRange(3, 4),
    ],
    ['a hole', 'not mapped', (f: HostFixture) => f.host.iommu.domain(RID).unmap(BASE, PAGE_BYTES)],
    ['no domain', 'no domain', (f: HostFixture) => f.host.iommu.removeDomain(RID)],
  ])('%s: UR for reads, nothing for writes, a fault record for both', (_name, reason, break_) => {
    const fixture = new HostFixture();
    const [page] = fixture.map(RID, BASE, 1);
    const before = fixture.host.memory.read(page * PAGE_BYTES, 64);
    break_(fixture);
    fixture.deliver(
      1000,
      memoryRead({ requesterId: RID, tag: 3, address: BASE + 5, byteLength: 100 }),
    );
    fixture.deliver(
      2000,
      memoryWrite({ requesterId: RID, address: BASE, bytes: new Uint8Array(64) }),
    );
    fixture.run(us(6));
    const sent = fixture.takeSent();
    expect(sent.map(({ tlp }) => [tlp.kind, tlp.status, tlp.tag, tlp.byteCount])).toEqual([
      ['Cpl', 1, 3, 100],
    ]);
    expect(fixture.faults).toEqual([
      { rid: RID, pasid: -1, address: BASE + 4, isWrite: false, reason, timePs: 1000 },
      { rid: RID, pasid: -1, address: BASE, isWrite: true, reason, timePs: 2000 },
    ]);
    expect(fixture.host.memory.read(page * PAGE_BYTES, 64)).toEqual(before);
  });

  it('read and write permission apart', () => {
    const fixture = new HostFixture();
    fixture.map(RID, BASE, 1, { writable: false });
    fixture.map(RID, BASE + PAGE_BYTES, 1, { readable: false });
    const bytes = new Uint8Array(4);
    fixture.deliver(1000, memoryWrite({ requesterId: RID, address: BASE, bytes }));
    fixture.deliver(
      1000,
      memoryRead({ requesterId: RID, address: BASE + PAGE_BYTES, byteLength: 4 }),
    );
    fixture.deliver(
      1000,
      atomicRequest({ requesterId: RID, op: 'Swap', address: BASE, operands: bytes }),
    );
    expect(fixture.faults.map(({ reason }) => reason)).toEqual([
      'write denied',
      'read denied',
      'write denied',
    ]);
  });

  it('requests of other kinds, other address types, AtomicOps of wrong size, addresses from 2^52 on', () => {
    const fixture = new HostFixture();
    fixture.map(RID, BASE, 2);
    const config = configRead({
      requesterId: RID,
      tag: 1,
      destinationId: 0,
      offset: 0,
      byteLength: 4,
    });
    fixture.deliver(1000, config);
    const translated = memoryRead({ requesterId: RID, tag: 2, address: BASE, byteLength: 4 });
    translated.at = 2;
    fixture.deliver(1000, translated);
    const operands = new Uint8Array(16);
    fixture.deliver(
      1000,
      atomicRequest({ requesterId: RID, tag: 3, op: 'Swap', address: BASE, operands }),
    );
    const high = memoryRead({ requesterId: RID, tag: 4, address: 2 ** 40, byteLength: 4 });
    high.addressHigh = 0xffff_ffff;
    fixture.deliver(1000, high);
    fixture.run(us(6));
    const answers = byTag(fixture.takeSent());
    for (let tag = 1; tag <= 4; tag++)
      expect(answers[tag][0].tlp).toMatchObject({ kind: 'Cpl', status: 1 });
    const reasons = fixture.faults.map(({ reason }) => reason);
    expect(reasons).toEqual([...Array<string>(3).fill('unsupported request'), 'address too high']);
  });

  it('nothing that crosses a page boundary, as long as both pages are mapped: the checkers judge it', () => {
    const fixture = new HostFixture();
    const [first, second] = fixture.map(RID, BASE, 2);
    const request = memoryRead({ requesterId: RID, tag: 1, address: BASE, byteLength: 16 });
    request.address = BASE + PAGE_BYTES - 8;
    fixture.deliver(1000, request);
    const write = memoryWrite({
      requesterId: RID,
      address: BASE + 1,
      bytes: new Uint8Array(14).fill(7),
    });
    write.address = BASE + PAGE_BYTES - 8;
    const { memory } = fixture.host;
    const before = [
      ...memory.read(first * PAGE_BYTES + PAGE_BYTES - 8, 8),
      ...memory.read(second * PAGE_BYTES, 8),
    ];
    fixture.deliver(1000, write);
    const after = [
      ...memory.read(first * PAGE_BYTES + PAGE_BYTES - 8, 8),
      ...memory.read(second * PAGE_BYTES, 8),
    ];
    expect(after).toEqual([before[0], ...Array<number>(14).fill(7), before[15]]);
    fixture.run(us(6));
    const data = fixture.takeSent().flatMap(({ tlp }) => [...tlp.payload]);
    expect(data).toEqual(before);
  });

  it('survives whatever bytes arrive', () => {
    const anyBytes = fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 20 });
    fc.assert(
      fc.property(anyBytes, (tlps) => {
        const fixture = new HostFixture();
        fixture.map(0, 0, 1);
        tlps.forEach((bytes, i) => fixture.deliverBytes(1000 * (i + 1), bytes));
        fixture.run(us(20));
        expect(fixture.host.child.responder.pendingCount).toBe(0);
      }),
      { ...SEED, numRuns: 200 },
    );
  });
});

describe('MemoryResponder, interrupts', () => {
  const message = (bytes: number[], pasid = -1): Tlp =>
    memoryWrite({ requesterId: RID, address: 0xfee0_0004, bytes: Uint8Array.from(bytes), pasid });

  it('delivers a message of one DW, and refuses what only looks like one', () => {
    const fixture = new HostFixture();
    fixture.map(RID, BASE, 1);
    fixture.host.iommu.domain(RID).mapMessages(0xfee0_0000, PAGE_BYTES);
    fixture.host.iommu.domain(RID, 5);
    fixture.deliver(1000, message([1, 2, 3, 0x84]));
    fixture.deliver(2000, message([1, 2, 3, 4, 5, 6, 7, 8]));
    fixture.deliver(3000, message([1, 2]));
    fixture.deliver(4000, message([1, 2, 3, 4], 5));
    const poisoned = message([1, 2, 3, 4]);
    poisoned.ep = 1;
    fixture.deliver(5000, poisoned);
    fixture.deliver(6000, memoryRead({ requesterId: RID, address: 0xfee0_0004, byteLength: 4 }));
    expect(fixture.interrupts).toEqual([
      { rid: RID, address: 0xfee0_0004, data: 0x8403_0201, timePs: 1000 },
    ]);
    expect(fixture.faults.map(({ timePs, reason }) => [timePs, reason])).toEqual([
      [2000, 'bad message'],
      [3000, 'bad message'],
      [4000, 'not mapped'],
      [5000, 'bad message'],
      [6000, 'message window'],
    ]);
  });
});

describe('MemoryResponder, streams and reset', () => {
  it('draws the answer of an operation from its own stream: leaving one operation out changes no other answer', () => {
    const run = (tags: readonly number[]): SentTlp[][] => {
      const responder = { ...DEFAULT_RESPONDER_CONFIG, reorderPercent: 100 };
      const fixture = new HostFixture({ responder });
      fixture.map(RID, BASE, 4);
      const streams = [0, 1, 2, 3].map((n) => new RandomStream(`operation ${n}`));
      const page = (address: number): number => Math.floor((address - BASE) / PAGE_BYTES);
      fixture.host.child.responder.streamFor = (_rid, address) => streams[page(address)];
      for (const tag of tags) {
        const address = BASE + tag * PAGE_BYTES;
        fixture.deliver(
          ns(100) * (tag + 1),
          memoryRead({ requesterId: RID, tag, address, byteLength: 2048 }),
        );
      }
      fixture.run(us(20));
      return byTag(fixture.takeSent());
    };
    const all = run([0, 1, 2, 3]);
    const cut = run([0, 2, 3]);
    const shape = (parts: SentTlp[]): unknown =>
      parts.map(({ timePs, tlp }) => [timePs, tlp.byteCount]);
    for (const tag of [0, 2, 3]) expect(shape(cut[tag])).toEqual(shape(all[tag]));
  });

  it('answers nothing from before a reset', () => {
    const fixture = new HostFixture();
    fixture.map(RID, BASE, 1);
    fixture.deliver(1000, memoryRead({ requesterId: RID, tag: 1, address: BASE, byteLength: 512 }));
    const { link } = fixture.host.child;
    fixture.spawn(link.reset('hot'));
    fixture.run(2000);
    link.resetDone();
    expect(fixture.host.child.responder.pendingCount).toBe(0);
    fixture.deliver(3000, memoryRead({ requesterId: RID, tag: 2, address: BASE, byteLength: 4 }));
    fixture.run(us(10));
    expect(fixture.takeSent().map(({ tlp }) => tlp.tag)).toEqual([2]);
  });
});

describe('ResponderConfig', () => {
  it.each([
    [{ latencies: [] }, 'latencies is empty'],
    [{ gaps: [{ weight: 0, minPs: 0, maxPs: 1 }] }, 'gaps holds weight 0'],
    [{ latencies: [{ weight: 1, minPs: 5, maxPs: 4 }] }, 'latencies holds weight 1, 5..4 ps'],
    [{ latencies: [{ weight: 1, minPs: 0, maxPs: us(5) }] }, '≤ 4000000 ps'],
    [{ reorderPercent: 101 }, 'reorderPercent is 101'],
    [{ splitPercent: -1 }, 'splitPercent is -1'],
  ])('refuses %j', (wrong, text) => {
    expect(() => checkResponderConfig({ ...DEFAULT_RESPONDER_CONFIG, ...wrong })).toThrow(text);
  });
});
