// The settings of the PF that govern all requests, from what the swarm wishes to what is written and in force (SRD §3).
import type { LinkSettings } from '#siov/host-event';
import type { DeviceParams } from '#siov/device-params';
import type { SiovPolicy } from '#siov/siov-policy';
import type { SettingsSwarm } from './siov-env-config.ts';

/** Fields of Device Control, Device Control 2, SR-IOV Control and PASID Control. */
export interface PfSettings {
  readonly payloadCode: number;
  readonly readRequestCode: number;
  readonly extendedTags: boolean;
  readonly tenBitTags: boolean;
  readonly vfTenBitTags: boolean;
  readonly relaxedOrdering: boolean;
  readonly atomics: boolean;
  readonly pasid: boolean;
  /** Of correctable, non-fatal and fatal errors and Unsupported Requests, by Messages. */
  readonly errorReporting: boolean;
}

/** What the device has after a reset. */
export const RESET_SETTINGS: PfSettings = {
  payloadCode: 0,
  readRequestCode: 2,
  extendedTags: false,
  tenBitTags: false,
  vfTenBitTags: false,
  relaxedOrdering: true,
  atomics: false,
  pasid: false,
  errorReporting: false,
};

export function planSettings(
  wish: SettingsSwarm,
  params: DeviceParams,
  policy: SiovPolicy,
): PfSettings {
  return {
    payloadCode: wish.maxPayload ? Math.log2(params.maxPayload / 128) : 0,
    readRequestCode: wish.readRequestCode,
    extendedTags: wish.tagBits === 8 || wish.vfTagBits === 8,
    tenBitTags: wish.tagBits === 10,
    vfTenBitTags: wish.vfTagBits === 10 && params.totalVfs > 0,
    relaxedOrdering: wish.relaxedOrdering,
    atomics: wish.atomics && params.atomics,
    pasid: wish.pasid && params.pasid && policy.requests.pasid !== 'never',
    errorReporting: policy.errors.messages !== 'none',
  };
}

/** The settings as events tell them. */
export function inForce(settings: PfSettings): LinkSettings {
  const narrow = settings.extendedTags ? 8 : 5;
  return {
    maxPayloadBytes: 128 << settings.payloadCode,
    maxReadRequestBytes: 128 << settings.readRequestCode,
    tagBits: settings.tenBitTags ? 10 : narrow,
    vfTagBits: settings.vfTenBitTags ? 10 : narrow,
    relaxedOrdering: settings.relaxedOrdering,
    atomics: settings.atomics,
    pasid: settings.pasid,
    ...(settings.errorReporting ? { errorReporting: true } : {}),
  };
}

/** The four reporting enables of Device Control. */
const ERROR_REPORTING = 0xf;

/** Device Control, 16 bits. No Snoop stays enabled as at reset: the device never sets the attribute. */
export function deviceControl(settings: PfSettings): number {
  return (
    (settings.errorReporting ? ERROR_REPORTING : 0) |
    (settings.relaxedOrdering ? 1 << 4 : 0) |
    (settings.payloadCode << 5) |
    (settings.extendedTags ? 1 << 8 : 0) |
    (1 << 11) |
    (settings.readRequestCode << 12)
  );
}

/** Device Control 2, 16 bits. */
export function deviceControl2(settings: PfSettings): number {
  return (settings.atomics ? 1 << 6 : 0) | (settings.tenBitTags ? 1 << 12 : 0);
}

/** SR-IOV Control, 16 bits: ARI Capable Hierarchy is always set. */
export function sriovControl(settings: PfSettings, isEnabled: boolean): number {
  const tenBit = settings.vfTenBitTags ? 1 << 5 : 0;
  return (isEnabled ? 0b1001 : 0) | (1 << 4) | tenBit;
}
