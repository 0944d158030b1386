// Plain accesses of the host that disturb nothing: registers, scratch, configuration space, the SIOV capability, Routing IDs
// of SDIs, pages that belong to nobody. Source: SRD §2, §3, §4, §7; siov-facts §2.2, §13 T-CAP-4, T-CFG-1, T-MMIO-1.
import type { TenantAgent } from '#env/agents/tenant-agent';
import type { TenantQueue } from '#env/agents/tenant-queue';
import type { SiovEnv } from '#env/siov-env';
import type { RandomStream } from '#random/random-stream';
import type { AddressRange } from '#siov/host-event';
import { SIOV_CAPABILITY_ID, SiovOffset } from '#siov/siov-capability';
import { flag, oneOf, span } from '#solver/domain';
import { operation } from '#uvm/operation';
import { entryOf, slotDomain } from '../lifecycle/lifecycle-operations.ts';

/** Reads registers of the tenant's control page, one or two at a time. */
export const readQueueRegisters = operation<TenantAgent>()(
  'readQueueRegisters',
  { count: span(1, 4) },
  {
    possible: (_args, tenant) => tenant.queue !== undefined,
    *run(args, tenant, op) {
      const { queue, device } = tenant;
      if (queue === undefined) return;
      const stream = op.stream('registers');
      for (let i = 0; i < args.count && tenant.queue === queue; i++) {
        const offset = stream.pick(device.queueRegisters);
        const isPair = offset % 8 === 0 && stream.bool();
        yield* device.readWords(queue.target.pages[0] + offset, isPair ? 2 : 1);
      }
    },
  },
);

/** Writes fresh random words into the scratch of one of the tenant's pages and reads some of it back. */
export const useScratch = operation<TenantAgent>()(
  'useScratch',
  { page: span(0, 15), count: span(1, 4), write: flag() },
  {
    possible: (_args, tenant) => tenant.queue !== undefined,
    *run(args, tenant, op) {
      const { queue, device } = tenant;
      if (queue === undefined) return;
      const stream = op.stream('scratch');
      const { base, length } = scratchOf(tenant, queue, args.page);
      for (let i = 0; i < args.count; i++) {
        const [address, count] = drawWords(base, length, stream);
        if (args.write) device.writeWords(address, drawData(count, stream));
        yield* device.readWords(address, count);
        if (tenant.queue !== queue) return;
      }
    },
  },
);

/** Fills the scratch of one page with an owner's pattern, for the next owner to look for. */
export const fillScratch = operation<TenantAgent>()(
  'fillScratch',
  { page: span(0, 15) },
  {
    possible: (_args, tenant) => tenant.queue !== undefined,
    *run(args, tenant, op) {
      const { queue, device } = tenant;
      if (queue === undefined) return;
      const { base, length } = scratchOf(tenant, queue, args.page);
      const stream = op.stream('pattern');
      for (let at = 0; at < length; at += 8) device.writeWords(base + at, drawData(2, stream));
    },
  },
);

/** Reads the whole scratch of one page. */
export const auditScratch = operation<TenantAgent>()(
  'auditScratch',
  { page: span(0, 15) },
  {
    possible: (_args, tenant) => tenant.queue !== undefined,
    *run(args, tenant) {
      const { queue, device } = tenant;
      if (queue === undefined) return;
      const { base, length } = scratchOf(tenant, queue, args.page);
      for (let at = 0; at < length && tenant.queue === queue; at += 8) {
        yield* device.readWords(base + at, 2);
      }
    },
  },
);

/** Reads registers of the PF. */
export const readPfRegisters = operation<SiovEnv>()(
  'readPfRegisters',
  { count: span(1, 4) },
  {
    *run(args, env, op) {
      const { device } = env.child.hypervisor.parts;
      const stream = op.stream('registers');
      for (let i = 0; i < args.count; i++) {
        yield* device.readWords(stream.pick(device.pfRegisterAddresses()), 1);
      }
    },
  },
);

/** A Configuration Request to the RID of an SDI: invisible to a bus scan. */
export const probeSdi = operation<SiovEnv>()(
  'probeSdi',
  { slot: slotDomain, register: oneOf(0, 4, 0x10, 0x34, 0x100, 0x1a0), write: flag() },
  {
    possible: (args, env) => {
      const { phase, assignment } = entryOf(env, args.slot);
      return phase !== 'busy' && phase !== 'lost' && assignment !== undefined;
    },
    *run(args, env, op) {
      const { assignment } = entryOf(env, args.slot);
      if (assignment === undefined) return;
      const { requester } = env.child.host.child;
      if (args.write) {
        const value = op.stream('value').uint32();
        yield* requester.configWrite(assignment.rid, args.register, 4, value);
      } else yield* requester.configRead(assignment.rid, args.register, 4);
    },
  },
);

/** The SIOV capability as Linux reads it, after an attempt to write what is read-only. */
export const readCapability = operation<SiovEnv>()(
  'readCapability',
  { write: flag() },
  {
    *run(args, env, op) {
      const { pf } = env.child.hypervisor.parts;
      const { requester } = env.child.host.child;
      const at = pf.capabilities.extended.get(SIOV_CAPABILITY_ID);
      if (at === undefined) return;
      if (args.write) {
        const offset = op.stream('offset').pick([0, 4, 8, 12]);
        yield* requester.configWrite(pf.rid, at + offset, 4, 0xffff_ffff);
      }
      yield* requester.configRead(pf.rid, at + SiovOffset.STATUS, 1);
      yield* requester.configRead(pf.rid, at + SiovOffset.TOTAL_SDIS, 2);
      yield* requester.configRead(pf.rid, at + SiovOffset.CAPABILITIES, 4);
      yield* requester.configRead(pf.rid, at + SiovOffset.FIRST_SDI_OFFSET, 2);
      yield* requester.configRead(pf.rid, at + SiovOffset.SDI_STRIDE, 2);
    },
  },
);

/** A page that belongs to nobody: reads get UR, writes are dropped. */
export const touchFreePage = operation<SiovEnv>()(
  'touchFreePage',
  { write: flag() },
  {
    *run(args, env, op) {
      const { device, ledger, pf } = env.child.hypervisor.parts;
      const stream = op.stream('page');
      const page = ledger.freePage(stream);
      if (page === undefined) return;
      const address = pf.windows.pages.base + page * env.pageBytes + 4 * stream.below(32);
      if (args.write) device.writeWords(address, [stream.uint32()]);
      else yield* device.readWords(address, 1);
    },
  },
);

/** The scratch of the tenant's page number `page`; pages beyond the last wrap. */
function scratchOf(tenant: TenantAgent, queue: TenantQueue, page: number): AddressRange {
  const { pages } = queue.target;
  const { base, length } = tenant.device.scratch;
  return { base: pages[page % pages.length] + base, length };
}

function drawWords(base: number, length: number, stream: RandomStream): [number, 1 | 2] {
  const isPair = stream.bool();
  const size = isPair ? 8 : 4;
  return [base + size * stream.below(length / size), isPair ? 2 : 1];
}

function drawData(count: number, stream: RandomStream): number[] {
  return Array.from({ length: count }, () => stream.uint32());
}
