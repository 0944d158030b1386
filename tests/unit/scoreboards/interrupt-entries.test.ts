// Interrupt entries as reads show them: a vector raised while masked is pending, its entry says so, and its message comes once it is
// unmasked; a destroyed SDI leaves nothing in its entries. Source: SRD §4 (IMS entry), §5 (DESTROY_SDI), §7.
import { describe, expect, test } from 'vitest';
import { imsEntryOffset } from '#siov/srd-registers';
import { copyWork, pattern, REGISTERS, ScoreboardBench, US } from './scoreboard-bench.ts';

const A = 0x200;
const CONTROL = 12;
const MASKED = 1;
const PENDING = 2;
const ENTRY = REGISTERS + imsEntryOffset(0);
const work = { ...copyWork(8), interrupt: true, vector: 0 };

function masks(bench: ScoreboardBench, masked: boolean): ScoreboardBench {
  return bench.event({ kind: 'vectorMasked', requester: 'sdi 0', vector: 0, masked });
}

/** Descriptor 0 has ended while its vector was masked: the next one is done, too. */
function pending(): ScoreboardBench {
  const bench = new ScoreboardBench().bringUp().runningSdi(0);
  bench.programVector('sdi 0', 0);
  masks(bench, true).wait(3 * US);
  bench.post('sdi 0', 0, work).fetch(A, 0, work).deviceReads(A, work.source, pattern(8));
  bench.deviceWrites(A, work.destination, pattern(8)).record(A, 0, { bytesTransferred: 8 });
  return bench.copy(A, 1, pattern(4));
}

function entryReads(bench: ScoreboardBench, word: number): ScoreboardBench {
  return bench.reads(ENTRY + CONTROL, word);
}

/** Unmasks, waits, and says that what was pending has had its time. */
function releases(
  bench: ScoreboardBench,
  device: (bench: ScoreboardBench) => void,
): ScoreboardBench {
  masks(bench, false).wait(2 * US);
  const sincePs = bench.nowPs;
  device(bench);
  bench.wait(50 * US).event({ kind: 'vectorsReleased', sincePs });
  // An event counts from the next TLP on.
  return entryReads(bench, MASKED);
}

function first(bench: ScoreboardBench): string {
  return bench.firstFailure?.rule ?? 'none';
}

describe('a vector raised while masked', () => {
  test('its entry reads pending', () => {
    const right = entryReads(pending(), MASKED | PENDING);
    expect(right.broken).toEqual([]);
    const wrong = entryReads(pending(), MASKED);
    expect(first(wrong)).toBe('T-INT-4');
    expect(wrong.firstFailure?.expected).toContain('raised while masked');
  });

  test('it is not judged where the bit may be either: unmasked meanwhile, or sent', () => {
    expect(entryReads(masks(pending(), false), MASKED).broken).toEqual([]);
    const sent = masks(pending(), false).wait(US).message(A, 0);
    expect(entryReads(masks(sent, true).wait(2 * US), MASKED).broken).toEqual([]);
  });

  test('nothing is pending after a reset of the SDI', () => {
    const bench = pending().reset(0);
    expect(entryReads(bench, MASKED).broken).toEqual([]);
  });

  test('its message comes when it is unmasked, or was lost', () => {
    const right = releases(pending(), (bench) => bench.message(A, 0));
    expect(right.broken).toEqual([]);
    expect(right.evaluated('T-INT-4')).toBeGreaterThan(0);
    const wrong = releases(pending(), () => {});
    expect(first(wrong)).toBe('T-INT-4');
    expect(wrong.firstFailure?.expected).toBe(
      'the message of vector 0, which was pending, after it was unmasked',
    );
  });

  test('a message that Bus Master Enable has held back is not missed', () => {
    const bench = releases(pending(), (held) => {
      held.event({ kind: 'busMaster', requester: 'pf', on: false });
    });
    expect(bench.broken).toEqual([]);
  });

  test('nobody is owed what was raised while it may have been unmasked', () => {
    const bench = new ScoreboardBench().bringUp().runningSdi(0);
    bench.post('sdi 0', 0, work).fetch(A, 0, work);
    bench.deviceReads(A, work.source, pattern(8));
    bench.deviceWrites(A, work.destination, pattern(8)).record(A, 0, { bytesTransferred: 8 });
    masks(bench, true).message(A, 0).copy(A, 1, pattern(4));
    expect(releases(bench, () => {}).broken).toEqual([]);
  });
});

describe('the entry of an SDI that was destroyed', () => {
  function destroyed(): ScoreboardBench {
    const bench = new ScoreboardBench().bringUp().runningSdi(0);
    bench
      .write(ENTRY, 0x1234)
      .write(ENTRY + CONTROL, 0)
      .wait(US);
    bench.event({ kind: 'sdiQuiescing', sdi: 0 }).ended('quiesce', 0);
    return bench.event({ kind: 'sdiDestroying', sdi: 0 }).ended('destroy', 0);
  }

  test('reads its reset value: nothing of the old owner', () => {
    expect(
      destroyed()
        .reads(ENTRY, 0)
        .reads(ENTRY + CONTROL, MASKED).broken,
    ).toEqual([]);
    expect(first(destroyed().reads(ENTRY, 0x1234))).toBe('T-RST-4');
    expect(first(destroyed().reads(ENTRY + CONTROL, 0))).toBe('T-RST-4');
  });

  test('may read anything once the host has written it again', () => {
    expect(destroyed().write(ENTRY, 0x55).wait(US).reads(ENTRY, 0x55).broken).toEqual([]);
  });
});
