/**
 * The bins that intelligent coverage draws for: those of a coverpoint, or the tuples and the author's bins of a cross, with
 * what each needs of which point.
 */
import { UsageError } from '#base/assert';
import type { RandomStream } from '#random/random-stream';
import type { Coverpoint } from './coverpoint.ts';
import type { Cross } from './cross.ts';

/** One bin to draw for: by axis the bins that its points must hit; one axis for a coverpoint. */
export type Wanted = readonly number[];

export interface DrawnBins {
  /** By axis; a coverpoint has one. */
  readonly axes: readonly Coverpoint<never>[];
  readonly count: number;
  readonly atLeast: number;
  hitsOf(bin: number): number;
  nameOf(bin: number): string;
  /** What to hit for a bin; for one of several tuples, one of them. */
  wanted(bin: number, stream: RandomStream): Wanted;
  /** Every way to hit the bin. */
  allWanted(bin: number): readonly Wanted[];
  /** Whether bins hit on the axes, all combinations, have an illegal tuple among them. */
  isIllegal(hits: readonly (readonly number[])[]): boolean;
}

export const DRAWN_LIMITS = {
  /** Bins of one item: each draw looks at all of them. */
  binsMax: 65_536,
} as const;

/** @throws UsageError `bad-intelligent` for no bins, or too many. */
export function drawnBins(item: Coverpoint<never> | Cross<never>): DrawnBins {
  const bins = 'tuples' in item ? new CrossBinsDrawn(item) : new PointBinsDrawn(item);
  if (bins.count > 0 && bins.count <= DRAWN_LIMITS.binsMax) return bins;
  const { binsMax } = DRAWN_LIMITS;
  throw new UsageError(
    'bad-intelligent',
    `intelligent coverage is for 1..${binsMax} bins (binsMax), got ${bins.count}`,
    { hint: 'An item with nothing countable has no holes to close; a very large cross, too many.' },
  );
}

class PointBinsDrawn implements DrawnBins {
  readonly axes: readonly Coverpoint<never>[];
  readonly count: number;
  readonly atLeast: number;
  private readonly point: Coverpoint<never>;

  constructor(point: Coverpoint<never>) {
    this.axes = [point];
    this.point = point;
    this.count = point.table.names.length;
    this.atLeast = point.atLeast;
  }

  hitsOf(bin: number): number {
    return this.point.counts[bin];
  }

  nameOf(bin: number): string {
    return this.point.table.names[bin];
  }

  wanted(bin: number): Wanted {
    return [bin];
  }

  allWanted(bin: number): readonly Wanted[] {
    return [[bin]];
  }

  isIllegal(): boolean {
    return false;
  }
}

class CrossBinsDrawn implements DrawnBins {
  readonly axes: readonly Coverpoint<never>[];
  readonly count: number;
  readonly atLeast: number;
  private readonly cross: Cross<never>;
  /** Automatic tuples, then by bin of the author's own its tuples. */
  private readonly automatic: readonly number[];
  private readonly own: readonly (readonly number[])[];

  constructor(cross: Cross<never>) {
    this.axes = cross.points;
    this.cross = cross;
    this.atLeast = cross.atLeast;
    const automatic: number[] = [];
    const own = cross.binNames.map((): number[] => []);
    for (let tuple = 0; tuple < cross.tupleCount; tuple++) {
      // One that is illegal under a condition is not drawn.
      if (cross.illegalsOf(tuple).length > 0) continue;
      if (cross.isAutomatic(tuple)) automatic.push(tuple);
      else for (const bin of cross.binsOf(tuple)) own[bin].push(tuple);
    }
    this.automatic = automatic;
    this.own = own;
    this.count = automatic.length + own.length;
  }

  hitsOf(bin: number): number {
    const rest = bin - this.automatic.length;
    return rest < 0 ? this.cross.tuples.get(this.automatic[bin]) : this.cross.binCounts[rest];
  }

  nameOf(bin: number): string {
    const rest = bin - this.automatic.length;
    if (rest >= 0) return this.cross.binNames[rest];
    const tuple = Object.entries(this.cross.tupleOf(this.automatic[bin]));
    return tuple.map(([axis, name]) => `${axis}=${name}`).join(' ');
  }

  wanted(bin: number, stream: RandomStream): Wanted {
    const rest = bin - this.automatic.length;
    return this.binsOf(rest < 0 ? this.automatic[bin] : stream.pick(this.own[rest]));
  }

  allWanted(bin: number): readonly Wanted[] {
    const rest = bin - this.automatic.length;
    const tuples = rest < 0 ? [this.automatic[bin]] : this.own[rest];
    return tuples.map((tuple) => this.binsOf(tuple));
  }

  isIllegal(hits: readonly (readonly number[])[]): boolean {
    if (this.cross.isPlain) return false;
    const visit = (axis: number, index: number): boolean => {
      if (axis === hits.length) return this.cross.illegalsOf(index).length > 0;
      return hits[axis].some((bin) => visit(axis + 1, index + bin * this.cross.strides[axis]));
    };
    return visit(0, 0);
  }

  private binsOf(tuple: number): Wanted {
    let rest = tuple;
    return Array.from(this.cross.strides, (stride) => {
      const bin = Math.floor(rest / stride);
      rest -= bin * stride;
      return bin;
    });
  }
}
