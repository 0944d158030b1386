// The life of SDIs as operations of the hypervisor: provided to a tenant, enabled, quiesced, destroyed, queried. Subjects are
// slots and tenants by number; RIDs, pages and vectors are drawn by the operation itself. Source: SRD §5; siov-facts §2.3.
import type { SdiEntry } from '#env/sdi-ledger';
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import type { SdiAssignment } from '#siov/host-event';
import { flag, span, type Domain } from '#solver/domain';
import { operation, type Operation, type RunningOperation } from '#uvm/operation';
import type { AdminAction } from '#sequences/items/admin-item';
import { AdminSequence } from './admin-sequence.ts';
import { auditScratchOf, markScratch } from './scratch-pattern.ts';

/** Slots beyond the run's number of them wrap. */
export const slotDomain = span(0, 11);
/** Tenants beyond the run's number are never possible. */
export const tenantDomain = span(0, 7);

/** CREATE_SDI for a tenant without a queue, and ENABLE_SDI unless `enable` is false. */
export const provide = provideAmong(slotDomain, tenantDomain);

/** `provide` for runs of another size: which slots and tenants there are to draw from. */
export function provideAmong(
  slots: Domain<number>,
  tenants: Domain<number>,
): Operation<SiovEnv, unknown> {
  return operation<SiovEnv>()(
    'provide',
    { slot: slots, tenant: tenants, page: span(0, 15), enable: flag() },
    {
      possible: ({ slot, tenant }, env) =>
        entryOf(env, slot).phase === 'free' && canOwnSdi(env, tenant) && !isRefusable(env),
      *run(args, env, op) {
        const entry = entryOf(env, args.slot);
        const assignment = drawAssignment(env, entry, op);
        if (assignment === undefined) return;
        const status = yield* perform(env, 'create', entry, { assignment, tenant: args.tenant });
        if (status === 0) yield* auditScratchOf(env, entry, args.page);
        if (status === 0 && args.enable) yield* perform(env, 'enable', entry);
      },
    },
  );
}

export const enableSdi = operation<SiovEnv>()(
  'enableSdi',
  { slot: slotDomain },
  {
    possible: (args, env) => entryOf(env, args.slot).phase === 'created',
    *run(args, env) {
      yield* perform(env, 'enable', entryOf(env, args.slot));
    },
  },
);

/** Work in flight completes; what was not fetched waits in the ring until the SDI is enabled again. */
export const quiesceSdi = operation<SiovEnv>()(
  'quiesceSdi',
  { slot: slotDomain, enable: flag() },
  {
    possible: (args, env) => entryOf(env, args.slot).phase === 'enabled',
    *run(args, env) {
      const entry = entryOf(env, args.slot);
      const status = yield* perform(env, 'quiesce', entry);
      if (status === 0 && args.enable) yield* perform(env, 'enable', entry);
    },
  },
);

/** DESTROY_SDI; an enabled SDI is quiesced first. What it gave up is looked at. */
export const destroySdi = operation<SiovEnv>()(
  'destroySdi',
  { slot: slotDomain, page: span(0, 15) },
  {
    possible: (args, env) => ['created', 'enabled'].includes(entryOf(env, args.slot).phase),
    *run(args, env, op) {
      const entry = entryOf(env, args.slot);
      if (entry.phase === 'enabled') yield* perform(env, 'quiesce', entry);
      if (!isIn(entry, 'created')) return;
      markScratch(env, entry, args.page, op.stream('pattern'));
      const { device } = env.child.hypervisor.parts;
      const target = entry.assignment && device.sdiTarget(entry.sdi, entry.assignment);
      const status = yield* perform(env, 'destroy', entry);
      if (status !== 0 || target === undefined || target.vectorCount === 0) return;
      // What its last entry holds now: nothing of the old owner (SRD §5).
      const { base, length } = device.vectorEntry(target, target.vectorCount - 1);
      for (let at = 0; at < length; at += 8) yield* device.readWords(base + at, 2);
    },
  },
);

/** QUERY_SDI of an SDI in any state. */
export const querySdi = operation<SiovEnv>()(
  'querySdi',
  { slot: slotDomain },
  {
    possible: (args, env) => !['lost', 'busy'].includes(entryOf(env, args.slot).phase),
    *run(args, env) {
      yield* perform(env, 'query', entryOf(env, args.slot));
    },
  },
);

/** Reads the phase anew: actions change it behind the compiler's back. */
function isIn(entry: SdiEntry, phase: SdiEntry['phase']): boolean {
  return entry.phase === phase;
}

export function entryOf(env: SiovEnv, slot: number): SdiEntry {
  return env.child.hypervisor.entry(slot);
}

/** Runs one action on an SDI through the hypervisor's sequencer; returns the status. */
export function* perform(
  env: SiovEnv,
  action: AdminAction,
  entry: SdiEntry,
  more: { readonly assignment?: SdiAssignment; readonly tenant?: number } = {},
): Process<number> {
  let status = -1;
  yield* env.start(AdminSequence, env.child.hypervisor.child.sequencer, {
    action,
    subject: entry.sdi,
    ...more,
    onStatus: (seen: number) => {
      status = seen;
    },
  });
  return status;
}

/** A RID, pages and vectors that the device must accept; undefined when there are none. */
export function drawAssignment(
  env: SiovEnv,
  entry: SdiEntry,
  op: RunningOperation,
): SdiAssignment | undefined {
  const { hypervisor } = env.child;
  const { ledger } = hypervisor;
  const { swarm } = env.settings;
  const stream = op.stream('resources');
  const resources = hypervisor.drawResources(
    stream,
    {
      pages: stream.range(1, swarm.hypervisor.pagesMax),
      vectors: stream.range(0, swarm.hypervisor.vectorsMax),
    },
    entry,
  );
  if (resources === undefined) return undefined;
  const stridedRid = ledger.stridedRid(entry.sdi);
  const canStride =
    env.canAssign('strided') &&
    ledger.isRoutable(stridedRid) &&
    ledger.isRidFree(stridedRid, entry.sdi);
  const wantsStrided = stream.chance(swarm.hypervisor.stridedPercent, 100);
  const softwareRid = env.canAssign('software')
    ? ledger.drawSoftwareRid(stream, entry.sdi)
    : undefined;
  if (canStride && (wantsStrided || softwareRid === undefined)) {
    return { rid: stridedRid, strided: true, ...resources };
  }
  return softwareRid === undefined ? undefined : { rid: softwareRid, strided: false, ...resources };
}

function canOwnSdi(env: SiovEnv, tenant: number): boolean {
  const owner = env.tenants[tenant];
  if (owner === undefined || owner.wired.wantsVf || owner.queue !== undefined) return false;
  return !env.child.hypervisor.ledger.entries.some((entry) => entry.tenant === tenant);
}

/** With VFs enabled, a device without mixed IOV refuses every SDI. */
function isRefusable(env: SiovEnv): boolean {
  return !env.settings.params.mixedIov && env.child.hypervisor.ledger.vfRids.length > 0;
}
