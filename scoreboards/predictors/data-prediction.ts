// Which bytes a data write and an AtomicOp must carry. COPY: the bytes that completions supplied, so no model of the
// host's memory is needed; FILL: the pattern; AtomicOps: the operands. Source: SRD §7.
import { hex } from '#base/bits';
import { bytesEqual } from '#base/bytes';
import type { TlpKind } from '#pcie/tlp';
import { WorkOpcode } from '#siov/work';
import { culpritOf, tookOtherTag, whoseBytes } from './culprit.ts';
import type { SeenRequest } from './seen-request.ts';
import type { TrafficPredictor } from './traffic-predictor.ts';
import type { WorkExecution } from './work-execution.ts';

const PATTERN_MASK = 7;
/** Bytes shown of a wrong write. */
const SHOWN_BYTES = 16;

/** Compares the enabled bytes of a write with what must be at `offset` of the destination. */
export function checkData(
  predictor: TrafficPredictor,
  seen: SeenRequest,
  execution: WorkExecution,
  offset: number,
): void {
  const { payload } = seen.tlp;
  const { work, source } = execution;
  if (work === undefined) return;
  const start = seen.firstByte - seen.tlp.address;
  const end = Math.min(seen.byteLength, execution.length - offset);
  const isFill = work.opcode === WorkOpcode.FILL;
  if (!isFill && end > 0 && !execution.isReceived(offset, end)) {
    if (!hasOverlap(execution)) {
      const expected = 'bytes that the source reads have brought';
      const problem = tookOtherTag(execution) ? 'tagOfOther' : 'wrongData';
      seen.wrong(problem, expected, `bytes ${offset}..${offset + end - 1} before them`);
    }
    return;
  }
  for (let i = 0; i < end; i++) {
    const want = isFill ? work.operandA[(offset + i) & PATTERN_MASK] : source[offset + i];
    if (payload[start + i] === want || execution.isOverlap(offset + i)) continue;
    return mismatch(predictor, seen, execution, { offset: offset + i, at: start + i });
  }
}

function mismatch(
  predictor: TrafficPredictor,
  seen: SeenRequest,
  execution: WorkExecution,
  where: { readonly offset: number; readonly at: number },
): void {
  const { offset, at } = where;
  const culprit = culpritOf(predictor, seen, execution.requester);
  const found = seen.tlp.payload.subarray(at, at + SHOWN_BYTES);
  const want = new Uint8Array(Math.min(SHOWN_BYTES, found.length, execution.length - offset));
  for (let i = 0; i < want.length; i++) want[i] = Math.max(0, execution.expectedByte(offset + i));
  const problem = culprit !== undefined ? 'foreignRid' : whoseBytes(execution, offset, found);
  const name = `destination byte ${offset} of descriptor ${execution.index}`;
  seen.wrong(problem, `${name}: ${hexText(want)}`, hexText(found));
}

function hasOverlap(execution: WorkExecution): boolean {
  return execution.isOverlap(0) || execution.isOverlap(execution.length - 1);
}

function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

const KINDS: Readonly<Record<number, readonly [TlpKind, TlpKind]>> = {
  [WorkOpcode.FETCH_ADD]: ['FetchAdd32', 'FetchAdd64'],
  [WorkOpcode.SWAP]: ['Swap32', 'Swap64'],
  [WorkOpcode.CAS]: ['CAS32', 'CAS64'],
};

/** Kind, length and operands of an AtomicOp; operand A of CAS is compared, operand B is the new value. */
export function checkAtomic(
  predictor: TrafficPredictor,
  seen: SeenRequest,
  execution: WorkExecution,
): void {
  const { tlp } = seen;
  const { work } = execution;
  if (work === undefined) return;
  const { opcode, length, operandA, operandB } = work;
  if (!KINDS[opcode].includes(tlp.kind)) {
    return seen.wrong('operand', `a ${KINDS[opcode].join(' or ')}`, tlp.kind);
  }
  const want = new Uint8Array(opcode === WorkOpcode.CAS ? 2 * length : length);
  want.set(operandA.subarray(0, length));
  if (opcode === WorkOpcode.CAS) want.set(operandB.subarray(0, length), length);
  if (bytesEqual(tlp.payload, want)) return;
  const culprit = culpritOf(predictor, seen, execution.requester);
  const problem = culprit === undefined ? 'operand' : 'foreignRid';
  const expected = `operands ${hexText(want)} at ${hex(work.destination)}`;
  seen.wrong(problem, expected, hexText(tlp.payload.subarray(0, 32)));
}
