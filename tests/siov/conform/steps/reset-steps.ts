// Stage resets: SDI reset (restore, reconfigure, with work in flight, beside a neighbour), cold and hot reset, FLR of the PF and of
// a VF, D3hot. Source: SRD §6, §8, §9, §3 (Power Management).
import { hex } from '#base/bits';
import { readU32Le } from '#base/bytes';
import { formatTime } from '#base/time-text';
import { CompletionStatus, isMemoryRead, isMemoryWrite } from '#pcie/tlp';
import { pfConfigFields, vfConfigFields, type ConfigField } from '#siov/config-space-table';
import { encodeCreateArguments } from '#siov/srd-admin';
import {
  imsEntryOffset,
  PAGE_BYTES,
  PageRegister,
  PfRegister,
  SCRATCH_OFFSET,
  VectorEntry,
} from '#siov/srd-registers';
import { WorkOpcode, WorkStatus } from '#siov/work';
import {
  AdminOpcode,
  BAR0,
  BAR2,
  bootedBench,
  Command,
  CommandStatus,
  ConfigOffset,
  firstPlace,
  needsTwoSdis,
  SdiState,
  type Bench,
} from '../bench.ts';
import { SRD, type Paragraph } from '../paragraphs.ts';
import { MOMENT_PS } from '../request-rules.ts';
import type { ConformStep, StepKit } from '../step.ts';
import { openTenant, type Job, type Tenant } from '../tenant.ts';
import { needsVf, VirtualFunction } from '../virtual-function.ts';
import { resetBoundNs } from './admin-steps.ts';
import { copyJob, fillJob } from './dma-steps.ts';
import { expectFields } from './enumeration-steps.ts';

const LOW = 0x2000_0000;
const HIGH = 0x20_0000_0000;
const ARG0_RECONFIGURE = 1 << 17;
const FLR = 0x8000;
const FLR_BOUND_PS = 100_000_000;
const D3HOT = 3;
const OTHER_RID = 0x4567;
const NOP: Job = {
  work: { opcode: WorkOpcode.NOP },
  outcome: { status: WorkStatus.DONE, bytes: 0 },
};

export const RESET_STEPS: readonly ConformStep[] = [
  {
    name: 'restore',
    title: 'RESET_SDI, restore: work state at its reset value, configuration and LIFETIME_OPS kept',
    paragraph: SRD.RESET_STATE,
    isBasic: true,
    run: restore,
  },
  {
    name: 'abort',
    title:
      'RESET_SDI with reads outstanding: no record, no request afterwards, late completions counted',
    paragraph: SRD.RESET_ABORT,
    run: abortWork,
  },
  {
    name: 'abort-tags',
    title: 'tags of aborted requests are not reused before their completions have come',
    paragraph: SRD.OUTSTANDING,
    run: abortedTags,
  },
  {
    name: 'neighbour',
    title: 'the reset of an SDI leaves another one at work',
    paragraph: SRD.RESET_OTHERS,
    needs: needsTwoSdis,
    run: neighbourGoesOn,
  },
  {
    name: 'reconfigure',
    title: 'RESET_SDI, reconfigure: new RID and page; bad arguments change nothing',
    paragraph: SRD.RESET_STATE,
    needs: ({ pageCount }) => (pageCount < 2 ? 'the device has one work page' : undefined),
    run: reconfigure,
  },
  {
    name: 'cold-hot',
    title: 'cold and hot reset: everything as at power-up',
    paragraph: SRD.RESET_COLD,
    run: coldAndHot,
  },
  {
    name: 'pf-flr',
    title:
      'FLR of the PF: reset values but Max_Payload_Size and bus number, all SDIs FREE, work over',
    paragraph: SRD.PF_FLR,
    run: pfFlr,
  },
  {
    name: 'vf-flr',
    title: 'FLR of a VF: its reset values; nothing of an SDI changes',
    paragraph: SRD.VF_FLR,
    needs: needsVf,
    run: vfFlr,
  },
  {
    name: 'd3hot',
    title: 'in D3hot BARs get UR and no request leaves; back in D0 all state is there',
    paragraph: SRD.POWER,
    run: d3hot,
  },
];

async function resetSdi(bench: Bench, sdi: number): Promise<void> {
  const about = { by: SRD.RESET_SDI, boundNs: resetBoundNs(bench.params) };
  await bench.expectCommand(AdminOpcode.RESET_SDI, [sdi], about);
}

async function restore(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { registers } = bench;
  const by = SRD.RESET_STATE;
  const tenant = await openTenant(bench, 0);
  const { place, pageAddress: page } = tenant;
  await tenant.perform([NOP]);
  await tenant.perform([NOP]);
  registers.write(page + SCRATCH_OFFSET + 4, 0xdead_beef);
  const entry = BAR0 + imsEntryOffset(place.firstVector);
  const hasVector = place.vectorCount > 0;
  if (hasVector) {
    registers.write(entry + VectorEntry.ADDRESS_LOW, 0xfee0_0040);
    registers.write(entry + VectorEntry.ADDRESS_HIGH, 0x5);
    registers.write(entry + VectorEntry.DATA, 0x1357);
    // Pending, which the reset has to lose.
    const work = { opcode: WorkOpcode.NOP, interrupt: true, vector: 0 };
    await tenant.perform([{ ...NOP, work }]);
  }
  const ops = hasVector ? 3 : 2;
  await resetAndRead(bench, place.sdi, page + SCRATCH_OFFSET + 4);
  await bench.expectQuery(place.sdi, [SdiState.CREATED, place.rid, 0], by);
  await bench.expectQuery(place.sdi, [undefined, undefined, undefined, ops], SRD.RESET_KEEPS);
  for (const [name, offset] of Object.entries(PageRegister)) {
    await registers.expect(page + offset, 0, { what: `${name} after RESET_SDI`, by });
  }
  await registers.expect(page + SCRATCH_OFFSET + 4, 0, { what: 'scratch after RESET_SDI', by });
  if (hasVector) {
    const kept = [
      [VectorEntry.ADDRESS_LOW, 0xfee0_0040, 'address low'],
      [VectorEntry.ADDRESS_HIGH, 0x5, 'address high'],
      [VectorEntry.DATA, 0x1357, 'data'],
      [VectorEntry.CONTROL, 1, 'control (masked, not pending)'],
    ] as const;
    for (const [offset, value, name] of kept) {
      await registers.expect(entry + offset, value, { what: `IMS ${name} after RESET_SDI`, by });
    }
  }
  await bench.enable(place);
  tenant.start();
  await tenant.perform([NOP]);
}

/** Resets an SDI; a read that follows the command finds all ones, or nothing when the reset has ended already. */
async function resetAndRead(bench: Bench, sdi: number, scratch: number): Promise<void> {
  const { host, registers } = bench;
  const startsPs = bench.startCommand(AdminOpcode.RESET_SDI, [sdi]);
  const value = await registers.read(scratch, SRD.RESETTING);
  if (value !== 0 && value !== 0xffff_ffff) {
    const seen = `scratch ${hex(value, 8)}, as it was before the reset`;
    const expected = 'all ones while RESETTING, 0 when the reset has ended';
    throw host.finding({ paragraph: SRD.RESETTING, seen, expected });
  }
  const status = await bench.finishCommand(startsPs, resetBoundNs(bench.params));
  host.expectEqual('status of RESET_SDI', [status, CommandStatus.OK], SRD.RESET_SDI);
}

/** No request of this RID from now on. */
function silence(
  bench: Bench,
  rid: number,
  expected: string,
  paragraph: Paragraph = SRD.RESET_END,
): void {
  const { host } = bench;
  host.rules.quietRids.set(rid, { fromPs: host.nowPs, why: { paragraph, expected } });
}

/** A COPY whose source reads are held back, when the first of them have come. */
async function copyHeld(bench: Bench, tenant: Tenant): Promise<void> {
  const { host } = bench;
  host.answer = (request) =>
    isMemoryRead(request.kind) && request.address >= LOW - 3 && request.address < LOW + 0x1000
      ? 'hold'
      : 'usual';
  tenant.put(copyJob(tenant, 400, [LOW, HIGH]).work);
  const rungPs = tenant.doorbell();
  const limitPs = tenant.limitPs(rungPs, [{ work: { length: 400 } }]);
  await host.runUntil(() => host.held.length > 0, limitPs);
  if (host.held.length > 0) return;
  throw host.finding({
    paragraph: SRD.PROGRESS_WORK,
    seen: `no read of its source until ${formatTime(host.nowPs)}`,
    expected: 'reads of the source of COPY',
  });
}

async function abortWork(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { host, registers } = bench;
  const tenant = await openTenant(bench, 0);
  const { place } = tenant;
  await copyHeld(bench, tenant);
  const from = host.seen.length;
  const startsPs = bench.startCommand(AdminOpcode.RESET_SDI, [place.sdi]);
  // Reads that had left, or were about to, before the command arrived: their answers come after it.
  let late = 0;
  for (const request of [...host.held]) {
    late += host.usualAnswer(request).length;
    host.release(request, host.usualAnswer(request));
  }
  host.answer = (request) => {
    late += host.usualAnswer(request).length;
    return host.usualAnswer(request);
  };
  const status = await bench.finishCommand(startsPs, resetBoundNs(bench.params));
  host.expectEqual('status of RESET_SDI', [status, CommandStatus.OK], SRD.RESET_SDI);
  silence(bench, place.rid, 'no request of an SDI whose reset has ended');
  await host.run(20 * MOMENT_PS);
  const by = SRD.RESET_ABORT;
  if (tenant.recordAt(0, from) !== undefined) {
    const seen = 'its completion record';
    throw host.finding({ paragraph: by, seen, expected: 'no record of an aborted descriptor' });
  }
  const lateRegister = BAR0 + PfRegister.LATE_COMPLETIONS;
  await registers.expect(lateRegister, late, { what: 'LATE_COMPLETIONS', by: SRD.LATE });
  await registers.expect(BAR0 + PfRegister.ERRORS, 0, { what: 'ERRORS', by });
  await bench.expectQuery(place.sdi, [SdiState.CREATED, place.rid, 0, 0], by);
}

async function abortedTags(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { host, params } = bench;
  const tenant = await openTenant(bench, 0);
  const { place } = tenant;
  await copyHeld(bench, tenant);
  const sincePs = host.nowPs;
  await resetSdi(bench, place.sdi);
  const freePs = sincePs + params.completionTimeoutNs * 1000;
  host.answer = () => 'usual';
  await bench.enable(place);
  tenant.start();
  for (let i = 0; i < 12 && host.nowPs + 5 * MOMENT_PS < freePs; i++) await tenant.perform([NOP]);
  const held = [...host.held];
  for (const request of held) host.release(request, 'never');
  await host.runTo(2 * freePs - sincePs + 10 * MOMENT_PS);
  await tenant.perform([NOP]);
}

async function neighbourGoesOn(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  if (bench.place(1) === undefined) kit.skip('the device has no two SDIs with different RIDs');
  const { registers } = bench;
  const one = await openTenant(bench, 0);
  const two = await openTenant(bench, 1);
  const scratch = two.pageAddress + SCRATCH_OFFSET;
  registers.write(scratch, 0xabcd);
  const jobs = [
    copyJob(two, 3000, [LOW + 0x10_0001, HIGH + 0x10_0000]),
    fillJob(two, 2000, LOW + 0x11_0000),
  ];
  const from = bench.host.seen.length;
  for (const { work } of jobs) two.put(work);
  const rungPs = two.doorbell();
  await resetSdi(bench, one.place.sdi);
  const by = SRD.RESET_OTHERS;
  await two.expectRecords(jobs, { first: 0, from, rungPs, by });
  await bench.expectQuery(two.place.sdi, [SdiState.ENABLED, two.rid, 0, 2], by);
  await registers.expect(scratch, 0xabcd, { what: 'scratch of the other SDI', by });
  const state = { what: 'STATE of the other SDI', by };
  await registers.expect(two.pageAddress + PageRegister.STATE, 1, state);
}

async function reconfigure(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { registers, params, host } = bench;
  const place = firstPlace(bench);
  await bench.create(place);
  registers.write(place.pageAddress + SCRATCH_OFFSET, 0x1111);
  const boundNs = resetBoundNs(params);
  const run = async (change: object, status: number, by: Paragraph): Promise<void> => {
    const args = encodeCreateArguments(place.sdi, { ...place, ...change }, true);
    await bench.expectCommand(AdminOpcode.RESET_SDI, args, { status, by, boundNs });
  };
  const by = SRD.RESET_STATE;
  await run({ firstPage: params.pageCount }, CommandStatus.PAGE_CONFLICT, SRD.STATUS_CODES);
  await run({ softwareRid: host.pfRid }, CommandStatus.RID_CONFLICT, SRD.STATUS_CODES);
  await bench.expectQuery(place.sdi, [SdiState.CREATED, place.rid], by);
  const kept = { what: 'scratch after a reconfigure that failed', by };
  await registers.expect(place.pageAddress + SCRATCH_OFFSET, 0x1111, kept);
  const softwareRid = params.softwareRids ? OTHER_RID : undefined;
  const last = params.pageCount - 1;
  await run({ softwareRid, firstPage: last }, CommandStatus.OK, SRD.RESET_SDI);
  await bench.expectQuery(place.sdi, [SdiState.CREATED, softwareRid ?? place.rid], by);
  const newPage = BAR2 + last * PAGE_BYTES;
  await registers.expect(newPage + SCRATCH_OFFSET, 0, { what: 'scratch of the new page', by });
  const old = registers.readTlp(place.pageAddress + SCRATCH_OFFSET);
  await registers.expectRefused(old, CompletionStatus.UR, SRD.PAGES);
  // ARG0[17] is what makes the difference: restore keeps the new ones.
  const args = encodeCreateArguments(place.sdi, place);
  args[0] &= ~ARG0_RECONFIGURE;
  await bench.expectCommand(AdminOpcode.RESET_SDI, args, { by: SRD.RESET_SDI, boundNs });
  await bench.expectQuery(place.sdi, [SdiState.CREATED, softwareRid ?? place.rid], by);
}

/** The PF's fields after a reset of this kind, and after `boot` before it. */
async function expectReset(bench: Bench, kind: 'cold' | 'flr', by: Paragraph): Promise<void> {
  const { registers, params } = bench;
  const wanted = (field: ConfigField): number | undefined => {
    const isReset = field.resetBy.length === 0 || field.resetBy.includes(kind);
    return isReset ? field.reset : undefined;
  };
  const fields = pfConfigFields(params);
  await expectFields(registers, fields, wanted, by);
}

/** BAR0 state and SDIs after a reset, once Memory Space is enabled again. */
async function expectPowerUp(bench: Bench, sdi: number, by: Paragraph): Promise<void> {
  const { registers } = bench;
  await bench.boot();
  const zeros = [
    ['ARG0', PfRegister.ARG0],
    ['ARG2', PfRegister.ARG0 + 8],
    ['RESULT1', PfRegister.RESULT0 + 4],
    ['COMMAND_STATUS', PfRegister.COMMAND_STATUS],
    ['ERRORS', PfRegister.ERRORS],
    ['LATE_COMPLETIONS', PfRegister.LATE_COMPLETIONS],
    ['data of IMS entry 0', imsEntryOffset(0) + VectorEntry.DATA],
  ] as const;
  for (const [name, offset] of zeros) {
    await registers.expect(BAR0 + offset, 0, { what: `${name} after the reset`, by });
  }
  const control = BAR0 + imsEntryOffset(0) + VectorEntry.CONTROL;
  await registers.expect(control, 1, { what: 'control of IMS entry 0 after the reset', by });
  await bench.expectQuery(sdi, [SdiState.FREE, 0, 0, 0], by);
}

/** Something in every register that a reset has to clear: an SDI at work, ERRORS, AER, IMS. */
async function disturb(
  bench: Bench,
): Promise<Tenant & { readonly place: { readonly sdi: number } }> {
  const { registers, host } = bench;
  const tenant = await openTenant(bench, 0);
  await tenant.perform([NOP]);
  const nobody = registers.readTlp(BAR2 + (bench.params.pageCount - 1) * PAGE_BYTES);
  if (bench.params.pageCount > 1) {
    await registers.expectRefused(nobody, CompletionStatus.UR, SRD.PAGES);
  }
  registers.write(BAR0 + imsEntryOffset(0) + VectorEntry.DATA, 0x55);
  registers.write(BAR0 + imsEntryOffset(0) + VectorEntry.CONTROL, 0);
  await host.run(2 * MOMENT_PS);
  return tenant;
}

async function coldAndHot(kit: StepKit): Promise<void> {
  for (const kind of ['cold', 'hot'] as const) {
    const bench = await bootedBench(kit, { payload: 'most' });
    const { host, registers } = bench;
    const tenant = await disturb(bench);
    tenant.put(fillJob(tenant, 3000, LOW).work);
    tenant.doorbell();
    await host.run(3 * MOMENT_PS);
    await host.reset(kind);
    host.doing(`RESET ${kind}`);
    host.completerBy = SRD.RESET_COLD;
    await host.run(30 * MOMENT_PS);
    const tlp = await registers.configCompletion(0, 0, 0, [0]);
    registers.expectStatus(tlp, CompletionStatus.SC, SRD.RESET_COLD);
    host.completerBy = SRD.COMPLETER;
    await expectReset(bench, 'cold', SRD.RESET_COLD);
    await expectPowerUp(bench, tenant.place.sdi, SRD.RESET_COLD);
  }
}

/** Initiates an FLR by `start`, and waits until `read` is completed with another status than RRS. */
async function awaitFlr(
  bench: Bench,
  by: Paragraph,
  parts: {
    readonly start: () => Promise<unknown>;
    readonly read: () => Promise<{ status: number }>;
  },
): Promise<void> {
  const { host } = bench;
  await parts.start();
  const { sent } = host;
  const limitPs = host.nowPs + FLR_BOUND_PS;
  for (;;) {
    const arrivesPs = host.nowPs + host.lookaheadPs;
    const { status } = await parts.read();
    if (status === CompletionStatus.SC) return;
    const isOver = arrivesPs > limitPs;
    if (status === CompletionStatus.RRS && !isOver) {
      await host.run(MOMENT_PS);
      continue;
    }
    const seen = isOver ? `RRS at ${formatTime(arrivesPs)}` : `status ${status}`;
    const expected = `RRS while the FLR runs, SC from ${formatTime(limitPs)} on`;
    throw host.finding({ paragraph: by, sent, seen, expected });
  }
}

async function pfFlr(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit, { payload: 'most' });
  const { host, registers, params } = bench;
  const by = SRD.PF_FLR;
  const tenant = await disturb(bench);
  const aer = await registers.config(ConfigOffset.AER_STATUS, by);
  const control = await registers.config(ConfigOffset.DEVICE_CONTROL, by, 2);
  await copyHeld(bench, tenant);
  const beganPs = host.nowPs;
  await awaitFlr(bench, by, {
    start: () =>
      registers.configure(ConfigOffset.DEVICE_CONTROL, control | FLR, by, { byteLength: 2 }),
    read: () => registers.configCompletion(host.pfRid, 0),
  });
  host.rules.quietFromPs = host.nowPs;
  host.rules.quietBy = { paragraph: by, expected: 'the FLR has ended' };
  // Completions from before it are dropped silently, but not for ever.
  const isSilent = host.nowPs + MOMENT_PS < beganPs + 2 * params.completionTimeoutNs * 1000;
  for (const request of [...host.held]) host.release(request, isSilent ? 'usual' : 'never');
  await host.run(20 * MOMENT_PS);
  await expectReset(bench, 'flr', by);
  const kept = await registers.config(ConfigOffset.DEVICE_CONTROL, by, 2);
  host.expectEqual('Max_Payload_Size after FLR', [(kept >> 5) & 7, (control >> 5) & 7], by);
  const sticky = await registers.config(ConfigOffset.AER_STATUS, by);
  // Not the completion timeout, which may strike before the FLR arrives.
  const BOUND = 0x0015_9000;
  host.expectEqual('AER Uncorrectable Error Status after FLR', [sticky & BOUND, aer & BOUND], by);
  await host.runTo(host.nowPs + 2 * params.completionTimeoutNs * 1000);
  await expectPowerUp(bench, tenant.place.sdi, by);
  host.answer = () => 'usual';
  const again = await openTenant(bench, 0);
  await again.perform([NOP]);
}

async function vfFlr(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { host, params, registers } = bench;
  const by = SRD.VF_FLR;
  const vf = new VirtualFunction(bench);
  if (!params.mixedIov) kit.skip('VFs and SDIs cannot be mixed (mixedIov is false)');
  await vf.enable();
  const place = bench.place(0);
  if (place === undefined || place.rid === vf.rid) kit.skip('SDI 0 and VF 1 have the same RID');
  const tenant = await openTenant(bench, 0);
  const jobs = [copyJob(tenant, 2000, [LOW, HIGH])];
  const from = host.seen.length;
  for (const { work } of jobs) tenant.put(work);
  const rungPs = tenant.doorbell();
  await vf.configure(ConfigOffset.COMMAND, Command.BUS_MASTER, 2);
  registers.write(vf.pageAddress + SCRATCH_OFFSET, 0x4444);
  await awaitFlr(bench, by, {
    start: () => vf.configure(ConfigOffset.DEVICE_CONTROL, FLR, 2),
    read: () => vf.read(0),
  });
  const scratch = await vf.readPage(SCRATCH_OFFSET);
  host.expectEqual('scratch of VF 1 after its FLR', [scratch, 0], by);
  for (const field of vfConfigFields(params)) {
    if (!field.checked || field.resetBy.length === 0 || field.offset % 4 !== 0) continue;
    const width = field.high - field.low + 1;
    const dw = await vf.config(field.offset, by);
    const mask = width >= 32 ? 0xffff_ffff : 2 ** width - 1;
    const seen = ((dw >>> field.low) & mask) >>> 0;
    host.expectEqual(`${field.name} of VF 1 after its FLR`, [seen, field.reset], by);
  }
  await tenant.expectRecords(jobs, { first: 0, from, rungPs, by });
  await bench.expectQuery(tenant.place.sdi, [SdiState.ENABLED, tenant.rid, 0, 1], by);
}

async function d3hot(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { host, registers } = bench;
  const by = SRD.POWER;
  const tenant = await openTenant(bench, 0);
  await tenant.perform([NOP]);
  const power = powerOf(bench);
  host.rules.quietBy = { paragraph: by, expected: 'the device is in D3hot' };
  const argument = await registers.read(BAR0 + PfRegister.ARG0, by);
  await power(D3HOT);
  host.rules.quietFromPs = host.nowPs + MOMENT_PS;
  await registers.expectRefused(registers.readTlp(BAR0), CompletionStatus.UR, by);
  const ids = await registers.configCompletion(host.pfRid, 0);
  registers.expectStatus(ids, CompletionStatus.SC, by);
  const wanted = (bench.params.deviceId << 16) | bench.params.vendorId;
  host.expectEqual('Vendor and Device ID in D3hot', [readU32Le(ids.payload, 0), wanted >>> 0], by);
  await host.run(30 * MOMENT_PS);
  host.rules.quietFromPs = Infinity;
  await power(0);
  await registers.expect(BAR0 + PfRegister.ARG0, argument, { what: 'ARG0 after D3hot', by });
  const ring = { what: 'RING_SIZE after D3hot', by };
  await registers.expect(tenant.pageAddress + PageRegister.RING_SIZE, tenant.entries, ring);
  await bench.expectQuery(tenant.place.sdi, [SdiState.ENABLED, tenant.rid, 0, 1], by);
  await tenant.perform([NOP]);
  await d3hotAtWork(bench, tenant);
}

/** Writes PowerState. */
function powerOf({ registers }: Bench): (state: number) => Promise<unknown> {
  return (state) => registers.configure(ConfigOffset.POWER, state, SRD.POWER, { byteLength: 2 });
}

/** Work that is under way stops in D3hot, and goes on after it. */
async function d3hotAtWork(bench: Bench, tenant: Tenant): Promise<void> {
  const { host } = bench;
  const job = fillJob(tenant, 20_000, LOW);
  tenant.put(job.work);
  const from = host.seen.length;
  tenant.doorbell();
  const isUnderWay = (): boolean =>
    host.seen.slice(from).some(({ tlp }) => isMemoryWrite(tlp.kind));
  await host.runUntil(isUnderWay, host.nowPs + 50 * MOMENT_PS);
  const power = powerOf(bench);
  await power(D3HOT);
  host.rules.quietFromPs = host.nowPs + MOMENT_PS;
  await host.run(30 * MOMENT_PS);
  host.rules.quietFromPs = Infinity;
  await power(0);
  await tenant.expectRecords([job], { first: 2, from, rungPs: host.nowPs });
}
