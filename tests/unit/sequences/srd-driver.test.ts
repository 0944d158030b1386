// SRD's DeviceDriver against a host that only records: which TLPs an action sends, in which order with its event, and how the
// end of a command is learned. Source: SRD §4, §5, §7; design decision 14.
import { describe, expect, it } from 'vitest';
import { readU32Le } from '#base/bytes';
import type { AccessStyle, CommandResult } from '#env/device-driver';
import type { HostCompletion, HostRequester } from '#env/host/host-requester';
import { SrdDeviceDriver } from '#env/srd-device-driver';
import { Kernel } from '#kernel/kernel';
import { SRD_POLICY } from '#siov/siov-policy';
import { SimEvent, type Process } from '#kernel/process';
import { us } from '#kernel/time';
import { delay } from '#kernel/wait';
import type { HostEvent, SdiAssignment } from '#siov/host-event';
import { decodeAdminArguments, encodeCommandStatus } from '#siov/srd-admin';
import { defaultParams } from '#siov/srd-params';
import { PageRegister, PfRegister } from '#siov/srd-registers';

const REGISTERS = 0x8000_0000;
const PAGES = 0x9000_0000;
const VF_PAGES = 0xa000_0000;
const WINDOWS = {
  registers: { base: REGISTERS, length: 0x20_0000 },
  pages: { base: PAGES, length: 0x20_0000 },
  msix: { base: 0xb000_0000, length: 4096 },
  vfPages: { base: VF_PAGES, length: 0x1_0000 },
};
const ASSIGNMENT: SdiAssignment = { rid: 0x0234, strided: false, pages: [3, 4], vectors: [9, 10] };
const PLAIN: AccessStyle = { wide: false, noise: 0 };
const NOISY: AccessStyle = { wide: true, noise: 0xffff_ffff };

/** Everything that left, events and writes alike, in order. */
type Happening = HostEvent | { readonly address: number; readonly words: readonly number[] };

class Recorder {
  readonly kernel = new Kernel();
  readonly log: Happening[] = [];
  /** COMMAND_STATUS reads answered busy before the end is shown. */
  busyReads = 0;
  status = 0;
  neverEnds = false;
  private sequence = 0;
  readonly driver: SrdDeviceDriver;

  constructor() {
    const requester = {
      memoryWrite: (address: number, bytes: Uint8Array) => this.write(address, bytes),
      memoryRead: (address: number, length: number) => this.read(address, length),
    } as unknown as HostRequester;
    this.driver = new SrdDeviceDriver({
      kernel: this.kernel,
      requester,
      params: defaultParams('standard'),
      policy: SRD_POLICY,
      publish: (event) => this.log.push(event),
      pfInterrupt: new SimEvent('pf'),
      waitBy: 'poll',
      pollNs: 500,
      drainBoundPs: () => us(200),
    });
    this.driver.bind(WINDOWS);
  }

  /** Runs one command to its end. */
  run(command: Process<CommandResult>): CommandResult {
    let result: CommandResult | undefined;
    function* body(): Process {
      result = yield* command;
    }
    this.kernel.spawn('command', body());
    this.kernel.runUntil(this.kernel.nowPs + us(1000));
    if (result === undefined) throw new Error('the command has not ended');
    return result;
  }

  writes(): { readonly address: number; readonly words: readonly number[] }[] {
    return this.log.flatMap((one) => ('address' in one && 'words' in one ? one : []));
  }

  kinds(): string[] {
    return this.log.map((one) => ('kind' in one ? one.kind : 'write'));
  }

  private write(address: number, bytes: Uint8Array): void {
    const words = Array.from({ length: bytes.length / 4 }, (_, i) => readU32Le(bytes, 4 * i));
    this.log.push({ address, words });
    if (address === REGISTERS + PfRegister.COMMAND) this.sequence = words[0] >>> 16;
  }

  private *read(address: number, length: number): Process<HostCompletion> {
    yield delay(us(1));
    const data = new Uint8Array(length);
    const busy = this.neverEnds || this.busyReads-- > 0;
    const word = encodeCommandStatus({ busy, status: this.status, sequence: this.sequence });
    if (address === REGISTERS + PfRegister.COMMAND_STATUS) {
      new DataView(data.buffer).setUint32(0, word, true);
    }
    return { status: 'SC', data, value: 0 };
  }
}

/** The argument registers as the device has them when the command starts. */
function argumentsOf(recorder: Recorder): number[] {
  const args = [0, 0, 0, 0, 0, 0];
  for (const { address, words } of recorder.writes()) {
    const index = (address - REGISTERS - PfRegister.ARG0) / 4;
    if (index >= 0 && index < 6) words.forEach((word, i) => (args[index + i] = word));
  }
  return args;
}

describe('commands', () => {
  it('publish their event immediately before COMMAND and their end after the read that told it', () => {
    const recorder = new Recorder();
    recorder.busyReads = 3;
    expect(recorder.run(recorder.driver.createSdi(7, ASSIGNMENT, PLAIN)).status).toBe(0);
    const kinds = recorder.kinds();
    const at = kinds.indexOf('sdiCreating');
    expect(kinds.slice(at)).toEqual(['sdiCreating', 'write', 'commandEnded']);
    expect(recorder.log[at]).toEqual({ kind: 'sdiCreating', sdi: 7, ...ASSIGNMENT });
    expect(recorder.writes().at(-1)?.address).toBe(REGISTERS + PfRegister.COMMAND);
  });

  it.each([PLAIN, NOISY])('say the same whatever noise there is: %o', (style) => {
    const recorder = new Recorder();
    recorder.run(recorder.driver.createSdi(7, ASSIGNMENT, style));
    expect(decodeAdminArguments(argumentsOf(recorder))).toMatchObject({
      sdi: 7,
      softwareRid: 0x0234,
      firstPage: 3,
      pageCount: 2,
      firstVector: 9,
      vectorCount: 2,
    });
    recorder.run(recorder.driver.resetSdi(7, undefined, style));
    expect(decodeAdminArguments(argumentsOf(recorder))).toMatchObject({
      sdi: 7,
      reconfigure: false,
    });
    recorder.run(recorder.driver.resetSdi(7, { ...ASSIGNMENT, strided: true }, style));
    expect(decodeAdminArguments(argumentsOf(recorder))).toMatchObject({
      sdi: 7,
      reconfigure: true,
      softwareRid: undefined,
    });
  });

  it('return the status with which the device refuses', () => {
    const recorder = new Recorder();
    recorder.status = 4;
    expect(recorder.run(recorder.driver.createSdi(7, ASSIGNMENT, PLAIN)).status).toBe(4);
    const ended = { kind: 'commandEnded', command: 'create', sdi: 7, status: 4 };
    expect(recorder.log.at(-1)).toEqual(ended);
  });

  it('that never end are given up with a liveness event, and their end is not claimed', () => {
    const recorder = new Recorder();
    recorder.neverEnds = true;
    expect(recorder.run(recorder.driver.enableSdi(7, PLAIN)).status).toBe(-1);
    const last = recorder.log.at(-1);
    expect(last).toMatchObject({ kind: 'liveness', subject: 'sdi 7' });
    expect(recorder.kinds()).not.toContain('commandEnded');
  });

  it('come one at a time', () => {
    const recorder = new Recorder();
    recorder.neverEnds = true;
    recorder.kernel.spawn('first', recorder.driver.enableSdi(1, PLAIN));
    recorder.kernel.spawn('second', recorder.driver.enableSdi(2, PLAIN));
    expect(() => recorder.kernel.runUntil(us(5))).toThrow('one command at a time');
  });
});

describe('queues', () => {
  const setup = { ringBase: 0x12_3456_7000, ringEntries: 8, recordBase: 0x2000, pasid: 5 };

  it.each([PLAIN, NOISY])('are set up first and enabled last, after their event: %o', (style) => {
    const recorder = new Recorder();
    const target = recorder.driver.sdiTarget(7, ASSIGNMENT);
    recorder.driver.startQueue(target, setup, style);
    expect(recorder.kinds().slice(-2)).toEqual(['queueStarted', 'write']);
    const writes = recorder.writes();
    const page = PAGES + 3 * 4096;
    expect(writes.at(-1)).toEqual({ address: page + PageRegister.CTRL, words: [1] });
    const ringBase = writes.find(({ address }) => address === page + PageRegister.RING_BASE_LOW);
    expect(((ringBase?.words[0] ?? 0) & ~0x3f) >>> 0).toBe(0x3456_7000);
    expect(writes).toContainEqual({ address: page + PageRegister.PASID, words: [0x8000_0005] });
  });

  it('of VFs are in the VF window, and keep their vectors there', () => {
    const recorder = new Recorder();
    const target = recorder.driver.vfTarget(3);
    expect(target.pages).toEqual([VF_PAGES + 2 * 4096]);
    recorder.driver.maskVector(target, 1, false);
    const control = VF_PAGES + 2 * 4096 + 0x800 + 16 + 12;
    expect(recorder.writes()).toEqual([{ address: control, words: [0] }]);
  });

  it('of SDIs have their vectors in the interrupt message storage', () => {
    const recorder = new Recorder();
    const target = recorder.driver.sdiTarget(7, ASSIGNMENT);
    recorder.driver.programVector(target, 1, { address: 0x66_0000_0004, data: 0xabcd });
    expect(recorder.kinds()).toEqual(['vectorProgrammed', 'write', 'write']);
    const entry = REGISTERS + PfRegister.IMS + 16 * 10;
    expect(recorder.writes()).toEqual([
      { address: entry, words: [4, 0x66] },
      { address: entry + 8, words: [0xabcd] },
    ]);
    expect(() => recorder.driver.maskVector(target, 2, true)).toThrow('belongs to its requester');
  });
});
