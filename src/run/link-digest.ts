// The `tlp` digest of a run: one running SHA-256 per direction over (time u64, length u32, bytes), little-endian, in
// link order. Source: design, "Digests". Up: the time a TLP left the device; down: the time it left the host. Across
// directions the order would depend on where quanta end, so the two are hashed together only at the end. Node's own SHA-256:
// the portable one of `#base/hash` gives the same, at a tenth of the speed.
import { createHash } from 'node:crypto';

export class LinkDigest {
  tlpsUp = 0;
  tlpsDown = 0;
  private readonly up = createHash('sha256');
  private readonly down = createHash('sha256');

  /** `count` TLPs left the device: time, length and bytes of each, as a batch of TLPs lists them. */
  addUp(count: number, records: Uint8Array): void {
    this.tlpsUp += count;
    if (count > 0) this.up.update(records);
  }

  /** `count` TLPs left the host. */
  addDown(count: number, records: Uint8Array): void {
    this.tlpsDown += count;
    if (count > 0) this.down.update(records);
  }

  /** The digest of all so far, 64 hexadecimal digits. */
  digestHex(): string {
    const [up, down] = [this.up, this.down].map((hash) => hash.copy().digest('hex'));
    return createHash('sha256').update(`${up}${down}`).digest('hex');
  }
}
