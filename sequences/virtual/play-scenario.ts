// What all scenarios share: enumerate, give every tenant its queue, play the hypervisor's and the tenants' lanes in parallel,
// and end calm. Source: design decisions 5 and 9; semantics §5 (virtual sequences coordinate, and send no items).
import type { TenantAgent } from '#env/agents/tenant-agent';
import type { SiovEnv } from '#env/siov-env';
import type { Process, ProcessHandle } from '#kernel/process';
import { ns, us } from '#kernel/time';
import { fork, waitAll } from '#kernel/wait';
import { mix, span, type Domain } from '#solver/domain';
import type { Operation } from '#uvm/operation';
import type { Test } from '#uvm/test';
import { provide } from '../lifecycle/lifecycle-operations.ts';

/** Operations with their weights. */
export interface WeightedOperations<C> {
  readonly operations: Readonly<Record<string, Operation<C, unknown>>>;
  readonly weights: Readonly<Record<string, number>>;
}

export interface ScenarioPlan {
  readonly hypervisor: WeightedOperations<SiovEnv>;
  readonly tenant: WeightedOperations<TenantAgent>;
  /** One operation with which the lanes of some tenants begin. */
  readonly first?: {
    readonly operations: Readonly<Record<string, Operation<TenantAgent, unknown>>>;
    readonly isFor: (tenant: TenantAgent) => boolean;
  };
  /** Beside `provide`, what may happen before the tenants begin. */
  readonly provision?: WeightedOperations<SiovEnv>;
}

/** Attempts to give the tenants their queues before they begin. */
const PROVISION_COUNT_MAX = 16;

/** Plays a plan from enumeration to the calm end. A device that cannot be enumerated is left alone. */
export function* playScenario(env: SiovEnv, test: Test, plan: ScenarioPlan): Process {
  if (yield* env.bringUp()) {
    yield* provision(env, test, plan.provision);
    yield* playLanes(env, test, plan);
  }
  yield* env.calm();
}

function* provision(
  env: SiovEnv,
  test: Test,
  more: WeightedOperations<SiovEnv> | undefined,
): Process {
  const retryEndPs = env.kernel.nowPs + us(100);
  yield* test.play(
    { provide, ...more?.operations },
    {
      on: env,
      lane: 'provision',
      weights: { provide: 8, ...more?.weights },
      count: PROVISION_COUNT_MAX,
      until: () => env.tenants.every(isServed) || env.kernel.nowPs > retryEndPs,
    },
  );
}

function* playLanes(env: SiovEnv, test: Test, plan: ScenarioPlan): Process {
  const { swarm } = env.settings;
  const wait: Domain<number> = mix(
    [2, span(0, ns(50))],
    [3, span(0, ns(swarm.pauseMaxNs))],
    [1, span(0, 4 * ns(swarm.pauseMaxNs))],
  );
  let isHypervisorDone = false;
  const lanes: ProcessHandle[] = [];
  for (const tenant of env.tenants) {
    const until = (): boolean => isHypervisorDone && !tenant.isUsable;
    const lane = test.play(plan.tenant.operations, {
      on: tenant,
      lane: tenant.name,
      weights: plan.tenant.weights,
      count: swarm.tenantOperations,
      wait,
      until,
    });
    const { first } = plan;
    const begins = first?.isFor(tenant) === true;
    const before = { on: tenant, lane: `${tenant.name} first`, count: 1, until };
    const both = begins ? inTurn(test.play(first.operations, before), lane) : lane;
    lanes.push(yield* fork(tenant.name, both));
  }
  yield* test.play(plan.hypervisor.operations, {
    on: env,
    lane: 'hypervisor',
    weights: plan.hypervisor.weights,
    count: swarm.hypervisorOperations,
    wait,
    until: () => !env.child.hypervisor.isReady,
  });
  isHypervisorDone = true;
  yield* waitAll(...lanes);
}

function* inTurn(...parts: readonly Process[]): Process {
  for (const part of parts) yield* part;
}

function isServed(tenant: TenantAgent): boolean {
  return tenant.queue !== undefined;
}
