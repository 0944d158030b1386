/**
 * Answers to the device's reads and AtomicOps: parts, status, order, lateness (SRD §6, §7; PCIe completion rules).
 * One sample per completion that is the last of its request. vplan: completions.
 */
import { each, otherwise } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';
import { CompletionStatus } from '#pcie/tlp';

/** One answered request; the object is reused. */
export class AnswerSample {
  role = 'source';
  /** 'vf' or 'sdi'. */
  kind = 'sdi';
  /** Bytes of the request. */
  byteLength = 0;
  parts = 0;
  status = 0;
  /** An older request of the device is still waiting. */
  isOvertaking = false;
  /** Its request had been aborted by a reset. */
  isLate = false;
}

const isGood = (s: AnswerSample): boolean => s.status === CompletionStatus.SC && !s.isLate;

export class CompletionCoverage extends Covergroup<AnswerSample> {
  readonly role = this.coverpoint('role', each('fetch', 'source', 'atomic'));
  readonly kind = this.coverpoint('kind', each('vf', 'sdi'));
  readonly parts = this.coverpoint(
    'parts',
    { whole: 1, two: 2, few: [3, 4], many: [5, 64] },
    { iff: isGood },
  );
  readonly size = this.coverpoint(
    'byteLength',
    { dw: [1, 4], small: [5, 63], line: [64, 127], packet: [128, 511], large: [512, 4096] },
    { iff: isGood },
  );
  readonly status = this.coverpoint('status', {
    success: CompletionStatus.SC,
    unsupported: CompletionStatus.UR,
    others: otherwise(),
  });
  readonly order = this.coverpoint('isOvertaking', { inOrder: false, overtaking: true });
  readonly late = this.coverpoint('isLate', { inTime: false, late: true });
  /** A read splits at 64-byte boundaries only: a request of at most 4 bytes has one part, one of 5..63 at most two. */
  readonly partsBySize = this.cross(
    { parts: this.parts, size: this.size },
    {
      ignore: (bin) =>
        (bin.size === 'dw' && bin.parts !== 'whole') ||
        (bin.size === 'small' && bin.parts !== 'whole' && bin.parts !== 'two') ||
        (bin.size === 'line' && bin.parts === 'many'),
    },
  );
  readonly roleByStatus = this.cross({ role: this.role, status: this.status });
  readonly roleByOrder = this.cross({ role: this.role, order: this.order });
  readonly lateByRole = this.cross({ late: this.late, role: this.role });
  readonly lateByKind = this.cross({ late: this.late, kind: this.kind });
}
