// The kit of the reference device (SRD): the default of the testbench.
import { SrdScoreboard } from '#scoreboards/srd/srd-scoreboard';
import { SIOV_CAPABILITY_OFFSET } from '#siov/siov-capability';
import { SRD_POLICY } from '#siov/siov-policy';
import { validateParams } from '#siov/srd-params';
import { PfMsix, SCRATCH_BYTES, SCRATCH_OFFSET } from '#siov/srd-registers';
import { srdWorkFormat } from '#siov/srd-work-descriptor';
import type { DeviceKit } from './device-kit.ts';
import { SrdRegisters } from './registers/srd-registers.ts';
import { SrdDeviceDriver } from './srd-device-driver.ts';

/** Capabilities of a VF (SRD §8). */
const VF_CAPABILITIES = { msixAt: 0x50, pcieAt: 0x60 };

/** The kit of the reference device (SRD). */
export const SRD_KIT: DeviceKit = {
  name: 'srd',
  policy: SRD_POLICY,
  layout: {
    registersBar: 0,
    pagesBar: 2,
    msixBar: 4,
    pfMsixTable: PfMsix.TABLE,
    vf: VF_CAPABILITIES,
  },
  readParams: validateParams,
  traits: (params, policy) => ({
    policy,
    format: srdWorkFormat(params.ringMax),
    scratch: { base: SCRATCH_OFFSET, length: SCRATCH_BYTES },
    capabilityAt: SIOV_CAPABILITY_OFFSET,
  }),
  makeDriver: (context) => new SrdDeviceDriver(context),
  scoreboard: SrdScoreboard,
  registers: SrdRegisters,
};
