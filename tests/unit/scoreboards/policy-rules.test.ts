// Every answer of a policy is read by a rule: the same traffic is right under one answer and wrong under the other. What Nimbus
// answers otherwise than SRD is shown by whole runs beside this (tests/e2e/nimbus.test.ts).
import { describe, expect, test } from 'vitest';
import { completionWithData, configRead, memoryRead } from '#pcie/build';
import { Tlp } from '#pcie/tlp';
import { definePolicy, type PolicyChanges } from '#siov/siov-policy';
import {
  copyWork,
  HOST_RID,
  PAGES,
  pattern,
  PF_RID,
  REGISTERS,
  ScoreboardBench,
  US,
} from './scoreboard-bench.ts';

const A = 0x200;

function benchOf(changes: PolicyChanges = {}): ScoreboardBench {
  return new ScoreboardBench({}, definePolicy(changes));
}

/** SDI 0 runs. */
function running(changes: PolicyChanges = {}): ScoreboardBench {
  return benchOf(changes).bringUp().runningSdi(0);
}

function first(bench: ScoreboardBench): string {
  return bench.firstFailure?.rule ?? 'none';
}

/** A descriptor up to its record, which asks for a message of vector 0. */
function upToRecord(changes: PolicyChanges): ScoreboardBench {
  const work = { ...copyWork(8), interrupt: true, vector: 0 };
  const bench = running(changes).post('sdi 0', 0, work).fetch(A, 0, work);
  bench.deviceReads(A, work.source, pattern(8)).deviceWrites(A, work.destination, pattern(8));
  return bench.record(A, 0, { bytesTransferred: 8 });
}

describe('interrupts', () => {
  test('requester: the SDI, or the PF', () => {
    const byPf = { interrupts: { requester: 'pf' } } as const;
    expect(first(upToRecord({}).message(A, 0))).toBe('none');
    expect(first(upToRecord({}).message(PF_RID, 0))).toBe('T-INT-2');
    expect(first(upToRecord(byPf).message(PF_RID, 0))).toBe('none');
    expect(first(upToRecord(byPf).message(A, 0))).toBe('T-INT-2');
    expect(first(upToRecord(byPf).message(PF_RID, 0).message(PF_RID, 0))).toBe('T-INT-4');
  });

  test('whileMasked: pending, or lost', () => {
    const unmasked = (changes: PolicyChanges): ScoreboardBench => {
      const work = { ...copyWork(8), interrupt: true, vector: 0 };
      const bench = running(changes);
      bench
        .event({ kind: 'vectorMasked', requester: 'sdi 0', vector: 0, masked: true })
        .wait(3 * US);
      bench.post('sdi 0', 0, work).fetch(A, 0, work).deviceReads(A, work.source, pattern(8));
      bench.deviceWrites(A, work.destination, pattern(8)).record(A, 0, { bytesTransferred: 8 });
      bench.copy(A, 1, pattern(4));
      bench.event({ kind: 'vectorMasked', requester: 'sdi 0', vector: 0, masked: false });
      return bench.wait(US).message(A, 0);
    };
    expect(first(unmasked({}))).toBe('none');
    expect(first(unmasked({ interrupts: { whileMasked: 'lost' } }))).toBe('T-INT-4');
  });
});

describe('SDI reset', () => {
  /** A read is awaited when the reset of its SDI has ended. */
  function abandoned(changes: PolicyChanges): ScoreboardBench {
    const bench = running(changes).post('sdi 0', 0, copyWork(8)).fetch(A, 0, copyWork(8));
    bench.up(memoryRead({ requesterId: A, tag: 31, address: copyWork(8).source, byteLength: 8 }));
    return bench.reset(0);
  }

  /** The tag of a request that a reset gave up is used again at once. */
  function reused(changes: PolicyChanges): ScoreboardBench {
    const bench = abandoned(changes).enable(0).startQueue('sdi 0').post('sdi 0', 0, copyWork(8));
    return bench.fetch(A, 0, copyWork(8), { tag: 31 });
  }

  const drained = { sdiReset: { outstanding: 'drained', abortedTags: 'reusable' } } as const;

  test('outstanding: abandoned, or drained', () => {
    expect(first(abandoned({}))).toBe('none');
    const bench = abandoned({ sdiReset: { outstanding: 'drained' } });
    expect(first(bench)).toBe('T-RST-2');
    expect(bench.firstFailure?.seen).toContain('is awaited');
  });

  test('abortedTags: held, or reusable', () => {
    expect(first(reused({}))).toBe('T-RST-2');
    // The only failure is that it was not drained; the tag itself is no matter.
    expect(reused(drained).testbench.rules.failures.map(({ seen }) => seen)).toEqual([
      expect.stringContaining('is awaited'),
    ]);
  });
});

describe('requests', () => {
  test('outstandingMax', () => {
    const reads = (count: number, changes: PolicyChanges): string => {
      const bench = running(changes);
      const work = copyWork(1000);
      bench.post('sdi 0', 0, work).fetch(A, 0, work);
      for (let i = 0; i < count; i++) {
        const address = work.source + 4 * i;
        bench.up(memoryRead({ requesterId: A, tag: 100 + i, address, byteLength: 4 }));
      }
      return first(bench);
    };
    expect(reads(9, {})).toBe('none');
    expect(reads(9, { requests: { outstandingMax: 8 } })).toBe('SRD-7.11');
  });

  test('ats: never, or translated', () => {
    const fetched = (at: number, changes: PolicyChanges): string =>
      first(running(changes).post('sdi 0', 0, copyWork(4)).fetch(A, 0, copyWork(4), { at }));
    expect(fetched(2, {})).toBe('SRD-7.12');
    expect(fetched(2, { requests: { ats: 'translated' } })).toBe('none');
    expect(fetched(1, { requests: { ats: 'translated' } })).toBe('SRD-7.12');
  });

  test('pasid: by the enable of the PF, or never', () => {
    const withPasid = (changes: PolicyChanges): string => {
      const bench = benchOf(changes)
        .bringUp()
        .runningSdi(0, { pasid: 77 })
        .wait(2 * US);
      return first(bench.post('sdi 0', 0, copyWork(4)).fetch(A, 0, copyWork(4), { pasid: 77 }));
    };
    expect(withPasid({})).toBe('none');
    expect(withPasid({ requests: { pasid: 'never' } })).toBe('T-PAS-1');
  });
});

describe('functions and Routing IDs', () => {
  test('d3hot: stops SDIs, or not', () => {
    const asleep = (changes: PolicyChanges): string => {
      const bench = running(changes).copy(A, 0, pattern(4)).post('sdi 0', 1, copyWork(4));
      bench.event({ kind: 'powerState', d3hot: true }).configWrite(0x44, 2, 3);
      return first(bench.wait(2 * US).fetch(A, 1, copyWork(4)));
    };
    expect(asleep({})).toBe('T-REQ-8');
    expect(asleep({ functions: { d3hot: 'sdis-go-on' } })).toBe('none');
  });

  test('configToSdi: UR, or all ones', () => {
    const answered = (word: number, changes: PolicyChanges): string => {
      const bench = running(changes);
      const target = { destinationId: A, offset: 0, byteLength: 4, type: 1 } as const;
      const tlp = configRead({ requesterId: HOST_RID, tag: bench.tag(), ...target });
      const bytes = new Uint8Array([word, word, word, word]);
      return first(bench.down(tlp).up(completionWithData(tlp, { completerId: PF_RID, bytes })));
    };
    const ones = { functions: { configToSdi: 'all-ones' } } as const;
    expect(answered(0xff, {})).toBe('T-CFG-1');
    expect(answered(0xff, ones)).toBe('none');
    expect(answered(0x11, ones)).toBe('T-CFG-1');
  });

  test('onRenumbering: SDIs stay, or move with the PF', () => {
    const renumbered = (rid: number, changes: PolicyChanges): string => {
      const bench = running(changes).copy(A, 0, pattern(4));
      bench.event({ kind: 'busAssigned', bus: 5 }).configWrite(0x04, 2, 6, 0x0500);
      return first(bench.post('sdi 0', 1, copyWork(4)).fetch(rid, 1, copyWork(4)));
    };
    const moving = { rids: { onRenumbering: 'move' } } as const;
    expect(renumbered(A, {})).toBe('none');
    expect(renumbered(A + 0x400, moving)).toBe('none');
    expect(renumbered(A, moving)).not.toBe('none');
    expect(renumbered(A + 0x400, {})).not.toBe('none');
  });

  test('pfFlr: SDIs are freed, or kept CREATED', () => {
    const enabledAfter = (changes: PolicyChanges): string => {
      const bench = running(changes)
        .copy(A, 0, pattern(4))
        .event({ kind: 'flrStarted', requester: 'pf' });
      bench
        .wait(2 * US)
        .event({ kind: 'flrEnded', requester: 'pf' })
        .bringUp()
        .wait(2 * US);
      bench.enable(0).startQueue('sdi 0').post('sdi 0', 0, copyWork(4));
      return first(bench.wait(300 * US).fetch(A, 0, copyWork(4)));
    };
    expect(enabledAfter({ functions: { pfFlr: 'keeps-sdis' } })).toBe('none');
    expect(enabledAfter({})).not.toBe('none');
  });
});

describe('pages and time', () => {
  const PLACE = PAGES + 4096 * 40;

  test('unassignedReads: UR, all ones, or zeroes', () => {
    expect(first(running().reads(PLACE, 0))).toBe('T-MMIO-3');
    const zeroes = { pages: { unassignedReads: 'zeroes' } } as const;
    expect(first(running(zeroes).reads(PLACE, 0))).toBe('none');
    expect(first(running(zeroes).reads(PLACE, 5))).toBe('T-MMIO-3');
    expect(first(running(zeroes).readRefused(PLACE, 1))).toBe('T-MMIO-3');
    const ones = { pages: { unassignedReads: 'all-ones' } } as const;
    expect(first(running(ones).reads(PLACE, 0xffff_ffff))).toBe('none');
  });

  test('completer: the PF, or the owner of the page', () => {
    const byOwner = { pages: { completer: 'owner' } } as const;
    expect(first(running().reads(PAGES + 0x100, 0, A))).toBe('SRD-2.9');
    expect(first(running(byOwner).reads(PAGES + 0x100, 0, A))).toBe('none');
    expect(first(running(byOwner).reads(PAGES + 0x100, 0, PF_RID))).toBe('SRD-2.9');
  });

  test('resettingReads: all ones, or zeroes', () => {
    const peeked = (word: number, changes: PolicyChanges): string => {
      const bench = running(changes)
        .write(PAGES + 0x100, 0x1234)
        .wait(2 * US);
      bench.event({ kind: 'sdiResetting', sdi: 0, reconfigure: undefined });
      return first(bench.reads(PAGES + 0x100, word));
    };
    const zeroes = { pages: { resettingReads: 'zeroes' } } as const;
    expect(peeked(0xffff_ffff, {})).toBe('none');
    expect(peeked(0xffff_ffff, zeroes)).toBe('SRD-6.7');
    expect(peeked(0, zeroes)).toBe('none');
  });

  test('answerNs: how long an answer may take', () => {
    const overdue = (changes: PolicyChanges): string => {
      const bench = running(changes);
      const request = { requesterId: HOST_RID, tag: bench.tag(), address: REGISTERS };
      return first(
        bench
          .down(memoryRead({ ...request, byteLength: 4 }))
          .wait(10 * US)
          .finish(),
      );
    };
    expect(overdue({})).toBe('none');
    expect(overdue({ timing: { answerNs: 5_000 } })).toBe('T-CPL-6');
  });

  test('momentNs: how long an old setting may be obeyed', () => {
    const late = (changes: PolicyChanges): string => {
      const bench = running(changes).copy(A, 0, pattern(4)).post('sdi 0', 1, copyWork(4));
      bench.event({ kind: 'busMaster', requester: 'pf', on: false }).configWrite(0x04, 2, 2);
      return first(bench.wait(2 * US).fetch(A, 1, copyWork(4)));
    };
    expect(late({})).toBe('T-REQ-8');
    expect(late({ timing: { momentNs: 5_000 } })).toBe('none');
  });
});

describe('error Messages', () => {
  const bySdi = { errors: { messages: 'owner' } } as const;
  const byPf = { errors: { messages: 'pf' } } as const;

  function told(requesterId: number): Tlp {
    return Object.assign(new Tlp(), { kind: 'Msg', messageCode: 0x31, requesterId });
  }

  /** An Unexpected Completion for SDI 0. */
  function unexpected(changes: PolicyChanges): ScoreboardBench {
    const bench = benchOf(changes).bringUp({ errorReporting: true }).runningSdi(0);
    const request = memoryRead({ requesterId: A, tag: 9, address: 0x1000, byteLength: 4 });
    return bench.down(
      completionWithData(request, { completerId: HOST_RID, bytes: pattern(4) }),
      true,
    );
  }

  test('none: a Message is wrong in itself', () => {
    expect(first(unexpected({}).up(told(PF_RID)))).toBe('SRD-3.1');
  });

  test('pf: one for each error, from the PF', () => {
    expect(
      first(
        unexpected(byPf)
          .up(told(PF_RID))
          .wait(40 * US)
          .finish(),
      ),
    ).toBe('none');
    expect(first(unexpected(byPf).up(told(A)))).toBe('T-ERR-1');
    expect(first(unexpected(byPf).up(told(PF_RID)).up(told(PF_RID)))).toBe('T-ERR-1');
    expect(
      first(
        unexpected(byPf)
          .wait(40 * US)
          .finish(),
      ),
    ).toBe('T-ERR-1');
  });

  test('owner: from the SDI that the error concerns', () => {
    expect(first(unexpected(bySdi).up(told(A)))).toBe('none');
    expect(first(unexpected(bySdi).up(told(PF_RID)))).toBe('T-ERR-1');
  });

  test('no Message while reporting is off', () => {
    expect(first(benchOf(byPf).bringUp().up(told(PF_RID)))).toBe('T-ERR-1');
  });
});
