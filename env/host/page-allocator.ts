// Hands out physical pages in random order and never one that is still owned.
// Source: design decision 4: what two owners hold lies in different memory, so that a stray access is seen.
import { assert, UsageError } from '#base/assert';
import type { RandomStream } from '#random/random-stream';

export interface PageRange {
  /** Number of the first physical page that may be handed out. */
  readonly firstPage: number;
  readonly pageCount: number;
}

/** 1 TiB, from 1 MiB up: large enough that a released page rarely comes back, and on both sides of 4 GiB. */
export const DEFAULT_PAGE_RANGE: PageRange = { firstPage: 0x100, pageCount: 0x1000_0000 };

export class PageAllocator {
  private readonly range: PageRange;
  private readonly stream: RandomStream;
  private readonly owned = new Set<number>();

  /** @param stream draws the order of the pages where `allocate` is given no stream of its own. */
  constructor(stream: RandomStream, range: PageRange = DEFAULT_PAGE_RANGE) {
    assert(range.firstPage >= 0 && range.pageCount >= 1, 'a page range holds at least one page');
    this.stream = stream;
    this.range = range;
  }

  get ownedCount(): number {
    return this.owned.size;
  }

  /**
   * A page that nobody owns, each equally likely.
   * @param stream the operation's own stream, when an operation asks (design, "Stream").
   * @throws UsageError `host-memory-exhausted` when all pages are owned.
   */
  allocate(stream: RandomStream = this.stream): number {
    const { firstPage, pageCount } = this.range;
    if (this.owned.size >= pageCount) {
      throw new UsageError('host-memory-exhausted', `all ${pageCount} pages of the host are owned`);
    }
    // Walking on from an owned page keeps the cost bounded when few are left.
    let index = stream.below(pageCount);
    for (let draw = 0; draw < 8 && this.owned.has(firstPage + index); draw++) {
      index = stream.below(pageCount);
    }
    while (this.owned.has(firstPage + index)) index = (index + 1) % pageCount;
    this.owned.add(firstPage + index);
    return firstPage + index;
  }

  /** `count` pages, not contiguous, in the order drawn. */
  allocateMany(count: number, stream: RandomStream = this.stream): number[] {
    const pages: number[] = [];
    for (let i = 0; i < count; i++) pages.push(this.allocate(stream));
    return pages;
  }

  /** Gives a page back; it must be owned. */
  release(page: number): void {
    assert(this.owned.delete(page), 'only a page that is owned can be released');
  }

  isOwned(page: number): boolean {
    return this.owned.has(page);
  }
}
