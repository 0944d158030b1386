// Copying, comparing and printing transactions from one table of their fields, declared beside the class. Source: IEEE
// 1800.2 clause 5.3 (core utilities of objects); house style §0.4 (one table drives them all).
//
//   class BusItem extends SequenceItem { address = 0; data: number[] = []; sentAtPs = 0; }
//   export const busItem = fields(BusItem, {
//     address: field.hex(32),
//     data: field.list(field.hex(8)),
//     sentAtPs: field.except(field.time(), 'compare'),
//   });
//   busItem.clone(item);  busItem.equals(a, b);  busItem.differences(expected, seen);  busItem.sprint(item);
//
// A field that is not in the table takes no part in anything. The methods allocate nothing beyond what they return.
import { UsageError } from '#base/assert';
import {
  Differences,
  OBJECT_DEPTH_MAX,
  type Difference,
  type FieldKind,
  type FieldPolicy,
  type PartialField,
} from './field-kinds.ts';
import { printRows, type PrintFormat, type PrintRow } from './print-rows.ts';

/** Differences listed unless more are asked for. */
export const DIFFERENCES_MAX = 16;

/** A kind for each field that takes part. */
export type FieldTable<C> = {
  readonly [K in keyof C]?: FieldKind<C[K]> | PartialField<C[K]>;
};

/** How an object is printed. */
export interface PrintOptions {
  /** Default `table`. */
  readonly format?: PrintFormat;
  /** Name of the object in the first line; default its class. */
  readonly name?: string;
}

/** A row of the table, whatever the type of its field. */
interface Row {
  readonly key: string;
  readonly kind: FieldKind<unknown>;
}
type Values = Record<string, unknown>;

/** Declares which fields of a class make up its value, and what each is. */
export function fields<C extends object>(
  objectClass: new () => C,
  table: FieldTable<C>,
): ObjectFields<C> {
  return new ObjectFields(objectClass, Object.entries(table));
}

type Entry = readonly [string, unknown];

/** The fields of a class. It is a kind of field itself: objects may be fields of objects. */
export class ObjectFields<C extends object> implements FieldKind<C> {
  /** The class's name. */
  readonly typeName: string;
  private readonly objectClass: new () => C;
  private readonly entries: readonly Entry[];
  private readonly copied: readonly Row[];
  private readonly compared: readonly Row[];
  private readonly printed: readonly Row[];
  /** Objects of this class within which we are: one that contains itself does not end otherwise. */
  private depth = 0;

  /** Use `fields`. */
  constructor(objectClass: new () => C, entries: readonly Entry[]) {
    this.objectClass = objectClass;
    this.typeName = objectClass.name;
    this.entries = entries;
    this.copied = rowsFor('copy', entries);
    this.compared = rowsFor('compare', entries);
    this.printed = rowsFor('print', entries);
  }

  /** The table of a subclass: these fields, then its own; a field that is in both is the subclass's. */
  extend<D extends C>(objectClass: new () => D, table: FieldTable<D>): ObjectFields<D> {
    const own = Object.entries(table);
    const inherited = this.entries.filter(([key]) => !own.some(([other]) => other === key));
    return new ObjectFields(objectClass, [...inherited, ...own]);
  }

  /** Makes `into` equal to `from`; objects and lists within are copied, too: UVM's do_copy. */
  copy(from: C, into: C): void {
    const source = from as Values;
    const target = into as Values;
    this.enter();
    try {
      for (const { key, kind } of this.copied) target[key] = kind.copyOf(source[key]);
    } finally {
      this.depth--;
    }
  }

  /** A new object, equal to this one. */
  clone(from: C): C {
    const into = new this.objectClass();
    this.copy(from, into);
    return into;
  }

  /**
   * For the table of an object that contains this one: `clone`.
   * @throws UsageError `objects-too-deep` beyond 64 levels.
   */
  copyOf(value: C): C {
    return this.clone(value);
  }

  /** Whether they are equal; stops at the first difference. */
  equals(expected: C, seen: C): boolean {
    if (expected === seen) return true;
    const left = expected as Values;
    const right = seen as Values;
    this.enter();
    try {
      for (const { key, kind } of this.compared) {
        if (!kind.equals(left[key], right[key])) return false;
      }
      return true;
    } finally {
      this.depth--;
    }
  }

  /** Where they differ, in the order of the table; empty when they are equal: UVM's do_compare with its miscompares. */
  differences(expected: C, seen: C, max: number = DIFFERENCES_MAX): readonly Difference[] {
    const into = new Differences(max);
    this.compare('', { expected, seen }, into);
    return into.all;
  }

  /** For the table of an object that contains this one. */
  compare(
    path: string,
    values: { readonly expected: C; readonly seen: C },
    into: Differences,
  ): void {
    if (values.expected === values.seen) return;
    const left = values.expected as Values;
    const right = values.seen as Values;
    this.enter();
    try {
      for (const { key, kind } of this.compared) {
        if (into.isFull) break;
        const inner = path === '' ? key : `${path}.${key}`;
        kind.compare(inner, { expected: left[key], seen: right[key] }, into);
      }
    } finally {
      this.depth--;
    }
  }

  /** The object as text: UVM's sprint. */
  sprint(value: C, options: PrintOptions = {}): string {
    const rows: PrintRow[] = [];
    this.print(options.name ?? this.typeName, value, 0, rows);
    return printRows(rows, options.format);
  }

  /** For the table of an object that contains this one. */
  print(name: string, value: C, depth: number, into: PrintRow[]): void {
    const values = value as Values;
    into.push({ depth, name, type: this.typeName, size: '', value: '', isNode: true });
    this.enter();
    try {
      for (const { key, kind } of this.printed) kind.print(key, values[key], depth + 1, into);
    } finally {
      this.depth--;
    }
  }

  /** To be followed by `try … finally { this.depth--; }`. */
  private enter(): void {
    if (++this.depth <= OBJECT_DEPTH_MAX) return;
    this.depth--;
    throw new UsageError(
      'objects-too-deep',
      `objects of ${this.typeName} nest deeper than ${OBJECT_DEPTH_MAX}`,
      { hint: 'Does one contain itself? Leave that field out of the table.' },
    );
  }
}

function rowsFor(policy: FieldPolicy, entries: readonly Entry[]): Row[] {
  const rows: Row[] = [];
  for (const [key, given] of entries) {
    const entry = given as FieldKind<unknown> | PartialField<unknown>;
    if (!('except' in entry)) rows.push({ key, kind: entry });
    else if (!entry.except.includes(policy)) rows.push({ key, kind: entry.kind });
  }
  return rows;
}
