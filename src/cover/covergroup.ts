/**
 * Covergroups (semantics §3; IEEE 1800-2023 clause 19): a class whose fields are coverpoints and crosses.
 *
 *     class AluCoverage extends Covergroup<AluResult> {
 *       override readonly options = { atLeast: 2, comment: 'what the ALU was asked' };
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
import type { GroupSummary } from '#record/coverage-record';
import { overlapsOf } from './bin-overlap.ts';
import { WIDE_HINT } from './bin-pattern.ts';
import { compileBins } from './bin-table.ts';
import type { BinName, Binned, Bins } from './bins.ts';
import {
  OPTION_DEFAULTS,
  checkCount,
  checkGroupOptions,
  itemAims,
  type GroupOptions,
  type PointOptions,
  type TypeOptions,
} from './covergroup-options.ts';
import { Coverpoint, type IllegalHit, type PointSource } from './coverpoint.ts';
import { Cross, type Axes, type CrossOptions } from './cross.ts';
import { instanceSummary } from './group-coverage.ts';
import { compileSampler } from './sampler-compiler.ts';
import type { SummaryOptions } from './summary.ts';

/**
 * Coverpoints and crosses that are sampled together. `T` is what `sample` takes, so that a point can only read what is there.
 * Source: IEEE 1800-2023 clause 19; semantics §3.
 */
export abstract class Covergroup<T> {
  /** Instance name; several instances of one type are united in records. */
  readonly name: string;
  /** Options of this instance. A subclass overrides it before its first coverpoint, or passes it on to the constructor. */
  readonly options: GroupOptions;
  /** Options of the type, the same for all instances. */
  readonly typeOptions: TypeOptions = {};
  /** How often it was sampled. */
  sampleCount = 0;
  /** Told of every illegal bin hit. Without it an illegal hit is only counted. */
  onIllegal: ((hit: IllegalHit) => void) | undefined = undefined;
  readonly #points: Coverpoint<T>[] = [];
  readonly #crosses: Cross<T>[] = [];
  /** Points and crosses whose overlaps are to be told. */
  readonly #watched: Coverpoint<T>[] = [];
  /** Compiled at the first sample, when all fields are there. */
  #sampler: ((sampled: T) => void) | undefined = undefined;
  #names: ReadonlyMap<unknown, string> | undefined = undefined;
  /** Those that the items so far were made with. */
  #optionsUsed: GroupOptions | undefined = undefined;
  #isStopped = false;

  constructor(name = 'coverage', options: GroupOptions = {}) {
    this.name = name;
    this.options = options;
  }

  /** The type's name in records: the class's. */
  get typeName(): string {
    return this.constructor.name;
  }

  /** Share of the type in the overall percentage, 0 or more; 0 leaves it out (IEEE 1800-2023 §19.11). */
  get weight(): number {
    return this.typeOptions.weight ?? OPTION_DEFAULTS.weight;
  }

  /** In field order of declaration. */
  get points(): readonly Coverpoint<T>[] {
    return this.#points;
  }

  /** In the order of declaration. */
  get crosses(): readonly Cross<T>[] {
    return this.#crosses;
  }

  /** Whether samples count. */
  get isOn(): boolean {
    return !this.#isStopped;
  }

  /**
   * Counts one sample in all points, then in all crosses. What is sampled is only read, and not kept. An illegal bin
   * is told to `onIllegal`: in a run it breaks rule COV-ILLEGAL.
   * @throws UsageError `bad-sample` for a point that reads a bigint.
   */
  sample(sampled: T): void {
    if (this.#isStopped) return;
    this.sampleCount++;
    this.#sampler ??= this.compiled();
    this.#sampler(sampled);
  }

  /** For analysis ports: the same as `sample`. */
  write(sampled: T): void {
    this.sample(sampled);
  }

  /** Counts samples again. A transition under way when it was stopped goes on. */
  start(): void {
    this.#isStopped = false;
  }

  /** Counts no samples until `start()`. Single points and crosses have `stop()` and `start()` of their own. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * The percentage of this instance, 0..100: the weighted mean of its points and crosses; null, never 100, when nothing
   * is countable. Source: IEEE 1800-2023 §19.8 (`get_inst_coverage`), §19.11.
   */
  getInstCoverage(): number | null {
    return instanceSummary(this).percent;
  }

  /** Percentages, hit depth and holes of this instance and its items. */
  summary(options: SummaryOptions = {}): GroupSummary {
    return instanceSummary(this, options);
  }

  /**
   * What deserves a second look in the declarations: overlapping bins, where option `detectOverlap` asks for them.
   * @throws UsageError `bad-covergroup` as `itemName`.
   */
  warnings(): readonly string[] {
    return this.#watched.flatMap((point) => {
      const where = `${this.typeName}.${this.itemName(point)}`;
      return overlapsOf(point.table).map((text) => `${where}: ${text}`);
    });
  }

  /**
   * Name of a point or cross: the field that holds it.
   * @throws UsageError `bad-covergroup` when no field of the group does.
   */
  itemName(item: Coverpoint<never> | Cross<never>): string {
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
   * @throws UsageError `bad-bins`; `bad-covergroup` for options that make no sense.
   */
  protected coverpoint<K extends keyof T & string, const B extends Bins<Binned<T[K]>>>(
    field: K,
    bins: B,
    options?: PointOptions<T>,
  ): Coverpoint<T, BinName<B>, T[K]>;
  /** Measures what a function reads; it is called once per sample, and only reads. */
  protected coverpoint<V, const B extends Bins<Binned<Exclude<V, undefined>>>>(
    read: (sampled: T) => V,
    bins: B,
    options?: PointOptions<T>,
  ): Coverpoint<T, BinName<B>, Exclude<V, undefined>>;
  protected coverpoint(
    source: PointSource<T>,
    bins: Bins<never>,
    options: PointOptions<T> = {},
  ): Coverpoint<T> {
    const group = this.groupOptions();
    const aims = itemAims(options, group, this.typeName);
    const where = `a coverpoint of ${this.typeName}`;
    const autoBinMax = options.autoBinMax ?? group.autoBinMax ?? OPTION_DEFAULTS.autoBinMax;
    checkCount('autoBinMax', autoBinMax, where);
    const point = new Coverpoint<T>({
      source,
      table: compileBins(bins, { where, autoBinMax }),
      aims,
      given: options,
      onSwitch: () => (this.#sampler = undefined),
    });
    if (options.detectOverlap ?? group.detectOverlap ?? false) this.#watched.push(point);
    this.#points.push(point);
    this.#sampler = undefined;
    return point;
  }

  /**
   * The product of points of this group, by axis name.
   * @throws UsageError `bad-cross` for a point of another group, for too many tuples, for a selection that names what is
   *   not there; `bad-covergroup` as for points.
   */
  protected cross<const P extends Axes<T>>(axes: P, options: CrossOptions<T, P> = {}): Cross<T, P> {
    const group = this.groupOptions();
    const where = `a cross of ${this.typeName}`;
    const aims = itemAims(options, group, this.typeName);
    const own = this.#points;
    for (const [axis, point] of Object.entries(axes)) {
      if (own.includes(point)) continue;
      const message = `axis '${axis}' of ${where} is no coverpoint of the group`;
      throw new UsageError('bad-cross', message);
    }
    const given = options as unknown as CrossOptions<T, Axes<T>>;
    const { retainAutoBins } = group;
    const cross = new Cross<T, P>({
      axes,
      aims,
      where,
      options: { ...(retainAutoBins !== undefined && { retainAutoBins }), ...given },
      onSwitch: () => (this.#sampler = undefined),
    });
    this.#crosses.push(cross);
    this.#sampler = undefined;
    return cross;
  }

  /** The group's options, which must stand before the items that take from them. */
  private groupOptions(): GroupOptions {
    if (this.#optionsUsed === undefined) {
      // Undefined in a subclass that declares the field and sets it later; `compiled` says so.
      const options: GroupOptions | undefined = this.options;
      this.#optionsUsed = options ?? {};
      checkGroupOptions(this.#optionsUsed, {}, this.typeName);
    }
    return this.#optionsUsed;
  }

  private compiled(): (sampled: T) => void {
    const used = this.#optionsUsed;
    if (used !== undefined && used !== this.options) {
      throw new UsageError(
        'bad-covergroup',
        `${this.typeName}: the field 'options' stands after a coverpoint, which has not seen it`,
        {
          hint: 'Write `override readonly options = { … }` as the first field of the class, or pass it to super(name, options).',
        },
      );
    }
    checkGroupOptions(this.options, this.typeOptions, this.typeName);
    return compileSampler<T>({
      points: this.#points,
      crosses: this.#crosses,
      illegalValue: (point, illegal, sampled) => this.reportIllegal(point, illegal, sampled),
      illegalTuple: (cross, index) => this.reportIllegalTuple(cross, index),
      bigintSampled: (point, value) => this.refuseBigint(point, value),
    });
  }

  /** Types keep bins and fields together; where they are cast away, a bigint would count nowhere and nobody would know. */
  private refuseBigint(point: Coverpoint<T>, value: bigint): never {
    const where = `${this.typeName}.${this.itemName(point)}`;
    throw new UsageError(
      'bad-sample',
      `${where} sampled the bigint ${value}n: no bin is of bigints`,
      {
        hint: WIDE_HINT,
      },
    );
  }

  private reportIllegal(point: Coverpoint<T>, illegal: number, sampled: T): void {
    const bin = point.table.illegalNames[illegal];
    this.tell(this.itemName(point), bin, point.valueOf(sampled));
  }

  private reportIllegalTuple(cross: Cross<T>, index: number): void {
    const tuple = Object.entries(cross.tupleOf(index));
    const value = tuple.map(([axis, bin]) => `${axis}=${bin}`).join(' ');
    this.tell(this.itemName(cross), cross.illegalNames[cross.lastIllegal], value);
  }

  private tell(item: string, bin: string, value: string): void {
    this.onIllegal?.({ type: this.typeName, group: this.name, item, bin, value });
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
