// A queue at work until its free-running 16-bit indices wrap. Source: SRD §7 (HEAD, TAIL, the number in a completion record;
// OPS does not wrap there).
import type { TenantAgent } from '#env/agents/tenant-agent';
import type { TenantQueue } from '#env/agents/tenant-queue';
import type { Process } from '#kernel/process';
import { us } from '#kernel/time';
import { delay } from '#kernel/wait';
import { INDEX_MASK, WorkOpcode } from '#siov/work';
import { flag, span } from '#solver/domain';
import { operation } from '#uvm/operation';
import { prepare } from './work-operations.ts';
import { WorkSequence } from './work-sequence.ts';

/** So many indices there are. */
const INDICES = INDEX_MASK + 1;
/** The wrap comes among the last of these, or among the work that follows. */
const NEAR = 60;
/** A batch that does not end in this time is left to the calm phase, which knows how long it may take. */
const BATCH_BOUND_PS = us(400);
/** Between two looks at a queue that is not enabled yet, and how many there are. */
const LOOK_PS = us(5);
const LOOKS_MAX = 100;

/** NOPs by the ring, up to a number near the wrap of the indices. */
export const fillIndices = operation<TenantAgent>()(
  'fillIndices',
  { upTo: span(INDICES - NEAR, INDICES + NEAR), ringOnce: flag() },
  {
    possible: (_args, tenant) => tenant.isUsable,
    *run(args, tenant, op) {
      const queue = yield* prepare(tenant, op);
      if (queue === undefined) return;
      yield* untilEnabled(tenant, queue);
      while (canGoOn(tenant, queue) && queue.posted < args.upTo) {
        const before = queue.posted;
        yield* tenant.start(WorkSequence, tenant.child.sequencer, {
          tenant,
          opcode: WorkOpcode.NOP,
          itemCount: Math.min(queue.setup?.ringEntries ?? 1, args.upTo - before),
          ringOnce: args.ringOnce,
        });
        // What cannot be posted any more will not be later.
        if (queue.posted === before) return;
        yield* tenant.waitEnded(queue, queue.rung, BATCH_BOUND_PS);
      }
    },
  },
);

/** The hypervisor enables an SDI when it pleases. */
function* untilEnabled(tenant: TenantAgent, queue: TenantQueue): Process {
  for (let look = 0; look < LOOKS_MAX; look++) {
    if (tenant.queue !== queue || queue.phase !== 'disabled') return;
    yield delay(LOOK_PS);
  }
}

function canGoOn(tenant: TenantAgent, queue: TenantQueue): boolean {
  return tenant.queue === queue && queue.phase === 'enabled' && !queue.isStopping;
}
