// One requester (the PF, a VF or an SDI) as the host knows it: its Routing ID, its life, its queue, its vectors and its
// areas. Source: SRD §2, §5, §8.
import type { AddressRange, Requester } from '#siov/host-event';
import type { WorkFormat } from '#siov/work-format';
import { GovernedBit, type RequestGate } from './governed-bit.ts';
import { NO_LATCH, QueueTrack, type QueueCensus } from './queue-track.ts';
import { RecentCounter } from './recent-counter.ts';
import { VectorTrack } from './vector-track.ts';
import type { QueueLatch, WorkExecution } from './work-execution.ts';

/**
 * Where an SDI or VF stands at the device, as far as the host can say. "…ing": the command has arrived and its end is
 * not known, so that its effects may be there or not (SRD §5).
 */
export type Life =
  | 'free'
  | 'creating'
  | 'created'
  | 'enabling'
  | 'enabled'
  | 'quiescing'
  | 'resetting'
  | 'destroying';

/** Why it may not send memory requests now, for naming the rule. */
export type EndedBy = 'never enabled' | 'quiesce' | 'reset' | 'flr' | 'pf flr' | 'device reset';

export interface Areas {
  readonly ring: AddressRange;
  readonly records: AddressRange;
  readonly source: AddressRange;
  readonly destination: AddressRange;
  readonly message: AddressRange;
}

export type RequesterKind = 'pf' | 'vf' | 'sdi';

export class RequesterTrack {
  readonly name: Requester;
  readonly kind: RequesterKind;
  /** VF number (1-based) or SDI index (0-based). */
  readonly index: number;
  /** Requesters heard of before it. */
  readonly order: number;
  requesterId = 0;
  isStrided = false;
  life: Life = 'free';
  /** Life before the command in progress. */
  lifeBefore: Life = 'free';
  endedBy: EndedBy = 'never enabled';
  /** Of its descriptors and records. */
  readonly format: WorkFormat;
  private readonly momentPs: number;
  readonly queue: QueueTrack;
  readonly vectors: VectorTrack[] = [];
  /** VF and PF only: MSI-X Enable and Function Mask; undefined for SDIs. */
  readonly msixEnable: GovernedBit | undefined;
  readonly functionMask: GovernedBit | undefined;
  /** Bus Master Enable that governs its requests; an SDI shares the PF's. */
  readonly gate: RequestGate;
  areas: Areas | undefined = undefined;
  pages: readonly number[] = [];
  imsEntries: readonly number[] = [];
  /** Pages and entries that the last destroy, reset or reconfigure released or cleared. */
  formerPages: { readonly pages: readonly number[]; readonly imsEntries: readonly number[] } = {
    pages: [],
    imsEntries: [],
  };
  /** It has sent a memory request under its own Routing ID since it was enabled. */
  hasSpoken = false;
  /** When the last QUIESCE_SDI arrived. */
  quiescedPs = -Infinity;
  /** Since when it is certainly enabled. */
  enabledPs = Infinity;

  /** LIFETIME_OPS of an SDI: descriptors that ended, whatever became of the SDI since (SRD §5). */
  readonly lifetime: RecentCounter;
  /** Work that a reset or removal aborted, for naming what comes too late. */
  aborted: WorkExecution | undefined = undefined;
  /** Where the queue was before that. */
  abortedLatch: QueueLatch = NO_LATCH;

  constructor(
    name: Requester,
    gate: RequestGate,
    place: {
      readonly order: number;
      readonly census: QueueCensus;
      readonly momentPs: number;
      readonly format: WorkFormat;
    },
  ) {
    this.name = name;
    this.order = place.order;
    const { momentPs } = place;
    this.format = place.format;
    this.momentPs = momentPs;
    this.lifetime = new RecentCounter(momentPs);
    this.queue = new QueueTrack(place.census, momentPs);
    this.kind = name === 'pf' ? 'pf' : name.startsWith('vf') ? 'vf' : 'sdi';
    this.index = this.kind === 'pf' ? 0 : Number(name.slice(name.indexOf(' ') + 1));
    this.gate = gate;
    this.msixEnable = this.kind === 'sdi' ? undefined : new GovernedBit(false, momentPs);
    this.functionMask = this.kind === 'sdi' ? undefined : new GovernedBit(false, momentPs);
  }

  setVectorCount(count: number): void {
    this.vectors.length = 0;
    for (let i = 0; i < count; i++) this.vectors.push(new VectorTrack(this.momentPs));
  }

  /** Whether descriptors may be fetched and executed. */
  get mayWork(): boolean {
    switch (this.life) {
      case 'enabling':
      case 'enabled':
      case 'quiescing':
        return true;
      case 'resetting':
        return this.lifeBefore === 'enabled';
      default:
        return false;
    }
  }

  /** Whether messages of `vector` may be held back by a mask or by MSI-X being off. */
  mayBeMasked(vector: VectorTrack, timePs: number): boolean {
    if (vector.mask.mayBeTrue(timePs)) return true;
    if (this.msixEnable !== undefined && this.msixEnable.mayBeFalse(timePs)) return true;
    return this.functionMask !== undefined && this.functionMask.mayBeTrue(timePs);
  }

  mayBeUnmasked(vector: VectorTrack, timePs: number): boolean {
    if (!vector.mask.mayBeFalse(timePs)) return false;
    if (this.msixEnable !== undefined && !this.msixEnable.mayBeTrue(timePs)) return false;
    return this.functionMask === undefined || this.functionMask.mayBeFalse(timePs);
  }

  /** Whether its message may have been held back at some time since `sincePs`. */
  mayHaveBeenMaskedSince(vector: VectorTrack, sincePs: number): boolean {
    if (vector.mask.mayHaveBeenTrueSince(sincePs)) return true;
    if (this.msixEnable !== undefined && this.msixEnable.mayHaveBeenFalseSince(sincePs))
      return true;
    return this.functionMask !== undefined && this.functionMask.mayHaveBeenTrueSince(sincePs);
  }

  /** Whether nothing held it back at some time since `sincePs`. */
  mayHaveBeenUnmaskedSince(vector: VectorTrack, sincePs: number): boolean {
    if (!vector.mask.mayHaveBeenFalseSince(sincePs)) return false;
    if (this.msixEnable !== undefined && !this.msixEnable.mayHaveBeenTrueSince(sincePs))
      return false;
    return this.functionMask === undefined || this.functionMask.mayHaveBeenFalseSince(sincePs);
  }

  /** Queue, vectors and MSI-X back to reset values; `isCleared`: address and data of the vectors too. */
  resetWork(isCleared: boolean): void {
    this.aborted = this.queue.current;
    this.abortedLatch = this.queue.latch;
    this.queue.reset();
    for (const vector of this.vectors) vector.reset(isCleared);
    this.msixEnable?.reset(false);
    this.functionMask?.reset(false);
    this.hasSpoken = false;
    this.enabledPs = Infinity;
  }

  /** The vector whose message goes to `address`, or undefined. */
  vectorOf(address: number, timePs: number): VectorTrack | undefined {
    for (const vector of this.vectors) if (vector.ownsAddress(address, timePs)) return vector;
    return undefined;
  }
}
