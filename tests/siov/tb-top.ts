// tb-top: the only place that binds a device to the environment. Source: design, "Rooms" and decision 9: everything that
// the seed decides is drawn before the first operation, and recorded.
import { UsageError } from '#base/assert';
import { createReferenceDevice } from '#device/reference-device';
import { DEVICE_FAULTS } from '#device/faults';
import type { HostLinkPort } from '#dut/dut-port';
import { inProcess } from '#dut/in-process';
import { drawSwarm, siovEnvConfig, type SiovSwarm } from '#env/siov-env-config';
import type { DeviceKit } from '#env/device-kit';
import { SRD_KIT } from '#env/srd-device-kit';
import { coverageConfig } from '#coverage/coverage-config';
import { scoreboardConfig } from '#scoreboards/scoreboard-config';
import type { DeviceParams } from '#siov/device-params';
import { checkWorkFormat } from '#siov/work-format';
import type { DeviceEntry, RunContext } from '#run/config';
import type { Testbench } from '#uvm/testbench';
import { LateLink, lateLink } from './late-link.ts';
import { featuresOf } from './siov-tests.ts';

/** The built-in reference device, in the same process. */
export const referenceDevice: DeviceEntry = {
  faults: DEVICE_FAULTS,
  open: ({ fault }) => inProcess(createReferenceDevice({ fault })),
  bind: (top, run) => bindSiov(top, run),
};

/**
 * Configures the SIOV environment for a device that has said which parameters it has, and gives it the link.
 * @param fix values of the swarm that do not depend on the seed, such as those of a benchmark; they are recorded like the
 * drawn ones.
 * @param kit what comes with the device; SRD's is the default.
 */
export function bindSiov(
  top: Testbench,
  run: RunContext,
  fix: (drawn: SiovSwarm) => SiovSwarm = (drawn) => drawn,
  kit: DeviceKit = SRD_KIT,
): HostLinkPort {
  const params = effectiveParams(run, kit);
  const { lookaheadPs } = run;
  const stream = top.streams.stream('run', 'swarm');
  const swarm = fix(drawSwarm(stream, featuresOf(run.test), params.profile));
  Object.assign(top.swarm, flatten(swarm));
  const traits = kit.traits(params, kit.policy);
  checkWorkFormat(traits.format);
  top.config.set('**', siovEnvConfig, { swarm, params, lookaheadPs, kit, traits });
  const device = kit.scoreboard;
  top.config.set('**', scoreboardConfig, { params, lookaheadPs, traits, device });
  top.config.set('**', coverageConfig, {
    pageBytes: traits.policy.pages.bytes,
    descriptorBytes: traits.format.descriptorBytes,
    hasSrdRegisters: kit.registers !== undefined,
  });
  const link = new LateLink();
  top.config.set('**', lateLink, link);
  return link;
}

/** @throws UsageError `bad-parameters` when HELLO_OK says what the kit of the device does not understand. */
export function effectiveParams(run: RunContext, kit: DeviceKit = SRD_KIT): DeviceParams {
  const params = kit.readParams(run.parameters);
  if (typeof params !== 'string') return params;
  throw new UsageError('bad-parameters', `the device says in HELLO_OK: ${params}`);
}

/** Nested plain data as one level of names with dots, for the record. */
function flatten(swarm: object): Record<string, number | boolean | string> {
  const flat: Record<string, number | boolean | string> = {};
  for (const [name, value] of Object.entries(swarm) as [string, unknown][]) {
    if (Array.isArray(value)) flat[name] = value.join(' ');
    else if (typeof value === 'object' && value !== null) {
      for (const [inner, text] of Object.entries(flatten(value))) {
        flat[`${name}.${inner}`] = text;
      }
    } else flat[name] = value as number | boolean | string;
  }
  return flat;
}
