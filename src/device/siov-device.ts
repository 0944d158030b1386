// The SIOV reference device (SRD): all parts, wired together, and the loop that takes TLPs and its own events in the
// order of time. Parts know each other through this object. What it does depends on the TLPs, their times, the seed and
// resets alone: a TLP that arrives at the time of an internal event comes first (DUT protocol).
//
//   host TLPs -> completer (BARs), config-access -> registers: pf-registers, work-pages, config-space, admin, …
//   work queues -> scheduler -> engines -> requester (tags, completions) -> link -> TLPs to the host
import { copyOfBytes } from '#base/fresh-bytes';
import { Queue } from '#base/queue';
import { isMalformed, decodeTlp } from '#pcie/codec';
import { malformedReason } from '#pcie/rules';
import { isCompletion, isConfigRequest, isMemoryRead, isMessage, Tlp } from '#pcie/tlp';
import { RandomStream } from '#random/random-stream';
import { pfConfigFields } from '#siov/config-space-table';
import { SdiState } from '#siov/sdi-life';
import type { SrdParams } from '#siov/srd-params';
import { VfMsix } from '#siov/srd-registers';
import { Admin } from './admin.ts';
import { drawCharacter, type Character } from './character.ts';
import { Completer } from './completer.ts';
import { handleConfigRequest } from './config-access.ts';
import { ConfigSpace, ConfigTemplate } from './config-space.ts';
import { AER_STATUS_OFFSET, ErrorLog } from './error-log.ts';
import { DeviceEvent, EventQueue } from './event-queue.ts';
import type { FaultSwitch } from './faults.ts';
import { Interrupts, VectorSpace } from './interrupts.ts';
import { Link } from './link.ts';
import { Requester } from './requester.ts';
import { Scheduler } from './scheduler.ts';
import { SdiTable } from './sdi-table.ts';
import { planFlrWrites, sendLateWrite } from './sdi-reset.ts';
import { PfConfig, PfConfigBit, Settings } from './settings.ts';
import type { Range } from './timing.ts';
import { VirtualFunctions } from './virtual-functions.ts';
import { WorkPages } from './work-pages.ts';
import type { WorkQueue } from './work-queue.ts';

const AER_CORRECTABLE_MASK = 0x114;

export class SiovDevice {
  readonly params: SrdParams;
  readonly faults: FaultSwitch;
  readonly random: RandomStream;
  readonly character: Character;
  readonly events = new EventQueue();
  readonly config: ConfigSpace;
  readonly settings = new Settings();
  readonly errors: ErrorLog;
  readonly link: Link;
  readonly requester: Requester;
  readonly interrupts: Interrupts;
  readonly sdis: SdiTable;
  readonly vfs: VirtualFunctions;
  readonly pages: WorkPages;
  readonly admin: Admin;
  readonly scheduler: Scheduler;
  readonly completer: Completer;
  /** Simulated time, picoseconds. */
  nowPs = 0;
  /** Captured from Configuration Writes (SRD §2). */
  bus = 0;
  /** An FLR of the PF runs. */
  isResetting = false;
  private resetEpoch = 0;
  private readonly arriving = new Tlp();
  /** TLPs that have arrived and not yet taken effect. */
  private readonly inbound = new Queue<Uint8Array>();

  /**
   * @param seed decimal text of the run's seed: character and latencies are drawn from it.
   * @param character what to be like instead.
   */
  constructor(params: SrdParams, seed: string, faults: FaultSwitch, character?: Character) {
    this.params = params;
    this.faults = faults;
    this.random = new RandomStream(`device\0${seed}`);
    this.character =
      character ?? drawCharacter(new RandomStream(`device character\0${seed}`), params);
    this.config = new ConfigSpace(new ConfigTemplate(pfConfigFields(params)));
    this.spoilReset();
    this.errors = new ErrorLog(this);
    this.link = new Link(this);
    this.requester = new Requester(this);
    this.interrupts = new Interrupts(this);
    this.sdis = new SdiTable(this);
    this.vfs = new VirtualFunctions(this);
    this.pages = new WorkPages(this);
    this.admin = new Admin(this);
    this.scheduler = new Scheduler(this);
    this.completer = new Completer(this);
    this.applyPfConfig();
  }

  get pfRid(): number {
    return this.bus << 8;
  }

  /** A duration drawn from a range, picoseconds. */
  draw(range: Range): number {
    return this.random.range(range[0], range[1]);
  }

  /** Takes all events up to `untilPs`, or only those before it. */
  runEvents(untilPs: number, isBefore: boolean): void {
    const { events } = this;
    for (;;) {
      const next = events.nextPs();
      if (next > untilPs || (isBefore && next === untilPs)) return;
      this.runNextEvent();
    }
  }

  /** Takes the earliest event. */
  runNextEvent(): void {
    const { events } = this;
    this.nowPs = events.nextPs();
    events.take();
    const { takenKind, takenA, takenB } = events;
    switch (takenKind) {
      case DeviceEvent.LINK_FREE:
        this.link.onFree();
        return;
      case DeviceEvent.COMPLETION_READY:
        this.link.onCompletionReady(takenA);
        return;
      case DeviceEvent.ENGINE_READY:
        this.scheduler.engines[takenA].onReady(takenB);
        return;
      case DeviceEvent.COMMAND_END:
        this.admin.onEnd(takenA);
        return;
      case DeviceEvent.PF_RESET_END:
        if (takenA === this.resetEpoch) this.isResetting = false;
        return;
      case DeviceEvent.VF_RESET_END:
        this.vfs.onResetEnd(takenA, takenB);
        return;
      case DeviceEvent.COMPLETION_TIMEOUT:
        this.requester.onTimer();
        return;
      case DeviceEvent.STALE_WRITE:
        sendLateWrite(this, takenA, takenB); // FAULT reset-late-write, flr-late-write
        return;
      default:
        this.runPassageEvent(takenKind, takenA);
    }
  }

  /** A TLP of the host arrives at `nowPs`; it takes effect now or a fixed time later, so in order. */
  arrive(bytes: Uint8Array): void {
    const { ingressPs } = this.character;
    if (ingressPs === 0) {
      this.receive(bytes);
      return;
    }
    this.inbound.push(copyOfBytes(bytes));
    this.events.schedule(this.nowPs + ingressPs, DeviceEvent.ARRIVAL);
  }

  private runPassageEvent(kind: number, a: number): void {
    switch (kind) {
      case DeviceEvent.ARRIVAL: {
        const bytes = this.inbound.shift();
        if (bytes !== undefined) this.receive(bytes);
        return;
      }
      case DeviceEvent.DEPARTURE:
        this.link.onDeparture();
        return;
      case DeviceEvent.ERRORS_SHOWN:
        this.errors.show();
        return;
      default:
        this.admin.onEffect(a);
    }
  }

  private receive(bytes: Uint8Array): void {
    const tlp = this.arriving;
    const isTlp = !isMalformed(decodeTlp(bytes, tlp));
    if (!isTlp || this.isMalformedHere(tlp)) {
      this.errors.malformed();
      const isAnswered = isTlp && isMemoryRead(tlp.kind) && this.faults.is('malformed-answered');
      if (isAnswered) this.completer.handle(tlp); // FAULT malformed-answered
      return;
    }
    // FAULT message-logged
    if (isMessage(tlp.kind) && this.faults.is('message-logged')) this.errors.unsupportedRequest();
    if (isCompletion(tlp.kind)) this.requester.receive(tlp);
    else if (isConfigRequest(tlp.kind)) handleConfigRequest(this, tlp);
    else if (!isMessage(tlp.kind)) this.completer.handle(tlp);
  }

  /** The PF's configuration space has changed: what now holds, and what may now go on. */
  applyPfConfig(): void {
    const { settings, params } = this;
    const wasMaster = settings.busMaster;
    const wasD3 = settings.d3hot;
    settings.update(this.config, params.totalVfs > 0, params.pasid);
    this.interrupts.recheck(VectorSpace.PF, 0);
    if (!wasMaster && settings.busMaster) this.scheduler.onBusMaster(this.sdis.allQueues());
    if (wasD3 && !settings.d3hot) this.scheduler.onBusMaster(this.vfs.allQueues());
  }

  /** SIOV Status bit 0. */
  showSdiStatus(isActive: boolean): void {
    // FAULT status-bit-stuck
    if (!isActive && this.faults.is('status-bit-stuck')) return;
    this.config.assign(PfConfig.SIOV_STATUS, 1 << PfConfigBit.SDI_ENABLED, isActive);
  }

  /** The RID of a queue's requests. */
  ridOf(queue: WorkQueue): number {
    return queue.isVf ? this.vfs.ridOf(queue.index) : this.sdis.rids[queue.index];
  }

  /** Whether the queue's SDI is ENABLED, or its VF is there and not in reset. */
  isQueueEnabled(queue: WorkQueue): boolean {
    if (queue.isVf) return this.vfs.get(queue.index)?.isResetting === false;
    const state = this.sdis.states[queue.index];
    // FAULT disabled-sdi-runs
    if (state === SdiState.CREATED && this.faults.is('disabled-sdi-runs')) return true;
    return state === SdiState.ENABLED;
  }

  /** Whether requests of the queue may leave. */
  isBusMaster(queue: WorkQueue): boolean {
    if (this.faults.is('bme-ignored')) return true; // FAULT bme-ignored
    // FAULT d3hot-ignored
    if (!queue.isVf && this.settings.d3hot && this.faults.is('d3hot-ignored')) {
      return this.config.bit(PfConfig.COMMAND, PfConfigBit.BUS_MASTER);
    }
    return queue.isVf ? this.vfs.isBusMaster(queue.index) : this.settings.busMaster;
  }

  /** First entry of the queue's vectors in its table, and how many it has. */
  firstVectorOf(queue: WorkQueue): number {
    return queue.isVf ? VfMsix.COUNT * (queue.index - 1) : this.sdis.firstVectors[queue.index];
  }

  vectorCountOf(queue: WorkQueue): number {
    return queue.isVf ? VfMsix.COUNT : this.sdis.vectorCounts[queue.index];
  }

  /** FLR of the PF (SRD §9). */
  startPfReset(): void {
    const { lifetimeOps } = this.sdis;
    const kept = this.faults.is('flr-keeps-lifetime') ? lifetimeOps.slice() : undefined;
    const atPs = this.nowPs + this.draw(this.character.latencies.pfReset);
    if (this.faults.is('flr-late-write')) planFlrWrites(this, atPs); // FAULT flr-late-write
    this.requester.silence();
    this.errors.show();
    this.clearState();
    this.config.resetByFlr();
    if (kept !== undefined) lifetimeOps.set(kept); // FAULT flr-keeps-lifetime
    this.isResetting = true;
    this.events.schedule(atPs, DeviceEvent.PF_RESET_END, ++this.resetEpoch);
  }

  /** Cold or hot reset: power-up values; all that is under way is lost. */
  powerUp(): void {
    this.events.clear();
    this.inbound.clear();
    this.link.reset();
    this.requester.reset();
    this.clearState();
    this.faults.reset();
    const aer = this.config.read(AER_STATUS_OFFSET >> 2);
    this.config.resetAll();
    this.spoilReset();
    // FAULT hot-reset-keeps-aer
    if (this.faults.is('hot-reset-keeps-aer')) this.config.assign(AER_STATUS_OFFSET, aer, true);
    if (!this.faults.is('hot-reset-keeps-bus')) this.bus = 0; // FAULT hot-reset-keeps-bus
    this.isResetting = false;
    this.resetEpoch++;
    this.applyPfConfig();
  }

  /** FAULT config-resets-wrong */
  private spoilReset(): void {
    if (this.faults.is('config-resets-wrong')) this.config.assign(AER_CORRECTABLE_MASK, -1, false);
  }

  /** All but configuration space, link and outstanding requests to reset values. */
  private clearState(): void {
    this.scheduler.reset();
    this.interrupts.reset();
    this.vfs.remove();
    this.sdis.reset();
    this.pages.reset();
    this.admin.reset();
    this.errors.reset();
  }

  /** Malformed by what the codec does not look at; Max_Payload_Size is the receiver's setting. */
  private isMalformedHere(tlp: Tlp): boolean {
    return malformedReason(tlp, this.settings.maxPayloadBytes) !== undefined;
  }
}
