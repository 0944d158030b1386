// A worker process: imports the configuration named by its first argument, then does the runs it is sent, one at a time; the
// second argument is the process id of the command.
// Source: design, "Worker": a run gives the same digests as first and as hundredth of its process.
import { writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { CoveragePacker } from '#cover/database/packed-coverage';
import { cleanText } from '#record/clean-text';
import type { RunRecord } from '#record/run-record';
import { endGroup } from '#dut/process-group';
import type { Watched } from './orphan-watch.ts';
import type { RunHooks } from './run-session.ts';
import { executeRun } from './execute-run.ts';
import { loadConfig } from './load-config.ts';
import type { WorkerReply, WorkerRequest } from './worker-protocol.ts';

const STANDARD_OUTPUT_FD = 1;

// Does not keep the process alive by itself.
const watched: Watched = {
  command: Number(process.argv[3]),
  device: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
};
new Worker(fileURLToPath(import.meta.resolve('#run/orphan-watch')), {
  workerData: watched,
}).unref();

const packer = new CoveragePacker();
// Where an exception was thrown is to be seen through the frames of the framework above it.
Error.stackTraceLimit = 50;

const config = await loadConfig(process.argv[2]);

process.on('message', (request: WorkerRequest) => {
  if (request.kind === 'end') process.exit(0);
  const { spec } = request;
  const hooks: RunHooks = {
    onDeviceProcess: noteDevice,
    ...(spec.verbosity !== null && {
      onReport: (_message, line) => print(cleanText(line)),
      onDeviceLog: (line) => print(cleanText(line)),
    }),
  };
  // A rejection is a bug of the command itself: it ends the process, and the command says so.
  void executeRun(config, spec, hooks).then((whole) => {
    const { coverage, ...record } = request.isWhole ? whole : summedUp(whole);
    reply({ kind: 'done', record, coverage: packer.pack(coverage) });
  });
});
// However this process ends, its device does not outlive it.
process.on('exit', () => endGroup(Atomics.load(watched.device, 0)));
// The command has gone: there is nobody to report to.
process.on('disconnect', () => process.exit(0));
reply({ kind: 'ready' });

function reply(message: WorkerReply): void {
  process.send?.(message);
}

/** Whoever ends this process in need ends its device, too. */
function noteDevice(pid: number | undefined): void {
  Atomics.store(watched.device, 0, pid ?? 0);
  reply({ kind: 'device', pid: pid ?? null });
}

/** A run that passed leaves only what a regression sums up. */
function summedUp(record: RunRecord): RunRecord {
  if (record.verdict !== 'PASS') return record;
  const { logs: _logs, ...rest } = record;
  return { ...rest, operations: [], window: [] };
}

/** Writes at once, so that nothing is lost when the process dies; a full pipe is tried again. */
function print(line: string): void {
  const bytes = Buffer.from(`${line}\n`);
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(STANDARD_OUTPUT_FD, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
    }
  }
}
