// The life of an SDI as the testbench speaks of it, whoever made the device: its states, and how a command on it may end. A driver
// translates its device's codes into these; they are those of the reference device (SRD §5), which translates nothing.

/** SDI states. */
export const SdiState = { FREE: 0, CREATED: 1, ENABLED: 2, QUIESCING: 3, RESETTING: 4 } as const;

/** Status of a command, in the order in which the device checks. */
export const CommandStatus = {
  OK: 0x00,
  BAD_OPCODE: 0x01,
  BAD_INDEX: 0x02,
  BAD_STATE: 0x03,
  RID_CONFLICT: 0x04,
  PAGE_CONFLICT: 0x05,
  IMS_CONFLICT: 0x06,
  MIXED_IOV: 0x07,
} as const;

/** 'RID_CONFLICT' for 4; '0x09' for a code that SRD does not define. */
export function commandStatusName(status: number): string {
  for (const [name, code] of Object.entries(CommandStatus)) if (code === status) return name;
  return `0x${status.toString(16).padStart(2, '0')}`;
}
