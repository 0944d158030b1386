// Exclusions as they applied to the coverage of a regression: plain data, which reports show beside the bins that count.
// Source: ADR 0007. Bins are known by their index in `coverage` of the same record, so that no name is written twice.

/** `expired`, `changed`: dropped. `nothing`: its pattern names no bin. `suspicious`: a bin it takes out was hit. */
export type ExclusionState = 'active' | 'expired' | 'changed' | 'nothing' | 'suspicious';

export interface ExclusionRecord {
  /** Pattern over `Type/item/bin`. */
  readonly path: string;
  readonly state: ExclusionState;
  readonly reason: string;
  readonly owner: string;
  /** Last day on which it holds, `YYYY-MM-DD`; null where it has none. */
  readonly expires: string | null;
  /** Why no bin of it can be hit, where somebody or something has shown that. */
  readonly proof?: string;
  /** Bins that its pattern names, whether it is dropped or not. */
  readonly bins: number;
  /** Those of them that were hit. */
  readonly hit: number;
}

export interface ExclusionsRecord {
  readonly list: readonly ExclusionRecord[];
  /** Bins that are out, over all groups. */
  readonly excluded: number;
  /** One per group of `coverage`, in its order. */
  readonly groups: readonly GroupExclusions[];
}

export interface GroupExclusions {
  /** Per coverpoint: pairs (index of a bin, index in `list`), ascending. */
  readonly points: readonly (readonly number[])[];
  /** Per cross. */
  readonly crosses: readonly CrossExclusions[];
}

export interface CrossExclusions {
  /** Pairs (index of a tuple, index in `list`), ascending. */
  readonly tuples: readonly number[];
  /** Pairs (index of a bin that the author named, index in `list`), ascending. */
  readonly bins: readonly number[];
}

/** Whether its bins count although it says that they should not. */
export function isDropped({ state }: Pick<ExclusionRecord, 'state'>): boolean {
  return state === 'expired' || state === 'changed';
}

/** What is wrong with an exclusion, in one sentence; undefined for one in order. */
export function exclusionTrouble({
  path,
  state,
  owner,
  expires,
  hit,
}: Pick<ExclusionRecord, 'path' | 'state' | 'owner' | 'expires' | 'hit'>): string | undefined {
  const which = `exclusion '${path}' (${owner})`;
  switch (state) {
    case 'active':
      return undefined;
    case 'expired':
      return `${which} ended on ${expires}: dropped`;
    case 'changed':
      return `${which} was written for other bins: dropped`;
    case 'nothing':
      return `${which} names no bin`;
    case 'suspicious':
      return `${which} is suspicious: ${hit} of its bins were hit`;
  }
}
