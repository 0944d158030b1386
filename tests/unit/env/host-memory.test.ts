// Host memory and its page allocator, beside big integers and plain arrays: design decision 4.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { HostMemory, PAGE_BYTES } from '#env/host/host-memory';
import { PageAllocator } from '#env/host/page-allocator';

const SEED = { seed: 1 };
const memory = (key = 'memory'): HostMemory => new HostMemory(new RandomStream(key));
const addresses = fc.oneof(
  fc.nat({ max: 3 * PAGE_BYTES }),
  fc.integer({ min: 2 ** 32 - 5000, max: 2 ** 32 + 5000 }),
  fc.integer({ min: 2 ** 52 - 20_000, max: 2 ** 52 - 9000 }),
);

describe('HostMemory', () => {
  it('reads what was written, also over page boundaries, and changes nothing beside it', () => {
    fc.assert(
      fc.property(addresses, fc.uint8Array({ minLength: 1, maxLength: 9000 }), (address, bytes) => {
        const m = memory();
        const from = Math.max(0, address - 8);
        const before = m.read(from, address - from);
        const after = m.read(address + bytes.length, 8);
        m.write(address, bytes);
        expect(m.read(address, bytes.length)).toEqual(bytes);
        expect(m.read(from, address - from)).toEqual(before);
        expect(m.read(address + bytes.length, 8)).toEqual(after);
      }),
      { ...SEED, numRuns: 50 },
    );
  });

  it('has contents that do not depend on the order in which pages are touched', () => {
    const pages = fc.uniqueArray(fc.integer({ min: 0, max: 2 ** 40 - 1 }), {
      minLength: 2,
      maxLength: 8,
    });
    fc.assert(
      fc.property(pages, (numbers) => {
        const forth = memory();
        const back = memory();
        const seen = numbers.map((n) => forth.read(n * PAGE_BYTES, PAGE_BYTES));
        const again = [...numbers].reverse().map((n) => back.read(n * PAGE_BYTES, PAGE_BYTES));
        expect(again.reverse()).toEqual(seen);
        expect(new Set(seen.map((page) => page.join())).size).toBe(numbers.length);
      }),
      { ...SEED, numRuns: 20 },
    );
  });

  it('has other contents in another run, and after a page has been renewed', () => {
    const m = memory();
    const first = m.read(0x5000, 64);
    expect(memory('another run').read(0x5000, 64)).not.toEqual(first);
    m.renew(5);
    const second = m.read(0x5000, 64);
    expect(second).not.toEqual(first);
    m.renew(5);
    expect(m.read(0x5000, 64)).not.toEqual(first);
    expect(m.read(0x5000, 64)).not.toEqual(second);
  });

  it('fills fresh pages evenly', () => {
    const counts = new Uint32Array(256);
    const bytes = memory().read(0, 64 * PAGE_BYTES);
    for (const byte of bytes) counts[byte]++;
    // 1024 expected of each; six standard deviations are 192.
    expect(Math.min(...counts)).toBeGreaterThan(832);
    expect(Math.max(...counts)).toBeLessThan(1216);
  });

  it('writes only the enabled bytes of a DW', () => {
    fc.assert(
      fc.property(fc.nat(15), fc.uint8Array({ minLength: 4, maxLength: 4 }), (enables, bytes) => {
        const m = memory();
        const before = m.read(0x100, 4);
        m.writeDwEnabled(0x100, bytes, 0, enables);
        const wanted = before.map((old, i) => (((enables >> i) & 1) === 1 ? bytes[i] : old));
        expect(m.read(0x100, 4)).toEqual(wanted);
      }),
      SEED,
    );
  });

  it('performs AtomicOps as big integers do', () => {
    const words = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    fc.assert(
      fc.property(words, words, words, fc.constantFrom(4, 8), (start, a, b, size) => {
        const modulus = 2n ** BigInt(8 * size);
        const m = memory();
        const old = new Uint8Array(8);
        const at = 0x40;
        const set = (value: bigint): void => m.write(at, toBytes(value, size));
        const get = (): bigint => fromBytes(m.read(at, size));
        set(start);
        m.fetchAdd(at, toBytes(a, size), old);
        expect(get()).toBe((start + a) % modulus);
        expect(fromBytes(old.subarray(0, size))).toBe(start % modulus);
        set(start);
        m.swap(at, toBytes(a, size), old);
        expect(get()).toBe(a % modulus);
        m.compareAndSwap(at, toBytes(a, size), toBytes(b, size), old);
        expect(get()).toBe(b % modulus);
        m.compareAndSwap(at, toBytes(b + 1n, size), toBytes(a, size), old);
        expect(get()).toBe(b % modulus);
        expect(fromBytes(old.subarray(0, size))).toBe(b % modulus);
      }),
      SEED,
    );
  });

  it('refuses what lies beyond 2^52 and words that are not aligned', () => {
    expect(() => memory().read(2 ** 52 - 4, 8)).toThrow('host memory lies in 0..2^52-1');
    expect(() => memory().readU32(2)).toThrow('naturally aligned');
    expect(() => memory().writeDwEnabled(2, new Uint8Array(4), 0, 15)).toThrow('multiple of 4');
  });
});

describe('PageAllocator', () => {
  it('hands out every page once until it is released', () => {
    const pages = new PageAllocator(new RandomStream('pages'), { firstPage: 10, pageCount: 50 });
    const all = pages.allocateMany(50);
    expect([...all].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => 10 + i));
    expect(all).not.toEqual([...all].sort((a, b) => a - b));
    expect(() => pages.allocate()).toThrow('all 50 pages of the host are owned');
    pages.release(all[3]);
    expect(pages.isOwned(all[3])).toBe(false);
    expect(pages.allocate()).toBe(all[3]);
  });

  it('refuses to release a page that nobody owns', () => {
    const pages = new PageAllocator(new RandomStream('pages'), { firstPage: 0, pageCount: 8 });
    expect(() => pages.release(3)).toThrow('only a page that is owned');
  });

  it('draws from the stream it is given, and not from its own', () => {
    const own = new RandomStream('own');
    const state = own.getState();
    const pages = new PageAllocator(own);
    const page = pages.allocate(new RandomStream('operation'));
    expect(own.getState()).toEqual(state);
    expect(new PageAllocator(own).allocate(new RandomStream('operation'))).toBe(page);
  });
});

function toBytes(value: bigint, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

function fromBytes(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
}
