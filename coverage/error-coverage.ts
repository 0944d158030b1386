/**
 * What goes wrong around the device: requests of the host that it must drop or refuse, answers to its own requests that fail,
 * and functions that are reset or closed as a whole (SRD §4, §9). vplan: errors.
 */
import { each } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';

/** One request of the host that is not served, when it leaves; the object is reused. */
export class HostErrorSample {
  what:
    | 'malformed'
    | 'message'
    | 'atomic'
    | 'io'
    | 'locked'
    | 'poisonedWrite'
    | 'poisonedConfig'
    | 'oddRead'
    | 'oddWrite' = 'malformed';
  /** For memory requests: what is addressed. */
  target = 'nobody';
  /** Somebody has work under way. */
  isBusy = false;
}

const TARGETS = ['registers', 'page', 'freePage', 'vfPage', 'msix', 'nobody'] as const;

export class HostErrorCoverage extends Covergroup<HostErrorSample> {
  readonly what = this.coverpoint(
    'what',
    each(
      'malformed',
      'message',
      'atomic',
      'io',
      'locked',
      'poisonedWrite',
      'poisonedConfig',
      'oddRead',
      'oddWrite',
    ),
  );
  readonly target = this.coverpoint('target', each(...TARGETS), {
    iff: (s) => s.what === 'poisonedWrite' || s.what === 'oddRead' || s.what === 'oddWrite',
  });
  readonly busy = this.coverpoint('isBusy', { idle: false, busy: true });
  readonly whatByBusy = this.cross({ what: this.what, busy: this.busy });
  readonly whatByTarget = this.cross(
    { what: this.what, target: this.target },
    { ignore: (bin) => !['poisonedWrite', 'oddRead', 'oddWrite'].includes(bin.what) },
  );
}

/** One completion of the host that is not as it should be, when it leaves; the object is reused. */
export class AnswerErrorSample {
  what: 'unsupported' | 'abort' | 'retry' | 'reserved' | 'poisoned' | 'wrongCount' | 'unexpected' =
    'unexpected';
  /** What the request was for; 'none' where it matches nothing. */
  role = 'none';
  /** Whose request: 'vf' or 'sdi'. */
  kind = 'sdi';
}

export class AnswerErrorCoverage extends Covergroup<AnswerErrorSample> {
  readonly what = this.coverpoint(
    'what',
    each('unsupported', 'abort', 'retry', 'reserved', 'poisoned', 'wrongCount', 'unexpected'),
  );
  readonly role = this.coverpoint('role', each('fetch', 'source', 'atomic'));
  readonly kind = this.coverpoint('kind', each('vf', 'sdi'));
  readonly whatByRole = this.cross(
    { what: this.what, role: this.role },
    { ignore: (bin) => bin.what === 'unexpected' },
  );
}

/** A reset of the PF or of the device, or something that is switched off, when it leaves the host. */
export interface FunctionChange {
  how: 'pfFlr' | 'hot' | 'cold' | 'd3hot' | 'memory' | 'vfMemory';
  /** Requests of the device without all their completions. */
  outstanding: number;
  hasSdis: boolean;
  hasVfs: boolean;
}

export class FunctionChangeCoverage extends Covergroup<FunctionChange> {
  readonly how = this.coverpoint(
    'how',
    each('pfFlr', 'hot', 'cold', 'd3hot', 'memory', 'vfMemory'),
  );
  readonly outstanding = this.coverpoint('outstanding', { none: 0, some: [1, 64] });
  readonly sdis = this.coverpoint('hasSdis', { none: false, some: true });
  readonly vfs = this.coverpoint('hasVfs', { none: false, some: true });
  readonly howByOutstanding = this.cross({ how: this.how, outstanding: this.outstanding });
  readonly howByPopulation = this.cross(
    { how: this.how, sdis: this.sdis, vfs: this.vfs },
    { ignore: (bin) => bin.how === 'vfMemory' && bin.vfs === 'none' },
  );
}
