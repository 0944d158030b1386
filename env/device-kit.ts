// Everything that comes with a device, in one bundle: how it is driven, what it leaves open and how it decides that, where things
// are, which checks are its own. tb-top binds a kit; SRD's is env/srd-device-kit. Source: design decisions 3 and 14.
// docs/guide/connect-your-device.md shows a second one, step by step.
import type { DutParams } from '#dut/dut-port';
import type { Kernel } from '#kernel/kernel';
import type { SimEvent } from '#kernel/process';
import type { DeviceScoreboard } from '#scoreboards/device/device-scoreboard';
import type { DeviceParams } from '#siov/device-params';
import type { DeviceTraits } from '#siov/device-traits';
import type { HostEvent } from '#siov/host-event';
import type { SiovPolicy } from '#siov/siov-policy';
import type { ComponentClass } from '#uvm/component';
import type { SrdRegisters } from './registers/srd-registers.ts';
import type { DeviceDriver } from './device-driver.ts';
import type { HostRequester } from './host/host-requester.ts';

/** What a driver needs of its surroundings. */
export interface DriverContext {
  readonly kernel: Kernel;
  readonly requester: HostRequester;
  readonly params: DeviceParams;
  readonly policy: SiovPolicy;
  /** Call it immediately before the TLP that carries the action; ends: after the TLP that told them. */
  readonly publish: (event: HostEvent) => void;
  /** Triggered by each interrupt message of the PF. */
  readonly pfInterrupt: SimEvent;
  /** How the end of a command is found out. */
  readonly waitBy: 'poll' | 'interrupt';
  readonly pollNs: number;
  /** Longest time in which the work posted so far drains, picoseconds. */
  readonly drainBoundPs: () => number;
}

/** Numbers of the 64-bit BARs (0, 2, 4) and offsets in configuration space and windows. */
export interface DeviceLayout {
  readonly registersBar: 0 | 2 | 4;
  readonly pagesBar: 0 | 2 | 4;
  readonly msixBar: 0 | 2 | 4;
  /** The PF's MSI-X table in its window: offset of the first entry. */
  readonly pfMsixTable: number;
  /** Capabilities of a VF; undefined: the device has no VFs. */
  readonly vf: { readonly msixAt: number; readonly pcieAt: number } | undefined;
}

/** Everything that comes with one kind of device. */
export interface DeviceKit {
  readonly name: string;
  readonly policy: SiovPolicy;
  readonly layout: DeviceLayout;
  /** What HELLO_OK says, in the testbench's words; a text says what is wrong with it. */
  readonly readParams: (said: DutParams) => DeviceParams | string;
  /** Formats and places, for a device with these parameters and this policy. */
  readonly traits: (params: DeviceParams, policy: SiovPolicy) => DeviceTraits;
  /** Its driver, once the environment is built. */
  readonly makeDriver: (context: DriverContext) => DeviceDriver;
  /** Checks what only this device has; `PlainScoreboard` checks what every device has. */
  readonly scoreboard: ComponentClass<DeviceScoreboard>;
  /** Models of its registers, for the test `registers`; undefined: it has none. */
  readonly registers: ComponentClass<SrdRegisters> | undefined;
}
