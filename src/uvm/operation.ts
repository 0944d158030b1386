// Operations: decisions written down, so that they can be replayed, cut, shrunk. Source: design
// decision 5, "Operation".
//
//   const burst = operation<AluEnv>()('burst', { op: oneOf('add', 'sub'), itemCount: span(1, 32) },
// {
//     possible: (_args, env) => !env.isResetting,
//     *run(args, env) { yield* env.start(BurstSequence, env.child.agent.child.sequencer, args); },
//   });
import { UsageError } from '#base/assert';
import { compileFunction } from '#base/compile';
import type { Process } from '#kernel/process';
import type { RandomStream } from '#random/random-stream';
import type { Streams } from '#random/streams';
import { ARGUMENTS_MAX, type ArgumentCode, type OperationKind } from '#record/operation-log';
import type { Domain, Scalar } from '#solver/domain';

/** The domains of an operation's arguments: at most 10, codes in 0..2^32-1. */
export type ArgumentDomains = Readonly<Record<string, Domain<Scalar>>>;
type ValueOf<D> = D extends Domain<infer T> ? T : never;
export type ArgumentsOf<D> = { readonly [K in keyof D]: ValueOf<D[K]> };

export interface OperationBody<C, A> {
  /**
   * Whether it makes sense now; asked when it is drawn, and again when it is replayed. Default:
   * always.
   */
  possible?(args: A, context: C): boolean;
  /**
   * Performs it, in the process of its lane, which goes on when this has ended. Draws come from
   * `operation.stream(…)`.
   */
  run(args: A, context: C, operation: RunningOperation): Process;
}

/** An operation on a context `C` (an environment), whatever its arguments: they are given as codes. */
export interface AnyOperation<C> extends OperationKind {
  readonly domains: readonly Domain<Scalar>[];
  /** Draws the arguments in order; their codes when it makes sense now with these, otherwise undefined. */
  drawPossible(stream: RandomStream, context: C): readonly number[] | undefined;
  isPossible(codes: readonly number[], context: C): boolean;
  run(codes: readonly number[], context: C, operation: RunningOperation): Process;
}

/** A kind of operation with arguments `A`. */
export class Operation<C, A> implements AnyOperation<C> {
  readonly kind: string;
  readonly argNames: readonly string[];
  readonly argCodes: readonly ArgumentCode[];
  readonly domains: readonly Domain<Scalar>[];
  private readonly body: OperationBody<C, A>;
  /** Made when it is first needed. */
  private drawArgs: ArgsDrawer | undefined;

  /** Made by `operation`. @throws UsageError `bad-operation`. */
  constructor(kind: string, domains: ArgumentDomains, body: OperationBody<C, A>) {
    this.kind = kind;
    this.argNames = Object.keys(domains);
    this.domains = Object.values(domains);
    this.argCodes = this.domains;
    this.body = body;
    if (this.argNames.length > ARGUMENTS_MAX) {
      throw new UsageError(
        'bad-operation',
        `operation '${kind}' has more than ${ARGUMENTS_MAX} arguments`,
      );
    }
    for (let i = 0; i < this.domains.length; i++) {
      if (!this.domains[i].isUint32) {
        throw new UsageError(
          'bad-operation',
          `argument '${this.argNames[i]}' of operation '${kind}' does not fit 32 bits: ` +
            this.domains[i].describe(),
        );
      }
    }
  }

  /** Draws the arguments in order; their codes when it makes sense now with these, otherwise undefined. */
  drawPossible(stream: RandomStream, context: C): readonly number[] | undefined {
    const { body, domains, argNames } = this;
    this.drawArgs ??= argsDrawer(argNames);
    const args = this.drawArgs(domains, stream);
    if (body.possible !== undefined && !body.possible(args as A, context)) return undefined;
    return domains.map((domain, i) => domain.toNumber(args[argNames[i]]));
  }

  /** Whether it makes sense now. `codes` are the arguments in the order of `argNames`. */
  isPossible(codes: readonly number[], context: C): boolean {
    const { body } = this;
    return body.possible === undefined || body.possible(this.argsOf(codes), context);
  }

  /**
   * Performs it, in the calling process. `codes` are the arguments in the order of `argNames`; draws come from
   * `running`.
   */
  run(codes: readonly number[], context: C, running: RunningOperation): Process {
    return this.body.run(this.argsOf(codes), context, running);
  }

  private argsOf(codes: readonly number[]): A {
    const args: Record<string, Scalar> = {};
    for (let i = 0; i < codes.length; i++) {
      args[this.argNames[i]] = this.domains[i].fromNumber(codes[i]);
    }
    return args as A;
  }
}

/** Draws one value of each domain, in order, as an object by the names of the arguments. */
type ArgsDrawer = (
  domains: readonly Domain<Scalar>[],
  stream: RandomStream,
) => Record<string, Scalar>;

/** By the names of the arguments, joined. */
const ARGS_DRAWERS = new Map<string, ArgsDrawer>();

/**
 * A lane may draw many times before something is possible, so arguments are built by code that is compiled for their names:
 * `return { slot: domains[0].draw(stream), … }`.
 */
function argsDrawer(names: readonly string[]): ArgsDrawer {
  const key = JSON.stringify(names);
  const known = ARGS_DRAWERS.get(key);
  if (known !== undefined) return known;
  const fields = names.map((name, i) => `[${JSON.stringify(name)}]: domains[${i}].draw(stream)`);
  const made = compileFunction<ArgsDrawer>(
    ['domains', 'stream'],
    `return { ${fields.join(', ')} };`,
  );
  ARGS_DRAWERS.set(key, made);
  return made;
}

/**
 * Declares a kind of operation: `operation<Context>()(kind, argument domains, body)`. At most 10 arguments, of codes
 * 0..2^32-1.
 * @throws UsageError `bad-operation`.
 */
export function operation<C>(): <const D extends ArgumentDomains>(
  kind: string,
  domains: D,
  body: OperationBody<C, ArgumentsOf<D>>,
) => Operation<C, ArgumentsOf<D>> {
  return (kind, domains, body) => new Operation(kind, domains, body);
}

/**
 * An operation while it runs, and for what it left behind: the owner of all draws that serve it.
 */
export class RunningOperation {
  /** Counts within its lane from 0. */
  readonly id: number;
  readonly lane: string;
  readonly kind: string;
  private readonly streams: Streams;
  private readonly made = new Map<string, RandomStream>();

  constructor(streams: Streams, lane: string, id: number, kind: string) {
    this.streams = streams;
    this.lane = lane;
    this.id = id;
    this.kind = kind;
  }

  /**
   * The stream of (lane, id, purpose): the same object each time, so that a purpose has one order
   * of draws.
   */
  stream(purpose: string): RandomStream {
    const known = this.made.get(purpose);
    if (known !== undefined) return known;
    const made = this.streams.streamOnce(`lane ${this.lane}`, `${this.id} ${purpose}`);
    this.made.set(purpose, made);
    return made;
  }

  /** `tenant[3]#17 dmaCopy`. */
  toString(): string {
    return `${this.lane}#${this.id} ${this.kind}`;
  }
}
