// Geometry of the closure chart: where a run and a percentage stand, which ticks are shown, the path of a step function. Pure, so
// that it is tested without a browser.
import type { ClosureCurve } from '#record/closure-record';

export interface ChartScale {
  /** Number of runs; run i stands for the merge of i + 1 runs. */
  readonly runCount: number;
  readonly isLogarithmic: boolean;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Place of run `run`, pixels; of a single run it is the left edge. */
export function xOf(scale: ChartScale, run: number): number {
  const { runCount, left, right, isLogarithmic } = scale;
  if (runCount <= 1) return left;
  const share = isLogarithmic ? Math.log(run + 1) / Math.log(runCount) : run / (runCount - 1);
  return left + share * (right - left);
}

/** The run nearest to a place. */
export function runAt(scale: ChartScale, x: number): number {
  const { runCount, left, right, isLogarithmic } = scale;
  const share = Math.max(0, Math.min(1, (x - left) / (right - left)));
  const run = isLogarithmic ? Math.exp(share * Math.log(runCount)) - 1 : share * (runCount - 1);
  return Math.max(0, Math.min(runCount - 1, Math.round(run)));
}

export function yOf({ top, bottom }: ChartScale, percent: number): number {
  return bottom - (percent / 100) * (bottom - top);
}

/** Runs at which the axis has a number: about one per 90 pixels, round ones, the first and the last among them. */
export function runTicks(scale: ChartScale): number[] {
  const { runCount, left, right } = scale;
  if (runCount <= 1) return runCount === 1 ? [0] : [];
  const apart = 60;
  const candidates = scale.isLogarithmic
    ? decades(runCount)
    : multiples(runCount, Math.max(1, (right - left) / 90));
  const ticks = [0];
  for (const number of [...candidates, runCount]) {
    const x = xOf(scale, number - 1);
    const isLast = number === runCount;
    // The last run is always shown: what is too near to it gives way.
    if (isLast) while (ticks.length > 1 && x - xOf(scale, ticks.at(-1) ?? 0) < apart) ticks.pop();
    if (isLast || x - xOf(scale, ticks.at(-1) ?? 0) >= apart) ticks.push(number - 1);
  }
  return ticks;
}

function multiples(count: number, wanted: number): number[] {
  const step = roundStep(count / wanted);
  const numbers: number[] = [];
  for (let number = step; number < count; number += step) numbers.push(number);
  return numbers;
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
function roundStep(least: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(least)));
  const factor = [1, 2, 5, 10].find((one) => one * power >= least) ?? 10;
  return Math.max(1, factor * power);
}

function decades(count: number): number[] {
  const numbers: number[] = [];
  for (let power = 1; power < count; power *= 10) numbers.push(power, 2 * power, 5 * power);
  return numbers.filter((number) => number > 1 && number < count);
}

/** A curve as an SVG path: level until the next step. Gaps where nothing is countable. */
export function curvePath(scale: ChartScale, { runs, percents }: ClosureCurve): string {
  let path = '';
  let isDrawing = false;
  runs.forEach((run, at) => {
    const percent = percents[at];
    const x = xOf(scale, run).toFixed(1);
    if (isDrawing) path += `H${x}`;
    if (percent !== null) {
      const y = yOf(scale, percent).toFixed(1);
      path += isDrawing ? `V${y}` : `M${x} ${y}`;
    }
    isDrawing = percent !== null;
  });
  return isDrawing ? `${path}H${scale.right.toFixed(1)}` : path;
}

/** Small triangles at the foot, one for all runs of a pixel. */
export function marksPath(scale: ChartScale, runs: readonly { readonly index: number }[]): string {
  const places = new Set(runs.map(({ index }) => Math.round(xOf(scale, index))));
  return [...places].map((x) => `M${x} ${scale.bottom - 7}l4 7h-8z`).join('');
}
