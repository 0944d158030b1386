// The benchmarks as tests: each runs at a tiny scale and computes the same twice; and the harness itself.
import { describe, expect, it } from 'vitest';
import { ALL_BENCHES } from '../../bench/all-benches.ts';
import { parseBenchArgs } from '../../bench/bench-args.ts';
import { median, race, type Loop } from '../../bench/race.ts';
import { figureJson, figureTable, shortNumber, type Measured } from '../../bench/table.ts';

const TINY = 0.0005;
/** Whole runs, and a worker that starts for one of them. */
const TIMEOUT_MS = 120_000;

describe('every benchmark', () => {
  const titles: string[] = [];

  it.each(ALL_BENCHES.map((bench) => [bench.name, bench] as const))(
    '%s computes the same in each run',
    async (_, bench) => {
      const first = await bench.measure(TINY);
      const second = await bench.measure(TINY);
      expect(first.length).toBeGreaterThan(0);
      for (const figure of first) {
        expect(figure.result).not.toBe('');
        // So little work may take no time that a clock shows: then there is no rate.
        expect(Number.isFinite(figure.value) && figure.value >= 0).toBe(true);
      }
      const results = first.map(({ name, result }) => ({ name, result }));
      expect(second.map(({ name, result }) => ({ name, result }))).toEqual(results);
      titles.push(...first.map((figure) => figure.name));
    },
    TIMEOUT_MS,
  );

  it('has a name of its own, and so has every figure', () => {
    const names = ALL_BENCHES.map((bench) => bench.name);
    expect(new Set(names).size).toBe(names.length);
    expect(titles.length).toBeGreaterThanOrEqual(names.length);
    expect(new Set(titles).size).toBe(titles.length);
  });
});

/** Adds up 0..count-1, and tells how often it was made and ran. */
function summing(seen: { made: number; ran: number }, extra = 0): Loop {
  return (count) => {
    let sum = 0;
    seen.made++;
    return {
      work: () => {
        seen.ran++;
        for (let i = 0; i < count; i++) sum += i;
      },
      result: () => String(sum + extra),
    };
  };
}

describe('a race', () => {
  it('runs both loops in rounds of fresh trials, and gives median, spread and ratio', () => {
    const [ours, theirs] = [
      { made: 0, ran: 0 },
      { made: 0, ran: 0 },
    ];
    const figure = race(
      {
        name: 'sums',
        unit: 'sums/s',
        count: 100_000,
        ours: summing(ours),
        reference: summing(theirs),
        aim: 5,
      },
      1,
    );
    // At scale 1 a round has as many trials as fill it, and there are 18 rounds with those of the warm-up.
    expect(ours.ran).toBe(ours.made);
    expect(theirs.ran).toBe(theirs.made);
    expect(Math.min(ours.ran, theirs.ran)).toBeGreaterThanOrEqual(18);
    const [low, high] = figure.spread!;
    expect(low <= figure.value && figure.value <= high).toBe(true);
    expect(figure.ratio).toBeGreaterThan(0);
    expect(figure).toMatchObject({ name: 'sums', unit: 'sums/s', aim: 5, result: '4999950000' });
  });

  it('does at least one unit of work, and needs no reference', () => {
    const figure = race(
      { name: 'one', unit: 'x/s', count: 10, ours: summing({ made: 0, ran: 0 }) },
      0.0001,
    );
    expect(figure.result).toBe('0');
    expect([figure.reference, figure.ratio, figure.aim]).toEqual([undefined, undefined, undefined]);
  });

  it('refuses a reference that computes something else', () => {
    const ours = summing({ made: 0, ran: 0 });
    const reference = summing({ made: 0, ran: 0 }, 1);
    expect(() => race({ name: 'unlike', unit: 'x/s', count: 3, ours, reference }, 0.01)).toThrow(
      /unlike: expected one result of all rounds, got 0, 1/,
    );
  });

  it('takes the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });
});

const measured: readonly Measured[] = [
  {
    bench: { name: 'w9', what: 'nothing', measure: () => [] },
    figures: [
      {
        name: 'W9 nothing',
        unit: 'x/s',
        value: 12_345_678,
        spread: [11_000_000, 13_000_000],
        reference: 50_000_000,
        aim: 20e6,
        result: 'abc',
      },
      { name: 'memory', unit: 'MiB', value: 87.123, aim: 512, result: '7' },
      { name: 'first solve', unit: 'ms', value: 31.2, aim: 20, result: 'solved' },
      { name: 'second solve', unit: 'ms', value: 3, result: 'solved' },
    ],
  },
];

describe('the output', () => {
  it('is a table', () => {
    expect(figureTable(measured)).toBe(
      'figure             value            spread  reference  ratio             aim  result\n' +
        'W9 nothing    12.3 M x/s  11.0 M .. 13.0 M     50.0 M   0.25  20.0 M, missed  abc\n' +
        'memory          87.1 MiB                                        512, reached  7\n' +
        'first solve      31.2 ms                                        20.0, missed  solved\n' +
        'second solve     3.00 ms                                                      solved\n',
    );
  });

  it('is one JSON object, with the machine apart', () => {
    const parsed = JSON.parse(figureJson(measured, 0.5, { node: 'v24.0.0', cpu: 'C' })) as unknown;
    expect(parsed).toMatchObject({
      schema: 'ridgeline.bench/1',
      node: 'v24.0.0',
      scale: 0.5,
      benches: [
        {
          name: 'w9',
          what: 'nothing',
          figures: [
            { ratio: 0.24691356, isAimReached: false, result: 'abc' },
            { isAimReached: true },
            { isAimReached: false },
            {},
          ],
        },
      ],
      wall: { cpu: 'C' },
    });
  });

  it.each([
    [0, '0.00'],
    [7.894, '7.89'],
    [99.96, '100'],
    [999.4, '999'],
    [999.6, '1.00 k'],
    [456_000, '456 k'],
    [2.5e9, '2.50 G'],
  ])('prints %d as %s', (value, text) => {
    expect(shortNumber(value)).toBe(text);
  });
});

describe('the command line', () => {
  it('selects all, or those named in the order of the registry', () => {
    expect(parseBenchArgs([]).benches).toEqual(ALL_BENCHES);
    const some = parseBenchArgs(['w4', 'w3', '--json', '--scale', '0.5']);
    expect(some.benches.map((bench) => bench.name)).toEqual(['w3', 'w4']);
    expect([some.isJson, some.isList, some.scale]).toEqual([true, false, 0.5]);
  });

  it.each([
    [['w33'], /no benchmark is called 'w33' \(did you mean 'w3'\?\); there are .*w3/],
    [['--scale', '0'], /--scale: expected a number above 0 and up to 100, got '0'/],
    [['--scale', 'x'], /got 'x'/],
    [['--fast'], /Unknown option '--fast'/],
  ])('refuses %j', (args, message) => {
    expect(() => parseBenchArgs(args)).toThrow(message);
  });
});
