// What sequences of items and virtual sequences share: life cycle, hooks, parents. Source:
// semantics §5.
//
// Start order: preStart, preBody*, parent's preDo(false) and midDo, body, parent's postDo,
// postBody*, postStart (* only when the sequence is started with callPrePost).
import { UsageError } from '#base/assert';
import type { Kernel } from '#kernel/kernel';
import type { Process, ProcessHandle } from '#kernel/process';
import type { RandomStream } from '#random/random-stream';
import type { Arbiter, Leaving } from './arbiter.ts';
import type { Component } from './component.ts';
import type { ConfigView } from './config-db.ts';
import { productName } from './factory.ts';
import type { Objection } from './objections.ts';
import type { RunningOperation } from './operation.ts';
import type { Phase } from './phase.ts';
import {
  FatalReport,
  VERBOSITY,
  type Message,
  type Severity,
  type Verbosity,
} from './report-server.ts';
import { REQUEST } from './request.ts';
import { NO_ID, type SequenceItem } from './sequence-item.ts';
import type { Testbench } from './testbench.ts';

/** A class of sequences, made without arguments: fields are assigned afterwards (`SequenceArgs`). */
export type SequenceClass<S extends SequenceBase = SequenceBase> = new () => S;
/** What a sequence runs on. */
export type SequencerOf<S> = S extends SequenceBase<infer Q> ? Q : never;
/** Values for fields that a sequence adds to its base class, and its priority. */
export type SequenceArgs<S> = Partial<Omit<S, keyof SequenceBase>> & { readonly priority?: number };

/** Where a sequence is: before its start, in one of its parts, or ended by itself or by being killed. */
export type SequenceState =
  'created' | 'preStart' | 'preBody' | 'body' | 'postBody' | 'postStart' | 'finished' | 'killed';

/** How a sequence is started. */
export interface StartOptions {
  /** Runs preBody and postBody: UVM's call_pre_post. Default true for a sequence without parent. */
  readonly callPrePost?: boolean;
  /** Above 0: its weight or rank in arbitration. Default: the parent's, 100 without parent. */
  readonly priority?: number;
}

/** What can be locked: a sequencer. */
export interface Lockable {
  readonly arbiter: Arbiter;
}

/** Sequences within sequences. */
export const SEQUENCE_DEPTH_MAX = 64;
/** Priority of a sequence without parent: UVM's default. */
export const PRIORITY_DEFAULT = 100;

/**
 * What sequences of items and virtual sequences share: a program with hooks around it that runs on a component, may
 * run sequences within it, and can be killed (IEEE 1800.2 clause 14.2; semantics §5).
 */
export abstract class SequenceBase<S extends Component = Component> {
  readonly name: string;
  /** The sequence within which it was started. */
  parentSequence: SequenceBase | undefined = undefined;
  /** The operation for which it was started, if any: its draws belong to it. */
  operation: RunningOperation | undefined = undefined;
  /** Unique among the sequences of its sequencer; -1 before it starts, and on what is no sequencer of items. */
  sequenceId: number = NO_ID;
  /** The phase for which it was started as default sequence, or what is assigned here. */
  startingPhase: Phase | undefined = undefined;
  /** Objects to the end of `startingPhase` from preStart to postStart. */
  automaticPhaseObjection = false;
  private runsOn: S | undefined = undefined;
  private stateNow: SequenceState = 'created';
  private depthNow = 0;
  private priorityNow = PRIORITY_DEFAULT;
  private ownPriority: number | undefined = undefined;
  private isActive = false;
  private process: ProcessHandle | undefined = undefined;
  /** The hook or body in which it waits, and the processes started before it: what `kill` ends. */
  private running: Process | undefined = undefined;
  private processesBefore = 0;
  /** Counts its starts: what is left of an earlier run must not touch a later one. */
  private runNumber = 0;
  /** Killed on purpose, by `kill`: its requests are removed without an error. */
  private isStopping = false;
  /** An exception leaves it: that is what there is to report, and not the requests which it leaves behind. */
  private hasThrown = false;
  private objection: Objection | undefined = undefined;
  private children: Set<SequenceBase> | undefined = undefined;
  private lockables: Set<Lockable> | undefined = undefined;

  constructor() {
    this.name = productName(this.constructor);
  }

  /** Where it is now. */
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

  /** That of its sequencer. @throws UsageError `SEQ_NOT_STARTED`. */
  get testbench(): Testbench {
    return this.sequencer.testbench;
  }

  /** That of its sequencer: `kernel.nowPs` is the simulated time, ps. @throws UsageError `SEQ_NOT_STARTED`. */
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

  /** UVM's full name: the path of the sequencer, then the names of all parents, then its own. */
  get fullName(): string {
    return `${this.sequencer.fullPath}.${this.sequencePath}`;
  }

  /** 0 for a sequence without parent. */
  get depth(): number {
    return this.depthNow;
  }

  /** The topmost parent; the sequence itself when it has none. */
  get rootSequence(): SequenceBase {
    return this.parentSequence?.rootSequence ?? this;
  }

  /** Whether `ancestor` is its parent, or a parent further up; a sequence is none of itself. */
  isDescendantOf(ancestor: SequenceBase): boolean {
    let one = this.parentSequence;
    while (one !== undefined && one !== ancestor) one = one.parentSequence;
    return one !== undefined;
  }

  /** Whether it has been started and has not ended. */
  get isRunning(): boolean {
    return this.isActive;
  }

  /** What counts in arbitration unless an item has a priority of its own; above 0. Once assigned it is not inherited. */
  get priority(): number {
    return this.priorityNow;
  }

  /** @throws UsageError `SEQPRI`. */
  set priority(priority: number) {
    this.priorityNow = this.checkPriority(priority);
    this.ownPriority = priority;
  }

  // --- hooks, in UVM's order
  // -----------------------------------------------------------------------------------------
  /** First of all, in every sequence. May wait. */
  *preStart(): Process {}

  /** Before the body, with `callPrePost` alone: by default in sequences without parent. May wait. */
  *preBody(): Process {}

  /** Before an item's randomization (`isItem`) or a child sequence's body. */
  *preDo(_isItem: boolean): Process {}

  /** After randomization, just before the item is sent or the child's body runs. */
  midDo(_started: SequenceItem | SequenceBase): void {}

  /** What the sequence does. May wait, send items, start sequences. */
  abstract body(): Process;

  /** After the driver has finished the item, or the child's body has ended. */
  postDo(_ended: SequenceItem | SequenceBase): void {}

  /** After the body, with `callPrePost` alone. May wait. */
  *postBody(): Process {}

  /** Last of all, in every sequence that was not killed. May wait. */
  *postStart(): Process {}

  /** After it was killed by `kill`. */
  doKill(): void {}

  // --- relevance
  // -----------------------------------------------------------------------------------------
  /** False: the sequencer passes over what it asks. Goes with `waitForRelevant`. */
  isRelevant(): boolean {
    return true;
  }

  /** Ends when `isRelevant` may have changed; run when the sequencer has nothing that it could grant. */
  *waitForRelevant(): Process {
    throw new UsageError('RELMSM', `sequence ${this.name} has isRelevant, and no waitForRelevant`, {
      path: this.fullPath,
      timePs: this.kernel.nowPs,
    });
  }

  // --- locks
  // -----------------------------------------------------------------------------------------
  /** Waits, in turn with what waits already, until it and its descendants have the sequencer for themselves. */
  lock(sequencer?: Lockable): Process {
    return this.lockAt(sequencer, 'lock', 'back');
  }

  /** The same before everything that waits; what is with the driver, or granted, goes on. */
  grab(sequencer?: Lockable): Process {
    return this.lockAt(sequencer, 'grab', 'front');
  }

  /** Gives back one `lock`; a warning when it has none. */
  unlock(sequencer?: Lockable): void {
    this.arbiterOf(sequencer, 'unlock').removeLock(this, 'unlock');
  }

  /** Gives back one `grab`; a warning when it has none. */
  ungrab(sequencer?: Lockable): void {
    this.arbiterOf(sequencer, 'ungrab').removeLock(this, 'ungrab');
  }

  // --- running
  // -----------------------------------------------------------------------------------------
  /**
   * Runs the sequence in the calling process. @throws UsageError `SEQ_NOT_DONE` when it is running
   * already, `SEQPRI`.
   */
  *start(sequencer: S, parent?: SequenceBase, options: StartOptions = {}): Process {
    const run = this.begin(sequencer, parent, options);
    const callPrePost = options.callPrePost ?? parent === undefined;
    try {
      yield* this.part('preStart', this.preStart());
      if (this.isOver(run)) return;
      if (callPrePost) yield* this.part('preBody', this.preBody());
      if (this.isOver(run)) return;
      if (parent !== undefined) {
        yield* this.part('preBody', parent.preDo(false));
        if (this.isOver(run)) return;
        parent.midDo(this);
        if (this.isOver(run)) return;
      }
      yield* this.part('body', this.body());
      if (this.isOver(run)) return;
      parent?.postDo(this);
      if (this.isOver(run)) return;
      if (callPrePost) yield* this.part('postBody', this.postBody());
      if (this.isOver(run)) return;
      yield* this.part('postStart', this.postStart());
      if (this.isOver(run)) return;
      this.stateNow = 'finished';
    } catch (thrown) {
      this.hasThrown = true;
      throw thrown;
    } finally {
      if (this.isActive && run === this.runNumber) this.end();
    }
  }

  /**
   * Ends the sequence, its children and the processes that it forked; `finally` blocks run now, hooks that are to come do
   * not. Its requests and locks are removed silently, and `start` returns to its caller. (A process that dies otherwise
   * while it has requests is an error, SEQREQZMB.) A sequence that kills itself goes on until its next wait.
   */
  kill(): void {
    const { process, running } = this;
    if (process === undefined) return;
    this.stop(process);
    process.killChildrenSince(this.processesBefore);
    if (running !== undefined) process.leavePart(running); // none in the parent's midDo and postDo
    if (!process.isRunning) this.end();
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

  /**
   * For the hand-shake: a request of this sequence was removed while the current process waited for its grant. It cannot
   * go on without: the sequence is killed, or, when another process has asked for it, that one.
   */
  leaveUngranted(): void {
    const { current } = this.kernel;
    if (current === this.process) this.kill();
    else current?.kill();
  }

  /** Reports an info, in the name of the sequencer; a message given as a function is built only when it is kept. */
  info(id: string, message: Message, verbosity: Verbosity = VERBOSITY.MEDIUM): void {
    if (verbosity <= this.testbench.reports.verbosityCeiling) {
      this.report('info', id, message, verbosity);
    }
  }

  /** Reports a warning, in the name of the sequencer. @throws FatalReport when its actions hold EXIT. */
  warning(id: string, message: Message): void {
    this.report('warning', id, message);
  }

  /**
   * Reports an error, in the name of the sequencer: the run does not pass.
   * @throws FatalReport when its actions hold EXIT, or it is the one too many for the maximum quit count.
   */
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

  /** For `Sequence`: it starts. */
  protected entering(): void {}

  /** For `Sequence`: it ends, or is killed. */
  protected exiting(_leaving: Leaving): void {}

  private begin(sequencer: S, parent: SequenceBase | undefined, options: StartOptions): number {
    const { state } = this;
    if (state !== 'created' && state !== 'finished' && state !== 'killed') {
      throw new UsageError(
        'SEQ_NOT_DONE',
        `sequence ${this.name} is started while it runs (${state})`,
        { path: this.fullPath, timePs: this.kernel.nowPs },
      );
    }
    const depth = parent === undefined ? 0 : parent.depth + 1;
    if (depth > SEQUENCE_DEPTH_MAX) {
      throw new UsageError(
        'sequence-too-deep',
        `sequences nest deeper than ${SEQUENCE_DEPTH_MAX}`,
        { path: sequencer.fullPath },
      );
    }
    this.runsOn = sequencer;
    const wanted = options.priority ?? this.ownPriority ?? parent?.priority ?? PRIORITY_DEFAULT;
    this.priorityNow = this.checkPriority(wanted);
    this.depthNow = depth;
    this.parentSequence = parent;
    if (parent !== undefined) (parent.children ??= new Set()).add(this);
    this.operation = sequencer.testbench.currentOperation;
    this.process = this.kernel.current;
    this.processesBefore = this.kernel.startedCount;
    this.isStopping = false;
    this.hasThrown = false;
    this.isActive = true;
    this.stateNow = 'preStart';
    if (this.automaticPhaseObjection) {
      this.objection = this.startingPhase?.raiseObjection(this, 'automatic phase objection');
    }
    this.entering();
    return ++this.runNumber;
  }

  /** Notes where the sequence is, so that it can be killed there. */
  private part(state: SequenceState, running: Process): Process {
    this.stateNow = state;
    this.running = running;
    return running;
  }

  /** Whether this run was killed while it was in a part, or between two; otherwise the part is over. */
  private isOver(run: number): boolean {
    if (run !== this.runNumber || !this.isActive || this.isStopping) return true;
    this.running = undefined;
    return false;
  }

  /** Marks it and its descendants as killed on purpose; those in other processes are killed there. */
  private stop(process: ProcessHandle): void {
    this.isStopping = true;
    for (const child of this.children ?? []) {
      if (child.process === process) child.stop(process);
      else child.kill();
    }
  }

  private checkPriority(priority: number): number {
    if (priority > 0) return priority;
    throw new UsageError('SEQPRI', `sequence ${this.name} gets priority ${priority}`, {
      ...(this.runsOn === undefined ? {} : { path: this.fullPath }),
      hint: 'A priority is above 0.',
    });
  }

  private end(): void {
    if (this.running !== undefined) this.process?.keepPart(this.running);
    this.isActive = false;
    this.process = undefined;
    this.running = undefined;
    const isFinished = this.stateNow === 'finished';
    if (!isFinished) this.stateNow = 'killed';
    const leaving = isFinished ? 'finished' : this.leavingEarly();
    this.parentSequence?.children?.delete(this);
    this.exiting(leaving);
    for (const { arbiter } of this.lockables ?? []) arbiter.release(this, leaving);
    this.lockables = undefined;
    this.objection?.[Symbol.dispose]();
    this.objection = undefined;
    if (this.isStopping) this.doKill();
  }

  private leavingEarly(): Leaving {
    if (this.isStopping) return 'stopped';
    return this.hasThrown ? 'threw' : 'died';
  }

  private *lockAt(
    sequencer: Lockable | undefined,
    verb: 'lock' | 'grab',
    place: 'back' | 'front',
  ): Process {
    const arbiter = this.arbiterOf(sequencer, verb);
    if (sequencer !== undefined) (this.lockables ??= new Set()).add(sequencer);
    const request = arbiter.addLock(this, place);
    while (request.state !== REQUEST.GRANTED) {
      if (request.state === REQUEST.DROPPED) this.leaveUngranted();
      yield request.progress;
    }
  }

  private arbiterOf(sequencer: Lockable | undefined, verb: string): Arbiter {
    const { arbiter } = sequencer ?? (this.sequencer as Partial<Lockable>);
    if (arbiter !== undefined) return arbiter;
    throw new UsageError('no-sequencer', `${verb} wants to be told which sequencer`, {
      path: this.fullPath,
      timePs: this.kernel.nowPs,
      hint: `What ${this.name} runs on is no sequencer itself: ${verb}(sequencer).`,
    });
  }
}
