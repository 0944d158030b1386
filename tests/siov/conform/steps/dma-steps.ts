// Stage dma: a descriptor of each opcode, sizes and alignments, records, refusals, halts, answers that fail. Source: SRD §7.
import { crc32 } from '#base/crc32';
import { readU32Le } from '#base/bytes';
import { CompletionStatus, isMemoryRead, type Tlp } from '#pcie/tlp';
import { completionsFor } from '#pcie/build';
import { byteLengthOf, firstByteAddress } from '#pcie/rules';
import type { SrdParams } from '#siov/srd-params';
import { PageRegister } from '#siov/srd-registers';
import { WORK_LENGTH_MAX } from '#siov/srd-work-descriptor';
import { WorkOpcode, WorkStatus } from '#siov/work';
import { atomicResult } from '../atomic.ts';
import { bootedBench, Command, needsTwoSdis, type Bench, type BootOptions } from '../bench.ts';
import { pattern } from '../buffers.ts';
import { HOST_RID, refusal } from '../host.ts';
import { SRD } from '../paragraphs.ts';
import { MOMENT_PS } from '../request-rules.ts';
import type { ConformStep, StepKit } from '../step.ts';
import { openTenant, Tenant, type Job, type QueueOptions } from '../tenant.ts';

const LOW = 0x2000_0000;
const HIGH = 0x20_0000_0000;
const { DONE } = WorkStatus;
const PASID = 0xa_bcde;

const needsAtomics = (params: SrdParams): string | undefined =>
  params.atomics ? undefined : 'the device has no AtomicOps (atomics is false)';
const needsCrc = ({ crc32: has }: SrdParams): string | undefined =>
  has ? undefined : 'the device has no CRC32 (crc32 is false)';
const needsPasid = ({ pasid }: SrdParams): string | undefined =>
  pasid ? undefined : 'the device has no PASID (pasid is false)';

export const DMA_STEPS: readonly ConformStep[] = [
  {
    name: 'nop',
    title: 'NOP: the descriptor is fetched, its record is written, HEAD and OPS move',
    paragraph: SRD.RECORD,
    isBasic: true,
    run: nopAndCounters,
  },
  {
    name: 'fill',
    title: 'FILL writes the pattern from the first byte of the destination on',
    paragraph: SRD.OPCODES,
    isBasic: true,
    run: (kit) =>
      performAll(kit, (tenant) =>
        [
          [8, LOW],
          [1, LOW + 0x1003],
          [333, LOW + 0x2ffd],
          [5000, HIGH + 0xff1],
        ].map(([length, at]) => fillJob(tenant, length, at)),
      ),
  },
  {
    name: 'copy',
    title: 'COPY reads the source and writes the destination, whatever size and alignment',
    paragraph: SRD.OPCODES,
    isBasic: true,
    run: (kit) =>
      performAll(kit, (tenant) => [
        copyJob(tenant, 64, [LOW, HIGH]),
        copyJob(tenant, 1, [LOW + 0x1fff, HIGH + 0x1003]),
        copyJob(tenant, 1500, [HIGH + 0x2f01, LOW + 0x3ff2]),
        copyJob(tenant, 9001, [LOW + 0x8007, HIGH + 0x8ff5]),
      ]),
  },
  {
    name: 'sizes',
    title: 'requests obey the largest and the smallest sizes that can be set',
    paragraph: SRD.REQUESTS,
    run: async (kit) => {
      const jobs = (tenant: Tenant): Job[] => [
        copyJob(tenant, 4096, [LOW + 0x800, HIGH + 0x4]),
        fillJob(tenant, 4100, LOW + 0x1_0000),
      ];
      await performAll(kit, jobs, { boot: { payload: 'most', maxReadBytes: 4096 } });
      await performAll(kit, jobs, { boot: { payload: 'least', maxReadBytes: 128 } });
    },
  },
  {
    name: 'crc32',
    title: 'CRC32 reads the source, and the record has its CRC-32',
    paragraph: SRD.OPCODES,
    needs: needsCrc,
    run: (kit) =>
      performAll(kit, (tenant) =>
        [
          [9, LOW + 0x10],
          [1, LOW + 0x103],
          [777, HIGH + 0xe01],
          [3000, LOW + 0x3001],
        ].map(([length, at]) => crcJob(tenant, length, at)),
      ),
  },
  {
    name: 'atomics',
    title:
      'FETCH_ADD, SWAP and CAS of 4 and 8 bytes: the new value in memory, the old one in the record',
    paragraph: SRD.OPCODES,
    needs: needsAtomics,
    run: (kit) => performAll(kit, atomicJobs, { entries: 2, oneByOne: true }),
  },
  {
    name: 'absent-opcodes',
    title: 'opcodes that the device does not have, or that are not enabled, end with BAD_OPCODE',
    paragraph: SRD.WORK_STATUS,
    run: absentOpcodes,
  },
  {
    name: 'refusals',
    title: 'bad descriptors end with the first status of the list that fits, without data',
    paragraph: SRD.WORK_STATUS,
    run: (kit) => performAll(kit, refusedJobs, { oneByOne: true }),
  },
  {
    name: 'wrap',
    title: 'n and phase go round the ring, with descriptors without record among them',
    paragraph: SRD.RECORD,
    run: wrapAround,
  },
  {
    name: 'relaxed',
    title:
      'Relaxed Ordering on the data writes of a descriptor that asks for it, when it is enabled',
    paragraph: SRD.REQUEST_FIELDS,
    run: async (kit) => {
      const jobs = (tenant: Tenant): Job[] => [
        fillJob(tenant, 300, LOW + 2, true),
        copyJob(tenant, 200, [LOW + 0x1000, HIGH]),
      ];
      await performAll(kit, jobs);
      await performAll(kit, jobs, { boot: { mayRelax: false } });
    },
  },
  {
    name: 'tags',
    title: 'tags of 5, 8 and 10 bits as enabled; none is reused while outstanding',
    paragraph: SRD.TAGS,
    run: async (kit) => {
      for (const tags of ['5 bits', '8 bits', '10 bits'] as const) {
        await performAll(kit, (tenant) => [copyJob(tenant, 6000, [LOW + 5, HIGH + 9])], {
          boot: { tags, maxReadBytes: 128 },
        });
      }
    },
  },
  {
    name: 'pasid',
    title: 'requests carry the PASID of their queue, when it is enabled',
    paragraph: SRD.PASID,
    needs: needsPasid,
    run: async (kit) => {
      await performAll(kit, simpleJobs, { queue: { pasid: PASID } });
    },
  },
  {
    name: 'two-sdis',
    title: 'two SDIs at work at the same time: each under its own RID, in its own memory',
    paragraph: SRD.OWN_RID,
    needs: needsTwoSdis,
    run: twoTenants,
  },
  {
    name: 'same-tags',
    title:
      'completions belong to the request of their Requester ID and tag, in whatever order they come',
    paragraph: SRD.OWN_RID,
    needs: needsTwoSdis,
    run: crossedAnswers,
  },
  {
    name: 'fair',
    title: 'a queue is served within the fetches of others that fairness allows',
    paragraph: SRD.QUEUE,
    needs: (params) =>
      needsTwoSdis(params) ??
      (params.ringMax <= fairBound(params) + 1 ? 'its rings are too short to tell' : undefined),
    run: servedFairly,
  },
  {
    name: 'not-enabled',
    title: 'the queue of an SDI that is only CREATED does not run',
    paragraph: SRD.QUEUE,
    run: notEnabled,
  },
  {
    name: 'bus-master',
    title: 'with Bus Master Enable 0 no request leaves, and work goes on when it is 1 again',
    paragraph: SRD.BUS_MASTER,
    run: busMaster,
  },
  {
    name: 'bad-ring',
    title:
      'a ring size that is not allowed, or a TAIL too far ahead, halts the queue with BAD_RING',
    paragraph: SRD.HALT,
    run: badRings,
  },
  {
    name: 'fetch-fails',
    title: 'a fetch that fails halts the queue with its status, HEAD stays; CTRL restarts it',
    paragraph: SRD.HALT,
    run: fetchFails,
  },
  {
    name: 'answers-fail',
    title: 'a read completed with UR, CA or poison ends its descriptor with that status',
    paragraph: SRD.WORK_STATUS,
    run: answersFail,
  },
  {
    name: 'timeout',
    title: 'a read that is never completed ends its descriptor with the timeout, in time',
    paragraph: SRD.TIMEOUT,
    run: neverAnswered,
  },
];

// ---- Jobs.

export function fillJob(tenant: Tenant, length: number, at: number, relaxedOrdering = false): Job {
  const operandA = pattern(8, length);
  const bytes = Uint8Array.from({ length }, (_, i) => operandA[i % 8]);
  const buffer = tenant.buffer('the destination of FILL', at, {
    byteLength: length,
    access: 'write',
    isRelaxed: relaxedOrdering,
  });
  return {
    work: { opcode: WorkOpcode.FILL, length, destination: at, operandA, relaxedOrdering },
    outcome: { status: DONE, bytes: length },
    destination: { buffer, bytes },
  };
}

export function copyJob(
  tenant: Tenant,
  length: number,
  [from, to]: readonly [number, number],
): Job {
  const source = tenant.buffer('the source of COPY', from, { byteLength: length, access: 'read' });
  source.bytes.set(pattern(length, from % 65_521));
  const buffer = tenant.buffer('the destination of COPY', to, {
    byteLength: length,
    access: 'write',
  });
  return {
    work: { opcode: WorkOpcode.COPY, length, source: from, destination: to },
    outcome: { status: DONE, bytes: length },
    destination: { buffer, bytes: source.bytes.slice() },
    source,
  };
}

export function crcJob(tenant: Tenant, length: number, from: number): Job {
  const source = tenant.buffer('the source of CRC32', from, { byteLength: length, access: 'read' });
  source.bytes.set(pattern(length, from % 65_521));
  return {
    work: { opcode: WorkOpcode.CRC32, length, source: from },
    outcome: { status: DONE, bytes: length, resultLow: crc32(source.bytes) },
    source,
  };
}

function atomicJobs(tenant: Tenant): Job[] {
  const jobs: Job[] = [];
  const kinds = [
    [WorkOpcode.FETCH_ADD, 'FetchAdd'],
    [WorkOpcode.SWAP, 'Swap'],
    [WorkOpcode.CAS, 'CAS'],
  ] as const;
  for (const [opcode, kind] of kinds) {
    for (const length of [4, 8]) {
      for (const isEqual of kind === 'CAS' ? [true, false] : [false]) {
        const at = (length === 4 ? LOW : HIGH) + 0x100 * jobs.length + length;
        const buffer = tenant.buffer(`the destination of ${kind}`, at, {
          byteLength: length,
          access: 'atomic',
        });
        // All ones somewhere, so that sums carry.
        buffer.bytes.set(
          pattern(length, opcode + length).map((byte, i) => (i === 1 ? 0xff : byte)),
        );
        const old = buffer.bytes.slice();
        const operandA = pattern(8, 77 + opcode);
        if (isEqual) operandA.set(old);
        const operandB = pattern(8, 99 + opcode);
        const operands = Uint8Array.of(
          ...operandA.subarray(0, length),
          ...operandB.subarray(0, length),
        );
        jobs.push({
          work: { opcode, length, destination: at, operandA, operandB },
          outcome: {
            status: DONE,
            bytes: length,
            resultLow: readU32Le(old, 0),
            resultHigh: length === 8 ? readU32Le(old, 4) : 0,
          },
          destination: { buffer, bytes: atomicResult(kind, old, operands) },
        });
      }
    }
  }
  return jobs;
}

/** COPY and FILL, and the others where there are. */
export function simpleJobs(tenant: Tenant): Job[] {
  const jobs = [copyJob(tenant, 700, [LOW + 3, HIGH + 0xffe]), fillJob(tenant, 130, LOW + 0x2000)];
  if (tenant.bench.params.crc32) jobs.push(crcJob(tenant, 200, LOW + 0x4000));
  return jobs;
}

function refusedJobs(tenant: Tenant): Job[] {
  const { params } = tenant.bench;
  const { COPY, FILL, NOP, FETCH_ADD } = WorkOpcode;
  const S = WorkStatus;
  const bad = (work: Job['work'], status: number): Job => ({
    work: { source: LOW, destination: HIGH, ...work },
    outcome: { status, bytes: 0 },
  });
  const jobs = [
    bad({ opcode: 0x55, length: 0, reserved: true }, S.BAD_OPCODE),
    bad({ opcode: COPY, length: 0 }, S.BAD_LENGTH),
    bad({ opcode: FILL, length: WORK_LENGTH_MAX + 1, reserved: true }, S.BAD_LENGTH),
    bad({ opcode: COPY, length: 16, reserved: true }, S.RESERVED),
    bad({ opcode: FILL, length: 16, interrupt: true, vector: 0xffff }, S.BAD_VECTOR),
    bad({ opcode: NOP, length: 5, reserved: true, interrupt: true, vector: 0xffff }, S.RESERVED),
  ];
  if (params.atomics) {
    jobs.push(bad({ opcode: FETCH_ADD, length: 6, destination: HIGH + 1 }, S.BAD_LENGTH));
    jobs.push(
      bad({ opcode: FETCH_ADD, length: 8, destination: HIGH + 4, reserved: true }, S.BAD_ALIGN),
    );
  }
  return jobs;
}

// ---- Steps.

interface Setting {
  readonly boot?: BootOptions;
  readonly queue?: QueueOptions;
  readonly entries?: number;
  /** Each job is rung alone. */
  readonly oneByOne?: boolean;
}

/** One SDI that does all these jobs. */
async function performAll(
  kit: StepKit,
  make: (tenant: Tenant) => readonly Job[],
  setting: Setting = {},
): Promise<void> {
  const bench = await bootedBench(kit, setting.boot);
  const { entries } = setting;
  const size = entries === undefined ? {} : { entries };
  const tenant = await openTenant(bench, 0, { ...setting.queue, ...size });
  const jobs = make(tenant);
  const batch = setting.oneByOne === true ? 1 : tenant.entries;
  for (let i = 0; i < jobs.length; i += batch) await tenant.perform(jobs.slice(i, i + batch));
}

const NOP_JOB: Job = { work: { opcode: WorkOpcode.NOP }, outcome: { status: DONE, bytes: 0 } };

async function nopAndCounters(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { registers } = bench;
  const tenant = await openTenant(bench, 0);
  await tenant.perform([NOP_JOB]);
  await tenant.perform([NOP_JOB]);
  const by = SRD.CONTROL_PAGE;
  const expect = (offset: number, value: number, what: string): Promise<void> =>
    registers.expect(tenant.pageAddress + offset, value, { what, by });
  await expect(PageRegister.HEAD, 2, 'HEAD after 2 descriptors');
  await expect(PageRegister.TAIL, 2, 'TAIL');
  await expect(PageRegister.OPS, 2, 'OPS after 2 descriptors');
  await expect(PageRegister.STATE, 1, 'STATE when idle');
  await bench.expectQuery(tenant.place.sdi, [2, tenant.rid, 0, 2], SRD.LIFETIME);
}

async function absentOpcodes(kit: StepKit): Promise<void> {
  const { params } = await kit.host();
  const { FETCH_ADD, SWAP, CAS, CRC32 } = WorkOpcode;
  const outcome = { status: WorkStatus.BAD_OPCODE, bytes: 0 };
  const jobs: Job[] = [FETCH_ADD, SWAP, CAS].map((opcode) => ({
    work: { opcode, length: 4, destination: LOW },
    outcome,
  }));
  if (!params.crc32) jobs.push({ work: { opcode: CRC32, length: 4, source: LOW }, outcome });
  await performAll(kit, () => jobs, { boot: { atomics: false }, oneByOne: true });
}

async function wrapAround(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const tenant = await openTenant(bench, 0, { entries: 2 });
  const silent: Job = { ...NOP_JOB, work: { opcode: WorkOpcode.NOP, noRecord: true } };
  for (let i = 0; i < 4; i++) await tenant.perform([NOP_JOB, NOP_JOB]);
  const { seen } = bench.host;
  const from = seen.length;
  await tenant.perform([silent, NOP_JOB]);
  const silentRecord = tenant.recordAt(tenant.posted - 2, from);
  if (silentRecord !== undefined) {
    const seenText = 'a record of a descriptor with DW0 bit 9';
    throw bench.host.finding({ paragraph: SRD.RECORD, seen: seenText, expected: 'no record' });
  }
  await tenant.perform([NOP_JOB]);
}

async function twoTenants(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  if (bench.place(1) === undefined) kit.skip('the device has no two SDIs with different RIDs');
  const one = await openTenant(bench, 0);
  const two = await openTenant(bench, 1);
  const jobs = [
    copyJob(one, 2500, [LOW + 7, HIGH + 1]),
    fillJob(one, 600, LOW + 0x4000),
    copyJob(two, 2400, [LOW + 0x10_0001, HIGH + 0x10_0000]),
    fillJob(two, 700, LOW + 0x11_0000),
  ];
  // The second is rung first, and looked at last: both are under way together.
  const { host } = bench;
  for (const job of jobs.slice(2)) two.put(job.work);
  const from = host.seen.length;
  const rungPs = two.doorbell();
  await one.perform(jobs.slice(0, 2));
  await two.expectRecords(jobs.slice(2), { first: 0, from, rungPs });
}

/** Both read at the same time; the answers come in reverse. */
async function crossedAnswers(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  if (bench.place(1) === undefined) kit.skip('the device has no two SDIs with different RIDs');
  const { host } = bench;
  const tenants = [await openTenant(bench, 0), await openTenant(bench, 1)];
  const isSource = (request: Tlp): boolean =>
    host.buffers.find(firstByteAddress(request))?.name === 'the source of COPY';
  for (let round = 0; round < 3; round++) {
    host.answer = (request) => (isSource(request) ? 'hold' : 'usual');
    const from = host.seen.length;
    const first = tenants[0].posted;
    const jobs = tenants.map((tenant, i) => {
      const shift = 0x10_0000 * i + 0x8000 * round;
      return copyJob(tenant, 1200, [LOW + shift, HIGH + shift]);
    });
    for (const [i, { work }] of jobs.entries()) tenants[i].put(work);
    const rungs = tenants.map((tenant) => tenant.doorbell());
    const limitPs = tenants[0].limitPs(rungs[0], jobs);
    await host.runUntil(() => host.held.length > 0, limitPs);
    await host.run(MOMENT_PS);
    for (const request of [...host.held].reverse()) host.release(request);
    host.answer = () => 'usual';
    for (const [i, job] of jobs.entries()) {
      await tenants[i].expectRecords([job], { first, from, rungPs: rungs[i] });
    }
  }
}

/** Q + E of two queues, and what was chosen before the second was ready, and left after. */
function fairBound({ engineCount }: SrdParams): number {
  return 2 + 2 * engineCount;
}

/** One queue with much to do, then another with a little: it need not wait for all of the first. */
async function servedFairly(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  if (bench.place(1) === undefined) kit.skip('the device has no two SDIs with different RIDs');
  const { host, params } = bench;
  const bound = fairBound(params);
  const entries = Math.min(params.ringMax, 256);
  const busy = await openTenant(bench, 0, { entries });
  const other = await openTenant(bench, 1);
  const work = { opcode: WorkOpcode.NOP, noRecord: true };
  // Each of them is the busy one in turn: neither order of numbers nor of time may starve.
  for (const [many, few] of [
    [busy, other],
    [other, busy],
  ]) {
    const from = host.seen.length;
    const readyPs = await ringBoth(many, few, work);
    const limitPs = many.limitPs(
      readyPs,
      Array.from({ length: many.entries + 1 }, () => ({ work })),
    );
    const fetchOf = (tenant: Tenant): number[] =>
      host.seen
        .slice(from)
        .filter(
          ({ tlp }) => isMemoryRead(tlp.kind) && host.buffers.find(tlp.address) === tenant.ring,
        )
        .map(({ timePs }) => timePs);
    await host.runUntil(() => fetchOf(few).length > 0, limitPs);
    const [fetchedPs = Infinity] = fetchOf(few);
    const others = new Set(
      host.seen
        .slice(from)
        .filter(({ tlp, timePs }) => {
          const isFetch = isMemoryRead(tlp.kind) && host.buffers.find(tlp.address) === many.ring;
          return isFetch && timePs > readyPs && timePs < fetchedPs;
        })
        .map(({ tlp }) => Math.floor((tlp.address - many.ring.address) / 64)),
    );
    if (others.size > bound) {
      throw host.finding({
        paragraph: SRD.FAIR,
        sent: 'TAIL of a queue with many descriptors, then TAIL of another with one',
        seen: `${others.size} descriptors of the first queue fetched before that of the other`,
        expected: `at most ${bound}: 2 queues, and twice ${params.engineCount} engines`,
      });
    }
    await host.runTo(host.nowPs + limitPs - readyPs);
  }
}

/** Rings `many` with a full ring, then `few` with one descriptor; when the second TAIL arrives. */
async function ringBoth(many: Tenant, few: Tenant, work: Job['work']): Promise<number> {
  for (let i = 0; i < many.entries; i++) many.put(work);
  few.put(work);
  many.doorbell();
  await many.bench.host.run(MOMENT_PS);
  return few.doorbell();
}

async function notEnabled(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { host, registers } = bench;
  const place = bench.place(0);
  if (place === undefined) return;
  await bench.create(place);
  const tenant = new Tenant(bench, { ...place, index: 0 });
  tenant.start();
  tenant.put(NOP_JOB.work);
  tenant.doorbell();
  const expected = 'no request of an SDI that is CREATED';
  host.rules.quietRids.set(place.rid, { fromPs: 0, why: { paragraph: SRD.QUEUE, expected } });
  await host.run(40_000_000);
  const state = { what: 'STATE of an SDI that is CREATED', by: SRD.CONTROL_PAGE };
  await registers.expect(place.pageAddress + PageRegister.STATE, 0, state);
  host.rules.quietRids.clear();
  const from = host.seen.length;
  await bench.enable(place);
  // What was rung before it was enabled runs now.
  await tenant.expectRecords([NOP_JOB], { first: 0, from, rungPs: host.nowPs });
}

async function busMaster(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { host } = bench;
  const tenant = await openTenant(bench, 0);
  await tenant.perform([NOP_JOB]);
  await bench.setCommand(Command.MEMORY_SPACE);
  await host.run(2 * MOMENT_PS);
  const job = fillJob(tenant, 100, LOW);
  tenant.put(job.work);
  const from = host.seen.length;
  tenant.doorbell();
  await host.run(60_000_000);
  await bench.setCommand(Command.BOTH);
  await tenant.expectRecords([job], { first: 1, from, rungPs: host.nowPs });
}

async function badRings(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { registers, params, host } = bench;
  const tenant = await openTenant(bench, 0);
  const page = tenant.pageAddress;
  const state = async (wanted: number, what: string): Promise<void> => {
    const about = { what: `STATE ${what}`, by: SRD.HALT, mask: 0xff05 };
    await registers.expect(page + PageRegister.STATE, wanted, about);
  };
  const halted = (WorkStatus.BAD_RING << 8) | 5;
  for (const size of [0, 1, 3, 2 * params.ringMax]) {
    tenant.stop();
    await host.run(2 * MOMENT_PS);
    registers.write(page + PageRegister.RING_SIZE, size);
    registers.write(page + PageRegister.CTRL, 1);
    await state(halted, `with RING_SIZE ${size}`);
  }
  tenant.stop();
  tenant.start();
  await state(1, 'after a restart with a legal ring');
  registers.write(page + PageRegister.TAIL, tenant.entries + 1);
  await state(halted, `with TAIL ${tenant.entries + 1} in a ring of ${tenant.entries}`);
}

async function fetchFails(kit: StepKit): Promise<void> {
  const statuses = [
    [CompletionStatus.UR, WorkStatus.UNSUPPORTED],
    [CompletionStatus.CA, WorkStatus.ABORTED],
  ] as const;
  for (const [status, code] of statuses) {
    const bench = await bootedBench(kit);
    const { host, registers } = bench;
    const tenant = await openTenant(bench, 0);
    tenant.put(NOP_JOB.work);
    host.answer = (request) => refusal(request, status);
    const rungPs = tenant.doorbell();
    await host.runTo(tenant.limitPs(rungPs, [NOP_JOB]));
    const by = SRD.HALT;
    const about = { what: 'STATE after a fetch that failed', by, mask: 0xff07 };
    await registers.expect(tenant.pageAddress + PageRegister.STATE, (code << 8) | 5, about);
    const head = { what: 'HEAD after a fetch that failed', by };
    await registers.expect(tenant.pageAddress + PageRegister.HEAD, 0, head);
    if (tenant.recordAt(0, 0) !== undefined) {
      const seen = 'a record of a descriptor that was never fetched';
      throw host.finding({ paragraph: by, seen, expected: 'no record' });
    }
    host.answer = () => 'usual';
    tenant.stop();
    tenant.start();
    await tenant.perform([NOP_JOB]);
  }
}

/** Reads of the source are answered by `answer`, all else as usual. */
function bendSource(
  bench: Bench,
  at: number,
  answer: (request: Tlp) => readonly Tlp[] | 'never',
): void {
  bench.host.answer = (request) =>
    isMemoryRead(request.kind) && request.address >= at - 3 && request.address < at + 0x1000
      ? answer(request)
      : 'usual';
}

async function answersFail(kit: StepKit): Promise<void> {
  const poisoned = (request: Tlp): Tlp[] => {
    const bytes = pattern(byteLengthOf(request), firstByteAddress(request) % 65_521);
    const parts = completionsFor(request, { completerId: HOST_RID, bytes, ends: [bytes.length] });
    for (const part of parts) part.ep = 1;
    return parts;
  };
  const cases = [
    [(request: Tlp) => refusal(request, CompletionStatus.UR), WorkStatus.UNSUPPORTED],
    [(request: Tlp) => refusal(request, CompletionStatus.RRS), WorkStatus.UNSUPPORTED],
    [(request: Tlp) => refusal(request, CompletionStatus.CA), WorkStatus.ABORTED],
    [poisoned, WorkStatus.POISONED],
  ] as const;
  const bench = await bootedBench(kit);
  const tenant = await openTenant(bench, 0);
  for (const [answer, status] of cases) {
    bendSource(bench, LOW, answer);
    await tenant.perform([failingCopy(tenant, status)]);
  }
  bench.host.answer = () => 'usual';
  await tenant.perform([copyJob(tenant, 100, [LOW, HIGH])]);
}

/** A COPY none of whose bytes can come, from the source that every device is asked to read here. */
export function failingCopy(tenant: Tenant, status: number): Job {
  const { work, destination } = copyJob(tenant, 60, [LOW, HIGH]);
  const outcome = { status, bytes: 0 };
  return { work, outcome, ...(destination && { untouched: destination.buffer }) };
}

async function neverAnswered(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { host, params } = bench;
  const tenant = await openTenant(bench, 0);
  let lastPs = 0;
  bendSource(bench, LOW, () => {
    lastPs = host.seen[host.seen.length - 1].timePs;
    return 'never';
  });
  await tenant.perform([failingCopy(tenant, WorkStatus.TIMED_OUT)]);
  const at = tenant.recordAt(0, 0);
  const recordPs = at === undefined ? 0 : host.seen[at].timePs;
  if (recordPs < lastPs + params.completionTimeoutNs * 1000) {
    throw host.finding({
      paragraph: SRD.TIMEOUT,
      seen: `its record ${(recordPs - lastPs) / 1000} ns after the read`,
      expected: `no timeout before ${params.completionTimeoutNs} ns`,
    });
  }
}
