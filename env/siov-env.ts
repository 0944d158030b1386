// The SIOV environment: host, hypervisor, tenants, device driver, scoreboards and coverage, wired together. It knows how to
// do things, and decides nothing: what happens is chosen by the operations in sequences/. Source: design, "Rooms".
//
//   testbench.config.set('**', siovEnvConfig, { swarm, params, lookaheadPs });
//   class DmaTest extends Test { readonly child = this.children({ env: SiovEnv }); … }
//   …  env.child.host.child.link is the HostLinkPort of the run loop
import { SiovCoverage } from '#coverage/siov-coverage';
import { SimEvent, type Process } from '#kernel/process';
import { ns, us } from '#kernel/time';
import { delay } from '#kernel/wait';
import { SiovScoreboard } from '#scoreboards/siov-scoreboard';
import type { HostEvent } from '#siov/host-event';
import type { ObservedTlp } from '#siov/observed-tlp';
import { isAtomicWork, WorkOpcode } from '#siov/work';
import type { RidMode } from '#siov/siov-policy';
import type { RandomStream } from '#random/random-stream';
import { Env } from '#uvm/env';
import { AnalysisPort } from '#uvm/ports';
import { VirtualSequencer } from '#uvm/virtual-sequence';
import { HypervisorAgent } from './agents/hypervisor-agent.ts';
import { responderConfig, type ResponderConfig } from './agents/memory-responder-config.ts';
import { INJECTIONS, WeightedInjection } from './agents/memory-responder-injection.ts';
import { TenantAgent } from './agents/tenant-agent.ts';
import { CalmPhase } from './calm-phase.ts';
import type { DeviceDriver } from './device-driver.ts';
import { DeviceRecovery } from './device-recovery.ts';
import { DomainAttachment } from './domain-attachment.ts';
import { drawCrowdIndices } from './crowd-swarm.ts';
import { contains, planIoLayout, type IoLayout } from './host-address-map.ts';
import { enumerateDevice, planBuses } from './host-enumeration.ts';
import { hostConfig, Host } from './host/host.ts';
import { MessageSlots } from './message-slots.ts';
import { planSettings } from './pf-settings.ts';
import type { SrdRegisters } from './registers/srd-registers.ts';
import { drainBoundPs } from './progress-bound.ts';
import {
  siovEnvConfig,
  type ResponderSwarm,
  type SiovEnvConfig,
  type SiovSwarm,
} from './siov-env-config.ts';
import { TenantHome } from './tenant-home.ts';
import { TenantSpace } from './tenant-space.ts';

/** Where virtual sequences run: it reaches every sequencer through the environment. */
export class SiovVirtualSequencer extends VirtualSequencer {
  get env(): SiovEnv {
    return this.parent as SiovEnv;
  }
}

const AFTER_GIVING_UP_PS = us(1);

const MAX_PASID = 0x10_0000;
/** Offset of the Command register. */
const COMMAND = 0x04;

export class SiovEnv extends Env {
  readonly child = this.children({
    host: Host,
    hypervisor: HypervisorAgent,
    sequencer: SiovVirtualSequencer,
    scoreboard: SiovScoreboard,
    coverage: SiovCoverage,
  });
  /** What the host did, in order (design decision 14). */
  readonly events = new AnalysisPort<HostEvent>('events');
  readonly tenants: TenantAgent[] = [];
  /** Homes of a crowd in which work may be under way. */
  readonly busyHomes = new Set<TenantHome>();
  /** Only where the test is about registers. */
  registers: SrdRegisters | undefined = undefined;
  readonly settings: SiovEnvConfig = this.config.get(siovEnvConfig);
  readonly layout: IoLayout = planIoLayout(this.settings.swarm.layout);
  private readonly messages = new MessageSlots(this.layout.message);
  private readonly pfInterrupt = new SimEvent('interrupt of the PF');
  private readonly publish = (event: HostEvent): void => this.events.write(event);

  override buildPhase(): void {
    const { swarm, params, lookaheadPs } = this.settings;
    this.config.set('host', hostConfig, {
      lookaheadPs,
      completionTimeoutPs: ns(params.completionTimeoutNs),
      psPerByte: 0,
      pages: { firstPage: 0x100, pageCount: 0x1000_0000 },
    });
    this.config.set('host.responder', responderConfig, responderConfigOf(swarm.responder));
    for (let k = 0; k < swarm.tenantCount; k++) {
      this.tenants.push(this.createChild(`tenant[${k}]`, TenantAgent));
    }
    const { registers } = this.settings.kit;
    if (swarm.features.registers && registers !== undefined) {
      this.registers = this.createChild('registers', registers);
    }
  }

  override connectPhase(): void {
    const { swarm } = this.settings;
    const { host, hypervisor } = this.child;
    const { monitor, requester, responder } = host.child;
    const device = this.makeDevice();
    const attachment = new DomainAttachment(host, this.layout, this.publish);
    this.wireTenants(device);
    const { kernel, tenants, messages, publish } = this;
    const { policy } = this.settings.traits;
    const shared = { kernel, host, device, tenants, attachment, publish, policy };
    const stream = hypervisor.stream('messages');
    const crowd = this.crowdIndices();
    hypervisor.wire(
      (bus) => enumerateDevice({ ...this.settings, ...shared, messages, stream, crowd }, bus),
      new DeviceRecovery({ ...shared, hypervisor }),
    );
    requester.liveness.connect(this.events);
    responder.streamFor = (rid, address) =>
      attachment.ownerOf(rid)?.streamFor(address, device.format.descriptorBytes);
    responder.injector.policy = injectionPolicyOf(swarm);
    this.events.connect({
      write: (event) => {
        if (event.kind !== 'settings') return;
        responder.injector.useTagBits(event.tagBits, event.vfTagBits);
        // The host may use any width: SRD is a 10-bit tag completer (§3). It changes with that of the device.
        requester.useTagBits(event.tagBits);
      },
    });
    responder.interrupts.connect({
      write: ({ rid }) => {
        if (hypervisor.isReady && rid === hypervisor.parts.pf.rid) this.pfInterrupt.trigger();
      },
    });
    monitor.up.connect({ write: (observed) => this.noticeRecord(observed, attachment) });
    this.wireRegisters();
    const { scoreboard, coverage } = this.child;
    monitor.up.connect(scoreboard.up, coverage.up);
    monitor.down.connect(scoreboard.down, coverage.down);
    this.events.connect(scoreboard.events, coverage.events);
  }

  /** Opens the root port to the device before it is enumerated: Configuration Requests reach it. */
  reserveBuses(): void {
    const { params, swarm } = this.settings;
    const buses = planBuses(params, swarm.layout.bus);
    this.child.host.rootPort.setBusRange(buses.secondary, buses.subordinate);
  }

  /** Tells the device its bus number by a Configuration Write, the Command register's reset value. */
  *announceBus(): Process {
    const { child, rootPort } = this.child.host;
    this.publish({ kind: 'busAssigned', bus: rootPort.secondary });
    yield* child.requester.configWrite(rootPort.secondary << 8, COMMAND, 2, 0);
  }

  /**
   * Enumerates the device. False: it does not answer as one that can be driven; that is an error, whatever rules say: nothing
   * else of such a device will be seen.
   */
  *bringUp(): Process<boolean> {
    if (yield* this.child.hypervisor.bringUp()) return true;
    // What it owes an answer to is overdue only after the moment at which the host gives up.
    yield delay(AFTER_GIVING_UP_PS);
    this.error(
      'NOT_ENUMERATED',
      'the PF cannot be brought up: it does not complete a Configuration Read of its Vendor ID, or lacks a BAR that its kind has',
    );
    return false;
  }

  /** The end of every scenario: no new stimulus, and everything that is owed must come (design decision 9). */
  *calm(): Process {
    const { injector } = this.child.host.child.responder;
    injector.stop();
    yield* new CalmPhase({
      kernel: this.kernel,
      hypervisor: this.child.hypervisor,
      tenants: this.tenants,
      busyHomes: this.busyHomes,
      publish: this.publish,
      answerNs: this.settings.traits.policy.timing.answerNs,
      boundPs: () => this.drainBoundPs() + Math.max(0, injector.effectsEndPs - this.kernel.nowPs),
      requester: this.child.host.child.requester,
      hasAnswerErrors: this.settings.swarm.errors.answerPerMille > 0,
    }).run();
  }

  /** Size of a work page (policy `pages.bytes`). */
  get pageBytes(): number {
    return this.settings.traits.policy.pages.bytes;
  }

  /** Whether SDIs may get their Routing IDs in this way: the device has it, and its policy (`rids.modes`). */
  canAssign(mode: RidMode): boolean {
    const { params, traits } = this.settings;
    if (mode === 'software' && !params.softwareRids) return false;
    return traits.policy.rids.modes.includes(mode);
  }

  /** Whether the device executes the opcode: AtomicOps and CRC32 are options (SRD §1, §3). */
  canExecute(opcode: number): boolean {
    const { swarm, params } = this.settings;
    if (opcode === WorkOpcode.CRC32) return params.crc32;
    return (
      !isAtomicWork(opcode) ||
      planSettings(swarm.settings, params, this.settings.traits.policy).atomics
    );
  }

  /** The same at every enumeration of a run. */
  private crowdIndices(): readonly number[] {
    const { swarm, params } = this.settings;
    const { sdiCount } = swarm.crowd;
    return sdiCount === 0 ? [] : drawCrowdIndices(this.stream('crowd'), sdiCount, params.totalSdis);
  }

  private drainBoundPs(): number {
    const { params, swarm, traits } = this.settings;
    const homes = [...this.tenants.map(({ home }) => home), ...this.busyHomes];
    const { timing } = traits.policy;
    const bound = drainBoundPs(homes, params.completionTimeoutNs, timing);
    // Slow and absent answers are outside SRD's bound: each lasts up to the timeout, and they may follow each other.
    const isSlow = swarm.responder.slowPerMille > 0 || swarm.errors.answerPerMille > 0;
    return isSlow ? 4 * bound : bound;
  }

  private makeDevice(): DeviceDriver {
    const { swarm, params, kit, traits } = this.settings;
    return kit.makeDriver({
      kernel: this.kernel,
      requester: this.child.host.child.requester,
      params,
      policy: traits.policy,
      publish: this.publish,
      pfInterrupt: this.pfInterrupt,
      waitBy: swarm.hypervisor.waitBy,
      pollNs: swarm.hypervisor.pollNs,
      drainBoundPs: () => this.drainBoundPs(),
    });
  }

  private wireTenants(device: DeviceDriver): void {
    const { swarm, params } = this.settings;
    const vfTenants = params.totalVfs > 0 ? swarm.vfTenantCount : 0;
    for (const [index, tenant] of this.tenants.entries()) {
      tenant.wire({
        index,
        device,
        swarm,
        publish: this.publish,
        messages: this.messages,
        home: this.makeHome(`${tenant.fullPath} progress`, tenant.stream('memory')),
        canExecute: (opcode) => this.canExecute(opcode),
        momentNs: this.settings.traits.policy.timing.momentNs,
        wantsVf: index >= this.tenants.length - vfTenants,
      });
    }
  }

  /** Memory that nobody has yet, for one requester at a time. @param name of its event of progress. */
  makeHome(name: string, stream: RandomStream): TenantHome {
    const { swarm, params } = this.settings;
    const { host } = this.child;
    const { holePercent } = swarm.layout;
    const hasPasid =
      planSettings(swarm.settings, params, this.settings.traits.policy).pasid &&
      swarm.work.pasidPercent > 0;
    const makeSpace = (pasid: number): TenantSpace =>
      new TenantSpace(host, stream, { layout: this.layout, holePercent, pasid });
    const plainSpace = makeSpace(-1);
    const pasid = swarm.sharedPasid >= 0 ? swarm.sharedPasid : stream.below(MAX_PASID);
    return new TenantHome(new SimEvent(name), plainSpace, hasPasid ? makeSpace(pasid) : undefined);
  }

  /** The register models judge a read before the scoreboards do: they name the fields. */
  private wireRegisters(): void {
    const { registers } = this;
    if (registers === undefined) return;
    const { child, rootPort } = this.child.host;
    registers.wire({ requester: child.requester, rootPort });
    child.monitor.up.connect(registers.tracker.up);
    child.monitor.down.connect(registers.tracker.down);
    this.events.connect(registers.events);
  }

  /** A write into a tenant's record area wakes who waits for records. */
  private noticeRecord(observed: ObservedTlp, attachment: DomainAttachment): void {
    const { tlp } = observed;
    if (tlp === undefined || (tlp.kind !== 'MWr32' && tlp.kind !== 'MWr64')) return;
    if (!contains(this.layout.records, tlp.address, 4)) return;
    attachment.ownerOf(tlp.requesterId)?.progress.trigger();
  }
}

/** Which answers go wrong: slow ones in many tests, all kinds where errors are wanted. */
function injectionPolicyOf({ errors, responder }: SiovSwarm): WeightedInjection | undefined {
  if (errors.answerPerMille > 0) {
    const weights = INJECTIONS.map((injection, i) => [injection, errors.answerWeights[i]]);
    return new WeightedInjection(errors.answerPerMille, Object.fromEntries(weights));
  }
  if (responder.slowPerMille === 0) return undefined;
  return new WeightedInjection(responder.slowPerMille, { slow: 1 });
}

function responderConfigOf(swarm: ResponderSwarm): ResponderConfig {
  return {
    latencies: [{ weight: 1, minPs: ns(swarm.latencyMinNs), maxPs: ns(swarm.latencyMaxNs) }],
    gaps: [
      { weight: 3, minPs: 0, maxPs: 0 },
      { weight: 1, minPs: 1_000, maxPs: ns(swarm.gapMaxNs) },
    ],
    reorderPercent: swarm.reorderPercent,
    splitPercent: swarm.splitPercent,
    rcbBytes: swarm.rcbBytes,
  };
}
