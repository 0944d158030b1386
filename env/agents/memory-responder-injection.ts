// Which answers of the host's memory go wrong on purpose, and how. Source: SRD §9 "The host injects only", §7 (a completion
// later than 0.9 × the completion timeout is sent only while no queue is ready or executing). None by default.
import type { RandomStream } from '#random/random-stream';
import type { Tlp } from '#pcie/tlp';

/**
 * What is done to the answer of one request. Parts before a drawn one are always answered as they should be.
 * - unsupported, abort, retry, reservedStatus: the answer ends with status UR, CA, RRS, a reserved value;
 * - poison: one completion is poisoned;
 * - absent: from one part on nothing is sent;
 * - slow: the answer takes longer than 5 µs, but arrives within 0.9 × the completion timeout;
 * - late: the rest arrives later than that, while all queues are quiet, or never;
 * - byteCount: one completion is sent with a Byte Count that is not what remains; the right ones may follow or not;
 * - unexpectedTag, unexpectedRequester: one more completion is sent that matches nothing outstanding.
 */
export const INJECTIONS = [
  'unsupported',
  'abort',
  'retry',
  'reservedStatus',
  'poison',
  'absent',
  'slow',
  'late',
  'byteCount',
  'unexpectedTag',
  'unexpectedRequester',
] as const;
export type Injection = (typeof INJECTIONS)[number];

/** Asked once for each request that the host could answer well. */
export interface InjectionPolicy {
  /**
   * What to do to the answer; undefined: nothing.
   * @param request valid during the call only.
   * @param stream the stream that all draws for this answer come from.
   */
  choose(request: Tlp, stream: RandomStream): Injection | undefined;
}

/** Injects with one probability, then chooses by weight. */
export class WeightedInjection implements InjectionPolicy {
  private readonly perMille: number;
  private readonly weights: number[];

  /**
   * @param perMille of requests whose answer goes wrong, 0..1000.
   * @param weights relative frequency of each injection; one that is left out never happens.
   */
  constructor(perMille: number, weights: Readonly<Partial<Record<Injection, number>>>) {
    this.perMille = perMille;
    this.weights = INJECTIONS.map((injection) => weights[injection] ?? 0);
  }

  choose(_request: Tlp, stream: RandomStream): Injection | undefined {
    if (!stream.chance(this.perMille, 1000)) return undefined;
    return INJECTIONS[stream.weighted(this.weights)];
  }
}

/** Lets the responder keep to the rule for answers later than 0.9 × the completion timeout. */
export interface QuietKeeper {
  /** Since when no queue is ready or executing, ps; Infinity: one is. */
  quietSincePs(): number;
  /** True: no queue will become ready before `untilPs`; the caller relies on it. */
  keepQuietUntil(untilPs: number): boolean;
}
