// Drives the reference device (SRD §4, §5, §7, §8), and says what it does as HostEvents (design decision 14): an action's
// event comes immediately before the TLP that carries it, the end of a command after the read that told it.
import { assert } from '#base/assert';
import type { Process } from '#kernel/process';
import type { AddressRange, HostEvent, SdiAssignment, WorkDescription } from '#siov/host-event';
import { SDI_PAGES_MAX, SDI_VECTORS_MAX } from '#siov/srd-admin';
import {
  ARG_COUNT,
  imsEntryOffset,
  PAGE_BYTES,
  PageCtrl,
  PagePasid,
  PageRegister,
  PageState,
  PfMsix,
  PfRegister,
  SCRATCH_BYTES,
  SCRATCH_OFFSET,
  VectorControl,
  VectorEntry,
  VECTOR_ENTRY_BYTES,
  VfMsix,
} from '#siov/srd-registers';
import { encodeDescriptor, setIgnoredBits, srdWorkFormat } from '#siov/srd-work-descriptor';
import type { WorkFormat } from '#siov/work-format';
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
} from './device-driver.ts';
import type { DriverContext } from './device-kit.ts';
import type { AddressWindows } from './host-address-map.ts';
import { highWord, lowWord, SrdAccess } from './srd-access.ts';
import { SrdAdminCommands } from './srd-admin-commands.ts';

export class SrdDeviceDriver implements DeviceDriver {
  readonly format: WorkFormat;
  readonly limits = { pagesMax: SDI_PAGES_MAX, vectorsMax: SDI_VECTORS_MAX };
  readonly scratch = { base: SCRATCH_OFFSET, length: SCRATCH_BYTES };
  readonly queueRegisters: readonly number[] = Object.values(PageRegister);
  private readonly publish: (event: HostEvent) => void;
  private readonly access: SrdAccess;
  private readonly commands: SrdAdminCommands;

  constructor(context: DriverContext) {
    this.publish = context.publish;
    this.access = new SrdAccess(context.requester);
    this.commands = new SrdAdminCommands(context, this.access);
    this.format = srdWorkFormat(context.params.ringMax);
  }

  bind(windows: AddressWindows): void {
    this.access.place(windows);
  }

  unbind(): void {
    this.access.place(undefined);
    this.commands.drop();
  }

  // --- life cycle -----------------------------------------------------------------------------------------------------------

  createSdi(sdi: number, assignment: SdiAssignment, style: AccessStyle): Process<CommandResult> {
    return this.commands.create(sdi, assignment, style);
  }

  destroySdi(sdi: number, style: AccessStyle): Process<CommandResult> {
    return this.commands.destroy(sdi, style);
  }

  enableSdi(sdi: number, style: AccessStyle): Process<CommandResult> {
    return this.commands.enable(sdi, style);
  }

  quiesceSdi(sdi: number, style: AccessStyle): Process<CommandResult> {
    return this.commands.quiesce(sdi, style);
  }

  resetSdi(
    sdi: number,
    reconfigure: SdiAssignment | undefined,
    style: AccessStyle,
  ): Process<CommandResult> {
    return this.commands.reset(sdi, reconfigure, style);
  }

  querySdi(sdi: number, style: AccessStyle): Process<CommandResult> {
    return this.commands.query(sdi, style);
  }

  // --- queues ---------------------------------------------------------------------------------------------------------------

  sdiTarget(sdi: number, assignment: SdiAssignment): QueueTarget {
    const base = this.access.placed.pages.base;
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
      pages: [this.access.placed.vfPages.base + (vf - 1) * PAGE_BYTES],
      imsEntries: [],
      vectorCount: VfMsix.COUNT,
    };
  }

  startQueue(target: QueueTarget, setup: QueueSetup, style: AccessStyle): void {
    const page = target.pages[0];
    // The low bits of both bases are ignored by the device, and stored; so are bits 63:52.
    const { noise, wide } = style;
    const ringBase = [setup.ringBase + (noise & 0x3f), noise >>> 20] as const;
    this.access.write64(page + PageRegister.RING_BASE_LOW, ...ringBase, wide);
    const recordBase = [setup.recordBase + ((noise >>> 6) & 0xf), (noise >>> 8) & 0xfff] as const;
    this.access.write64(page + PageRegister.RECORD_BASE_LOW, ...recordBase, wide);
    this.writeWords(page + PageRegister.RING_SIZE, [setup.ringEntries]);
    const pasid =
      setup.pasid < 0 ? style.noise & PagePasid.VALUE_MASK : (PagePasid.ENABLE | setup.pasid) >>> 0;
    this.writeWords(page + PageRegister.PASID, [pasid]);
    this.publish({ kind: 'queueStarted', requester: target.requester, ...setup });
    this.writeWords(page + PageRegister.CTRL, [PageCtrl.QUEUE_ENABLE]);
  }

  stopQueue(target: QueueTarget): void {
    this.publish({ kind: 'queueStopped', requester: target.requester });
    this.writeWords(target.pages[0] + PageRegister.CTRL, [0]);
  }

  ringDoorbell(target: QueueTarget, tail: number): void {
    this.publish({ kind: 'doorbell', requester: target.requester, tail });
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

  encodeWork(work: WorkDescription, slot: RingSlot): Uint8Array {
    const bytes = encodeDescriptor(work);
    setIgnoredBits(bytes, slot.n);
    return bytes;
  }

  // --- vectors --------------------------------------------------------------------------------------------------------------

  maskVector(target: QueueTarget, vector: number, masked: boolean): void {
    const address = this.vectorAddress(target, vector) + VectorEntry.CONTROL;
    this.publish({
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
    this.publish({
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
    const base = this.access.placed.registers.base;
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

  pfCommandAddresses(): readonly number[] {
    const words = Array.from({ length: ARG_COUNT }, (_, i) => PfRegister.ARG0 + 4 * i);
    return [...words, PfRegister.COMMAND].map((offset) => this.access.register(offset));
  }

  errorLogAddress(): number {
    return this.access.register(PfRegister.ERRORS);
  }

  vectorEntry(target: QueueTarget, vector: number): AddressRange {
    return { base: this.vectorAddress(target, vector), length: VECTOR_ENTRY_BYTES };
  }

  pendingAddresses(target: QueueTarget | 'pf'): readonly number[] {
    if (target === 'pf') return [this.access.placed.msix.base + PfMsix.PBA];
    return target.requester.startsWith('vf') ? [target.pages[0] + VfMsix.PBA] : [];
  }

  readWords(address: number, count: 1 | 2): Process<RegisterReply> {
    return this.access.read(address, count);
  }

  writeWords(address: number, words: readonly number[]): void {
    this.access.write(address, words);
  }

  private vectorAddress(target: QueueTarget, vector: number): number {
    assert(vector >= 0 && vector < target.vectorCount, 'a vector belongs to its requester');
    if (target.requester.startsWith('vf')) {
      return target.pages[0] + VfMsix.TABLE + VECTOR_ENTRY_BYTES * vector;
    }
    return this.access.register(imsEntryOffset(target.imsEntries[vector]));
  }
}
