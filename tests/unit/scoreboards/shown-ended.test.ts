// The last descriptor of a queue: no later fetch shows that it has ended, but a read of STATE or OPS does, and then its interrupt has
// been sent or is pending. Source: SRD §4 (d), §7.
import { describe, expect, test } from 'vitest';
import { imsEntryOffset, PageRegister } from '#siov/srd-registers';
import { copyWork, PAGES, pattern, REGISTERS, ScoreboardBench, US } from './scoreboard-bench.ts';

const A = 0x200;
const ENABLED = 1;
const EXECUTING = 2;
const work = { ...copyWork(8), interrupt: true, vector: 0 };
/** Its mask is 1 for all that the bench has written. */
const CONTROL = REGISTERS + imsEntryOffset(0) + 12;

function first(bench: ScoreboardBench): string {
  return bench.firstFailure?.rule ?? 'none';
}

function masks(bench: ScoreboardBench, masked: boolean): ScoreboardBench {
  return bench.event({ kind: 'vectorMasked', requester: 'sdi 0', vector: 0, masked });
}

/** One descriptor with an interrupt, its record written, and nothing more. */
function recorded(isMasked = false): ScoreboardBench {
  const bench = new ScoreboardBench().bringUp().runningSdi(0);
  if (isMasked) masks(bench, true).wait(3 * US);
  bench.post('sdi 0', 0, work).fetch(A, 0, work).deviceReads(A, work.source, pattern(8));
  return bench.deviceWrites(A, work.destination, pattern(8)).record(A, 0, { bytesTransferred: 8 });
}

function state(bench: ScoreboardBench, word: number): ScoreboardBench {
  return bench.reads(PAGES + PageRegister.STATE, word);
}

describe('a queue that is idle', () => {
  test('has sent the interrupt of its last descriptor', () => {
    const right = state(recorded().message(A, 0), ENABLED);
    expect(right.broken).toEqual([]);
    const wrong = state(recorded(), ENABLED);
    expect(first(wrong)).toBe('SRD-7.8');
    expect(wrong.firstFailure?.expected).toBe('the message of vector 0 after descriptor 0');
  });

  test('has counted its last descriptor: OPS shows the end, too', () => {
    const right = recorded()
      .message(A, 0)
      .reads(PAGES + PageRegister.OPS, 1);
    expect(right.broken).toEqual([]);
    expect(first(recorded().reads(PAGES + PageRegister.OPS, 1))).toBe('SRD-7.8');
    // Not counted yet: nothing has ended for certain.
    expect(
      recorded()
        .reads(PAGES + PageRegister.OPS, 0)
        .message(A, 0).broken,
    ).toEqual([]);
    const shown = state(recorded().message(A, 0), ENABLED).wait(2 * US);
    expect(first(shown.reads(PAGES + PageRegister.OPS, 0))).toBe('SRD-7.15');
  });

  test('is owed nothing while it executes', () => {
    expect(state(recorded(), ENABLED | EXECUTING).message(A, 0).broken).toEqual([]);
  });

  test('has its interrupt pending where the vector is masked, and sends it when it is unmasked', () => {
    const released = (isSent: boolean): ScoreboardBench => {
      const bench = masks(state(recorded(true), ENABLED), false).wait(2 * US);
      const sincePs = bench.nowPs;
      if (isSent) bench.message(A, 0);
      return bench
        .wait(50 * US)
        .event({ kind: 'vectorsReleased', sincePs })
        .reads(CONTROL, 1);
    };
    expect(released(true).broken).toEqual([]);
    expect(first(released(false))).toBe('T-INT-4');
  });

  test('may have an interrupt that waits for Bus Master Enable', () => {
    const bench = recorded().event({ kind: 'busMaster', requester: 'pf', on: false });
    expect(state(bench, ENABLED).broken).toEqual([]);
    bench.event({ kind: 'busMaster', requester: 'pf', on: true }).wait(2 * US);
    expect(bench.message(A, 0).broken).toEqual([]);
  });
});

describe('pending bits', () => {
  /** Longer than SRD §4 Progress gives to any work. */
  const LONG = 200 * US;

  test('an entry is not pending long after its message', () => {
    const sent = (): ScoreboardBench => state(recorded().message(A, 0), ENABLED);
    expect(sent().wait(LONG).reads(CONTROL, 1).broken).toEqual([]);
    expect(sent().reads(CONTROL, 3).broken).toEqual([]);
    const wrong = sent().wait(LONG).reads(CONTROL, 3);
    expect(first(wrong)).toBe('T-INT-4');
    expect(wrong.firstFailure?.expected).toContain('not pending: nothing was raised and not sent');
  });

  test('an entry may be pending as soon as a descriptor may have raised it', () => {
    const bench = recorded(true).wait(LONG);
    expect(bench.reads(CONTROL, 3).broken).toEqual([]);
  });
});
