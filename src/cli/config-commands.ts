// The commands that the configuration adds, registered beside the built-in ones. Source: design, "Rooms": the command gets
// its SIOV commands from `ridgeline.config.ts`.
//
// The configuration is read before the command line is parsed, but only where one of its commands can be meant or shown:
// a built-in command reads it itself and reports what is wrong with it, and `--version` needs none.
import { Argument, Option, type Command } from 'commander';
import type { CommandCall, CommandEntry } from '#run/command-entry';
import type { RidgelineConfig } from '#run/config';
import { withDeviceOptions } from './device-options.ts';
import { BUILT_IN_COMMANDS, findConfig } from './find-config.ts';
import { targetOf } from './target.ts';
import type { Terminal } from './terminal.ts';

/** Where a command prints, and who gets its exit status. */
interface Ends {
  readonly terminal: Terminal;
  readonly done: (status: number) => void;
}

/** Option values as commander gives them, by their names in camel case. */
type ParsedOptions = Readonly<Record<string, unknown>>;

/** Help is wanted even where the configuration is broken; everything else says what is wrong with it. */
const HELP_WORDS = ['--help', '-h', 'help', undefined];
const VERSION_WORDS = ['--version', '-V'];

/**
 * The configuration whose commands the command line may mean; undefined where it cannot mean one.
 * @throws what `findConfig` throws, unless help is asked for: then it is noted.
 */
export async function configCommands(
  args: readonly string[],
  terminal: Terminal,
): Promise<RidgelineConfig | undefined> {
  const [first] = args;
  if (VERSION_WORDS.includes(first)) return undefined;
  if (BUILT_IN_COMMANDS.includes(first) && first !== 'help') return undefined;
  try {
    return (await findConfig(terminal.cwd)).config;
  } catch (error) {
    if (!HELP_WORDS.includes(first)) throw error;
    const message = error instanceof Error ? error.message : String(error);
    terminal.note(`ridgeline: without the commands of the configuration: ${message}\n`);
    return undefined;
  }
}

/** Adds the commands of a configuration to the command line. */
export function addConfigCommands(
  program: Command,
  config: RidgelineConfig | undefined,
  ends: Ends,
): void {
  if (config === undefined) return;
  for (const entry of config.commands ?? []) {
    const command = program.command(entry.name).description(entry.summary);
    addParts(command, entry);
    command.action(async () => {
      const call = callOf(entry, command, config);
      ends.done(await entry.run(call, ends.terminal));
    });
  }
}

function addParts(command: Command, entry: CommandEntry): void {
  for (const { name, summary, isOptional, isVariadic } of entry.arguments ?? []) {
    const word = isVariadic === true ? `${name}...` : name;
    command.addArgument(new Argument(isOptional === true ? `[${word}]` : `<${word}>`, summary));
  }
  for (const { name, summary, value, default: preset } of entry.options ?? []) {
    const flags = value === undefined ? `--${name}` : `--${name} <${value}>`;
    const option = new Option(flags, summary);
    command.addOption(preset === undefined ? option : option.default(preset));
  }
  if (entry.onDevice === true) withDeviceOptions(command);
  if (entry.details !== undefined) command.addHelpText('after', `\n${entry.details}`);
}

/** @throws UsageError for a device, profile, fault or parameter that the configuration does not have. */
function callOf(entry: CommandEntry, command: Command, config: RidgelineConfig): CommandCall {
  const parsed: ParsedOptions = command.opts();
  const options: Record<string, string | true> = {};
  for (const { name } of entry.options ?? []) {
    const value = parsed[new Option(`--${name}`).attributeName()];
    if (value !== undefined) options[name] = value as string | true;
  }
  const target = entry.onDevice === true ? targetOf(config, parsed) : undefined;
  return { words: command.args, options, target, config };
}
