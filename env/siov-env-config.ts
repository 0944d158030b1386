// Everything that the seed decides before the first operation of a run ("swarm", design decision 9), as plain data: it is
// printed and recorded, and no draw of it depends on what happens later. Source: design decisions 4, 9; SRD §1.
//
//   const swarm = drawSwarm(testbench.streams.stream('swarm', 'dma'), SCENARIO_FEATURES.dma, 'standard');
import type { RandomStream } from '#random/random-stream';
import { configKey } from '#uvm/config-db';
import type { Profile, DeviceParams } from '#siov/device-params';
import type { DeviceTraits } from '#siov/device-traits';
import { INJECTIONS } from './agents/memory-responder-injection.ts';
import type { DeviceKit } from './device-kit.ts';
import { NO_CROWD, withCrowd, type CrowdSwarm } from './crowd-swarm.ts';
import type { ScenarioFeatures } from './scenario-features.ts';

/** How the host answers the device's reads (taken over by the memory responder). */
export interface ResponderSwarm {
  readonly latencyMinNs: number;
  readonly latencyMaxNs: number;
  /** Per cent of completions that may pass completions of other requests. */
  readonly reorderPercent: number;
  /** Per cent of legal boundaries at which a completion is split. */
  readonly splitPercent: number;
  /** Per mille of reads that are answered later than usual, but well before the completion timeout. */
  readonly slowPerMille: number;
  /** Longest pause between two completions of one read. */
  readonly gapMaxNs: number;
  readonly rcbBytes: 64 | 128;
}

/** Settings that the hypervisor writes at enumeration (SRD §3). */
export interface SettingsSwarm {
  /** True: Max_Payload_Size is the device's largest; false: 128 bytes. */
  readonly maxPayload: boolean;
  /** Max_Read_Request_Size = 128 << code, 0..5. */
  readonly readRequestCode: number;
  readonly tagBits: 5 | 8 | 10;
  readonly vfTagBits: 5 | 8 | 10;
  readonly relaxedOrdering: boolean;
  readonly atomics: boolean;
  readonly pasid: boolean;
}

/** Where things lie in the host's address space, and on which bus the device is. */
export interface LayoutSwarm {
  /** Wanted bus number; lowered when the device's RIDs would wrap. */
  readonly bus: number;
  readonly barsAbove4G: boolean;
  /** The tenants' common I/O virtual layout: below 4 GiB, above, or with the destination area across it. */
  readonly ioSpace: 'low' | 'high' | 'across';
  readonly messagesAbove4G: boolean;
  readonly sourcePages: number;
  readonly destinationPages: number;
  /** Size of the message window: 1024 messages a page. */
  readonly messagePages: number;
  /** Per cent of source and destination pages that a tenant leaves unmapped. */
  readonly holePercent: number;
}

/** How the hypervisor chooses resources and waits for commands. */
export interface HypervisorSwarm {
  /** Weight of strided RIDs among created SDIs, per cent. */
  readonly stridedPercent: number;
  /** Which free pages and vectors are taken: the lowest, the ones freed last, or random ones. */
  readonly reuse: 'lowest' | 'recent' | 'random';
  readonly waitBy: 'poll' | 'interrupt';
  readonly pollNs: number;
  readonly pagesMax: number;
  readonly vectorsMax: number;
  /** SDI slots, as positions 0..9999 in the range of SDI indices. */
  readonly sdiPositions: readonly number[];
  /** Software-assigned RIDs may be those of VFs that are not enabled, which then cannot be. */
  readonly takesVfRids: boolean;
  /** VFs enabled at once, at most. */
  readonly vfsMax: number;
}

/** What the tenants do. Percentages are of work items. */
export interface WorkSwarm {
  /** Weights of opcodes NOP, COPY, FILL, CRC32, FETCH_ADD, SWAP, CAS. */
  readonly opcodeWeights: readonly number[];
  /** Weights of transfers up to 16 bytes, 256 bytes, 4 KiB, 64 KiB, 1 MiB. */
  readonly lengthWeights: readonly number[];
  readonly interruptPercent: number;
  readonly noRecordPercent: number;
  readonly relaxedPercent: number;
  readonly refusedPercent: number;
  readonly holePercent: number;
  readonly pasidPercent: number;
  /** log2 of the largest ring that tenants ask for. */
  readonly ringBitsMax: number;
}

/** What goes wrong on purpose (SRD §9 "The host injects only"). */
export interface ErrorSwarm {
  /** Per mille of the device's requests whose answer goes wrong; 0: none. */
  readonly answerPerMille: number;
  /** Weights of `INJECTIONS`, in their order. */
  readonly answerWeights: readonly number[];
  /** The host sends requests that must be refused or dropped. */
  readonly hostErrors: boolean;
  /** Functions and the device are reset, powered down, renumbered. */
  readonly functionResets: boolean;
}

export interface SiovSwarm {
  readonly profile: Profile;
  readonly features: ScenarioFeatures;
  readonly tenantCount: number;
  /** How many of them work on VFs; the others on SDIs. */
  readonly vfTenantCount: number;
  /** The PASID of all tenants, so that only the RID tells them apart; -1: each has its own. */
  readonly sharedPasid: number;
  readonly hypervisorOperations: number;
  readonly tenantOperations: number;
  /** Longest pause between two operations of a lane, nanoseconds. */
  readonly pauseMaxNs: number;
  readonly responder: ResponderSwarm;
  readonly settings: SettingsSwarm;
  readonly layout: LayoutSwarm;
  readonly hypervisor: HypervisorSwarm;
  readonly work: WorkSwarm;
  readonly errors: ErrorSwarm;
  readonly crowd: CrowdSwarm;
}

/** What a testbench is configured with once the device has said which parameters it has. */
export interface SiovEnvConfig {
  readonly swarm: SiovSwarm;
  /** Effective parameters, from HELLO_OK. */
  readonly params: DeviceParams;
  /** Link delay in each direction, picoseconds. */
  readonly lookaheadPs: number;
  /** What comes with the device. */
  readonly kit: DeviceKit;
  /** Of the kit, for these parameters. */
  readonly traits: DeviceTraits;
}

/** The one configuration key of the SIOV environment. */
export const siovEnvConfig = configKey<SiovEnvConfig>('siov-env-config');

/** Draws the configuration of a run; the same stream, features and profile give the same swarm. */
export function drawSwarm(
  stream: RandomStream,
  features: ScenarioFeatures,
  profile: Profile,
): SiovSwarm {
  const tenantCount = stream.range(2, profile === 'hyperscale' ? 8 : 5);
  const swarm = {
    profile,
    features,
    tenantCount,
    vfTenantCount: features.vfs ? stream.range(1, tenantCount - 1) : 0,
    sharedPasid: stream.chance(1, 3) ? stream.below(0x10_0000) : -1,
    hypervisorOperations: stream.range(6, features.lifecycle || features.resets ? 40 : 16),
    // As long as the hypervisor's lane, where that is what the test is about.
    tenantOperations: stream.range(6, features.lifecycle || features.resets ? 50 : 28),
    pauseMaxNs: stream.pick([200, 1000, 4000]),
    responder: drawResponder(stream, features),
    settings: drawSettings(stream),
    layout: drawLayout(stream, features),
    hypervisor: drawHypervisor(stream, tenantCount, features),
    work: drawWork(stream, features),
    errors: drawErrors(stream, features),
    crowd: NO_CROWD,
  };
  return features.crowd ? withCrowd(swarm, stream) : swarm;
}

/** Each kind of error alone, or several at once; runs without errors draw nothing. */
function drawErrors(stream: RandomStream, features: ScenarioFeatures): ErrorSwarm {
  const { answerErrors, hostErrors, functionResets } = features;
  const answers = answerErrors && stream.chance(2, 3);
  const isOnlyOne = answers && stream.chance(1, 3);
  const only = isOnlyOne ? stream.below(INJECTIONS.length) : -1;
  return {
    answerPerMille: answers ? stream.pick([5, 20, 80]) : 0,
    answerWeights: answers
      ? INJECTIONS.map((_, i) => (isOnlyOne ? Number(i === only) : stream.range(1, 4)))
      : [],
    hostErrors: hostErrors && stream.chance(2, 3),
    functionResets: functionResets && stream.chance(3, 4),
  };
}

function drawResponder(stream: RandomStream, features: ScenarioFeatures): ResponderSwarm {
  const latencyMinNs = stream.pick([20, 100, 400]);
  return {
    latencyMinNs,
    latencyMaxNs: latencyMinNs + stream.pick([0, 200, 1000, 2500]),
    reorderPercent: stream.pick([0, 20, 80]),
    splitPercent: stream.pick([0, 10, 50, 100]),
    slowPerMille: features.resets ? stream.pick([0, 60, 200]) : stream.pick([0, 0, 20]),
    gapMaxNs: stream.pick([1, 50, 300]),
    rcbBytes: stream.pick([64, 128] as const),
  };
}

function drawSettings(stream: RandomStream): SettingsSwarm {
  return {
    maxPayload: stream.bool(),
    readRequestCode: stream.pick([0, 1, 2, 2, 3, 4, 5]),
    tagBits: stream.pick([5, 8, 8, 10] as const),
    vfTagBits: stream.pick([5, 8, 10] as const),
    relaxedOrdering: stream.chance(3, 4),
    atomics: stream.chance(9, 10),
    pasid: stream.chance(3, 4),
  };
}

function drawLayout(stream: RandomStream, features: ScenarioFeatures): LayoutSwarm {
  return {
    bus: stream.pick([1, 1, 2, 0x20, 0x7f]),
    barsAbove4G: stream.bool(),
    ioSpace: stream.pick(['low', 'high', 'across'] as const),
    messagesAbove4G: stream.bool(),
    sourcePages: features.bulk ? stream.pick([8, 40, 300]) : stream.pick([4, 8, 24]),
    destinationPages: features.bulk ? stream.pick([16, 60, 320]) : stream.pick([8, 16, 40]),
    messagePages: 4,
    holePercent: features.badWork ? stream.pick([0, 5, 20]) : stream.pick([0, 5]),
  };
}

function drawHypervisor(
  stream: RandomStream,
  tenantCount: number,
  features: ScenarioFeatures,
): HypervisorSwarm {
  // Register tests want SDIs that no tenant has.
  const slotCount = tenantCount + stream.range(features.registers ? 2 : 0, 3);
  const takesVfRids = features.vfs && features.conflicts && stream.chance(1, 3);
  const sdiPositions: number[] = [];
  for (let i = 0; i < slotCount; i++) {
    sdiPositions.push(stream.chance(1, 3) ? stream.pick([0, 9999]) : stream.below(10_000));
  }
  // A cluster of neighbouring SDIs finds decode faults that SDIs far apart never show.
  if (stream.bool()) sdiPositions.fill(stream.below(5000), stream.below(slotCount));
  return {
    stridedPercent: takesVfRids ? 20 : stream.pick([0, 30, 70, 100]),
    reuse: stream.pick(['lowest', 'recent', 'recent', 'random'] as const),
    waitBy: stream.pick(['poll', 'interrupt'] as const),
    pollNs: stream.pick([200, 700, 2000]),
    pagesMax: stream.pick([1, 2, 4, 16]),
    vectorsMax: stream.pick([1, 3, 8, 64]),
    sdiPositions,
    takesVfRids,
    vfsMax: features.vfs ? stream.range(1, 6) : 0,
  };
}

function drawWork(stream: RandomStream, features: ScenarioFeatures): WorkSwarm {
  const opcodeWeights: number[] = [1, 8, 4, 4, 2, 2, 2].map((weight) =>
    stream.chance(1, 5) ? 0 : weight,
  );
  if (!opcodeWeights.some((weight) => weight > 0)) opcodeWeights[1] = 1;
  const small = stream.pick([
    [500, 400, 100, 0, 0],
    [200, 500, 300, 0, 0],
  ]);
  const bulk = stream.pick([
    [300, 350, 330, 20, 0],
    [100, 300, 570, 30, 0],
    [100, 300, 570, 30, 0],
    [300, 300, 380, 19, stream.chance(1, 6) ? 2 : 0],
  ]);
  return {
    opcodeWeights,
    lengthWeights: features.bulk ? bulk : small,
    interruptPercent: features.interrupts ? stream.pick([50, 90]) : stream.pick([0, 20, 60]),
    noRecordPercent: stream.pick([0, 5, 25]),
    relaxedPercent: stream.pick([0, 30, 80]),
    refusedPercent: features.badWork ? stream.pick([0, 8, 20]) : 0,
    holePercent: features.badWork ? stream.pick([0, 8, 20]) : 0,
    pasidPercent: stream.pick([0, 40, 100]),
    ringBitsMax: stream.range(1, 7),
  };
}
