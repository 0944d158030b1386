// Push sequencer and push driver: connection, order, responses, wrong use. Source: IEEE 1800.2 clauses 15.6, 15.8.
import { describe, expect, it } from 'vitest';
import type { Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay, fork, waitAll } from '#kernel/wait';
import { Agent, isActiveAgent } from '#uvm/agent';
import type { Component } from '#uvm/component';
import type { Phase } from '#uvm/phase';
import { PushDriver, PushSequencer } from '#uvm/push-driver';
import { SequenceItem } from '#uvm/sequence-item';
import { Sequence } from '#uvm/sequence';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';
import { errorOf } from './word-testbench.ts';

const trace: string[] = [];

class Parcel extends SequenceItem {
  text = '';
}
class Taker extends PushDriver<Parcel> {
  override *put(item: Parcel): Process {
    trace.push(`${item.text} @${this.kernel.nowPs / ns(1)}`);
    yield delay(ns(10));
    const reply = new Parcel();
    reply.setIdInfo(item);
    reply.text = `got ${item.text}`;
    this.responses.write(reply);
  }
}
class PushAgent extends Agent {
  readonly child = this.children({ sequencer: PushSequencer<Parcel>, driver: Taker });
}
class Parcels extends Sequence<Parcel> {
  text = 'p';
  override *body(): Process {
    for (const n of [1, 2]) {
      const item = this.create(Parcel);
      yield* this.startItem(item);
      item.text = `${this.text}${n}`;
      yield* this.finishItem(item);
      trace.push((yield* this.getResponse(item.transactionId)).text);
    }
  }
}
class PushTest extends Test {
  readonly child = this.children({ agent: PushAgent });
  override *runPhase(phase: Phase): Process {
    using _objection = phase.raiseObjection(this, 'parcels');
    const { sequencer } = this.child.agent.child;
    const a = yield* fork('a', this.start(Parcels, sequencer, { text: 'a' }));
    const b = yield* fork('b', this.start(Parcels, sequencer, { text: 'b' }));
    yield* waitAll(a, b);
  }
}

function run(prepare: (top: Testbench) => void = () => {}): Component {
  trace.length = 0;
  const top = new Testbench({ runSeed: 1 });
  prepare(top);
  const runner = new TestRunner(top, PushTest);
  runner.elaborate();
  runner.startRun();
  top.kernel.runUntil(ns(1000));
  return runner.test;
}

describe('push sequencer', () => {
  it('puts one item after the other; each is done when put returns', () => {
    run();
    expect(trace).toEqual([
      'a1 @0',
      'got a1',
      'b1 @10',
      'got b1',
      'a2 @20',
      'got a2',
      'b2 @30',
      'got b2',
    ]);
  });

  it('is left out, with its driver, by a passive agent', () => {
    const top = new Testbench({ runSeed: 1 });
    top.config.set('**', isActiveAgent, false);
    const runner = new TestRunner(top, PushTest);
    runner.elaborate();
    expect(runner.test.child.agent.childComponents).toEqual([]);
  });

  it('without driver, or with two, is refused', () => {
    class Lonely extends PushAgent {
      protected override childrenBuilt(): void {}
    }
    const error = errorOf(() => run(({ factory }) => factory.overrideType(PushAgent, Lonely)));
    expect(error.code).toBe('driver-unconnected');
    expect(error.message).toContain('the push sequencer has no driver');
    class Two extends PushAgent {
      override connectPhase(): void {
        const { driver, sequencer } = this.child;
        expect(sequencer.isConnected).toBe(true);
        sequencer.connectDriver(driver); // the same again: nothing
        sequencer.connectDriver({ *put() {} });
      }
    }
    const two = errorOf(() => run(({ factory }) => factory.overrideType(PushAgent, Two)));
    expect(two.code).toBe('driver-connected');
  });
});
