// Whatever bytes a device sends lead to PASS or FAIL, never to an exception (design decision 8); and the table of rules.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RULES_NOT_CHECKED, SIOV_RULES } from '#scoreboards/all-rules';
import { Tlp, TLP_KINDS, hasPayload } from '#pcie/tlp';
import {
  copyWork,
  DESTINATION,
  MESSAGE,
  pattern,
  RECORDS,
  RING,
  ScoreboardBench,
  SOURCE,
  US,
} from './scoreboard-bench.ts';

const address = fc.oneof(
  fc
    .constantFrom(RING, RECORDS, SOURCE, DESTINATION, MESSAGE, 0, 2 ** 52 - 4, 0xffff_f000)
    .chain((base) => fc.nat(0x400).map((at) => base + 4 * at)),
  fc.nat(2 ** 31 - 1).map((half) => half * 4096),
);

const weird = fc.record({
  kind: fc.constantFrom(...TLP_KINDS),
  requesterId: fc.constantFrom(0x100, 0x200, 0x201, 0x300, 0),
  tag: fc.nat(1023),
  lengthDw: fc.constantFrom(1, 2, 4, 16, 32),
  firstBe: fc.nat(15),
  lastBe: fc.nat(15),
  address,
  attr: fc.nat(7),
  status: fc.nat(7),
  byteCount: fc.integer({ min: 1, max: 4096 }),
});

describe('robustness', () => {
  test('any TLPs in any order', () => {
    fc.assert(
      fc.property(fc.array(weird, { maxLength: 30 }), fc.nat(5), (list, stage) => {
        const bench = new ScoreboardBench().bringUp().runningSdi(0).runningSdi(1);
        if (stage > 0) bench.post('sdi 0', 0, copyWork(40));
        if (stage > 1) bench.fetch(0x200, 0, copyWork(40));
        if (stage > 2) bench.event({ kind: 'sdiResetting', sdi: 0, reconfigure: undefined });
        for (const fields of list) {
          const tlp = new Tlp();
          Object.assign(tlp, fields);
          tlp.address = fields.address;
          if (!tlp.kind.endsWith('64')) tlp.addressHigh = 0;
          if (hasPayload(tlp.kind)) tlp.payload = pattern(4 * tlp.lengthDw);
          else if (tlp.kind.startsWith('Cpl') || tlp.kind === 'Msg') tlp.lengthDw = 0;
          bench.up(tlp);
        }
        bench.wait(100 * US).finish();
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  test('any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const bench = new ScoreboardBench().bringUp().runningSdi(0);
        bench.upBytes(bytes).finish();
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});

describe('table of rules', () => {
  test('ids are unique, and every rule says what it rests on', () => {
    const rules = SIOV_RULES.flatMap((family) => Object.values(family));
    const ids = rules.map((rule) => rule.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const rule of rules)
      expect(['PCIe', 'SIOV', 'inferred', 'SRD'], rule.id).toContain(rule.basis);
  });

  test('what is not checked has a reason, and its stand-in exists', () => {
    const ids = new Set(
      SIOV_RULES.flatMap((family) => Object.values(family)).map((rule) => rule.id),
    );
    for (const { id, reason, checkedBy } of RULES_NOT_CHECKED) {
      expect(ids.has(id), id).toBe(false);
      expect(reason.length).toBeGreaterThan(10);
      if (checkedBy !== '') expect(ids.has(checkedBy), checkedBy).toBe(true);
    }
  });
});
