// Operations of a tenant that post work: one kind per opcode, so that the swarm's weights choose among them. A tenant first
// sets its vectors up and starts its queue; what it waits for afterwards is part of the operation. Source: SRD §7.
import type { TenantAgent } from '#env/agents/tenant-agent';
import type { TenantQueue } from '#env/agents/tenant-queue';
import type { SiovSwarm } from '#env/siov-env-config';
import { us } from '#kernel/time';
import type { Process } from '#kernel/process';
import { delay } from '#kernel/wait';
import type { RandomStream } from '#random/random-stream';
import { PLACEMENTS } from '#sequences/items/work-item';
import { WorkOpcode } from '#siov/work';
import { flag, mix, oneOf, span, type Domain } from '#solver/domain';
import { operation, type Operation, type RunningOperation } from '#uvm/operation';
import { REFUSALS } from './refused-work.ts';
import { WorkSequence } from './work-sequence.ts';

/** Vectors that are given messages, at most; the others stay masked. */
const VECTORS_USED_MAX = 4;
/** How long an operation waits for its own work; what takes longer is waited for by nobody until the calm phase. */
const WAIT_BOUND_PS = us(150);

/** Bytes of the classes that `WorkSwarm.lengthWeights` weighs. */
const LENGTH_CLASSES = [
  [1, 16],
  [17, 256],
  [257, 4096],
  [4097, 65_536],
  [65_537, 1_048_576],
] as const;

export const OPCODES = {
  nop: WorkOpcode.NOP,
  copy: WorkOpcode.COPY,
  fill: WorkOpcode.FILL,
  crc32: WorkOpcode.CRC32,
  fetchAdd: WorkOpcode.FETCH_ADD,
  swap: WorkOpcode.SWAP,
  cas: WorkOpcode.CAS,
} as const;
export type WorkKind = keyof typeof OPCODES;
export const WORK_KINDS = Object.keys(OPCODES) as readonly WorkKind[];

type WorkOperation = Operation<TenantAgent, unknown>;

/** The work operations of a run, by kind. */
export function workOperations(swarm: SiovSwarm): Readonly<Record<WorkKind, WorkOperation>> {
  const length = lengthDomain(swarm.work.lengthWeights);
  const made: Partial<Record<WorkKind, WorkOperation>> = {};
  for (const kind of WORK_KINDS) made[kind] = workOperation(kind, length);
  return made as Record<WorkKind, WorkOperation>;
}

function workOperation(kind: WorkKind, length: Domain<number>): WorkOperation {
  return operation<TenantAgent>()(
    kind,
    {
      length,
      count: mix([3, span(1, 2)], [2, span(3, 6)]),
      placement: oneOf(...PLACEMENTS),
      ringOnce: flag(),
      wait: oneOf('none', 'records'),
    },
    {
      possible: (_args, tenant) => tenant.isUsable,
      *run(args, tenant, op) {
        const queue = yield* prepare(tenant, op);
        if (queue === undefined) return;
        yield* tenant.start(WorkSequence, tenant.child.sequencer, {
          tenant,
          opcode: OPCODES[kind],
          lengthBytes: args.length,
          itemCount: args.count,
          placement: args.placement,
          ringOnce: args.ringOnce,
        });
        if (args.wait === 'records') yield* awaitWork(tenant, queue);
      },
    },
  );
}

/** One descriptor that must be refused. */
export const refusedWork = operation<TenantAgent>()(
  'refusedWork',
  {
    refusal: oneOf(...REFUSALS),
    opcode: oneOf('copy', 'fill', 'nop', 'swap'),
    length: span(1, 300),
  },
  {
    possible: (_args, tenant) => tenant.isUsable,
    *run(args, tenant, op) {
      const queue = yield* prepare(tenant, op);
      if (queue === undefined) return;
      yield* tenant.start(WorkSequence, tenant.child.sequencer, {
        tenant,
        opcode: OPCODES[args.opcode],
        lengthBytes: args.length,
        refusal: args.refusal,
      });
    },
  },
);

/** One descriptor that reads a page which is not mapped: UR, status 0x10. */
export const faultingWork = operation<TenantAgent>()(
  'faultingWork',
  {
    opcode: oneOf('copy', 'crc32', 'fetchAdd', 'swap', 'cas'),
    length: mix([2, span(1, 256)], [1, span(257, 9000)]),
  },
  {
    possible: (args, tenant) => tenant.isUsable && tenant.wired.canExecute(OPCODES[args.opcode]),
    *run(args, tenant, op) {
      const queue = yield* prepare(tenant, op);
      if (queue === undefined) return;
      yield* tenant.start(WorkSequence, tenant.child.sequencer, {
        tenant,
        opcode: OPCODES[args.opcode],
        lengthBytes: args.length,
        readsHole: true,
      });
    },
  },
);

/** Stops the queue, with work in flight or not, waits until it is idle, and starts it anew with another ring. */
export const restartQueue = operation<TenantAgent>()(
  'restartQueue',
  {},
  {
    possible: (_args, tenant) => isRunning(tenant),
    *run(_args, tenant, op) {
      const { queue } = tenant;
      if (queue === undefined) return;
      if (yield* tenant.stopQueue(queue)) yield* prepare(tenant, op);
    },
  },
);

/** Rings for more than the ring holds: the queue halts (BAD_RING), and is restarted. SRD §7. */
export const overrunRing = operation<TenantAgent>()(
  'overrunRing',
  { excess: mix([1, span(1, 1)], [1, span(2, 1000)]), pausePs: span(0, us(5)) },
  {
    possible: (_args, tenant) => isRunning(tenant),
    *run(args, tenant, op) {
      const { queue } = tenant;
      const entries = queue?.setup?.ringEntries;
      if (queue === undefined || entries === undefined) return;
      queue.isStopping = true;
      tenant.device.ringDoorbell(queue.target, (queue.posted + entries + args.excess) & 0xffff);
      yield delay(args.pausePs);
      if (tenant.queue === queue) yield* tenant.stopQueue(queue);
      if (tenant.queue === queue) yield* prepare(tenant, op);
    },
  },
);

/** Waits until everything that was rung has ended. */
export const drainQueue = operation<TenantAgent>()(
  'drainQueue',
  {},
  {
    possible: (_args, tenant) => tenant.isUsable && (tenant.queue?.owed ?? 0) > 0,
    *run(_args, tenant) {
      if (tenant.queue !== undefined) yield* awaitWork(tenant, tenant.queue);
    },
  },
);

/** Vectors programmed and queue started, where that has not been done; undefined: the queue was lost meanwhile. */
export function* prepare(
  tenant: TenantAgent,
  op: RunningOperation,
): Process<TenantQueue | undefined> {
  const { queue } = tenant;
  if (queue === undefined) return undefined;
  yield* setUpVectors(tenant, queue, op.stream('vectors'));
  if (tenant.queue !== queue) return undefined;
  if (queue.isStopping && !(yield* tenant.stopQueue(queue))) return undefined;
  if (!queue.isStarted) tenant.startQueue(queue, op.stream('queue'));
  return queue;
}

function* setUpVectors(tenant: TenantAgent, queue: TenantQueue, stream: RandomStream): Process {
  if (queue.areVectorsSetUp) return;
  queue.areVectorsSetUp = true;
  const count = Math.min(queue.vectors.length, VECTORS_USED_MAX);
  const first = stream.range(0, queue.vectors.length - count);
  for (let vector = first; vector < first + count; vector++) {
    if (queue.vectors[vector].message === undefined) {
      if (!(yield* tenant.program(queue, vector, stream))) return;
    }
    if (stream.chance(5, 6)) tenant.setMask(queue, vector, false);
  }
}

function isRunning({ queue }: TenantAgent): boolean {
  return queue !== undefined && queue.isStarted && !queue.isStopping;
}

/** Waits until what is rung has ended, unless the queue cannot run or is lost. */
export function* awaitWork(tenant: TenantAgent, queue: TenantQueue): Process {
  if (queue.phase === 'enabled') yield* tenant.waitEnded(queue, queue.rung, WAIT_BOUND_PS);
}

function lengthDomain(weights: readonly number[]): Domain<number> {
  return mix(
    ...LENGTH_CLASSES.map(([low, high], i) => [weights[i] ?? 0, span(low, high)] as const),
  );
}
