/**
 * Interrupts: messages sent, raised while masked, sent on unmasking, lost by a reset (SRD §6, §7, §8). vplan: interrupts.
 */
import { each } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';

export interface InterruptStep {
  what: 'sent' | 'pended' | 'sentOnUnmask' | 'lostByReset' | 'masked' | 'unmasked' | 'programmed';
  /** 'pf', 'vf', 'sdi'. */
  kind: string;
  /** Relative to its owner. */
  vector: number;
  /** The message address is 2^32 or above. */
  isHigh: boolean;
  /** State of the owner. */
  state: string;
}

const isSent = (s: InterruptStep): boolean => s.what === 'sent' || s.what === 'sentOnUnmask';

export class InterruptCoverage extends Covergroup<InterruptStep> {
  readonly what = this.coverpoint(
    'what',
    each('sent', 'pended', 'sentOnUnmask', 'lostByReset', 'masked', 'unmasked', 'programmed'),
  );
  readonly kind = this.coverpoint('kind', each('pf', 'vf', 'sdi'));
  readonly vector = this.coverpoint('vector', { first: 0, second: 1, further: [2, 63] });
  readonly address = this.coverpoint('isHigh', { below4G: false, above4G: true }, { iff: isSent });
  readonly whatByKind = this.cross(
    { what: this.what, kind: this.kind },
    {
      // The PF's vector belongs to the hypervisor, which masks it only around its programming.
      ignore: (bin) => bin.kind === 'pf' && bin.what !== 'sent',
    },
  );
  /** Vectors of a VF end with the second one, the PF has one. */
  readonly vectorByKind = this.cross(
    { vector: this.vector, kind: this.kind },
    {
      iff: isSent,
      ignore: (bin) =>
        (bin.kind === 'pf' && bin.vector !== 'first') ||
        (bin.kind === 'vf' && bin.vector === 'further'),
    },
  );
  readonly addressByKind = this.cross({ address: this.address, kind: this.kind });
}
