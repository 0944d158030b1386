// What the parts of the host need of each other, as types: the link's sending side, and who takes what arrives.
import type { Tlp } from '#pcie/tlp';

/** The sending side of the host's end of the link. */
export interface TlpSender {
  /**
   * Sends now; the TLP leaves the host at the present kernel time.
   * @param injected the TLP breaks a rule on purpose (SRD §9).
   */
  send(tlp: Tlp, injected?: boolean): void;
  /** From when on the link takes the next TLP without exceeding its bandwidth; the past: now. */
  readonly freeAtPs: number;
}

/** Takes what the link has received; the TLP is valid during the call only. */
export interface TlpReceiver {
  receive(tlp: Tlp): void;
}

/** An interrupt message of the device, accepted by the IOMMU. */
export interface InterruptMessage {
  readonly rid: number;
  readonly address: number;
  readonly data: number;
  /** Arrival at the host, ps. */
  readonly timePs: number;
}
