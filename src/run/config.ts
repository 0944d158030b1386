// What the command runs: tests, devices, rules, reports, parameters. Source: design, rooms (`ridgeline.config.ts`) and
// "Parameters". A project writes one file that exports `defineConfig({…})` as its default; workers import the same file.
//
//   export default defineConfig({
//     tests: { random: { test: RandomTest, seeds: 100 } },
//     devices: { model: { faults: ALU_FAULTS, bind: (top, run) => top.config.set('**', aluBus, new AluModel(run.fault)) } },
//     rules: [ALU_RULES],
//     reports: [consoleReport(), junitReport(), jsonReport()],
//   });
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import type { DutInfo, DutParams, DutPort, HostLinkPort } from '#dut/dut-port';
import type { RandomStream } from '#random/random-stream';
import type { ReportWriter } from '#record/report-writer';
import type { ComponentClass } from '#uvm/component';
import type { RuleSet } from '#uvm/rules';
import type { Test } from '#uvm/test';
import type { Testbench } from '#uvm/testbench';
import type { CommandEntry } from './command-entry.ts';
import { checkConfig } from './config-check.ts';

/** What one run is about to do; given to devices and tests. */
export interface RunContext {
  /** Name of the test in the configuration. */
  readonly test: string;
  /** The seed of the run, 0..2^53-1. */
  readonly seed: number;
  /** Name of the planted fault of the device, if any. */
  readonly fault: string | undefined;
  /** Before HELLO: as asked for. Afterwards: as the device has them. */
  readonly parameters: DutParams;
  /** Delay of the link in each direction, picoseconds. */
  readonly lookaheadPs: number;
  /** What the device said of itself; undefined before HELLO and without a DUT port. */
  readonly dut: DutInfo | undefined;
}

/** A test of the configuration. */
export interface TestEntry {
  readonly test: ComponentClass<Test>;
  /** Runs in a regression that does not say `--seeds`. */
  readonly seeds: number;
  /** One sentence for `ridgeline list tests`. */
  readonly summary?: string;
  /** Why the device as it is cannot serve the test (the run is a SKIP), or undefined. */
  readonly needs?: (parameters: DutParams) => string | undefined;
  /** Parameters that the seed draws; `--profile` and `--param` are above them. */
  readonly drawParameters?: (stream: RandomStream) => DutParams;
  /** Limits of this test where they differ from the configuration's. */
  readonly limits?: Partial<RunLimits>;
}

/** A planted fault of a device, for `--fault` and `list faults`. */
export interface FaultInfo {
  readonly name: string;
  readonly sentence: string;
  /** Id of the rule that the fault breaks. */
  readonly rule: string;
}

/** A device of the configuration: how to open it, and how to bind it to the testbench. */
export interface DeviceEntry {
  readonly faults?: readonly FaultInfo[];
  /** The device behind the DUT port; without it the run loop runs the testbench alone. */
  readonly open?: (run: RunContext) => DutPort | undefined;
  /** There is no model of it here: the device is one outside, and `--dut` must say where. `open` has no meaning then. */
  readonly isOutside?: true;
  /** Binds the device (or the link to it) to the testbench, before it is built. */
  readonly bind: (top: Testbench, run: RunContext) => HostLinkPort | undefined | void;
}

/** A parameter that `--param` takes. */
export interface ParameterInfo {
  readonly name: string;
  readonly kind: 'integer' | 'boolean' | 'choice';
  /** Inclusive, of an integer. */
  readonly min?: number;
  readonly max?: number;
  /** All legal values, of a choice or of an integer with few. */
  readonly values?: readonly (number | string)[];
  readonly summary?: string;
}

/** How TLPs are shown in a failure; without it they stand in hexadecimal only. */
export interface TlpPrinter {
  /** One line for people; never throws, whatever the bytes are. */
  print(bytes: Uint8Array): string;
  /** The Routing ID that a TLP is about, as it is printed in failures; undefined: none. */
  routingId(bytes: Uint8Array): string | undefined;
}

/** When a run is ended because it does not end. Defaults: 1 s of simulated time, 120 s of wall-clock time. */
export interface RunLimits {
  /** Simulated time after which a run is ERROR `tb-hung`, picoseconds. */
  readonly timePs: number;
  /** Wall-clock time after which a run is ERROR `run-hung`, seconds. */
  readonly wallSeconds: number;
}

/** What `ridgeline.config.ts` exports: everything that the command knows of a project. */
export interface RidgelineConfig {
  /** In plan order. */
  readonly tests: Readonly<Record<string, TestEntry>>;
  /** The first is the default. */
  readonly devices: Readonly<Record<string, DeviceEntry>>;
  /** All rules that runs may evaluate, for `list rules` and for reports. */
  readonly rules: readonly RuleSet[];
  readonly reports: readonly ReportWriter[];
  /** Tests of a regression that does not say `--tests`, by glob; all of them without it. */
  readonly plan?: readonly string[];
  /** Sets of parameters for `--profile`. */
  readonly profiles?: Readonly<Record<string, DutParams>>;
  /** Parameters for `--param`; without it any name goes to a device behind a DUT port, and no other device takes one. */
  readonly parameters?: readonly ParameterInfo[];
  /** What is wrong with a set of parameters beyond the single values, or undefined. */
  readonly checkParameters?: (parameters: DutParams) => string | undefined;
  /**
   * What is wrong with the parameters that a device says it has (HELLO_OK), one line, or undefined; the run is then an ERROR
   * `dut-protocol`.
   */
  readonly checkDeviceParameters?: (parameters: DutParams) => string | undefined;
  readonly limits?: Partial<RunLimits>;
  /** Delay of the link in each direction, picoseconds. Default 250 000. */
  readonly lookaheadPs?: number;
  readonly tlps?: TlpPrinter;
  /** Commands beside the built-in ones, in the order of the help. */
  readonly commands?: readonly CommandEntry[];
}

/** Limits of a run for which neither the configuration nor the test sets others. */
export const DEFAULT_LIMITS: RunLimits = { timePs: 1_000_000_000_000, wallSeconds: 120 };

/**
 * Checks a configuration and returns it: unknown and missing keys, tests and devices (at least one of each; letters, digits,
 * `.`, `_`, `-` in their names), seeds (whole numbers from 0), commands. @throws UsageError `bad-config`, which says what
 * cannot be.
 */
export function defineConfig(config: RidgelineConfig): RidgelineConfig {
  checkConfig(config);
  return config;
}

/** A device that is only outside, without an address. */
export function noModel(device: string): UsageError {
  return new UsageError('no-device', `there is no model of device '${device}' here`, {
    hint: "Say where the device is: --dut exec:'COMMAND', unix:PATH or tcp:HOST:PORT.",
  });
}

/** Limits of a run of one test: what was asked for over its own over the configuration's over the defaults. */
export function limitsOf(
  config: RidgelineConfig,
  entry: TestEntry,
  { wallSeconds }: { readonly wallSeconds?: number },
): RunLimits {
  const asked = wallSeconds === undefined ? {} : { wallSeconds };
  return { ...DEFAULT_LIMITS, ...config.limits, ...entry.limits, ...asked };
}

/** @throws UsageError `unknown-test` with the nearest known name. */
export function testEntry(config: RidgelineConfig, name: string): TestEntry {
  return entryOf(config.tests, 'test', name);
}

/** @throws UsageError `unknown-device` with the nearest known name. */
export function deviceEntry(config: RidgelineConfig, name: string): DeviceEntry {
  return entryOf(config.devices, 'device', name);
}

function entryOf<T>(table: Readonly<Record<string, T>>, what: string, name: string): T {
  if (Object.hasOwn(table, name)) return table[name];
  const known = Object.keys(table);
  throw new UsageError(
    `unknown-${what}`,
    `there is no ${what} '${name}'${suggest(name, known)}; there are: ${known.join(', ')}`,
  );
}

/** The parameters of a profile; none for no profile. */
export function profileParameters(config: RidgelineConfig, profile: string | null): DutParams {
  return profile === null ? {} : (config.profiles?.[profile] ?? {});
}
