// What the public SIOV material leaves open (siov-facts §14), decided for one device: a table of answers that environment and
// rules read. The default is the reference device's (SRD); the author of another device copies it and changes what differs.
// docs/guide/connect-your-device.md says of each field what it changes.
//
//   const policy = definePolicy({ interrupts: { requester: 'pf' }, pages: { bytes: 16_384 } });
import { checkChanges, checkPolicy } from './policy-check.ts';

/** Ways to a Routing ID (siov-facts §2.3). */
export type RidMode = 'strided' | 'software';

export interface CapabilityPolicy {
  /** §14 item 1: bit of SIOV Capabilities that says that VFs and SDIs may live side by side; -1: there is none. 0..31. */
  readonly mixedIovBit: number;
  /** §14 item 1: bit of SIOV Capabilities that says that Routing IDs may be chosen by software; -1: there is none. 0..31. */
  readonly softwareRidsBit: number;
  /** §14 item 2: version in the header of the capability, 1..15. */
  readonly version: number;
  /**
   * §14 item 2: SIOV Status bit 0 is 1 while an SDI is enabled (until it is quiesced or reset to the end), or while one
   * exists at all.
   */
  readonly statusBit: 'sdi-enabled' | 'sdi-exists';
}

export interface RidPolicy {
  /** §14 item 4: in which ways an SDI may get its Routing ID; at least one. */
  readonly modes: readonly RidMode[];
  /**
   * §14 items 4, 5 (T-RID-5): a new bus number leaves the Routing IDs of living SDIs as they are, or moves those that are
   * strided.
   */
  readonly onRenumbering: 'stay' | 'move';
}

export interface SdiResetPolicy {
  /** §14 item 6: an SDI reset ends within `boundNs` + `boundTimeouts` x completion timeout. Nanoseconds; a number of timeouts. */
  readonly boundNs: number;
  readonly boundTimeouts: number;
  /** §14 item 6: requests without their completions are given up, or awaited before the reset ends. */
  readonly outstanding: 'abandoned' | 'drained';
  /** §14 item 6 (R-TEE-7): tags of requests given up are kept until answered or timed out, or used again at once. */
  readonly abortedTags: 'held' | 'reusable';
  /** §14 item 6: a completion of a request given up is dropped without an error, or is an Unexpected Completion. */
  readonly lateCompletions: 'dropped' | 'unexpected';
}

export interface InterruptPolicy {
  /** §14 item 7: who sends the messages of an SDI: the SDI under its own Routing ID, or the PF. */
  readonly requester: 'sdi' | 'pf';
  /** §14 item 7: a vector raised while masked is sent when unmasked, or is lost. */
  readonly whileMasked: 'pending' | 'lost';
}

/** What a read gets: UR, or data of all ones or zeroes with Successful Completion. */
export type ReadAnswer = 'ur' | 'all-ones' | 'zeroes';

export interface PagePolicy {
  /** §14 item 8: size of a work page; nobody shares one. A power of two of 4096 bytes up to 2 MiB. */
  readonly bytes: number;
  /** §14 item 8 (T-MMIO-3): reads of a page that belongs to nobody. */
  readonly unassignedReads: ReadAnswer;
  /** §14 items 6, 8 (R-RST-23): reads of the pages of an SDI that is being reset. */
  readonly resettingReads: ReadAnswer;
  /** §14 item 8 (T-CFG-2): Completer ID of accesses to the pages of an SDI: the PF's Routing ID, or the SDI's. */
  readonly completer: 'pf' | 'owner';
}

export interface ErrorPolicy {
  /**
   * §14 item 9 (T-ERR-1): error Messages are never sent, or one for each error: under the Routing ID of the PF, or of
   * the SDI concerned (the PF's where none is). The host enables their reporting in Device Control.
   */
  readonly messages: 'none' | 'pf' | 'owner';
}

export interface RequestPolicy {
  /** §14 item 10: requests carry the PASID of their queue where PASID is enabled in the PF, or never. */
  readonly pasid: 'pf-enable' | 'never';
  /** §14 item 10: requests are untranslated, or may be translated (AT 2), as an address translation cache makes them. */
  readonly ats: 'never' | 'translated';
  /** Most non-posted requests outstanding in the device, 1..1024. */
  readonly outstandingMax: number;
}

export interface FunctionPolicy {
  /** §14 item 11 (T-CFG-1): a Configuration Request to the Routing ID of an SDI gets UR, or SC as from nobody (reads all ones). */
  readonly configToSdi: 'ur' | 'all-ones';
  /** §14 item 12: an FLR of the PF frees all SDIs, or resets them and leaves them CREATED with Routing ID and resources. */
  readonly pfFlr: 'frees-sdis' | 'keeps-sdis';
  /** §14 item 12: SDIs start no request while the PF is in D3hot, or go on. */
  readonly d3hot: 'stops-sdis' | 'sdis-go-on';
  /** An FLR ends within this time, nanoseconds (siov-facts R-RST-3: 100 ms at most). */
  readonly flrBoundNs: number;
}

/** How long the device may take. Nanoseconds of simulated time. */
export interface TimingPolicy {
  /** A write that governs requests (enable, mask, message) is obeyed at the latest this long after it arrived. */
  readonly momentNs: number;
  /** A non-posted request of the host is completed within this time. */
  readonly answerNs: number;
  /** Work rung at one time ends within fixedNs + timeouts x completion timeout + N x perWorkNs + bytes x perByteNs. */
  readonly progress: {
    readonly fixedNs: number;
    readonly timeouts: number;
    readonly perWorkNs: number;
    readonly perByteNs: number;
  };
}

/** The answers of one device; each field names the item of siov-facts §14 that it answers. */
export interface SiovPolicy {
  readonly capability: CapabilityPolicy;
  readonly rids: RidPolicy;
  readonly sdiReset: SdiResetPolicy;
  readonly interrupts: InterruptPolicy;
  readonly pages: PagePolicy;
  readonly errors: ErrorPolicy;
  readonly requests: RequestPolicy;
  readonly functions: FunctionPolicy;
  readonly timing: TimingPolicy;
}

/** What differs from SRD, group by group. */
export type PolicyChanges = { readonly [G in keyof SiovPolicy]?: Partial<SiovPolicy[G]> };

/** The reference device's answers (SRD §2-§9): the default. */
export const SRD_POLICY: SiovPolicy = {
  capability: { mixedIovBit: 0, softwareRidsBit: 1, version: 1, statusBit: 'sdi-enabled' },
  rids: { modes: ['strided', 'software'], onRenumbering: 'stay' },
  sdiReset: {
    boundNs: 10_000,
    boundTimeouts: 2,
    outstanding: 'abandoned',
    abortedTags: 'held',
    lateCompletions: 'dropped',
  },
  interrupts: { requester: 'sdi', whileMasked: 'pending' },
  pages: { bytes: 4096, unassignedReads: 'ur', resettingReads: 'all-ones', completer: 'pf' },
  errors: { messages: 'none' },
  requests: { pasid: 'pf-enable', ats: 'never', outstandingMax: 64 },
  functions: {
    configToSdi: 'ur',
    pfFlr: 'frees-sdis',
    d3hot: 'stops-sdis',
    flrBoundNs: 100_000,
  },
  timing: {
    momentNs: 1_000,
    answerNs: 20_000,
    progress: { fixedNs: 50_000, timeouts: 2, perWorkNs: 20_000, perByteNs: 100 },
  },
};

/**
 * A policy from what differs from another one, SRD's unless one is given. A value that is left out stays.
 * @throws UsageError `bad-policy`, with the field and what it may be.
 */
export function definePolicy(changes: PolicyChanges, base: SiovPolicy = SRD_POLICY): SiovPolicy {
  checkChanges(changes, SRD_POLICY);
  const policy = {
    capability: { ...base.capability, ...changes.capability },
    rids: { ...base.rids, ...changes.rids },
    sdiReset: { ...base.sdiReset, ...changes.sdiReset },
    interrupts: { ...base.interrupts, ...changes.interrupts },
    pages: { ...base.pages, ...changes.pages },
    errors: { ...base.errors, ...changes.errors },
    requests: { ...base.requests, ...changes.requests },
    functions: { ...base.functions, ...changes.functions },
    timing: { ...base.timing, ...changes.timing },
  };
  checkPolicy(policy, SRD_POLICY);
  return policy;
}
