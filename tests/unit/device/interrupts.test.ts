// Interrupts (SRD §4, §7, §8): messages as programmed, masks and pending bits, VF MSI-X, Bus Master Enable.
import { describe, expect, it } from 'vitest';
import { readU32Le } from '#base/bytes';
import { AdminOpcode } from '#siov/srd-admin';
import { PageRegister } from '#siov/srd-registers';
import { WorkOpcode } from '#siov/work';
import type { Tlp } from '#pcie/tlp';
import { BAR0, TestHost, VF_BAR0, type QueuePlaces } from './test-host.ts';

const WINDOW = 0x7000_0000;
const entryOf = (index: number): number => BAR0 + 0x1_0000 + 16 * index;

function program(host: TestHost, entry: number, address: number, data: number): void {
  host.write(entry, address >>> 0);
  host.write(entry + 4, Math.floor(address / 2 ** 32));
  host.write(entry + 8, data);
}

function messages(host: TestHost, from: number): Tlp[] {
  return host
    .writesFrom(from)
    .filter((tlp) => tlp.address >= WINDOW && tlp.address < WINDOW + 0x1_0000);
}

/** NOP with an interrupt and no record. */
const RAISE = { opcode: WorkOpcode.NOP, interrupt: true, noRecord: true };

function ring(host: TestHost, queue: QueuePlaces, n: number, vector: number): void {
  host.post(queue.ring, queue.entries, n, { ...RAISE, vector });
  host.write(queue.page + PageRegister.TAIL, n + 1);
  host.run(3_000_000);
}

describe('IMS', () => {
  it('sends data and address of the entry, relative to the first of the SDI', () => {
    const host = new TestHost().boot();
    const queue = host.openSdi(5);
    program(host, entryOf(22), WINDOW + 0x24, 0xcafe_0001);
    host.write(entryOf(22) + 12, 0);
    ring(host, queue, 0, 2);
    const [message] = messages(host, 0);
    expect(message).toMatchObject({ requesterId: 0x205, address: WINDOW + 0x24, attr: 0 });
    expect(message).toMatchObject({ lengthDw: 1, firstBe: 0xf, lastBe: 0, tc: 0 });
    expect(readU32Le(message.payload, 0)).toBe(0xcafe_0001);
  });

  it('goes above 4 GiB with a long header', () => {
    const host = new TestHost().boot();
    const queue = host.openSdi(0);
    program(host, entryOf(0), 0x12_7000_0000, 5);
    host.write(entryOf(0) + 12, 0);
    ring(host, queue, 0, 0);
    expect(host.writesFrom(0).map((tlp) => [tlp.kind, tlp.address])).toEqual([
      ['MWr64', 0x12_7000_0000],
    ]);
  });

  it('keeps a masked one pending, and sends it once when unmasked', () => {
    const host = new TestHost().boot();
    const queue = host.openSdi(0);
    program(host, entryOf(1), WINDOW, 1);
    ring(host, queue, 0, 1);
    ring(host, queue, 1, 1);
    expect(host.read(entryOf(1) + 12)).toBe(3);
    host.write(entryOf(1) + 12, 3);
    expect(host.read(entryOf(1) + 12)).toBe(3);
    expect(messages(host, 0)).toHaveLength(0);
    host.write(entryOf(1) + 8, 77);
    host.run(2_000_000);
    host.write(entryOf(1) + 12, 0);
    host.run(2_000_000);
    expect(messages(host, 0).map((tlp) => readU32Le(tlp.payload, 0))).toEqual([77]);
    expect(host.read(entryOf(1) + 12)).toBe(0);
  });

  it('sends a pending one in CREATED, too, and loses it with DESTROY_SDI', () => {
    const host = new TestHost().boot();
    const queue = host.openSdi(0);
    program(host, entryOf(0), WINDOW, 1);
    ring(host, queue, 0, 0);
    host.command(AdminOpcode.QUIESCE_SDI, [0]);
    host.write(entryOf(0) + 12, 0);
    host.run(2_000_000);
    expect(messages(host, 0)).toHaveLength(1);
    host.write(entryOf(0) + 12, 1);
    host.enable(0);
    ring(host, queue, 1, 0);
    host.command(AdminOpcode.QUIESCE_SDI, [0]);
    host.command(AdminOpcode.DESTROY_SDI, [0]);
    host.write(entryOf(0) + 12, 0);
    host.run(2_000_000);
    expect(messages(host, 0)).toHaveLength(1);
  });

  it('waits for Bus Master Enable, and becomes pending if masked meanwhile', () => {
    const host = new TestHost().boot();
    const queue = host.openSdi(0);
    program(host, entryOf(0), WINDOW, 1);
    ring(host, queue, 0, 0);
    host.configWrite(0x04, 2, 2);
    host.write(entryOf(0) + 12, 0);
    host.run(3_000_000);
    expect(messages(host, 0)).toHaveLength(0);
    host.write(entryOf(0) + 12, 1);
    host.configWrite(0x04, 6, 2);
    host.run(3_000_000);
    expect(messages(host, 0)).toHaveLength(0);
    expect(host.read(entryOf(0) + 12)).toBe(3);
    host.write(entryOf(0) + 12, 0);
    host.run(3_000_000);
    expect(messages(host, 0)).toHaveLength(1);
  });

  it('is silent for a vector outside the range, whatever else is wrong', () => {
    const host = new TestHost().boot();
    const queue = host.openSdi(0);
    host.openSdi(1);
    for (let k = 0; k < 8; k++) {
      program(host, entryOf(k), WINDOW + 4 * k, k);
      host.write(entryOf(k) + 12, 0);
    }
    const works = [
      { interrupt: true, vector: 4 },
      { opcode: 99, interrupt: true, vector: 4 },
      { opcode: 99, interrupt: true, vector: 3 },
    ];
    const records = host.execute(queue, works);
    expect(records.map((record) => record.status)).toEqual([0x25, 0x20, 0x20]);
    expect(messages(host, 0).map((tlp) => tlp.address)).toEqual([WINDOW + 12]);
  });
});

describe('MSI-X of a VF', () => {
  function vf(): { host: TestHost; queue: QueuePlaces } {
    const host = new TestHost().boot();
    host.configWrite(0x160, 2, 2);
    host.configWrite(0x174, VF_BAR0);
    host.configWrite(0x158, 0x9, 1);
    host.configWrite(0x04, 4, 2, 0x102);
    const page = VF_BAR0 + 4096;
    const queue = { page, ring: 0x40_0000, records: 0x41_0000, entries: 16 };
    host.startQueue(page, queue.ring, 16, queue.records);
    program(host, page + 0x810, WINDOW, 9);
    return { host, queue };
  }
  const enable = (host: TestHost, bits: number): void => {
    host.configWrite(0x53, bits, 1, 0x102);
  };

  it('loses what is raised while it is disabled', () => {
    const { host, queue } = vf();
    host.write(queue.page + 0x81c, 0);
    ring(host, queue, 0, 1);
    enable(host, 0x80);
    host.run(3_000_000);
    expect(messages(host, 0)).toHaveLength(0);
    expect(host.read(queue.page + 0xc00)).toBe(0);
    ring(host, queue, 1, 1);
    expect(messages(host, 0)).toHaveLength(1);
    expect(messages(host, 0)[0].requesterId).toBe(0x102);
  });

  it('keeps pending under entry mask and function mask', () => {
    const { host, queue } = vf();
    enable(host, 0x80);
    ring(host, queue, 0, 1);
    expect(host.read(queue.page + 0xc00)).toBe(2);
    enable(host, 0xc0);
    host.write(queue.page + 0x81c, 0);
    host.run(2_000_000);
    expect(messages(host, 0)).toHaveLength(0);
    enable(host, 0x00);
    host.run(2_000_000);
    expect(messages(host, 0)).toHaveLength(0);
    enable(host, 0x80);
    host.run(2_000_000);
    expect(messages(host, 0)).toHaveLength(1);
    expect(host.read(queue.page + 0xc00)).toBe(0);
  });
});
