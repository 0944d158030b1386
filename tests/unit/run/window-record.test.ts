// Which of the last TLPs a record shows.
import { describe, expect, it } from 'vitest';
import { windowRecord } from '#run/window-record';
import { sampleRun } from '../reports/sample-records.ts';

const printer = {
  print: (bytes: Uint8Array) => `of ${bytes[0]}`,
  routingId: (bytes: Uint8Array) => `01:00.${bytes[0]}`,
};
const [failure] = sampleRun({ test: 't', seed: 1, verdict: 'FAIL' }).failures;

/** 200 TLPs, the n-th at time n about Routing ID 01:00.(n modulo 5). */
const tlps = Array.from({ length: 200 }, (_, at) => ({
  direction: 'up' as const,
  timePs: at,
  bytes: Uint8Array.of(at % 5),
}));

describe('windowRecord', () => {
  it('shows the last ones when there is no failure', () => {
    const shown = windowRecord(tlps, [], printer);
    expect(shown.map(({ timePs }) => timePs)).toEqual(tlps.slice(-24).map(({ timePs }) => timePs));
    expect(shown[0]).toEqual({ direction: 'up', timePs: 176, text: 'of 1', hex: '01' });
  });

  it('adds those of the Routing IDs that the failure names', () => {
    const failures = [{ ...failure, timePs: 1e6, expected: 'requester 01:00.3', seen: 'none' }];
    const older = windowRecord(tlps, failures, printer).slice(0, -24);
    expect(older.every(({ text }) => text === 'of 3')).toBe(true);
    expect(older.length).toBeGreaterThan(30);
  });

  it('adds those of the TLP at the time of the failure', () => {
    const older = windowRecord(tlps, [{ ...failure, timePs: 42 }], printer).slice(0, -24);
    expect(new Set(older.map(({ text }) => text))).toEqual(new Set(['of 2']));
  });

  it('does without a printer, and with one that throws', () => {
    expect(windowRecord(tlps, [failure], undefined).at(-1)).toMatchObject({ text: '', hex: '04' });
    const broken = {
      print: () => {
        throw new Error('no');
      },
      routingId: () => {
        throw new Error('no');
      },
    };
    expect(windowRecord(tlps, [failure], broken).at(-1)).toMatchObject({ text: '(not printable)' });
  });
});
