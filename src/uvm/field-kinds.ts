// What the fields of a transaction may be: how each kind is copied, compared and printed. Source: IEEE 1800.2 clauses 5.3
// and 16 (policies); UVM's field macros, as values.
import { UsageError } from '#base/assert';
import { bytesToHex } from '#base/bytes';
import { formatTime } from '#kernel/time';
import type { PrintRow } from './print-rows.ts';
import { sameScalar } from './same-scalar.ts';

/** Elements printed at each end of a long list: UVM's begin_elements and end_elements. */
const LIST_ENDS = 5;
/** Bytes printed of a long byte array. */
const BYTES_SHOWN = 32;
/** Objects within objects: one that contains itself is found by this. */
export const OBJECT_DEPTH_MAX = 64;

/** Where two objects differ. */
export interface Difference {
  /** `header.tag`, `data[3]`. */
  readonly path: string;
  readonly expected: string;
  readonly seen: string;
}

/** What a field may be left out of. */
export type FieldPolicy = 'copy' | 'compare' | 'print';

/** Gathers differences, not more than it was asked for. */
export class Differences {
  readonly all: Difference[] = [];
  private readonly max: number;

  constructor(max: number) {
    this.max = max;
  }

  get isFull(): boolean {
    return this.all.length >= this.max;
  }

  add(path: string, expected: string, seen: string): void {
    if (!this.isFull) this.all.push({ path, expected, seen });
  }
}

/** One kind of field, for values of type T. */
export interface FieldKind<T> {
  /** UVM's word: `integral`, `string`. */
  readonly typeName: string;
  /** A copy that shares nothing that can change with `value`. */
  copyOf(value: T): T;
  /** Whether the two are equal, without saying where they differ. */
  equals(expected: T, seen: T): boolean;
  /** Adds what differs. */
  compare(
    path: string,
    values: { readonly expected: T; readonly seen: T },
    into: Differences,
  ): void;
  /** Adds the lines of the printed table. */
  print(name: string, value: T, depth: number, into: PrintRow[]): void;
}

/** A kind with the policies in which the field takes no part. */
export interface PartialField<T> {
  readonly kind: FieldKind<T>;
  readonly except: readonly FieldPolicy[];
}

/** A value that is replaced as a whole. */
class ScalarKind<T> implements FieldKind<T> {
  readonly typeName: string;
  private readonly size: string;
  private readonly text: (value: T) => string;

  constructor(typeName: string, size: string, text: (value: T) => string) {
    this.typeName = typeName;
    this.size = size;
    this.text = text;
  }

  copyOf(value: T): T {
    return value;
  }

  equals(expected: T, seen: T): boolean {
    return sameScalar(expected, seen);
  }

  compare(
    path: string,
    values: { readonly expected: T; readonly seen: T },
    into: Differences,
  ): void {
    const { expected, seen } = values;
    if (!this.equals(expected, seen)) into.add(path, this.text(expected), this.text(seen));
  }

  print(name: string, value: T, depth: number, into: PrintRow[]): void {
    const { typeName: type, size } = this;
    into.push({ depth, name, type, size, value: this.text(value), isNode: false });
  }
}

class BytesKind implements FieldKind<Uint8Array> {
  readonly typeName = 'bytes';

  copyOf(value: Uint8Array): Uint8Array {
    return value.slice();
  }

  equals(expected: Uint8Array, seen: Uint8Array): boolean {
    if (expected.length !== seen.length) return false;
    for (let i = 0; i < expected.length; i++) if (expected[i] !== seen[i]) return false;
    return true;
  }

  compare(
    path: string,
    values: { readonly expected: Uint8Array; readonly seen: Uint8Array },
    into: Differences,
  ): void {
    const { expected, seen } = values;
    if (expected.length !== seen.length) {
      into.add(`${path}.length`, String(expected.length), String(seen.length));
    }
    const count = Math.min(expected.length, seen.length);
    for (let i = 0; i < count && !into.isFull; i++) {
      if (expected[i] !== seen[i])
        into.add(`${path}[${i}]`, hexText(expected[i]), hexText(seen[i]));
    }
  }

  print(name: string, value: Uint8Array, depth: number, into: PrintRow[]): void {
    const isLong = value.length > BYTES_SHOWN;
    const text = bytesToHex(isLong ? value.subarray(0, BYTES_SHOWN) : value) + (isLong ? '…' : '');
    const size = String(value.length);
    into.push({ depth, name, type: this.typeName, size, value: text, isNode: false });
  }
}

class ListKind<T> implements FieldKind<readonly T[]> {
  readonly typeName: string;
  private readonly element: FieldKind<T>;

  constructor(element: FieldKind<T>) {
    this.element = element;
    this.typeName = `list(${element.typeName})`;
  }

  copyOf(value: readonly T[]): T[] {
    return value.map((one) => this.element.copyOf(one));
  }

  equals(expected: readonly T[], seen: readonly T[]): boolean {
    if (expected.length !== seen.length) return false;
    for (let i = 0; i < expected.length; i++) {
      if (!this.element.equals(expected[i], seen[i])) return false;
    }
    return true;
  }

  compare(
    path: string,
    values: { readonly expected: readonly T[]; readonly seen: readonly T[] },
    into: Differences,
  ): void {
    const { expected, seen } = values;
    if (expected.length !== seen.length) {
      into.add(`${path}.length`, String(expected.length), String(seen.length));
    }
    const count = Math.min(expected.length, seen.length);
    for (let i = 0; i < count && !into.isFull; i++) {
      this.element.compare(`${path}[${i}]`, { expected: expected[i], seen: seen[i] }, into);
    }
  }

  print(name: string, value: readonly T[], depth: number, into: PrintRow[]): void {
    const { typeName: type, element } = this;
    const size = String(value.length);
    into.push({ depth, name, type, size, value: '', isNode: true });
    const isLong = value.length > 2 * LIST_ENDS;
    for (let i = 0; i < value.length; i++) {
      if (isLong && i === LIST_ENDS) {
        const row = { name: '...', type: '...', size: '...', value: '...', isNode: false };
        into.push({ depth: depth + 1, ...row });
        i = value.length - LIST_ENDS;
      }
      element.print(`[${i}]`, value[i], depth + 1, into);
    }
  }
}

class OptionalKind<T> implements FieldKind<T | undefined> {
  readonly typeName: string;
  private readonly inner: FieldKind<T>;

  constructor(inner: FieldKind<T>) {
    this.inner = inner;
    this.typeName = inner.typeName;
  }

  copyOf(value: T | undefined): T | undefined {
    return value === undefined ? undefined : this.inner.copyOf(value);
  }

  equals(expected: T | undefined, seen: T | undefined): boolean {
    if (expected === undefined || seen === undefined) return expected === seen;
    return this.inner.equals(expected, seen);
  }

  compare(
    path: string,
    values: { readonly expected: T | undefined; readonly seen: T | undefined },
    into: Differences,
  ): void {
    const { expected, seen } = values;
    if (expected !== undefined && seen !== undefined) {
      this.inner.compare(path, { expected, seen }, into);
    } else if (expected !== seen) into.add(path, presence(expected), presence(seen));
  }

  print(name: string, value: T | undefined, depth: number, into: PrintRow[]): void {
    if (value !== undefined) this.inner.print(name, value, depth, into);
    else into.push({ depth, name, type: this.typeName, size: '', value: '<none>', isNode: false });
  }
}

function presence(value: unknown): string {
  return value === undefined ? '<none>' : '<present>';
}

function hexText(value: number): string {
  return `'h${value.toString(16)}`;
}

/** @throws UsageError `bad-field`. */
function integral(bits: number, text: (value: number) => string): FieldKind<number> {
  if (!Number.isInteger(bits) || bits < 1 || bits > 53) {
    throw new UsageError('bad-field', `a field of ${bits} bits cannot be`, {
      hint: '1 to 53 bits; a wider one is a list, or bytes.',
    });
  }
  return new ScalarKind('integral', String(bits), text);
}

/** The kinds of fields, for `fields(…)`. */
export const field = {
  /** A whole number of `bits` (1 to 53) bits, printed in hexadecimal. */
  hex: (bits: number): FieldKind<number> => integral(bits, hexText),
  /** Printed in decimal. */
  decimal: (bits: number): FieldKind<number> => integral(bits, (value) => `'d${value}`),
  /** Printed in binary. */
  binary: (bits: number): FieldKind<number> =>
    integral(bits, (value) => `'b${value.toString(2).padStart(bits, '0')}`),
  /** A number with a fraction, printed as JavaScript does; NaN equals NaN, -0 equals 0. */
  real: (): FieldKind<number> => new ScalarKind('real', '64', String),
  /** Picoseconds. */
  time: (): FieldKind<number> => new ScalarKind('time', '64', formatTime),
  /** A boolean: one bit in the printed table. */
  flag: (): FieldKind<boolean> => new ScalarKind('bit', '1', String),
  /** Any text. */
  text: (): FieldKind<string> => new ScalarKind('string', '', (value) => value),
  /** One of some names: UVM's enum. */
  choice: <T extends string>(): FieldKind<T> => new ScalarKind('enum', '', (value) => value),
  /** A byte array, copied with its field, compared byte by byte; the first 32 bytes are printed, in hexadecimal. */
  bytes: (): FieldKind<Uint8Array> => new BytesKind(),
  /** Elements of one kind, compared one by one; of more than 10, the first and last 5 are printed. */
  list: <T>(element: FieldKind<T>): FieldKind<readonly T[]> => new ListKind(element),
  /** A field that may be undefined, which is printed as `<none>`. */
  optional: <T>(inner: FieldKind<T>): FieldKind<T | undefined> => new OptionalKind(inner),
  /** A field that is left out of copying, comparing or printing: UVM's UVM_NOCOPY, UVM_NOCOMPARE, UVM_NOPRINT. */
  except: <T>(kind: FieldKind<T>, ...except: readonly FieldPolicy[]): PartialField<T> => ({
    kind,
    except,
  }),
} as const;
