// The host: memory, IOMMU, root port, the end of the link, the requester and the memory responder, wired to each other.
// Source: design, "Rooms" (env: host); SRD ("the host" is everything above the device).
//
//   this.config.set('**.host', hostConfig, { lookaheadPs: 250_000, completionTimeoutPs: us(50), … });   // before it is built
//   readonly child = this.children({ host: Host });
//   …  this.child.host.child.link            the HostLinkPort that the run loop drives
//      this.child.host.child.requester       registers and configuration space
//      this.child.host.memory, .pages, .iommu, .rootPort
import type { RandomStream } from '#random/random-stream';
import { Component } from '#uvm/component';
import { configKey } from '#uvm/config-db';
import { LinkMonitor } from '../agents/link-monitor.ts';
import { MemoryResponder } from '../agents/memory-responder.ts';
import { HostLink } from './host-link.ts';
import { HostMemory } from './host-memory.ts';
import { HostRequester } from './host-requester.ts';
import { Iommu } from './iommu.ts';
import { MemoryAccess } from './memory-access.ts';
import { DEFAULT_PAGE_RANGE, PageAllocator, type PageRange } from './page-allocator.ts';
import { RootPort } from './root-port.ts';

export interface HostConfig {
  /** Link delay in each direction, ps. */
  readonly lookaheadPs: number;
  /** The device's completion timeout, ps. */
  readonly completionTimeoutPs: number;
  /** Bandwidth towards the device, ps per byte; 0: unlimited. */
  readonly psPerByte: number;
  /** Physical pages that may be handed out. */
  readonly pages: PageRange;
}

/** The defaults of DUT protocol and SRD §1. */
export const DEFAULT_HOST_CONFIG: HostConfig = {
  lookaheadPs: 250_000,
  completionTimeoutPs: 50_000_000,
  psPerByte: 0,
  pages: DEFAULT_PAGE_RANGE,
};

export const hostConfig = configKey<HostConfig>('host');

export class Host extends Component {
  readonly child = this.children({
    monitor: LinkMonitor,
    link: HostLink,
    requester: HostRequester,
    responder: MemoryResponder,
  });
  readonly settings: HostConfig = this.config.tryGet(hostConfig) ?? DEFAULT_HOST_CONFIG;
  readonly memory = new HostMemory(this.stream('memory'));
  readonly pages = new PageAllocator(this.stream('pages'), this.settings.pages);
  readonly iommu = new Iommu();
  readonly rootPort = new RootPort();

  override connectPhase(): void {
    const { link, monitor, requester, responder } = this.child;
    const { lookaheadPs, completionTimeoutPs, psPerByte } = this.settings;
    const { rootPort } = this;
    const access = new MemoryAccess(this.memory, this.iommu, rootPort);
    link.psPerByte = psPerByte;
    link.connect({
      monitor,
      completions: requester,
      requests: responder,
      onReset: () => this.reset(),
      lookaheadPs,
    });
    requester.connect({ link, rootPort, lookaheadPs });
    responder.connect({ link, access, rootPort, lookaheadPs, completionTimeoutPs });
  }

  /** A page that nobody owns, with fresh contents. @param stream as for `PageAllocator.allocate`. */
  allocatePage(stream?: RandomStream): number {
    const page = stream === undefined ? this.pages.allocate() : this.pages.allocate(stream);
    this.memory.renew(page);
    return page;
  }

  /** The device was reset: what was under way is lost. Grants and mappings stay as they are: they are the host's own. */
  private reset(): void {
    this.child.requester.reset();
    this.child.responder.reset();
  }
}
