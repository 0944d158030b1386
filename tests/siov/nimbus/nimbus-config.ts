// A configuration of the SIOV testbench with Nimbus as its device: the same tests, scenarios and scoreboards; what Nimbus cannot
// show is skipped with the reason.
import { inProcess } from '#dut/in-process';
import type { DeviceEntry, RidgelineConfig, TestEntry } from '#run/config';
import { ERROR_MESSAGE_RULES } from '#scoreboards/error-messages';
import { scoreboardConfig } from '#scoreboards/scoreboard-config';
import type { SiovPolicy } from '#siov/siov-policy';
import { SIOV_RULES } from '#scoreboards/all-rules';
import { siovTlpPrinter } from '../siov-tlp-printer.ts';
import { SIOV_TESTS } from '../siov-tests.ts';
import { checkKitDevice, siovDevice } from '../siov-device.ts';
import { effectiveParams } from '../tb-top.ts';
import { createNimbus } from './nimbus-device.ts';
import { NIMBUS_FAULTS } from './nimbus-faults.ts';
import { NIMBUS_KIT } from './nimbus-kit.ts';
import { drawNimbusParams } from './nimbus-params.ts';

/** Tests that Nimbus cannot serve, and why. */
const NEEDS: Readonly<Record<string, string>> = {
  'mixed-iov': 'Nimbus has no SR-IOV, and VFs are what the test is about',
  registers: 'Nimbus brings no register models',
  hyperscale: 'Nimbus has at most 256 interfaces, and thousands are what the test is about',
};

const nimbus = siovDevice(NIMBUS_KIT, {
  faults: NIMBUS_FAULTS,
  open: ({ fault }) => inProcess(createNimbus(fault)),
});

/** Nimbus, judged by another policy than its own: shows what a wrong answer leads to. */
function judgedBy(policy: SiovPolicy): DeviceEntry {
  return {
    ...nimbus,
    bind(top, run) {
      const link = nimbus.bind(top, run);
      const params = effectiveParams(run, NIMBUS_KIT);
      const traits = NIMBUS_KIT.traits(params, policy);
      const { lookaheadPs } = run;
      const device = NIMBUS_KIT.scoreboard;
      top.config.set('**', scoreboardConfig, { params, lookaheadPs, traits, device });
      return link;
    },
  };
}

function forNimbus([name, entry]: [string, TestEntry]): [string, TestEntry] {
  const reason = NEEDS[name];
  return [name, { ...entry, needs: () => reason, drawParameters: drawNimbusParams }];
}

/** What `ridgeline.config.ts` would export for Nimbus, but for the reports. @param policy for `judgedBy`. */
export function nimbusConfig(policy?: SiovPolicy): RidgelineConfig {
  return {
    tests: Object.fromEntries(Object.entries(SIOV_TESTS).map(forNimbus)),
    devices: { nimbus: policy === undefined ? nimbus : judgedBy(policy) },
    rules: [...SIOV_RULES, ERROR_MESSAGE_RULES],
    checkDeviceParameters: checkKitDevice(NIMBUS_KIT),
    reports: [],
    tlps: siovTlpPrinter,
  };
}
