// Resets of the PF and of the whole device with work in flight, and what comes after them: enumeration, grants, no SDI left,
// LIFETIME_OPS 0. Source: SRD §2 (bus number), §9; siov-facts §10, §13 T-RST-6, T-RST-8.
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import type { AdminAction } from '#sequences/items/admin-item';
import { mix, oneOf, span } from '#solver/domain';
import { operation, type RunningOperation } from '#uvm/operation';
import { AdminSequence } from '../lifecycle/admin-sequence.ts';
import { drawAssignment, perform } from '../lifecycle/lifecycle-operations.ts';
import { busyDomain, isWhen } from './busy.ts';

/** The bus number of the device afterwards; 0: as at the start of the run. */
const busDomain = mix([2, span(0, 0)], [1, oneOf(1, 2, 0x20, 0x7f)], [1, span(1, 0x9f)]);

/** 0: the tenants get their queues by other operations. */
const provideDomain = span(0, 3);

/** FLR of the PF. */
export const resetPf = operation<SiovEnv>()(
  'resetPf',
  { bus: busDomain, when: busyDomain, provide: provideDomain },
  {
    possible: (args, env) => env.child.hypervisor.isReady && isWhen(env, args.when),
    *run(args, env, op) {
      yield* reset(env, 'resetPf', args.bus);
      if (args.provide > 0) yield* provideAll(env, op);
    },
  },
);

/** Cold or hot reset: all that is under way is lost. */
export const resetDevice = operation<SiovEnv>()(
  'resetDevice',
  {
    how: oneOf('hotReset', 'coldReset'),
    bus: busDomain,
    when: busyDomain,
    provide: provideDomain,
  },
  {
    possible: (args, env) => env.child.hypervisor.isReady && isWhen(env, args.when),
    *run(args, env, op) {
      yield* reset(env, args.how, args.bus);
      if (args.provide > 0) yield* provideAll(env, op);
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

/** Every tenant without a queue gets an SDI or a VF again, as far as there are any. */
function* provideAll(env: SiovEnv, op: RunningOperation): Process {
  const { hypervisor } = env.child;
  for (const tenant of env.tenants) {
    if (!hypervisor.isReady) return;
    const entry = hypervisor.ledger.entries.find(({ phase }) => phase === 'free');
    if (tenant.wired.wantsVf || tenant.queue !== undefined || entry === undefined) continue;
    const assignment = drawAssignment(env, entry, op);
    if (assignment === undefined) continue;
    const status = yield* perform(env, 'create', entry, { assignment, tenant: tenant.index });
    if (status === 0) yield* perform(env, 'enable', entry);
  }
  const count = env.settings.swarm.hypervisor.vfsMax;
  const { parts, ledger } = hypervisor;
  if (count === 0 || parts.vfs.areEnabled || !ledger.canEnableVfs(count)) return;
  const action = { action: 'enableVfs', subject: count } as const;
  yield* env.start(AdminSequence, hypervisor.child.sequencer, action);
}

/** Every SDI is queried afterwards: all are FREE, and nothing has been counted. */
function* reset(env: SiovEnv, action: AdminAction, bus: number): Process {
  const { hypervisor } = env.child;
  yield* env.start(AdminSequence, hypervisor.child.sequencer, { action, subject: bus });
  if (!hypervisor.isReady) return;
  for (const entry of hypervisor.ledger.entries) yield* perform(env, 'query', entry);
}
