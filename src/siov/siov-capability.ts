// The SIOV extended capability (SRD §3; offsets as in siov-facts §2.1). The bit positions inside SIOV Capabilities are
// not public: those here are SRD's own choice, and this is the one table that keeps them.
//
//   +0x00  header: 15:0 ID 0x0038 | 19:16 version | 31:20 next
//   +0x04  SIOV Capabilities: bit 0 Mixed_IOV_Supported, bit 1 software-assigned RIDs supported
//   +0x08  Total SDIs (16)   | +0x0A reserved (8) | +0x0B SIOV Status (8): bit 0 an SDI is enabled
//   +0x0C  First SDI Offset (16)                  | +0x0E SDI Stride (16)

export const SIOV_CAPABILITY_ID = 0x0038;
/** Where SRD puts it in the PF's configuration space. */
export const SIOV_CAPABILITY_OFFSET = 0x1a0;

export const SiovOffset = {
  HEADER: 0x00,
  CAPABILITIES: 0x04,
  TOTAL_SDIS: 0x08,
  STATUS: 0x0b,
  FIRST_SDI_OFFSET: 0x0c,
  SDI_STRIDE: 0x0e,
} as const;
