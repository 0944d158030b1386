// The shape of the device's requests (SRD §7): sizes, boundaries, byte enables, headers, attributes, PASID, tags.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cut } from '#device/character';
import { requestBytes, shapeRequest } from '#device/request-shape';
import { byteLengthOf, firstByteAddress, requestFaults } from '#pcie/rules';
import { isAtomic, isMemoryRead, isMemoryWrite, Tlp } from '#pcie/tlp';
import { RandomStream } from '#random/random-stream';
import { WorkOpcode } from '#siov/work';
import { PageRegister } from '#siov/srd-registers';
import { BAR2, pattern, TestHost, VF_BAR0, type Seen } from './test-host.ts';

const LOW = 0x4000_0000;
const HIGH = 0x50_0000_0000;

/** Every request the device has sent. */
function requests(host: TestHost, from = 0): Tlp[] {
  const isRequest = ({ tlp }: Seen): boolean =>
    isMemoryRead(tlp.kind) || isMemoryWrite(tlp.kind) || isAtomic(tlp.kind);
  return host.seen
    .slice(from)
    .filter(isRequest)
    .map((seen) => seen.tlp);
}

describe('requests', () => {
  it.each([
    [128, 128],
    [256, 4096],
    [512, 512],
    [4096, 1024],
  ])('obey MPS %i and MRRS %i, and 4 KiB', (maxPayload, maxRead) => {
    const host = new TestHost({ params: { maxPayload } }).boot(maxPayload, maxRead);
    const queue = host.openSdi(1);
    const data = pattern(9000);
    let n = 0;
    for (const [source, destination, length] of [
      [LOW + 1, HIGH + 4095, 9000],
      [HIGH + 4090, LOW + 2, 4099],
      [LOW + 0xffd, HIGH + 0xffe, 3],
      [LOW - 5, 0xffff_fffa, 4096],
    ]) {
      const from = host.seen.length;
      host.poke(source, data.subarray(0, length));
      host.execute(queue, [{ opcode: WorkOpcode.COPY, length, source, destination }], n++);
      expect(host.peek(destination, length)).toEqual(data.subarray(0, length));
      const limits = { maxPayloadBytes: maxPayload, maxReadRequestBytes: maxRead };
      for (const tlp of requests(host, from)) expect(requestFaults(tlp, limits)).toEqual([]);
      const writes = host
        .writesFrom(from)
        .filter((tlp) => tlp.address >= destination - 3 && tlp.address < destination + length);
      let at = destination;
      for (const tlp of writes) {
        expect(firstByteAddress(tlp)).toBe(at);
        at += byteLengthOf(tlp);
      }
      expect(at).toBe(destination + length);
      const asked = host
        .readsFrom(from)
        .filter((tlp) => tlp.address < queue.ring || tlp.address > queue.ring + 0x1_0000)
        .reduce((sum, tlp) => sum + byteLengthOf(tlp), 0);
      expect(asked).toBe(length);
    }
  });

  it('are several reads in flight, whose answers come in any order', () => {
    const host = new TestHost({ splitBytes: 64 }).boot();
    const queue = host.openSdi(0);
    let turn = 0;
    host.answerDelayPs = () => [3_000_000, 100_000, 1_500_000, 700_000][turn++ % 4];
    const data = pattern(40_000, 3);
    host.poke(LOW, data);
    const work = { opcode: WorkOpcode.COPY, length: 40_000, source: LOW, destination: HIGH + 3 };
    const [record] = host.execute(queue, [work]);
    expect(record.status).toBe(0);
    expect(host.peek(HIGH + 3, 40_000)).toEqual(data);
  });

  it('set Relaxed Ordering on data writes alone, and only where it is enabled', () => {
    const host = new TestHost().boot();
    const queue = host.openSdi(0);
    const work = {
      opcode: WorkOpcode.COPY,
      length: 300,
      source: LOW,
      destination: HIGH,
      relaxedOrdering: true,
    };
    host.execute(queue, [work]);
    for (const tlp of requests(host)) {
      expect(tlp.attr).toBe(isMemoryWrite(tlp.kind) && tlp.address >= HIGH ? 2 : 0);
    }
    host.configWrite(0x68, 0, 1);
    const from = host.seen.length;
    host.execute(queue, [work], 1);
    expect(requests(host, from).every((tlp) => tlp.attr === 0)).toBe(true);
  });

  it('carry the PASID that was latched, on all but interrupts', () => {
    const host = new TestHost().boot();
    host.configWrite(0x196, 1, 1);
    host.create(0);
    host.enable(0);
    host.write(BAR2 + PageRegister.PASID, 0xfff5_4321);
    expect(host.read(BAR2 + PageRegister.PASID)).toBe(0x8005_4321);
    const entry = 0x1_0001_0000;
    host.write(entry, 0xfee0_0000);
    host.write(entry + 12, 0);
    host.startQueue(BAR2, 0x10_0000_0000, 16, 0x10_0000_8000);
    host.write(BAR2 + PageRegister.PASID, 0x8000_0001);
    const queue = { page: BAR2, ring: 0x10_0000_0000, records: 0x10_0000_8000, entries: 16 };
    const work = { opcode: WorkOpcode.COPY, length: 99, source: LOW, destination: HIGH };
    host.execute(queue, [{ ...work, interrupt: true }]);
    for (const tlp of requests(host)) {
      const isInterrupt = tlp.address === 0xfee0_0000;
      expect(tlp.pasid).toBe(isInterrupt ? -1 : 0x5_4321);
      expect([tlp.pasidExecute, tlp.pasidPrivileged]).toEqual([0, 0]);
    }
    expect(host.writesFrom(0).some((tlp) => tlp.address === 0xfee0_0000)).toBe(true);
    host.configWrite(0x196, 0, 1);
    const from = host.seen.length;
    host.execute(queue, [work], 1);
    expect(requests(host, from).every((tlp) => tlp.pasid === -1)).toBe(true);
  });

  it.each([
    { width: 5, control: 0, control2: 0, low: 0, high: 31 },
    { width: 8, control: 0x100, control2: 0, low: 0, high: 255 },
    { width: 10, control: 0x100, control2: 0x1000, low: 256, high: 1023 },
  ])('use tags of $width bits', ({ control, control2, low, high }) => {
    const host = new TestHost().boot();
    host.configWrite(0x68, 0x2810 | control, 2);
    host.configWrite(0x88, control2, 2);
    const queue = host.openSdi(0);
    for (let n = 0; n < 20; n++) {
      const work = { opcode: WorkOpcode.CRC32, length: 40_000, source: HIGH };
      host.execute(queue, [work], n);
    }
    const tags = host.readsFrom(0).map((tlp) => tlp.tag);
    expect(Math.min(...tags)).toBe(low);
    expect(Math.max(...tags)).toBeLessThanOrEqual(high);
    expect(tags.length).toBeGreaterThan(high - low);
  });

  it('give VFs their own tag width and RID', () => {
    const host = new TestHost().boot();
    host.configWrite(0x160, 2, 2);
    host.configWrite(0x174, VF_BAR0);
    host.configWrite(0x158, 0x29, 1);
    host.configWrite(0x04, 4, 2, 0x102);
    const page = VF_BAR0 + 4096;
    host.startQueue(page, LOW, 4, LOW + 0x1000);
    const from = host.seen.length;
    const places = { page, ring: LOW, records: LOW + 0x1000, entries: 4 };
    host.execute(places, [
      { opcode: WorkOpcode.COPY, length: 600, source: HIGH, destination: HIGH },
    ]);
    expect(requests(host, from).every((tlp) => tlp.requesterId === 0x102)).toBe(true);
    expect(host.readsFrom(from).every((tlp) => tlp.tag >= 256)).toBe(true);
  });

  it('are never more than 64 outstanding, and no (RID, tag) pair twice', () => {
    const host = new TestHost({ params: { engineCount: 8 } }).boot(128, 128);
    host.configWrite(0x68, 0x0810, 2);
    const queues = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((sdi) => host.openSdi(sdi));
    const open = new Map<string, number>();
    let most = 0;
    host.answerDelayPs = (tlp) => 1_000_000 + (tlp.tag % 7) * 150_000;
    host.answer = (tlp) => {
      if (!isMemoryRead(tlp.kind)) return undefined;
      const sentPs = host.seen.at(-1)?.timePs ?? 0;
      for (const [key, untilPs] of open) if (untilPs <= sentPs) open.delete(key);
      const key = `${tlp.requesterId} ${tlp.tag}`;
      expect(open.has(key)).toBe(false);
      open.set(key, sentPs + 500_000 + host.answerDelayPs(tlp));
      most = Math.max(most, open.size);
      return undefined;
    };
    for (const queue of queues) {
      const work = { opcode: WorkOpcode.CRC32, length: 20_000, source: HIGH };
      for (let n = 0; n < 4; n++) host.post(queue.ring, 16, n, work);
      host.write(queue.page + PageRegister.TAIL, 4);
    }
    host.run(300_000_000);
    expect(most).toBe(64);
    for (const queue of queues) expect(host.read(queue.page + PageRegister.OPS)).toBe(4);
  });
});

describe('shape of a request', () => {
  it('covers exactly the bytes asked for, legally (property)', () => {
    const random = new RandomStream('cuts');
    const property = fc.property(
      fc.integer({ min: 0, max: 20_000 }),
      fc.integer({ min: 1, max: 20_000 }),
      fc.constantFrom(128, 256, 512, 1024, 2048, 4096),
      fc.record({
        bytesMax: fc.constantFrom(64, 128, 512, 4096),
        cut: fc.constantFrom(...Object.values(Cut)),
      }),
      (address, wanted, maxBytes, sizes) => {
        const bytes = requestBytes(address, wanted, maxBytes, { sizes, random });
        const tlp = new Tlp();
        tlp.kind = 'MRd32';
        shapeRequest(tlp, address, bytes);
        expect(bytes).toBeGreaterThan(0);
        expect(bytes).toBeLessThanOrEqual(wanted);
        expect(firstByteAddress(tlp)).toBe(address);
        expect(byteLengthOf(tlp)).toBe(bytes);
        const limits = { maxPayloadBytes: 4096, maxReadRequestBytes: maxBytes };
        expect(requestFaults(tlp, limits)).toEqual([]);
      },
    );
    fc.assert(property, { seed: 1, numRuns: 500 });
  });
});
