// How a vendor's device is driven: everything that SIOV leaves to the vendor, behind one interface (design decisions 3 and
// 14). The rest of the testbench says what it wants of an SDI or a queue; a DeviceDriver turns it into TLPs and publishes
// a HostEvent for each action. A device of another vendor brings another driver; SRD's is env/srd-device-driver.
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
import type { AddressWindows } from './host-address-map.ts';
import type { HostStatus } from './host/host-requester.ts';

/** How the driver may vary what the vendor's interface leaves open; drawn by the operation it serves. */
export interface AccessStyle {
  /** Use 2-DW accesses where two registers are neighbours. */
  readonly wide: boolean;
  /** 32 bits for fields that the device must ignore. */
  readonly noise: number;
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

export interface QueueStatus {
  readonly isExecuting: boolean;
  readonly isHalted: boolean;
  readonly haltCode: number;
  /** Next descriptor to fetch, free-running 16 bits. */
  readonly head: number;
}

export interface CommandResult {
  /** The device's status code, 0 = OK; -1: the command never ended. */
  readonly status: number;
  /** What the command returned; empty for commands without results. */
  readonly results: readonly number[];
}

/** A completion record as the tenant reads it in its memory. */
export interface RecordView {
  readonly status: number;
  readonly phase: number;
  readonly n: number;
  readonly bytesTransferred: number;
}

export interface RegisterReply {
  readonly status: HostStatus;
  /** DWs read; empty unless `status` is SC. */
  readonly words: readonly number[];
}

/** Sizes and limits that the tenants must know. */
export interface WorkFormat {
  readonly descriptorBytes: number;
  readonly recordBytes: number;
  readonly ringEntriesMin: number;
  readonly ringEntriesMax: number;
}

export interface DeviceDriver {
  readonly format: WorkFormat;

  /** Takes the device over after enumeration: BARs are placed and memory space is enabled. */
  bind(windows: AddressWindows): void;
  /** Forgets what a reset of the device or of the PF has undone. */
  unbind(): void;

  // Life cycle: one command at a time.
  createSdi(sdi: number, assignment: SdiAssignment, style: AccessStyle): Process<CommandResult>;
  destroySdi(sdi: number, style: AccessStyle): Process<CommandResult>;
  enableSdi(sdi: number, style: AccessStyle): Process<CommandResult>;
  quiesceSdi(sdi: number, style: AccessStyle): Process<CommandResult>;
  /** @param reconfigure undefined: restore what the SDI had. */
  resetSdi(
    sdi: number,
    reconfigure: SdiAssignment | undefined,
    style: AccessStyle,
  ): Process<CommandResult>;
  querySdi(sdi: number, style: AccessStyle): Process<CommandResult>;

  // Where things are.
  sdiTarget(sdi: number, assignment: SdiAssignment): QueueTarget;
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
  encodeWork(work: WorkDescription): Uint8Array;
  decodeRecord(bytes: Uint8Array): RecordView;
  /** Phase bit of record n of a ring. */
  recordPhase(n: number, ringEntries: number): number;

  // Vectors. Address and data are changed only while the vector has been masked for 1 µs.
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
  readWords(address: number, count: 1 | 2): Process<RegisterReply>;
  writeWords(address: number, words: readonly number[]): void;
}

export interface VectorMessage {
  readonly address: number;
  readonly data: number;
}
