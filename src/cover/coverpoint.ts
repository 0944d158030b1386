/**
 * One measured expression (semantics §3; IEEE 1800 §19.5): what it reads, its bins, and what they have counted. Made by
 * `Covergroup.coverpoint`. Reading a value and finding its class is compiled (`sampler-compiler.ts`); what can be spelled
 * out there is, and the rest is here. Nothing is allocated while sampling.
 */
import type { BinTable } from './bin-table.ts';

/** Options of a coverpoint or a cross. */
export interface ItemOptions<T> {
  /** Sampled only when this is true. */
  readonly iff?: (sampled: T) => boolean;
  /** Share in the group's percentage; 0 takes the item out. Default 1. */
  readonly weight?: number;
  /** Hits from which a bin counts as covered. Default 1. */
  readonly atLeast?: number;
}

/** What a sample must never be, as reported to the group's `onIllegal`. */
export interface IllegalHit {
  readonly type: string;
  /** Instance name of the group. */
  readonly group: string;
  readonly item: string;
  readonly bin: string;
  /** The value, or the tuple of a cross as "a=x b=y". */
  readonly value: string;
}

/** What a point measures: the name of a field, or what reads it. */
export type PointSource<T> = string | ((sampled: T) => unknown);

export class Coverpoint<T, N extends string = string> {
  /** Binds the type of bin names, for `cross`; holds nothing. */
  declare readonly binNames: N;
  readonly source: PointSource<T>;
  readonly iff: ((sampled: T) => boolean) | undefined;
  readonly table: BinTable;
  readonly weight: number;
  readonly atLeast: number;
  /** By countable bin. */
  readonly counts: Float64Array;
  readonly illegalCounts: Float64Array;
  defaultCount = 0;
  /** Bins hit by the sample at hand: the first `hitCount` entries. For crosses that count here and not in compiled code. */
  readonly hits: Int32Array;
  hitCount = 0;
  /** By transition: bit i is set when its first i + 1 steps were the last values sampled. */
  private readonly progress: Int32Array;

  constructor(source: PointSource<T>, table: BinTable, options: ItemOptions<T>) {
    this.source = source;
    this.table = table;
    this.iff = options.iff;
    this.weight = options.weight ?? 1;
    this.atLeast = options.atLeast ?? 1;
    this.counts = new Float64Array(table.names.length);
    this.illegalCounts = new Float64Array(table.illegalNames.length);
    this.hits = new Int32Array(table.names.length);
    this.progress = new Int32Array(table.transitions.length);
  }

  /**
   * Counts a value of this class, and leaves the bins that it hit in `hits`.
   * @returns the illegal bin hit, or -1.
   */
  count(valueClass: number): number {
    this.hitCount = 0;
    const table = this.table;
    let illegal = table.illegalOf[valueClass];
    if (illegal < 0) {
      const bins = table.binsOf[valueClass];
      for (let i = 0; i < bins.length; i++) this.hit(bins[i]);
      this.defaultCount += table.defaultOf[valueClass];
    }
    if (table.transitions.length > 0) {
      const illegalStep = this.step(valueClass);
      if (illegal < 0) illegal = illegalStep;
    }
    if (illegal >= 0) this.illegalCounts[illegal]++;
    return illegal;
  }

  /** The value sampled, for messages. */
  valueOf(sampled: T): string {
    const { source } = this;
    return String(
      typeof source === 'function'
        ? source(sampled)
        : (sampled as Readonly<Record<string, unknown>>)[source],
    );
  }

  private step(valueClass: number): number {
    const transitions = this.table.transitions;
    let illegal = -1;
    for (let i = 0; i < transitions.length; i++) {
      const transition = transitions[i];
      const state = ((this.progress[i] << 1) | 1) & transition.stepMask[valueClass];
      this.progress[i] = state;
      if ((state & (1 << (transition.stepCount - 1))) === 0) continue;
      if (transition.bin >= 0) this.hit(transition.bin);
      else illegal = transition.illegal;
    }
    return illegal;
  }

  private hit(bin: number): void {
    this.counts[bin]++;
    this.hits[this.hitCount++] = bin;
  }
}
