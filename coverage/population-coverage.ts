/**
 * How many VFs and SDIs live side by side, and how their Routing IDs were assigned and lie (SRD §2, §8; siov-facts §4).
 * vplan: mixed IOV; Routing IDs.
 */
import { each } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';

/** The population after a change of it; who was busy before the change left the host. */
export interface Population {
  change: 'sdi' | 'vf';
  vfs: number;
  /** SDIs that are not FREE, and those ENABLED. */
  sdis: number;
  enabledSdis: number;
  busyVfs: boolean;
  busySdis: boolean;
}

export class PopulationCoverage extends Covergroup<Population> {
  readonly vfs = this.coverpoint('vfs', { none: 0, one: 1, few: [2, 3], many: [4, 255] });
  readonly sdis = this.coverpoint('sdis', { none: 0, one: 1, few: [2, 3], many: [4, 60_000] });
  readonly enabled = this.coverpoint('enabledSdis', { none: 0, one: 1, several: [2, 60_000] });
  readonly busy = this.coverpoint(
    (p) => (p.busyVfs ? (p.busySdis ? 'both' : 'vfs') : p.busySdis ? 'sdis' : 'nobody'),
    each('nobody', 'vfs', 'sdis', 'both'),
  );
  readonly change = this.coverpoint('change', each('sdi', 'vf'));
  readonly vfsBySdis = this.cross({ vfs: this.vfs, sdis: this.sdis });
  readonly changeByBusy = this.cross({ change: this.change, busy: this.busy });
}

/** An SDI was given a Routing ID, or a set of VFs was asked for. */
export interface RidAssignment {
  what: 'create' | 'reconfigure' | 'vfs';
  isStrided: boolean;
  isAccepted: boolean;
  /** On the PF's bus. For VFs: the last one. */
  isOnPfBus: boolean;
  /** A live Routing ID of another owner is the next one, above or below. */
  hasNeighbour: boolean;
  /** The Routing ID belonged to another owner, or to this one, before. */
  isReused: boolean;
  vfsEnabled: boolean;
  sdisExist: boolean;
}

const isSdi = (a: RidAssignment): boolean => a.what !== 'vfs';
const isAccepted = (a: RidAssignment): boolean => a.isAccepted;

export class RidCoverage extends Covergroup<RidAssignment> {
  readonly what = this.coverpoint('what', each('create', 'reconfigure', 'vfs'));
  readonly outcome = this.coverpoint('isAccepted', { accepted: true, refused: false });
  readonly assignment = this.coverpoint(
    'isStrided',
    { strided: true, software: false },
    { iff: isSdi },
  );
  readonly bus = this.coverpoint('isOnPfBus', { same: true, other: false }, { iff: isAccepted });
  readonly neighbour = this.coverpoint(
    'hasNeighbour',
    { none: false, next: true },
    { iff: isAccepted },
  );
  readonly history = this.coverpoint('isReused', { fresh: false, used: true }, { iff: isAccepted });
  readonly vfs = this.coverpoint('vfsEnabled', { none: false, enabled: true }, { iff: isSdi });
  readonly sdis = this.coverpoint(
    'sdisExist',
    { none: false, exist: true },
    { iff: (a) => !isSdi(a) },
  );
  readonly whatByOutcome = this.cross({ what: this.what, outcome: this.outcome });
  readonly assignmentByBus = this.cross(
    {
      what: this.what,
      assignment: this.assignment,
      bus: this.bus,
    },
    { ignore: (bin) => bin.what === 'vfs' },
  );
  readonly assignmentByVfs = this.cross({ assignment: this.assignment, vfs: this.vfs });
  readonly assignmentByHistory = this.cross({
    assignment: this.assignment,
    history: this.history,
  });
  readonly vfsBySdis = this.cross(
    { outcome: this.outcome, sdis: this.sdis },
    { iff: (a) => a.what === 'vfs' },
  );
}
