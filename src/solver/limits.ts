/** Limits of the solver, each with its unit; an error that one of them causes names it. None depends on time. */
export const SOLVER_LIMITS = {
  /** Boxes of one component's paving, by level of effort; the last one is for what no diagram can hold. */
  boxesMax: [64, 512, 16_384],
  /**
   * A paving is drawn from when at least one draw of this many is known to hit; otherwise a finer paving or a diagram is made.
   * A solve takes this many draws on average, at most.
   */
  drawsPerHitMax: 4,
  /** Draws from the last paving, whose share of hits is not known, before it is given up. */
  triesMax: 20_000,
  /** Nodes of one decision diagram, 12 bytes each beside its tables. */
  diagramNodesMax: 300_000,
  /** Steps of making one decision diagram: some tenths of a second at the most. */
  diagramStepsMax: 2_000_000,
  /** Totals of a sum that are counted one by one; larger ones are counted in cells. */
  sumTotalsMax: 1_048_576,
  /** Words of 32 bits in the tables of one sum. */
  sumWordsMax: 8_000_000,
  /** Additions of words to make the tables of one sum: about a tenth of a second. */
  sumStepsMax: 64_000_000,
  /** Combinations of a few variables that are listed as one part of a sum. */
  sumPartMax: 65_536,
  /** Values of a distribution drawn until one is not ruled out at sight, by its domain or an alignment. */
  distDrawsMax: 100_000,
  /** Values of a distribution drawn before those that can be satisfied are looked up one by one. */
  distTriesMax: 16,
  /** Draws among the points with one value of a weighted variable, before that value gets a problem of its own. */
  sliceTriesMax: 64,
  /** Values of a distribution that are looked up one by one. */
  distValuesMax: 4096,
  /** Problems that are counted for one question for marginals. */
  marginalProblemsMax: 4096,
  /** Prepared problems kept per random class. */
  cacheEntriesMax: 512,
  /** Elements of a random array. */
  arraySizeMax: 1024,
  /** Values of a cyclic field. */
  cyclicValuesMax: 65_536,
  /** Values drawn for variables that are solved early, before it is looked up which of them can be completed. */
  earlyTriesMax: 64,
  /** Combinations of early values that are looked up one by one. */
  earlyValuesMax: 4096,
  /** Levels of variables that are solved one after the other. */
  earlyLevelsMax: 64,
  /** Problems solved to explain one failure. */
  explainProblemsMax: 400,
} as const;
