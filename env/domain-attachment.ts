// Attaches a home's memory to the Routing ID of the queue that it owns, and takes it off again: grant in the root port,
// IOMMU domains with and without PASID, message window (design decision 4; siov-facts R-IOM-1, R-IOM-7).
import type { HostEvent, Requester } from '#siov/host-event';
import type { IoLayout } from './host-address-map.ts';
import type { Host } from './host/host.ts';
import type { TenantHome } from './tenant-home.ts';

interface Owner {
  readonly requester: Requester;
  readonly home: TenantHome;
}

export class DomainAttachment {
  private readonly host: Host;
  private readonly layout: IoLayout;
  private readonly publish: (event: HostEvent) => void;
  private readonly owners = new Map<number, Owner>();
  private pfRid = -1;

  constructor(host: Host, layout: IoLayout, publish: (event: HostEvent) => void) {
    this.host = host;
    this.layout = layout;
    this.publish = publish;
  }

  /** Who receives what this RID writes; undefined: nobody, or the hypervisor. */
  ownerOf(rid: number): TenantHome | undefined {
    return this.owners.get(rid)?.home;
  }

  /** From now on requests with this RID reach the home's memory, and messages the interrupt controller. */
  attach(rid: number, requester: Requester, home: TenantHome): void {
    this.grant(rid);
    this.owners.set(rid, { requester, home });
    for (const space of home.spaces) {
      space.attach(this.host.iommu.domain(rid, space.pasid), requester, this.publish);
    }
  }

  /** The PF sends messages and nothing else. */
  attachPf(rid: number): void {
    const { message } = this.layout;
    const none = { base: 0, length: 0 };
    this.pfRid = rid;
    this.grant(rid);
    this.publish({
      kind: 'areas',
      requester: 'pf',
      pasid: -1,
      ring: none,
      records: none,
      source: none,
      destination: none,
      message,
    });
  }

  detach(rid: number, requester: Requester, home: TenantHome): void {
    const { iommu, rootPort } = this.host;
    for (const space of home.spaces) {
      space.publishUnmapped(requester, this.publish);
      iommu.removeDomain(rid, space.pasid);
    }
    iommu.removeDomain(rid);
    rootPort.revoke(rid);
    this.owners.delete(rid);
  }

  /** After a reset of the PF or of the device: nobody's requests pass any more. */
  detachAll(): void {
    const { iommu, rootPort } = this.host;
    for (const [rid, { requester, home }] of [...this.owners]) this.detach(rid, requester, home);
    if (this.pfRid >= 0) iommu.removeDomain(this.pfRid);
    rootPort.revokeAll();
  }

  private grant(rid: number): void {
    this.host.rootPort.grant(rid);
    const { base, length } = this.layout.message;
    this.host.iommu.domain(rid).mapMessages(base, length);
  }
}
