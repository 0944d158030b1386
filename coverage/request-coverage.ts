/**
 * Memory requests of the device: role, size, alignment, header and kind of requester (SRD §7; PCIe request rules).
 * One sample per upstream request. vplan: requests.
 */
import { each } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';
import type { RequestRole } from './subject-view.ts';

/** One memory request; the object is reused. */
export class RequestSample {
  role: RequestRole | undefined = undefined;
  /** 'pf', 'vf', 'strided sdi', 'software sdi'. */
  requester = 'pf';
  /** First byte enabled, and number of bytes from there to the last one. */
  firstByte = 0;
  byteLength = 0;
  hasLongAddress = false;
  hasPasid = false;
  isRelaxed = false;
  tag = 0;
  isNonPosted = false;
  /** Non-posted requests outstanding for the device, this one included. */
  outstanding = 0;
}

const isRead = (s: RequestSample): boolean => s.role === 'fetch' || s.role === 'source';
const isData = (s: RequestSample): boolean => s.role === 'source' || s.role === 'destination';

export class RequestCoverage extends Covergroup<RequestSample> {
  readonly role = this.coverpoint(
    'role',
    each('fetch', 'source', 'destination', 'atomic', 'record', 'message'),
  );
  readonly requester = this.coverpoint('requester', each('vf', 'strided sdi', 'software sdi'));
  readonly size = this.coverpoint(
    'byteLength',
    {
      one: 1,
      two: 2,
      three: 3,
      dw: 4,
      twoDw: [5, 8],
      small: [9, 63],
      line: [64, 127],
      packet: [128, 255],
      large: [256, 511],
      huge: [512, 4096],
    },
    { iff: isData },
  );
  readonly firstAlign = this.coverpoint((s) => s.firstByte & 3, each(0, 1, 2, 3), { iff: isData });
  readonly lastAlign = this.coverpoint((s) => (s.firstByte + s.byteLength) & 3, each(0, 1, 2, 3), {
    iff: isData,
  });
  /** Where requests begin and end in their 4 KiB block: the boundary rule bites there. */
  readonly boundary = this.coverpoint(boundaryOf, each('inside', 'begins', 'ends', 'fills'), {
    iff: isData,
  });
  readonly header = this.coverpoint('hasLongAddress', { short: false, long: true });
  readonly pasid = this.coverpoint(
    'hasPasid',
    { without: false, with: true },
    {
      iff: (s) => s.role !== 'message',
    },
  );
  readonly ordering = this.coverpoint(
    'isRelaxed',
    { strict: false, relaxed: true },
    {
      iff: (s) => s.role === 'destination',
    },
  );
  readonly tag = this.coverpoint(
    'tag',
    { five: [0, 31], eight: [32, 255], ten: [256, 1023] },
    { iff: (s) => s.isNonPosted },
  );
  readonly outstanding = this.coverpoint(
    'outstanding',
    { one: 1, few: [2, 7], many: [8, 31], most: [32, 64] },
    { iff: (s) => s.isNonPosted },
  );
  readonly roleByRequester = this.cross({ role: this.role, requester: this.requester });
  readonly roleByHeader = this.cross({ role: this.role, header: this.header });
  readonly sizeByAlignByRequester = this.cross(
    { size: this.size, align: this.firstAlign, requester: this.requester },
    { iff: isData },
  );
  readonly readAlign = this.cross(
    { first: this.firstAlign, last: this.lastAlign },
    { iff: isRead },
  );
  readonly writeAlign = this.cross(
    { first: this.firstAlign, last: this.lastAlign },
    { iff: (s) => s.role === 'destination' },
  );
  readonly pasidByRequester = this.cross({ pasid: this.pasid, requester: this.requester });
}

function boundaryOf(sample: RequestSample): string {
  const begins = (sample.firstByte & 4095) === 0;
  const ends = ((sample.firstByte + sample.byteLength) & 4095) === 0;
  if (begins) return ends ? 'fills' : 'begins';
  return ends ? 'ends' : 'inside';
}
