// Sequence libraries: what they choose from, how, how often; wrong use. Source: IEEE 1800.2 clause 14.4.
import { describe, expect, it } from 'vitest';
import type { Process } from '#kernel/process';
import { oneOf } from '#solver/domain';
import { rand } from '#solver/random-class';
import {
  SequenceLibrary,
  sequenceLibraryConfig,
  type LibrarySelection,
  type SequenceLibraryConfig,
} from '#uvm/sequence-library';
import { errorOf, runWords, texts, Word, Words } from './word-testbench.ts';

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

type Args = SequenceLibraryConfig;

/** First letters of what was sent. */
function sent(args: Args, library = new Library(), seed = 1): string {
  Object.assign(library, args);
  const { trace, isDone } = runWords((test) => library.start(test.sequencer), { seed });
  expect(isDone).toBe(true);
  return texts(trace)
    .map((text) => text[0])
    .join('');
}
const times = (count: number, selectionMode: LibrarySelection = 'RAND'): Args => ({
  selectionMode,
  minRandomCount: count,
  maxRandomCount: count,
});

describe('selection', () => {
  it('RAND takes any, about equally often, the same again for the same seed', () => {
    const once = sent(times(60));
    expect(once).toHaveLength(60);
    const count = once.split('a').length - 1;
    expect(Math.abs(count - 30)).toBeLessThan(14);
    expect(sent(times(60))).toBe(once);
    expect(sent(times(60), new Library(), 2)).not.toBe(once);
  });

  it('RANDC takes all before it takes one again', () => {
    const library = new Library();
    library.addSequence(C);
    const rounds = sent(times(9, 'RANDC'), library).match(/.../g) ?? [];
    expect(rounds.map((round) => round.split('').toSorted().join(''))).toEqual([
      'abc',
      'abc',
      'abc',
    ]);
    expect(Object.fromEntries(library.startedCounts)).toEqual({ A: 3, B: 3, C: 3 });
  });

  it('USER takes what selectSequence says, in turn by default', () => {
    expect(sent(times(4, 'USER'))).toBe('abab');
    class Backwards extends Library {
      override selectSequence(count: number, n: number): number {
        return count - 1 - (n % count);
      }
    }
    expect(sent(times(3, 'USER'), new Backwards())).toBe('bab');
  });

  it('ITEM sends random items instead of sequences', () => {
    const product = rand(Word, { text: oneOf('1', '2', '3', '4', '5', '6', '7', '8', '9') });
    const library = new Library();
    library.itemProduct = product;
    const digits = sent(times(20, 'ITEM'), library);
    expect(digits).toMatch(/^[1-9]{20}$/);
    expect(new Set(digits).size).toBeGreaterThan(3);
  });

  it('runs a random number of sequences, from min to max', () => {
    const counts = new Set<number>();
    for (let seed = 1; seed <= 30; seed++) {
      counts.add(sent({ minRandomCount: 2, maxRandomCount: 4 }, new Library(), seed).length);
    }
    expect([...counts].toSorted((a, b) => a - b)).toEqual([2, 3, 4]);
    expect(sent({})).toHaveLength(10);
  });

  it('is overruled by configuration', () => {
    const library = new Library();
    const { trace } = runWords((test) => library.start(test.sequencer), {
      prepare: ({ config }) => config.set('**.sequencer', sequenceLibraryConfig, times(3, 'USER')),
    });
    expect(texts(trace)).toEqual(['a1', 'b1', 'a1']);
  });
});

describe('registration', () => {
  it('is for all of a class, or for one library', () => {
    const one = new Library();
    one.addSequence(C, A);
    expect(one.sequences).toEqual([A, B, C]);
    expect(new Library().sequences).toEqual([A, B]);
    one.removeSequence(A);
    expect(one.sequences).toEqual([B, C]);
    one.addSequence(A);
    expect(one.sequences).toEqual([A, B, C]);
  });

  it('children are made by the factory, and are children', () => {
    class Replaced extends A {
      override text = 'r';
      override *body(): Process {
        expect(this.parentSequence?.name).toBe('Library');
        yield* super.body();
      }
    }
    const library = new Library();
    Object.assign(library, times(2, 'USER'));
    const { trace } = runWords((test) => library.start(test.sequencer), {
      prepare: ({ factory }) => factory.overrideType(A, Replaced),
    });
    expect(texts(trace)).toEqual(['r1', 'b1']);
  });
});

describe('wrong use', () => {
  class Wild extends Library {
    override selectSequence(count: number): number {
      return count;
    }
  }
  class Empty extends SequenceLibrary<Word, string> {}
  const codeOf = (args: object, library: SequenceLibrary<Word, string> = new Library()) => {
    Object.assign(library, args);
    const error = errorOf(() => runWords((test) => library.start(test.sequencer)));
    return `${error.code}: ${error.message.split(' [')[0]}`;
  };

  it.each([
    [
      { selectionMode: 'RANDD' },
      "unknown-selection: there is no selection 'RANDD' (did you mean 'RAND'?)",
    ],
    [{ minRandomCount: 11 }, 'bad-library-count: a library runs 11 to 10 sequences, not 0 <= min'],
    [{ minRandomCount: -1 }, 'bad-library-count: a library runs -1 to 10 sequences'],
    [{ maxRandomCount: 2e6 }, 'bad-library-count: a library runs 10 to 2000000 sequences'],
    [{ selectionMode: 'ITEM' }, 'library-without-item: selection ITEM needs an itemProduct'],
  ])('%o is refused', (args, expected) => {
    expect(codeOf(args)).toContain(expected);
  });

  it('a library without sequences, an index that is none, and removing what is not there', () => {
    expect(codeOf({}, new Empty())).toBe('library-empty: the library has no sequences');
    expect(codeOf({ selectionMode: 'USER' }, new Wild())).toBe(
      'bad-selection: selectSequence returned 2, not 0..1',
    );
    class Ax extends Words {}
    const error = errorOf(() => new Library().removeSequence(Ax));
    expect(error.message).toBe("Library has no sequence Ax (did you mean 'A'?)");
  });
});
