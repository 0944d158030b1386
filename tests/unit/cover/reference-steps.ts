// The reference for transitions: whether a list of values is what a declared sequence describes, by trying (IEEE 1800-2023
// §19.5.2). No automata: it walks the steps and the values, and takes every turn there is.
import type { Sampled } from '#cover/bins';
import type { RepeatKind } from '#cover/transitions';

export interface ReferenceStep {
  readonly how: RepeatKind;
  readonly min: number;
  readonly max: number;
  readonly values: readonly Sampled[];
  readonly has: (value: unknown) => boolean;
}

export interface Walk {
  /** The values are a whole transition. */
  readonly isWhole: boolean;
  /** A whole transition begins with these values. */
  readonly isPrefix: boolean;
}

/** Where one is: in a step, after so many occurrences of it, having let others pass since the last. */
interface Place {
  readonly step: number;
  readonly done: number;
  readonly at: number;
  readonly hasWaited: boolean;
}

export function walk(steps: readonly ReferenceStep[], word: readonly unknown[]): Walk {
  let isWhole = false;
  let isPrefix = false;
  const go = ({ step, done, at, hasWaited }: Place): void => {
    const { how, min, max, has } = steps[step];
    const isLast = step === steps.length - 1;
    const isOver = at === word.length;
    if (isOver) isPrefix = true;
    const mayLeave = done >= min && (!hasWaited || how === 'nonconsecutive');
    if (mayLeave && isLast && !hasWaited && isOver) isWhole = true;
    if (mayLeave && !isLast) go({ step: step + 1, done: 0, at, hasWaited: false });
    if (isOver) return;
    if (has(word[at])) {
      if (done < max) go({ step, done: done + 1, at: at + 1, hasWaited: false });
      return;
    }
    const isBeginning = step === 0 && done === 0;
    const mayWait = done < max || (how === 'nonconsecutive' && !isLast);
    if (how !== 'consecutive' && !isBeginning && mayWait) {
      go({ step, done, at: at + 1, hasWaited: true });
    }
  };
  go({ step: 0, done: 0, at: 0, hasWaited: false });
  return { isWhole, isPrefix };
}
