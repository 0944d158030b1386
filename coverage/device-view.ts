/**
 * The device as the host knows it: all requesters by name and by Routing ID, VFs enabled, BAR windows, reads outstanding.
 * HostEvents and TLPs go in; the functional models ask. One per coverage assembly (design decisions 3 and 14).
 *
 * Requests are told apart by their Routing ID first: a table of 65536 entries, so that no TLP costs a map look-up by text.
 */
import { assert } from '#base/assert';
import { busOf } from '#pcie/routing-id';
import type { AddressRange, HostEvent, Requester } from '#siov/host-event';
import { CommandStatus } from '#siov/sdi-life';
import { SubjectView, type SdiCensus, type SubjectState } from './subject-view.ts';

type Window = Extract<HostEvent, { kind: 'window' }>;

const NOBODY = -1;

/** What is behind the device's windows. */
export type MemoryTarget = 'registers' | 'page' | 'freePage' | 'vfPage' | 'msix' | 'nobody';

export interface ViewSizes {
  readonly pageBytes: number;
  readonly descriptorBytes: number;
}

export class DeviceView {
  readonly census: SdiCensus = { live: 0, enabled: 0 };
  /** In order of first mention; index 0 is the PF. */
  readonly subjects: SubjectView[];
  /** Everybody who has work under way, and perhaps others: with thousands of SDIs nobody asks all of them. */
  private readonly maybeBusy = new Set<SubjectView>();
  bus = 0;
  /** VFs enabled. */
  vfCount = 0;
  private readonly byName = new Map<Requester, SubjectView>();
  private readonly byRid = new Int32Array(0x1_0000).fill(NOBODY);
  private vfRids: readonly number[] = [];
  private readonly windows: Window[] = [];
  private pages: AddressRange = { base: 0, length: 0 };
  private pageOwner = new Int32Array(0);
  private readonly pageBytes: number;
  private readonly descriptorBytes: number;

  /** @param sizes of a work page and of a descriptor, bytes. */
  constructor(sizes: ViewSizes) {
    this.pageBytes = sizes.pageBytes;
    this.descriptorBytes = sizes.descriptorBytes;
    this.subjects = [this.makeSubject('pf', 0)];
    this.byName.set('pf', this.subjects[0]);
  }

  private makeSubject(name: Requester, order: number): SubjectView {
    const { census, descriptorBytes } = this;
    return new SubjectView(name, { order, census, descriptorBytes });
  }

  get pf(): SubjectView {
    return this.subjects[0];
  }

  /** Made on first mention. */
  subject(name: Requester): SubjectView {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const order = this.subjects.length;
    const made = this.makeSubject(name, order);
    this.byName.set(name, made);
    this.subjects.push(made);
    return made;
  }

  sdi(index: number): SubjectView {
    return this.subject(`sdi ${index}`);
  }

  /** Who owns a Routing ID, or undefined. */
  owner(rid: number): SubjectView | undefined {
    const index = this.byRid[rid];
    return index === NOBODY ? undefined : this.subjects[index];
  }

  /** The BAR window that a host address is in, or undefined. */
  windowAt(address: number): Window['purpose'] | undefined {
    for (const { base, length, purpose } of this.windows) {
      if (address >= base && address < base + length) return purpose;
    }
    return undefined;
  }

  /** What a memory request of the host addresses. */
  targetAt(address: number): MemoryTarget {
    switch (this.windowAt(address)) {
      case 'registers':
        return 'registers';
      case 'msix':
        return 'msix';
      case 'vfPages':
        return 'vfPage';
      case 'pages':
        return this.pageOwnerAt(address) === null ? 'freePage' : 'page';
      case undefined:
        return 'nobody';
    }
  }

  /** Who owns the work page at a host address: an SDI; null: nobody's page; undefined: no work page. */
  pageOwnerAt(address: number): SubjectView | null | undefined {
    const offset = address - this.pages.base;
    if (offset < 0 || offset >= this.pages.length) return undefined;
    const index = this.pageOwner[Math.floor(offset / this.pageBytes)];
    return index === NOBODY || index === undefined ? null : this.subjects[index];
  }

  /** Whether an address of the work pages is in the owner's control page. */
  isControlPage(owner: SubjectView, address: number): boolean {
    const page = Math.floor((address - this.pages.base) / this.pageBytes);
    return owner.assignment?.pages[0] === page;
  }

  /** It was rung, or sent a request: it may have work under way from now on. */
  noteActive(subject: SubjectView): void {
    this.maybeBusy.add(subject);
  }

  /** Whether anybody but `except`, and of the kind where one is given, has work under way. */
  isAnotherBusy(except: SubjectView | undefined, kind?: SubjectView['kind']): boolean {
    for (const subject of this.maybeBusy) {
      if (!subject.isBusy) this.maybeBusy.delete(subject);
      else if (subject !== except && (kind === undefined || subject.kind === kind)) return true;
    }
    return false;
  }

  /** SDIs with work under way. */
  countBusySdis(): number {
    let count = 0;
    for (const subject of this.maybeBusy) {
      if (!subject.isBusy) this.maybeBusy.delete(subject);
      else if (subject.kind === 'sdi') count++;
    }
    return count;
  }

  /** Follows an event. Ask what was before it, and what is after it, around this call. */
  apply(event: HostEvent): void {
    switch (event.kind) {
      case 'busAssigned':
        this.bus = event.bus;
        this.assignRid(this.pf, event.bus << 8);
        return;
      case 'window':
        this.placeWindow(event);
        return;
      case 'sdiCreating':
        this.sdi(event.sdi).nextAssignment = event;
        this.begin(event.sdi, 'creating', ['free']);
        return;
      case 'sdiEnabling':
        this.begin(event.sdi, 'created', ['created']);
        return;
      case 'sdiQuiescing':
        this.begin(event.sdi, 'quiescing', ['enabled']);
        return;
      case 'sdiDestroying':
        this.begin(event.sdi, 'destroying', ['created']);
        return;
      case 'sdiResetting':
        this.sdi(event.sdi).nextAssignment = event.reconfigure;
        this.begin(event.sdi, 'resetting', ['created', 'enabled']);
        return;
      case 'commandEnded':
        this.endCommand(event);
        return;
      case 'vfsEnabling':
        this.vfRids = event.rids;
        return;
      case 'vfsEnabled':
        if (event.accepted) this.addVfs();
        return;
      case 'vfsDisabled':
        this.removeVfs();
        return;
      case 'flrStarted':
        if (event.requester === 'pf') this.resetAll();
        else this.subject(event.requester).reset();
        return;
      case 'deviceReset':
        this.resetAll();
        return;
      default:
        this.applyWork(event);
    }
  }

  private applyWork(event: HostEvent): void {
    switch (event.kind) {
      case 'areas':
        this.takeAreas(event);
        return;
      case 'queueStarted':
        this.subject(event.requester).startQueue(event.ringBase, event.ringEntries, event.pasid);
        return;
      case 'queueStopped':
        this.subject(event.requester).isQueueOn = false;
        return;
      case 'workPosted': {
        const subject = this.subject(event.requester);
        subject.work[event.n % subject.ringEntries] = event.work;
        return;
      }
      case 'doorbell':
        this.subject(event.requester).tail = event.tail;
        this.noteActive(this.subject(event.requester));
        return;
      case 'vectorProgrammed':
        this.subject(event.requester).vector(event.vector).address = event.address;
        return;
      case 'vectorMasked':
        this.subject(event.requester).vector(event.vector).isMasked = event.masked;
        return;
      default:
    }
  }

  private takeAreas(event: Extract<HostEvent, { kind: 'areas' }>): void {
    const subject = this.subject(event.requester);
    subject.ring = event.ring;
    subject.records = event.records;
    subject.source = event.source;
    subject.destination = event.destination;
    subject.message = event.message;
  }

  /** A command leaves; from any other state the device must refuse it, and nothing changes. */
  private begin(sdi: number, state: SubjectState, from: readonly SubjectState[]): void {
    const subject = this.sdi(sdi);
    subject.stateBefore = subject.state;
    if (from.includes(subject.state)) subject.state = state;
  }

  private endCommand(event: Extract<HostEvent, { kind: 'commandEnded' }>): void {
    const subject = this.sdi(event.sdi);
    if (event.status !== CommandStatus.OK) {
      if (event.command !== 'query') subject.state = subject.stateBefore;
      return;
    }
    if (event.command !== 'query') subject.lastCommand = event.command;
    switch (event.command) {
      case 'create':
      case 'reconfigure':
        this.assign(subject);
        subject.reset();
        subject.state = 'created';
        return;
      case 'enable':
        subject.state = 'enabled';
        return;
      case 'quiesce':
        subject.state = 'created';
        return;
      case 'reset':
        subject.reset();
        subject.state = 'created';
        return;
      case 'destroy':
        this.forget(subject);
        return;
      case 'query':
        return;
    }
  }

  private assign(subject: SubjectView): void {
    const { nextAssignment } = subject;
    assert(nextAssignment !== undefined, 'a created SDI was given a Routing ID');
    this.releasePages(subject);
    subject.assignment = nextAssignment;
    this.assignRid(subject, nextAssignment.rid);
    for (const page of nextAssignment.pages) this.pageOwner[page] = subject.order;
  }

  private assignRid(subject: SubjectView, rid: number): void {
    this.releaseRid(subject);
    subject.rid = rid;
    this.byRid[rid] = subject.order;
  }

  private releaseRid(subject: SubjectView): void {
    if (subject.rid >= 0 && this.owner(subject.rid) === subject) this.byRid[subject.rid] = NOBODY;
  }

  private releasePages(subject: SubjectView): void {
    for (const page of subject.assignment?.pages ?? []) this.pageOwner[page] = NOBODY;
  }

  private forget(subject: SubjectView): void {
    this.releaseRid(subject);
    this.releasePages(subject);
    subject.release();
  }

  private placeWindow(window: Window): void {
    const at = this.windows.findIndex((known) => known.purpose === window.purpose);
    this.windows.splice(at < 0 ? this.windows.length : at, 1, window);
    if (window.purpose !== 'pages') return;
    this.pages = { base: window.base, length: window.length };
    const count = Math.floor(window.length / this.pageBytes);
    if (count > this.pageOwner.length) this.pageOwner = new Int32Array(count).fill(NOBODY);
  }

  private addVfs(): void {
    this.vfCount = this.vfRids.length;
    this.vfRids.forEach((rid, index) => {
      const vf = this.subject(`vf ${index + 1}`);
      this.assignRid(vf, rid);
      vf.state = 'enabled';
    });
  }

  private removeVfs(): void {
    this.vfCount = 0;
    for (const subject of this.subjects) if (subject.kind === 'vf') this.forget(subject);
  }

  private resetAll(): void {
    this.removeVfs();
    for (const subject of this.subjects) {
      if (subject.kind !== 'sdi') continue;
      this.forget(subject);
      subject.lastCommand = 'none';
    }
    this.pf.reset();
  }
}

/** Same bus as the PF. */
export function isOnPfBus(view: DeviceView, rid: number): boolean {
  return busOf(rid) === view.bus;
}
