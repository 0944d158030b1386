// Commands that a configuration adds to `ridgeline`, beside the built-in ones: described as data, so that the command line
// registers them, helps with them and refuses bad usage without knowing what they do. Source: design, "Rooms" (the SIOV
// commands come from `ridgeline.config.ts`) and decision 8 (exit status).
//
//   const hello: CommandEntry = {
//     name: 'hello', summary: 'greets', arguments: [{ name: 'who', summary: 'whom' }],
//     run: ({ words }, io) => { io.print(`hello ${words[0]}\n`); return 0; },
//   };
import { UsageError } from '#base/assert';
import type { DutParams } from '#dut/dut-port';
import type { RidgelineConfig } from './config.ts';

/** A positional argument; only the last one may be optional or take several words. */
export interface CommandArgument {
  readonly name: string;
  readonly summary: string;
  readonly isOptional?: boolean;
  /** Takes all words that are left. */
  readonly isVariadic?: boolean;
}

/** An option of a command: `--name <value>`, or a switch `--name`. */
export interface CommandOption {
  /** Long name without its dashes, kebab-case. */
  readonly name: string;
  readonly summary: string;
  /** What its value is called in the help; without it the option is a switch. */
  readonly value?: string;
  /** Value when it is not given; only of an option with a value. */
  readonly default?: string;
}

/** The device that a command works on, as `--device --dut --profile --param --fault` say. */
export interface CommandTarget {
  /** Name in the configuration. */
  readonly device: string;
  /** Address of a device outside that takes the place of the configuration's own, as `--dut` says; or null. */
  readonly dut: string | null;
  readonly fault: string | null;
  readonly profile: string | null;
  /** Those of `--param` alone. */
  readonly parameters: DutParams;
}

/** One use of a command. */
export interface CommandCall {
  /** Positional arguments, in order. */
  readonly words: readonly string[];
  /** Values by the name of the option; true for a switch; absent where not given and without default. */
  readonly options: Readonly<Partial<Record<string, string | true>>>;
  /** Of a command with `onDevice`: checked against the configuration. */
  readonly target: CommandTarget | undefined;
  readonly config: RidgelineConfig;
}

/** What a command talks to. */
export interface CommandIo {
  /** Results: standard output. */
  print(text: string): void;
  /** Progress, warnings, errors: standard error. */
  note(text: string): void;
  /** Standard input, line by line, without line ends. */
  readLines(): AsyncIterable<string>;
  /**
   * Writes a whole file, and makes its folder; a relative path counts from where the command was started.
   * @throws what the system refuses.
   */
  writeFile(path: string, content: string): void;
}

/**
 * A command that a configuration adds to `ridgeline`, as data: its usage and help come from here, too. Its name and
 * those of its options are checked when the configuration is read (UsageError `bad-config`).
 */
export interface CommandEntry {
  readonly name: string;
  /** One line for `ridgeline --help`. */
  readonly summary: string;
  readonly arguments?: readonly CommandArgument[];
  readonly options?: readonly CommandOption[];
  /** It works on a device: it takes `--device`, `--dut`, `--profile`, `--param` and `--fault`, too. */
  readonly onDevice?: boolean;
  /** What stands under the options in its help: what the exit status means, examples. */
  readonly details?: string;
  /**
   * Does it; the exit status (design decision 8): 0 well, 1 what was looked at is wrong, 3 no verdict.
   * @throws UsageError for bad usage: exit status 2.
   */
  run(call: CommandCall, io: CommandIo): number | Promise<number>;
}

/** Options of every command with `onDevice`; `help` belongs to all. */
const DEVICE_OPTIONS = ['device', 'dut', 'profile', 'param', 'fault'];
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/**
 * Looks whether commands can be registered beside others.
 * @param taken names that are not free, each with whose it is.
 * @throws UsageError `bad-config`.
 */
export function checkCommands(
  commands: readonly CommandEntry[],
  taken: ReadonlyMap<string, string> = new Map(),
): void {
  const names = new Map(taken);
  for (const command of commands) {
    const { name } = command;
    const owner = names.get(name);
    if (owner !== undefined) throw badCommand(name, `the name is taken by ${owner}`);
    names.set(name, 'another command of the configuration');
    if (!NAME.test(name)) throw badCommand(name, 'a name has lower-case letters, digits and -');
    checkArguments(command);
    checkOptions(command);
  }
}

function checkArguments({ name, arguments: words = [] }: CommandEntry): void {
  for (const { name: word, isOptional, isVariadic } of words.slice(0, -1)) {
    if (isOptional === true || isVariadic === true) {
      throw badCommand(name, `argument '${word}' is optional or variadic, and not the last one`);
    }
  }
}

function checkOptions({ name, options = [], onDevice }: CommandEntry): void {
  const names = new Set(['help', ...(onDevice === true ? DEVICE_OPTIONS : [])]);
  for (const option of options) {
    if (!NAME.test(option.name)) {
      throw badCommand(name, `option '${option.name}': a name has lower-case letters, digits, -`);
    }
    if (option.name.startsWith('no-')) {
      throw badCommand(name, `option '${option.name}': no-… is how a switch is turned off`);
    }
    if (names.has(option.name)) throw badCommand(name, `there are two options --${option.name}`);
    names.add(option.name);
    if (option.default !== undefined && option.value === undefined) {
      throw badCommand(name, `option --${option.name} is a switch, and has a default`);
    }
  }
}

function badCommand(name: string, message: string): UsageError {
  return new UsageError('bad-config', `configuration: command '${name}': ${message}`);
}
