/** Limits of the solver, each with its unit; an error that one of them causes names it. */
export const SOLVER_LIMITS = {
  /** Boxes of one component's paving, by level of effort; the last one decides what is counted and proven. */
  boxesMax: [64, 1024, 16_384],
  /** Points tried on a paving of that level before the next one is built. */
  triesMax: [64, 256, 20_000],
  /** Values of a distribution drawn before those that can be satisfied are looked up one by one. */
  distTriesMax: 16,
  /** Values of a distribution that are looked up one by one. */
  distValuesMax: 4096,
  /** Prepared problems kept per random class. */
  cacheEntriesMax: 512,
} as const;
