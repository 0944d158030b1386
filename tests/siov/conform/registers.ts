// Registers through the mini-host of the conformance kit: Configuration Requests and reads and writes of BARs, each checked
// as far as its kind says. Source: SRD §2 to §4.
import { hex } from '#base/bits';
import { readU32Le, writeU32Le } from '#base/bytes';
import { configRead, configWrite, memoryRead, memoryWrite } from '#pcie/build';
import { statusName } from '#pcie/codec';
import { CompletionStatus, type Tlp } from '#pcie/tlp';
import type { ConformHost } from './host.ts';
import { HOST_RID } from './host.ts';
import { timedTlpText } from './link-text.ts';
import type { Paragraph } from './paragraphs.ts';
import { encodeTlp } from '#pcie/codec';

/** Bits of a value from bit 0, as a mask. */
export function maskOf(width: number): number {
  return width >= 32 ? 0xffff_ffff : ((1 << width) - 1) >>> 0;
}

export class Registers {
  readonly host: ConformHost;

  constructor(host: ConformHost) {
    this.host = host;
  }

  // ---- Configuration space.

  /** The completion of a read of one DW. */
  configCompletion(
    rid: number,
    offset: number,
    type: 0 | 1 = 0,
    completers?: number[],
  ): Promise<Tlp> {
    const target = { destinationId: rid, offset: offset & ~3, byteLength: 4, type };
    return this.host.request(configRead({ requesterId: HOST_RID, ...target }), completers);
  }

  /** Value of `byteLength` bytes at `offset` of the PF. */
  async config(offset: number, by: Paragraph, byteLength = 4): Promise<number> {
    const tlp = await this.configCompletion(this.host.pfRid, offset);
    this.expectStatus(tlp, CompletionStatus.SC, by);
    const shifted = readU32Le(tlp.payload, 0) >>> (8 * (offset & 3));
    return (shifted & maskOf(8 * byteLength)) >>> 0;
  }

  /** Writes to the PF on bus `bus`, and takes the bus for captured. */
  async configure(
    offset: number,
    value: number,
    by: Paragraph,
    shape: { readonly byteLength?: number; readonly bus?: number } = {},
  ): Promise<Tlp> {
    const { byteLength = 4, bus = this.host.bus } = shape;
    const rid = bus << 8;
    const target = { destinationId: rid, offset, byteLength, value };
    const tlp = await this.host.request(configWrite({ requesterId: HOST_RID, ...target }), [rid]);
    this.expectStatus(tlp, CompletionStatus.SC, by);
    this.host.bus = bus;
    return tlp;
  }

  // ---- BARs.

  readTlp(address: number, byteLength = 4): Tlp {
    return memoryRead({ requesterId: HOST_RID, address, byteLength });
  }

  writeTlp(address: number, bytes: Uint8Array): Tlp {
    return memoryWrite({ requesterId: HOST_RID, address, bytes });
  }

  /** A DW. */
  async read(address: number, by: Paragraph): Promise<number> {
    const tlp = await this.host.request(this.readTlp(address));
    this.expectStatus(tlp, CompletionStatus.SC, by);
    return readU32Le(tlp.payload, 0);
  }

  /** Writes a DW; when it arrives. Posted: the next read sees it. */
  write(address: number, value: number): number {
    const bytes = new Uint8Array(4);
    writeU32Le(bytes, 0, value >>> 0);
    return this.host.post(this.writeTlp(address, bytes));
  }

  /** Writes two DWs, 64 bits, in one request. */
  writeLong(address: number, value: number): number {
    const bytes = new Uint8Array(8);
    writeU32Le(bytes, 0, value >>> 0);
    writeU32Le(bytes, 4, Math.floor(value / 0x1_0000_0000));
    return this.host.post(this.writeTlp(address, bytes));
  }

  /** Reads a DW, and holds the bits of `mask` against `wanted`. */
  async expect(
    address: number,
    wanted: number,
    about: { readonly what: string; readonly by: Paragraph; readonly mask?: number },
  ): Promise<void> {
    const { what, by, mask = 0xffff_ffff } = about;
    const value = await this.read(address, by);
    const ofMask = mask === 0xffff_ffff ? '' : ` (bits ${hex(mask >>> 0, 8)})`;
    this.host.expectEqual(`${what}${ofMask}`, [(value & mask) >>> 0, (wanted & mask) >>> 0], by);
  }

  /** @throws Finding when a completion has another status. */
  expectStatus(tlp: Tlp, status: number, by: Paragraph): void {
    if (tlp.status === status) return;
    throw this.host.finding({
      paragraph: by,
      seen: `${statusName(tlp.status)}: ${lineOf(tlp)}`,
      expected: `a completion with status ${statusName(status)}`,
    });
  }

  /** The completion of a read that has to fail with this status. */
  async expectRefused(request: Tlp, status: number, by: Paragraph): Promise<void> {
    this.expectStatus(await this.host.request(request), status, by);
  }
}

function lineOf(tlp: Tlp): string {
  return timedTlpText(0, encodeTlp(tlp))
    .replace(/^0 ps {2}/, '')
    .split('\n')[0];
}
