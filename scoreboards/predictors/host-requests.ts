// The host's own non-posted requests whose completions the device owes, by (Requester ID, tag): what was asked, when it
// arrived, and what the answer may be. Source: siov-facts R-CPL-1..3, T-CPL-6; SRD §2, §4 "Progress", §9.
import { Queue } from '#base/queue';
import { byteCountOf, byteLengthOf, firstByteAddress, lowerAddressOf } from '#pcie/rules';
import { CompletionStatus, isConfigRequest, type Tlp, type TlpKind } from '#pcie/tlp';
import type { RequestGate } from './governed-bit.ts';

/** Statuses of completions as bits of a mask. */
export const StatusBit = {
  SC: 1 << CompletionStatus.SC,
  UR: 1 << CompletionStatus.UR,
  RRS: 1 << CompletionStatus.RRS,
  CA: 1 << CompletionStatus.CA,
} as const;
export const ANY_STATUS = StatusBit.SC | StatusBit.UR | StatusBit.RRS | StatusBit.CA;

/** Which rule a status that is not allowed breaks. */
export type StatusRule = 'sdiConfig' | 'config' | 'page' | 'access' | 'none';

export class HostRequest {
  readonly kind: TlpKind;
  readonly requesterId: number;
  readonly tag: number;
  readonly tc: number;
  readonly attr: number;
  readonly arrivalPs: number;
  /** First byte; of configuration space, the byte offset. */
  readonly firstByte: number;
  readonly byteLength: number;
  readonly firstBe: number;
  readonly lengthDw: number;
  readonly destinationId: number;
  readonly address: number;
  /** Address bits of the next completion. */
  nextAddress: number;
  remaining: number;
  statusMask: number = ANY_STATUS;
  statusRule: StatusRule = 'none';
  /** Completer IDs that are right; -1: any. */
  completerId = -1;
  otherCompleterId = -1;
  /** What each DW must be where nobody has data of its own there; -1: anything. */
  fixedWord = -1;
  isDone = false;
  /** All DWs that came, for reads of at most 2 DWs. */
  readonly words: number[] = [];
  /** Gates that its completion closes for good after 1 µs. */
  closing: readonly RequestGate[] = [];
  disablesVfs = false;
  /** What the register model keeps with it until it is answered. */
  expectation: unknown = undefined;

  constructor(tlp: Tlp, arrivalPs: number) {
    this.kind = tlp.kind;
    this.requesterId = tlp.requesterId;
    this.tag = tlp.tag;
    this.tc = tlp.tc;
    this.attr = tlp.attr;
    this.arrivalPs = arrivalPs;
    this.firstByte = firstByteAddress(tlp);
    this.byteLength = byteLengthOf(tlp);
    this.firstBe = tlp.firstBe;
    this.lengthDw = tlp.lengthDw;
    this.destinationId = tlp.destinationId;
    this.address = isConfigRequest(tlp.kind) ? 4 * tlp.registerNumber : tlp.address;
    this.nextAddress = lowerAddressOf(tlp);
    this.remaining = byteCountOf(tlp);
  }
}

const TAGS = 1024;

export class HostRequests {
  private readonly byKey = new Map<number, HostRequest>();
  private readonly inOrder = new Queue<HostRequest>();

  add(tlp: Tlp, arrivalPs: number): HostRequest {
    const request = new HostRequest(tlp, arrivalPs);
    this.byKey.set(tlp.requesterId * TAGS + tlp.tag, request);
    this.inOrder.push(request);
    return request;
  }

  find(requesterId: number, tag: number): HostRequest | undefined {
    return this.byKey.get(requesterId * TAGS + tag);
  }

  /** Its last completion has come. */
  finish(request: HostRequest): void {
    request.isDone = true;
    const key = request.requesterId * TAGS + request.tag;
    if (this.byKey.get(key) === request) this.byKey.delete(key);
  }

  /** The oldest request that arrived before `beforePs` and is not answered; it is not asked about again. */
  takeOverdue(beforePs: number): HostRequest | undefined {
    for (;;) {
      const oldest = this.inOrder.peek();
      if (oldest === undefined || (!oldest.isDone && oldest.arrivalPs >= beforePs))
        return undefined;
      this.inOrder.shift();
      if (!oldest.isDone) return oldest;
    }
  }

  clear(): void {
    this.byKey.clear();
    this.inOrder.clear();
  }
}
