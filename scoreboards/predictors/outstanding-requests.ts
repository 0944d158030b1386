// The device's non-posted requests whose completions are owed, by (Requester ID, tag): siov-facts §9 R-REQ-6. Entries
// have one shape; the key is one number, so that a TLP costs one look-up and no string (design decision 10).
import type { RequesterTrack } from './requester-track.ts';
import type { WorkExecution } from './work-execution.ts';

/** What an upstream memory request was for. */
export type RequestRole =
  'none' | 'fetch' | 'sourceRead' | 'dataWrite' | 'record' | 'interrupt' | 'atomic';

const NO_TWINS: readonly OutstandingRequest[] = [];

export class OutstandingRequest {
  requesterId = 0;
  tag = 0;
  requester: RequesterTrack | undefined = undefined;
  execution: WorkExecution | undefined = undefined;
  role: RequestRole = 'none';
  /** First byte in the descriptor (fetch) or in the source (source read). */
  offset = 0;
  byteLength = 0;
  /** Bytes still owed. */
  remaining = 0;
  /** Departure from the device. */
  leftPs = 0;
  /** Its operation was aborted, surely, from this time on; Infinity: it was not. */
  abortedPs = Infinity;
  /** It may have been aborted from this time on: the TLP that started the reset arrived. */
  abortPossiblePs = Infinity;
  /** Dropped silently, without a count (PF FLR, SRD §9). */
  isSilent = false;
  /** A completion may or may not have ended it: its tag is judged no more. */
  isUncertain = false;
  /** Its certain timeout has been taken into account. */
  isTimeoutNoted = false;
  /** Completion TLPs that brought bytes. */
  parts = 0;
  firstPartBytes = 0;
  /** Requests of other Requester IDs that had the same tag outstanding at the same time. */
  twins: readonly OutstandingRequest[] = NO_TWINS;

  get isAborted(): boolean {
    return this.abortedPs !== Infinity;
  }
}

const TAGS = 1024;

export class OutstandingRequests {
  private readonly byKey = new Map<number, OutstandingRequest>();
  /** Outstanding requests by tag, whoever asked. */
  private readonly byTag: OutstandingRequest[][] = Array.from({ length: TAGS }, () => []);

  get count(): number {
    return this.byKey.size;
  }

  find(requesterId: number, tag: number): OutstandingRequest | undefined {
    return this.byKey.get(requesterId * TAGS + tag);
  }

  /** A new entry; one under the same pair is forgotten. */
  add(requesterId: number, tag: number, leftPs: number): OutstandingRequest {
    const request = new OutstandingRequest();
    request.requesterId = requesterId;
    request.tag = tag;
    request.leftPs = leftPs;
    const before = this.find(requesterId, tag);
    if (before !== undefined) this.remove(before);
    const same = this.byTag[tag];
    if (same.length > 0) {
      request.twins = same.slice();
      for (const other of same) other.twins = [...other.twins, request];
    }
    same.push(request);
    this.byKey.set(requesterId * TAGS + tag, request);
    return request;
  }

  remove(request: OutstandingRequest): void {
    const key = request.requesterId * TAGS + request.tag;
    if (this.byKey.get(key) !== request) return;
    this.byKey.delete(key);
    const same = this.byTag[request.tag];
    same.splice(same.indexOf(request), 1);
  }

  /** Requests in the order in which they left. */
  all(): Iterable<OutstandingRequest> {
    return this.byKey.values();
  }

  /** Requests certainly awaited: left after `afterPs` (now - timeout), neither silent nor uncertain. */
  countSince(afterPs: number): number {
    let count = 0;
    for (const request of this.byKey.values()) {
      if (request.leftPs > afterPs && !request.isSilent && !request.isUncertain) count++;
    }
    return count;
  }

  clear(): void {
    this.byKey.clear();
    for (const same of this.byTag) same.length = 0;
  }
}
