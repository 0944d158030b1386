// Every location of every memory holds what was written to it, whatever is written to the others, and is the same from both
// doors. Source: IEEE 1800.2 annex E (uvm_mem_walk_seq, uvm_mem_access_seq).
import type { Process } from '#kernel/process';
import type { RegisterAttribute } from './register-attributes.ts';
import type { RegisterMap } from './register-map.ts';
import type { RegisterMemory } from './register-memory.ts';
import { RegisterTestSequence } from './register-test-sequence.ts';
import { andWord, maskWord, notWord, sameWord, wordOf, wordText, type Word } from './word.ts';

abstract class MemorySequence extends RegisterTestSequence {
  protected override readonly rule = 'memory';

  /** Compares what was read of location `index` (from 0) and counts it; breaks the rule `memory` when it differs. */
  protected compare(
    memory: RegisterMemory,
    index: number,
    { expected, seen }: { readonly expected: Word; readonly seen: Word },
  ): void {
    const { outcome: report } = this;
    report.checkedCount++;
    const isSame = memory.context.judge(this.rule, sameWord(expected, seen), () => ({
      subject: `${memory.fullPath}[${index}]`,
      expected: wordText(expected, memory.wordBits),
      seen: wordText(seen, memory.wordBits),
    }));
    if (!isSame) report.failedCount++;
  }

  /** Reads location `index` (from 0) by a map and compares it; an access that fails breaks the rule, too. */
  protected *readAndCompare(
    memory: RegisterMemory,
    index: number,
    { expected, map }: { readonly expected: Word; readonly map: RegisterMap },
  ): Process {
    const { status, word } = yield* memory.read(index, { map });
    if (this.isAnswered(memory, status, 'read'))
      this.compare(memory, index, { expected, seen: word });
  }

  /** Writes location `index` (from 0) by a map; an access that fails breaks the rule. */
  protected *writeAt(
    memory: RegisterMemory,
    index: number,
    { value, map }: { readonly value: Word; readonly map: RegisterMap },
  ): Process {
    const status = yield* memory.write(index, value, { map });
    this.isAnswered(memory, status, 'write');
  }
}

/** Walks through the addresses: each location gets its inverted number, and the one before it is read, and gets its number. */
export class MemoryWalkSequence extends MemorySequence {
  protected override readonly exclusions: readonly RegisterAttribute[] = [
    'NO_MEM_TESTS',
    'NO_MEM_WALK_TEST',
  ];

  /** Walks through each memory that can be read and written, by each of its maps. Breaks the rule `memory`. */
  override *body(): Process {
    for (const memory of this.memories()) {
      if (this.isExcluded(memory)) continue;
      if (memory.access !== 'RW') {
        this.skip(memory, `it is ${memory.access}`);
        continue;
      }
      for (const map of memory.allMaps) {
        yield* this.walk(memory, map);
        this.tested(memory, map);
      }
    }
  }

  private *walk(memory: RegisterMemory, map: RegisterMap): Process {
    const mask = maskWord(memory.wordBits);
    const numbered = (index: number): Word => andWord(wordOf(index), mask);
    const inverted = (index: number): Word => andWord(notWord(wordOf(index)), mask);
    for (let index = 0; index < memory.size; index++) {
      yield* this.writeAt(memory, index, { value: inverted(index), map });
      if (index === 0) continue;
      yield* this.readAndCompare(memory, index - 1, { expected: inverted(index - 1), map });
      yield* this.writeAt(memory, index - 1, { value: numbered(index - 1), map });
    }
    const last = memory.size - 1;
    yield* this.readAndCompare(memory, last, { expected: inverted(last), map });
    // What the standard's walk does not ask: whether a later write reached an earlier location.
    for (let index = 0; index < last; index++) {
      yield* this.readAndCompare(memory, index, { expected: numbered(index), map });
    }
  }
}

/** Front door against back door, location by location; memories without a back door are skipped. */
export class MemoryAccessSequence extends MemorySequence {
  protected override readonly exclusions: readonly RegisterAttribute[] = [
    'NO_MEM_TESTS',
    'NO_MEM_ACCESS_TEST',
  ];

  /**
   * Writes random values by the front door of each map and reads them by the back door, then the other way round.
   * Breaks the rule `memory`.
   */
  override *body(): Process {
    for (const memory of this.memories()) {
      if (this.isExcluded(memory)) continue;
      if (!memory.hasBackDoor) {
        this.skip(memory, 'it has no back door');
        continue;
      }
      for (const map of memory.allMaps) {
        yield* this.test(memory, map);
        this.tested(memory, map);
      }
    }
  }

  private *test(memory: RegisterMemory, map: RegisterMap): Process {
    const stream = this.stream('values');
    const mask = maskWord(memory.wordBits);
    for (let index = 0; index < memory.size; index++) {
      const value = andWord({ low: stream.uint32(), high: stream.uint32() }, mask);
      if (memory.access !== 'RO') {
        yield* this.writeAt(memory, index, { value, map });
        this.compare(memory, index, { expected: value, seen: memory.peek(index) });
      }
      if (memory.access === 'WO') continue;
      const other = andWord(notWord(value), mask);
      memory.poke(index, other);
      yield* this.readAndCompare(memory, index, { expected: other, map });
    }
  }
}
