// A thread of a worker process that ends the process group once the command has gone, even while a run loops forever and the
// main thread hears nothing. Source: issue "The command" (no process is left behind, however the command ends).
import process from 'node:process';
import { setInterval } from 'node:timers';
import { workerData } from 'node:worker_threads';

const LOOK_MS = 1000;
/** Process id of the command; it may have gone before this thread looks for the first time. */
const parent = workerData as number;

setInterval(() => {
  if (process.ppid === parent) return;
  // The worker leads a process group of its own.
  process.kill(-process.pid, 'SIGKILL');
}, LOOK_MS);
