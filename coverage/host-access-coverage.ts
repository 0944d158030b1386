/**
 * What the host asks of the device: configuration and memory requests by target (SRD §2, §4, §7). One sample per request that
 * is not an injected error. vplan: configuration and registers.
 */
import { each } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';

/** One request of the host; the object is reused. */
export class HostAccess {
  /** Configuration or memory space. */
  isConfig = false;
  isWrite = false;
  /** Who or what is addressed, by Routing ID or address. */
  target: 'pf' | 'vf' | 'sdi' | 'nobody' | 'registers' | 'page' | 'freePage' | 'vfPage' | 'msix' =
    'nobody';
  /** DWs, for memory requests. */
  lengthDw = 1;
  /** All bytes of all DWs are enabled. */
  isWhole = true;
  /** Other requesters have work under way. */
  isBusy = false;
}

export class HostAccessCoverage extends Covergroup<HostAccess> {
  readonly configTarget = this.coverpoint('target', each('pf', 'vf', 'sdi'), {
    iff: (a) => a.isConfig,
  });
  readonly memoryTarget = this.coverpoint(
    'target',
    each('registers', 'page', 'freePage', 'vfPage', 'msix'),
    { iff: (a) => !a.isConfig },
  );
  readonly direction = this.coverpoint('isWrite', { read: false, write: true });
  readonly length = this.coverpoint('lengthDw', each(1, 2), { iff: (a) => !a.isConfig });
  readonly enables = this.coverpoint('isWhole', { whole: true, part: false });
  readonly busy = this.coverpoint('isBusy', { idle: false, busy: true });
  /** An SDI has no configuration space: it is read, to see that nobody answers, and never written. */
  readonly configByDirection = this.cross(
    { target: this.configTarget, direction: this.direction },
    { ignore: (bin) => bin.target === 'sdi' && bin.direction === 'write' },
  );
  readonly memoryByDirection = this.cross({ target: this.memoryTarget, direction: this.direction });
  readonly memoryByLength = this.cross({ target: this.memoryTarget, length: this.length });
  readonly targetByBusy = this.cross({ target: this.memoryTarget, busy: this.busy });
}
