/**
 * A plan is a tree: at each step a wish is drawn from a problem, and the value drawn leads to the next step, whose problem is that one
 * with the value fixed. Steps are made when they are first reached; what was drawn before changes nothing that is drawn later.
 */
import { UsageError } from '#base/assert';
import { WeightTable, type RandomStream } from '#random/random-stream';
import type { BoolNode, DistItem } from './expression.ts';
import { compilePredicate } from './expression-code.ts';
import { countOf, type NumberRange } from './domain.ts';
import { noValue, noValueLeft, type GiveUp } from './give-up.ts';
import { intersect, type ValueSet } from './interval.ts';
import { SOLVER_LIMITS } from './limits.ts';
import { ratio } from './marginals.ts';
import type { Problem, Slice } from './problem.ts';
import { SatisfiableValues } from './satisfiable-values.ts';
import { totalWeight, valueCount, weightedWithin, type WeightedRanges, type Wish } from './wish.ts';

/** What all steps of a plan share. */
export interface PlanRoom {
  readonly wishes: readonly Wish[];
  stepCount: number;
}

/** A step that may come next, and how likely. */
export interface Branch {
  readonly chance: number;
  readonly next: PlanStep;
  /** A variable that gets its value here, and its share of values in a set. */
  readonly pinned?: { readonly index: number; readonly shareIn: (set: ValueSet) => number };
}

/** What `draw` gives when all values are drawn already. */
export const ALL_DRAWN = 'all drawn';

/** Keys of the steps that a condition leads to; values are integers from -2^53. */
const HOLDS = Infinity;
const FAILS = -Infinity;

export class PlanStep {
  readonly problem: Problem;
  readonly hasWish: boolean;
  private readonly room: PlanRoom;
  /** Number of the wish, and whether its condition is known to hold. */
  private readonly at: number;
  private readonly isSettled: boolean;
  private readonly next = new Map<number, PlanStep>();
  private condition: Condition | undefined = undefined;
  private draws: DrawValue | undefined = undefined;
  /** Why the last draw found nothing. */
  gaveUp: GiveUp | undefined = undefined;

  constructor(room: PlanRoom, problem: Problem, at: number, isSettled = false) {
    room.stepCount++;
    this.room = room;
    this.problem = problem;
    this.at = at;
    this.hasWish = at < room.wishes.length;
    this.isSettled = isSettled;
  }

  /** Draws what is wished here; undefined: there is no solution, or none was found. */
  draw(stream: RandomStream, values: Float64Array): PlanStep | typeof ALL_DRAWN | undefined {
    const wish = this.room.wishes[this.at];
    if (wish.guard !== undefined && !this.isSettled) {
      this.condition ??= new Condition(this.problem, wish.name, wish.guard);
      return this.settle(this.condition, stream, values);
    }
    this.draws ??= drawerOf(this, wish);
    return this.draws.draw(this, stream, values);
  }

  /** All steps that may come next, with their chances; undefined: too many, or too hard to count. */
  branches(): readonly Branch[] | undefined {
    const wish = this.room.wishes[this.at];
    if (wish.guard !== undefined && !this.isSettled) {
      this.condition ??= new Condition(this.problem, wish.name, wish.guard);
      return this.settledBranches(this.condition);
    }
    this.draws ??= drawerOf(this, wish);
    return this.draws.branches(this);
  }

  private settledBranches(condition: Condition): readonly Branch[] | undefined {
    const { name, guard, truth } = condition;
    if (truth !== 'open') {
      return [{ chance: 1, next: this.afterCondition(condition, truth === 'yes') }];
    }
    const total = this.problem.count();
    const held = this.problem.with({ name, node: guard }).count();
    if (total === undefined || held === undefined) return undefined;
    if (total === 0n) return [];
    return [
      { chance: ratio(held, total), next: this.afterCondition(condition, true) },
      { chance: ratio(total - held, total), next: this.afterCondition(condition, false) },
    ].filter(({ chance }) => chance > 0);
  }

  /** No other wish comes after this one. */
  get isLast(): boolean {
    return this.at === this.room.wishes.length - 1;
  }

  /** The step after a value, whose problem has it fixed. */
  after(wish: Wish, value: number): PlanStep {
    const known = this.next.get(value);
    if (known !== undefined) return known;
    const node: BoolNode = { kind: 'in', a: wish.a, ranges: [[value, value]] };
    return this.keep(value, this.problem.with({ name: wish.name, node }), this.at + 1);
  }

  /** The step after a value that touches nothing else. */
  afterPinned(index: number): PlanStep {
    return this.next.get(0) ?? this.keep(0, this.problem.withPinned(index), this.at + 1);
  }

  /** Whether the condition holds, as a solution drawn uniformly has it. */
  private settle(
    condition: Condition,
    stream: RandomStream,
    values: Float64Array,
  ): PlanStep | undefined {
    const { truth } = condition;
    if (truth !== 'open') return this.afterCondition(condition, truth === 'yes');
    if (!this.problem.sample(stream, values)) {
      this.gaveUp = this.problem.gaveUp;
      return undefined;
    }
    return this.afterCondition(condition, condition.holds(values));
  }

  private afterCondition({ name, guard, truth }: Condition, holds: boolean): PlanStep {
    const key = holds ? HOLDS : FAILS;
    const known = this.next.get(key);
    if (known !== undefined) return known;
    const node: BoolNode = holds ? guard : { kind: 'not', part: guard };
    const problem = truth === 'open' ? this.problem.with({ name, node }) : this.problem;
    return this.keep(key, problem, holds ? this.at : this.at + 1, holds);
  }

  private keep(key: number, problem: Problem, at: number, isSettled = false): PlanStep {
    const made = new PlanStep(this.room, problem, at, isSettled);
    this.next.set(key, made);
    return made;
  }
}

/** Under what a wish stands: looked at once for a step, asked of each solution that is drawn to settle it. */
class Condition {
  readonly name: string;
  readonly guard: BoolNode;
  readonly truth: 'yes' | 'no' | 'open';
  readonly holds: (values: Float64Array) => boolean;

  constructor(problem: Problem, name: string, guard: BoolNode) {
    this.name = name;
    this.guard = guard;
    this.truth = problem.truthOf(guard);
    this.holds = compilePredicate([guard], problem.domains);
  }
}

/** A way to draw the value that is wished. */
interface DrawValue {
  draw(
    step: PlanStep,
    stream: RandomStream,
    values: Float64Array,
  ): PlanStep | typeof ALL_DRAWN | undefined;
  branches(step: PlanStep): readonly Branch[] | undefined;
}

function drawerOf(step: PlanStep, wish: Wish): DrawValue {
  if (wish.a.kind === 'var') {
    const set = step.problem.freeSetOf(wish.a.index);
    const weighted = set === undefined ? undefined : weightedWithin(wish.items, set);
    if (weighted !== undefined) return new FreeValue(wish.a.index, weighted);
  }
  return new TiedValue(step, wish);
}

/** Of a variable that nothing ties: its values have their weights, and the rest of the problem stays as it is. */
class FreeValue implements DrawValue {
  private readonly index: number;
  private readonly weighted: WeightedRanges;

  constructor(index: number, weighted: WeightedRanges) {
    this.index = index;
    this.weighted = weighted;
  }

  draw(step: PlanStep, stream: RandomStream, values: Float64Array): PlanStep {
    const [low, high] = this.weighted.ranges[stream.weightedBy(this.weighted.table)];
    const next = step.afterPinned(this.index);
    values[this.index] = low === high ? low : stream.range(low, high);
    return next;
  }

  branches(step: PlanStep): readonly Branch[] {
    const { index, weighted } = this;
    const { ranges, table } = weighted;
    const shareIn = (set: ValueSet): number => {
      let share = 0;
      ranges.forEach((range, i) => {
        const weight = table.ends[i] - (i === 0 ? 0 : table.ends[i - 1]);
        share += (weight * countOf(intersect([range], set))) / (range[1] - range[0] + 1);
      });
      return share / table.total;
    };
    return [{ chance: 1, next: step.afterPinned(index), pinned: { index, shareIn } }];
  }
}

/** Of what other constraints speak of as well: drawn again until a value can be part of a solution. */
class TiedValue implements DrawValue {
  private readonly wish: Wish;
  private readonly table: WeightTable;
  private readonly isPossible: (value: number) => boolean;
  /** Where most of the weight lies on values that are ruled out at sight: the ranges of the others. */
  private readonly narrowed: WeightedRanges | undefined;
  /** Where each value need not have a problem of its own. */
  private readonly slice: Slice | undefined;
  private satisfiable: { readonly found: SatisfiableValues | undefined } | undefined = undefined;

  constructor(step: PlanStep, wish: Wish) {
    this.wish = wish;
    this.table = weightTable(wish);
    const { a } = wish;
    this.isPossible = a.kind === 'var' ? step.problem.filterOf(a.index) : () => true;
    this.narrowed = narrowedTable(step.problem, wish);
    const isWorth = step.isLast && valueCount(wish.items) > STEPS_PER_WISH_MAX;
    this.slice = isWorth && wish.a.kind === 'var' ? step.problem.sliceOf(wish.a.index) : undefined;
  }

  draw(
    step: PlanStep,
    stream: RandomStream,
    values: Float64Array,
  ): PlanStep | typeof ALL_DRAWN | undefined {
    const { slice } = this;
    return slice === undefined
      ? this.drawStep(step, stream)
      : this.drawSlice(step, slice, stream, values);
  }

  private drawSlice(
    step: PlanStep,
    slice: Slice,
    stream: RandomStream,
    values: Float64Array,
  ): PlanStep | typeof ALL_DRAWN | undefined {
    for (let n = 0; n < SOLVER_LIMITS.distTriesMax; n++) {
      const value = this.drawValue(stream);
      if (Number.isNaN(value)) break;
      const drawn = step.problem.sampleSlice(slice, value, stream, values);
      if (drawn === 'drawn') return ALL_DRAWN;
      if (drawn === 'none') continue;
      const next = step.after(this.wish, value);
      if (next.problem.satisfiability() !== 'no') return next;
    }
    return this.drawStep(step, stream);
  }

  /** By weight, among the values that are not ruled out at sight; NaN: none was drawn. */
  private drawValue(stream: RandomStream): number {
    const { narrowed } = this;
    for (let n = 0; n < SOLVER_LIMITS.distDrawsMax; n++) {
      const [low, high] =
        narrowed === undefined
          ? edgesOf(this.wish.items[stream.weightedBy(this.table)])
          : narrowed.ranges[stream.weightedBy(narrowed.table)];
      const value = low === high ? low : stream.range(low, high);
      if (this.isPossible(value)) return value;
    }
    return NaN;
  }

  private drawStep(step: PlanStep, stream: RandomStream): PlanStep | undefined {
    const { wish } = this;
    let isAtSight = false;
    for (let n = 0; n < SOLVER_LIMITS.distTriesMax; n++) {
      const value = this.drawValue(stream);
      if (Number.isNaN(value)) {
        isAtSight = n === 0;
        break;
      }
      const next = step.after(wish, value);
      // A value whose satisfiability stays open is taken: the draw that follows will tell.
      if (next.problem.satisfiability() !== 'no') return next;
    }
    const found = this.satisfiableIn(step);
    if (found !== undefined && found.values.length > 0) {
      return step.after(wish, found.draw(stream));
    }
    step.gaveUp = found === undefined ? noValue(wish.name, isAtSight) : noValueLeft(wish.name);
    return undefined;
  }

  branches(step: PlanStep): readonly Branch[] | undefined {
    const found = this.satisfiableIn(step);
    if (found === undefined) return undefined;
    const { values, chances } = found;
    return values.map((value, i) => ({ chance: chances[i], next: step.after(this.wish, value) }));
  }

  private satisfiableIn({ problem }: PlanStep): SatisfiableValues | undefined {
    this.satisfiable ??= { found: SatisfiableValues.of(problem, this.wish) };
    return this.satisfiable.found;
  }
}

function edgesOf({ low, high }: DistItem): NumberRange {
  return [low, high];
}

/** Shares of the weight that are worth drawing again for. */
const SHARE_MIN = 1 / 64;

/** The items cut down to what constraints leave of their variable, where that is little. */
function narrowedTable(problem: Problem, { a, items }: Wish): WeightedRanges | undefined {
  const ranges = a.kind === 'var' ? problem.rangesOf(a.index) : undefined;
  if (ranges === undefined) return undefined;
  let [inside, all] = [0, 0];
  for (const item of items) {
    const weight = totalWeight(item);
    all += weight;
    inside += (weight * countOf(intersect(ranges, [edgesOf(item)]))) / (item.high - item.low + 1);
  }
  return inside < SHARE_MIN * all ? weightedWithin(items, ranges) : undefined;
}

function weightTable({ name, items }: Wish): WeightTable {
  const weights = items.map(totalWeight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= Number.MAX_SAFE_INTEGER) return new WeightTable(weights);
  throw new UsageError(
    'bad-constraint',
    `constraint '${name}': the weights of a distribution add up to ${total}, above 2^53`,
    {
      hint: 'A range whose values have a weight each counts as often as it has values: use share(), or smaller weights.',
    },
  );
}

/** A wish for at most so many values has a step for each, which is the faster way once they are made. */
const STEPS_PER_WISH_MAX = 32;
