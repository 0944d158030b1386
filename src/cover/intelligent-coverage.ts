/**
 * Intelligent coverage (semantics §10; OSVVM): stimulus drawn from the holes of a coverpoint or a cross, so that N bins close
 * in about N draws instead of the N·ln N of blind ones.
 *
 *     const closing = intelligent(coverage.opByB, this.stream('closing'));
 *     while (!closing.isCovered) {
 *       const { op, b } = closing.next();              // typed by the points of the cross
 *       …                                              // send it; the covergroup samples what was observed
 *     }
 *
 * A draw is: weights of the bins from what has been counted so far, one bin by weight, a random point in it. What is drawn is
 * never illegal, and ignored only where a transition needs it. A transition bin is replayed value by value. Axes of a cross
 * are drawn apart: two points that read the same field may ask for what cannot be.
 */
import { UsageError } from '#base/assert';
import type { RandomStream } from '#random/random-stream';
import type { Sampled } from './bins.ts';
import type { Coverpoint } from './coverpoint.ts';
import type { Cross } from './cross.ts';
import { drawnBins, type DrawnBins, type Wanted } from './drawn-bins.ts';
import { DrawnPoint } from './drawn-point.ts';

/** How bins are drawn. */
export interface IntelligentOptions {
  /**
   * Weight of a bin: `remain` what it lacks to the most that is aimed at, `atLeast` the hits it wants in all. Default
   * `remain`.
   */
  readonly weights?: 'remain' | 'atLeast';
  /** `random` by weight, `increment` one after the other, `minimum` the one covered least. Default `random`. */
  readonly mode?: 'random' | 'increment' | 'minimum';
  /**
   * Percent of its `atLeast` by which a bin may be ahead of the one covered least; bins further ahead are not drawn.
   * Above 0; default: no threshold.
   */
  readonly threshold?: number;
  /** Percent of `atLeast` that each bin is to reach, above 0. Default 100. */
  readonly target?: number;
}

/** The values of the points of a cross, by axis. */
export type DrawnTuple<P> = {
  readonly [A in keyof P]: P[A] extends Coverpoint<never, string, infer V> ? V : never;
};

/** Draws values for the bins of a coverpoint. */
export function intelligent<T, N extends string, V>(
  point: Coverpoint<T, N, V>,
  stream: RandomStream,
  options?: IntelligentOptions,
): IntelligentCoverage<V>;
/** Draws tuples of values for the bins of a cross. */
export function intelligent<T, P>(
  cross: Cross<T, P>,
  stream: RandomStream,
  options?: IntelligentOptions,
): IntelligentCoverage<DrawnTuple<P>>;
/** @throws UsageError `bad-intelligent` for options out of range, for no bins or over 65536, for a bin that cannot be drawn. */
export function intelligent(
  item: Coverpoint<never> | Cross<never>,
  stream: RandomStream,
  options: IntelligentOptions = {},
): IntelligentCoverage<unknown> {
  return new IntelligentCoverage(item, stream, options);
}

/** Tries to make something of a bin that was drawn. */
const ATTEMPTS_MAX = 64;
/** Draws one after the other that are for no open bin. */
const DETOURS_MAX = 1000;

/** Values are drawn with `next` until `isCovered`. Made by `intelligent`. */
export class IntelligentCoverage<V> {
  /** Bin that the last value was drawn for; of a cross "a=x b=y". */
  lastBin = '';
  private readonly bins: DrawnBins;
  private readonly axisNames: readonly string[] | undefined;
  private readonly points: readonly DrawnPoint[];
  /** By axis: the index of its point; one point may stand on several axes. */
  private readonly pointOf: readonly number[];
  private readonly stream: RandomStream;
  private readonly options: Required<Omit<IntelligentOptions, 'threshold'>>;
  private readonly threshold: number | undefined;
  private readonly weights: number[];
  /** What remains of a transition that is being replayed; first what comes next. */
  private replay: (readonly Sampled[])[] = [];
  private lastIndex = -1;
  private detours = 0;

  constructor(
    item: Coverpoint<never> | Cross<never>,
    stream: RandomStream,
    options: IntelligentOptions,
  ) {
    this.bins = drawnBins(item);
    this.axisNames = 'axisNames' in item ? item.axisNames : undefined;
    const points = [...new Set(this.bins.axes)];
    this.points = points.map((point) => new DrawnPoint(point));
    this.pointOf = this.bins.axes.map((point) => points.indexOf(point));
    this.stream = stream;
    const { weights = 'remain', mode = 'random', threshold, target = 100 } = options;
    checkPercent('target', target);
    if (threshold !== undefined) checkPercent('threshold', threshold);
    this.options = { weights, mode, target };
    this.threshold = threshold;
    this.weights = new Array<number>(this.bins.count).fill(0);
    this.checkReachable();
  }

  /** Whether every bin has reached the target; asked of what has been counted. */
  get isCovered(): boolean {
    for (let bin = 0; bin < this.bins.count; bin++) {
      if (this.percentOf(bin) < this.options.target) return false;
    }
    return true;
  }

  /** Whether `next` goes on with a transition. */
  get isReplaying(): boolean {
    return this.replay.length > 0;
  }

  /**
   * The next value, or the next tuple by axis name. When all is covered, all bins are drawn again.
   * @throws UsageError `bad-intelligent` when nothing can be drawn that is not illegal.
   */
  next(): V {
    if (this.replay.length === 0) this.replay = [...this.draw()];
    const [values, ...rest] = this.replay;
    this.replay = rest;
    if (this.axisNames === undefined) return values[0] as V;
    return Object.fromEntries(this.axisNames.map((name, axis) => [name, values[axis]])) as V;
  }

  /** Forgets what was drawn: the next value follows nothing, as after a reset of the device. */
  restart(): void {
    this.replay = [];
    this.detours = 0;
    for (const point of this.points) point.restart();
  }

  /** Values by axis, for as many samples as it takes. */
  private draw(): readonly (readonly Sampled[])[] {
    this.weigh();
    const { weights } = this;
    let isAnyLeft = true;
    while (isAnyLeft) {
      const bin = this.pickBin();
      const values = this.tryBin(bin);
      this.detours = values === undefined ? this.detours : 0;
      if (values !== undefined) return this.drawn(bin, values);
      weights[bin] = 0;
      isAnyLeft = weights.some((weight) => weight > 0);
    }
    // What is open cannot follow what was drawn before: something else leads away from here.
    this.countDetour();
    weights.fill(1);
    while (weights.includes(1)) {
      const bin = this.stream.weighted(weights);
      const values = this.tryBin(bin);
      if (values !== undefined) return this.drawn(bin, values);
      weights[bin] = 0;
    }
    throw new UsageError(
      'bad-intelligent',
      `no bin can be drawn after '${this.lastBin}' without being illegal`,
      { hint: 'Look at the illegal transitions of the coverpoint: they leave no way on.' },
    );
  }

  /** A draw that is not for an open bin. */
  private countDetour(): void {
    if (++this.detours <= DETOURS_MAX) return;
    const open = this.weights.findIndex((_, bin) => this.percentOf(bin) < this.options.target);
    throw new UsageError(
      'bad-intelligent',
      `${DETOURS_MAX} draws have led to none of the open bins, as '${this.bins.nameOf(Math.max(0, open))}' (detoursMax)`,
      {
        hint: 'Illegal transitions cut it off from what was drawn before: take the bin out, or restart() when the device is reset.',
      },
    );
  }

  private drawn(bin: number, values: readonly (readonly Sampled[])[]): typeof values {
    this.lastIndex = bin;
    this.lastBin = this.bins.nameOf(bin);
    return values;
  }

  private percentOf(bin: number): number {
    return (100 * this.bins.hitsOf(bin)) / this.bins.atLeast;
  }

  /** The weight of each bin, 0 for those that are not drawn now. */
  private weigh(): void {
    const { bins, weights, threshold } = this;
    const { target } = this.options;
    let least = Infinity;
    let most = 0;
    for (let bin = 0; bin < bins.count; bin++) {
      const percent = this.percentOf(bin);
      least = Math.min(least, percent);
      most = Math.max(most, percent);
    }
    let limit = least < target ? target : most + 1;
    if (threshold !== undefined) {
      limit = least < target ? Math.min(least + threshold, target) : least + threshold;
    }
    for (let bin = 0; bin < bins.count; bin++) {
      weights[bin] = this.percentOf(bin) >= limit ? 0 : this.weightOf(bin, limit);
    }
  }

  private weightOf(bin: number, limit: number): number {
    const { atLeast } = this.bins;
    if (this.options.weights === 'atLeast') return atLeast;
    return Math.max(1, Math.ceil((limit * atLeast) / 100) - this.bins.hitsOf(bin));
  }

  /** A bin with a weight. */
  private pickBin(): number {
    const { weights, bins } = this;
    if (this.options.mode === 'random') return this.stream.weighted(weights);
    if (this.options.mode === 'increment') {
      let bin = this.lastIndex;
      do bin = (bin + 1) % bins.count;
      while (weights[bin] === 0);
      return bin;
    }
    let best = -1;
    for (let bin = 0; bin < bins.count; bin++) {
      if (weights[bin] === 0) continue;
      if (best < 0 || this.percentOf(bin) < this.percentOf(best)) best = bin;
    }
    return best;
  }

  /** Values that hit the bin, or undefined when none were found that may be drawn now. */
  private tryBin(bin: number): readonly (readonly Sampled[])[] | undefined {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const wanted = this.bins.wanted(bin, this.stream);
      const ofPoints = this.wantedOfPoints(wanted);
      if (!this.points.every((point, i) => point.canHit(ofPoints[i]))) continue;
      const paths = this.proposal(ofPoints);
      if (!this.mayDraw(paths, wanted)) continue;
      for (const point of this.points) point.commit();
      return paths[0].map((_, step) => {
        const values = this.points.map((point, i) => point.valueOf(paths[i][step], this.stream));
        return this.pointOf.map((i) => values[i]);
      });
    }
    return undefined;
  }

  /** By point, the bins that its value is to hit: one point may stand on several axes. */
  private wantedOfPoints(wanted: Wanted): readonly (readonly number[])[] {
    return this.points.map((_, i) => [
      ...new Set(wanted.filter((_, axis) => this.pointOf[axis] === i)),
    ]);
  }

  /** By point a list of classes, all of one length: shorter ones have any values before them. */
  private proposal(ofPoints: readonly (readonly number[])[]): readonly (readonly number[])[] {
    const paths = this.points.map((point, i) => point.propose(ofPoints[i], this.stream));
    const length = Math.max(...paths.map((path) => path.length));
    return paths.map((path, i) => {
      const before = Array.from({ length: length - path.length }, () =>
        this.points[i].proposeAny(this.stream),
      );
      return [...before, ...path];
    });
  }

  /** Whether nothing on the way is illegal, and the end hits what is wanted. */
  private mayDraw(paths: readonly (readonly number[])[], wanted: Wanted): boolean {
    for (const point of this.points) point.begin();
    const last = paths[0].length - 1;
    for (let step = 0; step <= last; step++) {
      const ofPoints = this.points.map((point, i) => point.take(paths[i][step]));
      if (ofPoints.includes(undefined)) return false;
      const hits = this.pointOf.map((i) => ofPoints[i] ?? []);
      if (this.bins.isIllegal(hits)) return false;
      if (step === last && !wanted.every((bin, axis) => hits[axis].includes(bin))) return false;
    }
    return true;
  }

  /** Refuses bins that no draw can hit: a loop until all are covered would have no end. */
  private checkReachable(): void {
    for (let bin = 0; bin < this.bins.count; bin++) {
      const isReachable = this.bins
        .allWanted(bin)
        .some((wanted) =>
          this.wantedOfPoints(wanted).every((ofPoint, i) => this.points[i].canHit(ofPoint)),
        );
      if (isReachable) continue;
      throw new UsageError(
        'bad-intelligent',
        `no value can be drawn for bin '${this.bins.nameOf(bin)}': all are illegal, ignored or in no common bin`,
        { hint: 'Take the bin out with `ignore`, or make what it overlaps with legal.' },
      );
    }
  }
}

function checkPercent(name: string, value: number): void {
  if (value > 0 && value < Infinity) return;
  throw new UsageError('bad-intelligent', `${name} is a percentage above 0, got ${value}`);
}
