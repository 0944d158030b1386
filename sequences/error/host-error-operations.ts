// Requests of the host that the device must drop or refuse, and go on: malformed, unsupported, poisoned, zero-length, unaligned
// and too long ones, Messages. Each is sent beside the work of the tenants; none has an effect but in the error log.
// Source: SRD §9 "The host injects only", §4 Access rules; siov-facts §13 T-CPL-6.
import type { SiovEnv } from '#env/siov-env';
import { atomicRequest, configWrite, memoryRead, memoryWrite } from '#pcie/build';
import { Tlp, type TlpKind } from '#pcie/tlp';
import type { Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay } from '#kernel/wait';
import type { RandomStream } from '#random/random-stream';
import { flag, mix, oneOf, span } from '#solver/domain';
import { operation } from '#uvm/operation';
import { addressOf, OWNED_TARGETS, TARGETS } from './error-targets.ts';
import { malformedBytes, MALFORMATIONS } from './malformed-tlp.ts';

const FOUR_GIB = 0x1_0000_0000;
const PAGE_BYTES = 4096;
/** The error log shows an event this long after its cause (SRD §4 (c)). */
const LOGGED_PS = ns(1_100);

/** A Malformed TLP: dropped without an answer. */
export const sendMalformed = operation<SiovEnv>()(
  'sendMalformed',
  { kind: oneOf(...MALFORMATIONS), target: oneOf(...TARGETS) },
  {
    *run(args, env, op) {
      const { link, requester, responder } = env.child.host.child;
      const stream = op.stream('tlp');
      const address = addressOf(env, args.target, stream);
      if (address === undefined) return;
      const bytes = malformedBytes(args.kind, {
        requesterId: requester.requesterId,
        address,
        destinationId: env.child.hypervisor.parts.pf.rid,
        maxPayloadBytes: responder.maxPayloadBytes,
        stream,
      });
      if (bytes !== undefined) link.sendBytes(bytes);
    },
  },
);

/** AtomicOps, I/O and locked reads to the device: UR. */
export const sendUnsupported = operation<SiovEnv>()(
  'sendUnsupported',
  {
    kind: oneOf('fetchAdd', 'swap', 'cas', 'ioRead', 'ioWrite', 'lockedRead'),
    target: oneOf(...TARGETS),
    poisoned: flag(),
  },
  {
    *run(args, env, op) {
      const stream = op.stream('tlp');
      const address = addressOf(env, args.target, stream);
      if (address === undefined) return;
      const tlp = unsupported(args.kind, address, stream);
      if (tlp === undefined) return;
      if (args.poisoned && tlp.payload.length > 0) tlp.ep = 1;
      yield* env.child.host.child.requester.request(tlp, true);
    },
  },
);

/** A memory request to an address that nobody decodes, or to a page of nobody. */
export const missDevice = operation<SiovEnv>()(
  'missDevice',
  {
    target: oneOf('nobody', 'beyondPages', 'beyondVfs', 'freePage'),
    write: flag(),
    dws: span(1, 2),
  },
  {
    *run(args, env, op) {
      const stream = op.stream('tlp');
      const address = addressOf(env, args.target, stream);
      if (address === undefined) return;
      const { requester } = env.child.host.child;
      if (args.write) requester.memoryWrite(address, stream.bytes(4 * args.dws));
      else yield* requester.memoryRead(address, 4 * args.dws);
    },
  },
);

/** A poisoned write to a register or page, in place of the one that would act: dropped; and a look at what is there. */
export const writePoisoned = operation<SiovEnv>()(
  'writePoisoned',
  { target: oneOf(...TARGETS), dws: mix([4, span(1, 2)], [1, span(3, 8)]), isOdd: flag() },
  {
    *run(args, env, op) {
      const stream = op.stream('tlp');
      const aligned = addressOf(env, args.target, stream);
      if (aligned === undefined) return;
      const address = aligned + (args.isOdd ? 4 : 0);
      if ((address % PAGE_BYTES) + 4 * args.dws > PAGE_BYTES) return;
      const tlp = memoryWrite({ requesterId: 0, address, bytes: stream.bytes(4 * args.dws) });
      tlp.ep = 1;
      const { requester } = env.child.host.child;
      requester.post(tlp, true);
      yield* requester.memoryRead(address, 4);
    },
  },
);

/** A poisoned Configuration Write to the PF or a VF: UR, and nothing is stored. */
export const writePoisonedConfig = operation<SiovEnv>()(
  'writePoisonedConfig',
  { vf: span(0, 8), offset: oneOf(0x04, 0x10, 0x44, 0x50, 0x68, 0x104, 0x158, 0x160) },
  {
    possible: (args, env) => args.vf <= env.child.hypervisor.parts.vfs.entries.length,
    *run(args, env, op) {
      const { pf, vfs } = env.child.hypervisor.parts;
      const destinationId = args.vf === 0 ? pf.rid : vfs.entries[args.vf - 1].rid;
      const { host } = env.child;
      const tlp = configWrite({
        requesterId: 0,
        destinationId,
        offset: args.offset,
        byteLength: 4,
        value: op.stream('value').uint32(),
        type: destinationId >>> 8 === host.rootPort.secondary ? 0 : 1,
      });
      tlp.ep = 1;
      yield* host.child.requester.request(tlp, true);
    },
  },
);

/** An access of a size or alignment that is not served: a read gets CA, a write is dropped without a bit; and a look at it. */
export const accessOddly = operation<SiovEnv>()(
  'accessOddly',
  {
    target: oneOf(...TARGETS),
    write: flag(),
    dws: mix([2, span(2, 2)], [3, span(3, 8)], [1, span(9, 32)]),
  },
  {
    *run(args, env, op) {
      const stream = op.stream('tlp');
      const aligned = addressOf(env, args.target, stream);
      if (aligned === undefined) return;
      // Two DWs are served where they are aligned.
      const address = aligned + (args.dws === 2 || stream.bool() ? 4 : 0);
      if ((address % PAGE_BYTES) + 4 * args.dws > PAGE_BYTES) return;
      yield* access(env, address, { isWrite: args.write, byteLength: 4 * args.dws, stream });
      // What the write has not changed: its first DW, and its last.
      if (!args.write) return;
      const { requester } = env.child.host.child;
      yield* requester.memoryRead(address, 4);
      yield* requester.memoryRead(address + 4 * (args.dws - 1), 4);
    },
  },
);

/** A request that enables no byte: without any side effect, wherever it goes. */
export const accessNothing = operation<SiovEnv>()(
  'accessNothing',
  { target: oneOf(...TARGETS), write: flag() },
  {
    *run(args, env, op) {
      const stream = op.stream('tlp');
      const address = addressOf(env, args.target, stream);
      if (address === undefined) return;
      yield* access(env, address, { isWrite: args.write, byteLength: 0, stream });
    },
  },
);

/** A read with any byte enables, of one or two DWs. */
export const readPartly = operation<SiovEnv>()(
  'readPartly',
  { target: oneOf(...OWNED_TARGETS), first: span(1, 15), last: span(0, 15) },
  {
    *run(args, env, op) {
      const address = addressOf(env, args.target, op.stream('tlp'));
      if (address === undefined) return;
      const byteLength = args.last === 0 ? 4 : 8;
      const tlp = memoryRead({ requesterId: 0, address, byteLength });
      tlp.firstBe = args.first;
      tlp.lastBe = args.last;
      yield* env.child.host.child.requester.request(tlp);
    },
  },
);

/** A Message of any code: the device drops it without a bit. */
export const sendMessage = operation<SiovEnv>()(
  'sendMessage',
  {
    code: mix([2, span(0, 0x7d)], [1, oneOf(0x7e, 0x7f)], [1, span(0x80, 0xff)]),
    routing: span(0, 5),
    dws: span(0, 4),
    /** Clear the error log before, and look at it afterwards. */
    look: flag(),
  },
  {
    *run(args, env, op) {
      const stream = op.stream('tlp');
      const { device } = env.child.hypervisor.parts;
      const { requester } = env.child.host.child;
      if (args.look) {
        yield delay(LOGGED_PS);
        device.writeWords(device.errorLogAddress(), [0xffff_ffff]);
      }
      const tlp = new Tlp();
      tlp.kind = args.dws === 0 ? 'Msg' : 'MsgD';
      tlp.messageCode = args.code;
      tlp.messageRouting = args.routing;
      tlp.messageDw2 =
        args.routing === 2 ? env.child.hypervisor.parts.pf.rid << 16 : stream.uint32();
      tlp.messageDw2 >>>= 0;
      tlp.messageDw3 = stream.uint32();
      tlp.lengthDw = args.dws;
      tlp.payload = stream.bytes(4 * args.dws);
      requester.post(tlp, true);
      if (!args.look) return;
      yield delay(LOGGED_PS);
      yield* device.readWords(device.errorLogAddress(), 1);
    },
  },
);

function* access(
  env: SiovEnv,
  address: number,
  how: { readonly isWrite: boolean; readonly byteLength: number; readonly stream: RandomStream },
): Process {
  const { requester } = env.child.host.child;
  const { isWrite, byteLength, stream } = how;
  if (isWrite) {
    const bytes = stream.bytes(byteLength);
    requester.post(memoryWrite({ requesterId: 0, address, bytes }), true);
  } else yield* requester.request(memoryRead({ requesterId: 0, address, byteLength }), true);
}

function unsupported(kind: string, address: number, stream: RandomStream): Tlp | undefined {
  const operands = stream.bytes(stream.pick([4, 8]));
  switch (kind) {
    case 'fetchAdd':
      return atomicRequest({ requesterId: 0, op: 'FetchAdd', address, operands });
    case 'swap':
      return atomicRequest({ requesterId: 0, op: 'Swap', address, operands });
    case 'cas':
      return atomicRequest({
        requesterId: 0,
        op: 'CAS',
        address,
        operands: stream.bytes(2 * operands.length),
      });
    case 'ioRead':
      return io('IORd', address, stream);
    case 'ioWrite':
      return io('IOWr', address, stream);
    default: {
      const tlp = memoryRead({ requesterId: 0, address, byteLength: operands.length });
      tlp.kind = address < FOUR_GIB ? 'MRdLk32' : 'MRdLk64';
      return tlp;
    }
  }
}

/** I/O space has 32 bits. */
function io(kind: TlpKind, address: number, stream: RandomStream): Tlp | undefined {
  if (address >= FOUR_GIB) return undefined;
  const tlp = new Tlp();
  tlp.kind = kind;
  tlp.address = address;
  tlp.lengthDw = 1;
  tlp.firstBe = 0xf;
  if (kind === 'IOWr') tlp.payload = stream.bytes(4);
  return tlp;
}
