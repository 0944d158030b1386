// What the host did, in the host's own words (design decision 14). The DeviceDriver and the tenants publish a HostEvent
// when the TLP that carries the action leaves the host, immediately before that TLP is published by the down monitor;
// events of an end ("commandEnded", "flrEnded", …) follow immediately after the up TLP from which the host learned it.
// Scoreboards and coverage decode no register and no descriptor: these events are all they know beside the TLPs.

/** Whose queue, RID or window: 'pf', 'vf 1' (1-based, as in SRD §2), 'sdi 0' (0-based). */
export type Requester = 'pf' | VfName | SdiName;
export type VfName = `vf ${number}`;
export type SdiName = `sdi ${number}`;

/** Bytes base .. base + length - 1. */
export interface AddressRange {
  readonly base: number;
  readonly length: number;
}

/** What CREATE_SDI and reconfigure give to an SDI (SRD §5). */
export interface SdiAssignment {
  /** The Routing ID, computed by the host also where it is strided. */
  readonly rid: number;
  /** false: chosen by software. */
  readonly strided: boolean;
  /** Work-page numbers, ascending; the first is the control page. */
  readonly pages: readonly number[];
  /** IMS entry numbers, ascending; index in here = IMS index in a descriptor. */
  readonly vectors: readonly number[];
}

/** One descriptor as the tenant meant it (SRD §7); addresses are I/O virtual. */
export interface WorkDescription {
  /** 0..255, see `WorkOpcode`. */
  readonly opcode: number;
  /** Bytes, 32 bits. */
  readonly length: number;
  readonly source: number;
  readonly destination: number;
  /** 8 bytes each, in memory order (least significant first). */
  readonly operandA: Uint8Array;
  readonly operandB: Uint8Array;
  readonly interrupt: boolean;
  /** IMS index (VF: MSI-X vector), relative to the requester; counts with `interrupt` only. */
  readonly vector: number;
  readonly noRecord: boolean;
  readonly relaxedOrdering: boolean;
  /** DW 10..15 are not all 0. */
  readonly reserved: boolean;
}

/** Names of the admin commands as events use them; opcodes in `srd-admin.ts`. */
export type CommandName =
  'create' | 'destroy' | 'enable' | 'quiesce' | 'reset' | 'reconfigure' | 'query';

/** Settings of the PF and of SR-IOV Control that govern requests (SRD §3), as in force. */
export interface LinkSettings {
  readonly maxPayloadBytes: number;
  readonly maxReadRequestBytes: number;
  /** Widest tag that the PF and the SDIs may use. */
  readonly tagBits: 5 | 8 | 10;
  readonly vfTagBits: 5 | 8 | 10;
  readonly relaxedOrdering: boolean;
  readonly atomics: boolean;
  readonly pasid: boolean;
  /** Error Messages are enabled in Device Control; absent: they are not. */
  readonly errorReporting?: boolean;
}

/** Enumeration and PF configuration. */
export type ConfigurationEvent =
  | { readonly kind: 'busAssigned'; readonly bus: number }
  | ({ readonly kind: 'settings' } & LinkSettings)
  | { readonly kind: 'busMaster'; readonly requester: 'pf' | VfName; readonly on: boolean }
  | { readonly kind: 'memorySpace'; readonly requester: 'pf' | 'vfs'; readonly on: boolean }
  | { readonly kind: 'powerState'; readonly d3hot: boolean }
  | ({
      readonly kind: 'window';
      readonly requester: Requester;
      readonly purpose: 'registers' | 'pages' | 'msix' | 'vfPages';
    } & AddressRange)
  | { readonly kind: 'deviceReset'; readonly how: 'cold' | 'hot' };

/** Life cycle of SDIs and VFs. "…ing": the command or write leaves; "…ed": the host has learned the end. */
export type LifecycleEvent =
  | {
      /** Any admin command leaves; its own event follows at once, where it has one. */
      readonly kind: 'commandStarted';
      readonly command: CommandName;
      readonly sdi: number;
    }
  | ({ readonly kind: 'sdiCreating'; readonly sdi: number } & SdiAssignment)
  | {
      readonly kind: 'commandEnded';
      readonly command: CommandName;
      readonly sdi: number;
      /** `CommandStatus`, 0 = OK. */
      readonly status: number;
    }
  | { readonly kind: 'sdiEnabling' | 'sdiQuiescing' | 'sdiDestroying'; readonly sdi: number }
  | {
      readonly kind: 'sdiResetting';
      readonly sdi: number;
      /** undefined: restore. */
      readonly reconfigure: SdiAssignment | undefined;
    }
  | { readonly kind: 'vfsEnabling'; readonly count: number; readonly rids: readonly number[] }
  | { readonly kind: 'vfsEnabled'; readonly accepted: boolean }
  | { readonly kind: 'vfsDisabling' | 'vfsDisabled' }
  | { readonly kind: 'flrStarted' | 'flrEnded'; readonly requester: 'pf' | VfName };

/** Queues, descriptors and host memory. */
export type WorkEvent =
  | {
      /**
       * CTRL bit 0 goes from 0 to 1. After a `queueStopped` the host waits until the queue is idle, or at least 1 µs,
       * so that a fetch shows to which start it belongs; an SDI that is RESETTING drops the write.
       */
      readonly kind: 'queueStarted';
      readonly requester: Requester;
      readonly ringBase: number;
      readonly ringEntries: number;
      readonly recordBase: number;
      /** -1: no PASID prefix. */
      readonly pasid: number;
    }
  | { readonly kind: 'queueStopped'; readonly requester: Requester }
  | {
      /** The descriptor is in memory and not yet rung; everything up to a `doorbell` has been posted before it. */
      readonly kind: 'workPosted';
      readonly requester: Requester;
      /** Free-running 16-bit index. */
      readonly n: number;
      readonly work: WorkDescription;
    }
  | { readonly kind: 'doorbell'; readonly requester: Requester; readonly tail: number }
  | {
      /** The IOMMU domain of (requester, pasid) gains or loses a mapping. */
      readonly kind: 'mapped' | 'unmapped';
      readonly requester: Requester;
      readonly pasid: number;
      readonly iova: number;
      readonly length: number;
      readonly readable: boolean;
      readonly writable: boolean;
    }
  | {
      /** The disjoint areas of a requester, I/O virtual (design decision 4). */
      readonly kind: 'areas';
      readonly requester: Requester;
      readonly pasid: number;
      readonly ring: AddressRange;
      readonly records: AddressRange;
      readonly source: AddressRange;
      readonly destination: AddressRange;
      readonly message: AddressRange;
    };

/** Interrupt messages. */
export type InterruptEvent =
  | {
      readonly kind: 'vectorProgrammed';
      readonly requester: Requester;
      /** Relative to the requester. */
      readonly vector: number;
      readonly address: number;
      readonly data: number;
    }
  | {
      readonly kind: 'vectorMasked';
      readonly requester: Requester;
      readonly vector: number;
      readonly masked: boolean;
    }
  | {
      readonly kind: 'msixEnable';
      readonly requester: 'pf' | VfName;
      readonly enabled: boolean;
      readonly functionMasked: boolean;
    };

/** The end of the run. */
export type ClosingEvent =
  /** From now on no new stimulus and no injected error. */
  | { readonly kind: 'calm' }
  | {
      /** Vectors of queues that work were unmasked, and what was pending has had its time. */
      readonly kind: 'vectorsReleased';
      /** From then on the device knows that they are unmasked. */
      readonly sincePs: number;
    }
  | {
      /** Something owed by the device was not delivered within its bound. */
      readonly kind: 'liveness';
      readonly subject: string;
      readonly what: string;
      readonly owedSincePs: number;
      readonly boundPs: number;
    };

/** Something that the host has done or asked of the device, as the checks are told (design decision 14). */
export type HostEvent =
  ConfigurationEvent | LifecycleEvent | WorkEvent | InterruptEvent | ClosingEvent;
