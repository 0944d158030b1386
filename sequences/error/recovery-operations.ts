// What a tenant does when its queue has halted: it asks, and starts it anew. Source: SRD §7 (a halted queue is restarted by
// CTRL bit 0: 1 -> 0 -> 1).
import type { TenantAgent } from '#env/agents/tenant-agent';
import { operation } from '#uvm/operation';
import { prepare } from '../dma/work-operations.ts';

/** Restarts the queue if its descriptor fetch has failed; otherwise it has only looked. */
export const recoverQueue = operation<TenantAgent>()(
  'recoverQueue',
  {},
  {
    possible: (_args, tenant) => tenant.queue?.isStarted === true && tenant.queue.owed > 0,
    *run(_args, tenant, op) {
      const { queue, device } = tenant;
      if (queue === undefined) return;
      const status = yield* device.queueStatus(queue.target);
      if (status?.isHalted !== true || tenant.queue !== queue) return;
      if (yield* tenant.stopQueue(queue)) yield* prepare(tenant, op);
    },
  },
);
