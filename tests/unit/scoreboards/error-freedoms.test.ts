// What follows from errors and from resets of functions, as far as SRD binds it; and what it does not bind raises no alarm.
// Source: SRD §2 (Completer ID), §4, §7 (halted), §9.
import { describe, expect, test } from 'vitest';
import { completionWithoutData, memoryRead, memoryWrite } from '#pcie/build';
import { Tlp } from '#pcie/tlp';
import { PageRegister, PfRegister } from '#siov/srd-registers';
import {
  copyWork,
  HOST_RID,
  PAGES,
  PF_RID,
  REGISTERS,
  RING,
  ScoreboardBench,
  US,
  VF_PAGES,
} from './scoreboard-bench.ts';

const A = 0x200;
const TIMEOUT = 50 * US;
const UNEXPECTED = 1 << 1;
const FETCH = memoryRead({ requesterId: A, tag: 9, address: RING, byteLength: 64 });

function first(bench: ScoreboardBench): string {
  return bench.firstFailure?.rule ?? 'none';
}

/** A fetch that is not answered, for a while at least. */
function fetching(): ScoreboardBench {
  return new ScoreboardBench().bringUp().runningSdi(0).post('sdi 0', 0, copyWork(8)).up(FETCH);
}

/** The PF is reset, and found again. */
function flr(bench: ScoreboardBench): ScoreboardBench {
  bench.event({ kind: 'flrStarted', requester: 'pf' }).configWrite(0x68, 2, 0x8810);
  return bench;
}

const refusal = completionWithoutData(FETCH, { completerId: HOST_RID, status: 1 });

describe('a completion for a request from before a PF FLR', () => {
  test.each([
    ['arrives while it runs', 0, 30 * US],
    ['arrives after it', 30 * US, 0],
  ])('%s: it is neither an error nor late', (_name, beforePs, afterPs) => {
    const answered = (errors: number, late: number): ScoreboardBench => {
      const bench = flr(fetching().wait(US));
      if (beforePs === 0) bench.down(refusal, true);
      bench
        .wait(beforePs + afterPs)
        .event({ kind: 'flrEnded', requester: 'pf' })
        .bringUp();
      if (beforePs > 0) bench.down(refusal, true).wait(2 * US);
      bench.reads(REGISTERS + PfRegister.ERRORS, errors);
      return bench.reads(REGISTERS + PfRegister.LATE_COMPLETIONS, late);
    };
    expect(first(answered(0, 0))).toBe('none');
    expect(first(answered(UNEXPECTED, 0))).toBe('SRD-4.4');
    expect(first(answered(0, 1))).toBe('SRD-4.5');
  });
});

describe('a fetch that has timed out', () => {
  const TIMED_OUT = 0x13;
  const halted = (isEnabled: boolean): number => (isEnabled ? 5 : 4) | (TIMED_OUT << 8);

  test('lets a quiesce end, and leaves the queue halted', () => {
    const quiesced = (waitPs: number): ScoreboardBench =>
      fetching()
        .wait(waitPs)
        .event({ kind: 'sdiQuiescing', sdi: 0 })
        .ended('quiesce', 0)
        .reads(PAGES + PageRegister.STATE, halted(false));
    expect(first(quiesced(2 * TIMEOUT))).toBe('none');
    // Nothing has timed out: the descriptor is owed.
    expect(first(quiesced(0))).toBe('SRD-7.1');
  });

  test('lets the queue start anew, even at the same place', () => {
    const restarted = (waitPs: number): ScoreboardBench =>
      fetching()
        .wait(waitPs)
        .event({ kind: 'queueStopped', requester: 'sdi 0' })
        .wait(2 * US)
        .startQueue('sdi 0')
        .post('sdi 0', 0, copyWork(8))
        .fetch(A, 0, copyWork(8));
    expect(first(restarted(2 * TIMEOUT))).toBe('none');
    expect(first(restarted(0))).toBe('SRD-7.1');
  });
});

describe('a request that is not served', () => {
  test('and hits the page of a VF may be refused by the PF or by the VF', () => {
    const refused = (address: number, completerId: number): ScoreboardBench => {
      const bench = new ScoreboardBench().bringUp();
      bench.event({ kind: 'memorySpace', requester: 'vfs', on: true });
      bench.event({ kind: 'vfsEnabling', count: 1, rids: [0x101] }).configWrite(0x158, 2, 9);
      bench.configReads(0x158, 9).event({ kind: 'vfsEnabled', accepted: true });
      const tlp = new Tlp();
      tlp.kind = 'IORd';
      tlp.tag = 77;
      tlp.address = address;
      tlp.lengthDw = 1;
      tlp.firstBe = 0xf;
      return bench.down(tlp, true).up(completionWithoutData(tlp, { completerId, status: 1 }));
    };
    expect(first(refused(VF_PAGES, 0x101))).toBe('none');
    expect(first(refused(VF_PAGES, PF_RID))).toBe('none');
    expect(first(refused(PAGES, 0x101))).toBe('SRD-2.9');
  });

  test('and enables no byte changes nothing', () => {
    const address = REGISTERS + PfRegister.ARG0;
    const written = (firstBe: number): ScoreboardBench => {
      const tlp = memoryWrite({ requesterId: HOST_RID, address, bytes: new Uint8Array(4).fill(9) });
      tlp.firstBe = firstBe;
      return new ScoreboardBench().bringUp().down(tlp).reads(address, 0);
    };
    expect(first(written(0))).toBe('none');
    expect(first(written(0xf))).toBe('SRD-4.6');
  });
});
