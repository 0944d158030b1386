// The run loop wants the host's end of the link when the device is bound; the environment builds it later. This stands in
// between: bound first, attached in the connect phase.
import { assert } from '#base/assert';
import type { HostLinkPort, PlannedReset, TlpBatch } from '#dut/dut-port';
import { configKey } from '#uvm/config-db';

export class LateLink implements HostLinkPort {
  private target: HostLinkPort | undefined;

  attach(link: HostLinkPort): void {
    this.target = link;
  }

  get outbound(): TlpBatch {
    return this.link.outbound;
  }

  deliver(timePs: number, bytes: Uint8Array): void {
    this.link.deliver(timePs, bytes);
  }

  get plannedReset(): PlannedReset | undefined {
    return this.link.plannedReset;
  }

  resetDone(): void {
    this.link.resetDone();
  }

  private get link(): HostLinkPort {
    assert(this.target !== undefined, 'the link is attached in the connect phase');
    return this.target;
  }
}

/** Where a test finds the link that it has to attach to its environment. */
export const lateLink = configKey<LateLink>('late-link');
