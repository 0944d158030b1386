// Outstanding non-posted requests of the device (SRD §6, §7, §9): 64 places for the whole device; tags, one per (RID,
// tag) pair at a time; matching of completions by both; the completion timeout; requests that an abort left behind,
// whose completions are late; and those from before a PF FLR, whose completions are dropped silently.
import { viewOf } from '#base/fresh-bytes';
import { CompletionStatus, type Tlp } from '#pcie/tlp';
import { WorkStatus } from '#siov/work';
import { TagChoice } from './character.ts';
import { DeviceEvent } from './event-queue.ts';
import type { SiovDevice } from './siov-device.ts';
import type { WorkQueue } from './work-queue.ts';

/** Non-posted requests outstanding at any time, aborted ones included. */
const PLACE_COUNT = 64;

const FREE = 0;
const OUTSTANDING = 1;
const ABORTED = 2;
/** FAULT reset-hits-neighbour, vf-flr-resets-sdi: as aborted, but its completions are not counted. */
const DISOWNED = 3;

/** What `open` answers when it cannot. */
export const NO_PLACE = -1;
export const NO_TAG = -2;

/** A request about to leave. */
export interface RequestOpening {
  readonly rid: number;
  readonly engine: number;
  /** What the engine calls it, handed back with its data. */
  readonly part: number;
  /** Address of the first byte; its two lowest bits are used. */
  readonly address: number;
  /** Bytes to come in completions: the enabled ones. */
  readonly bytes: number;
}

export class Requester {
  private readonly device: SiovDevice;
  private readonly states = new Uint8Array(PLACE_COUNT);
  private readonly keys = new Int32Array(PLACE_COUNT);
  private readonly engines = new Int8Array(PLACE_COUNT);
  private readonly parts = new Int32Array(PLACE_COUNT);
  private readonly remaining = new Int32Array(PLACE_COUNT);
  /** Low two bits of the address of the next byte to come. */
  private readonly byteLanes = new Uint8Array(PLACE_COUNT);
  private readonly deadlines = new Float64Array(PLACE_COUNT);
  private readonly queues: (WorkQueue | undefined)[] = Array.from({ length: PLACE_COUNT });
  private readonly placeOfKey = new Map<number, number>();
  private readonly freePlaces: number[] = [];
  /** How many requests, of any RID, hold each tag. */
  private readonly tagUses = new Uint8Array(1024);
  private poolTag = 0;
  /** From before a PF FLR: key and bytes still to come; not reused until `silentUntilPs`. */
  private readonly silent = new Map<number, number>();
  private silentUntilPs = 0;
  /** Of those, how many are still awaited: they count as outstanding. */
  private silentAwaited = 0;
  /** Timed out, their completions may still come: they matter when a PF FLR comes first. */
  private readonly timedOut = new Map<number, number>();
  /** FAULT reset-tag-reuse: aborted requests whose tags are free already. */
  private readonly forgotten = new Map<number, number>();
  /** When the earliest event of the timer comes. */
  private timerPs = Infinity;

  constructor(device: SiovDevice) {
    this.device = device;
    this.freeAll();
  }

  /** Whether a place is free. */
  get hasPlace(): boolean {
    const unused = PLACE_COUNT - this.device.character.placeCount;
    return this.freePlaces.length > this.silentAwaited + unused;
  }

  /** Requests of a queue outstanding, aborted ones not counted. */
  countOf(queue: WorkQueue | undefined): number {
    let count = 0;
    for (let place = 0; place < PLACE_COUNT; place++) {
      if (this.states[place] === OUTSTANDING && this.queues[place] === queue) count++;
    }
    return count;
  }

  /** Whether a request of a VF's queue, or (undefined) of any SDI, is outstanding or aborted and awaited. */
  isAwaiting(vfQueue: WorkQueue | undefined): boolean {
    for (let place = 0; place < PLACE_COUNT; place++) {
      const queue = this.queues[place];
      if (queue === undefined) continue;
      if (vfQueue === undefined ? !queue.isVf : queue === vfQueue) return true;
    }
    return false;
  }

  /** Takes a place and a tag for a request that leaves now. Returns the tag, NO_PLACE or NO_TAG. */
  open(queue: WorkQueue, opening: RequestOpening): number {
    if (!this.hasPlace) return NO_PLACE;
    const tag = this.pickTag(queue, opening.rid);
    if (tag < 0) return NO_TAG;
    const place = this.freePlaces.pop() as number;
    const key = keyOf(opening.rid, tag);
    this.states[place] = OUTSTANDING;
    this.keys[place] = key;
    this.engines[place] = opening.engine;
    this.parts[place] = opening.part;
    this.remaining[place] = opening.bytes;
    this.byteLanes[place] = opening.address & 3;
    this.deadlines[place] = this.device.nowPs + this.timeoutPs();
    this.queues[place] = queue;
    this.placeOfKey.set(key, place);
    this.tagUses[tag]++;
    this.timedOut.delete(key);
    this.forgotten.delete(key);
    this.armTimer(this.deadlines[place]);
    return tag;
  }

  /** A completion has arrived. */
  receive(tlp: Tlp): void {
    const place = this.find(tlp);
    if (place === undefined) {
      this.receiveUnmatched(tlp);
    } else if (this.states[place] !== OUTSTANDING) {
      this.receiveLate(place, tlp);
    } else if (tlp.status !== CompletionStatus.SC) {
      const { faults } = this.device;
      // FAULT abort-as-unsupported
      const isAbort = tlp.status === CompletionStatus.CA && !faults.is('abort-as-unsupported');
      this.endBadly(place, isAbort ? WorkStatus.ABORTED : WorkStatus.UNSUPPORTED);
    } else {
      this.receiveData(place, tlp);
    }
  }

  /**
   * An engine's descriptor is aborted: its requests stay until their completions or their timeouts come.
   * @param isCounted whether those completions count as late.
   */
  abort(engine: number, isCounted: boolean): void {
    for (let place = 0; place < PLACE_COUNT; place++) {
      if (this.states[place] !== OUTSTANDING || this.engines[place] !== engine) continue;
      this.states[place] = isCounted ? ABORTED : DISOWNED;
    }
    if (this.device.faults.is('reset-tag-reuse')) this.forgetAborted(); // FAULT reset-tag-reuse
  }

  /** PF FLR begins: whatever was asked before is answered to nobody for twice the completion timeout. */
  silence(): void {
    this.expireSilent();
    for (let place = 0; place < PLACE_COUNT; place++) {
      if (this.states[place] === FREE) continue;
      this.silent.set(this.keys[place], this.remaining[place]);
      this.silentAwaited++;
    }
    for (const [key, bytes] of this.timedOut)
      if (!this.silent.has(key)) this.silent.set(key, -bytes);
    this.timedOut.clear();
    this.freeAll();
    this.silentUntilPs = this.device.nowPs + 2000 * this.device.params.completionTimeoutNs;
    if (this.silent.size > 0) this.armTimer(this.silentUntilPs);
  }

  /** The earliest deadline may have come. */
  onTimer(): void {
    const now = this.device.nowPs;
    if (now !== this.timerPs) return;
    this.timerPs = Infinity;
    let next = Infinity;
    for (let place = 0; place < PLACE_COUNT; place++) {
      if (this.states[place] === FREE) continue;
      if (this.deadlines[place] <= now) this.strike(place);
      else next = Math.min(next, this.deadlines[place]);
    }
    this.expireSilent();
    if (this.silent.size > 0) next = Math.min(next, this.silentUntilPs);
    if (next !== Infinity) this.armTimer(next);
    this.device.scheduler.onPlaceFree();
  }

  /** Power-up: nothing is outstanding, nothing is remembered. */
  reset(): void {
    this.freeAll();
    this.silent.clear();
    this.silentAwaited = 0;
    this.timedOut.clear();
    this.forgotten.clear();
    this.timerPs = Infinity;
  }

  private receiveUnmatched(tlp: Tlp): void {
    const key = keyOf(tlp.requesterId, tlp.tag);
    this.expireSilent();
    const owed = this.silent.get(key);
    if (owed !== undefined) {
      // FAULT flr-completion-logged
      if (this.device.faults.is('flr-completion-logged')) this.device.errors.unexpectedCompletion();
      if (owed <= 0) return;
      const left = tlp.status === CompletionStatus.SC ? owed - rightBytes(tlp, owed, 0) : 0;
      // What has been answered in full still keeps its pair, but no longer a place.
      this.silent.set(key, left);
      if (left > 0) return;
      this.silentAwaited--;
      this.device.scheduler.onPlaceFree();
      return;
    }
    const forgotten = this.forgotten.get(key);
    if (forgotten === undefined) {
      this.device.errors.unexpectedCompletion();
      return;
    }
    this.device.errors.lateCompletion();
    const left = tlp.status === CompletionStatus.SC ? forgotten - rightBytes(tlp, forgotten, 0) : 0;
    if (left > 0) this.forgotten.set(key, left);
    else this.forgotten.delete(key);
  }

  private receiveLate(place: number, tlp: Tlp): void {
    if (this.states[place] === ABORTED) this.device.errors.lateCompletion();
    if (tlp.status !== CompletionStatus.SC) {
      this.release(place);
      return;
    }
    const bytes = rightBytes(tlp, this.remaining[place], this.byteLanes[place]);
    this.advance(place, bytes);
    if (this.remaining[place] === 0) this.release(place);
  }

  private receiveData(place: number, tlp: Tlp): void {
    const lane = this.byteLanes[place];
    const bytes = rightBytes(tlp, this.remaining[place], lane);
    if (bytes === 0) {
      this.device.errors.unexpectedCompletion();
      return;
    }
    const engine = this.device.scheduler.engines[this.engines[place]];
    const part = this.parts[place];
    if (tlp.ep !== 0) this.device.errors.poisoned();
    // FAULT poison-used
    if (tlp.ep !== 0 && !this.device.faults.is('poison-used')) {
      engine.onFailure(WorkStatus.POISONED);
    } else {
      engine.onData(part, viewOf(tlp.payload, lane, bytes));
    }
    this.advance(place, bytes);
    if (this.remaining[place] > 0) return;
    this.release(place);
    engine.onRequestEnd();
  }

  private advance(place: number, bytes: number): void {
    this.remaining[place] -= bytes;
    this.byteLanes[place] = (this.byteLanes[place] + bytes) & 3;
  }

  private endBadly(place: number, status: number): void {
    const engine = this.device.scheduler.engines[this.engines[place]];
    this.release(place);
    engine.onFailure(status);
    engine.onRequestEnd();
  }

  private strike(place: number): void {
    this.timedOut.set(this.keys[place], this.remaining[place]);
    if (this.states[place] !== OUTSTANDING) {
      this.release(place);
      return;
    }
    this.device.errors.completionTimeout();
    this.endBadly(place, WorkStatus.TIMED_OUT);
  }

  private release(place: number): void {
    if (this.placeOfKey.get(this.keys[place]) === place) this.placeOfKey.delete(this.keys[place]);
    this.tagUses[this.keys[place] & 1023]--;
    this.states[place] = FREE;
    this.queues[place] = undefined;
    this.freePlaces.push(place);
    this.device.scheduler.onPlaceFree();
  }

  /** FAULT reset-tag-reuse: the tags of aborted requests are free, and the first of them is the next to be used. */
  private forgetAborted(): void {
    const { settings } = this.device;
    let isFirst = true;
    for (let place = 0; place < PLACE_COUNT; place++) {
      const queue = this.queues[place];
      if (this.states[place] !== ABORTED || queue === undefined) continue;
      const first = queue.isVf ? settings.vfFirstTag : settings.firstTag;
      if (isFirst) queue.nextTag = (this.keys[place] % 1024) - first;
      isFirst = false;
      this.forgotten.set(this.keys[place], this.remaining[place]);
      this.release(place);
    }
  }

  private freeAll(): void {
    this.states.fill(FREE);
    this.queues.fill(undefined);
    this.placeOfKey.clear();
    this.tagUses.fill(0);
    this.freePlaces.length = 0;
    for (let place = PLACE_COUNT - 1; place >= 0; place--) this.freePlaces.push(place);
  }

  private find(tlp: Tlp): number | undefined {
    const own = this.placeOfKey.get(keyOf(tlp.requesterId, tlp.tag));
    // FAULT completion-by-tag-only
    if (own === undefined || !this.device.faults.is('completion-by-tag-only')) return own;
    return this.isForData(own) ? (this.findByTag(tlp, own) ?? own) : own;
  }

  /** FAULT completion-by-tag-only: a data request of another RID with this tag, to which the Byte Count fits. */
  private findByTag(tlp: Tlp, own: number): number | undefined {
    for (let place = 0; place < PLACE_COUNT; place++) {
      const isOther = this.keys[place] % 1024 === tlp.tag && place !== own;
      const isFitting = this.remaining[place] === tlp.byteCount;
      if (isOther && isFitting && this.isForData(place)) return place;
    }
    return undefined;
  }

  private isForData(place: number): boolean {
    const engine = this.engines[place];
    return this.states[place] === OUTSTANDING && this.device.scheduler.engines[engine].isRunning;
  }

  /** A tag within the enabled width that no request of this RID holds, or -1. */
  private pickTag(queue: WorkQueue, rid: number): number {
    const { settings, faults } = this.device;
    const first = queue.isVf ? settings.vfFirstTag : settings.firstTag;
    const count = queue.isVf ? settings.vfTagCount : settings.tagCount;
    const start = this.firstTurn(queue, count);
    const isPool = this.device.character.tagChoice === TagChoice.POOL;
    this.expireSilent();
    for (let tried = 0; tried < count; tried++) {
      const turn = (start + tried) % count;
      const key = keyOf(rid, first + turn);
      if (this.silent.has(key)) continue;
      if (isPool && this.tagUses[first + turn] > 0 && !faults.is('tag-reuse')) continue;
      // FAULT tag-reuse
      if (this.placeOfKey.has(key) && !faults.is('tag-reuse')) continue;
      // FAULT tag-reuse: now and then the counter stays where it is.
      queue.nextTag = faults.strikes('tag-reuse', 4) ? turn : turn + 1;
      this.poolTag = turn + 1;
      return first + turn;
    }
    return -1;
  }

  /** Where the search for a free tag begins. */
  private firstTurn(queue: WorkQueue, count: number): number {
    switch (this.device.character.tagChoice) {
      case TagChoice.LOWEST:
        return 0;
      case TagChoice.RANDOM:
        return this.device.random.below(count);
      case TagChoice.POOL:
        return this.poolTag;
      default:
        return queue.nextTag;
    }
  }

  /** From now until the completion timeout of a request that is made now: 1 × to 2 × after it has left (SRD §7). */
  private timeoutPs(): number {
    const { device } = this;
    const { timeout, ingressPs, egressPs } = device.character;
    const { completionTimeoutNs } = device.params;
    const passagePs = ingressPs + egressPs;
    return Math.min(
      2000 * completionTimeoutNs,
      passagePs + device.draw(timeout) * completionTimeoutNs,
    );
  }

  private expireSilent(): void {
    if (this.silent.size === 0 || this.device.nowPs < this.silentUntilPs) return;
    this.silent.clear();
    this.silentAwaited = 0;
  }

  private armTimer(atPs: number): void {
    // Deadlines come in the order in which requests leave: mostly the one armed first is the earliest.
    if (atPs >= this.timerPs) return;
    this.timerPs = atPs;
    this.device.events.schedule(atPs, DeviceEvent.COMPLETION_TIMEOUT);
  }
}

function keyOf(rid: number, tag: number): number {
  return rid * 1024 + tag;
}

/** The bytes that a completion with status SC brings for a request that lacks `remaining`; 0: not the right ones. */
function rightBytes(tlp: Tlp, remaining: number, lane: number): number {
  if (tlp.kind !== 'CplD' || tlp.byteCount !== remaining) return 0;
  return Math.max(0, Math.min(remaining, tlp.payload.length - lane));
}
