// Many runs in worker processes. Source: design, "Worker"; issue "The command". Runs start in the order given; a worker that
// dies or hangs costs its run an ERROR; it is replaced, as is one after an ERROR and after 200 runs.
import { UsageError } from '#base/assert';
import { CoverageUnpacker } from '#cover/database/packed-coverage';
import type { RunRecord } from '#record/run-record';
import { limitsOf, testEntry, type RidgelineConfig } from './config.ts';
import { recordWithoutRun } from './execute-run.ts';
import { RunError } from './run-error.ts';
import type { RunSpec } from './run-spec.ts';
import { WorkerProcess, type WorkerOptions } from './worker-process.ts';

/** Runs after which a worker is replaced. */
export const RUNS_PER_WORKER_MAX = 200;
/** What a worker gets on top of its own limit, to stop the run itself and say what it waited for; seconds. */
const GRACE_SECONDS = 3;
const FAILED_STARTS_MAX = 3;

export interface PoolOptions extends WorkerOptions {
  readonly jobs: number;
  /** Whole records also of runs that passed. */
  readonly isWhole: boolean;
}

export interface PoolEvents {
  /** Asked before each start: false ends the starting of runs. */
  mayStart(index: number): boolean;
  onResult(index: number, record: RunRecord): void;
}

export class WorkerPool {
  private readonly config: RidgelineConfig;
  private readonly options: PoolOptions;
  private readonly workers = new Set<WorkerProcess>();
  /** One for all, so that records of all workers share the lists of their models. */
  private readonly unpacker = new CoverageUnpacker();
  private isKilled = false;
  private failedStarts = 0;
  /** A worker was ready: one that does not start later costs its run, not the results of the others. */
  private hasStarted = false;
  private nextIndex = 0;

  constructor(config: RidgelineConfig, options: PoolOptions) {
    this.config = config;
    this.options = options;
  }

  /**
   * Does the runs; ends when all that were started are over.
   * @throws UsageError `worker-start` when not even the first workers start.
   */
  async run(specs: readonly RunSpec[], events: PoolEvents): Promise<void> {
    const jobs = Math.max(1, Math.min(this.options.jobs, specs.length));
    await Promise.all(Array.from({ length: jobs }, () => this.work(specs, events)));
  }

  /** Kills all workers with their groups; `run` then returns. */
  kill(): void {
    this.isKilled = true;
    for (const worker of this.workers) worker.kill();
  }

  /** One worker after the other, until there is nothing more to do. */
  private async work(specs: readonly RunSpec[], events: PoolEvents): Promise<void> {
    let worker: WorkerProcess | undefined;
    while (!this.isKilled && this.nextIndex < specs.length && events.mayStart(this.nextIndex)) {
      const index = this.nextIndex++;
      worker ??= this.start();
      const record = await this.runOn(worker, specs[index]);
      // A run that was killed with the command has no verdict at all.
      if (this.isKilled) break;
      events.onResult(index, record);
      if (record.verdict !== 'ERROR' && worker.runCount < RUNS_PER_WORKER_MAX) continue;
      await this.release(worker);
      worker = undefined;
    }
    if (worker !== undefined) await this.release(worker);
  }

  private start(): WorkerProcess {
    const worker = new WorkerProcess(this.options, this.unpacker);
    this.workers.add(worker);
    return worker;
  }

  private async release(worker: WorkerProcess): Promise<void> {
    await worker.end();
    this.workers.delete(worker);
  }

  private async runOn(worker: WorkerProcess, spec: RunSpec): Promise<RunRecord> {
    const limits = limitsOf(this.config, testEntry(this.config, spec.test), spec);
    try {
      if (worker.runCount === 0) await this.waitReady(worker);
      return await worker.execute(spec, this.options.isWhole, limits.wallSeconds + GRACE_SECONDS);
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      return recordWithoutRun(this.config, spec, error);
    }
  }

  private async waitReady(worker: WorkerProcess): Promise<void> {
    try {
      await worker.ready();
      this.hasStarted = true;
    } catch (error) {
      if (!(error instanceof RunError) || this.isKilled) throw error;
      this.failedStarts++;
      if (this.hasStarted || this.failedStarts < FAILED_STARTS_MAX) throw error;
      throw new UsageError('worker-start', `workers do not start: ${error.message}`, {
        hint: error.detail,
      });
    }
  }
}
