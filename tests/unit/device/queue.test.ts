// The queue of a control page (SRD §7): registers, start and stop, halt codes, rings, fairness, the page's access rules.
import { describe, expect, it } from 'vitest';
import { memoryRead, memoryWrite } from '#pcie/build';
import { PageRegister } from '#siov/srd-registers';
import { WorkOpcode } from '#siov/work';
import { BAR0, BAR2, failure, placesOf, TestHost } from './test-host.ts';

const { CTRL, STATE, RING_SIZE, HEAD, TAIL, OPS } = PageRegister;
const PAGE = 4096;
const BAD_RING = 0x24;
const halted = (code: number): number => (code << 8) | 4;

describe('control page', () => {
  it('stores what is RW, and reads 0 elsewhere', () => {
    const host = new TestHost().boot();
    host.create(0, { firstPage: 0, pageCount: 2 });
    const stored: Record<number, number> = {
      0x08: 0xffff_ffff,
      0x0c: 0xffff_ffff,
      0x10: 0xffff_ffff,
      0x18: 0x0000_ffff,
      0x20: 0xffff_ffff,
      0x24: 0xffff_ffff,
      0x28: 0x800f_ffff,
      0x100: 0xffff_ffff,
      0x13c: 0xffff_ffff,
    };
    for (let offset = 4; offset < 0x150; offset += 4) host.write(BAR2 + offset, 0xffff_ffff);
    for (let offset = 4; offset < 0x100; offset += 4) {
      expect(host.read(BAR2 + offset), offset.toString(16)).toBe(stored[offset] ?? 0);
    }
    expect(host.read(BAR2 + 0x140)).toBe(0);
    expect(host.read(BAR2 + 0x13c)).toBe(0xffff_ffff);
    host.write(BAR2 + PAGE + RING_SIZE, 5);
    expect(host.read(BAR2 + PAGE + RING_SIZE)).toBe(0);
    host.write(BAR2 + PAGE + 0x104, 6);
    expect(host.read(BAR2 + PAGE + 0x104)).toBe(6);
  });

  it('is read without side effects by a zero-length read, and not written by a zero-length write', () => {
    const host = new TestHost().boot();
    host.openSdi(0);
    const page = BAR2;
    const write = memoryWrite({ requesterId: 0, address: page + CTRL, bytes: new Uint8Array(4) });
    write.firstBe = 0;
    host.send(write);
    expect(host.read(page + CTRL)).toBe(1);
    const completion = host.request(memoryRead({ requesterId: 0, address: page, byteLength: 0 }));
    expect(completion).toMatchObject({ kind: 'CplD', status: 0, lengthDw: 1, byteCount: 1 });
  });

  it.each([
    ['too long a read', 0, 12, 4],
    ['an unaligned read of 2 DW', 4, 8, 4],
  ])('answers CA to %s', (_, offset, byteLength, status) => {
    const host = new TestHost().boot();
    host.create(0);
    expect(host.readTlp(BAR2 + offset, byteLength).status).toBe(status);
    expect(host.config(0x104)).toBe(1 << 15);
    expect(host.read(BAR0 + 0x18)).toBe(0);
    const bytes = new Uint8Array(byteLength).fill(0xff);
    host.send(memoryWrite({ requesterId: 0, address: BAR2 + 0x100 + offset, bytes }));
    expect(host.read(BAR2 + 0x100 + offset)).toBe(0);
    expect(host.read(BAR0 + 0x18)).toBe(0);
  });

  it('ignores PASID, TH, AT and attributes', () => {
    const host = new TestHost().boot();
    host.create(0);
    const write = memoryWrite({
      requesterId: 0,
      address: BAR2 + 0x100,
      bytes: Uint8Array.of(1, 2, 3, 4),
      pasid: 77,
      attr: 7,
    });
    write.at = 2;
    write.th = 1;
    host.send(write);
    expect(host.read(BAR2 + 0x100)).toBe(0x0403_0201);
  });
});

describe('queue', () => {
  it('does not run before ENABLE_SDI', () => {
    const host = new TestHost().boot();
    host.create(0);
    const { page, ring, records } = placesOf(0, 8);
    host.startQueue(page, ring, 8, records);
    host.write(page + TAIL, 2);
    host.run(10_000_000);
    expect([host.read(page + HEAD), host.read(page + STATE)]).toEqual([0, 0]);
    host.enable(0);
    host.run(10_000_000);
    expect([HEAD, OPS, STATE].map((at) => host.read(page + at))).toEqual([2, 2, 1]);
  });

  it('halts on a ring size that is not allowed, and on too much work', () => {
    const host = new TestHost({ params: { ringMax: 64 } }).boot();
    const { page, ring, records } = host.openSdi(0, 8);
    for (const size of [0, 1, 3, 65, 128, 0x8000_0000]) {
      host.write(page + CTRL, 0);
      host.startQueue(page, ring, size, records);
      expect(host.read(page + STATE), `size ${size}`).toBe(1 | halted(BAD_RING));
    }
    host.write(page + CTRL, 0);
    host.startQueue(page, ring, 8, records);
    expect(host.read(page + STATE)).toBe(1);
    host.write(page + TAIL, 9);
    expect(host.read(page + STATE)).toBe(1 | halted(BAD_RING));
    host.write(page + TAIL, 3);
    host.run(5_000_000);
    expect(host.read(page + HEAD)).toBe(0);
  });

  it('keeps the first halt code, and restarts with CTRL 1, 0, 1', () => {
    const host = new TestHost().boot();
    const queue = host.openSdi(0, 8);
    const { page, ring, records } = queue;
    host.answer = (request) => failure(request, 4);
    host.write(page + TAIL, 1);
    host.run(5_000_000);
    expect(host.read(page + STATE)).toBe(1 | halted(0x11));
    expect([host.read(page + HEAD), host.read(page + OPS)]).toEqual([0, 0]);
    host.write(page + TAIL, 100);
    expect(host.read(page + STATE)).toBe(1 | halted(0x11));
    host.answer = () => undefined;
    host.write(page + CTRL, 0);
    expect(host.read(page + STATE)).toBe(1 | halted(0x11));
    host.startQueue(page, ring, 8, records);
    expect([host.read(page + STATE), host.read(page + TAIL)]).toEqual([1, 0]);
    expect(host.execute(queue, [{}])[0]).toMatchObject({ status: 0, phase: 1, n: 0 });
  });

  it.each([
    [1, 0x10],
    [2, 0x10],
    [3, 0x10],
    [4, 0x11],
    [7, 0x10],
  ])('halts when the fetch gets status %i', (status, code) => {
    const host = new TestHost().boot();
    const { page } = host.openSdi(0);
    host.answer = (request) => failure(request, status);
    host.write(page + TAIL, 1);
    host.run(5_000_000);
    expect(host.read(page + STATE)).toBe(1 | halted(code));
    expect(host.writesFrom(0)).toHaveLength(0);
  });

  it('goes round its ring, with phases, past 2^16', () => {
    const host = new TestHost().boot();
    const { ring, records, page } = host.openSdi(0, 4);
    const phases: number[] = [];
    for (let n = 0; n < 12; n += 4) {
      const places = { ring, records, page, entries: 4 };
      for (const record of host.execute(places, [{}, {}, {}, {}], n)) phases.push(record.phase);
    }
    expect(phases).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1]);
    host.answerDelayPs = () => 50_000;
    for (let n = 12; n < 0x1_0004; n += 4) {
      host.write(page + TAIL, n + 4);
      const last = (n + 3) & 0xffff;
      host.runUntil(() => host.record(records, 4, 3).n === last);
      host.seen.length = 0;
    }
    expect(host.record(records, 4, 3)).toMatchObject({ n: 3, phase: 1 });
    expect(host.record(records, 4, 0)).toMatchObject({ n: 0, phase: 1 });
  });

  it('finishes the descriptor in execution when stopped, and lets it be when started anew', () => {
    const host = new TestHost().boot();
    const { page, ring, records } = host.openSdi(0, 8);
    const work = { opcode: WorkOpcode.COPY, length: 4096, source: 0x9000, destination: 0x2_0000 };
    host.answerDelayPs = (tlp) => (tlp.address >= ring ? 100_000 : 6_000_000);
    host.post(ring, 8, 0, work);
    host.post(ring, 8, 1, work);
    host.write(page + TAIL, 2);
    host.run(1_700_000);
    expect(host.read(page + STATE)).toBe(3);
    const head = host.read(page + HEAD);
    host.write(page + CTRL, 0);
    host.startQueue(page, ring + 0x1000, 4, records + 0x1000);
    host.run(20_000_000);
    expect(head).toBe(1);
    expect([HEAD, TAIL, OPS, STATE].map((at) => host.read(page + at))).toEqual([0, 0, 1, 1]);
    expect(host.record(records, 8, 0)).toMatchObject({ status: 0, bytesTransferred: 4096 });
    const places = { page, ring: ring + 0x1000, records: records + 0x1000, entries: 4 };
    expect(host.execute(places, [{}])[0]).toMatchObject({ status: 0, n: 0, phase: 1 });
  });

  it('is not disturbed by a failing fetch from before its restart', () => {
    const host = new TestHost().boot();
    const queue = host.openSdi(0, 8);
    host.answerDelayPs = () => 4_000_000;
    host.answer = (request) => failure(request, 1);
    host.write(queue.page + TAIL, 1);
    host.run(1_000_000);
    host.write(queue.page + CTRL, 0);
    host.startQueue(queue.page, queue.ring, 8, queue.records);
    host.run(8_000_000);
    expect(host.read(queue.page + STATE)).toBe(1);
    host.answer = () => undefined;
    expect(host.execute(queue, [{}])[0].status).toBe(0);
  });

  it('ignores address bits 63:52 and those below the alignment', () => {
    const host = new TestHost().boot();
    host.create(0);
    host.enable(0);
    const ring = 0x1234_5000;
    host.write(BAR2 + PageRegister.RING_BASE_LOW, ring + 63);
    host.write(BAR2 + PageRegister.RING_BASE_HIGH, 0xfff0_0000);
    host.write(BAR2 + PageRegister.RECORD_BASE_LOW, ring + 0x1000 + 15);
    host.write(BAR2 + PageRegister.RECORD_BASE_HIGH, 0xabc0_0000);
    host.write(BAR2 + RING_SIZE, 2);
    host.write(BAR2 + CTRL, 1);
    const places = { page: BAR2, ring, records: ring + 0x1000, entries: 2 };
    expect(host.execute(places, [{}])[0]).toMatchObject({ status: 0, n: 0 });
    expect(host.read(BAR2 + PageRegister.RING_BASE_LOW)).toBe(ring + 63);
    expect(host.read(BAR2 + PageRegister.RING_BASE_HIGH)).toBe(0xfff0_0000);
  });

  it('waits while Bus Master Enable is 0, in the middle of a descriptor, too', () => {
    const host = new TestHost().boot();
    const queue = host.openSdi(0);
    const work = { opcode: WorkOpcode.FILL, length: 200_000, destination: 0x100_0000 };
    host.post(queue.ring, 16, 0, work);
    host.write(queue.page + TAIL, 1);
    host.run(3_000_000);
    host.configWrite(0x04, 2, 2);
    host.run(1_000_000);
    const from = host.seen.length;
    expect(host.writesFrom(0).length).toBeGreaterThan(0);
    host.run(20_000_000);
    expect(host.writesFrom(from)).toHaveLength(0);
    expect(host.read(queue.page + STATE)).toBe(3);
    host.configWrite(0x04, 6, 2);
    host.run(40_000_000);
    expect(host.read(queue.page + OPS)).toBe(1);
  });

  it('does the same in D3hot, where BARs answer UR', () => {
    const host = new TestHost().boot();
    const queue = host.openSdi(0);
    host.configWrite(0x44, 3, 1);
    expect(host.readTlp(queue.page).status).toBe(1);
    host.configWrite(0x44, 0, 1);
    expect(host.read(queue.page + CTRL)).toBe(1);
    expect(host.execute(queue, [{}])[0].status).toBe(0);
  });
});

describe('scheduling', () => {
  it('is fair: between ready and fetched, at most one descriptor of each other queue and engine', () => {
    const host = new TestHost({ params: { engineCount: 2 } }).boot();
    const queues = Array.from({ length: 12 }, (_, sdi) => host.openSdi(sdi));
    for (const { ring, page } of queues) {
      for (let n = 0; n < 10; n++) host.post(ring, 16, n, { opcode: WorkOpcode.NOP });
      host.write(page + TAIL, 10);
    }
    host.run(200_000_000);
    const fetches = host.readsFrom(0).map((tlp) => tlp.requesterId);
    expect(fetches).toHaveLength(120);
    const lastOf = new Map<number, number>();
    fetches.forEach((rid, at) => {
      const before = lastOf.get(rid) ?? 0;
      expect(at - before - 1).toBeLessThanOrEqual(12 + 2);
      lastOf.set(rid, at);
    });
  });

  it('executes several queues at a time, each in order', () => {
    const host = new TestHost().boot();
    const queues = [0, 1, 2, 3, 4, 5].map((sdi) => host.openSdi(sdi));
    for (const { ring, page } of queues) {
      const work = { opcode: WorkOpcode.CRC32, length: 5000, source: 0x1000 };
      for (let n = 0; n < 3; n++) host.post(ring, 16, n, work);
      host.write(page + TAIL, 3);
    }
    host.run(1_500_000);
    expect(host.read(BAR0 + 0x10) & 2).toBe(2);
    const executing = queues.filter(({ page }) => (host.read(page + STATE) & 2) !== 0);
    expect(executing.length).toBeGreaterThan(1);
    host.run(60_000_000);
    for (const { records } of queues) {
      const numbers = host.writesFrom(0).filter((tlp) => Math.abs(tlp.address - records) < 64);
      expect(numbers.map((tlp) => (tlp.address - records) / 16)).toEqual([0, 1, 2]);
    }
    expect(host.read(BAR0 + 0x10) & 2).toBe(0);
  });
});
