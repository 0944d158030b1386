// One worker as the command sees it: a forked process in a group of its own, killed as a group. Source: dependencies,
// "Workers" and "worker pool". A worker that dies or hangs costs its run an ERROR and nothing else.
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { assert } from '#base/assert';
import type { CoverageUnpacker } from '#cover/database/packed-coverage';
import type { RunRecord } from '#record/run-record';
import { endGroup } from '#dut/process-group';
import { RunError } from './run-error.ts';
import type { RunSpec } from './run-spec.ts';
import type { WorkerDevice, WorkerReply, WorkerRequest } from './worker-protocol.ts';

const TAIL_BYTES = 4096;
const START_SECONDS_MAX = 60;
const EXIT_SECONDS_MAX = 2;

export interface WorkerOptions {
  /** File URL of the configuration. */
  readonly configUrl: string;
  /** File descriptor of this process to which a worker prints what the testbench reports; null: it is kept for errors. */
  readonly reportFd: number | null;
}

/** What a worker is waited for. */
type WorkerAnswer = Exclude<WorkerReply, WorkerDevice>;

/** Waits for the one thing that a worker does next. */
interface Waiting {
  readonly resolve: (reply: WorkerAnswer) => void;
  readonly reject: (error: RunError) => void;
}

export class WorkerProcess {
  /** Runs done so far. */
  runCount = 0;
  private readonly unpacker: CoverageUnpacker;
  private readonly child: ChildProcess;
  private readonly exited: Promise<void>;
  private waiting: Waiting | undefined;
  private death: RunError | undefined;
  /** The process group of the device that its run has started. */
  private device: number | null = null;
  private tail = Buffer.alloc(0);

  constructor(options: WorkerOptions, unpacker: CoverageUnpacker) {
    this.unpacker = unpacker;
    const path = fileURLToPath(import.meta.resolve('#run/worker'));
    this.child = fork(path, [options.configUrl, String(process.pid)], {
      detached: true,
      serialization: 'advanced',
      stdio: ['ignore', options.reportFd ?? 'pipe', 'pipe', 'ipc'],
      execArgv: [],
    });
    this.child.stdout?.on('data', (chunk: Buffer) => this.keepTail(chunk));
    this.child.stderr?.on('data', (chunk: Buffer) => this.keepTail(chunk));
    this.child.on('message', (reply: WorkerReply) => {
      if (reply.kind === 'device') this.device = reply.pid;
      else this.settle((to) => to.resolve(reply));
    });
    // After the process has ended and its output is read to the end, so that the last words are there.
    this.exited = new Promise((resolve) => {
      this.child.on('close', (status, signal) => {
        this.die(signal === null ? `exit status ${status}` : `signal ${signal}`);
        resolve();
      });
      this.child.on('error', (error) => {
        this.die(error.message);
        resolve();
      });
    });
  }

  /** Waits until the configuration is loaded. @throws RunError when the process does not get there. */
  async ready(): Promise<void> {
    const reply = await this.next(START_SECONDS_MAX, 'a worker did not start');
    assert(reply.kind === 'ready', 'a worker first says that it is ready');
  }

  /**
   * Does one run.
   * @param secondsMax wall-clock limit, above the one that the run itself keeps.
   * @throws RunError `run-died`, `run-hung`; the worker is then of no more use.
   */
  async execute(spec: RunSpec, isWhole: boolean, secondsMax: number): Promise<RunRecord> {
    const request: WorkerRequest = { kind: 'run', spec, isWhole };
    if (this.death === undefined) this.child.send(request);
    const reply = await this.next(secondsMax, 'the run neither ended nor let itself be stopped');
    assert(reply.kind === 'done', 'a worker answers a run with its record');
    this.runCount++;
    return { ...reply.record, coverage: this.unpacker.unpack(reply.coverage) };
  }

  /** Lets an idle worker end by itself, and kills what is left of its group. */
  async end(): Promise<void> {
    // Not disconnect(): a child that is disconnected from here never emits 'close'.
    if (this.child.connected) this.child.send({ kind: 'end' } satisfies WorkerRequest);
    const timer = setTimeout(() => this.kill(), EXIT_SECONDS_MAX * 1000);
    await this.exited;
    clearTimeout(timer);
    this.kill();
  }

  /** Kills the whole process group at once, and that of the device. */
  kill(): void {
    const { pid } = this.child;
    if (pid !== undefined) endGroup(pid);
    this.killDevice();
  }

  private killDevice(): void {
    if (this.device !== null) endGroup(this.device);
    this.device = null;
  }

  private async next(secondsMax: number, hung: string): Promise<WorkerAnswer> {
    assert(this.waiting === undefined, 'a worker does one thing at a time');
    if (this.death !== undefined) throw this.death;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<WorkerAnswer>((resolve, reject) => {
        this.waiting = { resolve, reject };
        timer = setTimeout(() => {
          const message = `${hung} within ${secondsMax} s of wall-clock time`;
          this.death = new RunError('run-hung', message, this.lastWords());
          this.settle((to) => to.reject(this.death ?? new RunError('run-hung', message)));
          this.kill();
        }, secondsMax * 1000);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  private settle(how: (waiting: Waiting) => void): void {
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting !== undefined) how(waiting);
  }

  private die(how: string): void {
    const death = new RunError('run-died', `the worker process ended: ${how}`, this.lastWords());
    this.death ??= death;
    this.killDevice();
    this.settle((to) => to.reject(death));
  }

  private keepTail(chunk: Buffer): void {
    this.tail = Buffer.concat([this.tail, chunk]).subarray(-TAIL_BYTES);
  }

  private lastWords(): string {
    return this.tail.toString('utf8');
  }
}
