// The physical memory of the host: sparse, in pages of 4 KiB, full of fresh random bytes wherever nobody has written.
// Source: design decision 4 (fresh random contents everywhere), decision 10 (pages are typed arrays, addresses numbers).
//
// The bytes of a page are a function of (run's key, page number, generation) alone: whether page 7 is touched before or
// after page 9, or never, changes nothing. `renew()` starts the next generation, for a page that gets a new owner.
//
//   const memory = new HostMemory(component.stream('memory'));
//   memory.write(0x1234_5000, bytes);  memory.readU32(0x1234_5000);
import { assert } from '#base/assert';
import { viewOf } from '#base/fresh-bytes';
import type { RandomStream } from '#random/random-stream';

export const PAGE_BYTES = 4096;
/** Physical and I/O virtual addresses lie below this (SRD §7: bits 63:52 are ignored). */
export const ADDRESS_LIMIT = 2 ** 52;

/** Up to here a loop copies faster than a view and `set`. */
const SHORT_BYTES = 64;

/** The number of the page that holds the byte at `address`. */
export function pageOf(address: number): number {
  return Math.floor(address / PAGE_BYTES);
}

/** Offset of the byte at `address` in its page, 0..4095: by bits, as `%` on numbers of more than 32 bits is a slow call. */
export function pageOffset(address: number): number {
  return address & (PAGE_BYTES - 1);
}

export class HostMemory {
  private readonly pages = new Map<number, Uint8Array>();
  private readonly generations = new Map<number, number>();
  private readonly key0: number;
  private readonly key1: number;
  private lastPageNumber = -1;
  private lastPage: Uint8Array = new Uint8Array(0);

  /** @param stream gives the key of all contents: two draws, once. */
  constructor(stream: RandomStream) {
    this.key0 = stream.int32();
    this.key1 = stream.int32();
  }

  /** How many pages have been touched. */
  get pageCount(): number {
    return this.pages.size;
  }

  /** The bytes [address, address + length), copied into `target` from `start` on; may cross pages. */
  readInto(address: number, target: Uint8Array, start: number, length: number): void {
    checkRange(address, length);
    let from = address;
    let at = start;
    let left = length;
    while (left > 0) {
      const offset = pageOffset(from);
      const count = Math.min(left, PAGE_BYTES - offset);
      const page = this.page(pageOf(from));
      if (count > SHORT_BYTES) target.set(viewOf(page, offset, count), at);
      else for (let i = 0; i < count; i++) target[at + i] = page[offset + i];
      from += count;
      at += count;
      left -= count;
    }
  }

  /** A fresh copy of the bytes [address, address + length). */
  read(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.readInto(address, bytes, 0, length);
    return bytes;
  }

  /** Writes all of `bytes` at `address`; may cross pages. */
  write(address: number, bytes: Uint8Array): void {
    this.writeFrom(address, bytes, 0, bytes.length);
  }

  /** Writes `length` bytes of `source`, from `start` on, at `address`. */
  writeFrom(address: number, source: Uint8Array, start: number, length: number): void {
    checkRange(address, length);
    let to = address;
    let at = start;
    let left = length;
    while (left > 0) {
      const offset = pageOffset(to);
      const count = Math.min(left, PAGE_BYTES - offset);
      const page = this.page(pageOf(to));
      if (count > SHORT_BYTES) page.set(viewOf(source, at, count), offset);
      else for (let i = 0; i < count; i++) page[offset + i] = source[at + i];
      to += count;
      at += count;
      left -= count;
    }
  }

  /** Writes those bytes of one DW whose enable bit is set (bit 0: the byte at `address`, which is DW-aligned). */
  writeDwEnabled(address: number, source: Uint8Array, start: number, enables: number): void {
    assert((address & 3) === 0, 'a DW address is a multiple of 4');
    checkRange(address, 4);
    const page = this.page(pageOf(address));
    const offset = pageOffset(address);
    for (let i = 0; i < 4; i++) {
      if (((enables >>> i) & 1) === 1) page[offset + i] = source[start + i];
    }
  }

  readU32(address: number): number {
    const page = this.pageOfWord(address, 4);
    const i = pageOffset(address);
    return (page[i] | (page[i + 1] << 8) | (page[i + 2] << 16) | (page[i + 3] << 24)) >>> 0;
  }

  writeU32(address: number, value: number): void {
    const page = this.pageOfWord(address, 4);
    const i = pageOffset(address);
    page[i] = value;
    page[i + 1] = value >>> 8;
    page[i + 2] = value >>> 16;
    page[i + 3] = value >>> 24;
  }

  /**
   * Adds `operand` (4 or 8 bytes, little-endian, modulo their width) to the naturally aligned word at `address`.
   * @param old receives the bytes from before.
   */
  fetchAdd(address: number, operand: Uint8Array, old: Uint8Array): void {
    const page = this.pageOfWord(address, operand.length);
    const offset = pageOffset(address);
    let carry = 0;
    for (let i = 0; i < operand.length; i++) {
      old[i] = page[offset + i];
      const sum = old[i] + operand[i] + carry;
      page[offset + i] = sum;
      carry = sum >>> 8;
    }
  }

  /** Replaces the naturally aligned word at `address`; `old` receives the bytes from before. */
  swap(address: number, value: Uint8Array, old: Uint8Array): void {
    const page = this.pageOfWord(address, value.length);
    const offset = pageOffset(address);
    for (let i = 0; i < value.length; i++) {
      old[i] = page[offset + i];
      page[offset + i] = value[i];
    }
  }

  /** Replaces the word by `value` if it equals `expected`; `old` receives the bytes from before in any case. */
  compareAndSwap(address: number, expected: Uint8Array, value: Uint8Array, old: Uint8Array): void {
    const page = this.pageOfWord(address, expected.length);
    const offset = pageOffset(address);
    let equal = true;
    for (let i = 0; i < expected.length; i++) {
      old[i] = page[offset + i];
      if (old[i] !== expected[i]) equal = false;
    }
    if (!equal) return;
    for (let i = 0; i < expected.length; i++) page[offset + i] = value[i];
  }

  /** Forgets what the page holds: it gets fresh random bytes, other than all it had before. */
  renew(pageNumber: number): void {
    this.generations.set(pageNumber, (this.generations.get(pageNumber) ?? 0) + 1);
    this.pages.delete(pageNumber);
    if (this.lastPageNumber === pageNumber) this.lastPageNumber = -1;
  }

  private page(pageNumber: number): Uint8Array {
    if (pageNumber === this.lastPageNumber) return this.lastPage;
    let page = this.pages.get(pageNumber);
    if (page === undefined) {
      page = freshPage(this.key0, this.key1, pageNumber, this.generations.get(pageNumber) ?? 0);
      this.pages.set(pageNumber, page);
    }
    this.lastPageNumber = pageNumber;
    this.lastPage = page;
    return page;
  }

  private pageOfWord(address: number, size: number): Uint8Array {
    assert(size === 4 || size === 8, 'a word has 4 or 8 bytes');
    assert((address & (size - 1)) === 0, 'a word is naturally aligned');
    checkRange(address, size);
    return this.page(pageOf(address));
  }
}

function checkRange(address: number, length: number): void {
  assert(
    Number.isInteger(address) && address >= 0 && length >= 0 && address + length <= ADDRESS_LIMIT,
    'host memory lies in 0..2^52-1',
  );
}

/** The avalanche step of MurmurHash3: every input bit reaches every output bit. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

const PAGE_WORDS = PAGE_BYTES / 4;

/** 4096 bytes from xoshiro128++, its state hashed from the key, the page number and the generation. */
function freshPage(key0: number, key1: number, pageNumber: number, generation: number): Uint8Array {
  const low = pageNumber >>> 0;
  const high = Math.floor(pageNumber / 2 ** 32);
  let s0 = mix(key0 ^ mix(low ^ 0x9e3779b9));
  let s1 = mix(key1 ^ mix(high + 0x3c6ef372) ^ s0);
  let s2 = mix(s0 + mix(generation ^ 0x1b873593));
  let s3 = mix(s1 ^ mix(s2 + 0x5851f42d)) | 1;
  const bytes = new Uint8Array(PAGE_BYTES);
  const view = new DataView(bytes.buffer);
  for (let i = -8; i < PAGE_WORDS; i++) {
    const sum = (s0 + s3) | 0;
    const word = (((sum << 7) | (sum >>> 25)) + s0) | 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);
    // The first eight words only stir the state.
    if (i >= 0) view.setInt32(4 * i, word, true);
  }
  return bytes;
}
