// A thread of a worker process that ends the process group once the command has gone, even while a run loops forever and the
// main thread hears nothing. Source: issue "The command" (no process is left behind, however the command ends).
import process from 'node:process';
import { setInterval } from 'node:timers';

const LOOK_MS = 1000;
const parent = process.ppid;

setInterval(() => {
  if (process.ppid === parent) return;
  // The worker leads a process group of its own.
  process.kill(-process.pid, 'SIGKILL');
}, LOOK_MS);
