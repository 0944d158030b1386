// Resets of the PF and of the whole device with work in flight, and what comes after them: enumeration, grants, no SDI left,
// LIFETIME_OPS 0. Source: SRD §2 (bus number), §9; siov-facts §10, §13 T-RST-6, T-RST-8.
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import type { AdminAction } from '#sequences/items/admin-item';
import { mix, oneOf, span } from '#solver/domain';
import { operation } from '#uvm/operation';
import { AdminSequence } from '../lifecycle/admin-sequence.ts';
import { perform } from '../lifecycle/lifecycle-operations.ts';

/** The bus number of the device afterwards; 0: as at the start of the run. */
const busDomain = mix([2, span(0, 0)], [1, oneOf(1, 2, 0x20, 0x7f)], [1, span(1, 0x9f)]);

/** FLR of the PF. */
export const resetPf = operation<SiovEnv>()(
  'resetPf',
  { bus: busDomain },
  {
    possible: (_args, env) => env.child.hypervisor.isReady,
    *run(args, env) {
      yield* reset(env, 'resetPf', args.bus);
    },
  },
);

/** Cold or hot reset: all that is under way is lost. */
export const resetDevice = operation<SiovEnv>()(
  'resetDevice',
  { how: oneOf('hotReset', 'coldReset'), bus: busDomain },
  {
    possible: (_args, env) => env.child.hypervisor.isReady,
    *run(args, env) {
      yield* reset(env, args.how, args.bus);
    },
  },
);

/** Another bus number while nobody but the PF has a Routing ID. */
export const renumberBus = operation<SiovEnv>()(
  'renumberBus',
  { bus: oneOf(1, 2, 3, 0x20, 0x21, 0x7f) },
  {
    possible: (_args, env) => {
      const { hypervisor } = env.child;
      return hypervisor.isReady && !hypervisor.ledger.hasSdis && !hypervisor.parts.vfs.areEnabled;
    },
    *run(args, env) {
      yield* reset(env, 'renumber', args.bus);
    },
  },
);

/** Every SDI is queried afterwards: all are FREE, and nothing has been counted. */
function* reset(env: SiovEnv, action: AdminAction, bus: number): Process {
  const { hypervisor } = env.child;
  yield* env.start(AdminSequence, hypervisor.child.sequencer, { action, subject: bus });
  if (!hypervisor.isReady) return;
  for (const entry of hypervisor.ledger.entries) yield* perform(env, 'query', entry);
}
