// Resets (SRD §6, §8, §9): SDI reset with restore and reconfigure, VF FLR, VF Enable := 0, PF FLR, cold and hot reset;
// what is aborted, what is kept, late completions, and that nobody else notices.
import { describe, expect, it } from 'vitest';
import { AdminOpcode, encodeCreateArguments } from '#siov/srd-admin';
import { CommandStatus } from '#siov/sdi-life';
import { PageRegister, PfError, PfRegister } from '#siov/srd-registers';
import { WorkOpcode } from '#siov/work';
import { isMemoryRead } from '#pcie/tlp';
import { BAR0, BAR2, BAR4, pattern, TestHost, VF_BAR0, type QueuePlaces } from './test-host.ts';

const { CTRL, STATE, TAIL, OPS } = PageRegister;
const { RESET_SDI, QUERY_SDI, DESTROY_SDI } = AdminOpcode;
const LATE = BAR0 + PfRegister.LATE_COMPLETIONS;
const ERRORS = BAR0 + PfRegister.ERRORS;
const COPY = { opcode: WorkOpcode.COPY, length: 8000, source: 0x100_0000, destination: 0x200_0000 };
const entryOf = (index: number): number => BAR0 + PfRegister.IMS + 16 * index;

/** Data reads are answered late, everything else at once. */
function slowData(host: TestHost, delayPs = 10_000_000): void {
  host.answerDelayPs = (tlp) => (tlp.address < 0x200_0000 ? delayPs : 100_000);
}

function begin(host: TestHost, queue: QueuePlaces, count = 1): void {
  for (let n = 0; n < count; n++) host.post(queue.ring, queue.entries, n, COPY);
  host.write(queue.page + TAIL, count);
  host.run(2_500_000);
}

/** RIDs of memory requests from `index` on. */
function ridsFrom(host: TestHost, index: number): Set<number> {
  const requests = host.seen.slice(index).filter(({ tlp }) => tlp.kind.startsWith('M'));
  return new Set(requests.map(({ tlp }) => tlp.requesterId));
}

describe('SDI reset', () => {
  it('aborts the work in flight: no record, no request, and completions are late, not errors', () => {
    const host = new TestHost().boot();
    const queue = host.openSdi(1);
    slowData(host);
    begin(host, queue, 3);
    const reads = host.readsFrom(0).length - 1;
    expect(reads).toBeGreaterThan(4);
    host.startCommand(RESET_SDI, [1]);
    host.run(700_000);
    const from = host.seen.length;
    expect(host.read(queue.page)).toBe(0xffff_ffff);
    expect(host.awaitCommand()).toBe(CommandStatus.OK);
    host.command(QUERY_SDI, [1]);
    expect(host.results()).toEqual([1, 0x201, 0, 0]);
    host.run(20_000_000);
    expect(ridsFrom(host, from).has(0x201)).toBe(false);
    expect(host.read(ERRORS)).toBe(0);
    // 512-byte reads, answered in parts of 128 bytes.
    expect(host.read(LATE)).toBeGreaterThanOrEqual(4 * (reads - 1));
    expect(host.peek(queue.records, 16)).toEqual(new Uint8Array(16));
    expect(host.read(queue.page + OPS)).toBe(0);
  });

  it('gives work state its reset values, and keeps configuration and LIFETIME_OPS', () => {
    const host = new TestHost().boot();
    host.create(2, { firstPage: 20, pageCount: 2, firstVector: 8, vectorCount: 2 });
    host.enable(2);
    const page = BAR2 + 20 * 4096;
    const places = { page, ring: 0x30_0000, records: 0x31_0000, entries: 8 };
    host.startQueue(page, places.ring, 8, places.records);
    host.write(entryOf(9), 0x7000_0000);
    host.write(entryOf(9) + 4, 3);
    host.write(entryOf(9) + 8, 0x55);
    host.write(page + 0x100, 0x1111_1111);
    host.write(page + 4096 + 0x13c, 0x2222_2222);
    host.execute(places, [{}, { interrupt: true, vector: 1 }]);
    expect(host.read(entryOf(9) + 12)).toBe(3);
    host.write(entryOf(8) + 12, 0);
    expect(host.command(RESET_SDI, [2])).toBe(CommandStatus.OK);
    for (let at = 0; at < 0x30; at += 4) expect(host.read(page + at), `${at}`).toBe(0);
    expect(host.read(page + 0x100)).toBe(0);
    expect(host.read(page + 4096 + 0x13c)).toBe(0);
    const entry = [0, 4, 8, 12].map((at) => host.read(entryOf(9) + at));
    expect(entry).toEqual([0x7000_0000, 3, 0x55, 1]);
    expect(host.read(entryOf(8) + 12)).toBe(1);
    host.command(QUERY_SDI, [2]);
    expect(host.results()).toEqual([1, 0x202, 0, 2]);
    host.enable(2);
    host.startQueue(page, places.ring, 8, places.records);
    expect(host.execute(places, [{}])[0]).toMatchObject({ status: 0, n: 0, phase: 1 });
  });

  it('loses a pending interrupt, and one that waits for Bus Master Enable', () => {
    const host = new TestHost().boot();
    const queue = host.openSdi(0);
    host.write(entryOf(0), 0x7000_0000);
    host.execute(queue, [{ interrupt: true }]);
    host.configWrite(0x04, 2, 2);
    host.write(entryOf(0) + 12, 0);
    expect(host.command(RESET_SDI, [0])).toBe(0);
    host.configWrite(0x04, 6, 2);
    host.write(entryOf(0) + 12, 0);
    host.run(5_000_000);
    expect(host.writesFrom(0).some((tlp) => tlp.address === 0x7000_0000)).toBe(false);
  });

  it('reconfigures: old resources are released and cleared, new ones take effect at the end', () => {
    const host = new TestHost().boot();
    host.create(3, { firstPage: 4, pageCount: 3, firstVector: 10, vectorCount: 4 });
    const [old, next] = [BAR2 + 4 * 4096, BAR2 + 6 * 4096];
    host.write(old + 0x100, 1);
    host.write(next + 0x100, 2);
    host.write(entryOf(10), 0x1000);
    host.write(entryOf(12), 0x2000);
    const args = encodeCreateArguments(
      3,
      { softwareRid: 0x4321, firstPage: 6, pageCount: 2, firstVector: 12, vectorCount: 8 },
      true,
    );
    host.startCommand(RESET_SDI, args);
    host.run(500_000);
    const newest = BAR2 + 7 * 4096;
    const whileBusy = host.readTlp(newest).status;
    expect(host.awaitCommand()).toBe(0);
    expect(whileBusy).toBe(1);
    expect(host.readTlp(old).status).toBe(1);
    expect([host.read(next + 0x100), host.read(newest)]).toEqual([0, 0]);
    expect([host.read(entryOf(10)), host.read(entryOf(12))]).toEqual([0, 0]);
    host.command(QUERY_SDI, [3]);
    expect(host.results().slice(0, 2)).toEqual([1, 0x4321]);
    expect(
      host.create(9, {
        softwareRid: 0x203,
        firstPage: 4,
        pageCount: 2,
        firstVector: 10,
        vectorCount: 2,
      }),
    ).toBe(0);
    expect(host.create(10, { softwareRid: 0x4321, firstPage: 40 })).toBe(
      CommandStatus.RID_CONFLICT,
    );
  });

  it('reconfigures to its own resources, and back to the strided RID', () => {
    const host = new TestHost().boot();
    host.create(3, { softwareRid: 0x999 });
    const request = {
      softwareRid: undefined,
      firstPage: 3,
      pageCount: 1,
      firstVector: 12,
      vectorCount: 4,
    };
    expect(host.command(RESET_SDI, encodeCreateArguments(3, request, true))).toBe(0);
    host.command(QUERY_SDI, [3]);
    expect(host.results()[1]).toBe(0x203);
    expect(host.create(4, { softwareRid: 0x999 })).toBe(0);
  });

  it('changes nothing when the arguments of a reconfigure are bad', () => {
    const host = new TestHost().boot();
    const other = host.openSdi(0);
    const queue = host.openSdi(1);
    const request = {
      softwareRid: undefined,
      firstPage: 0,
      pageCount: 1,
      firstVector: 4,
      vectorCount: 4,
    };
    slowData(host, 3_000_000);
    begin(host, queue, 1);
    const args = encodeCreateArguments(1, request, true);
    expect(host.command(RESET_SDI, args)).toBe(CommandStatus.PAGE_CONFLICT);
    host.run(60_000_000);
    expect(host.record(queue.records, 16, 0)).toMatchObject({ status: 0, bytesTransferred: 8000 });
    expect(host.read(other.page + CTRL)).toBe(1);
  });

  it('leaves the others alone', () => {
    const host = new TestHost().boot();
    const mine = host.openSdi(0);
    const theirs = host.openSdi(1);
    host.poke(COPY.source, pattern(8000));
    slowData(host, 2_000_000);
    begin(host, mine, 8);
    host.post(theirs.ring, 16, 0, { ...COPY, destination: 0x300_0000 });
    host.write(theirs.page + TAIL, 1);
    host.run(1_500_000);
    expect(host.command(RESET_SDI, [0])).toBe(0);
    host.run(40_000_000);
    expect(host.record(theirs.records, 16, 0)).toMatchObject({ status: 0, bytesTransferred: 8000 });
    expect(host.peek(0x300_0000, 8000)).toEqual(pattern(8000));
    expect(host.read(theirs.page + OPS)).toBe(1);
  });

  it('does not reuse the tag of an aborted request before its completions came or its time is out', () => {
    const params = { completionTimeoutNs: 50_000 };
    const host = new TestHost({ params }).boot(128, 128);
    host.configWrite(0x68, 0x0810, 2);
    const queue = host.openSdi(0);
    host.answer = (tlp) => (tlp.address < 0x200_0000 ? 'drop' : undefined);
    begin(host, queue, 1);
    const lost = host.seen.filter(({ tlp }) => isMemoryRead(tlp.kind) && tlp.lengthDw === 32);
    expect(lost.length).toBe(16);
    const lostTags = new Set(lost.map(({ tlp }) => tlp.tag));
    host.command(RESET_SDI, [0]);
    host.answer = () => undefined;
    const from = host.seen.length;
    const fromPs = host.nowPs;
    host.enable(0);
    host.startQueue(queue.page, queue.ring, 16, queue.records);
    const crc = { opcode: WorkOpcode.CRC32, length: 4096, source: COPY.source };
    for (let n = 0; n < 4; n++) host.execute(queue, [crc], n);
    expect(host.nowPs - fromPs).toBeLessThan(48_000_000);
    expect(host.readsFrom(from).length).toBeGreaterThan(100);
    for (const tlp of host.readsFrom(from)) expect(lostTags.has(tlp.tag)).toBe(false);
    host.run(110_000_000);
    expect(host.read(ERRORS)).toBe(0);
    const later = host.seen.length;
    for (let n = 4; n < 8; n++) host.execute(queue, [crc], n);
    expect(host.readsFrom(later).some((tlp) => lostTags.has(tlp.tag))).toBe(true);
  });

  it('counts every completion of an aborted request as late, whatever it says', () => {
    const host = new TestHost().boot();
    const queue = host.openSdi(0);
    slowData(host, 20_000_000);
    host.answer = (tlp) => {
      if (tlp.address >= 0x200_0000) return undefined;
      const usual = host.completions(tlp);
      const wrong = host.completions(tlp)[0];
      wrong.byteCount = 7;
      usual[0].ep = 1;
      return [wrong, ...usual];
    };
    host.post(queue.ring, 16, 0, { ...COPY, length: 512 });
    host.write(queue.page + TAIL, 1);
    host.run(2_500_000);
    host.command(RESET_SDI, [0]);
    host.run(30_000_000);
    expect(host.read(LATE)).toBe(5);
    expect(host.read(ERRORS)).toBe(0);
  });

  it('can follow anything: RESET from CREATED, then DESTROY', () => {
    const host = new TestHost().boot();
    host.create(0);
    expect(host.command(RESET_SDI, [0])).toBe(0);
    expect(host.command(DESTROY_SDI, [0])).toBe(0);
    expect(host.command(RESET_SDI, [0])).toBe(CommandStatus.BAD_STATE);
  });
});

/** VF 1 and SDI 0, both with a queue. */
function mixed(params: Record<string, number> = {}): {
  host: TestHost;
  vf: QueuePlaces;
  sdi: QueuePlaces;
} {
  const host = new TestHost({ params }).boot();
  const sdi = host.openSdi(0);
  host.configWrite(0x160, 2, 2);
  host.configWrite(0x174, VF_BAR0);
  host.configWrite(0x158, 0x9, 1);
  host.configWrite(0x04, 4, 2, 0x101);
  const vf = { page: VF_BAR0, ring: 0x1000_0000, records: 0x1001_0000, entries: 8 };
  host.startQueue(vf.page, vf.ring, 8, vf.records);
  return { host, vf, sdi };
}

describe('VF FLR', () => {
  it('aborts, resets page, MSI-X and configuration, and the SDIs go on', () => {
    const { host, vf, sdi } = mixed();
    host.poke(COPY.source, pattern(8000));
    slowData(host);
    host.write(vf.page + 0x100, 7);
    host.write(vf.page + 0x800, 0x5000);
    begin(host, vf);
    begin(host, sdi);
    host.configWrite(0x69, 0x80, 1, 0x101);
    const from = host.seen.length;
    expect(host.read(vf.page)).toBe(0xffff_ffff);
    host.runUntil(() => host.configRead(0x101, 0).status !== 2, 100_000_000);
    expect(ridsFrom(host, from).has(0x101)).toBe(false);
    expect([0, 0x10, 0x18, 0x100, 0x800].map((at) => host.read(vf.page + at))).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect(host.read(vf.page + 0x80c)).toBe(1);
    expect(host.read(vf.page + STATE)).toBe(1);
    host.run(60_000_000);
    expect(host.record(sdi.records, 16, 0)).toMatchObject({ status: 0 });
    expect(host.read(LATE)).toBeGreaterThan(0);
    expect(host.read(ERRORS)).toBe(0);
    host.configWrite(0x04, 4, 2, 0x101);
    host.startQueue(vf.page, vf.ring, 8, vf.records);
    host.answerDelayPs = () => 100_000;
    expect(host.execute(vf, [{}])[0].status).toBe(0);
  });
});

describe('VF Enable := 0', () => {
  it('aborts the VFs, and their completions are late', () => {
    const { host, vf } = mixed();
    slowData(host);
    begin(host, vf);
    host.configWrite(0x158, 0x8, 1);
    const from = host.seen.length;
    host.run(20_000_000);
    expect(ridsFrom(host, from).has(0x101)).toBe(false);
    expect(host.read(LATE)).toBeGreaterThan(0);
    expect(host.read(ERRORS)).toBe(0);
    expect(host.create(7, { softwareRid: 0x101 })).toBe(0);
  });
});

describe('PF FLR', () => {
  it('completes the write, answers RRS, UR to others, and ends with reset values', () => {
    const { host, vf, sdi } = mixed();
    slowData(host, 30_000_000);
    begin(host, vf);
    begin(host, sdi);
    host.write(BAR4, 0x1000);
    host.write(BAR0 + PfRegister.ARG0, 5);
    host.configWrite(0x68, 0x2850, 2);
    host.configWrite(0x108, 0x1000);
    host.startCommand(AdminOpcode.CREATE_SDI, encodeCreateArguments(5, CREATION));
    expect(host.configWrite(0x69, 0xa8, 1).status).toBe(0);
    const from = host.seen.length;
    expect(host.configRead(0x100, 0).status).toBe(2);
    expect(host.configWrite(0x3c, 1, 1).status).toBe(2);
    expect(host.configRead(0x101, 0).status).toBe(1);
    expect(host.readTlp(BAR0).status).toBe(1);
    host.runUntil(() => host.configRead(0x100, 0).status === 0, 100_000_000);
    expect(ridsFrom(host, from).size).toBe(0);
    expect(host.config(0x04, 2)).toBe(0);
    expect(host.config(0x68, 2)).toBe(0x2850);
    expect(host.config(0x158)).toBe(0);
    expect(host.config(0x108)).toBe(0x1000);
    expect(host.config(0x1ab, 1)).toBe(0);
    expect(host.configRead(0x100, 0).completerId).toBe(0x100);
    host.boot();
    host.write(ERRORS, 0x10);
    for (const offset of [PfRegister.ARG0, PfRegister.COMMAND_STATUS, PfRegister.ERRORS]) {
      expect(host.read(BAR0 + offset), `${offset}`).toBe(0);
    }
    expect(host.read(BAR4)).toBe(0);
    host.run(40_000_000);
    expect([host.read(ERRORS), host.read(LATE)]).toEqual([0, 0]);
    host.command(QUERY_SDI, [0]);
    expect(host.results()).toEqual([0, 0, 0, 0]);
    expect(host.create(5)).toBe(0);
    host.answerDelayPs = () => 100_000;
    expect(host.execute(host.openSdi(0), [{}])[0].status).toBe(0);
  });

  it('does not reuse tags from before within twice the timeout', () => {
    const host = new TestHost().boot(128, 128);
    host.configWrite(0x68, 0x0810, 2);
    const queue = host.openSdi(0);
    host.answer = (tlp) => (tlp.address < 0x200_0000 ? 'drop' : undefined);
    begin(host, queue);
    const lost = new Set(
      host
        .readsFrom(0)
        .filter((tlp) => tlp.lengthDw === 32)
        .map((tlp) => tlp.tag),
    );
    host.configWrite(0x69, 0x80, 1);
    const startPs = host.nowPs;
    host.runUntil(() => host.configRead(0x100, 0).status === 0);
    host.boot(128, 128);
    host.configWrite(0x68, 0x0810, 2);
    host.answer = () => undefined;
    const from = host.seen.length;
    const again = host.openSdi(0);
    host.execute(again, [{ opcode: WorkOpcode.CRC32, length: 6000, source: COPY.source }]);
    expect(host.nowPs - startPs).toBeLessThan(100_000_000);
    for (const tlp of host.readsFrom(from)) expect(lost.has(tlp.tag)).toBe(false);
  });

  it('forgets errors that were there, but not AER', () => {
    const host = new TestHost().boot();
    host.readTlp(0x5000);
    expect(host.read(ERRORS)).toBe(PfError.UNSUPPORTED_REQUEST);
    host.configWrite(0x69, 0x80, 1);
    host.runUntil(() => host.configRead(0x100, 0).status === 0);
    expect(host.config(0x104)).toBe(1 << 20);
    host.boot();
    expect(host.read(ERRORS)).toBe(0);
  });
});

describe.each(['cold', 'hot'] as const)('%s reset', (kind) => {
  it('is power-up: everything under way is lost', () => {
    const { host, vf, sdi } = mixed();
    slowData(host);
    begin(host, vf);
    begin(host, sdi);
    host.readTlp(0x5000);
    host.resetDevice(kind);
    const from = host.seen.length;
    host.run(200_000_000);
    expect(host.seen.length).toBe(from);
    expect(host.nextPs).toBe(Infinity);
    expect(host.configRead(0x100, 0).completerId).toBe(0);
    expect(host.config(0x104)).toBe(0);
    expect(host.config(0x68, 2)).toBe(0x2810);
    expect(host.configRead(0x101, 0).status).toBe(1);
    host.boot();
    host.command(QUERY_SDI, [0]);
    expect(host.results()).toEqual([0, 0, 0, 0]);
    expect(host.read(LATE)).toBe(0);
    host.answerDelayPs = () => 100_000;
    expect(host.execute(host.openSdi(0), [{}])[0].status).toBe(0);
  });
});

const CREATION = {
  softwareRid: undefined,
  firstPage: 9,
  pageCount: 1,
  firstVector: 0,
  vectorCount: 0,
};
