// The command line: which commands and options there are. Source: issue "The command"; design, "Options". Exit status: design
// decision 8; 2 for bad usage.
import { Command, CommanderError, Option } from 'commander';
import { UsageError } from '#base/assert';
import { packageVersion } from './code-version.ts';
import { runList } from './command-list.ts';
import { runRegress, type RegressOptions } from './command-regress.ts';
import { runReplay, type ReplayOptions } from './command-replay.ts';
import { runRun, type RunOptions } from './command-run.ts';
import { addServeCommand } from './command-serve-device.ts';
import { addConfigCommands, checkCommandWord, configCommands } from './config-commands.ts';
import { addCoverCommand } from './cover/cover-command.ts';
import { collect, withDeviceOptions } from './device-options.ts';
import { EXIT, type Terminal } from './terminal.ts';

/** Parses and does what is asked; the exit status. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  let status: number = EXIT.PASS;
  const done = (value: number): void => {
    status = value;
  };
  try {
    const program = makeProgram(terminal, done);
    const found = await configCommands(args, terminal);
    addConfigCommands(program, found, { terminal, done });
    checkCommandWord(program, args[0], found);
    pointAtHelp(program, 'ridgeline');
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.PASS : EXIT.USAGE;
    if (error instanceof UsageError) {
      terminal.note(`ridgeline: ${error.message}\n`);
      return EXIT.USAGE;
    }
    terminal.note(`ridgeline: ${causeText(error)}\n`);
    return EXIT.ERROR;
  }
}

/** What the system refuses is said in a line; anything else is a bug, and its stack tells where. */
function causeText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'syscall' in error ? error.message : (error.stack ?? error.message);
}

const EXIT_TEXT = `
Exit status: 0 all passed, 1 a rule was broken, 2 wrong command line, 3 a run gave no verdict
or its results could not be written, 130 interrupted.
'ridgeline COMMAND --help' lists the options of a command.`;

/** What runs share beside their device: limits of time, and the link. */
function withRunOptions(command: Command): Command {
  return withCommonOptions(command)
    .option('--dut-timeout <S>', 'wall-clock limit for an answer of the device, seconds', '30')
    .option('--run-timeout <S>', "wall-clock limit of a run, seconds; without it, the test's")
    .option(
      '--stall <N>',
      "per mille of slots in which the link takes nothing, 0..900, or 'random'",
    );
}

function makeProgram(terminal: Terminal, done: (status: number) => void): Command {
  const program = new Command('ridgeline')
    .description('Random verification of a device: runs, regressions, replays.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .addHelpText('after', EXIT_TEXT)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text),
      writeErr: (text) => terminal.note(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'ridgeline: ')),
    });
  withRunOptions(
    program
      .command('run')
      .argument('<test>', "name of the test, as in 'ridgeline list tests'")
      .description('one run of one test')
      .option('--seed <S>', 'seed of the run, below 2^53', '1')
      .option('--trace <FILE>', 'waves of a device outside that can write them: .vcd or .fst')
      .option('-v, --verbosity <LEVEL>', 'NONE, LOW, MEDIUM, HIGH, FULL, DEBUG, or a number', 'LOW')
      // A single run ends at its own first FAIL anyway: taken, so that one set of options does for both, and not shown.
      .addOption(new Option('--max-failures <N>').hideHelp()),
  ).action(async (test: string, options: RunOptions) =>
    done(await runRun(test, options, terminal)),
  );
  withRunOptions(
    program
      .command('regress')
      .description('many runs of many tests')
      .option('--tests <GLOB>', 'tests by name or glob (* ? {a,b}), several with commas', collect)
      .option('--seeds <N>', "runs of each test; without it, the plan's numbers")
      .option('--base-seed <S>', "run k has seed S + k; 'random' draws S and prints it", '1')
      .option('--jobs <J>', 'worker processes, 1..1024; without it, one per processor')
      .option('--time <T>', 'start no new run after T: 90, 90s, 5m, 1h')
      .option('--max-failures <N>', 'end at the N-th run that FAILs')
      .option('--strict', 'a rule that was never evaluated, or a SKIP, fails the regression')
      .option('-v, --verbosity <LEVEL>', 'print what the testbench reports, up to this level'),
  ).action(async (options: RegressOptions) => done(await runRegress(options, terminal)));
  program
    .command('replay')
    .argument('<run>', 'a run.json, or a folder that holds one')
    .description('the same run again, compared with its record; 3 when it differs')
    .option('--operations', 'play the recorded operations instead of drawing them')
    .option('--dut-timeout <S>', 'wall-clock limit for an answer of the device, seconds', '30')
    .option('--run-timeout <S>', "wall-clock limit of the run, seconds; without it, the test's")
    .option('--dut <ADDRESS>', 'the device outside is here now, and not where the record says')
    .option('--out <DIR>', 'folder for the results; without it, none are written')
    .option('--json', 'print one JSON object')
    .option('-v, --verbosity <LEVEL>', 'print what the testbench reports, up to this level')
    .action(async (path: string, options: ReplayOptions) =>
      done(await runReplay(path, options, terminal)),
    );
  program
    .command('list')
    .argument('<what>', 'tests, faults, rules or coverage')
    .description('the tests, faults, rules or coverage that there are')
    .option('--json', 'print an array of objects')
    .action(async (what: string, options: { readonly json?: true }) =>
      done(await runList(what, options, terminal)),
    );
  addServeCommand(program, { terminal, done });
  addCoverCommand(program, { terminal, done });
  return program;
}

/** Every command, and those inside it, say how to get help. @param words the command as it is typed. */
function pointAtHelp(command: Command, words: string): void {
  command.showHelpAfterError(`(try '${words} --help')`);
  for (const inner of command.commands) pointAtHelp(inner, `${words} ${inner.name()}`);
}

function withCommonOptions(command: Command): Command {
  return withDeviceOptions(command)
    .option('--out <DIR>', 'folder for the results; without it, out/<UTC time>')
    .option('--json', 'print one JSON object');
}
