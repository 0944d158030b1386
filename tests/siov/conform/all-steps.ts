// All steps of the conformance kit, by stage, in the order in which they run.
import { ADMIN_STEPS } from './steps/admin-steps.ts';
import { BARS_STEPS } from './steps/bars-steps.ts';
import { DMA_STEPS } from './steps/dma-steps.ts';
import { ENUMERATION_STEPS } from './steps/enumeration-steps.ts';
import { HELLO_FRAME_STEPS, STEPPING_FRAME_STEPS } from './steps/frame-steps.ts';
import { HELLO_STEPS } from './steps/hello-steps.ts';
import { CUT_STEPS } from './steps/cut-steps.ts';
import { ERROR_STEPS } from './steps/error-steps.ts';
import { INTERRUPT_STEPS } from './steps/interrupt-steps.ts';
import { RESET_STEPS } from './steps/reset-steps.ts';
import { STEPPING_STEPS } from './steps/stepping-steps.ts';
import { STAGES, type ConformStep, type StageName } from './step.ts';

const STEPS: Readonly<Partial<Record<StageName, readonly ConformStep[]>>> = {
  hello: [...HELLO_STEPS, ...HELLO_FRAME_STEPS],
  stepping: [...STEPPING_STEPS, ...STEPPING_FRAME_STEPS],
  enumeration: ENUMERATION_STEPS,
  bars: BARS_STEPS,
  admin: ADMIN_STEPS,
  dma: DMA_STEPS,
  interrupts: INTERRUPT_STEPS,
  resets: RESET_STEPS,
  errors: ERROR_STEPS,
  cuts: CUT_STEPS,
};

/** A step with its stage. */
export interface StagedStep {
  readonly stage: StageName;
  /** `stage/name`. */
  readonly id: string;
  readonly step: ConformStep;
}

export const ALL_STEPS: readonly StagedStep[] = STAGES.flatMap((stage) =>
  (STEPS[stage] ?? []).map((step) => ({ stage, id: `${stage}/${step.name}`, step })),
);
