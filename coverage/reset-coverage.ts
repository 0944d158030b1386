/**
 * Resets of every kind by what was in flight, and what became of the completions of aborted requests (SRD §6, §8, §9).
 * vplan: reset.
 */
import { each } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';
import type { OperationName, WorkPhase } from './subject-view.ts';

/** One subject that is reset, at the moment the reset leaves the host. */
export interface ResetStart {
  how: 'restore' | 'reconfigure' | 'vfFlr' | 'vfsDisabled' | 'pfFlr' | 'deviceReset';
  /** State before: a VF is always enabled. */
  state: string;
  /** 'undefined' is refused as soon as it is fetched, and counted nowhere here. */
  operation: OperationName | 'none';
  phase: WorkPhase;
  /** Requests of the subject without all their completions. */
  outstanding: number;
  /** Descriptors rung and not fetched. */
  waiting: boolean;
  hasPendingVector: boolean;
  isOtherBusy: boolean;
}

const isSdiReset = (s: ResetStart): boolean => s.how === 'restore' || s.how === 'reconfigure';

export class ResetCoverage extends Covergroup<ResetStart> {
  readonly how = this.coverpoint('how', each('restore', 'reconfigure', 'vfFlr', 'vfsDisabled'));
  readonly state = this.coverpoint('state', each('created', 'enabled'), { iff: isSdiReset });
  readonly operation = this.coverpoint(
    'operation',
    each('none', 'nop', 'copy', 'fill', 'crc32', 'fetchAdd', 'swap', 'cas'),
  );
  readonly phase = this.coverpoint(
    'phase',
    each('none', 'fetching', 'reading', 'writing', 'atomic'),
  );
  readonly outstanding = this.coverpoint('outstanding', { none: 0, one: 1, several: [2, 64] });
  readonly waiting = this.coverpoint('waiting', { nothing: false, descriptors: true });
  readonly pendingVector = this.coverpoint('hasPendingVector', { no: false, yes: true });
  readonly others = this.coverpoint('isOtherBusy', { idle: false, busy: true });
  readonly howByState = this.cross(
    { how: this.how, state: this.state },
    {
      ignore: (bin) => bin.how !== 'restore' && bin.how !== 'reconfigure',
    },
  );
  /** Reset × operation in flight. */
  readonly howByOperation = this.cross({ how: this.how, operation: this.operation });
  readonly howByPhase = this.cross({ how: this.how, phase: this.phase });
  readonly howByOutstanding = this.cross({ how: this.how, outstanding: this.outstanding });
  readonly howByOthers = this.cross({ how: this.how, others: this.others });
}
