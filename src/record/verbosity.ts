// UVM's verbosities, by name: what the command takes and the report server compares. Source: semantics §6.

/** How much is reported: an info is kept when its verbosity is not above the server's. */
export const VERBOSITY = {
  NONE: 0,
  LOW: 100,
  MEDIUM: 200,
  HIGH: 300,
  FULL: 400,
  DEBUG: 500,
} as const;
/** How much detail a message is: shown when it is not above the threshold; 0 or more, one of `VERBOSITY` or between. */
export type Verbosity = number;
