// All chapters of the conformance suite, in the order of the support matrix.
import type { ClaimChapter } from './claim.ts';

export const CHAPTERS: readonly ClaimChapter[] = [];
