/** Objects that can be randomized: those of an author's class, with methods that are no fields of theirs. */
import type { RandomState, RandomStream } from '#random/random-stream';
import type { CheckResult } from './check-values.ts';
import type { RandomClass } from './random-class.ts';
import type { Inline } from './variables.ts';

/** A random field, or one element of a random list: `items[2]`. */
export type RandomField<D> =
  | (keyof D & string)
  | {
      [K in keyof D & string]: D[K] extends { readonly kind: 'array' | 'bytes' }
        ? `${K}[${number}]`
        : never;
    }[keyof D & string];

/** An instance that can be randomized; draws from the stream it was created with. */
export type Randomized<C, D> = C & RandomMethods<C, D>;

/** What an instance can do beside what its class says (IEEE 1800 clauses 18.6 to 18.14). */
export interface RandomMethods<C, D> {
  /**
   * Gives all random fields new values that satisfy the class's constraints and those given here.
   * @throws UsageError `solve-failed` with an explanation, `solve-limit`; all fields are then as before.
   */
  randomize(inline?: Inline<C, D>): void;
  /**
   * The same for these whole fields alone; the other ones are state (IEEE 1800 clause 18.11).
   * @throws UsageError as `randomize`; `unknown-name` for what is none of its fields, and for an element of one.
   */
  randomizeOnly(fields: readonly (keyof D & string)[], inline?: Inline<C, D>): void;
  /** Which constraints the present values break, soft ones left out: SystemVerilog's `randomize(null)`. */
  check(inline?: Inline<C, D>): CheckResult;
  /** Whether the present values satisfy all constraints, soft ones left out. */
  isValid(inline?: Inline<C, D>): boolean;
  /**
   * Whether a field is random in this object; given `isOn`, makes it random or state: SystemVerilog's `rand_mode`.
   * @throws UsageError `unknown-name`.
   */
  randMode(field: RandomField<D>, isOn?: boolean): boolean;
  /** Makes all fields of this object random, or state. */
  randModeAll(isOn: boolean): void;
  /**
   * Whether a constraint block holds for this object; given `isOn`, switches it: SystemVerilog's `constraint_mode`.
   * @throws UsageError `unknown-name`.
   */
  constraintMode(block: string, isOn?: boolean): boolean;
  /** Switches all constraint blocks of this object. */
  constraintModeAll(isOn: boolean): void;
  /** The position in the stream of random numbers; reading it advances nothing. */
  getRandState(): RandomState;
  /** Continues from a position that `getRandState` of any object gave. */
  setRandState(state: RandomState): void;
  /** Draws from a new stream from now on: objects with equal seeds and equal constraints get equal values. */
  srandom(seed: number): void;
}

/** The domains of a class that is not known. */
type Untyped = Record<string, never>;

/** The class of a random class's instances. */
export function instanceClassOf<C extends object, D>(
  random: RandomClass<C, D>,
): new (stream: RandomStream) => Randomized<C, D> {
  const base = random.itemClass as new () => object;
  const owner = random as unknown as RandomClass<object, Untyped>;
  type Constraints = Inline<object, Untyped>;
  class Instance extends base implements RandomMethods<object, Untyped> {
    #stream: RandomStream;
    constructor(stream: RandomStream) {
      super();
      this.#stream = stream;
    }
    randomize(inline?: unknown): void {
      owner.randomize(this, this.#stream, inline as Constraints);
    }
    randomizeOnly(fields: readonly string[], inline?: unknown): void {
      owner.randomizeOnly(this, this.#stream, fields, inline as Constraints);
    }
    check(inline?: unknown): CheckResult {
      return owner.check(this, inline as Constraints, this.#stream.run);
    }
    isValid(inline?: unknown): boolean {
      return this.check(inline).isValid;
    }
    randMode(field: string, isOn?: boolean): boolean {
      return owner.randMode(this, field, isOn);
    }
    randModeAll(isOn: boolean): void {
      for (const field of Object.keys(owner.fieldDomains)) this.randMode(field, isOn);
    }
    constraintModeAll(isOn: boolean): void {
      for (const block of Object.keys(owner.blocks)) this.constraintMode(block, isOn);
    }
    constraintMode(block: string, isOn?: boolean): boolean {
      return owner.constraintMode(this, block, isOn, this.#stream.run);
    }
    getRandState(): RandomState {
      return this.#stream.getState();
    }
    setRandState(state: RandomState): void {
      this.#stream.setState(state);
    }
    srandom(seed: number): void {
      this.#stream = this.#stream.reseeded(seed);
    }
  }
  Object.defineProperty(Instance, 'name', { value: random.name });
  return Instance as unknown as new (stream: RandomStream) => Randomized<C, D>;
}
