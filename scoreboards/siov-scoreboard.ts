// The scoreboard of the SIOV testbench: takes TLPs of both directions and host events, puts them into device time, lets
// the predictor attribute each upstream TLP, and has every rule family judge it, primary rules before consequences (the
// first failure is the verdict). Source: design decisions 3, 7, 14.
//
//   monitor.up.connect(scoreboard.up); monitor.down.connect(scoreboard.down); events.connect(scoreboard.events);
import { assert } from '#base/assert';
import { Component } from '#uvm/component';
import {
  isAtomic,
  isCompletion,
  isConfigWrite,
  isMemoryRead,
  isMemoryWrite,
  isMessage,
  isPosted,
  Tlp,
} from '#pcie/tlp';
import { malformedReason } from '#pcie/rules';
import type { HostEvent } from '#siov/host-event';
import type { ObservedTlp } from '#siov/observed-tlp';
import type { AnalysisExport } from '#uvm/ports';
import { CompleterProtocolScoreboard } from './completer-protocol.ts';
import { CompletionUseScoreboard } from './completion-use.ts';
import type { DeviceScoreboard } from './device/device-scoreboard.ts';
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
import { ErrorMessageScoreboard } from './error-messages.ts';
import { HostRequests } from './predictors/host-requests.ts';
import { RequestAttribution } from './predictors/request-attribution.ts';
import type { RequesterTrack } from './predictors/requester-track.ts';
import { SeenRequest } from './predictors/seen-request.ts';
import { TrafficPredictor } from './predictors/traffic-predictor.ts';
import { RequesterProtocolScoreboard } from './requester-protocol.ts';
import { ResetCleanlinessScoreboard } from './reset-cleanliness.ts';
import { RidIsolationScoreboard } from './rid-isolation.ts';
import { scoreboardConfig } from './scoreboard-config.ts';

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
    liveness: LivenessScoreboard,
  });
  /** TLPs from the device, in the order in which the host sees them. */
  readonly up: AnalysisExport<ObservedTlp> = { write: (observed) => this.upSeen(observed) };
  /** TLPs of the host, in the order in which they leave. */
  readonly down: AnalysisExport<ObservedTlp> = { write: (observed) => this.downSeen(observed) };
  /** What the host did. */
  readonly events: AnalysisExport<HostEvent> = { write: (event) => this.eventSeen(event) };
  readonly predictor: TrafficPredictor;
  /** Only for devices that send error Messages. */
  private errorMessages: ErrorMessageScoreboard | undefined;
  /** The scoreboard that came with the device. */
  private deviceNow: DeviceScoreboard | undefined;
  private readonly answerBoundPs: number;
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
    const { lookaheadPs, params, traits } = this.config.get(scoreboardConfig);
    this.lookaheadPs = lookaheadPs;
    this.answerBoundPs = traits.policy.timing.answerNs * 1000;
    this.predictor = new TrafficPredictor(params, traits);
    this.timeline = new DeviceTimeline(lookaheadPs, this);
    this.attribution = new RequestAttribution(this.predictor);
    this.completions = new CompletionPrediction(this.predictor);
  }

  override buildPhase(): void {
    const { device, traits } = this.config.get(scoreboardConfig);
    this.deviceNow = this.createChild('device', device);
    if (traits.policy.errors.messages === 'none') return;
    this.errorMessages = this.createChild('errorMessages', ErrorMessageScoreboard);
  }

  private get device(): DeviceScoreboard {
    assert(this.deviceNow !== undefined, 'the scoreboard of the device is built first');
    return this.deviceNow;
  }

  override connectPhase(): void {
    const { interrupt, memory, mixed, reset, rid } = this.child;
    this.device.bind(this.predictor, (rule, details) => {
      if (rule === 'disturbed') reset.registerDisturbed(details);
      else if (rule === 'disturbedAcross') mixed.registerDisturbed(details);
      else if (rule === 'ownPage') memory.pageRead(details);
      else if (rule === 'ridTaken') mixed.conflictMissed(details);
      else if (rule === 'abortedTags') reset.abortedForgotten(details);
      else if (rule === 'pendingLost') interrupt.pendingRead(details);
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
    } else if (isMessage(tlp.kind) && this.errorMessages !== undefined) {
      this.predictor.advance(leftPs);
      this.errorMessages.message(tlp, this.predictor);
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
        this.errorMessages?.clear();
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
    const { mixed } = this.child;
    const { device } = this;
    mixed.beforeEvent(event, this.predictor);
    device.beforeEvent(event);
    this.predictor.hostEvent(event, deviceTimePs);
    device.hostEvent(event);
    if (event.kind === 'flrStarted' && event.requester === 'pf') this.errorMessages?.loosen();
    if (event.kind === 'vectorsReleased') {
      this.child.interrupt.released(this.predictor, event.sincePs);
    }
    this.judgeFindings();
  }

  downArrived(held: HeldTlp, deviceTimePs: number): void {
    const { device, predictor } = this;
    const { tlp } = held;
    predictor.advance(deviceTimePs);
    const isMalformed =
      held.malformed !== undefined ||
      malformedReason(tlp, predictor.settings.maxPayloadBytes) !== undefined;
    if (isMalformed) {
      this.errorMessages?.perhaps('a malformed TLP', predictor);
      return device.malformedArrived(deviceTimePs);
    }
    if (isCompletion(tlp.kind)) {
      const fate = this.completions.arrive(tlp, deviceTimePs);
      this.errorMessages?.completion(fate, tlp, predictor);
      return device.completionArrived(fate, tlp, deviceTimePs);
    }
    if (isPosted(tlp.kind)) {
      if (this.errorMessages !== undefined && device.mayRefuse(tlp)) {
        this.errorMessages.perhaps(`a ${tlp.kind}`, predictor);
      }
      return device.postedArrived(tlp, deviceTimePs);
    }
    const request = this.hostRequests.add(tlp, deviceTimePs);
    if (isConfigWrite(tlp.kind)) {
      request.closing = predictor.takeClosing();
      request.disablesVfs = predictor.takeVfsDisabling();
    }
    device.requestArrived(request, tlp, deviceTimePs);
    this.errorMessages?.request(request, device.ownerRid, predictor);
  }

  private requestLeft(tlp: Tlp, leftPs: number): void {
    const { child, predictor, seen } = this;
    seen.begin(tlp, leftPs);
    const failuresBefore = this.testbench.rules.failureCount;
    this.attribution.attribute(seen);
    child.requester.header(seen, predictor);
    child.rid.request(seen, predictor);
    child.reset.request(seen, predictor);
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
    this.errorMessages?.answered(request, tlp.status);
    for (const gate of request.closing) gate.closed(leftPs);
    if (request.disablesVfs) predictor.vfsDisableCompleted(leftPs);
    this.device.answered(request, leftPs);
    // What was read may show that work has ended, and so what is missing of it.
    this.judgeFindings();
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
    this.errorMessages?.checkOverdue(deviceTimePs);
    for (;;) {
      const overdue = this.hostRequests.takeOverdue(deviceTimePs - this.answerBoundPs);
      if (overdue === undefined) return;
      this.child.completer.overdue(overdue, this.answerBoundPs);
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
      child.reset.request(lost, predictor);
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
