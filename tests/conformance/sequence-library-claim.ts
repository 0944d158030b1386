// What is claimed of sequence libraries: each way to select, registration, numbers. Source: IEEE 1800.2 clause 14.4; semantics §5.
import { expect } from 'vitest';
import { oneOf } from '#solver/domain';
import { rand } from '#solver/random-class';
import { SequenceLibrary, type LibrarySelection } from '#uvm/sequence-library';
import { runWords, texts, Word, Words } from '#tests/unit/uvm/word-testbench';
import type { Claim } from './claim.ts';

class A extends Words {
  override text = 'a';
}
class B extends Words {
  override text = 'b';
}
class C extends Words {
  override text = 'c';
}
class Library extends SequenceLibrary<Word, string> {
  override readonly typewideSequences = [A, B];
  override responseQueueErrorReportEnabled = false;
}
/** Chooses the last of the list, the one before it, and so on, and notes what it was asked. */
class Backwards extends Library {
  readonly asked: string[] = [];
  override selectSequence(count: number, n: number): number {
    this.asked.push(`${n} of ${count}`);
    return count - 1 - (n % count);
  }
}
const DIGITS = rand(Word, { text: oneOf('1', '2', '3', '4') });

interface Selection {
  readonly mode?: LibrarySelection;
  readonly library?: Library;
  readonly count?: number;
  readonly seed?: number;
}

/** First letters of what a library with A, B and C sends. */
function sent({ mode, library = new Library(), count, seed = 1 }: Selection): string {
  if (!library.sequences.includes(C)) library.addSequence(C);
  if (mode !== undefined) library.selectionMode = mode;
  if (count !== undefined) library.minRandomCount = library.maxRandomCount = count;
  const run = runWords((test) => library.start(test.sequencer), { seed });
  expect(run.isDone).toBe(true);
  return texts(run.trace)
    .map((text) => text[0])
    .join('');
}

const inThrees = (text: string): string[] => text.match(/.../g) ?? [];
const sorted = (text: string): string => text.split('').toSorted().join('');
const howMany = (text: string, letter: string): number => text.split(letter).length - 1;

/** RAND, which is the default: each equally likely, whatever came before. */
function verifyRand(): void {
  const text = sent({ count: 300 });
  expect(sent({ mode: 'RAND', count: 300 })).toBe(text);
  expect(sent({ count: 300, seed: 2 })).not.toBe(text);
  for (const letter of 'abc') expect(Math.abs(howMany(text, letter) - 100)).toBeLessThan(30);
  // Each letter comes after each.
  const pairs = text
    .split('')
    .slice(1)
    .map((letter, i) => text[i] + letter);
  expect(new Set(pairs).size).toBe(9);
  // 6 of 27 rounds have each letter once.
  const mixed = inThrees(text).filter((round) => sorted(round) === 'abc');
  expect(Math.abs(mixed.length - 22)).toBeLessThan(16);
}

/** RANDC: all, in a random order, before one comes again. */
function verifyRandc(): void {
  const library = new Library();
  const rounds = inThrees(sent({ mode: 'RANDC', library, count: 90 }));
  expect(rounds.map(sorted)).toEqual(Array.from({ length: 30 }, () => 'abc'));
  expect(new Set(rounds).size).toBe(6); // all orders
  expect(Object.fromEntries(library.startedCounts)).toEqual({ A: 30, B: 30, C: 30 });
  expect(sent({ mode: 'RANDC', count: 4 })).toMatch(/^[abc]{4}$/);
}

/** ITEM: random items, and no sequence. */
function verifyItem(): void {
  const library = new Library();
  library.itemProduct = DIGITS;
  const text = sent({ mode: 'ITEM', library, count: 40 });
  expect(text).toMatch(/^[1-4]{40}$/);
  expect(new Set(text).size).toBe(4);
  expect(library.startedCounts.size).toBe(0);
}

/** USER: what selectSequence says; without more said, in turn. */
function verifyUser(): void {
  expect(sent({ mode: 'USER', count: 5 })).toBe('abcab');
  const library = new Backwards();
  expect(sent({ mode: 'USER', library, count: 4 })).toBe('cbac');
  expect(library.asked).toEqual(['0 of 3', '1 of 3', '2 of 3', '3 of 3']);
}

/** For all of a class, for one, and taken out again. */
function verifyRegistration(): void {
  const one = new Library();
  one.addSequence(C, A);
  expect([one.sequences, new Library().sequences]).toEqual([
    [A, B, C],
    [A, B],
  ]);
  one.removeSequence(A);
  expect(sent({ mode: 'USER', library: one, count: 3 })).toBe('bcb');
  expect(new Library().sequences).toEqual([A, B]);
}

/** Between minimum and maximum, both of which are reached; ten when nothing is said. */
function verifyCount(): void {
  const lengths = new Set<number>();
  for (let seed = 1; seed <= 30; seed++) {
    const library = Object.assign(new Library(), { minRandomCount: 2, maxRandomCount: 4 });
    lengths.add(sent({ library, seed }).length);
  }
  expect(lengths).toEqual(new Set([2, 3, 4]));
  expect(sent({})).toHaveLength(10);
  expect(sent({ count: 0 })).toBe('');
}

export const LIBRARY_CLAIM: Claim = {
  id: 'SEM-5.24',
  feature:
    'sequence library: RAND, RANDC, ITEM, USER; typewide and instance registration; minimum and maximum',
  support: 'yes',
  verify: () => {
    verifyRand();
    verifyRandc();
    verifyItem();
    verifyUser();
    verifyRegistration();
    verifyCount();
  },
};
