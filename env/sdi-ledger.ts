// The hypervisor's books: which SDI is in which state and whose it is, which work pages, vectors and RIDs are taken.
// Source: SRD §2 (RIDs pairwise distinct), §5 (pages and entries are taken once); siov-facts §2.3 (the two ways to a RID).
import { assert } from '#base/assert';
import type { RandomStream } from '#random/random-stream';
import type { SdiAssignment } from '#siov/host-event';
import type { DeviceParams } from '#siov/device-params';
import type { TenantHome } from './tenant-home.ts';

/** What the host knows of an SDI. 'lost': a command on it never ended, so nothing is known any more. */
export type SdiPhase = 'free' | 'created' | 'enabled' | 'busy' | 'lost';

export interface SdiEntry {
  readonly sdi: number;
  phase: SdiPhase;
  /** Owner, or -1. */
  tenant: number;
  /** Of an SDI in a crowd: the memory and the queue that are its alone; the tenants visit it. */
  home: TenantHome | undefined;
  assignment: SdiAssignment | undefined;
}

/** Which free pages and vectors are preferred. */
export type ReusePolicy = 'lowest' | 'recent' | 'random';

const RID_LIMIT = 0x1_0000;

export class SdiLedger {
  readonly entries: readonly SdiEntry[];
  /** RIDs of the enabled VFs, in order of VF number. */
  vfRids: readonly number[] = [];
  pfRid = 0;
  /** Last RID that the root port lets pass. */
  lastRid = 0xffff;
  private readonly params: DeviceParams;
  private readonly takesVfRids: boolean;
  private readonly pages: RunAllocator;
  private readonly vectors: RunAllocator;
  private readonly bySdi: ReadonlyMap<number, SdiEntry>;
  /** Entry by Routing ID: with thousands of SDIs nobody looks through all of them. */
  private readonly byRid = new Map<number, SdiEntry>();

  /** @param indices the SDI indices of this run, one per slot. */
  constructor(
    params: DeviceParams,
    indices: readonly number[],
    policy: { readonly reuse: ReusePolicy; readonly takesVfRids: boolean },
  ) {
    const { reuse } = policy;
    this.params = params;
    this.takesVfRids = policy.takesVfRids;
    this.pages = new RunAllocator(params.pageCount, reuse);
    this.vectors = new RunAllocator(params.imsCount, reuse);
    this.entries = indices.map((sdi) => ({
      sdi,
      phase: 'free',
      tenant: -1,
      home: undefined,
      assignment: undefined,
    }));
    this.bySdi = new Map(this.entries.map((entry) => [entry.sdi, entry]));
  }

  /** The entry of an SDI index, if this run has it. */
  find(sdi: number): SdiEntry | undefined {
    return this.bySdi.get(sdi);
  }

  get hasSdis(): boolean {
    return this.entries.some((entry) => entry.phase !== 'free');
  }

  /** RID of an SDI in the strided way, modulo 2^16 (SRD §2). */
  stridedRid(sdi: number): number {
    const { firstSdiOffset, sdiStride } = this.params;
    return (this.pfRid + firstSdiOffset + sdi * sdiStride) % RID_LIMIT;
  }

  vfRid(vf: number): number {
    const { firstVfOffset, vfStride } = this.params;
    return (this.pfRid + firstVfOffset + (vf - 1) * vfStride) % RID_LIMIT;
  }

  /** True if the root port lets the RID pass: it does not wrap below the device's first bus. */
  isRoutable(rid: number): boolean {
    return rid >>> 8 >= this.pfRid >>> 8 && rid <= this.lastRid;
  }

  /** True if neither the PF, an enabled VF nor another SDI has it. */
  isRidFree(rid: number, exceptSdi = -1): boolean {
    if (rid === this.pfRid || this.vfRids.includes(rid)) return false;
    const owner = this.byRid.get(rid);
    return owner === undefined || owner.sdi === exceptSdi;
  }

  /** True if enabling `count` VFs now breaks no rule of SRD §8. */
  canEnableVfs(count: number): boolean {
    if (count < 1 || count > this.params.totalVfs) return false;
    if (!this.params.mixedIov && this.hasSdis) return false;
    for (let vf = 1; vf <= count; vf++) if (!this.isRidFree(this.vfRid(vf))) return false;
    return true;
  }

  /** A routable RID that is free, near the taken ones more often than not; undefined when none was found. */
  drawSoftwareRid(stream: RandomStream, exceptSdi: number): number | undefined {
    const first = this.pfRid & 0xff00;
    const { totalVfs } = this.params;
    if (this.takesVfRids && totalVfs > 0 && stream.chance(2, 3)) {
      const rid = this.vfRid(stream.range(1, totalVfs));
      if (this.isRoutable(rid) && this.isRidFree(rid, exceptSdi)) return rid;
    }
    for (let attempt = 0; attempt < 32; attempt++) {
      const rid = stream.bool()
        ? stream.pick(this.takenRids()) + stream.pick([-1, 1, 2, 0x100])
        : stream.range(first, this.lastRid);
      if (rid < first || !this.isRoutable(rid) || this.isFutureVf(rid)) continue;
      if (this.isRidFree(rid, exceptSdi)) return rid;
    }
    return undefined;
  }

  /** A run of free pages (the SDI's own count as free), or undefined. */
  drawPages(
    stream: RandomStream,
    count: number,
    own: readonly number[],
  ): readonly number[] | undefined {
    return this.pages.draw(stream, count, own);
  }

  drawVectors(
    stream: RandomStream,
    count: number,
    own: readonly number[],
  ): readonly number[] | undefined {
    return count === 0 ? [] : this.vectors.draw(stream, count, own);
  }

  /** A page or entry number that belongs to somebody, or undefined. */
  takenPage(stream: RandomStream): number | undefined {
    return this.pages.drawTaken(stream);
  }

  takenVector(stream: RandomStream): number | undefined {
    return this.vectors.drawTaken(stream);
  }

  freePage(stream: RandomStream): number | undefined {
    return this.pages.draw(stream, 1, [])?.[0];
  }

  /** Enters what a command has given to an SDI, in place of what it had. */
  assign(entry: SdiEntry, assignment: SdiAssignment | undefined): void {
    if (entry.assignment !== undefined) {
      this.byRid.delete(entry.assignment.rid);
      this.pages.release(entry.assignment.pages);
      this.vectors.release(entry.assignment.vectors);
    }
    entry.assignment = assignment;
    if (assignment === undefined) return;
    this.byRid.set(assignment.rid, entry);
    this.pages.take(assignment.pages);
    this.vectors.take(assignment.vectors);
  }

  /** After a reset of the PF or the device. */
  clear(): void {
    for (const entry of this.entries) {
      this.assign(entry, undefined);
      entry.phase = 'free';
      entry.tenant = -1;
    }
    this.vfRids = [];
  }

  /** Of the PF, the enabled VFs and the SDIs, in the order of the entries. */
  private takenRids(): number[] {
    const rids = [this.pfRid, ...this.vfRids];
    for (const { assignment } of this.entries) {
      if (assignment !== undefined) rids.push(assignment.rid);
    }
    return rids;
  }

  /** Software RIDs leave the VFs their place, so that enabling VFs is usually possible. */
  private isFutureVf(rid: number): boolean {
    for (let vf = 1; vf <= this.params.totalVfs; vf++) if (this.vfRid(vf) === rid) return true;
    return false;
  }
}

/** Numbers 0..count-1, taken in consecutive runs. */
class RunAllocator {
  private readonly taken: Uint8Array;
  private readonly reuse: ReusePolicy;
  /** Starts of runs released last. */
  private readonly released: number[] = [];
  /** Everything below is taken. */
  private lowest = 0;

  constructor(count: number, reuse: ReusePolicy) {
    this.taken = new Uint8Array(count);
    this.reuse = reuse;
  }

  draw(stream: RandomStream, count: number, own: readonly number[]): readonly number[] | undefined {
    for (const start of this.candidates(stream, own)) {
      if (this.isFree(start, count, own)) return Array.from({ length: count }, (_, i) => start + i);
    }
    return undefined;
  }

  drawTaken(stream: RandomStream): number | undefined {
    const all: number[] = [];
    for (let i = 0; i < this.taken.length; i++) if (this.taken[i] === 1) all.push(i);
    return all.length === 0 ? undefined : stream.pick(all);
  }

  take(run: readonly number[]): void {
    for (const one of run) {
      assert(this.taken[one] === 0, 'a page or entry has one owner');
      this.taken[one] = 1;
    }
  }

  release(run: readonly number[]): void {
    for (const one of run) this.taken[one] = 0;
    if (run.length === 0) return;
    this.lowest = Math.min(this.lowest, run[0]);
    this.released.push(run[0]);
    if (this.released.length > 8) this.released.shift();
  }

  /** Starts to try, best first; ends with all of them in ascending order. */
  private *candidates(stream: RandomStream, own: readonly number[]): Generator<number> {
    const { length } = this.taken;
    if (this.reuse === 'recent') yield* [...this.released].reverse();
    if (this.reuse === 'random') for (let i = 0; i < 8; i++) yield stream.below(length);
    // The last ones of all are where range checks go wrong.
    if (stream.chance(1, 8)) yield* [length - 1, length - 2];
    // What is taken is the start of no run but one's own.
    while (this.lowest < length && this.taken[this.lowest] === 1) this.lowest++;
    if (own.length > 0 && own[0] < this.lowest) for (let i = own[0]; i < this.lowest; i++) yield i;
    for (let i = this.lowest; i < length; i++) yield i;
  }

  private isFree(start: number, count: number, own: readonly number[]): boolean {
    if (start < 0 || start + count > this.taken.length) return false;
    for (let i = start; i < start + count; i++) {
      if (this.taken[i] === 1 && !own.includes(i)) return false;
    }
    return true;
  }
}
