// Interrupt messages: the PF's MSI-X vector, interrupt message storage (IMS), and two MSI-X vectors for each VF. All
// entries have one shape (SRD §4, §7, §8). A vector that is raised is sent, or pending while masked, or waits while its
// Bus Master Enable is 0; raised again before it could be sent, it is sent once.
import { Queue } from '#base/queue';
import { VectorControl, VectorEntry } from '#siov/srd-registers';
import { mergeBytes } from './config-space.ts';
import type { SiovDevice } from './siov-device.ts';

/** Whose entry: which table, in the order of `Interrupts.tables`. */
export const VectorSpace = { PF: 0, IMS: 1, VF: 2 } as const;

const UNMASKED = 1;
const PENDING = 2;
const WAITING = 4;
/** FAULT ims-reserved-stored: bit 2 of the control. */
const RESERVED = 8;
const RESERVED_BIT = 1 << 2;
/** A waiting line holds `space` × this + index. */
const SPACE_STRIDE = 0x1_0000;

/** Entries of one table. Storage that is all zero is the reset value: mask 1 is kept as "not unmasked". */
export class VectorTable {
  readonly count: number;
  readonly addressLow: Uint32Array;
  readonly addressHigh: Uint32Array;
  readonly data: Uint32Array;
  readonly flags: Uint8Array;

  constructor(count: number) {
    this.count = count;
    this.addressLow = new Uint32Array(count);
    this.addressHigh = new Uint32Array(count);
    this.data = new Uint32Array(count);
    this.flags = new Uint8Array(count);
  }

  /** Every field of an entry to its reset value. */
  clear(index: number): void {
    this.addressLow[index] = 0;
    this.addressHigh[index] = 0;
    this.data[index] = 0;
    this.flags[index] = 0;
  }

  clearAll(): void {
    this.addressLow.fill(0);
    this.addressHigh.fill(0);
    this.data.fill(0);
    this.flags.fill(0);
  }

  isMasked(index: number): boolean {
    return (this.flags[index] & UNMASKED) === 0;
  }

  isPending(index: number): boolean {
    return (this.flags[index] & PENDING) !== 0;
  }

  /** The DW at byte `offset` (0, 4, 8, 12) of entry `index`; only IMS shows pending there. */
  read(index: number, offset: number, showsPending: boolean): number {
    switch (offset) {
      case VectorEntry.ADDRESS_LOW:
        return this.addressLow[index];
      case VectorEntry.ADDRESS_HIGH:
        return this.addressHigh[index];
      case VectorEntry.DATA:
        return this.data[index];
      default: {
        const mask = this.isMasked(index) ? VectorControl.MASK : 0;
        const reserved = (this.flags[index] & RESERVED) !== 0 ? RESERVED_BIT : 0;
        return (
          mask | reserved | (showsPending && this.isPending(index) ? VectorControl.PENDING : 0)
        );
      }
    }
  }
}

export class Interrupts {
  /** By `VectorSpace`. */
  readonly tables: readonly VectorTable[];
  private readonly device: SiovDevice;
  /** Vectors that may leave as soon as the link takes them. */
  private readonly line = new Queue<number>();
  /** Vectors whose Bus Master Enable is 0. */
  private readonly parked = new Queue<number>();

  constructor(device: SiovDevice) {
    const { imsCount, totalVfs } = device.params;
    this.device = device;
    this.tables = [new VectorTable(1), new VectorTable(imsCount), new VectorTable(2 * totalVfs)];
  }

  /** Whether a message may be in want of the link. */
  get hasWork(): boolean {
    return this.line.length > 0;
  }

  /** A write of the DW at byte `offset` (0..12) of an entry, with at least one byte enabled. */
  write(
    space: number,
    index: number,
    write: { readonly offset: number; readonly value: number; readonly enables: number },
  ): void {
    const table = this.tables[space];
    const { value, enables } = write;
    switch (write.offset) {
      case VectorEntry.ADDRESS_LOW:
        table.addressLow[index] = mergeBytes(table.addressLow[index], value, enables) & ~3;
        return;
      case VectorEntry.ADDRESS_HIGH:
        table.addressHigh[index] = mergeBytes(table.addressHigh[index], value, enables);
        return;
      case VectorEntry.DATA:
        table.data[index] = mergeBytes(table.data[index], value, enables);
        return;
      default:
        if ((enables & 1) === 0) return;
        if ((value & VectorControl.MASK) !== 0) table.flags[index] &= ~UNMASKED;
        else table.flags[index] |= UNMASKED;
        // FAULT ims-reserved-stored
        if (space === VectorSpace.IMS && this.device.faults.is('ims-reserved-stored')) {
          table.flags[index] &= ~RESERVED;
          if ((value & RESERVED_BIT) !== 0) table.flags[index] |= RESERVED;
        }
        this.recheck(space, index);
    }
  }

  /**
   * The vector's event has happened now, and its function may send. True: send the message at once.
   * False: it is pending, waits already, or is lost (MSI-X off).
   */
  raise(space: number, index: number): boolean {
    const table = this.tables[space];
    if (!this.isOn(space, index)) return false;
    if (this.isMasked(space, index)) {
      // FAULT mask-ignored
      if (this.device.faults.strikes('mask-ignored', 2)) return true;
      table.flags[index] |= PENDING;
      return false;
    }
    if ((table.flags[index] & WAITING) !== 0) return false;
    table.flags[index] &= ~PENDING;
    return true;
  }

  /** The vector's event has happened now; the message takes its turn on the link. */
  raiseInLine(space: number, index: number): void {
    if (!this.raise(space, index)) return;
    this.tables[space].flags[index] |= WAITING;
    this.join(space, index);
  }

  /** Mask, function mask or enable of a vector may have changed. */
  recheck(space: number, index: number): void {
    const { flags } = this.tables[space];
    const mayGo = this.isOn(space, index) && !this.isMasked(space, index);
    if (!mayGo && (flags[index] & WAITING) !== 0) {
      flags[index] = (flags[index] & ~WAITING) | PENDING;
      this.device.admin.checkQuiesce();
    } else if (mayGo && (flags[index] & (PENDING | WAITING)) === PENDING) {
      flags[index] |= WAITING;
      this.join(space, index);
    }
  }

  /** Some Bus Master Enable went to 1. */
  unpark(): void {
    for (let left = this.parked.length; left > 0; left--) {
      const code = this.parked.shift();
      if (code !== undefined) this.line.push(code);
    }
    if (this.hasWork) this.device.link.wake();
  }

  /** Sends one message that waits, if one may go. */
  trySend(): boolean {
    for (;;) {
      const code = this.line.shift();
      if (code === undefined) return false;
      const space = Math.floor(code / SPACE_STRIDE);
      const index = code % SPACE_STRIDE;
      const { flags } = this.tables[space];
      if ((flags[index] & WAITING) === 0) continue;
      if (!this.mayMaster(space, index)) {
        this.parked.push(code);
        continue;
      }
      flags[index] &= ~(WAITING | PENDING);
      this.device.link.sendMessage(space, index);
      this.device.admin.checkQuiesce();
      return true;
    }
  }

  /** Whether an entry of the range (IMS) has a message that waits for its turn or for Bus Master Enable. */
  isWaiting(first: number, count: number): boolean {
    const { flags } = this.tables[VectorSpace.IMS];
    for (let i = first; i < first + count; i++) if ((flags[i] & WAITING) !== 0) return true;
    return false;
  }

  /** Mask and pending bits to their reset values; address and data stay. What waits is lost. */
  resetWorkState(space: number, index: number): void {
    const { flags } = this.tables[space];
    // FAULT reset-keeps-interrupt
    flags[index] = this.device.faults.is('reset-keeps-interrupt') ? flags[index] & PENDING : 0;
  }

  /** Power-up or PF FLR. */
  reset(): void {
    for (const table of this.tables) table.clearAll();
    this.line.clear();
    this.parked.clear();
  }

  private join(space: number, index: number): void {
    this.line.push(space * SPACE_STRIDE + index);
    this.device.link.wake();
  }

  private isOn(space: number, index: number): boolean {
    if (space === VectorSpace.IMS) return true;
    if (space === VectorSpace.PF) return this.device.settings.msixEnabled;
    return this.device.vfs.isMsixEnabled(vfOf(index));
  }

  private isMasked(space: number, index: number): boolean {
    if (this.tables[space].isMasked(index)) return true;
    if (space === VectorSpace.IMS) return false;
    if (space === VectorSpace.PF) return this.device.settings.msixMasked;
    return this.device.vfs.isMsixMasked(vfOf(index));
  }

  private mayMaster(space: number, index: number): boolean {
    if (this.device.faults.is('bme-ignored')) return true; // FAULT bme-ignored
    if (space !== VectorSpace.VF) return this.device.settings.busMaster;
    return this.device.vfs.isBusMaster(vfOf(index));
  }
}

/** The VF (1-based) of an entry of the VF table: two vectors each. */
export function vfOf(index: number): number {
  return (index >> 1) + 1;
}
