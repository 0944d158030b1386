/**
 * The classes of one coverpoint's values: values that no bin and no step of a transition tells apart share one. Class 0 is
 * of values that none names.
 */
import { assert } from '#base/assert';
import type { Draft } from './bin-drafts.ts';
import type { ClassSet } from './transition-automaton.ts';
import {
  numberClasses,
  scalarClasses,
  type Matcher,
  type NumberClasses,
  type ScalarClasses,
} from './value-classes.ts';

export class BinClasses {
  readonly numbers: NumberClasses;
  readonly scalars: ScalarClasses;
  /** By matcher: the draft whose values these are, or undefined for a step's. */
  private readonly owners: readonly (Draft | undefined)[];
  private readonly indexOf = new Map<Matcher, number>();
  /** By class: its matchers. */
  private readonly members: (readonly number[])[] = [[]];
  private readonly classByKey = new Map<string, number>([['', 0]]);
  /** By class: the drafts with these values. */
  private readonly drafts: readonly (readonly Draft[])[];
  private readonly removed: readonly boolean[];
  /** Bins with a value that is neither ignored nor illegal. */
  private readonly live: ReadonlySet<Draft>;

  constructor(drafts: readonly Draft[]) {
    const matchers: Matcher[] = [];
    const owners: (Draft | undefined)[] = [];
    const add = (matcher: Matcher, owner: Draft | undefined): void => {
      this.indexOf.set(matcher, matchers.length);
      matchers.push(matcher);
      owners.push(owner);
    };
    for (const draft of drafts) {
      if (draft.what === 'values') add(draft.values, draft);
      for (const step of draft.sequences.flat()) {
        if (!this.indexOf.has(step.of)) add(step.of, undefined);
      }
    }
    this.owners = owners;
    const classFor = (members: readonly number[]): number => this.classFor(members);
    // In this order: it numbers the classes.
    this.numbers = numberClasses(matchers, classFor);
    this.scalars = scalarClasses(matchers, classFor);
    this.drafts = this.members.map((members) => members.flatMap((m) => this.owners[m] ?? []));
    this.removed = this.drafts.map((all) =>
      all.some(({ role, iff }) => role !== 'count' && iff === undefined),
    );
    this.live = new Set(this.drafts.flatMap((all, one) => (this.removed[one] ? [] : all)));
  }

  get count(): number {
    return this.members.length;
  }

  map<R>(of: (one: number) => R): R[] {
    return this.members.map((_, one) => of(one));
  }

  /** The bins of values, whatever their role, that these values are in; in order. */
  draftsOf(one: number): readonly Draft[] {
    return this.drafts[one];
  }

  /** Whether a bin of values names them. */
  isNamed(one: number): boolean {
    return this.drafts[one].length > 0;
  }

  /** Whether they are ignored or illegal, whatever is sampled. */
  isRemoved(one: number): boolean {
    return this.removed[one];
  }

  hasValuesLeft(draft: Draft): boolean {
    return this.live.has(draft);
  }

  /** The classes of a step's values. */
  labelOf(values: Matcher): ClassSet {
    const index = this.indexOf.get(values);
    assert(index !== undefined, 'the values of a step have been classified');
    return Uint8Array.from(this.members, (members) => (members.includes(index) ? 1 : 0));
  }

  private classFor(members: readonly number[]): number {
    const key = members.join(',');
    const known = this.classByKey.get(key);
    if (known !== undefined) return known;
    this.members.push(members);
    this.classByKey.set(key, this.members.length - 1);
    return this.members.length - 1;
  }
}
