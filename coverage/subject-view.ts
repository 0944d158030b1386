/**
 * What the host knows about one requester (PF, VF or SDI): its Routing ID, state, memory areas, vectors and work, as HostEvents
 * told (design decision 14). Part of the coverage model's own view of the device; it shares nothing with the scoreboards'.
 */
import type { AddressRange, Requester, SdiAssignment, WorkDescription } from '#siov/host-event';
import { INDEX_MASK, WorkOpcode } from '#siov/work';

export type SubjectKind = 'pf' | 'vf' | 'sdi';

/** SDI states as the host sees them; a VF is enabled while it exists. */
export type SubjectState =
  'free' | 'creating' | 'created' | 'enabled' | 'quiescing' | 'resetting' | 'destroying';

/** What a memory request of the device is for. */
export type RequestRole = 'fetch' | 'source' | 'destination' | 'atomic' | 'record' | 'message';

export const OPERATION_NAMES = [
  'nop',
  'copy',
  'fill',
  'crc32',
  'fetchAdd',
  'swap',
  'cas',
  'undefined',
] as const;
export type OperationName = (typeof OPERATION_NAMES)[number];

export function operationName(opcode: number): OperationName {
  return OPERATION_NAMES[Math.min(opcode, OPERATION_NAMES.length - 1)];
}

/** Where the work of a queue stands, judged by the last request seen of it. */
export type WorkPhase = 'none' | 'rung' | 'fetching' | 'reading' | 'writing' | 'atomic';

const EMPTY: AddressRange = { base: 0, length: 0 };

/** A vector as it was programmed and masked last. */
export class VectorView {
  address = -1;
  isMasked = true;
  /** Raised while it was masked, and not sent since. */
  isPending = false;
}

/** SDIs that are not FREE, and those ENABLED. */
export interface SdiCensus {
  live: number;
  enabled: number;
}

export class SubjectView {
  readonly name: Requester;
  readonly kind: SubjectKind;
  /** VF number or SDI index. */
  readonly index: number;
  /** Place in the order of first mention. */
  readonly order: number;
  private stateNow: SubjectState = 'free';
  private readonly census: SdiCensus;
  /** The state when the command under way left. */
  stateBefore: SubjectState = 'free';
  /** -1 while it has none. */
  rid = -1;
  assignment: SdiAssignment | undefined = undefined;
  /** What a command that is under way would give it. */
  nextAssignment: SdiAssignment | undefined = undefined;
  /** The last command of its life cycle that succeeded. */
  lastCommand = 'none';
  isQueueOn = false;
  ringBase = 0;
  ringEntries = 1;
  /** -1: none. */
  pasid = -1;
  ring = EMPTY;
  records = EMPTY;
  source = EMPTY;
  destination = EMPTY;
  message = EMPTY;
  readonly vectors: VectorView[] = [];
  /** By ring slot. */
  readonly work: (WorkDescription | undefined)[] = [];
  /** Descriptors rung since the queue was started; modulo 2^16. */
  tail = 0;
  /** Fetches begun since then; not wrapped. */
  fetched = 0;
  /** The descriptor that was fetched last and has not ended, as far as its record tells. */
  current: WorkDescription | undefined = undefined;
  phase: WorkPhase = 'none';
  private lastSlot = -1;
  private readonly descriptorBytes: number;
  /** End of the data read or written by the current descriptor. */
  private dataEnd = 0;

  constructor(
    name: Requester,
    place: { readonly order: number; readonly census: SdiCensus; readonly descriptorBytes: number },
  ) {
    this.descriptorBytes = place.descriptorBytes;
    this.name = name;
    this.kind = name === 'pf' ? 'pf' : name.startsWith('vf') ? 'vf' : 'sdi';
    this.index = this.kind === 'pf' ? 0 : Number(name.slice(name.indexOf(' ') + 1));
    this.order = place.order;
    this.census = place.census;
  }

  get state(): SubjectState {
    return this.stateNow;
  }

  set state(state: SubjectState) {
    if (this.kind === 'sdi') {
      this.count(-1);
      this.stateNow = state;
      this.count(1);
    } else this.stateNow = state;
  }

  /** Has work that is rung and has not ended, as far as the host can see. */
  get isBusy(): boolean {
    return this.phase !== 'none' || (this.isQueueOn && this.hasWaiting);
  }

  /** Descriptors are rung and not fetched. */
  get hasWaiting(): boolean {
    return (this.fetched & INDEX_MASK) !== this.tail;
  }

  vector(index: number): VectorView {
    while (this.vectors.length <= index) this.vectors.push(new VectorView());
    return this.vectors[index];
  }

  startQueue(ringBase: number, ringEntries: number, pasid: number): void {
    this.isQueueOn = true;
    this.ringBase = ringBase;
    this.ringEntries = ringEntries;
    this.pasid = pasid;
    this.forgetWork();
  }

  /** All work state goes; what the hypervisor gave stays. */
  reset(): void {
    this.isQueueOn = false;
    this.forgetWork();
    for (const vector of this.vectors) {
      vector.isMasked = true;
      vector.isPending = false;
    }
  }

  release(): void {
    this.reset();
    this.vectors.length = 0;
    this.rid = -1;
    this.assignment = undefined;
    this.state = 'free';
  }

  /** What a request is for, judged by the area its address is in; undefined: in none. */
  roleOf(address: number, isRead: boolean, isAtomic: boolean): RequestRole | undefined {
    if (isAtomic) return 'atomic';
    if (isRead) {
      if (isIn(this.ring, address)) return 'fetch';
      return isIn(this.source, address) ? 'source' : undefined;
    }
    if (isIn(this.destination, address)) return 'destination';
    if (isIn(this.records, address)) return 'record';
    return isIn(this.message, address) ? 'message' : undefined;
  }

  /**
   * Takes note of a request, so that `current` and `phase` follow.
   * @returns true when the fetch of another descriptor begins with it.
   */
  follow(role: RequestRole | undefined, address: number, byteLength: number): boolean {
    switch (role) {
      case 'fetch':
        return this.fetch(Math.floor((address - this.ringBase) / this.descriptorBytes));
      case 'source':
        this.phase = 'reading';
        this.dataEnd = address + byteLength;
        return false;
      case 'destination':
        this.phase = 'writing';
        this.dataEnd = address + byteLength;
        return false;
      case 'atomic':
        this.phase = 'atomic';
        return false;
      case 'record':
        this.phase = 'none';
        return false;
      case 'message':
      case undefined:
        return false;
    }
  }

  /**
   * Whether work without a completion record has ended, as far as the link tells: its last data is written, or its last
   * answer is here. `outstanding`: its requests that wait for an answer.
   */
  hasEndedSilently(outstanding: number, hasFailed: boolean): boolean {
    const { current } = this;
    if (current?.noRecord !== true || outstanding > 0) return false;
    if (hasFailed) return true;
    switch (this.phase) {
      case 'fetching':
        return current.opcode === WorkOpcode.NOP || current.opcode > WorkOpcode.CAS;
      case 'reading':
        return (
          current.opcode === WorkOpcode.CRC32 && this.dataEnd === current.source + current.length
        );
      case 'writing':
        return this.dataEnd === current.destination + current.length;
      default:
        return this.phase === 'atomic';
    }
  }

  /** The vector whose message goes to an address, or -1. */
  vectorAt(address: number): number {
    for (let index = 0; index < this.vectors.length; index++) {
      if (this.vectors[index].address === address) return index;
    }
    return -1;
  }

  get hasPendingVector(): boolean {
    return this.vectors.some((vector) => vector.isPending);
  }

  private count(step: 1 | -1): void {
    if (this.stateNow !== 'free') this.census.live += step;
    if (this.stateNow === 'enabled') this.census.enabled += step;
  }

  /** A descriptor may be fetched in several reads; the first one counts. */
  private fetch(slot: number): boolean {
    if (slot === this.lastSlot && this.phase === 'fetching') return false;
    this.lastSlot = slot;
    this.fetched++;
    this.current = this.work[slot % this.ringEntries];
    this.phase = 'fetching';
    return true;
  }

  private forgetWork(): void {
    this.work.length = 0;
    this.tail = 0;
    this.fetched = 0;
    this.current = undefined;
    this.phase = 'none';
    this.lastSlot = -1;
  }
}

function isIn(range: AddressRange, address: number): boolean {
  return address >= range.base && address < range.base + range.length;
}
