/**
 * Samples what the host did: life cycle, resets, population, Routing IDs, accesses, masks. Each event is looked at before and
 * after the view follows it.
 */
import type { HostEvent, Requester } from '#siov/host-event';
import { CommandStatus } from '#siov/sdi-life';
import { isOnPfBus, type DeviceView } from './device-view.ts';
import type { InterruptCoverage, InterruptStep } from './interrupt-coverage.ts';
import type { LifecycleCoverage } from './lifecycle-coverage.ts';
import type { SdiAccess, SdiAccessCoverage } from './operation-coverage.ts';
import type { OutstandingReads } from './outstanding-reads.ts';
import type {
  Population,
  PopulationCoverage,
  RidAssignment,
  RidCoverage,
} from './population-coverage.ts';
import type { ResetCoverage, ResetStart } from './reset-coverage.ts';
import { operationName, type SubjectView } from './subject-view.ts';

const FOUR_GIB = 0x1_0000_0000;

/** The covergroups that events fill. */
export interface EventGroups {
  readonly lifecycle: LifecycleCoverage;
  readonly accesses: SdiAccessCoverage;
  readonly resets: ResetCoverage;
  readonly population: PopulationCoverage;
  readonly rids: RidCoverage;
  readonly interrupts: InterruptCoverage;
}

type CommandEnded = Extract<HostEvent, { kind: 'commandEnded' }>;

export class EventSampler {
  private readonly view: DeviceView;
  private readonly reads: OutstandingReads;
  private readonly groups: EventGroups;
  /** The reset of an SDI that is under way, as it began. */
  private resetStart: ResetStart | undefined = undefined;
  private pendingAtReset: readonly number[] = [];
  /** The Routing IDs of the VFs asked for last. */
  private vfRids: readonly number[] = [];
  /** Who had work under way when the change of the population left the host. */
  private busyBefore: Pick<Population, 'busyVfs' | 'busySdis'> = {
    busyVfs: false,
    busySdis: false,
  };
  /** 1: the Routing ID had an owner before. */
  private readonly usedRids = new Uint8Array(0x1_0000);

  constructor(view: DeviceView, reads: OutstandingReads, groups: EventGroups) {
    this.view = view;
    this.reads = reads;
    this.groups = groups;
  }

  write(event: HostEvent): void {
    if (event.kind === 'commandEnded') {
      this.commandEnded(event);
      return;
    }
    this.before(event);
    this.view.apply(event);
    this.after(event);
  }

  private before(event: HostEvent): void {
    switch (event.kind) {
      case 'sdiResetting':
        this.sdiResetting(event);
        return;
      case 'flrStarted':
        if (event.requester === 'pf') this.reads.abort();
        else this.vfReset(event.requester, 'vfFlr');
        return;
      case 'vfsDisabling':
        this.busyBefore = this.whoIsBusy();
        for (let n = 1; n <= this.view.vfCount; n++) this.vfReset(`vf ${n}`, 'vfsDisabled');
        return;
      case 'deviceReset':
        this.reads.clear();
        return;
      case 'doorbell':
        this.access(event.requester, 'doorbell');
        return;
      case 'queueStarted':
        this.access(event.requester, 'queueStart');
        return;
      case 'queueStopped':
        this.access(event.requester, 'queueStop');
        return;
      case 'vectorMasked':
        this.access(event.requester, event.masked ? 'mask' : 'unmask');
        return;
      default:
    }
  }

  private after(event: HostEvent): void {
    switch (event.kind) {
      case 'vfsEnabling':
        this.vfRids = event.rids;
        this.busyBefore = this.whoIsBusy();
        return;
      case 'vfsEnabled':
        this.vfsAnswered(event.accepted);
        return;
      case 'vfsDisabled':
        this.population('vf');
        return;
      case 'vectorMasked': {
        const { requester, vector } = event;
        this.interrupt(this.view.subject(requester), vector, event.masked ? 'masked' : 'unmasked');
        return;
      }
      case 'vectorProgrammed':
        this.interrupt(this.view.subject(event.requester), event.vector, 'programmed');
        return;
      default:
    }
  }

  private access(requester: Requester, access: SdiAccess['access']): void {
    const subject = this.view.subject(requester);
    if (subject.kind !== 'sdi') return;
    const { state, isBusy } = subject;
    this.groups.accesses.sample({ access, state, isBusy, isControlPage: true });
  }

  private commandEnded(event: CommandEnded): void {
    const { view } = this;
    const subject = view.sdi(event.sdi);
    const from = event.command === 'query' ? subject.state : subject.stateBefore;
    const before = subject.lastCommand;
    const assignment = subject.nextAssignment;
    const rid =
      event.command === 'create' || event.command === 'reconfigure' ? assignment?.rid : -1;
    const ridSample = rid === undefined || rid < 0 ? undefined : this.ridSample(subject, rid);
    const isOtherBusy = view.isAnotherBusy(subject);
    this.busyBefore = this.whoIsBusy();
    view.apply(event);
    this.groups.lifecycle.sample({
      command: event.command,
      from,
      before,
      status: event.status,
      pageCount: assignment?.pages.length ?? 0,
      vectorCount: assignment?.vectors.length ?? 0,
      isOtherBusy,
    });
    if (ridSample !== undefined && isRidAnswer(event.status)) {
      const isAccepted = event.status === CommandStatus.OK;
      const what = event.command === 'create' ? 'create' : 'reconfigure';
      const isStrided = assignment?.strided === true;
      this.groups.rids.sample({ ...ridSample, what, isStrided, isAccepted });
      if (isAccepted) this.usedRids[subject.rid] = 1;
    }
    if (event.command === 'reset' || event.command === 'reconfigure') {
      this.sdiResetEnded(subject, event.status);
    }
    if (event.command !== 'query' && event.status === CommandStatus.OK) this.population('sdi');
  }

  private ridSample(
    subject: SubjectView,
    rid: number,
  ): Omit<RidAssignment, 'what' | 'isStrided' | 'isAccepted'> {
    const { view } = this;
    const next = [view.owner((rid + 1) & 0xffff), view.owner((rid + 0xffff) & 0xffff)];
    return {
      isOnPfBus: isOnPfBus(view, rid),
      hasNeighbour: next.some((owner) => owner !== undefined && owner !== subject),
      isReused: this.usedRids[rid] === 1,
      vfsEnabled: view.vfCount > 0,
      sdisExist: view.census.live > (subject.kind === 'sdi' && subject.state !== 'free' ? 1 : 0),
    };
  }

  private vfsAnswered(isAccepted: boolean): void {
    const { view, vfRids } = this;
    const last = vfRids.at(-1);
    if (last === undefined) return;
    this.groups.rids.sample({
      what: 'vfs',
      isStrided: true,
      isAccepted,
      isOnPfBus: isOnPfBus(view, last),
      hasNeighbour: vfRids.some((rid) => {
        return [rid + 1, rid - 1].some((other) => view.owner(other & 0xffff)?.kind === 'sdi');
      }),
      isReused: vfRids.some((rid) => this.usedRids[rid] === 1),
      vfsEnabled: true,
      sdisExist: view.census.live > 0,
    });
    if (!isAccepted) return;
    for (const rid of vfRids) this.usedRids[rid] = 1;
    this.population('vf');
  }

  /** `busyBefore` was noted when the change left the host. */
  private population(change: 'sdi' | 'vf'): void {
    this.groups.population.sample({
      change,
      vfs: this.view.vfCount,
      sdis: this.view.census.live,
      enabledSdis: this.view.census.enabled,
      ...this.busyBefore,
    });
  }

  private whoIsBusy(): Pick<Population, 'busyVfs' | 'busySdis'> {
    const { view } = this;
    return {
      busyVfs: view.isAnotherBusy(undefined, 'vf'),
      busySdis: view.isAnotherBusy(undefined, 'sdi'),
    };
  }

  // --- resets

  private sdiResetting(event: Extract<HostEvent, { kind: 'sdiResetting' }>): void {
    const subject = this.view.sdi(event.sdi);
    this.resetStart = this.resetOf(
      subject,
      event.reconfigure === undefined ? 'restore' : 'reconfigure',
    );
    this.pendingAtReset = pendingVectors(subject);
    this.reads.abort(subject);
  }

  /** A refused reset has aborted nothing. */
  private sdiResetEnded(subject: SubjectView, status: number): void {
    const start = this.resetStart;
    this.resetStart = undefined;
    if (status !== CommandStatus.OK || start === undefined) {
      this.reads.revive(subject);
      return;
    }
    this.groups.resets.sample(start);
    for (const index of this.pendingAtReset) this.interrupt(subject, index, 'lostByReset');
  }

  private vfReset(requester: Requester, how: 'vfFlr' | 'vfsDisabled'): void {
    const subject = this.view.subject(requester);
    this.groups.resets.sample(this.resetOf(subject, how));
    for (const index of pendingVectors(subject)) this.interrupt(subject, index, 'lostByReset');
    this.reads.abort(subject);
  }

  private resetOf(subject: SubjectView, how: ResetStart['how']): ResetStart {
    const { state, current, phase } = subject;
    return {
      how,
      state,
      operation: phase === 'none' || current === undefined ? 'none' : operationName(current.opcode),
      phase,
      outstanding: this.reads.countOf(subject),
      waiting: subject.isQueueOn && subject.hasWaiting,
      hasPendingVector: subject.hasPendingVector,
      isOtherBusy: this.view.isAnotherBusy(subject),
    };
  }

  private interrupt(subject: SubjectView, vector: number, what: InterruptStep['what']): void {
    const { kind, state } = subject;
    const isHigh = (subject.vectors[vector]?.address ?? 0) >= FOUR_GIB;
    this.groups.interrupts.sample({ what, kind, vector, isHigh, state });
  }
}

function pendingVectors(subject: SubjectView): readonly number[] {
  return [...subject.vectors.keys()].filter((index) => subject.vectors[index].isPending);
}

/** Refusals for other reasons say nothing about Routing IDs. */
function isRidAnswer(status: number): boolean {
  return status === CommandStatus.OK || status === CommandStatus.RID_CONFLICT;
}
