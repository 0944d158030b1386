// What the checks must know of a device beside its TLPs and the HostEvents, in one bundle: its policy, the format of its work,
// and where the memory of a page and the SIOV capability are.
import type { AddressRange } from './host-event.ts';
import type { SiovPolicy } from './siov-policy.ts';
import type { WorkFormat } from './work-format.ts';

/** What the checks must know of a device beside TLPs and host events. */
export interface DeviceTraits {
  readonly policy: SiovPolicy;
  readonly format: WorkFormat;
  /** Bytes of plain memory in every work page, relative to the page; length 0: there are none. */
  readonly scratch: AddressRange;
  /** Offset of the SIOV capability in the PF's configuration space. */
  readonly capabilityAt: number;
}
