// What a benchmark is: work of ours beside a plain reference loop, both measured in the same process, because machines are
// noisy and only the ratio travels. Source: style §5.9. A benchmark also runs with a tiny scale among the unit tests, and
// gives a hash of what it computed, so that nobody makes it faster by changing what it does.
//
// A new one: a file that exports a Bench (most are one call of `race` from race.ts), and a line in all-benches.ts.

/** One measured figure. */
export interface Figure {
  /** `W1 sequencer to scoreboard`. */
  readonly name: string;
  /** `items/s`, `samples/s`, `MiB`. */
  readonly unit: string;
  readonly value: number;
  /** Smallest and largest value of all rounds; undefined for what is measured once. */
  readonly spread?: readonly [low: number, high: number];
  /** The reference loop, in the same unit; undefined where a figure has none. */
  readonly reference?: number;
  /** Value over reference, the median over the rounds; when missing, the quotient of the two. */
  readonly ratio?: number;
  /** What the project aims at, in the same unit. */
  readonly aim?: number;
  /** What was computed, as a number or hash: the same on any machine for the same scale. */
  readonly result: string;
}

export interface Bench {
  /** What `npm run bench -- NAME` selects: `w1`. */
  readonly name: string;
  /** One sentence: the work, and the reference loop. */
  readonly what: string;
  /** @param scale 1 for the full measurement; a unit test passes a small fraction. */
  measure(scale: number): readonly Figure[] | Promise<readonly Figure[]>;
}
