// All chapters of the conformance suite, in the order of the support matrix.
import type { ClaimChapter } from './claim.ts';
import { REGISTER_CHAPTERS } from './register-claims.ts';
import { REPORT_CLAIMS } from './report-claims.ts';
import { TLM_CLAIMS } from './tlm-claims.ts';

export const CHAPTERS: readonly ClaimChapter[] = [...REGISTER_CHAPTERS, REPORT_CLAIMS, TLM_CLAIMS];
