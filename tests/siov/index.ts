// The SIOV testbench as a whole: what a configuration takes over, exported as `ridgeline/siov`.
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

/** Everything but the reports. */
export const siovConfig: Omit<RidgelineConfig, 'reports'> = {
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
