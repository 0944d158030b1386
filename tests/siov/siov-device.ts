// A device of another vendor in a configuration: what its kit brings, and where the device itself is.
import type { DeviceKit } from '#env/device-kit';
import type { DutParams } from '#dut/dut-port';
import type { DeviceEntry } from '#run/config';
import { bindSiov } from './tb-top.ts';

/**
 * The entry of a device in `devices`. @param model opens a model in this process, with its planted faults; without it the
 * device is one outside, named by `--dut`.
 */
export function siovDevice(
  kit: DeviceKit,
  model: Pick<DeviceEntry, 'open' | 'faults'> = {},
): DeviceEntry {
  return {
    ...(model.open === undefined && { isOutside: true }),
    ...model,
    bind: (top, run) => bindSiov(top, run, undefined, kit),
  };
}

/** For `checkDeviceParameters` of a configuration: what is wrong with HELLO_OK, or undefined. */
export function checkKitDevice(kit: DeviceKit): (said: DutParams) => string | undefined {
  return (said) => {
    const params = kit.readParams(said);
    return typeof params === 'string' ? params : undefined;
  };
}
