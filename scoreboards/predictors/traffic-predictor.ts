// What the host did, as the device saw it: who owns which Routing ID, which queue runs with which descriptors, what is
// masked, what is off. Built from host events in device time, and read when an upstream TLP is attributed
// (request-attribution.ts) or a completion arrives (completion-prediction.ts). Source: SRD §2, §5-§8; design decision 14.
//
// The predictor is no rule: what it finds wrong it hands on, as a `SeenRequest` or a `Finding`, to the family that
// owns the rule.
import type { HostEvent, LinkSettings, Requester, SdiAssignment } from '#siov/host-event';
import type { DeviceParams } from '#siov/device-params';
import type { DeviceTraits } from '#siov/device-traits';
import type { SiovPolicy } from '#siov/siov-policy';
import type { WorkFormat } from '#siov/work-format';
import { GovernedBit, RequestGate } from './governed-bit.ts';
import { countAborted, finishExecution, type Wrong } from './execution-end.ts';
import type { Finding, PendingCommand } from './finding.ts';
import { notDrained, renumber } from './policy-effects.ts';
import { OutstandingRequests } from './outstanding-requests.ts';
import { takeQueueEvent } from './queue-events.ts';
import type { QueueCensus } from './queue-track.ts';
import { RequesterTrack, type EndedBy } from './requester-track.ts';
import { ResetHistory } from './reset-history.ts';
import { RidOwnership } from './rid-ownership.ts';
import { SETTINGS_AT_RESET } from './settings-at-reset.ts';

export class TrafficPredictor {
  readonly params: DeviceParams;
  readonly policy: SiovPolicy;
  readonly format: WorkFormat;
  /** How long the device may obey an old setting, picoseconds. */
  readonly momentPs: number;
  /** Completion timeout, picoseconds. */
  readonly timeoutPs: number;
  readonly outstanding = new OutstandingRequests();
  readonly findings: Finding[] = [];
  settings: LinkSettings = SETTINGS_AT_RESET;
  /** AtomicOp Requester Enable and PASID Enable may change while work runs. */
  readonly atomicsEnable: GovernedBit;
  readonly pasidEnable: GovernedBit;
  /** D0 of the PF: D3hot stops everybody. */
  readonly powerGate: RequestGate;
  readonly pf: RequesterTrack;
  readonly rids = new RidOwnership();
  readonly census: QueueCensus = { latched: 0 };
  /** Everybody with descriptors rung and not fetched, and perhaps others. */
  readonly rung = new Set<RequesterTrack>();
  /** Every VF heard of. */
  readonly vfs: RequesterTrack[] = [];
  private readonly byName = new Map<string, RequesterTrack>();
  /** Gates closed by the Configuration Write that is about to arrive. */
  private readonly closing: RequestGate[] = [];
  /** SDIs that the PF FLR that has just ended left CREATED. */
  private readonly kept = new Set<RequesterTrack>();
  private isDisablingVfs = false;
  /** When the VFs are certainly gone; Infinity: they are not going. */
  private vfsGonePs = Infinity;
  /** Routing IDs of the VFs, from the last VF Enable on. */
  vfRids: readonly number[] = [];
  /** VF Enable was set, and the host does not know yet whether it took. */
  isEnablingVfs = false;
  readonly resets = new ResetHistory();
  pending: PendingCommand | undefined;
  /** Start of the last PF FLR; requests from before it are dropped silently for a while. */
  private pfFlrStartPs = -Infinity;
  isPfFlr = false;

  constructor(params: DeviceParams, { policy, format }: DeviceTraits) {
    const momentPs = policy.timing.momentNs * 1000;
    this.params = params;
    this.policy = policy;
    this.format = format;
    this.momentPs = momentPs;
    this.atomicsEnable = new GovernedBit(false, momentPs);
    this.pasidEnable = new GovernedBit(false, momentPs);
    this.powerGate = new RequestGate(true, momentPs);
    this.timeoutPs = params.completionTimeoutNs * 1000;
    this.pf = this.makeTrack('pf', new RequestGate(false, momentPs), 0);
    this.pf.life = 'enabled';
    this.pf.setVectorCount(1);
    this.byName.set('pf', this.pf);
    this.rids.give(this.pf, 0);
  }

  /** Who owns a Routing ID now, as far as the host knows. */
  owner(requesterId: number): RequesterTrack | undefined {
    return this.rids.owner(requesterId);
  }

  /** All requesters, in the order in which they were first heard of. */
  all(): Iterable<RequesterTrack> {
    return this.byName.values();
  }

  track(name: Requester): RequesterTrack {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const gate = name.startsWith('vf') ? new RequestGate(false, this.momentPs) : this.pf.gate;
    const made = this.makeTrack(name, gate, this.byName.size);
    this.byName.set(name, made);
    if (made.kind === 'vf') this.vfs.push(made);
    return made;
  }

  private makeTrack(name: Requester, gate: RequestGate, order: number): RequesterTrack {
    const { census, momentPs, format } = this;
    return new RequesterTrack(name, gate, { order, census, momentPs, format });
  }

  sdi(index: number): RequesterTrack {
    return this.track(`sdi ${index}`);
  }

  /** The gates that a Configuration Write, which arrives now, closes; the caller says when it is completed. */
  takeClosing(): RequestGate[] {
    return this.closing.splice(0);
  }

  /** Whether the Configuration Write that arrives now clears VF Enable. */
  takeVfsDisabling(): boolean {
    const taken = this.isDisablingVfs;
    this.isDisablingVfs = false;
    return taken;
  }

  /** VF Enable was cleared, and the completion of that write left. */
  vfsDisableCompleted(timePs: number): void {
    this.vfsGonePs = timePs + this.momentPs;
  }

  /** When a request that may have timed out was last forgotten. */
  forgottenTimeoutPs = -Infinity;
  /** Time at the device of what is being handled. */
  nowPs = 0;

  /** To be called before anything is judged at `timePs`. */
  advance(timePs: number): void {
    this.nowPs = timePs;
    if (timePs > this.vfsGonePs) this.removeVfs(this.vfsGonePs);
  }

  hostEvent(event: HostEvent, timePs: number): void {
    this.advance(timePs);
    switch (event.kind) {
      case 'busAssigned':
        renumber(this, event.bus << 8);
        return;
      case 'settings':
        this.settings = event;
        this.atomicsEnable.set(event.atomics, timePs);
        this.pasidEnable.set(event.pasid, timePs);
        return;
      case 'busMaster':
        this.setGate(this.track(event.requester).gate, event.on, timePs);
        return;
      case 'powerState':
        this.setGate(this.powerGate, !event.d3hot, timePs);
        return;
      case 'areas':
        this.track(event.requester).areas = event;
        return;
      case 'deviceReset':
        this.resetAll('device reset');
        return;
      default:
        if (!takeQueueEvent(this, event, timePs)) this.lifecycleEvent(event, timePs);
    }
  }

  // --- life cycle ----------------------------------------------------------------------------------------------------

  private lifecycleEvent(event: HostEvent, timePs: number): void {
    switch (event.kind) {
      case 'commandStarted':
        this.pf.vectors[0]?.raise(timePs); // SRD §4: a command that ends sends the PF's message
        return;
      case 'sdiCreating':
        this.begin(this.sdi(event.sdi), 'creating', event);
        return;
      case 'sdiEnabling':
        this.begin(this.sdi(event.sdi), 'enabling', undefined);
        return;
      case 'sdiQuiescing':
        this.begin(this.sdi(event.sdi), 'quiescing', undefined);
        if (this.sdi(event.sdi).life === 'quiescing')
          this.sdi(event.sdi).queue.fetchesSinceStop = 0;
        this.sdi(event.sdi).quiescedPs = timePs;
        return;
      case 'sdiDestroying':
        this.begin(this.sdi(event.sdi), 'destroying', undefined);
        return;
      case 'sdiResetting':
        this.begin(this.sdi(event.sdi), 'resetting', event.reconfigure);
        this.abortPossible(this.sdi(event.sdi), timePs);
        return;
      case 'commandEnded':
        this.commandEnded(event.status, event.command, this.sdi(event.sdi), timePs);
        return;
      case 'flrStarted':
        this.flrStarted(this.track(event.requester), timePs);
        return;
      case 'flrEnded':
        this.flrEnded(this.track(event.requester), timePs);
        return;
      default:
        this.vfEvent(event, timePs);
    }
  }

  private vfEvent(event: HostEvent, timePs: number): void {
    if (event.kind === 'vfsEnabling') {
      this.vfRids = event.rids;
      this.isEnablingVfs = true;
    } else if (event.kind === 'vfsEnabled') {
      this.isEnablingVfs = false;
      if (event.accepted) this.addVfs(timePs);
    } else if (event.kind === 'vfsDisabling') {
      this.isDisablingVfs = true;
      for (const requester of this.vfs) {
        if (requester.life === 'free') continue;
        this.beginReset(requester);
        this.abortPossible(requester, timePs);
      }
    }
  }

  /** A command arrives: its effects may be there from now on, if it can have any (SRD §5). */
  private begin(
    requester: RequesterTrack,
    life: 'creating' | 'enabling' | 'quiescing' | 'destroying' | 'resetting',
    assignment: SdiAssignment | undefined,
  ): void {
    this.pending = { requester, assignment };
    const { life: now } = requester;
    requester.lifeBefore = now;
    const canStart =
      life === 'creating'
        ? now === 'free'
        : life === 'quiescing'
          ? now === 'enabled'
          : life === 'resetting'
            ? now === 'enabled' || now === 'created'
            : now === 'created';
    if (canStart) requester.life = life;
  }

  private commandEnded(
    status: number,
    command: string,
    requester: RequesterTrack,
    timePs: number,
  ): void {
    const { pending } = this;
    if (pending === undefined || pending.requester !== requester || command === 'query') return;
    this.pending = undefined;
    if (status !== 0) {
      requester.life = requester.lifeBefore;
      this.resets.ended(requester, timePs);
      this.notAborted(requester);
      return;
    }
    const { pages, imsEntries } = requester;
    requester.formerPages = { pages, imsEntries };
    switch (command) {
      case 'create':
        requester.aborted = undefined;
        requester.endedBy = 'never enabled';
        this.assign(requester, pending.assignment);
        requester.resetWork(true);
        break;
      case 'enable':
        requester.life = 'enabled';
        requester.enabledPs = timePs;
        return;
      case 'quiesce':
        this.settle(requester, timePs);
        requester.endedBy = 'quiesce';
        break;
      case 'destroy':
        this.rids.retire(requester);
        requester.resetWork(true);
        requester.life = 'free';
        return;
      case 'reset':
        this.abort(requester, 'reset', timePs, false);
        break;
      case 'reconfigure':
        this.abort(requester, 'reset', timePs, true);
        this.rids.retire(requester);
        this.assign(requester, pending.assignment);
        break;
      default:
        return;
    }
    requester.life = 'created';
  }

  /** The descriptor in execution has certainly ended. */
  settle(requester: RequesterTrack, timePs: number): void {
    const wrong = this.finish(requester, timePs);
    requester.queue.current = undefined;
    if (wrong !== undefined) this.findings.push({ ...wrong, requester, timePs });
  }

  /** What is missing of the descriptor in execution, which has ended; blamed on a reset of somebody else if there was one. */
  finish(requester: RequesterTrack, timePs: number): Wrong | undefined {
    const sincePs = requester.queue.current?.fetchedPs ?? timePs;
    const wrong = finishExecution(this, requester, timePs);
    if (wrong === undefined) return undefined;
    const other = this.resets.otherDuring(requester, sincePs, timePs);
    if (other === undefined) return wrong;
    const problem = other.kind === requester.kind ? 'disturbed' : 'disturbedAcross';
    return { ...wrong, problem, seen: `${wrong.seen}; ${other.name} was reset meanwhile` };
  }

  private assign(requester: RequesterTrack, assignment: SdiAssignment | undefined): void {
    if (assignment === undefined) return;
    requester.isStrided = assignment.strided;
    this.rids.giveResources(requester, assignment.pages, assignment.vectors);
    requester.setVectorCount(assignment.vectors.length);
    this.rids.give(requester, assignment.rid);
  }

  private beginReset(requester: RequesterTrack): void {
    if (requester.life !== 'resetting') requester.lifeBefore = requester.life;
    requester.life = 'resetting';
  }

  /** Somebody else whose reset may have disturbed `requester` since its last progress, or undefined. */
  disturberOf(requester: RequesterTrack): RequesterTrack | undefined {
    const { current, rungPs } = requester.queue;
    const fromPs = current?.lastSeenPs ?? Math.min(rungPs, requester.queue.lastEndPs);
    return this.resets.otherDuring(
      requester,
      fromPs,
      Math.max(rungPs, fromPs + 30 * this.momentPs),
    );
  }

  /** From now on completions for it may be late ones. */
  private abortPossible(requester: RequesterTrack, timePs: number): void {
    if (requester.life !== 'resetting') return;
    this.resets.started(requester, timePs);
    for (const request of this.outstanding.all()) {
      if (request.requester !== requester) continue;
      request.abortPossiblePs = Math.min(request.abortPossiblePs, timePs);
    }
  }

  /** The reset failed: what is outstanding goes on. */
  private notAborted(requester: RequesterTrack): void {
    for (const request of this.outstanding.all()) {
      if (request.requester === requester) request.abortPossiblePs = Infinity;
    }
  }

  /** A reset, FLR or removal has certainly ended. */
  private abort(
    requester: RequesterTrack,
    endedBy: EndedBy,
    timePs: number,
    isCleared: boolean,
  ): void {
    const left = endedBy === 'reset' ? notDrained(this, requester, timePs) : undefined;
    if (left !== undefined) this.findings.push(left);
    for (const request of this.outstanding.all()) {
      if (request.requester !== requester || request.isAborted) continue;
      request.abortedPs = timePs;
      request.execution = undefined;
    }
    this.resets.ended(requester, timePs);
    countAborted(this, requester, timePs);
    requester.endedBy = endedBy;
    requester.resetWork(isCleared);
  }

  // --- FLR, VFs, device reset ----------------------------------------------------------------------------------------

  private flrStarted(requester: RequesterTrack, timePs: number): void {
    if (requester.kind === 'vf') {
      this.beginReset(requester);
      this.abortPossible(requester, timePs);
      return;
    }
    this.isPfFlr = true;
    this.pfFlrStartPs = timePs;
    for (const request of this.outstanding.all()) request.isSilent = true;
    for (const one of this.all()) {
      if (one.kind === 'pf' || one.life === 'free') continue;
      this.beginReset(one);
      this.abortPossible(one, timePs);
    }
  }

  private flrEnded(requester: RequesterTrack, timePs: number): void {
    if (requester.kind === 'vf') {
      this.abort(requester, 'flr', timePs, true);
      requester.gate.reset(false);
      requester.life = 'enabled';
      requester.enabledPs = timePs;
      return;
    }
    this.isPfFlr = false;
    for (const request of this.outstanding.all()) {
      request.isSilent = true;
      if (!request.isAborted) request.abortedPs = timePs;
      request.execution = undefined;
    }
    const { maxPayloadBytes } = this.settings;
    if (this.policy.functions.pfFlr === 'keeps-sdis') this.keepSdis(timePs);
    this.clearAll('pf flr');
    this.settings = { ...SETTINGS_AT_RESET, maxPayloadBytes };
  }

  /** Until when the pairs of requests from before the last PF FLR are not reused (SRD §9). */
  get silentUntilPs(): number {
    return this.pfFlrStartPs + 2 * this.timeoutPs;
  }

  private addVfs(timePs: number): void {
    if (this.vfsGonePs !== Infinity) this.removeVfs(timePs);
    for (const [i, rid] of this.vfRids.entries()) {
      const vf = this.track(`vf ${i + 1}`);
      vf.life = 'enabled';
      vf.enabledPs = timePs;
      vf.endedBy = 'never enabled';
      vf.setVectorCount(2);
      vf.resetWork(true);
      vf.enabledPs = timePs;
      vf.aborted = undefined;
      vf.gate.reset(false);
      this.rids.give(vf, rid);
    }
  }

  private removeVfs(timePs: number): void {
    this.vfsGonePs = Infinity;
    for (const vf of this.vfs) {
      if (vf.life === 'free') continue;
      this.abort(vf, 'flr', timePs, true);
      this.rids.retire(vf);
      vf.life = 'free';
    }
  }

  private resetAll(endedBy: EndedBy): void {
    this.outstanding.clear();
    this.pfFlrStartPs = -Infinity;
    this.isPfFlr = false;
    this.clearAll(endedBy);
    this.settings = SETTINGS_AT_RESET;
    this.rids.move(this.pf, 0);
    this.pf.endedBy = endedBy;
    this.vfsGonePs = Infinity;
  }

  /** Policy `functions.pfFlr`: SDIs that exist come out of an FLR of the PF as out of a reset of their own. */
  private keepSdis(timePs: number): void {
    for (const one of this.all()) {
      if (one.kind !== 'sdi' || one.life !== 'resetting') continue;
      this.abort(one, 'pf flr', timePs, false);
      one.life = 'created';
      this.kept.add(one);
    }
  }

  private clearAll(endedBy: EndedBy): void {
    for (const one of this.all()) {
      if (!this.kept.has(one)) one.resetWork(true);
      if (!this.kept.has(one)) one.lifetime.reset();
      one.gate.reset(false);
      if (one.kind === 'pf' || this.kept.has(one)) continue;
      one.endedBy = endedBy;
      if (one.life !== 'free') this.rids.retire(one);
      one.life = 'free';
    }
    this.powerGate.reset(true);
    this.atomicsEnable.reset(false);
    this.pasidEnable.reset(false);
    this.closing.length = 0;
    this.isDisablingVfs = false;
    this.isEnablingVfs = false;
    this.resets.clear();
    this.kept.clear();
    this.pending = undefined;
  }

  private setGate(gate: RequestGate, isOn: boolean, timePs: number): void {
    if (isOn) gate.open(timePs);
    else {
      gate.close();
      this.closing.push(gate);
    }
  }
}
