// What SRD leaves to the device raises no alarm, whichever way the device takes; and the same thing out of its bounds
// does. Each of these was an alarm once. Source: design decision 7; SRD §4 "Moments", §7.
import { describe, expect, test } from 'vitest';
import { completionWithoutData, memoryRead } from '#pcie/build';
import { PageRegister, PfRegister } from '#siov/srd-registers';
import {
  copyWork,
  HOST_RID,
  PAGES,
  REGISTERS,
  RING,
  ScoreboardBench,
  US,
} from './scoreboard-bench.ts';

const A = 0x200;
const TIMEOUT = 50 * US;
const COMPLETION_TIMEOUT = 4;
const AER_STATUS = 0x104;
const AER_TIMEOUT = 1 << 14;

function running(): ScoreboardBench {
  return new ScoreboardBench().bringUp().runningSdi(0);
}

function first(bench: ScoreboardBench): string {
  return bench.firstFailure?.rule ?? 'none';
}

/** A fetch that is never answered. */
function lostFetch(): ScoreboardBench {
  const bench = running().post('sdi 0', 0, copyWork(8));
  return bench.up(memoryRead({ requesterId: A, tag: 9, address: RING, byteLength: 64 }));
}

/** STATE of an ENABLED SDI whose queue is halted. */
function halted(code: number): number {
  return 5 | (code << 8);
}

describe('a completion timeout strikes between 1 × and 2 ×', () => {
  test('so a doorbell that comes then finds the queue halted, or halts it', () => {
    const rung = (waitPs: number, code: number): ScoreboardBench =>
      lostFetch()
        .wait(waitPs)
        .event({ kind: 'doorbell', requester: 'sdi 0', tail: 100 })
        .wait(2 * TIMEOUT)
        .reads(PAGES + PageRegister.STATE, halted(code));
    expect(first(rung(1.5 * TIMEOUT, 0x24))).toBe('none');
    expect(first(rung(1.5 * TIMEOUT, 0x13))).toBe('none');
    expect(first(rung(0.5 * TIMEOUT, 0x24))).toBe('none');
    expect(first(rung(0.5 * TIMEOUT, 0x13))).toBe('SRD-7.14');
    expect(first(rung(1.5 * TIMEOUT, 0x10))).toBe('SRD-7.14');
  });

  test('so another part of the fetch, refused then, may be the second to fail', () => {
    const refused = (waitPs: number, code: number): ScoreboardBench => {
      const bench = running().post('sdi 0', 0, copyWork(8));
      bench.up(memoryRead({ requesterId: A, tag: 9, address: RING, byteLength: 32 })).wait(waitPs);
      const rest = memoryRead({ requesterId: A, tag: 10, address: RING + 32, byteLength: 32 });
      const answer = completionWithoutData(rest, { completerId: HOST_RID, status: 1 });
      bench.up(rest).down(answer, true);
      return bench.wait(4 * TIMEOUT).reads(PAGES + PageRegister.STATE, halted(code));
    };
    expect(first(refused(1.5 * TIMEOUT, 0x10))).toBe('none');
    expect(first(refused(1.5 * TIMEOUT, 0x13))).toBe('none');
    expect(first(refused(US, 0x13))).toBe('SRD-7.14');
  });

  test('so a write that clears its bits then may come before it or behind it', () => {
    const cleared = (waitPs: number, isSet: boolean): ScoreboardBench =>
      lostFetch()
        .wait(waitPs)
        .configWrite(AER_STATUS, 4, AER_TIMEOUT)
        .write(REGISTERS + PfRegister.ERRORS, COMPLETION_TIMEOUT)
        .wait(Math.max(2.2 * TIMEOUT - waitPs, 2 * US))
        .reads(REGISTERS + PfRegister.ERRORS, isSet ? COMPLETION_TIMEOUT : 0)
        .configReads(AER_STATUS, isSet ? AER_TIMEOUT : 0);
    expect(first(cleared(1.5 * TIMEOUT, true))).toBe('none');
    expect(first(cleared(1.5 * TIMEOUT, false))).toBe('none');
    expect(first(cleared(0.5 * TIMEOUT, true))).toBe('none');
    expect(first(cleared(0.5 * TIMEOUT, false))).toBe('SRD-4.4');
    expect(first(cleared(2.5 * TIMEOUT, true))).toBe('SRD-4.4');
  });
});
