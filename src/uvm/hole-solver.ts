/**
 * Closure by solving: a bin that was not hit becomes a constraint on the random item whose fields the coverpoint reads. The answer is an
 * item that must hit it, or the proof that no legal item can (semantics §10: what choosing values alone cannot do).
 *
 *     const holes = new HoleSolver(coverage, aluItem);
 *     while (holes.aim(item) !== undefined) yield* send(item);        // one hole after the other, until none is left
 *     summarizeCoverage(record, { excluded: holes.unreachable });     // bins that no legal item hits do not count
 *
 * A hole can be aimed at when every point of it reads a field by name, that field is random, and no `iff` stands before it; transitions,
 * bins with a condition and what functions read are left to chance (`skipped` names them). A proof holds for the item's state and constraints at the time.
 */
import { UsageError, assert } from '#base/assert';
import { binContents } from '#cover/bin-contents';
import type { Covergroup } from '#cover/covergroup';
import type { Coverpoint } from '#cover/coverpoint';
import type { Cross } from '#cover/cross';
import type { Matcher } from '#cover/value-classes';
import type { ExcludedBins, ExcludedItem } from '#cover/summary';
import { ChoiceExpr, FlagExpr, IntExpr, all, any, literal, type BoolExpr } from '#solver/builder';
import type { Scalar } from '#solver/domain';
import type { RandomClass } from '#solver/random-class';

/** A bin that was not hit often enough: `item` is a point or cross, `bin` its name or "a=x b=y". */
export interface Hole {
  readonly item: string;
  readonly bin: string;
}

/** A hole that no legal item can hit. */
export interface UnreachableHole extends Hole {
  /** Index of the tuple of a cross, as records have it; undefined where the bin has a name. */
  readonly tuple: number | undefined;
  /** The constraints that conflict with it. */
  readonly proof: string;
}

/** One bin of each of several points. */
type TupleOfBins = readonly { readonly point: Coverpoint<never>; readonly bin: number }[];

/** What hits a hole: any of these tuples. */
interface AimAt extends Hole {
  readonly tuple?: number;
  /** Hits that it needs. */
  readonly atLeast: number;
  /** Undefined where values alone do not hit it. */
  readonly tuples: readonly TupleOfBins[] | undefined;
}

/** Times that a hole is aimed at, for each hit that it needs, before it counts as missed: what was drawn is not what was sampled. */
const AIMS_MAX = 16;
/** Tuples of one bin of an author's own that become a constraint. */
const TUPLES_MAX = 1024;

/** Finds items for holes. Holes are taken in the order of points, crosses and bins. */
export class HoleSolver<T, C extends object, D> {
  private readonly group: Covergroup<T>;
  private readonly random: RandomClass<C, D>;
  private readonly fieldOf: (name: string) => string;
  private readonly proofs = new Map<string, UnreachableHole>();
  private readonly open = new Set<string>();
  private readonly aims = new Map<string, number>();
  private readonly tuplesOf = new Map<Cross<T>, readonly (readonly TupleOfBins[] | undefined)[]>();

  /**
   * @param fields what fields of the item are called that the group knows by other names: sampled name -> name in the item.
   * @throws UsageError `bad-holes` when no point of the group reads a random field.
   */
  constructor(
    group: Covergroup<T>,
    random: RandomClass<C, D>,
    fields: Readonly<Record<string, keyof D & string>> = {},
  ) {
    this.group = group;
    this.random = random;
    this.fieldOf = (name) => fields[name] ?? name;
    if (group.points.some((point) => this.canAim(point))) return;
    const message = `no coverpoint of ${group.typeName} reads a random field of ${random.name}: no hole can be solved for`;
    throw new UsageError('bad-holes', message, {
      hint: 'Coverpoints by field name can be aimed at: this.coverpoint("a", …), or give the names of fields that differ.',
    });
  }

  /**
   * Randomizes the item so that it hits a hole, the first one that can be hit.
   * @returns the hole; undefined when none is left that can be aimed at.
   */
  aim(item: C & { randomize(inline?: unknown): void }): Hole | undefined {
    for (const hole of this.holes()) {
      const key = keyOf(hole);
      if (hole.tuples === undefined) continue;
      const aims = this.aims.get(key) ?? 0;
      if (this.proofs.has(key) || this.open.has(key) || aims >= hole.atLeast * AIMS_MAX) continue;
      const inline = (v: Readonly<Record<string, unknown>>): BoolExpr => this.constraint(hole, v);
      try {
        item.randomize(inline);
        this.aims.set(key, aims + 1);
        return { item: hole.item, bin: hole.bin };
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        if (error.code === 'solve-failed') {
          const { item: name, bin, tuple } = hole;
          this.proofs.set(key, { item: name, bin, tuple, proof: error.message });
        } else if (error.code === 'solve-limit') this.open.add(key);
        else throw error;
      }
    }
    return undefined;
  }

  /** Holes shown to be out of reach, with their proofs; also what `summarizeCoverage` and reports take as excluded bins. */
  get unreachable(): ExcludedBins & { readonly holes: readonly UnreachableHole[] } {
    const byItem = new Map<string, { readonly bins: Set<string>; readonly tuples: Set<number> }>();
    for (const { item, bin, tuple } of this.proofs.values()) {
      const known = byItem.get(item) ?? { bins: new Set(), tuples: new Set() };
      known.bins.add(bin);
      if (tuple !== undefined) known.tuples.add(tuple);
      byItem.set(item, known);
    }
    return {
      holes: [...this.proofs.values()],
      of: (type: string, item: string): ExcludedItem | undefined =>
        type === this.group.typeName ? byItem.get(item) : undefined,
    };
  }

  /** Holes that were aimed at time and again and are not hit: the item that was sent is not what the group sampled. */
  get missed(): readonly Hole[] {
    const isMissed = (hole: AimAt): boolean =>
      (this.aims.get(keyOf(hole)) ?? 0) >= hole.atLeast * AIMS_MAX;
    return [...this.holes()].filter(isMissed).map(({ item, bin }) => ({ item, bin }));
  }

  /**
   * What is left to chance: items of the group that cannot be aimed at, as `item`; of the others, holes that values alone do not
   * hit (transitions, bins with a condition) and those where the solver hit a limit, as `item/bin`.
   */
  get skipped(): readonly string[] {
    const { group } = this;
    const points = group.points.filter((point) => !this.canAim(point));
    const crosses = group.crosses.filter((cross) => !this.canAimCross(cross));
    const items = [...points, ...crosses].map((item) => group.itemName(item));
    const holes = [...this.holes()].filter(({ tuples }) => tuples === undefined).map(keyOf);
    return [...items, ...holes, ...this.open];
  }

  /** Forgets proofs and limits: after the item's constraints or its state have changed. */
  forget(): void {
    this.proofs.clear();
    this.open.clear();
    this.aims.clear();
  }

  private canAim(point: Coverpoint<T>): boolean {
    if (typeof point.source !== 'string' || point.iff !== undefined) return false;
    return Object.hasOwn(this.random.fieldDomains, this.fieldOf(point.source));
  }

  private canAimCross(cross: Cross<T>): boolean {
    return cross.iff === undefined && cross.points.every((point) => this.canAim(point));
  }

  private *holes(): Iterable<AimAt> {
    for (const point of this.group.points) {
      if (this.canAim(point)) yield* this.holesOfPoint(point);
    }
    for (const cross of this.group.crosses) {
      if (this.canAimCross(cross)) yield* this.holesOfCross(cross);
    }
  }

  private *holesOfPoint(point: Coverpoint<T>): Iterable<AimAt> {
    const { names, automata, guards } = point.table;
    for (let bin = 0; bin < names.length; bin++) {
      if (point.counts[bin] >= point.atLeast) continue;
      const isByChance = automata[bin] !== undefined || guards?.bins[bin] !== undefined;
      const tuples = isByChance ? undefined : [[{ point, bin }]];
      const item = this.group.itemName(point);
      yield { item, bin: names[bin], atLeast: point.atLeast, tuples };
    }
  }

  private *holesOfCross(cross: Cross<T>): Iterable<AimAt> {
    const item = this.group.itemName(cross);
    const { atLeast } = cross;
    for (let index = 0; index < cross.tupleCount; index++) {
      if (!cross.isAutomatic(index) || cross.tuples.get(index) >= cross.atLeast) continue;
      const tuple = tupleAt(cross, index);
      const tuples = tuple === undefined ? undefined : [tuple];
      const names = Object.entries(cross.tupleOf(index));
      const bin = names.map(([axis, name]) => `${axis}=${name}`).join(' ');
      yield { item, bin, tuple: index, atLeast, tuples };
    }
    for (let bin = 0; bin < cross.binNames.length; bin++) {
      if (cross.binCounts[bin] >= cross.atLeast) continue;
      const tuples = this.ownTuples(cross)[bin];
      yield { item, bin: cross.binNames[bin], atLeast, tuples };
    }
  }

  /** What never changes of a cross, looked up once. */
  private ownTuples(cross: Cross<T>): readonly (readonly TupleOfBins[] | undefined)[] {
    const known = this.tuplesOf.get(cross);
    if (known !== undefined) return known;
    const found = tuplesByBin(cross);
    this.tuplesOf.set(cross, found);
    return found;
  }

  private constraint({ tuples = [] }: AimAt, v: Readonly<Record<string, unknown>>): BoolExpr {
    const parts = tuples.map((tuple) => {
      const bins = tuple.map(({ point, bin }) => {
        assert(typeof point.source === 'string', 'only points that read a field are aimed at');
        return inMatcher(v[this.fieldOf(point.source)], binContents(point.table)[bin]);
      });
      return all(...bins);
    });
    return any(...parts);
  }
}

function keyOf({ item, bin }: Hole): string {
  return `${item}/${bin}`;
}

/** The bins of a tuple; undefined where one is a transition. */
function tupleAt(cross: Cross<never>, index: number): TupleOfBins | undefined {
  const tuple = cross.points.map((point, axis) => {
    const bin = Math.floor(index / cross.strides[axis]) % point.counts.length;
    return { point, bin };
  });
  return tuple.some(({ point, bin }) => point.table.automata[bin] !== undefined)
    ? undefined
    : tuple;
}

/**
 * By bin of the author's own all its tuples; undefined where they are too many, or one has a transition: then nothing is
 * proven.
 */
function tuplesByBin(cross: Cross<never>): readonly (readonly TupleOfBins[] | undefined)[] {
  const byBin: (TupleOfBins[] | undefined)[] = cross.binNames.map(() => []);
  for (let index = 0; index < cross.tupleCount; index++) {
    for (const bin of cross.binsOf(index)) {
      const tuple = byBin[bin]?.length === TUPLES_MAX ? undefined : tupleAt(cross, index);
      if (tuple === undefined) byBin[bin] = undefined;
      else byBin[bin]?.push(tuple);
    }
  }
  return byBin;
}

/** A field has one of the values of a bin. */
function inMatcher(field: unknown, { ranges, scalars }: Matcher): BoolExpr {
  if (field instanceof IntExpr) {
    const numbers = scalars.filter((scalar) => typeof scalar === 'number');
    const clipped = ranges.map(([low, high]) => [toSafe(low), toSafe(high)] as const);
    const items = [...clipped, ...numbers];
    return items.length === 0 ? literal(false) : field.inside(...items);
  }
  if (field instanceof FlagExpr) {
    const wanted = scalars.filter((scalar) => typeof scalar === 'boolean');
    return any(...wanted.map((value) => field.is(value)));
  }
  assert(
    field instanceof ChoiceExpr,
    'a point that is aimed at reads a number, a flag or a choice',
  );
  const choice = field as ChoiceExpr<Scalar>;
  const known = scalars.filter((scalar) => choice.knows(scalar));
  return known.length === 0 ? literal(false) : choice.inside(...known);
}

function toSafe(value: number): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value));
}
