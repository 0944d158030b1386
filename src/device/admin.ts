// Admin commands (SRD §5): checked and begun at the TLP that writes COMMAND, ended some time later. One at a time.
import {
  AdminOpcode,
  decodeAdminArguments,
  decodeCommand,
  encodeCommandStatus,
  SDI_PAGES_MAX,
  SDI_VECTORS_MAX,
  type AdminArguments,
  type SdiRequest,
} from '#siov/srd-admin';
import { CommandStatus, SdiState } from '#siov/sdi-life';
import { ARG_COUNT, RESULT_COUNT } from '#siov/srd-registers';
import { DeviceEvent } from './event-queue.ts';
import { VectorSpace } from './interrupts.ts';
import { beginSdiReset, endSdiReset } from './sdi-reset.ts';
import type { SdiResources } from './sdi-table.ts';
import type { SiovDevice } from './siov-device.ts';

export class Admin {
  readonly args = new Uint32Array(ARG_COUNT);
  readonly results = new Uint32Array(RESULT_COUNT);
  private readonly device: SiovDevice;
  private isBusy = false;
  private opcode = 0;
  private sequence = 0;
  /** Decided when the command begins. */
  private status = 0;
  private sdi = 0;
  /** CREATE_SDI and reconfigure: what the SDI gets. */
  private resources: SdiResources | undefined;
  private lastStatus = 0;
  private lastSequence = 0;
  /** Tells the end of this command from that of one that a PF FLR dropped. */
  private epoch = 0;
  /** The command has taken effect, all but what SRD ties to its end. */
  private isEffective = false;
  private readonly queried = new Uint32Array(RESULT_COUNT);
  /** QUIESCE_SDI has its end only to wait for. */
  private isDraining = false;

  constructor(device: SiovDevice) {
    this.device = device;
  }

  /** COMMAND_STATUS. */
  get statusWord(): number {
    return encodeCommandStatus({
      busy: this.isBusy,
      status: this.lastStatus,
      sequence: this.lastSequence,
    });
  }

  /** A write of COMMAND. While a command is busy it is ignored. */
  start(word: number): void {
    if (this.isBusy) return;
    const { opcode, sequence } = decodeCommand(word);
    const args = decodeAdminArguments(this.args);
    this.isBusy = true;
    this.opcode = opcode;
    this.sequence = sequence;
    this.sdi = args.sdi;
    this.resources = undefined;
    this.isDraining = false;
    this.status = this.check(opcode, args);
    const isReset = this.status === CommandStatus.OK && opcode === AdminOpcode.RESET_SDI;
    if (this.status === CommandStatus.OK) this.begin(opcode);
    const { latencies } = this.device.character;
    const latency = this.device.draw(isReset ? latencies.sdiReset : latencies.command);
    const { nowPs, events } = this.device;
    events.schedule(nowPs + latency, DeviceEvent.COMMAND_END, ++this.epoch);
    this.isEffective = false;
    const share = this.device.draw(this.device.character.effect) / 1000;
    if (share === 0) this.takeEffect();
    else if (share < 1) {
      const atPs = nowPs + Math.floor(latency * share);
      events.schedule(atPs, DeviceEvent.COMMAND_EFFECT, this.epoch);
    }
  }

  /** Between the beginning and the end of command `epoch`: effects may show from now on. */
  onEffect(epoch: number): void {
    if (this.isBusy && epoch === this.epoch) this.takeEffect();
  }

  /** The time of command `epoch` has come. */
  onEnd(epoch: number): void {
    if (!this.isBusy || epoch !== this.epoch) return;
    const drains = this.status === CommandStatus.OK && this.opcode === AdminOpcode.QUIESCE_SDI;
    if (!drains) {
      this.end();
      return;
    }
    this.isDraining = true;
    this.checkQuiesce();
  }

  /** Something that QUIESCE_SDI may wait for has ended. */
  checkQuiesce(): void {
    if (!this.isDraining) return;
    const { sdis, interrupts, settings } = this.device;
    const queue = sdis.queueIfAny(this.sdi);
    if (queue !== undefined && queue.engine >= 0) return;
    if (!settings.busMaster) return;
    if (interrupts.isWaiting(sdis.firstVectors[this.sdi], sdis.vectorCounts[this.sdi])) return;
    this.isDraining = false;
    this.end();
  }

  /** Power-up or PF FLR: a busy command is dropped without a message. */
  reset(): void {
    this.args.fill(0);
    this.results.fill(0);
    this.isBusy = false;
    this.isDraining = false;
    this.lastStatus = 0;
    this.lastSequence = 0;
    this.epoch++;
  }

  /** The checks of SRD §5, in its order. */
  private check(opcode: number, args: AdminArguments): number {
    if (opcode < AdminOpcode.CREATE_SDI || opcode > AdminOpcode.QUERY_SDI) {
      return CommandStatus.BAD_OPCODE;
    }
    if (args.sdi >= this.device.params.totalSdis) return CommandStatus.BAD_INDEX;
    if (!isFrom(opcode, this.device.sdis.states[args.sdi])) return CommandStatus.BAD_STATE;
    const isCreate = opcode === AdminOpcode.CREATE_SDI;
    if (isCreate && !this.device.params.mixedIov && this.device.vfs.count > 0) {
      return CommandStatus.MIXED_IOV;
    }
    const isReconfigure = opcode === AdminOpcode.RESET_SDI && args.reconfigure;
    return isCreate || isReconfigure ? this.checkResources(args, isReconfigure) : CommandStatus.OK;
  }

  private checkResources(args: AdminArguments, isReconfigure: boolean): number {
    const { sdis, params, faults } = this.device;
    const self = isReconfigure ? args.sdi : -1;
    const rid = args.softwareRid ?? sdis.stridedRid(args.sdi);
    const isForbidden = args.softwareRid !== undefined && !params.softwareRids;
    // FAULT rid-conflict-accepted
    const isConflict = this.isRidTaken(rid, self) && !faults.is('rid-conflict-accepted');
    if (isForbidden || isConflict) return CommandStatus.RID_CONFLICT;
    const { firstPage, pageCount, firstVector, vectorCount } = args;
    const hasPages = pageCount >= 1 && pageCount <= SDI_PAGES_MAX;
    if (!hasPages || !isFreeFor(sdis.pageOwners, firstPage, pageCount, self)) {
      return CommandStatus.PAGE_CONFLICT;
    }
    const isFree =
      vectorCount === 0 || isFreeFor(sdis.vectorOwners, firstVector, vectorCount, self);
    if (vectorCount > SDI_VECTORS_MAX || !isFree) return CommandStatus.IMS_CONFLICT;
    this.resources = resourcesOf(args, rid);
    return CommandStatus.OK;
  }

  private isRidTaken(rid: number, self: number): boolean {
    const { sdis, vfs, pfRid } = this.device;
    if (self >= 0 && sdis.rids[self] === rid) return false;
    return rid === pfRid || sdis.isRidTaken(rid) || vfs.hasRid(rid);
  }

  /** What counts from the TLP on. */
  private begin(opcode: number): void {
    const { sdis } = this.device;
    if (this.resources !== undefined) sdis.takeRid(this.resources.rid);
    if (opcode === AdminOpcode.CREATE_SDI) sdis.takenCount++;
    else if (opcode === AdminOpcode.QUIESCE_SDI) sdis.setState(this.sdi, SdiState.QUIESCING);
    else if (opcode === AdminOpcode.RESET_SDI) beginSdiReset(this.device, this.sdi);
  }

  private end(): void {
    this.results.fill(0);
    if (this.status === CommandStatus.OK) this.complete();
    this.isBusy = false;
    this.lastStatus = this.status;
    this.lastSequence = this.sequence;
    this.device.interrupts.raiseInLine(VectorSpace.PF, 0);
  }

  /** What SRD §5 lets happen at any time between the beginning of a command and its end. */
  private takeEffect(): void {
    const { sdi, device } = this;
    const { sdis } = device;
    if (this.isEffective || this.status !== CommandStatus.OK) return;
    this.isEffective = true;
    switch (this.opcode) {
      case AdminOpcode.CREATE_SDI:
        this.completeCreate();
        return;
      case AdminOpcode.DESTROY_SDI:
        sdis.releaseAll(sdi);
        sdis.setState(sdi, SdiState.FREE);
        return;
      case AdminOpcode.ENABLE_SDI:
        sdis.setState(sdi, SdiState.ENABLED);
        device.scheduler.consider(sdis.queue(sdi));
        return;
      case AdminOpcode.QUERY_SDI:
        this.query(sdi);
        return;
      default:
    }
  }

  /** What happens at the end and not before. */
  private complete(): void {
    const { sdi, device } = this;
    const { sdis } = device;
    this.takeEffect();
    switch (this.opcode) {
      case AdminOpcode.DESTROY_SDI:
        sdis.freeRid(sdis.rids[sdi]);
        sdis.takenCount--;
        return;
      case AdminOpcode.QUIESCE_SDI:
        sdis.setState(sdi, SdiState.CREATED);
        return;
      case AdminOpcode.RESET_SDI:
        endSdiReset(device, sdi, this.resources);
        return;
      case AdminOpcode.QUERY_SDI:
        this.results.set(this.queried);
        return;
      default:
    }
  }

  private completeCreate(): void {
    const { sdi, resources, device } = this;
    if (resources === undefined) return;
    const { sdis } = device;
    sdis.assign(sdi, resources);
    sdis.clearPages(sdi, device.faults.is('destroy-keeps-scratch')); // FAULT destroy-keeps-scratch
    sdis.clearEntries(sdi);
    sdis.setState(sdi, SdiState.CREATED);
  }

  private query(sdi: number): void {
    const { sdis, requester, faults } = this.device;
    const state = sdis.states[sdi];
    const queue = sdis.queueIfAny(sdi);
    this.queried[0] = state;
    this.queried[1] = state === SdiState.FREE ? 0 : sdis.rids[sdi];
    if (faults.is('query-rid-wrong') && state !== SdiState.FREE) this.queried[1] ^= 1; // FAULT query-rid-wrong
    this.queried[2] = queue === undefined ? 0 : requester.countOf(queue);
    this.queried[3] = sdis.lifetimeOps[sdi];
  }
}

/** Whether the command may start in this state (column "from" of SRD §5). */
function isFrom(opcode: number, state: number): boolean {
  switch (opcode) {
    case AdminOpcode.CREATE_SDI:
      return state === SdiState.FREE;
    case AdminOpcode.DESTROY_SDI:
    case AdminOpcode.ENABLE_SDI:
      return state === SdiState.CREATED;
    case AdminOpcode.QUIESCE_SDI:
      return state === SdiState.ENABLED;
    case AdminOpcode.RESET_SDI:
      return state === SdiState.CREATED || state === SdiState.ENABLED;
    default:
      return true;
  }
}

/** Whether first..first+count-1 are in range and belong to nobody, or to `self`. */
function isFreeFor(owners: Uint16Array, first: number, count: number, self: number): boolean {
  if (first + count > owners.length) return false;
  for (let i = first; i < first + count; i++) {
    if (owners[i] !== 0 && owners[i] !== self + 1) return false;
  }
  return true;
}

function resourcesOf(request: SdiRequest, rid: number): SdiResources {
  const { firstPage, pageCount, firstVector, vectorCount } = request;
  return {
    rid,
    firstPage,
    pageCount,
    firstVector: vectorCount === 0 ? 0 : firstVector,
    vectorCount,
  };
}
