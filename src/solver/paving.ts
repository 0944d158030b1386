/**
 * Exact uniform sampling of one component: variables that constraints tie together (semantics §2, "Uniformity").
 *
 * The box of all values is cut into smaller ones until each is *full* (every constraint holds everywhere in it), or empty and
 * dropped, or the budget of boxes is used up; what is left then is *mixed*. A point is drawn by choosing a box in proportion to
 * its number of points, and a point in it; in a mixed box the constraints are asked, and if one fails everything is drawn again.
 * Every solution lies in exactly one box and each point has the same chance, so solutions are equally likely **whatever the
 * cut**: it decides only how many draws it takes, never their distribution. With no mixed box left the count is exact, and so is
 * the statement that there is no solution.
 *
 *      b                                   a + b <= 5:  F full, m mixed (single points are never mixed), blank dropped
 *      | m .
 *      | F m .            acceptance >= |F| / (|F| + |m|)
 *      | F F m .
 *      +--------- a
 *
 * A paving is a pure function of the problem, built in levels; what was drawn from it before changes nothing.
 */
import { assert } from '#base/assert';
import type { RandomStream } from '#random/random-stream';
import { belowBig } from './below-big.ts';
import { countOf, normalizeRanges, nthOf, type NumberRange } from './domain.ts';
import { evaluateBool, isInRanges, varsOf, visitVars, type BoolNode } from './expression.ts';
import { compilePredicate } from './expression-code.ts';
import { Narrowing, decide, type Sets, type ValueSet } from './interval.ts';
import { SOLVER_LIMITS } from './limits.ts';
import { ValueTable } from './value-table.ts';

interface Box {
  readonly sets: Sets;
  /** Points; a product of counts, rounded above 2^53. */
  readonly volume: number;
  /** Constraints that hold in a part of it only; none: it is full. */
  readonly open: readonly BoolNode[];
}

const NARROWING_ROUNDS_MAX = 4;
/** Variables that are tried before a box is cut. */
const CANDIDATES_MAX = 6;
/** Cutting stops when mixed boxes have less than this share of the points: drawing again is cheap then. */
const MIXED_SHARE_ENOUGH = 1 / 8;

/** The boxes of a component, in levels of effort: the next one goes on where the last one stopped. */
export class Paving {
  /** Numbers of the variables. */
  private readonly vars: readonly number[];
  private readonly levels: Level[] = [];
  private readonly first: readonly Box[];

  /** @param starts disjoint boxes that hold all solutions. */
  constructor(vars: readonly number[], starts: readonly Sets[], constraints: readonly BoolNode[]) {
    this.vars = vars;
    this.first = starts.flatMap((sets) => makeBox(sets, constraints, vars) ?? []);
  }

  /** The values that a variable has in some box, before they are cut. */
  setOf(index: number): ValueSet {
    return normalizeRanges(this.first.flatMap((box) => box.sets[index]));
  }

  /** Points of the boxes before they are cut. */
  get points(): bigint {
    return this.first.reduce((sum, box) => sum + exactVolume(box, this.vars), 0n);
  }

  /** Boxes of this effort, 0 to 2. */
  level(effort: number): Level {
    const known = this.levels[effort];
    if (known !== undefined) return known;
    const previous = effort === 0 ? undefined : this.level(effort - 1);
    const cutter = new Cutter(this.vars, previous?.mixed ?? this.first, previous?.full ?? []);
    cutter.run(SOLVER_LIMITS.boxesMax[effort], effort < 2 ? MIXED_SHARE_ENOUGH : 0);
    const made = new Level(this.vars, cutter.full, cutter.mixed);
    this.levels[effort] = made;
    return made;
  }

  /** Number of solutions, when these boxes can be cut until none is mixed. */
  count(effort: number): bigint | undefined {
    const boxes = new Cutter(this.vars, this.first);
    boxes.run(SOLVER_LIMITS.boxesMax[effort], 0);
    if (boxes.mixed.length > 0) return undefined;
    return boxes.full.reduce((sum, box) => sum + exactVolume(box, this.vars), 0n);
  }
}

/** Points with one value of a variable: the boxes that have it, and running sums of their points. */
export interface Slice {
  readonly index: number;
  readonly value: number;
  readonly boxes: readonly number[];
  readonly sums: readonly number[] | readonly bigint[];
}

/** The boxes of one level of effort, ready to be drawn from. */
export class Level {
  readonly full: readonly Box[];
  readonly mixed: readonly Box[];
  /** The full ones first. */
  private readonly boxes: readonly Box[];
  private readonly vars: readonly number[];
  /** Running sums of volumes; empty when the total is above 2^53. */
  private readonly sums: Float64Array;
  private bigSums: readonly bigint[] | undefined = undefined;
  private readonly table: ValueTable;
  /** Of mixed boxes, what has to be asked of a point. */
  private readonly predicates: ((values: Float64Array) => boolean)[] = [];

  constructor(vars: readonly number[], full: readonly Box[], mixed: readonly Box[]) {
    this.vars = vars;
    this.full = full;
    this.mixed = mixed;
    this.boxes = [...full, ...mixed];
    this.table = new ValueTable(
      vars,
      this.boxes.map((box) => box.sets),
    );
    const total = this.boxes.reduce((sum, box) => sum + box.volume, 0);
    const isExact = total <= Number.MAX_SAFE_INTEGER;
    this.sums = new Float64Array(isExact ? this.boxes.length : 0);
    for (let i = 0, sum = 0; i < this.sums.length; i++) {
      sum += this.boxes[i].volume;
      this.sums[i] = sum;
    }
  }

  /** No box, no solution. */
  get isEmpty(): boolean {
    return this.boxes.length === 0;
  }

  /** Points of all boxes; each draw takes one of them. */
  get points(): bigint {
    return this.boxes.reduce((sum, box) => sum + exactVolume(box, this.vars), 0n);
  }

  /** Points that are known to be solutions. */
  get fullPoints(): bigint {
    return this.full.reduce((sum, box) => sum + exactVolume(box, this.vars), 0n);
  }

  /** Whether one of a few points is a solution. */
  get hasWitness(): boolean {
    return this.full.length > 0 || this.mixed.some((box) => hasWitness(box, this.vars));
  }

  /** The part of the boxes where a variable has one value; undefined: no box has it. */
  slice(index: number, value: number): Slice | undefined {
    const boxes: number[] = [];
    const sums: number[] = [];
    let sum = 0;
    this.boxes.forEach(({ sets, volume }, i) => {
      const set = sets[index];
      if (!isInRanges(value, set)) return;
      boxes.push(i);
      sums.push((sum += volume / countOf(set)));
    });
    if (boxes.length === 0) return undefined;
    if (sum <= Number.MAX_SAFE_INTEGER) return { index, value, boxes, sums };
    let bigSum = 0n;
    const bigSums = boxes.map((box) => {
      const { sets } = this.boxes[box];
      return (bigSum += exactVolume(this.boxes[box], this.vars) / BigInt(countOf(sets[index])));
    });
    return { index, value, boxes, sums: bigSums };
  }

  /** As `draw`, in a slice. */
  drawSlice(
    { index, value, boxes, sums }: Slice,
    stream: RandomStream,
    values: Float64Array,
  ): boolean {
    const box = boxes[boxes.length === 1 ? 0 : pickBySums(sums, stream)];
    this.table.draw(box, stream, values);
    values[index] = value;
    return this.holds(box, values);
  }

  /** Draws a point into `values`, each equally likely; whether it is a solution. There is a box. */
  draw(stream: RandomStream, values: Float64Array): boolean {
    const box = this.pick(stream);
    this.table.draw(box, stream, values);
    return this.holds(box, values);
  }

  private holds(box: number, values: Float64Array): boolean {
    const n = box - this.full.length;
    return n < 0 || (this.predicates[n] ?? this.predicate(n))(values);
  }

  private predicate(n: number): (values: Float64Array) => boolean {
    const { open, sets } = this.mixed[n];
    const made = compilePredicate(open, sets);
    this.predicates[n] = made;
    return made;
  }

  /** A box, in proportion to its points. */
  private pick(stream: RandomStream): number {
    const { boxes, sums } = this;
    if (boxes.length === 1) return 0;
    if (sums.length === 0) return this.pickBig(stream);
    const n = stream.below(sums[sums.length - 1]);
    return firstAbove(sums, n);
  }

  private pickBig(stream: RandomStream): number {
    if (this.bigSums === undefined) {
      let sum = 0n;
      this.bigSums = this.boxes.map((box) => (sum += exactVolume(box, this.vars)));
    }
    return pickBySums(this.bigSums, stream);
  }
}

/** An index, in proportion to what its sum has more than the one before. */
function pickBySums(sums: readonly number[] | readonly bigint[], stream: RandomStream): number {
  const total = sums[sums.length - 1];
  return typeof total === 'bigint'
    ? firstAbove(sums as readonly bigint[], belowBig(stream, total))
    : firstAbove(sums as readonly number[], stream.below(total));
}

/** Index of the first sum above n. */
function firstAbove<N extends number | bigint>(sums: ArrayLike<N>, n: N): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sums[middle] > n) high = middle;
    else low = middle + 1;
  }
  return low;
}

function exactVolume(box: Box, vars: readonly number[]): bigint {
  return vars.reduce((product, index) => product * BigInt(countOf(box.sets[index])), 1n);
}

/** Cuts mixed boxes, the largest first. */
class Cutter {
  readonly full: Box[];
  /** A heap: the largest volume on top; among equals the one that came first. */
  private readonly heap: { readonly box: Box; readonly serial: number }[] = [];
  private readonly vars: readonly number[];
  private fullVolume: number;
  private mixedVolume = 0;
  private serial = 0;

  constructor(vars: readonly number[], start: readonly Box[], full: readonly Box[] = []) {
    this.vars = vars;
    this.full = [...full];
    this.fullVolume = full.reduce((sum, box) => sum + box.volume, 0);
    for (const box of start) this.add(box);
  }

  get mixed(): readonly Box[] {
    return this.heap.map(({ box }) => box);
  }

  /** Goes on until nothing is mixed, or its share is small enough, or `boxesMax` boxes exist. */
  run(boxesMax: number, enoughShare: number): void {
    while (this.heap.length > 0 && this.heap.length + this.full.length < boxesMax) {
      if (this.mixedVolume <= enoughShare * this.fullVolume) return;
      const box = this.pop();
      for (const child of cut(box, this.vars)) this.add(child);
    }
  }

  private add(box: Box): void {
    if (box.open.length === 0) {
      this.full.push(box);
      this.fullVolume += box.volume;
      return;
    }
    this.mixedVolume += box.volume;
    const { heap } = this;
    heap.push({ box, serial: this.serial++ });
    for (let i = heap.length - 1; i > 0;) {
      const parent = (i - 1) >>> 1;
      if (!this.isBefore(i, parent)) return;
      this.swap(i, parent);
      i = parent;
    }
  }

  private pop(): Box {
    const { heap } = this;
    this.swap(0, heap.length - 1);
    const top = heap.pop();
    assert(top !== undefined, 'a box is popped only when there is one');
    for (let i = 0; ;) {
      let best = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < heap.length && this.isBefore(child, best)) best = child;
      }
      if (best === i) break;
      this.swap(i, best);
      i = best;
    }
    this.mixedVolume -= top.box.volume;
    return top.box;
  }

  private isBefore(i: number, j: number): boolean {
    const a = this.heap[i];
    const b = this.heap[j];
    return a.box.volume > b.box.volume || (a.box.volume === b.box.volume && a.serial < b.serial);
  }

  private swap(i: number, j: number): void {
    const kept = this.heap[i];
    this.heap[i] = this.heap[j];
    this.heap[j] = kept;
  }
}

/** Narrows, and drops constraints that hold throughout; undefined: no solution in it. */
function makeBox(
  sets: Sets,
  constraints: readonly BoolNode[],
  vars: readonly number[],
): Box | undefined {
  const narrowing = new Narrowing(sets);
  for (let round = 0; round < NARROWING_ROUNDS_MAX; round++) {
    narrowing.hasChanged = false;
    for (const constraint of constraints) narrowing.require(constraint);
    if (narrowing.isEmpty) return undefined;
    if (!narrowing.hasChanged) break;
  }
  const open: BoolNode[] = [];
  for (const constraint of constraints) {
    const truth = decide(constraint, narrowing.sets);
    if (truth === 'no') return undefined;
    if (truth === 'yes') continue;
    const isPoint = varsOf(constraint).every((index) => isSingle(narrowing.sets[index]));
    if (!isPoint) open.push(constraint);
    else if (!holdsAtLowest(constraint, narrowing.sets)) return undefined;
  }
  const volume = vars.reduce((product, index) => product * countOf(narrowing.sets[index]), 1);
  return { sets: narrowing.sets, volume, open };
}

function isSingle(set: ValueSet): boolean {
  return set.length === 1 && set[0][0] === set[0][1];
}

/** Where bounds say nothing, of a division by zero for one, a single point is asked. */
function holdsAtLowest(constraint: BoolNode, sets: Sets): boolean {
  const values = Float64Array.from(sets, (set) => (set.length === 0 ? 0 : set[0][0]));
  return evaluateBool(constraint, values);
}

/**
 * Cuts a box in two along the variable that leaves the least undecided; among equals along the one with the fewest values, so that
 * choices and flags are settled first and wide addresses are left to drawing.
 */
function cut(box: Box, vars: readonly number[]): readonly Box[] {
  let best: readonly Box[] | undefined;
  let bestVolume = Infinity;
  for (const index of candidates(box)) {
    const children = halves(box.sets[index]).flatMap((half) => {
      const sets = [...box.sets];
      sets[index] = half;
      const child = makeBox(sets, box.open, vars);
      return child === undefined ? [] : [child];
    });
    const undecided = children.reduce(
      (sum, child) => sum + (child.open.length > 0 ? child.volume : 0),
      0,
    );
    if (undecided < bestVolume) {
      best = children;
      bestVolume = undecided;
    }
  }
  assert(best !== undefined, 'a mixed box has more than one point');
  return best;
}

/** Variables of the open constraints with more than one value, those with the fewest first. */
function candidates(box: Box): readonly number[] {
  const counts = new Map<number, number>();
  for (const constraint of box.open) {
    visitVars(constraint, (index) => counts.set(index, countOf(box.sets[index])));
  }
  return [...counts]
    .filter(([, count]) => count > 1)
    .sort((a, b) => a[1] - b[1] || a[0] - b[0])
    .slice(0, CANDIDATES_MAX)
    .map(([index]) => index);
}

/** Two halves of equal size, the lower values first. */
function halves(set: ValueSet): readonly [ValueSet, ValueSet] {
  let rest = Math.floor(countOf(set) / 2);
  const lower: NumberRange[] = [];
  const upper: NumberRange[] = [];
  for (const [low, high] of set) {
    const count = high - low + 1;
    const taken = Math.min(rest, count);
    if (taken > 0) lower.push([low, low + taken - 1]);
    if (taken < count) upper.push([low + taken, high]);
    rest -= taken;
  }
  return [lower, upper];
}

/** Looks for a solution among the lowest, the highest and the middle point. */
function hasWitness(box: Box, vars: readonly number[]): boolean {
  const values = new Float64Array(box.sets.length);
  return [0, 0.5, 1].some((share) => {
    for (const index of vars) {
      const set = box.sets[index];
      values[index] = nthOf(set, Math.floor((countOf(set) - 1) * share));
    }
    return box.open.every((constraint) => evaluateBool(constraint, values));
  });
}
