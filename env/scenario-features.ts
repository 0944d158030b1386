// What a test asks of its stimulus: a plain mask of features. The swarm (env/siov-env-config) draws only inside it, so a
// test says what kind of run it is and the seed says which one. Source: design decision 9 (each seed is another test).

export interface ScenarioFeatures {
  /** SDIs are created, enabled, quiesced and destroyed while tenants work, and not only at the start. */
  readonly lifecycle: boolean;
  /** SDI resets (restore and reconfigure) with work in flight. */
  readonly resets: boolean;
  /** VFs are enabled beside SDIs, reset (FLR) and disabled. */
  readonly vfs: boolean;
  /** Vectors are masked, unmasked and reprogrammed while work runs. */
  readonly interrupts: boolean;
  /** Refused descriptors and accesses to unmapped pages. */
  readonly badWork: boolean;
  /** Legal commands that the device must refuse: conflicts of RIDs, pages, vectors; wrong states. */
  readonly conflicts: boolean;
  /** Large transfers and every alignment; otherwise transfers are mostly small. */
  readonly bulk: boolean;
  /** Bus Master Enable goes off and on while work is in flight. */
  readonly busMaster: boolean;
  /** Answers to the device's requests go wrong: refused, poisoned, absent, with a wrong Byte Count, unexpected. */
  readonly answerErrors: boolean;
  /** The host sends what the device must refuse or drop: malformed, unsupported, poisoned requests, Messages. */
  readonly hostErrors: boolean;
  /** FLR of the PF, hot and cold reset, D3hot, Memory Space Enable off, another bus number. */
  readonly functionResets: boolean;
  /** Thousands of SDIs live at once, each with memory of its own. */
  readonly crowd: boolean;
  /** Register models are built, kept from what is seen on the link, and tested. */
  readonly registers: boolean;
}

const NOTHING: ScenarioFeatures = {
  lifecycle: false,
  resets: false,
  vfs: false,
  interrupts: false,
  badWork: false,
  conflicts: false,
  bulk: false,
  busMaster: false,
  answerErrors: false,
  hostErrors: false,
  functionResets: false,
  crowd: false,
  registers: false,
};

/** The features of each scenario of sequences/virtual, by the name of its test. */
export const SCENARIO_FEATURES = {
  lifecycle: { ...NOTHING, lifecycle: true, conflicts: true },
  dma: { ...NOTHING, badWork: true, bulk: true },
  reset: { ...NOTHING, resets: true, lifecycle: true },
  'mixed-iov': { ...NOTHING, vfs: true, lifecycle: true, resets: true, conflicts: true },
  interrupts: { ...NOTHING, interrupts: true, busMaster: true, resets: true },
  errors: {
    ...NOTHING,
    lifecycle: true,
    resets: true,
    vfs: true,
    interrupts: true,
    badWork: true,
    answerErrors: true,
    hostErrors: true,
    functionResets: true,
  },
  everything: {
    ...NOTHING,
    lifecycle: true,
    resets: true,
    vfs: true,
    interrupts: true,
    badWork: true,
    conflicts: true,
    bulk: true,
    busMaster: true,
  },
  hyperscale: { ...NOTHING, lifecycle: true, resets: true, busMaster: true, crowd: true },
  registers: { ...NOTHING, vfs: true, registers: true },
  endurance: NOTHING,
} as const satisfies Readonly<Record<string, ScenarioFeatures>>;

export type ScenarioName = keyof typeof SCENARIO_FEATURES;
