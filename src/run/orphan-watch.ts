// A thread of a worker process that ends the process group once the command has gone, even while a run loops forever and the
// main thread hears nothing. Source: issue "The command" (no process is left behind, however the command ends).
import process from 'node:process';
import { setInterval } from 'node:timers';
import { workerData } from 'node:worker_threads';
import { endGroup } from '#dut/process-group';

const LOOK_MS = 1000;
/** What the thread is given. */
export interface Watched {
  /** Process id of the command; it may have gone before this thread looks for the first time. */
  readonly command: number;
  /** The process group of the device that the worker has started, shared; 0: none. */
  readonly device: Int32Array;
}

const { command, device } = workerData as Watched;

setInterval(() => {
  if (process.ppid === command) return;
  endGroup(Atomics.load(device, 0));
  // The worker leads a process group of its own.
  endGroup(process.pid);
}, LOOK_MS);
