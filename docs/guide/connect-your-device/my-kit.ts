// The kit of a device that exists only behind --dut. What is not written yet is SRD's: take it out piece by piece.
import { definePolicy, SRD_KIT, type DeviceKit } from 'ridgeline/siov';

const POLICY = definePolicy({
  sdiReset: { boundNs: 20_000 },
  timing: { answerNs: 40_000 },
});

export const MY_KIT: DeviceKit = {
  name: 'mine',
  policy: POLICY,
  layout: SRD_KIT.layout,
  readParams: SRD_KIT.readParams,
  traits: SRD_KIT.traits,
  makeDriver: SRD_KIT.makeDriver,
  scoreboard: SRD_KIT.scoreboard,
  registers: SRD_KIT.registers,
};
