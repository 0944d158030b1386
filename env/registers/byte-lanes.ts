// Byte enables of one DW as lanes.

/** Number of the lowest lane that is enabled; at least one is. */
export function firstEnabledByte(byteEnables: number): number {
  return Math.log2(byteEnables & -byteEnables);
}
