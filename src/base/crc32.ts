// CRC-32 as in IEEE 802.3 and zlib: reflected, polynomial 0xEDB88320, initial value and final XOR all ones.

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/**
 * CRC-32 of bytes start..end-1. `previous` continues an earlier result, as in zlib: crc32(b, 0, n, crc32(a)) is the
 * CRC of a followed by b.
 */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length, previous = 0): number {
  let crc = ~previous;
  for (let i = start; i < end; i++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[i]) & 0xff];
  return ~crc >>> 0;
}
