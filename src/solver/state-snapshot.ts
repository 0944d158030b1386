/** The state that a call read, to be held against that of the next one: without building a key, lists element by element. */

/** What lists were made of when they were read: numbers, and pairs laid out flat. */
interface ListCopy {
  readonly list: readonly unknown[];
}

export class StateSnapshot {
  private readonly copies: readonly unknown[];

  /** @param values numbers, bigints, flags, names, and lists of numbers and of ranges. */
  constructor(values: readonly unknown[]) {
    this.copies = values.map((value) =>
      isList(value) ? ({ list: Array.from(value, copied) } satisfies ListCopy) : value,
    );
  }

  /** Whether the n-th value is what it was. */
  isSame(n: number, value: unknown): boolean {
    const copy = this.copies[n];
    if (copy === value) return true;
    return isList(value) && isCopy(copy) && isSameList(value, copy.list);
  }
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

function isCopy(value: unknown): value is ListCopy {
  return typeof value === 'object' && value !== null && 'list' in value;
}

function copied(item: unknown): unknown {
  return Array.isArray(item) ? [...(item as unknown[])] : item;
}

function isSameList(list: ArrayLike<unknown>, copy: readonly unknown[]): boolean {
  if (list.length !== copy.length) return false;
  for (let i = 0; i < copy.length; i++) {
    const was = copy[i];
    const is = list[i];
    if (is === was) continue;
    if (!Array.isArray(is) || !Array.isArray(was)) return false;
    if (is.length !== was.length || is[0] !== was[0] || is[1] !== was[1]) return false;
  }
  return true;
}
