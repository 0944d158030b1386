// Entry of the command: the only reader of entropy and of the environment. Source: issue "The command"; design decision 8.
import { runProgram } from './program.ts';
import { terminal } from './terminal.ts';

process.exitCode = await runProgram(process.argv.slice(2), terminal());
