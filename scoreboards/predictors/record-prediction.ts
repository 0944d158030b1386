// What the completion record of a descriptor must say. Source: SRD §7 (record, status table, completion timeout).
import { hex } from '#base/bits';
import { crc32 } from '#base/crc32';
import { readU32Le } from '#base/bytes';
import { WorkOpcode, WorkStatus, workStatusName, type WorkRecord } from '#siov/work';
import { firstPartLast, tookOtherTag } from './culprit.ts';
import type { SeenRequest } from './seen-request.ts';
import type { TrafficPredictor } from './traffic-predictor.ts';
import type { WorkExecution } from './work-execution.ts';

/** Judges a write to the record slot of the descriptor in execution. */
export function checkRecord(
  predictor: TrafficPredictor,
  seen: SeenRequest,
  execution: WorkExecution,
): void {
  const { tlp, timePs } = seen;
  const name = `descriptor ${execution.index}`;
  if (execution.work?.noRecord === true) {
    return seen.wrong('recordContent', `no record of ${name}`, 'one');
  }
  if (execution.recordSeen)
    return seen.wrong('recordAgain', `one record of ${name}`, 'a second one');
  const { recordBytes, decodeRecord } = execution.format;
  const isWhole = seen.firstByte === execution.recordAddress && seen.byteLength === recordBytes;
  if (!isWhole) {
    const expected = `one write of ${recordBytes} bytes at ${hex(execution.recordAddress)}`;
    return seen.wrong(
      'recordContent',
      expected,
      `${seen.byteLength} bytes at ${hex(seen.firstByte)}`,
    );
  }
  const record = decodeRecord(tlp.payload);
  if (!execution.dataMayBeOver(timePs, predictor.timeoutPs)) {
    const moved = `${execution.receivedBytes} bytes read, ${execution.writtenBytes} written`;
    const expected = `the record of ${name} after its work`;
    const problem = tookOtherTag(execution) ? 'tagOfOther' : 'recordEarly';
    return seen.wrong(problem, expected, `status ${workStatusName(record.status)}, ${moved}`);
  }
  checkContent(predictor, seen, execution, record);
}

function checkContent(
  predictor: TrafficPredictor,
  seen: SeenRequest,
  execution: WorkExecution,
  record: WorkRecord,
): void {
  const allowed = allowedStatuses(predictor, execution, seen.timePs);
  if (!allowed.includes(record.status)) {
    const isMixedUp =
      record.status >= WorkStatus.UNSUPPORTED &&
      record.status <= WorkStatus.TIMED_OUT &&
      execution.reads.some((read) => read.twins.length > 0);
    const expected = `status ${allowed.map(workStatusName).join(' or ')}`;
    const problem = isMixedUp ? 'tagOfOther' : 'recordContent';
    return seen.wrong(problem, expected, workStatusName(record.status));
  }
  const n = execution.index & 0xffff;
  const phase = execution.format.recordPhase(execution.index, execution.latch.ringEntries);
  if (record.n !== n || record.phase !== phase) {
    const found = `n ${record.n}, phase ${record.phase}`;
    return seen.wrong('recordContent', `n ${n}, phase ${phase}`, found);
  }
  const bytes = transferred(execution, record.status);
  if (record.bytesTransferred !== bytes) {
    return seen.wrong('recordContent', `${bytes} bytes transferred`, record.bytesTransferred);
  }
  const [low, high] = result(execution, record.status);
  if (record.resultLow !== low || record.resultHigh !== high) {
    const expected = `result ${hex(high, 8)} ${hex(low, 8)} (high, low)`;
    const found = `${hex(record.resultHigh, 8)} ${hex(record.resultLow, 8)}`;
    const isSwapped = isCrcOfSwappedParts(execution, record.resultLow);
    seen.wrong(isSwapped ? 'splitOrder' : 'recordContent', expected, found);
  }
}

/** SRD §7: the status of the first completion that failed; a timeout counts as arriving between 1 x and 2 x. */
function allowedStatuses(
  predictor: TrafficPredictor,
  execution: WorkExecution,
  timePs: number,
): number[] {
  if (execution.refused !== 0) return [execution.refused];
  const { timeoutPs } = predictor;
  const isTimeoutPossible = execution.timeoutPossible(timePs, timeoutPs);
  if (execution.errorStatus !== 0) {
    const timeoutFirst =
      execution.mayHaveTimedOut ||
      execution.outstanding.some((request) => request.leftPs + timeoutPs <= execution.errorPs);
    return timeoutFirst ? [execution.errorStatus, WorkStatus.TIMED_OUT] : [execution.errorStatus];
  }
  const allowed: number[] = [];
  if (execution.isDataComplete) allowed.push(WorkStatus.DONE);
  if (isTimeoutPossible) allowed.push(WorkStatus.TIMED_OUT);
  return allowed;
}

function transferred(execution: WorkExecution, status: number): number {
  const { work } = execution;
  if (work === undefined || execution.refused !== 0 || work.opcode === WorkOpcode.NOP) return 0;
  if (status === WorkStatus.DONE) return work.length;
  return work.opcode === WorkOpcode.COPY ? execution.writtenBytes : 0;
}

/** Whether a CRC-32 is that of the source with the parts of split completions in another order. */
function isCrcOfSwappedParts(execution: WorkExecution, found: number): boolean {
  if (execution.work?.opcode !== WorkOpcode.CRC32) return false;
  const swapped = execution.source.slice();
  for (const read of execution.reads) {
    if (read.parts < 2) continue;
    const whole = execution.source.subarray(read.offset, read.offset + read.byteLength);
    swapped.set(firstPartLast(read, whole), read.offset);
  }
  return crc32(swapped) === found;
}

/** Low and high word of the result; 0 where there is none. */
function result(execution: WorkExecution, status: number): readonly [number, number] {
  const { work, source } = execution;
  if (work === undefined || status !== WorkStatus.DONE || execution.refused !== 0) return [0, 0];
  if (work.opcode === WorkOpcode.CRC32) return [crc32(source), 0];
  if (!execution.isAtomic) return [0, 0];
  return [readU32Le(source, 0), work.length === 8 ? readU32Le(source, 4) : 0];
}
