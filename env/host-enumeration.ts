// Brings the hypervisor up: plans the bus numbers, enumerates the PF, makes the hypervisor's parts and lets the PF run.
// Source: siov-facts §2.2, §2.3 R-RID-6 (buses reserved for the larger of VFs and SDIs); SRD §2, §3.
import type { Kernel } from '#kernel/kernel';
import type { Process } from '#kernel/process';
import { delay } from '#kernel/wait';
import { ns, us } from '#kernel/time';
import type { RandomStream } from '#random/random-stream';
import type { HostEvent } from '#siov/host-event';
import type { DeviceParams } from '#siov/device-params';
import type { HypervisorParts } from './agents/hypervisor-agent.ts';
import type { TenantAgent } from './agents/tenant-agent.ts';
import type { SiovPolicy } from '#siov/siov-policy';
import type { DeviceDriver } from './device-driver.ts';
import type { DeviceKit } from './device-kit.ts';
import type { DomainAttachment } from './domain-attachment.ts';
import { FunctionControl } from './function-control.ts';
import type { Host } from './host/host.ts';
import type { MessageSlots } from './message-slots.ts';
import { PfEnumeration } from './pf-enumeration.ts';
import { inForce, planSettings } from './pf-settings.ts';
import { SdiLedger } from './sdi-ledger.ts';
import { SdiProvision } from './sdi-provision.ts';
import type { SiovSwarm } from './siov-env-config.ts';
import { VfProvision } from './vf-provision.ts';

export interface HostEnumerationContext {
  readonly kernel: Kernel;
  readonly host: Host;
  readonly device: DeviceDriver;
  readonly tenants: readonly TenantAgent[];
  readonly attachment: DomainAttachment;
  readonly messages: MessageSlots;
  readonly swarm: SiovSwarm;
  readonly params: DeviceParams;
  readonly kit: DeviceKit;
  readonly policy: SiovPolicy;
  readonly publish: (event: HostEvent) => void;
  readonly stream: RandomStream;
  /** SDI indices of the crowd; none: the slots of the swarm. */
  readonly crowd: readonly number[];
}

/** The buses of the device: all Routing IDs that it may use lie on them. */
export interface BusPlan {
  readonly secondary: number;
  readonly subordinate: number;
}

const RID_MAX = 0xffff;
const POSITIONS = 10_000;
/** The first request leaves this long after the start of the run. */
const POWER_UP_PS = us(1);
/** Vector settings take effect before anything uses them: moments (SRD §4 (b)). */
const SETTLE_MOMENTS = 2;

export function planBuses(params: DeviceParams, wantedBus: number): BusPlan {
  const reach = (bus: number): number => {
    const lastVf = params.firstVfOffset + (params.totalVfs - 1) * params.vfStride;
    const lastSdi = params.firstSdiOffset + (params.totalSdis - 1) * params.sdiStride;
    return (bus << 8) + Math.max(params.totalVfs > 0 ? lastVf : 0, lastSdi);
  };
  const secondary = reach(wantedBus) <= RID_MAX ? wantedBus : 1;
  const last = Math.min(RID_MAX, reach(secondary));
  // One bus more than is needed leaves software-assigned RIDs a bus of their own.
  return { secondary, subordinate: Math.min(0xff, (last >>> 8) + 1) };
}

/** Distinct SDI indices for the slots; slots at one position become neighbours. */
export function planSdiIndices(positions: readonly number[], totalSdis: number): number[] {
  const indices: number[] = [];
  for (const position of positions) {
    if (indices.length >= totalSdis) break;
    let index = Math.floor((position * totalSdis) / POSITIONS);
    while (indices.includes(index)) index = (index + 1) % totalSdis;
    indices.push(index);
  }
  return indices;
}

/** @param bus wanted number, 0: the swarm's. undefined: the device does not answer as one that can be driven. */
export function* enumerateDevice(
  context: HostEnumerationContext,
  bus: number,
): Process<HypervisorParts | undefined> {
  const { host, swarm, params, publish, kernel, policy } = context;
  const { layout } = context.kit;
  const { requester, responder } = host.child;
  yield delay(POWER_UP_PS);
  const buses = planBuses(params, bus === 0 ? swarm.layout.bus : bus);
  host.rootPort.setBusRange(buses.secondary, buses.subordinate);
  const settings = planSettings(swarm.settings, params, policy);
  const pf = yield* new PfEnumeration({
    requester,
    params,
    publish,
    bus: buses.secondary,
    barsAbove4G: swarm.layout.barsAbove4G,
    layout,
    settings,
  }).run();
  if (pf === undefined) return undefined;
  responder.maxPayloadBytes = inForce(settings).maxPayloadBytes;
  const functions = new FunctionControl({
    kernel,
    requester,
    publish,
    pf,
    settings,
    layout,
    policy,
  });
  context.attachment.attachPf(pf.rid);
  context.device.bind(pf.windows);
  yield* functions.setPfCommand(true, false);
  functions.programPfVector(context.messages.draw(context.stream));
  yield* functions.setPfMsix(true, false);
  yield* functions.setPfCommand(true, true);
  yield delay(ns(SETTLE_MOMENTS * policy.timing.momentNs));
  const indices =
    context.crowd.length > 0
      ? context.crowd
      : planSdiIndices(swarm.hypervisor.sdiPositions, params.totalSdis);
  const ledger = new SdiLedger(params, indices, swarm.hypervisor);
  ledger.pfRid = pf.rid;
  ledger.lastRid = (buses.subordinate << 8) | 0xff;
  const shared = { ...context, ledger, functions };
  const sdis = new SdiProvision(shared);
  const vfs = new VfProvision(shared);
  return { pf, device: context.device, ledger, functions, sdis, vfs };
}
