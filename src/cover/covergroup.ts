/**
 * Covergroups (semantics §3; IEEE 1800 clause 19): a class whose fields are coverpoints and crosses.
 *
 *     class AluCoverage extends Covergroup<AluResult> {
 *       readonly op = this.coverpoint('op', each('add', 'sub'));
 *       readonly a = this.coverpoint('a', { zero: 0, low: [1, 127], high: [128, 255] });
 *       readonly opByA = this.cross({ op: this.op, a: this.a }, { ignore: (bin) => bin.a === 'zero' });
 *     }
 *     const coverage = new AluCoverage('alu');
 *     coverage.write(result);                          // or sample(result)
 *
 * A group needs no component tree: `new X(name)` is all. Items take the name of the field that holds them, so renaming the
 * field renames the bins' path in every record.
 */
import { UsageError, assert } from '#base/assert';
import { compileBins } from './bin-table.ts';
import type { BinName, Bins } from './bins.ts';
import { Coverpoint, type IllegalHit, type ItemOptions, type PointSource } from './coverpoint.ts';
import { Cross, type Axes, type CrossOptions } from './cross.ts';
import { compileSampler } from './sampler-compiler.ts';

/**
 * Coverpoints and crosses that are sampled together. `T` is what `sample` takes, so that a point can only read what is there.
 * Source: IEEE 1800-2023 clause 19; semantics §3.
 */
export abstract class Covergroup<T> {
  /** Instance name; several instances of one type are united in records. */
  readonly name: string;
  /** Share of the type in the overall percentage, 0 or more; 0 leaves it out (IEEE 1800 §19.11). */
  readonly weight: number = 1;
  /** How often it was sampled. */
  sampleCount = 0;
  /** Told of every illegal bin hit. Without it an illegal hit is only counted. */
  onIllegal: ((hit: IllegalHit) => void) | undefined = undefined;
  readonly #points: Coverpoint<T>[] = [];
  readonly #crosses: Cross<T>[] = [];
  /** Compiled at the first sample, when all fields are there. */
  #sampler: ((sampled: T) => void) | undefined = undefined;
  #names: ReadonlyMap<unknown, string> | undefined = undefined;

  constructor(name = 'coverage') {
    this.name = name;
  }

  /** The type's name in records: the class's. */
  get typeName(): string {
    return this.constructor.name;
  }

  /** In field order of declaration. */
  get points(): readonly Coverpoint<T>[] {
    return this.#points;
  }

  /** In the order of declaration. */
  get crosses(): readonly Cross<T>[] {
    return this.#crosses;
  }

  /**
   * Counts one sample in all points, then in all crosses. What is sampled is only read, and not kept. An illegal bin
   * is told to `onIllegal`: in a run it breaks rule COV-ILLEGAL.
   */
  sample(sampled: T): void {
    this.sampleCount++;
    this.#sampler ??= this.compiled();
    this.#sampler(sampled);
  }

  /** For analysis ports: the same as `sample`. */
  write(sampled: T): void {
    this.sample(sampled);
  }

  /**
   * Name of a point or cross: the field that holds it.
   * @throws UsageError `bad-covergroup` when no field of the group does.
   */
  itemName(item: Coverpoint<T> | Cross<T>): string {
    this.#names ??= fieldNames(this);
    const name = this.#names.get(item);
    if (name === undefined) {
      throw new UsageError('bad-covergroup', `${this.typeName} has an item that no field holds`, {
        hint: 'Write `readonly name = this.coverpoint(...)`: the field gives the item its name.',
      });
    }
    return name;
  }

  /**
   * Measures a field; a value `undefined` is no sample. Bins that are hit at least `atLeast` times (default 1) are
   * covered.
   * @throws UsageError `bad-bins`; `bad-covergroup` for a weight that is no integer from 0, an `atLeast` below 1.
   */
  protected coverpoint<K extends keyof T & string, const B extends Bins<T[K]>>(
    field: K,
    bins: B,
    options?: ItemOptions<T>,
  ): Coverpoint<T, BinName<B>>;
  /** Measures what a function reads; it is called once per sample, and only reads. */
  protected coverpoint<V, const B extends Bins<Exclude<V, undefined>>>(
    read: (sampled: T) => V,
    bins: B,
    options?: ItemOptions<T>,
  ): Coverpoint<T, BinName<B>>;
  protected coverpoint(
    source: PointSource<T>,
    bins: Bins<never>,
    options: ItemOptions<T> = {},
  ): Coverpoint<T> {
    checkOptions(options, this.typeName);
    const where = `a coverpoint of ${this.typeName}`;
    const point = new Coverpoint<T>(source, compileBins(bins, where), options);
    this.#points.push(point);
    this.#sampler = undefined;
    return point;
  }

  /**
   * The product of points of this group, by axis name.
   * @throws UsageError `bad-cross` for a point of another group, `bad-covergroup` as for points.
   */
  protected cross<const P extends Axes<T>>(axes: P, options: CrossOptions<T, P> = {}): Cross<T> {
    checkOptions(options, this.typeName);
    const own = this.#points;
    for (const [axis, point] of Object.entries(axes)) {
      if (own.includes(point)) continue;
      const message = `axis '${axis}' of a cross of ${this.typeName} is no coverpoint of the group`;
      throw new UsageError('bad-cross', message);
    }
    const cross = new Cross<T>(
      axes,
      options as unknown as CrossOptions<T, Axes<T>>,
      `a cross of ${this.typeName}`,
    );
    this.#crosses.push(cross);
    this.#sampler = undefined;
    return cross;
  }

  private compiled(): (sampled: T) => void {
    return compileSampler<T>({
      points: this.#points,
      crosses: this.#crosses,
      illegalValue: (point, illegal, sampled) => this.reportIllegal(point, illegal, sampled),
      illegalTuple: (cross, index) => this.reportIllegalTuple(cross, index),
    });
  }

  private reportIllegal(point: Coverpoint<T>, illegal: number, sampled: T): void {
    const bin = point.table.illegalNames[illegal];
    this.tell(this.itemName(point), bin, point.valueOf(sampled));
  }

  private reportIllegalTuple(cross: Cross<T>, index: number): void {
    const tuple = Object.entries(cross.tupleOf(index));
    const value = tuple.map(([axis, bin]) => `${axis}=${bin}`).join(' ');
    this.tell(this.itemName(cross), 'illegal', value);
  }

  private tell(item: string, bin: string, value: string): void {
    this.onIllegal?.({ type: this.typeName, group: this.name, item, bin, value });
  }
}

function checkOptions(options: ItemOptions<never>, where: string): void {
  const { weight = 1, atLeast = 1 } = options;
  if (!Number.isSafeInteger(weight) || weight < 0) {
    throw new UsageError('bad-covergroup', `${where}: weight is an integer from 0, got ${weight}`);
  }
  if (!Number.isSafeInteger(atLeast) || atLeast < 1) {
    throw new UsageError('bad-covergroup', `${where}: atLeast is from 1, got ${atLeast}`);
  }
}

/** Item -> field name; items in an array or record held by a field are `field[key]`. */
function fieldNames(group: object): ReadonlyMap<unknown, string> {
  const names = new Map<unknown, string>();
  for (const [field, value] of Object.entries(group)) {
    if (value instanceof Coverpoint || value instanceof Cross) {
      assert(!names.has(value), 'a coverage item stands in one field');
      names.set(value, field);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value as object)) {
        if (inner instanceof Coverpoint || inner instanceof Cross) {
          names.set(inner, `${field}[${key}]`);
        }
      }
    }
  }
  return names;
}
