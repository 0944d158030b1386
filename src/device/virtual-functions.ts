// The VFs (SRD §8): configuration space, queue and page of each; VF Enable and what it may refuse; VF FLR. A VF exists
// from the write that sets VF Enable on until the one that clears it.
import { vfRid } from '#pcie/routing-id';
import { vfConfigFields } from '#siov/config-space-table';
import { SCRATCH_BYTES, VfMsix } from '#siov/srd-registers';
import { ConfigSpace, ConfigTemplate } from './config-space.ts';
import { DeviceEvent } from './event-queue.ts';
import { VectorSpace } from './interrupts.ts';
import { abortQueue, resetOther } from './sdi-reset.ts';
import { PfConfig, PfConfigBit } from './settings.ts';
import type { SiovDevice } from './siov-device.ts';
import { WorkQueue } from './work-queue.ts';

/** One enabled VF. */
export interface VirtualFunction {
  /** 1-based. */
  readonly n: number;
  readonly config: ConfigSpace;
  readonly queue: WorkQueue;
  readonly scratch: Uint8Array;
  /** An FLR runs. */
  isResetting: boolean;
}

export class VirtualFunctions {
  /** The enabled VFs, VF 1 first; empty while VF Enable is 0. */
  private list: readonly VirtualFunction[] = [];
  private readonly device: SiovDevice;
  private readonly template: ConfigTemplate;
  /** Tells the end of an FLR from that of one of VFs that are gone. */
  private epoch = 0;

  constructor(device: SiovDevice) {
    this.device = device;
    this.template = new ConfigTemplate(vfConfigFields(device.params));
  }

  /** Enabled VFs. */
  get count(): number {
    return this.list.length;
  }

  /** VF n (1-based), or undefined above NumVFs. */
  get(n: number): VirtualFunction | undefined {
    return this.list[n - 1];
  }

  /** RID of VF n with the present bus number. */
  ridOf(n: number): number {
    const { params, pfRid } = this.device;
    return vfRid(pfRid, params.firstVfOffset, params.vfStride, n);
  }

  /** The enabled VF with this RID. */
  byRid(rid: number): VirtualFunction | undefined {
    return this.list.find((vf) => this.ridOf(vf.n) === rid);
  }

  hasRid(rid: number): boolean {
    return this.byRid(rid) !== undefined;
  }

  isBusMaster(n: number): boolean {
    const vf = this.list[n - 1];
    if (vf === undefined || this.device.settings.d3hot) return false;
    return vf.config.bit(PfConfig.COMMAND, PfConfigBit.BUS_MASTER);
  }

  isMsixEnabled(n: number): boolean {
    const vf = this.list[n - 1];
    return vf !== undefined && vf.config.bit(PfConfig.MSIX, PfConfigBit.MSIX_ENABLE);
  }

  isMsixMasked(n: number): boolean {
    const vf = this.list[n - 1];
    return vf === undefined || vf.config.bit(PfConfig.MSIX, PfConfigBit.MSIX_FUNCTION_MASK);
  }

  allQueues(): Iterable<WorkQueue> {
    return this.list.map((vf) => vf.queue);
  }

  /** VF Enable is written 1. False: refused, nothing has changed. */
  enable(count: number): boolean {
    if (!this.mayEnable(count)) return false;
    this.list = Array.from({ length: count }, (_, index) => ({
      n: index + 1,
      config: new ConfigSpace(this.template),
      queue: new WorkQueue(true, index + 1),
      scratch: new Uint8Array(SCRATCH_BYTES),
      isResetting: false,
    }));
    return true;
  }

  /** VF Enable is written 0: the VFs are reset and gone; completions for them are late. */
  disable(): void {
    for (const vf of this.list) abortQueue(this.device, vf.queue);
    this.remove();
  }

  /** The VFs are gone; engines and interrupts have been cleared by whoever calls, or need not be. */
  remove(): void {
    this.list = [];
    this.epoch++;
    this.device.interrupts.tables[VectorSpace.VF].clearAll();
  }

  /** VF FLR begins (§6 with restore, for that VF). */
  startReset(vf: VirtualFunction): void {
    const { device } = this;
    vf.isResetting = true;
    abortQueue(device, vf.queue);
    vf.scratch.fill(0);
    vf.config.resetByFlr();
    const first = VfMsix.COUNT * (vf.n - 1);
    for (let i = first; i < first + VfMsix.COUNT; i++) {
      device.interrupts.tables[VectorSpace.VF].clear(i);
    }
    if (device.faults.is('vf-flr-resets-sdi')) resetOther(device, -1); // FAULT vf-flr-resets-sdi
    const atPs = device.nowPs + device.draw(device.character.latencies.vfReset);
    device.events.schedule(atPs, DeviceEvent.VF_RESET_END, vf.n, this.epoch);
  }

  onResetEnd(n: number, epoch: number): void {
    const vf = this.list[n - 1];
    if (vf !== undefined && epoch === this.epoch) vf.isResetting = false;
  }

  private mayEnable(count: number): boolean {
    const { device } = this;
    const { params, sdis, pfRid } = device;
    if (count === 0 || count > params.totalVfs) return false;
    if (!params.mixedIov && sdis.takenCount > 0) return false;
    const seen = new Set<number>([pfRid]);
    for (let n = 1; n <= count; n++) {
      const rid = this.ridOf(n);
      if (seen.has(rid)) return false;
      // FAULT vf-enable-ignores-sdis
      if (sdis.isRidTaken(rid) && !device.faults.is('vf-enable-ignores-sdis')) return false;
      seen.add(rid);
    }
    return true;
  }
}
