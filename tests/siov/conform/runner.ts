// Runs the steps of the conformance kit against a device, and says of each how it ended. Source: issue, "says at the first
// thing that is wrong …"; later stages that stand on what is broken are skipped, the others go on.
import { DutError, type DutInfo } from '#dut/dut-port';
import type { SrdParams } from '#siov/srd-params';
import { ALL_STEPS, type StagedStep } from './all-steps.ts';
import type { ConformDevice } from './device-stream.ts';
import { Finding, NotApplicable, NoVerdict, type Evidence } from './finding.ts';
import { isSrd } from './hello-reply.ts';
import type { Greeting } from './session.ts';
import { PROTOCOL_STAGES, STAGE_NEEDS, StepKit, type StageName } from './step.ts';

/** HELLO and its answer. */
const [FIRST] = ALL_STEPS;
const BASIC = new Set(ALL_STEPS.filter(({ step }) => step.isBasic === true).map(({ id }) => id));

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

/**
 * Runs these steps in order; `asked` is what HELLO carries. `told` hears of each result as soon as it is there. Every step stands
 * on the first one, hello/ok: where it does not pass it is told of, even when nobody asked for it.
 */
export async function runConformance(
  device: ConformDevice,
  asked: Greeting,
  steps: readonly StagedStep[],
  told: (result: StepResult) => void = () => undefined,
): Promise<ConformResult> {
  const { info, result: first } = await firstContact(device, asked);
  const isKnown = steps.some(({ id }) => id === FIRST.id);
  const results: StepResult[] = [];
  for (const staged of isKnown || first.outcome === 'pass' ? steps : [FIRST, ...steps]) {
    const reason = blockedBy(staged, [first, ...results]) ?? notAsked(staged, info);
    const run = async (): Promise<StepResult> =>
      reason === undefined
        ? await runStep(
            staged,
            new StepKit(device, asked, info === undefined || isSrd(info.params)),
          )
        : resultOf(staged, 'skip', { reason });
    const result = staged.id === FIRST.id ? first : await run();
    results.push(result);
    told(result);
  }
  return { device: device.name, info, steps: results };
}

/** The first step, and what the device says in it: its parameters decide which other steps make sense. */
async function firstContact(
  device: ConformDevice,
  asked: Greeting,
): Promise<{ readonly info: DutInfo | undefined; readonly result: StepResult }> {
  let info: DutInfo | undefined;
  const run = async (kit: StepKit): Promise<void> => {
    info = await (await kit.open()).hello(kit.greeting);
  };
  const staged = { ...FIRST, step: { ...FIRST.step, run } };
  const result = await runStep(staged, new StepKit(device, asked));
  return { info, result };
}

/** A basic step of a stage that this one stands on has not passed. */
function blockedBy({ stage, id }: StagedStep, results: readonly StepResult[]): string | undefined {
  const bad = results.find(
    (one) =>
      (one.outcome === 'wrong' || one.outcome === 'error') &&
      BASIC.has(one.id) &&
      one.id !== id &&
      (STAGE_NEEDS[stage].includes(one.stage) || one.stage === stage),
  );
  if (bad === undefined) return undefined;
  return `it stands on ${bad.id}, which did not pass`;
}

function notAsked({ stage, step }: StagedStep, info: DutInfo | undefined): string | undefined {
  if (info === undefined) return undefined;
  if (isSrd(info.params)) return step.needs?.(info.params as unknown as SrdParams);
  if (PROTOCOL_STAGES.includes(stage)) return undefined;
  return 'it knows the registers of SRD, and the parameters in HELLO_OK are those of another device';
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

/** 0 nothing is wrong and something was checked, 1 something is wrong, 3 no verdict: of a step, or because none was run. */
export function exitStatusOf({ steps }: Pick<ConformResult, 'steps'>): 0 | 1 | 3 {
  const has = (outcome: StepOutcome): boolean => steps.some((one) => one.outcome === outcome);
  if (has('wrong')) return 1;
  return has('error') || !has('pass') ? 3 : 0;
}
