// Stage interrupts: messages of descriptors, masks and pending bits, the PF's own message, those of a VF. Source: SRD §4, §7, §8.
import { hex } from '#base/bits';
import { readU32Le } from '#base/bytes';
import { encodeTlp } from '#pcie/codec';
import { imsEntryOffset, PfMsix, PfRegister, VectorEntry, VfMsix } from '#siov/srd-registers';
import { WorkOpcode, WorkStatus } from '#siov/work';
import type { SrdParams } from '#siov/srd-params';
import {
  AdminOpcode,
  BAR0,
  BAR4,
  bootedBench,
  ConfigOffset,
  needsTwoSdis,
  type Bench,
} from '../bench.ts';
import type { SeenTlp } from '../host.ts';
import { timedTlpText } from '../link-text.ts';
import { SRD, type Paragraph } from '../paragraphs.ts';
import { MOMENT_PS } from '../request-rules.ts';
import type { ConformStep, StepKit } from '../step.ts';
import { openTenant, Tenant, type Job } from '../tenant.ts';
import { needsVf, VirtualFunction } from '../virtual-function.ts';

const MESSAGES = 0xfee0_1000;
const HIGH_MESSAGES = 0x12_fee0_2000;
/** Within this an interrupt that is free to go has gone: the progress of a descriptor. */
const SEND_PS = 70_000_000;
const MSIX = { ENABLE: 0x8000, MASK: 0x4000 } as const;
const COMMAND_BUS_MASTER = 4;

const needsVector = (params: SrdParams): string | undefined =>
  params.imsCount < 1 ? 'the device has no IMS entry' : undefined;

export const INTERRUPT_STEPS: readonly ConformStep[] = [
  {
    name: 'message',
    title:
      'a descriptor that asks for it is followed by the message of its vector, and no other is',
    paragraph: SRD.INTERRUPT,
    isBasic: true,
    needs: needsVector,
    run: messageFollows,
  },
  {
    name: 'vectors',
    title: 'each vector sends its own data to its own address, above 4 GiB, too',
    paragraph: SRD.INTERRUPT,
    needs: ({ imsCount }) => (imsCount < 4 ? 'the device has less than 4 IMS entries' : undefined),
    run: eachVector,
  },
  {
    name: 'two-sdis',
    title: 'two SDIs send each their own message, under their own RID',
    paragraph: SRD.INTERRUPT,
    needs: (params) =>
      needsTwoSdis(params) ?? (params.imsCount < 2 ? 'the device has one IMS entry' : undefined),
    run: twoSdis,
  },
  {
    name: 'masked',
    title: 'a masked vector becomes pending, and is sent once when it is unmasked',
    paragraph: SRD.MASKED,
    needs: needsVector,
    run: maskedPends,
  },
  {
    name: 'command-message',
    title: 'the end of a command sends the PF’s MSI-X message, or sets its pending bit',
    paragraph: SRD.COMMAND_MESSAGE,
    run: commandMessage,
  },
  {
    name: 'vf',
    title:
      'a VF has its configuration space and page, works under its own RID, and sends its vectors',
    paragraph: SRD.VF,
    needs: needsVf,
    run: vfWorks,
  },
];

/** The writes to this address, from index `from` of `seen` on. */
function messagesTo(bench: Bench, address: number, from = 0): SeenTlp[] {
  return bench.host.seen.slice(from).filter(({ tlp }) => tlp.address === address);
}

/** Programs a vector entry, and gives the device the address. */
function program(
  bench: Bench,
  entry: number,
  vector: { readonly address: number; readonly data: number; rid: number; isMasked?: boolean },
): void {
  const { registers, host } = bench;
  const { address, data, rid, isMasked = false } = vector;
  host.buffers.map({ name: 'the message', address, byteLength: 4, access: 'write', rid });
  registers.write(entry + VectorEntry.ADDRESS_LOW, address >>> 0);
  registers.write(entry + VectorEntry.ADDRESS_HIGH, Math.floor(address / 2 ** 32));
  registers.write(entry + VectorEntry.DATA, data);
  registers.write(entry + VectorEntry.CONTROL, isMasked ? 1 : 0);
}

/** As many messages as `count` have come to `address` within the bound, the last with this data, and no more follow. */
async function expectMessages(
  bench: Bench,
  where: { readonly address: number; readonly from: number },
  wanted: { readonly count: number; readonly data: number; readonly by: Paragraph },
): Promise<SeenTlp | undefined> {
  const { host } = bench;
  const { address, from } = where;
  const { count, data, by } = wanted;
  if (count > 0) {
    const hasCome = (): boolean => messagesTo(bench, address, from).length >= count;
    await host.runUntil(hasCome, host.nowPs + SEND_PS);
  }
  await host.run(10 * MOMENT_PS);
  const messages = messagesTo(bench, address, from);
  const last = messages.at(-1);
  const expected = `${count} messages at ${hex(address, 8)}${count > 0 ? ` with data ${hex(data, 8)}` : ''}`;
  if (messages.length !== count) {
    const text =
      last === undefined ? '' : `, the last: ${timedTlpText(last.timePs, encodeTlp(last.tlp))}`;
    throw host.finding({ paragraph: by, seen: `${messages.length} messages${text}`, expected });
  }
  if (last === undefined) return undefined;
  const { tlp, timePs } = last;
  const isOneDw = tlp.lengthDw === 1 && tlp.firstBe === 0xf;
  if (!isOneDw || readU32Le(tlp.payload, 0) !== data) {
    const seen = timedTlpText(timePs, encodeTlp(tlp));
    throw host.finding({ paragraph: by, seen, expected: `${expected}, a write of 1 DW` });
  }
  return last;
}

function nop(vector: number | undefined): Job {
  const interrupt = vector !== undefined;
  return {
    work: { opcode: WorkOpcode.NOP, interrupt, vector: vector ?? 0 },
    outcome: { status: WorkStatus.DONE, bytes: 0 },
  };
}

async function messageFollows(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const tenant = await openTenant(bench, 0);
  const entry = BAR0 + imsEntryOffset(tenant.place.firstVector);
  const data = 0x5a01_0203;
  program(bench, entry, { address: MESSAGES, data, rid: tenant.rid });
  const by = SRD.INTERRUPT;
  await tenant.perform([nop(undefined)]);
  await expectMessages(bench, { address: MESSAGES, from: 0 }, { count: 0, data, by });
  for (let i = 1; i <= 3; i++) {
    const from = bench.host.seen.length;
    await tenant.perform([nop(0)]);
    const at = tenant.recordAt(tenant.posted - 1, from) ?? 0;
    // Only after its record.
    await expectMessages(bench, { address: MESSAGES, from: at }, { count: 1, data, by });
    await expectMessages(bench, { address: MESSAGES, from: 0 }, { count: i, data, by });
  }
}

async function eachVector(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const tenant = await openTenant(bench, 0);
  const { firstVector, vectorCount } = tenant.place;
  const vectors = Array.from({ length: vectorCount }, (_, i) => ({
    address: i === 0 ? MESSAGES + 0x40 : HIGH_MESSAGES,
    data: 0x1000_0000 + i,
    rid: tenant.rid,
  }));
  for (const [i, vector] of vectors.entries()) {
    program(bench, BAR0 + imsEntryOffset(firstVector + i), vector);
  }
  for (const [i, { address, data }] of [...vectors.entries()].reverse()) {
    const from = bench.host.seen.length;
    await tenant.perform([nop(i)]);
    await expectMessages(bench, { address, from }, { count: 1, data, by: SRD.INTERRUPT });
  }
}

async function maskedPends(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { registers, host } = bench;
  const tenant = await openTenant(bench, 0);
  const entry = BAR0 + imsEntryOffset(tenant.place.firstVector);
  const control = entry + VectorEntry.CONTROL;
  const data = 0x77;
  const by = SRD.MASKED;
  program(bench, entry, { address: MESSAGES, data, rid: tenant.rid, isMasked: true });
  // Twice while it is masked is once.
  await tenant.perform([nop(0), nop(0)]);
  const where = { address: MESSAGES, from: 0 };
  await expectMessages(bench, where, { count: 0, data, by });
  await registers.expect(control, 3, { what: 'IMS control, masked and pending', by });
  registers.write(control, 0);
  await expectMessages(bench, where, { count: 1, data, by });
  await registers.expect(control, 0, { what: 'IMS control after the message', by });
  registers.write(control, 1);
  await host.run(2 * MOMENT_PS);
  registers.write(control, 0);
  await expectMessages(bench, where, { count: 1, data, by });
}

async function commandMessage(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { registers, host } = bench;
  const by = SRD.COMMAND_MESSAGE;
  const entry = BAR4 + PfMsix.TABLE;
  const data = 0x4321;
  const where = { address: MESSAGES, from: 0 };
  const msix = (bits: number): Promise<unknown> =>
    registers.configure(ConfigOffset.MSIX_CONTROL, bits, SRD.CONFIG_SPACE, { byteLength: 2 });
  const query = (): Promise<void> => bench.expectCommand(AdminOpcode.QUERY_SDI, [0], { by });
  const pending = (wanted: number, what: string): Promise<void> =>
    registers.expect(BAR4 + PfMsix.PBA, wanted, { what: `PBA ${what}`, by, mask: 1 });
  program(bench, entry, { address: MESSAGES, data, rid: host.pfRid });
  await query();
  await expectMessages(bench, where, { count: 0, data, by });
  await msix(MSIX.ENABLE);
  await host.run(2 * MOMENT_PS);
  await query();
  await expectMessages(bench, where, { count: 1, data, by });
  await pending(0, 'after the message');
  await msix(MSIX.ENABLE | MSIX.MASK);
  await host.run(2 * MOMENT_PS);
  await query();
  await query();
  await expectMessages(bench, where, { count: 1, data, by });
  await pending(1, 'while the function is masked');
  await msix(MSIX.ENABLE);
  await expectMessages(bench, where, { count: 2, data, by });
  registers.write(entry + VectorEntry.CONTROL, 1);
  await host.run(2 * MOMENT_PS);
  await query();
  await expectMessages(bench, where, { count: 2, data, by });
  await pending(1, 'while the vector is masked');
  registers.write(entry + VectorEntry.CONTROL, 0);
  await expectMessages(bench, where, { count: 3, data, by });
  await pending(0, 'after the last message');
  await registers.expect(BAR0 + PfRegister.ERRORS, 0, { what: 'ERRORS', by: SRD.ERRORS });
}

async function vfWorks(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { host, registers } = bench;
  const vf = new VirtualFunction(bench);
  await vf.enable();
  const ids = await vf.config(0, SRD.VF);
  host.expectEqual('Vendor and Device ID of VF 1', [ids, 0xffff_ffff], SRD.VF);
  host.expectEqual('class of VF 1', [await vf.config(8, SRD.VF), 0x1200_0001], SRD.VF);
  const ari = await vf.config(0x100, SRD.VF);
  host.expectEqual('first extended capability of VF 1', [ari, 0x0001_000e], SRD.VF);
  host.expectEqual('STATE of VF 1', [await vf.readPage(0x04), 1], SRD.VF);
  const tenant = new Tenant(bench, { rid: vf.rid, pageAddress: vf.pageAddress, index: 5 });
  const data = 0x0f1e;
  const entry = vf.pageAddress + VfMsix.TABLE + 16;
  program(bench, entry, { address: MESSAGES + 0x80, data, rid: vf.rid });
  const expected = 'no request of a VF whose Bus Master Enable is 0';
  const why = { paragraph: SRD.BUS_MASTER, expected };
  host.rules.quietRids.set(vf.rid, { fromPs: 0, why });
  tenant.start();
  const from = host.seen.length;
  tenant.put(nop(1).work);
  tenant.doorbell();
  await host.run(30_000_000);
  host.rules.quietRids.clear();
  await vf.configure(0x52, MSIX.ENABLE, 2);
  await vf.configure(ConfigOffset.COMMAND, COMMAND_BUS_MASTER, 2);
  await tenant.expectRecords([nop(1)], { first: 0, from, rungPs: host.nowPs });
  const where = { address: MESSAGES + 0x80, from: 0 };
  await expectMessages(bench, where, { count: 1, data, by: SRD.INTERRUPT });
  await registers.expect(BAR0 + PfRegister.ERRORS, 0, { what: 'ERRORS', by: SRD.ERRORS });
}

/** Each of two SDIs interrupts; the message of the other stays away. */
async function twoSdis(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  if (bench.place(1) === undefined) kit.skip('the device has no two SDIs with different RIDs');
  const tenants = [await openTenant(bench, 0), await openTenant(bench, 1)];
  const by = SRD.INTERRUPT;
  const vectors = tenants.map((tenant, i) => {
    const vector = { address: MESSAGES + 0x100 * i, data: 0xd0 + i, rid: tenant.rid };
    program(bench, BAR0 + imsEntryOffset(tenant.place.firstVector), vector);
    return vector;
  });
  for (let round = 1; round <= 6; round++) {
    for (const [i, tenant] of tenants.entries()) {
      const from = bench.host.seen.length;
      await tenant.perform([nop(0)]);
      const { address, data } = vectors[i];
      await expectMessages(bench, { address, from }, { count: 1, data, by });
      const other = vectors[1 - i];
      await expectMessages(bench, { address: other.address, from }, { count: 0, data: 0, by });
    }
  }
}
