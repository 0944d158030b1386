// What SRD leaves to the device raises no alarm, whichever way the device takes; and the same thing out of its bounds
// does. Source: design decision 7; SRD §4 "Moments", §7.
import { describe, expect, test } from 'vitest';
import { completionsFor, completionWithoutData, memoryRead } from '#pcie/build';
import type { Tlp } from '#pcie/tlp';
import { encodeDescriptor } from '#siov/srd-work-descriptor';
import { emptyWork } from '#siov/work';
import { PageRegister, PfRegister } from '#siov/srd-registers';
import {
  copyWork,
  HOST_RID,
  PAGES,
  PF_RID,
  pattern,
  REGISTERS,
  RING,
  ScoreboardBench,
  US,
} from './scoreboard-bench.ts';

const A = 0x200;
const TIMEOUT = 50 * US;
const COMPLETION_TIMEOUT = 4;
const AER_STATUS = 0x104;
const AER_TIMEOUT = 1 << 14;

function running(): ScoreboardBench {
  return new ScoreboardBench().bringUp().runningSdi(0);
}

function first(bench: ScoreboardBench): string {
  return bench.firstFailure?.rule ?? 'none';
}

/** A fetch that is never answered. */
function lostFetch(): ScoreboardBench {
  const bench = running().post('sdi 0', 0, copyWork(8));
  return bench.up(memoryRead({ requesterId: A, tag: 9, address: RING, byteLength: 64 }));
}

/** STATE of an ENABLED SDI whose queue is halted. */
function halted(code: number): number {
  return 5 | (code << 8);
}

describe('a completion timeout strikes between 1 × and 2 ×', () => {
  test('so a doorbell that comes then finds the queue halted, or halts it', () => {
    const rung = (waitPs: number, code: number): ScoreboardBench =>
      lostFetch()
        .wait(waitPs)
        .event({ kind: 'doorbell', requester: 'sdi 0', tail: 100 })
        .wait(2 * TIMEOUT)
        .reads(PAGES + PageRegister.STATE, halted(code));
    expect(first(rung(1.5 * TIMEOUT, 0x24))).toBe('none');
    expect(first(rung(1.5 * TIMEOUT, 0x13))).toBe('none');
    expect(first(rung(0.5 * TIMEOUT, 0x24))).toBe('none');
    expect(first(rung(0.5 * TIMEOUT, 0x13))).toBe('SRD-7.14');
    expect(first(rung(1.5 * TIMEOUT, 0x10))).toBe('SRD-7.14');
  });

  test('so another part of the fetch, refused then, may be the second to fail', () => {
    const refused = (waitPs: number, code: number): ScoreboardBench => {
      const bench = running().post('sdi 0', 0, copyWork(8));
      bench.up(memoryRead({ requesterId: A, tag: 9, address: RING, byteLength: 32 })).wait(waitPs);
      const rest = memoryRead({ requesterId: A, tag: 10, address: RING + 32, byteLength: 32 });
      const answer = completionWithoutData(rest, { completerId: HOST_RID, status: 1 });
      bench.up(rest).down(answer, true);
      return bench.wait(4 * TIMEOUT).reads(PAGES + PageRegister.STATE, halted(code));
    };
    expect(first(refused(1.5 * TIMEOUT, 0x10))).toBe('none');
    expect(first(refused(1.5 * TIMEOUT, 0x13))).toBe('none');
    expect(first(refused(US, 0x13))).toBe('SRD-7.14');
  });

  test('so a write that clears its bits then may come before it or behind it', () => {
    const cleared = (waitPs: number, isSet: boolean): ScoreboardBench =>
      lostFetch()
        .wait(waitPs)
        .configWrite(AER_STATUS, 4, AER_TIMEOUT)
        .write(REGISTERS + PfRegister.ERRORS, COMPLETION_TIMEOUT)
        .wait(Math.max(2.2 * TIMEOUT - waitPs, 2 * US))
        .reads(REGISTERS + PfRegister.ERRORS, isSet ? COMPLETION_TIMEOUT : 0)
        .configReads(AER_STATUS, isSet ? AER_TIMEOUT : 0);
    expect(first(cleared(1.5 * TIMEOUT, true))).toBe('none');
    expect(first(cleared(1.5 * TIMEOUT, false))).toBe('none');
    expect(first(cleared(0.5 * TIMEOUT, true))).toBe('none');
    expect(first(cleared(0.5 * TIMEOUT, false))).toBe('SRD-4.4');
    expect(first(cleared(2.5 * TIMEOUT, true))).toBe('SRD-4.4');
  });
});

/** QUERY_SDI from its TLP to the host's knowledge of its end. */
function query(bench: ScoreboardBench, sdi: number): ScoreboardBench {
  bench
    .write(REGISTERS + PfRegister.ARG0, sdi)
    .write(REGISTERS + PfRegister.COMMAND, 0x0001_0006)
    .wait(10 * US);
  bench.reads(REGISTERS + PfRegister.COMMAND_STATUS, 0x0001_0000);
  return bench.event({ kind: 'commandEnded', command: 'query', sdi, status: 0 });
}

describe('reads of one register', () => {
  const ENDED = 0x0001_0000;
  const BUSY = 1;
  const statusRead = (tag: number): Tlp =>
    memoryRead({
      ...{ requesterId: HOST_RID, tag, byteLength: 4 },
      address: REGISTERS + PfRegister.COMMAND_STATUS,
    });
  const answer = (read: Tlp, word: number): Tlp => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, word, true);
    return completionsFor(read, { completerId: PF_RID, bytes, ends: [4] })[0];
  };

  test('are answered in any order: one that arrived while a command was busy may say so after its end is known', () => {
    const early = statusRead(20);
    const late = statusRead(21);
    const bench = running()
      .write(REGISTERS + PfRegister.ARG0, 3)
      .write(REGISTERS + PfRegister.COMMAND, 0x0001_0006)
      .down(early)
      .wait(2 * US)
      .down(late)
      .up(answer(late, ENDED));
    bench.event({ kind: 'commandEnded', command: 'query', sdi: 3, status: 0 });
    expect(first(bench.up(answer(early, BUSY)))).toBe('none');
    const after = statusRead(22);
    expect(first(bench.down(after).up(answer(after, BUSY)))).toBe('SRD-5.2');
  });
});

/** One part of the fetch of descriptor 0, not yet answered. */
function fetchPart(tag: number, offset: number, byteLength: number): Tlp {
  return memoryRead({ requesterId: A, tag, address: RING + offset, byteLength });
}

/** Answers of the host to a part of the fetch of `work`, or of its source. */
function answers(read: Tlp, offset: number, from: Uint8Array): Tlp[] {
  const bytes = from.subarray(offset, offset + read.lengthDw * 4);
  return completionsFor(read, { completerId: HOST_RID, bytes, ends: [bytes.length] });
}

function descriptorOf(length: number): Uint8Array {
  return encodeDescriptor({ ...emptyWork(), ...copyWork(length) });
}

describe('a descriptor may be fetched in parts', () => {
  const parts = [48, 16, 32, 0];

  test('in any order, answered in any order', () => {
    const bench = running().post('sdi 0', 0, copyWork(8));
    const reads = parts.map((offset, i) => fetchPart(20 + i, offset, 16));
    for (const read of reads) bench.up(read);
    for (const i of [2, 0, 3, 1]) {
      for (const answer of answers(reads[i], parts[i], descriptorOf(8))) bench.down(answer);
    }
    bench.deviceReads(A, copyWork(8).source, pattern(8));
    bench.deviceWrites(A, copyWork(8).destination, pattern(8));
    expect(first(bench.record(A, 0, { bytesTransferred: 8 }))).toBe('none');
  });

  test('of which none is asked for after one has failed', () => {
    const failed = (status: number): ScoreboardBench => {
      const bench = running().post('sdi 0', 0, copyWork(8));
      const read = fetchPart(20, 0, 16);
      bench.up(read);
      if (status === 0) bench.down(answers(read, 0, descriptorOf(8))[0]);
      else bench.down(completionWithoutData(read, { completerId: HOST_RID, status }), true);
      bench
        .wait(US)
        .event({ kind: 'queueStopped', requester: 'sdi 0' })
        .wait(3 * US);
      return bench.startQueue('sdi 0').copy(A, 0, pattern(8));
    };
    expect(first(failed(1))).toBe('none');
    // Nothing failed: the rest of it is owed before the next fetch.
    expect(first(failed(0))).toBe('SRD-7.1');
  });

  test('of which the rest is asked for after the queue was started anew', () => {
    const bench = running().post('sdi 0', 0, copyWork(8));
    const reads = [fetchPart(20, 0, 32), fetchPart(21, 32, 32)];
    bench.up(reads[0]).event({ kind: 'queueStopped', requester: 'sdi 0' }).wait(US);
    bench.startQueue('sdi 0').up(reads[1]);
    reads.forEach((read, i) => bench.down(answers(read, 32 * i, descriptorOf(8))[0]));
    bench.deviceReads(A, copyWork(8).source, pattern(8));
    bench.deviceWrites(A, copyWork(8).destination, pattern(8));
    bench.record(A, 0, { bytesTransferred: 8 });
    expect(first(bench.copy(A, 0, pattern(8)))).toBe('none');
  });
});

describe('data may move', () => {
  test('in reads that leave last first, are answered in between, and writes of any size', () => {
    const { source, destination } = copyWork(100);
    const bench = running().post('sdi 0', 0, copyWork(100)).fetch(A, 0, copyWork(100));
    const starts = [61, 33, 0];
    const ends = [100, 61, 33];
    const reads = starts.map((start, i) =>
      memoryRead({
        requesterId: A,
        tag: 20 + i,
        address: source + start,
        byteLength: ends[i] - start,
      }),
    );
    for (const read of reads) bench.up(read);
    const bytes = pattern(100);
    for (const i of [1, 2, 0]) {
      const part = bytes.subarray(starts[i], ends[i]);
      const how = { completerId: HOST_RID, bytes: part, ends: [part.length] };
      for (const answer of completionsFor(reads[i], how)) bench.down(answer);
    }
    for (let at = 0, size = 1; at < 100; at += size, size = 13) {
      bench.deviceWrites(A, destination + at, bytes.slice(at, Math.min(100, at + size)));
    }
    expect(first(bench.record(A, 0, { bytesTransferred: 100 }))).toBe('none');
  });
});

describe('what had been generated when a reset came may leave', () => {
  test('a record, and then the descriptor counts; without it, it does not', () => {
    const lifetime = (hasRecord: boolean, count: number): ScoreboardBench => {
      const bench = running().copy(A, 0, pattern(8), ['record']);
      bench.event({ kind: 'sdiResetting', sdi: 0, reconfigure: undefined });
      if (hasRecord) bench.record(A, 0, { bytesTransferred: 8 });
      bench.ended('reset', 0).wait(3 * US);
      return query(bench, 0).reads(REGISTERS + PfRegister.RESULT0 + 12, count);
    };
    expect(first(lifetime(true, 1))).toBe('none');
    expect(first(lifetime(false, 0))).toBe('none');
    expect(first(lifetime(true, 0))).not.toBe('none');
    expect(first(lifetime(false, 1))).not.toBe('none');
  });
});

describe('a command takes effect between its TLP and its end', () => {
  test.each([0, 1])('so a page of an SDI that is being created reads with status %i', (status) => {
    const bench = new ScoreboardBench().bringUp();
    bench.event({ kind: 'sdiCreating', sdi: 0, ...bench.assignment(0) });
    if (status === 0) bench.reads(PAGES + 0x100, 0);
    else bench.readRefused(PAGES + 0x100, status);
    expect(first(bench.ended('create', 0).reads(PAGES + 0x100, 0))).toBe('none');
  });

  test.each([0, 1])('and one of an SDI that is being destroyed, with status %i', (status) => {
    const bench = new ScoreboardBench().bringUp().create(0);
    bench.event({ kind: 'sdiDestroying', sdi: 0 });
    if (status === 0) bench.reads(PAGES + 0x100, 0);
    else bench.readRefused(PAGES + 0x100, status);
    expect(first(bench.ended('destroy', 0).readRefused(PAGES + 0x100, 1))).toBe('none');
  });
});
