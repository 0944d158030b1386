// The first VF, through the mini-host of the conformance kit. Source: SRD §2, §8.
import { readU32Le } from '#base/bytes';
import { configRead, configWrite } from '#pcie/build';
import { CompletionStatus, type Tlp } from '#pcie/tlp';
import type { SrdParams } from '#siov/srd-params';
import { BUS, ConfigOffset, SriovControl, VF_BAR0, type Bench } from './bench.ts';
import { HOST_RID } from './host.ts';
import { SRD, type Paragraph } from './paragraphs.ts';

const RID_MAX = 0xffff;

/** Steps that need a VF whose RID the host can reach. */
export function needsVf({ totalVfs, firstVfOffset }: SrdParams): string | undefined {
  if (totalVfs === 0) return 'the device has no VFs (totalVfs is 0)';
  return (BUS << 8) + firstVfOffset > RID_MAX ? 'the RID of VF 1 wraps below the bus' : undefined;
}

export class VirtualFunction {
  readonly bench: Bench;
  readonly rid: number;
  readonly pageAddress = VF_BAR0;

  constructor(bench: Bench) {
    this.bench = bench;
    this.rid = bench.host.pfRid + bench.params.firstVfOffset;
  }

  /** NumVFs 1, VF BAR0, VF MSE and VF Enable, which has to take. */
  async enable(): Promise<void> {
    const { registers, host } = this.bench;
    const put = (offset: number, value: number, byteLength = 4): Promise<Tlp> =>
      registers.configure(offset, value, SRD.CONFIG_SPACE, { byteLength });
    await put(ConfigOffset.NUM_VFS, 1, 2);
    await put(ConfigOffset.VF_BAR0, VF_BAR0);
    await put(ConfigOffset.VF_BAR0 + 4, 0);
    await put(ConfigOffset.SRIOV_CONTROL, SriovControl.VF_ENABLE | SriovControl.VF_MSE, 2);
    const control = await registers.config(ConfigOffset.SRIOV_CONTROL, SRD.VF_ENABLE, 2);
    host.expectEqual('VF Enable', [control & SriovControl.VF_ENABLE, 1], SRD.VF_ENABLE);
  }

  /** The completion of a read; its Completer ID has to be the VF's. */
  read(offset: number): Promise<Tlp> {
    const request = configRead({ requesterId: HOST_RID, ...this.target(offset, 4) });
    return this.bench.host.request(request, [this.rid]);
  }

  async config(offset: number, by: Paragraph): Promise<number> {
    const tlp = await this.read(offset);
    this.bench.registers.expectStatus(tlp, CompletionStatus.SC, by);
    return readU32Le(tlp.payload, 0);
  }

  async configure(offset: number, value: number, byteLength = 4): Promise<void> {
    const target = { ...this.target(offset, byteLength), value };
    const request = configWrite({ requesterId: HOST_RID, ...target });
    const tlp = await this.bench.host.request(request, [this.rid]);
    this.bench.registers.expectStatus(tlp, CompletionStatus.SC, SRD.VF);
  }

  /** A request for DWs of its page. */
  async readPage(offset: number): Promise<number> {
    const { host, registers } = this.bench;
    const tlp = await host.request(registers.readTlp(this.pageAddress + offset), [this.rid]);
    registers.expectStatus(tlp, CompletionStatus.SC, SRD.VF);
    return readU32Le(tlp.payload, 0);
  }

  private target(offset: number, byteLength: number) {
    const type = this.rid >> 8 === this.bench.host.bus ? (0 as const) : (1 as const);
    return { destinationId: this.rid, offset, byteLength, type };
  }
}
