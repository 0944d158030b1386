// SDI resets with whatever is in flight: restore and reconfigure, and then use by the same or by another owner.
// Source: SRD §6; siov-facts §13 T-RST-1..4.
import type { SiovEnv } from '#env/siov-env';
import { flag, mix, span } from '#solver/domain';
import { operation, type Operation } from '#uvm/operation';
import { auditScratchOf, markScratch } from '../lifecycle/scratch-pattern.ts';
import { drawAssignment, entryOf, perform, slotDomain } from '../lifecycle/lifecycle-operations.ts';

/** RESET_SDI, restore, of an SDI in any state that allows it. */
export const resetSdi = restoringReset('resetSdi', (env, slot) => canReset(env, slot));

/** RESET_SDI, restore, with work rung and not ended. */
export const resetBusySdi = restoringReset(
  'resetBusySdi',
  (env, slot) => canReset(env, slot) && isBusy(env, slot),
);

/** RESET_SDI, reconfigure: other RID, pages and vectors. */
export const reconfigureSdi = operation<SiovEnv>()(
  'reconfigureSdi',
  { slot: slotDomain, page: span(0, 15), audit: flag(), enable: flag() },
  {
    possible: (args, env) => canReset(env, args.slot),
    *run(args, env, op) {
      const entry = entryOf(env, args.slot);
      const assignment = drawAssignment(env, entry, op);
      if (assignment === undefined) return;
      if (args.audit) markScratch(env, entry, args.page, op.stream('pattern'));
      const status = yield* perform(env, 'reconfigure', entry, { assignment });
      if (status === 0 && args.audit) yield* auditScratchOf(env, entry, args.page);
      if (status === 0 && args.enable) yield* perform(env, 'enable', entry);
    },
  },
);

/** What happens next: 0 enable, 1 destroy, 2 nothing. */
function restoringReset(
  kind: string,
  possible: (env: SiovEnv, slot: number) => boolean,
): Operation<SiovEnv, unknown> {
  return operation<SiovEnv>()(
    kind,
    {
      slot: slotDomain,
      page: span(0, 15),
      audit: mix([2, span(0, 0)], [1, span(1, 1)]),
      next: mix([6, span(0, 0)], [2, span(1, 1)], [1, span(2, 2)]),
    },
    {
      possible: (args, env) => possible(env, args.slot),
      *run(args, env, op) {
        const entry = entryOf(env, args.slot);
        if (args.audit === 1) markScratch(env, entry, args.page, op.stream('pattern'));
        const status = yield* perform(env, 'reset', entry);
        if (status !== 0) return;
        if (args.audit === 1) yield* auditScratchOf(env, entry, args.page);
        if (args.next === 0) yield* perform(env, 'enable', entry);
        if (args.next === 1) yield* perform(env, 'destroy', entry);
      },
    },
  );
}

function isBusy(env: SiovEnv, slot: number): boolean {
  const { tenant, phase } = entryOf(env, slot);
  return phase === 'enabled' && (env.tenants[tenant]?.queue?.owed ?? 0) > 0;
}

function canReset(env: SiovEnv, slot: number): boolean {
  const { phase } = entryOf(env, slot);
  return phase === 'created' || phase === 'enabled';
}
