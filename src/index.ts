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
export { all, any, choose, literal, sum } from '#solver/builder';
export { type ArrayExpr } from '#solver/array-expression';
export { type BrokenConstraint, type CheckResult } from '#solver/check-values';
export {
  before,
  compute,
  disableSoft,
  solveFirst,
  unique,
  type Constraint,
} from '#solver/constraint';
export { flag, int, mix, oneOf, span, spans, uint, type Domain } from '#solver/domain';
export { type Marginal } from '#solver/field-marginals';
export { setSolverLimits, type SolverLimits } from '#solver/limits';
export { arrayOf, bytesOf, cyclic, nested, wide, wideInt, wideSpan } from '#solver/field-domain';
export { rand, type RandomClass } from '#solver/random-class';
export { randCase, type WeightedAction } from '#solver/random-case';
export { type Randomized } from '#solver/random-instance';
export { staticBlock } from '#solver/random-modes';
export { randomizeValues, type ValuesOf } from '#solver/randomize-values';
export { share, shareRest, weigh } from '#solver/weights';
export {
  anyOf,
  auto,
  each,
  filter,
  ignore,
  illegal,
  otherwise,
  otherwiseSteps,
  split,
  when,
  wildcard,
} from '#cover/bins';
export { goto, nonconsecutive, repeat, steps } from '#cover/transitions';
export { binsof, not, valuesWhere, type Selection } from '#cover/cross-select';
export { CoverageDb } from '#cover/coverage-db';
export { Covergroup } from '#cover/covergroup';
export {
  type GroupOptions,
  type ItemOptions,
  type PointOptions,
  type TypeOptions,
} from '#cover/covergroup-options';
export { getCoverage } from '#cover/group-coverage';
export {
  intelligent,
  type IntelligentCoverage,
  type IntelligentOptions,
} from '#cover/intelligent-coverage';
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
export type {
  CommandArgument,
  CommandCall,
  CommandEntry,
  CommandIo,
  CommandOption,
  CommandTarget,
} from '#run/command-entry';
export type { ReportFile, ReportWriter, RuleInfo } from '#record/report-writer';
export { executeRun } from '#run/execute-run';
export type { RunSpec } from '#run/run-spec';
export { Agent, isActiveAgent } from '#uvm/agent';
export { Barrier } from '#uvm/barrier';
export { addCallback, callbackList, callbackPoint, callbacksOf } from '#uvm/callbacks';
export type { CallbackList, CallbackOptions } from '#uvm/callback-list';
export { Component, type ComponentClass, type ComponentParent } from '#uvm/component';
export { type TransactionFields } from '#uvm/comparing-component';
export {
  AlgorithmicComparator,
  COMPARATOR_RULES,
  InOrderComparator,
  type ComparatorRules,
  type ComparedPair,
} from '#uvm/comparator';
export { ConfigDb, configKey, type ConfigKey, type ConfigView } from '#uvm/config-db';
export type { UnreadSetting } from '#uvm/config-explain';
export { ARBITRATIONS, type Arbitration } from '#uvm/arbitration';
export { defaultSequence, type DefaultSequence } from '#uvm/default-sequence';
export { Driver } from '#uvm/driver';
export { Env } from '#uvm/env';
export { Factory, type ProductUse } from '#uvm/factory';
export { HoleSolver, type Hole, type UnreachableHole } from '#uvm/hole-solver';
export { field, type Difference, type FieldKind, type FieldPolicy } from '#uvm/field-kinds';
export {
  InOrderScoreboard,
  OutOfOrderScoreboard,
  SCOREBOARD_RULES,
  type ScoreboardRules,
} from '#uvm/matching-scoreboard';
export { Monitor } from '#uvm/monitor';
export type { ObjectionEvent, Objector } from '#uvm/objection-tree';
export { Objections, type Objection } from '#uvm/objections';
export { fields, ObjectFields, type FieldTable, type PrintOptions } from '#uvm/object-fields';
export { operation, type Operation, type RunningOperation } from '#uvm/operation';
export {
  Phase,
  PHASES,
  type PhaseChange,
  type PhaseListener,
  type PhaseName,
  type PhaseState,
} from '#uvm/phase';
export type { RuntimePhaseName, TaskPhaseName } from '#uvm/phase-table';
export { Phases } from '#uvm/phases';
export {
  play,
  replayOperations,
  type OperationTable,
  type PlannedOperation,
  type PlayOptions,
} from '#uvm/play';
export { Port, type PortOptions, type PortRole } from '#uvm/port';
export {
  AnalysisImp,
  AnalysisPort,
  BlockingGetPeekPort,
  BlockingGetPort,
  BlockingPeekPort,
  BlockingPutPort,
  BlockingTransportPort,
  GetPeekPort,
  GetPort,
  MasterPort,
  NonblockingGetPeekPort,
  NonblockingGetPort,
  NonblockingPeekPort,
  NonblockingPutPort,
  NonblockingTransportPort,
  PeekPort,
  PutPort,
  SlavePort,
  TransportPort,
} from '#uvm/ports';
export type {
  AnalysisExport,
  BlockingGetExport,
  BlockingGetPeekExport,
  BlockingPeekExport,
  BlockingPutExport,
  BlockingTransportExport,
  GetExport,
  GetPeekExport,
  MasterExport,
  NonblockingGetExport,
  NonblockingGetPeekExport,
  NonblockingPeekExport,
  NonblockingPutExport,
  NonblockingTransportExport,
  PeekExport,
  PutExport,
  SlaveExport,
  TransportExport,
} from '#uvm/tlm-interfaces';
export { barrierPool, eventPool, Pool } from '#uvm/pool';
export { ReportCatcher, type CatchResult, type CaughtReport } from '#uvm/report-catcher';
export {
  ACTION,
  FatalReport,
  formatReport,
  ReportServer,
  VERBOSITY,
  type Message,
  type ReportMessage,
  type ReportOptions,
  type Severity,
  type Verbosity,
} from '#uvm/report-server';
export type { ReportSettings } from '#uvm/report-settings';
export type { PrintFormat } from '#uvm/print-rows';
export {
  ACCESS_POLICIES,
  type AccessName,
  type AccessPolicy,
  type MapRights,
} from '#uvm/registers/access-policy';
export { AccessSequence, SharedAccessSequence } from '#uvm/registers/access-sequence';
export { BitBashSequence } from '#uvm/registers/bit-bash-sequence';
export { HwResetSequence } from '#uvm/registers/hw-reset-sequence';
export { MemoryAccessSequence, MemoryWalkSequence } from '#uvm/registers/memory-sequences';
export type { AccessStatus, ReadResult } from '#uvm/registers/read-result';
export type {
  AccessOptions,
  MirrorOptions,
  RegisterAccess,
  RegisterCallbacks,
} from '#uvm/registers/register-access';
export type { RegisterAttribute, RegisterAttributes } from '#uvm/registers/register-attributes';
export { RegisterBlock, RegisterFile } from '#uvm/registers/register-block';
export {
  RegisterAdapter,
  RegisterBusOp,
  sequenceFrontDoor,
  SequencerFrontDoor,
  type AccessPath,
  type FrontDoorSequence,
  type MemoryBackDoor,
  type RegisterBackDoor,
  type RegisterBus,
  type UserFrontDoor,
} from '#uvm/registers/register-bus';
export { REGISTER_RULES, type RegisterRuleKey } from '#uvm/registers/register-checks';
export { RegisterCoverage, type RegisterCoverageOptions } from '#uvm/registers/register-coverage';
export type {
  FieldSpec,
  RegisterField,
  ResetKind,
  ResetValues,
} from '#uvm/registers/register-field';
export type { FrontDoorOptions, MapSpec, RegisterMap } from '#uvm/registers/register-map';
export type { MemorySpec, RegisterMemory } from '#uvm/registers/register-memory';
export { RandomAccessSequence } from '#uvm/registers/random-access-sequence';
export { RegisterObserver, type PendingRead } from '#uvm/registers/register-observer';
export { RegisterPredictor } from '#uvm/registers/register-predictor';
export { printRegisters } from '#uvm/registers/register-print';
export {
  RegisterTestReport,
  RegisterTestSequence,
  type RegisterTestRow,
  type RegisterTestSubject,
} from '#uvm/registers/register-test-sequence';
export type {
  PredictedAccess,
  PredictOptions,
  Register,
  RegisterSpec,
} from '#uvm/registers/register';
export type { Value, Word } from '#uvm/registers/word';
export { defineRules, RuleBook, type Failure, type Rule, type RuleSet } from '#uvm/rules';
export { PushDriver, PushSequencer, type ItemSink } from '#uvm/push-driver';
export type { Request } from '#uvm/request';
export { Scoreboard } from '#uvm/scoreboard';
export { Semaphore } from '#uvm/semaphore';
export { SequenceItem, type ItemClass, type ItemDefinition } from '#uvm/sequence-item';
export { Sequence } from '#uvm/sequence';
export {
  SequenceBase,
  type SequenceArgs,
  type SequenceClass,
  type SequencerOf,
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
export { Testbench, type TestbenchOptions } from '#uvm/testbench';
export { RequestResponseChannel, TransportChannel } from '#uvm/tlm-channel';
export { AnalysisFifo, TlmFifo } from '#uvm/tlm-fifo';
export { TranslatorSequence } from '#uvm/translator-sequence';
export { UvmEvent, type UvmEventCallback } from '#uvm/uvm-event';
export { VirtualSequence, VirtualSequencer } from '#uvm/virtual-sequence';
export type { OperationRecord, Outcome } from '#record/operation-log';
export type { RunRecord, Verdict } from '#record/run-record';
