// The mini-host of the conformance kit: sends requests, answers those of the device from its buffers, steps time, and holds
// every TLP of the device against the rules that always hold. Deterministic: no draws, no clock. Source: SRD §4 (Progress),
// §7, §9; DUT protocol, STEP.
import { formatTime } from '#base/time-text';
import { completionsFor, completionWithoutData } from '#pcie/build';
import { copyTlp, decodeTlp, encodeTlp, isMalformed } from '#pcie/codec';
import { byteLengthOf, completionBreaks, completionEnds, firstByteAddress } from '#pcie/rules';
import {
  CompletionStatus,
  isAtomic,
  isCompletion,
  isMemoryWrite,
  isNonPosted,
  type Tlp,
} from '#pcie/tlp';
import type { ResetKind } from '#dut/dut-port';
import type { SrdParams } from '#siov/srd-params';
import { applyAtomic } from './atomic.ts';
import { HostBuffers, type HostBuffer } from './buffers.ts';
import { completionBreach } from './completion-rules.ts';
import { Finding, type Evidence } from './finding.ts';
import type { TimedBytes } from './frames.ts';
import { timedTlpText, tlpLine } from './link-text.ts';
import { DUT, SRD, type Paragraph } from './paragraphs.ts';
import { RequestRules, type Breach } from './request-rules.ts';
import type { Session } from './session.ts';

/** Requester ID of the host: a root port. */
export const HOST_RID = 0x0008;
/** Tags of the host's own requests; those above are for requests that must not be answered. */
const TAG_COUNT = 192;
export const SILENT_TAG = 0xf0;
const READ_BOUND_PS = 20_000_000;
const TRAIL_LINES = 8;
const RCB_BYTES = 64;
/** Delays of answers, one after the other: not in order, and well below 5 µs. */
const ANSWER_DELAYS_PS = [300_000, 900_000, 100_000, 600_000];

/** A TLP of the device. */
export interface SeenTlp {
  readonly timePs: number;
  readonly tlp: Tlp;
}

/** How the host answers a request of the device: as usual, never, later by hand, or by these completions. */
export type HostAnswer = 'usual' | 'never' | 'hold' | readonly Tlp[];

/** A request of the host that waits for its completion. */
export interface Pending {
  readonly request: Tlp;
  readonly bytes: Uint8Array;
  readonly arrivesPs: number;
  readonly completers: readonly number[];
  completion: Tlp | undefined;
  completedPs: number;
}

interface Outbound extends TimedBytes {
  readonly order: number;
}

export class ConformHost {
  readonly session: Session;
  readonly params: SrdParams;
  readonly buffers = new HostBuffers();
  readonly rules = new RequestRules();
  /** Every TLP of the device. */
  readonly seen: SeenTlp[] = [];
  /** The same, as bytes. */
  readonly sentBytes: TimedBytes[] = [];
  /** Every TLP that has arrived at the device, and each reset between them. */
  readonly arrivals: (TimedBytes | { readonly timePs: number; readonly reset: ResetKind })[] = [];
  /** Bus of the device, as it captured it. */
  bus = 0;
  /** How a request of the device is answered. */
  answer: (request: Tlp) => HostAnswer = () => 'usual';
  answerDelayPs: (request: Tlp, index: number) => number = (_request, index) =>
    ANSWER_DELAYS_PS[index % ANSWER_DELAYS_PS.length];
  /** Requests whose answer is held back, in the order of their coming. */
  readonly held: Tlp[] = [];
  /** What says that a request with SILENT_TAG is not answered. */
  silentBy: Paragraph = SRD.MALFORMED;
  /** What says which Completer ID completions bear, where a step is about that. */
  completerBy: Paragraph = SRD.COMPLETER;
  /** Judges TLPs of the device; otherwise it only answers them as well as it can. */
  isStrict = true;
  /** A STEP without TLPs is as long as the host has nothing to do, rather than a look-ahead. */
  skipsIdle = true;
  private outbound: Outbound[] = [];
  private pending: Pending[] = [];
  private readonly trail: string[] = [];
  private order = 0;
  private tag = 0;
  private answered = 0;
  private lastSent = 'nothing yet';

  constructor(session: Session, params: SrdParams) {
    this.session = session;
    this.params = params;
  }

  get nowPs(): number {
    return this.session.nowPs;
  }

  get pfRid(): number {
    return this.bus << 8;
  }

  get lookaheadPs(): number {
    return this.session.lookaheadPs;
  }

  // ---- Time.

  /** One STEP, at most to `limitPs`. */
  async advance(limitPs: number): Promise<void> {
    const { nowPs, lookaheadPs, outbound } = this;
    const isIdle = outbound.length === 0;
    const untilPs = isIdle && this.skipsIdle ? limitPs : Math.min(limitPs, nowPs + lookaheadPs);
    outbound.sort((a, b) => a.timePs - b.timePs || a.order - b.order);
    const count = outbound.filter(({ timePs }) => timePs <= untilPs).length;
    const arriving = outbound.splice(0, count);
    for (const { timePs, bytes } of arriving) {
      this.note(timePs, 'to the device', bytes);
      this.arrivals.push({ timePs, bytes });
    }
    const { tlps } = await this.session.step(untilPs, arriving);
    this.sentBytes.push(...tlps);
    for (const { timePs, bytes } of tlps) this.take(timePs, bytes);
    this.checkOverdue();
  }

  async runTo(timePs: number): Promise<void> {
    while (this.nowPs < timePs) await this.advance(timePs);
  }

  async run(durationPs: number): Promise<void> {
    await this.runTo(this.nowPs + durationPs);
  }

  /** Steps until the condition holds, at most to `limitPs`; whether it holds. */
  async runUntil(holds: () => boolean, limitPs: number): Promise<boolean> {
    while (!holds()) {
      if (this.nowPs >= limitPs) return false;
      await this.advance(limitPs);
    }
    return true;
  }

  /** Everything under way is lost, the buffers stay. */
  async reset(kind: ResetKind): Promise<void> {
    await this.session.reset(kind);
    this.arrivals.push({ timePs: this.nowPs, reset: kind });
    this.outbound = [];
    this.pending = [];
    this.held.length = 0;
    this.rules.forget();
    this.rules.quietFromPs = this.nowPs;
    this.bus = 0;
  }

  // ---- Requests of the host.

  /** The TLP arrives one look-ahead from now, or later; when it does. */
  post(tlp: Tlp | Uint8Array, delayPs = 0): number {
    const bytes = tlp instanceof Uint8Array ? tlp : encodeTlp(tlp);
    return this.postAt(this.nowPs + this.lookaheadPs + delayPs, bytes);
  }

  /** Sends a non-posted request without waiting for its completion. */
  start(request: Tlp, completers: readonly number[] = [this.pfRid]): Pending {
    request.tag = this.tag;
    this.tag = (this.tag + 1) % TAG_COUNT;
    const bytes = encodeTlp(request);
    const arrivesPs = this.post(bytes);
    const one = { request, bytes, arrivesPs, completers, completion: undefined, completedPs: 0 };
    this.pending.push(one);
    return one;
  }

  /** The completion of a request. */
  async request(request: Tlp, completers?: readonly number[]): Promise<Tlp> {
    return this.finish(this.start(request, completers));
  }

  async finish(one: Pending): Promise<Tlp> {
    const limitPs = one.arrivesPs + READ_BOUND_PS;
    await this.runUntil(() => one.completion !== undefined, limitPs + 1);
    if (one.completion === undefined) throw this.overdue(one);
    this.lastSent = timedTlpText(one.arrivesPs, one.bytes);
    return one.completion;
  }

  /** Sends the answer to a request that was held back; when the last part arrives. */
  release(request: Tlp, answer: HostAnswer = 'usual'): number {
    const at = this.held.indexOf(request);
    if (at >= 0) this.held.splice(at, 1);
    return this.respond(request, answer, this.nowPs + this.lookaheadPs);
  }

  // ---- Findings.

  /** A finding with what was sent last and the trail. */
  finding(evidence: Omit<Evidence, 'sent' | 'trail'> & { readonly sent?: string }): Finding {
    return new Finding({ sent: this.lastSent, ...evidence, trail: [...this.trail] });
  }

  /** @throws Finding unless the values are equal. */
  expectEqual(what: string, values: readonly [seen: number, wanted: number], by: Paragraph): void {
    const [seen, wanted] = values;
    if (seen === wanted) return;
    const text = (value: number): string => `0x${value.toString(16)}`;
    const digits = `${what} ${text(wanted)}`;
    throw this.finding({ paragraph: by, seen: `${what} ${text(seen)}`, expected: digits });
  }

  /** The last thing that was sent, as text. */
  get sent(): string {
    return this.lastSent;
  }

  /** What the step does now, for findings whose cause is no single TLP. */
  doing(text: string): void {
    this.lastSent = text;
  }

  // ---- Inside.

  private postAt(timePs: number, bytes: Uint8Array): number {
    this.outbound.push({ timePs, bytes, order: this.order++ });
    this.lastSent = timedTlpText(timePs, bytes);
    return timePs;
  }

  private note(timePs: number, direction: string, bytes: Uint8Array): void {
    this.trail.push(`${formatTime(timePs)}  ${direction}  ${tlpLine(bytes)}`);
    if (this.trail.length > TRAIL_LINES) this.trail.shift();
  }

  private take(timePs: number, bytes: Uint8Array): void {
    this.note(timePs, 'to the host', bytes);
    const decoded = decodeTlp(bytes);
    if (isMalformed(decoded)) {
      if (!this.isStrict) return;
      const expected = `a TLP that can be decoded; this is malformed: ${decoded.malformed}`;
      throw this.breach({ paragraph: DUT.TLP_BYTES, expected }, timePs, bytes);
    }
    const tlp = copyTlp(decoded);
    this.seen.push({ timePs, tlp });
    if (isCompletion(tlp.kind)) this.takeCompletion(tlp, timePs, bytes);
    else this.takeRequest(tlp, timePs, bytes);
  }

  private takeCompletion(tlp: Tlp, timePs: number, bytes: Uint8Array): void {
    const at = this.pending.findIndex(
      ({ request, completion }) =>
        completion === undefined && request.tag === tlp.tag && tlp.requesterId === HOST_RID,
    );
    const one = this.pending[at];
    if (!this.isStrict) {
      if (one === undefined) return;
      this.pending.splice(at, 1);
      this.complete(one, tlp, timePs);
      return;
    }
    if (tlp.tag === SILENT_TAG) {
      const expected = 'no completion: the request is dropped';
      throw this.breach({ paragraph: this.silentBy, expected }, timePs, bytes);
    }
    if (one === undefined || one.arrivesPs > timePs) {
      const expected = 'one completion for each request of the host, and none besides';
      throw this.breach({ paragraph: SRD.COMPLETION, expected }, timePs, bytes);
    }
    this.pending.splice(at, 1);
    const breach = completionBreach(tlp, one.request, one.completers);
    if (breach !== undefined) {
      this.lastSent = timedTlpText(one.arrivesPs, one.bytes);
      const isCompleter = breach.paragraph === SRD.COMPLETER;
      const paragraph = isCompleter ? this.completerBy : breach.paragraph;
      throw this.breach({ ...breach, paragraph }, timePs, bytes);
    }
    this.complete(one, tlp, timePs);
  }

  private complete(one: Pending, tlp: Tlp, timePs: number): void {
    one.completion = tlp;
    one.completedPs = timePs;
  }

  private takeRequest(tlp: Tlp, timePs: number, bytes: Uint8Array): void {
    const breach = this.rules.breach(tlp, timePs, this.buffers);
    if (breach !== undefined && this.isStrict) throw this.breach(breach, timePs, bytes);
    const buffer = this.buffers.find(firstByteAddress(tlp));
    if (buffer === undefined || firstByteAddress(tlp) + byteLengthOf(tlp) > buffer.end) {
      if (isNonPosted(tlp.kind)) this.respond(tlp, refusal(tlp), timePs + 2 * this.lookaheadPs);
      return;
    }
    if (isMemoryWrite(tlp.kind)) store(buffer, tlp);
    if (!isNonPosted(tlp.kind)) return;
    this.rules.add(tlp, timePs + this.params.completionTimeoutNs * 1000);
    const answer = this.answer(tlp);
    if (answer === 'hold') this.held.push(tlp);
    else this.respond(tlp, answer, timePs + 2 * this.lookaheadPs + this.nextDelayPs(tlp));
  }

  private nextDelayPs(tlp: Tlp): number {
    return this.answerDelayPs(tlp, this.answered);
  }

  private respond(request: Tlp, answer: HostAnswer, timePs: number): number {
    if (answer === 'never' || answer === 'hold') return Infinity;
    const parts = answer === 'usual' ? this.usualAnswer(request) : answer;
    this.answered++;
    // Not `postAt`: an answer is not what the step sent last.
    for (const part of parts) {
      this.outbound.push({ timePs, bytes: encodeTlp(part), order: this.order++ });
    }
    this.rules.free(request, timePs);
    return timePs;
  }

  /** From the buffers; every other answer in as many parts as the read completion boundary allows. */
  usualAnswer(request: Tlp): Tlp[] {
    const address = firstByteAddress(request);
    const buffer = this.buffers.find(address) as HostBuffer;
    if (isAtomic(request.kind)) return applyAtomic(buffer, request);
    const start = address - buffer.address;
    const bytes = buffer.bytes.slice(start, start + byteLengthOf(request));
    const isSplit = this.answered % 2 === 1;
    const wanted = isSplit ? completionBreaks(address, bytes.length, RCB_BYTES) : [];
    const ends = completionEnds({ address, byteCount: bytes.length }, wanted, {
      rcbBytes: RCB_BYTES,
      maxPayloadBytes: this.rules.maxPayloadBytes,
    });
    return completionsFor(request, { completerId: HOST_RID, bytes, ends });
  }

  private breach({ paragraph, expected }: Breach, timePs: number, bytes: Uint8Array): Finding {
    return this.finding({ paragraph, seen: timedTlpText(timePs, bytes), expected });
  }

  private checkOverdue(): void {
    for (const one of this.pending) {
      if (this.nowPs > one.arrivesPs + READ_BOUND_PS) throw this.overdue(one);
    }
  }

  private overdue(one: Pending): Finding {
    return this.finding({
      paragraph: SRD.PROGRESS_READ,
      sent: timedTlpText(one.arrivesPs, one.bytes),
      seen: `no completion until ${formatTime(this.nowPs)}`,
      expected: `a completion by ${formatTime(one.arrivesPs + READ_BOUND_PS)}`,
    });
  }
}

/** A completion without data. */
export function refusal(request: Tlp, status: number = CompletionStatus.UR): Tlp[] {
  return [completionWithoutData(request, { completerId: HOST_RID, status })];
}

function store(buffer: HostBuffer, tlp: Tlp): void {
  const { lengthDw, firstBe, lastBe, payload, address } = tlp;
  for (let i = 0; i < 4 * lengthDw; i++) {
    const inLast = i >= 4 * (lengthDw - 1);
    const enables = i < 4 ? firstBe : inLast ? lastBe : 0xf;
    if (((enables >> (i % 4)) & 1) === 0) continue;
    buffer.bytes[address + i - buffer.address] = payload[i];
  }
}
