// How long the work that is under way may take: SRD §4, Progress.
import { ns, us } from '#kernel/time';
import type { TenantHome } from './tenant-home.ts';

/** 2 × completionTimeoutNs + 50 µs + N × 20 µs + B × 100 ns, for all descriptors rung and not known to have ended. */
export function drainBoundPs(homes: readonly TenantHome[], completionTimeoutNs: number): number {
  let descriptors = 0;
  let bytes = 0;
  for (const { queue } of homes) {
    if (queue === undefined) continue;
    descriptors += queue.owed;
    bytes += queue.owedBytes;
  }
  return ns(2 * completionTimeoutNs) + us(50) + us(20) * descriptors + ns(100) * bytes;
}
