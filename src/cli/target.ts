// The device that the common options name: device, fault, profile, parameters. Source: design, "Parameters".
import { UsageError } from '#base/assert';
import type { CommandTarget } from '#run/command-entry';
import { noModel, type RidgelineConfig } from '#run/config';
import { dutAddressText, parseDutAddress } from '#dut/dut-address';
import type { StallChoice } from '#run/run-spec';
import { knownName, limitValue, parameterValues, stallValue } from './option-values.ts';

/** Options of whatever works on a device. */
export interface DeviceOptions {
  readonly profile?: string;
  readonly param?: readonly string[];
  readonly fault?: string;
  readonly device?: string;
  readonly dut?: string;
}

export interface CommonOptions extends DeviceOptions {
  readonly stall?: string;
  readonly maxFailures?: string;
  readonly out?: string;
  readonly json?: true;
}

/** @throws UsageError for an unknown name, with the nearest one, and for a bad value. */
export function targetOf(config: RidgelineConfig, options: DeviceOptions): CommandTarget {
  const devices = Object.keys(config.devices);
  const device = knownName('device', options.device ?? devices[0], devices);
  const faults = (config.devices[device].faults ?? []).map(({ name }) => name);
  const profiles = Object.keys(config.profiles ?? {});
  const { fault, profile, param = [] } = options;
  if (param.length > 0) checkTakesParameters(config, device);
  if (config.devices[device].isOutside === true && options.dut === undefined) throw noModel(device);
  const chosen = profile === undefined ? null : knownName('profile', profile, profiles);
  // Before the address: what is said of --fault with --dut repeats the name.
  const planted = fault === undefined ? null : knownName('fault', fault, faults);
  return {
    device,
    dut: options.dut === undefined ? null : dutOf(config, device, options),
    fault: planted,
    profile: chosen,
    parameters: parameterValues(config, chosen, param),
  };
}

/** The address of a device outside, which takes the place of the one that the configuration has. */
function dutOf(
  config: RidgelineConfig,
  device: string,
  { dut = '', fault }: DeviceOptions,
): string {
  const address = dutAddressText(parseDutAddress(dut));
  if (fault !== undefined) {
    throw new UsageError(
      'bad-dut',
      '--fault and --dut: a fault is planted in the device of the configuration',
      {
        hint: `A device outside is given its own: --dut "exec:ridgeline serve-device --fault ${fault}".`,
      },
    );
  }
  const { open, isOutside } = config.devices[device];
  if (open !== undefined || isOutside === true) return address;
  throw new UsageError(
    'bad-dut',
    `--dut: device '${device}' is bound without a link that a device outside could be on`,
    {
      hint: 'A device of the configuration with `open` has a DUT port, and its `bind` returns the end of a link.',
    },
  );
}

/** What `--run-timeout` asks. @throws UsageError for a bad value. */
export function wallSecondsOf({ runTimeout }: { readonly runTimeout?: string }): {
  readonly wallSeconds?: number;
} {
  return runTimeout === undefined ? {} : { wallSeconds: limitValue('--run-timeout', runTimeout) };
}

/** What `--stall` asks of a device outside. @throws UsageError for a bad value, and without such a device. */
export function stallOf({ stall, dut }: CommonOptions): { readonly stall?: StallChoice } {
  if (stall === undefined) return {};
  const choice = stallValue(stall);
  if (dut !== undefined) return { stall: choice };
  throw new UsageError('bad-value', '--stall: the built-in device is never held up', {
    hint: 'A device outside (--dut) with a valid/ready interface can be.',
  });
}

/** Nobody would look at a parameter that is not declared, but for a device behind a DUT port, which says what it has. */
function checkTakesParameters({ parameters, devices }: RidgelineConfig, device: string): void {
  const { open, isOutside } = devices[device];
  if (parameters !== undefined || open !== undefined || isOutside === true) return;
  throw new UsageError(
    'unknown-parameter',
    `--param: device '${device}' takes no parameters: the configuration declares none`,
    { hint: "It would by `parameters: [{ name: 'width', kind: 'integer', min: 1 }]`." },
  );
}
