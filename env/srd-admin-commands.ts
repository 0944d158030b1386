// Admin commands of the reference device (SRD §5): arguments with noise where the device must ignore it, the command, and the
// wait for its end by polling or by the PF's interrupt. One command at a time.
import { assert } from '#base/assert';
import type { Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay, waitAny } from '#kernel/wait';
import type { CommandName, HostEvent, SdiAssignment } from '#siov/host-event';
import {
  AdminOpcode,
  COMMAND_BOUND_NS,
  decodeCommandStatus,
  encodeCommand,
  encodeCreateArguments,
  encodeSdiArguments,
} from '#siov/srd-admin';
import { ARG_COUNT, PfRegister, RESULT_COUNT } from '#siov/srd-registers';
import type { AccessStyle, CommandResult } from './device-driver.ts';
import type { DriverContext } from './device-kit.ts';
import type { SrdAccess } from './srd-access.ts';

interface Command {
  readonly name: CommandName;
  readonly opcode: number;
  readonly sdi: number;
  readonly args: Uint32Array;
  readonly boundPs: number;
  readonly event: HostEvent | undefined;
}

/** A poll that misses an interrupt goes on after this time. */
const INTERRUPT_FALLBACK_NS = 5_000;
/** On top of a command's bound: the way of the doorbell and of a read there and back (SRD §4: within 20 µs). */
const OBSERVATION_SLACK_NS = 30_000;

/** Bits of ARG0 that CREATE_SDI does not name. */
const ARG0_NOISE_MASK = 0xfffc_0000;

/** Completions of polls that may be lost: what became of them is for the checks of the link. */
const LOST_READS_MAX = 4;

export class SrdAdminCommands {
  private readonly context: DriverContext;
  private readonly access: SrdAccess;
  private sequence = 0;
  private isBusy = false;

  constructor(context: DriverContext, access: SrdAccess) {
    this.context = context;
    this.access = access;
  }

  /** A reset of the device has dropped the command that was running. */
  drop(): void {
    this.isBusy = false;
  }

  *create(sdi: number, assignment: SdiAssignment, style: AccessStyle): Process<CommandResult> {
    const args = encodeCreateArguments(sdi, requestOf(assignment));
    addAssignmentNoise(args, assignment, style);
    return yield* this.run(
      {
        name: 'create',
        opcode: AdminOpcode.CREATE_SDI,
        sdi,
        args,
        boundPs: ns(COMMAND_BOUND_NS),
        event: { kind: 'sdiCreating', sdi, ...assignment },
      },
      style,
    );
  }

  *destroy(sdi: number, style: AccessStyle): Process<CommandResult> {
    const event: HostEvent = { kind: 'sdiDestroying', sdi };
    return yield* this.runSimple('destroy', AdminOpcode.DESTROY_SDI, sdi, event, style);
  }

  *enable(sdi: number, style: AccessStyle): Process<CommandResult> {
    const event: HostEvent = { kind: 'sdiEnabling', sdi };
    return yield* this.runSimple('enable', AdminOpcode.ENABLE_SDI, sdi, event, style);
  }

  *quiesce(sdi: number, style: AccessStyle): Process<CommandResult> {
    const event: HostEvent = { kind: 'sdiQuiescing', sdi };
    return yield* this.runSimple('quiesce', AdminOpcode.QUIESCE_SDI, sdi, event, style);
  }

  *reset(
    sdi: number,
    reconfigure: SdiAssignment | undefined,
    style: AccessStyle,
  ): Process<CommandResult> {
    const args =
      reconfigure === undefined
        ? noisySdiArguments(sdi, style, 0xfffd_0000)
        : encodeCreateArguments(sdi, requestOf(reconfigure), true);
    if (reconfigure !== undefined) addAssignmentNoise(args, reconfigure, style);
    return yield* this.run(
      {
        name: reconfigure === undefined ? 'reset' : 'reconfigure',
        opcode: AdminOpcode.RESET_SDI,
        sdi,
        args,
        boundPs: this.resetBoundPs(),
        event: { kind: 'sdiResetting', sdi, reconfigure },
      },
      style,
    );
  }

  *query(sdi: number, style: AccessStyle): Process<CommandResult> {
    return yield* this.runSimple('query', AdminOpcode.QUERY_SDI, sdi, undefined, style);
  }

  /** Policy `sdiReset`: the bound of an SDI reset. */
  private resetBoundPs(): number {
    const { params, policy } = this.context;
    const { boundNs, boundTimeouts } = policy.sdiReset;
    return ns(boundTimeouts * params.completionTimeoutNs + boundNs);
  }

  private *runSimple(
    name: CommandName,
    opcode: number,
    sdi: number,
    ...[event, style]: [HostEvent | undefined, AccessStyle]
  ): Process<CommandResult> {
    const args = noisySdiArguments(sdi, style, 0xffff_0000);
    const drains = name === 'quiesce';
    const boundPs = drains ? this.context.drainBoundPs() : ns(COMMAND_BOUND_NS);
    return yield* this.run(
      { name, opcode, sdi, args, boundPs: boundPs + (style.heldPs ?? 0), event },
      style,
    );
  }

  private *run(command: Command, style: AccessStyle): Process<CommandResult> {
    assert(!this.isBusy, 'the device takes one command at a time');
    this.isBusy = true;
    try {
      this.writeArguments(command.args, style);
      this.sequence = (this.sequence + 1 + (style.noise & 0xff)) & 0xffff;
      const { name, sdi } = command;
      this.context.publish({ kind: 'commandStarted', command: name, sdi });
      if (command.event !== undefined) this.context.publish(command.event);
      const startPs = this.context.kernel.nowPs;
      const word = (encodeCommand(command.opcode, this.sequence) | (style.noise & 0xff00)) >>> 0;
      this.access.write(this.access.register(PfRegister.COMMAND), [word]);
      const status = yield* this.waitForEnd(command, startPs);
      if (status < 0) return { status, results: [] };
      this.context.publish({ kind: 'commandEnded', command: name, sdi, status });
      const results = name === 'query' ? yield* this.readResults(style) : [];
      return { status, results };
    } finally {
      this.isBusy = false;
    }
  }

  private writeArguments(args: Uint32Array, style: AccessStyle): void {
    const base = this.access.register(PfRegister.ARG0);
    for (let i = 0; i < ARG_COUNT; i += style.wide ? 2 : 1) {
      this.access.write(base + 4 * i, style.wide ? [args[i], args[i + 1]] : [args[i]]);
    }
  }

  /** Status of the command, or -1 when it does not end within its bound. */
  private *waitForEnd(command: Command, startPs: number): Process<number> {
    const { kernel, publish } = this.context;
    const boundPs = command.boundPs + ns(OBSERVATION_SLACK_NS);
    let lostReads = 0;
    for (;;) {
      yield* this.waitBetweenPolls();
      if (!this.access.isPlaced) return -1;
      const readAtPs = kernel.nowPs;
      const reply = yield* this.access.read(this.access.register(PfRegister.COMMAND_STATUS), 1);
      if (reply.status !== 'SC') {
        if (++lostReads > LOST_READS_MAX) return -1;
        continue;
      }
      const word = decodeCommandStatus(reply.words[0]);
      if (!word.busy && word.sequence === this.sequence) return word.status;
      if (readAtPs - startPs <= boundPs) continue;
      const subject = `sdi ${command.sdi}`;
      const what = `the end of the ${command.name} command`;
      publish({ kind: 'liveness', subject, what, owedSincePs: startPs, boundPs });
      return -1;
    }
  }

  private *waitBetweenPolls(): Process {
    const { waitBy, pollNs, pfInterrupt } = this.context;
    if (waitBy === 'poll') yield delay(ns(pollNs));
    else yield* waitAny(pfInterrupt, delay(ns(INTERRUPT_FALLBACK_NS)));
  }

  private *readResults(style: AccessStyle): Process<readonly number[]> {
    const results: number[] = [];
    const step = style.wide ? 2 : 1;
    for (let i = 0; i < RESULT_COUNT; i += step) {
      const reply = yield* this.access.read(this.access.register(PfRegister.RESULT0 + 4 * i), step);
      if (reply.status !== 'SC') return [];
      results.push(...reply.words);
    }
    return results;
  }
}

function requestOf(assignment: SdiAssignment): Parameters<typeof encodeCreateArguments>[1] {
  return {
    softwareRid: assignment.strided ? undefined : assignment.rid,
    firstPage: assignment.pages[0] ?? 0,
    pageCount: assignment.pages.length,
    firstVector: assignment.vectors[0] ?? 0,
    vectorCount: assignment.vectors.length,
  };
}

/** Arguments that name the SDI only; the rest is noise that the device must ignore. */
function noisySdiArguments(sdi: number, style: AccessStyle, arg0Mask: number): Uint32Array {
  const args = encodeSdiArguments(sdi);
  args[0] |= style.noise & arg0Mask;
  for (let i = 1; i < args.length; i++) args[i] = Math.imul(style.noise, 2 * i + 1) >>> 0;
  return args;
}

/** Fills what CREATE_SDI and reconfigure do not name: ARG0 31:18, the RID field of a strided SDI, an unused first entry. */
function addAssignmentNoise(
  args: Uint32Array,
  assignment: SdiAssignment,
  style: AccessStyle,
): void {
  args[0] |= style.noise & ARG0_NOISE_MASK;
  args[1] = assignment.strided ? style.noise : (args[1] | (style.noise & 0xffff_0000)) >>> 0;
  if (assignment.vectors.length === 0) args[4] = Math.imul(style.noise, 0x9e37) >>> 0;
}
