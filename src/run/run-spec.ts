// Which run: everything that decides what a run does, as plain data that travels to a worker. Source: design decision 1.
import type { DutParams } from '#dut/dut-port';
import type { OperationRecord } from '#record/operation-log';
import type { CodeRecord } from '#record/run-record';

/** What HELLO says of stalls: the same in each run, or drawn for each from its seed. */
export type StallChoice = number | 'random';

/** Everything that decides a run: the same spec and code give the same digests on any machine (design decision 1). */
export interface RunSpec {
  /** Name of the test in the configuration. */
  readonly test: string;
  /** The seed, 0..2^53-1. */
  readonly seed: number;
  /** Name of the device in the configuration. */
  readonly device: string;
  /** Address of a device outside of this process, `exec:…`, in place of the configuration's own; or none. */
  readonly dut?: string | null;
  /** Per mille of time slots in which a device outside is not let send, 0..900 (0), or drawn from the seed. */
  readonly stall?: StallChoice;
  /** Name of the planted fault of the device, or null. */
  readonly fault: string | null;
  /** Name of the set of parameters, or null. */
  readonly profile: string | null;
  /** `--param` values: above the profile's, which are above what the seed draws. */
  readonly parameters: DutParams;
  readonly code: CodeRecord;
  /** UVM verbosity of what is reported; null: nothing is printed. */
  readonly verbosity: number | null;
  /** Wall-clock limit for one answer of a device in another process, seconds. */
  readonly dutTimeoutSeconds: number;
  /** Wall-clock limit of the run, seconds, in place of the test's. */
  readonly wallSeconds?: number;
  /** Absolute path of the file to which the device writes its waves. */
  readonly trace?: string;
  /** Runs these operations instead of drawing them. */
  readonly operations?: readonly OperationRecord[];
}

/** True for the address of a device outside. */
export function isOutside(dut: string | null | undefined): dut is string {
  return dut !== undefined && dut !== null;
}

/** What a run is called in paths and messages: `dma-17`. */
export function runName(run: { readonly test: string; readonly seed: number }): string {
  return `${run.test}-${run.seed}`;
}

/** The line that does the same run again, whatever the folder holds it. */
export function replayCommand(spec: RunSpec, defaultDevice: string): string {
  const words = ['npx', 'ridgeline', 'run', spec.test, '--seed', String(spec.seed)];
  if (spec.device !== defaultDevice) words.push('--device', spec.device);
  if (isOutside(spec.dut)) words.push('--dut', spec.dut);
  if (isOutside(spec.dut) && spec.stall !== undefined) words.push('--stall', String(spec.stall));
  if (spec.profile !== null) words.push('--profile', spec.profile);
  for (const [name, value] of Object.entries(spec.parameters)) {
    words.push('--param', `${name}=${String(value)}`);
  }
  if (spec.fault !== null) words.push('--fault', spec.fault);
  return words.map(shellWord).join(' ');
}

/** A word as a POSIX shell reads it back. */
function shellWord(word: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
