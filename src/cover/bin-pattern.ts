/**
 * Patterns of digits as ranges of integers (IEEE 1800-2023 §19.5.4, wildcard bins). The lowest free digits give the
 * length of the ranges, every free digit above a fixed one doubles their number.
 *
 *     '1x0x'  ->  [8, 9], [12, 13]
 */
import { UsageError } from '#base/assert';
import type { MaskedValue, Range } from './bins.ts';

export const PATTERN_LIMITS = {
  /** Bits of a pattern: what a number holds exactly. */
  bitsMax: 53,
  /** Separate ranges of one pattern. */
  rangesMax: 65_536,
} as const;

/** What to do with values wider than that. */
export const WIDE_HINT =
  'Measure a part of a wide value, (t) => Number(t.address >> 32n), or a label of it, (t) => (t.address < FOUR_GIB ? "low" : "high").';

/** Bits from the highest down: 0, 1, or undefined for either. */
type Bits = readonly (0 | 1 | undefined)[];

/**
 * The ranges of a pattern, ascending.
 * @throws UsageError `bad-bins`
 */
export function patternRanges(pattern: string | MaskedValue): readonly Range[] {
  const text = typeof pattern === 'string' ? `'${pattern}'` : maskedText(pattern);
  const bits = typeof pattern === 'string' ? bitsOfText(pattern) : bitsOfMask(pattern);
  if (bits === undefined || bits.length === 0) {
    throw new UsageError('bad-bins', `${text} is no pattern`, {
      hint: "A pattern has binary digits and x, z or ? for either, as '1x0?'; or is a literal as 8'h4?.",
    });
  }
  if (bits.length > PATTERN_LIMITS.bitsMax) {
    const max = PATTERN_LIMITS.bitsMax;
    throw new UsageError('bad-bins', `${text} has ${bits.length} bits; at most ${max} (bitsMax)`);
  }
  const lowFixed = bits.findLastIndex((bit) => bit !== undefined);
  const high = bits.slice(0, lowFixed + 1);
  const count = 2 ** high.filter((bit) => bit === undefined).length;
  if (count > PATTERN_LIMITS.rangesMax) {
    const max = PATTERN_LIMITS.rangesMax;
    throw new UsageError('bad-bins', `${text} has ${count} ranges; at most ${max} (rangesMax)`, {
      hint: 'Cover fewer bits of the value: read them with a function, as (t) => (t.a >> 4) & 15.',
    });
  }
  const width = 2 ** (bits.length - high.length);
  return startsOf(high).map((start): Range => [start * width, start * width + width - 1]);
}

/** All integers whose binary digits these are, ascending. */
function startsOf(bits: Bits): readonly number[] {
  let starts = [0];
  for (const bit of bits) {
    starts = starts.flatMap((start) =>
      bit === undefined ? [start * 2, start * 2 + 1] : [start * 2 + bit],
    );
  }
  return starts;
}

const LITERAL = /^(\d*)'([bhoBHO])([\da-fA-FxXzZ?_]+)$/;
const DIGIT_BITS: Readonly<Record<string, number>> = { b: 1, o: 3, h: 4 };

/** Of binary digits, or of a sized literal as `8'h4?`; undefined when it is neither. */
function bitsOfText(pattern: string): Bits | undefined {
  const literal = LITERAL.exec(pattern);
  const [size, base, digits] = literal === null ? ['', 'b', pattern] : literal.slice(1);
  const width = DIGIT_BITS[base.toLowerCase()];
  const all = digits.replaceAll('_', '').toLowerCase().split('');
  const isSound = all.every((digit) => isFree(digit) || Number.parseInt(digit, 16) < 2 ** width);
  if (!isSound) return undefined;
  const bits = all.flatMap((digit): Bits => {
    const value = Number.parseInt(digit, 16);
    return Array.from({ length: width }, (_, i) =>
      isFree(digit) ? undefined : bitOf(value, width - 1 - i),
    );
  });
  if (size === '') return bits;
  // More bits than a number holds are refused by the caller, whatever their number.
  return sized(bits, Math.min(Number(size), PATTERN_LIMITS.bitsMax + 1));
}

function isFree(digit: string): boolean {
  return digit === 'x' || digit === 'z' || digit === '?';
}

/** Of that many bits: a free first digit goes on to the left, others are preceded by zeros. */
function sized(bits: Bits, size: number): Bits | undefined {
  const surplus = bits.slice(0, Math.max(0, bits.length - size));
  if (surplus.some((bit) => bit === 1)) return undefined;
  const left = bits[0] === undefined ? undefined : 0;
  const added = Array.from({ length: Math.max(0, size - bits.length) }, () => left);
  return [...added, ...bits.slice(surplus.length)] as Bits;
}

function bitsOfMask({ value, mask, bits }: MaskedValue): Bits | undefined {
  const isWithin = (n: number): boolean => Number.isSafeInteger(n) && n >= 0 && n < 2 ** bits;
  const isWide = !Number.isInteger(bits) || bits < 1 || bits > PATTERN_LIMITS.bitsMax;
  if (isWide || !isWithin(value) || !isWithin(mask)) return undefined;
  return Array.from({ length: bits }, (_, i) => {
    const n = bits - 1 - i;
    return bitOf(mask, n) === 0 ? undefined : bitOf(value, n);
  });
}

/** Bit n of an integer that may be wider than 32 bits. */
function bitOf(value: number, n: number): 0 | 1 {
  return Math.floor(value / 2 ** n) % 2 === 0 ? 0 : 1;
}

function maskedText({ value, mask, bits }: MaskedValue): string {
  return `value ${value} with mask ${mask} in ${bits} bits`;
}
