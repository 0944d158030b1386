// Drives Nimbus: what the testbench wants of an SDI or a queue, in mailbox commands and accesses to pages, each published as a
// HostEvent immediately before the TLP that carries it.
import { assert } from '#base/assert';
import { readU32Le, writeU32Le } from '#base/bytes';
import type { Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay, waitAny } from '#kernel/wait';
import type {
  AccessStyle,
  CommandResult,
  DeviceDriver,
  QueueSetup,
  QueueStatus,
  QueueTarget,
  RegisterReply,
  RingSlot,
  VectorMessage,
} from '#env/device-driver';
import type { DriverContext } from '#env/device-kit';
import type { AddressWindows } from '#env/host-address-map';
import type {
  AddressRange,
  CommandName,
  HostEvent,
  SdiAssignment,
  WorkDescription,
} from '#siov/host-event';
import { CommandStatus, SdiState } from '#siov/sdi-life';
import type { WorkFormat } from '#siov/work-format';
import { canonicalStatus, encodeDescriptor, nimbusFormat } from './nimbus-format.ts';
import {
  ARGUMENT_COUNT,
  Command,
  EXECUTING_BIT,
  HALT_CODE_SHIFT,
  HALTED_BIT,
  Mailbox,
  Outcome,
  PAGE_BYTES,
  QueuePort,
  RUN_BIT,
  SCRATCH,
  STRIDED,
  Vector,
  WITH_ARGUMENTS,
} from './nimbus-registers.ts';

/** Outcomes of Nimbus in the testbench's words. */
const STATUS_OF: Readonly<Record<number, number>> = {
  [Outcome.FINE]: CommandStatus.OK,
  [Outcome.COMMAND]: CommandStatus.BAD_OPCODE,
  [Outcome.INDEX]: CommandStatus.BAD_INDEX,
  [Outcome.STATE]: CommandStatus.BAD_STATE,
  [Outcome.ROUTING_ID]: CommandStatus.RID_CONFLICT,
  [Outcome.PAGES]: CommandStatus.PAGE_CONFLICT,
  [Outcome.VECTORS]: CommandStatus.IMS_CONFLICT,
};
/** States as a report names them. */
const STATE_OF: Readonly<Record<number, number>> = {
  7: SdiState.FREE,
  1: SdiState.CREATED,
  3: SdiState.ENABLED,
  5: SdiState.RESETTING,
};
/** An outcome that Nimbus does not define: certainly no success. */
const UNKNOWN_OUTCOME = 0xff;
/** Every command but DRAIN and RESET ends within this time, its way there and back included. */
const COMMAND_BOUND_NS = 40_000;
const WAY_NS = 30_000;
const LOST_REPLIES_MAX = 4;

interface Order {
  readonly name: CommandName;
  readonly code: number;
  readonly sdi: number;
  readonly assignment?: SdiAssignment | undefined;
  readonly event: HostEvent | undefined;
  readonly boundPs: number;
}

export class NimbusDriver implements DeviceDriver {
  readonly format: WorkFormat;
  readonly limits = { pagesMax: 8, vectorsMax: 32 };
  readonly scratch: AddressRange = SCRATCH;
  readonly queueRegisters = [
    QueuePort.RING,
    QueuePort.RECORDS,
    QueuePort.CONTROL,
    QueuePort.PROGRESS,
  ];
  private readonly context: DriverContext;
  private windows: AddressWindows | undefined;
  private token = 0;

  constructor(context: DriverContext) {
    this.context = context;
    this.format = nimbusFormat(context.params.ringMax);
  }

  bind(windows: AddressWindows): void {
    this.windows = windows;
  }

  unbind(): void {
    this.windows = undefined;
  }

  private get placed(): AddressWindows {
    assert(this.windows !== undefined, 'the device is bound before it is driven');
    return this.windows;
  }

  // --- life cycle: one command at a time, through the mailbox ---

  createSdi(sdi: number, assignment: SdiAssignment): Process<CommandResult> {
    const event: HostEvent = { kind: 'sdiCreating', sdi, ...assignment };
    return this.order({
      name: 'create',
      code: Command.OPEN,
      sdi,
      assignment,
      event,
      boundPs: ns(COMMAND_BOUND_NS),
    });
  }

  destroySdi(sdi: number): Process<CommandResult> {
    return this.simple('destroy', Command.CLOSE, { kind: 'sdiDestroying', sdi });
  }

  enableSdi(sdi: number): Process<CommandResult> {
    return this.simple('enable', Command.START, { kind: 'sdiEnabling', sdi });
  }

  quiesceSdi(sdi: number): Process<CommandResult> {
    const boundPs = this.context.drainBoundPs() + ns(COMMAND_BOUND_NS);
    return this.order({
      name: 'quiesce',
      code: Command.DRAIN,
      sdi,
      event: { kind: 'sdiQuiescing', sdi },
      boundPs,
    });
  }

  resetSdi(sdi: number, reconfigure: SdiAssignment | undefined): Process<CommandResult> {
    const { boundNs, boundTimeouts } = this.context.policy.sdiReset;
    const { completionTimeoutNs } = this.context.params;
    return this.order({
      name: reconfigure === undefined ? 'reset' : 'reconfigure',
      code: Command.RESET,
      sdi,
      assignment: reconfigure,
      event: { kind: 'sdiResetting', sdi, reconfigure },
      boundPs: ns(boundNs + boundTimeouts * completionTimeoutNs + WAY_NS),
    });
  }

  *querySdi(sdi: number): Process<CommandResult> {
    const boundPs = ns(COMMAND_BOUND_NS);
    const done = yield* this.order({
      name: 'query',
      code: Command.REPORT,
      sdi,
      event: undefined,
      boundPs,
    });
    if (done.status !== CommandStatus.OK) return done;
    const state = yield* this.readWords(this.mailbox(Mailbox.REPLY + 4), 1);
    return { status: done.status, results: state.words.map((code) => STATE_OF[code] ?? code) };
  }

  private simple(
    name: CommandName,
    code: number,
    event: Extract<HostEvent, { readonly kind: 'sdiEnabling' | 'sdiQuiescing' | 'sdiDestroying' }>,
  ): Process<CommandResult> {
    return this.order({ name, code, sdi: event.sdi, event, boundPs: ns(COMMAND_BOUND_NS) });
  }

  private *order(order: Order): Process<CommandResult> {
    const { kernel, publish } = this.context;
    const { name, sdi, assignment } = order;
    this.writeArguments(sdi, assignment);
    this.token = (this.token + 1) & 0xffff;
    publish({ kind: 'commandStarted', command: name, sdi });
    if (order.event !== undefined) publish(order.event);
    const startPs = kernel.nowPs;
    const how = assignment === undefined ? 0 : WITH_ARGUMENTS;
    this.writeWords(this.mailbox(Mailbox.COMMAND), [((this.token << 16) | how | order.code) >>> 0]);
    const outcome = yield* this.waitForReply(order, startPs);
    if (outcome < 0) return { status: -1, results: [] };
    const status = STATUS_OF[outcome] ?? UNKNOWN_OUTCOME;
    publish({ kind: 'commandEnded', command: name, sdi, status });
    return { status, results: [] };
  }

  private writeArguments(sdi: number, assignment: SdiAssignment | undefined): void {
    const words = [sdi, STRIDED, 0, 0, 0, 0];
    if (assignment !== undefined) {
      const { rid, strided, pages, vectors } = assignment;
      if (!strided) words[1] = rid;
      words.splice(2, 4, pages[0] ?? 0, pages.length, vectors[0] ?? 0, vectors.length);
    }
    for (let i = 0; i < ARGUMENT_COUNT; i += 2) {
      this.writeWords(this.mailbox(Mailbox.ARGUMENTS + 4 * i), words.slice(i, i + 2));
    }
  }

  /** Outcome of the command, or -1 when it does not end within its bound. */
  private *waitForReply(order: Order, startPs: number): Process<number> {
    const { kernel, pfInterrupt, pollNs, publish, waitBy } = this.context;
    for (let lost = 0; lost < LOST_REPLIES_MAX;) {
      const pause = delay(ns(pollNs));
      if (waitBy === 'poll') yield pause;
      else yield* waitAny(pfInterrupt, delay(ns(4 * pollNs)));
      if (this.windows === undefined) return -1;
      const askedPs = kernel.nowPs;
      const reply = yield* this.readWords(this.mailbox(Mailbox.REPLY), 1);
      const [word] = reply.words;
      if (reply.status !== 'SC') lost++;
      else if (word >>> 16 === this.token && (word & 1) === 1) return (word >>> 8) & 0xff;
      else if (askedPs - startPs > order.boundPs) break;
    }
    const what = `the end of the ${order.name} command`;
    const subject = `sdi ${order.sdi}`;
    publish({ kind: 'liveness', subject, what, owedSincePs: startPs, boundPs: order.boundPs });
    return -1;
  }

  // --- where things are ---

  sdiTarget(sdi: number, assignment: SdiAssignment): QueueTarget {
    const { base } = this.placed.pages;
    return {
      requester: `sdi ${sdi}`,
      pages: assignment.pages.map((page) => base + page * PAGE_BYTES),
      imsEntries: assignment.vectors,
      vectorCount: assignment.vectors.length,
    };
  }

  vfTarget(vf: number): QueueTarget {
    assert(false, `Nimbus has no VFs, and no vf ${vf}`);
  }

  private mailbox(offset: number): number {
    return this.placed.registers.base + offset;
  }

  // --- queues ---

  startQueue(target: QueueTarget, setup: QueueSetup, style: AccessStyle): void {
    const [page] = target.pages;
    this.write64(page + QueuePort.RING, setup.ringBase, style.wide);
    this.write64(page + QueuePort.RECORDS, setup.recordBase, style.wide);
    this.context.publish({ kind: 'queueStarted', requester: target.requester, ...setup });
    this.writeWords(page + QueuePort.CONTROL, [RUN_BIT | Math.log2(setup.ringEntries)]);
  }

  stopQueue(target: QueueTarget): void {
    this.context.publish({ kind: 'queueStopped', requester: target.requester });
    this.writeWords(target.pages[0] + QueuePort.CONTROL, [0]);
  }

  ringDoorbell(target: QueueTarget, tail: number): void {
    this.context.publish({ kind: 'doorbell', requester: target.requester, tail });
    this.writeWords(target.pages[0] + QueuePort.DOORBELL, [tail]);
  }

  *queueStatus(target: QueueTarget): Process<QueueStatus | undefined> {
    const reply = yield* this.readWords(target.pages[0] + QueuePort.PROGRESS, 1);
    if (reply.status !== 'SC') return undefined;
    const [word] = reply.words;
    return {
      isExecuting: (word & EXECUTING_BIT) !== 0,
      isHalted: (word & HALTED_BIT) !== 0,
      haltCode: canonicalStatus(word >>> HALT_CODE_SHIFT),
      head: word & 0xffff,
    };
  }

  encodeWork(work: WorkDescription, slot: RingSlot): Uint8Array {
    return encodeDescriptor(work, slot);
  }

  // --- vectors ---

  maskVector(target: QueueTarget, vector: number, isMasked: boolean): void {
    const { requester } = target;
    this.context.publish({ kind: 'vectorMasked', requester, vector, masked: isMasked });
    this.writeWords(this.vectorAt(target, vector) + Vector.ENABLE, [isMasked ? 0 : 1]);
  }

  programVector(target: QueueTarget, vector: number, message: VectorMessage): void {
    const at = this.vectorAt(target, vector);
    const { requester } = target;
    this.context.publish({ kind: 'vectorProgrammed', requester, vector, ...message });
    this.writeWords(at + Vector.DATA, [message.data]);
    this.write64(at + Vector.ADDRESS_LOW, message.address, true);
  }

  private vectorAt(target: QueueTarget, vector: number): number {
    return this.mailbox(Mailbox.VECTORS + Vector.BYTES * target.imsEntries[vector]);
  }

  // --- plain accesses ---

  pfRegisterAddresses(): readonly number[] {
    return [Mailbox.MAGIC, Mailbox.REPLY, Mailbox.EVENT_LOG].map((offset) => this.mailbox(offset));
  }

  pfCommandAddresses(): readonly number[] {
    const words = Array.from({ length: ARGUMENT_COUNT }, (_, i) => Mailbox.ARGUMENTS + 4 * i);
    return [...words, Mailbox.COMMAND].map((offset) => this.mailbox(offset));
  }

  errorLogAddress(): number {
    return this.mailbox(Mailbox.EVENT_LOG);
  }

  vectorEntry(target: QueueTarget, vector: number): AddressRange {
    return { base: this.vectorAt(target, vector), length: 16 };
  }

  pendingAddresses(): readonly number[] {
    return [];
  }

  *readWords(address: number, count: 1 | 2): Process<RegisterReply> {
    const reply = yield* this.context.requester.memoryRead(address, 4 * count);
    if (reply.status !== 'SC') return { status: reply.status, words: [] };
    const words = Array.from({ length: count }, (_, i) => readU32Le(reply.data, 4 * i));
    return { status: 'SC', words };
  }

  writeWords(address: number, words: readonly number[]): void {
    const bytes = new Uint8Array(4 * words.length);
    for (const [i, word] of words.entries()) writeU32Le(bytes, 4 * i, word);
    this.context.requester.memoryWrite(address, bytes);
  }

  private write64(address: number, value: number, isWide: boolean): void {
    const words = [value >>> 0, Math.floor(value / 2 ** 32)];
    if (isWide) return this.writeWords(address, words);
    this.writeWords(address, [words[0]]);
    this.writeWords(address + 4, [words[1]]);
  }
}
