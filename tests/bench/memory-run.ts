// One long run, and how much memory was live at marks on the way. The memory benchmark starts it as a process of its own, with
// --expose-gc and a `MemoryRequest` as JSON as its argument; it then prints a `MemoryReport` as JSON.
import process from 'node:process';
import { longRun } from './long-run.ts';
import type { Profile } from '#siov/device-params';

export interface MemoryRequest {
  readonly profile: Profile;
  readonly tenants: number;
  readonly operations: number;
  /** Live memory is measured each time so many TLPs have passed. */
  readonly markTlps: number;
}

export interface Mark {
  readonly tlps: number;
  /** Bytes of heap and of array buffers that are live. */
  readonly liveBytes: number;
}

export interface MemoryReport {
  readonly marks: readonly Mark[];
  /** Largest resident set of the process, bytes. */
  readonly peakBytes: number;
  readonly tlps: number;
  readonly operations: number;
  readonly digest: string;
}

/** Does the run in this process. Without --expose-gc what is no longer live counts, too. */
export async function measureMemory(request: MemoryRequest): Promise<MemoryReport> {
  const collect = (globalThis as { readonly gc?: () => void }).gc;
  const marks: Mark[] = [];
  const record = await longRun({
    ...request,
    onStep: (tlps) => {
      if (tlps < (marks.length + 1) * request.markTlps) return;
      collect?.();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      marks.push({ tlps, liveBytes: heapUsed + arrayBuffers });
    },
  });
  const { tlpsUp, tlpsDown, operations } = record.counts;
  return {
    marks,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    tlps: tlpsUp + tlpsDown,
    operations,
    digest: record.digests.tlp,
  };
}

if (import.meta.main) {
  const report = await measureMemory(JSON.parse(process.argv[2] ?? '{}') as MemoryRequest);
  process.stdout.write(JSON.stringify(report));
}
