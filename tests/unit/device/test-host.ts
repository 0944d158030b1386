// A small host that drives a device through the DUT port by hand: plain memory, a responder whose answers a test can
// bend, registers by name. No framework, no sharing with env/: unit tests of the device stand alone.
import { PacketBatch } from '#base/packet-batch';
import { readU32Le, writeU32Le } from '#base/bytes';
import { PLAIN_CHARACTER, type Character } from '#device/character';
import { createReferenceDevice, type ReferenceDevice } from '#device/reference-device';
import {
  completionsFor,
  completionWithoutData,
  configRead,
  configWrite,
  memoryRead,
  memoryWrite,
} from '#pcie/build';
import { copyTlp, decodeTlp, encodeTlp, isMalformed } from '#pcie/codec';
import { byteLengthOf, completionBreaks, completionEnds, firstByteAddress } from '#pcie/rules';
import { isAtomic, isCompletion, isMemoryRead, isMemoryWrite, type Tlp } from '#pcie/tlp';
import {
  encodeCommand,
  encodeCreateArguments,
  AdminOpcode,
  type SdiRequest,
} from '#siov/srd-admin';
import { encodeDescriptor, decodeRecord } from '#siov/srd-work-descriptor';
import { emptyWork, type WorkRecord } from '#siov/work';
import type { WorkDescription } from '#siov/host-event';
import { PageRegister, PfRegister } from '#siov/srd-registers';

export const LOOKAHEAD_PS = 250_000;
export const BAR0 = 0x1_0000_0000;
export const BAR2 = 0x2_0000_0000;
export const BAR4 = 0x8000_0000;
export const VF_BAR0 = 0x9000_0000;
const PAGE = 4096;

/** A TLP seen leaving the device. */
export interface Seen {
  readonly timePs: number;
  readonly tlp: Tlp;
}

/** How the responder answers one request: undefined means as usual. */
export type Answer = (request: Tlp, host: TestHost) => 'drop' | readonly Tlp[] | undefined;

export interface TestHostOptions {
  readonly params?: Record<string, number | boolean | string>;
  readonly fault?: string;
  readonly seed?: string;
  /** What the device is like beside PLAIN_CHARACTER; 'drawn': as its seed says. */
  readonly character?: Partial<Character> | 'drawn';
  /** Steps of this many picoseconds instead of the look-ahead. */
  readonly quantumPs?: number;
  /** Answers are split at each of these boundaries; undefined: whole. */
  readonly splitBytes?: number;
  /** Memory that was never written holds a pattern instead of zeros. */
  readonly fillsMemory?: boolean;
}

export class TestHost {
  readonly device: ReferenceDevice;
  readonly params: Readonly<Record<string, number | boolean | string>>;
  readonly seen: Seen[] = [];
  readonly memory = new Map<number, Uint8Array>();
  /** Everything that arrived at the device, in order. */
  readonly arrivals: { readonly timePs: number; readonly bytes: Uint8Array }[] = [];
  nowPs = 0;
  nextPs = Infinity;
  bus = 1;
  /** Max_Payload_Size as `boot` set it. */
  maxPayload = 128;
  answer: Answer = () => undefined;
  /** Delay of an answer, picoseconds. */
  answerDelayPs: (request: Tlp) => number = () => 300_000;
  private readonly quantumPs: number;
  private readonly splitBytes: number | undefined;
  private readonly fillsMemory: boolean;
  private outbound: { timePs: number; bytes: Uint8Array; order: number }[] = [];
  private order = 0;
  private readonly batch = new PacketBatch();
  private tag = 0;

  constructor(options: TestHostOptions = {}) {
    const { character } = options;
    this.device = createReferenceDevice({
      fault: options.fault,
      character: character === 'drawn' ? undefined : { ...PLAIN_CHARACTER, ...character },
    });
    this.quantumPs = options.quantumPs ?? LOOKAHEAD_PS;
    this.splitBytes = options.splitBytes;
    this.fillsMemory = options.fillsMemory ?? false;
    const info = this.device.hello({
      params: options.params ?? {},
      seed: options.seed ?? '1',
      lookaheadPs: LOOKAHEAD_PS,
      stall: 0,
    });
    this.params = info.params;
  }

  // ---- Time.

  /** Steps to `untilPs`; what the device sends is answered and kept in `seen`. */
  runTo(untilPs: number): void {
    while (this.nowPs < untilPs) this.stepTo(Math.min(untilPs, this.nowPs + this.quantumPs));
  }

  run(durationPs: number): void {
    this.runTo(this.nowPs + durationPs);
  }

  /** Steps until the condition holds. */
  runUntil(condition: () => boolean, limitPs = 400_000_000): void {
    const endPs = this.nowPs + limitPs;
    while (!condition()) {
      if (this.nowPs >= endPs) throw new Error('the condition never held');
      this.stepTo(this.nowPs + this.quantumPs);
    }
  }

  /** Cold or hot reset: what is under way in either direction is lost. */
  resetDevice(kind: 'cold' | 'hot'): void {
    this.device.reset(kind);
    this.outbound = [];
  }

  /** The TLP arrives at the device one look-ahead from now, or later. */
  send(tlp: Tlp | Uint8Array, delayPs = 0): number {
    const bytes = tlp instanceof Uint8Array ? tlp : encodeTlp(tlp);
    const timePs = this.nowPs + LOOKAHEAD_PS + delayPs;
    this.outbound.push({ timePs, bytes, order: this.order++ });
    return timePs;
  }

  // ---- Registers.

  /** Sends a non-posted request and returns its completion. */
  request(tlp: Tlp): Tlp {
    tlp.tag = this.tag = (this.tag + 1) % 256;
    const from = this.seen.length;
    this.send(tlp);
    let found: Tlp | undefined;
    this.runUntil(() => {
      found = this.seen
        .slice(from)
        .map((seen) => seen.tlp)
        .find((seen) => isCompletion(seen.kind) && seen.tag === tlp.tag && seen.requesterId === 0);
      return found !== undefined;
    });
    return found as Tlp;
  }

  get pfRid(): number {
    return this.bus << 8;
  }

  configRead(destinationId: number, offset: number, type: 0 | 1 = 0): Tlp {
    const target = { destinationId, offset: offset & ~3, byteLength: 4, type };
    return this.request(configRead({ requesterId: 0, ...target }));
  }

  /** Value of `byteLength` bytes at `offset` of the PF's configuration space. */
  config(offset: number, byteLength = 4, destinationId = this.pfRid): number {
    const dw = readU32Le(this.configRead(destinationId, offset).payload, 0);
    const shifted = dw >>> (8 * (offset & 3));
    return byteLength === 4 ? shifted : shifted & ((1 << (8 * byteLength)) - 1);
  }

  configWrite(offset: number, value: number, byteLength = 4, destinationId = this.pfRid): Tlp {
    const target = { destinationId, offset, byteLength, value };
    return this.request(configWrite({ requesterId: 0, ...target }));
  }

  readTlp(address: number, byteLength = 4): Tlp {
    return this.request(memoryRead({ requesterId: 0, address, byteLength }));
  }

  read(address: number): number {
    const completion = this.readTlp(address);
    if (completion.status !== 0) throw new Error(`status ${completion.status}`);
    return readU32Le(completion.payload, 0);
  }

  write(address: number, value: number): number {
    const bytes = new Uint8Array(4);
    writeU32Le(bytes, 0, value);
    return this.send(memoryWrite({ requesterId: 0, address, bytes }));
  }

  /** Bus 1, BARs placed, Memory Space and Bus Master on, MPS and MRRS as asked. */
  boot(maxPayload = 128, maxRead = 512): this {
    const code = (bytes: number): number => Math.log2(bytes / 128);
    this.configWrite(0x10, BAR0 >>> 0);
    this.configWrite(0x14, Math.floor(BAR0 / 2 ** 32));
    this.configWrite(0x18, BAR2 >>> 0);
    this.configWrite(0x1c, Math.floor(BAR2 / 2 ** 32));
    this.configWrite(0x20, BAR4);
    this.configWrite(0x24, 0);
    this.maxPayload = maxPayload;
    const control = 0x0810 | (code(maxPayload) << 5) | (code(maxRead) << 12);
    this.configWrite(0x68, control | 0x100, 2);
    this.configWrite(0x88, 0x40, 2);
    this.configWrite(0x04, 6, 2);
    return this;
  }

  // ---- Admin commands.

  private sequence = 0;

  /** Starts a command and returns when it has ended: its status. */
  command(opcode: number, args: ArrayLike<number>): number {
    this.startCommand(opcode, args);
    return this.awaitCommand();
  }

  startCommand(opcode: number, args: ArrayLike<number>): void {
    for (let i = 0; i < args.length; i++) this.write(BAR0 + PfRegister.ARG0 + 4 * i, args[i]);
    this.sequence = (this.sequence + 1) & 0xffff;
    this.write(BAR0 + PfRegister.COMMAND, encodeCommand(opcode, this.sequence));
  }

  awaitCommand(): number {
    let word = 1;
    this.runUntil(() => {
      word = this.read(BAR0 + PfRegister.COMMAND_STATUS);
      return (word & 1) === 0 && word >>> 16 === this.sequence;
    });
    return (word >>> 8) & 0xff;
  }

  create(sdi: number, request: Partial<SdiRequest> = {}): number {
    const whole = {
      softwareRid: undefined,
      firstPage: sdi,
      pageCount: 1,
      firstVector: 4 * sdi,
      vectorCount: 4,
      ...request,
    };
    return this.command(AdminOpcode.CREATE_SDI, encodeCreateArguments(sdi, whole));
  }

  enable(sdi: number): number {
    return this.command(AdminOpcode.ENABLE_SDI, [sdi]);
  }

  results(): number[] {
    return [0, 1, 2, 3].map((i) => this.read(BAR0 + PfRegister.RESULT0 + 4 * i));
  }

  // ---- Queues.

  /** Programs and starts a queue whose control page is at `page`. */
  startQueue(page: number, ring: number, entries: number, records: number): void {
    this.write(page + PageRegister.RING_BASE_LOW, ring >>> 0);
    this.write(page + PageRegister.RING_BASE_HIGH, Math.floor(ring / 2 ** 32));
    this.write(page + PageRegister.RING_SIZE, entries);
    this.write(page + PageRegister.RECORD_BASE_LOW, records >>> 0);
    this.write(page + PageRegister.RECORD_BASE_HIGH, Math.floor(records / 2 ** 32));
    this.write(page + PageRegister.CTRL, 1);
  }

  /** Puts descriptor n into its ring. */
  post(ring: number, entries: number, n: number, work: Partial<WorkDescription>): void {
    this.poke(ring + 64 * (n % entries), encodeDescriptor({ ...emptyWork(), ...work }));
  }

  record(records: number, entries: number, n: number): WorkRecord {
    return decodeRecord(this.peek(records + 16 * (n % entries), 16));
  }

  /** An SDI that is ENABLED, with a queue of `entries` at fixed places of its own, running. */
  openSdi(sdi: number, entries = 16): QueuePlaces {
    this.create(sdi);
    this.enable(sdi);
    const places = placesOf(sdi, entries);
    this.startQueue(places.page, places.ring, entries, places.records);
    return places;
  }

  /** Posts works from descriptor `first` on, rings, and waits for the record of the last one. */
  execute(places: QueuePlaces, works: Partial<WorkDescription>[], first = 0): WorkRecord[] {
    const { ring, entries, records, page } = places;
    works.forEach((work, i) => this.post(ring, entries, first + i, work));
    const from = this.seen.length;
    this.write(page + PageRegister.TAIL, first + works.length);
    const last = records + 16 * ((first + works.length - 1) % entries);
    this.runUntil(() => this.writesFrom(from).some((tlp) => tlp.address === last));
    this.run(2_000_000);
    return works.map((_, i) => this.record(records, entries, first + i));
  }

  // ---- Memory.

  peek(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.page(address + i)[(address + i) % PAGE];
    return bytes;
  }

  poke(address: number, bytes: Uint8Array): void {
    bytes.forEach((byte, i) => (this.page(address + i)[(address + i) % PAGE] = byte));
  }

  // ---- What the device sent.

  writesFrom(index: number): Tlp[] {
    return this.seen
      .slice(index)
      .map((s) => s.tlp)
      .filter((tlp) => isMemoryWrite(tlp.kind));
  }

  readsFrom(index: number): Tlp[] {
    return this.seen
      .slice(index)
      .map((s) => s.tlp)
      .filter((tlp) => isMemoryRead(tlp.kind));
  }

  /** The completions of a read, from memory, split as the options say. */
  completions(request: Tlp): Tlp[] {
    const address = firstByteAddress(request);
    const bytes = this.peek(address, byteLengthOf(request));
    const wanted =
      this.splitBytes === undefined ? [] : completionBreaks(address, bytes.length, this.splitBytes);
    const limits = { rcbBytes: 64, maxPayloadBytes: this.maxPayload };
    const ends = completionEnds({ address, byteCount: bytes.length }, wanted, limits);
    return completionsFor(request, { completerId: 0, bytes, ends });
  }

  private page(address: number): Uint8Array {
    const number = Math.floor(address / PAGE);
    let page = this.memory.get(number);
    if (page === undefined) {
      page = this.fillsMemory ? pattern(PAGE, number) : new Uint8Array(PAGE);
      this.memory.set(number, page);
    }
    return page;
  }

  private stepTo(untilPs: number): void {
    this.batch.clear();
    this.outbound.sort((a, b) => a.timePs - b.timePs || a.order - b.order);
    let taken = 0;
    for (const { timePs, bytes } of this.outbound) {
      if (timePs > untilPs) break;
      this.batch.push(timePs, bytes);
      this.arrivals.push({ timePs, bytes });
      taken++;
    }
    this.outbound.splice(0, taken);
    const reply = this.device.step(untilPs, this.batch);
    if (reply.nextPs <= reply.nowPs) throw new Error('nextPs must be later than now');
    this.nowPs = reply.nowPs;
    this.nextPs = reply.nextPs;
    for (let i = 0; i < reply.tlps.count; i++) {
      const tlp = decodeTlp(reply.tlps.bytes(i));
      if (isMalformed(tlp)) throw new Error(`the device sent a malformed TLP: ${tlp.malformed}`);
      this.take({ timePs: reply.tlps.timePs(i), tlp: copyTlp(tlp) });
    }
  }

  private take(seen: Seen): void {
    const { tlp } = seen;
    this.seen.push(seen);
    if (isCompletion(tlp.kind)) return;
    if (isMemoryWrite(tlp.kind)) {
      this.store(tlp);
      return;
    }
    const answer = this.answer(tlp, this);
    if (answer === 'drop') return;
    const usual = isAtomic(tlp.kind) ? this.atomic(tlp) : this.completions(tlp);
    const delayPs = this.answerDelayPs(tlp);
    for (const completion of answer ?? usual) {
      this.sendAt(seen.timePs + 2 * LOOKAHEAD_PS + delayPs, completion);
    }
  }

  private sendAt(timePs: number, tlp: Tlp): void {
    this.outbound.push({ timePs, bytes: encodeTlp(tlp), order: this.order++ });
  }

  private store(tlp: Tlp): void {
    const { lengthDw, firstBe, lastBe, payload } = tlp;
    for (let i = 0; i < 4 * lengthDw; i++) {
      const enables = i < 4 ? firstBe : i >= 4 * (lengthDw - 1) ? lastBe : 0xf;
      if (((enables >> (i % 4)) & 1) === 0) continue;
      this.page(tlp.address + i)[(tlp.address + i) % PAGE] = payload[i];
    }
  }

  /** Performs an AtomicOp on memory; the answer has the old value. */
  private atomic(tlp: Tlp): Tlp[] {
    const isCas = tlp.kind.startsWith('CAS');
    const size = (4 * tlp.lengthDw) / (isCas ? 2 : 1);
    const old = this.peek(tlp.address, size);
    const first = tlp.payload.subarray(0, size);
    let next: Uint8Array = first;
    if (tlp.kind.startsWith('FetchAdd')) next = add(old, first);
    if (isCas) next = old.every((byte, i) => byte === first[i]) ? tlp.payload.slice(size) : old;
    this.poke(tlp.address, next);
    return completionsFor(tlp, { completerId: 0, bytes: old, ends: [size] });
  }
}

/** Where the queue of one SDI lies. */
export interface QueuePlaces {
  readonly page: number;
  readonly ring: number;
  readonly records: number;
  readonly entries: number;
}

export function placesOf(sdi: number, entries: number): QueuePlaces {
  const base = 0x10_0000_0000 + sdi * 0x100_0000;
  return { page: BAR2 + sdi * PAGE, ring: base, records: base + 0x8000, entries };
}

/** A completion without data for a request. */
export function failure(request: Tlp, status: number): Tlp[] {
  return [completionWithoutData(request, { completerId: 0, status })];
}

/** Bytes that differ everywhere: n-th byte from a simple generator. */
export function pattern(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed >>> 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

function add(a: Uint8Array, b: Uint8Array): Uint8Array {
  const sum = new Uint8Array(a.length);
  let carry = 0;
  for (let i = 0; i < a.length; i++) {
    const digit = a[i] + b[i] + carry;
    sum[i] = digit;
    carry = digit >> 8;
  }
  return sum;
}
