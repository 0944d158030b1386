// The sequencer's queue of requests: what waits, who holds locks, who is served next. Source: semantics §5; IEEE 1800.2
// clause 15.3.2.
//
// A lock request stands in the queue as an item's does and is granted when its turn has come; a grab is a lock request
// that is put at the front, before grabs that wait already (UVM does the same, and calls it a known gap).
import { UsageError } from '#base/assert';
import { Queue } from '#base/queue';
import { SimEvent } from '#kernel/process';
import type { RandomStream } from '#random/random-stream';
import { chooseRequest, checkUserChoice, type Arbitration } from './arbitration.ts';
import type { Component } from './component.ts';
import { productName } from './factory.ts';
import { LockList } from './lock-list.ts';
import { REQUEST, Request } from './request.ts';
import type { SequenceBase } from './sequence-base.ts';

/** Requests that wait at one sequencer. */
export const REQUESTS_MAX = 100_000;

/** The sequencer, as far as the arbiter needs it. */
export interface ArbiterOwner extends Component {
  userPriorityArbitration(available: readonly number[], queue: readonly Request[]): number;
}

/** How a sequence leaves its sequencer: by itself, killed by `kill`, by an exception, or with its process. */
export type Leaving = 'finished' | 'stopped' | 'threw' | 'died';

export class Arbiter {
  mode: Arbitration = 'FIFO';
  /** A request was made or removed, an item was sent, a lock was given back. */
  readonly activity: SimEvent;
  /** How often that was. */
  changeCount = 0;
  readonly locks = new LockList();
  private readonly owner: ArbiterOwner;
  private readonly requests = new Queue<Request>();
  private lockRequestCount = 0;
  private ownStream: RandomStream | undefined = undefined;

  constructor(owner: ArbiterOwner) {
    this.owner = owner;
    this.activity = new SimEvent(`${owner.fullPath} request`);
  }

  get waitingCount(): number {
    return this.requests.length;
  }

  /** What waits, the oldest first. */
  get queue(): readonly Request[] {
    return [...this.requests];
  }

  /** Tells who waits for `activity`. */
  changed(): void {
    this.changeCount++;
    this.activity.trigger();
  }

  /** Enters a request for an item. @throws UsageError `requests-limit`. */
  add(request: Request): void {
    this.checkLimit();
    request.state = REQUEST.WAITING;
    this.requests.push(request);
    this.changed();
  }

  /** Enters a request to lock, and grants it when it stands at the front. */
  addLock(sequence: SequenceBase, place: 'back' | 'front'): Request {
    this.checkLimit();
    const request = new Request('lock', sequence, new SimEvent(`lock of ${this.owner.fullPath}`));
    request.state = REQUEST.WAITING;
    request.process = this.owner.kernel.current;
    if (place === 'front') this.requests.unshift(request);
    else this.requests.push(request);
    this.lockRequestCount++;
    this.grantLocks();
    return request;
  }

  /** Gives one lock back; a warning when there is none. */
  removeLock(sequence: SequenceBase, verb: string): void {
    if (!this.locks.remove(sequence)) {
      this.owner.warning(
        'SQRUNL',
        `sequence ${sequence.name} called ${verb} without having a lock`,
      );
      return;
    }
    this.grantLocks();
    this.changed();
  }

  /** True when a new request of this sequence would be chosen at once: nothing else waits, in FIFO order. */
  isOpenTo(sequence: SequenceBase): boolean {
    return (
      this.requests.length === 0 &&
      this.mode === 'FIFO' &&
      (this.locks.count === 0 || !this.locks.blocks(sequence)) &&
      sequence.isRelevant()
    );
  }

  /** Whether there is a request that could be granted now. */
  get hasAvailable(): boolean {
    for (const request of this.requests) if (this.isAvailable(request)) return true;
    return false;
  }

  /** Takes the request that is to be served next out of the queue; undefined when none can be. */
  select(): Request | undefined {
    this.grantLocks();
    const index = this.mode === 'FIFO' ? this.firstAvailable() : this.choose(this.mode);
    if (index < 0) return undefined;
    const request = this.requests.removeAt(index);
    if (this.lockRequestCount > 0) this.grantLocks();
    return request;
  }

  /** The sequences that keep requests back because they are not relevant now. */
  irrelevant(): SequenceBase[] {
    const found = new Set<SequenceBase>();
    for (const { kind, sequence } of this.requests) {
      if (kind === 'item' && !this.locks.blocks(sequence) && !sequence.isRelevant()) {
        found.add(sequence);
      }
    }
    return [...found];
  }

  /** Removes what a sequence that has ended, and its descendants, have here. */
  release(ended: SequenceBase, leaving: Leaving): void {
    for (let i = 0; i < this.requests.length;) {
      const request = this.requests.at(i) as Request;
      if (!isFamily(request.sequence, ended)) i++;
      else this.drop(this.removeAt(i), ended, leaving);
    }
    if (this.locks.count > 0) this.releaseLocks(ended, leaving);
    else this.grantLocks(); // what is gone may have stood before a lock
  }

  /** Takes note of a request that is no longer in the queue and will not be served. */
  drop(request: Request, ended: SequenceBase, leaving: Leaving): void {
    request.state = REQUEST.DROPPED;
    if (request.item !== undefined) request.item.request = undefined;
    request.progress.trigger();
    this.changed();
    // The exception goes on to whoever runs the sequence, and in the end to the run: it says what is wrong.
    if (leaving === 'stopped' || leaving === 'threw' || this.owner.testbench.isEnding) return;
    const { name } = request.sequence;
    if (leaving === 'died') {
      const text = `the process of sequence ${name} died; its request is removed`;
      this.owner.error('SEQREQZMB', text);
    } else {
      const text = `sequence ${ended.name} finished before a request of ${name} was served; it is removed`;
      this.owner.error('SEQFINERR', text);
    }
  }

  /** Empties queue and locks without a word. */
  clear(): void {
    while (this.requests.length > 0) {
      const request = this.removeAt(0);
      this.drop(request, request.sequence, 'stopped');
    }
    this.locks.clear();
  }

  /** For the explanation of a hang: what waits, and why. */
  explain(): string[] {
    const lines: string[] = [];
    const { current } = this.locks;
    if (current !== undefined) lines.push(`${this.owner.fullPath}: is locked by ${current.name}`);
    for (const request of this.requests) {
      const { sequence } = request;
      const isBlocked = this.locks.blocks(sequence);
      const why = isBlocked
        ? ', blocked by the lock'
        : sequence.isRelevant()
          ? ''
          : ', not relevant';
      lines.push(`${this.owner.fullPath}: ${nameOf(request)} waits for a grant${why}`);
    }
    return lines;
  }

  private firstAvailable(): number {
    for (let i = 0; i < this.requests.length;) {
      const request = this.requests.at(i) as Request;
      if (isZombie(request)) this.drop(this.removeAt(i), request.sequence, 'died');
      else if (this.isAvailable(request)) return i;
      else i++;
    }
    return -1;
  }

  private choose(mode: Exclude<Arbitration, 'FIFO'>): number {
    this.dropZombies();
    const { owner, queue } = this;
    const available = [...queue.keys()].filter((i) => this.isAvailable(queue[i]));
    if (available.length === 0) return -1;
    if (mode === 'USER') {
      const chosen = owner.userPriorityArbitration(available, queue);
      return checkUserChoice(chosen, available, queue, owner.fullPath);
    }
    const stream = (): RandomStream => (this.ownStream ??= owner.stream('arbitration'));
    return chooseRequest(mode, available, (i) => queue[i].priority, stream);
  }

  private isAvailable({ kind, sequence }: Request): boolean {
    return (
      kind === 'item' &&
      (this.locks.count === 0 || !this.locks.blocks(sequence)) &&
      sequence.isRelevant()
    );
  }

  /**
   * Grants the lock requests whose turn has come: nothing before them could be served, whatever its priority. (What a
   * lock keeps out does not count, or a child of the holder could not lock while others wait; UVM then hangs. What is not
   * relevant does not count either: it may be the one who locks that makes it so.)
   */
  private grantLocks(): void {
    if (this.lockRequestCount === 0) return;
    for (let i = 0; i < this.requests.length;) {
      const request = this.requests.at(i) as Request;
      if (isZombie(request)) this.drop(this.removeAt(i), request.sequence, 'died');
      else if (this.locks.blocks(request.sequence)) i++;
      else if (this.isAvailable(request)) return;
      else if (request.kind === 'item') i++;
      else {
        this.removeAt(i);
        this.locks.add(request.sequence);
        request.state = REQUEST.GRANTED;
        request.progress.trigger();
      }
    }
  }

  private dropZombies(): void {
    for (let i = 0; i < this.requests.length;) {
      const request = this.requests.at(i) as Request;
      if (isZombie(request)) this.drop(this.removeAt(i), request.sequence, 'died');
      else i++;
    }
  }

  private removeAt(index: number): Request {
    const request = this.requests.removeAt(index) as Request;
    if (request.kind === 'lock') this.lockRequestCount--;
    return request;
  }

  private releaseLocks(ended: SequenceBase, leaving: Leaving): void {
    for (const holder of this.locks.removeFamily(ended)) {
      if (leaving !== 'finished' || this.owner.testbench.isEnding) continue;
      const text = `sequence ${ended.name} finished before ${holder.name} gave its lock back; it is removed`;
      this.owner.error('SEQFINERR', text);
    }
    this.grantLocks();
    this.changed();
  }

  private checkLimit(): void {
    if (this.requests.length < REQUESTS_MAX) return;
    throw new UsageError('requests-limit', `${REQUESTS_MAX} requests wait`, {
      path: this.owner.fullPath,
      hint: 'No driver takes items from this sequencer.',
    });
  }
}

/** `WorkItem of WorkSequence`, for messages. */
export function nameOf({ item, kind, sequence }: Request): string {
  const what = item === undefined ? (kind === 'lock' ? 'a lock' : 'an item') : '';
  return `${item === undefined ? what : productName(item.constructor)} of ${sequence.name}`;
}

/** A sequence whose process dies leaves by itself; what is left is of processes that it forked. */
function isZombie({ process }: Request): boolean {
  return process !== undefined && !process.isAlive;
}

function isFamily(sequence: SequenceBase, ancestor: SequenceBase): boolean {
  return sequence === ancestor || sequence.isDescendantOf(ancestor);
}
