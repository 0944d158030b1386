// Small byte arrays, cut from one larger buffer. An array of its own costs an allocation outside V8's heap as soon as it
// has more than 64 bytes, and one that is smaller the same at the first view of it: some ten times the price of a view.
//
// What is cut is never cut again, so an array from here is as independent as any other, and no run sees what another one
// cut before it; but its `buffer` is shared, and one that is kept keeps its whole chunk alive. Both matter only to those
// who look at `buffer` or keep single arrays for long.

const CHUNK_BYTES = 64 * 1024;
/** Larger arrays get a buffer of their own. */
const CUT_BYTES_MAX = CHUNK_BYTES / 16;
/** Up to here V8 keeps an array in its own heap, and copying one is one step. */
const HEAP_BYTES_MAX = 64;
/** Up to here a loop is faster than the call of `set`. */
const LOOP_BYTES_MAX = 16;

let chunk = new ArrayBuffer(CHUNK_BYTES);
let used = 0;

/** `length` bytes, all 0. */
export function freshBytes(length: number): Uint8Array {
  if (length > CUT_BYTES_MAX) return new Uint8Array(length);
  if (used + length > CHUNK_BYTES) {
    chunk = new ArrayBuffer(CHUNK_BYTES);
    used = 0;
  }
  const bytes = new Uint8Array(chunk, used, length);
  used += length;
  return bytes;
}

/** The same bytes again, independent of the first ones. */
export function copyOfBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= HEAP_BYTES_MAX) return new Uint8Array(bytes);
  const copy = freshBytes(bytes.length);
  putBytes(copy, 0, bytes);
  return copy;
}

/**
 * Copies `source` into `target` from `offset` on; as `target.set`, and faster for few bytes.
 * @throws RangeError when it does not fit.
 */
export function putBytes(target: Uint8Array, offset: number, source: Uint8Array): void {
  const { length } = source;
  if (length > LOOP_BYTES_MAX || offset + length > target.length) target.set(source, offset);
  else for (let i = 0; i < length; i++) target[offset + i] = source[i];
}

/** A view of `length` bytes from `start` on; as `subarray`, without its detours. */
export function viewOf(bytes: Uint8Array, start: number, length: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, length);
}
