// A closure curve: its value at a run, the runs that moved it. Source: `closure-record`.
import type { ClosureCurve } from '#record/closure-record';
import type { Curve, Run } from './unpack.ts';

/** The percentage after run `run`; null before the first step and where nothing is countable. */
export function curveValueAt({ runs, percents }: ClosureCurve, run: number): number | null {
  return percents[runs.findLastIndex((step) => step <= run)] ?? null;
}

export interface ClosureStep {
  readonly run: Run;
  readonly percent: number | null;
  /** Against the step before; the first is against nothing. */
  readonly gain: number;
}

/** The runs after which a curve had another value. */
export function closureSteps(curve: Curve, runs: readonly Run[]): ClosureStep[] {
  return curve.runs.map((run, at) => ({
    run: runs[run],
    percent: curve.percents[at],
    gain: (curve.percents[at] ?? 0) - (at === 0 ? 0 : (curve.percents[at - 1] ?? 0)),
  }));
}

/** Runs since the last step: how long the regression has found nothing new. */
export function runsSinceLastStep({ runs }: ClosureCurve, count: number): number {
  const last = runs.at(-1);
  return last === undefined ? count : count - 1 - last;
}
