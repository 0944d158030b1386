// Rules of SRD's register model (env/registers): its built-in tests and its passive mirror. They are evaluated in the test
// `registers`, before the rules that know more of what was read: a register that is wrong in itself is their affair, with the
// names of its fields. Source: SRD §3, §4, §7, §8; IEEE 1800.2 annex E.
import { REGISTER_RULES, type RegisterRuleKey } from '#uvm/registers/register-checks';
import { defineRules, type RuleSet } from '#uvm/rules';

export const SRD_REGISTER_FAMILY = defineRules({
  reset: [
    'REG-1',
    'after a reset a register reads its reset value',
    'SRD §3-§9, reset values; IEEE 1800.2 annex E',
    'SRD',
  ],
  bitBash: [
    'REG-2',
    'each bit of a register stores, clears or ignores what is written, as its access says',
    'SRD §3, §4, §7, §8, access; IEEE 1800.2 annex E',
    'SRD',
  ],
  mirror: [
    'REG-3',
    'a register reads what was written to it, byte by byte, whoever accesses it',
    'SRD §4, access rules and (a); IEEE 1800.2 clause 19.3',
    'SRD',
  ],
});

/** For the models: what is not part of the family is not evaluated. */
export const SRD_REGISTER_RULES: RuleSet<RegisterRuleKey> = {
  ...REGISTER_RULES,
  ...SRD_REGISTER_FAMILY,
};
