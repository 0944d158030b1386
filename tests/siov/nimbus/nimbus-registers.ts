// Nimbus, a second SIOV device, made to differ from SRD wherever it can: what its windows hold. BAR0: work pages of 16 KiB, each
// with a frame of its own for the doorbell. BAR2: a mailbox for commands, an event log, and the vectors of SDIs. BAR4: MSI-X.
// Driver and device share these numbers and nothing else.

export const PAGE_BYTES = 16_384;
export const MAILBOX_BYTES = 0x1_0000;
export const MSIX_BYTES = 0x1000;

/** In the first page of an SDI. */
export const QueuePort = {
  /** Two DWs each, low and high. */
  RING: 0x000,
  RECORDS: 0x008,
  /** 7:0 log2 of the entries; bit 8: run. Written last: it latches the rest. */
  CONTROL: 0x010,
  /** RO: 15:0 descriptors fetched, 16 executing, 17 halted, 31:24 halt code. */
  PROGRESS: 0x014,
  /** In the third 4 KiB frame: the producer index. */
  DOORBELL: 0x2000,
} as const;
export const RUN_BIT = 1 << 8;
export const EXECUTING_BIT = 1 << 16;
export const HALTED_BIT = 1 << 17;
export const HALT_CODE_SHIFT = 24;

/** Plain memory of every page. */
export const SCRATCH = { base: 0x800, length: 64 } as const;

/** In the mailbox window. */
export const Mailbox = {
  MAGIC: 0x000,
  /** Six DWs: SDI, Routing ID or -1, first page, pages, first vector, vectors. */
  ARGUMENTS: 0x100,
  /** 7:0 command, 8 with new arguments, 31:16 token; starts the command. */
  COMMAND: 0x118,
  /** 0 done, 15:8 outcome, 31:16 token; then state and Routing ID of the SDI. */
  REPLY: 0x140,
  EVENT_LOG: 0x200,
  VECTORS: 0x1000,
} as const;
export const MAGIC_VALUE = 0x534d_424e;
export const ARGUMENT_COUNT = 6;
export const WITH_ARGUMENTS = 1 << 8;
/** Routing ID argument of a strided SDI. */
export const STRIDED = 0xffff_ffff;

/** 32 bytes each. */
export const Vector = { BYTES: 32, DATA: 0, ENABLE: 4, ADDRESS_LOW: 8, ADDRESS_HIGH: 12 } as const;

export const Command = {
  OPEN: 0x10,
  CLOSE: 0x20,
  START: 0x30,
  DRAIN: 0x40,
  RESET: 0x50,
  REPORT: 0x60,
} as const;

export const Outcome = {
  FINE: 0,
  COMMAND: 0xe1,
  INDEX: 0xe2,
  STATE: 0xe3,
  ROUTING_ID: 0xe4,
  PAGES: 0xe5,
  VECTORS: 0xe6,
} as const;

/** PF: MSI-X table in BAR4, capabilities in configuration space. */
export const PF_MSIX_TABLE = 0x100;
export const PcieAt = 0x40;
export const MsixAt = 0x80;
export const SiovAt = 0x100;
/** Bits of SIOV Capabilities. */
export const MIXED_IOV_BIT = 4;
export const SOFTWARE_RIDS_BIT = 7;
