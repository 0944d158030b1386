// Registers that hold what was written: the arguments of commands, interrupt entries, a VF's capability list; and addressing of
// functions by Configuration Requests. Source: SRD §2, §4, §7, §8; siov-facts §13 T-CAP-2, T-CFG-1.
import type { TenantAgent } from '#env/agents/tenant-agent';
import type { SiovEnv } from '#env/siov-env';
import {
  walkCapabilities,
  walkExtendedCapabilities,
  type CapabilityWalk,
} from '#pcie/capabilities';
import type { Process } from '#kernel/process';
import { flag, oneOf, span } from '#solver/domain';
import { operation } from '#uvm/operation';

const FUNCTION_COUNT = 256;

/** Reads back the arguments of the last command. */
export const readArguments = operation<SiovEnv>()(
  'readArguments',
  { wide: flag() },
  {
    *run(args, env) {
      const { device } = env.child.hypervisor.parts;
      const addresses = device.pfCommandAddresses().slice(0, -1);
      const step = args.wide ? 2 : 1;
      for (let i = 0; i < addresses.length; i += step) yield* device.readWords(addresses[i], step);
    },
  },
);

/** Reads back one interrupt entry of the tenant. */
export const readVector = operation<TenantAgent>()(
  'readVector',
  { vector: span(0, 7), wide: flag() },
  {
    possible: (args, tenant) => tenant.queue?.vectors[args.vector] !== undefined,
    *run(args, tenant) {
      const { queue, device } = tenant;
      if (queue === undefined) return;
      const { base, length } = device.vectorEntry(queue.target, args.vector);
      const step = args.wide ? 8 : 4;
      for (let at = 0; at < length && tenant.queue === queue; at += step) {
        yield* device.readWords(base + at, args.wide ? 2 : 1);
      }
    },
  },
);

/** Walks both capability lists of a VF, as software does that looks for what it may use. */
export const walkVf = operation<SiovEnv>()(
  'walkVf',
  { vf: span(1, 8) },
  {
    possible: (args, env) => args.vf <= env.child.hypervisor.parts.vfs.entries.length,
    *run(args, env) {
      const { rid } = env.child.hypervisor.parts.vfs.entries[args.vf - 1];
      yield* walk(env, rid, walkCapabilities());
      yield* walk(env, rid, walkExtendedCapabilities());
    },
  },
);

/** A Configuration Read of a function that is not there, or of one that is, by any bus number in its Type 0 form. */
export const probeFunction = operation<SiovEnv>()(
  'probeFunction',
  { kind: oneOf('type0', 'type1', 'type1Captured'), register: oneOf(0, 4, 0x34, 0x100) },
  {
    *run(args, env, op) {
      const { rootPort, child } = env.child.host;
      const stream = op.stream('function');
      const { secondary, subordinate } = rootPort;
      const bus = args.kind === 'type1Captured' ? secondary : stream.range(secondary, subordinate);
      // Functions that are there are worth more than the many that are not: the PF, VFs, SDIs, by whatever bus.
      const { ledger } = env.child.hypervisor;
      const sdiRids = ledger.entries.flatMap(({ assignment }) => assignment?.rid ?? []);
      const groups = [[ledger.pfRid], ledger.vfRids, sdiRids].filter((rids) => rids.length > 0);
      const known = stream.pick(stream.pick(groups)) & 0xff;
      const number = stream.bool() ? known : stream.below(FUNCTION_COUNT);
      const rid = (bus << 8) | number;
      const type = args.kind === 'type0' ? 0 : 1;
      yield* child.requester.configRead(rid, args.register, 4, type);
    },
  },
);

function* walk(env: SiovEnv, rid: number, steps: CapabilityWalk): Process {
  const { requester } = env.child.host.child;
  let step = steps.next();
  while (step.done !== true) {
    const reply = yield* requester.configRead(rid, step.value, 4);
    step = steps.next(reply.value);
  }
}
