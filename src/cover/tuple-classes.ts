/**
 * What becomes of each tuple of a cross (IEEE 1800-2023 §19.6; semantics §3): counted, ignored, illegal, or taken by bins
 * of the author's own. Tuples of one fate share a class. Illegal goes over ignored, ignored over the author's bins.
 */
import { UsageError } from '#base/assert';
import type { Guard } from './bin-drafts.ts';
import { Selection, type SelectionAxes, type TupleTest } from './cross-select.ts';

/** A bin of the author's own, an ignored or an illegal one, as declared. */
export interface NamedTuples {
  readonly name: string;
  readonly of: Selection | ((bin: never) => boolean);
  readonly iff: Guard | undefined;
}

/** What was declared of a cross. */
export interface CrossBinsDeclared {
  readonly bins: readonly NamedTuples[];
  readonly ignored: readonly NamedTuples[];
  readonly illegal: readonly NamedTuples[];
  /** Whether tuples that no bin of the author's own takes are bins when there are such bins. */
  readonly isRetaining: boolean;
}

/** The fate of some tuples. */
export interface TupleClass {
  /** Illegal bins, in order. */
  readonly illegals: readonly number[];
  /** Whether they never count. */
  readonly isIgnored: boolean;
  /** Conditions under which they do not count. */
  readonly ignoredWhen: readonly Guard[];
  /** Bins of the author's own. */
  readonly bins: readonly number[];
  /** Whether each is an automatic bin. */
  readonly isAutomatic: boolean;
}

/** By tuple its class; class 0 is of plain automatic bins, and `of` is undefined when all are. */
export interface TupleClasses {
  readonly of: Uint16Array | undefined;
  readonly classes: readonly TupleClass[];
}

const PLAIN: TupleClass = {
  illegals: [],
  isIgnored: false,
  ignoredWhen: [],
  bins: [],
  isAutomatic: true,
};
const CLASSES_MAX = 0xffff;

/** Sorts all tuples; the last axis runs fastest. */
export function tupleClasses(
  declared: CrossBinsDeclared,
  axes: SelectionAxes,
  sizes: readonly number[],
): TupleClasses {
  const { bins, ignored, illegal } = declared;
  if (bins.length + ignored.length + illegal.length === 0) {
    return { of: undefined, classes: [PLAIN] };
  }
  const at = new Int32Array(sizes.length);
  const tuple = new TupleNames(axes, at);
  const sorter = new Sorter(declared, (one) => testOf(one, axes, tuple));
  const total = sizes.reduce((product, size) => product * size, 1);
  const of = new Uint16Array(total);
  for (let index = 0; index < total; index++) {
    of[index] = sorter.classOf(at, axes.where);
    tuple.isStale = true;
    for (let axis = sizes.length - 1; axis >= 0 && ++at[axis] === sizes[axis]; axis--) at[axis] = 0;
  }
  return { of: of.some((one) => one !== 0) ? of : undefined, classes: sorter.classes };
}

/** The tuple at hand as authors' functions see it, made when one asks. */
class TupleNames {
  isStale = true;
  private readonly axes: SelectionAxes;
  private readonly at: Int32Array;
  private names: Record<string, string> = {};

  constructor(axes: SelectionAxes, at: Int32Array) {
    this.axes = axes;
    this.at = at;
  }

  get(): Readonly<Record<string, string>> {
    if (!this.isStale) return this.names;
    const { names, points } = this.axes;
    this.names = Object.fromEntries(
      names.map((name, axis) => [name, points[axis].table.names[this.at[axis]]]),
    );
    this.isStale = false;
    return this.names;
  }
}

function testOf({ of }: NamedTuples, axes: SelectionAxes, tuple: TupleNames): TupleTest {
  if (of instanceof Selection) return of.testFor(axes);
  return () => of(tuple.get() as never);
}

class Sorter {
  readonly classes: TupleClass[] = [PLAIN];
  private readonly declared: CrossBinsDeclared;
  private readonly tests: Readonly<Record<'bins' | 'ignored' | 'illegal', readonly TupleTest[]>>;
  private readonly byKey = new Map<string, number>();

  constructor(declared: CrossBinsDeclared, testOf: (one: NamedTuples) => TupleTest) {
    this.declared = declared;
    this.tests = {
      bins: declared.bins.map(testOf),
      ignored: declared.ignored.map(testOf),
      illegal: declared.illegal.map(testOf),
    };
  }

  classOf(at: Int32Array, where: string): number {
    const illegals = matching(this.tests.illegal, at);
    const isIllegal = illegals.some((n) => this.declared.illegal[n].iff === undefined);
    const ignored = isIllegal ? [] : matching(this.tests.ignored, at);
    const isIgnored = ignored.some((n) => this.declared.ignored[n].iff === undefined);
    const bins = isIllegal || isIgnored ? [] : matching(this.tests.bins, at);
    const key = `${illegals.join()}/${isIgnored ? 'i' : ignored.join()}/${bins.join()}`;
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const isLeft = this.declared.isRetaining || this.declared.bins.length === 0;
    const isGone = isIllegal || isIgnored;
    const isPlain = isLeft && !isGone && illegals.length + ignored.length + bins.length === 0;
    if (isPlain) {
      this.byKey.set(key, 0);
      return 0;
    }
    if (this.classes.length > CLASSES_MAX) {
      throw new UsageError('bad-cross', `${where}: over ${CLASSES_MAX} combinations of its bins`, {
        hint: 'Give the cross fewer bins that overlap.',
      });
    }
    this.classes.push({
      illegals,
      isIgnored: isGone || (!isLeft && bins.length === 0),
      ignoredWhen: ignored.flatMap((n) => this.declared.ignored[n].iff ?? []),
      bins,
      isAutomatic: !isGone && isLeft && bins.length === 0,
    });
    this.byKey.set(key, this.classes.length - 1);
    return this.classes.length - 1;
  }
}

const NONE: readonly number[] = [];

function matching(tests: readonly TupleTest[], at: Int32Array): readonly number[] {
  let found: number[] | undefined = undefined;
  for (let n = 0; n < tests.length; n++) {
    if (!tests[n](at)) continue;
    if (found === undefined) found = [n];
    else found.push(n);
  }
  return found ?? NONE;
}
