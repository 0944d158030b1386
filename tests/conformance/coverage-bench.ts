// What the claims about coverage share: a covergroup of one point, and what it counted.
import { each, type Bins, type Sampled } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';
import type { GroupOptions, PointOptions } from '#cover/covergroup-options';

export class OnePoint extends Covergroup<Sampled> {
  readonly point;
  /** Illegal bins hit, with the value. */
  readonly told: string[] = [];

  constructor(bins: Bins<Sampled>, options: PointOptions<Sampled> = {}) {
    super('one');
    this.point = this.coverpoint((t) => t, bins, options);
    this.onIllegal = ({ bin, value }) => this.told.push(`${bin} ${value}`);
  }
}

export function sampled(bins: Bins<Sampled>, values: readonly Sampled[]): OnePoint {
  const group = new OnePoint(bins);
  for (const value of values) group.sample(value);
  return group;
}

/** Bin -> count after sampling the values. */
export function counts(
  bins: Bins<Sampled>,
  values: readonly Sampled[] = [],
): Readonly<Record<string, number>> {
  const { point } = sampled(bins, values);
  return Object.fromEntries(point.table.names.map((name, i) => [name, point.counts[i]]));
}

export interface Pair {
  readonly a: number;
  readonly b: number;
}

/** 3 bins by 2 bins. */
export class Points extends Covergroup<Pair> {
  readonly told: string[] = [];
  readonly a = this.coverpoint('a', { zero: 0, low: [1, 4], high: [5, 9] });
  readonly b = this.coverpoint('b', each(0, 1));
  constructor(name = 'points', options: GroupOptions = {}) {
    super(name, options);
    this.onIllegal = ({ bin, value }) => this.told.push(`${bin} ${value}`);
  }
}
