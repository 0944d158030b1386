// Ctrl-C: the first one ends the workers and lets what is known be written, the second one leaves at once. Source: issue "The
// command". Workers are in process groups of their own, so the terminal's Ctrl-C does not reach them.
import { EXIT, type Terminal } from './terminal.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export class Interruption implements Disposable {
  private readonly controller = new AbortController();
  private readonly terminal: Terminal;
  private readonly listener = (): void => this.interrupt();

  constructor(terminal: Terminal) {
    this.terminal = terminal;
    for (const signal of SIGNALS) process.on(signal, this.listener);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) process.off(signal, this.listener);
  }

  private interrupt(): void {
    if (this.signal.aborted) process.exit(EXIT.INTERRUPTED);
    this.terminal.note('\ninterrupted: ending what is under way\n');
    this.controller.abort();
  }
}
