// Registers of the reference device in 32-bit words, wherever its windows have been placed (SRD §4).
import { assert } from '#base/assert';
import { readU32Le, writeU32Le } from '#base/bytes';
import type { Process } from '#kernel/process';
import type { RegisterReply } from './device-driver.ts';
import type { AddressWindows } from './host-address-map.ts';
import type { HostRequester } from './host/host-requester.ts';

export class SrdAccess {
  private readonly requester: HostRequester;
  private windows: AddressWindows | undefined;

  constructor(requester: HostRequester) {
    this.requester = requester;
  }

  /** The device's windows have been placed; undefined: they are gone with a reset. */
  place(windows: AddressWindows | undefined): void {
    this.windows = windows;
  }

  get isPlaced(): boolean {
    return this.windows !== undefined;
  }

  get placed(): AddressWindows {
    assert(this.windows !== undefined, 'the device is bound before it is driven');
    return this.windows;
  }

  /** Address of a PF register. */
  register(offset: number): number {
    return this.placed.registers.base + offset;
  }

  /** Reads 1 or 2 DWs at a naturally aligned address. */
  *read(address: number, count: 1 | 2): Process<RegisterReply> {
    const reply = yield* this.requester.memoryRead(address, 4 * count);
    if (reply.status !== 'SC') return { status: reply.status, words: [] };
    const low = readU32Le(reply.data, 0);
    return { status: 'SC', words: count === 1 ? [low] : [low, readU32Le(reply.data, 4)] };
  }

  /** Writes 1 or 2 DWs at a naturally aligned address; leaves now. */
  write(address: number, words: readonly number[]): void {
    const bytes = new Uint8Array(4 * words.length);
    for (let i = 0; i < words.length; i++) writeU32Le(bytes, 4 * i, words[i]);
    this.requester.memoryWrite(address, bytes);
  }

  /**
   * Writes an address register of 64 bits as one access or two.
   * @param address64 0..2^52-1. @param ignored 12 bits for 63:52, which the device stores and ignores.
   */
  write64(address: number, address64: number, ignored: number, isWide: boolean): void {
    const words = [lowWord(address64), (highWord(address64) | (ignored << 20)) >>> 0] as const;
    if (isWide) this.write(address, words);
    else words.forEach((word, i) => this.write(address + 4 * i, [word]));
  }
}

export function lowWord(value: number): number {
  return value >>> 0;
}

export function highWord(value: number): number {
  return Math.floor(value / 0x1_0000_0000);
}
