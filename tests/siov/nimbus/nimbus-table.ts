// The SDIs of Nimbus: state, Routing ID, pages, vectors; and what a command may do with them.
import type { NimbusDevice } from './nimbus-device.ts';
import { NimbusQueue } from './nimbus-queue.ts';
import { Command, Outcome, STRIDED, WITH_ARGUMENTS } from './nimbus-registers.ts';

export type NimbusState = 'free' | 'open' | 'running' | 'resetting';

export interface NimbusVector {
  address: number;
  data: number;
  isEnabled: boolean;
  isPending: boolean;
}

export class NimbusSdi {
  readonly index: number;
  state: NimbusState = 'free';
  rid = 0;
  firstPage = 0;
  pageCount = 0;
  firstVector = 0;
  vectorCount = 0;
  /** DRAIN is waiting for its work to end. */
  isDraining = false;
  readonly queue: NimbusQueue;

  constructor(index: number) {
    this.index = index;
    this.queue = new NimbusQueue(this);
  }
}

/** Six DWs as they were written to the mailbox. */
export type Arguments = readonly number[];

const PAGES_MAX = 8;
const VECTORS_MAX = 32;
/** What a report says of an SDI. */
export const STATE_CODES: Readonly<Record<NimbusState, number>> = {
  free: 7,
  open: 1,
  running: 3,
  resetting: 5,
};

export class NimbusTable {
  readonly sdis: readonly NimbusSdi[];
  readonly vectors: readonly NimbusVector[];
  readonly scratch: readonly Uint32Array[];
  private readonly device: NimbusDevice;
  private hasExisted = false;

  constructor(device: NimbusDevice) {
    const { interfaces, pages, vectors } = device.params;
    this.device = device;
    this.sdis = Array.from({ length: interfaces }, (_, i) => new NimbusSdi(i));
    this.scratch = Array.from({ length: pages }, () => new Uint32Array(16));
    this.vectors = Array.from({ length: vectors }, () => ({
      address: 0,
      data: 0,
      isEnabled: false,
      isPending: false,
    }));
  }

  ownerOfPage(page: number): NimbusSdi | undefined {
    return this.sdis.find(
      (sdi) =>
        sdi.state !== 'free' && page >= sdi.firstPage && page < sdi.firstPage + sdi.pageCount,
    );
  }

  ownerOfRid(rid: number): NimbusSdi | undefined {
    return this.sdis.find((sdi) => sdi.state !== 'free' && sdi.rid === rid);
  }

  ownerOfVector(vector: number): NimbusSdi | undefined {
    return this.sdis.find(
      (sdi) =>
        sdi.state !== 'free' &&
        vector >= sdi.firstVector &&
        vector < sdi.firstVector + sdi.vectorCount,
    );
  }

  /** Of some SDI that exists, for faults. */
  someRid(except?: NimbusSdi): number {
    return (
      this.sdis.find((sdi) => sdi.state === 'running' && sdi !== except)?.rid ??
      this.device.pfRid + 1
    );
  }

  /** Why a command fails, or FINE; nothing has changed yet. */
  judge(word: number, [index, rid, ...wish]: Arguments): number {
    const command = word & 0xff;
    if (!Object.values(Command).some((code) => code === command)) return Outcome.COMMAND;
    const sdi = this.sdis[index];
    if (sdi === undefined) return Outcome.INDEX;
    if (!allows(command, sdi.state)) return Outcome.STATE;
    const hasArguments =
      command === Command.OPEN || (command === Command.RESET && (word & WITH_ARGUMENTS) !== 0);
    return hasArguments ? this.judgeWish(sdi, rid, wish) : Outcome.FINE;
  }

  private judgeWish(sdi: NimbusSdi, rid: number, wish: Arguments): number {
    const [firstPage, pageCount, firstVector, vectorCount] = wish;
    const { pages, vectors } = this.device.params;
    const owner = this.ownerOfRid(this.stridedRid(sdi.index));
    if (rid !== STRIDED || (owner !== undefined && owner !== sdi)) return Outcome.ROUTING_ID;
    if (pageCount < 1 || pageCount > PAGES_MAX || firstPage + pageCount > pages)
      return Outcome.PAGES;
    for (let page = firstPage; page < firstPage + pageCount; page++) {
      if ((this.ownerOfPage(page) ?? sdi) !== sdi) return Outcome.PAGES;
    }
    if (vectorCount > VECTORS_MAX) return Outcome.VECTORS;
    if (vectorCount > 0 && firstVector + vectorCount > vectors) return Outcome.VECTORS;
    for (let vector = firstVector; vector < firstVector + vectorCount; vector++) {
      if ((this.ownerOfVector(vector) ?? sdi) !== sdi) return Outcome.VECTORS;
    }
    return Outcome.FINE;
  }

  private stridedRid(index: number): number {
    const { firstInterface, interfaceStep } = this.device.params;
    return (this.device.pfRid + firstInterface + index * interfaceStep) & 0xffff;
  }

  assign(sdi: NimbusSdi, [, , firstPage, pageCount, firstVector, vectorCount]: Arguments): void {
    Object.assign(sdi, {
      firstPage,
      pageCount,
      firstVector,
      vectorCount,
      rid: this.stridedRid(sdi.index),
    });
    this.clear(sdi, true);
  }

  /** Scratch and queue to reset values, vectors masked; with `isWhole` their messages are forgotten, too. */
  clear(sdi: NimbusSdi, isWhole: boolean): void {
    const keepsScratch = this.device.faults.has('scratch-survives');
    for (let page = sdi.firstPage; page < sdi.firstPage + sdi.pageCount; page++) {
      if (!keepsScratch) this.scratch[page].fill(0);
    }
    for (const vector of this.vectorsOf(sdi)) {
      vector.isEnabled = false;
      vector.isPending = false;
      if (isWhole) Object.assign(vector, { address: 0, data: 0 });
    }
    sdi.queue.reset();
  }

  vectorsOf(sdi: NimbusSdi): readonly NimbusVector[] {
    return this.vectors.slice(sdi.firstVector, sdi.firstVector + sdi.vectorCount);
  }

  free(sdi: NimbusSdi): void {
    this.clear(sdi, true);
    Object.assign(sdi, { state: 'free', pageCount: 0, vectorCount: 0, isDraining: false });
    this.showExistence();
  }

  freeAll(): void {
    this.hasExisted = false;
    for (const sdi of this.sdis) this.free(sdi);
  }

  /** PF FLR: what exists is open again, with its messages. */
  keepAll(): void {
    for (const sdi of this.sdis) {
      if (sdi.state === 'free') continue;
      this.clear(sdi, false);
      sdi.state = 'open';
      sdi.isDraining = false;
    }
    this.showExistence();
  }

  showExistence(): void {
    const exists = this.sdis.some((sdi) => sdi.state !== 'free');
    this.hasExisted ||= exists;
    this.device.config.sdisExist =
      exists || (this.hasExisted && this.device.faults.has('status-stuck'));
  }
}

function allows(command: number, state: NimbusState): boolean {
  switch (command) {
    case Command.OPEN:
      return state === 'free';
    case Command.DRAIN:
      return state === 'running';
    case Command.RESET:
      return state === 'open' || state === 'running';
    case Command.REPORT:
      return true;
    default:
      return state === 'open';
  }
}
