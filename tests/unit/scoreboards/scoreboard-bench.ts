// A SiovScoreboard alone, fed by hand: host events, down TLPs as they leave the host, up TLPs as they arrive there. It
// plays both the host and a device that does everything right, so that a test changes one thing and sees which rule breaks.
import type { Kernel } from '#kernel/kernel';
import {
  atomicRequest,
  completionsFor,
  completionWithData,
  completionWithoutData,
  configRead,
  configWrite,
  memoryRead,
  memoryWrite,
} from '#pcie/build';
import { decodeTlp, encodeTlp, isMalformed } from '#pcie/codec';
import { Tlp } from '#pcie/tlp';
import { SRD_KIT } from '#env/srd-device-kit';
import { SRD_POLICY, type SiovPolicy } from '#siov/siov-policy';
import { SiovScoreboard } from '#scoreboards/siov-scoreboard';
import { scoreboardConfig } from '#scoreboards/scoreboard-config';
import type { HostEvent, Requester, SdiAssignment, WorkDescription } from '#siov/host-event';
import { defaultParams, type SrdParams } from '#siov/srd-params';
import { emptyWork, WorkOpcode } from '#siov/work';
import { encodeDescriptor, encodeRecord } from '#siov/srd-work-descriptor';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';

/** Link delay, picoseconds. */
export const LOOKAHEAD_PS = 250_000;
export const US = 1_000_000;
export const PF_RID = 0x0100;
export const HOST_RID = 0;

export const REGISTERS = 0x9000_0000;
export const PAGES = 0xa000_0000;
export const MSIX = 0xb000_0000;
export const VF_PAGES = 0xb001_0000;

export const RING = 0x10_0000;
export const RECORDS = 0x11_0000;
export const SOURCE = 0x12_0000;
export const DESTINATION = 0x13_0000;
export const MESSAGE = 0x14_0000;
const AREA_BYTES = 0x1_0000;

class BenchTest extends Test {
  readonly child = this.children({ scoreboard: SiovScoreboard });
}

/** A queue as a test starts it. */
export interface QueueOptions {
  readonly entries?: number;
  readonly pasid?: number;
}

export class ScoreboardBench {
  readonly testbench = new Testbench({ runSeed: 1 });
  readonly scoreboard: SiovScoreboard;
  readonly params: SrdParams;
  private readonly kernel: Kernel;
  private nextTag = 0;

  constructor(params: Partial<SrdParams> = {}, policy: SiovPolicy = SRD_POLICY) {
    this.params = { ...defaultParams(), ...params };
    this.testbench.config.set('**', scoreboardConfig, {
      lookaheadPs: LOOKAHEAD_PS,
      params: this.params,
      traits: SRD_KIT.traits(this.params, policy),
      device: SRD_KIT.scoreboard,
    });
    this.scoreboard = new TestRunner(this.testbench, BenchTest).elaborate().child.scoreboard;
    this.kernel = this.testbench.kernel;
  }

  // --- time, events, TLPs ----------------------------------------------------------------------------------------------

  /** Simulated time goes on. */
  wait(ps: number): this {
    this.kernel.runUntil(this.kernel.nowPs + ps);
    return this;
  }

  event(event: HostEvent): this {
    this.scoreboard.events.write(event);
    return this;
  }

  down(tlp: Tlp, injected = false): this {
    return this.downBytes(encodeTlp(tlp), injected);
  }

  downBytes(bytes: Uint8Array, injected = false): this {
    this.scoreboard.down.write(this.observed('down', bytes, injected));
    return this;
  }

  /** A TLP of the device arrives at the host, late enough to answer what was sent before. */
  up(tlp: Tlp): this {
    return this.upBytes(encodeTlp(tlp));
  }

  upBytes(bytes: Uint8Array): this {
    this.wait(2 * LOOKAHEAD_PS);
    this.scoreboard.up.write(this.observed('up', bytes, false));
    return this;
  }

  private observed(direction: 'up' | 'down', bytes: Uint8Array, injected: boolean) {
    const result = decodeTlp(bytes, new Tlp());
    const isBad = isMalformed(result);
    return {
      direction,
      timePs: this.kernel.nowPs,
      tlp: isBad ? undefined : result,
      malformed: isBad ? result.malformed : undefined,
      bytes,
      injected,
    } as const;
  }

  // --- verdict ---------------------------------------------------------------------------------------------------------

  /** Ids of the rules that broke, in order. */
  /** Time at the host, picoseconds. */
  get nowPs(): number {
    return this.kernel.nowPs;
  }

  get broken(): string[] {
    return this.testbench.rules.failures.map((failure) => failure.rule);
  }

  get firstFailure() {
    return this.testbench.rules.firstFailure;
  }

  evaluated(id: string): number {
    return this.testbench.rules.evaluations()[id] ?? -1;
  }

  finish(): this {
    this.scoreboard.checkPhase();
    return this;
  }

  // --- the host --------------------------------------------------------------------------------------------------------

  /** A tag that is free. */
  tag(): number {
    this.nextTag = (this.nextTag + 1) % 32;
    return this.nextTag;
  }

  /** Bus 1, windows, Memory Space and Bus Master Enable; settings that allow everything. */
  bringUp(settings: Partial<Extract<HostEvent, { kind: 'settings' }>> = {}): this {
    this.event({ kind: 'busAssigned', bus: 1 });
    this.event({
      kind: 'settings',
      maxPayloadBytes: 128,
      maxReadRequestBytes: 512,
      tagBits: 8,
      vfTagBits: 8,
      relaxedOrdering: true,
      atomics: true,
      pasid: true,
      ...settings,
    });
    const { pageCount, totalVfs } = this.params;
    this.event({
      kind: 'window',
      requester: 'pf',
      purpose: 'registers',
      base: REGISTERS,
      length: 0x20_0000,
    });
    this.event({
      kind: 'window',
      requester: 'pf',
      purpose: 'pages',
      base: PAGES,
      length: 4096 * pageCount,
    });
    this.event({ kind: 'window', requester: 'pf', purpose: 'msix', base: MSIX, length: 4096 });
    this.event({
      kind: 'window',
      requester: 'pf',
      purpose: 'vfPages',
      base: VF_PAGES,
      length: 4096 * totalVfs,
    });
    this.event({ kind: 'memorySpace', requester: 'pf', on: true });
    this.event({ kind: 'busMaster', requester: 'pf', on: true });
    return this.configWrite(0x04, 2, 0x6);
  }

  /** A Configuration Write to the PF, and its completion. */
  configWrite(offset: number, byteLength: number, value: number, rid = PF_RID): this {
    const target = { destinationId: rid, offset, byteLength };
    const tlp = configWrite({ requesterId: HOST_RID, tag: this.tag(), ...target, value });
    return this.down(tlp).up(completionWithoutData(tlp, { completerId: rid }));
  }

  /** A Configuration Read and its completion with this DW. */
  configReads(offset: number, word: number, rid = PF_RID): this {
    const target = { destinationId: rid, offset, byteLength: 4 };
    const tlp = configRead({ requesterId: HOST_RID, tag: this.tag(), ...target });
    return this.down(tlp).up(completionWithData(tlp, { completerId: rid, bytes: words(word) }));
  }

  write(address: number, ...values: number[]): this {
    return this.down(memoryWrite({ requesterId: HOST_RID, address, bytes: words(...values) }));
  }

  /** A read of one DW, answered with this word. */
  reads(address: number, word: number, completerId = PF_RID): this {
    const tlp = memoryRead({ requesterId: HOST_RID, tag: this.tag(), address, byteLength: 4 });
    return this.down(tlp).up(completionWithData(tlp, { completerId, bytes: words(word) }));
  }

  /** A read of one DW, refused with this status. */
  readRefused(address: number, status: number, completerId = PF_RID): this {
    const tlp = memoryRead({ requesterId: HOST_RID, tag: this.tag(), address, byteLength: 4 });
    return this.down(tlp).up(completionWithoutData(tlp, { completerId, status }));
  }

  assignment(sdi: number, more: Partial<SdiAssignment> = {}): SdiAssignment {
    return {
      rid: 0x0200 + sdi,
      strided: true,
      pages: [2 * sdi],
      vectors: [2 * sdi, 2 * sdi + 1],
      ...more,
    };
  }

  /** CREATE_SDI from the event to the host's knowledge of its end. */
  create(sdi: number, more: Partial<SdiAssignment> = {}, status = 0): this {
    this.event({ kind: 'sdiCreating', sdi, ...this.assignment(sdi, more) });
    return this.ended('create', sdi, status);
  }

  enable(sdi: number): this {
    return this.event({ kind: 'sdiEnabling', sdi }).ended('enable', sdi);
  }

  reset(sdi: number): this {
    this.event({ kind: 'sdiResetting', sdi, reconfigure: undefined });
    return this.ended('reset', sdi);
  }

  ended(
    command: Extract<HostEvent, { kind: 'commandEnded' }>['command'],
    sdi: number,
    status = 0,
  ): this {
    return this.wait(4 * US).event({ kind: 'commandEnded', command, sdi, status });
  }

  areas(requester: Requester): this {
    const area = (base: number) => ({ base, length: AREA_BYTES });
    return this.event({
      kind: 'areas',
      requester,
      pasid: -1,
      ring: area(RING),
      records: area(RECORDS),
      source: area(SOURCE),
      destination: area(DESTINATION),
      message: area(MESSAGE),
    });
  }

  startQueue(requester: Requester, options: QueueOptions = {}): this {
    const { entries = 8, pasid = -1 } = options;
    return this.event({
      kind: 'queueStarted',
      requester,
      ringBase: RING,
      ringEntries: entries,
      recordBase: RECORDS,
      pasid,
    });
  }

  post(requester: Requester, n: number, work: Partial<WorkDescription>): this {
    this.event({ kind: 'workPosted', requester, n, work: { ...emptyWork(), ...work } });
    return this.event({ kind: 'doorbell', requester, tail: n + 1 });
  }

  /** Vector `vector` gets an address of its own, and is unmasked for long enough to be certain. */
  programVector(requester: Requester, vector: number, address = MESSAGE + 4 * vector): this {
    this.event({ kind: 'vectorProgrammed', requester, vector, address, data: 0x5a00 + vector });
    this.event({ kind: 'vectorMasked', requester, vector, masked: false });
    return this.wait(3 * US);
  }

  /** An SDI with a running queue and two programmed vectors. */
  runningSdi(sdi: number, options: QueueOptions & Partial<SdiAssignment> = {}): this {
    const { entries, pasid, ...assignment } = options;
    this.create(sdi, assignment).enable(sdi).areas(`sdi ${sdi}`);
    this.programVector(`sdi ${sdi}`, 0).programVector(`sdi ${sdi}`, 1, MESSAGE + 0x100 * sdi + 4);
    return this.startQueue(`sdi ${sdi}`, { ...(entries && { entries }), ...(pasid && { pasid }) });
  }

  // --- a device that does it right -------------------------------------------------------------------------------------

  /** Reads `byteLength` bytes and is answered with `bytes`, in parts that end at `ends`. */
  deviceReads(
    rid: number,
    address: number,
    bytes: Uint8Array,
    how: { readonly ends?: readonly number[]; readonly more?: Partial<Tlp> } = {},
  ): this {
    const { ends = [bytes.length], more = {} } = how;
    const tlp = memoryRead({
      requesterId: rid,
      tag: this.tag(),
      address,
      byteLength: bytes.length,
    });
    Object.assign(tlp, more);
    this.up(tlp);
    for (const part of completionsFor(tlp, { completerId: HOST_RID, bytes, ends })) this.down(part);
    return this;
  }

  deviceWrites(rid: number, address: number, bytes: Uint8Array, more: Partial<Tlp> = {}): this {
    return this.up(Object.assign(memoryWrite({ requesterId: rid, address, bytes }), more));
  }

  fetch(rid: number, n: number, work: Partial<WorkDescription>, more: Partial<Tlp> = {}): this {
    const bytes = encodeDescriptor({ ...emptyWork(), ...work });
    return this.deviceReads(rid, RING + 64 * (n % 8), bytes, { more });
  }

  record(
    rid: number,
    n: number,
    fields: Partial<Parameters<typeof encodeRecord>[0]> = {},
    more: Partial<Tlp> = {},
  ): this {
    const record = {
      status: 0,
      phase: 1,
      n,
      bytesTransferred: 0,
      resultLow: 0,
      resultHigh: 0,
      ...fields,
    };
    return this.deviceWrites(rid, RECORDS + 16 * (n % 8), encodeRecord(record), more);
  }

  /** The message of a vector as `programVector` programmed it. */
  message(
    rid: number,
    vector: number,
    more: Partial<Tlp> = {},
    address = MESSAGE + 4 * vector,
  ): this {
    return this.deviceWrites(rid, address, words(0x5a00 + vector), more);
  }

  /** Descriptor n of an SDI, COPY of `bytes`, all right; what `skip` names is left out. */
  copy(rid: number, n: number, bytes: Uint8Array, skip: readonly string[] = []): this {
    const work = copyWork(bytes.length);
    const sdi: Requester = `sdi ${rid - 0x200}`;
    this.post(sdi, n, work);
    this.fetch(rid, n, work);
    this.deviceReads(rid, work.source, bytes);
    if (!skip.includes('data')) this.deviceWrites(rid, work.destination, bytes);
    if (!skip.includes('record')) this.record(rid, n, { bytesTransferred: bytes.length });
    return this;
  }

  /** An AtomicOp, answered with the old value. */
  atomic(
    rid: number,
    op: 'FetchAdd' | 'Swap' | 'CAS',
    address: number,
    { operands, old }: { readonly operands: Uint8Array; readonly old: Uint8Array },
  ): this {
    const tlp = atomicRequest({ requesterId: rid, tag: this.tag(), op, address, operands });
    return this.up(tlp).down(completionWithData(tlp, { completerId: HOST_RID, bytes: old }));
  }
}

export function copyWork(
  length: number,
): Partial<WorkDescription> & { source: number; destination: number } {
  return { opcode: WorkOpcode.COPY, length, source: SOURCE + 5, destination: DESTINATION + 9 };
}

/** Little-endian DWs. */
export function words(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value, true);
  return bytes;
}

/** Bytes that differ from each other, from `start` on. */
export function pattern(length: number, start = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (start + 37 * i) & 0xff);
}
