// What the coverage model is told before a run: sizes without which it cannot say what a request is for, and whether the device has
// SRD's registers, which have a covergroup of their own. Source: design decision 14.
import { configKey } from '#uvm/config-db';
import type { ViewSizes } from './device-view.ts';

export interface CoverageConfig extends ViewSizes {
  /** The device has SRD's registers: accesses to them are counted one by one. */
  readonly hasSrdRegisters: boolean;
}

/** The one configuration key of the coverage model. */
export const coverageConfig = configKey<CoverageConfig>('coverage-config');
