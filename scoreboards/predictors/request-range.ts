// Which bytes a memory request names: address, length and byte enables in one pass (PCIe Base §2.2.5, siov-facts R-REQ-4).
import type { Tlp } from '#pcie/tlp';
import type { SeenRequest } from './seen-request.ts';

/** Set bits at the low end of a byte-enable nibble, as a run; -1 where the bits are no single run. */
const RUN_START = [0, 0, 1, 0, 2, -1, 1, 0, 3, -1, -1, -1, 2, -1, 1, 0];
const RUN_LENGTH = [0, 1, 1, 2, 1, -1, 2, 3, 1, -1, -1, -1, 2, -1, 3, 4];

/** Fills `firstByte`, `byteLength` and `isContiguous`. */
export function readRange(seen: SeenRequest, tlp: Tlp): void {
  const { firstBe, lastBe, lengthDw } = tlp;
  seen.isContiguous = true;
  if (lengthDw === 1) {
    const start = RUN_START[firstBe];
    seen.isContiguous = start >= 0 && lastBe === 0;
    seen.firstByte = tlp.address + Math.max(0, start);
    seen.byteLength = Math.max(0, RUN_LENGTH[firstBe]);
    return;
  }
  const start = RUN_START[firstBe];
  const end = RUN_LENGTH[lastBe];
  // With several DWs the enabled bytes must reach the end of the first DW and start at the front of the last one.
  const reachesEnd = start >= 0 && start + RUN_LENGTH[firstBe] === 4;
  const startsFront = end > 0 && RUN_START[lastBe] === 0;
  seen.isContiguous = reachesEnd && startsFront && firstBe !== 0;
  const skipped = Math.max(0, start);
  seen.firstByte = tlp.address + skipped;
  seen.byteLength = 4 * lengthDw - skipped - (4 - Math.max(0, end));
}
