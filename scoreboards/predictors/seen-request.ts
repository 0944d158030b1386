// What the predictor found out about one upstream request: whose it is, what for, and what is wrong with it, if anything.
// One object, reused for every TLP; the rule families read it and nothing else of the predictor's insides.
import { Tlp } from '#pcie/tlp';
import type { RequestRole } from './outstanding-requests.ts';
import type { RequesterTrack } from './requester-track.ts';
import type { VectorTrack } from './vector-track.ts';
import type { WorkExecution } from './work-execution.ts';

/** What is wrong. Each is one rule's affair; the family that owns the rule names it. */
export type Problem =
  | 'none'
  // rid-isolation
  | 'unknownRid'
  | 'wrongStride'
  | 'wrongSoftwareRid'
  | 'foreignRid'
  | 'notEnabled'
  // reset-cleanliness
  | 'afterReset'
  | 'disturbed'
  | 'disturbedAcross'
  | 'notDrained'
  // memory-ownership
  | 'stray'
  | 'wrongPage'
  // interrupt
  | 'foreignMessage'
  | 'interruptRequester'
  | 'interruptFormat'
  | 'notInterrupt'
  | 'spuriousInterrupt'
  | 'maskedInterrupt'
  | 'earlyInterrupt'
  | 'interruptMissing'
  // data-integrity
  | 'fetchUnrung'
  | 'fetchAgain'
  | 'fetchEarly'
  | 'stopped'
  | 'halted'
  | 'wrongData'
  | 'dataMissing'
  | 'operand'
  | 'readAgain'
  | 'writeOrder'
  | 'recordContent'
  | 'refusedWork'
  // ordering
  | 'recordEarly'
  | 'recordMissing'
  | 'recordAgain'
  | 'dataAfterRecord'
  // protocol
  | 'byteEnables'
  | 'relaxedOrdering'
  | 'tagOfOther'
  | 'splitOrder';

export class SeenRequest {
  /** Departure from the device. */
  timePs = 0;
  tlp: Tlp = new Tlp();
  requester: RequesterTrack | undefined = undefined;
  role: RequestRole = 'none';
  execution: WorkExecution | undefined = undefined;
  vector: VectorTrack | undefined = undefined;
  /** First enabled byte and number of bytes from there; bytes 0 for none enabled. */
  firstByte = 0;
  byteLength = 0;
  /** The enabled bytes have no gap and the byte enables are legal for the length. */
  isContiguous = true;
  /** A new descriptor is fetched with it. */
  isNewFetch = false;
  /** The same pair was outstanding already: undefined, or what for. */
  pairInUse: 'no' | 'outstanding' | 'aborted' | 'beforeFlr' = 'no';
  problem: Problem = 'none';
  expected: unknown = undefined;
  seen: unknown = undefined;

  begin(tlp: Tlp, timePs: number): void {
    this.timePs = timePs;
    this.tlp = tlp;
    this.requester = undefined;
    this.role = 'none';
    this.execution = undefined;
    this.vector = undefined;
    this.isNewFetch = false;
    this.pairInUse = 'no';
    this.problem = 'none';
    this.expected = undefined;
    this.seen = undefined;
  }

  /** Records what is wrong; the first finding stays. */
  wrong(problem: Problem, expected: unknown, seen: unknown): void {
    if (this.problem !== 'none') return;
    this.problem = problem;
    this.expected = expected;
    this.seen = seen;
  }
}
