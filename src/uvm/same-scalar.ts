// When two values that are replaced as a whole are equal: the same for fields of an object and of a transaction.
// Source: IEEE 1800.2 clause 16.3 (comparer).

/** -0 is 0, and what is not a number equals itself: a copy is always equal. Objects are equal to themselves alone. */
export function sameScalar(a: unknown, b: unknown): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}
