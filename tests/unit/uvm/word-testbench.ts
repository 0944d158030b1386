// A small testbench for the tests of sequencer and sequences: words go to a driver that notes what it drives and when.
import type { UsageError } from '#base/assert';
import type { Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay } from '#kernel/wait';
import { Agent } from '#uvm/agent';
import { configKey } from '#uvm/config-db';
import { Driver } from '#uvm/driver';
import type { Phase } from '#uvm/phase';
import { SequenceItem } from '#uvm/sequence-item';
import { Sequence } from '#uvm/sequence';
import { Sequencer } from '#uvm/sequencer';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';

export class Word extends SequenceItem {
  text = '';
}

/** What happened, in order. */
export const traceKey = configKey<string[]>('trace');

/** Drives a word in 10 ns, and answers with the word in capitals. */
export class WordDriver extends Driver<Word, string> {
  note(text: string): void {
    this.config.get(traceKey).push(text);
  }

  override *runPhase(): Process {
    for (;;) {
      const { text } = yield* this.getNextItem();
      this.note(`${text} @${this.kernel.nowPs / ns(1)}`);
      yield delay(ns(10));
      this.itemDone(text.toUpperCase());
    }
  }
}

export class WordAgent extends Agent {
  readonly child = this.children({ sequencer: Sequencer<Word, string>, driver: WordDriver });
}

/** Sends `count` words: its name and their number. */
export class Words extends Sequence<Word, string> {
  text = 'w';
  count = 1;
  itemPriority = -1;
  /** Between startItem and finishItem, and after it. */
  gapPs = 0;
  pausePs = 0;
  override responseQueueErrorReportEnabled = false;

  override *body(): Process {
    for (let n = 1; n <= this.count; n++) {
      const item = new Word();
      yield* this.startItem(item, this.itemPriority);
      item.text = `${this.text}${n}`;
      if (this.gapPs > 0) yield delay(this.gapPs);
      yield* this.finishItem(item);
      if (this.pausePs > 0) yield delay(this.pausePs);
    }
  }
}

export type Scenario = (test: WordTest, trace: string[]) => Process;

export class WordTest extends Test {
  readonly child = this.children({ agent: WordAgent });
  scenario: Scenario | undefined = undefined;

  get sequencer(): Sequencer<Word, string> {
    return this.child.agent.child.sequencer;
  }

  override *runPhase(phase: Phase): Process {
    using _objection = phase.raiseObjection(this, 'scenario');
    if (this.scenario !== undefined) yield* this.scenario(this, this.config.get(traceKey));
  }
}

export interface WordRun {
  readonly testbench: Testbench;
  readonly test: WordTest;
  readonly trace: string[];
  /** Whether the scenario came to its end. */
  readonly isDone: boolean;
  readonly hang: readonly string[];
}

export interface WordOptions {
  /** Before elaboration: overrides, configuration. */
  readonly prepare?: (testbench: Testbench) => void;
  /** After elaboration: the sequencer's arbitration. */
  readonly elaborated?: (test: WordTest) => void;
  readonly seed?: number;
}

/** Runs a scenario, for at most 100 us. */
export function runWords(scenario: Scenario, options: WordOptions = {}): WordRun {
  const testbench = new Testbench({ runSeed: options.seed ?? 1 });
  const trace: string[] = [];
  testbench.config.set('**', traceKey, trace);
  options.prepare?.(testbench);
  const runner = new TestRunner(testbench, WordTest);
  const test = runner.elaborate();
  test.scenario = scenario;
  options.elaborated?.(test);
  runner.startRun();
  testbench.kernel.runUntil(ns(100_000));
  const isDone = runner.isRunDone;
  const hang = isDone ? [] : runner.explainHang();
  if (isDone) runner.finish();
  else runner.endRun();
  return { testbench, test, trace, isDone, hang };
}

/** The usage error that ended a run, or what else was thrown. */
export function errorOf(action: () => unknown): UsageError {
  try {
    action();
  } catch (error) {
    return ((error as Error).cause ?? error) as UsageError;
  }
  throw new Error('nothing was thrown');
}

/** The texts driven, without times. */
export function texts(trace: readonly string[]): string[] {
  return trace.map((line) => line.split(' ')[0]);
}
