// Items through the factory, streams of items and operations, virtual sequences, what a sequencer says of itself.
import { describe, expect, it } from 'vitest';
import { SimEvent, type Process } from '#kernel/process';
import { ns, us } from '#kernel/time';
import { delay } from '#kernel/wait';
import { span } from '#solver/domain';
import type { RandomStream } from '#random/random-stream';
import { Agent } from '#uvm/agent';
import { Driver } from '#uvm/driver';
import { operation } from '#uvm/operation';
import type { Phase } from '#uvm/phase';
import { SEQUENCE_DEPTH_MAX } from '#uvm/sequence-base';
import { SequenceItem, type ItemDefinition } from '#uvm/sequence-item';
import { Sequence } from '#uvm/sequence';
import { Sequencer } from '#uvm/sequencer';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';
import { VirtualSequence, VirtualSequencer } from '#uvm/virtual-sequence';

const log: string[] = [];

class Letter extends SequenceItem {
  text = 'letter';
}
class Parcel extends Letter {
  override text = 'parcel';
}
class Postman extends Driver<Letter> {
  override *runPhase(): Process {
    for (;;) {
      const { text } = yield* this.getNextItem();
      log.push(`${this.parent?.name} ${text} @${this.kernel.nowPs}`);
      yield delay(ns(1));
      this.itemDone();
    }
  }
}
class Office extends Agent {
  readonly child = this.children({ sequencer: Sequencer<Letter>, driver: Postman });
}
class Hub extends VirtualSequencer {
  north: Sequencer<Letter> | undefined;
  south: Sequencer<Letter> | undefined;
}
class Post extends Test {
  readonly child = this.children({ north: Office, south: Office, hub: Hub });
  script: (test: Post) => Process = function* () {};
  override connectPhase(): void {
    const { hub, north, south } = this.child;
    hub.north = north.child.sequencer;
    hub.south = south.child.sequencer;
  }
  override *runPhase(phase: Phase): Process {
    using _objection = phase.raiseObjection(this, 'post');
    yield* this.script(this);
  }
}
class Send extends Sequence<Letter> {
  override *body(): Process {
    const item = this.create(Letter);
    yield* this.startItem(item);
    yield* this.finishItem(item);
  }
}

function run(
  script: (test: Post) => Process,
  prepare: (top: Testbench) => void = () => {},
): TestRunner<Post> {
  log.length = 0;
  const top = new Testbench({ runSeed: 1 });
  prepare(top);
  const runner = new TestRunner(top, Post);
  runner.elaborate().script = script;
  runner.startRun();
  top.kernel.runUntil(us(10));
  return runner;
}

describe('factory', () => {
  class SendTwice extends Send {
    override *body(): Process {
      yield* super.body();
      yield* super.body();
    }
  }
  const both = function* (test: Post): Process {
    yield* test.start(Send, test.child.north.child.sequencer);
    yield* test.start(Send, test.child.south.child.sequencer);
  };

  it('replaces items and sequences, by type and below one sequencer', () => {
    run(both, ({ factory }) => {
      factory.overrideType(Letter, Parcel);
      factory.overrideInstance('**.north.sequencer.*', Send, SendTwice);
    });
    expect(log).toEqual(['north parcel @0', 'north parcel @1000', 'south parcel @2000']);
  });

  it('replaces items below one sequence', () => {
    run(both, ({ factory }) => factory.overrideInstance('**.south.**.Letter', Letter, Parcel));
    expect(log).toEqual(['north letter @0', 'south parcel @1000']);
  });
});

describe('streams of items', () => {
  const drawn: string[] = [];
  const definition: ItemDefinition<Letter> = {
    name: 'Letter',
    create(stream: RandomStream) {
      drawn.push(`${stream.key.split('\0').slice(1).join('|')}: ${stream.uint32()}`);
      return new Letter();
    },
  };
  class Draw extends Sequence<Letter> {
    override *body(): Process {
      this.create(definition);
      this.create(definition);
      drawn.push(`own ${this.stream('own').key.split('\0').slice(1).join('|')}`);
    }
  }

  it('are those of the sequencer, one for all sequences', () => {
    drawn.length = 0;
    run(function* (test) {
      yield* test.start(Draw, test.child.north.child.sequencer);
      yield* test.start(Draw, test.child.north.child.sequencer);
    });
    const items = drawn.filter((line) => !line.startsWith('own'));
    expect(items.every((line) => line.startsWith('test.north.sequencer|items Letter|0'))).toBe(
      true,
    );
    expect(new Set(items).size).toBe(4);
    expect(drawn.filter((line) => line.startsWith('own'))).toEqual([
      'own test.north.sequencer.Draw|own|0',
      'own test.north.sequencer.Draw|own|1',
    ]);
  });

  it('are those of the operation they serve', () => {
    drawn.length = 0;
    const draw = operation<Post>()(
      'draw',
      { unused: span(0, 1) },
      {
        *run(_args, test) {
          yield* test.start(Draw, test.child.north.child.sequencer);
        },
      },
    );
    run(function* (test) {
      yield* test.play({ draw }, { on: test, lane: 'a', count: 2 });
    });
    expect(drawn.map((line) => line.split(':')[0])).toEqual([
      'lane a|0 Letter|0',
      'lane a|0 Letter|0',
      'own lane a|0 Draw.own|0',
      'lane a|1 Letter|0',
      'lane a|1 Letter|0',
      'own lane a|1 Draw.own|0',
    ]);
  });
});

describe('virtual sequences', () => {
  class Both extends VirtualSequence<Hub> {
    rounds = 1;
    override *body(): Process {
      const { north, south } = this.sequencer;
      for (let n = 0; n < this.rounds; n++) {
        if (north !== undefined) yield* this.startChild(Send, north);
        if (south !== undefined) yield* this.startChild(Send, south);
      }
    }
  }

  it('run sequences on several sequencers', () => {
    run(function* (test) {
      yield* test.start(Both, test.child.hub, { rounds: 2 });
    });
    expect(log.map((line) => line.split(' ')[0])).toEqual(['north', 'south', 'north', 'south']);
  });

  it('play operations', () => {
    const send = operation<Hub>()(
      'send',
      {},
      {
        *run(_args, hub) {
          if (hub.north !== undefined) yield* hub.start(Send, hub.north);
        },
      },
    );
    class Playing extends VirtualSequence<Hub> {
      override *body(): Process {
        yield* this.play({ send }, { on: this.sequencer, lane: 'post', count: 3 });
      }
    }
    const runner = run(function* (test) {
      yield* test.start(Playing, test.child.hub);
    });
    expect(log).toHaveLength(3);
    expect(runner.test.testbench.operations.count).toBe(3);
  });

  it('know their state and path, before and after', () => {
    const both = new Both();
    expect(both.state).toBe('created');
    expect(() => both.sequencer).toThrow('sequence Both runs on no sequencer yet');
    run(function* (test) {
      yield* both.start(test.child.hub);
    });
    expect([both.state, both.fullPath]).toEqual(['finished', 'test.hub.Both']);
  });

  it('do not nest without end', () => {
    class Endless extends VirtualSequence<Hub> {
      override *body(): Process {
        yield* this.startChild(Endless, this.sequencer);
      }
    }
    const start = (): unknown =>
      run(function* (test) {
        yield* test.start(Endless, test.child.hub);
      });
    expect(start).toThrow(`sequences nest deeper than ${SEQUENCE_DEPTH_MAX}`);
  });
});

describe('a hang at a sequencer', () => {
  it('says which item is where', () => {
    class Stuck extends Send {
      override *body(): Process {
        const item = this.create(Letter);
        yield* this.startItem(item);
        yield new SimEvent('a decision');
      }
    }
    const runner = run(function* (test) {
      const { sequencer } = test.child.north.child;
      test.fork('stuck', test.start(Stuck, sequencer));
      test.fork('next', test.start(Send, sequencer));
      yield new SimEvent('never');
    });
    expect(runner.isRunDone).toBe(false);
    const lines = runner.explainHang();
    expect(lines).toContain(
      'test.north.sequencer: Letter of Stuck is granted and has not been sent',
    );
    expect(lines).toContain('test.north.sequencer: Letter of Send waits for a grant');
    expect(lines).toContain("test.stuck: waits for event 'a decision'");
    expect(lines.filter((line) => line.startsWith('test.south.sequencer'))).toEqual([]);
  });
});
