// The hypervisor: enumerates the device, then runs admin items one after the other. What an action means for the host is in
// env/sdi-provision and env/vf-provision; which actions happen, and when, is decided by operations. Source: SRD §5, §8.
import { assert } from '#base/assert';
import type { Process } from '#kernel/process';
import type { RandomStream } from '#random/random-stream';
import type { AdminItem } from '#sequences/items/admin-item';
import { Agent } from '#uvm/agent';
import { Sequencer } from '#uvm/sequencer';
import type { DeviceDriver } from '../device-driver.ts';
import type { DeviceRecovery } from '../device-recovery.ts';
import type { FunctionControl } from '../function-control.ts';
import type { EnumeratedPf } from '../pf-enumeration.ts';
import type { SdiEntry, SdiLedger } from '../sdi-ledger.ts';
import type { SdiProvision } from '../sdi-provision.ts';
import type { VfProvision } from '../vf-provision.ts';
import { HypervisorDriver } from './hypervisor-driver.ts';

/** The hypervisor's parts; they exist once the device has been enumerated. */
export interface HypervisorParts {
  readonly pf: EnumeratedPf;
  readonly device: DeviceDriver;
  readonly ledger: SdiLedger;
  readonly functions: FunctionControl;
  readonly sdis: SdiProvision;
  readonly vfs: VfProvision;
}

/** Finds the device on a bus (0: where it is wanted first), and makes the parts; undefined: it cannot be driven. */
export type Enumerate = (bus: number) => Process<HypervisorParts | undefined>;

export class HypervisorAgent extends Agent {
  readonly child = this.children({ sequencer: Sequencer<AdminItem>, driver: HypervisorDriver });
  private partsNow: HypervisorParts | undefined;
  private enumerate: Enumerate | undefined;
  private recoveryNow: DeviceRecovery | undefined;

  /** @param enumerate finds the device and makes the parts. */
  wire(enumerate: Enumerate, recovery: DeviceRecovery): void {
    this.enumerate = enumerate;
    this.recoveryNow = recovery;
  }

  /** Resets of the PF and of the device, and what else closes it for a while. */
  get recovery(): DeviceRecovery {
    assert(this.recoveryNow !== undefined, 'the hypervisor is wired in the connect phase');
    return this.recoveryNow;
  }

  /** The device is enumerated and can be driven. */
  get isReady(): boolean {
    return this.partsNow !== undefined;
  }

  get parts(): HypervisorParts {
    assert(this.partsNow !== undefined, 'the device is enumerated before the hypervisor acts');
    return this.partsNow;
  }

  get ledger(): SdiLedger {
    return this.parts.ledger;
  }

  /**
   * Enumerates and sets up the PF. @param bus number for the device, where its Routing IDs fit; 0: as before.
   * @returns false when the device does not answer as one that can be driven.
   */
  *bringUp(bus = 0): Process<boolean> {
    assert(this.enumerate !== undefined, 'the hypervisor is wired in the connect phase');
    this.forget();
    this.partsNow = yield* this.enumerate(bus);
    return this.partsNow !== undefined;
  }

  /** The device is lost, or about to be found anew. */
  forget(): void {
    this.partsNow = undefined;
  }

  /** The book entry of a slot; slots beyond the last wrap. */
  entry(slot: number): SdiEntry {
    const { entries } = this.ledger;
    return entries[slot % entries.length];
  }

  /** Work pages and vectors for an SDI, in numbers drawn below the swarm's limits; undefined when none are free. */
  drawResources(
    stream: RandomStream,
    wish: { readonly pages: number; readonly vectors: number },
    entry: SdiEntry,
  ): { readonly pages: readonly number[]; readonly vectors: readonly number[] } | undefined {
    const own = entry.assignment;
    const pages = this.ledger.drawPages(stream, wish.pages, own?.pages ?? []);
    const vectors = this.ledger.drawVectors(stream, wish.vectors, own?.vectors ?? []);
    return pages === undefined || vectors === undefined ? undefined : { pages, vectors };
  }
}
