// One run's outermost loop: host kernel and device advance in turns, a quantum of the link delay at a time. Source: DUT
// protocol, STEP and RESET; design decision 2. The only asynchronous loop of a run: everything inside a quantum is
// synchronous, and with an in-process device nothing is awaited at all.
//
//   time      t                       t+L                      t+2L
//   device    |--- STEP -------------->|                        what leaves the host at x reaches the device at x+L,
//   host      |--- runs meanwhile ---->|                        and the other way round, so neither side can surprise
//                                                               the other within a quantum
//
// A device in another process simulates its quantum while the host simulates its own; a reset is planned a look-ahead ahead,
// so that no device has been stepped beyond it.
import { UsageError } from '#base/assert';
import { PacketBatch } from '#base/packet-batch';
import { DutError, type DutPort, type HostLinkPort, type StepReply } from '#dut/dut-port';
import type { Kernel } from '#kernel/kernel';
import { formatTime } from '#kernel/time';
import type { LinkDigest } from './link-digest.ts';
import type { TlpWindow } from './tlp-window.ts';
import { RunError } from './run-error.ts';

/** Objectors named in the message of a hang. */
const OBJECTORS_SHOWN = 8;
/** Quantum of a testbench without a DUT port, picoseconds; only says how often the limits are looked at. */
const HOST_ONLY_QUANTUM_PS = 10_000_000;

/** What the loop asks of the run around it. */
export interface LoopControl {
  /** The run phase is over. */
  isDone(): boolean;
  /** Simulated time at which to stop although the run phase is not over; Infinity for never. */
  stopAtPs(): number;
  /** Called once per quantum. @throws RunError `run-hung` at the limit of wall-clock time. */
  checkWallClock(): void;
  /** Who objects to the end of the phases that go on, for the message of a hang. */
  objectors(): string[];
  /** Who waits for what, for its detail. */
  explain(): string[];
  /** Waits for the answer of a device in another process to `request`. @throws DutError `dut-hung`. */
  awaitDevice<T>(answer: Promise<T>, request: string): Promise<T>;
}

export interface LoopParts {
  readonly kernel: Kernel;
  readonly control: LoopControl;
  /** Limit of simulated time, picoseconds. */
  readonly timeLimitPs: number;
}

/** @throws RunError `tb-hung` when the run phase does not end. */
export function runHostOnly(parts: LoopParts): void {
  const { kernel, control, timeLimitPs } = parts;
  while (!isOver(parts)) {
    const nextPs = kernel.nextEventPs();
    if (nextPs === Infinity) throw nothingWillHappen(parts);
    kernel.runUntil(
      Math.min(Math.max(nextPs, kernel.nowPs) + HOST_ONLY_QUANTUM_PS, timeLimitPs, stop(parts)),
    );
    control.checkWallClock();
  }
}

function stop(parts: LoopParts): number {
  return Math.max(parts.control.stopAtPs(), parts.kernel.nowPs);
}

function isOver(parts: LoopParts): boolean {
  const { kernel, control, timeLimitPs } = parts;
  if (control.isDone() || kernel.nowPs >= control.stopAtPs()) return true;
  if (kernel.nowPs < timeLimitPs) return false;
  throw hung(
    `the run phase is not over at the limit of ${formatTime(timeLimitPs)} of simulated time`,
    control,
  );
}

function nothingWillHappen({ kernel, control }: LoopParts): RunError {
  const after = formatTime(kernel.nowPs);
  return hung(
    `nothing will ever happen again after ${after}, and the run phase is not over`,
    control,
  );
}

function hung(what: string, control: LoopControl): RunError {
  const objectors = control.objectors().slice(0, OBJECTORS_SHOWN);
  const why = objectors.length > 0 ? objectors.join('; ') : 'nobody objects now';
  return new RunError('tb-hung', `${what}: ${why}`, control.explain().join('\n'));
}

/** The loop for a testbench with a device behind the DUT port. */
export class QuantumLoop {
  private readonly parts: LoopParts;
  private readonly port: DutPort;
  private readonly link: HostLinkPort;
  private readonly lookaheadPs: number;
  private readonly digest: LinkDigest;
  private readonly window: TlpWindow;
  /** Under way to the host and to the device, with the times of arrival. */
  private readonly up = new PacketBatch();
  private readonly down = new PacketBatch();
  private readonly arriving = new PacketBatch();
  private upTaken = 0;
  private downTaken = 0;
  private deviceNowPs = 0;
  /** Lower bound of the device's next own event; its present time while unknown. */
  private deviceNextPs = 0;
  /** What was sent to the device in its present STEP arrives from then on. */
  private firstArrivalPs = Infinity;

  constructor(
    parts: LoopParts,
    ends: { port: DutPort; link: HostLinkPort; lookaheadPs: number },
    seen: { digest: LinkDigest; window: TlpWindow },
  ) {
    this.parts = parts;
    this.port = ends.port;
    this.link = ends.link;
    this.lookaheadPs = ends.lookaheadPs;
    this.digest = seen.digest;
    this.window = seen.window;
  }

  /**
   * Runs until the run phase is over or `stopAtPs` is reached.
   * @throws RunError `tb-hung`, DutError; UsageError `late-reset`; and whatever a process of the testbench throws.
   */
  async run(): Promise<void> {
    const { control, kernel } = this.parts;
    // What leaves at time 0 arrives at the end of the first quantum.
    kernel.runUntil(kernel.nowPs);
    while (!isOver(this.parts)) {
      const untilPs = this.nextUntilPs();
      this.takeOutbound();
      this.takeArriving(untilPs);
      const answer = this.stepDevice(untilPs);
      if (answer instanceof Promise) await this.runBeside(answer, untilPs);
      else {
        this.runHost(untilPs);
        this.takeReply(answer, untilPs);
      }
      // It stopped at its first TLP; the run phase may have ended before that.
      while (this.deviceNowPs < kernel.nowPs) {
        const rest = this.stepDevice(untilPs);
        const reply = rest instanceof Promise ? await control.awaitDevice(rest, 'STEP') : rest;
        this.takeReply(reply, untilPs);
      }
      if (this.isResetDue()) await this.takeResets();
      control.checkWallClock();
    }
  }

  /** The next STEP, with what arrives in it. */
  private stepDevice(untilPs: number): StepReply | Promise<StepReply> {
    this.firstArrivalPs = this.arriving.count > 0 ? this.arriving.timePs(0) : Infinity;
    const answer = deviceCall(() => this.port.step(untilPs, this.arriving));
    this.arriving.clear();
    return answer;
  }

  /** The host's part of a quantum, while a device in another process simulates its own. */
  private async runBeside(answer: Promise<StepReply>, untilPs: number): Promise<void> {
    const { control } = this.parts;
    try {
      this.runHost(untilPs);
    } catch (error) {
      // The device answers in its own time; what the testbench threw is what ended the run.
      await control.awaitDevice(answer, 'STEP').catch(() => undefined);
      throw error;
    }
    this.takeReply(await control.awaitDevice(answer, 'STEP'), untilPs);
  }

  private isResetDue(): boolean {
    const { plannedReset } = this.link;
    return plannedReset !== undefined && plannedReset.atPs <= this.parts.kernel.nowPs;
  }

  /** The resets of this time. One takes no time; everything under way in either direction is lost. */
  private async takeResets(): Promise<void> {
    const { control, kernel } = this.parts;
    for (;;) {
      const reset = this.link.plannedReset;
      if (reset === undefined || reset.atPs > kernel.nowPs) return;
      if (reset.atPs < this.deviceNowPs) throw lateReset(reset.atPs, this.deviceNowPs);
      this.takeOutbound();
      const answer = deviceCall(() => this.port.reset(reset.kind));
      if (answer instanceof Promise) await control.awaitDevice(answer, 'RESET');
      this.dropAll();
      this.link.resetDone();
      kernel.runUntil(kernel.nowPs);
    }
  }

  /**
   * End of the next quantum: a look-ahead from now; or, when nothing is under way, from just before the first time at
   * which either side can do anything. No answer to what the host then sends can come within that quantum.
   */
  private nextUntilPs(): number {
    const { kernel, timeLimitPs } = this.parts;
    const resetPs = this.link.plannedReset?.atPs ?? Infinity;
    let fromPs = kernel.nowPs;
    const isSilent = this.upTaken === this.up.count && this.downTaken === this.down.count;
    if (isSilent && this.link.outbound.count === 0) {
      const nextPs = Math.min(kernel.nextEventPs(), this.deviceNextPs, resetPs);
      if (nextPs === Infinity) throw nothingWillHappen(this.parts);
      fromPs = Math.max(fromPs, nextPs - 1);
    }
    if (resetPs <= kernel.nowPs) throw lateReset(resetPs, kernel.nowPs);
    return Math.min(fromPs + this.lookaheadPs, timeLimitPs, stop(this.parts), resetPs);
  }

  /** The host up to `untilPs`, or to where the run phase ended. */
  private runHost(untilPs: number): void {
    const { kernel, control } = this.parts;
    const { up, link } = this;
    while (this.upTaken < up.count && up.timePs(this.upTaken) <= untilPs) {
      const timePs = up.timePs(this.upTaken);
      while (!kernel.runBefore(timePs)) if (control.isDone()) return;
      const bytes = up.bytes(this.upTaken);
      this.upTaken++;
      this.window.add('up', timePs, bytes);
      link.deliver(timePs, bytes);
    }
    if (this.upTaken === up.count) {
      up.clear();
      this.upTaken = 0;
    }
    while (!kernel.runUntil(untilPs)) if (control.isDone()) return;
  }

  /** What left the host is now under way to the device. */
  private takeOutbound(): void {
    const { outbound } = this.link;
    if (outbound.count === 0) return;
    const records = outbound.records();
    this.digest.addDown(outbound.count, records);
    this.window.addRecords('down', records);
    this.down.appendRecords(records, this.lookaheadPs);
    outbound.clear();
  }

  /** What reaches the device until then. */
  private takeArriving(untilPs: number): void {
    const { arriving, down, downTaken } = this;
    let end = downTaken;
    while (end < down.count && down.timePs(end) <= untilPs) end++;
    arriving.appendRecords(down.records(downTaken, end));
    this.downTaken = end;
    if (end === down.count) {
      down.clear();
      this.downTaken = 0;
    }
  }

  /** What left the device is now under way to the host. */
  private takeReply(reply: StepReply, untilPs: number): void {
    const endPs = this.parts.kernel.nowPs;
    const { nowPs, nextPs, tlps } = reply;
    const isLong = untilPs - this.deviceNowPs > this.lookaheadPs;
    const stoppedEarly = isLong && nowPs < untilPs && tlps.count > 0;
    if (nowPs !== untilPs && !(stoppedEarly && nowPs > this.deviceNowPs)) {
      throw protocol(`the answer to a STEP until ${untilPs} ps says now = ${nowPs} ps`, reply);
    }
    if (isLong && tlps.count > 0 && tlps.timePs(0) !== nowPs) {
      throw protocol(
        `a STEP longer than the look-ahead ends at the first TLP sent in it, at ${tlps.timePs(0)} ps, not at now = ${nowPs} ps`,
        reply,
      );
    }
    if (!(nextPs > nowPs)) {
      throw protocol(`next = ${nextPs} ps is not after now = ${nowPs} ps`, reply);
    }
    let lastPs = this.deviceNowPs + 1;
    let taken = 0;
    for (let i = 0; i < tlps.count; i++) {
      const timePs = tlps.timePs(i);
      if (timePs < lastPs || timePs > nowPs) {
        throw protocol(`a TLP left at ${timePs} ps, not in ${lastPs}..${nowPs} ps`, reply);
      }
      // So none of a STEP longer than the look-ahead reaches the host before `untilPs` either: it begins just before `next`.
      if (timePs < this.deviceNextPs && timePs < this.firstArrivalPs) {
        throw protocol(
          `a TLP left at ${timePs} ps, before next = ${this.deviceNextPs} ps, and nothing had arrived`,
          reply,
        );
      }
      lastPs = timePs;
      // The run phase ended before it left: how far the device was ahead depends on where quanta end.
      if (timePs <= endPs) taken++;
    }
    const records = tlps.records(0, taken);
    this.digest.addUp(taken, records);
    this.up.appendRecords(records, this.lookaheadPs);
    this.deviceNowPs = nowPs;
    this.deviceNextPs = nextPs;
  }

  /** A reset: everything under way in either direction is lost. */
  private dropAll(): void {
    this.up.clear();
    this.down.clear();
    this.upTaken = 0;
    this.downTaken = 0;
    this.deviceNextPs = this.deviceNowPs;
  }
}

function lateReset(atPs: number, reachedPs: number): UsageError {
  return new UsageError(
    'late-reset',
    `a reset is planned for ${formatTime(atPs)}, and the device has been simulated to ${formatTime(reachedPs)}`,
    {
      hint: 'The host plans a reset at least one look-ahead of the link ahead of the present time.',
    },
  );
}

function protocol(message: string, reply: StepReply): DutError {
  return new DutError('dut-protocol', message, reply.dump?.() ?? '');
}

/** An in-process device that throws has died: no verdict, and no fault of the testbench. */
export function deviceCall<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof DutError) throw error;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const message = error instanceof Error ? error.message : String(error);
    throw new DutError('dut-died', `the device threw: ${message}`, text);
  }
}
