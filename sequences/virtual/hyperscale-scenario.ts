// Thousands of SDIs live at once, on many buses: raised, at work, reset, lowered and raised again, each in an order of its own;
// every tenant does it for a share of them. The hypervisor looks at the device meanwhile, and stops it now and then. SRD §1
// (hyperscale), §2, §5, §6, §7.
import type { SiovEnv } from '#env/siov-env';
import type { Process, ProcessHandle } from '#kernel/process';
import { ns, us } from '#kernel/time';
import { fork, waitAll } from '#kernel/wait';
import type { RandomStream } from '#random/random-stream';
import { mix, span, type Domain } from '#solver/domain';
import { WorkOpcode } from '#siov/work';
import type { Test } from '#uvm/test';
import { probeSdi, readCapability, readPfRegisters } from '../config/access-operations.ts';
import { OPCODES, WORK_KINDS, type WorkKind } from '../dma/work-operations.ts';
import { readAer, readErrors } from '../error/error-log-operations.ts';
import { AdminTurn, CrowdLane } from '../hyperscale/crowd-lane.ts';
import {
  lowerSdi,
  pauseSdi,
  raiseSdi,
  resetRaisedSdi,
  workOnSdi,
} from '../hyperscale/crowd-operations.ts';
import { CROWD_LENGTH, planCrowd, type CrowdWork } from '../hyperscale/crowd-plan.ts';
import { pausePf } from '../interrupt/vector-operations.ts';
import { querySdi } from '../lifecycle/lifecycle-operations.ts';

const CROWD_OPERATIONS = { raiseSdi, workOnSdi, pauseSdi, resetRaisedSdi, lowerSdi };
const HYPERVISOR_OPERATIONS = {
  querySdi,
  readPfRegisters,
  readCapability,
  probeSdi,
  readErrors,
  readAer,
  pausePf,
};
const HYPERVISOR_WEIGHTS = {
  querySdi: 3,
  readPfRegisters: 3,
  readCapability: 1,
  probeSdi: 2,
  readErrors: 1,
  readAer: 1,
  pausePf: 6,
};
const HYPERVISOR_PAUSE: Domain<number> = mix([1, span(0, us(20))], [2, span(us(20), us(800))]);

/** Plays the crowd from enumeration to the calm end. A device that cannot be enumerated is left alone. */
export function* hyperscaleScenario(env: SiovEnv, test: Test): Process {
  if (yield* env.bringUp()) yield* playCrowd(env, test);
  yield* env.calm();
}

function* playCrowd(env: SiovEnv, test: Test): Process {
  const { swarm } = env.settings;
  const work: CrowdWork = {
    kinds: movingKinds(env),
    length: CROWD_LENGTH,
    pause: mix([4, span(0, 0)], [1, span(0, ns(swarm.pauseMaxNs))]),
  };
  const turn = new AdminTurn();
  const lanes: ProcessHandle[] = [];
  for (const [index, tenant] of env.tenants.entries()) {
    const stream = tenant.stream('plan');
    const slots = slotsOf(env, index, stream);
    const lane = test.play(CROWD_OPERATIONS, {
      on: new CrowdLane(env, tenant, turn),
      lane: tenant.name,
      source: planCrowd(slots, swarm.crowd, work, stream),
    });
    lanes.push(yield* fork(tenant.name, lane));
  }
  let isCrowdDone = false;
  const hypervisor = test.play(HYPERVISOR_OPERATIONS, {
    on: env,
    lane: 'hypervisor',
    weights: HYPERVISOR_WEIGHTS,
    wait: HYPERVISOR_PAUSE,
    until: () => isCrowdDone || !env.child.hypervisor.isReady,
  });
  const beside = yield* fork('hypervisor', hypervisor);
  yield* waitAll(...lanes);
  isCrowdDone = true;
  yield* waitAll(beside);
}

/** A tenant's share of the slots, in the order in which it raises them. */
function slotsOf(env: SiovEnv, index: number, stream: RandomStream): readonly number[] {
  const { order, sdiCount } = env.settings.swarm.crowd;
  const slots: number[] = [];
  for (let slot = index; slot < sdiCount; slot += env.tenants.length) slots.push(slot);
  if (order === 'descending') slots.reverse();
  return order === 'random' ? stream.shuffle(slots) : slots;
}

/** Opcodes of the swarm that move data, as far as the device executes them. */
function movingKinds(env: SiovEnv): readonly WorkKind[] {
  const { opcodeWeights } = env.settings.swarm.work;
  const kinds = WORK_KINDS.filter((kind, at) => {
    const opcode = OPCODES[kind];
    return opcode !== WorkOpcode.NOP && opcodeWeights[at] > 0 && env.canExecute(opcode);
  });
  return kinds.length > 0 ? kinds : ['copy'];
}
