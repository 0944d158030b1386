// Rules that hold for every SIOV device, judged by reads of the host: its capability, and what is left in pages. Each device's
// scoreboard evaluates them, with rules of its own beside them. Source: siov-facts §13 T-CAP, T-RST-4.
import { defineRules } from '#uvm/rules';

/** Rows for `defineRules`, in a table of their own or inside a larger one. */
export const CAPABILITY_ROWS = {
  capChain: [
    'T-CAP-1',
    'the SIOV capability is the last of the extended list, with its ID, version and next pointer 0',
    'siov-facts §13 T-CAP-1; SRD §3',
    'PCIe',
  ],
  capVf: [
    'T-CAP-2',
    'a VF has no SIOV capability in its list',
    'siov-facts §13 T-CAP-2; SRD §8',
    'SIOV',
  ],
  capStride: [
    'T-CAP-3',
    'First SDI Offset and SDI Stride are those of the device, and not 0',
    'siov-facts §13 T-CAP-3; SRD §1, §3',
    'SIOV',
  ],
  capReadOnly: [
    'T-CAP-4',
    'the SIOV capability reads the same after any write; reserved bits read 0',
    'siov-facts §13 T-CAP-4; SRD §3',
    'SIOV',
  ],
  capStatus: [
    'T-CAP-5',
    'SIOV Status bit 0 is 1 exactly while an SDI is ENABLED, QUIESCING or RESETTING',
    'siov-facts §13 T-CAP-5; SRD §3',
    'SIOV',
  ],
} as const;

export const STALE_ROW = [
  'T-RST-4',
  'after reset or destroy nobody reads what the old owner wrote',
  'siov-facts §13 T-RST-4; SRD §5, §6.3',
  'inferred',
] as const;

/** What a device without rules of its own is held to. */
export const PLAIN_RULES = defineRules({ ...CAPABILITY_ROWS, stale: STALE_ROW });

/** Rules of other families that a read may break: told to whoever owns them. */
export type ForeignRule =
  | 'disturbed'
  | 'disturbedAcross'
  | 'wrongStride'
  | 'ownPage'
  | 'abortedTags'
  | 'ridTaken'
  | 'pendingLost';

const FOREIGN: readonly string[] = [
  'disturbed',
  'disturbedAcross',
  'wrongStride',
  'ownPage',
  'abortedTags',
  'ridTaken',
  'pendingLost',
] satisfies ForeignRule[];

export function isForeignRule(key: string): key is ForeignRule {
  return FOREIGN.includes(key);
}
