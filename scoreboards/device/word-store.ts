// The DWs of one page or table as the host wrote them, with what is known of each: a value, or nothing certain.
import { mergeWord } from './word-check.ts';

export class WordStore {
  private readonly values = new Map<number, number>();
  private readonly unknown = new Set<number>();
  /** Written while a reset was in progress: unknown after it, too. */
  private readonly kept = new Set<number>();
  private readonly writtenPs = new Map<number, number>();
  /** What stood here before the last reset, for recognizing it. */
  private old: ReadonlyMap<number, number> = new Map();

  /** The value at a byte offset, or -1 when it is not certain. */
  at(offset: number, reset = 0): number {
    if (this.unknown.has(offset)) return -1;
    return this.values.get(offset) ?? reset;
  }

  /** When it was last written; -Infinity: not since the last reset. */
  writtenAt(offset: number): number {
    return this.writtenPs.get(offset) ?? -Infinity;
  }

  /** Whether this non-zero value stood at the offset before the last reset. */
  wasOld(offset: number, word: number): boolean {
    return word !== 0 && this.old.get(offset) === word;
  }

  write(offset: number, word: number, be: number, timePs: number): number {
    const value = mergeWord(this.at(offset) < 0 ? 0 : this.at(offset), word, be);
    if (be === 0xf) this.known(offset);
    this.values.set(offset, value);
    this.writtenPs.set(offset, timePs);
    return value;
  }

  set(offset: number, value: number): void {
    this.values.set(offset, value);
    this.known(offset);
  }

  private known(offset: number): void {
    this.unknown.delete(offset);
    this.kept.delete(offset);
  }

  /** The value is not certain until it is written again; `isInReset`: not even after the reset that is going on. */
  forget(offset: number, isInReset = false): void {
    this.unknown.add(offset);
    if (isInReset) this.kept.add(offset);
  }

  /** Everything to its reset value. */
  reset(): void {
    if (this.values.size > 0) this.old = new Map(this.values);
    this.values.clear();
    this.unknown.clear();
    for (const offset of this.kept) this.unknown.add(offset);
    this.kept.clear();
    this.writtenPs.clear();
  }
}
