// Drives the reference device (SRD §4, §5, §7, §8), and says what it does as HostEvents (design decision 14): an action's
// event comes immediately before the TLP that carries it, the end of a command after the read that told it.
import { assert } from '#base/assert';
import { readU32Le, writeU32Le } from '#base/bytes';
import type { Kernel } from '#kernel/kernel';
import type { Process, SimEvent } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay, waitAny } from '#kernel/wait';
import type { CommandName, HostEvent, SdiAssignment, WorkDescription } from '#siov/host-event';
import {
  AdminOpcode,
  COMMAND_BOUND_NS,
  decodeCommandStatus,
  encodeCommand,
  encodeCreateArguments,
  encodeSdiArguments,
} from '#siov/srd-admin';
import type { SrdParams } from '#siov/srd-params';
import {
  ARG_COUNT,
  imsEntryOffset,
  PAGE_BYTES,
  PageCtrl,
  PagePasid,
  PageRegister,
  PageState,
  PfRegister,
  RESULT_COUNT,
  SCRATCH_BYTES,
  SCRATCH_OFFSET,
  VectorControl,
  VectorEntry,
  VECTOR_ENTRY_BYTES,
  VfMsix,
} from '#siov/srd-registers';
import {
  decodeRecord,
  DESCRIPTOR_BYTES,
  encodeDescriptor,
  recordPhase,
  RECORD_BYTES,
} from '#siov/work-descriptor';
import type {
  AccessStyle,
  CommandResult,
  DeviceDriver,
  QueueSetup,
  QueueStatus,
  QueueTarget,
  RecordView,
  RegisterReply,
  VectorMessage,
  WorkFormat,
} from './device-driver.ts';
import type { AddressWindows } from './host-address-map.ts';
import type { HostRequester } from './host/host-requester.ts';

/** What the driver needs of its surroundings. */
export interface SrdDriverContext {
  readonly kernel: Kernel;
  readonly requester: HostRequester;
  readonly params: SrdParams;
  readonly publish: (event: HostEvent) => void;
  /** Triggered by each interrupt message of the PF. */
  readonly pfInterrupt: SimEvent;
  readonly waitBy: 'poll' | 'interrupt';
  readonly pollNs: number;
  /** Longest time in which the work posted so far drains, picoseconds (SRD §4, Progress). */
  readonly drainBoundPs: () => number;
}

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
/** Polls of one command after which even a device that loses completions is given up. */
const POLLS_MAX = 2_000;

/** Writes DW `index` of an argument block: which bits the device must ignore. */
const ARG0_NOISE_MASK = 0xfffc_0000;

export class SrdDeviceDriver implements DeviceDriver {
  readonly format: WorkFormat;
  readonly scratch = { base: SCRATCH_OFFSET, length: SCRATCH_BYTES };
  readonly queueRegisters: readonly number[] = Object.values(PageRegister);
  private readonly context: SrdDriverContext;
  private windows: AddressWindows | undefined;
  private sequence = 0;
  private isBusy = false;

  constructor(context: SrdDriverContext) {
    this.context = context;
    this.format = {
      descriptorBytes: DESCRIPTOR_BYTES,
      recordBytes: RECORD_BYTES,
      ringEntriesMin: 2,
      ringEntriesMax: context.params.ringMax,
    };
  }

  bind(windows: AddressWindows): void {
    this.windows = windows;
  }

  unbind(): void {
    this.windows = undefined;
    this.isBusy = false;
  }

  // --- life cycle -----------------------------------------------------------------------------------------------------------

  *createSdi(sdi: number, assignment: SdiAssignment, style: AccessStyle): Process<CommandResult> {
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

  *destroySdi(sdi: number, style: AccessStyle): Process<CommandResult> {
    const event: HostEvent = { kind: 'sdiDestroying', sdi };
    return yield* this.runSimple('destroy', AdminOpcode.DESTROY_SDI, sdi, event, style);
  }

  *enableSdi(sdi: number, style: AccessStyle): Process<CommandResult> {
    const event: HostEvent = { kind: 'sdiEnabling', sdi };
    return yield* this.runSimple('enable', AdminOpcode.ENABLE_SDI, sdi, event, style);
  }

  *quiesceSdi(sdi: number, style: AccessStyle): Process<CommandResult> {
    const event: HostEvent = { kind: 'sdiQuiescing', sdi };
    return yield* this.runSimple('quiesce', AdminOpcode.QUIESCE_SDI, sdi, event, style);
  }

  *resetSdi(
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
        boundPs: ns(2 * this.context.params.completionTimeoutNs + COMMAND_BOUND_NS),
        event: { kind: 'sdiResetting', sdi, reconfigure },
      },
      style,
    );
  }

  *querySdi(sdi: number, style: AccessStyle): Process<CommandResult> {
    return yield* this.runSimple('query', AdminOpcode.QUERY_SDI, sdi, undefined, style);
  }

  // --- queues ---------------------------------------------------------------------------------------------------------------

  sdiTarget(sdi: number, assignment: SdiAssignment): QueueTarget {
    const base = this.placed.pages.base;
    return {
      requester: `sdi ${sdi}`,
      pages: assignment.pages.map((page) => base + page * PAGE_BYTES),
      imsEntries: assignment.vectors,
      vectorCount: assignment.vectors.length,
    };
  }

  vfTarget(vf: number): QueueTarget {
    return {
      requester: `vf ${vf}`,
      pages: [this.placed.vfPages.base + (vf - 1) * PAGE_BYTES],
      imsEntries: [],
      vectorCount: VfMsix.COUNT,
    };
  }

  startQueue(target: QueueTarget, setup: QueueSetup, style: AccessStyle): void {
    const page = target.pages[0];
    // The low bits of both bases are ignored by the device, and stored.
    this.write64(page + PageRegister.RING_BASE_LOW, setup.ringBase + (style.noise & 0x3f), style);
    const recordBase = setup.recordBase + ((style.noise >>> 6) & 0xf);
    this.write64(page + PageRegister.RECORD_BASE_LOW, recordBase, style);
    this.writeWords(page + PageRegister.RING_SIZE, [setup.ringEntries]);
    const pasid =
      setup.pasid < 0
        ? style.noise & PagePasid.VALUE_MASK
        : (PagePasid.ENABLE | setup.pasid) >>> 0;
    this.writeWords(page + PageRegister.PASID, [pasid]);
    this.context.publish({ kind: 'queueStarted', requester: target.requester, ...setup });
    this.writeWords(page + PageRegister.CTRL, [PageCtrl.QUEUE_ENABLE]);
  }

  stopQueue(target: QueueTarget): void {
    this.context.publish({ kind: 'queueStopped', requester: target.requester });
    this.writeWords(target.pages[0] + PageRegister.CTRL, [0]);
  }

  ringDoorbell(target: QueueTarget, tail: number): void {
    this.context.publish({ kind: 'doorbell', requester: target.requester, tail });
    this.writeWords(target.pages[0] + PageRegister.TAIL, [tail]);
  }

  *queueStatus(target: QueueTarget): Process<QueueStatus | undefined> {
    // HEAD first: what it counts and is not executing afterwards has ended.
    const headReply = yield* this.readWords(target.pages[0] + PageRegister.HEAD, 1);
    if (headReply.status !== 'SC') return undefined;
    const stateReply = yield* this.readWords(target.pages[0] + PageRegister.STATE, 1);
    if (stateReply.status !== 'SC') return undefined;
    const [state] = stateReply.words;
    return {
      isExecuting: (state & PageState.EXECUTING) !== 0,
      isHalted: (state & PageState.HALTED) !== 0,
      haltCode: (state >>> PageState.HALT_CODE_SHIFT) & 0xff,
      head: headReply.words[0] & 0xffff,
    };
  }

  encodeWork(work: WorkDescription): Uint8Array {
    return encodeDescriptor(work);
  }

  decodeRecord(bytes: Uint8Array): RecordView {
    return decodeRecord(bytes);
  }

  recordPhase(n: number, ringEntries: number): number {
    return recordPhase(n, ringEntries);
  }

  // --- vectors --------------------------------------------------------------------------------------------------------------

  maskVector(target: QueueTarget, vector: number, masked: boolean): void {
    const address = this.vectorAddress(target, vector) + VectorEntry.CONTROL;
    this.context.publish({
      kind: 'vectorMasked',
      requester: target.requester,
      vector,
      masked,
    });
    this.writeWords(address, [masked ? VectorControl.MASK : 0]);
  }

  programVector(target: QueueTarget, vector: number, message: VectorMessage): void {
    const entry = this.vectorAddress(target, vector);
    const { address, data } = message;
    this.context.publish({
      kind: 'vectorProgrammed',
      requester: target.requester,
      vector,
      address,
      data,
    });
    this.writeWords(entry + VectorEntry.ADDRESS_LOW, [lowWord(address), highWord(address)]);
    this.writeWords(entry + VectorEntry.DATA, [data]);
  }

  // --- plain accesses ---------------------------------------------------------------------------------------------------------

  pfRegisterAddresses(): readonly number[] {
    const base = this.placed.registers.base;
    return [
      PfRegister.ID,
      PfRegister.VERSION,
      PfRegister.PAGES,
      PfRegister.IMS_ENTRIES,
      PfRegister.STATUS,
      PfRegister.ERRORS,
      PfRegister.LATE_COMPLETIONS,
      PfRegister.COMMAND_STATUS,
    ].map((offset) => base + offset);
  }

  *readWords(address: number, count: 1 | 2): Process<RegisterReply> {
    const reply = yield* this.context.requester.memoryRead(address, 4 * count);
    if (reply.status !== 'SC') return { status: reply.status, words: [] };
    const words = Array.from({ length: count }, (_, i) => readU32Le(reply.data, 4 * i));
    return { status: 'SC', words };
  }

  writeWords(address: number, words: readonly number[]): void {
    const bytes = new Uint8Array(4 * words.length);
    for (let i = 0; i < words.length; i++) writeU32Le(bytes, 4 * i, words[i]);
    this.context.requester.memoryWrite(address, bytes);
  }

  // --- commands ---------------------------------------------------------------------------------------------------------------

  private *runSimple(
    name: CommandName,
    opcode: number,
    sdi: number,
    ...[event, style]: [HostEvent | undefined, AccessStyle]
  ): Process<CommandResult> {
    const args = noisySdiArguments(sdi, style, 0xffff_0000);
    const boundPs =
      name === 'quiesce' ? this.context.drainBoundPs() : ns(COMMAND_BOUND_NS);
    return yield* this.run({ name, opcode, sdi, args, boundPs, event }, style);
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
      this.writeWords(this.register(PfRegister.COMMAND), [word]);
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
    const base = this.register(PfRegister.ARG0);
    for (let i = 0; i < ARG_COUNT; i += style.wide ? 2 : 1) {
      this.writeWords(base + 4 * i, style.wide ? [args[i], args[i + 1]] : [args[i]]);
    }
  }

  /** Status of the command, or -1 when it does not end within its bound. */
  private *waitForEnd(command: Command, startPs: number): Process<number> {
    const { kernel, publish } = this.context;
    const boundPs = command.boundPs + ns(OBSERVATION_SLACK_NS);
    let lostReads = 0;
    for (let poll = 0; poll < POLLS_MAX; poll++) {
      yield* this.waitBetweenPolls();
      if (this.windows === undefined) return -1;
      const readAtPs = kernel.nowPs;
      const reply = yield* this.readWords(this.register(PfRegister.COMMAND_STATUS), 1);
      if (reply.status !== 'SC') {
        // What became of a lost completion is for the checks of the link; a few of them are lived with.
        if (++lostReads > 4) return -1;
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
    return -1;
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
      const reply = yield* this.readWords(this.register(PfRegister.RESULT0 + 4 * i), step);
      if (reply.status !== 'SC') return [];
      results.push(...reply.words);
    }
    return results;
  }

  // --- addresses --------------------------------------------------------------------------------------------------------------

  private get placed(): AddressWindows {
    assert(this.windows !== undefined, 'the device is bound before it is driven');
    return this.windows;
  }

  private register(offset: number): number {
    return this.placed.registers.base + offset;
  }

  private vectorAddress(target: QueueTarget, vector: number): number {
    assert(vector >= 0 && vector < target.vectorCount, 'a vector belongs to its requester');
    if (target.requester.startsWith('vf')) {
      return target.pages[0] + VfMsix.TABLE + VECTOR_ENTRY_BYTES * vector;
    }
    return this.register(imsEntryOffset(target.imsEntries[vector]));
  }

  private write64(address: number, value: number, style: AccessStyle): void {
    if (style.wide) this.writeWords(address, [lowWord(value), highWord(value)]);
    else {
      this.writeWords(address, [lowWord(value)]);
      this.writeWords(address + 4, [highWord(value)]);
    }
  }
}

function lowWord(value: number): number {
  return value % 0x1_0000_0000;
}

function highWord(value: number): number {
  return Math.floor(value / 0x1_0000_0000);
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
