// A device made ready for work: BARs placed, enables set, admin commands, SDIs with their places. Source: SRD §3 to §5.
import { hex } from '#base/bits';
import { formatTime } from '#base/time-text';
import {
  AdminOpcode,
  COMMAND_BOUND_NS,
  decodeCommandStatus,
  encodeCommand,
  encodeCreateArguments,
  type SdiRequest,
} from '#siov/srd-admin';
import { CommandStatus, commandStatusName, SdiState } from '#siov/sdi-life';
import { PAGE_BYTES, PfRegister } from '#siov/srd-registers';
import type { SrdParams } from '#siov/srd-params';
import type { ConformHost } from './host.ts';
import { SRD, type Paragraph } from './paragraphs.ts';
import { Registers } from './registers.ts';
import { BUS_MASTER_OFF, type TagRange } from './request-rules.ts';
import type { StepKit } from './step.ts';

export const BAR0 = 0x2_0000_0000;
export const BAR2 = 0x4_0000_0000;
export const BAR4 = 0x8000_0000;
export const VF_BAR0 = 0x9000_0000;
export const BUS = 1;
const RID_COUNT = 0x1_0000;

export const ConfigOffset = {
  COMMAND: 0x04,
  BAR0: 0x10,
  POWER: 0x44,
  MSIX_CONTROL: 0x52,
  DEVICE_CONTROL: 0x68,
  DEVICE_CONTROL_2: 0x88,
  AER_STATUS: 0x104,
  SRIOV_CONTROL: 0x158,
  NUM_VFS: 0x160,
  VF_BAR0: 0x174,
  PASID_CONTROL: 0x196,
  SIOV_STATUS: 0x1a8,
} as const;
export const Command = { MEMORY_SPACE: 2, BUS_MASTER: 4, BOTH: 6 } as const;
export const SriovControl = { VF_ENABLE: 1, VF_MSE: 8 } as const;

export interface BootOptions {
  /** Max_Payload_Size: the least, or all that is supported. Default least. */
  readonly payload?: 'least' | 'most';
  /** Max_Read_Request_Size, bytes. Default 512. */
  readonly maxReadBytes?: number;
  readonly tags?: TagRange;
  readonly mayRelax?: boolean;
  /** AtomicOp Requester Enable, PASID Enable. Default true, where there are. */
  readonly atomics?: boolean;
  readonly pasid?: boolean;
  /** Bits of Command. Default both. */
  readonly command?: number;
}

/** Which SDI the k-th one of a step is, and where it lies. */
export interface SdiPlace extends SdiRequest {
  readonly sdi: number;
  readonly rid: number;
  readonly pageAddress: number;
}

export class Bench {
  readonly host: ConformHost;
  readonly registers: Registers;
  private sequence = 0;

  constructor(host: ConformHost) {
    this.host = host;
    this.registers = new Registers(host);
  }

  get params(): SrdParams {
    return this.host.params;
  }

  // ---- Start.

  async boot(options: BootOptions = {}): Promise<void> {
    const { registers, host, params } = this;
    const { command = Command.BOTH, tags = '5 bits', mayRelax = true } = options;
    const maxPayload = options.payload === 'most' ? params.maxPayload : 128;
    const { maxReadBytes = 512, atomics = true, pasid = true } = options;
    const code = (bytes: number): number => Math.log2(bytes / 128);
    const put = (offset: number, value: number, byteLength = 4): Promise<unknown> =>
      registers.configure(offset, value, SRD.CONFIG_SPACE, { byteLength, bus: BUS });
    for (const [index, address] of [BAR0, BAR2, BAR4].entries()) {
      await put(ConfigOffset.BAR0 + 8 * index, address >>> 0);
      await put(ConfigOffset.BAR0 + 8 * index + 4, Math.floor(address / 2 ** 32));
    }
    const sizes = (code(maxPayload) << 5) | (code(maxReadBytes) << 12);
    const extended = tags === '5 bits' ? 0 : 0x100;
    await put(ConfigOffset.DEVICE_CONTROL, 0x800 | sizes | extended | (mayRelax ? 0x10 : 0), 2);
    const atomic = params.atomics && atomics ? 0x40 : 0;
    await put(ConfigOffset.DEVICE_CONTROL_2, atomic | (tags === '10 bits' ? 0x1000 : 0), 2);
    if (params.pasid) await put(ConfigOffset.PASID_CONTROL, pasid ? 1 : 0, 2);
    host.rules.maxPayloadBytes = maxPayload;
    host.rules.maxReadRequestBytes = maxReadBytes;
    host.rules.tags = tags;
    host.rules.mayRelax = mayRelax;
    await this.setCommand(command);
  }

  /** Writes Command; requests are allowed, or over within 1 µs, accordingly. */
  async setCommand(command: number): Promise<void> {
    const { host } = this;
    const isOn = (command & Command.BUS_MASTER) !== 0;
    // From the moment the write arrives, which is before it is completed.
    if (isOn) host.rules.quietFromPs = Infinity;
    host.rules.quietBy = BUS_MASTER_OFF;
    await this.registers.configure(ConfigOffset.COMMAND, command, SRD.CONFIG_SPACE, {
      byteLength: 2,
    });
    if (!isOn) host.rules.quietFromPs = Math.min(host.rules.quietFromPs, host.nowPs + 1_000_000);
  }

  // ---- Admin commands.

  /** Runs a command; its status. @throws Finding when it does not end in time, or COMMAND_STATUS is wrong. */
  async command(opcode: number, args: ArrayLike<number>, boundNs?: number): Promise<number> {
    return this.finishCommand(this.startCommand(opcode, args), boundNs);
  }

  /** Writes arguments and COMMAND; when that arrives. */
  startCommand(opcode: number, args: ArrayLike<number>): number {
    for (let i = 0; i < args.length; i++) {
      this.registers.write(BAR0 + PfRegister.ARG0 + 4 * i, args[i]);
    }
    this.sequence = (this.sequence * 5 + 0x1235) & 0xffff;
    return this.registers.write(BAR0 + PfRegister.COMMAND, encodeCommand(opcode, this.sequence));
  }

  async finishCommand(arrivesPs: number, boundNs = COMMAND_BOUND_NS): Promise<number> {
    const { host, registers } = this;
    const { sent } = host;
    const limitPs = arrivesPs + boundNs * 1000;
    for (;;) {
      const readPs = host.nowPs + host.lookaheadPs;
      const word = await registers.read(BAR0 + PfRegister.COMMAND_STATUS, SRD.COMMAND_STATUS);
      const { busy, status, sequence } = decodeCommandStatus(word);
      if (!busy) {
        if (sequence === this.sequence && (word & 0xfe) === 0) return status;
        const expected = `bit 0 busy, or sequence number ${hex(this.sequence, 4)}`;
        const seen = `COMMAND_STATUS ${hex(word, 8)}`;
        throw host.finding({ paragraph: SRD.COMMAND_STATUS, sent, seen, expected });
      }
      if (readPs > limitPs) {
        const seen = `COMMAND_STATUS ${hex(word, 8)}: busy at ${formatTime(readPs)}`;
        const expected = `the end of the command by ${formatTime(limitPs)}`;
        throw host.finding({ paragraph: SRD.COMMAND_TIME, sent, seen, expected });
      }
      await host.run(500_000);
    }
  }

  /** Runs a command, which has to end with this status. */
  async expectCommand(
    opcode: number,
    args: ArrayLike<number>,
    about: { readonly status?: number; readonly by: Paragraph; readonly boundNs?: number },
  ): Promise<void> {
    const { status: wanted = CommandStatus.OK, by, boundNs } = about;
    const status = await this.command(opcode, args, boundNs);
    if (status === wanted) return;
    const list = Array.from(args, (value) => hex(value));
    throw this.host.finding({
      paragraph: by,
      sent: `command ${hex(opcode, 2)} with ARG0.. ${list.join(' ')}\n${this.host.sent}`,
      seen: `status ${commandStatusName(status)}`,
      expected: `status ${commandStatusName(wanted)}`,
    });
  }

  /** RESULT0..RESULT3. */
  async results(): Promise<number[]> {
    const values: number[] = [];
    for (let i = 0; i < 4; i++) {
      values.push(await this.registers.read(BAR0 + PfRegister.RESULT0 + 4 * i, SRD.RESULTS));
    }
    return values;
  }

  /** QUERY_SDI, and what is wanted of its results (undefined: free). */
  async expectQuery(
    sdi: number,
    wanted: readonly (number | undefined)[],
    by: Paragraph = SRD.QUERY,
  ): Promise<void> {
    await this.expectCommand(AdminOpcode.QUERY_SDI, [sdi], { by: SRD.QUERY });
    const results = await this.results();
    const names = ['state', 'RID', 'requests outstanding', 'LIFETIME_OPS'];
    for (const [i, value] of wanted.entries()) {
      if (value === undefined) continue;
      const what = `QUERY_SDI of SDI ${sdi}: RESULT${i} (${names[i]})`;
      this.host.expectEqual(what, [results[i], value], by);
    }
  }

  // ---- SDIs.

  /** Where the k-th SDI of a step lies: distinct RIDs, pages, vectors. undefined: the device has no room for it. */
  place(k: number): SdiPlace | undefined {
    const { params, host } = this;
    const taken = [host.pfRid];
    const vectorsEach = params.imsCount >= 2 ? Math.min(2, params.imsCount >> 1) : 1 - k;
    for (let sdi = 0, found = 0; sdi < params.totalSdis; sdi++) {
      const rid = stridedRid(params, host.pfRid, sdi);
      if (taken.includes(rid)) continue;
      taken.push(rid);
      if (found++ < k) continue;
      if (k >= params.pageCount) return undefined;
      const pageAddress = BAR2 + k * PAGE_BYTES;
      const vectors = { firstVector: k * vectorsEach, vectorCount: Math.max(0, vectorsEach) };
      return {
        sdi,
        rid,
        softwareRid: undefined,
        firstPage: k,
        pageCount: 1,
        pageAddress,
        ...vectors,
      };
    }
    return undefined;
  }

  async create(place: SdiPlace): Promise<void> {
    const args = encodeCreateArguments(place.sdi, place);
    await this.expectCommand(AdminOpcode.CREATE_SDI, args, { by: SRD.CREATE });
  }

  async enable({ sdi }: SdiPlace): Promise<void> {
    await this.expectCommand(AdminOpcode.ENABLE_SDI, [sdi], { by: SRD.ENABLE });
  }
}

/** RID of SDI `sdi` under the PF with this RID. */
export function stridedRid(params: SrdParams, pfRid: number, sdi: number): number {
  return (pfRid + params.firstSdiOffset + sdi * params.sdiStride) % RID_COUNT;
}

/** A fresh device, booted. */
export async function bootedBench(kit: StepKit, options?: BootOptions): Promise<Bench> {
  const bench = new Bench(await kit.host());
  await bench.boot(options);
  return bench;
}

/** The first SDI, which every device has. */
export function firstPlace(bench: Bench): SdiPlace {
  const place = bench.place(0);
  if (place === undefined) throw new RangeError('every device has an SDI and a page');
  return place;
}

/** Steps that need two SDIs. */
export function needsTwoSdis(params: SrdParams): string | undefined {
  if (params.totalSdis < 2) return 'the device has one SDI';
  return params.pageCount < 2 ? 'the device has one work page' : undefined;
}

export { AdminOpcode, CommandStatus, SdiState };
