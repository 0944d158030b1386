/**
 * What an object remembers about its randomization beside its fields: which fields and blocks are switched off (IEEE 1800 clauses 18.8,
 * 18.9), and which values of cyclic fields have come in the present round. It is kept beside the object, so that copies,
 * comparisons and prints of the object do not see it.
 */
import type { Inline } from './variables.ts';

/** A round of a cyclic field. */
export interface Cycle {
  /** Values that have not come in this round. */
  readonly left: readonly number[];
  /** The constraints on the field at the time. Others begin a new round (IEEE 1800 clause 18.4.2). */
  readonly constraints: string;
}

export class InstanceState {
  /** Names of fields that are not randomized: `length`, `items[2]`. */
  readonly fieldsOff = new Set<string>();
  /** Names of constraint blocks that do not hold. */
  readonly blocksOff = new Set<string>();
  /** By field. */
  readonly cycles = new Map<string, Cycle>();
}

const states = new WeakMap<object, InstanceState>();

/** Undefined: nothing is off, and nothing was cyclic. */
export function knownState(item: object): InstanceState | undefined {
  return states.get(item);
}

export function stateOf(item: object): InstanceState {
  const known = states.get(item);
  if (known !== undefined) return known;
  const made = new InstanceState();
  states.set(item, made);
  return made;
}

/** A constraint block that is switched on and off for all objects of its class at once (IEEE 1800 clause 18.9). */
export class StaticBlock<C, D> {
  readonly build: Inline<C, D>;
  private readonly offIn = new WeakSet<object>();
  private isOffOutside = false;

  /** Use `staticBlock`. */
  constructor(build: Inline<C, D>) {
    this.build = build;
  }

  /** Whether it holds in a run; objects whose streams belong to no run share one setting. */
  isOn(run: object | undefined): boolean {
    return run === undefined ? !this.isOffOutside : !this.offIn.has(run);
  }

  /** For RandomClass: switches it for all objects of `run`, which is undefined outside of a run. */
  switch(run: object | undefined, isOn: boolean): void {
    if (run === undefined) this.isOffOutside = !isOn;
    else if (isOn) this.offIn.delete(run);
    else this.offIn.add(run);
  }
}

/**
 * A constraint block that `constraintMode` of any object switches for all objects of the class: SystemVerilog's
 * `static constraint`. It is switched for the present run only.
 */
export function staticBlock<C, D>(build: Inline<C, D>): StaticBlock<C, D> {
  return new StaticBlock(build);
}
