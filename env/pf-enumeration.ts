// Finds and sets up the PF over the link, in the order in which Linux does it (siov-facts §2.2): bus number, capability walk,
// the SIOV capability's reads, sizing and placing of BARs, settings, MSI-X of the PF, Memory Space and Bus Master Enable.
// The bases written and the settings made are published as HostEvents, each before the request that carries it.
import type { Process } from '#kernel/process';
import type { HostEvent } from '#siov/host-event';
import { SIOV_CAPABILITY_ID, SiovOffset } from '#siov/siov-capability';
import type { DeviceParams } from '#siov/device-params';
import type { DeviceLayout } from './device-kit.ts';
import { planWindows, type AddressWindows } from './host-address-map.ts';
import type { HostRequester } from './host/host-requester.ts';
import {
  deviceControl,
  deviceControl2,
  inForce,
  RESET_SETTINGS,
  sriovControl,
} from './pf-settings.ts';
import type { PfSettings } from './pf-settings.ts';

export interface EnumerationContext {
  readonly requester: HostRequester;
  readonly params: DeviceParams;
  readonly publish: (event: HostEvent) => void;
  readonly bus: number;
  readonly barsAbove4G: boolean;
  readonly settings: PfSettings;
  readonly layout: DeviceLayout;
}

/** Where a function's capabilities are: offsets by ID; 0: absent. */
export interface CapabilityMap {
  readonly standard: ReadonlyMap<number, number>;
  readonly extended: ReadonlyMap<number, number>;
}

export const CapabilityId = { POWER: 0x01, MSIX: 0x11, PCIE: 0x10 } as const;
export const ExtendedId = { AER: 0x0001, ARI: 0x000e, SRIOV: 0x0010, PASID: 0x001b } as const;

/** Steps after which a walk of a list is given up: a list that loops must not hang the host. */
const WALK_MAX = 48;

const Offset = {
  COMMAND: 0x04,
  BAR0: 0x10,
  CAPABILITIES: 0x34,
  EXTENDED: 0x100,
} as const;

export const CommandBit = { MEMORY: 1 << 1, BUS_MASTER: 1 << 2 } as const;
export const MsixControl = { FUNCTION_MASK: 1 << 14, ENABLE: 1 << 15 } as const;
export const PcieOffset = { CONTROL: 0x08, CONTROL2: 0x28 } as const;
export const FLR_BIT = 1 << 15;
export const SriovOffset = { CONTROL: 0x08, TOTAL_VFS: 0x0e, NUM_VFS: 0x10, BAR0: 0x24 } as const;
const PASID_CONTROL = 0x06;

/** What enumeration found; the caller drives the device with it. */
export interface EnumeratedPf {
  readonly rid: number;
  readonly windows: AddressWindows;
  readonly capabilities: CapabilityMap;
}

export class PfEnumeration {
  private readonly context: EnumerationContext;
  private readonly rid: number;

  constructor(context: EnumerationContext) {
    this.context = context;
    this.rid = context.bus << 8;
  }

  /** undefined: the function does not answer as a device that can be driven. */
  *run(): Process<EnumeratedPf | undefined> {
    const { requester, publish, bus } = this.context;
    const identity = yield* requester.configRead(this.rid, 0, 4);
    if (identity.status !== 'SC') return undefined;
    yield* requester.configRead(this.rid, 0x08, 4);
    yield* requester.configRead(this.rid, 0x0e, 1);
    publish({ kind: 'busAssigned', bus });
    yield* requester.configWrite(this.rid, Offset.COMMAND, 2, 0);
    const capabilities = yield* this.walk();
    yield* this.readSiov(capabilities);
    const windows = yield* this.placeWindows(capabilities);
    if (windows === undefined) return undefined;
    yield* this.applySettings(capabilities);
    return { rid: this.rid, windows, capabilities };
  }

  private *walk(): Process<CapabilityMap> {
    const { requester } = this.context;
    const standard = new Map<number, number>();
    let next = (yield* requester.configRead(this.rid, Offset.CAPABILITIES, 1)).value;
    for (let step = 0; step < WALK_MAX && next >= 0x40 && next < 0xff; step++) {
      const header = yield* requester.configRead(this.rid, next & 0xfc, 2);
      standard.set(header.value & 0xff, next & 0xfc);
      next = header.value >>> 8;
    }
    const extended = new Map<number, number>();
    let at: number = Offset.EXTENDED;
    for (let step = 0; step < WALK_MAX && at >= Offset.EXTENDED; step++) {
      const header = yield* requester.configRead(this.rid, at, 4);
      if (header.status !== 'SC' || header.value === 0) break;
      extended.set(header.value & 0xffff, at);
      at = (header.value >>> 20) & 0xffc;
    }
    return { standard, extended };
  }

  /** The reads of `siov_init()`, with their widths and in their order. */
  private *readSiov(capabilities: CapabilityMap): Process {
    const at = capabilities.extended.get(SIOV_CAPABILITY_ID);
    if (at === undefined) return;
    const { requester } = this.context;
    yield* requester.configRead(this.rid, at + SiovOffset.STATUS, 1);
    const total = yield* requester.configRead(this.rid, at + SiovOffset.TOTAL_SDIS, 2);
    if (total.value === 0) return;
    yield* requester.configRead(this.rid, at + SiovOffset.CAPABILITIES, 4);
    yield* requester.configRead(this.rid, at + SiovOffset.FIRST_SDI_OFFSET, 2);
    yield* requester.configRead(this.rid, at + SiovOffset.SDI_STRIDE, 2);
  }

  private *placeWindows(capabilities: CapabilityMap): Process<AddressWindows | undefined> {
    const { publish, params, barsAbove4G, layout } = this.context;
    const registersAt = Offset.BAR0 + 4 * layout.registersBar;
    const pagesAt = Offset.BAR0 + 4 * layout.pagesBar;
    const msixAt = Offset.BAR0 + 4 * layout.msixBar;
    const registers = yield* this.sizeBar(registersAt);
    const pages = yield* this.sizeBar(pagesAt);
    const msix = yield* this.sizeBar(msixAt);
    const sriov = capabilities.extended.get(ExtendedId.SRIOV);
    const vfPage = sriov === undefined ? 0 : yield* this.sizeBar(sriov + SriovOffset.BAR0);
    // A device that gives no sensible size is judged by the checks of configuration space, not driven.
    if (registers === 0 || pages === 0 || msix === 0) return undefined;
    const vfPages = vfPage * params.totalVfs;
    const windows = planWindows({ registers, pages, msix, vfPages }, barsAbove4G);
    yield* this.writeBar(registersAt, windows.registers.base);
    yield* this.writeBar(pagesAt, windows.pages.base);
    yield* this.writeBar(msixAt, windows.msix.base);
    if (sriov !== undefined && vfPages > 0) {
      yield* this.writeBar(sriov + SriovOffset.BAR0, windows.vfPages.base);
    }
    publish({ kind: 'window', requester: 'pf', purpose: 'registers', ...windows.registers });
    publish({ kind: 'window', requester: 'pf', purpose: 'pages', ...windows.pages });
    publish({ kind: 'window', requester: 'pf', purpose: 'msix', ...windows.msix });
    publish({ kind: 'window', requester: 'pf', purpose: 'vfPages', ...windows.vfPages });
    return windows;
  }

  /** Size in bytes of a 64-bit BAR, or 0 when what it reads is none. */
  private *sizeBar(offset: number): Process<number> {
    const { requester } = this.context;
    yield* requester.configWrite(this.rid, offset, 4, 0xffff_ffff);
    yield* requester.configWrite(this.rid, offset + 4, 4, 0xffff_ffff);
    const low = yield* requester.configRead(this.rid, offset, 4);
    const high = yield* requester.configRead(this.rid, offset + 4, 4);
    if (low.status !== 'SC' || high.status !== 'SC') return 0;
    const lowMask = (low.value & 0xffff_fff0) >>> 0;
    // Windows are below 4 GiB in size: the lowest bit that holds is in the lower half.
    return (lowMask & -lowMask) >>> 0;
  }

  private *writeBar(offset: number, base: number): Process {
    const { requester } = this.context;
    yield* requester.configWrite(this.rid, offset, 4, base % 0x1_0000_0000);
    yield* requester.configWrite(this.rid, offset + 4, 4, Math.floor(base / 0x1_0000_0000));
  }

  private *applySettings(capabilities: CapabilityMap): Process {
    const { requester, publish, settings } = this.context;
    const pcie = capabilities.standard.get(CapabilityId.PCIE);
    const pasid = capabilities.extended.get(ExtendedId.PASID);
    const sriov = capabilities.extended.get(ExtendedId.SRIOV);
    let now = RESET_SETTINGS;
    if (pcie !== undefined) {
      const { payloadCode, readRequestCode, extendedTags, relaxedOrdering } = settings;
      const { errorReporting } = settings;
      now = { ...now, payloadCode, readRequestCode, extendedTags, relaxedOrdering };
      now = { ...now, errorReporting };
      publish({ kind: 'settings', ...inForce(now) });
      yield* requester.configWrite(this.rid, pcie + PcieOffset.CONTROL, 2, deviceControl(now));
      now = { ...now, tenBitTags: settings.tenBitTags, atomics: settings.atomics };
      publish({ kind: 'settings', ...inForce(now) });
      yield* requester.configWrite(this.rid, pcie + PcieOffset.CONTROL2, 2, deviceControl2(now));
    }
    if (pasid !== undefined) {
      now = { ...now, pasid: settings.pasid };
      publish({ kind: 'settings', ...inForce(now) });
      yield* requester.configWrite(this.rid, pasid + PASID_CONTROL, 2, settings.pasid ? 1 : 0);
    }
    if (sriov !== undefined) {
      now = { ...now, vfTenBitTags: settings.vfTenBitTags };
      publish({ kind: 'settings', ...inForce(now) });
      const control = sriovControl(now, false);
      yield* requester.configWrite(this.rid, sriov + SriovOffset.CONTROL, 2, control);
    }
  }
}
