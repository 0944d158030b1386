// The requests of one engine as TLPs (SRD §7): Requester ID, tag, PASID prefix, attributes, payload. One Tlp and one
// payload buffer, reused. Only called when the link asks the engine for a TLP, and then sends at once.
import { Attr, EMPTY_PAYLOAD, NO_PASID, Tlp } from '#pcie/tlp';
import { WorkOpcode, wrapAddress } from '#siov/work';
import { RECORD_BYTES } from '#siov/srd-work-descriptor';
import type { Descriptor } from './descriptor.ts';
import { NO_TAG } from './requester.ts';
import { isLong, shapeRequest } from './request-shape.ts';
import type { SiovDevice } from './siov-device.ts';
import type { WorkQueue } from './work-queue.ts';

const PAYLOAD_BYTES_MAX = 4096;
const BOUNDARY = 4096;
const OPERAND_A = 24;
const OPERAND_BYTES = 8;
/** For faults: a Routing ID on a bus that the device does not have. */
const NOBODYS_RID = 0xffff;
/** For faults: code of the Message of a correctable error. */
const ERR_COR = 0x30;

export class EngineRequests {
  /** Non-posted requests of the descriptor that wait for completions. */
  outstanding = 0;
  private readonly device: SiovDevice;
  private readonly engine: number;
  private readonly tlp = new Tlp();
  private readonly payload = new Uint8Array(PAYLOAD_BYTES_MAX);
  /** Views of the first n DWs of `payload`, made once each. */
  private readonly views: (Uint8Array | undefined)[] = [];
  private readonly opening = { rid: 0, engine: 0, part: 0, address: 0, bytes: 0 };
  private isVf = false;
  private rid = 0;
  private pasid = NO_PASID;

  constructor(device: SiovDevice, engine: number) {
    this.device = device;
    this.engine = engine;
    this.opening.engine = engine;
  }

  /** A descriptor of this queue begins: its RID and the PASID that was latched. */
  begin(queue: WorkQueue): void {
    this.outstanding = 0;
    this.isVf = queue.isVf;
    this.rid = this.device.ridOf(queue);
    this.pasid = queue.pasid;
  }

  /** A read of descriptor bytes, no data request. False: no place or tag now, the engine will be woken. */
  fetch(queue: WorkQueue, address: number, bytes: number, part: number): boolean {
    return this.read(queue, this.rid, { address, bytes, part });
  }

  /** Read of source data; completions come back with `part`. False as for `fetch`. */
  readData(queue: WorkQueue, address: number, bytes: number, part: number): boolean {
    return this.read(queue, this.dataRid(), { address, bytes, part });
  }

  /** AtomicOp at the destination: payload is operand A, for CAS followed by operand B. False as for `fetch`. */
  atomic(queue: WorkQueue, descriptor: Descriptor): boolean {
    const { destination, length, opcode } = descriptor;
    const tag = this.open(queue, this.rid, { address: 0, bytes: length, part: 0 });
    if (tag < 0) return false;
    const { tlp, payload } = this;
    const isWide = isLong(destination);
    if (opcode === WorkOpcode.FETCH_ADD) tlp.kind = isWide ? 'FetchAdd64' : 'FetchAdd32';
    else if (opcode === WorkOpcode.SWAP) tlp.kind = isWide ? 'Swap64' : 'Swap32';
    else tlp.kind = isWide ? 'CAS64' : 'CAS32';
    const { bytes } = descriptor;
    payload.set(bytes.subarray(OPERAND_A, OPERAND_A + length), 0);
    const isCas = opcode === WorkOpcode.CAS;
    const second = OPERAND_A + OPERAND_BYTES;
    if (isCas) payload.set(bytes.subarray(second, second + length), length);
    if (this.device.faults.strikes('atomic-operand', 2)) payload[0] ^= 1; // FAULT atomic-operand
    this.address(this.rid, tag, 0);
    tlp.address = destination;
    tlp.lengthDw = (isCas ? 2 : 1) * (length / 4);
    tlp.firstBe = 0;
    tlp.lastBe = 0;
    tlp.payload = this.view(tlp.lengthDw);
    this.device.link.send(tlp);
    return true;
  }

  /** The payload of the next `write`, its first byte at `address` mod 4; bytes outside it hold nobody's data. */
  beginPayload(address: number, bytes: number): Uint8Array {
    const { filler } = this.device.character;
    const lane = address & 3;
    const end = lane + bytes;
    this.payload.fill(filler, 0, lane);
    this.payload.fill(filler, end, (end + 3) & ~3);
    return this.payload;
  }

  /** Data write of `bytes` bytes that are in the payload. */
  write(address: number, bytes: number, isRelaxed: boolean): void {
    const { tlp } = this;
    const { faults, settings, link } = this.device;
    const ordering = isRelaxed && settings.relaxedOrdering ? Attr.RELAXED_ORDERING : 0;
    // FAULT rid-swap
    const swapped = !this.isVf && faults.strikes('rid-swap', 4);
    const rid = swapped ? this.device.sdis.otherEnabledRid(this.rid) : this.dataRid();
    // FAULT relaxed-unasked
    const attr = faults.is('relaxed-unasked') ? Attr.RELAXED_ORDERING : ordering;
    // FAULT rid-of-nobody
    this.address(faults.strikes('rid-of-nobody', 4) ? NOBODYS_RID : rid, 0, attr);
    shapeRequest(tlp, address, bytes);
    // FAULT last-be-wrong
    if (tlp.lengthDw > 1 && faults.strikes('last-be-wrong', 3)) tlp.lastBe = 0;
    tlp.kind = this.isWide(address) ? 'MWr64' : 'MWr32';
    tlp.payload = this.view(tlp.lengthDw);
    link.send(tlp);
    this.sendStrangers();
  }

  /** FAULT message-sent, config-request-sent: now and then a TLP that no SRD device sends follows a data write. */
  private sendStrangers(): void {
    const { faults, link, pfRid } = this.device;
    const isMessage = faults.strikes('message-sent', 4);
    if (!isMessage && !faults.strikes('config-request-sent', 4)) return;
    const stranger = new Tlp();
    stranger.kind = isMessage ? 'Msg' : 'CfgRd0';
    stranger.requesterId = pfRid;
    stranger.messageCode = ERR_COR;
    stranger.lengthDw = 1;
    stranger.firstBe = isMessage ? 0 : 0xf;
    link.send(stranger);
  }

  /** The completion record; `isCommitted`: behind the TLP that leaves now. */
  record(address: number, record: Uint8Array, isCommitted: boolean): void {
    const { tlp } = this;
    const { link } = this.device;
    this.address(this.rid, 0, 0);
    shapeRequest(tlp, address, RECORD_BYTES);
    tlp.kind = this.isWide(address) ? 'MWr64' : 'MWr32';
    tlp.payload = record;
    if (isCommitted) link.commit(tlp);
    else link.send(tlp);
  }

  /** FAULT cross-4k: now and then `most` bytes where the next 4 KiB boundary ends the request after `bytes`. */
  crossing(address: number, bytes: number, most: number): number {
    if (most <= bytes || ((address + bytes) & (BOUNDARY - 1)) !== 0) return bytes;
    return this.device.faults.strikes('cross-4k', 3) ? most : bytes;
  }

  private read(
    queue: WorkQueue,
    rid: number,
    range: { readonly address: number; readonly bytes: number; readonly part: number },
  ): boolean {
    const tag = this.open(queue, rid, range);
    if (tag < 0) return false;
    const { tlp } = this;
    this.address(rid, tag, 0);
    shapeRequest(tlp, range.address, range.bytes);
    tlp.kind = this.isWide(range.address) ? 'MRd64' : 'MRd32';
    tlp.payload = EMPTY_PAYLOAD;
    this.device.link.send(tlp);
    return true;
  }

  /** Takes a place and a tag, or puts the engine where it will be woken. */
  private open(
    queue: WorkQueue,
    rid: number,
    range: { readonly address: number; readonly bytes: number; readonly part: number },
  ): number {
    const { scheduler, requester } = this.device;
    if (!scheduler.mayTakePlace(this.engine)) return NO_TAG;
    const { opening } = this;
    opening.rid = rid;
    opening.part = range.part;
    opening.address = range.address;
    opening.bytes = range.bytes;
    const tag = requester.open(queue, opening);
    if (tag === NO_TAG) scheduler.waitForTag(this.engine);
    if (tag >= 0) this.outstanding++;
    return tag;
  }

  /** What all requests of the engine have in common. */
  private address(rid: number, tag: number, attr: number): void {
    const { tlp, pasid } = this;
    const { faults, settings } = this.device;
    const hasPasid = pasid !== NO_PASID && settings.pasid;
    tlp.requesterId = rid;
    tlp.tag = tag;
    tlp.attr = attr;
    tlp.tc = faults.strikes('traffic-class', 5) ? 1 : 0; // FAULT traffic-class
    // FAULT pasid-missing
    tlp.pasid = hasPasid && !faults.strikes('pasid-missing', 3) ? pasid : NO_PASID;
  }

  private dataRid(): number {
    const { faults, pfRid } = this.device;
    // FAULT pf-rid-on-dma
    return !this.isVf && faults.strikes('pf-rid-on-dma', 5) ? pfRid : this.rid;
  }

  private isWide(address: number): boolean {
    // FAULT header-4dw-below-4g
    return isLong(wrapAddress(address)) || this.device.faults.strikes('header-4dw-below-4g', 4);
  }

  private view(lengthDw: number): Uint8Array {
    return (this.views[lengthDw] ??= this.payload.subarray(0, 4 * lengthDw));
  }
}
