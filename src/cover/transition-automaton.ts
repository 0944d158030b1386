/**
 * Transitions as automata (IEEE 1800-2023 §19.5.2). A state is a place in a sequence, labelled with the classes of values
 * that lead into it, so that one step is: all followers of the active states, cut down to those labelled with the class at
 * hand. Open repeats (`goto`, `nonconsecutive`) have places that wait on every other value.
 *
 *     1 => 3 [->2] => 5       (1) -> (3) -> (3) -> (5)         a waiting place before the second 3 and one before the
 *                                \-> (!3)* ->/                  first, each looping on values that are no 3
 *
 * Transitions that are ignored or illegal are taken out of the others by value: `subtract` follows both at once, from the
 * first value on, and what remains is exactly the set of value sequences that are in the one and not in the other.
 */
import { UsageError, assert } from '#base/assert';
import type { Sequence } from './bin-drafts.ts';
import type { Matcher } from './value-classes.ts';

/** 1 for each class of values. */
export type ClassSet = Uint8Array;

/** The sequences of values that one bin counts, from their first value on. */
export interface Automaton {
  /** By state: the classes whose values lead into it. */
  readonly labels: readonly ClassSet[];
  readonly starts: readonly number[];
  readonly follows: readonly (readonly number[])[];
  readonly accepts: readonly boolean[];
}

/** An automaton as bits: state i is bit i % 32 of word i / 32. */
export interface PackedAutomaton {
  readonly wordCount: number;
  readonly start: Int32Array;
  readonly accept: Int32Array;
  /** By state, then word. */
  readonly follow: Int32Array;
  /** By class, then word: the states that a value of the class leads into. */
  readonly match: Int32Array;
}

export const TRANSITION_LIMITS = {
  /** States of one transition bin: about one per value, two per value of an open repeat. */
  statesMax: 1024,
} as const;

const WORD_BITS = 32;

/** The classes of a set of values. */
export type LabelOf = (values: Matcher) => ClassSet;

/** The automaton of alternative sequences. */
export function automatonOf(sequences: readonly Sequence[], labelOf: LabelOf): Automaton {
  const builder = new Builder();
  for (const sequence of sequences) addSequence(builder, sequence, labelOf);
  return trimmed(builder);
}

class Builder implements Automaton {
  readonly labels: ClassSet[] = [];
  readonly starts: number[] = [];
  readonly follows: number[][] = [];
  readonly accepts: boolean[] = [];

  state(label: ClassSet): number {
    if (this.labels.length >= TRANSITION_LIMITS.statesMax) {
      const max = TRANSITION_LIMITS.statesMax;
      throw new UsageError('bad-bins', `a transition bin has over ${max} states (statesMax)`, {
        hint: 'Repeat a step fewer times, or spread alternatives over several bins.',
      });
    }
    this.labels.push(label);
    this.follows.push([]);
    this.accepts.push(false);
    return this.labels.length - 1;
  }

  /** @param from states, or undefined for the beginning. */
  link(from: readonly number[] | undefined, to: number): void {
    if (from === undefined) this.starts.push(to);
    else for (const state of from) this.follows[state].push(to);
  }
}

function addSequence(builder: Builder, sequence: Sequence, labelOf: LabelOf): void {
  let entry: readonly number[] | undefined = undefined;
  sequence.forEach(({ of, how, min, max }, index) => {
    const isLast = index === sequence.length - 1;
    const label = labelOf(of);
    const others = label.map((one) => 1 - one);
    const exits: number[] = [];
    let before: readonly number[] | undefined = entry;
    for (let times = 1; times <= max; times++) {
      const occurrence = builder.state(label);
      builder.link(before, occurrence);
      // What a transition waits for before its first value has no end: it begins at any sample.
      if (how !== 'consecutive' && before !== undefined && times === 1) {
        builder.link([waiting(builder, others, before)], occurrence);
      }
      const exit = [occurrence];
      const isOpen = how === 'nonconsecutive' && !isLast;
      if (how !== 'consecutive' && (times < max || isOpen)) {
        exit.push(waiting(builder, others, [occurrence]));
      }
      if (times >= min) {
        if (isLast) builder.accepts[occurrence] = true;
        exits.push(...(how === 'nonconsecutive' && !isLast ? exit : [occurrence]));
      }
      before = exit;
    }
    entry = exits;
  });
}

/** A place that loops on a label, reached from others. */
function waiting(builder: Builder, label: ClassSet, from: readonly number[]): number {
  const state = builder.state(label);
  builder.link(from, state);
  builder.link([state], state);
  return state;
}

/** Whether no sequence of values completes it. */
export function isEmptyAutomaton({ starts }: Automaton): boolean {
  return starts.length === 0;
}

/**
 * The sequences of `from` that are not sequences of any of the others.
 * @throws UsageError `bad-bins` when that takes more than 1024 states.
 */
export function subtract(from: Automaton, others: readonly Automaton[]): Automaton {
  if (others.length === 0) return from;
  return new Difference(from, united(others)).result();
}

function united(all: readonly Automaton[]): Automaton {
  const labels: ClassSet[] = [];
  const starts: number[] = [];
  const follows: number[][] = [];
  const accepts: boolean[] = [];
  for (const one of all) {
    const base = labels.length;
    labels.push(...one.labels);
    starts.push(...one.starts.map((state) => state + base));
    follows.push(...one.follows.map((list) => list.map((state) => state + base)));
    accepts.push(...one.accepts);
  }
  return { labels, starts, follows, accepts };
}

/** A state of `from` beside all states of the removed automaton that the same values lead to. */
class Difference {
  private readonly from: Automaton;
  private readonly removed: Automaton;
  private readonly builder = new Builder();
  private readonly known = new Map<string, number>();
  private readonly open: {
    readonly state: number;
    readonly place: number;
    readonly gone: States;
  }[] = [];
  /** By class: classes with one number lead into the same removed states. */
  private readonly kindOf: readonly number[];
  private readonly classOfKind: readonly number[];

  constructor(from: Automaton, removed: Automaton) {
    this.from = from;
    this.removed = removed;
    const kinds = new Map<string, number>();
    const firsts: number[] = [];
    const classCount = from.labels[0]?.length ?? 0;
    this.kindOf = Array.from({ length: classCount }, (_, one) => {
      const key = removed.labels.map((label) => label[one]).join('');
      const kind = kinds.get(key) ?? kinds.size;
      if (kind === kinds.size) firsts.push(one);
      kinds.set(key, kind);
      return kind;
    });
    this.classOfKind = firsts;
  }

  result(): Automaton {
    this.reach(undefined, this.from.starts, this.removed.starts);
    for (let next = this.open.pop(); next !== undefined; next = this.open.pop()) {
      const gone = next.gone.flatMap((state) => this.removed.follows[state]);
      this.reach(next.state, this.from.follows[next.place], gone);
    }
    return trimmed(this.builder);
  }

  /** @param gone removed states that may be entered. */
  private reach(state: number | undefined, places: readonly number[], gone: States): void {
    const targets = this.classOfKind.map((one) => {
      const entered = gone.filter((other) => this.removed.labels[other][one] === 1);
      return [...new Set(entered)].sort((a, b) => a - b);
    });
    const keys = targets.map((list) => list.join(','));
    for (const place of new Set(places)) {
      for (const key of new Set(keys)) {
        const label = this.from.labels[place].map((isIn, one) =>
          isIn === 1 && keys[this.kindOf[one]] === key ? 1 : 0,
        );
        if (!label.includes(1)) continue;
        const to = this.stateOf(place, targets[keys.indexOf(key)], label);
        this.builder.link(state === undefined ? undefined : [state], to);
      }
    }
  }

  private stateOf(place: number, gone: States, label: ClassSet): number {
    const key = `${place}/${gone.join(',')}/${label.join('')}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const state = this.builder.state(label);
    this.known.set(key, state);
    const isGone = gone.some((other) => this.removed.accepts[other]);
    this.builder.accepts[state] = this.from.accepts[place] && !isGone;
    this.open.push({ state, place, gone });
    return state;
  }
}

type States = readonly number[];

/** Whether some sequence of values completes both. */
export function isOverlapping(a: Automaton, b: Automaton): boolean {
  const seen = new Set<string>();
  const open: (readonly [number, number])[] = [];
  const add = (ofA: readonly number[], ofB: readonly number[]): void => {
    for (const x of ofA) {
      for (const y of ofB) {
        const key = `${x} ${y}`;
        if (seen.has(key) || !a.labels[x].some((one, i) => one === 1 && b.labels[y][i] === 1)) {
          continue;
        }
        seen.add(key);
        open.push([x, y]);
      }
    }
  };
  add(a.starts, b.starts);
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [x, y] = pair;
    if (a.accepts[x] && b.accepts[y]) return true;
    add(a.follows[x], b.follows[y]);
  }
  return false;
}

/** Without states that no value leads into, or that lead to no completion. */
function trimmed(whole: Automaton): Automaton {
  const count = whole.labels.length;
  const isAlive = whole.labels.map((label) => label.includes(1));
  const before: number[][] = Array.from({ length: count }, () => []);
  whole.follows.forEach((list, state) => {
    if (isAlive[state]) for (const next of list) before[next].push(state);
  });
  const isUseful = new Uint8Array(count);
  const open = whole.accepts.flatMap((accepts, state) =>
    accepts && isAlive[state] ? [state] : [],
  );
  for (const state of open) isUseful[state] = 1;
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    for (const previous of before[state]) {
      if (isUseful[previous] === 1) continue;
      isUseful[previous] = 1;
      open.push(previous);
    }
  }
  const kept = whole.labels.flatMap((_, state) => (isUseful[state] === 1 ? [state] : []));
  const numberOf = new Map(kept.map((state, index) => [state, index]));
  const renumber = (list: readonly number[]): number[] => {
    return [...new Set(list)].flatMap((state) => numberOf.get(state) ?? []);
  };
  return {
    labels: kept.map((state) => whole.labels[state]),
    starts: renumber(whole.starts),
    follows: kept.map((state) => renumber(whole.follows[state])),
    accepts: kept.map((state) => whole.accepts[state]),
  };
}

/** As bits, for sampling. */
export function packed(whole: Automaton, classCount: number): PackedAutomaton {
  const stateCount = whole.labels.length;
  const wordCount = Math.max(1, Math.ceil(stateCount / WORD_BITS));
  const start = new Int32Array(wordCount);
  const accept = new Int32Array(wordCount);
  const follow = new Int32Array(stateCount * wordCount);
  const match = new Int32Array(classCount * wordCount);
  const set = (words: Int32Array, at: number, state: number): void => {
    assert(state < stateCount, 'a state is one of the automaton');
    words[at * wordCount + Math.floor(state / WORD_BITS)] |= 1 << (state % WORD_BITS);
  };
  for (const state of whole.starts) set(start, 0, state);
  whole.labels.forEach((label, state) => {
    if (whole.accepts[state]) set(accept, 0, state);
    for (const next of whole.follows[state]) set(follow, state, next);
    label.forEach((isIn, one) => {
      if (isIn === 1) set(match, one, state);
    });
  });
  return { wordCount, start, accept, follow, match };
}
