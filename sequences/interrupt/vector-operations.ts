// Vectors of a tenant's queue while work runs: masked, unmasked, reprogrammed; and the hypervisor's side of interrupts: the
// PF's own vector, function masks, Bus Master Enable. Source: SRD §7 (interrupts), §8 (MSI-X of VFs), §4 (b).
import type { TenantAgent } from '#env/agents/tenant-agent';
import type { SiovEnv } from '#env/siov-env';
import { ns, us } from '#kernel/time';
import { flag, mix, span } from '#solver/domain';
import { operation } from '#uvm/operation';
import { AdminSequence } from '../lifecycle/admin-sequence.ts';

const vectorDomain = span(0, 7);

export const maskVector = operation<TenantAgent>()(
  'maskVector',
  { vector: vectorDomain },
  {
    possible: (args, tenant) => tenant.queue?.vectors[args.vector]?.isMasked === false,
    *run(args, tenant) {
      if (tenant.queue !== undefined) tenant.setMask(tenant.queue, args.vector, true);
    },
  },
);

/** Sends what is pending. */
export const unmaskVector = operation<TenantAgent>()(
  'unmaskVector',
  { vector: vectorDomain },
  {
    possible: (args, tenant) => {
      const view = tenant.queue?.vectors[args.vector];
      return view !== undefined && view.isMasked && view.message !== undefined;
    },
    *run(args, tenant) {
      if (tenant.queue !== undefined) tenant.setMask(tenant.queue, args.vector, false);
    },
  },
);

/** Masks a vector, gives it another message and unmasks it, while it may be raised. */
export const reprogramVector = operation<TenantAgent>()(
  'reprogramVector',
  { vector: vectorDomain, unmask: flag() },
  {
    possible: (args, tenant) => tenant.queue?.vectors[args.vector] !== undefined,
    *run(args, tenant, op) {
      const { queue } = tenant;
      if (queue === undefined) return;
      const isProgrammed = yield* tenant.program(queue, args.vector, op.stream('message'));
      if (isProgrammed && args.unmask) tenant.setMask(queue, args.vector, false);
    },
  },
);

/** The PF's MSI-X function mask: commands that end meanwhile leave their message pending. */
export const maskPf = operation<SiovEnv>()(
  'maskPf',
  { masked: flag() },
  {
    *run(args, env) {
      yield* env.child.hypervisor.parts.functions.setPfMsix(true, args.masked);
    },
  },
);

/** The function mask of a VF's MSI-X. */
export const maskVf = operation<SiovEnv>()(
  'maskVf',
  { vf: span(1, 8), masked: flag() },
  {
    possible: (_args, env) => env.child.hypervisor.parts.vfs.entries.length > 0,
    *run(args, env) {
      const { functions, vfs } = env.child.hypervisor.parts;
      // Any of those that there are: of eight numbers most would name none.
      const vf = 1 + ((args.vf - 1) % vfs.entries.length);
      yield* functions.setVfMsix(vf, vfs.entries[vf - 1].rid, args.masked);
    },
  },
);

const pauseDomain = mix([2, span(0, ns(900))], [3, span(us(1), us(8))], [1, span(us(8), us(40))]);

/** Bus Master Enable of the PF off and on again: PF and SDIs wait, VFs go on. */
export const pausePf = operation<SiovEnv>()(
  'pausePf',
  { pausePs: pauseDomain },
  {
    *run(args, env) {
      yield* env.start(AdminSequence, env.child.hypervisor.child.sequencer, {
        action: 'pauseBusMaster',
        pausePs: args.pausePs,
      });
    },
  },
);

/** Bus Master Enable of one VF off and on again: that VF waits, all others go on. */
export const pauseVf = operation<SiovEnv>()(
  'pauseVf',
  { vf: span(1, 8), pausePs: pauseDomain },
  {
    possible: (args, env) => args.vf <= env.child.hypervisor.parts.vfs.entries.length,
    *run(args, env) {
      yield* env.start(AdminSequence, env.child.hypervisor.child.sequencer, {
        action: 'pauseVf',
        subject: args.vf,
        pausePs: args.pausePs,
      });
    },
  },
);
