/** Uniform numbers below a count of any size. */
import type { RandomStream } from '#random/random-stream';

/** Uniform 0..count-1 by rejection. */
export function belowBig(stream: RandomStream, count: bigint): bigint {
  const bits = (count - 1n).toString(2).length;
  for (;;) {
    let value = 0n;
    for (let have = 0; have < bits; have += 32) {
      value = (value << 32n) | BigInt(stream.int32() >>> 0);
    }
    value &= (1n << BigInt(bits)) - 1n;
    if (value < count) return value;
  }
}
