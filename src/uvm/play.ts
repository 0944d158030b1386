// Playing operations in a lane: drawn at random, given as a list, or replayed from a record.
// Source: design decision 5, "Operation" (wait, ask whether still possible, run).
//
// Drawing takes everything that decides (wait, kind, arguments) from the lane's stream; what serves
// the operation draws from streams of its own. A kind or arguments that are not possible now are
// drawn again. A replay takes the lane's recorded list instead, and skips what is no longer
// possible.
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import type { Process, ProcessHandle } from '#kernel/process';
import { delay, untilTime } from '#kernel/wait';
import { WeightTable, type RandomStream } from '#random/random-stream';
import type { ArgumentValue, OperationKind, OperationRecord, Outcome } from '#record/operation-log';
import type { Domain } from '#solver/domain';
import type { Component } from './component.ts';
import { configKey } from './config-db.ts';
import { operation, RunningOperation, type AnyOperation } from './operation.ts';
import { VERBOSITY } from './report-server.ts';

/** Recorded operations by lane: a run that has them replays instead of drawing. */
export const replayOperations =
  configKey<ReadonlyMap<string, readonly OperationRecord[]>>('replay-operations');

/** Draws before a lane gives up finding a possible operation at the present time. */
export const DRAWS_MAX = 64;
/** What a lane then waits before it draws again, ps. */
export const RETRY_PS = 1_000_000;
/** Such waits in a row. */
export const RETRIES_MAX = 10_000;

/**
 * What a lane records when it has waited for its next operation and ended instead: without it a replay would
 * end the lane earlier than the run did.
 */
const IDLE = operation<unknown>()('idle', {}, { *run() {} });

/** Kinds of operation by the names under which the weights speak of them. */
export type OperationTable<C> = Readonly<Record<string, AnyOperation<C>>>;

/** An operation of a given list. */
export interface PlannedOperation {
  readonly kind: string;
  /** Waited before it, ps; default 0. */
  readonly waitPs?: number;
  readonly args: Readonly<Record<string, ArgumentValue>>;
}

/** What a lane of operations plays, on what and for how long. A lane that draws wants `count` or `until`. */
export interface PlayOptions<C, K extends string> {
  /** What the operations work on. */
  readonly on: C;
  /**
   * Name of the lane, unique in the run; a second one of the same name becomes `name#2`. Default:
   * `main`.
   */
  readonly lane?: string;
  /** Relative frequency, whole numbers; 0: never. Default: 1 each. */
  readonly weights?: Readonly<Partial<Record<K, number>>>;
  /** How many operations to draw, 0 or more. Default: no limit but `until`. */
  readonly count?: number | Domain<number>;
  /** Asked before each draw: true ends the lane. */
  readonly until?: () => boolean;
  /** Wait before each operation, ps, drawn from the stream of the lane; default 0. */
  readonly wait?: Domain<number>;
  /** Plays this list instead of drawing. */
  readonly source?: Iterable<PlannedOperation>;
}

/**
 * Plays operations one after the other in the calling process: drawn at random, the list of `source`, or what was
 * recorded when
 * the run is a replay (design decision 5).
 * @throws UsageError `play-endless` without count and until; `play-stuck` when nothing becomes possible;
 * `bad-weights`;
 * `unknown-operation`, `bad-argument` for a list or weights that do not fit the table.
 */
export function* play<C, O extends OperationTable<C>>(
  owner: Component,
  operations: O,
  options: PlayOptions<C, keyof O & string>,
): Process {
  const lane = new Lane<C>(owner, operations, options);
  const recorded = owner.config.tryGet(replayOperations);
  if (recorded !== undefined) yield* lane.playList(recorded.get(lane.name) ?? []);
  else if (options.source !== undefined) yield* lane.playList(options.source);
  else yield* lane.playRandom();
}

class Lane<C> {
  readonly name: string;
  private readonly owner: Component;
  private readonly options: PlayOptions<C, string>;
  private readonly table: readonly AnyOperation<C>[];
  private readonly weights: WeightTable;
  private readonly number: number;
  private nextId = 0;

  constructor(owner: Component, operations: OperationTable<C>, options: PlayOptions<C, string>) {
    this.owner = owner;
    this.options = options;
    this.table = Object.values(operations);
    const weights = laneWeights(Object.keys(operations), options.weights, owner.fullPath);
    this.weights = new WeightTable(weights);
    const log = owner.testbench.operations;
    const wanted = options.lane ?? 'main';
    let name = wanted;
    for (let n = 2; log.hasLane(name); n++) name = `${wanted}#${n}`;
    this.name = name;
    this.number = log.addLane(name);
  }

  *playRandom(): Process {
    const { options, owner } = this;
    const stream = owner.testbench.streams.stream('lanes', this.name);
    if (options.count === undefined && options.until === undefined) {
      throw new UsageError('play-endless', `lane '${this.name}' wants a count or an until`, {
        path: owner.fullPath,
      });
    }
    const count = drawCount(options.count, stream);
    while (this.nextId < count && options.until?.() !== true) {
      const startPs = owner.kernel.nowPs;
      const waitPs = options.wait?.draw(stream) ?? 0;
      if (waitPs > 0) yield delay(waitPs);
      const choice = yield* this.choose(stream);
      if (choice === undefined) {
        this.enter(IDLE, [], owner.kernel.nowPs - startPs, 'done');
        return;
      }
      yield* this.perform(choice.operation, choice.codes, owner.kernel.nowPs - startPs);
    }
  }

  /** Plays a list; ids are the recorded ones, so that cutting an operation renumbers none. */
  *playList(list: Iterable<PlannedOperation & { readonly id?: number }>): Process {
    for (const planned of list) {
      const operation = this.find(planned.kind);
      const codes = codesOf(operation, planned, this.owner.fullPath);
      const waitPs = planned.waitPs ?? 0;
      if (waitPs > 0) yield delay(waitPs);
      if (planned.id !== undefined) this.nextId = planned.id;
      if (operation.isPossible(codes, this.options.on))
        yield* this.perform(operation, codes, waitPs);
      else this.enter(operation, codes, waitPs, 'skipped');
    }
  }

  /**
   * Draws until something is possible now; waits in between; undefined when `until` says so
   * meanwhile.
   */
  private *choose(stream: RandomStream): Process<Choice<C> | undefined> {
    for (let retry = 0; retry < RETRIES_MAX; retry++) {
      for (let n = 0; n < DRAWS_MAX; n++) {
        const operation = this.table[stream.weightedBy(this.weights)];
        const codes = operation.drawPossible(stream, this.options.on);
        if (codes !== undefined) return { operation, codes };
      }
      yield untilTime(this.owner.kernel.nowPs + RETRY_PS);
      if (this.options.until?.() === true) return undefined;
    }
    throw new UsageError('play-stuck', `no operation of lane '${this.name}' became possible`, {
      path: this.owner.fullPath,
      timePs: this.owner.kernel.nowPs,
      hint: `${RETRIES_MAX} times ${DRAWS_MAX} draws in ${RETRIES_MAX * RETRY_PS} ps.`,
    });
  }

  private *perform(operation: AnyOperation<C>, codes: readonly number[], waitPs: number): Process {
    const { testbench, kernel } = this.owner;
    const running = new RunningOperation(testbench.streams, this.name, this.nextId, operation.kind);
    const row = this.enter(operation, codes, waitPs, 'running');
    const process = kernel.current;
    const before = process?.context;
    let outcome: Outcome = 'killed';
    setContext(process, running);
    try {
      yield* operation.run(codes, this.options.on, running);
      outcome = 'done';
    } catch (error) {
      outcome = 'failed';
      throw error;
    } finally {
      setContext(process, before);
      testbench.operations.setOutcome(row, outcome);
    }
  }

  private enter(
    operation: AnyOperation<C>,
    codes: readonly number[],
    waitPs: number,
    outcome: Outcome,
  ): number {
    const log = this.owner.testbench.operations;
    const kind = log.kindNumber(operation);
    const row = log.append({ lane: this.number, id: this.nextId++, kind, waitPs, codes });
    log.setOutcome(row, outcome);
    this.owner.info(
      'OPERATION',
      () => `${this.name} ${describe(operation, codes)}`,
      VERBOSITY.HIGH,
    );
    return row;
  }

  private find(kind: string): AnyOperation<C> {
    const found = kind === IDLE.kind ? IDLE : this.table.find((one) => one.kind === kind);
    if (found !== undefined) return found;
    const known = this.table.map((one) => one.kind);
    throw new UsageError(
      'unknown-operation',
      `lane '${this.name}' has no operation '${kind}'${suggest(kind, known)}`,
      { path: this.owner.fullPath },
    );
  }
}

interface Choice<C> {
  readonly operation: AnyOperation<C>;
  readonly codes: readonly number[];
}

function setContext(process: ProcessHandle | undefined, context: unknown): void {
  if (process !== undefined) process.context = context;
}

function drawCount(count: number | Domain<number> | undefined, stream: RandomStream): number {
  if (count === undefined) return Infinity;
  return typeof count === 'number' ? count : count.draw(stream);
}

function laneWeights(
  keys: readonly string[],
  wanted: Readonly<Partial<Record<string, number>>> | undefined,
  path: string,
): readonly number[] {
  const given = wanted ?? {};
  for (const key of Object.keys(given)) {
    if (!keys.includes(key)) {
      throw new UsageError(
        'unknown-operation',
        `weight for unknown operation '${key}'${suggest(key, keys)}`,
        { path },
      );
    }
  }
  const weights = keys.map((key) => (wanted === undefined ? 1 : (given[key] ?? 0)));
  if (
    !weights.every((weight) => Number.isInteger(weight) && weight >= 0) ||
    !weights.some(Boolean)
  ) {
    throw new UsageError(
      'bad-weights',
      'weights are whole numbers, 0 or more, and one is positive',
      {
        path,
      },
    );
  }
  return weights;
}

/**
 * The codes of recorded arguments. @throws UsageError `bad-argument` for a missing one or a value
 * out of its domain.
 */
function codesOf(
  operation: AnyOperation<never>,
  planned: PlannedOperation,
  path: string,
): readonly number[] {
  return operation.argNames.map((name, i) => {
    const value = planned.args[name];
    const domain = operation.domains[i];
    if (value === undefined || !domain.contains(value)) {
      throw new UsageError(
        'bad-argument',
        `argument '${name}' of operation '${operation.kind}' is ${String(value)}, ` +
          `not ${domain.describe()}`,
        { path },
      );
    }
    return domain.toNumber(value);
  });
}

/** `copy(length=7, count=1)`. */
function describe(operation: OperationKind, codes: readonly number[]): string {
  const args = operation.argNames.map(
    (name, i) => `${name}=${String(operation.argCodes[i].fromNumber(codes[i]))}`,
  );
  return `${operation.kind}(${args.join(', ')})`;
}
