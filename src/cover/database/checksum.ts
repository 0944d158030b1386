/**
 * The checksum of the blocks of a coverage database (ADR 0007): 32 bits over words of 32 bits, four of them at a time. Every step
 * maps different states to different states, so that damage within one word is always found, and other damage but for one case
 * in 2^32. A CRC byte by byte would take longer than adding the counts does.
 */

const LANE_BYTES = 16;
/** Odd, so that multiplying by it loses nothing. */
const FACTOR = 0x1e37_79b1;
/** Integers of 32 bits, as all that follows: the loop is fast only on those. */
const SEEDS = [0x05eb_ca6b, 0x42b2_ae35, 0x27d4_eb2f, 0x1656_67b1] as const;
const DIGITS = 8;

/** Eight hexadecimal digits. @param bytes little-endian words, whatever their alignment. */
export function checksum(bytes: Uint8Array): string {
  const whole = bytes.length - (bytes.length % LANE_BYTES);
  const isAligned = bytes.byteOffset % 4 === 0;
  const head = isAligned ? bytes : bytes.slice(0, whole);
  const words = new Int32Array(head.buffer, head.byteOffset, whole / 4);
  let a: number = SEEDS[0];
  let b: number = SEEDS[1];
  let c: number = SEEDS[2];
  let d: number = SEEDS[3];
  for (let at = 0; at < words.length; at += 4) {
    a = mixed(a ^ words[at]);
    b = mixed(b ^ words[at + 1]);
    c = mixed(c ^ words[at + 2]);
    d = mixed(d ^ words[at + 3]);
  }
  // From here on one state: each of the four enters by a step of its own, and then what is left over.
  let state = bytes.length | 0;
  for (const lane of [a, b, c, d]) state = mixed(state ^ lane);
  for (let at = whole; at < bytes.length; at++) state = mixed(state ^ bytes[at]);
  return (state >>> 0).toString(16).padStart(DIGITS, '0');
}

/** One step; the shift brings high bits down, which multiplying never does. */
function mixed(word: number): number {
  const product = Math.imul(word, FACTOR);
  return product ^ (product >>> 15);
}
