/**
 * Reduced ordered binary decision diagrams: sets of bit strings as shared graphs, the same set always the same number (glossary,
 * "decision diagram"). Levels are asked from 0 downwards; a level that a path does not ask is free.
 *
 *     a AND b, a at level 0, b at level 1:      a -0-> FALSE,  a -1-> (b -0-> FALSE, b -1-> TRUE)
 *
 * A diagram may grow out of all bounds (products of wide numbers); it stops with a DiagramLimit then, after a number of steps that
 * depends on the problem alone.
 */
import { SOLVER_LIMITS } from './limits.ts';

/** The number of a node. */
export type NodeId = number;

export const NONE: NodeId = 0;
export const ALL: NodeId = 1;

/** The diagram would be too large: caught by whoever started it, who takes another way. */
export class DiagramLimit extends Error {
  override readonly name = 'DiagramLimit';
}

const AND = 0;
const OR = 1;
const XOR = 2;
const CACHE_BITS_FIRST = 12;
const CACHE_BITS_LAST = 18;
const TABLE_BITS_FIRST = 11;

export class Diagram {
  /** Number of levels; the two constants stand on the level after the last. */
  readonly depth: number;
  levelOf = new Int32Array(1024);
  low = new Int32Array(1024);
  high = new Int32Array(1024);
  private size = 2;
  /** Open addressing over the nodes; 0 is free, as constants are not in it. */
  private table = new Int32Array(1 << TABLE_BITS_FIRST);
  /** Results of operations, overwritten by later ones: f, g, result. */
  private cacheBits = CACHE_BITS_FIRST;
  private cache = new Int32Array(4 << CACHE_BITS_FIRST);
  private steps = 0;

  constructor(depth: number) {
    this.depth = depth;
    this.levelOf[NONE] = depth;
    this.levelOf[ALL] = depth;
  }

  /** The bit of a level. */
  bit(level: number): NodeId {
    return this.node(level, NONE, ALL);
  }

  not(f: NodeId): NodeId {
    return this.apply(XOR, f, ALL);
  }
  and(f: NodeId, g: NodeId): NodeId {
    return this.apply(AND, f, g);
  }
  or(f: NodeId, g: NodeId): NodeId {
    return this.apply(OR, f, g);
  }
  xor(f: NodeId, g: NodeId): NodeId {
    return this.apply(XOR, f, g);
  }
  /** `then` where f holds, `otherwise` where it does not. */
  choose(f: NodeId, then: NodeId, otherwise: NodeId): NodeId {
    if (f === ALL || then === otherwise) return then;
    if (f === NONE) return otherwise;
    return this.or(this.and(f, then), this.and(this.not(f), otherwise));
  }

  private apply(kind: number, f: NodeId, g: NodeId): NodeId {
    if (f > g) return this.apply(kind, g, f);
    // f <= g: a constant is f, or both are.
    if (f === NONE) return kind === AND ? NONE : g;
    if (kind !== XOR) {
      if (f === ALL) return kind === AND ? g : ALL;
      if (f === g) return f;
    } else if (f === g) return NONE;
    const mask = (1 << this.cacheBits) - 1;
    const slot = ((Math.imul(f, 0x9e37_79b1) ^ Math.imul(g, 0x85eb_ca6b) ^ (kind << 9)) & mask) * 4;
    const { cache } = this;
    if (cache[slot] === f && cache[slot + 1] === g && cache[slot + 2] === kind + 1) {
      return cache[slot + 3];
    }
    if (++this.steps > SOLVER_LIMITS.diagramStepsMax) throw new DiagramLimit('steps');
    const levelF = this.levelOf[f];
    const levelG = this.levelOf[g];
    const level = Math.min(levelF, levelG);
    const low = this.apply(
      kind,
      levelF === level ? this.low[f] : f,
      levelG === level ? this.low[g] : g,
    );
    const high = this.apply(
      kind,
      levelF === level ? this.high[f] : f,
      levelG === level ? this.high[g] : g,
    );
    const result = this.node(level, low, high);
    // The cache may be another one by now; a slot of the old one does no harm.
    cache[slot] = f;
    cache[slot + 1] = g;
    cache[slot + 2] = kind + 1;
    cache[slot + 3] = result;
    return result;
  }

  private node(level: number, low: NodeId, high: NodeId): NodeId {
    if (low === high) return low;
    const mask = this.table.length - 1;
    let slot = hash(level, low, high) & mask;
    for (; this.table[slot] !== 0; slot = (slot + 1) & mask) {
      const known = this.table[slot];
      if (this.low[known] === low && this.high[known] === high && this.levelOf[known] === level) {
        return known;
      }
    }
    if (this.size >= SOLVER_LIMITS.diagramNodesMax) throw new DiagramLimit('nodes');
    if (this.size === this.low.length) this.growNodes();
    const made = this.size++;
    this.levelOf[made] = level;
    this.low[made] = low;
    this.high[made] = high;
    this.table[slot] = made;
    if (this.size * 2 > this.table.length) this.growTable();
    return made;
  }

  private growNodes(): void {
    this.levelOf = doubled(this.levelOf);
    this.low = doubled(this.low);
    this.high = doubled(this.high);
  }

  private growTable(): void {
    const table = new Int32Array(this.table.length * 2);
    const mask = table.length - 1;
    for (let id = 2; id < this.size; id++) {
      let slot = hash(this.levelOf[id], this.low[id], this.high[id]) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = id;
    }
    this.table = table;
    if (this.cacheBits < CACHE_BITS_LAST) {
      this.cacheBits++;
      this.cache = new Int32Array(4 << this.cacheBits);
    }
  }
}

function hash(level: number, low: number, high: number): number {
  const mixed =
    Math.imul(low, 0x9e37_79b1) ^ Math.imul(high, 0x85eb_ca6b) ^ Math.imul(level, 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(array.length * 2);
  grown.set(array);
  return grown;
}
