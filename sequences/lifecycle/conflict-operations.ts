// Legal commands that the device must refuse without changing anything: RIDs, pages and vectors that are taken or out of
// range, wrong states, unknown indices. Source: SRD §5 (status codes and their order), §2; siov-facts §13 T-RID-3.
import type { SdiEntry } from '#env/sdi-ledger';
import type { SiovEnv } from '#env/siov-env';
import type { RandomStream } from '#random/random-stream';
import type { AdminAction } from '#sequences/items/admin-item';
import type { SdiAssignment } from '#siov/host-event';
import { oneOf, flag } from '#solver/domain';
import { operation } from '#uvm/operation';
import { AdminSequence } from './admin-sequence.ts';
import { entryOf, slotDomain } from './lifecycle-operations.ts';

export const CONFLICTS = [
  'ridOfPf',
  'ridOfSdi',
  'ridOfVf',
  'softwareRid',
  'pageTaken',
  'pageRange',
  'pageCount',
  'vectorTaken',
  'vectorRange',
  'vectorCount',
] as const;
export type Conflict = (typeof CONFLICTS)[number];

/** CREATE_SDI, or reconfigure of a live SDI, with one or two arguments that must be refused: the first that is checked decides. */
export const conflictingAssignment = operation<SiovEnv>()(
  'conflictingAssignment',
  {
    slot: slotDomain,
    conflict: oneOf(...CONFLICTS),
    /** Another argument that is wrong as well, where it can be made. */
    second: oneOf(...CONFLICTS),
    isDouble: flag(),
  },
  {
    possible: (args, env) => {
      const { phase } = entryOf(env, args.slot);
      return isSettled(phase) && isAvailable(env, entryOf(env, args.slot), args.conflict);
    },
    *run(args, env, op) {
      const entry = entryOf(env, args.slot);
      const stream = op.stream('resources');
      const good = drawGood(env, entry, stream);
      let assignment = good && spoilAssignment(env, entry, good, [args.conflict, stream]);
      if (assignment === undefined) return;
      if (args.isDouble && isAvailable(env, entry, args.second)) {
        assignment = spoilAssignment(env, entry, assignment, [args.second, stream]);
      }
      yield* env.start(AdminSequence, env.child.hypervisor.child.sequencer, {
        action: entry.phase === 'free' ? 'create' : 'reconfigure',
        subject: entry.sdi,
        assignment,
        isAttempt: true,
      });
    },
  },
);

/** A command in a state that does not allow it. */
export const wrongState = operation<SiovEnv>()(
  'wrongState',
  { slot: slotDomain, action: oneOf('create', 'enable', 'quiesce', 'reset', 'destroy') },
  {
    possible: (args, env) => isWrong(entryOf(env, args.slot), args.action),
    *run(args, env, op) {
      const entry = entryOf(env, args.slot);
      const assignment =
        args.action === 'create' ? drawGood(env, entry, op.stream('resources')) : undefined;
      if (args.action === 'create' && assignment === undefined) return;
      yield* env.start(AdminSequence, env.child.hypervisor.child.sequencer, {
        action: args.action,
        subject: entry.sdi,
        assignment,
        isAttempt: true,
      });
    },
  },
);

/** A command on an SDI index that the device does not have. */
export const badIndex = operation<SiovEnv>()(
  'badIndex',
  { action: oneOf('enable', 'quiesce', 'reset', 'destroy', 'query'), isFirst: flag() },
  {
    *run(args, env, op) {
      const { totalSdis } = env.settings.params;
      const beyond = op.stream('index').range(totalSdis, 0xffff);
      yield* env.start(AdminSequence, env.child.hypervisor.child.sequencer, {
        action: args.action,
        subject: args.isFirst ? totalSdis : beyond,
        isAttempt: true,
      });
    },
  },
);

function isSettled(phase: SdiEntry['phase']): boolean {
  return phase === 'free' || phase === 'created' || phase === 'enabled';
}

function isWrong({ phase }: SdiEntry, action: AdminAction): boolean {
  if (!isSettled(phase)) return false;
  switch (action) {
    case 'create':
      return phase !== 'free';
    case 'reset':
      return phase === 'free';
    case 'quiesce':
      return phase !== 'enabled';
    default:
      return phase !== 'created';
  }
}

/** Whether the conflict can be made now. */
function isAvailable(env: SiovEnv, entry: SdiEntry, conflict: Conflict): boolean {
  const { ledger } = env.child.hypervisor;
  const others = ledger.entries.filter((one) => one !== entry && one.assignment !== undefined);
  switch (conflict) {
    case 'ridOfPf':
      return true;
    case 'ridOfSdi':
    case 'pageTaken':
      return others.length > 0;
    case 'ridOfVf':
      return ledger.vfRids.length > 0;
    case 'softwareRid':
      return !env.canAssign('software');
    case 'vectorTaken':
      return others.some((one) => one.assignment?.vectors.length !== 0);
    default:
      return true;
  }
}

/** Arguments without fault, as far as there are free pages; a strided RID may still be taken. */
function drawGood(env: SiovEnv, entry: SdiEntry, stream: RandomStream): SdiAssignment | undefined {
  const { hypervisor } = env.child;
  const wish = { pages: stream.range(1, 3), vectors: stream.range(0, 3) };
  const resources = hypervisor.drawResources(stream, wish, entry);
  const rid = hypervisor.ledger.stridedRid(entry.sdi);
  return resources === undefined ? undefined : { rid, strided: true, ...resources };
}

function spoilAssignment(
  env: SiovEnv,
  entry: SdiEntry,
  good: SdiAssignment,
  [conflict, stream]: readonly [Conflict, RandomStream],
): SdiAssignment | undefined {
  const { ledger } = env.child.hypervisor;
  const { pageCount, imsCount } = env.settings.params;
  const { pagesMax, vectorsMax } = env.child.hypervisor.parts.device.limits;
  const others = ledger.entries.flatMap((one) =>
    one === entry || one.assignment === undefined ? [] : [one.assignment],
  );
  switch (conflict) {
    case 'ridOfPf':
      return { ...good, rid: ledger.pfRid, strided: false };
    case 'ridOfSdi':
      return { ...good, rid: stream.pick(others).rid, strided: false };
    case 'ridOfVf':
      return { ...good, rid: stream.pick(ledger.vfRids), strided: false };
    case 'softwareRid':
      return { ...good, strided: false };
    case 'pageTaken':
      return { ...good, pages: around(stream.pick(stream.pick(others).pages), stream) };
    case 'pageRange':
      return { ...good, pages: run(stream.pick([pageCount - 1, pageCount]), 2) };
    case 'pageCount':
      return { ...good, pages: run(0, stream.pick([0, pagesMax + 1])) };
    case 'vectorTaken': {
      const owners = others.filter((one) => one.vectors.length > 0);
      return { ...good, vectors: around(stream.pick(stream.pick(owners).vectors), stream) };
    }
    case 'vectorRange':
      return { ...good, vectors: run(stream.pick([imsCount - 1, imsCount]), 2) };
    case 'vectorCount':
      return { ...good, vectors: run(0, vectorsMax + 1) };
  }
}

/** One to three consecutive numbers that contain `taken`. */
function around(taken: number, stream: RandomStream): readonly number[] {
  const before = Math.min(taken, stream.below(3));
  return run(taken - before, before + 1);
}

function run(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}
