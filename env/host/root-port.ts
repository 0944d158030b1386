// The root port above the device: which requests from below it lets pass, by Requester ID.
// Source: siov-facts §9 R-ACS-1, R-RTE-1 (source validation against the port's bus range), §13 T-RID-1, T-RID-7.
import { assert } from '#base/assert';
import type { FaultReason } from './iommu.ts';

const RID_COUNT = 0x1_0000;

export class RootPort {
  private secondaryBus = 1;
  private subordinateBus = 1;
  private readonly granted = new Uint8Array(RID_COUNT);
  private readonly everGranted = new Uint8Array(RID_COUNT);

  /** The device's first bus. */
  get secondary(): number {
    return this.secondaryBus;
  }

  /** The last bus that belongs to the device. */
  get subordinate(): number {
    return this.subordinateBus;
  }

  /** Sets the bus range, both ends included. */
  setBusRange(secondary: number, subordinate: number): void {
    assert(
      secondary >= 1 && secondary <= subordinate && subordinate <= 0xff,
      'a bus range is 1 ≤ secondary ≤ subordinate ≤ 255',
    );
    this.secondaryBus = secondary;
    this.subordinateBus = subordinate;
  }

  /** From now on requests with this RID pass. */
  grant(rid: number): void {
    assert(rid >= 0 && rid < RID_COUNT, 'a RID has 16 bits');
    this.granted[rid] = 1;
    this.everGranted[rid] = 1;
  }

  /** From now on requests with this RID are refused. */
  revoke(rid: number): void {
    this.granted[rid] = 0;
  }

  /** Refuses everybody, as after a reset of the device. */
  revokeAll(): void {
    this.granted.fill(0);
  }

  isGranted(rid: number): boolean {
    return this.granted[rid] === 1;
  }

  /** True if the RID was granted at any time of the run: an old request of it may still be under way. */
  wasEverGranted(rid: number): boolean {
    return this.everGranted[rid] === 1;
  }

  isInBusRange(rid: number): boolean {
    const bus = rid >>> 8;
    return bus >= this.secondaryBus && bus <= this.subordinateBus;
  }

  /** Why a request with this RID does not pass; undefined: it passes. */
  refusal(rid: number): FaultReason | undefined {
    if (!this.isInBusRange(rid)) return 'outside bus range';
    return this.granted[rid] === 1 ? undefined : 'RID not granted';
  }
}
