// The configuration of a project whose device exists only behind --dut: the tests of the SIOV testbench, your kit, your policy.
import { defineConfig, type TestEntry } from 'ridgeline';
import {
  consoleReport,
  failureReport,
  htmlReport,
  jsonReport,
  junitReport,
} from 'ridgeline/reports';
import { checkKitDevice, ERROR_MESSAGE_RULES, siovConfig, siovDevice } from 'ridgeline/siov';
import { MY_KIT } from './my-kit.ts';

/** Tests that the device cannot serve, and why: they are SKIPs with that reason. */
const CANNOT: Readonly<Record<string, string>> = {
  hyperscale: 'it has 256 SDIs, and thousands are what the test is about',
};

function forMyDevice([name, entry]: [string, TestEntry]): [string, TestEntry] {
  return [
    name,
    {
      ...entry,
      needs: (parameters) => CANNOT[name] ?? entry.needs?.(parameters),
      // What the seed draws for HELLO: parameters of SRD, unless you say what your device takes. This one takes none.
      drawParameters: () => ({}),
    },
  ];
}

export default defineConfig({
  tests: Object.fromEntries(Object.entries(siovConfig.tests).map(forMyDevice)),
  devices: { mine: siovDevice(MY_KIT) },
  rules: [...siovConfig.rules, ERROR_MESSAGE_RULES],
  checkDeviceParameters: checkKitDevice(MY_KIT),
  tlps: siovConfig.tlps,
  commands: siovConfig.commands,
  reports: [consoleReport(), junitReport(), jsonReport(), htmlReport(), failureReport()],
});
