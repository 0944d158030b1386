// What one DW of a register read must be: fixed when the read arrives at the device, judged when its completion leaves.
import { hex } from '#base/bits';

/** What is wrong with a word. `K`: keys of the rules that a device's reads may break. */
export interface WordFault<K extends string = string> {
  readonly rule: K;
  readonly expected: string;
}

export interface WordCheck<K extends string = string> {
  readonly subject: string;
  /** Name of the register, for messages. */
  readonly name: string;
  /** Counted when nothing is wrong. */
  readonly rule: K;
  readonly judge: (word: number, leftPs: number) => WordFault<K> | undefined;
}

/** Bits of a DW that four byte enables name. */
export function maskOfBe(be: number): number {
  let mask = 0;
  for (let i = 0; i < 4; i++) if ((be & (1 << i)) !== 0) mask |= 0xff << (8 * i);
  return mask >>> 0;
}

/** `value` with the enabled bytes of `word` written over it. */
export function mergeWord(value: number, word: number, be: number): number {
  const mask = maskOfBe(be);
  return ((value & ~mask) | (word & mask)) >>> 0;
}

/** A word that must have one of these values in the masked bits. */
export function exactly<K extends string>(
  rule: K,
  values: readonly number[],
  mask: number,
): (word: number) => WordFault<K> | undefined {
  return (word) => {
    for (const value of values) if (((word ^ value) & mask) === 0) return undefined;
    return { rule, expected: values.map((value) => hex((value & mask) >>> 0, 8)).join(' or ') };
  };
}
