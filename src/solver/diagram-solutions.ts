/**
 * All solutions of one component as a decision diagram: counted exactly, and drawn with equal chances without drawing twice
 * (semantics §2, "Uniformity").
 *
 * A draw walks from the root. At each node it goes high with probability (solutions above) / (solutions here), exactly: 32 random bits
 * are held against the first 32 bits of that fraction, and only where they are equal, once in 2^32, the fraction's next bits are
 * worked out. Levels that are not asked are free bits.
 */
import { assert } from '#base/assert';
import type { RandomStream } from '#random/random-stream';
import { significances } from './bit-significance.ts';
import { BitBlaster, type Bits } from './bit-vector.ts';
import { ALL, NONE, Diagram, DiagramLimit, type NodeId } from './diagram.ts';
import type { BoolNode } from './expression.ts';
import type { Sets, ValueSet } from './interval.ts';

const TWO_32 = 0x1_0000_0000;
/** Variables of this many values or fewer are asked first: choices and flags decide what the rest looks like. */
const SMALL_DOMAIN_MAX = 16;

/** What a bit adds to its variable. */
interface LevelBit {
  readonly variable: number;
  readonly weight: number;
}

export class DiagramSolutions {
  private readonly vars: readonly number[];
  private readonly levels: readonly LevelBit[];
  private readonly root: NodeId;
  /** By node, those that are reached only: renumbered, children before parents. */
  private readonly levelOf: Int32Array;
  private readonly low: Int32Array;
  private readonly high: Int32Array;
  /** Solutions below each node, over the levels from its own on. */
  private readonly counts: readonly bigint[];
  /** First 32 bits of the chance of `high`; 2^32 when it is sure. */
  private readonly threshold: Float64Array;

  /** @throws DiagramLimit */
  constructor(vars: readonly number[], sets: Sets, constraints: readonly BoolNode[]) {
    this.vars = vars;
    const layout = layOut(vars, sets, significances(constraints, sets));
    this.levels = layout.levels;
    const diagram = new Diagram(layout.levels.length);
    const bits = new Map([...layout.bitsOf].map(([index, own]) => [index, toNodes(own, diagram)]));
    const blaster = new BitBlaster(diagram, bits);
    let all: NodeId = ALL;
    for (const index of vars) {
      const own = bits.get(index);
      assert(own !== undefined, 'every variable is laid out');
      all = diagram.and(all, blaster.inside(own, sets[index]));
    }
    for (const constraint of constraints) all = diagram.and(all, blaster.relation(constraint));
    const kept = reached(diagram, all);
    this.root = kept.root;
    this.levelOf = kept.levelOf;
    this.low = kept.low;
    this.high = kept.high;
    this.counts = this.countAll();
    this.threshold = this.thresholds();
  }

  get count(): bigint {
    return this.counts[this.root] << BigInt(this.levelOf[this.root]);
  }

  /** Draws a solution, each equally likely, into `values`; there is one. */
  sample(stream: RandomStream, values: Float64Array): void {
    for (const index of this.vars) values[index] = 0;
    const { levels } = this;
    let node = this.root;
    let pool = 0;
    let poolSize = 0;
    for (let level = 0; level < levels.length; level++) {
      let isHigh: boolean;
      if (this.levelOf[node] !== level) {
        if (poolSize === 0) {
          pool = stream.uint32();
          poolSize = 32;
        }
        isHigh = (pool & 1) === 1;
        pool >>>= 1;
        poolSize--;
      } else {
        isHigh = this.goesHigh(node, stream);
        node = isHigh ? this.high[node] : this.low[node];
      }
      if (isHigh) values[levels[level].variable] += levels[level].weight;
    }
  }

  private goesHigh(node: NodeId, stream: RandomStream): boolean {
    const threshold = this.threshold[node];
    if (threshold === 0 && this.high[node] === NONE) return false;
    if (threshold === TWO_32) return true;
    const drawn = stream.uint32();
    if (drawn !== threshold) return drawn < threshold;
    const total = this.counts[node];
    let rest = (this.highCount(node) << 32n) % total;
    for (;;) {
      const next = rest << 32n;
      const bits = next / total;
      const more = BigInt(stream.uint32());
      if (more !== bits) return more < bits;
      rest = next % total;
    }
  }

  private countAll(): readonly bigint[] {
    const counts: bigint[] = [0n, 1n];
    for (let node = 2; node < this.low.length; node++) {
      counts.push(
        this.below(node, this.low[node], counts) + this.below(node, this.high[node], counts),
      );
    }
    return counts;
  }

  private below(node: NodeId, child: NodeId, counts: readonly bigint[]): bigint {
    return counts[child] << BigInt(this.levelOf[child] - this.levelOf[node] - 1);
  }

  private highCount(node: NodeId): bigint {
    return this.below(node, this.high[node], this.counts);
  }

  private thresholds(): Float64Array {
    const thresholds = new Float64Array(this.low.length);
    for (let node = 2; node < this.low.length; node++) {
      thresholds[node] =
        this.low[node] === NONE
          ? TWO_32
          : Number((this.highCount(node) << 32n) / this.counts[node]);
    }
    return thresholds;
  }
}

interface Layout {
  readonly levels: readonly LevelBit[];
  /** Levels of a variable's bits, the lowest bit first; the sign apart. */
  readonly bitsOf: ReadonlyMap<number, OwnBits>;
}

interface OwnBits {
  readonly levels: readonly number[];
  readonly isSigned: boolean;
}

/** Small variables first, whole; then all others bit by bit, the most significant bits of all of them first. */
function layOut(
  vars: readonly number[],
  sets: Sets,
  significance: ReadonlyMap<number, number>,
): Layout {
  const wanted = vars.map((index) => ({ index, ...widthOf(sets[index]) }));
  const order = wanted.flatMap(({ index, width, isSigned, size }) => {
    return Array.from({ length: width }, (_, bit) => ({
      index,
      bit,
      rank: size <= SMALL_DOMAIN_MAX ? -1 : -bit - (significance.get(index) ?? 0),
      isTop: size <= SMALL_DOMAIN_MAX,
      isSign: isSigned && bit === width - 1,
    }));
  });
  order.sort(
    (a, b) =>
      Number(b.isTop) - Number(a.isTop) ||
      (a.isTop ? a.index - b.index || b.bit - a.bit : a.rank - b.rank || a.index - b.index),
  );
  const levels = order.map(({ index, bit, isSign }) => ({
    variable: index,
    weight: isSign ? -(2 ** bit) : 2 ** bit,
  }));
  const bitsOf = new Map<number, OwnBits>();
  for (const { index, width, isSigned } of wanted) {
    const own = Array.from({ length: width }, (_, bit) =>
      order.findIndex((entry) => entry.index === index && entry.bit === bit),
    );
    bitsOf.set(index, { levels: own, isSigned });
  }
  return { levels, bitsOf };
}

/** Bits for all values of a set, and whether the last one is a sign. */
function widthOf(set: ValueSet): {
  readonly width: number;
  readonly isSigned: boolean;
  readonly size: number;
} {
  const low = set[0][0];
  const high = set[set.length - 1][1];
  const most = Math.max(high, -low - 1);
  let width = 0;
  while (2 ** width <= most) width++;
  return { width: low < 0 ? width + 1 : width, isSigned: low < 0, size: high - low + 1 };
}

function toNodes({ levels, isSigned }: OwnBits, diagram: Diagram): Bits {
  const bits = levels.map((level) => diagram.bit(level));
  return isSigned ? bits : [...bits, NONE];
}

interface Kept {
  readonly root: NodeId;
  readonly levelOf: Int32Array;
  readonly low: Int32Array;
  readonly high: Int32Array;
}

/** The nodes below a root, renumbered so that children stand before their parents. */
function reached(diagram: Diagram, root: NodeId): Kept {
  const ids: NodeId[] = [NONE, ALL];
  const numberOf = new Map<NodeId, number>([
    [NONE, NONE],
    [ALL, ALL],
  ]);
  const visit = (id: NodeId): void => {
    if (numberOf.has(id)) return;
    visit(diagram.low[id]);
    visit(diagram.high[id]);
    numberOf.set(id, ids.length);
    ids.push(id);
  };
  visit(root);
  const renumbered = (id: NodeId): number => numberOf.get(id) ?? NONE;
  return {
    root: renumbered(root),
    levelOf: Int32Array.from(ids, (id) => diagram.levelOf[id]),
    low: Int32Array.from(ids, (id) => renumbered(diagram.low[id])),
    high: Int32Array.from(ids, (id) => renumbered(diagram.high[id])),
  };
}

/** The solutions as a diagram; undefined when it would be too large. */
export function diagramOf(
  vars: readonly number[],
  sets: Sets,
  constraints: readonly BoolNode[],
): DiagramSolutions | undefined {
  try {
    return new DiagramSolutions(vars, sets, constraints);
  } catch (error) {
    if (error instanceof DiagramLimit) return undefined;
    throw error;
  }
}
