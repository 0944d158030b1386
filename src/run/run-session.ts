// One run as it goes on, from its parameters to its record. Source: design decisions 1, 8 and 9; DUT protocol.
//
//   draw parameters -> open the device, HELLO -> bind, build -> run phase -> extract, check, report -> record
//
// After the first broken rule the run goes on for a while, so that its consequences are seen; it then stops. Nothing that
// the wall clock says reaches the record, but for the limits that end a run without a verdict.
import { assert, UsageError } from '#base/assert';
import { parseDutAddress } from '#dut/dut-address';
import { DutError, type DutInfo, type DutParams, type DutPort, type DutWords } from '#dut/dut-port';
import { channelTo } from '#dut/open-channel';
import { DEFAULT_LOOKAHEAD_PS } from '#dut/frame';
import { RemoteDevice } from '#dut/remote-device';
import { cleanText } from '#record/clean-text';
import { operationsByLane } from '#record/operation-log';
import type { ErrorRecord, FailureRecord, RunRecord } from '#record/run-record';
import { RUN_SCHEMA } from '#record/run-record';
import { replayOperations } from '#uvm/play';
import { isMisuse, severityWord, type FatalReport } from '#uvm/report-message';
import {
  VERBOSITY,
  type ReportMessage,
  type ReportServer,
  type Severity,
} from '#uvm/report-server';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';
import { AnswerLimit, TIMER_MAX_MS } from './answer-limit.ts';
import {
  deviceEntry,
  limitsOf,
  noModel,
  profileParameters,
  testEntry,
  type DeviceEntry,
  type RidgelineConfig,
  type RunContext,
  type RunLimits,
  type TestEntry,
} from './config.ts';
import { LinkDigest } from './link-digest.ts';
import { deviceCall, QuantumLoop, runHostOnly, type LoopControl } from './quantum-loop.ts';
import { RunError } from './run-error.ts';
import { isOutside, replayCommand, type RunSpec } from './run-spec.ts';
import { stallOf } from './stall.ts';
import { TlpWindow, type WindowTlp } from './tlp-window.ts';
import { errorRecord, fatalReportOf, misuseRecord, verdictOf } from './verdict.ts';
import { windowRecord } from './window-record.ts';

/** Simulated time that a run goes on after its first failure, picoseconds. */
export const AFTER_FAILURE_PS = 100_000_000;
/** Failures, repeated ones included, after which a run stops at once. */
export const RUN_FAILURES_MAX = 50;
/** LOG frames of a device that are printed. */
const LOG_LINES_MAX = 1000;
const WINDOW_TLPS_MAX = 4096;
const QUANTA_PER_CLOCK_CHECK = 16;

export interface RunHooks {
  /** Gets each report of the testbench as it is displayed, with its line. */
  readonly onReport?: (message: ReportMessage, line: string) => void;
  /** Gets what a device in another process logs, one line. */
  readonly onDeviceLog?: (line: string) => void;
  /** Told the process group of a device that is started, and undefined when it has gone. */
  readonly onDeviceProcess?: (pid: number | undefined) => void;
}

/** The run as it goes on: implements what the loop asks of it. */
export class RunSession implements LoopControl {
  private readonly config: RidgelineConfig;
  private readonly spec: RunSpec;
  private readonly hooks: RunHooks;
  private readonly answerLimit: AnswerLimit;
  private readonly test: TestEntry;
  private readonly device: DeviceEntry;
  private readonly limits: RunLimits;
  private readonly lookaheadPs: number;
  private readonly stall: number | undefined;
  private readonly digest = new LinkDigest();
  private readonly window = new TlpWindow();
  private readonly top: Testbench;
  private readonly startedMs = Date.now();
  private quanta = 0;
  private runner: TestRunner | undefined;
  private info: DutInfo | undefined;
  /** Parameters as asked for, until the device says what it has. */
  private asked: DutParams = {};
  private skipReason: string | undefined;
  private error: ErrorRecord | null = null;
  /** The report that ended the run, if one did. */
  private fatal: FatalReport | undefined;
  private firstFailurePs = Infinity;
  private logLines = 0;
  private words: DutWords | undefined;
  private windowTlps: WindowTlp[] | undefined;

  constructor(config: RidgelineConfig, spec: RunSpec, hooks: RunHooks) {
    this.config = config;
    this.spec = spec;
    this.hooks = hooks;
    this.answerLimit = new AnswerLimit(spec.dutTimeoutSeconds);
    this.test = testEntry(config, spec.test);
    this.device = deviceEntry(config, spec.device);
    this.limits = limitsOf(config, this.test, spec);
    this.lookaheadPs = config.lookaheadPs ?? DEFAULT_LOOKAHEAD_PS;
    this.top = new Testbench({ runSeed: spec.seed, verbosity: spec.verbosity ?? 0 });
    this.stall = stallOf(spec);
    if (hooks.onReport !== undefined) this.top.reports.sink = hooks.onReport;
    for (const rules of config.rules) this.top.rules.register(rules);
  }

  async run(): Promise<void> {
    let port: DutPort | undefined;
    // Nobody looks at the clock while a device in another process has its time for an answer.
    const wallMs = Math.min(this.limits.wallSeconds * 1000, TIMER_MAX_MS);
    const wallTimer = setTimeout(() => this.answerLimit.giveUpWith(this.endless()), wallMs);
    try {
      const asked = this.contextBefore();
      this.asked = asked.parameters;
      port = this.open(asked);
      if (port !== undefined) this.info = await this.hello(port, asked);
      const context: RunContext =
        this.info === undefined
          ? asked
          : { ...asked, parameters: this.info.params, dut: this.info };
      if (port !== undefined && this.spec.trace !== undefined) {
        await this.trace(port, this.spec.trace);
      }
      this.skipReason = this.test.needs?.(context.parameters);
      if (this.skipReason === undefined) await this.simulate(port, context);
    } catch (thrown) {
      this.noteFirstFailure();
      this.error = errorRecord(thrown);
      this.fatal = fatalReportOf(thrown);
    }
    clearTimeout(wallTimer);
    if (this.runner !== undefined) this.summarizeReports();
    await this.close(port);
    this.words = port?.spoken?.();
    if (this.error?.code === 'dut-hung' && this.words !== undefined) {
      // An answer that was begun tells more than none.
      this.error = { ...this.error, detail: this.words.unfinished };
    }
  }

  // --- LoopControl ---

  isDone(): boolean {
    assert(this.runner !== undefined, 'the loop runs a test');
    return this.runner.isRunDone;
  }

  stopAtPs(): number {
    this.noteFirstFailure();
    if (this.top.rules.failureCount >= RUN_FAILURES_MAX) return 0;
    return this.firstFailurePs + AFTER_FAILURE_PS;
  }

  checkWallClock(): void {
    if (++this.quanta % QUANTA_PER_CLOCK_CHECK !== 0) return;
    if (Date.now() - this.startedMs >= this.limits.wallSeconds * 1000) throw this.endless();
  }

  objectors(): string[] {
    return this.runner?.objectors() ?? [];
  }

  explain(): string[] {
    return this.runner?.explainHang() ?? [];
  }

  awaitDevice<T>(answer: Promise<T>, request: string): Promise<T> {
    return this.answerLimit.within(answer, request);
  }

  private endless(): RunError {
    const { wallSeconds } = this.limits;
    const why = isOutside(this.spec.dut) ? '; --run-timeout gives a slow device more' : '';
    return new RunError(
      'run-hung',
      `no end after ${wallSeconds} s of wall-clock time${why}`,
      this.explain().join('\n'),
    );
  }

  // --- steps ---

  private open(asked: RunContext): DutPort | undefined {
    const { dut, device, dutTimeoutSeconds } = this.spec;
    if (!isOutside(dut)) {
      if (this.device.isOutside === true) throw noModel(device);
      return deviceCall(() => this.device.open?.(asked));
    }
    const { onDeviceLog, onDeviceProcess } = this.hooks;
    return new RemoteDevice({
      open: channelTo(parseDutAddress(dut), { onProcess: onDeviceProcess, dutTimeoutSeconds }),
      onLog: ({ level, text }) => {
        this.logLines++;
        if (this.logLines <= LOG_LINES_MAX) onDeviceLog?.(`DUT ${level}: ${text}`);
        else if (this.logLines === LOG_LINES_MAX + 1) onDeviceLog?.('DUT: … more is not shown');
      },
    });
  }

  /** The parameters asked for: `--param` over `--profile` over what the seed draws. */
  private contextBefore(): RunContext {
    const { spec, test, config } = this;
    const drawn = test.drawParameters?.(this.top.streams.stream('run', 'parameters')) ?? {};
    return {
      test: spec.test,
      seed: spec.seed,
      fault: spec.fault ?? undefined,
      parameters: { ...drawn, ...profileParameters(config, spec.profile), ...spec.parameters },
      lookaheadPs: this.lookaheadPs,
      dut: undefined,
    };
  }

  private async hello(port: DutPort, { parameters }: RunContext): Promise<DutInfo> {
    const { lookaheadPs, stall = 0 } = this;
    const hello = { params: parameters, seed: String(this.spec.seed), lookaheadPs, stall };
    const answer = deviceCall(() => port.hello(hello));
    const info = answer instanceof Promise ? await this.awaitDevice(answer, 'HELLO') : answer;
    const wrong = this.config.checkDeviceParameters?.(info.params);
    if (wrong === undefined) return info;
    throw new DutError(
      'dut-protocol',
      `the parameters of HELLO_OK: ${wrong}`,
      JSON.stringify(info),
    );
  }

  /** Waves on, or off; a device without them is told of, and runs all the same. */
  private async trace(port: DutPort, path: string | undefined): Promise<void> {
    const answer = deviceCall(() => port.trace?.(path)) ?? false;
    const isWritten = answer instanceof Promise ? await this.awaitDevice(answer, 'TRACE') : answer;
    if (isWritten || path === undefined) return;
    this.hooks.onDeviceLog?.('DUT warning: no waves: this device does not write any (TRACE)');
  }

  private async simulate(port: DutPort | undefined, context: RunContext): Promise<void> {
    const { top, lookaheadPs } = this;
    const link = this.device.bind(top, context) ?? undefined;
    if ((port === undefined) !== (link === undefined)) {
      throw new UsageError(
        'bad-config',
        `device '${this.spec.device}' gives ${port === undefined ? 'a link but no DUT port' : 'a DUT port but no link'}`,
        { hint: 'open() and bind() of a device return something both, or neither.' },
      );
    }
    if (this.spec.operations !== undefined) {
      top.config.set('**', replayOperations, operationsByLane(this.spec.operations));
    }
    const runner = new TestRunner(top, this.test.test);
    this.runner = runner;
    runner.elaborate();
    runner.startRun();
    const parts = { kernel: top.kernel, control: this, timeLimitPs: this.limits.timePs };
    try {
      if (port === undefined || link === undefined) runHostOnly(parts);
      else {
        const seen = { digest: this.digest, window: this.window };
        await new QuantumLoop(parts, { port, link, lookaheadPs }, seen).run();
      }
    } finally {
      runner.endRun();
    }
    this.noteFirstFailure();
    runner.finish();
    this.noteFirstFailure();
  }

  /** UVM's summaries, after whatever ended the run; at the default verbosity the verdict alone is said. */
  private summarizeReports(): void {
    if ((this.spec.verbosity ?? 0) >= VERBOSITY.MEDIUM) this.top.reports.reportSummary();
  }

  private noteFirstFailure(): void {
    if (this.firstFailurePs !== Infinity || this.top.rules.firstFailure === undefined) return;
    this.firstFailurePs = this.top.kernel.nowPs;
    this.windowTlps = this.window.last(WINDOW_TLPS_MAX);
  }

  private async close(port: DutPort | undefined): Promise<void> {
    if (port === undefined) return;
    try {
      // One that is dead, or late with an answer, takes no BYE.
      const { code = '' } = this.error ?? {};
      if (!code.startsWith('dut-') && code !== 'run-hung') {
        if (this.spec.trace !== undefined) await this.trace(port, undefined);
        const answer = deviceCall(() => port.bye());
        if (answer instanceof Promise) await this.awaitDevice(answer, 'BYE, or end,');
      }
    } catch (thrown) {
      this.error ??= errorRecord(thrown);
    }
    this.answerLimit.stop();
    await port.kill?.();
  }

  // --- record ---

  record(): RunRecord {
    const { top, spec, info, config, words } = this;
    const failures = this.failures();
    const error = this.errorBeside(failures);
    const verdict = verdictOf(failures, error, this.skipReason);
    const isPass = verdict === 'PASS';
    const tlps = isPass ? [] : (this.windowTlps ?? this.window.last(WINDOW_TLPS_MAX));
    return {
      schema: RUN_SCHEMA,
      test: spec.test,
      seed: spec.seed,
      verdict,
      device: {
        name: info?.name ?? spec.dut ?? spec.device,
        version: info?.version ?? '',
        dut: spec.dut ?? spec.device,
        ...(isOutside(spec.dut) && { binding: spec.device }),
        ...(this.stall !== undefined && { stall: this.stall }),
        parameters: info?.params ?? this.asked,
        fault: spec.fault,
      },
      code: spec.code,
      swarm: top.swarm,
      digests: { tlp: this.digest.digestHex(), draws: top.streams.drawsDigest() },
      counts: {
        tlpsUp: this.digest.tlpsUp,
        tlpsDown: this.digest.tlpsDown,
        timePs: top.kernel.nowPs,
        operations: top.operations.count,
      },
      failures,
      error,
      ...(verdict === 'SKIP' && { skipReason: this.skipReason ?? '' }),
      evaluations: top.rules.evaluations(),
      coverage: top.coverage.record(),
      operations: top.operations.records(),
      window: windowRecord(tlps, failures, config.tlps),
      ...logRecord(top.reports),
      replay: replayCommand(spec, Object.keys(config.devices)[0]),
      wall: { seconds: (Date.now() - this.startedMs) / 1000, ...(!isPass && wordsRecord(words)) },
    };
  }

  /** Broken rules, then what the testbench itself reported as error or fatal. */
  private failures(): FailureRecord[] {
    const { rules, reports } = this.top;
    const broken = rules.failures.map((failure) => ({ ...failure }));
    const ids = new Set(broken.map(({ rule }) => rule)); // each is reported as an error, too
    const reported = reports.messages
      .filter(({ severity, id }) => isFailure(severity) && !isMisuse(id) && !ids.has(id))
      .map(({ severity, timePs, path, context, id, text }) => ({
        rule: severityWord(severity),
        timePs,
        path: context === '' ? path : `${path}@@${context}`,
        subject: id,
        expected: 'no report of severity error or fatal',
        seen: text,
        count: 1,
      }));
    return [...broken, ...reported];
  }

  /** What kept the run from its end, or makes it worthless; a report that stands among the failures is not said again. */
  private errorBeside(failures: readonly FailureRecord[]): ErrorRecord | null {
    const { fatal } = this;
    const isSaid = fatal !== undefined && failures.some(({ subject }) => subject === fatal.code);
    if (this.error !== null && !isSaid) return this.error;
    const misuse = this.top.reports.messages.find(
      ({ severity, id }) => isFailure(severity) && isMisuse(id),
    );
    return misuse === undefined ? null : misuseRecord(misuse);
  }
}

function isFailure(severity: Severity): boolean {
  return severity === 'error' || severity === 'fatal';
}

/** What a device in another process said, if it did. */
function wordsRecord(words: DutWords | undefined): Record<string, string> {
  const { log = '', standardError = '' } = words ?? {};
  return {
    ...(log !== '' && { deviceLog: cleanText(log) }),
    ...(standardError !== '' && { deviceStandardError: cleanText(standardError) }),
  };
}

/** Report files by name, if there are any. */
function logRecord({ logs }: ReportServer): Pick<RunRecord, 'logs'> {
  if (logs.size === 0) return {};
  return {
    logs: Object.fromEntries([...logs].map(([name, log]) => [name, cleanText(log.text())])),
  };
}
