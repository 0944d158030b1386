// VFs beside SDIs: enabled, reset by FLR, disabled, and attempts that must be refused. Source: SRD §8; siov-facts §13 T-RID-3,
// T-RST-7.
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import { mix, span } from '#solver/domain';
import { operation, type Operation } from '#uvm/operation';
import { AdminSequence } from '../lifecycle/admin-sequence.ts';

export const enableVfs = operation<SiovEnv>()(
  'enableVfs',
  { count: span(1, 8) },
  {
    possible: (args, env) =>
      !areVfsEnabled(env) &&
      args.count <= env.settings.swarm.hypervisor.vfsMax &&
      env.child.hypervisor.ledger.canEnableVfs(args.count),
    *run(args, env) {
      yield* env.start(AdminSequence, env.child.hypervisor.child.sequencer, {
        action: 'enableVfs',
        subject: args.count,
      });
    },
  },
);

/** VF Enable with a number of VFs, RIDs or other SDIs that forbid it. */
export const refusedVfs = operation<SiovEnv>()(
  'refusedVfs',
  { count: mix([1, span(0, 0)], [9, span(1, 16)], [1, span(17, 300)]) },
  {
    possible: (args, env) =>
      env.settings.params.totalVfs > 0 &&
      !areVfsEnabled(env) &&
      !env.child.hypervisor.ledger.canEnableVfs(args.count),
    *run(args, env) {
      yield* env.start(AdminSequence, env.child.hypervisor.child.sequencer, {
        action: 'enableVfs',
        subject: args.count,
        isAttempt: true,
      });
    },
  },
);

/** VF Enable while an SDI has the RID of one of the VFs, and nothing else forbids it. */
export const vfRidConflict = operation<SiovEnv>()(
  'vfRidConflict',
  { count: span(1, 16) },
  {
    possible: (args, env) => {
      const { params } = env.settings;
      const { ledger } = env.child.hypervisor;
      if (areVfsEnabled(env) || !params.mixedIov || args.count > params.totalVfs) return false;
      return ledger.entries.some(({ assignment }) => {
        if (assignment === undefined) return false;
        for (let vf = 1; vf <= args.count; vf++) {
          if (ledger.vfRid(vf) === assignment.rid) return true;
        }
        return false;
      });
    },
    *run(args, env) {
      yield* env.start(AdminSequence, env.child.hypervisor.child.sequencer, {
        action: 'enableVfs',
        subject: args.count,
        isAttempt: true,
      });
    },
  },
);

/** Clears VF Enable with whatever is in flight. */
export const disableVfs = operation<SiovEnv>()(
  'disableVfs',
  {},
  {
    possible: (_args, env) => areVfsEnabled(env),
    *run(_args, env) {
      yield* env.start(AdminSequence, env.child.hypervisor.child.sequencer, {
        action: 'disableVfs',
      });
    },
  },
);

/** FLR of one VF with whatever is in flight; and a look at what is left. */
export const resetVf = vfReset('resetVf', () => true);

/** FLR of one VF while SDIs have work in flight, which must not notice. */
export const resetVfBesideWork = vfReset('resetVfBesideWork', ({ tenants }) =>
  tenants.some(({ queue, wired }) => !wired.wantsVf && queue !== undefined && queue.owed > 0),
);

function vfReset(kind: string, possible: (env: SiovEnv) => boolean): Operation<SiovEnv, unknown> {
  return operation<SiovEnv>()(
    kind,
    { vf: span(1, 8) },
    {
      possible: (_args, env) => env.child.hypervisor.parts.vfs.entries.length > 0 && possible(env),
      *run(args, env) {
        const { entries } = env.child.hypervisor.parts.vfs;
        // Any of those that there are: of eight numbers most would name none.
        const vf = 1 + ((args.vf - 1) % entries.length);
        yield* env.start(AdminSequence, env.child.hypervisor.child.sequencer, {
          action: 'resetVf',
          subject: vf,
        });
        if (vf <= env.child.hypervisor.parts.vfs.entries.length) yield* lookAt(env, vf);
      },
    },
  );
}

/** Scratch and vectors of a VF after its FLR: at their reset values (SRD §8). */
function* lookAt(env: SiovEnv, vf: number): Process {
  const { device } = env.child.hypervisor.parts;
  const target = device.vfTarget(vf);
  const { scratch } = device;
  const places = [{ base: target.pages[0] + scratch.base, length: scratch.length }];
  for (let i = 0; i < target.vectorCount; i++) places.push(device.vectorEntry(target, i));
  for (const { base, length } of places) {
    for (let at = 0; at < length; at += 8) yield* device.readWords(base + at, 2);
  }
}

function areVfsEnabled(env: SiovEnv): boolean {
  return env.child.hypervisor.parts.vfs.areEnabled;
}
