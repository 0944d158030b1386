// How much memory a run takes: at its peak with the 16384 SDIs of the hyperscale profile, and whether it stays constant over ten
// million TLPs but for the record of operations (at most 64 bytes each, design, "Operation"). Each run has a process of its own,
// so that peaks do not add up. No reference loop: bytes are the same on any machine, nearly.
import { execFile } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bench, Figure } from './bench.ts';
import { measureMemory, type MemoryReport, type MemoryRequest } from './memory-run.ts';

const HYPERSCALE_TLPS = 200_000;
const LONG_TLPS = 10_000_000;
const TLPS_PER_OPERATION = 41;
const MARKS = 10;
const MIB = 1024 * 1024;
const OPERATION_BYTES = 64;
/** What the project aims at. */
const HYPERSCALE_MIB_AIM = 512;
/** Below this scale the numbers mean nothing: the runs are done in this process. */
const SCALE_MEASURED = 0.01;

const run = promisify(execFile);

export const memoryBench: Bench = {
  name: 'memory',
  what: 'peak with 16384 SDIs; live memory after ten million TLPs beside that after two million',
  async measure(scale) {
    const hyperscale = await measureRun('hyperscale', 8, [HYPERSCALE_TLPS, scale]);
    const long = await measureRun('standard', 16, [LONG_TLPS, scale]);
    return [
      {
        name: 'peak, 16384 SDIs',
        unit: 'MiB',
        value: hyperscale.peakBytes / MIB,
        aim: HYPERSCALE_MIB_AIM,
        result: hyperscale.digest,
      },
      liveFigure(long),
      { name: 'peak, long run', unit: 'MiB', value: long.peakBytes / MIB, result: long.digest },
    ];
  },
};

/** At the last mark, operation record apart, beside the second one, when everything has its size. */
function liveFigure({ marks, tlps, operations, digest }: MemoryReport): Figure {
  const first = marks[1] ?? marks[0];
  const last = marks.at(-1);
  if (first === undefined || last === undefined)
    throw new Error('the run was too short to measure');
  const recordBytes = (operations / tlps) * (last.tlps - first.tlps) * OPERATION_BYTES;
  return {
    name: 'live at the end of a long run',
    unit: 'MiB',
    value: (last.liveBytes - recordBytes) / MIB,
    reference: first.liveBytes / MIB,
    result: digest,
  };
}

async function measureRun(
  profile: MemoryRequest['profile'],
  tenants: number,
  [fullTlps, scale]: readonly [tlps: number, scale: number],
): Promise<MemoryReport> {
  const tlps = fullTlps * scale;
  const request: MemoryRequest = {
    profile,
    tenants,
    operations: Math.max(1, Math.round(tlps / TLPS_PER_OPERATION / tenants)),
    markTlps: Math.max(1, Math.floor(tlps / MARKS)),
  };
  if (scale < SCALE_MEASURED) return await measureMemory(request);
  const script = fileURLToPath(new URL('memory-run.ts', import.meta.url));
  const args = ['--expose-gc', script, JSON.stringify(request)];
  const { stdout } = await run(process.execPath, args, { maxBuffer: MIB });
  return JSON.parse(stdout) as MemoryReport;
}
