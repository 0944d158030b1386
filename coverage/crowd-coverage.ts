/**
 * How large the population of SDIs is and was: how many live and are enabled at once, how many were ever created, rung, at work
 * and reset in this run, and on how many buses their requests came (SRD §1 hyperscale, §2; siov-facts F-SDI-5, R-RID-6).
 * vplan: hyperscale.
 */
import { Covergroup } from '#cover/covergroup';

/** Counts of SDIs, and of buses. */
export class Crowd {
  /** Now: not FREE; ENABLED; with work rung and not ended. */
  live = 0;
  enabled = 0;
  busy = 0;
  /** In this run up to now, each SDI index once: created; rung; data moved under its Routing ID; reset. */
  created = 0;
  rung = 0;
  moved = 0;
  reset = 0;
  /** Created again after they were destroyed. */
  recreated = 0;
  /** Buses of the Routing IDs under which SDIs have sent requests. */
  buses = 0;
}

const CROWD = {
  none: 0,
  few: [1, 15],
  tens: [16, 255],
  hundreds: [256, 4095],
  thousands: [4096, 60_000],
} as const;
const BUSY = { none: 0, one: 1, few: [2, 15], many: [16, 60_000] } as const;

export class CrowdCoverage extends Covergroup<Crowd> {
  readonly live = this.coverpoint('live', CROWD);
  readonly enabled = this.coverpoint('enabled', CROWD);
  readonly busy = this.coverpoint('busy', BUSY);
  readonly created = this.coverpoint('created', CROWD);
  readonly rung = this.coverpoint('rung', CROWD);
  readonly moved = this.coverpoint('moved', CROWD);
  readonly reset = this.coverpoint('reset', CROWD);
  readonly recreated = this.coverpoint('recreated', { none: 0, few: [1, 15], many: [16, 60_000] });
  readonly buses = this.coverpoint('buses', {
    none: 0,
    one: 1,
    few: [2, 4],
    several: [5, 16],
    many: [17, 256],
  });
}
