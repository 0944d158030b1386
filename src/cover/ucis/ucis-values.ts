/**
 * Values of bins as UCIS XML has them: integers only. Labels are numbered in the order in which the bins of their coverpoint
 * name them, false is 0 and true is 1; the text of the record stands beside them in a user attribute, so that nothing is lost.
 */
import { readBinText, type BinText, type Step, type ValueList } from '../bin-text.ts';
import type { Range } from '../bins.ts';

/** Sequences written of one bin: steps of many values multiply. */
const SEQUENCES_MAX = 64;
/** Values of one step that are multiplied out. */
const STEP_VALUES_MAX = 64;
/** What stands where a bin has no values of its own: the default bin. */
export const NO_RANGE: Range = [-1, -1];

export interface UcisValues {
  readonly ranges: readonly Range[];
  readonly sequences: readonly (readonly number[])[];
}

/** Numbers for the labels of one coverpoint. */
export class LabelNumbers {
  private readonly numberOf = new Map<string, number>();

  /** @param texts values of all bins of the point. */
  constructor(texts: readonly string[]) {
    for (const text of texts) {
      const read = readBinText(text);
      if (read === undefined) continue;
      for (const list of listsOf(read)) for (const label of list.labels) this.add(label);
    }
  }

  /** The values of one bin; those of a text that cannot be read are unknown. */
  valuesOf(text: string): UcisValues {
    const read = readBinText(text);
    if (read === undefined) return { ranges: [NO_RANGE], sequences: [] };
    if (read.kind === 'values') {
      const ranges = this.rangesOf(read);
      return { ranges: ranges.length === 0 ? [NO_RANGE] : ranges, sequences: [] };
    }
    const sequences = read.sequences.flatMap((steps) => this.expanded(steps));
    return { ranges: [], sequences: sequences.slice(0, SEQUENCES_MAX) };
  }

  private add(label: string | boolean): void {
    if (typeof label === 'string' && !this.numberOf.has(label)) {
      this.numberOf.set(label, this.numberOf.size);
    }
  }

  private rangesOf({ ranges, labels }: ValueList): readonly Range[] {
    const numbers = labels.map((label) => {
      return typeof label === 'boolean' ? Number(label) : (this.numberOf.get(label) ?? 0);
    });
    return [...ranges, ...numbers.map((number): Range => [number, number])];
  }

  /** Every sequence of single values that the steps stand for, as far as they are few. */
  private expanded(steps: readonly Step[]): readonly (readonly number[])[] {
    let sequences: readonly (readonly number[])[] = [[]];
    for (const step of steps) {
      const values = this.rangesOf(step).flatMap(([low, high]) => {
        const count = Math.min(high - low + 1, STEP_VALUES_MAX);
        return Array.from({ length: count }, (_, index) => low + index);
      });
      const [least, most] = step.repeat;
      const counts = Array.from({ length: most - least + 1 }, (_, index) => least + index);
      const next = sequences.flatMap((sequence) =>
        values.flatMap((value) =>
          counts.map((count) => [...sequence, ...new Array<number>(count).fill(value)]),
        ),
      );
      sequences = next.slice(0, SEQUENCES_MAX);
    }
    return sequences;
  }
}

function listsOf(read: BinText): readonly ValueList[] {
  return read.kind === 'values' ? [read] : read.sequences.flat();
}

/** Values of a bin that another tool wrote, as a record has them. */
export function recordValues({ ranges, sequences }: UcisValues): string {
  if (sequences.length > 0) return sequences.map((steps) => `(${steps.join('=>')})`).join('');
  const isKnown = ranges.filter(([low, high]) => low !== NO_RANGE[0] || high !== NO_RANGE[1]);
  return isKnown.map(([low, high]) => (low === high ? `${low}` : `${low}..${high}`)).join(',');
}
