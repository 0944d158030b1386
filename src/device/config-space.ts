// One function's configuration space as words and masks, compiled from the field table of SRD §3
// (`siov/config-space-table`): reset values, which bits software writes (RW), which it clears (RW1C), which an FLR
// resets, and fields that take only certain values. What a write brings about beside storing is not here.
import type { ConfigField } from '#siov/config-space-table';

/** A field that is stored only when the new value is one of `legal` (right-aligned in the field). */
interface LimitedField {
  readonly mask: number;
  readonly shift: number;
  readonly legal: readonly number[];
}

/** Byte enables (4 bits) as a mask of the 32 bits they enable. */
export const BYTE_ENABLE_MASKS: Uint32Array = Uint32Array.from({ length: 16 }, (_, enables) => {
  let mask = 0;
  for (let i = 0; i < 4; i++) if ((enables & (1 << i)) !== 0) mask |= 0xff << (8 * i);
  return mask >>> 0;
});

/** `old` with the enabled bytes of `value`. */
export function mergeBytes(old: number, value: number, enables: number): number {
  const mask = BYTE_ENABLE_MASKS[enables];
  return ((old & ~mask) | (value & mask)) >>> 0;
}

/** The masks and reset values of one kind of function; shared by all functions of the kind. */
export class ConfigTemplate {
  readonly wordCount: number;
  readonly reset: Uint32Array;
  readonly writable: Uint32Array;
  readonly clearable: Uint32Array;
  readonly resetByFlr: Uint32Array;
  readonly limited: readonly (readonly LimitedField[])[];

  constructor(fields: readonly ConfigField[]) {
    let bytes = 0;
    for (const field of fields) bytes = Math.max(bytes, field.offset + ((field.high >> 3) + 1));
    this.wordCount = (bytes + 3) >> 2;
    this.reset = new Uint32Array(this.wordCount);
    this.writable = new Uint32Array(this.wordCount);
    this.clearable = new Uint32Array(this.wordCount);
    this.resetByFlr = new Uint32Array(this.wordCount);
    const limited: LimitedField[][] = Array.from({ length: this.wordCount }, () => []);
    for (const field of fields) this.add(field, limited);
    this.limited = limited;
  }

  private add(field: ConfigField, limited: LimitedField[][]): void {
    const word = field.offset >> 2;
    const shift = field.low + 8 * (field.offset & 3);
    const width = field.high - field.low + 1;
    const all = ((1n << BigInt(width)) - 1n) << BigInt(shift);
    spread(this.reset, word, BigInt(field.reset) << BigInt(shift));
    if (field.resetBy.includes('flr')) spread(this.resetByFlr, word, all);
    if (field.access === 'RW1C') spread(this.clearable, word, all);
    // Starting an FLR and enabling VFs are acts, not storage: who writes them sees to it.
    if (field.access !== 'RW' || field.write === 'flr' || field.write === 'vfenable') return;
    const fixed =
      field.size === undefined ? 0n : BigInt(field.size - 1) << BigInt(shift - field.low);
    spread(this.writable, word, all & ~fixed);
    if (field.legal !== undefined) {
      limited[word].push({ mask: Number(all), shift, legal: field.legal });
    }
  }
}

/** The words of one function. */
export class ConfigSpace {
  readonly words: Uint32Array;
  private readonly template: ConfigTemplate;

  constructor(template: ConfigTemplate) {
    this.template = template;
    this.words = template.reset.slice();
  }

  /** DW `word` (0..1023); 0 where nothing is. */
  read(word: number): number {
    return word < this.words.length ? this.words[word] : 0;
  }

  /** Bits high..low (0..31) of the DW that holds byte `offset`, counted from bit 0 of that DW. */
  bit(offset: number, bit: number): boolean {
    return ((this.words[offset >> 2] >>> bit) & 1) !== 0;
  }

  /** Stores what a Configuration Write of DW `word` may store. */
  write(word: number, value: number, enables: number): void {
    if (word >= this.words.length) return;
    const { writable, clearable, limited } = this.template;
    const mask = BYTE_ENABLE_MASKS[enables];
    const old = this.words[word];
    const stored = writable[word] & mask;
    let next = (old & ~stored) | (value & stored);
    next &= ~(value & clearable[word] & mask);
    for (const field of limited[word]) {
      const wanted = (next & field.mask) >>> field.shift;
      if (!field.legal.includes(wanted)) next = (next & ~field.mask) | (old & field.mask);
    }
    this.words[word] = next;
  }

  /** Sets or clears bits of the DW at byte `offset` from inside the device. */
  assign(offset: number, mask: number, on: boolean): void {
    const word = offset >> 2;
    if (on) this.words[word] |= mask;
    else this.words[word] &= ~mask;
  }

  /** Function Level Reset: what is not sticky or constant. */
  resetByFlr(): void {
    const { reset, resetByFlr } = this.template;
    for (let i = 0; i < this.words.length; i++) {
      this.words[i] = (this.words[i] & ~resetByFlr[i]) | (reset[i] & resetByFlr[i]);
    }
  }

  /** Power-up. */
  resetAll(): void {
    this.words.set(this.template.reset);
  }
}

/** Ors a value, given as if DW `word` were its lowest, into consecutive DWs. */
function spread(words: Uint32Array, word: number, value: bigint): void {
  let rest = value;
  for (let i = word; rest !== 0n; i++) {
    words[i] |= Number(rest & 0xffff_ffffn);
    rest >>= 32n;
  }
}
