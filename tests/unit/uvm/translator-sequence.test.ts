// Layered sequences: upper items become lower ones. Source: semantics §5.
import { describe, expect, it } from 'vitest';
import type { Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay, fork, waitAll } from '#kernel/wait';
import type { Phase } from '#uvm/phase';
import { Sequence } from '#uvm/sequence';
import { SequenceItem } from '#uvm/sequence-item';
import { Sequencer } from '#uvm/sequencer';
import { TranslatorSequence } from '#uvm/translator-sequence';
import { errorOf, runWords, texts, Word, WordTest } from './word-testbench.ts';

class Sentence extends SequenceItem {
  words: readonly string[] = [];
}
class Spell extends TranslatorSequence<Sentence, Word, number, string> {
  override *translate({ words }: Sentence): Process<number> {
    for (const text of words) {
      const item = this.create(Word);
      yield* this.startItem(item);
      item.text = text;
      yield* this.finishItem(item);
      yield* this.getResponse();
    }
    return words.length;
  }
}
class Speech extends Sequence<Sentence, number> {
  sentences: readonly string[] = [];
  override *body(): Process {
    for (const text of this.sentences) {
      const item = new Sentence();
      yield* this.startItem(item);
      item.words = text.split(' ');
      yield* this.finishItem(item);
      expect(yield* this.getResponse()).toBe(item.words.length);
    }
  }
}
class LayeredTest extends WordTest {
  readonly upper = this.children({ sequencer: Sequencer<Sentence, number> });
  override *runPhase(phase: Phase): Process {
    const { sequencer: upper } = this.upper;
    yield* fork('layer', this.start(Spell, this.sequencer, { upper }));
    yield* super.runPhase(phase);
  }
}
const layered = {
  prepare: ({ factory }: { factory: { overrideType(a: object, b: object): void } }) =>
    factory.overrideType(WordTest, LayeredTest),
};
const upperOf = (test: WordTest) => (test as LayeredTest).upper.sequencer;

describe('a translator', () => {
  it('turns each upper item into lower ones, with a response to the upper sequence', () => {
    const { trace, isDone } = runWords(function* (test) {
      const one = { sentences: ['a b', 'c'] };
      const two = { sentences: ['x y z'] };
      const first = yield* fork('one', test.start(Speech, upperOf(test), one));
      const second = yield* fork('two', test.start(Speech, upperOf(test), two));
      yield* waitAll(first, second);
    }, layered);
    expect(isDone).toBe(true);
    expect(texts(trace)).toEqual(['a', 'b', 'x', 'y', 'z', 'c']);
  });

  it('that is killed gives the upper item back, and another one may take over', () => {
    const { trace, isDone } = runWords(function* (test) {
      const upper = upperOf(test);
      const [spell] = test.sequencer.sequences;
      yield* fork('again', later(test, spell.kill.bind(spell)));
      class NoCheck extends Speech {
        override *body(): Process {
          for (const text of this.sentences) {
            const item = new Sentence();
            yield* this.startItem(item);
            item.words = [text];
            yield* this.finishItem(item);
          }
        }
      }
      yield* test.start(NoCheck, upper, { sentences: ['a', 'b', 'c'] });
    }, layered);
    expect(isDone).toBe(true);
    expect(texts(trace)).toEqual(['a', 'b', 'c']);
  });

  it('wants to be told its upper sequencer', () => {
    const error = errorOf(() => runWords((test) => test.start(Spell, test.sequencer)));
    expect(error.code).toBe('no-upper-sequencer');
    expect(error.message).toContain('Spell has no upper sequencer');
  });
});

function* later(test: WordTest, kill: () => void): Process {
  yield delay(ns(15)); // with 'b' in hand
  kill();
  yield* test.start(Spell, test.sequencer, { upper: upperOf(test) });
}
