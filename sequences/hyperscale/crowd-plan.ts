// What a lane of a crowd does, as a list of operations drawn one after the other: its SDIs are raised in some order, and those
// that live are worked with, reset, lowered and raised again meanwhile, in random order. Every SDI of the lane is raised, has
// real data to move, and is reset. Source: design decisions 5 and 9.
import type { CrowdSwarm } from '#env/crowd-swarm';
import type { RandomStream } from '#random/random-stream';
import { PLACEMENTS } from '#sequences/items/work-item';
import { mix, span, type Domain } from '#solver/domain';
import type { PlannedOperation } from '#uvm/play';
import type { WorkKind } from '../dma/work-operations.ts';

export interface CrowdWork {
  /** Opcodes that move data and that the device executes, at least one. */
  readonly kinds: readonly WorkKind[];
  readonly length: Domain<number>;
  readonly pause: Domain<number>;
}

type Step = 'raise' | 'work' | 'pause' | 'reset' | 'lower';

/** An SDI that lives, and what is still to come for it, in order. */
interface Living {
  readonly slot: number;
  readonly steps: Step[];
}

/** Most work is small: thousands of transfers share a link. */
export const CROWD_LENGTH: Domain<number> = mix(
  [6, span(1, 64)],
  [3, span(65, 512)],
  [1, span(513, 2048)],
);

/** The operations of one lane on its slots, in the order in which they are to be raised. */
export function* planCrowd(
  slots: readonly number[],
  swarm: CrowdSwarm,
  work: CrowdWork,
  stream: RandomStream,
): Generator<PlannedOperation> {
  const living: Living[] = [];
  let raised = 0;
  while (raised < slots.length || living.length > 0) {
    const mayGrow = raised < slots.length;
    if (mayGrow && (living.length === 0 || stream.chance(swarm.growPercent, 100))) {
      const slot = slots[raised++];
      living.push({ slot, steps: drawSteps(swarm, stream) });
      yield planned('raise', slot, [work, swarm, stream]);
      continue;
    }
    const at = stream.below(living.length);
    const { slot, steps } = living[at];
    const step = steps.shift();
    if (step === undefined) living[at] = living[living.length - 1];
    if (step === undefined) living.pop();
    else yield planned(step, slot, [work, swarm, stream]);
  }
}

/** What an SDI goes through after it was raised. */
function drawSteps(swarm: CrowdSwarm, stream: RandomStream): Step[] {
  const { reworkPercent, recreatePercent } = swarm;
  const steps: Step[] = [];
  if (stream.chance(reworkPercent, 100)) steps.push(stream.chance(1, 4) ? 'pause' : 'work');
  // Work just before the reset, more often than not: it is worth most with something under way.
  if (stream.chance(1, 3)) steps.push('work');
  steps.push('reset');
  if (stream.chance(reworkPercent, 100)) steps.push('work');
  if (stream.chance(recreatePercent, 100)) steps.push('lower', 'raise');
  return steps;
}

function planned(
  step: Step,
  slot: number,
  [work, swarm, stream]: readonly [CrowdWork, CrowdSwarm, RandomStream],
): PlannedOperation {
  const waitPs = work.pause.draw(stream);
  switch (step) {
    case 'raise': {
      const args = { slot, ...drawWork(work, stream), early: stream.chance(1, 3) };
      return { kind: 'raiseSdi', waitPs, args: { ...args, wait: stream.chance(1, 4) } };
    }
    case 'work': {
      const args = { slot, ...drawWork(work, stream), wait: stream.chance(1, 3) };
      return { kind: 'workOnSdi', waitPs, args };
    }
    case 'reset': {
      const reconfigure = stream.chance(swarm.reconfigurePercent, 100);
      const audit = stream.chance(1, 16);
      const args = {
        slot,
        page: stream.below(16),
        audit,
        reconfigure,
        enable: stream.chance(3, 4),
      };
      return { kind: 'resetRaisedSdi', waitPs, args };
    }
    case 'pause':
      return { kind: 'pauseSdi', waitPs, args: { slot } };
    case 'lower':
      return { kind: 'lowerSdi', waitPs, args: { slot } };
  }
}

function drawWork(
  work: CrowdWork,
  stream: RandomStream,
): Readonly<Record<string, string | number | boolean>> {
  return {
    opcode: stream.pick(work.kinds),
    length: work.length.draw(stream),
    count: stream.chance(3, 4) ? 1 : stream.range(2, 4),
    placement: stream.pick(PLACEMENTS),
    ringOnce: stream.bool(),
  };
}
