// Each rule about what the host reads from the device: a read that keeps it, and one that breaks it. Source: SRD §2-§9.
import { describe, expect, test } from 'vitest';
import {
  completionWithData,
  completionWithoutData,
  configRead,
  memoryRead,
  memoryWrite,
} from '#pcie/build';
import { encodeTlp } from '#pcie/codec';
import { PfRegister, imsEntryOffset } from '#siov/srd-registers';
import { WorkOpcode } from '#siov/work';
import {
  copyWork,
  DESTINATION,
  HOST_RID,
  LOOKAHEAD_PS,
  MSIX,
  pattern,
  PAGES,
  PF_RID,
  REGISTERS,
  ScoreboardBench,
  US,
  VF_PAGES,
  words,
} from './scoreboard-bench.ts';

const A = 0x200;
const STATUS_BYTE_DW = 0x1a8;
const ENABLED_BIT = 1 << 24;
const UR = 1;
const CA = 4;

function up(): ScoreboardBench {
  return new ScoreboardBench().bringUp();
}

function first(bench: ScoreboardBench): string {
  return bench.firstFailure?.rule ?? 'none';
}

/** Expects the right word to be taken and the wrong one to break `rule`. */
function both(
  rule: string,
  prepare: (bench: ScoreboardBench) => void,
  read: (bench: ScoreboardBench, isRight: boolean) => void,
): void {
  const right = up();
  prepare(right);
  read(right, true);
  expect(right.testbench.rules.failures).toEqual([]);
  expect(right.evaluated(rule)).toBeGreaterThan(0);
  const wrong = up();
  prepare(wrong);
  read(wrong, false);
  expect(first(wrong)).toBe(rule);
}

const nothing = (): void => {};

describe('PF registers', () => {
  test('SRD-4.2: constants', () => {
    both('SRD-4.2', nothing, (bench, isRight) => bench.reads(REGISTERS, isRight ? 0x3144_5253 : 0));
  });

  test('SRD-4.3: STATUS counts the enabled SDIs', () => {
    both(
      'SRD-4.3',
      (bench) => bench.runningSdi(0),
      (bench, isRight) =>
        bench.reads(REGISTERS + PfRegister.STATUS, isRight ? 0x0001_0001 : 0x0002_0001),
    );
  });

  test('SRD-4.3: STATUS does not count an SDI from the TLP on that starts a restore; a reconfigure may be refused', () => {
    const starts = (bench: ScoreboardBench): void => {
      bench.runningSdi(0).event({ kind: 'sdiResetting', sdi: 0, reconfigure: undefined });
    };
    both('SRD-4.3', starts, (bench, isRight) =>
      bench.reads(REGISTERS + PfRegister.STATUS, isRight ? 1 : 0x0001_0001),
    );
    for (const word of [1, 0x0001_0001]) {
      const bench = up().runningSdi(0);
      bench.event({ kind: 'sdiResetting', sdi: 0, reconfigure: bench.assignment(0) });
      expect(bench.reads(REGISTERS + PfRegister.STATUS, word).broken).toEqual([]);
    }
  });

  test('SRD-4.4: an access to an unassigned page sets bits 0 and 4, within 1 µs', () => {
    const prepare = (bench: ScoreboardBench): void => {
      bench.readRefused(PAGES + 0x5000, UR).wait(2 * US);
    };
    both('SRD-4.4', prepare, (bench, isRight) =>
      bench.reads(REGISTERS + PfRegister.ERRORS, isRight ? 0x11 : 0),
    );
    const soon = up()
      .readRefused(PAGES + 0x5000, UR)
      .reads(REGISTERS + PfRegister.ERRORS, 0);
    expect(soon.broken).toEqual([]);
    expect(first(up().reads(REGISTERS + PfRegister.ERRORS, 0x08))).toBe('SRD-4.4');
  });

  test('SRD-4.4: a Malformed TLP, a poisoned write, an unexpected completion', () => {
    const bench = up();
    bench.downBytes(new Uint8Array([0x1b, ...new Uint8Array(11)]), true);
    const poisoned = memoryWrite({
      requesterId: HOST_RID,
      address: REGISTERS + PfRegister.ARG0,
      bytes: words(1),
    });
    bench.down(Object.assign(poisoned, { ep: 1 }), true);
    const asked = memoryRead({ requesterId: 0x0234, tag: 5, address: 0, byteLength: 4 });
    bench.down(completionWithData(asked, { completerId: HOST_RID, bytes: words(0) }), true);
    bench
      .wait(2 * US)
      .reads(REGISTERS + PfRegister.ERRORS, 0x2a)
      .reads(REGISTERS + PfRegister.ARG0, 0);
    expect(bench.testbench.rules.failures).toEqual([]);
    // Written to 1 they are gone.
    bench.write(REGISTERS + PfRegister.ERRORS, 0x2a).reads(REGISTERS + PfRegister.ERRORS, 0);
    expect(bench.broken).toEqual([]);
  });

  test('SRD-4.5 and T-RST-2: LATE_COMPLETIONS', () => {
    const prepare = (bench: ScoreboardBench): void => {
      bench.runningSdi(0).post('sdi 0', 0, copyWork(8)).fetch(A, 0, copyWork(8));
      const read = memoryRead({
        requesterId: A,
        tag: 31,
        address: copyWork(8).source,
        byteLength: 8,
      });
      bench.up(read).reset(0);
      bench
        .down(completionWithData(read, { completerId: HOST_RID, bytes: pattern(8) }))
        .wait(2 * US);
    };
    const late = REGISTERS + PfRegister.LATE_COMPLETIONS;
    both('SRD-4.5', prepare, (bench, isRight) => bench.reads(late, isRight ? 1 : 2));
    const lost = up();
    prepare(lost);
    expect(first(lost.reads(late, 0))).toBe('T-RST-2');
  });

  test('SRD-4.6: arguments', () => {
    const at = REGISTERS + PfRegister.ARG0 + 8;
    both(
      'SRD-4.6',
      (bench) => bench.write(at, 0x1234_5678),
      (bench, isRight) => bench.reads(at, isRight ? 0x1234_5678 : 0x1234_5679),
    );
  });

  test('SRD-4.7: interrupt entries and the MSI-X table', () => {
    const at = REGISTERS + imsEntryOffset(0);
    const prepare = (bench: ScoreboardBench): void => {
      bench
        .create(0)
        .write(at, 0xfee0_0000, 1)
        .write(at + 8, 77);
    };
    both('SRD-4.7', prepare, (bench, isRight) => bench.reads(at + 8, isRight ? 77 : 78));
    both('SRD-4.7', nothing, (bench, isRight) => bench.reads(MSIX + 12, isRight ? 1 : 0));
  });
});

describe('admin commands', () => {
  const ARG0 = REGISTERS + PfRegister.ARG0;
  const COMMAND = REGISTERS + PfRegister.COMMAND;
  const query = (bench: ScoreboardBench, sdi: number): void => {
    bench
      .write(ARG0, sdi)
      .write(COMMAND, 0x0007_0006)
      .wait(2 * US);
    bench.reads(REGISTERS + PfRegister.COMMAND_STATUS, 0x0007_0000);
    bench.event({ kind: 'commandEnded', command: 'query', sdi, status: 0 });
  };

  test('SRD-5.1: the first check that fails', () => {
    expect(up().create(0, { pages: [600] }, 5).broken).toEqual([]);
    expect(first(up().create(0, { pages: [600] }))).toBe('SRD-5.1');
    expect(first(up().create(0).create(0, {}, 4))).toBe('SRD-5.1');
    expect(
      first(
        up()
          .create(0)
          .create(1, { pages: [0], vectors: [50] }, 6),
      ),
    ).toBe('SRD-5.1');
    const mixed = new ScoreboardBench({ mixedIov: false }).bringUp();
    mixed
      .event({ kind: 'vfsEnabling', count: 1, rids: [0x101] })
      .wait(2 * US)
      .event({ kind: 'vfsEnabled', accepted: true });
    expect(first(mixed.create(0))).toBe('SRD-5.1');
  });

  test('SRD-5.2: COMMAND_STATUS and RESULT', () => {
    const prepare = (bench: ScoreboardBench): void => query(bench, 3);
    const result = REGISTERS + PfRegister.COMMAND_STATUS;
    both('SRD-5.2', prepare, (bench, isRight) =>
      bench.reads(result, isRight ? 0x0007_0000 : 0x0008_0000),
    );
    both('SRD-5.2', prepare, (bench, isRight) =>
      bench.reads(result, isRight ? 0x0007_0000 : 0x0007_0001),
    );
  });

  test('SRD-5.2: a command that is busy for longer than its bound', () => {
    const bench = up()
      .write(ARG0, 0)
      .write(COMMAND, 0x0007_0006)
      .wait(20 * US);
    expect(first(bench.reads(REGISTERS + PfRegister.COMMAND_STATUS, 1))).toBe('SRD-5.2');
  });

  test('SRD-5.2: QUIESCE_SDI does not end while Bus Master Enable is 0', () => {
    const quiesced = (isOnAgain: boolean): ScoreboardBench => {
      const bench = up()
        .runningSdi(0)
        .wait(2 * US);
      bench.event({ kind: 'busMaster', requester: 'pf', on: false }).configWrite(0x04, 2, 2);
      bench.wait(2 * US).write(ARG0, 0);
      bench.event({ kind: 'commandStarted', command: 'quiesce', sdi: 0 });
      bench.event({ kind: 'sdiQuiescing', sdi: 0 }).write(COMMAND, 0x0007_0004);
      if (!isOnAgain) return bench.wait(2 * US);
      return bench.event({ kind: 'busMaster', requester: 'pf', on: true }).configWrite(0x04, 2, 6);
    };
    const at = REGISTERS + PfRegister.COMMAND_STATUS;
    expect(quiesced(false).reads(at, 1).broken).toEqual([]);
    expect(quiesced(true).reads(at, 0x0007_0000).broken).toEqual([]);
    const wrong = quiesced(false).reads(at, 0x0007_0000);
    expect(first(wrong)).toBe('SRD-5.2');
    expect(wrong.firstFailure?.expected).toContain('no QUIESCE_SDI ends');
  });

  test('SRD-5.3: state and Routing ID', () => {
    const prepare = (bench: ScoreboardBench): void => {
      bench.runningSdi(0, { rid: 0x277, strided: false });
      query(bench, 0);
    };
    const at = REGISTERS + PfRegister.RESULT0;
    both('SRD-5.3', prepare, (bench, isRight) => bench.reads(at, isRight ? 2 : 1));
    both('SRD-5.3', prepare, (bench, isRight) => bench.reads(at + 4, isRight ? 0x277 : 0x278));
    const strided = up().runningSdi(0);
    query(strided, 0);
    expect(first(strided.reads(at + 4, 0x201))).toBe('T-RID-2');
  });

  test('SRD-6.4: LIFETIME_OPS survives a reset', () => {
    const prepare = (bench: ScoreboardBench): void => {
      bench.runningSdi(0).copy(A, 0, pattern(8)).copy(A, 1, pattern(4)).reset(0);
      query(bench, 0);
    };
    const at = REGISTERS + PfRegister.RESULT0 + 12;
    both('SRD-6.4', prepare, (bench, isRight) => bench.reads(at, isRight ? 2 : 0));
  });
});

describe('work pages', () => {
  const page = PAGES; // SDI 0 has page 0
  const scratch = page + 0x104;

  test('SRD-7.13: what was written is read', () => {
    const prepare = (bench: ScoreboardBench): void => {
      bench
        .create(0)
        .write(scratch, 0xa5a5_0001)
        .write(page + 8, 0x4000, 3);
    };
    both('SRD-7.13', prepare, (bench, isRight) =>
      bench.reads(scratch, isRight ? 0xa5a5_0001 : 0xa5a5_0002),
    );
    const bench = up();
    prepare(bench);
    expect(bench.reads(page + 8, 0x4000).reads(page + 12, 3).broken).toEqual([]);
  });

  test('T-RST-4: what the owner before wrote', () => {
    const prepare = (bench: ScoreboardBench): void => {
      bench.create(0).write(scratch, 0xa5a5_0001).reset(0);
    };
    both('T-RST-4', prepare, (bench, isRight) => bench.reads(scratch, isRight ? 0 : 0xa5a5_0001));
    const destroyed = up().create(0).write(scratch, 0x77).event({ kind: 'sdiDestroying', sdi: 0 });
    destroyed.ended('destroy', 0).create(0).reads(scratch, 0x77);
    expect(first(destroyed)).toBe('T-RST-4');
  });

  test('T-MMIO-1: what was written to another page', () => {
    const bench = up().create(0).create(1).write(scratch, 0xa5a5_0001);
    expect(first(bench.reads(PAGES + 0x2104, 0xa5a5_0001))).toBe('T-MMIO-1');
  });

  test('T-MMIO-3: a page of nobody is refused', () => {
    both(
      'T-MMIO-3',
      (bench) => bench.create(0),
      (bench, isRight) =>
        isRight ? bench.readRefused(PAGES + 0x5000, UR) : bench.reads(PAGES + 0x5000, 0),
    );
  });

  test('SRD-6.7: all ones while resetting', () => {
    const prepare = (bench: ScoreboardBench): void => {
      bench
        .create(0)
        .write(scratch, 0x55)
        .event({ kind: 'sdiResetting', sdi: 0, reconfigure: undefined })
        .wait(2 * US);
    };
    both('SRD-6.7', prepare, (bench, isRight) =>
      bench.reads(scratch, isRight ? 0xffff_ffff : 0x55),
    );
  });

  test('SRD-7.14: STATE', () => {
    both(
      'SRD-7.14',
      (bench) => bench.create(0),
      (bench, isRight) => bench.reads(page + 4, isRight ? 0 : 1),
    );
    const halted = up()
      .runningSdi(0)
      .event({ kind: 'doorbell', requester: 'sdi 0', tail: 99 })
      .wait(2 * US);
    expect(halted.reads(page + 4, 0x2405).broken).toEqual([]);
    expect(first(halted.reads(page + 4, 0x1005))).toBe('SRD-7.14');
  });

  test('SRD-7.15: HEAD and OPS', () => {
    const prepare = (bench: ScoreboardBench): void => {
      bench
        .runningSdi(0)
        .copy(A, 0, pattern(8))
        .copy(A, 1, pattern(4))
        .wait(3 * US);
    };
    both('SRD-7.15', prepare, (bench, isRight) => bench.reads(page + 0x14, isRight ? 2 : 3));
    both('SRD-7.15', prepare, (bench, isRight) => bench.reads(page + 0x2c, isRight ? 2 : 0));
  });

  test('SRD-7.15: OPS before the record left', () => {
    const bench = up().runningSdi(0);
    const work = { opcode: WorkOpcode.FILL, length: 8, destination: DESTINATION };
    bench
      .post('sdi 0', 0, work)
      .fetch(A, 0, work)
      .wait(3 * US);
    expect(first(bench.reads(page + 0x2c, 1))).toBe('SRD-7.15');
  });
});

describe('configuration space', () => {
  test('SRD-3.2: what was written, or the reset value', () => {
    both('SRD-3.2', nothing, (bench, isRight) =>
      bench.configReads(0x04, isRight ? 0x0010_0006 : 0x0010_0002),
    );
    both('SRD-3.2', nothing, (bench, isRight) =>
      bench.configReads(0x00, isRight ? 0x510f_1234 : 0x510f_1235),
    );
  });

  test('T-CAP-1, T-CAP-3, T-CAP-4: the SIOV capability', () => {
    both('T-CAP-1', nothing, (bench, isRight) =>
      bench.configReads(0x1a0, isRight ? 0x0001_0038 : 0x0002_0038),
    );
    both('T-CAP-3', nothing, (bench, isRight) =>
      bench.configReads(0x1ac, isRight ? 0x0001_0100 : 0x0002_0100),
    );
    const written = (bench: ScoreboardBench): void => {
      bench.configWrite(0x1a4, 4, 0xffff_ffff);
    };
    both('T-CAP-4', written, (bench, isRight) =>
      bench.configReads(0x1a4, isRight ? 3 : 0xffff_ffff),
    );
  });

  test('T-CAP-5: SIOV Status', () => {
    const total = 256;
    both(
      'T-CAP-5',
      (bench) => bench.runningSdi(0),
      (bench, isRight) => bench.configReads(STATUS_BYTE_DW, isRight ? ENABLED_BIT | total : total),
    );
    both(
      'T-CAP-5',
      (bench) => bench.create(0),
      (bench, isRight) => bench.configReads(STATUS_BYTE_DW, isRight ? total : ENABLED_BIT | total),
    );
  });

  test('T-CAP-2 and SRD-8.2: a VF and its extended capabilities', () => {
    const prepare = (bench: ScoreboardBench): void => {
      bench.event({ kind: 'vfsEnabling', count: 1, rids: [0x101] }).configWrite(0x158, 2, 1);
      bench.event({ kind: 'vfsEnabled', accepted: true });
    };
    both('T-CAP-2', prepare, (bench, isRight) =>
      bench.configReads(0x100, isRight ? 0x0001_000e : 0x1a01_000e, 0x101),
    );
    both('SRD-8.2', nothing, (bench, isRight) =>
      bench
        .event({ kind: 'vfsEnabling', count: 0, rids: [] })
        .wait(2 * US)
        .event({ kind: 'vfsEnabled', accepted: !isRight }),
    );
  });

  test('T-RID-3: VF Enable on a Routing ID that an SDI has', () => {
    const bench = up()
      .create(0)
      .event({ kind: 'vfsEnabling', count: 1, rids: [A] })
      .wait(2 * US);
    expect(first(bench.event({ kind: 'vfsEnabled', accepted: true }))).toBe('T-RID-3');
  });

  test('SRD-9.2: AER status', () => {
    const prepare = (bench: ScoreboardBench): void => {
      bench.readRefused(REGISTERS + 0x100_0000, UR).wait(2 * US);
    };
    both('SRD-9.2', prepare, (bench, isRight) => bench.configReads(0x104, isRight ? 1 << 20 : 0));
    expect(first(up().configReads(0x104, 1 << 14))).toBe('SRD-9.2');
  });
});

describe('answers', () => {
  test('T-CFG-1 and SRD-2.6: who completes Configuration Requests', () => {
    const ask = (bench: ScoreboardBench, destinationId: number, isServed: boolean): void => {
      const tlp = configRead({
        requesterId: HOST_RID,
        tag: bench.tag(),
        destinationId,
        offset: 0,
        byteLength: 4,
        type: destinationId >> 8 === 1 ? 0 : 1,
      });
      bench.down(tlp);
      bench.up(
        isServed
          ? completionWithData(tlp, { completerId: PF_RID, bytes: words(0) })
          : completionWithoutData(tlp, { completerId: PF_RID, status: UR }),
      );
    };
    both(
      'T-CFG-1',
      (bench) => bench.create(0),
      (bench, isRight) => ask(bench, A, !isRight),
    );
    both('SRD-2.6', nothing, (bench, isRight) => ask(bench, 0x0155, !isRight));
  });

  test('SRD-2.9: the Completer ID', () => {
    both('SRD-2.9', nothing, (bench, isRight) =>
      bench.reads(REGISTERS, 0x3144_5253, isRight ? PF_RID : A),
    );
  });

  test('SRD-4.1: closed space, wrong size', () => {
    const read = (bench: ScoreboardBench, byteLength: number, status: number): void => {
      const tlp = memoryRead({
        requesterId: HOST_RID,
        tag: bench.tag(),
        address: REGISTERS,
        byteLength,
      });
      bench.down(tlp).up(completionWithoutData(tlp, { completerId: PF_RID, status }));
    };
    both('SRD-4.1', nothing, (bench, isRight) => read(bench, 12, isRight ? CA : UR));
    const closed = (bench: ScoreboardBench): void => {
      bench.event({ kind: 'memorySpace', requester: 'pf', on: false }).configWrite(0x04, 2, 4);
    };
    both('SRD-4.1', closed, (bench, isRight) => read(bench, 4, isRight ? UR : CA));
    expect(up().readRefused(VF_PAGES, UR).broken).toEqual([]);
  });

  test('PCIE-CPL-1: Byte Count and length', () => {
    const tlp = memoryRead({ requesterId: HOST_RID, tag: 3, address: REGISTERS, byteLength: 8 });
    const answer = completionWithData(tlp, {
      completerId: PF_RID,
      bytes: words(0x3144_5253, 0x1_0001),
    });
    expect(up().down(tlp).up(answer).broken).toEqual([]);
    expect(
      first(
        up()
          .down(tlp)
          .up(Object.assign(answer, { byteCount: 4 })),
      ),
    ).toBe('PCIE-CPL-1');
  });

  test('T-CPL-6: twice, never, or with other attributes', () => {
    const tlp = memoryRead({ requesterId: HOST_RID, tag: 3, address: REGISTERS, byteLength: 4 });
    const answer = completionWithData(tlp, { completerId: PF_RID, bytes: words(0x3144_5253) });
    expect(first(up().down(tlp).up(answer).up(answer))).toBe('T-CPL-6');
    expect(
      first(
        up()
          .down(tlp)
          .wait(30 * US)
          .finish(),
      ),
    ).toBe('T-CPL-6');
    expect(
      up()
        .down(tlp)
        .wait(19 * US)
        .up(answer)
        .finish().broken,
    ).toEqual([]);
    expect(
      first(
        up()
          .down(tlp)
          .up(Object.assign(answer, { tc: 3 })),
      ),
    ).toBe('T-CPL-6');
  });

  test('SRD-4.8 and T-RST-3: what is owed does not come', () => {
    const owed = {
      kind: 'liveness',
      subject: 'sdi 0',
      what: 'the end',
      owedSincePs: 0,
      boundPs: US,
    } as const;
    expect(first(up().runningSdi(0).event(owed))).toBe('SRD-4.8');
    const hit = up()
      .runningSdi(0)
      .runningSdi(1)
      .copy(A, 0, pattern(8))
      .reset(1)
      .post('sdi 0', 1, copyWork(4));
    expect(first(hit.wait(2 * US).event(owed))).toBe('T-RST-3');
  });
});

test('order in device time: what the device could not know yet does not count', () => {
  const bench = up().runningSdi(0).copy(A, 0, pattern(4));
  bench.post('sdi 0', 1, copyWork(4));
  // Leaves the device before the doorbell arrives there.
  const fetch = memoryRead({ requesterId: A, tag: 3, address: 0x10_0040, byteLength: 64 });
  bench.wait(LOOKAHEAD_PS);
  bench.scoreboard.up.write({
    direction: 'up',
    timePs: bench.testbench.kernel.nowPs,
    tlp: fetch,
    malformed: undefined,
    bytes: encodeTlp(fetch),
    injected: false,
  });
  expect(first(bench)).toBe('SRD-7.1');
});
