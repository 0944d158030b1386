// Ownership patterns in scratch RAM: the hypervisor marks a page before its owner loses it and looks for the mark afterwards.
// Source: SRD §5, §6 (scratch goes to its reset value); siov-facts §13 T-RST-4.
import type { SdiEntry } from '#env/sdi-ledger';
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import type { RandomStream } from '#random/random-stream';

/** Fills the scratch of one page of an SDI; pages beyond the last wrap. */
export function markScratch(
  env: SiovEnv,
  entry: SdiEntry,
  page: number,
  stream: RandomStream,
): void {
  const { device } = env.child.hypervisor.parts;
  const base = scratchAddress(env, entry, page);
  if (base === undefined) return;
  for (let at = 0; at < device.scratch.length; at += 8) {
    device.writeWords(base + at, [stream.uint32(), stream.uint32()]);
  }
}

/** Reads the scratch of one page of an SDI. */
export function* auditScratchOf(env: SiovEnv, entry: SdiEntry, page: number): Process {
  const { device } = env.child.hypervisor.parts;
  const base = scratchAddress(env, entry, page);
  if (base === undefined) return;
  for (let at = 0; at < device.scratch.length; at += 8) yield* device.readWords(base + at, 2);
}

function scratchAddress(env: SiovEnv, entry: SdiEntry, page: number): number | undefined {
  const { device } = env.child.hypervisor.parts;
  const { assignment, sdi } = entry;
  if (assignment === undefined || assignment.pages.length === 0) return undefined;
  const { pages } = device.sdiTarget(sdi, assignment);
  return pages[page % pages.length] + device.scratch.base;
}
