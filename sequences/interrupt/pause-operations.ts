// What must wait for Bus Master Enable: a pending interrupt that is unmasked while it is 0, the interrupt of a descriptor without
// record that ends meanwhile, and the end of QUIESCE_SDI. Source: SRD §4 ("never while Bus Master Enable is 0"), §7.
import type { TenantAgent } from '#env/agents/tenant-agent';
import type { TenantQueue } from '#env/agents/tenant-queue';
import type { SdiEntry } from '#env/sdi-ledger';
import type { SiovEnv } from '#env/siov-env';
import { ns, us } from '#kernel/time';
import type { Process } from '#kernel/process';
import { delay, fork, join } from '#kernel/wait';
import { WorkOpcode } from '#siov/work';
import { flag, span } from '#solver/domain';
import { operation, type RunningOperation } from '#uvm/operation';
import { WorkSequence } from '../dma/work-sequence.ts';
import { prepare } from '../dma/work-operations.ts';
import { AdminSequence } from '../lifecycle/admin-sequence.ts';
import { entryOf, slotDomain } from '../lifecycle/lifecycle-operations.ts';

/** How long the work whose interrupt is to be pending is waited for. */
const PENDING_BOUND_PS = us(60);
/** From the doorbell to the pause, at most: the descriptor's answer then comes in the pause, often. */
const HEAD_START_PS = ns(600);
const LOOK_PS = ns(250);
/** The command waits its turn: after so many looks nobody waits for the pause any more. */
const LOOKS_MAX = 400;

/**
 * Pends an interrupt, rings for work without records, takes Bus Master Enable away, quiesces the SDI and unmasks its vector, and gives
 * Bus Master Enable back: no message and no end of the command before that.
 */
export const quiesceInPause = operation<SiovEnv>()(
  'quiesceInPause',
  {
    slot: slotDomain,
    pend: flag(),
    count: span(0, 2),
    headStartPs: span(0, HEAD_START_PS),
    pausePs: span(us(4), us(12)),
  },
  {
    possible: (args, env) => servedQueue(env, entryOf(env, args.slot)) !== undefined,
    *run(args, env, op) {
      const entry = entryOf(env, args.slot);
      const tenant = env.tenants[entry.tenant];
      const queue = yield* prepare(tenant, op);
      if (queue === undefined || queue !== servedQueue(env, entry)) return;
      const vector = queue.vectors.findIndex((view) => view.message !== undefined);
      if (args.pend && vector >= 0) yield* pend(tenant, queue, vector);
      if (args.count > 0) yield* raise(tenant, vector, args.count);
      yield delay(args.headStartPs);
      if (queue !== servedQueue(env, entry)) return;
      const unmasking = yield* fork('unmasking', unmask(tenant, queue, vector));
      yield* env.start(AdminSequence, env.child.hypervisor.child.sequencer, {
        action: 'quiesceInPause',
        subject: entry.sdi,
        pausePs: args.pausePs,
      });
      yield* join(unmasking);
      yield* enableAgain(env, entry, op);
    },
  },
);

function servedQueue(env: SiovEnv, entry: SdiEntry): TenantQueue | undefined {
  if (entry.phase !== 'enabled') return undefined;
  const queue: TenantQueue | undefined = env.tenants[entry.tenant]?.queue;
  return queue?.phase === 'enabled' && !queue.isStopping ? queue : undefined;
}

/** Descriptors that do nothing but raise `vector`. */
function* raise(tenant: TenantAgent, vector: number, count: number): Process {
  yield* tenant.start(WorkSequence, tenant.child.sequencer, {
    tenant,
    opcode: WorkOpcode.NOP,
    itemCount: count,
    raises: vector,
  });
}

/** One descriptor ends while `vector` is masked. */
function* pend(tenant: TenantAgent, queue: TenantQueue, vector: number): Process {
  if (!queue.vectors[vector].isMasked) tenant.setMask(queue, vector, true);
  yield* raise(tenant, vector, 1);
  if (tenant.queue === queue) yield* tenant.waitEnded(queue, queue.rung, PENDING_BOUND_PS);
}

/** Once the command is under way, so in the pause; the queue counts as disabled then. */
function* unmask(tenant: TenantAgent, queue: TenantQueue, vector: number): Process {
  for (let look = 0; look < LOOKS_MAX && queue.phase === 'enabled'; look++) yield delay(LOOK_PS);
  if (vector < 0 || tenant.queue !== queue || queue.phase !== 'disabled') return;
  yield delay(us(1));
  if (tenant.queue === queue && queue.vectors[vector].isMasked) {
    tenant.setMask(queue, vector, false);
  }
}

function* enableAgain(env: SiovEnv, entry: SdiEntry, op: RunningOperation): Process {
  if (entry.phase !== 'created' || op.stream('next').chance(1, 4)) return;
  yield* env.start(AdminSequence, env.child.hypervisor.child.sequencer, {
    action: 'enable',
    subject: entry.sdi,
  });
}
