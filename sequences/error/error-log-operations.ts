// The error log as software uses it: read, cleared bit by bit, masked. Source: SRD §4 ERRORS, §9 Bookkeeping ("set by the event
// whatever the masks"); siov-facts §13 T-CPL-3, T-ERR-1.
import type { SiovEnv } from '#env/siov-env';
import { ExtendedCapabilityId } from '#pcie/capabilities';
import { us } from '#kernel/time';
import { untilTime } from '#kernel/wait';
import { flag, oneOf } from '#solver/domain';
import { operation } from '#uvm/operation';

/** Reads ERRORS, clears some of it, and reads it again. */
export const readErrors = operation<SiovEnv>()(
  'readErrors',
  { clear: oneOf('nothing', 'some', 'all') },
  {
    *run(args, env, op) {
      const { device } = env.child.hypervisor.parts;
      const address = device.errorLogAddress();
      yield* device.readWords(address, 1);
      if (args.clear === 'nothing') return;
      const bits = args.clear === 'all' ? 0xffff_ffff : op.stream('bits').uint32();
      device.writeWords(address, [bits]);
      yield* device.readWords(address, 1);
    },
  },
);

/** From a timeout to when ERRORS shows it (SRD §4 (c)), and a margin for the way. */
const LOGGED_PS = us(2);

/**
 * Clears ERRORS while an answer is withheld, and reads it as soon as the timeout must show: it strikes before 2 × the completion
 * timeout (SRD §7).
 */
export const awaitTimeout = operation<SiovEnv>()(
  'awaitTimeout',
  {},
  {
    possible: (_args, env) => timedOutPs(env) > env.kernel.nowPs,
    *run(_args, env) {
      const { device } = env.child.hypervisor.parts;
      const address = device.errorLogAddress();
      const endPs = timedOutPs(env);
      device.writeWords(address, [0xffff_ffff]);
      yield untilTime(endPs + LOGGED_PS);
      yield* device.readWords(address, 1);
    },
  },
);

function timedOutPs(env: SiovEnv): number {
  return env.child.host.child.responder.injector.timedOutPs;
}

/** AER Uncorrectable Error Status, with Mask and Severity behind it. */
const AerOffset = { STATUS: 0x04, MASK: 0x08, SEVERITY: 0x0c } as const;

/** Reads AER Uncorrectable Error Status, clears some of it, and reads it again; masks and severities are stored, no more. */
export const readAer = operation<SiovEnv>()(
  'readAer',
  { clear: oneOf('nothing', 'some', 'all'), mask: flag() },
  {
    *run(args, env, op) {
      const { pf } = env.child.hypervisor.parts;
      const { requester } = env.child.host.child;
      const at = pf.capabilities.extended.get(ExtendedCapabilityId.AER);
      if (at === undefined) return;
      const stream = op.stream('bits');
      if (args.mask) {
        const offset = at + stream.pick([AerOffset.MASK, AerOffset.SEVERITY]);
        yield* requester.configWrite(pf.rid, offset, 4, stream.uint32());
        yield* requester.configRead(pf.rid, offset, 4);
      }
      yield* requester.configRead(pf.rid, at + AerOffset.STATUS, 4);
      if (args.clear === 'nothing') return;
      const bits = args.clear === 'all' ? 0xffff_ffff : stream.uint32();
      yield* requester.configWrite(pf.rid, at + AerOffset.STATUS, 4, bits);
      yield* requester.configRead(pf.rid, at + AerOffset.STATUS, 4);
    },
  },
);
