// The SIOV testbench as a whole, exported as `ridgeline/siov`: what a configuration takes over, and what the author of a driver for
// another device needs (docs/guide/connect-your-device.md).
import type { RidgelineConfig } from '#run/config';
import { SIOV_RULES } from '#scoreboards/all-rules';
import { configSpaceCommand } from './commands/config-space-command.ts';
import { conformCommand } from './commands/conform-command.ts';
import { tlpCommand } from './commands/tlp-command.ts';
import {
  checkSiovDevice,
  checkSiovParameters,
  SIOV_PARAMETERS,
  SIOV_PROFILES,
} from './siov-parameters.ts';
import { siovTlpPrinter } from './siov-tlp-printer.ts';
import { SIOV_TESTS } from './siov-tests.ts';
import { referenceDevice } from './tb-top.ts';

/** Parts of a configuration that are there, so that another one can take them over one by one. */
type Taken =
  'profiles' | 'parameters' | 'checkParameters' | 'checkDeviceParameters' | 'tlps' | 'commands';

/** Everything but the reports, for the reference device. `commands` are `conform`, `tlp` and `config-space`, for any device. */
export const siovConfig: Omit<RidgelineConfig, 'reports'> & Required<Pick<RidgelineConfig, Taken>> =
  {
    tests: SIOV_TESTS,
    devices: { model: referenceDevice },
    rules: SIOV_RULES,
    profiles: SIOV_PROFILES,
    parameters: SIOV_PARAMETERS,
    checkParameters: checkSiovParameters,
    checkDeviceParameters: checkSiovDevice,
    tlps: siovTlpPrinter,
    commands: [tlpCommand, configSpaceCommand, conformCommand],
  };

// For another device: its kit, its driver, its answers.
export { checkKitDevice, siovDevice } from './siov-device.ts';
export { SIOV_TESTS } from './siov-tests.ts';
export { siovTlpPrinter } from './siov-tlp-printer.ts';
export { SIOV_RULES } from '#scoreboards/all-rules';
export { ERROR_MESSAGE_RULES } from '#scoreboards/error-messages';
export { DeviceScoreboard } from '#scoreboards/device/device-scoreboard';
export { PlainScoreboard } from '#scoreboards/device/plain-scoreboard';
export type { DeviceKit, DeviceLayout, DriverContext } from '#env/device-kit';
export type {
  AccessStyle,
  CommandResult,
  DeviceDriver,
  QueueSetup,
  QueueStatus,
  QueueTarget,
  RegisterReply,
  RingSlot,
  SdiLimits,
  VectorMessage,
} from '#env/device-driver';
// For a model of a device in the testbench's own process.
export { PacketBatch } from '#base/packet-batch';
export {
  DutError,
  type DutErrorCode,
  type DutHello,
  type DutInfo,
  type DutParams,
  type DutPort,
  type ResetKind as DutResetKind,
  type StepReply,
  type TlpBatch,
} from '#dut/dut-port';
export { inProcess } from '#dut/in-process';
export type { AddressWindows } from '#env/host-address-map';
export { SRD_KIT } from '#env/srd-device-kit';
export type { DeviceParams } from '#siov/device-params';
export type { DeviceTraits } from '#siov/device-traits';
export type {
  AddressRange,
  CommandName,
  HostEvent,
  SdiAssignment,
  WorkDescription,
} from '#siov/host-event';
export { CommandStatus, SdiState } from '#siov/sdi-life';
export { definePolicy, SRD_POLICY, type PolicyChanges, type SiovPolicy } from '#siov/siov-policy';
export { ADDRESS_LIMIT, WorkOpcode, WorkStatus, type WorkRecord } from '#siov/work';
export { checkWorkFormat, type WorkFormat } from '#siov/work-format';
