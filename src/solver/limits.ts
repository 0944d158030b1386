/**
 * Limits of the solver, each with its unit; an error that one of them causes names it, with its value. None depends on time. They are
 * part of what makes a run what it is, like the constraints: set in code, for all runs of the program.
 */
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';

/** What the solver may do before it says that it found nothing (`solve-limit`). */
export interface SolverLimits {
  /** Boxes of one component's paving, by level of effort; the last one is for what no diagram can hold. */
  readonly boxesMax: readonly [first: number, second: number, last: number];
  /**
   * A paving is drawn from when at least one draw of this many is known to hit; otherwise a finer paving or a diagram is made.
   * A solve takes this many draws on average, at most.
   */
  readonly drawsPerHitMax: number;
  /** Draws from the last paving, whose share of hits is not known, before it is given up. */
  readonly triesMax: number;
  /** Nodes of one decision diagram, 12 bytes each beside its tables. */
  readonly diagramNodesMax: number;
  /** Steps of making one decision diagram: some tenths of a second at the most. */
  readonly diagramStepsMax: number;
  /** Totals of a sum that are counted one by one; larger ones are counted in cells. */
  readonly sumTotalsMax: number;
  /** Words of 32 bits in the tables of one sum. */
  readonly sumWordsMax: number;
  /** Additions of words to make the tables of one sum: about a tenth of a second. */
  readonly sumStepsMax: number;
  /** Combinations of a few variables that are listed as one part of a sum. */
  readonly sumPartMax: number;
  /** Values of a distribution drawn until one is not ruled out at sight, by its domain or an alignment. */
  readonly distDrawsMax: number;
  /** Values of a distribution drawn before those that can be satisfied are looked up one by one. */
  readonly distTriesMax: number;
  /** Draws among the points with one value of a weighted variable, before that value gets a problem of its own. */
  readonly sliceTriesMax: number;
  /** Values of a distribution that are looked up one by one. */
  readonly distValuesMax: number;
  /** Problems that are counted for one question for marginals. */
  readonly marginalProblemsMax: number;
  /** Prepared problems kept per random class. */
  readonly cacheEntriesMax: number;
  /** Elements of a random array. */
  readonly arraySizeMax: number;
  /** Values of a cyclic field. */
  readonly cyclicValuesMax: number;
  /** Values drawn for variables that are solved early, before it is looked up which of them can be completed. */
  readonly earlyTriesMax: number;
  /** Combinations of early values that are looked up one by one. */
  readonly earlyValuesMax: number;
  /** Problems solved to explain one failure. */
  readonly explainProblemsMax: number;
  /** Problems solved to find what would help. */
  readonly remedyProblemsMax: number;
  /** Combinations of early values that an explanation looks at. */
  readonly explainCasesMax: number;
}

const limits: SolverLimits = {
  boxesMax: [64, 512, 16_384],
  drawsPerHitMax: 4,
  triesMax: 20_000,
  diagramNodesMax: 300_000,
  diagramStepsMax: 2_000_000,
  sumTotalsMax: 1_048_576,
  sumWordsMax: 8_000_000,
  sumStepsMax: 64_000_000,
  sumPartMax: 65_536,
  distDrawsMax: 100_000,
  distTriesMax: 16,
  sliceTriesMax: 64,
  distValuesMax: 4096,
  marginalProblemsMax: 4096,
  cacheEntriesMax: 512,
  arraySizeMax: 1024,
  cyclicValuesMax: 65_536,
  earlyTriesMax: 64,
  earlyValuesMax: 4096,
  explainProblemsMax: 400,
  remedyProblemsMax: 32,
  explainCasesMax: 64,
};

/** The limits that hold. */
export const SOLVER_LIMITS: Readonly<SolverLimits> = limits;

let isInUse = false;

/** Something is solved now: the limits stay as they are. */
export function useLimits(): void {
  isInUse = true;
}

/**
 * Changes limits of the solver, for the whole program. To be called where the program begins, at the top of `ridgeline.config.ts` or of
 * the file with the random classes: what was solved before would have been solved otherwise.
 * @throws UsageError `bad-limits` for an unknown name, what is no integer from 1, or a change after something was solved.
 */
export function setSolverLimits(changes: Partial<SolverLimits>): void {
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(limits, name)) {
      const names = Object.keys(limits);
      throw new UsageError(
        'bad-limits',
        `the solver has no limit '${name}'${suggest(name, names)}`,
        { hint: `It has ${names.join(', ')}.` },
      );
    }
    const known = limits[name as keyof SolverLimits];
    const isList = Array.isArray(known);
    const isRight = isList ? isRow(value) : isCount(value);
    if (!isRight) {
      const wanted = isList ? 'three ascending integers from 1' : 'an integer from 1';
      throw new UsageError('bad-limits', `${name} is ${wanted}, got ${String(value)}`);
    }
    if (isInUse && String(known) !== String(value)) {
      throw new UsageError(
        'bad-limits',
        `${name} cannot change from ${String(known)} to ${String(value)}: something was solved already`,
        { hint: 'Call setSolverLimits() where the program begins, before anything is randomized.' },
      );
    }
  }
  Object.assign(limits, changes);
}

/** How to raise limits, for hints: `setSolverLimits({ triesMax: 200000 })`. */
export function howToRaise(names: readonly (keyof SolverLimits)[]): string {
  const raised = names.map((name) => {
    const value: number | readonly number[] = SOLVER_LIMITS[name];
    const more =
      typeof value === 'number'
        ? String(RAISED * value)
        : `[${value.map((one, i) => (i < value.length - 1 ? one : RAISED * one)).join(', ')}]`;
    return `${name}: ${more}`;
  });
  return `setSolverLimits({ ${raised.join(', ')} })`;
}

/** By how much a hint proposes to raise a limit. */
const RAISED = 10;

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

function isRow(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const row: readonly unknown[] = value;
  return row.every((one, i) => isCount(one) && (i === 0 || one > Number(row[i - 1])));
}
