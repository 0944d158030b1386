// The `tlp` digest of a run: one running SHA-256 per direction over (time u64, length u32, bytes), little-endian, in
// link order. Source: design, "Digests". Up: the time a TLP left the device; down: the time it left the host. Across
// directions the order would depend on where quanta end, so the two are hashed together only at the end.
import { RunningSha256, sha256Hex } from '#base/hash';

export class LinkDigest {
  tlpsUp = 0;
  tlpsDown = 0;
  private readonly up = new RunningSha256();
  private readonly down = new RunningSha256();

  /** A TLP left the device at `timePs`. */
  addUp(timePs: number, bytes: Uint8Array): void {
    this.tlpsUp++;
    append(this.up, timePs, bytes);
  }

  /** A TLP left the host at `timePs`. */
  addDown(timePs: number, bytes: Uint8Array): void {
    this.tlpsDown++;
    append(this.down, timePs, bytes);
  }

  /** The digest of all so far, 64 hexadecimal digits. */
  digestHex(): string {
    return sha256Hex(this.up.digestHex() + this.down.digestHex());
  }
}

function append(hash: RunningSha256, timePs: number, bytes: Uint8Array): void {
  hash.updateU64(timePs);
  hash.updateU32(bytes.length);
  hash.update(bytes);
}
