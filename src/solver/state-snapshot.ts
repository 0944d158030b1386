/** The state that a call read, to be held against that of the next one: without building a key, lists element by element. */

/** Numbers or bigints, or ranges of them laid out flat: low, high, low, high … */
interface ListCopy {
  readonly isPairs: boolean;
  readonly items: ArrayLike<unknown>;
}

export class StateSnapshot {
  private readonly copies: readonly unknown[];

  /** @param values numbers, bigints, flags, names, and lists of numbers and of ranges. */
  constructor(values: readonly unknown[]) {
    this.copies = values.map((value) => (isList(value) ? copyOf(value) : value));
  }

  /** Whether the n-th value is what it was. What cannot be told quickly is not. */
  isSame(n: number, value: unknown): boolean {
    const copy = this.copies[n];
    if (copy === value) return true;
    if (!isList(value) || typeof copy !== 'object' || copy === null) return false;
    const { isPairs, items } = copy as ListCopy;
    return isPairs ? isSamePairs(value, items) : isSameItems(value, items);
  }

  /** Whether all values are what they were. */
  areSame(values: readonly unknown[]): boolean {
    if (values.length !== this.copies.length) return false;
    for (let n = 0; n < values.length; n++) if (!this.isSame(n, values[n])) return false;
    return true;
  }
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

/** Undefined for mixed lists: they are never the same. */
function copyOf(list: ArrayLike<unknown>): ListCopy | undefined {
  const items = Array.from(list);
  if (items.every((item) => typeof item === 'number')) {
    return { isPairs: false, items: Float64Array.from(items) };
  }
  if (items.every((item) => typeof item === 'bigint')) return { isPairs: false, items };
  if (!items.every((item) => Array.isArray(item) && item.length === 2)) return undefined;
  const flat = (items as readonly (readonly unknown[])[]).flat();
  const areNumbers = flat.every((item) => typeof item === 'number');
  return { isPairs: true, items: areNumbers ? Float64Array.from(flat) : flat };
}

function isSameItems(list: ArrayLike<unknown>, items: ArrayLike<unknown>): boolean {
  if (list.length !== items.length) return false;
  for (let i = 0; i < items.length; i++) if (list[i] !== items[i]) return false;
  return true;
}

function isSamePairs(list: ArrayLike<unknown>, items: ArrayLike<unknown>): boolean {
  if (list.length * 2 !== items.length) return false;
  for (let i = 0; i < list.length; i++) {
    const pair = list[i];
    if (!Array.isArray(pair) || pair.length !== 2) return false;
    if (pair[0] !== items[2 * i] || pair[1] !== items[2 * i + 1]) return false;
  }
  return true;
}

/** Texts that tell states apart; the last one is remembered, as state seldom changes from call to call. */
export class StateKeys {
  private fields: readonly string[] = [];
  private snapshot = new StateSnapshot([]);
  private key = '';

  /** @param values of these fields, in their order. */
  keyOf(fields: readonly string[], values: readonly unknown[]): string {
    const isSame =
      fields.length === this.fields.length &&
      fields.every((field, n) => field === this.fields[n]) &&
      this.snapshot.areSame(values);
    if (isSame) return this.key;
    this.fields = fields;
    this.snapshot = new StateSnapshot(values);
    this.key = values.map(textOf).join();
    return this.key;
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (ArrayBuffer.isView(value)) return `[${(value as Uint8Array).join()}]`;
  return String(value);
}
