// Runs the steps of the conformance kit against a device, and says of each how it ended. Source: issue, "says at the first
// thing that is wrong …"; later stages that stand on what is broken are skipped, the others go on.
import { DutError, type DutInfo } from '#dut/dut-port';
import type { SrdParams } from '#siov/srd-params';
import type { StagedStep } from './all-steps.ts';
import type { ConformDevice } from './device-stream.ts';
import { Finding, NotApplicable, NoVerdict, type Evidence } from './finding.ts';
import type { Greeting } from './session.ts';
import { STAGE_NEEDS, StepKit, type StageName } from './step.ts';

export type StepOutcome = 'pass' | 'wrong' | 'error' | 'skip';

export interface StepResult {
  readonly id: string;
  readonly stage: StageName;
  readonly title: string;
  readonly outcome: StepOutcome;
  /** Of 'wrong'. */
  readonly evidence: Evidence | undefined;
  /** Of 'error': why there is no verdict. */
  readonly error:
    { readonly code: string; readonly message: string; sent: string; detail: string } | undefined;
  /** Of 'skip'. */
  readonly reason: string;
  /** What the device said in LOG frames. */
  readonly logs: readonly string[];
}

export interface ConformResult {
  readonly device: string;
  /** What the device said of itself; undefined when it never got so far. */
  readonly info: DutInfo | undefined;
  readonly steps: readonly StepResult[];
}

/** Runs these steps in order; `asked` is what HELLO carries. `told` hears of each result as soon as it is there. */
export async function runConformance(
  device: ConformDevice,
  asked: Greeting,
  steps: readonly StagedStep[],
  told: (result: StepResult) => void = () => undefined,
): Promise<ConformResult> {
  const results: StepResult[] = [];
  const info = await firstInfo(device, asked);
  const params = info?.params as unknown as SrdParams | undefined;
  for (const staged of steps) {
    const reason = blockedBy(staged, results, steps) ?? notAsked(staged, params);
    const result =
      reason === undefined
        ? await runStep(staged, new StepKit(device, asked))
        : resultOf(staged, 'skip', { reason });
    results.push(result);
    told(result);
  }
  return { device: device.name, info, steps: results };
}

/** The parameters decide which steps make sense; what is wrong with HELLO is the business of its own steps. */
async function firstInfo(device: ConformDevice, asked: Greeting): Promise<DutInfo | undefined> {
  const kit = new StepKit(device, asked);
  try {
    return await kit.open().hello(kit.greeting);
  } catch (error) {
    if (error instanceof Finding || error instanceof NoVerdict || error instanceof DutError) {
      return undefined;
    }
    throw error;
  } finally {
    await kit.close();
  }
}

/** A basic step of a stage that this one stands on has not passed. */
function blockedBy(
  { stage, id }: StagedStep,
  results: readonly StepResult[],
  steps: readonly StagedStep[],
): string | undefined {
  const basic = new Set(steps.filter(({ step }) => step.isBasic === true).map((one) => one.id));
  const bad = results.find(
    (one) =>
      (one.outcome === 'wrong' || one.outcome === 'error') &&
      basic.has(one.id) &&
      one.id !== id &&
      (STAGE_NEEDS[stage].includes(one.stage) || one.stage === stage),
  );
  if (bad === undefined) return undefined;
  return `it stands on ${bad.id}, which did not pass`;
}

function notAsked({ step }: StagedStep, params: SrdParams | undefined): string | undefined {
  if (step.needs === undefined) return undefined;
  if (params === undefined) return 'the parameters of the device are not known';
  return step.needs(params);
}

async function runStep(staged: StagedStep, kit: StepKit): Promise<StepResult> {
  try {
    await staged.step.run(kit);
    return resultOf(staged, 'pass', { logs: kit.logs });
  } catch (error) {
    const { logs } = kit;
    if (error instanceof Finding) {
      return resultOf(staged, 'wrong', { evidence: error.evidence, logs });
    }
    if (error instanceof NotApplicable) return resultOf(staged, 'skip', { reason: error.message });
    if (error instanceof NoVerdict || error instanceof DutError) {
      const { code, message, detail } = error;
      const sent = error instanceof NoVerdict ? error.sent : 'nothing yet';
      return resultOf(staged, 'error', { error: { code, message, sent, detail }, logs });
    }
    throw error;
  } finally {
    await kit.close();
  }
}

function resultOf(
  { id, stage, step }: StagedStep,
  outcome: StepOutcome,
  more: Partial<StepResult>,
): StepResult {
  const empty = { evidence: undefined, error: undefined, reason: '', logs: [] };
  return { id, stage, title: step.title, outcome, ...empty, ...more };
}

/** 0 all pass, 1 something is wrong, 3 no verdict (and nothing wrong). */
export function exitStatusOf({ steps }: ConformResult): 0 | 1 | 3 {
  if (steps.some(({ outcome }) => outcome === 'wrong')) return 1;
  return steps.some(({ outcome }) => outcome === 'error') ? 3 : 0;
}
