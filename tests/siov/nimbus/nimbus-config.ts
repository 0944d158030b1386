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
import { bindSiov, effectiveParams } from '../tb-top.ts';
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

/** The device entry. @param judgedBy the policy that the scoreboards read; another one shows what a wrong policy leads to. */
export function nimbusDevice(judgedBy: SiovPolicy = NIMBUS_KIT.policy): DeviceEntry {
  return {
    faults: NIMBUS_FAULTS,
    open: ({ fault }) => inProcess(createNimbus(fault)),
    bind(top, run) {
      const link = bindSiov(top, run, undefined, NIMBUS_KIT);
      if (judgedBy === NIMBUS_KIT.policy) return link;
      const params = effectiveParams(run, NIMBUS_KIT);
      const traits = NIMBUS_KIT.traits(params, judgedBy);
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

/** What `ridgeline.config.ts` would export for Nimbus. */
export function nimbusConfig(judgedBy?: SiovPolicy): RidgelineConfig {
  return {
    tests: Object.fromEntries(Object.entries(SIOV_TESTS).map(forNimbus)),
    devices: { nimbus: nimbusDevice(judgedBy) },
    rules: [...SIOV_RULES, ERROR_MESSAGE_RULES],
    reports: [],
    tlps: siovTlpPrinter,
  };
}
