// Checks of words that may break rules of SRD's table, or of others.
import type * as word from '../device/word-check.ts';
import type { SrdRuleKey } from './srd-rules.ts';

export type WordCheck = word.WordCheck<SrdRuleKey>;
export type WordFault = word.WordFault<SrdRuleKey>;
