/**
 * Operations by kind of requester, and what the host does to a work page by the state of its SDI (SRD §5, §7).
 * vplan: work engine; life cycle.
 */
import { each } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';
import type { WorkDescription } from '#siov/host-event';
import { OPERATION_NAMES, operationName, type SubjectKind } from './subject-view.ts';

/** One descriptor, at the moment its fetch begins. */
export interface OperationStart {
  work: WorkDescription;
  kind: SubjectKind;
  isStrided: boolean;
  hasPasid: boolean;
  /** Other queues have work under way. */
  isOtherBusy: boolean;
  /** How many descriptors its queue had fetched before, since it was started; not wrapped. */
  index: number;
}

const ONE_MIB = 1 << 20;

export class OperationCoverage extends Covergroup<OperationStart> {
  readonly operation = this.coverpoint(
    (s) => operationName(s.work.opcode),
    each(...OPERATION_NAMES),
  );
  readonly owner = this.coverpoint(ownerOf, each('vf', 'strided sdi', 'software sdi'));
  readonly length = this.coverpoint(
    (s) => s.work.length,
    {
      one: 1,
      belowDw: [2, 3],
      dw: 4,
      small: [5, 63],
      medium: [64, 511],
      large: [512, 4095],
      pages: [4096, ONE_MIB],
    },
    { iff: movesBytes },
  );
  readonly sourceAlign = this.coverpoint((s) => s.work.source & 3, each(0, 1, 2, 3), {
    iff: readsBytes,
  });
  readonly destinationAlign = this.coverpoint((s) => s.work.destination & 3, each(0, 1, 2, 3), {
    iff: (s) => s.work.opcode === 1 || s.work.opcode === 2,
  });
  readonly interrupt = this.coverpoint((s) => s.work.interrupt, { no: false, yes: true });
  readonly record = this.coverpoint((s) => s.work.noRecord, { written: false, left: true });
  readonly relaxed = this.coverpoint((s) => s.work.relaxedOrdering, { no: false, yes: true });
  readonly pasid = this.coverpoint('hasPasid', { without: false, with: true });
  readonly others = this.coverpoint('isOtherBusy', { idle: false, busy: true });
  /** HEAD, TAIL and the number in a record have 16 bits. */
  readonly index = this.coverpoint('index', {
    few: [0, 255],
    many: [256, 65_535],
    wrapped: [65_536, 2 ** 40],
  });
  readonly reserved = this.coverpoint((s) => s.work.reserved, { zero: false, set: true });
  readonly operationByOwner = this.cross({ operation: this.operation, owner: this.owner });
  readonly operationByEnd = this.cross({
    operation: this.operation,
    interrupt: this.interrupt,
    record: this.record,
  });
  readonly operationByLength = this.cross(
    { operation: this.operation, length: this.length },
    { ignore: (bin) => !['copy', 'fill', 'crc32'].includes(bin.operation) },
  );
  readonly copyAlign = this.cross(
    { source: this.sourceAlign, destination: this.destinationAlign },
    { iff: (s) => s.work.opcode === 1 },
  );
  readonly ownerByPasid = this.cross({ owner: this.owner, pasid: this.pasid });
}

function movesBytes(start: OperationStart): boolean {
  return start.work.opcode >= 1 && start.work.opcode <= 3;
}

function readsBytes(start: OperationStart): boolean {
  return start.work.opcode === 1 || start.work.opcode === 3;
}

function ownerOf(start: OperationStart): string {
  if (start.kind !== 'sdi') return start.kind;
  return start.isStrided ? 'strided sdi' : 'software sdi';
}

/** What the host does to an SDI, and the state it does it in. */
export interface SdiAccess {
  access: 'read' | 'write' | 'doorbell' | 'queueStart' | 'queueStop' | 'mask' | 'unmask';
  state: string;
  /** The SDI has work under way. */
  isBusy: boolean;
  /** In the control page; for reads and writes only. */
  isControlPage: boolean;
}

const isPageAccess = (access: SdiAccess): boolean =>
  access.access === 'read' || access.access === 'write';

export class SdiAccessCoverage extends Covergroup<SdiAccess> {
  readonly access = this.coverpoint(
    'access',
    each('read', 'write', 'doorbell', 'queueStart', 'queueStop', 'mask', 'unmask'),
  );
  readonly state = this.coverpoint('state', each('created', 'enabled', 'quiescing', 'resetting'));
  readonly busy = this.coverpoint('isBusy', { idle: false, busy: true });
  readonly page = this.coverpoint(
    'isControlPage',
    { control: true, further: false },
    { iff: isPageAccess },
  );
  /** IMS entries of an SDI that is RESETTING are not written (SRD §6, 7); its page may be. */
  readonly accessByState = this.cross(
    { access: this.access, state: this.state },
    {
      ignore: (bin) =>
        bin.state === 'resetting' && (bin.access === 'mask' || bin.access === 'unmask'),
    },
  );
  readonly accessByBusy = this.cross({ access: this.access, busy: this.busy });
  readonly pageByState = this.cross(
    { access: this.access, page: this.page, state: this.state },
    {
      ignore: (bin) => bin.access !== 'read' && bin.access !== 'write',
    },
  );
}
