// Determinism of the clients (DUT protocol, first paragraph): one list of arrivals, the same TLPs at the same times in C
// and in Python, however time is cut. With callbacks (the probe) and with a clocked loop (clocked-example.c).
import { afterAll, describe, expect, it } from 'vitest';
import { C99, CLIENTS, CLOCKED, commandOf, PROBE, removeBuilds } from './client-builds.ts';
import { CUTS, numbers, play, type Play } from './played-session.ts';
import { RawSession, type RawTlp } from './raw-session.ts';

const LOOKAHEAD_PS = 250_000;
const LONG_MS = 120_000;
const builds = CLIENTS.filter(({ lacking }) => lacking === '');
const lacking = CLIENTS.map((build) => build.lacking).join('');

afterAll(removeBuilds);

/** Echoes and events with delays that make arrivals, events and departures meet at the same times. */
function probeArrivals(): RawTlp[] {
  const random = numbers(3);
  const arrivals: RawTlp[] = [];
  for (
    let timePs = 1000;
    timePs < 6_000_000;
    timePs += [0, 500, 1000, 40_000, 900_000][random(5)]
  ) {
    const bytes = Buffer.alloc(6, arrivals.length % 251);
    bytes.write('EEEET'[random(5)], 'latin1');
    bytes.writeUInt32LE([0, 500, 1000, 300_000, 700_500][random(5)], 1);
    arrivals.push({ timePs, bytes });
  }
  return arrivals;
}

/** Bursts and single ones, at and between edges of 4000 ps. */
function clockedArrivals(): RawTlp[] {
  const random = numbers(5);
  return Array.from({ length: 120 }, (_, i) => ({
    timePs: 1 + i * 3000 + Math.floor(i / 10) * 400_000 - (i % 3 === 0 ? 1 : 0) + 4000,
    bytes: Buffer.alloc(4 * (1 + random(5)), i),
  }));
}

const hello = { params: {}, seed: '99', lookaheadPs: LOOKAHEAD_PS, stall: 300 };
const cases: [string, typeof PROBE, Play][] = [
  [
    'the probe',
    PROBE,
    { hello, arrivals: probeArrivals(), endPs: 9_000_000, resets: [{ atPs: 3_000_300, kind: 1 }] },
  ],
  [
    'the clocked example',
    CLOCKED,
    {
      hello,
      arrivals: clockedArrivals(),
      endPs: 9_000_000,
      resets: [
        { atPs: 2_900_123, kind: 0 },
        { atPs: 2_904_000, kind: 1 },
      ],
    },
  ],
];

describe.skipIf(builds.length === 0)(`time cut into STEPs${lacking}`, () => {
  it.each(cases)(
    'changes nothing of what %s sends, in any language',
    async (_name, sources, session) => {
      const expected = await play(
        commandOf(builds[0], sources),
        session,
        CUTS['a look-ahead each'],
      );
      expect(expected.length).toBeGreaterThan(50);
      for (const build of builds) {
        const command = commandOf(build, sources);
        for (const [way, cut] of Object.entries(CUTS)) {
          expect(await play(command, session, cut), `${build.name}, ${way}`).toEqual(expected);
        }
      }
    },
    LONG_MS,
  );

  it('moves what arrives between edges to the next one, and stalls by the seed', async () => {
    const arrivals = [8000, 8001, 12_000].map((timePs, i) => ({ timePs, bytes: Buffer.of(i) }));
    const sources = commandOf(builds[0], CLOCKED);
    const at = async (seed: string, stall: number): Promise<string[]> =>
      play(
        sources,
        { hello: { ...hello, seed, stall }, arrivals, endPs: 2_000_000 },
        CUTS['a look-ahead each'],
      );
    // Three edges in the pipeline, one TLP per edge.
    expect(await at('99', 0)).toEqual(['20000 00', '24000 01', '28000 02']);
    const stalled = await at('99', 900);
    expect(stalled.map((text) => text.slice(-2))).toEqual(['00', '01', '02']);
    expect(stalled).not.toEqual(await at('98', 900));
  });
});

describe.skipIf(C99.lacking !== '')(`mistakes in a loop of one's own${C99.lacking}`, () => {
  it('are FATAL when an event comes before the `next` that was promised', async () => {
    const source = commandOf(C99, {
      c: new URL('./fixtures/early.c', import.meta.url).pathname,
      python: '',
    });
    for (const [mode, text] of [
      ['early', /at 1500 ps, but had said that nothing happens before 5000 ps/],
      ['late', /is at 3000 ps: expected 2000..2000 ps/],
      ['silent', /before it had answered STEP/],
      ['past-next', /next = 2000 ps at the end of a STEP until 2000 ps/],
    ] as const) {
      const session = await RawSession.start([...source, mode]);
      await session.hello();
      expect(await session.step(1000)).toMatchObject({ nextPs: 5000 });
      session.send(0x02, Buffer.from('d00700000000000000000000', 'hex'));
      expect(await session.fatal()).toMatch(text);
    }
  });
});
