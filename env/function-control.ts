// Actions on the PF and on VFs as functions: Command bits, MSI-X, VF Enable, FLR (SRD §3, §8). Every write that governs
// requests publishes its event first.
import { writeU64Le } from '#base/bytes';
import type { Kernel } from '#kernel/kernel';
import type { Process } from '#kernel/process';
import { ns, us } from '#kernel/time';
import { delay } from '#kernel/wait';
import { assert } from '#base/assert';
import type { HostEvent, VfName } from '#siov/host-event';
import type { SiovPolicy } from '#siov/siov-policy';
import type { VectorMessage } from './device-driver.ts';
import type { DeviceLayout } from './device-kit.ts';
import type { HostRequester } from './host/host-requester.ts';
import {
  CapabilityId,
  CommandBit,
  ExtendedId,
  FLR_BIT,
  MsixControl,
  PcieOffset,
  SriovOffset,
  type EnumeratedPf,
} from './pf-enumeration.ts';
import { deviceControl, sriovControl, type PfSettings } from './pf-settings.ts';

export interface FunctionContext {
  readonly kernel: Kernel;
  readonly requester: HostRequester;
  readonly publish: (event: HostEvent) => void;
  readonly pf: EnumeratedPf;
  readonly settings: PfSettings;
  readonly layout: DeviceLayout;
  readonly policy: SiovPolicy;
}

const COMMAND = 0x04;
const MSIX_CONTROL = 0x02;
/** Power Management: Control and Status, and its Power State D3hot. */
const POWER_CONTROL = 0x04;
const D3HOT = 0b11;
/** VF Memory Space Enable in SR-IOV Control. */
const VF_MEMORY_BIT = 1 << 3;
/** Fields of an MSI-X table entry (PCIe Base §7.7.2). */
const VectorEntry = { ADDRESS: 0x0, DATA: 0x8, CONTROL: 0xc } as const;
const FLR_POLL_PS = us(2);
/** A poll that the end of an FLR just missed, and its way. */
const FLR_SLACK_PS = us(25);

export class FunctionControl {
  private readonly context: FunctionContext;
  private pfCommand = 0;

  constructor(context: FunctionContext) {
    this.context = context;
  }

  *setPfCommand(memorySpace: boolean, busMaster: boolean): Process {
    const { publish, requester, pf } = this.context;
    const command = (memorySpace ? CommandBit.MEMORY : 0) | (busMaster ? CommandBit.BUS_MASTER : 0);
    const changed = command ^ this.pfCommand;
    this.pfCommand = command;
    if ((changed & CommandBit.MEMORY) !== 0) {
      publish({ kind: 'memorySpace', requester: 'pf', on: memorySpace });
    }
    if ((changed & CommandBit.BUS_MASTER) !== 0) {
      publish({ kind: 'busMaster', requester: 'pf', on: busMaster });
    }
    yield* requester.configWrite(pf.rid, COMMAND, 2, command);
  }

  *setPfMsix(isEnabled: boolean, isMasked: boolean): Process {
    const at = this.context.pf.capabilities.standard.get(CapabilityId.MSIX);
    if (at !== undefined) yield* this.setMsix('pf', this.context.pf.rid, at, [isEnabled, isMasked]);
  }

  /** Gives the PF's one vector its message and unmasks it. Memory Space Enable is set. */
  programPfVector(message: VectorMessage): void {
    const { publish, requester, pf, layout } = this.context;
    const entry = pf.windows.msix.base + layout.pfMsixTable;
    const bytes = new Uint8Array(8);
    writeU64Le(bytes, 0, message.address);
    publish({ kind: 'vectorProgrammed', requester: 'pf', vector: 0, ...message });
    requester.memoryWrite(entry + VectorEntry.ADDRESS, bytes.slice());
    writeU64Le(bytes, 0, message.data);
    requester.memoryWrite(entry + VectorEntry.DATA, bytes.slice(0, 4));
    publish({ kind: 'vectorMasked', requester: 'pf', vector: 0, masked: false });
    requester.memoryWrite(entry + VectorEntry.CONTROL, new Uint8Array(4));
  }

  /** Sets VF Enable and VF MSE. True: the device took it. */
  *enableVfs(rids: readonly number[], count: number): Process<boolean> {
    const { publish, requester, pf, settings } = this.context;
    const at = pf.capabilities.extended.get(ExtendedId.SRIOV);
    if (at === undefined) return false;
    yield* requester.configWrite(pf.rid, at + SriovOffset.NUM_VFS, 2, count);
    publish({ kind: 'memorySpace', requester: 'vfs', on: true });
    publish({ kind: 'vfsEnabling', count, rids });
    const control = sriovControl(settings, true);
    yield* requester.configWrite(pf.rid, at + SriovOffset.CONTROL, 2, control);
    const readBack = yield* requester.configRead(pf.rid, at + SriovOffset.CONTROL, 2);
    const accepted = readBack.status === 'SC' && (readBack.value & 1) === 1;
    publish({ kind: 'vfsEnabled', accepted });
    return accepted;
  }

  /** Clears VF Enable; ends when no request of a VF can follow. */
  *disableVfs(): Process {
    const { publish, requester, pf, settings } = this.context;
    const at = pf.capabilities.extended.get(ExtendedId.SRIOV);
    if (at === undefined) return;
    publish({ kind: 'vfsDisabling' });
    const control = sriovControl(settings, false);
    yield* requester.configWrite(pf.rid, at + SriovOffset.CONTROL, 2, control);
    // The last request of a VF leaves within a moment of the write that removes it (SRD §8).
    yield delay(ns(this.context.policy.timing.momentNs) + 1);
    publish({ kind: 'vfsDisabled' });
    publish({ kind: 'memorySpace', requester: 'vfs', on: false });
  }

  private get vfAt(): { readonly msixAt: number; readonly pcieAt: number } {
    const { vf } = this.context.layout;
    assert(vf !== undefined, 'a device with VFs says where their capabilities are');
    return vf;
  }

  /** Lets a new or freshly reset VF send requests and messages. */
  *setUpVf(vf: number, rid: number): Process {
    yield* this.context.requester.configRead(rid, 0, 4);
    yield* this.setMsix(`vf ${vf}`, rid, this.vfAt.msixAt, [true, false]);
    yield* this.setVfBusMaster(vf, rid, true);
  }

  *setVfMsix(vf: number, rid: number, isMasked: boolean): Process {
    yield* this.setMsix(`vf ${vf}`, rid, this.vfAt.msixAt, [true, isMasked]);
  }

  *setVfBusMaster(vf: number, rid: number, on: boolean): Process {
    const { publish, requester } = this.context;
    publish({ kind: 'busMaster', requester: `vf ${vf}`, on });
    yield* requester.configWrite(rid, COMMAND, 2, on ? CommandBit.BUS_MASTER : 0);
  }

  /** Function-level reset of a VF. False: it has not ended within its bound. */
  *resetVf(vf: number, rid: number): Process<boolean> {
    const { publish, requester } = this.context;
    const requesterName: VfName = `vf ${vf}`;
    publish({ kind: 'flrStarted', requester: requesterName });
    const startPs = this.context.kernel.nowPs;
    const controlAt = this.vfAt.pcieAt + PcieOffset.CONTROL;
    yield* requester.configWrite(rid, controlAt, 2, FLR_BIT);
    return yield* this.waitForFlr(requesterName, rid, startPs);
  }

  /**
   * Function-level reset of the PF, with all its VFs and SDIs (SRD §9). @param meanwhile what is tried once the write is done.
   * @returns false when it has not ended within its bound.
   */
  *resetPf(meanwhile: () => Process): Process<boolean> {
    const { publish, requester, pf, settings, kernel } = this.context;
    const at = pf.capabilities.standard.get(CapabilityId.PCIE);
    if (at === undefined) return false;
    publish({ kind: 'flrStarted', requester: 'pf' });
    const startPs = kernel.nowPs;
    const control = deviceControl(settings) | FLR_BIT;
    yield* requester.configWrite(pf.rid, at + PcieOffset.CONTROL, 2, control);
    yield* meanwhile();
    return yield* this.waitForFlr('pf', pf.rid, startPs);
  }

  /** Switches power (D0, D3hot), Memory Space Enable or that of the VFs. */
  *setOpen(what: 'power' | 'memory' | 'vfMemory', isOpen: boolean): Process {
    const { publish, requester, pf, settings } = this.context;
    if (what === 'memory') {
      yield* this.setPfCommand(isOpen, (this.pfCommand & CommandBit.BUS_MASTER) !== 0);
    } else if (what === 'power') {
      const at = pf.capabilities.standard.get(CapabilityId.POWER);
      if (at === undefined) return;
      publish({ kind: 'powerState', d3hot: !isOpen });
      yield* requester.configWrite(pf.rid, at + POWER_CONTROL, 2, isOpen ? 0 : D3HOT);
    } else {
      const at = pf.capabilities.extended.get(ExtendedId.SRIOV);
      if (at === undefined) return;
      publish({ kind: 'memorySpace', requester: 'vfs', on: isOpen });
      const control = sriovControl(settings, true) & (isOpen ? -1 : ~VF_MEMORY_BIT);
      yield* requester.configWrite(pf.rid, at + SriovOffset.CONTROL, 2, control);
    }
  }

  private *waitForFlr(name: 'pf' | VfName, rid: number, startPs: number): Process<boolean> {
    const { publish, requester, kernel } = this.context;
    const boundPs = ns(this.context.policy.functions.flrBoundNs) + FLR_SLACK_PS;
    for (;;) {
      const askedPs = kernel.nowPs;
      const reply = yield* requester.configRead(rid, 0, 4);
      if (reply.status !== 'RRS' && reply.status !== 'timeout') {
        publish({ kind: 'flrEnded', requester: name });
        return true;
      }
      if (askedPs - startPs > boundPs) {
        const what = 'the end of the function-level reset';
        publish({ kind: 'liveness', subject: name, what, owedSincePs: startPs, boundPs });
        return false;
      }
      yield delay(FLR_POLL_PS);
    }
  }

  private *setMsix(
    name: 'pf' | VfName,
    rid: number,
    at: number,
    [enabled, functionMasked]: readonly [boolean, boolean],
  ): Process {
    const { publish, requester } = this.context;
    publish({ kind: 'msixEnable', requester: name, enabled, functionMasked });
    const control =
      (enabled ? MsixControl.ENABLE : 0) | (functionMasked ? MsixControl.FUNCTION_MASK : 0);
    yield* requester.configWrite(rid, at + MSIX_CONTROL, 2, control);
  }
}
