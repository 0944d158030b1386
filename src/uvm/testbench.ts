// Testbench: what one run owns. There is no global state: everything is reached from here. Source:
// design decision 11.
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import { CoverageDb } from '#cover/coverage-db';
import type { IllegalHit } from '#cover/coverpoint';
import { Kernel } from '#kernel/kernel';
import { Streams } from '#random/streams';
import { OperationLog } from '#record/operation-log';
import type { ParamValue } from '#record/run-record';
import { ConfigDb } from './config-db.ts';
import { Factory } from './factory.ts';
import type { Component } from './component.ts';
import type { Objections } from './objections.ts';
import { RunningOperation } from './operation.ts';
import { Phases } from './phases.ts';
import { ReportServer, type ReportOptions } from './report-server.ts';
import { RuleBook, defineRules, failureText } from './rules.ts';
import type { SequenceArgs, SequenceBase, SequenceClass, SequencerOf } from './sequence-base.ts';

/** Entered when an illegal bin is hit, not before: without a hit there is nothing to evaluate. */
export const COVERAGE_RULES = defineRules({
  illegalBin: ['COV-ILLEGAL', 'no illegal bin of a covergroup is hit', 'semantics §3', 'coverage'],
});

/** How a testbench is made: its seed, its reports, and what it shares with the run. */
export interface TestbenchOptions extends ReportOptions {
  /** Unsigned integer below 2^53. */
  readonly runSeed: number;
}

/**
 * What one run owns: kernel, streams, configuration, reports, factory, rules, coverage, operations, phases. There is
 * no global state; two testbenches know nothing of each other (design decision 11).
 */
export class Testbench {
  /** Simulated time and processes. */
  readonly kernel: Kernel;
  /** Where all random streams of the run come from. */
  readonly streams: Streams;
  /** The configuration; its own view is the top of the hierarchy. */
  readonly config: ConfigDb;
  /** Carries out and counts all reports. */
  readonly reports: ReportServer;
  /** Decides what is created where something is asked for by type. */
  readonly factory: Factory;
  /** All rules, their evaluations and failures. */
  readonly rules: RuleBook;
  /** The covergroups of the run; an illegal bin that is hit breaks rule COV-ILLEGAL. */
  readonly coverage: CoverageDb;
  /** What was played, for the record of the run. */
  readonly operations: OperationLog;
  /** The phases, by name. */
  readonly phases: Phases;
  /** The test, from the start of its build phase on; set by the test runner. */
  top: Component | undefined = undefined;
  /**
   * What the run drew for itself before the first operation, by name: goes to its record (design
   * decision 9).
   */
  readonly swarm: Record<string, ParamValue> = {};
  /** The phases that take time are over: what is killed now was not killed by mistake. */
  isEnding = false;

  constructor(options: TestbenchOptions) {
    this.kernel = new Kernel();
    this.streams = new Streams(options.runSeed);
    this.reports = new ReportServer(this.kernel, options);
    this.reports.onExit = (fatal) => this.kernel.endWith(fatal);
    this.config = new ConfigDb(this.reports);
    this.factory = new Factory(this.reports);
    this.rules = new RuleBook(this.kernel);
    this.rules.onNewFailure = (failure, { sentence }) =>
      this.reports.report('error', failure.path, failure.rule, () =>
        failureText(failure, sentence),
      );
    this.coverage = new CoverageDb();
    this.coverage.onIllegal((hit) => this.failIllegalBin(hit));
    this.operations = new OperationLog();
    this.phases = new Phases(this);
  }

  /** Objections to the end of the run phase; those of another phase: `phases.get('main').objections`. */
  get objections(): Objections {
    return this.phases.get('run').objections;
  }

  /** The operation for which the running process works, if any. */
  get currentOperation(): RunningOperation | undefined {
    const context = this.kernel.current?.context;
    return context instanceof RunningOperation ? context : undefined;
  }

  /** Makes a sequence by the factory and assigns its fields. @throws UsageError `unknown-field`. */
  createSequence<S extends SequenceBase>(
    sequenceClass: SequenceClass<S>,
    sequencer: SequencerOf<S>,
    args?: SequenceArgs<S>,
  ): S {
    const { fullPath } = sequencer;
    const resolved = this.factory.resolve(sequenceClass, `${fullPath}.${sequenceClass.name}`);
    const sequence = new resolved();
    for (const key of Object.keys(args ?? {})) {
      if (key in sequence) continue;
      const known = suggest(key, Object.keys(sequence));
      throw new UsageError('unknown-field', `${sequence.name} has no field '${key}'${known}`, {
        path: fullPath,
      });
    }
    return Object.assign(sequence, args);
  }

  private failIllegalBin(hit: IllegalHit): void {
    const { illegalBin } = this.rules.evaluator(COVERAGE_RULES, hit.group);
    illegalBin.holds(false);
    illegalBin.fail({
      subject: `${hit.type}.${hit.item} bin ${hit.bin}`,
      expected: 'never hit',
      seen: hit.value,
    });
  }
}
