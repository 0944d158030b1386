// A device in a child process: its standard input and output carry the protocol, its standard error is kept for the report.
// It leads a process group of its own, which is killed as a whole. Source: DUT protocol, Transport and "bad device".
import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { ByteChannel, ChannelEnd, ChannelEvents } from './byte-channel.ts';
import { endGroup } from './process-group.ts';

const STANDARD_ERROR_BYTES = 4096;
/** A process that others outlive, with its pipes in their hands, has ended all the same. */
const PIPES_OPEN_MS = 300;
/** A process that has closed its standard output before BYE cannot answer any more. */
const EXIT_AFTER_CLOSE_MS = 500;
/** Time in which a killed process has gone, ms. */
const KILL_MS = 5000;
/** Exit status of a shell whose command was killed by a signal: this and the signal's number. */
const SIGNAL_STATUS = 128;

/** Told the process id of a group when it starts, and undefined when it has been killed: for who must kill it in need. */
export type OnProcess = (pid: number | undefined) => void;

export class ChildChannel implements ByteChannel {
  private readonly child: ChildProcess;
  private readonly events: ChannelEvents;
  private readonly onProcess: OnProcess;
  private standardError = Buffer.alloc(0);
  private timer: NodeJS.Timeout | undefined;
  private lastTimer: NodeJS.Timeout | undefined;
  private wasKilled = false;
  private readonly killAtExit = (): void => this.kill();
  private hasEnded = false;
  /** Nothing more is wanted of it but its end, for which its caller waits as long as it pleases. */
  private isDone = false;

  /** Starts `command` in a shell. */
  constructor(command: string, events: ChannelEvents, onProcess: OnProcess) {
    this.events = events;
    this.onProcess = onProcess;
    this.child = spawn(command, { shell: true, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    const { child } = this;
    onProcess(child.pid);
    process.once('exit', this.killAtExit);
    child.stdout?.on('data', (chunk: Uint8Array) => this.events.onData(chunk));
    child.stderr?.on('data', (chunk: Buffer) => this.keepStandardError(chunk));
    // Its end is told by 'exit'; what could not be written then, nobody waits for.
    child.stdin?.on('error', () => undefined);
    child.stdout?.on('error', () => undefined);
    child.on('error', (error) => this.finish(`could not be started: ${error.message}`, false));
    child.on('exit', (status, signal) => this.exited(status, signal));
    child.stdout?.on('close', () => this.closedOutput());
  }

  write(bytes: Uint8Array): void {
    this.child.stdin?.write(bytes);
  }

  end(): void {
    this.isDone = true;
    if (!this.hasExited) clearTimeout(this.timer);
    this.child.stdin?.end();
  }

  kill(): void {
    const { pid } = this.child;
    if (pid === undefined || this.wasKilled) return;
    this.wasKilled = true;
    process.off('exit', this.killAtExit);
    endGroup(pid);
    this.onProcess(undefined);
    // One that even this does not end is not waited for.
    if (this.hasEnded) return;
    this.lastTimer = setTimeout(() => this.finish('it could not be killed', false), KILL_MS);
  }

  private get hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private exited(status: number | null, signal: NodeJS.Signals | null): void {
    const how = signal === null ? exitText(status ?? 0) : `signal ${signal}`;
    const end = (): void => this.finish(how, status === 0);
    clearTimeout(this.timer);
    // After 'close' everything that it wrote has been read.
    this.child.once('close', end);
    this.timer = setTimeout(end, PIPES_OPEN_MS);
  }

  private closedOutput(): void {
    if (this.hasExited || this.isDone) return;
    this.timer ??= setTimeout(() => {
      this.finish('its standard output was closed, and the process did not end', false);
    }, EXIT_AFTER_CLOSE_MS);
  }

  private finish(how: string, isClean: boolean): void {
    clearTimeout(this.timer);
    clearTimeout(this.lastTimer);
    if (this.hasEnded) return;
    this.hasEnded = true;
    const { child } = this;
    // Nothing of it keeps this process waiting, even where others hold its pipes.
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
    const isReached = child.pid !== undefined;
    const end: ChannelEnd = {
      how,
      isClean,
      isReached,
      standardError: this.standardError.toString('utf8'),
    };
    // What it has started does not outlive it.
    this.kill();
    this.events.onEnd(end);
  }

  private keepStandardError(chunk: Buffer): void {
    this.standardError = Buffer.concat([this.standardError, chunk]).subarray(-STANDARD_ERROR_BYTES);
  }
}

/** `exit status 137 (SIGKILL)`, as a shell says it of its command. */
function exitText(status: number): string {
  const number = status - SIGNAL_STATUS;
  const signal = Object.entries(constants.signals).find(([, value]) => value === number);
  return `exit status ${status}${signal === undefined ? '' : ` (${signal[0]})`}`;
}
