// Stage admin: every command, its states, its refusals in their order, and what it does to pages and entries. Source: SRD §5, §7
// (pages), §3 (SIOV Status).
import { hex } from '#base/bits';
import { encodeCreateArguments, type SdiRequest } from '#siov/srd-admin';
import {
  imsEntryOffset,
  PAGE_BYTES,
  PageRegister,
  PfRegister,
  PfStatus,
  SCRATCH_BYTES,
  SCRATCH_OFFSET,
  VectorEntry,
} from '#siov/srd-registers';
import type { SrdParams } from '#siov/srd-params';
import {
  AdminOpcode,
  BAR0,
  BAR2,
  bootedBench,
  CommandStatus,
  ConfigOffset,
  firstPlace,
  needsTwoSdis,
  SdiState,
  SriovControl,
  type Bench,
  type SdiPlace,
} from '../bench.ts';
import { SRD } from '../paragraphs.ts';
import type { ConformStep, StepKit } from '../step.ts';
import { needsVf, VirtualFunction } from '../virtual-function.ts';
import { expectAbsent } from './enumeration-steps.ts';

const BAD_OPCODE = 0x7f;

export const ADMIN_STEPS: readonly ConformStep[] = [
  {
    name: 'create',
    title: 'CREATE_SDI: the SDI is CREATED, with its strided RID',
    paragraph: SRD.CREATE,
    isBasic: true,
    run: async (kit) => {
      const bench = await bootedBench(kit);
      const place = firstPlace(bench);
      await bench.expectQuery(place.sdi, [SdiState.FREE, 0, 0, 0]);
      await bench.create(place);
      await bench.expectQuery(place.sdi, [SdiState.CREATED, undefined, 0, 0]);
      await bench.expectQuery(place.sdi, [undefined, place.rid], SRD.SDI_RID);
    },
  },
  {
    name: 'enable',
    title: 'ENABLE_SDI: the SDI is ENABLED; STATUS counts it, SIOV Status and STATE show it',
    paragraph: SRD.ENABLE,
    isBasic: true,
    run: enableShows,
  },
  {
    name: 'software-rid',
    title: 'CREATE_SDI takes a RID chosen by software, or refuses it as its parameter says',
    paragraph: SRD.CREATE,
    run: softwareRid,
  },
  {
    name: 'control-page',
    title: 'the registers of the control page have their reset values, and store what is written',
    paragraph: SRD.CONTROL_PAGE,
    run: controlPage,
  },
  {
    name: 'pages',
    title: 'pages have 64 bytes of scratch each; two pages are two',
    paragraph: SRD.PAGES,
    needs: ({ pageCount }) => (pageCount < 2 ? 'the device has one work page' : undefined),
    run: twoPages,
  },
  {
    name: 'states',
    title: 'a command in the wrong state gets BAD_STATE, and changes nothing',
    paragraph: SRD.STATUS_CODES,
    run: wrongStates,
  },
  {
    name: 'refusals',
    title: 'bad opcodes, indices, RIDs, pages and entries are refused, in that order',
    paragraph: SRD.STATUS_CODES,
    run: refusals,
  },
  {
    name: 'conflicts',
    title: 'RIDs, pages and entries that are taken are refused',
    paragraph: SRD.STATUS_CODES,
    needs: needsTwoSdis,
    run: conflicts,
  },
  {
    name: 'destroy',
    title: 'DESTROY_SDI frees and clears RID, pages and entries',
    paragraph: SRD.DESTROY,
    run: destroyClears,
  },
  {
    name: 'quiesce',
    title: 'QUIESCE_SDI of an idle SDI: CREATED, with all register state kept',
    paragraph: SRD.QUIESCE,
    run: quiesceKeeps,
  },
  {
    name: 'ignored-bits',
    title:
      'argument bits that a command does not name are ignored; results of commands without any are 0',
    paragraph: SRD.STATUS_CODES,
    run: ignoredBits,
  },
  {
    name: 'vf-enable',
    title: 'VF Enable is refused without VFs, with too many, and where an SDI has the RID',
    paragraph: SRD.VF_ENABLE,
    needs: needsVf,
    run: vfEnableRefused,
  },
  {
    name: 'mixed-iov',
    title: 'without mixedIov VFs and SDIs exclude each other',
    paragraph: SRD.VF_ENABLE,
    needs: (params) => needsVf(params) ?? (params.mixedIov ? 'mixedIov is true' : undefined),
    run: mixedRefused,
  },
  {
    name: 'invisible',
    title: 'a Configuration Request to the RID of an SDI gets UR, and sets no error bit',
    paragraph: SRD.INVISIBLE,
    run: invisible,
  },
];

async function enableShows(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { registers, host } = bench;
  const place = firstPlace(bench);
  const siovStatus = async (wanted: number): Promise<void> => {
    const dw = await registers.config(ConfigOffset.SIOV_STATUS, SRD.SIOV_STATUS);
    host.expectEqual('SIOV Status', [dw >>> 24, wanted], SRD.SIOV_STATUS);
  };
  const status = async (count: number): Promise<void> => {
    const wanted = (PfStatus.READY | (count << PfStatus.ENABLED_SHIFT)) >>> 0;
    const about = { what: 'STATUS', by: SRD.STATUS, mask: 0xffff_0001 };
    await registers.expect(BAR0 + PfRegister.STATUS, wanted, about);
  };
  const state = (wanted: number): Promise<void> => {
    const about = { what: 'STATE', by: SRD.CONTROL_PAGE };
    return registers.expect(place.pageAddress + PageRegister.STATE, wanted, about);
  };
  await siovStatus(0);
  await bench.create(place);
  await siovStatus(0);
  await status(0);
  await state(0);
  await bench.enable(place);
  await bench.expectQuery(place.sdi, [SdiState.ENABLED, place.rid, 0, 0]);
  await siovStatus(1);
  await status(1);
  await state(1);
  await bench.expectCommand(AdminOpcode.RESET_SDI, [place.sdi], {
    by: SRD.RESET_SDI,
    boundNs: resetBoundNs(bench.params),
  });
  await siovStatus(0);
  await status(0);
}

/** How long RESET_SDI may take. */
export function resetBoundNs(params: SrdParams): number {
  return 2 * params.completionTimeoutNs + 10_000;
}

async function softwareRid(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const place = firstPlace(bench);
  const softwareRidOf = 0x4321;
  const args = encodeCreateArguments(place.sdi, { ...place, softwareRid: softwareRidOf });
  const isTaken = bench.params.softwareRids;
  const status = isTaken ? CommandStatus.OK : CommandStatus.RID_CONFLICT;
  await bench.expectCommand(AdminOpcode.CREATE_SDI, args, {
    status,
    by: isTaken ? SRD.CREATE : SRD.STATUS_CODES,
  });
  const wanted = isTaken ? [SdiState.CREATED, softwareRidOf] : [SdiState.FREE, 0];
  await bench.expectQuery(place.sdi, wanted, SRD.CREATE);
}

const PAGE_ROWS = [
  ['RING_BASE', PageRegister.RING_BASE_LOW],
  ['RING_BASE, upper half', PageRegister.RING_BASE_HIGH],
  ['RING_SIZE', PageRegister.RING_SIZE],
  ['RECORD_BASE', PageRegister.RECORD_BASE_LOW],
  ['RECORD_BASE, upper half', PageRegister.RECORD_BASE_HIGH],
] as const;

async function controlPage(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { registers } = bench;
  const place = firstPlace(bench);
  await bench.create(place);
  const by = SRD.CONTROL_PAGE;
  for (const [name, offset] of [
    ['CTRL', PageRegister.CTRL],
    ['STATE', PageRegister.STATE],
    ['HEAD', PageRegister.HEAD],
    ['TAIL', PageRegister.TAIL],
    ['PASID', PageRegister.PASID],
    ['OPS', PageRegister.OPS],
    ...PAGE_ROWS,
  ] as const) {
    await registers.expect(place.pageAddress + offset, 0, { what: `${name} at reset`, by });
  }
  for (const [i, [name, offset]] of PAGE_ROWS.entries()) {
    const value = (0x0123_4567 * (i + 3)) >>> 0;
    registers.write(place.pageAddress + offset, value);
    const mask = name === 'RING_SIZE' ? 0xffff : 0xffff_ffff;
    await registers.expect(place.pageAddress + offset, value, { what: name, by, mask });
  }
  registers.write(place.pageAddress + PageRegister.PASID, 0x800a_bcde);
  const about = { what: 'PASID', by };
  await registers.expect(place.pageAddress + PageRegister.PASID, 0x800a_bcde, about);
  for (const offset of [PageRegister.HEAD, PageRegister.OPS, PageRegister.STATE]) {
    registers.write(place.pageAddress + offset, 0xffff_ffff);
    const what = `read-only register ${hex(offset, 2)} after a write`;
    await registers.expect(place.pageAddress + offset, 0, { what, by });
  }
  await scratchStores(bench, place.pageAddress, 0x51);
}

async function scratchStores(bench: Bench, page: number, seed: number): Promise<void> {
  const { registers } = bench;
  const value = (at: number): number => (seed * 0x0101_0101 + at * 0x0003_0507) >>> 0;
  for (let at = 0; at < SCRATCH_BYTES; at += 4) {
    const what = `scratch ${hex(SCRATCH_OFFSET + at, 3)} at reset`;
    await registers.expect(page + SCRATCH_OFFSET + at, 0, { what, by: SRD.PAGES });
    registers.write(page + SCRATCH_OFFSET + at, value(at));
  }
  for (let at = 0; at < SCRATCH_BYTES; at += 4) {
    const what = `scratch ${hex(SCRATCH_OFFSET + at, 3)}`;
    await registers.expect(page + SCRATCH_OFFSET + at, value(at), { what, by: SRD.PAGES });
  }
}

async function twoPages(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const place = { ...firstPlace(bench), firstPage: bench.params.pageCount - 2, pageCount: 2 };
  await bench.create(place);
  const first = BAR2 + place.firstPage * PAGE_BYTES;
  await scratchStores(bench, first, 0x21);
  await scratchStores(bench, first + PAGE_BYTES, 0x42);
  const { registers } = bench;
  const what = 'scratch of the first page after writes to the second';
  await registers.expect(first + SCRATCH_OFFSET, 0x2121_2121, { what, by: SRD.PAGES });
  // A further page has no registers.
  registers.write(first + PAGE_BYTES + PageRegister.RING_SIZE, 8);
  const more = { what: 'RING_SIZE of the first page', by: SRD.CONTROL_PAGE };
  await registers.expect(first + PageRegister.RING_SIZE, 0, more);
}

async function wrongStates(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const place = firstPlace(bench);
  const { sdi } = place;
  const { ENABLE_SDI, DESTROY_SDI, QUIESCE_SDI, RESET_SDI, CREATE_SDI } = AdminOpcode;
  const refuse = async (opcode: number, state: number, rid: number): Promise<void> => {
    const args = opcode === CREATE_SDI ? encodeCreateArguments(sdi, place) : [sdi];
    const about = { status: CommandStatus.BAD_STATE, by: SRD.STATUS_CODES };
    await bench.expectCommand(opcode, args, about);
    await bench.expectQuery(sdi, [state, rid], SRD.STATUS_CODES);
  };
  for (const opcode of [ENABLE_SDI, DESTROY_SDI, QUIESCE_SDI, RESET_SDI]) {
    await refuse(opcode, SdiState.FREE, 0);
  }
  await bench.create(place);
  for (const opcode of [CREATE_SDI, QUIESCE_SDI]) await refuse(opcode, SdiState.CREATED, place.rid);
  await bench.enable(place);
  for (const opcode of [CREATE_SDI, ENABLE_SDI, DESTROY_SDI]) {
    await refuse(opcode, SdiState.ENABLED, place.rid);
  }
}

async function refusals(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { params, host } = bench;
  const place = firstPlace(bench);
  const S = CommandStatus;
  const create = async (
    change: Partial<SdiRequest>,
    status: number,
    sdi = place.sdi,
  ): Promise<void> => {
    const args = encodeCreateArguments(sdi, { ...place, ...change });
    await bench.expectCommand(AdminOpcode.CREATE_SDI, args, { status, by: SRD.STATUS_CODES });
    const results = await bench.results();
    host.expectEqual('RESULT0 of a command that failed', [results[0], 0], SRD.RESULTS);
  };
  const about = { status: S.BAD_OPCODE, by: SRD.STATUS_CODES };
  await bench.expectCommand(0, [place.sdi], about);
  await bench.expectCommand(BAD_OPCODE, [0xffff], about);
  const noPages = { firstPage: params.pageCount, pageCount: 1 };
  const noVectors = { firstVector: params.imsCount, vectorCount: 1 };
  const pfRid = { softwareRid: host.pfRid };
  await create({ ...pfRid, ...noPages }, S.BAD_INDEX, params.totalSdis);
  await create({ ...pfRid, ...noPages, ...noVectors }, S.RID_CONFLICT);
  await create({ ...noPages, ...noVectors }, S.PAGE_CONFLICT);
  await create({ pageCount: 0 }, S.PAGE_CONFLICT);
  await create({ firstPage: params.pageCount - 1, pageCount: 2 }, S.PAGE_CONFLICT);
  await create({ pageCount: 17 }, S.PAGE_CONFLICT);
  await create(noVectors, S.IMS_CONFLICT);
  await create({ firstVector: 0, vectorCount: 65 }, S.IMS_CONFLICT);
  await create({ firstVector: 0xffff_ffff, vectorCount: 2 }, S.IMS_CONFLICT);
  await bench.expectQuery(place.sdi, [SdiState.FREE, 0], SRD.STATUS_CODES);
  // Without entries the first one is ignored.
  await create({ firstVector: 0xffff_ffff, vectorCount: 0 }, S.OK);
}

async function conflicts(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const [one, two] = [bench.place(0), bench.place(1)] as [SdiPlace, SdiPlace | undefined];
  if (two === undefined) kit.skip('the device has no two SDIs with different RIDs');
  await bench.create(one);
  const create = async (change: Partial<SdiRequest>, status: number): Promise<void> => {
    const args = encodeCreateArguments(two.sdi, { ...two, ...change });
    await bench.expectCommand(AdminOpcode.CREATE_SDI, args, { status, by: SRD.STATUS_CODES });
  };
  await create({ softwareRid: one.rid }, CommandStatus.RID_CONFLICT);
  await create({ firstPage: one.firstPage }, CommandStatus.PAGE_CONFLICT);
  if (one.vectorCount > 0) {
    const taken = { firstVector: one.firstVector, vectorCount: 1 };
    await create(taken, CommandStatus.IMS_CONFLICT);
  }
  await create({}, CommandStatus.OK);
  await bench.expectQuery(two.sdi, [SdiState.CREATED, two.rid], SRD.SDI_RID);
  await bench.expectQuery(one.sdi, [SdiState.CREATED, one.rid], SRD.SDI_RID);
}

async function destroyClears(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { registers } = bench;
  const place = firstPlace(bench);
  const by = SRD.DESTROY;
  const scratch = place.pageAddress + SCRATCH_OFFSET + 8;
  const ringSize = place.pageAddress + PageRegister.RING_SIZE;
  const entry = BAR0 + imsEntryOffset(place.firstVector);
  await bench.create(place);
  registers.write(scratch, 0x1234_5678);
  registers.write(ringSize, 8);
  registers.write(entry + VectorEntry.DATA, 0x99);
  registers.write(entry + VectorEntry.CONTROL, 0);
  await bench.expectCommand(AdminOpcode.DESTROY_SDI, [place.sdi], { by });
  await bench.expectQuery(place.sdi, [SdiState.FREE, 0], by);
  await registers.expectRefused(registers.readTlp(scratch), 1, SRD.PAGES);
  await bench.create(place);
  await registers.expect(scratch, 0, { what: 'scratch after DESTROY_SDI and CREATE_SDI', by });
  await registers.expect(ringSize, 0, { what: 'RING_SIZE after DESTROY_SDI and CREATE_SDI', by });
  if (place.vectorCount === 0) return;
  await registers.expect(entry + VectorEntry.DATA, 0, { what: 'IMS data after DESTROY_SDI', by });
  await registers.expect(entry + VectorEntry.CONTROL, 1, {
    what: 'IMS control after DESTROY_SDI',
    by,
  });
}

async function quiesceKeeps(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { registers } = bench;
  const place = firstPlace(bench);
  const by = SRD.QUIESCE;
  await bench.create(place);
  await bench.enable(place);
  registers.write(place.pageAddress + SCRATCH_OFFSET, 0x77);
  registers.write(place.pageAddress + PageRegister.RING_SIZE, 2);
  const boundNs = 2 * bench.params.completionTimeoutNs + 50_000;
  await bench.expectCommand(AdminOpcode.QUIESCE_SDI, [place.sdi], { by, boundNs });
  await bench.expectQuery(place.sdi, [SdiState.CREATED, place.rid], by);
  const kept = { what: 'scratch after QUIESCE_SDI', by };
  await registers.expect(place.pageAddress + SCRATCH_OFFSET, 0x77, kept);
  const ring = { what: 'RING_SIZE after QUIESCE_SDI', by };
  await registers.expect(place.pageAddress + PageRegister.RING_SIZE, 2, ring);
}

async function ignoredBits(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const place = firstPlace(bench);
  await bench.create(place);
  const garbage = [(place.sdi | 0xfffc_0000) >>> 0, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff];
  await bench.expectCommand(AdminOpcode.ENABLE_SDI, garbage, { by: SRD.STATUS_CODES });
  const [result] = await bench.results();
  bench.host.expectEqual('RESULT0 of ENABLE_SDI', [result, 0], SRD.RESULTS);
  await bench.expectQuery(place.sdi, [SdiState.ENABLED], SRD.ENABLE);
}

async function invisible(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { registers, host } = bench;
  const place = firstPlace(bench);
  await bench.create(place);
  await bench.enable(place);
  const type = place.rid >> 8 === host.bus ? 0 : 1;
  await expectAbsent(registers, place.rid, type, SRD.INVISIBLE);
  await host.run(1_000_000);
  const what = 'ERRORS after a Configuration Request to an SDI';
  await registers.expect(BAR0 + PfRegister.ERRORS, 0, { what, by: SRD.INVISIBLE });
  const aer = await registers.config(ConfigOffset.AER_STATUS, SRD.INVISIBLE);
  host.expectEqual('AER Unsupported Request Error Status', [(aer >>> 20) & 1, 0], SRD.INVISIBLE);
}

/** Sets VF Enable with this NumVFs, which has to fail. */
async function expectVfsRefused(bench: Bench, numVfs: number): Promise<void> {
  const { registers, host } = bench;
  const by = SRD.VF_ENABLE;
  await registers.configure(ConfigOffset.NUM_VFS, numVfs, by, { byteLength: 2 });
  const bits = SriovControl.VF_ENABLE | SriovControl.VF_MSE;
  await registers.configure(ConfigOffset.SRIOV_CONTROL, bits, by, { byteLength: 2 });
  const control = await registers.config(ConfigOffset.SRIOV_CONTROL, by, 2);
  const what = `VF Enable with NumVFs ${numVfs}`;
  host.expectEqual(what, [control & SriovControl.VF_ENABLE, 0], by);
}

async function vfEnableRefused(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { params, host } = bench;
  await expectVfsRefused(bench, 0);
  await expectVfsRefused(bench, params.totalVfs + 1);
  if (!params.softwareRids) return;
  const place = firstPlace(bench);
  const softwareRid = host.pfRid + params.firstVfOffset;
  await bench.create({ ...place, softwareRid });
  await expectVfsRefused(bench, 1);
  await bench.expectQuery(place.sdi, [SdiState.CREATED, softwareRid], SRD.VF_ENABLE);
}

async function mixedRefused(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const place = firstPlace(bench);
  await bench.create(place);
  await expectVfsRefused(bench, 1);
  await bench.expectCommand(AdminOpcode.DESTROY_SDI, [place.sdi], { by: SRD.DESTROY });
  await new VirtualFunction(bench).enable();
  const args = encodeCreateArguments(place.sdi, place);
  const about = { status: CommandStatus.MIXED_IOV, by: SRD.STATUS_CODES };
  await bench.expectCommand(AdminOpcode.CREATE_SDI, args, about);
}
