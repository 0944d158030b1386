// The settings that govern requests, before the host has written any. Source: SRD §3.
import type { LinkSettings } from '#siov/host-event';

/** Settings at power-up (SRD §3, config-space.json). */
export const SETTINGS_AT_RESET: LinkSettings = {
  maxPayloadBytes: 128,
  maxReadRequestBytes: 512,
  tagBits: 5,
  vfTagBits: 5,
  relaxedOrdering: true,
  atomics: false,
  pasid: false,
};
