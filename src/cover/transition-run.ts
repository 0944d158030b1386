/**
 * A transition bin at work (IEEE 1800-2023 §19.5.2): all attempts at it that are under way, as bits; every value takes each
 * of them on or ends it, and begins another. Nothing is allocated while values come.
 */
import type { PackedAutomaton } from './transition-automaton.ts';

/** What a value did to the attempts at a transition. */
export const NOT_MOVED = 0;
/** At least one that began earlier goes on. */
export const MOVED = 1;
export const COMPLETE = 2;

export class TransitionRun {
  private readonly automaton: PackedAutomaton;
  /** Active states, and room for the next ones. */
  private active: Int32Array;
  private next: Int32Array;

  constructor(automaton: PackedAutomaton) {
    this.automaton = automaton;
    this.active = new Int32Array(automaton.wordCount);
    this.next = new Int32Array(automaton.wordCount);
  }

  /** Forgets all attempts. */
  reset(): void {
    this.active.fill(0);
  }

  /** Goes on from where another run of the same automaton is. */
  copyFrom(other: TransitionRun): void {
    this.active.set(other.active);
  }

  /** Takes a value of this class. @returns NOT_MOVED, MOVED or COMPLETE. */
  advance(valueClass: number): number {
    const { wordCount, start, accept, follow, match } = this.automaton;
    if (wordCount > 1) return this.advanceWords(valueClass);
    let followers = 0;
    for (let active = this.active[0]; active !== 0; active &= active - 1) {
      followers |= follow[31 - Math.clz32(active & -active)];
    }
    const next = (followers | start[0]) & match[valueClass];
    this.active[0] = next;
    if ((next & accept[0]) !== 0) return COMPLETE;
    return (followers & match[valueClass]) === 0 ? NOT_MOVED : MOVED;
  }

  /** As `advance`, for more states than a word has bits. */
  private advanceWords(valueClass: number): number {
    const { wordCount, start, accept, follow, match } = this.automaton;
    const { active, next } = this;
    next.fill(0);
    for (let word = 0; word < wordCount; word++) {
      for (let rest = active[word]; rest !== 0; rest &= rest - 1) {
        const state = word * 32 + 31 - Math.clz32(rest & -rest);
        for (let to = 0; to < wordCount; to++) next[to] |= follow[state * wordCount + to];
      }
    }
    let moved = NOT_MOVED;
    for (let word = 0; word < wordCount; word++) {
      const matched = match[valueClass * wordCount + word];
      if (moved === NOT_MOVED && (next[word] & matched) !== 0) moved = MOVED;
      next[word] = (next[word] | start[word]) & matched;
      if ((next[word] & accept[word]) !== 0) moved = COMPLETE;
    }
    this.active = next;
    this.next = active;
    return moved;
  }
}
