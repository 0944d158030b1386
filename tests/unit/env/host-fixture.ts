// A host with nothing below it: the test plays the device, byte by byte, and sees what leaves the host.
import { copyTlp, decodeTlp, encodeTlp, isMalformed } from '#pcie/codec';
import type { Tlp } from '#pcie/tlp';
import type { Kernel } from '#kernel/kernel';
import type { Process } from '#kernel/process';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';
import { responderConfig, type ResponderConfig } from '#env/agents/memory-responder-config';
import { DEFAULT_HOST_CONFIG, Host, hostConfig, type HostConfig } from '#env/host/host';
import type { FaultRecord, Permission } from '#env/host/iommu';
import { PAGE_BYTES } from '#env/host/host-memory';
import type { InterruptMessage } from '#env/host/host-ports';

class HostTest extends Test {
  readonly child = this.children({ host: Host });
}

export interface SentTlp {
  readonly timePs: number;
  readonly tlp: Tlp;
}

export interface FixtureOptions {
  readonly seed?: number;
  readonly host?: Partial<HostConfig>;
  readonly responder?: ResponderConfig;
}

export class HostFixture {
  readonly testbench: Testbench;
  readonly host: Host;
  readonly kernel: Kernel;
  readonly faults: FaultRecord[] = [];
  readonly interrupts: InterruptMessage[] = [];

  constructor(options: FixtureOptions = {}) {
    this.testbench = new Testbench({ runSeed: options.seed ?? 1 });
    const { config } = this.testbench;
    config.set('**', hostConfig, { ...DEFAULT_HOST_CONFIG, ...options.host });
    if (options.responder !== undefined) config.set('**', responderConfig, options.responder);
    this.host = new TestRunner(this.testbench, HostTest).elaborate().child.host;
    this.kernel = this.testbench.kernel;
    const { responder } = this.host.child;
    responder.faults.connect({ write: (fault) => this.faults.push(fault) });
    responder.interrupts.connect({ write: (message) => this.interrupts.push(message) });
    this.host.rootPort.setBusRange(1, 3);
  }

  /** Grants a RID and maps `pageCount` pages from `iova` on to fresh memory; returns the physical page numbers. */
  map(
    rid: number,
    iova: number,
    pageCount: number,
    permission: Partial<Permission> = {},
  ): number[] {
    const { host } = this;
    host.rootPort.grant(rid);
    const rights = { readable: true, writable: true, ...permission };
    return Array.from({ length: pageCount }, (_, i) => {
      const page = host.allocatePage();
      host.iommu.domain(rid).map(iova + i * PAGE_BYTES, page * PAGE_BYTES, PAGE_BYTES, rights);
      return page;
    });
  }

  /** A TLP of the device arrives at `timePs`. */
  deliver(timePs: number, tlp: Tlp): void {
    this.deliverBytes(timePs, encodeTlp(tlp));
  }

  deliverBytes(timePs: number, bytes: Uint8Array): void {
    if (timePs > this.kernel.nowPs) this.kernel.runBefore(timePs);
    this.host.child.link.deliver(timePs, bytes);
  }

  /** Starts a process of the host. */
  spawn(body: Process<unknown>): void {
    this.kernel.spawn('test process', body);
  }

  run(untilPs: number): void {
    this.kernel.runUntil(untilPs);
  }

  /** What has left the host since the last call. */
  takeSent(): SentTlp[] {
    const { outbound } = this.host.child.link;
    const sent: SentTlp[] = [];
    for (let i = 0; i < outbound.count; i++) {
      const tlp = decodeTlp(outbound.bytes(i));
      if (isMalformed(tlp)) throw new Error(tlp.malformed);
      sent.push({ timePs: outbound.timePs(i), tlp: copyTlp(tlp) });
    }
    outbound.clear();
    return sent;
  }
}
