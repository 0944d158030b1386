// A queue of an SDI (or VF) at work: ring, records, buffers; descriptors rung and their records held against what they should
// be. Source: SRD §7; §4 (Progress).
import { hex } from '#base/bits';
import { bytesToHex } from '#base/bytes';
import { formatTime } from '#base/time-text';
import { isMemoryWrite } from '#pcie/tlp';
import {
  decodeRecord,
  encodeDescriptor,
  DESCRIPTOR_BYTES,
  recordPhase,
  RECORD_BYTES,
} from '#siov/srd-work-descriptor';
import { emptyWork, workOpcodeName, workStatusName } from '#siov/work';
import type { WorkDescription } from '#siov/host-event';
import { PagePasid, PageRegister } from '#siov/srd-registers';
import type { Bench, SdiPlace } from './bench.ts';
import type { HostBuffer } from './buffers.ts';
import { timedTlpText } from './link-text.ts';
import { encodeTlp } from '#pcie/codec';
import { SRD, type Paragraph } from './paragraphs.ts';

/** What a record has to say. */
export interface Outcome {
  readonly status: number;
  readonly bytes: number;
  readonly resultLow?: number;
  readonly resultHigh?: number;
}

/** A descriptor, what is expected of it, and its buffers. */
export interface Job {
  readonly work: Partial<WorkDescription>;
  readonly outcome: Outcome;
  /** What the destination has to hold when it is done. */
  readonly destination?: { readonly buffer: HostBuffer; readonly bytes: Uint8Array };
  /** Of which every byte has to be read. */
  readonly source?: HostBuffer;
  /** Of which no byte may be written. */
  readonly untouched?: HostBuffer;
}

export interface QueueOptions {
  readonly entries?: number;
  /** 20 bits: requests carry it. */
  readonly pasid?: number;
}

const PS_PER_DESCRIPTOR = 20_000_000;
const PS_PER_BYTE = 100_000;
const SETTLE_PS = 50_000_000;
/** After the last record, for what should not come. */
const AFTER_PS = 3_000_000;

export class Tenant {
  readonly bench: Bench;
  readonly rid: number;
  readonly pageAddress: number;
  readonly entries: number;
  readonly pasid: number | undefined;
  readonly ring: HostBuffer;
  readonly records: HostBuffer;
  /** Descriptors posted since the queue was started. */
  posted = 0;

  constructor(
    bench: Bench,
    place: Pick<SdiPlace, 'rid' | 'pageAddress'> & { readonly index: number },
    options: QueueOptions = {},
  ) {
    this.bench = bench;
    this.rid = place.rid;
    this.pageAddress = place.pageAddress;
    this.pasid = options.pasid;
    this.entries = options.entries ?? Math.min(8, bench.params.ringMax);
    const base = 0x10_0000_0000 + place.index * 0x1000_0000;
    const { rid } = place;
    const common = { rid, ...(options.pasid === undefined ? {} : { pasid: options.pasid }) };
    this.ring = bench.host.buffers.map({
      ...common,
      name: 'the ring',
      address: base + 0xf80,
      byteLength: DESCRIPTOR_BYTES * this.entries,
      access: 'read',
    });
    this.records = bench.host.buffers.map({
      ...common,
      name: 'the records',
      address: base + 0x1_0030,
      byteLength: RECORD_BYTES * this.entries,
      access: 'write',
    });
  }

  /** Programs the queue, and sets CTRL bit 0. */
  start(): void {
    const { registers } = this.bench;
    const page = this.pageAddress;
    registers.writeLong(page + PageRegister.RING_BASE_LOW, this.ring.address);
    registers.write(page + PageRegister.RING_SIZE, this.entries);
    registers.writeLong(page + PageRegister.RECORD_BASE_LOW, this.records.address);
    const pasid = this.pasid === undefined ? 0 : (PagePasid.ENABLE | this.pasid) >>> 0;
    registers.write(page + PageRegister.PASID, pasid);
    registers.write(page + PageRegister.CTRL, 1);
    this.posted = 0;
  }

  stop(): void {
    this.bench.registers.write(this.pageAddress + PageRegister.CTRL, 0);
  }

  /** Puts the next descriptor into the ring. */
  put(work: Partial<WorkDescription>): void {
    const at = DESCRIPTOR_BYTES * (this.posted % this.entries);
    this.ring.bytes.set(encodeDescriptor({ ...emptyWork(), ...work }), at);
    this.posted++;
  }

  /** Writes TAIL; when it arrives. */
  doorbell(): number {
    return this.bench.registers.write(this.pageAddress + PageRegister.TAIL, this.posted & 0xffff);
  }

  /** A buffer that a job of this queue may touch. */
  buffer(
    name: string,
    address: number,
    how: {
      readonly byteLength: number;
      readonly access: 'read' | 'write' | 'atomic';
      readonly isRelaxed?: boolean;
    },
  ): HostBuffer {
    const pasid = this.pasid === undefined ? {} : { pasid: this.pasid };
    const once = { isOnce: how.access !== 'atomic' };
    return this.bench.host.buffers.map({ name, address, rid: this.rid, ...pasid, ...once, ...how });
  }

  /** When N descriptors with these bytes, rung at `rungPs`, have to have ended. */
  limitPs(rungPs: number, jobs: readonly Pick<Job, 'work'>[]): number {
    const bytes = jobs.reduce((sum, { work }) => sum + Math.min(work.length ?? 0, 1 << 20), 0);
    const timeoutPs = 2 * this.bench.params.completionTimeoutNs * 1000;
    const own = jobs.length * PS_PER_DESCRIPTOR + bytes * PS_PER_BYTE;
    return rungPs + timeoutPs + SETTLE_PS + own;
  }

  /** Posts jobs, rings once, and holds records and destinations against what they should be. */
  async perform(jobs: readonly Job[]): Promise<void> {
    const from = this.bench.host.seen.length;
    const first = this.posted;
    for (const { work } of jobs) this.put(work);
    await this.expectRecords(jobs, { first, from, rungPs: this.doorbell() });
  }

  /**
   * Waits for the records of jobs that were rung, the first of which is descriptor `first`, and holds them and the
   * destinations against what they should be. `from`: index in `seen` from which on they can be.
   */
  async expectRecords(
    jobs: readonly Job[],
    rung: {
      readonly first: number;
      readonly from: number;
      readonly rungPs: number;
      /** What a missing record breaks; without it the progress of work. */
      readonly by?: Paragraph;
    },
  ): Promise<void> {
    const { host } = this.bench;
    const { first, from, rungPs, by } = rung;
    const limitPs = this.limitPs(rungPs, jobs);
    for (const [i, job] of jobs.entries()) {
      if (job.work.noRecord === true) continue;
      const n = first + i;
      await host.runUntil(() => this.recordAt(n, from) !== undefined, limitPs);
      this.describe(job, rungPs);
      this.checkRecord(n, job, { from, limitPs, by: by ?? SRD.PROGRESS_WORK });
    }
    await host.run(AFTER_PS);
    for (const job of jobs) {
      this.describe(job, rungPs);
      this.checkDone(job);
    }
  }

  /** Index in `seen` of the write of record n. */
  recordAt(n: number, from: number): number | undefined {
    const address = this.records.address + RECORD_BYTES * (n % this.entries);
    const { seen } = this.bench.host;
    for (let i = from; i < seen.length; i++) {
      const { tlp } = seen[i];
      if (isMemoryWrite(tlp.kind) && tlp.address === address) return i;
    }
    return undefined;
  }

  private describe({ work }: Job, rungPs: number): void {
    const bytes = encodeDescriptor({ ...emptyWork(), ...work });
    const text = `descriptor ${workOpcodeName(work.opcode ?? 0)} ${bytesToHex(bytes)}`;
    this.bench.host.doing(`${text}\nrung at ${formatTime(rungPs)} by TAIL := ${this.posted}`);
  }

  private checkRecord(
    n: number,
    job: Job,
    about: { readonly from: number; readonly limitPs: number; readonly by: Paragraph },
  ): void {
    const { host } = this.bench;
    const at = this.recordAt(n, about.from);
    if (at === undefined) {
      throw host.finding({
        paragraph: about.by,
        seen: `no record of descriptor ${n} until ${formatTime(host.nowPs)}`,
        expected: `its record by ${formatTime(about.limitPs)}`,
      });
    }
    const { timePs, tlp } = host.seen[at];
    const text = timedTlpText(timePs, encodeTlp(tlp));
    if (tlp.payload.length !== RECORD_BYTES) {
      throw host.finding({ paragraph: SRD.RECORD, seen: text, expected: 'one write of 16 bytes' });
    }
    const record = decodeRecord(tlp.payload);
    const { outcome } = job;
    const wanted = [outcome.status, outcome.bytes, outcome.resultLow ?? 0, outcome.resultHigh ?? 0];
    const seen = [record.status, record.bytesTransferred, record.resultLow, record.resultHigh];
    const phase = recordPhase(n, this.entries);
    const line = (values: readonly number[], p: number, index: number): string =>
      `status ${workStatusName(values[0])}, phase ${p}, n ${index}, ${values[1]} bytes, result ${hex(values[3], 8)}_${hex(values[2], 8).slice(2)}`;
    const expected = line(wanted, phase, n & 0xffff);
    const shown = line(seen, record.phase, record.n);
    if (shown !== expected) {
      const isStatus = record.status !== outcome.status;
      const isResult = seen[2] !== wanted[2] || seen[3] !== wanted[3];
      const ofWork = isStatus ? SRD.WORK_STATUS : SRD.OPCODES;
      const paragraph = isStatus || isResult ? ofWork : SRD.RECORD;
      throw host.finding({ paragraph, seen: `${text}\n${shown}`, expected });
    }
    this.checkAfterData(at, job);
  }

  /** No data write of the descriptor follows its record. */
  private checkAfterData(at: number, { destination }: Job): void {
    if (destination === undefined) return;
    const { host } = this.bench;
    const { buffer } = destination;
    const late = host.seen
      .slice(at + 1)
      .find(({ tlp }) => isMemoryWrite(tlp.kind) && host.buffers.find(tlp.address) === buffer);
    if (late === undefined && buffer.access === 'atomic') return;
    const isWhole = buffer.firstUntouched >= destination.bytes.length;
    if (late === undefined && isWhole) return;
    const missing = `byte ${buffer.firstUntouched} of ${buffer.text} was not written before`;
    throw host.finding({
      paragraph: SRD.RECORD,
      seen: late === undefined ? missing : timedTlpText(late.timePs, encodeTlp(late.tlp)),
      expected: 'the record after all data writes of its descriptor',
    });
  }

  private checkDone({ destination, source, untouched, outcome }: Job): void {
    const { host } = this.bench;
    if (untouched?.touched.some((count) => count > 0) === true) {
      throw host.finding({
        paragraph: SRD.WORK_STATUS,
        seen: `a write to ${untouched.text}`,
        expected: `no data of a descriptor that ends with ${workStatusName(outcome.status)}`,
      });
    }
    if (destination !== undefined) {
      const { buffer, bytes } = destination;
      const at = bytes.findIndex((byte, i) => buffer.bytes[i] !== byte);
      if (at >= 0) {
        throw host.finding({
          paragraph: SRD.OPCODES,
          seen: `${hex(buffer.bytes[at], 2)} at byte ${at} of ${buffer.text}`,
          expected: hex(bytes[at], 2),
        });
      }
    }
    if (source === undefined || source.firstUntouched === source.bytes.length) return;
    throw host.finding({
      paragraph: SRD.ONCE,
      seen: `byte ${source.firstUntouched} of ${source.text} was never read`,
      expected: 'each source byte read once',
    });
  }
}

/** An SDI created, enabled, and its queue started: the k-th of a step. */
export async function openTenant(
  bench: Bench,
  k: number,
  options?: QueueOptions,
): Promise<Tenant & { readonly place: SdiPlace }> {
  const place = bench.place(k);
  if (place === undefined) throw new RangeError('the step has asked whether there is room');
  await bench.create(place);
  await bench.enable(place);
  const tenant = new Tenant(bench, { ...place, index: k }, options);
  tenant.start();
  return Object.assign(tenant, { place });
}
