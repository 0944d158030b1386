/**
 * Exclusions: bins that nobody expects to be hit leave numerator and denominator, with a reason and an owner (ADR 0007).
 *
 * An exclusion names bins by a pattern over their path, `Type/item/bin`, with `*` for any text and `?` for one character;
 * `Type/item` is all bins of an item, `Type` all of a group. It carries the hash of the items that it was written for: when
 * their bins change, or a date has passed, it is dropped, and somebody has to look again.
 */
import { UsageError } from '#base/assert';
import type { CoverageRecord, CovergroupRecord } from '#record/coverage-record';
import type { ExclusionState } from '#record/exclusion-record';
import type { ExcludedBins, ExcludedItem } from '../summary.ts';
import type { DatabaseView } from './database-view.ts';
import { itemText, modelHash } from './group-model.ts';

export const EXCLUSIONS_SCHEMA = 'ridgeline.exclusions/1';

export interface Exclusion {
  readonly path: string;
  readonly reason: string;
  readonly owner: string;
  /** Last day on which it holds, `YYYY-MM-DD`; without it, it holds until the model changes. */
  readonly expires?: string;
  /** Hash of the items whose bins it may name. */
  readonly model: string;
  /** Why no bin of it can be hit: what a solver or an argument has shown. */
  readonly proof?: string;
}

/** What a regression is given: a list, and the day on which it is looked at. */
export interface DatedExclusions {
  readonly list: readonly Exclusion[];
  /** `YYYY-MM-DD`. */
  readonly today: string;
}

export interface ResolvedExclusion {
  readonly exclusion: Exclusion;
  readonly state: ExclusionState;
  /** Numbers of the bins that its pattern names, whether it is dropped or not. */
  readonly bins: readonly number[];
  /** Those of them that were hit. */
  readonly hit: readonly number[];
  /** What the hash of its items is now. */
  readonly model: string;
}

/** Exclusions as they apply to one database. */
export class Exclusions implements ExcludedBins {
  readonly resolved: readonly ResolvedExclusion[];
  private readonly byItem = new Map<string, { readonly bins: Set<string> }>();
  private readonly byBin = new Map<number, Exclusion>();

  /** @param today `YYYY-MM-DD`. */
  constructor(view: DatabaseView, list: readonly Exclusion[], today: string) {
    this.resolved = list.map((exclusion) => resolve(view, exclusion, today));
    for (const { exclusion, state, bins } of this.resolved) {
      if (state !== 'active' && state !== 'suspicious') continue;
      for (const bin of bins) this.exclude(view, bin, exclusion);
    }
  }

  of(type: string, item: string): ExcludedItem | undefined {
    return this.byItem.get(`${type}/${item}`);
  }

  /** Why a bin is out; undefined when it is not. Of several exclusions, the first in the list. */
  find(bin: number): Exclusion | undefined {
    return this.byBin.get(bin);
  }

  /** Bins that are out. */
  get size(): number {
    return this.byBin.size;
  }

  private exclude(view: DatabaseView, bin: number, exclusion: Exclusion): void {
    if (this.byBin.has(bin)) return;
    this.byBin.set(bin, exclusion);
    const { type, item, bin: name } = view.pathOf(bin);
    const key = `${type}/${item}`;
    const known = this.byItem.get(key) ?? { bins: new Set() };
    known.bins.add(name);
    this.byItem.set(key, known);
  }
}

function resolve(view: DatabaseView, exclusion: Exclusion, today: string): ResolvedExclusion {
  const pattern = new PathPattern(exclusion.path);
  const bins = [...view.bins()].filter((bin) => {
    const { type, item, bin: name } = view.pathOf(bin);
    return pattern.isItem(type, item) && pattern.isBin(name);
  });
  const hit = bins.filter((bin) => view.counts[bin] > 0);
  const model = patternHash(view.record, exclusion.path);
  let state: ExclusionState = 'active';
  if (isExpired(exclusion, today)) state = 'expired';
  else if (model !== exclusion.model) state = 'changed';
  else if (bins.length === 0) state = 'nothing';
  else if (hit.length > 0) state = 'suspicious';
  return { exclusion, state, bins, hit, model };
}

/** @param today `YYYY-MM-DD`. */
export function isExpired({ expires }: Exclusion, today: string): boolean {
  return expires !== undefined && expires < today;
}

/** Hash over the items whose bins a pattern may name: their names, bins and values, not their weights. */
export function patternHash(record: CoverageRecord, path: string): string {
  const pattern = new PathPattern(path);
  const texts = record.groups.flatMap((group: CovergroupRecord) =>
    [...group.points, ...group.crosses]
      .filter(({ name }) => pattern.isItem(group.type, name))
      .map((item) => `${group.type} ${itemText(group, item)}`),
  );
  return modelHash(texts.sort().join('\n'));
}

/** Patterns of the parts of a path. The last takes all that is left: a bin's name may have a slash in it. */
export class PathPattern {
  private readonly type: RegExp;
  private readonly item: RegExp;
  private readonly bin: RegExp;

  constructor(path: string) {
    const [type, item = '*', ...rest] = path.split('/');
    this.type = globPattern(type);
    this.item = globPattern(item);
    this.bin = globPattern(rest.length === 0 ? '*' : rest.join('/'));
  }

  isGroup(type: string): boolean {
    return this.type.test(type);
  }

  isItem(type: string, item: string): boolean {
    return this.type.test(type) && this.item.test(item);
  }

  isBin(name: string): boolean {
    return this.bin.test(name);
  }
}

/** Whether a path matches a pattern as a whole, slashes like any other character. */
export function globMatcher(glob: string): (path: string) => boolean {
  const pattern = globPattern(glob);
  return (path) => pattern.test(path);
}

/** `*` any text, `?` one character, `\` before a character that stands for itself. */
function globPattern(glob: string): RegExp {
  const source = glob.replaceAll(/\\(.)|[^\w\s]/gs, (match, escaped: string | undefined) => {
    if (escaped !== undefined) return literal(escaped);
    if (match === '*') return '.*';
    return match === '?' ? '.' : literal(match);
  });
  return new RegExp(`^${source}$`, 's');
}

function literal(character: string): string {
  return /[\w\s]/.test(character) ? character : `\\${character}`;
}

/**
 * Reads a file of exclusions.
 * @throws UsageError `bad-exclusions` that says which entry lacks what.
 */
export function parseExclusions(text: string): readonly Exclusion[] {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    throw bad(`they are no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { schema, exclusions } = (file ?? {}) as { schema?: unknown; exclusions?: unknown };
  if (schema !== EXCLUSIONS_SCHEMA) {
    throw bad(
      `their schema is ${JSON.stringify(schema)}, this version reads '${EXCLUSIONS_SCHEMA}'`,
    );
  }
  if (!Array.isArray(exclusions)) throw bad("'exclusions' is no list");
  return exclusions.map((one: unknown, index) => checkedExclusion(one, `exclusions[${index}]`));
}

export function exclusionsText(exclusions: readonly Exclusion[]): string {
  return `${JSON.stringify({ schema: EXCLUSIONS_SCHEMA, exclusions }, null, 2)}\n`;
}

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Whether a text is a day that there is, `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  const [, year = 0, month = 0, day = 0] = (DAY.exec(text) ?? []).map(Number);
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0);
  return day >= 1 && day <= days;
}

/** @throws UsageError `bad-exclusions` naming the field. @param where `exclusions[3]`. */
export function checkedExclusion(value: unknown, where: string): Exclusion {
  const entry = (typeof value === 'object' && value !== null ? value : {}) as Partial<
    Record<keyof Exclusion, unknown>
  >;
  for (const field of ['path', 'reason', 'owner', 'model'] as const) {
    const text = entry[field];
    if (typeof text === 'string' && text.trim() !== '') continue;
    throw bad(`${where} has no ${field}`);
  }
  const { expires, proof } = entry;
  if (proof !== undefined && (typeof proof !== 'string' || proof.trim() === '')) {
    throw bad(`${where}: 'proof' is ${JSON.stringify(proof)}, expected a text, or none`);
  }
  if (expires !== undefined && (typeof expires !== 'string' || !isDay(expires))) {
    throw bad(
      `${where}: 'expires' is ${JSON.stringify(expires)}, expected a day such as 2027-01-31`,
    );
  }
  return entry as Exclusion;
}

function bad(message: string): UsageError {
  return new UsageError('bad-exclusions', `these are no exclusions: ${message}`, {
    hint: '`ridgeline cover exclude add PATH --reason TEXT --owner NAME` writes them.',
  });
}
