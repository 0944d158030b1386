// How a vendor's device is driven: everything that SIOV leaves to the vendor, behind one interface (design decisions 3 and
// 14). The rest of the testbench says what it wants of an SDI or a queue; a DeviceDriver turns it into TLPs and publishes
// a HostEvent for each action. A device of another vendor brings another driver; SRD's is env/srd-device-driver, and a guide
// shows a second one (docs/guide/connect-your-device.md).
//
// "Leaves" actions publish their event and send their TLPs at once, in simulated time zero, so that the state they were
// decided on still holds. "Process" actions wait for an answer.
import type { Process } from '#kernel/process';
import type {
  AddressRange,
  SdiAssignment,
  SdiName,
  VfName,
  WorkDescription,
} from '#siov/host-event';
import type { WorkFormat } from '#siov/work-format';
import type { AddressWindows } from './host-address-map.ts';
import type { HostStatus } from './host/host-requester.ts';

/** How the driver may vary what the vendor's interface leaves open; drawn by the operation it serves. */
export interface AccessStyle {
  /** Use 2-DW accesses where two registers are neighbours. */
  readonly wide: boolean;
  /** 32 bits for fields that the device must ignore. */
  readonly noise: number;
  /** For so long after it the device cannot go on, which its bound does not count, picoseconds. Default: 0. */
  readonly heldPs?: number;
}

/** A queue as its owner reaches it: the pages and vectors of one SDI, or the page and vectors of one VF. */
export interface QueueTarget {
  readonly requester: SdiName | VfName;
  /** Addresses of its work pages in the host's address space; the first holds the queue's registers. */
  readonly pages: readonly number[];
  /** IMS entries of an SDI in order; a VF has its own table and an empty list here. */
  readonly imsEntries: readonly number[];
  readonly vectorCount: number;
}

/** What a queue is started with; addresses are I/O virtual. */
export interface QueueSetup {
  readonly ringBase: number;
  readonly ringEntries: number;
  readonly recordBase: number;
  /** -1: without PASID. */
  readonly pasid: number;
}

/** A queue as its registers show it. */
export interface QueueStatus {
  readonly isExecuting: boolean;
  readonly isHalted: boolean;
  readonly haltCode: number;
  /** Next descriptor to fetch, free-running 16 bits. */
  readonly head: number;
}

/** How a command ended. */
export interface CommandResult {
  /** `CommandStatus`, whatever codes the device has; 0 = OK; -1: the command never ended. */
  readonly status: number;
  /** Of a query: the state (`SdiState`), and what else the device tells; empty for commands without results. */
  readonly results: readonly number[];
}

/** What a read of registers gave. */
export interface RegisterReply {
  readonly status: HostStatus;
  /** DWs read; empty unless `status` is SC. */
  readonly words: readonly number[];
}

/** How much one SDI may have; a command that asks for more is refused. */
export interface SdiLimits {
  readonly pagesMax: number;
  readonly vectorsMax: number;
}

/** Where a descriptor goes, for formats with a mark that changes from pass to pass. */
export interface RingSlot {
  /** Counted from the start of the queue, not wrapped. */
  readonly n: number;
  readonly ringEntries: number;
}

/** How a device is driven; one implementation for each vendor interface. */
export interface DeviceDriver {
  readonly format: WorkFormat;
  readonly limits: SdiLimits;

  /** Takes the device over after enumeration: BARs are placed and memory space is enabled. */
  bind(windows: AddressWindows): void;
  /** Forgets what a reset of the device or of the PF has undone. */
  unbind(): void;

  // Life cycle: one command at a time.
  /** Creates SDI `sdi` with a Routing ID, pages and vectors. */
  createSdi(sdi: number, assignment: SdiAssignment, style: AccessStyle): Process<CommandResult>;
  /** Frees it with everything that it has. */
  destroySdi(sdi: number, style: AccessStyle): Process<CommandResult>;
  /** Lets its queue run. */
  enableSdi(sdi: number, style: AccessStyle): Process<CommandResult>;
  /** Lets work in flight end, then stops it. */
  quiesceSdi(sdi: number, style: AccessStyle): Process<CommandResult>;
  /** Resets it. @param reconfigure undefined: restore what the SDI had. */
  resetSdi(
    sdi: number,
    reconfigure: SdiAssignment | undefined,
    style: AccessStyle,
  ): Process<CommandResult>;
  /** Asks what it is; `results` says its state first. */
  querySdi(sdi: number, style: AccessStyle): Process<CommandResult>;

  // Where things are.
  /** Where the pages and vectors of an SDI with this assignment are. */
  sdiTarget(sdi: number, assignment: SdiAssignment): QueueTarget;
  /** Where the page and vectors of VF `vf`, counted from 1, are. */
  vfTarget(vf: number): QueueTarget;

  // Queues.
  /** Leaves. The queue's work pages must not be in use by a running queue of the same owner. */
  startQueue(target: QueueTarget, setup: QueueSetup, style: AccessStyle): void;
  /** Leaves. */
  stopQueue(target: QueueTarget): void;
  /** Leaves. */
  ringDoorbell(target: QueueTarget, tail: number): void;
  /** undefined: the device did not answer with data. */
  queueStatus(target: QueueTarget): Process<QueueStatus | undefined>;
  /** The `format.descriptorBytes` bytes of a descriptor, as they lie in host memory. */
  encodeWork(work: WorkDescription, slot: RingSlot): Uint8Array;

  // Vectors. Address and data are changed only while the vector has been masked for a moment (policy `timing.momentNs`).
  /** Leaves. */
  maskVector(target: QueueTarget, vector: number, isMasked: boolean): void;
  /** Leaves. */
  programVector(target: QueueTarget, vector: number, message: VectorMessage): void;

  // Plain accesses, for checking and disturbing.
  /** Bytes of scratch RAM of every work page, relative to the page. */
  readonly scratch: AddressRange;
  /** Registers of a queue worth reading, with their offsets. */
  readonly queueRegisters: readonly number[];
  /** Registers of the PF worth reading, with their addresses. */
  pfRegisterAddresses(): readonly number[];
  /** Registers of the PF that take the arguments of commands and start them, in order; the last one starts. */
  pfCommandAddresses(): readonly number[];
  /** The register in which the device logs errors; writing a 1 clears a bit. */
  errorLogAddress(): number;
  /** The entry of a vector: its message and its mask. */
  vectorEntry(target: QueueTarget, vector: number): AddressRange;
  /** DWs beside the entries that say which vectors of a queue, or of the PF, are pending. */
  pendingAddresses(target: QueueTarget | 'pf'): readonly number[];
  /** Reads one or two neighbouring DWs. */
  readWords(address: number, count: 1 | 2): Process<RegisterReply>;
  /** Leaves. Writes one or two neighbouring DWs. */
  writeWords(address: number, words: readonly number[]): void;
}

/** The memory write that a vector sends. */
export interface VectorMessage {
  readonly address: number;
  readonly data: number;
}
