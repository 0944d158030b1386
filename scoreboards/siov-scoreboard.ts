// The scoreboard of the SIOV testbench: takes TLPs of both directions and host events, puts them into device time, lets
// the predictor attribute each upstream TLP, and has every rule family judge it, primary rules before consequences (the
// first failure is the verdict). Source: design decisions 3, 7, 14.
//
//   monitor.up.connect(scoreboard.up); monitor.down.connect(scoreboard.down); events.connect(scoreboard.events);
import { Component } from '#uvm/component';
import {
  isAtomic,
  isCompletion,
  isConfigWrite,
  isMemoryRead,
  isMemoryWrite,
  isPosted,
  Tlp,
} from '#pcie/tlp';
import { malformedReason } from '#pcie/rules';
import type { HostEvent } from '#siov/host-event';
import type { ObservedTlp } from '#siov/observed-tlp';
import type { AnalysisExport } from '#uvm/ports';
import { ANSWER_BOUND_PS, CompleterProtocolScoreboard } from './completer-protocol.ts';
import { CompletionUseScoreboard } from './completion-use.ts';
import { DataIntegrityScoreboard } from './data-integrity.ts';
import { InterruptScoreboard } from './interrupt.ts';
import { LivenessScoreboard } from './liveness.ts';
import { MemoryOwnershipScoreboard } from './memory-ownership.ts';
import { MixedIovScoreboard } from './mixed-iov.ts';
import { OrderingScoreboard } from './ordering.ts';
import { CompletionPrediction } from './predictors/completion-prediction.ts';
import {
  DeviceTimeline,
  type DeviceTimeListener,
  type HeldTlp,
} from './predictors/device-timeline.ts';
import { judgeSuspect, noteFetch, type PassedOver } from './predictors/fairness-prediction.ts';
import { HostRequests } from './predictors/host-requests.ts';
import { RequestAttribution } from './predictors/request-attribution.ts';
import type { RequesterTrack } from './predictors/requester-track.ts';
import { SeenRequest } from './predictors/seen-request.ts';
import { TrafficPredictor } from './predictors/traffic-predictor.ts';
import { RequesterProtocolScoreboard } from './requester-protocol.ts';
import { ResetCleanlinessScoreboard } from './reset-cleanliness.ts';
import { RidIsolationScoreboard } from './rid-isolation.ts';
import { scoreboardConfig } from './scoreboard-config.ts';
import { SrdScoreboard } from './srd/srd-scoreboard.ts';

/** Subject of the liveness events for requests of the host. */
const HOST_REQUEST = 'host request';

export class SiovScoreboard extends Component implements DeviceTimeListener {
  readonly child = this.children({
    requester: RequesterProtocolScoreboard,
    rid: RidIsolationScoreboard,
    reset: ResetCleanlinessScoreboard,
    memory: MemoryOwnershipScoreboard,
    interrupt: InterruptScoreboard,
    completionUse: CompletionUseScoreboard,
    mixed: MixedIovScoreboard,
    data: DataIntegrityScoreboard,
    ordering: OrderingScoreboard,
    completer: CompleterProtocolScoreboard,
    srd: SrdScoreboard,
    liveness: LivenessScoreboard,
  });
  /** TLPs from the device, in the order in which the host sees them. */
  readonly up: AnalysisExport<ObservedTlp> = { write: (observed) => this.upSeen(observed) };
  /** TLPs of the host, in the order in which they leave. */
  readonly down: AnalysisExport<ObservedTlp> = { write: (observed) => this.downSeen(observed) };
  /** What the host did. */
  readonly events: AnalysisExport<HostEvent> = { write: (event) => this.eventSeen(event) };
  readonly predictor: TrafficPredictor;
  private readonly timeline: DeviceTimeline;
  private readonly lookaheadPs: number;
  private readonly attribution: RequestAttribution;
  private readonly completions: CompletionPrediction;
  private readonly hostRequests = new HostRequests();
  private readonly seen = new SeenRequest();
  private readonly lost = new SeenRequest();
  private readonly noTlp = new Tlp();
  private readonly passedOver: PassedOver = (waiting, count, bound) =>
    this.child.requester.passedOver(waiting.name, count, bound);

  constructor(...args: ConstructorParameters<typeof Component>) {
    super(...args);
    const { lookaheadPs, params } = this.config.get(scoreboardConfig);
    this.lookaheadPs = lookaheadPs;
    this.predictor = new TrafficPredictor(params);
    this.timeline = new DeviceTimeline(lookaheadPs, this);
    this.attribution = new RequestAttribution(this.predictor);
    this.completions = new CompletionPrediction(this.predictor);
  }

  override connectPhase(): void {
    const { memory, mixed, reset, rid, srd } = this.child;
    srd.bind(this.predictor, (rule, details) => {
      if (rule === 'disturbed') reset.registerDisturbed(details);
      else if (rule === 'disturbedAcross') mixed.registerDisturbed(details);
      else if (rule === 'ownPage') memory.pageRead(details);
      else if (rule === 'ridTaken') mixed.conflictMissed(details);
      else if (rule === 'abortedTags') reset.abortedForgotten(details);
      else rid.strideRead(details);
    });
  }

  // --- what the host sees --------------------------------------------------------------------------------------------

  private upSeen(observed: ObservedTlp): void {
    const { tlp, timePs } = observed;
    this.timeline.advance(timePs);
    const leftPs = timePs - this.lookaheadPs;
    this.checkOverdue(leftPs);
    if (tlp === undefined) this.child.requester.malformed(observed.malformed ?? 'undecodable');
    else if (isCompletion(tlp.kind)) this.completionLeft(tlp, leftPs);
    else if (isMemoryRead(tlp.kind) || isMemoryWrite(tlp.kind) || isAtomic(tlp.kind)) {
      this.requestLeft(tlp, leftPs);
    } else this.child.requester.oddKind(tlp);
  }

  private downSeen(observed: ObservedTlp): void {
    this.timeline.advance(observed.timePs);
    this.timeline.pushDown(observed);
  }

  private eventSeen(event: HostEvent): void {
    const nowPs = this.kernel.nowPs;
    this.timeline.advance(nowPs);
    switch (event.kind) {
      case 'commandEnded':
      case 'vfsEnabled':
      case 'vfsDisabled':
      case 'flrEnded':
        // The host has learned it from an up TLP: its place is right behind that one.
        this.hostEvent(event, nowPs - this.lookaheadPs);
        return;
      case 'areas':
        this.hostEvent(event, nowPs);
        return;
      case 'deviceReset':
        this.timeline.dropUnderway();
        this.hostRequests.clear();
        this.hostEvent(event, nowPs);
        return;
      case 'liveness':
        this.owed(event);
        return;
      case 'calm':
        return;
      default:
        this.timeline.pushEvent(event, nowPs);
    }
  }

  // --- device time ---------------------------------------------------------------------------------------------------

  hostEvent(event: HostEvent, deviceTimePs: number): void {
    const { mixed, srd } = this.child;
    mixed.beforeEvent(event, this.predictor);
    srd.beforeEvent(event);
    this.predictor.hostEvent(event, deviceTimePs);
    srd.hostEvent(event);
    this.judgeFindings();
  }

  downArrived(held: HeldTlp, deviceTimePs: number): void {
    const { predictor } = this;
    const { srd } = this.child;
    const { tlp } = held;
    predictor.advance(deviceTimePs);
    if (held.malformed !== undefined) return srd.malformedArrived(deviceTimePs);
    if (malformedReason(tlp, predictor.settings.maxPayloadBytes) !== undefined) {
      return srd.malformedArrived(deviceTimePs);
    }
    if (isCompletion(tlp.kind)) {
      const fate = this.completions.arrive(tlp, deviceTimePs);
      return srd.completionArrived(fate, tlp, deviceTimePs);
    }
    if (isPosted(tlp.kind)) return srd.postedArrived(tlp, deviceTimePs);
    const request = this.hostRequests.add(tlp, deviceTimePs);
    if (isConfigWrite(tlp.kind)) {
      request.closing = predictor.takeClosing();
      request.disablesVfs = predictor.takeVfsDisabling();
    }
    srd.requestArrived(request, tlp, deviceTimePs);
  }

  private requestLeft(tlp: Tlp, leftPs: number): void {
    const { child, predictor, seen } = this;
    seen.begin(tlp, leftPs);
    const failuresBefore = this.testbench.rules.failureCount;
    this.attribution.attribute(seen);
    child.requester.header(seen, predictor);
    child.rid.request(seen, predictor);
    child.reset.request(seen);
    child.requester.request(seen, predictor);
    child.mixed.request(seen);
    child.memory.request(seen);
    child.interrupt.request(seen);
    child.completionUse.request(seen);
    child.data.request(seen);
    child.ordering.request(seen);
    const isExplained = this.testbench.rules.failureCount > failuresBefore;
    if (seen.problem !== 'none' && !isExplained) child.memory.unexplained(seen);
    if (!seen.isNewFetch || seen.requester === undefined) return;
    noteFetch(predictor, seen.requester, leftPs, this.passedOver);
  }

  private completionLeft(tlp: Tlp, leftPs: number): void {
    const { child, hostRequests, predictor } = this;
    const request = hostRequests.find(tlp.requesterId, tlp.tag);
    predictor.advance(leftPs);
    if (request === undefined) return child.completer.unexpected(tlp);
    if (!child.completer.completion(tlp, request, predictor.settings.maxPayloadBytes)) return;
    hostRequests.finish(request);
    for (const gate of request.closing) gate.closed(leftPs);
    if (request.disablesVfs) predictor.vfsDisableCompleted(leftPs);
    child.srd.answered(request, leftPs);
  }

  /** Something did not come in time: whose fault is it? */
  private owed(event: Extract<HostEvent, { kind: 'liveness' }>): void {
    const { child, predictor } = this;
    // Requests of the host are judged by their arrival at the device, one by one.
    if (event.subject === HOST_REQUEST)
      return this.checkOverdue(this.kernel.nowPs - this.lookaheadPs);
    for (const requester of predictor.all()) {
      if (requester.name !== event.subject) continue;
      const disturber = predictor.disturberOf(requester);
      if (disturber === undefined) break;
      requester.queue.isSuspect = false;
      this.stopped(requester, disturber, event.what);
      return;
    }
    child.liveness.owed(event);
  }

  /** The work of a requester stands still, and a reset of somebody else was near. */
  private stopped(requester: RequesterTrack, disturber: RequesterTrack, what: string): void {
    const { mixed, reset } = this.child;
    if (disturber.kind === requester.kind) reset.stopped(requester, disturber, what);
    else mixed.stopped(requester, disturber, what);
  }

  private checkOverdue(deviceTimePs: number): void {
    for (;;) {
      const overdue = this.hostRequests.takeOverdue(deviceTimePs - ANSWER_BOUND_PS);
      if (overdue === undefined) return;
      this.child.completer.overdue(overdue);
    }
  }

  private judgeFindings(): void {
    const { child, lost, predictor } = this;
    for (const finding of predictor.findings.splice(0)) {
      lost.begin(this.noTlp, finding.timePs);
      lost.requester = finding.requester;
      lost.role = 'fetch';
      lost.isNewFetch = true;
      lost.wrong(finding.problem, finding.expected, finding.seen);
      child.reset.request(lost);
      child.mixed.request(lost);
      child.data.request(lost);
      child.interrupt.request(lost);
      child.ordering.request(lost);
    }
  }

  override checkPhase(): void {
    this.timeline.advance(this.kernel.nowPs);
    this.checkOverdue(this.kernel.nowPs - this.lookaheadPs);
    for (const requester of this.predictor.all()) judgeSuspect(requester, 0, this.passedOver);
    this.child.liveness.conclude(this.predictor);
  }
}
