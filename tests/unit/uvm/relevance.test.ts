// isRelevant and waitForRelevant. Source: semantics §5.
import { describe, expect, it } from 'vitest';
import { SimEvent, type Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay, fork, waitAll } from '#kernel/wait';
import { errorOf, runWords, texts, Words } from './word-testbench.ts';

/** Wants to be passed over until `open`. */
class Shy extends Words {
  isOpen = false;
  asked = 0;
  readonly opened = new SimEvent('opened');
  override isRelevant(): boolean {
    this.asked++;
    return this.isOpen;
  }
  override *waitForRelevant(): Process {
    yield this.opened;
  }
  open(): void {
    this.isOpen = true;
    this.opened.trigger();
  }
}

function shy(): Shy {
  const one = new Shy();
  one.text = 'shy';
  return one;
}

describe('relevance', () => {
  it.each(['FIFO', 'RANDOM'] as const)('passes a sequence over: %s', (arbitration) => {
    const one = shy();
    const { trace, isDone } = runWords(
      function* (test) {
        const first = yield* fork('shy', one.start(test.sequencer));
        const other = yield* fork('other', test.start(Words, test.sequencer, { count: 2 }));
        yield* waitAll(other);
        expect(test.sequencer.hasDoAvailable).toBe(false);
        one.open();
        expect(test.sequencer.hasDoAvailable).toBe(true);
        yield* waitAll(first);
      },
      {
        elaborated: (test) => {
          test.sequencer.arbitration = arbitration;
        },
      },
    );
    expect(isDone).toBe(true);
    expect(texts(trace)).toEqual(['w1', 'w2', 'shy1']);
  });

  it('with nothing relevant the sequencer waits, for relevance or for another request', () => {
    const one = shy();
    const { trace } = runWords(function* (test) {
      const first = yield* fork('shy', one.start(test.sequencer));
      yield delay(ns(30));
      yield* test.start(Words, test.sequencer);
      yield delay(ns(30));
      one.open();
      yield* waitAll(first);
    });
    expect(trace).toEqual(['w1 @30', 'shy1 @70']);
  });

  it('a hang says that a request is not relevant', () => {
    const { hang } = runWords((test) => shy().start(test.sequencer));
    expect(hang).toContain('test.agent.sequencer: Word of Shy waits for a grant, not relevant');
    expect(hang).toContain("test.agent.sequencer.Shy.waitForRelevant: waits for event 'opened'");
  });

  it('isRelevant without waitForRelevant is fatal: RELMSM', () => {
    class Half extends Words {
      override isRelevant(): boolean {
        return false;
      }
    }
    const error = errorOf(() => runWords((test) => test.start(Half, test.sequencer)));
    expect(error.code).toBe('RELMSM');
    expect(error.message).toContain('sequence Half has isRelevant, and no waitForRelevant');
  });

  it('a waitForRelevant that ends at once without a change is fatal: SEQRELEVANTLOOP', () => {
    class Restless extends Shy {
      override *waitForRelevant(): Process {}
    }
    const error = errorOf(() => runWords((test) => test.start(Restless, test.sequencer)));
    expect(error.code).toBe('SEQRELEVANTLOOP');
    expect(error.message).toContain('waitForRelevant ended 11 times at one simulated time');
  });

  it('one that takes time may end in vain as often as it likes', () => {
    class Patient extends Shy {
      override isRelevant(): boolean {
        return ++this.asked > 100;
      }
      override *waitForRelevant(): Process {
        yield delay(ns(1));
      }
    }
    const { isDone } = runWords((test) => test.start(Patient, test.sequencer));
    expect(isDone).toBe(true);
  });
});
