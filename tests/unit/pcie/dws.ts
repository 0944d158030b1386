// Bytes in hexadecimal, DW by DW, as headers are drawn: `dws('00000001', '0100050f', '00001000')`.
export function dws(...parts: readonly string[]): string {
  return parts.join('');
}
