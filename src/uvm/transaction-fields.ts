// Comparing and copying transactions by their fields, for comparators and scoreboards. Source: IEEE 1800.2 clause 5.3
// (compare, copy). A transaction is plain data: numbers, texts, bytes, arrays and objects of these. What a sequencer keeps
// in an item is no part of it, nor is what a class keeps in #private fields. What has its content elsewhere than in fields
// (a Map, a Date) is refused: two of them would seem equal whatever is in them.
import { assert, UsageError } from '#base/assert';
import { sameScalar } from './same-scalar.ts';
import { SequenceItem } from './sequence-item.ts';

/** Objects within objects. */
const DEPTH_MAX = 16;

const BOOKKEEPING = new Set(Object.keys(new (class extends SequenceItem {})()));

/** Objects whose content is not in their fields, by the tag that the language gives them. */
const OPAQUE = new Set(
  ['Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef', 'Date', 'RegExp', 'Error', 'Promise']
    .concat(['DataView', 'ArrayBuffer', 'SharedArrayBuffer', 'Number', 'String', 'Boolean'])
    .map((name) => `[object ${name}]`),
);

/**
 * Whether two transactions are of one class and have equal fields.
 * @throws UsageError `transaction-field` when they hold what is not plain data.
 */
export function sameTransaction(expected: unknown, actual: unknown): boolean {
  return differingFields(expected, actual, 1).length === 0;
}

/**
 * Paths of the fields in which two transactions differ, at most `countMax`: `length`, `payload[3]`; the empty path for two
 * that have nothing in common.
 * @throws UsageError `transaction-field` when they hold what is not plain data.
 */
export function differingFields(expected: unknown, actual: unknown, countMax: number): string[] {
  const found: string[] = [];
  collect(expected, actual, { found, countMax, path: '', depth: 0 });
  return found;
}

interface Search {
  readonly found: string[];
  readonly countMax: number;
  readonly path: string;
  readonly depth: number;
}

function collect(a: unknown, b: unknown, search: Search): void {
  if (sameScalar(a, b) || search.found.length >= search.countMax) return;
  assert(search.depth <= DEPTH_MAX, `a transaction nests at most ${DEPTH_MAX} objects deep`);
  if (!isObject(a) || !isObject(b) || a.constructor !== b.constructor) {
    search.found.push(search.path);
    return;
  }
  if (isList(a) && isList(b)) collectElements(a, b, search);
  else {
    checkPlain(a, search.path);
    collectFields(a, b, search);
  }
}

function collectElements(a: ArrayLike<unknown>, b: ArrayLike<unknown>, search: Search): void {
  if (a.length !== b.length) search.found.push(join(search.path, 'length'));
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    collect(a[i], b[i], below(search, `${search.path}[${i}]`));
  }
}

function collectFields(a: Fields, b: Fields, search: Search): void {
  for (const key of fieldNames(a, b)) {
    collect(a[key], b[key], below(search, join(search.path, key)));
  }
}

/**
 * A copy with its own fields, bytes and objects included, so that the original may be used again.
 * @throws AssertionError beyond 16 objects within each other.
 * @throws UsageError `transaction-field` when it holds what is not plain data.
 */
export function copyTransaction<T>(transaction: T, depth = 0): T {
  if (!isObject(transaction)) return transaction;
  assert(depth <= DEPTH_MAX, `a transaction nests at most ${DEPTH_MAX} objects deep`);
  if (Array.isArray(transaction)) {
    return transaction.map((one: unknown) => copyTransaction(one, depth + 1)) as T;
  }
  if (isList(transaction)) return (transaction as unknown as Uint8Array).slice() as T;
  checkPlain(transaction, '');
  const source: Fields = transaction;
  const copy = Object.create(Object.getPrototypeOf(source) as object) as Fields;
  for (const key of fieldNames(source, source)) copy[key] = copyTransaction(source[key], depth + 1);
  return copy as T;
}

type Fields = Record<string, unknown>;

/** @throws UsageError `transaction-field`. */
function checkPlain(value: object, path: string): void {
  const tag = Object.prototype.toString.call(value);
  if (!OPAQUE.has(tag)) return;
  const place = path === '' ? 'a transaction' : `field '${path}' of a transaction`;
  throw new UsageError(
    'transaction-field',
    `${place} is a ${tag.slice('[object '.length, -1)}, which cannot be compared or copied by its fields`,
    {
      hint: 'Use numbers, texts, arrays, typed arrays and objects, or override transactionFields.',
    },
  );
}

function fieldNames(a: Fields, b: Fields): string[] {
  const names = Object.keys(a);
  for (const key of Object.keys(b)) if (!(key in a)) names.push(key);
  return a instanceof SequenceItem ? names.filter((name) => !BOOKKEEPING.has(name)) : names;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function isList(value: object): value is ArrayLike<unknown> & object {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function below(search: Search, path: string): Search {
  return { ...search, path, depth: search.depth + 1 };
}
