// What sequences of items and virtual sequences share: life cycle, hooks, parents. Source:
// semantics §5.
//
// Start order: preStart, preBody*, parent's preDo(false) and midDo, body, parent's postDo,
// postBody*, postStart (* only when the sequence is started with callPrePost).
import { UsageError } from '#base/assert';
import type { Kernel } from '#kernel/kernel';
import type { Process, ProcessHandle } from '#kernel/process';
import type { RandomStream } from '#random/random-stream';
import type { Component } from './component.ts';
import type { ConfigView } from './config-db.ts';
import { productName } from './factory.ts';
import type { RunningOperation } from './operation.ts';
import {
  FatalReport,
  VERBOSITY,
  type Message,
  type Severity,
  type Verbosity,
} from './report-server.ts';
import type { SequenceItem } from './sequence-item.ts';
import type { Testbench } from './testbench.ts';

export type SequenceClass<S extends SequenceBase = SequenceBase> = new () => S;
/** What a sequence runs on. */
export type SequencerOf<S> = S extends SequenceBase<infer Q> ? Q : never;
/** Values for fields that a sequence adds to its base class. */
export type SequenceArgs<S> = Partial<Omit<S, keyof SequenceBase>>;

export type SequenceState =
  'created' | 'preStart' | 'preBody' | 'body' | 'postBody' | 'postStart' | 'finished' | 'killed';

export interface StartOptions {
  /** Runs preBody and postBody: UVM's call_pre_post. Default true for a sequence without parent. */
  readonly callPrePost?: boolean;
}

/** Sequences within sequences. */
export const SEQUENCE_DEPTH_MAX = 64;

export abstract class SequenceBase<S extends Component = Component> {
  readonly name: string;
  parentSequence: SequenceBase | undefined = undefined;
  /** The operation for which it was started, if any: its draws belong to it. */
  operation: RunningOperation | undefined = undefined;
  private runsOn: S | undefined = undefined;
  private stateNow: SequenceState = 'created';
  private depth = 0;
  private process: ProcessHandle | undefined = undefined;
  /** Killed on purpose, by `kill`: its requests are removed without an error. */
  protected isStopping = false;

  constructor() {
    this.name = productName(this.constructor);
  }

  get state(): SequenceState {
    return this.stateNow;
  }

  /** @throws UsageError `SEQ_NOT_STARTED` before the sequence is started. */
  get sequencer(): S {
    if (this.runsOn === undefined) {
      throw new UsageError('SEQ_NOT_STARTED', `sequence ${this.name} runs on no sequencer yet`);
    }
    return this.runsOn;
  }

  get testbench(): Testbench {
    return this.sequencer.testbench;
  }

  get kernel(): Kernel {
    return this.sequencer.testbench.kernel;
  }

  /** The configuration as the sequencer sees it. */
  get config(): ConfigView {
    return this.sequencer.config;
  }

  /** Path for reports, factory and streams: the sequencer's and the sequence's name. */
  get fullPath(): string {
    return `${this.sequencer.fullPath}.${this.name}`;
  }

  // --- hooks, in UVM's order
  // -----------------------------------------------------------------------------------------
  *preStart(): Process {}

  *preBody(): Process {}

  /** Before an item's randomization (`isItem`) or a child sequence's body. */
  *preDo(_isItem: boolean): Process {}

  /** After randomization, just before the item is sent or the child's body runs. */
  midDo(_started: SequenceItem | SequenceBase): void {}

  abstract body(): Process;

  /** After the driver has finished the item, or the child's body has ended. */
  postDo(_ended: SequenceItem | SequenceBase): void {}

  *postBody(): Process {}

  *postStart(): Process {}

  // --- running -----------------------------------------------------------------------------------
  // --------------------
  /**
   * Runs the sequence in the calling process. @throws UsageError `SEQ_NOT_DONE` when it is running
   * already.
   */
  *start(sequencer: S, parent?: SequenceBase, options: StartOptions = {}): Process {
    this.begin(sequencer, parent);
    const callPrePost = options.callPrePost ?? parent === undefined;
    try {
      yield* this.preStart();
      this.stateNow = 'preBody';
      if (callPrePost) yield* this.preBody();
      if (parent !== undefined) {
        yield* parent.preDo(false);
        parent.midDo(this);
      }
      this.stateNow = 'body';
      yield* this.body();
      parent?.postDo(this);
      this.stateNow = 'postBody';
      if (callPrePost) yield* this.postBody();
      this.stateNow = 'postStart';
      yield* this.postStart();
      this.stateNow = 'finished';
    } finally {
      if (this.stateNow !== 'finished') this.stateNow = 'killed';
      this.exiting();
      this.process = undefined;
    }
  }

  /**
   * Kills the process in which the sequence runs, so fork it first. Its requests are removed silently;
   * a process that dies otherwise while it has requests is an error (SEQREQZMB).
   */
  kill(): void {
    if (this.process === undefined) return;
    this.isStopping = true;
    this.process.kill();
  }

  /**
   * Makes a child sequence by the factory and runs it on `sequencer` with this one as its parent.
   */
  startChild<C extends SequenceBase>(
    sequenceClass: SequenceClass<C>,
    sequencer: SequencerOf<C>,
    args?: SequenceArgs<C>,
  ): Process {
    const child = this.testbench.createSequence(sequenceClass, sequencer, args);
    return child.start(sequencer, this);
  }

  /**
   * A random stream: of the operation it serves, otherwise of its own, the n-th asked for under
   * this name.
   */
  stream(name: string): RandomStream {
    if (this.operation !== undefined) return this.operation.stream(`${this.name}.${name}`);
    return this.testbench.streams.stream(this.fullPath, name);
  }

  info(id: string, message: Message, verbosity: Verbosity = VERBOSITY.MEDIUM): void {
    if (verbosity <= this.testbench.reports.verbosityCeiling) {
      this.report('info', id, message, verbosity);
    }
  }

  warning(id: string, message: Message): void {
    this.report('warning', id, message);
  }

  error(id: string, message: Message): void {
    this.report('error', id, message);
  }

  /**
   * Reports by the sequencer's settings, as `sequencer@@sequence`.
   * @throws FatalReport when the actions hold EXIT, as those of a fatal do.
   */
  report(
    severity: Severity,
    id: string,
    message: Message,
    verbosity: Verbosity = VERBOSITY.NONE,
  ): void {
    const said = { severity, id, message, verbosity, context: this.sequencePath };
    this.testbench.reports.say(this.sequencer.fullPath, said);
  }

  /** Ends the run, as that of a component. @throws FatalReport always. */
  fatal(id: string, message: Message): never {
    const text = typeof message === 'string' ? message : message();
    this.report('fatal', id, text);
    throw new FatalReport(id, text, this.fullPath, this.kernel.nowPs);
  }

  /** Names from the root sequence down, with dots: `scenario.burst`. */
  get sequencePath(): string {
    const { parentSequence, name } = this;
    return parentSequence === undefined ? name : `${parentSequence.sequencePath}.${name}`;
  }

  /** For `Sequence`: the sequence ends, or is killed. */
  protected exiting(): void {}

  private begin(sequencer: S, parent: SequenceBase | undefined): void {
    const { state } = this;
    if (state !== 'created' && state !== 'finished' && state !== 'killed') {
      throw new UsageError(
        'SEQ_NOT_DONE',
        `sequence ${this.name} is started while it runs (${state})`,
        {
          path: this.fullPath,
          timePs: this.kernel.nowPs,
        },
      );
    }
    this.depth = parent === undefined ? 0 : parent.depth + 1;
    if (this.depth > SEQUENCE_DEPTH_MAX) {
      throw new UsageError(
        'sequence-too-deep',
        `sequences nest deeper than ${SEQUENCE_DEPTH_MAX}`,
        {
          path: sequencer.fullPath,
        },
      );
    }
    this.runsOn = sequencer;
    this.parentSequence = parent;
    this.operation = sequencer.testbench.currentOperation;
    this.process = this.kernel.current;
    this.isStopping = false;
    this.stateNow = 'preStart';
  }
}
