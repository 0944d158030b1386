/**
 * One measured expression (semantics §3; IEEE 1800-2023 §19.5): what it reads, its bins, and what they have counted. Made by
 * `Covergroup.coverpoint`. Reading a value and finding its class is compiled (`sampler-compiler.ts`); what can be spelled
 * out there is, and the rest is here. Nothing is allocated while sampling.
 */
import type { Guard } from './bin-drafts.ts';
import type { BinTable } from './bin-table.ts';
import type { ItemAims, PointOptions } from './covergroup-options.ts';
import { COMPLETE, NOT_MOVED, TransitionRun } from './transition-run.ts';

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

/** What a coverpoint is made of. */
export interface CoverpointParts<T> {
  readonly source: PointSource<T>;
  readonly table: BinTable;
  readonly aims: ItemAims;
  /** The options that its author gave. */
  readonly given: PointOptions<T>;
  /** Called when it is started or stopped. */
  readonly onSwitch: () => void;
}

export class Coverpoint<T, N extends string = string, V = unknown> {
  /** Binds the type of bin names, for `cross`; holds nothing. */
  declare readonly binNames: N;
  /** Binds the type of the values measured, for `binsof` and intelligent coverage; holds nothing. */
  declare readonly valueType: V;
  readonly source: PointSource<T>;
  readonly iff: ((sampled: T) => boolean) | undefined;
  readonly table: BinTable;
  readonly aims: ItemAims;
  /** The options that its author gave. */
  readonly given: PointOptions<never>;
  /** By countable bin. */
  readonly counts: Float64Array;
  readonly illegalCounts: Float64Array;
  defaultCount = 0;
  /** Samples that no declared transition went along with, when there is a default sequence. */
  defaultStepsCount = 0;
  /** Bins hit by the sample at hand: the first `hitCount` entries. For crosses that count here and not in compiled code. */
  readonly hits: Int32Array;
  hitCount = 0;
  /** By transition. */
  private readonly runs: readonly TransitionRun[];
  private hasPrevious = false;
  private isStopped = false;
  private readonly onSwitch: () => void;

  constructor({ source, table, aims, given, onSwitch }: CoverpointParts<T>) {
    this.source = source;
    this.table = table;
    this.iff = given.iff;
    this.aims = aims;
    this.given = given;
    this.onSwitch = onSwitch;
    this.counts = new Float64Array(table.names.length);
    this.illegalCounts = new Float64Array(table.illegalNames.length);
    this.hits = new Int32Array(table.names.length);
    this.runs = table.transitions.map((transition) => new TransitionRun(transition));
  }

  get weight(): number {
    return this.aims.weight;
  }

  get atLeast(): number {
    return this.aims.atLeast;
  }

  /** Whether it takes part in samples. */
  get isOn(): boolean {
    return !this.isStopped;
  }

  /** Takes part in samples again; transitions begin anew. */
  start(): void {
    this.isStopped = false;
    this.onSwitch();
  }

  /** Takes part in no sample from now on, and neither do crosses with it. */
  stop(): void {
    this.isStopped = true;
    for (const run of this.runs) run.reset();
    this.hasPrevious = false;
    this.onSwitch();
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
      const illegalStep = this.step(valueClass, undefined);
      if (illegal < 0) illegal = illegalStep;
    }
    if (illegal >= 0) this.illegalCounts[illegal]++;
    return illegal;
  }

  /** As `count`, for bins of which some have a condition. */
  countGuarded(valueClass: number, sampled: T): number {
    this.hitCount = 0;
    const table = this.table;
    const guards = table.guards;
    if (guards === undefined) return this.count(valueClass);
    let illegal = -1;
    const illegalBins = guards.illegalBins[valueClass];
    for (let i = 0; i < illegalBins.length && illegal < 0; i++) {
      if (isOpen(guards.illegals[illegalBins[i]], sampled)) illegal = illegalBins[i];
    }
    if (illegal < 0 && !isAnyOpen(guards.ignores[valueClass], sampled)) {
      const bins = table.binsOf[valueClass];
      for (let i = 0; i < bins.length; i++) {
        if (isOpen(guards.bins[bins[i]], sampled)) this.hit(bins[i]);
      }
      if (table.defaultOf[valueClass] !== 0 && isOpen(guards.defaultBin, sampled)) {
        this.defaultCount++;
      }
    }
    if (table.transitions.length > 0) {
      const illegalStep = this.step(valueClass, sampled);
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

  /** @returns the illegal transition that is complete, or -1; of several, the last declared. */
  private step(valueClass: number, sampled: T | undefined): number {
    const { transitions, guards, illegalSteps, hasDefaultSteps } = this.table;
    let illegal = -1;
    let isAccompanied = false;
    for (let i = 0; i < transitions.length; i++) {
      const transition = transitions[i];
      const moved = this.runs[i].advance(valueClass);
      if (moved !== NOT_MOVED) isAccompanied = true;
      if (moved !== COMPLETE) continue;
      const { bin } = transition;
      if (bin >= 0) {
        if (guards === undefined || isOpen(guards.bins[bin], sampled)) this.hit(bin);
      } else if (transition.illegal >= 0) {
        const iff = guards?.illegals[transition.illegal];
        if (isOpen(iff, sampled)) illegal = transition.illegal;
      }
    }
    if (!isAccompanied && this.hasPrevious) {
      if (hasDefaultSteps && isOpen(guards?.defaultSteps, sampled)) this.defaultStepsCount++;
      if (illegal < 0 && illegalSteps >= 0 && isOpen(guards?.illegals[illegalSteps], sampled)) {
        illegal = illegalSteps;
      }
    }
    this.hasPrevious = true;
    return illegal;
  }

  private hit(bin: number): void {
    this.counts[bin]++;
    this.hits[this.hitCount++] = bin;
  }
}

function isOpen(guard: Guard | undefined, sampled: unknown): boolean {
  return guard === undefined || guard(sampled as never);
}

function isAnyOpen(guards: readonly Guard[], sampled: unknown): boolean {
  for (let i = 0; i < guards.length; i++) if (guards[i](sampled as never)) return true;
  return false;
}
