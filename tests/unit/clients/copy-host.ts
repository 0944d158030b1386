// A small host for the example devices (examples/c-device, examples/python-device): memory, a driver's few accesses, and
// answers to the device's reads. Quanta of one look-ahead, and the look-ahead as the delay of the link, as a testbench does it.
import { completionsFor, configRead, configWrite, memoryRead, memoryWrite } from '#pcie/build';
import { decodeTlp, encodeTlp, isMalformed } from '#pcie/codec';
import { byteLengthOf, firstByteAddress } from '#pcie/rules';
import { isCompletion, isMemoryRead, isMemoryWrite, type Tlp } from '#pcie/tlp';
import { LOOKAHEAD_PS, type RawSession, type RawTlp } from './raw-session.ts';

export const BAR = 0x8000_0000;
export const HOST_RID = 0x0008;
export const DEVICE_RID = 0x0300;
/** From the arrival of a read at the host to its answer. */
const MEMORY_PS = 70_000;

/** How the host answers a read of the device; undefined: with its memory. */
export type Answer = (request: Tlp) => readonly Tlp[] | undefined;

export interface Seen {
  readonly timePs: number;
  readonly tlp: Tlp;
}

export class CopyHost {
  readonly session: RawSession;
  /** Everything that has arrived at the device, and everything that it has sent, as `time hex`. */
  readonly arrivals: RawTlp[] = [];
  readonly sent: string[] = [];
  readonly seen: Seen[] = [];
  readonly memory = new Map<number, number>();
  answer: Answer = () => undefined;
  nowPs = 0;
  private waiting: RawTlp[] = [];
  private tag = 0;

  constructor(session: RawSession) {
    this.session = session;
  }

  /** The TLP arrives at the device `delayPs` from now. */
  post(tlp: Tlp | Uint8Array, delayPs = 1000): void {
    const bytes = tlp instanceof Uint8Array ? tlp : encodeTlp(tlp);
    this.waiting.push({ timePs: this.nowPs + delayPs, bytes });
  }

  async run(durationPs: number): Promise<void> {
    const endPs = this.nowPs + durationPs;
    while (this.nowPs < endPs) await this.quantum(Math.min(this.nowPs + LOOKAHEAD_PS, endPs));
  }

  /** Posts a request and returns its completion. */
  async ask(request: Tlp): Promise<Tlp> {
    const tag = (this.tag = (this.tag + 1) % 256);
    request.tag = tag;
    const before = this.seen.length;
    this.post(request);
    await this.run(LOOKAHEAD_PS);
    const answers = this.seen
      .slice(before)
      .filter(({ tlp }) => isCompletion(tlp.kind) && tlp.tag === tag);
    if (answers.length !== 1) throw new Error(`${answers.length} completions`);
    return answers[0].tlp;
  }

  async writeConfig(offset: number, value: number): Promise<Tlp> {
    const where = { requesterId: HOST_RID, destinationId: DEVICE_RID, offset, byteLength: 4 };
    return this.ask(configWrite({ ...where, value }));
  }

  async readConfig(offset: number, destinationId = DEVICE_RID): Promise<Tlp> {
    return this.ask(configRead({ requesterId: HOST_RID, destinationId, offset, byteLength: 4 }));
  }

  writeRegister(offset: number, value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    this.post(memoryWrite({ requesterId: HOST_RID, address: BAR + offset, bytes }));
  }

  async readRegister(offset: number): Promise<number> {
    const request = memoryRead({ requesterId: HOST_RID, address: BAR + offset, byteLength: 4 });
    return Buffer.from((await this.ask(request)).payload).readUInt32LE(0);
  }

  /** Memory Space and Bus Master Enable, and the BAR. */
  async enable(): Promise<void> {
    await this.writeConfig(0x10, BAR);
    await this.writeConfig(0x04, 0x6);
  }

  /** Writes a job into the registers and rings. */
  ring(job: {
    source: number;
    target: number;
    length: number;
    message: number;
    data: number;
  }): void {
    const address = (offset: number, value: number): void => {
      this.writeRegister(offset, value >>> 0);
      this.writeRegister(offset + 4, Math.floor(value / 2 ** 32));
    };
    address(0x10, job.source);
    address(0x18, job.target);
    this.writeRegister(0x20, job.length);
    address(0x24, job.message);
    this.writeRegister(0x2c, job.data);
    this.writeRegister(0x30, 1);
  }

  bytesAt(address: number, length: number): number[] {
    return Array.from({ length }, (_, i) => this.memory.get(address + i) ?? -1);
  }

  private async quantum(untilPs: number): Promise<void> {
    // Stable: what was posted first of one time arrives first.
    this.waiting.sort((a, b) => a.timePs - b.timePs);
    const batch = this.waiting.filter(({ timePs }) => timePs <= untilPs);
    this.waiting = this.waiting.filter(({ timePs }) => timePs > untilPs);
    this.arrivals.push(...batch);
    const { tlps } = await this.session.step(untilPs, batch);
    this.nowPs = untilPs;
    for (const text of tlps) {
      this.sent.push(text);
      const [time, hex] = text.split(' ');
      const tlp = decodeTlp(Buffer.from(hex, 'hex'));
      if (isMalformed(tlp)) throw new Error(`the device sent ${hex}: ${tlp.malformed}`);
      this.take({ timePs: Number(time), tlp });
    }
  }

  private take(seen: Seen): void {
    const { timePs, tlp } = seen;
    this.seen.push(seen);
    if (isMemoryWrite(tlp.kind)) {
      tlp.payload.forEach((byte, i) => this.memory.set(firstByteAddress(tlp) + i, byte));
    }
    if (!isMemoryRead(tlp.kind)) return;
    for (const answer of this.answer(tlp) ?? this.dataFor(tlp)) {
      this.post(answer, timePs + 2 * LOOKAHEAD_PS + MEMORY_PS - this.nowPs);
    }
  }

  private dataFor(request: Tlp): Tlp[] {
    const length = byteLengthOf(request);
    const bytes = Uint8Array.from(this.bytesAt(firstByteAddress(request), length));
    return completionsFor(request, { completerId: HOST_RID, bytes, ends: [length] });
  }
}
