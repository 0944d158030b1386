// Responses: by id, bounded, by handler, to sequences that have ended. Source: semantics §5.
import { describe, expect, it } from 'vitest';
import { Queue } from '#base/queue';
import type { Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay, fork, waitAll } from '#kernel/wait';
import { Agent } from '#uvm/agent';
import { Driver } from '#uvm/driver';
import type { Phase } from '#uvm/phase';
import { AnalysisPort } from '#uvm/ports';
import { ResponseQueue } from '#uvm/response-queue';
import { Sequence } from '#uvm/sequence';
import { Sequencer } from '#uvm/sequencer';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';
import { errorOf, runWords, Word, WordDriver, Words } from './word-testbench.ts';

describe('response queue', () => {
  it('gives the oldest, or the oldest of an id', () => {
    const queue = new ResponseQueue<string>();
    for (const [text, id] of [
      ['a', 1],
      ['b', 2],
      ['c', 1],
    ] as const) {
      expect(queue.put(text, id)).toBe(true);
    }
    expect([queue.has(2), queue.has(3), queue.has(-1)]).toEqual([true, false, true]);
    expect([queue.take(2), queue.take(3), queue.take(-1), queue.take(1)]).toEqual([
      'b',
      undefined,
      'a',
      'c',
    ]);
    expect(queue.length).toBe(0);
  });

  it('is 8 deep, deeper when told, unbounded with -1', () => {
    const filled = (depth?: number): number => {
      const queue = new ResponseQueue<number>();
      if (depth !== undefined) queue.depth = depth;
      for (let n = 0; n < 20; n++) queue.put(n, n);
      return queue.length;
    };
    expect([filled(), filled(3), filled(-1)]).toEqual([8, 3, 20]);
  });
});

/** Answers late and in the other order: takes two items, then answers the second first. */
class Swapping extends WordDriver {
  override *runPhase(): Process {
    for (;;) {
      const first = yield* this.get();
      const second = yield* this.get();
      yield delay(ns(10));
      this.putResponse(`answer to ${second.text}`, second);
      yield delay(ns(10));
      this.putResponse(`answer to ${first.text}`, first);
    }
  }
}
const swapping = {
  prepare: ({ factory }: Testbench) => factory.overrideType(WordDriver, Swapping),
};

describe('getResponse', () => {
  it('by id waits for the response to that item', () => {
    const got: string[] = [];
    class Asks extends Words {
      override count = 2;
      override *body(): Process {
        yield* super.body();
        got.push(`${yield* this.getResponse(0)} @${this.kernel.nowPs}`);
        got.push(`${yield* this.getResponse(1)} @${this.kernel.nowPs}`);
      }
    }
    runWords((test) => test.start(Asks, test.sequencer), swapping);
    expect(got).toEqual(['answer to w1 @20000', 'answer to w2 @20000']);
  });

  it('without id takes them as they come', () => {
    const got: string[] = [];
    class Asks extends Words {
      override count = 2;
      override *body(): Process {
        yield* super.body();
        got.push(yield* this.getResponse(), yield* this.getResponse());
      }
    }
    runWords((test) => test.start(Asks, test.sequencer), swapping);
    expect(got).toEqual(['answer to w2', 'answer to w1']);
  });

  it('goes to the sequence that sent the item', () => {
    const got: string[] = [];
    class Asks extends Words {
      override *body(): Process {
        yield* super.body();
        got.push(`${this.text}: ${yield* this.getResponse()}`);
      }
    }
    runWords(function* (test) {
      const a = yield* fork('a', test.start(Asks, test.sequencer, { text: 'a' }));
      const b = yield* fork('b', test.start(Asks, test.sequencer, { text: 'b' }));
      yield* waitAll(a, b);
    }, swapping);
    expect(got).toEqual(['b: answer to b1', 'a: answer to a1']);
  });

  it('a new run of a sequence does not see the responses of an earlier one', () => {
    const words = new Words();
    const left: number[] = [];
    class Asks extends Words {
      override *body(): Process {
        yield* super.body();
        const waiting = yield* fork('response', this.getResponse());
        yield* waitAll(waiting);
        left.push(1);
      }
    }
    const asks = new Asks();
    runWords(function* (test) {
      yield* words.start(test.sequencer);
      yield* words.start(test.sequencer);
      yield* asks.start(test.sequencer);
      yield* asks.start(test.sequencer);
    });
    expect(left).toEqual([1, 1]);
  });
});

describe('ids', () => {
  it('are given when an item is sent, unless they are set before', () => {
    class Numbered extends Words {
      override *body(): Process {
        const items = [new Word(), new Word(), new Word()];
        items[1].transactionId = 77;
        expect(items[0].sequenceId).toBe(-1);
        for (const item of items) {
          yield* this.startItem(item);
          yield* this.finishItem(item);
        }
        expect(items.map((item) => item.transactionId)).toEqual([0, 77, 1]);
        expect(items.map((item) => item.sequenceId)).toEqual([1, 1, 1]);
        expect(this.sequenceId).toBe(1);
      }
    }
    const { isDone } = runWords(function* (test) {
      yield* test.start(Words, test.sequencer);
      yield* test.start(Numbered, test.sequencer);
    });
    expect(isDone).toBe(true);
  });

  it('of a response item are those of its request: setIdInfo', () => {
    class Reply extends Word {}
    class Replying extends Driver<Word, Reply> {
      readonly port = new AnalysisPort<Reply>('replies');
      override *runPhase(): Process {
        for (;;) {
          const item = yield* this.get();
          const reply = new Reply();
          reply.text = `re ${item.text}`;
          reply.setIdInfo(item);
          if (item.text === 'w1') this.putResponse(reply);
          else this.port.write(reply);
        }
      }
    }
    class ReplyAgent extends Agent {
      readonly child = this.children({ sequencer: Sequencer<Word, Reply>, driver: Replying });
      override connectPhase(): void {
        this.child.driver.port.connect(this.child.sequencer.responseExport);
      }
    }
    const got: string[] = [];
    class Asks extends Sequence<Word, Reply> {
      override *body(): Process {
        for (const text of ['w1', 'w2']) {
          const item = new Word();
          yield* this.startItem(item);
          item.text = text;
          yield* this.finishItem(item);
          const reply = yield* this.getResponse(item.transactionId);
          got.push(`${reply.text} ${reply.sequenceId} ${reply.transactionId}`);
        }
      }
    }
    class ReplyTest extends Test {
      readonly child = this.children({ agent: ReplyAgent });
      override *runPhase(phase: Phase): Process {
        using _objection = phase.raiseObjection(this, 'replies');
        yield* this.start(Asks, this.child.agent.child.sequencer);
      }
    }
    const testbench = new Testbench({ runSeed: 1 });
    const runner = new TestRunner(testbench, ReplyTest);
    runner.elaborate();
    runner.startRun();
    testbench.kernel.runUntil(10);
    expect(got).toEqual(['re w1 0 0', 're w2 0 1']);
  });
});

describe('responses that nobody fetches', () => {
  class Loud extends Words {
    override count = 10;
    override responseQueueErrorReportEnabled = true;
  }

  it('beyond the depth are dropped, each with error SEQRSPOVF', () => {
    const { testbench } = runWords((test) => test.start(Loud, test.sequencer));
    expect(testbench.reports.countOfId('SEQRSPOVF')).toBe(2);
    expect(testbench.reports.messages.at(-1)?.text).toBe('response queue overflow (8): dropped');
  });

  it('are dropped silently when the report is switched off', () => {
    const args = { responseQueueErrorReportEnabled: false };
    const { testbench } = runWords((test) => test.start(Loud, test.sequencer, args));
    expect(testbench.reports.count('error')).toBe(0);
  });

  it('are all kept with depth -1', () => {
    class Keeps extends Loud {
      override *body(): Process {
        yield* super.body();
        for (let n = 1; n <= 10; n++) expect(yield* this.getResponse()).toBe(`W${n}`);
      }
    }
    const { isDone } = runWords((test) =>
      test.start(Keeps, test.sequencer, { responseQueueDepth: -1 }),
    );
    expect(isDone).toBe(true);
  });

  it('go to the response handler when one is used', () => {
    const got = new Queue<string>();
    class Handles extends Loud {
      override responseHandler(response: string): void {
        got.push(response);
      }
      override *preBody(): Process {
        this.useResponseHandler();
      }
    }
    const { testbench } = runWords((test) => test.start(Handles, test.sequencer));
    expect(got.length).toBe(10);
    expect(testbench.reports.count('error')).toBe(0);
    const off = new Handles();
    off.useResponseHandler(false);
    expect(() => off.responseHandler('direct')).not.toThrow();
  });

  it('to a sequence that has ended are dropped with a warning', () => {
    const { testbench } = runWords(function* (test) {
      yield* test.start(Words, test.sequencer, { count: 2 });
      yield delay(ns(50));
    }, swapping);
    expect(testbench.reports.countOfId('SQRPUT')).toBe(2);
    expect(testbench.reports.messages[0].text).toBe(
      'sequence Words has ended; a response to it is dropped',
    );
  });

  it('that do not say whom they answer are refused', () => {
    class Vague extends WordDriver {
      override *runPhase(): Process {
        yield* this.get();
        this.putResponse('to whom?');
      }
    }
    const error = errorOf(() =>
      runWords((test) => test.start(Words, test.sequencer), {
        prepare: ({ factory }) => factory.overrideType(WordDriver, Vague),
      }),
    );
    expect(error.code).toBe('response-without-id');
    expect(error.message).toContain('a response does not say which item it answers');
  });
});
