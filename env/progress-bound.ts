// How long the work that is under way may take: policy `timing.progress` (SRD §4, Progress).
import { ns } from '#kernel/time';
import type { TimingPolicy } from '#siov/siov-policy';
import type { TenantHome } from './tenant-home.ts';

/** fixedNs + timeouts × completion timeout + N × perWorkNs + B × perByteNs, for all descriptors rung and not known to have ended. */
export function drainBoundPs(
  homes: readonly TenantHome[],
  completionTimeoutNs: number,
  { progress }: TimingPolicy,
): number {
  let descriptors = 0;
  let bytes = 0;
  for (const { queue } of homes) {
    if (queue === undefined) continue;
    descriptors += queue.owed;
    bytes += queue.owedBytes;
  }
  const { fixedNs, timeouts, perWorkNs, perByteNs } = progress;
  return ns(timeouts * completionTimeoutNs + fixedNs + perWorkNs * descriptors + perByteNs * bytes);
}
