// Every rule of the SIOV testbench, for `list rules`, and the rules of siov-facts §13 that are not checked here, with the
// reason: SRD decides them otherwise, or a device of this kind cannot show them (siov-facts §13, first paragraph).
import type { RuleSet } from '#uvm/rules';
import { COMPLETER_RULES } from './completer-protocol.ts';
import { COMPLETION_RULES } from './completion-use.ts';
import { DATA_RULES } from './data-integrity.ts';
import { INTERRUPT_RULES } from './interrupt.ts';
import { LIVENESS_RULES } from './liveness.ts';
import { MEMORY_RULES } from './memory-ownership.ts';
import { MIXED_RULES } from './mixed-iov.ts';
import { ORDERING_RULES } from './ordering.ts';
import { REQUEST_RULES } from './requester-protocol.ts';
import { RESET_RULES } from './reset-cleanliness.ts';
import { RID_RULES } from './rid-isolation.ts';
import { SRD_REGISTER_FAMILY } from './srd/register-rules.ts';
import { SRD_RULES } from './srd/srd-rules.ts';

/** Rule tables, one per family. */
export const SIOV_RULES: readonly RuleSet[] = [
  REQUEST_RULES,
  RID_RULES,
  RESET_RULES,
  MEMORY_RULES,
  INTERRUPT_RULES,
  COMPLETION_RULES,
  MIXED_RULES,
  DATA_RULES,
  ORDERING_RULES,
  COMPLETER_RULES,
  SRD_RULES,
  LIVENESS_RULES,
  SRD_REGISTER_FAMILY,
];

/** A rule of siov-facts §13 that has no check of its own. */
export interface RuleNotChecked {
  readonly id: string;
  readonly reason: string;
  /** Where the same thing is checked under another id, or ''. */
  readonly checkedBy: string;
}

/** Rules that are not applicable to SRD, or that another rule covers. */
export const RULES_NOT_CHECKED: readonly RuleNotChecked[] = [
  {
    id: 'T-RID-5',
    reason:
      'who may send under which Routing ID after renumbering says the policy; SRD renumbers only while all are FREE',
    checkedBy: 'T-RID-1',
  },
  {
    id: 'T-CFG-2',
    reason:
      'the policy gives the Completer ID; for SRD it is the PF, or the VF for its page and configuration space',
    checkedBy: 'SRD-2.9',
  },
  {
    id: 'T-MMIO-2',
    reason:
      'SRD §7 gives each owner whole 4 KiB pages, and keeps interrupt entries in the PF registers',
    checkedBy: 'T-MMIO-1',
  },
  {
    id: 'T-MMIO-4',
    reason: 'SRD §4 serves 1 or 2 aligned DWs with any byte enables and refuses the rest',
    checkedBy: 'SRD-4.1',
  },
  {
    id: 'T-CPL-3',
    reason: 'SRD §4, §9: seen in ERRORS and AER; the device sends no error Messages',
    checkedBy: 'SRD-4.4',
  },
  {
    id: 'T-CPL-4',
    reason: 'SRD §7: seen as status 0x13 or halt code 0x13, and in ERRORS',
    checkedBy: 'SRD-7.4',
  },
  {
    id: 'T-CPL-5',
    reason: 'SRD §7: seen as status 0x10..0x12 of that descriptor alone',
    checkedBy: 'SRD-7.4',
  },
  {
    id: 'T-RST-5',
    reason: 'SRD §4 bounds RESET_SDI by twice the completion timeout and 10 µs',
    checkedBy: 'SRD-5.2',
  },
  {
    id: 'T-RST-8',
    reason: 'after a cold or hot reset nobody but the PF at bus 0 owns a Routing ID',
    checkedBy: 'T-RID-1',
  },
  {
    id: 'T-RST-9',
    reason: 'no half-enabled SDI: seen in SIOV Status and in who sends',
    checkedBy: 'T-CAP-5',
  },
  {
    id: 'T-ERR-1',
    reason: 'SRD sends no error Messages and logs in the PF; checked where a policy has Messages',
    checkedBy: 'SRD-4.4',
  },
  { id: 'T-ATS-1', reason: 'SRD has no ATS: AT is 0 in every request', checkedBy: 'SRD-7.12' },
  { id: 'T-ATS-2', reason: 'SRD has no ATS', checkedBy: '' },
  { id: 'T-ATS-3', reason: 'SRD has no page requests', checkedBy: '' },
  { id: 'T-TEE-1', reason: 'SRD has no TDISP or IDE', checkedBy: '' },
];
