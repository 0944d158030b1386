// Carries out what the injection policy chose for an answer. Source: SRD §9 "The host injects only", §7 (completions later than
// 0.9 × the completion timeout only while all queues are quiet).
import { assert } from '#base/assert';
import { us } from '#kernel/time';
import type { Kernel } from '#kernel/kernel';
import { CompletionStatus, EMPTY_PAYLOAD, type Tlp } from '#pcie/tlp';
import type { RandomStream } from '#random/random-stream';
import type { TlpSender } from '../host/host-ports.ts';
import type { RootPort } from '../host/root-port.ts';
import type { MemoryAnswer } from './memory-answer.ts';
import type { Injection, InjectionPolicy, QuietKeeper } from './memory-responder-injection.ts';

/**
 * - go on: the next part is sent as it should be;
 * - altered: the completion is filled already, and sent in place of the next part;
 * - wait: not now, ask again at `retryPs`;
 * - end: nothing more is sent for this answer.
 */
export type InjectVerdict = 'go on' | 'altered' | 'wait' | 'end';

export interface InjectorWiring {
  readonly kernel: Kernel;
  readonly link: TlpSender;
  readonly rootPort: RootPort;
  readonly lookaheadPs: number;
  readonly completionTimeoutPs: number;
}

/** Around a completion later than 0.9 × the timeout, queues are quiet for this long on either side (SRD §7). */
const QUIET_PS = us(1);
const RESERVED_STATUS = [3, 5, 6, 7] as const;
const BYTE_COUNT_MAX = 4096;
const NEAR_MISSES = [
  1,
  4,
  64,
  BYTE_COUNT_MAX - 64,
  BYTE_COUNT_MAX - 4,
  BYTE_COUNT_MAX - 1,
] as const;
const STRANGER_DRAWS = 16;

export class AnswerInjector {
  /** Chooses what goes wrong; undefined: nothing. */
  policy: InjectionPolicy | undefined;
  /** Without one, no completion later than 0.9 × the timeout is ever sent: it stays absent. */
  quiet: QuietKeeper | undefined;
  /** When to ask again after the verdict `wait`, ps. */
  retryPs = 0;
  /** Answers chosen to go wrong. */
  injectedCount = 0;
  /** From this time on no injected answer has any effect left, the device's timeout included, ps. */
  effectsEndPs = 0;
  /** When the request whose answer was last withheld has timed out at the latest, ps; -Infinity: none was. */
  timedOutPs = -Infinity;

  private wiring: InjectorWiring | undefined;
  private tagBits = 5;
  private vfTagBits = 5;
  private tagsChangedPs = -Infinity;
  private isStopped = false;

  connect(wiring: InjectorWiring): void {
    this.wiring = wiring;
  }

  /** Tells which tags the device may use, so that an unexpected one can be chosen; call it when they change. */
  useTagBits(tagBits: number, vfTagBits: number): void {
    if (tagBits === this.tagBits && vfTagBits === this.vfTagBits) return;
    this.tagBits = tagBits;
    this.vfTagBits = vfTagBits;
    this.tagsChangedPs = this.wiring?.kernel.nowPs ?? 0;
  }

  /** The calm phase begins: nothing more is injected, and what would be late never comes. */
  stop(): void {
    this.isStopped = true;
  }

  /** Asks the policy about a new answer, draws what its choice needs, and shifts the times at which parts are due. */
  plan(answer: MemoryAnswer, request: Tlp, stream: RandomStream): void {
    if (this.policy === undefined || this.isStopped || this.wiring === undefined) return;
    const injection = this.policy.choose(request, stream);
    if (injection === undefined) return;
    const { completionTimeoutPs: timeoutPs, lookaheadPs } = this.wiring;
    answer.injectPart = stream.below(answer.partCount);
    answer.isCutShort = stream.bool();
    this.draw(answer, injection, stream);
    if (answer.injection === undefined) return;
    this.injectedCount++;
    // The request left the device `lookaheadPs` before it arrived; completions arrive as much later.
    const leftPs = answer.arrivedPs - lookaheadPs;
    const onTimePs = leftPs + Math.floor(0.9 * timeoutPs) - lookaheadPs;
    if (injection === 'slow')
      delayParts(answer, stream, { fromPs: answer.arrivedPs, toPs: onTimePs });
    if (injection === 'late')
      delayParts(answer, stream, { fromPs: onTimePs, toPs: leftPs + 3 * timeoutPs });
    if (injection === 'slow') answer.deadlinePs = Math.max(answer.deadlinePs, onTimePs);
    this.effectsEndPs = Math.max(this.effectsEndPs, leftPs + 2 * timeoutPs);
    if (injection === 'absent') this.timedOutPs = leftPs + 2 * timeoutPs;
  }

  /** The part that the injection concerns, or a later one, is due. */
  inject(answer: MemoryAnswer, completion: Tlp): InjectVerdict {
    switch (answer.injection) {
      case undefined:
      case 'slow':
        return 'go on';
      case 'unsupported':
      case 'abort':
      case 'retry':
      case 'reservedStatus':
        answer.fillStatus(completion, answer.injectedValue, EMPTY_PAYLOAD);
        answer.nextPart = answer.partCount;
        return 'altered';
      case 'poison':
        answer.injection = undefined;
        answer.fillPart(completion);
        completion.ep = 1;
        return 'altered';
      case 'absent':
        return 'end';
      case 'late':
        return this.injectLate(answer, completion);
      case 'byteCount':
        return this.injectByteCount(answer, completion);
      default:
        return this.injectStranger(answer, completion);
    }
  }

  /** Draws the value that an injection will need; clears the injection when it is impossible now. */
  private draw(answer: MemoryAnswer, injection: Injection, stream: RandomStream): void {
    answer.injection = injection;
    if (injection === 'unsupported') answer.injectedValue = CompletionStatus.UR;
    else if (injection === 'abort') answer.injectedValue = CompletionStatus.CA;
    else if (injection === 'retry') answer.injectedValue = CompletionStatus.RRS;
    else if (injection === 'reservedStatus') answer.injectedValue = stream.pick(RESERVED_STATUS);
    else if (injection === 'byteCount') answer.injectedValue = drawDistance(stream);
    else if (injection === 'unexpectedTag') this.drawTag(answer, stream);
    else if (injection === 'unexpectedRequester') this.drawRequester(answer, stream);
  }

  /** A tag that no requester may use with the present settings, and none has used lately. */
  private drawTag(answer: MemoryAnswer, stream: RandomStream): void {
    const { kernel, completionTimeoutPs } = this.required;
    const isSettled = kernel.nowPs - this.tagsChangedPs > 3 * completionTimeoutPs;
    const smallest = Math.max(firstFreeTag(this.tagBits), firstFreeTag(this.vfTagBits));
    const isTenBit = this.tagBits === 10 || this.vfTagBits === 10;
    const end = isTenBit ? 256 : 1024;
    if (isSettled && smallest < end) answer.injectedValue = stream.range(smallest, end - 1);
    else this.drawRequester(answer, stream);
  }

  /** A RID in the port's bus range that has never sent a request. */
  private drawRequester(answer: MemoryAnswer, stream: RandomStream): void {
    const { rootPort } = this.required;
    for (let i = 0; i < STRANGER_DRAWS; i++) {
      const rid = stream.range(rootPort.secondary << 8, (rootPort.subordinate << 8) | 0xff);
      if (rootPort.wasEverGranted(rid)) continue;
      answer.injection = 'unexpectedRequester';
      answer.injectedValue = rid;
      return;
    }
    answer.injection = undefined;
  }

  private injectLate(answer: MemoryAnswer, completion: Tlp): InjectVerdict {
    const { kernel, lookaheadPs, completionTimeoutPs } = this.required;
    const { nowPs } = kernel;
    const { quiet } = this;
    const isGivenUp = nowPs > answer.arrivedPs + 8 * completionTimeoutPs;
    if (this.isStopped || quiet === undefined || isGivenUp) return 'end';
    const isQuiet = quiet.quietSincePs() + QUIET_PS <= nowPs;
    if (!isQuiet || !quiet.keepQuietUntil(nowPs + lookaheadPs + QUIET_PS)) {
      this.retryPs = nowPs + Math.max(QUIET_PS, Math.floor(completionTimeoutPs / 64));
      return 'wait';
    }
    this.effectsEndPs = Math.max(this.effectsEndPs, nowPs + lookaheadPs + QUIET_PS);
    answer.fillPart(completion);
    return 'altered';
  }

  /** First the wrong completion, in addition; then the answer goes on as it should, or breaks off. */
  private injectByteCount(answer: MemoryAnswer, completion: Tlp): InjectVerdict {
    answer.fillPart(completion);
    const right = completion.byteCount;
    completion.byteCount = 1 + ((right - 1 + answer.injectedValue) % BYTE_COUNT_MAX);
    answer.injection = answer.isCutShort ? 'absent' : undefined;
    this.required.link.send(completion, true);
    return answer.isCutShort ? 'end' : 'go on';
  }

  private injectStranger(answer: MemoryAnswer, completion: Tlp): InjectVerdict {
    answer.fillPart(completion);
    if (answer.injection === 'unexpectedTag') completion.tag = answer.injectedValue;
    else completion.requesterId = answer.injectedValue;
    answer.injection = undefined;
    this.required.link.send(completion, true);
    return 'go on';
  }

  private get required(): InjectorWiring {
    const { wiring } = this;
    assert(wiring !== undefined, 'the injector is connected before it injects');
    return wiring;
  }
}

/** How far a wrong Byte Count is from the right one, modulo 4096: often a near miss. */
function drawDistance(stream: RandomStream): number {
  return stream.bool() ? stream.pick(NEAR_MISSES) : stream.range(1, BYTE_COUNT_MAX - 1);
}

/** The first tag above those that `bits` allows; 10-bit requesters do not use 0..255 (SRD §3). */
function firstFreeTag(bits: number): number {
  return bits === 10 ? 0 : 1 << bits;
}

/** Shifts the parts from the injected one on, so that the first of them is due at a time drawn from [fromPs, toPs]. */
function delayParts(
  answer: MemoryAnswer,
  stream: RandomStream,
  span: { readonly fromPs: number; readonly toPs: number },
): void {
  const first = answer.injectPart;
  const earliestPs = Math.max(span.fromPs, answer.partDuePs[first]);
  if (earliestPs > span.toPs) return;
  const shiftPs = stream.range(earliestPs, span.toPs) - answer.partDuePs[first];
  for (let part = first; part < answer.partCount; part++) {
    answer.partDuePs[part] = Math.min(answer.partDuePs[part] + shiftPs, span.toPs);
  }
}
