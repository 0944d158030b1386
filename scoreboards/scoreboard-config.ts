// What the scoreboards are told before a run: the link delay, without which no time at the device is known, and the
// parameters that the device says it has. Source: design decision 14; DUT protocol, STEP; SRD §1.
import { configKey } from '#uvm/config-db';
import type { DeviceParams } from '#siov/device-params';
import type { DeviceTraits } from '#siov/device-traits';
import type { ComponentClass } from '#uvm/component';
import type { DeviceScoreboard } from './device/device-scoreboard.ts';

/** Configuration of the whole scoreboard. */
export interface ScoreboardConfig {
  /** Delay of the link in each direction, picoseconds. */
  readonly lookaheadPs: number;
  /** Effective parameters, from HELLO_OK. */
  readonly params: DeviceParams;
  /** Policy, format of work, memory of pages. */
  readonly traits: DeviceTraits;
  /** Checks what only this device has; `PlainScoreboard` where there is no such thing. */
  readonly device: ComponentClass<DeviceScoreboard>;
}

/** The one configuration key of the scoreboards. */
export const scoreboardConfig = configKey<ScoreboardConfig>('scoreboard-config');
