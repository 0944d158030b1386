/**
 * Reads and AtomicOps of the device that wait for completions, by (Requester ID, tag): how many parts each answer has, in which
 * order answers end, and which ones come too late because their requester was reset.
 */
import { assert } from '#base/assert';
import type { Tlp } from '#pcie/tlp';
import { CompletionStatus } from '#pcie/tlp';
import type { RequestRole, SubjectView } from './subject-view.ts';

/** One request; objects are reused. */
export class OutstandingRead {
  subject: SubjectView | undefined = undefined;
  role: RequestRole | undefined = undefined;
  /** Bytes asked for. */
  byteLength = 0;
  /** Order of departure. */
  serial = 0;
  /** Completions so far. */
  parts = 0;
  /** Its requester was reset, removed or destroyed since. */
  isAborted = false;
}

/** More than the device may have outstanding, aborted ones included (SRD §7: 64). */
const SPARE_MAX = 128;

export class OutstandingReads {
  private readonly open = new Map<number, OutstandingRead>();
  private readonly spare: OutstandingRead[] = [];
  private departures = 0;

  /** A read or AtomicOp left the device. */
  add(tlp: Tlp, subject: SubjectView | undefined, role: RequestRole | undefined): OutstandingRead {
    const key = keyOf(tlp);
    const read = this.open.get(key) ?? this.spare.pop() ?? new OutstandingRead();
    read.subject = subject;
    read.role = role;
    read.serial = this.departures++;
    read.parts = 0;
    read.isAborted = false;
    this.open.set(key, read);
    return read;
  }

  /** The request that a completion answers, or undefined. */
  find(completion: Tlp): OutstandingRead | undefined {
    return this.open.get(keyOf(completion));
  }

  /** Whether a completion is the last of its request: a status other than SC, or all that remained. */
  isLast(completion: Tlp): boolean {
    if (completion.status !== CompletionStatus.SC) return true;
    return completion.byteCount <= 4 * completion.lengthDw - (completion.lowerAddress & 3);
  }

  /** The request is answered. Its object may be read until the next `add`. */
  remove(completion: Tlp): void {
    const key = keyOf(completion);
    const read = this.open.get(key);
    assert(read !== undefined, 'what is removed was found');
    this.open.delete(key);
    if (this.spare.length < SPARE_MAX) this.spare.push(read);
  }

  /** Whether an older request of anybody still waits. */
  hasOlder(read: OutstandingRead): boolean {
    for (const other of this.open.values()) {
      if (other.serial < read.serial && !other.isAborted) return true;
    }
    return false;
  }

  /** Requests that wait. */
  get count(): number {
    return this.open.size;
  }

  /** Requests of one subject that wait for their answer. */
  countOf(subject: SubjectView): number {
    let count = 0;
    for (const read of this.open.values()) {
      if (read.subject === subject && !read.isAborted) count++;
    }
    return count;
  }

  /** A subject was reset or removed; undefined: all were. */
  abort(subject?: SubjectView): void {
    for (const read of this.open.values()) {
      if (subject === undefined || read.subject === subject) read.isAborted = true;
    }
  }

  /** The reset was refused: nothing was aborted. */
  revive(subject: SubjectView): void {
    for (const read of this.open.values()) if (read.subject === subject) read.isAborted = false;
  }

  clear(): void {
    this.open.clear();
  }
}

function keyOf(tlp: Tlp): number {
  return (tlp.requesterId << 10) | tlp.tag;
}
