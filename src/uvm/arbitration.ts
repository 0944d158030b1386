// The six ways in which a sequencer chooses among the requests that it could grant. Source: semantics §5; IEEE 1800.2
// clause 15.3.2.3. Randomness comes from a stream of the sequencer's own, so that a choice does not depend on the
// process that happens to ask for it (UVM's known hole, semantics §1).
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import type { RandomStream } from '#random/random-stream';
import type { Request } from './request.ts';

/**
 * The arbitration modes of a sequencer, in the order of the standard; the first, FIFO, is the default (IEEE 1800.2
 * clause 15.3.2.3; semantics §5).
 */
export const ARBITRATIONS = [
  /** The oldest request: the default. */
  'FIFO',
  /** Random, in proportion to priority. */
  'WEIGHTED',
  /** Random, each equally likely. */
  'RANDOM',
  /** The oldest among those of the highest priority. */
  'STRICT_FIFO',
  /** Random among those of the highest priority. */
  'STRICT_RANDOM',
  /** What `userPriorityArbitration` of the sequencer says. */
  'USER',
] as const;
/** How a sequencer chooses among the requests that it could grant: one of `ARBITRATIONS`. */
export type Arbitration = (typeof ARBITRATIONS)[number];

/** @throws UsageError `unknown-arbitration` for a name that is none, with the nearest one. */
export function checkArbitration(mode: string, path: string): asserts mode is Arbitration {
  if ((ARBITRATIONS as readonly string[]).includes(mode)) return;
  const hint = `Arbitrations are ${ARBITRATIONS.join(', ')}.`;
  const near = suggest(mode, ARBITRATIONS);
  throw new UsageError('unknown-arbitration', `there is no arbitration '${mode}'${near}`, {
    path,
    hint,
  });
}

/**
 * Chooses one of the available requests, in any mode but USER; nothing is drawn when there is only one.
 * @param available indices into the queue, the oldest first; at least one.
 * @returns one of them.
 */
export function chooseRequest(
  mode: Exclude<Arbitration, 'USER'>,
  available: readonly number[],
  priorityAt: (index: number) => number,
  stream: () => RandomStream,
): number {
  if (available.length === 1 || mode === 'FIFO') return available[0];
  const priorities = available.map(priorityAt);
  if (mode === 'WEIGHTED') return available[stream().weighted(priorities)];
  if (mode === 'RANDOM') return stream().pick(available);
  const highest = priorities.reduce((a, b) => Math.max(a, b));
  const best = available.filter((_, i) => priorities[i] === highest);
  return mode === 'STRICT_FIFO' || best.length === 1 ? best[0] : stream().pick(best);
}

/** @throws UsageError `bad-arbitration` for an index that is not among the available ones. */
export function checkUserChoice(
  chosen: number,
  available: readonly number[],
  queue: readonly Request[],
  path: string,
): number {
  if (available.includes(chosen)) return chosen;
  const request = queue[chosen] as Request | undefined;
  const seen =
    request === undefined
      ? `${chosen}, which is no index of its ${queue.length} requests`
      : `${chosen}, the request of ${request.sequence.name}, which is blocked, irrelevant or a lock`;
  throw new UsageError('bad-arbitration', `userPriorityArbitration returned ${seen}`, {
    path,
    hint: `Return one of the available indices: ${available.join(', ')}.`,
  });
}
