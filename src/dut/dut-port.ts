// The DUT port: how a testbench reaches a device under test, whatever process it lives in. Source: DUT protocol
// (STEP, RESET, HELLO). It carries TLP bytes and simulated time, and nothing else that a device would not see on a
// link. This file imports nothing, so that the device and the testbench can both know it without knowing each other.

/**
 * A list of TLPs with their times, in order of time. Times are simulated picoseconds and never decrease.
 * `bytes(i)` is a view that is valid until the next `clear()`: copy what is kept.
 */
export interface TlpBatch {
  readonly count: number;
  /** Simulated time of TLP `index`, picoseconds. */
  timePs(index: number): number;
  /** Bytes of TLP `index`. */
  bytes(index: number): Uint8Array;
  /**
   * A view of TLPs `from` (0) to before `to` (`count`) as STEP and the digest of a run list them, valid as those of `bytes`:
   * time (u64), length (u32) and bytes of each, little-endian.
   */
  records(from?: number, to?: number): Uint8Array;
  /** Appends a copy of `bytes`. */
  push(timePs: number, bytes: Uint8Array): void;
  /** Takes all TLPs out. */
  clear(): void;
}

/** Parameters as they travel in HELLO and HELLO_OK: numbers, booleans and strings by name (SRD §1). */
export type DutParams = Readonly<Record<string, number | boolean | string>>;

/** What a testbench says first (DUT protocol, HELLO). */
export interface DutHello {
  readonly params: DutParams;
  /** Decimal text of the run's seed. */
  readonly seed: string;
  /** Link delay in each direction, picoseconds (default 250 000). */
  readonly lookaheadPs: number;
  /** Per mille of time slots in which the link takes nothing from the device, 0..900. */
  readonly stall: number;
}

/** What a device answers to it (DUT protocol, HELLO_OK). */
export interface DutInfo {
  readonly name: string;
  readonly version: string;
  /** The values in effect: every name of SRD §1. */
  readonly params: DutParams;
  /** Optional abilities, such as `trace`; unknown ones are ignored. */
  readonly features: readonly string[];
}

/** What a device answers to STEP (DUT protocol, STEP). */
export interface StepReply {
  /** Simulated time reached: `until`, or the time of the first TLP sent in an idle step longer than the look-ahead. */
  readonly nowPs: number;
  /** Lower bound of the time of the next internal event, later than `nowPs`; Infinity when only a TLP can wake the device. */
  readonly nextPs: number;
  /** TLPs that left the device in (before, nowPs], with the times they left. Valid until the next call. */
  readonly tlps: TlpBatch;
  /** The answer as it came, in hexadecimal, for what is said of a bad one. */
  dump?(): string;
}

/** Which reset of the whole device (DUT protocol, RESET). */
export type ResetKind = 'cold' | 'hot';

/** A device under test. Calls may answer at once (in-process) or with a promise (another process). */
export interface DutPort {
  /**
   * Comes first and once.
   * @throws DutError `dut-fatal` for an unknown parameter name or a value out of range.
   */
  hello(hello: DutHello): DutInfo | Promise<DutInfo>;
  /**
   * Simulates up to `untilPs`. `arriving` holds the TLPs that arrive at the device in (now, untilPs].
   * At most one look-ahead ahead, unless `arriving` is empty and nothing is under way to the device.
   */
  step(untilPs: number, arriving: TlpBatch): StepReply | Promise<StepReply>;
  /** Cold or hot reset; takes no time; everything under way is lost (the caller drops it). */
  reset(kind: ResetKind): void | Promise<void>;
  /** The run is over; `kill` follows. */
  bye(): void | Promise<void>;
  /** Writes waves to `path` (VCD or FST by its ending) from now on; undefined: no more. False: the device cannot. */
  trace?(path: string | undefined): boolean | Promise<boolean>;
  /** Ends the device at once, whatever it is doing; called last in every run, also after `bye`. */
  kill?(): void | Promise<void>;
  /** What the device has said of itself beside the protocol, for the report; empty: nothing. */
  spoken?(): DutWords;
}

/** Text of a device in another process; it depends on the machine, and never decides anything. */
export interface DutWords {
  /** The last of its LOG frames, one line each. */
  readonly log: string;
  /** The last 4 KiB of its standard error. */
  readonly standardError: string;
  /** In hexadecimal, what has come of an answer that is not whole; empty: nothing. */
  readonly unfinished: string;
}

/** A reset that the testbench has planned. */
export interface PlannedReset {
  readonly kind: ResetKind;
  /** At least one look-ahead after the time at which it was asked for, picoseconds: the device may be ahead so far. */
  readonly atPs: number;
}

/** The testbench's end of the link, as the run loop drives it. */
export interface HostLinkPort {
  /** TLPs with the times they left the host; the run loop takes and clears them. */
  readonly outbound: TlpBatch;
  /** A TLP from the device arrives now (kernel time `timePs`), before all other events of that time. */
  deliver(timePs: number, bytes: Uint8Array): void;
  /** The next reset, until it has happened. */
  readonly plannedReset: PlannedReset | undefined;
  /** The planned reset has happened, now; the testbench goes on. */
  resetDone(): void;
}

/** How a device gave no verdict: it ended, did not answer, broke the protocol, or gave up. */
export type DutErrorCode = 'dut-died' | 'dut-hung' | 'dut-protocol' | 'dut-fatal';

/** The device gave no verdict (DUT protocol, last table): ERROR, never FAIL. */
export class DutError extends Error {
  readonly code: DutErrorCode;
  /** What is known beside the message: exit status, standard error, offending bytes. */
  readonly detail: string;

  constructor(code: DutErrorCode, message: string, detail = '') {
    super(message);
    this.name = 'DutError';
    this.code = code;
    this.detail = detail;
  }
}
