// A set of byte offsets as few disjoint ranges, ascending and not touching: which bytes of a transfer were asked for, which have
// come. Reads leave in order and their completions come nearly so, so that there are one or two ranges at most times, and a flag
// for each byte would cost more than all else that is known of a descriptor.

export class ByteRanges {
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];

  /** Adds start..end-1; nothing when the range is empty. */
  add(start: number, end: number): void {
    if (end <= start) return;
    const { starts, ends } = this;
    // Behind the last range, or a piece right behind it: what happens at most times.
    const last = starts.length - 1;
    if (last >= 0 && start === ends[last]) {
      ends[last] = end;
      return;
    }
    if (last < 0 || start > ends[last]) {
      starts.push(start);
      ends.push(end);
      return;
    }
    const first = this.firstTouching(start);
    if (end < starts[first]) {
      starts.splice(first, 0, start);
      ends.splice(first, 0, end);
      return;
    }
    starts[first] = Math.min(starts[first], start);
    ends[first] = Math.max(ends[first], end);
    this.joinFollowers(first);
  }

  /** How many bytes of start..end-1 are in the set. */
  overlap(start: number, end: number): number {
    const { starts, ends } = this;
    let bytes = 0;
    for (let i = starts.length - 1; i >= 0 && ends[i] > start; i--) {
      const low = Math.max(starts[i], start);
      const high = Math.min(ends[i], end);
      if (high > low) bytes += high - low;
    }
    return bytes;
  }

  /** Whether all bytes of start..end-1 are in the set. */
  covers(start: number, end: number): boolean {
    if (end <= start) return true;
    for (let i = 0; i < this.starts.length; i++) {
      if (start < this.ends[i]) return start >= this.starts[i] && end <= this.ends[i];
    }
    return false;
  }

  /** The first range that ends at `start` or behind it; there is one. */
  private firstTouching(start: number): number {
    let index = 0;
    while (this.ends[index] < start) index++;
    return index;
  }

  /** Range `index` has grown: takes in the ranges that it now reaches. */
  private joinFollowers(index: number): void {
    const { starts, ends } = this;
    let next = index + 1;
    while (next < starts.length && starts[next] <= ends[index]) {
      ends[index] = Math.max(ends[index], ends[next]);
      next++;
    }
    const gone = next - index - 1;
    if (gone === 0) return;
    starts.splice(index + 1, gone);
    ends.splice(index + 1, gone);
  }
}
