// Errors (SRD §7, §9): malformed and unsupported TLPs, poison, completions that are bad in every way, timeouts.
import { describe, expect, it } from 'vitest';
import { hexToBytes } from '#base/bytes';
import { atomicRequest, configWrite, memoryRead, memoryWrite } from '#pcie/build';
import { copyTlp, encodeTlp } from '#pcie/codec';
import { isMemoryRead, Tlp, type TlpKind } from '#pcie/tlp';
import { PageRegister, PfError } from '#siov/srd-registers';
import { WorkOpcode } from '#siov/work';
import { BAR0, BAR2, failure, pattern, TestHost, VF_BAR0, type QueuePlaces } from './test-host.ts';

const ERRORS = BAR0 + 0x18;
const Aer = {
  POISONED: 1 << 12,
  TIMEOUT: 1 << 14,
  UNEXPECTED: 1 << 16,
  MALFORMED: 1 << 18,
  UNSUPPORTED: 1 << 20,
} as const;
const UR = 1;

/** ERRORS and AER, both cleared by their ones afterwards. */
function takeErrors(host: TestHost): [errors: number, aer: number] {
  const found: [number, number] = [host.read(ERRORS), host.config(0x104) >>> 0];
  host.write(ERRORS, found[0]);
  host.configWrite(0x104, found[1]);
  expect(host.read(ERRORS)).toBe(0);
  expect(host.config(0x104)).toBe(0);
  return found;
}

function bad(change: (tlp: Tlp) => void, tlp: Tlp): Tlp {
  change(tlp);
  return tlp;
}

const write8 = (): Tlp =>
  memoryWrite({ requesterId: 0, address: BAR0 + 0x100, bytes: new Uint8Array(8).fill(0xee) });

describe('malformed TLPs', () => {
  const cases: [string, () => Tlp | Uint8Array][] = [
    ['bytes missing', () => encodeTlp(write8()).subarray(0, 20)],
    ['bytes too many', () => Uint8Array.of(...encodeTlp(write8()), 0, 0, 0, 0)],
    ['undefined Type', () => hexToBytes('030000010000000f00000000')],
    ['undefined Fmt', () => hexToBytes('e0000001000000010000000000000000')],
    [
      'payload above MPS',
      () => memoryWrite({ requesterId: 0, address: BAR0 + 0x100, bytes: new Uint8Array(132) }),
    ],
    ['across 4 KiB', () => bad((tlp) => (tlp.address = BAR0 + 0xffc), write8())],
    [
      'Last BE with 1 DW',
      () =>
        bad(
          (tlp) => (tlp.lastBe = 1),
          memoryRead({ requesterId: 0, address: BAR0, byteLength: 4 }),
        ),
    ],
    ['First BE 0 with 2 DW', () => bad((tlp) => (tlp.firstBe = 0), write8())],
    ['Last BE 0 with 2 DW', () => bad((tlp) => (tlp.lastBe = 0), write8())],
    [
      'Configuration Request of 2 DW',
      () =>
        bad(
          (tlp) => {
            tlp.lengthDw = 2;
            tlp.payload = new Uint8Array(8);
          },
          configWrite({ requesterId: 0, destinationId: 0x100, offset: 4, byteLength: 4, value: 0 }),
        ),
    ],
  ];
  it.each(cases)('%s: dropped, noted', (_, make) => {
    const host = new TestHost().boot();
    const from = host.seen.length;
    host.send(make());
    host.run(1_000_000);
    expect(host.seen.length).toBe(from);
    expect(takeErrors(host)).toEqual([PfError.MALFORMED_TLP, Aer.MALFORMED]);
    expect(host.read(BAR0 + 0x100)).toBe(0);
  });
});

describe('unsupported requests', () => {
  const atomic = (): Tlp =>
    atomicRequest({ requesterId: 0, op: 'Swap', address: BAR0, operands: new Uint8Array(4) });
  const kind = (name: TlpKind): Tlp =>
    bad((tlp) => (tlp.kind = name), memoryRead({ requesterId: 0, address: 0x1000, byteLength: 4 }));
  it.each([
    ['a read of nobody', () => memoryRead({ requesterId: 0, address: 0x1000, byteLength: 4 })],
    ['an AtomicOp', atomic],
    ['an I/O read', () => kind('IORd')],
    ['a locked read', () => kind('MRdLk32')],
  ])('%s: UR', (_, make) => {
    const host = new TestHost().boot();
    const completion = host.request(make());
    expect(completion.status).toBe(UR);
    expect(completion.kind).toBe(make().kind === 'MRdLk32' ? 'CplLk' : 'Cpl');
    expect(takeErrors(host)).toEqual([PfError.UNSUPPORTED_REQUEST, Aer.UNSUPPORTED]);
  });

  it('drops a write of nobody', () => {
    const host = new TestHost().boot();
    host.write(0x1000, 1);
    host.run(1_000_000);
    expect(takeErrors(host)).toEqual([PfError.UNSUPPORTED_REQUEST, Aer.UNSUPPORTED]);
  });

  it('answers UR to BARs without Memory Space Enable, before all other checks', () => {
    const host = new TestHost().boot();
    host.configWrite(0x04, 4, 2);
    expect(host.readTlp(BAR0, 64).status).toBe(UR);
    expect(host.readTlp(BAR2 + 0x5000).status).toBe(UR);
    host.configWrite(0x04, 6, 2);
    expect(takeErrors(host)).toEqual([PfError.UNSUPPORTED_REQUEST, Aer.UNSUPPORTED]);
  });

  it.each([
    ['unassigned', 7 * 4096],
    ['past pageCount', 300 * 4096],
  ])('notes an access to a page that is %s', (_, offset) => {
    const host = new TestHost({ params: { pageCount: 257 } }).boot();
    const both = PfError.UNASSIGNED_PAGE | PfError.UNSUPPORTED_REQUEST;
    expect(host.readTlp(BAR2 + offset, 64).status).toBe(UR);
    expect(takeErrors(host)).toEqual([both, Aer.UNSUPPORTED]);
    host.write(BAR2 + offset, 5);
    host.run(1_000_000);
    expect(takeErrors(host)).toEqual([both, Aer.UNSUPPORTED]);
  });

  it('takes the page of a VF above NumVFs for nobody', () => {
    const host = new TestHost().boot();
    host.configWrite(0x160, 2, 2);
    host.configWrite(0x174, VF_BAR0);
    host.configWrite(0x158, 0x9, 1);
    expect(host.readTlp(VF_BAR0 + 4096)).toMatchObject({ status: 0, completerId: 0x102 });
    expect(host.readTlp(VF_BAR0 + 8192).status).toBe(UR);
    expect(takeErrors(host)).toEqual([PfError.UNSUPPORTED_REQUEST, Aer.UNSUPPORTED]);
    host.configWrite(0x158, 0x1, 1);
    expect(host.readTlp(VF_BAR0 + 4096).status).toBe(UR);
  });

  it('drops Messages without a trace', () => {
    const host = new TestHost().boot();
    const message = new Tlp();
    message.kind = 'Msg';
    message.messageCode = 0x7e;
    host.send(message);
    host.run(1_000_000);
    expect(takeErrors(host)).toEqual([0, 0]);
  });
});

describe('poison', () => {
  it('drops poisoned writes to registers and pages', () => {
    const host = new TestHost().boot();
    host.openSdi(0);
    for (const address of [BAR0 + 0x100, BAR2 + 0x100, BAR2 + PageRegister.CTRL]) {
      const before = host.read(address);
      const bytes = new Uint8Array(4).fill(0xff);
      host.send(bad((tlp) => (tlp.ep = 1), memoryWrite({ requesterId: 0, address, bytes })));
      expect(host.read(address)).toBe(before);
      expect(takeErrors(host)).toEqual([PfError.POISONED_TLP, Aer.POISONED]);
    }
  });

  it('answers UR to a poisoned Configuration Write, and stores nothing', () => {
    const host = new TestHost().boot();
    const target = { requesterId: 0, destinationId: 0x100, offset: 0x3c, byteLength: 1, value: 5 };
    const write = configWrite(target);
    expect(host.request(bad((tlp) => (tlp.ep = 1), write)).status).toBe(UR);
    expect(host.config(0x3c, 1)).toBe(0);
    expect(takeErrors(host)).toEqual([PfError.POISONED_TLP, Aer.POISONED]);
  });
});

const COPY = { opcode: WorkOpcode.COPY, length: 2000, source: 0x100_0000, destination: 0x200_0000 };

/** Answers data reads by `make`, others as usual. */
function answerData(host: TestHost, make: (request: Tlp) => readonly Tlp[] | 'drop'): void {
  host.answer = (request) => {
    const isData = isMemoryRead(request.kind) && request.address < 0x200_0000;
    return isData ? make(request) : undefined;
  };
}

describe('completions of the device’s reads', () => {
  function started(): { host: TestHost; queue: QueuePlaces } {
    const host = new TestHost().boot();
    const queue = host.openSdi(0);
    host.poke(COPY.source, pattern(2000));
    return { host, queue };
  }

  it.each([
    [1, 0x10],
    [2, 0x10],
    [3, 0x10],
    [4, 0x11],
    [5, 0x10],
  ])('status %i ends the descriptor; the written prefix is counted', (status, expected) => {
    const { host, queue } = started();
    let count = 0;
    host.answerDelayPs = (request) =>
      request.address >= 0x200_0000 ? 100_000 : 500_000 + 300_000 * ++count;
    answerData(host, (request) =>
      count === 2 ? failure(request, status) : host.completions(request),
    );
    const [record] = host.execute(queue, [COPY]);
    expect(record.status).toBe(expected);
    const bytes = record.bytesTransferred;
    expect(bytes).toBeLessThan(2000);
    expect(host.peek(COPY.destination, bytes)).toEqual(pattern(2000).subarray(0, bytes));
    expect(host.peek(COPY.destination + bytes, 64)).toEqual(new Uint8Array(64));
    expect(takeErrors(host)).toEqual([0, 0]);
    host.answer = () => undefined;
    expect(host.execute(queue, [COPY], 1)[0].status).toBe(0);
  });

  it('takes the first status that arrives', () => {
    const { host, queue } = started();
    let count = 0;
    host.answerDelayPs = (request) =>
      request.address >= 0x200_0000 ? 100_000 : 5_000_000 - 300_000 * ++count;
    answerData(host, (request) => failure(request, count === 3 ? 4 : 1));
    const [record] = host.execute(queue, [{ ...COPY, opcode: WorkOpcode.CRC32 }]);
    expect(record).toMatchObject({ status: 0x11, bytesTransferred: 0, resultLow: 0 });
  });

  it('does not use poisoned data', () => {
    const { host, queue } = started();
    answerData(host, (request) =>
      host.completions(request).map((tlp) => bad((completion) => (completion.ep = 1), tlp)),
    );
    const [record] = host.execute(queue, [COPY]);
    expect(record).toMatchObject({ status: 0x12, bytesTransferred: 0 });
    expect(takeErrors(host)).toEqual([PfError.POISONED_TLP, Aer.POISONED]);
    expect(host.peek(COPY.destination, 2000)).toEqual(new Uint8Array(2000));
  });

  it.each(['RID', 'tag', 'Byte Count'])('drops one with a wrong %s, and waits on', (what) => {
    const { host, queue } = started();
    answerData(host, (request) => {
      const usual = host.completions(request);
      const wrong = copyTlp(usual[0]);
      if (what === 'RID') wrong.requesterId ^= 0x80;
      if (what === 'tag') wrong.tag ^= 0x80;
      if (what === 'Byte Count') wrong.byteCount = (wrong.byteCount % 4096) + 1;
      return [wrong, ...usual];
    });
    const [record] = host.execute(queue, [COPY]);
    expect(record).toMatchObject({ status: 0, bytesTransferred: 2000 });
    expect(host.peek(COPY.destination, 2000)).toEqual(pattern(2000));
    expect(takeErrors(host)).toEqual([PfError.UNEXPECTED_COMPLETION, Aer.UNEXPECTED]);
  });

  it('drops one too many', () => {
    const { host, queue } = started();
    answerData(host, (request) => [...host.completions(request), ...failure(request, 0)]);
    expect(host.execute(queue, [COPY])[0].status).toBe(0);
    expect(takeErrors(host)).toEqual([PfError.UNEXPECTED_COMPLETION, Aer.UNEXPECTED]);
  });

  it('times out between 1 × and 2 × the timeout, and the next descriptor runs', () => {
    const host = new TestHost({ params: { completionTimeoutNs: 5000 } }).boot();
    const queue = host.openSdi(0);
    answerData(host, () => 'drop');
    const [record] = host.execute(queue, [{ ...COPY, length: 100 }]);
    expect(record).toMatchObject({ status: 0x13, bytesTransferred: 0 });
    const read = host.seen.find(({ tlp }) => isMemoryRead(tlp.kind) && tlp.address < 0x200_0000);
    const written = host.seen.find(({ tlp }) => tlp.address === queue.records);
    const waited = (written?.timePs ?? 0) - (read?.timePs ?? 0);
    expect(waited).toBeGreaterThan(5_000_000);
    expect(waited).toBeLessThan(11_000_000);
    expect(takeErrors(host)).toEqual([PfError.COMPLETION_TIMEOUT, Aer.TIMEOUT]);
    host.answer = () => undefined;
    expect(host.execute(queue, [COPY], 1)[0].status).toBe(0);
  });

  it('takes a completion after the timeout for unexpected', () => {
    const host = new TestHost({ params: { completionTimeoutNs: 5000 } }).boot();
    const queue = host.openSdi(0);
    host.answerDelayPs = (request) => (request.address < 0x200_0000 ? 20_000_000 : 100_000);
    host.execute(queue, [{ ...COPY, length: 100 }]);
    host.run(20_000_000);
    const errors = PfError.COMPLETION_TIMEOUT | PfError.UNEXPECTED_COMPLETION;
    expect(takeErrors(host)).toEqual([errors, Aer.TIMEOUT | Aer.UNEXPECTED]);
  });

  it('halts the queue when the fetch times out or is poisoned', () => {
    const host = new TestHost({ params: { completionTimeoutNs: 5000 } }).boot();
    const { page } = host.openSdi(0);
    host.answer = () => 'drop';
    host.write(page + PageRegister.TAIL, 1);
    host.run(12_000_000);
    expect(host.read(page + PageRegister.STATE)).toBe(0x1305);
    host.write(page + PageRegister.CTRL, 0);
    host.write(page + PageRegister.CTRL, 1);
    host.answer = (request) =>
      host.completions(request).map((tlp) => bad((completion) => (completion.ep = 1), tlp));
    host.write(page + PageRegister.TAIL, 1);
    host.run(12_000_000);
    expect(host.read(page + PageRegister.STATE)).toBe(0x1205);
  });

  it('of an AtomicOp bring its status, too', () => {
    const host = new TestHost().boot();
    const queue = host.openSdi(0);
    host.answer = (request) => (isMemoryRead(request.kind) ? undefined : failure(request, 4));
    const work = { opcode: WorkOpcode.FETCH_ADD, length: 4, destination: 0x5000 };
    const [record] = host.execute(queue, [work]);
    expect(record).toMatchObject({ status: 0x11, bytesTransferred: 0, resultLow: 0 });
  });
});

describe('AtomicOps', () => {
  it.each([
    [WorkOpcode.FETCH_ADD, 'FetchAdd'],
    [WorkOpcode.SWAP, 'Swap'],
    [WorkOpcode.CAS, 'CAS'],
  ])('opcode %i is %s, of 4 and 8 bytes, below and above 4 GiB', (opcode, name) => {
    const host = new TestHost().boot();
    const queue = host.openSdi(0);
    let n = 0;
    for (const destination of [0x5008, 0x77_0000_0010]) {
      for (const length of [4, 8]) {
        const old = pattern(8, n + 1);
        host.poke(destination, old);
        const isEqual = n % 2 === 0;
        const operandA = opcode === WorkOpcode.CAS && isEqual ? old : pattern(8, 50);
        const operandB = pattern(8, 60);
        const work = { opcode, length, destination, operandA, operandB };
        const from = host.seen.length;
        const [record] = host.execute(queue, [work], n++);
        expect(record).toMatchObject({ status: 0, bytesTransferred: length });
        const request = host.seen.slice(from).find(({ tlp }) => tlp.kind.startsWith(name))?.tlp;
        expect(request?.kind).toBe(`${name}${destination < 2 ** 32 ? 32 : 64}`);
        expect([request?.firstBe, request?.lastBe]).toEqual([0, 0]);
        const now = host.peek(destination, length);
        if (opcode === WorkOpcode.SWAP) expect(now).toEqual(operandA.subarray(0, length));
        if (opcode === WorkOpcode.CAS) {
          expect(now).toEqual((isEqual ? operandB : old).subarray(0, length));
        }
        const view = new DataView(old.buffer);
        expect(record.resultLow).toBe(view.getUint32(0, true));
        expect(record.resultHigh).toBe(length === 8 ? view.getUint32(4, true) : 0);
      }
    }
  });

  it('are BAD_OPCODE without AtomicOp Requester Enable', () => {
    const host = new TestHost().boot();
    host.configWrite(0x88, 0, 2);
    const queue = host.openSdi(0);
    const work = { opcode: WorkOpcode.SWAP, length: 4, destination: 0x5000 };
    expect(host.execute(queue, [work])[0].status).toBe(0x20);
  });

  it('and CRC32 are BAD_OPCODE in the rtl profile', () => {
    const host = new TestHost({ params: { profile: 'rtl' } }).boot();
    const queue = host.openSdi(0);
    const works = [3, 4, 5, 6].map((opcode) => ({ opcode, length: 4, destination: 0x5000 }));
    expect(host.execute(queue, works).map((record) => record.status)).toEqual(
      works.map(() => 0x20),
    );
  });
});
