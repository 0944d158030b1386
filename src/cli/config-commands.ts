// The commands that the configuration adds, registered beside the built-in ones. Source: design, "Rooms": the command gets
// its SIOV commands from `ridgeline.config.ts`.
//
// The configuration is read before the command line is parsed, but only where one of its commands can be meant or shown:
// a built-in command reads it itself and reports what is wrong with it, and `--version` needs none.
import { Argument, Option, type Command } from 'commander';
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import type { CommandCall, CommandEntry } from '#run/command-entry';
import type { RidgelineConfig } from '#run/config';
import { withDeviceOptions } from './device-options.ts';
import { BUILT_IN_COMMANDS, findConfig, type FoundConfig } from './find-config.ts';
import { Interruption } from './interruption.ts';
import { targetOf } from './target.ts';
import { EXIT, type Terminal } from './terminal.ts';

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
): Promise<FoundConfig | undefined> {
  const [first] = args;
  if (VERSION_WORDS.includes(first)) return undefined;
  if (BUILT_IN_COMMANDS.includes(first) && first !== 'help') return undefined;
  try {
    return await findConfig(terminal.cwd);
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
  found: FoundConfig | undefined,
  ends: Ends,
): void {
  if (found === undefined) return;
  const { config } = found;
  program.addHelpText('after', `\n${sourceText(found)}`);
  for (const entry of config.commands ?? []) {
    const command = program.command(entry.name).description(entry.summary);
    addParts(command, entry);
    command.action(async () => {
      const call = callOf(entry, command, config);
      using interruption = new Interruption(ends.terminal);
      // A device that it has started ends with this process.
      interruption.signal.addEventListener('abort', () => process.exit(EXIT.INTERRUPTED));
      ends.done(await entry.run(call, ends.terminal));
    });
  }
}

/**
 * Says where commands come from, when the word is none.
 * @throws UsageError `unknown-command` for a word that no command has; options and no word are commander's.
 */
export function checkCommandWord(
  program: Command,
  word: string | undefined,
  found: FoundConfig | undefined,
): void {
  if (word === undefined || word.startsWith('-') || found === undefined) return;
  const known = ['help', ...program.commands.map((command) => command.name())];
  if (known.includes(word)) return;
  throw new UsageError(
    'unknown-command',
    `unknown command '${word}'${suggest(word, known)}; there are: ${known.join(', ')}`,
    { hint: sourceText(found) },
  );
}

/** Which configuration there is, and which commands are its own. */
function sourceText({ config, path, isFallback }: FoundConfig): string {
  const names = (config.commands ?? []).map(({ name }) => name);
  const own = names.length === 0 ? 'adds no commands' : `adds ${names.join(', ')}`;
  const whose = isFallback ? 'that of the package, because there is none here' : path;
  return `The configuration (${whose}) ${own}.`;
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
