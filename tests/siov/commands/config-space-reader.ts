// Reads configuration spaces as software does: a host enumerates the device over the link, enables VFs, and reads every DW of
// each function by Configuration Requests. It never looks into the device. Source: SRD §2, §3, §8; siov-facts §2.2.
import { FunctionControl } from '#env/function-control';
import { Host } from '#env/host/host';
import { planBuses } from '#env/host-enumeration';
import { ExtendedId, PfEnumeration, SriovOffset, type EnumeratedPf } from '#env/pf-enumeration';
import { RESET_SETTINGS } from '#env/pf-settings';
import { SRD_KIT } from '#env/srd-device-kit';
import type { Process } from '#kernel/process';
import { us } from '#kernel/time';
import { delay } from '#kernel/wait';
import { vfRid } from '#pcie/routing-id';
import type { SrdParams } from '#siov/srd-params';
import { configKey } from '#uvm/config-db';
import type { Phase } from '#uvm/phase';
import { Test } from '#uvm/test';
import { lateLink } from '../late-link.ts';

export const CONFIG_SPACE_BYTES = 4096;

/** Which functions are read. */
export interface ConfigSpaceWish {
  /** VFs to enable first; undefined: all that there can be. */
  readonly vfCount: number | undefined;
  /** The Routing IDs to read; undefined: all functions that the host knows. */
  readonly rids: readonly number[] | undefined;
}

/** A function that answers, or a Routing ID that does not. */
export interface ConfigSpace {
  readonly rid: number;
  /** 0 the PF, n VF n; undefined for another Routing ID. */
  readonly vf: number | undefined;
  /** Of the first read: 'SC' when there is a function. */
  readonly status: string;
  /** 4096 bytes; all ones where a read was not answered with data. */
  readonly bytes: Uint8Array;
  /** Byte offsets of DWs that were not. */
  readonly unread: readonly number[];
}

/** What the host learned; filled by the run. */
export interface ConfigSpaceResult {
  readonly wish: ConfigSpaceWish;
  readonly params: SrdParams;
  /** Routing IDs of the PF and the enabled VFs, in this order. */
  functions: readonly number[];
  spaces: ConfigSpace[];
  /** What went otherwise than asked for: VFs that were refused. */
  troubles: string[];
}

export const configSpaceResult = configKey<ConfigSpaceResult>('config-space-result');

const BUS = 1;
/** The first request leaves this long after the start of the run. */
const POWER_UP_PS = us(1);
const VF_OFFSET = 0x14;
const VF_STRIDE = 0x16;

export class ConfigSpaceReader extends Test {
  readonly child = this.children({ host: Host });
  private readonly result = this.config.get(configSpaceResult);

  override connectPhase(): void {
    this.config.get(lateLink).attach(this.child.host.child.link);
  }

  override *runPhase(phase: Phase): Process {
    using _objection = phase.raiseObjection(this, 'configuration space is read');
    yield delay(POWER_UP_PS);
    const { result } = this;
    const buses = planBuses(result.params, BUS);
    this.child.host.rootPort.setBusRange(buses.secondary, buses.subordinate);
    result.functions = [buses.secondary << 8, ...(yield* this.bringUp(buses.secondary))];
    for (const rid of result.wish.rids ?? result.functions) {
      result.spaces.push(yield* this.read(rid));
    }
  }

  /** Enumerates the PF, lets it run and enables the VFs; their Routing IDs. */
  private *bringUp(bus: number): Process<readonly number[]> {
    const { requester } = this.child.host.child;
    const { params, troubles, wish } = this.result;
    const publish = (): void => {};
    const settings = RESET_SETTINGS;
    const { layout, policy } = SRD_KIT;
    const enumeration = { requester, params, publish, bus, barsAbove4G: false, settings, layout };
    const pf = yield* new PfEnumeration(enumeration).run();
    if (pf === undefined) {
      troubles.push('the PF does not answer as a device that can be driven; it is read as it is');
      return [];
    }
    const { kernel } = this;
    const shared = { kernel, requester, publish, pf, settings };
    const functions = new FunctionControl({ ...shared, layout, policy });
    yield* functions.setPfCommand(true, true);
    return wish.vfCount === 0 ? [] : yield* this.enableVfs(pf, functions);
  }

  private *enableVfs(pf: EnumeratedPf, functions: FunctionControl): Process<readonly number[]> {
    const { wish, troubles } = this.result;
    const at = pf.capabilities.extended.get(ExtendedId.SRIOV);
    if (at === undefined) {
      if (wish.vfCount !== undefined) troubles.push('the PF has no SR-IOV capability: no VFs');
      return [];
    }
    const { requester } = this.child.host.child;
    const total = (yield* requester.configRead(pf.rid, at + SriovOffset.TOTAL_VFS, 2)).value;
    const offset = (yield* requester.configRead(pf.rid, at + VF_OFFSET, 2)).value;
    const stride = (yield* requester.configRead(pf.rid, at + VF_STRIDE, 2)).value;
    const count = wish.vfCount ?? total;
    const rids = Array.from({ length: count }, (_, i) => vfRid(pf.rid, offset, stride, i + 1));
    if (yield* functions.enableVfs(rids, count)) return rids;
    troubles.push(`the device refused to enable ${count} VFs; its TotalVFs is ${total}`);
    return [];
  }

  private *read(rid: number): Process<ConfigSpace> {
    const { requester } = this.child.host.child;
    const bytes = new Uint8Array(CONFIG_SPACE_BYTES).fill(0xff);
    const at = this.result.functions.indexOf(rid);
    const vf = at < 0 ? undefined : at;
    const unread: number[] = [];
    for (let offset = 0; offset < CONFIG_SPACE_BYTES; offset += 4) {
      const { status, data } = yield* requester.configRead(rid, offset, 4);
      // No function: its other registers would say the same.
      if (offset === 0 && status !== 'SC') return { rid, vf, status, bytes, unread };
      bytes.set(data, offset);
      if (status !== 'SC') unread.push(offset);
    }
    return { rid, vf, status: 'SC', bytes, unread };
  }
}
