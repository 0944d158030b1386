// One function's configuration space as the host wrote it: what a Configuration Read must give in the bits that are
// binding. Built from the table of src/siov; SIOV Status, AER status and VF Enable have rules of their own.
// Source: SRD §3, §8, §9; config-space table.
import { assert } from '#base/assert';
import type { ConfigField } from '#siov/config-space-table';
import { maskOfBe } from '../device/word-check.ts';

const SPACE_DWS = 1024;

/** A field in one DW: fields that reach into a second DW are two. */
interface Slice {
  readonly dw: number;
  readonly mask: number;
  readonly reset: number;
  readonly isWritable: boolean;
  readonly isFree: boolean;
  readonly isFlr: boolean;
}

export class ConfigSpaceModel {
  private readonly value = new Uint32Array(SPACE_DWS);
  private readonly checked = new Uint32Array(SPACE_DWS);
  private readonly binding = new Uint32Array(SPACE_DWS);
  private readonly writable = new Uint32Array(SPACE_DWS);
  private readonly free = new Uint32Array(SPACE_DWS);
  private readonly slices: readonly Slice[];

  constructor(fields: readonly ConfigField[]) {
    this.slices = fields.filter((field) => field.checked).flatMap(slicesOf);
    for (const { dw, mask, isWritable, isFree } of this.slices) {
      this.binding[dw] |= mask;
      if (isWritable && !isFree) this.writable[dw] |= mask;
      if (isFree) this.free[dw] |= mask;
    }
    this.reset(true);
  }

  reset(isCold: boolean): void {
    for (const { dw, mask, reset, isFlr } of this.slices) {
      if (!isCold && !isFlr) continue;
      this.value[dw] = ((this.value[dw] & ~mask) | reset) >>> 0;
      this.checked[dw] = (this.checked[dw] | mask) >>> 0;
    }
  }

  write(dw: number, word: number, be: number): void {
    const enabled = maskOfBe(be);
    const mask = this.writable[dw] & enabled;
    this.value[dw] = ((this.value[dw] & ~mask) | (word & mask)) >>> 0;
    this.checked[dw] = (this.checked[dw] & ~(this.free[dw] & enabled)) >>> 0;
  }

  /** Whether the bits of `mask` are taken as known from now on, with this value. */
  learn(dw: number, mask: number, value: number): void {
    this.value[dw] = ((this.value[dw] & ~mask) | (value & mask)) >>> 0;
    this.checked[dw] = (this.checked[dw] | (mask & this.binding[dw])) >>> 0;
  }

  /** The bits of `mask` are not known until they are learned or reset. */
  forget(dw: number, mask: number): void {
    this.checked[dw] = (this.checked[dw] & ~mask) >>> 0;
  }

  valueAt(dw: number): number {
    return this.value[dw];
  }

  maskAt(dw: number): number {
    return this.checked[dw];
  }
}

/** Bits low..high of a field, counted from bit 0 of byte `offset`, cut at DWs. */
function slicesOf(field: ConfigField): Slice[] {
  const { offset, high, low, reset, access, resetBy, size, write } = field;
  const slices: Slice[] = [];
  const start = 8 * offset + low;
  const end = 8 * offset + high;
  const isRw = access === 'RW' && write !== 'flr' && write !== 'vfenable';
  for (let dw = start >>> 5; dw <= end >>> 5; dw++) {
    const from = Math.max(start, 32 * dw) - 32 * dw;
    const to = Math.min(end, 32 * dw + 31) - 32 * dw;
    const mask = maskOf(from, to);
    // Base addresses: address bits below the size are RO 0.
    const roMask = size === undefined ? 0 : readOnlyBits(size, 32 * dw - 8 * offset);
    assert(reset === 0 || start >>> 5 === end >>> 5, 'only base addresses reach into a second DW');
    const whole = ((reset << from) & mask) >>> 0;
    const isFlr = resetBy.includes('flr');
    const isFree = write === 'free';
    const rw = (mask & ~roMask) >>> 0;
    const ro = (mask & roMask) >>> 0;
    if (rw !== 0)
      slices.push({ dw, mask: rw, reset: (whole & rw) >>> 0, isWritable: isRw, isFree, isFlr });
    if (ro !== 0) slices.push({ dw, mask: ro, reset: 0, isWritable: false, isFree, isFlr });
  }
  return slices;
}

function maskOf(from: number, to: number): number {
  return to - from === 31 ? 0xffff_ffff : (((1 << (to - from + 1)) - 1) << from) >>> 0;
}

/** Of the 32 address bits from bit `firstBit` on, those below `size` (a power of two). */
function readOnlyBits(size: number, firstBit: number): number {
  const bits = Math.log2(size) - firstBit;
  if (bits <= 0) return 0;
  return bits >= 32 ? 0xffff_ffff : (1 << bits) - 1;
}
