// Simulated time: picoseconds as numbers, exact below 2^53 (about two and a half hours). Source: DUT protocol.

/** Nanoseconds to picoseconds. The result should be whole: `ns(0.5)` is 500, `ns(0.0001)` is no time. */
export function ns(count: number): number {
  return count * 1_000;
}

/** Microseconds to picoseconds. */
export function us(count: number): number {
  return count * 1_000_000;
}

/** Milliseconds to picoseconds. */
export function ms(count: number): number {
  return count * 1_000_000_000;
}

export { formatTime } from '#base/time-text';
