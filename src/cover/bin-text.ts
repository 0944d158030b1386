/**
 * Reads what records say of the values of a bin (`src/record/coverage-record`): `0..15,20`, `"add",true`, `(0=>1..3[*2])`.
 * The other direction is `bin-values.ts`.
 */
import type { Range, Sampled } from './bins.ts';

/** Numbers as ranges, the rest as they are. */
export interface ValueList {
  readonly ranges: readonly Range[];
  readonly labels: readonly Exclude<Sampled, number>[];
}

/** A step: values, and how often they come; 1..1 where nothing is said. */
export interface Step extends ValueList {
  readonly repeat: Range;
}

export type BinText =
  | ({ readonly kind: 'values' } & ValueList)
  | { readonly kind: 'steps'; readonly sequences: readonly (readonly Step[])[] };

/** @returns undefined for a text that is no list of values: a record of another tool. */
export function readBinText(text: string): BinText | undefined {
  const reader = new TextReader(text);
  const read = text.startsWith('(') ? reader.transitions() : reader.valueList();
  return reader.isDone ? read : undefined;
}

const TOKEN = {
  range: /(-?\d+)\.\.(-?\d+)/y,
  number: /-?\d+/y,
  truth: /true|false/y,
  label: /"(?:[^"\\]|\\.)*"/y,
  repeat: /\[(?:\*|->|=)(\d+)(?:\.\.(\d+))?\]/y,
} as const;

class TextReader {
  private readonly text: string;
  private at = 0;
  private isWrong = false;

  constructor(text: string) {
    this.text = text;
  }

  get isDone(): boolean {
    return !this.isWrong && this.at === this.text.length;
  }

  valueList(): BinText {
    return { kind: 'values', ...this.list() };
  }

  transitions(): BinText {
    const sequences: Step[][] = [];
    while (this.skip('(')) {
      const steps: Step[] = [];
      do steps.push(this.step());
      while (this.skip('=>'));
      this.isWrong ||= !this.skip(')');
      sequences.push(steps);
      this.skip(',');
    }
    return { kind: 'steps', sequences };
  }

  private step(): Step {
    const list = this.list();
    const match = this.match(TOKEN.repeat);
    if (match === null) return { ...list, repeat: [1, 1] };
    const low = Number(match[1]);
    return { ...list, repeat: [low, match[2] === undefined ? low : Number(match[2])] };
  }

  private list(): ValueList {
    const ranges: Range[] = [];
    const labels: Exclude<Sampled, number>[] = [];
    if (this.text === '') return { ranges, labels };
    do {
      const range = this.match(TOKEN.range);
      const number = range === null ? this.match(TOKEN.number) : null;
      if (range !== null) ranges.push([Number(range[1]), Number(range[2])]);
      else if (number !== null) ranges.push([Number(number[0]), Number(number[0])]);
      else labels.push(this.label());
    } while (!this.isWrong && this.skip(','));
    return { ranges, labels };
  }

  private label(): string | boolean {
    const truth = this.match(TOKEN.truth);
    if (truth !== null) return truth[0] === 'true';
    const label = this.match(TOKEN.label);
    try {
      if (label !== null) return JSON.parse(label[0]) as string;
    } catch {
      // An escape that JSON does not have: reported below.
    }
    this.isWrong = true;
    return '';
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match !== null) this.at += match[0].length;
    return match;
  }

  private skip(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }
}
