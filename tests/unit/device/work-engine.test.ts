// Descriptors end to end through the DUT port (SRD §7): every opcode against plain memory, shapes of requests, order of
// data, record and interrupt.
import { describe, expect, it } from 'vitest';
import { crc32 } from '#base/crc32';
import { readU32Le } from '#base/bytes';
import { WorkOpcode, WorkStatus } from '#siov/work';
import { BAR0, pattern, TestHost } from './test-host.ts';

const SOURCE = 0x20_0000_0000;
const DESTINATION = 0x30_0000_0000;

describe('work engine', () => {
  it('copies any length and alignment', () => {
    const host = new TestHost({ splitBytes: 64 }).boot();
    const queue = host.openSdi(3);
    let n = 0;
    for (const [from, to, length] of [
      [0, 0, 1],
      [1, 2, 3],
      [4093, 3, 10],
      [5, 4091, 4096],
      [7, 1, 20_001],
    ]) {
      const data = pattern(length, length);
      host.poke(SOURCE + from, data);
      const work = {
        opcode: WorkOpcode.COPY,
        length,
        source: SOURCE + from,
        destination: DESTINATION + to,
      };
      const [record] = host.execute(queue, [work], n++);
      expect(record).toMatchObject({ status: 0, phase: 1, n: n - 1, bytesTransferred: length });
      expect(host.peek(DESTINATION + to, length)).toEqual(data);
    }
  });

  it('digests and fills', () => {
    const host = new TestHost().boot();
    const queue = host.openSdi(0);
    const data = pattern(30_000);
    host.poke(SOURCE + 5, data);
    const operandA = pattern(8, 9);
    const [crc] = host.execute(queue, [
      { opcode: WorkOpcode.CRC32, length: data.length, source: SOURCE + 5 },
    ]);
    expect(crc).toMatchObject({ status: 0, resultLow: crc32(data), resultHigh: 0 });
    const fill = { opcode: WorkOpcode.FILL, length: 777, destination: DESTINATION + 3, operandA };
    host.execute(queue, [fill], 1);
    const filled = host.peek(DESTINATION + 3, 777);
    filled.forEach((byte, k) => expect(byte).toBe(operandA[k % 8]));
    expect(host.peek(DESTINATION + 2, 1)[0]).toBe(0);
    expect(host.peek(DESTINATION + 780, 1)[0]).toBe(0);
  });

  it('does AtomicOps of 4 and 8 bytes', () => {
    const host = new TestHost().boot();
    const queue = host.openSdi(0);
    host.poke(DESTINATION, pattern(16));
    const old = host.peek(DESTINATION, 8);
    const operandA = pattern(8, 5);
    const work = { opcode: WorkOpcode.SWAP, length: 8, destination: DESTINATION, operandA };
    const [swap] = host.execute(queue, [work]);
    expect(swap).toMatchObject({ status: 0, bytesTransferred: 8 });
    expect([swap.resultLow, swap.resultHigh]).toEqual([readU32Le(old, 0), readU32Le(old, 4)]);
    expect(host.peek(DESTINATION, 8)).toEqual(operandA);
  });

  it('writes the record after the data and the interrupt after the record', () => {
    const host = new TestHost().boot();
    const queue = host.openSdi(2);
    const entry = BAR0 + 0x1_0000 + 16 * 9;
    host.write(entry, 0xfee0_1000);
    host.write(entry + 8, 0xabcd);
    host.write(entry + 12, 0);
    const from = host.seen.length;
    host.execute(queue, [
      {
        opcode: WorkOpcode.FILL,
        length: 1000,
        destination: DESTINATION,
        interrupt: true,
        vector: 1,
      },
    ]);
    const writes = host.writesFrom(from);
    const at = writes.findIndex((tlp) => tlp.address === queue.records);
    expect(writes.slice(0, at).every((tlp) => tlp.address >= DESTINATION)).toBe(true);
    expect(at).toBe(writes.length - 2);
    expect(writes[at + 1].address).toBe(0xfee0_1000);
    expect(readU32Le(writes[at + 1].payload, 0)).toBe(0xabcd);
    expect(writes.every((tlp) => tlp.requesterId === 0x100 + 0x100 + 2)).toBe(true);
  });

  it('refuses in the order of SRD', () => {
    const host = new TestHost().boot();
    const queue = host.openSdi(0);
    const records = host.execute(queue, [
      { opcode: 77, reserved: true },
      { opcode: WorkOpcode.COPY, length: 0, reserved: true },
      { opcode: WorkOpcode.CAS, length: 8, destination: DESTINATION + 4, reserved: true },
      { opcode: WorkOpcode.NOP, reserved: true },
      { opcode: WorkOpcode.NOP, interrupt: true, vector: 4 },
    ]);
    expect(records.map((record) => record.status)).toEqual([
      WorkStatus.BAD_OPCODE,
      WorkStatus.BAD_LENGTH,
      WorkStatus.BAD_ALIGN,
      WorkStatus.RESERVED,
      WorkStatus.BAD_VECTOR,
    ]);
  });
});
