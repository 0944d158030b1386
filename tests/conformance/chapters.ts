// All chapters of the conformance suite, in the order of the support matrix.
import type { ClaimChapter } from './claim.ts';
import { COMPONENT_CHAPTER } from './component-claims.ts';
import { COVERPOINT_CHAPTER } from './coverage-claims.ts';
import { CROSS_CHAPTER } from './coverage-cross-claims.ts';
import { COVERAGE_OPTIONS_CHAPTER } from './coverage-options-claims.ts';
import { INTELLIGENT_CHAPTER } from './intelligent-claims.ts';
import { TRANSITION_CHAPTER } from './coverage-transition-claims.ts';
import { COVERAGE_DB_CHAPTER, COVERAGE_PERCENT_CHAPTER } from './coverage-db-claims.ts';
import { CONFIG_CHAPTER, FACTORY_CHAPTER } from './factory-config-claims.ts';
import { OBJECTION_CHAPTER } from './objection-claims.ts';
import { PHASE_CHAPTER } from './phase-claims.ts';
import { RANDOM_CHAPTERS } from './random-control-claims.ts';
import { REGISTER_CHAPTERS } from './register-claims.ts';
import { REPORT_CHAPTER } from './report-claims.ts';
import { SEQUENCER_CHAPTER } from './sequencer-claims.ts';
import { TLM_CHAPTER } from './tlm-claims.ts';

export const CHAPTERS: readonly ClaimChapter[] = [
  PHASE_CHAPTER,
  OBJECTION_CHAPTER,
  FACTORY_CHAPTER,
  CONFIG_CHAPTER,
  COMPONENT_CHAPTER,
  SEQUENCER_CHAPTER,
  REPORT_CHAPTER,
  TLM_CHAPTER,
  ...REGISTER_CHAPTERS,
  ...RANDOM_CHAPTERS,
  COVERPOINT_CHAPTER,
  TRANSITION_CHAPTER,
  CROSS_CHAPTER,
  COVERAGE_OPTIONS_CHAPTER,
  INTELLIGENT_CHAPTER,
  COVERAGE_PERCENT_CHAPTER,
  COVERAGE_DB_CHAPTER,
];
