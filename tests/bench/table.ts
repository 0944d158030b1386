// Figures as people read them, and as one JSON object. Pure functions; `main.ts` prints.
import type { Bench, Figure } from './bench.ts';

/** What was measured by one benchmark. */
export interface Measured {
  readonly bench: Bench;
  readonly figures: readonly Figure[];
}

const HEADINGS = ['figure', 'value', 'spread', 'reference', 'ratio', 'aim', 'result'] as const;

/** A table with one line per figure; columns in the order of HEADINGS. */
export function figureTable(measured: readonly Measured[]): string {
  const rows = measured.flatMap(({ figures }) => figures.map(rowOf));
  const lines = [HEADINGS, ...rows];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) => {
      // Words to the left, numbers to the right; the last column needs no filling.
      const cells = line.map((cell, column) => {
        if (column === line.length - 1) return cell;
        return column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
      });
      return `${cells.join('  ')}\n`;
    })
    .join('');
}

/**
 * `ridgeline.bench/1`: what can be compared between machines, and under `wall` the machine.
 * @param machine version of Node and model of the CPU.
 */
export function figureJson(
  measured: readonly Measured[],
  scale: number,
  machine: { readonly node: string; readonly cpu: string },
): string {
  const benches = measured.map(({ bench, figures }) => ({
    name: bench.name,
    what: bench.what,
    figures: figures.map((one) => ({
      ...one,
      ratio: ratioOf(one),
      isAimReached: isReached(one),
    })),
  }));
  const { node, cpu } = machine;
  return `${JSON.stringify({ schema: 'ridgeline.bench/1', node, scale, benches, wall: { cpu } }, undefined, 2)}\n`;
}

/** Value over reference; undefined where there is no reference. */
export function ratioOf({ value, reference, ratio }: Figure): number | undefined {
  return ratio ?? (reference === undefined ? undefined : value / reference);
}

/** Rates aim at that much or more, times and sizes at that much or less; undefined where there is no aim. */
export function isReached({ value, unit, aim }: Figure): boolean | undefined {
  if (aim === undefined) return undefined;
  return unit.endsWith('/s') ? value >= aim : value <= aim;
}

/** `12.3 M`, `456 k`, `7.89`: three digits. */
export function shortNumber(value: number): string {
  for (const [unit, letter] of UNITS) {
    // 999.5 would be printed as 1000 of the smaller unit.
    if (Math.abs(value) >= 0.9995 * unit) return `${threeDigits(value / unit)} ${letter}`;
  }
  return threeDigits(value);
}

const UNITS = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

function threeDigits(value: number): string {
  const decimals = Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2;
  return value.toFixed(decimals);
}

function rowOf(one: Figure): readonly string[] {
  const { name, unit, value, spread, reference, aim, result } = one;
  const ratio = ratioOf(one);
  return [
    name,
    `${shortNumber(value)} ${unit}`,
    spread === undefined ? '' : spread.map(shortNumber).join(' .. '),
    reference === undefined ? '' : shortNumber(reference),
    ratio === undefined ? '' : threeDigits(ratio),
    aim === undefined
      ? ''
      : `${shortNumber(aim)}, ${isReached(one) === true ? 'reached' : 'missed'}`,
    result,
  ];
}
