// Tags of the host's own requests: each in use at most once, handed out in turn so that a tag rests before it comes back.
// Source: siov-facts §9 R-REQ-6; SRD §3 (10-bit requesters do not use tags 0..255).
import { UsageError } from '#base/assert';

export type TagBits = 5 | 8 | 10;

const TAG_COUNT = 1024;

export class TagPool {
  private readonly taken = new Uint8Array(TAG_COUNT);
  private first = 0;
  private end = 256;
  private next = 0;
  private takenTags = 0;

  get takenCount(): number {
    return this.takenTags;
  }

  /** Tags from now on: 5 bits 0..31, 8 bits 0..255, 10 bits 256..1023. Tags in use stay in use. */
  use(bits: TagBits): void {
    this.first = bits === 10 ? 256 : 0;
    this.end = 1 << bits;
    this.next = this.first;
  }

  get hasFree(): boolean {
    for (let tag = this.first; tag < this.end; tag++) if (this.taken[tag] === 0) return true;
    return false;
  }

  /** A tag that is not in use. @throws UsageError `host-tags-exhausted` when all are. */
  take(): number {
    for (let i = this.first; i < this.end; i++) {
      const tag = this.next;
      this.next = tag + 1 < this.end ? tag + 1 : this.first;
      if (this.taken[tag] === 0) {
        this.taken[tag] = 1;
        this.takenTags++;
        return tag;
      }
    }
    throw new UsageError('host-tags-exhausted', 'all tags of the host are in use', {
      hint: 'Fewer requests at a time, or a device that never answers.',
    });
  }

  free(tag: number): void {
    this.takenTags -= this.taken[tag];
    this.taken[tag] = 0;
  }
}
