// The command line on the configuration of the project, in this process.
import { fileURLToPath } from 'node:url';
import { runProgram } from '#cli/program';
import { FakeTerminal } from '../cli/fake-terminal.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export interface Told {
  readonly status: number;
  readonly out: string;
  readonly notes: string;
}

/** Runs a command line to its end; `input` is what standard input holds. */
export async function ridgeline(args: readonly string[], input = ''): Promise<Told> {
  const terminal = new FakeTerminal(ROOT);
  terminal.input = input.split('\n');
  const status = await runProgram(args, terminal);
  return { status, out: terminal.out, notes: terminal.notes };
}
