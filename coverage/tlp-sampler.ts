/**
 * Samples what passed the link: the device's requests, what they say of its work, the answers, and accesses to work pages.
 * Hot path: sample objects are reused.
 */
import { firstByteAddress, byteLengthOf } from '#pcie/rules';
import {
  hasLongAddress,
  isAtomic,
  isCompletion,
  isConfigRequest,
  isConfigWrite,
  isMemoryRead,
  isMemoryRequest,
  isMemoryWrite,
  NO_PASID,
  Attr,
  CompletionStatus,
  type Tlp,
} from '#pcie/tlp';
import type { ObservedTlp } from '#siov/observed-tlp';
import { AnswerSample, type CompletionCoverage } from './completion-coverage.ts';
import type { CrowdCount } from './crowd-count.ts';
import type { DeviceView } from './device-view.ts';
import { HostAccess, type HostAccessCoverage } from './host-access-coverage.ts';
import type { InterruptCoverage, InterruptStep } from './interrupt-coverage.ts';
import type { OperationCoverage, SdiAccessCoverage } from './operation-coverage.ts';
import type { OutstandingReads } from './outstanding-reads.ts';
import { RequestSample, type RequestCoverage } from './request-coverage.ts';
import type { RequestRole, SubjectView } from './subject-view.ts';

const FOUR_GIB = 0x1_0000_0000;

/** The covergroups that TLPs fill. */
export interface TlpGroups {
  readonly requests: RequestCoverage;
  readonly operations: OperationCoverage;
  readonly completions: CompletionCoverage;
  readonly accesses: SdiAccessCoverage;
  readonly interrupts: InterruptCoverage;
  readonly hostAccesses: HostAccessCoverage;
}

export class TlpSampler {
  private readonly view: DeviceView;
  private readonly reads: OutstandingReads;
  private readonly groups: TlpGroups;
  private readonly crowd: CrowdCount;
  private readonly request = new RequestSample();
  private readonly answer = new AnswerSample();
  private readonly access = new HostAccess();

  constructor(
    followed: { readonly view: DeviceView; readonly reads: OutstandingReads },
    groups: TlpGroups,
    crowd: CrowdCount,
  ) {
    this.view = followed.view;
    this.reads = followed.reads;
    this.groups = groups;
    this.crowd = crowd;
  }

  /** Device to host. */
  writeUp({ tlp }: ObservedTlp): void {
    if (tlp === undefined || !isMemoryRequest(tlp.kind)) return;
    const owner = this.view.owner(tlp.requesterId);
    if (owner === undefined) return;
    if (owner.kind === 'pf') {
      this.message(owner, tlp.address);
      return;
    }
    const isAtomicOp = isAtomic(tlp.kind);
    const isReadOp = isMemoryRead(tlp.kind);
    const address = isAtomicOp ? tlp.address : firstByteAddress(tlp);
    const role = owner.roleOf(address, isReadOp, isAtomicOp);
    if (isReadOp || isAtomicOp) {
      const read = this.reads.add(tlp, owner, role);
      read.byteLength = byteLengthOf(tlp);
    }
    this.sampleRequest(tlp, owner, role, address);
    this.view.noteActive(owner);
    this.crowd.request(owner, tlp.requesterId, role);
    if (owner.follow(role, address, byteLengthOf(tlp))) this.operation(owner);
    else if (role === 'record') this.workEnded(owner);
    else if (role === 'destination') this.endSilently(owner, false);
    else if (role === 'message') this.message(owner, tlp.address);
  }

  /** Host to device. What breaks a rule on purpose is no coverage of rules kept. */
  writeDown({ tlp, injected }: ObservedTlp): void {
    if (tlp === undefined || injected) return;
    if (isCompletion(tlp.kind)) {
      this.completion(tlp);
    } else if (isMemoryRead(tlp.kind) || isMemoryWrite(tlp.kind)) {
      this.hostAccess(tlp, this.view.targetAt(tlp.address));
      this.pageAccess(tlp);
    } else if (isConfigRequest(tlp.kind)) {
      this.hostAccess(tlp, this.view.owner(tlp.destinationId)?.kind ?? 'nobody');
    }
  }

  private sampleRequest(
    tlp: Tlp,
    owner: SubjectView,
    role: RequestRole | undefined,
    address: number,
  ): void {
    const { request } = this;
    request.role = role;
    request.requester = requesterName(owner);
    request.firstByte = address;
    request.byteLength = byteLengthOf(tlp);
    request.hasLongAddress = hasLongAddress(tlp.kind);
    request.hasPasid = tlp.pasid !== NO_PASID;
    request.isRelaxed = (tlp.attr & Attr.RELAXED_ORDERING) !== 0;
    request.tag = tlp.tag;
    request.isNonPosted = !isMemoryWrite(tlp.kind);
    request.outstanding = this.reads.count;
    this.groups.requests.sample(request);
  }

  private operation(owner: SubjectView): void {
    const work = owner.current;
    if (work === undefined) return;
    this.groups.operations.sample({
      work,
      kind: owner.kind,
      isStrided: owner.assignment?.strided === true,
      hasPasid: owner.pasid >= 0,
      isOtherBusy: this.view.isAnotherBusy(owner),
      index: owner.fetched - 1,
    });
  }

  /** Work without a record ends with its last data or answer. */
  private endSilently(owner: SubjectView, hasFailed: boolean): void {
    if (!owner.hasEndedSilently(this.reads.countOf(owner), hasFailed)) return;
    owner.phase = 'none';
    this.workEnded(owner);
  }

  /** The work has ended: an interrupt that is due and masked becomes pending. */
  private workEnded(owner: SubjectView): void {
    const { current } = owner;
    owner.current = undefined;
    if (current?.interrupt !== true) return;
    const vector = owner.vectors[current.vector];
    if (vector === undefined || !vector.isMasked || vector.isPending) return;
    vector.isPending = true;
    this.interrupt(owner, current.vector, 'pended');
  }

  private message(owner: SubjectView, address: number): void {
    const index = owner.vectorAt(address);
    if (index < 0) return;
    const vector = owner.vectors[index];
    this.interrupt(owner, index, vector.isPending ? 'sentOnUnmask' : 'sent');
    vector.isPending = false;
  }

  private interrupt(owner: SubjectView, vector: number, what: InterruptStep['what']): void {
    const { kind, state } = owner;
    const isHigh = owner.vectors[vector].address >= FOUR_GIB;
    this.groups.interrupts.sample({ what, kind, vector, isHigh, state });
  }

  private completion(tlp: Tlp): void {
    const { reads, answer } = this;
    const read = reads.find(tlp);
    if (read === undefined) return;
    read.parts++;
    if (!reads.isLast(tlp)) return;
    answer.role = read.role ?? 'unknown';
    answer.kind = read.subject?.kind ?? 'pf';
    answer.byteLength = read.byteLength;
    answer.parts = read.parts;
    answer.status = tlp.status;
    answer.isOvertaking = reads.hasOlder(read);
    answer.isLate = read.isAborted;
    this.groups.completions.sample(answer);
    reads.remove(tlp);
    const { subject } = read;
    const hasFailed = tlp.status !== CompletionStatus.SC;
    if (subject !== undefined && !read.isAborted) this.endSilently(subject, hasFailed);
  }

  private hostAccess(tlp: Tlp, target: HostAccess['target']): void {
    const { access } = this;
    access.isConfig = isConfigRequest(tlp.kind);
    access.isWrite = isMemoryWrite(tlp.kind) || isConfigWrite(tlp.kind);
    access.target = target;
    access.lengthDw = tlp.lengthDw;
    access.isWhole = tlp.firstBe === 0xf && (tlp.lengthDw === 1 || tlp.lastBe === 0xf);
    access.isBusy = this.view.isAnotherBusy(undefined);
    this.groups.hostAccesses.sample(access);
  }

  private pageAccess(tlp: Tlp): void {
    const { address } = tlp;
    const owner = this.view.pageOwnerAt(address);
    if (owner === undefined || owner === null) return;
    this.groups.accesses.sample({
      access: isMemoryRead(tlp.kind) ? 'read' : 'write',
      state: owner.state,
      isBusy: owner.isBusy,
      isControlPage: this.view.isControlPage(owner, address),
    });
  }
}

function requesterName(owner: SubjectView): string {
  if (owner.kind !== 'sdi') return owner.kind;
  return owner.assignment?.strided === true ? 'strided sdi' : 'software sdi';
}
