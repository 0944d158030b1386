// Register maps of the reference device: PF registers (SRD §4), work pages (SRD §7), MSI-X tables (SRD §3, §8).
// Byte offsets, bit positions and reset values only; behaviour is the device's, expectation is the scoreboards'.

export const PAGE_BYTES = 4096;

/** BAR0, 2 MiB. */
export const PF_REGISTERS_BYTES = 0x20_0000;
/** BAR4: the PF's MSI-X table and PBA. */
export const PF_MSIX_BYTES = 0x1000;

/** BAR0, byte offsets (SRD §4). */
export const PfRegister = {
  ID: 0x000,
  VERSION: 0x004,
  PAGES: 0x008,
  IMS_ENTRIES: 0x00c,
  STATUS: 0x010,
  ERRORS: 0x018,
  LATE_COMPLETIONS: 0x01c,
  ARG0: 0x100,
  RESULT0: 0x118,
  COMMAND: 0x128,
  COMMAND_STATUS: 0x12c,
  IMS: 0x1_0000,
} as const;

/** ARG0..ARG5 and RESULT0..RESULT3: consecutive DWs. */
export const ARG_COUNT = 6;
export const RESULT_COUNT = 4;

/** "SRD1", and the version of the register interface. */
export const PF_ID_VALUE = 0x3144_5253;
export const PF_VERSION_VALUE = 0x0001_0001;

/** STATUS: bits 31:16 are the number of SDIs ENABLED. */
export const PfStatus = { READY: 1 << 0, EXECUTING: 1 << 1, ENABLED_SHIFT: 16 } as const;

/** ERRORS, RW1C. */
export const PfError = {
  UNASSIGNED_PAGE: 1 << 0,
  UNEXPECTED_COMPLETION: 1 << 1,
  COMPLETION_TIMEOUT: 1 << 2,
  MALFORMED_TLP: 1 << 3,
  UNSUPPORTED_REQUEST: 1 << 4,
  POISONED_TLP: 1 << 5,
} as const;

/**
 * One entry of interrupt message storage, and of an MSI-X table: 16 bytes, the same shape in both.
 *
 *   +0 address low | +4 address high | +8 data | +12 control: bit 0 mask (reset 1), bit 1 pending (IMS only, RO)
 */
export const VectorEntry = { ADDRESS_LOW: 0, ADDRESS_HIGH: 4, DATA: 8, CONTROL: 12 } as const;
export const VECTOR_ENTRY_BYTES = 16;
export const VectorControl = { MASK: 1 << 0, PENDING: 1 << 1 } as const;

/** Offset in BAR0 of IMS entry `index` (0..imsCount-1). */
export function imsEntryOffset(index: number): number {
  return PfRegister.IMS + VECTOR_ENTRY_BYTES * index;
}

/** Control page of an SDI or a VF, byte offsets (SRD §7). */
export const PageRegister = {
  CTRL: 0x00,
  STATE: 0x04,
  RING_BASE_LOW: 0x08,
  RING_BASE_HIGH: 0x0c,
  RING_SIZE: 0x10,
  HEAD: 0x14,
  TAIL: 0x18,
  RECORD_BASE_LOW: 0x20,
  RECORD_BASE_HIGH: 0x24,
  PASID: 0x28,
  OPS: 0x2c,
} as const;

/** Scratch RAM of every page: 0x100..0x13F. */
export const SCRATCH_OFFSET = 0x100;
export const SCRATCH_BYTES = 64;

export const PageCtrl = { QUEUE_ENABLE: 1 << 0 } as const;

/** STATE: bits 15:8 are the halt code. */
export const PageState = {
  ENABLED: 1 << 0,
  EXECUTING: 1 << 1,
  HALTED: 1 << 2,
  HALT_CODE_SHIFT: 8,
} as const;

/** Page register PASID: bit 31 and the value in 19:0. The enable is an unsigned 32-bit constant. */
export const PagePasid = { ENABLE: 0x8000_0000, VALUE_MASK: 0x000f_ffff } as const;

export const RING_BASE_ALIGN = 64;
export const RECORD_BASE_ALIGN = 16;
/** MSI-X of the PF in BAR4, of a VF in its page (SRD §3, §8). */
export const PfMsix = { TABLE: 0x000, PBA: 0x800, COUNT: 1 } as const;
export const VfMsix = { TABLE: 0x800, PBA: 0xc00, COUNT: 2 } as const;
