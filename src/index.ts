// The framework, as a testbench imports it: `import { … } from 'ridgeline'`. It knows no PCIe.
// Source: design, "Rooms".
export { AssertionError, UsageError } from '#base/assert';
export { RandomStream, type RandomState } from '#random/random-stream';
export { Streams } from '#random/streams';
export { Kernel, type TimedCallback } from '#kernel/kernel';
export {
  ProcessError,
  SimEvent,
  type Process,
  type ProcessHandle,
  type Wait,
} from '#kernel/process';
export { formatTime, ms, ns, us } from '#kernel/time';
export { delay, fork, join, untilTime, waitAll, waitAny } from '#kernel/wait';
export {
  all,
  any,
  literal,
  share,
  solveFirst,
  sum,
  unique,
  weigh,
  type Constraint,
} from '#solver/builder';
export { flag, int, mix, oneOf, span, spans, uint, type Domain } from '#solver/domain';
export { rand, type RandomClass, type Randomized } from '#solver/random-class';
export { anyOf, each, ignore, illegal, otherwise, split, steps } from '#cover/bins';
export { CoverageDb } from '#cover/coverage-db';
export { Covergroup } from '#cover/covergroup';
export { mergeCoverage } from '#cover/merge';
export { summarizeCoverage } from '#cover/summary';
export {
  defineConfig,
  type DeviceEntry,
  type FaultInfo,
  type ParameterInfo,
  type RidgelineConfig,
  type RunContext,
  type TestEntry,
  type TlpPrinter,
} from '#run/config';
export type { ReportFile, ReportWriter, RuleInfo } from '#record/report-writer';
export { executeRun } from '#run/execute-run';
export type { RunSpec } from '#run/run-spec';
export { Agent, isActiveAgent } from '#uvm/agent';
export { Component, type ComponentClass, type ComponentParent } from '#uvm/component';
export { ConfigDb, configKey, type ConfigKey, type ConfigView } from '#uvm/config-db';
export { ARBITRATIONS, type Arbitration } from '#uvm/arbitration';
export { defaultSequence, type DefaultSequence, type TimedPhaseName } from '#uvm/default-sequence';
export { Driver } from '#uvm/driver';
export { Env } from '#uvm/env';
export { Factory } from '#uvm/factory';
export { Monitor } from '#uvm/monitor';
export { Objections, type Objection } from '#uvm/objections';
export { operation, type Operation, type RunningOperation } from '#uvm/operation';
export { Phase, PHASES } from '#uvm/phase';
export { play, replayOperations, type PlannedOperation, type PlayOptions } from '#uvm/play';
export { AnalysisPort, GetPort, PeekPort, PutPort, type AnalysisExport } from '#uvm/ports';
export {
  FatalReport,
  formatReport,
  ReportServer,
  VERBOSITY,
  type ReportMessage,
} from '#uvm/report-server';
export { defineRules, RuleBook, type Failure, type Rule, type RuleSet } from '#uvm/rules';
export { PushDriver, PushSequencer, type ItemSink } from '#uvm/push-driver';
export type { Request } from '#uvm/request';
export { Scoreboard } from '#uvm/scoreboard';
export { SequenceItem } from '#uvm/sequence-item';
export { Sequence } from '#uvm/sequence';
export {
  SequenceBase,
  type SequenceArgs,
  type SequenceClass,
  type SequenceState,
  type StartOptions,
} from '#uvm/sequence-base';
export {
  SequenceLibrary,
  sequenceLibraryConfig,
  type LibrarySelection,
  type SequenceLibraryConfig,
} from '#uvm/sequence-library';
export { Sequencer } from '#uvm/sequencer';
export { Subscriber } from '#uvm/subscriber';
export { Test } from '#uvm/test';
export { TestRunner } from '#uvm/test-runner';
export { Testbench } from '#uvm/testbench';
export { TlmFifo } from '#uvm/tlm-fifo';
export { TranslatorSequence } from '#uvm/translator-sequence';
export { VirtualSequence, VirtualSequencer } from '#uvm/virtual-sequence';
export type { OperationRecord, Outcome } from '#record/operation-log';
export type { RunRecord, Verdict } from '#record/run-record';
