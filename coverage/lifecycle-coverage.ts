/**
 * Life cycle of SDIs (SRD §5): commands by state, outcome and what came before, and how an SDI is made up. One sample per
 * admin command that ended. vplan: life cycle.
 */
import { each, otherwise } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';
import type { CommandName } from '#siov/host-event';
import { CommandStatus } from '#siov/sdi-life';
import type { SubjectState } from './subject-view.ts';

/** One admin command that ended. */
export interface LifecycleStep {
  command: CommandName;
  /** State when the command left. */
  from: SubjectState;
  /** The last command of this SDI that succeeded; 'none' since power-up. */
  before: string;
  status: number;
  pageCount: number;
  vectorCount: number;
  /** Work was under way in another queue while it ran. */
  isOtherBusy: boolean;
}

/** Commands that SRD §5 accepts in a state. */
const ACCEPTED: Readonly<Record<'free' | 'created' | 'enabled', readonly string[]>> = {
  free: ['create', 'query'],
  created: ['destroy', 'enable', 'reset', 'reconfigure', 'query'],
  enabled: ['quiesce', 'reset', 'reconfigure', 'query'],
};

/** Commands that can follow one that succeeded, those refused left out. */
const FOLLOWS: Readonly<Record<CommandName | 'none', readonly string[]>> = {
  none: ['create'],
  create: ['enable', 'reset', 'reconfigure', 'destroy'],
  enable: ['quiesce', 'reset', 'reconfigure'],
  quiesce: ['enable', 'reset', 'reconfigure', 'destroy'],
  reset: ['enable', 'reset', 'reconfigure', 'destroy'],
  reconfigure: ['enable', 'reset', 'reconfigure', 'destroy'],
  destroy: ['create'],
  query: [],
};

const isAccepted = (step: LifecycleStep): boolean => step.status === CommandStatus.OK;
const isMade = (step: LifecycleStep): boolean =>
  isAccepted(step) && (step.command === 'create' || step.command === 'reconfigure');

export class LifecycleCoverage extends Covergroup<LifecycleStep> {
  readonly command = this.coverpoint(
    'command',
    each('create', 'enable', 'quiesce', 'reset', 'reconfigure', 'destroy', 'query'),
  );
  readonly from = this.coverpoint('from', each('free', 'created', 'enabled'));
  readonly outcome = this.coverpoint('status', {
    ok: CommandStatus.OK,
    badIndex: CommandStatus.BAD_INDEX,
    badState: CommandStatus.BAD_STATE,
    ridConflict: CommandStatus.RID_CONFLICT,
    pageConflict: CommandStatus.PAGE_CONFLICT,
    vectorConflict: CommandStatus.IMS_CONFLICT,
    mixedIov: CommandStatus.MIXED_IOV,
    other: otherwise(),
  });
  readonly before = this.coverpoint(
    'before',
    each('none', 'create', 'enable', 'quiesce', 'reset', 'reconfigure', 'destroy'),
    { iff: isAccepted },
  );
  readonly otherBusy = this.coverpoint('isOtherBusy', { no: false, yes: true });
  readonly pages = this.coverpoint(
    'pageCount',
    { one: 1, few: [2, 4], many: [5, 15], most: 16 },
    { iff: isMade },
  );
  readonly vectors = this.coverpoint(
    'vectorCount',
    { none: 0, one: 1, few: [2, 8], many: [9, 63], most: 64 },
    { iff: isMade },
  );
  /** Every accepted command in every state that accepts it. */
  readonly accepted = this.cross(
    { command: this.command, from: this.from },
    { iff: isAccepted, ignore: (bin) => !ACCEPTED[bin.from].includes(bin.command) },
  );
  /** Every pair of accepted commands of one SDI, one after the other. */
  readonly order = this.cross(
    { before: this.before, command: this.command },
    { iff: isAccepted, ignore: (bin) => !FOLLOWS[bin.before].includes(bin.command) },
  );
  /** Neither kind of command may disturb work of others: each is seen with and without it. */
  readonly commandByOthers = this.cross(
    { command: this.command, otherBusy: this.otherBusy },
    { iff: isAccepted },
  );
}
