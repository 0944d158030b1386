// Host memory as the device sees it: answers reads and AtomicOps, performs writes, takes interrupt messages.
// Source: siov-facts §9 R-CPL-1..5, R-CPL-9, §11; SRD §4 "Progress", §7, §9 "The host injects only".
//
// A request takes effect when it arrives (reads see the memory of that moment, after every write that arrived before);
// its completions leave later: of one read in address order, of different requests in any order, interleaved. All draws
// for one answer are made when its request arrives, from the stream of the operation that it serves (design, "Stream").
import { us } from '#kernel/time';
import { CompletionStatus, EMPTY_PAYLOAD, isMemoryRead, isNonPosted, Tlp } from '#pcie/tlp';
import type { RandomStream } from '#random/random-stream';
import { Component } from '#uvm/component';
import { AnalysisPort } from '#uvm/ports';
import type { InterruptMessage, TlpReceiver, TlpSender } from '../host/host-ports.ts';
import type { FaultRecord } from '../host/iommu.ts';
import type { MemoryAccess } from '../host/memory-access.ts';
import type { RootPort } from '../host/root-port.ts';
import { splitRead } from './completion-splits.ts';
import { AnswerInjector } from './answer-injector.ts';
import { MemoryAnswer, type AnswerOwner } from './memory-answer.ts';
import {
  checkResponderConfig,
  DEFAULT_RESPONDER_CONFIG,
  DelayTable,
  responderConfig,
  type ResponderConfig,
} from './memory-responder-config.ts';

/** Finds the stream of the operation that a request serves; undefined: the responder's own stream. */
export type StreamFinder = (rid: number, address: number) => RandomStream | undefined;

/** Where the responder stands; given once, in the connect phase. */
export interface ResponderWiring {
  readonly link: TlpSender;
  readonly access: MemoryAccess;
  readonly rootPort: RootPort;
  /** Link delay in each direction, ps. */
  readonly lookaheadPs: number;
  /** The device's completion timeout, ps. */
  readonly completionTimeoutPs: number;
}

/** A device's request is answered in full within this time, link delays included (SRD §4). */
const ANSWER_BOUND_PS = us(5);
/** Kept free below the bounds. */
const MARGIN_PS = 50_000;

export class MemoryResponder extends Component implements TlpReceiver, AnswerOwner {
  /** Interrupt messages, when they arrive. */
  readonly interrupts = new AnalysisPort<InterruptMessage>('interrupts');
  /** Requests that the root port or the IOMMU refused. */
  readonly faults = new AnalysisPort<FaultRecord>('faults');
  /** What goes wrong on purpose. */
  readonly injector = new AnswerInjector();
  /** Max_Payload_Size of the device, bytes: no completion carries more. */
  maxPayloadBytes = 128;
  /** Set by who knows which operation posted the descriptor at an address. */
  streamFor: StreamFinder | undefined;
  requestCount = 0;
  refusedCount = 0;
  completionCount = 0;

  private wiring: ResponderWiring | undefined;
  private settings: ResponderConfig = DEFAULT_RESPONDER_CONFIG;
  private latencies = new DelayTable(DEFAULT_RESPONDER_CONFIG.latencies);
  private gaps = new DelayTable(DEFAULT_RESPONDER_CONFIG.gaps);
  private readonly ownStream = this.stream('answers');
  private readonly completion = new Tlp();
  private readonly pending: MemoryAnswer[] = [];
  private readonly spare: MemoryAnswer[] = [];
  /** When the last answer in order is over, ps: ordered ones do not begin before. */
  private lastDuePs = 0;
  private answerBoundPs = 0;

  override buildPhase(): void {
    this.configure(this.config.tryGet(responderConfig) ?? DEFAULT_RESPONDER_CONFIG);
  }

  /** Sets latencies, order and splits for requests that arrive from now on. @throws UsageError `responder-config`. */
  configure(config: ResponderConfig): void {
    checkResponderConfig(config);
    this.settings = config;
    this.latencies = new DelayTable(config.latencies);
    this.gaps = new DelayTable(config.gaps);
  }

  /** Wires the responder to link, memory and root port. */
  connect(wiring: ResponderWiring): void {
    this.wiring = wiring;
    const { lookaheadPs, completionTimeoutPs } = wiring;
    const boundPs = Math.min(ANSWER_BOUND_PS, Math.floor(0.9 * completionTimeoutPs));
    this.answerBoundPs = Math.max(0, boundPs - 2 * lookaheadPs - MARGIN_PS);
    this.injector.connect({ ...wiring, kernel: this.kernel });
  }

  /** Answers that are not complete yet. */
  get pendingCount(): number {
    return this.pending.length;
  }

  /** A request of the device arrives now. */
  receive(request: Tlp): void {
    const { access } = this.connected;
    this.requestCount++;
    const answer = this.takeSpare();
    const outcome = access.perform(request, answer.data);
    if (outcome === 'refused') this.publishFault(request, access.reason);
    else if (outcome === 'interrupt') this.publishInterrupt(request);
    if (isNonPosted(request.kind)) this.plan(answer, request, outcome === 'done');
    else this.spare.push(answer);
  }

  /** The device has been reset: nothing of what is pending is answered. */
  reset(): void {
    // Cancelled occurrences may still be in the kernel's queue: they are not used again.
    for (const answer of this.pending) answer.cancel();
    this.pending.length = 0;
    this.lastDuePs = 0;
  }

  /** The next completion of an answer is due. */
  advance(answer: MemoryAnswer): void {
    const { kernel } = this;
    const { link } = this.connected;
    if (link.freeAtPs > kernel.nowPs && link.freeAtPs <= answer.deadlinePs) {
      kernel.addOccurrence(answer, link.freeAtPs);
      return;
    }
    const isInjected = answer.injection !== undefined && answer.nextPart >= answer.injectPart;
    const verdict = isInjected ? this.injector.inject(answer, this.completion) : 'go on';
    if (verdict === 'end') this.release(answer);
    else if (verdict === 'wait') kernel.addOccurrence(answer, this.injector.retryPs);
    else this.sendPart(answer, verdict === 'altered');
  }

  private sendPart(answer: MemoryAnswer, isAltered: boolean): void {
    const { completion, kernel } = this;
    if (!isAltered) {
      if (answer.status === 0) answer.fillPart(completion);
      else answer.fillStatus(completion, answer.status, EMPTY_PAYLOAD);
    }
    this.completionCount++;
    answer.nextPart++;
    // Sent before the answer may be used again: the payload is a view of its data.
    this.connected.link.send(completion, isAltered);
    if (answer.nextPart >= answer.partCount) this.release(answer);
    else kernel.addOccurrence(answer, Math.max(kernel.nowPs, answer.partDuePs[answer.nextPart]));
  }

  /** Draws all that is to be drawn for an answer, and starts it. */
  private plan(answer: MemoryAnswer, request: Tlp, isGood: boolean): void {
    const stream = this.streamFor?.(request.requesterId, request.address) ?? this.ownStream;
    const { kernel, settings } = this;
    answer.begin(request, kernel.nowPs);
    if (!isGood) answer.status = CompletionStatus.UR;
    else if (isMemoryRead(request.kind)) this.split(answer, request, stream);
    const lastPs = kernel.nowPs + this.answerBoundPs;
    answer.deadlinePs = lastPs;
    let duePs = kernel.nowPs + this.latencies.draw(stream);
    const { reorderPercent } = settings;
    const isFree = reorderPercent > 0 && stream.chance(reorderPercent, 100);
    if (!isFree) duePs = Math.max(duePs, this.lastDuePs);
    for (let part = 0; part < answer.partCount; part++) {
      if (part > 0) duePs += this.gaps.draw(stream);
      duePs = Math.min(duePs, lastPs);
      answer.partDuePs[part] = duePs;
    }
    this.lastDuePs = Math.max(this.lastDuePs, duePs);
    if (isGood) this.injector.plan(answer, request, stream);
    answer.slot = this.pending.length;
    this.pending.push(answer);
    kernel.addOccurrence(answer, answer.partDuePs[0]);
  }

  private split(answer: MemoryAnswer, request: Tlp, stream: RandomStream): void {
    const { rcbBytes, splitPercent } = this.settings;
    const { addressLow } = request;
    const { startByte, endByte } = answer;
    const range = { addressLow, startByte, endByte };
    const rules = { rcbBytes, maxPayloadBytes: this.maxPayloadBytes, splitPercent };
    answer.partCount = splitRead(range, rules, stream, answer.partEnds);
  }

  private takeSpare(): MemoryAnswer {
    return this.spare.pop() ?? new MemoryAnswer(this);
  }

  /** Removes an answer from the pending ones; it may be used again. */
  private release(answer: MemoryAnswer): void {
    const last = this.pending.pop();
    if (last !== undefined && last !== answer) {
      this.pending[answer.slot] = last;
      last.slot = answer.slot;
    }
    this.spare.push(answer);
  }

  private publishFault(request: Tlp, reason: FaultRecord['reason']): void {
    this.refusedCount++;
    this.faults.write({
      rid: request.requesterId,
      pasid: request.pasid,
      address: request.address,
      isWrite: !isMemoryRead(request.kind),
      reason,
      timePs: this.kernel.nowPs,
    });
  }

  private publishInterrupt(request: Tlp): void {
    const { payload } = request;
    const low = payload[0] | (payload[1] << 8) | (payload[2] << 16) | (payload[3] << 24);
    this.interrupts.write({
      rid: request.requesterId,
      address: request.address,
      data: low >>> 0,
      timePs: this.kernel.nowPs,
    });
  }

  private get connected(): ResponderWiring {
    return this.wiring ?? this.fatal('UNWIRED', 'connect() gives the responder link and memory');
  }
}
