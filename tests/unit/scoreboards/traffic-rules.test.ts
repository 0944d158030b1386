// Each rule about what the device sends: a stream that keeps it, and one that breaks it. Source: SRD §5-§7; siov-facts §13.
import { describe, expect, test } from 'vitest';
import { crc32 } from '#base/crc32';
import { completionsFor, completionWithoutData, memoryRead } from '#pcie/build';
import { encodeDescriptor } from '#siov/srd-work-descriptor';
import { emptyWork, WorkOpcode } from '#siov/work';
import { Tlp } from '#pcie/tlp';
import { PfRegister } from '#siov/srd-registers';
import {
  copyWork,
  DESTINATION,
  HOST_RID,
  MESSAGE,
  pattern,
  PF_RID,
  RECORDS,
  REGISTERS,
  RING,
  ScoreboardBench,
  SOURCE,
  US,
  words,
} from './scoreboard-bench.ts';

const A = 0x200;
const B = 0x201;

/** SDI 0 (RID 0x200) and SDI 1 (RID 0x201) run; nothing is posted. */
function running(): ScoreboardBench {
  return new ScoreboardBench().bringUp().runningSdi(0).runningSdi(1);
}

function first(bench: ScoreboardBench): string {
  return bench.firstFailure?.rule ?? 'none';
}

describe('right traffic', () => {
  test('all opcodes, records and interrupts break nothing, and are evaluated', () => {
    const bench = running();
    bench.copy(A, 0, pattern(100)).copy(A, 1, pattern(33, 7));
    const fill = {
      opcode: WorkOpcode.FILL,
      length: 20,
      destination: DESTINATION + 3,
      operandA: pattern(8),
    };
    bench.post('sdi 0', 2, fill).fetch(A, 2, fill);
    bench.deviceWrites(
      A,
      DESTINATION + 3,
      Uint8Array.from({ length: 20 }, (_, k) => pattern(8)[k % 8]),
    );
    bench.record(A, 2, { bytesTransferred: 20 });
    const crc = {
      opcode: WorkOpcode.CRC32,
      length: 50,
      source: SOURCE + 1,
      interrupt: true,
      vector: 1,
    };
    bench
      .post('sdi 1', 0, crc)
      .fetch(B, 0, crc)
      .deviceReads(B, SOURCE + 1, pattern(50));
    bench.record(B, 0, { bytesTransferred: 50, resultLow: crc32(pattern(50)) });
    bench.message(B, 1, {}, MESSAGE + 0x100 + 4);
    const cas = {
      opcode: WorkOpcode.CAS,
      length: 8,
      destination: DESTINATION + 64,
      operandA: pattern(8, 3),
      operandB: pattern(8, 90),
    };
    const operands = Uint8Array.from([...pattern(8, 3), ...pattern(8, 90)]);
    bench
      .post('sdi 1', 1, cas)
      .fetch(B, 1, cas)
      .atomic(B, 'CAS', DESTINATION + 64, { operands, old: pattern(8, 11) });
    const old = new DataView(pattern(8, 11).buffer);
    bench.record(B, 1, {
      bytesTransferred: 8,
      resultLow: old.getUint32(0, true),
      resultHigh: old.getUint32(4, true),
    });
    bench.finish();
    expect(bench.testbench.rules.failures).toEqual([]);
    for (const id of [
      'T-RID-1',
      'T-RID-4',
      'T-IOM-1',
      'SRD-7.1',
      'SRD-7.2',
      'SRD-7.3',
      'SRD-7.4',
      'SRD-7.5',
      'T-INT-1',
      'T-REQ-6',
      'T-PAS-1',
    ]) {
      expect(bench.evaluated(id), id).toBeGreaterThan(0);
    }
  });

  test('reads in any order and completions in parts are free', () => {
    const bench = running();
    const work = copyWork(200);
    const bytes = pattern(200);
    bench.post('sdi 0', 0, work).fetch(A, 0, work);
    bench.deviceReads(A, work.source + 100, bytes.subarray(100));
    bench.deviceReads(A, work.source, bytes.subarray(0, 100), { ends: [64 - 5, 100] });
    bench.deviceWrites(A, work.destination, bytes.subarray(0, 64));
    bench.deviceWrites(A, work.destination + 64, bytes.subarray(64, 190 - 1));
    bench.deviceWrites(A, work.destination + 189, bytes.subarray(189));
    bench.record(A, 0, { bytesTransferred: 200 });
    expect(bench.broken).toEqual([]);
  });

  test('a refused descriptor has its status and moves nothing', () => {
    const bench = running();
    const work = { ...copyWork(10), reserved: true };
    bench.post('sdi 0', 0, work).fetch(A, 0, work).record(A, 0, { status: 0x23 });
    expect(bench.broken).toEqual([]);
    const next = copyWork(10);
    bench.post('sdi 0', 1, { ...next, reserved: true }).fetch(A, 1, { ...next, reserved: true });
    bench.deviceReads(A, next.source, pattern(10));
    expect(first(bench)).toBe('SRD-7.10');
  });

  test('a failed read gives its status and the written prefix', () => {
    const bench = running();
    const work = copyWork(100);
    bench.post('sdi 0', 0, work).fetch(A, 0, work);
    bench.deviceReads(A, work.source, pattern(64));
    const rest = memoryRead({
      requesterId: A,
      tag: bench.tag(),
      address: work.source + 64,
      byteLength: 36,
    });
    bench.up(rest).down(completionWithoutData(rest, { completerId: HOST_RID, status: 1 }));
    bench.deviceWrites(A, work.destination, pattern(64));
    bench.record(A, 0, { status: 0x10, bytesTransferred: 64 });
    expect(bench.broken).toEqual([]);
  });

  test('a request that is never answered may give a timeout, but not too early', () => {
    const early = running();
    const work = copyWork(16);
    const ask = (bench: ScoreboardBench) => {
      bench.post('sdi 0', 0, work).fetch(A, 0, work);
      bench.up(
        memoryRead({ requesterId: A, tag: bench.tag(), address: work.source, byteLength: 16 }),
      );
    };
    ask(early);
    early.wait(40 * US).record(A, 0, { status: 0x13 });
    expect(first(early)).toBe('SRD-7.5');
    const late = running();
    ask(late);
    late.wait(60 * US).record(A, 0, { status: 0x13 });
    expect(late.broken).toEqual([]);
  });
});

describe('Routing IDs', () => {
  test('T-RID-1: nobody owns the Routing ID', () => {
    const bench = running().deviceWrites(0x0250, DESTINATION, words(1));
    expect(first(bench)).toBe('T-RID-1');
  });

  test('T-RID-2: a strided SDI sends under another Routing ID', () => {
    const bench = running();
    bench.post('sdi 1', 0, copyWork(8)).fetch(0x0203, 0, copyWork(8));
    expect(first(bench)).toBe('T-RID-2');
  });

  test('T-RID-3: a Routing ID is given twice', () => {
    const bench = running().create(2, { rid: A, strided: false });
    expect(first(bench)).toBe('T-RID-3');
    const refused = running().create(2, { rid: A, strided: false }, 4);
    expect(refused.broken).toEqual([]);
  });

  test('T-RID-4: work of one under the Routing ID of another', () => {
    const bench = running();
    bench.copy(A, 0, pattern(40)).copy(B, 0, pattern(40, 90), ['data', 'record']);
    bench.deviceWrites(A, copyWork(40).destination, pattern(40, 90));
    expect(first(bench)).toBe('T-RID-4');
  });

  test('T-RID-4: a data request of the PF', () => {
    const bench = running();
    bench.post('sdi 0', 0, copyWork(8)).fetch(A, 0, copyWork(8));
    bench.deviceReads(PF_RID, copyWork(8).source, pattern(8));
    expect(first(bench)).toBe('T-RID-4');
  });

  test('T-RID-6: an SDI with a Routing ID of software sends under another', () => {
    const bench = new ScoreboardBench().bringUp().runningSdi(0, { rid: 0x0277, strided: false });
    bench.post('sdi 0', 0, copyWork(8)).fetch(0x0278, 0, copyWork(8));
    expect(first(bench)).toBe('T-RID-6');
  });

  test('T-RID-7: a bus on which nobody was given a Routing ID', () => {
    const bench = running().deviceWrites(0x7700, DESTINATION, words(1));
    expect(bench.broken).toContain('T-RID-7');
  });

  test('T-RID-8: an SDI that is only created runs', () => {
    const bench = new ScoreboardBench().bringUp().create(0).areas('sdi 0').startQueue('sdi 0');
    bench.post('sdi 0', 0, copyWork(8)).fetch(A, 0, copyWork(8));
    expect(first(bench)).toBe('T-RID-8');
  });
});

describe('memory', () => {
  test('T-IOM-1: a write behind the destination', () => {
    const bench = running().copy(A, 0, pattern(40), ['record']);
    bench.deviceWrites(A, copyWork(40).destination + 43, words(7));
    expect(first(bench)).toBe('T-IOM-1');
  });

  test('T-MMIO-1: a fetch from where half a ring base leads', () => {
    const bench = running();
    bench.post('sdi 0', 0, copyWork(8));
    bench.deviceReads(A, 0, encodeDescriptor(emptyWork()));
    expect(first(bench)).toBe('T-MMIO-1');
  });
});

describe('queues', () => {
  test('SRD-7.1: beyond TAIL, and the same bytes twice', () => {
    const unrung = running().fetch(A, 0, copyWork(8));
    expect(first(unrung)).toBe('SRD-7.1');
    const twice = running().post('sdi 0', 0, copyWork(8));
    twice.up(memoryRead({ requesterId: A, tag: 1, address: RING, byteLength: 32 }));
    twice.up(memoryRead({ requesterId: A, tag: 2, address: RING + 16, byteLength: 48 }));
    expect(first(twice)).toBe('SRD-7.1');
  });

  test('SRD-7.2: wrong bytes, bytes before they came, a wrong operand', () => {
    const wrong = running().copy(A, 0, pattern(20), ['data', 'record']);
    wrong.deviceWrites(A, copyWork(20).destination, pattern(20, 2));
    expect(first(wrong)).toBe('SRD-7.2');
    const early = running();
    early.post('sdi 0', 0, copyWork(8)).fetch(A, 0, copyWork(8));
    early.deviceWrites(A, copyWork(8).destination, pattern(8));
    expect(first(early)).toBe('SRD-7.2');
    const operand = running();
    const add = {
      opcode: WorkOpcode.FETCH_ADD,
      length: 4,
      destination: DESTINATION,
      operandA: pattern(8),
    };
    operand.post('sdi 0', 0, add).fetch(A, 0, add);
    operand.atomic(A, 'FetchAdd', DESTINATION, { operands: pattern(4, 9), old: words(0) });
    expect(first(operand)).toBe('SRD-7.2');
  });

  test('SRD-7.3: a byte read twice, bytes left out', () => {
    const twice = running().copy(A, 0, pattern(40), ['data', 'record']);
    twice.deviceReads(A, copyWork(40).source, pattern(40));
    expect(first(twice)).toBe('SRD-7.3');
    const gap = running().copy(A, 0, pattern(40), ['data', 'record']);
    gap.deviceWrites(A, copyWork(40).destination + 16, pattern(40).subarray(16));
    expect(first(gap)).toBe('SRD-7.3');
  });

  test.each([
    ['status', { status: 0x11 }],
    ['phase', { phase: 0 }],
    ['number', { n: 5 }],
    ['count', { bytesTransferred: 39 }],
    ['result', { resultLow: 1 }],
  ])('SRD-7.4: wrong %s in the record', (_name, fields) => {
    const bench = running().copy(A, 0, pattern(40), ['record']);
    bench.deviceWrites(
      A,
      RECORDS,
      recordBytes({
        status: 0,
        phase: 1,
        n: 0,
        bytesTransferred: 40,
        resultLow: 0,
        resultHigh: 0,
        ...fields,
      }),
    );
    expect(first(bench)).toBe('SRD-7.4');
  });

  test('SRD-7.5: the record before the data, twice, or not at all', () => {
    const early = running().copy(A, 0, pattern(40), ['data']);
    expect(first(early)).toBe('SRD-7.5');
    const twice = running().copy(A, 0, pattern(40)).record(A, 0, { bytesTransferred: 40 });
    expect(first(twice)).toBe('SRD-7.5');
    const missing = running().copy(A, 0, pattern(40), ['record']).copy(A, 1, pattern(4));
    expect(first(missing)).toBe('SRD-7.5');
  });

  test('SRD-7.6: relaxed ordering where it was not asked for, or missing', () => {
    const extra = running().copy(A, 0, pattern(8), ['data', 'record']);
    extra.deviceWrites(A, copyWork(8).destination, pattern(8), { attr: 2 });
    expect(first(extra)).toBe('SRD-7.6');
    const missing = running();
    const work = { ...copyWork(8), relaxedOrdering: true };
    missing.post('sdi 0', 0, work).fetch(A, 0, work).deviceReads(A, work.source, pattern(8));
    missing.deviceWrites(A, work.destination, pattern(8));
    expect(first(missing)).toBe('SRD-7.6');
  });

  test('SRD-7.7: a fetch long after the queue was stopped; one at once is free', () => {
    const late = running().post('sdi 0', 0, copyWork(8));
    late
      .event({ kind: 'queueStopped', requester: 'sdi 0' })
      .wait(3 * US)
      .fetch(A, 0, copyWork(8));
    expect(first(late)).toBe('SRD-7.7');
    const soon = running().post('sdi 0', 0, copyWork(8));
    soon.event({ kind: 'queueStopped', requester: 'sdi 0' }).fetch(A, 0, copyWork(8));
    expect(soon.broken).toEqual([]);
  });

  test('SRD-7.7: a ring that is too full halts', () => {
    const bench = running().event({ kind: 'doorbell', requester: 'sdi 0', tail: 100 });
    bench.wait(3 * US).fetch(A, 0, copyWork(8));
    expect(first(bench)).toBe('SRD-7.7');
  });
});

describe('interrupts', () => {
  const work = { ...copyWork(8), interrupt: true, vector: 0 };
  const upToRecord = (): ScoreboardBench => {
    const bench = running();
    bench.post('sdi 0', 0, work).fetch(A, 0, work).deviceReads(A, work.source, pattern(8));
    return bench
      .deviceWrites(A, work.destination, pattern(8))
      .record(A, 0, { bytesTransferred: 8 });
  };

  test('T-INT-1: other data, and the message of somebody else', () => {
    const data = upToRecord().deviceWrites(A, MESSAGE, words(0xbad));
    expect(first(data)).toBe('T-INT-1');
    const other = upToRecord().message(A, 1, {}, MESSAGE + 0x104);
    expect(first(other)).toBe('T-INT-1');
  });

  test('T-INT-2: under the Routing ID of the PF, or with a PASID', () => {
    expect(first(upToRecord().message(PF_RID, 0))).toBe('T-INT-2');
    expect(first(upToRecord().message(A, 0, { pasid: 5 }))).toBe('T-INT-2');
  });

  test('T-INT-3: another write into the window of messages', () => {
    const bench = upToRecord().deviceWrites(A, MESSAGE + 0x800, pattern(8));
    expect(first(bench)).toBe('T-INT-3');
  });

  test('T-INT-4: twice, masked, or after a reset', () => {
    expect(first(upToRecord().message(A, 0).message(A, 0))).toBe('T-INT-4');
    const masked = upToRecord().event({
      kind: 'vectorMasked',
      requester: 'sdi 0',
      vector: 0,
      masked: true,
    });
    expect(first(masked.wait(3 * US).message(A, 0))).toBe('T-INT-4');
    const reset = upToRecord().reset(0).programVector('sdi 0', 0).message(A, 0);
    expect(first(reset)).toBe('T-INT-4');
  });

  test('a masked message is pending, and sent once when unmasked', () => {
    const bench = running();
    bench.event({ kind: 'vectorMasked', requester: 'sdi 0', vector: 0, masked: true }).wait(3 * US);
    bench.post('sdi 0', 0, work).fetch(A, 0, work).deviceReads(A, work.source, pattern(8));
    bench.deviceWrites(A, work.destination, pattern(8)).record(A, 0, { bytesTransferred: 8 });
    bench.copy(A, 1, pattern(4));
    bench.event({ kind: 'vectorMasked', requester: 'sdi 0', vector: 0, masked: false });
    bench.wait(US).message(A, 0);
    expect(bench.broken).toEqual([]);
    bench.message(A, 0);
    expect(first(bench)).toBe('T-INT-4');
  });

  test("T-INT-4: the PF's message comes once for a command", () => {
    const bench = running();
    bench.event({ kind: 'msixEnable', requester: 'pf', enabled: true, functionMasked: false });
    bench.programVector('pf', 0, 0xfee0_0000);
    bench.event({ kind: 'commandStarted', command: 'query', sdi: 0 });
    bench.write(REGISTERS + PfRegister.COMMAND, 0x0001_0006).wait(2 * US);
    bench.message(PF_RID, 0, {}, 0xfee0_0000);
    expect(bench.broken).toEqual([]);
    expect(first(bench.message(PF_RID, 0, {}, 0xfee0_0000))).toBe('T-INT-4');
  });

  test('T-INT-5: the message before its record', () => {
    const bench = running();
    bench.post('sdi 0', 0, work).fetch(A, 0, work).message(A, 0);
    expect(first(bench)).toBe('T-INT-5');
  });

  test('SRD-7.8: no message at all', () => {
    const bench = upToRecord().copy(A, 1, pattern(4));
    expect(first(bench)).toBe('SRD-7.8');
  });
});

describe('completions', () => {
  test('T-CPL-1: the bytes of the request that has the same tag under another Routing ID', () => {
    const bench = running();
    const work = copyWork(16);
    bench.post('sdi 0', 0, work).fetch(A, 0, work).post('sdi 1', 0, work).fetch(B, 0, work);
    const readA = memoryRead({ requesterId: A, tag: 20, address: work.source, byteLength: 16 });
    const readB = memoryRead({ requesterId: B, tag: 20, address: work.source, byteLength: 16 });
    bench.up(readA).up(readB);
    for (const [read, bytes] of [
      [readA, pattern(16, 1)],
      [readB, pattern(16, 99)],
    ] as const) {
      for (const part of completionsFor(read, { completerId: HOST_RID, bytes, ends: [16] }))
        bench.down(part);
    }
    bench.deviceWrites(A, work.destination, pattern(16, 99));
    expect(['T-CPL-1', 'T-RID-4']).toContain(first(bench));
  });

  test('T-CPL-2: parts in the wrong order', () => {
    const bench = running();
    const work = copyWork(123);
    const bytes = pattern(123);
    bench.post('sdi 0', 0, work).fetch(A, 0, work);
    bench.deviceReads(A, work.source, bytes, { ends: [59, 123] });
    bench.deviceWrites(
      A,
      work.destination,
      Uint8Array.from([...bytes.subarray(59), ...bytes.subarray(0, 59)]).subarray(0, 100),
    );
    expect(first(bench)).toBe('T-CPL-2');
  });
});

describe('requests', () => {
  const bad = (change: (bench: ScoreboardBench) => void): string => {
    const bench = running();
    change(bench);
    return first(bench);
  };

  test('T-REQ-1: across 4 KiB', () => {
    const work = { ...copyWork(64), source: SOURCE + 0xff0 };
    expect(
      bad((bench) => {
        bench.post('sdi 0', 0, work).fetch(A, 0, work);
        const read = memoryRead({
          requesterId: A,
          tag: 9,
          address: SOURCE + 0xf00,
          byteLength: 64,
        });
        read.address = SOURCE + 0xff0;
        bench.up(read);
      }),
    ).toBe('T-REQ-1');
  });

  test('T-REQ-2 and T-REQ-3: above the sizes in force', () => {
    const work = copyWork(1000);
    expect(
      bad((bench) =>
        bench.post('sdi 0', 0, work).fetch(A, 0, work).deviceReads(A, work.source, pattern(516)),
      ),
    ).toBe('T-REQ-2');
    expect(
      bad((bench) => {
        bench.post('sdi 0', 0, work).fetch(A, 0, work).deviceReads(A, work.source, pattern(400));
        bench.deviceWrites(A, work.destination, pattern(160));
      }),
    ).toBe('T-REQ-3');
  });

  test('T-REQ-4: last byte enables that cover too much, or nothing', () => {
    expect(
      bad((bench) =>
        bench
          .copy(A, 0, pattern(40), ['data', 'record'])
          .deviceWrites(A, copyWork(40).destination, pattern(40), { lastBe: 0xf }),
      ),
    ).toBe('T-REQ-4');
    expect(
      bad((bench) =>
        bench
          .copy(A, 0, pattern(40), ['data', 'record'])
          .deviceWrites(A, copyWork(40).destination, pattern(40), { lastBe: 0 }),
      ),
    ).toBe('T-REQ-4');
  });

  test('T-REQ-5: a long header for a short address', () => {
    expect(
      bad((bench) =>
        bench
          .copy(A, 0, pattern(8), ['data', 'record'])
          .deviceWrites(A, copyWork(8).destination, pattern(8), { kind: 'MWr64' }),
      ),
    ).toBe('T-REQ-5');
  });

  test('T-REQ-6: a pair that is outstanding, a tag that is too wide', () => {
    const work = copyWork(64);
    expect(
      bad((bench) => {
        bench.post('sdi 0', 0, work).fetch(A, 0, work);
        bench.up(memoryRead({ requesterId: A, tag: 30, address: work.source, byteLength: 8 }));
        bench.up(memoryRead({ requesterId: A, tag: 30, address: work.source + 8, byteLength: 8 }));
      }),
    ).toBe('T-REQ-6');
    expect(bad((bench) => bench.post('sdi 0', 0, work).fetch(A, 0, work, { tag: 0x123 }))).toBe(
      'T-REQ-6',
    );
  });

  test('T-REQ-7: a queue that waits while others are served', () => {
    const bench = new ScoreboardBench({ engineCount: 1 }).bringUp().runningSdi(0).runningSdi(1);
    bench.post('sdi 1', 0, copyWork(4));
    for (let n = 0; n < 12; n++) bench.copy(A, n, pattern(4), []);
    expect(first(bench)).toBe('T-REQ-7');
  });

  test('T-REQ-8: with Bus Master Enable cleared; within 1 µs of its completion is free', () => {
    const cleared = (): ScoreboardBench => {
      const bench = running().copy(A, 0, pattern(4)).post('sdi 0', 1, copyWork(4));
      return bench.event({ kind: 'busMaster', requester: 'pf', on: false }).configWrite(0x04, 2, 2);
    };
    expect(cleared().fetch(A, 1, copyWork(4)).broken).toEqual([]);
    expect(
      first(
        cleared()
          .wait(2 * US)
          .fetch(A, 1, copyWork(4)),
      ),
    ).toBe('T-REQ-8');
  });

  test('T-PAS-1: no PASID where one belongs', () => {
    const bench = new ScoreboardBench()
      .bringUp()
      .runningSdi(0, { pasid: 77 })
      .wait(2 * US);
    bench.post('sdi 0', 0, copyWork(4)).fetch(A, 0, copyWork(4), { pasid: 77 });
    expect(bench.broken).toEqual([]);
    bench.deviceReads(A, copyWork(4).source, pattern(4));
    expect(first(bench)).toBe('T-PAS-1');
  });

  test('SRD-7.11: more than 64 outstanding', () => {
    const bench = running();
    const work = copyWork(1000);
    bench.post('sdi 0', 0, work).fetch(A, 0, work);
    for (let i = 0; i < 65; i++) {
      const read = memoryRead({
        requesterId: A,
        tag: 100 + i,
        address: work.source + 4 * i,
        byteLength: 4,
      });
      bench.up(read);
    }
    expect(first(bench)).toBe('SRD-7.11');
  });

  test('SRD-7.12, SRD-3.1, PCIE-REQ-1, PCIE-TLP-1: what a request may not be', () => {
    expect(
      bad((bench) => bench.post('sdi 0', 0, copyWork(4)).fetch(A, 0, copyWork(4), { tc: 1 })),
    ).toBe('SRD-7.12');
    const message = new Tlp();
    message.kind = 'Msg';
    expect(bad((bench) => bench.up(message))).toBe('SRD-3.1');
    const config = new Tlp();
    Object.assign(config, { kind: 'CfgRd0', lengthDw: 1, firstBe: 0xf });
    expect(bad((bench) => bench.up(config))).toBe('PCIE-REQ-1');
    expect(bad((bench) => bench.upBytes(new Uint8Array(8)))).toBe('PCIE-TLP-1');
  });
});

describe('resets', () => {
  test('T-RST-1: work goes on after the reset has ended', () => {
    const bench = running().copy(A, 0, pattern(40), ['data', 'record']).reset(0);
    bench.deviceWrites(A, copyWork(40).destination, pattern(40));
    expect(first(bench)).toBe('T-RST-1');
  });

  test('what was generated before may leave until the end', () => {
    const bench = running().copy(A, 0, pattern(40), ['data', 'record']);
    bench.event({ kind: 'sdiResetting', sdi: 0, reconfigure: undefined });
    bench.deviceWrites(A, copyWork(40).destination, pattern(40)).ended('reset', 0);
    expect(bench.broken).toEqual([]);
  });

  test('T-RST-2: the tag of an aborted read is used again', () => {
    const bench = running().post('sdi 0', 0, copyWork(8)).fetch(A, 0, copyWork(8));
    bench.up(memoryRead({ requesterId: A, tag: 31, address: copyWork(8).source, byteLength: 8 }));
    bench.reset(0).enable(0).startQueue('sdi 0').post('sdi 0', 0, copyWork(8));
    bench.fetch(A, 0, copyWork(8), { tag: 31 });
    expect(first(bench)).toBe('T-RST-2');
  });

  test('T-RST-3: a neighbour loses its descriptor', () => {
    const bench = running().copy(B, 0, pattern(20), ['data', 'record']).reset(0);
    bench.post('sdi 1', 1, copyWork(4)).fetch(B, 1, copyWork(4));
    expect(first(bench)).toBe('T-RST-3');
  });

  test('T-RST-7: an SDI loses its descriptor at the FLR of a VF', () => {
    const bench = running()
      .event({ kind: 'vfsEnabling', count: 1, rids: [0x101] })
      .wait(2 * US);
    bench.event({ kind: 'vfsEnabled', accepted: true }).copy(B, 0, pattern(20), ['data', 'record']);
    bench.event({ kind: 'flrStarted', requester: 'vf 1' }).wait(2 * US);
    bench.event({ kind: 'flrEnded', requester: 'vf 1' });
    bench.post('sdi 1', 1, copyWork(4)).fetch(B, 1, copyWork(4));
    expect(first(bench)).toBe('T-RST-7');
  });

  test('T-RST-6: an SDI sends after an FLR of the PF', () => {
    const bench = running().post('sdi 0', 0, copyWork(8)).fetch(A, 0, copyWork(8));
    bench.up(memoryRead({ requesterId: A, tag: 31, address: copyWork(8).source, byteLength: 8 }));
    bench.event({ kind: 'flrStarted', requester: 'pf' }).wait(2 * US);
    bench.event({ kind: 'flrEnded', requester: 'pf' }).bringUp().runningSdi(0);
    bench.post('sdi 0', 0, copyWork(8)).fetch(A, 0, copyWork(8), { tag: 31 });
    expect(first(bench)).toBe('T-RST-6');
  });
});

function recordBytes(fields: {
  status: number;
  phase: number;
  n: number;
  bytesTransferred: number;
  resultLow: number;
  resultHigh: number;
}): Uint8Array {
  const control = fields.status | (fields.phase << 8) | (fields.n << 16);
  return words(control, fields.bytesTransferred, fields.resultLow, fields.resultHigh);
}
