// One long run of test `dma` with fixed swarm values, as the benchmarks of speed and memory need it: the same testbench as in
// any run, everything on (scoreboards, coverage, digests, window), only that its size does not depend on the seed.
import { inProcess } from '#dut/in-process';
import type { DutPort, StepReply, TlpBatch } from '#dut/dut-port';
import { PLAIN_CHARACTER } from '#device/character';
import { createReferenceDevice } from '#device/reference-device';
import type { SiovSwarm } from '#env/siov-env-config';
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import type { RunRecord } from '#record/run-record';
import type { RidgelineConfig } from '#run/config';
import { executeRun } from '#run/execute-run';
import { provideAmong } from '#sequences/lifecycle/lifecycle-operations';
import { hypervisorWork } from '#sequences/virtual/hypervisor-work';
import { playScenario } from '#sequences/virtual/play-scenario';
import { tenantWork } from '#sequences/virtual/tenant-work';
import type { Profile } from '#siov/device-params';
import { span } from '#solver/domain';
import { siovConfig } from '#tests/siov/index';
import { SIOV_PROFILES } from '#tests/siov/siov-parameters';
import { SiovTest } from '#tests/siov/siov-test';
import { bindSiov } from '#tests/siov/tb-top';

/** Test `dma` with more tenants than a seed ever draws. */
class LongDmaTest extends SiovTest {
  protected override scenario(env: SiovEnv): Process {
    const tenants = env.tenants.length;
    const provide = provideAmong(span(0, tenants + SPARE_SLOTS - 1), span(0, tenants - 1));
    const hypervisor = hypervisorWork(env);
    return playScenario(env, this, {
      hypervisor: { ...hypervisor, operations: { ...hypervisor.operations, provide } },
      tenant: tenantWork(env),
      provision: { operations: { provide }, weights: { provide: 1 } },
    });
  }
}

const SPARE_SLOTS = 4;
/** Simulated time and wall-clock time are no limits here. */
const NO_LIMITS = { timePs: Number.MAX_SAFE_INTEGER, wallSeconds: 24 * 3600 };

export interface LongRun {
  readonly profile: Profile;
  /** Operations of each tenant. */
  readonly operations: number;
  readonly tenants: number;
  /** Device parameters above the profile's. */
  readonly parameters?: Readonly<Record<string, number | boolean>>;
  /** The device; without it the reference device in this process. */
  readonly open?: () => DutPort;
  /** Told after each exchange with the device: TLPs and bytes of both directions so far. */
  readonly onStep?: (tlps: number, bytes: number) => void;
}

/** Does the run. @throws Error when it did not pass: what is measured must be a good run. */
export async function longRun(run: LongRun): Promise<RunRecord> {
  const record = await executeRun(configOf(run), {
    test: 'dma',
    seed: 1,
    device: 'model',
    fault: null,
    profile: null,
    parameters: {},
    code: { version: '0', commit: '', dirty: false },
    verbosity: null,
    dutTimeoutSeconds: 30,
  });
  if (record.verdict === 'PASS') return record;
  throw new Error(
    `the measured run is a ${record.verdict}: ${JSON.stringify(record.error ?? record.failures[0])}`,
  );
}

function configOf(run: LongRun): RidgelineConfig {
  const { tests, devices } = siovConfig;
  const parameters = { ...SIOV_PROFILES[run.profile], maxPayload: 256, ...run.parameters };
  return {
    ...siovConfig,
    reports: [],
    limits: NO_LIMITS,
    tests: { dma: { ...tests['dma'], test: LongDmaTest, drawParameters: () => parameters } },
    devices: {
      model: {
        ...devices['model'],
        open: () => counted((run.open ?? referenceInProcess)(), run),
        bind: (top, context) => bindSiov(top, context, (drawn) => fixed(drawn, run)),
      },
    },
  };
}

/** MPS 256 (by the parameter), MRRS 512, transfers of 1 byte to 64 KiB of every opcode; all else is an ordinary run. */
function fixed(drawn: SiovSwarm, { operations, tenants }: LongRun): SiovSwarm {
  const slots = tenants + SPARE_SLOTS;
  return {
    ...drawn,
    tenantCount: tenants,
    sharedPasid: -1,
    hypervisorOperations: 200,
    tenantOperations: operations,
    pauseMaxNs: 1000,
    responder: {
      latencyMinNs: 100,
      latencyMaxNs: 1100,
      reorderPercent: 20,
      splitPercent: 10,
      slowPerMille: 0,
      gapMaxNs: 50,
      rcbBytes: 64,
    },
    settings: {
      maxPayload: true,
      readRequestCode: 2,
      tagBits: 8,
      vfTagBits: 8,
      relaxedOrdering: true,
      atomics: true,
      pasid: true,
    },
    layout: {
      ...drawn.layout,
      ioSpace: 'across',
      sourcePages: 40,
      destinationPages: 60,
      holePercent: 5,
    },
    hypervisor: {
      ...drawn.hypervisor,
      stridedPercent: 50,
      waitBy: 'interrupt',
      pagesMax: 4,
      vectorsMax: 8,
      sdiPositions: Array.from({ length: slots }, (_, i) => Math.floor((9999 * i) / slots)),
    },
    work: {
      opcodeWeights: [1, 8, 4, 4, 2, 2, 2],
      lengthWeights: [1, 1, 1, 1, 0],
      interruptPercent: 20,
      noRecordPercent: 5,
      relaxedPercent: 30,
      refusedPercent: 0,
      holePercent: 0,
      pasidPercent: 40,
      ringBitsMax: 6,
    },
  };
}

/** The port, with the TLPs and bytes that pass it counted. */
function counted(port: DutPort, { onStep }: LongRun): DutPort {
  if (onStep === undefined) return port;
  let tlps = 0;
  let bytes = 0;
  const count = (batch: TlpBatch): void => {
    tlps += batch.count;
    for (let i = 0; i < batch.count; i++) bytes += batch.bytes(i).length;
  };
  const counting = (reply: StepReply): StepReply => {
    count(reply.tlps);
    onStep(tlps, bytes);
    return reply;
  };
  return {
    hello: (hello) => port.hello(hello),
    reset: (kind) => port.reset(kind),
    bye: () => port.bye(),
    kill: () => port.kill?.(),
    step(untilPs, arriving) {
      count(arriving);
      const reply = port.step(untilPs, arriving);
      if (reply instanceof Promise) return reply.then(counting);
      return counting(reply);
    },
  };
}

function referenceInProcess(): DutPort {
  return inProcess(createReferenceDevice({ character: PLAIN_CHARACTER }));
}
