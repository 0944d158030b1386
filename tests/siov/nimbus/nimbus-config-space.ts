// Configuration space of Nimbus's PF, the only function: bytes, and which bits take writes. PCI Express at 0x40, MSI-X at 0x80, and
// SIOV as the only extended capability.
import { roundUpToPowerOfTwo } from '#base/bits';
import { readU32Le, writeU32Le } from '#base/bytes';
import type { NimbusParams } from './nimbus-params.ts';
import {
  MAILBOX_BYTES,
  MSIX_BYTES,
  MsixAt,
  PAGE_BYTES,
  PcieAt,
  PF_MSIX_TABLE,
  SiovAt,
} from './nimbus-registers.ts';

const COMMAND = 0x04;
const DEVICE_CONTROL = PcieAt + 0x08;
const FLR_BIT = 1 << 15;
const CAPABILITY_VERSION = 2;

export class NimbusConfigSpace {
  private readonly bytes = new Uint8Array(4096);
  private readonly writable = new Uint8Array(4096);
  private readonly params: NimbusParams;

  constructor(params: NimbusParams) {
    this.params = params;
    this.reset();
  }

  reset(): void {
    const { interfaces, firstInterface, interfaceStep, pages } = this.params;
    this.bytes.fill(0);
    this.set(0x00, 0x4d42_4e49);
    this.set(COMMAND, 0x0010_0000, 0x0006);
    this.set(0x08, 0x1200_0001);
    this.bar(0, PAGE_BYTES * roundUpToPowerOfTwo(pages));
    this.bar(2, MAILBOX_BYTES);
    this.bar(4, MSIX_BYTES);
    this.set(0x34, PcieAt);
    // PCI Express, version 2: FLR, role-based errors, 256 bytes of payload.
    this.set(PcieAt, 0x0002_0010 | (MsixAt << 8));
    this.set(PcieAt + 0x04, (1 << 28) | (1 << 15) | (1 << 5) | 1);
    this.set(DEVICE_CONTROL, 0x2810, 0x79ff);
    this.set(PcieAt + 0x24, 0b11 << 16);
    this.set(PcieAt + 0x28, 0, 1 << 12);
    // MSI-X: one vector in BAR4.
    this.set(MsixAt, 0x0000_0011, 0xc000_0000);
    this.set(MsixAt + 4, PF_MSIX_TABLE | 4);
    this.set(MsixAt + 8, 0x804);
    // SIOV: the bits of SIOV Capabilities stay 0, neither mixing nor Routing IDs by software.
    this.set(SiovAt, 0x0038 | (CAPABILITY_VERSION << 16));
    this.set(SiovAt + 8, interfaces);
    this.set(SiovAt + 12, (firstInterface | (interfaceStep << 16)) >>> 0);
  }

  read(dw: number): number {
    return readU32Le(this.bytes, 4 * dw);
  }

  /** True: the write starts an FLR. */
  write(dw: number, payload: Uint8Array, be: number): boolean {
    for (let i = 0; i < 4; i++) {
      if ((be & (1 << i)) === 0) continue;
      const at = 4 * dw + i;
      this.bytes[at] = (this.bytes[at] & ~this.writable[at]) | (payload[i] & this.writable[at]);
    }
    return 4 * dw === DEVICE_CONTROL && (be & 2) !== 0 && (payload[1] & (FLR_BIT >> 8)) !== 0;
  }

  set sdisExist(isAny: boolean) {
    this.bytes[SiovAt + 0x0b] = isAny ? 1 : 0;
  }

  get isMemoryOn(): boolean {
    return (this.bytes[COMMAND] & 2) !== 0;
  }

  get isMasterOn(): boolean {
    return (this.bytes[COMMAND] & 4) !== 0;
  }

  base(bar: number): number {
    const at = 0x10 + 4 * bar;
    const low = (readU32Le(this.bytes, at) & ~0xf) >>> 0;
    return readU32Le(this.bytes, at + 4) * 2 ** 32 + low;
  }

  get maxPayload(): number {
    return Math.min(256, 128 << ((this.read(DEVICE_CONTROL >> 2) >>> 5) & 7));
  }

  get maxReadRequest(): number {
    return 128 << ((this.read(DEVICE_CONTROL >> 2) >>> 12) & 7);
  }

  get isRelaxedOn(): boolean {
    return (this.read(DEVICE_CONTROL >> 2) & (1 << 4)) !== 0;
  }

  /** Non-Fatal Error Reporting. */
  get tellsErrors(): boolean {
    return (this.read(DEVICE_CONTROL >> 2) & (1 << 1)) !== 0;
  }

  get hasTenBitTags(): boolean {
    return (this.read((PcieAt + 0x28) >> 2) & (1 << 12)) !== 0;
  }

  get isMsixOn(): boolean {
    return (this.read(MsixAt >> 2) & 0x8000_0000) !== 0;
  }

  get isMsixMasked(): boolean {
    return (this.read(MsixAt >> 2) & 0x4000_0000) !== 0;
  }

  private set(at: number, value: number, writable = 0): void {
    writeU32Le(this.bytes, at, value);
    writeU32Le(this.writable, at, writable);
  }

  /** A 64-bit prefetchable BAR. @param size a power of two. */
  private bar(number: number, size: number): void {
    const at = 0x10 + 4 * number;
    this.set(at, 0xc, (2 ** 32 - size) >>> 0);
    this.set(at + 4, 0, 0xffff_ffff);
  }
}
