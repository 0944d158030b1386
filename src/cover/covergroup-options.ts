/**
 * Options of covergroups, coverpoints and crosses (IEEE 1800-2023 §19.7): of an instance, and of its type. What a group
 * gives for its items (`atLeast`, `autoBinMax`, `detectOverlap`, `retainAutoBins`) holds where an
 * item says nothing.
 */
import { UsageError } from '#base/assert';

/** What items take from their group. */
export interface ItemDefaults {
  /** Hits from which a bin counts as covered, 1 or more. Default 1. */
  readonly atLeast?: number;
  /** Automatic bins of a coverpoint at most. Default 64. */
  readonly autoBinMax?: number;
  /** Whether overlapping bins of a coverpoint are told (`Covergroup.warnings`). Default false. */
  readonly detectOverlap?: boolean;
  /** Whether tuples that no bin of the author's own takes are bins, when there are such bins. Default true. */
  readonly retainAutoBins?: boolean;
}

/** What is said of a group or an item, and of a type. */
export interface CoverageAim {
  /** Share in the percentage above, an integer from 0; 0 takes it out. Default 1. */
  readonly weight?: number;
  /** The percentage that is aimed at, 0..100; it scales nothing. Default 100. */
  readonly goal?: number;
  /** A sentence that stands in records. Default none. */
  readonly comment?: string;
}

/** Options of an instance of a covergroup: `override readonly options = { … }`, before its first coverpoint. */
export interface GroupOptions extends CoverageAim, ItemDefaults {
  /** Whether records keep this instance beside the sum of its type. Default false. */
  readonly perInstance?: boolean;
}

/** Options of the type: `override readonly typeOptions = { … }`. */
export interface TypeOptions extends CoverageAim {
  /**
   * Whether the type's percentage is of the bins of all instances together; otherwise it is the mean of the instances,
   * weighted by their weights. Default true, other than in the standard: most types have one instance per environment.
   */
  readonly mergeInstances?: boolean;
}

/** Options of a coverpoint or a cross. */
export interface ItemOptions<T> extends CoverageAim {
  /** Sampled only when this is true. */
  readonly iff?: (sampled: T) => boolean;
  /** Hits from which a bin counts as covered, 1 or more. Default: the group's. */
  readonly atLeast?: number;
  /** Weight and goal in the percentage of the type, instances merged. Default: those of the item. */
  readonly type?: CoverageAim;
}

/** Options of a coverpoint. */
export interface PointOptions<T>
  extends ItemOptions<T>, Pick<ItemDefaults, 'autoBinMax' | 'detectOverlap'> {}

/** What is left of an item's options when the group's are taken into account. */
export interface ItemAims {
  readonly weight: number;
  readonly goal: number;
  readonly atLeast: number;
}

/** Values of options that nobody gave. */
export const OPTION_DEFAULTS = { weight: 1, goal: 100, atLeast: 1, autoBinMax: 64 } as const;

/**
 * An item's options, completed.
 * @throws UsageError `bad-covergroup`
 */
export function itemAims(
  options: ItemOptions<never>,
  group: GroupOptions,
  where: string,
): ItemAims {
  checkAim(options, where);
  if (options.type !== undefined) checkAim(options.type, `${where}, type`);
  const { weight = OPTION_DEFAULTS.weight, goal = OPTION_DEFAULTS.goal } = options;
  const atLeast = options.atLeast ?? group.atLeast ?? OPTION_DEFAULTS.atLeast;
  checkCount('atLeast', atLeast, where);
  return { weight, goal, atLeast };
}

/** @throws UsageError `bad-covergroup` for options of a group that make no sense. */
export function checkGroupOptions(options: GroupOptions, type: TypeOptions, where: string): void {
  checkAim(options, where);
  checkAim(type, `${where}, type`);
  for (const name of ['atLeast', 'autoBinMax'] as const) {
    const value = options[name];
    if (value !== undefined) checkCount(name, value, where);
  }
}

/** @throws UsageError `bad-covergroup` when a count is no integer from 1. */
export function checkCount(name: string, value: number, where: string): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new UsageError('bad-covergroup', `${where}: ${name} is from 1, got ${value}`);
}

function checkAim({ weight, goal }: CoverageAim, where: string): void {
  if (weight !== undefined && (!Number.isSafeInteger(weight) || weight < 0)) {
    throw new UsageError('bad-covergroup', `${where}: weight is an integer from 0, got ${weight}`);
  }
  if (goal !== undefined && !(goal >= 0 && goal <= 100)) {
    throw new UsageError('bad-covergroup', `${where}: goal is a percentage 0..100, got ${goal}`);
  }
}
