// The kit of Nimbus: its parameters in the testbench's words, and its answers to what SIOV leaves open.
import type { DeviceKit } from '#env/device-kit';
import { PlainScoreboard } from '#scoreboards/device/plain-scoreboard';
import type { DeviceParams } from '#siov/device-params';
import { definePolicy } from '#siov/siov-policy';
import { NimbusDriver } from './nimbus-driver.ts';
import { nimbusFormat } from './nimbus-format.ts';
import { checkNimbusParams } from './nimbus-params.ts';
import {
  MIXED_IOV_BIT,
  PAGE_BYTES,
  PF_MSIX_TABLE,
  SCRATCH,
  SiovAt,
  SOFTWARE_RIDS_BIT,
} from './nimbus-registers.ts';

export const NIMBUS_POLICY = definePolicy({
  capability: {
    mixedIovBit: MIXED_IOV_BIT,
    softwareRidsBit: SOFTWARE_RIDS_BIT,
    version: 2,
    statusBit: 'sdi-exists',
  },
  rids: { modes: ['strided'] },
  sdiReset: { boundNs: 5_000, boundTimeouts: 0, lateCompletions: 'unexpected' },
  interrupts: { requester: 'pf' },
  pages: {
    bytes: PAGE_BYTES,
    unassignedReads: 'zeroes',
    resettingReads: 'ur',
    completer: 'owner',
  },
  errors: { messages: 'pf' },
  requests: { pasid: 'never', outstandingMax: 32 },
  functions: { pfFlr: 'keeps-sdis' },
});

export const NIMBUS_KIT: DeviceKit = {
  name: 'nimbus',
  policy: NIMBUS_POLICY,
  layout: { registersBar: 2, pagesBar: 0, msixBar: 4, pfMsixTable: PF_MSIX_TABLE, vf: undefined },
  readParams: (said) => {
    const params = checkNimbusParams(said);
    if (typeof params === 'string') return params;
    const { interfaces, firstInterface, interfaceStep, pages, vectors, ring, timeoutNs } = params;
    return {
      profile: 'standard',
      vendorId: 0x4e49,
      deviceId: 0x4d42,
      totalVfs: 0,
      firstVfOffset: 1,
      vfStride: 1,
      totalSdis: interfaces,
      firstSdiOffset: firstInterface,
      sdiStride: interfaceStep,
      mixedIov: false,
      softwareRids: false,
      pageCount: pages,
      imsCount: vectors,
      engineCount: 1,
      maxPayload: 256,
      ringMax: ring,
      completionTimeoutNs: timeoutNs,
      atomics: false,
      crc32: false,
      pasid: false,
    } satisfies DeviceParams;
  },
  traits: (params, policy) => ({
    policy,
    format: nimbusFormat(params.ringMax),
    scratch: SCRATCH,
    capabilityAt: SiovAt,
  }),
  makeDriver: (context) => new NimbusDriver(context),
  scoreboard: PlainScoreboard,
  registers: undefined,
};
