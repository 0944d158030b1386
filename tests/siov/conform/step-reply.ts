// What STEP_OK says, held against the STEP that it answers: times, order, lengths. Source: DUT protocol, STEP.
import { readU32Le, readU64Le } from '#base/bytes';
import { formatTime } from '#base/time-text';
import type { Evidence, Finding } from './finding.ts';
import { TIME_PS_MAX, type TimedBytes } from './frames.ts';
import { tlpLine } from './link-text.ts';
import { DUT } from './paragraphs.ts';

/** A right answer to STEP. */
export interface StepAnswer {
  readonly nowPs: number;
  /** Infinity: nothing until a TLP arrives. */
  readonly nextPs: number;
  readonly tlps: readonly TimedBytes[];
}

/** The STEP that is answered. */
export interface StepSpan {
  readonly fromPs: number;
  readonly untilPs: number;
  readonly lookaheadPs: number;
}

type Fail = (evidence: Omit<Evidence, 'sent'>) => Finding;

const HEAD_BYTES = 20;
const TLP_HEAD_BYTES = 12;
const ALL_ONES = 0xffff_ffff;

/** @throws Finding at the first thing that is wrong. */
export function readStepOk(payload: Uint8Array, span: StepSpan, fail: Fail): StepAnswer {
  if (payload.length < HEAD_BYTES) {
    const seen = `STEP_OK of ${payload.length} bytes`;
    throw fail({ paragraph: DUT.STEP_OK, seen, expected: 'now, next and n: 20 bytes at least' });
  }
  const nowPs = readU64Le(payload, 0);
  const nextPs = readNext(payload);
  const tlps = readTlps(payload, fail);
  checkTimes({ nowPs, tlps }, span, fail);
  checkNow({ nowPs, tlps }, span, fail);
  checkNext(nowPs, nextPs, fail);
  return { nowPs, nextPs, tlps };
}

function readNext(payload: Uint8Array): number {
  const isNever = readU32Le(payload, 8) === ALL_ONES && readU32Le(payload, 12) === ALL_ONES;
  return isNever ? Infinity : readU64Le(payload, 8);
}

function readTlps(payload: Uint8Array, fail: Fail): TimedBytes[] {
  const count = readU32Le(payload, 16);
  const tlps: TimedBytes[] = [];
  let at = HEAD_BYTES;
  while (tlps.length < count && at + TLP_HEAD_BYTES <= payload.length) {
    const length = readU32Le(payload, at + 8);
    const start = at + TLP_HEAD_BYTES;
    if (start + length > payload.length) break;
    tlps.push({ timePs: readU64Le(payload, at), bytes: payload.slice(start, start + length) });
    at = start + length;
  }
  if (tlps.length === count && at === payload.length) return tlps;
  throw fail({
    paragraph: DUT.STEP_OK,
    seen: `STEP_OK of ${payload.length} bytes, in which n is ${count} and ${tlps.length} whole TLPs end at byte ${at}`,
    expected: 'n TLPs, each with time and length, and nothing after them',
  });
}

type Timed = Pick<StepAnswer, 'nowPs' | 'tlps'>;

function checkTimes({ tlps }: Timed, { fromPs, untilPs }: StepSpan, fail: Fail): void {
  let lastPs = fromPs;
  for (const { timePs, bytes } of tlps) {
    const seen = `a TLP at ${formatTime(timePs)}: ${tlpLine(bytes)}`;
    if (timePs <= fromPs || timePs > untilPs) {
      const span = `(${formatTime(fromPs)}, ${formatTime(untilPs)}]`;
      throw fail({ paragraph: DUT.SENT, seen, expected: `a time in ${span}` });
    }
    if (timePs < lastPs) {
      const expected = `no time before that of the TLP in front of it, ${formatTime(lastPs)}`;
      throw fail({ paragraph: DUT.SENT, seen, expected });
    }
    lastPs = timePs;
  }
}

/** now is until; in an idle STEP longer than the look-ahead, the time of the first TLP. */
function checkNow({ nowPs, tlps }: Timed, span: StepSpan, fail: Fail): void {
  const { fromPs, untilPs, lookaheadPs } = span;
  const isLong = untilPs - fromPs > lookaheadPs;
  if (!isLong || tlps.length === 0) {
    if (nowPs === untilPs) return;
    const seen = `now ${formatTime(nowPs)}`;
    throw fail({
      paragraph: DUT.NOW,
      seen,
      expected: `now equal to until, ${formatTime(untilPs)}`,
    });
  }
  const firstPs = tlps[0].timePs;
  const lastPs = tlps[tlps.length - 1].timePs;
  if (nowPs === firstPs && lastPs === firstPs) return;
  const more = lastPs === firstPs ? '' : `, and a TLP at ${formatTime(lastPs)}`;
  throw fail({
    paragraph: DUT.IDLE,
    seen: `now ${formatTime(nowPs)} with a first TLP at ${formatTime(firstPs)}${more}`,
    expected: 'a stop at the time of the first TLP: now is that time, and no TLP is later',
  });
}

function checkNext(nowPs: number, nextPs: number, fail: Fail): void {
  if (nextPs <= nowPs) {
    const seen = `next ${formatTime(nextPs)} with now ${formatTime(nowPs)}`;
    throw fail({ paragraph: DUT.NEXT, seen, expected: 'next later than now' });
  }
  if (nextPs === Infinity || nextPs <= TIME_PS_MAX) return;
  const seen = `next ${nextPs}`;
  throw fail({
    paragraph: DUT.TIME,
    seen,
    expected: 'a time up to 2^53 - 1, or 2^64 - 1 for never',
  });
}
