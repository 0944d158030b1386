// The example devices (examples/c-device, examples/python-device): what their README says of them, held against the PCIe
// rules of src/pcie; and that they are one device in two languages.
import { afterAll, describe, expect, it } from 'vitest';
import { hexToBytes } from '#base/bytes';
import {
  atomicRequest,
  completionsFor,
  completionWithoutData,
  configRead,
  memoryRead,
  memoryWrite,
} from '#pcie/build';
import { readCompletionFault, requestFaults } from '#pcie/rules';
import { CompletionStatus, isCompletion, isMemoryRead, isMemoryWrite, type Tlp } from '#pcie/tlp';
import { PROFILES } from '#siov/device-params';
import { defaultParams, paramsToRecord } from '#siov/srd-params';
import { CLIENTS, commandOf, COPY_DEVICE, PYTHON, removeBuilds, C99 } from './client-builds.ts';
import { BAR, CopyHost, DEVICE_RID, HOST_RID } from './copy-host.ts';
import { CUTS, play } from './played-session.ts';
import { Frame, HELLO, helloPayload, LOOKAHEAD_PS, RawSession } from './raw-session.ts';

const LONG_MS = 120_000;
const LIMITS = { maxPayloadBytes: 128, maxReadRequestBytes: 512 };
const MESSAGE = 0xfee0_0000;
const US = 1_000_000;
const JOB = {
  source: 0x1_0000_0ff4,
  target: 0x2_0000_0fec,
  length: 120,
  message: MESSAGE,
  data: 0x4321,
};

afterAll(removeBuilds);

async function start(command: readonly string[], params = {}): Promise<CopyHost> {
  const session = await RawSession.start(command);
  await session.hello({ ...HELLO, params });
  return new CopyHost(session);
}

function fillSource(host: CopyHost): number[] {
  const bytes = Array.from({ length: JOB.length }, (_, i) => (i * 37 + 5) & 0xff);
  bytes.forEach((byte, i) => host.memory.set(JOB.source + i, byte));
  return bytes;
}

function requestsOf(host: CopyHost): Tlp[] {
  return host.seen.map(({ tlp }) => tlp).filter(({ kind }) => !isCompletion(kind));
}

/** Everything that a driver and a fuzzer do to the device, in one session; the host with what it saw. */
async function everything(command: readonly string[]): Promise<CopyHost> {
  const host = await start(command, { completionTimeoutNs: 5000, vendorId: 0xabcd });
  fillSource(host);
  await host.enable();
  for (let i = 0; i < 7; i++)
    host.ring({
      ...JOB,
      source: JOB.source + 4 * i,
      data: i,
      length: [120, 0, 4, 256, 260, 64, 8][i],
    });
  await host.run(12 * US);
  host.answer = (read) =>
    read.tag % 3 === 0
      ? []
      : [completionWithoutData(read, { completerId: HOST_RID, status: read.tag % 3 })];
  for (let i = 0; i < 3; i++) host.ring(JOB);
  await host.run(20 * US);
  host.answer = () => undefined;
  for (const offset of [0, 4, 8, 0xc, 0x10, 0x2c, 0x34, 0x100]) await host.readConfig(offset);
  for (const offset of [0, 4, 8, 0x10, 0x14, 0x20, 0x30, 0xffc]) await host.readRegister(offset);
  for (const text of GARBAGE) host.post(hexToBytes(text));
  await host.run(US);
  await host.session.reset(1);
  await host.readConfig(4);
  await host.enable();
  host.ring(JOB);
  await host.run(5 * US);
  await host.session.bye();
  return host;
}

/** TLPs that are malformed, or ask for what there is not. */
const GARBAGE = [
  '00',
  '',
  '0000000100080aff80000000ffffffff',
  '00000001000812ff80000000',
  '000000020008130f80000000',
  '00000001000814ff80000000',
  '000000010008150f80000002',
  '000000010008160080000004',
  '000000010008170980000008',
  '2000000100081a0f0000000180000000',
  '010000010008180f80000000',
  '020000010008190f00000000',
  '420000010008200f0000000000000000',
  '4c000001000821008000001000000001',
  '4e0000020008220080000010000000010000000200000003',
  '050000010008230f03000000',
  '040000020008240f03000000',
  '440040010008250f0300000400000007',
  '4400000100082601030000ff00000007',
  '400040010008270f8000001400000007',
  '4000000100082805800000143412cdab',
  '4a00000100000004030000000000000a',
  '7400000100082910000000000000000000000000',
  '91012345000000010008300f80000000',
  '8101234500000001000831ff80000000',
  'c0000001000832ff80000000',
  '000080010008330f80000000',
];

describe.each(CLIENTS)('the $name copy device$lacking', (build) => {
  const command = (): string[] => commandOf(build, COPY_DEVICE);
  const test = it.skipIf(build.lacking !== '');

  test(
    'names all parameters of SRD, with its own where it cannot follow',
    async () => {
      const own = {
        totalVfs: 0,
        engineCount: 1,
        maxPayload: 128,
        mixedIov: false,
        softwareRids: false,
        atomics: false,
        crc32: false,
        pasid: false,
      };
      for (const profile of PROFILES) {
        const session = await RawSession.start(command());
        const { params, name } = await session.hello({
          ...HELLO,
          params: { profile, vendorId: 7 },
        });
        expect(name).toBe('ridgeline-copy-device');
        expect(params).toEqual({ ...paramsToRecord(defaultParams(profile)), vendorId: 7, ...own });
        await session.bye();
      }
    },
    LONG_MS,
  );

  test.each([
    [{ profile: 'huge' }, /'profile': expected standard, hyperscale or rtl/],
    [{ totalSdi: 1 }, /unknown parameter 'totalSdi'/],
    [{ totalSdis: 0 }, /'totalSdis': expected 1..60000, got 0/],
    [{ totalSdis: 60_001 }, /expected 1..60000/],
    [{ totalVfs: 2.5 }, /'totalVfs': expected 0..255, got 2.5/],
    [{ ringMax: 24 }, /'ringMax': expected a power of two 2..4096, got 24/],
    [{ maxPayload: 64 }, /expected a power of two 128..4096/],
    [{ atomics: 1 }, /'atomics': expected true or false/],
    [{ vendorId: true }, /'vendorId': expected 0..65535/],
    [{ vendorId: '7' }, /'vendorId': expected 0..65535/],
  ])('refuses the parameters %o', async (params, text) => {
    const session = await RawSession.start(command());
    session.send(Frame.HELLO, helloPayload({ ...HELLO, params }));
    expect(await session.fatal()).toMatch(text);
  });

  test('answers Configuration Requests, and takes its bus number from writes', async () => {
    const host = await start(command());
    const before = await host.readConfig(0);
    expect(before).toMatchObject({
      kind: 'CplD',
      status: CompletionStatus.SC,
      completerId: 0,
      requesterId: HOST_RID,
    });
    expect(Buffer.from(before.payload).readUInt32LE(0)).toBe(0x510f1234);
    expect(await host.writeConfig(0x10, 0xffff_ffff)).toMatchObject({
      kind: 'Cpl',
      completerId: DEVICE_RID,
      byteCount: 4,
    });
    const bar = await host.readConfig(0x10);
    expect(bar).toMatchObject({ completerId: DEVICE_RID });
    expect(Buffer.from(bar.payload).readUInt32LE(0)).toBe(0xffff_f000);
    expect(await host.readConfig(0, 0x0301)).toMatchObject({
      kind: 'Cpl',
      status: CompletionStatus.UR,
    });
    const other = configRead({
      requesterId: HOST_RID,
      destinationId: DEVICE_RID,
      offset: 0,
      byteLength: 4,
      type: 1,
    });
    expect(await host.ask(other)).toMatchObject({ kind: 'Cpl', status: CompletionStatus.UR });
    await host.session.bye();
  });

  test('answers reads of its registers; UR elsewhere', async () => {
    const host = await start(command());
    const read = (address: number, byteLength: number): Promise<Tlp> =>
      host.ask(memoryRead({ requesterId: HOST_RID, address, byteLength }));
    expect(await read(BAR, 4)).toMatchObject({
      kind: 'Cpl',
      status: CompletionStatus.UR,
      byteCount: 4,
    });
    await host.enable();
    expect(await host.readRegister(0)).toBe(0x31434c52);
    for (const [address, length] of [
      [BAR + 1, 3],
      [BAR + 2, 1],
      [BAR + 0x7c, 4],
      [BAR + 4, 0],
    ] as const) {
      const answer = await read(address, length);
      const awaited = { address, remainingBytes: Math.max(1, length), rcbBytes: 64 };
      expect(readCompletionFault(answer, awaited)).toBeUndefined();
    }
    expect(await read(BAR, 8)).toMatchObject({ status: CompletionStatus.CA });
    expect(await read(BAR + 4096, 4)).toMatchObject({ status: CompletionStatus.UR });
    expect(await read(BAR + 2 ** 32, 4)).toMatchObject({ status: CompletionStatus.UR });
    const atomic = atomicRequest({
      requesterId: HOST_RID,
      address: BAR,
      op: 'Swap',
      operands: new Uint8Array(4),
    });
    expect(await host.ask(atomic)).toMatchObject({ kind: 'Cpl', status: CompletionStatus.UR });
    host.post(
      memoryWrite({ requesterId: HOST_RID, address: BAR + 0x11, bytes: Uint8Array.of(0xaa, 0xbb) }),
    );
    await host.run(US);
    expect(await host.readRegister(0x10)).toBe(0x00bb_aa00);
    await host.session.bye();
  });

  test('copies, then sends its message', async () => {
    const host = await start(command());
    const bytes = fillSource(host);
    await host.enable();
    host.ring(JOB);
    await host.run(10 * US);
    expect(host.bytesAt(JOB.target, JOB.length)).toEqual(bytes);
    expect(host.bytesAt(MESSAGE, 4)).toEqual([0x21, 0x43, 0, 0]);
    expect(await host.readRegister(4)).toBe(0x0001_0000);
    const requests = requestsOf(host);
    expect(requests.map((tlp) => requestFaults(tlp, LIMITS))).toEqual(requests.map(() => []));
    expect(new Set(requests.map(({ requesterId }) => requesterId))).toEqual(new Set([DEVICE_RID]));
    // Source: 12 bytes to the end of a line, 64, 44. Target: 20 bytes to a 4 KiB boundary, within the second chunk.
    expect(requests.map(({ kind, lengthDw }) => `${kind} ${lengthDw}`)).toEqual([
      'MRd64 3',
      'MWr64 3',
      'MRd64 16',
      'MWr64 2',
      'MWr64 14',
      'MRd64 11',
      'MWr64 11',
      'MWr32 1',
    ]);
    await host.session.bye();
  });

  test('queues four jobs, and counts what it drops', async () => {
    const host = await start(command());
    fillSource(host);
    await host.enable();
    for (let i = 0; i < 7; i++) host.ring({ ...JOB, length: 4, data: i });
    await host.run(1);
    await host.run(10 * US);
    expect(await host.readRegister(8)).toBe(3);
    expect(await host.readRegister(4)).toBe(0x0004_0000);
    const messages = requestsOf(host).filter(
      (tlp) => isMemoryWrite(tlp.kind) && tlp.addressLow === MESSAGE,
    );
    expect(messages.map(({ payload }) => payload[0])).toEqual([0, 1, 2, 3]);
    await host.session.bye();
  });

  test.each<[string, number, (read: Tlp) => readonly Tlp[]]>([
    [
      'UR',
      2,
      (read) => [
        completionWithoutData(read, { completerId: HOST_RID, status: CompletionStatus.UR }),
      ],
    ],
    [
      'poisoned data',
      2,
      (read) =>
        completionsFor(read, { completerId: HOST_RID, bytes: new Uint8Array(12), ends: [12] }).map(
          (tlp) => Object.assign(tlp, { ep: 1 }),
        ),
    ],
    ['nothing', 3, () => []],
    [
      'somebody else\u2019s completion',
      3,
      (read) =>
        completionsFor(read, { completerId: HOST_RID, bytes: new Uint8Array(12), ends: [12] }).map(
          (tlp) => Object.assign(tlp, { tag: tlp.tag + 1 }),
        ),
    ],
    [
      'too little data',
      3,
      (read) =>
        completionsFor(read, {
          completerId: HOST_RID,
          bytes: new Uint8Array(12),
          ends: [4, 12],
        }).slice(0, 1),
    ],
  ])('ends a job whose read is answered with %s, and goes on', async (_what, error, answer) => {
    const host = await start(command(), { completionTimeoutNs: 5000 });
    const bytes = fillSource(host);
    await host.enable();
    host.answer = answer;
    host.ring(JOB);
    await host.run(8 * US);
    expect(await host.readRegister(4)).toBe(0x0001_0000 | (error << 8));
    expect(requestsOf(host).map(({ kind }) => kind)).toEqual(['MRd64', 'MWr32']);
    host.answer = () => undefined;
    host.ring(JOB);
    await host.run(10 * US);
    expect(await host.readRegister(4)).toBe(0x0002_0000);
    expect(host.bytesAt(JOB.target, JOB.length)).toEqual(bytes);
    await host.session.bye();
  });

  test('starts no request while Bus Master Enable is 0', async () => {
    const host = await start(command());
    fillSource(host);
    await host.enable();
    await host.writeConfig(4, 2);
    host.ring(JOB);
    await host.run(20 * US);
    expect(requestsOf(host)).toEqual([]);
    await host.writeConfig(4, 6);
    await host.run(20 * US);
    expect(requestsOf(host).at(-1)).toMatchObject({ kind: 'MWr32', addressLow: MESSAGE });
    await host.session.bye();
  });

  test(
    'sends the same TLPs however time is cut',
    async () => {
      const host = await start(command());
      fillSource(host);
      await host.enable();
      host.ring(JOB);
      await host.run(10 * US);
      await host.session.bye();
      const recorded = { hello: HELLO, arrivals: host.arrivals, endPs: host.nowPs };
      for (const [way, cut] of Object.entries(CUTS)) {
        expect(await play(command(), recorded, cut), way).toEqual(host.sent);
      }
    },
    LONG_MS,
  );
});

describe.skipIf(C99.lacking + PYTHON.lacking !== '')('the two example devices', () => {
  it(
    'are one device: the same TLPs at the same times',
    async () => {
      const [first, ...others] = await Promise.all(
        CLIENTS.map((build) => everything(commandOf(build, COPY_DEVICE))),
      );
      expect(first.sent.length).toBeGreaterThan(60);
      expect(requestsOf(first).some(({ kind }) => isMemoryRead(kind))).toBe(true);
      for (const other of others) {
        expect(other.sent).toEqual(first.sent);
        expect(other.arrivals).toEqual(first.arrivals);
      }
      expect(first.nowPs % LOOKAHEAD_PS).toBe(0);
    },
    LONG_MS,
  );
});
