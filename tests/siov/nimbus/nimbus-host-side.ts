// Nimbus as the receiver of TLPs: configuration space, mailbox, pages, vectors, and the completions it owes.
import { readU32Le, writeU32Le } from '#base/bytes';
import {
  completionsFor,
  completionWithData,
  completionWithoutData,
  memoryWrite,
} from '#pcie/build';
import { decodeTlp, isMalformed } from '#pcie/codec';
import { byteLengthOf, leadingBytes, malformedReason } from '#pcie/rules';
import {
  CompletionStatus,
  isCompletion,
  isConfigRead,
  isConfigRequest,
  isMemoryRead,
  isMemoryWrite,
  isMessage,
  isPosted,
  type Tlp,
} from '#pcie/tlp';
import type { NimbusDevice } from './nimbus-device.ts';
import {
  ARGUMENT_COUNT,
  Command,
  MAGIC_VALUE,
  MAILBOX_BYTES,
  Mailbox,
  MSIX_BYTES,
  Outcome,
  PAGE_BYTES,
  PF_MSIX_TABLE,
  SCRATCH,
  Vector,
  WITH_ARGUMENTS,
} from './nimbus-registers.ts';
import { STATE_CODES, type NimbusSdi } from './nimbus-table.ts';

interface Place {
  readonly bar: 0 | 2 | 4;
  readonly offset: number;
}

/** Reads of no place: zeroes, as from pages of nobody. */
const SILENCE = 0;

export class NimbusHostSide {
  /** Errors seen. */
  eventLog = 0;
  private readonly device: NimbusDevice;
  private readonly args = new Uint32Array(ARGUMENT_COUNT);
  private readonly reply = new Uint32Array(3);
  private isBusy = false;
  /** The command that waits for the end of this SDI's work. */
  private draining: { readonly sdi: NimbusSdi; readonly token: number } | undefined;
  private readonly msix = new Uint32Array(4);
  private isPfPending = false;
  private life = 0;

  constructor(device: NimbusDevice) {
    this.device = device;
    this.msix[3] = 1;
  }

  reset(): void {
    this.life++;
    this.eventLog = 0;
    this.args.fill(0);
    this.reply.fill(0);
    this.isBusy = false;
    this.draining = undefined;
    this.msix.fill(0);
    this.msix[3] = 1;
    this.isPfPending = false;
  }

  arrive(bytes: Uint8Array): void {
    const { device } = this;
    const tlp = decodeTlp(bytes);
    if (isMalformed(tlp) || malformedReason(tlp, device.config.maxPayload) !== undefined) {
      return device.tellError();
    }
    if (isCompletion(tlp.kind)) return device.engine.complete(tlp);
    if (isConfigRequest(tlp.kind)) return this.config(tlp);
    if (isMessage(tlp.kind)) return;
    if (isMemoryRead(tlp.kind)) return this.read(tlp);
    if (isMemoryWrite(tlp.kind)) return this.write(tlp);
    if (isPosted(tlp.kind)) return;
    device.tellError();
    this.answer(tlp, device.pfRid, CompletionStatus.UR);
  }

  // --- completions ---

  private answer(tlp: Tlp, completerId: number, status: number): void {
    this.later(completionWithoutData(tlp, { completerId, status }));
  }

  private later(completion: Tlp): void {
    const { device, life } = this;
    device.after(device.between(40, 900), () => {
      if (life === this.life) device.send(completion);
    });
  }

  /** The first bytes that are asked for, of `words` at the DW of the request. */
  private data(tlp: Tlp, completerId: number, words: readonly number[]): void {
    const bytes = new Uint8Array(4 * words.length);
    for (const [i, word] of words.entries()) writeU32Le(bytes, 4 * i, word);
    const from = leadingBytes(tlp);
    const own = bytes.slice(from, from + byteLengthOf(tlp));
    for (const part of completionsFor(tlp, { completerId, bytes: own, ends: [own.length] })) {
      this.later(part);
    }
  }

  // --- configuration space ---

  private config(tlp: Tlp): void {
    const { device } = this;
    const isTypeOne = tlp.kind === 'CfgRd1' || tlp.kind === 'CfgWr1';
    const isPf = !isTypeOne && (tlp.destinationId & 0xff) === 0;
    const answersForSdi =
      device.faults.has('sdi-config') && device.table.ownerOfRid(tlp.destinationId) !== undefined;
    if (!isPf && !answersForSdi) return this.answer(tlp, device.pfRid, CompletionStatus.UR);
    if (device.nowPs < device.flrUntilPs)
      return this.answer(tlp, device.pfRid, CompletionStatus.RRS);
    if (isConfigRead(tlp.kind)) {
      const bytes = new Uint8Array(4);
      writeU32Le(bytes, 0, device.config.read(tlp.registerNumber));
      return this.later(completionWithData(tlp, { completerId: device.pfRid, bytes }));
    }
    if (tlp.ep !== 0) return this.answer(tlp, device.pfRid, CompletionStatus.UR);
    device.bus = tlp.destinationId >> 8;
    const isFlr = device.config.write(tlp.registerNumber, tlp.payload, tlp.firstBe);
    this.answer(tlp, device.pfRid, CompletionStatus.SC);
    if (isFlr) this.functionReset();
    device.engine.wake();
  }

  /** PF FLR: SDIs stay, with nothing of their work. */
  private functionReset(): void {
    const { device } = this;
    device.flrUntilPs = device.nowPs + device.between(2_000, 40_000);
    const { config, engine, table } = device;
    engine.silence();
    config.reset();
    table.keepAll();
    const { isBusy } = this;
    const { life } = this;
    this.reset();
    // Completions that are under way still leave.
    this.life = isBusy ? this.life : life;
  }

  // --- memory ---

  private place(address: number): Place | undefined {
    const { config, params } = this.device;
    if (!config.isMemoryOn) return undefined;
    const sizes = {
      0: PAGE_BYTES * 2 ** Math.ceil(Math.log2(params.pages)),
      2: MAILBOX_BYTES,
      4: MSIX_BYTES,
    };
    for (const bar of [0, 2, 4] as const) {
      const offset = address - config.base(bar);
      if (offset >= 0 && offset < sizes[bar]) return { bar, offset };
    }
    return undefined;
  }

  private read(tlp: Tlp): void {
    const { device } = this;
    const place = this.place(tlp.address);
    if (place === undefined) return this.refuse(tlp, device.pfRid);
    const page = Math.floor(place.offset / PAGE_BYTES);
    const owner = place.bar === 0 ? device.table.ownerOfPage(page) : undefined;
    const isByOwner = owner !== undefined && !device.faults.has('completer-pf');
    const completerId = isByOwner ? owner.rid : device.pfRid;
    if (owner?.state === 'resetting') return this.refuse(tlp, completerId);
    const isNobodys = place.bar === 0 && owner === undefined;
    if (isNobodys && device.faults.has('unassigned-ur')) {
      return this.answer(tlp, completerId, CompletionStatus.UR);
    }
    const words = Array.from({ length: tlp.lengthDw }, (_, i) =>
      this.word({ bar: place.bar, offset: place.offset + 4 * i }, owner),
    );
    this.data(tlp, completerId, words);
  }

  private refuse(tlp: Tlp, completerId: number): void {
    this.answer(tlp, completerId, CompletionStatus.UR);
    this.device.tellError();
  }

  private word({ bar, offset }: Place, owner: NimbusSdi | undefined): number {
    if (bar === 4) return this.msix[(offset - PF_MSIX_TABLE) >> 2] ?? SILENCE;
    if (bar === 2) return this.mailboxWord(offset);
    if (owner === undefined) return SILENCE;
    const page = Math.floor(offset / PAGE_BYTES);
    const inPage = offset % PAGE_BYTES;
    if (isScratch(inPage)) return this.device.table.scratch[page][(inPage - SCRATCH.base) >> 2];
    return page === owner.firstPage ? owner.queue.read(inPage) : SILENCE;
  }

  private mailboxWord(offset: number): number {
    const { table } = this.device;
    if (offset === Mailbox.MAGIC) return MAGIC_VALUE;
    if (offset === Mailbox.EVENT_LOG) return this.eventLog;
    if (offset >= Mailbox.REPLY && offset < Mailbox.REPLY + 12)
      return this.reply[(offset - Mailbox.REPLY) >> 2];
    if (offset >= Mailbox.ARGUMENTS && offset < Mailbox.COMMAND)
      return this.args[(offset - Mailbox.ARGUMENTS) >> 2];
    if (offset < Mailbox.VECTORS) return SILENCE;
    const vector = table.vectors[Math.floor((offset - Mailbox.VECTORS) / Vector.BYTES)];
    if (vector === undefined) return SILENCE;
    switch (offset % Vector.BYTES) {
      case Vector.DATA:
        return vector.data;
      case Vector.ENABLE:
        return vector.isEnabled ? 1 : 0;
      case Vector.ADDRESS_LOW:
        return vector.address % 2 ** 32;
      case Vector.ADDRESS_HIGH:
        return Math.floor(vector.address / 2 ** 32);
      default:
        return SILENCE;
    }
  }

  private write(tlp: Tlp): void {
    const place = this.place(tlp.address);
    if (place === undefined || tlp.ep !== 0) return this.device.tellError();
    // Writes of other sizes are dropped.
    const isServed = tlp.lengthDw === 1 || (tlp.lengthDw === 2 && (tlp.addressLow & 7) === 0);
    if (!isServed) return;
    for (let i = 0; i < tlp.lengthDw; i++) {
      const be = i === 0 ? tlp.firstBe : tlp.lastBe;
      if (be === 0) continue;
      const at = { bar: place.bar, offset: place.offset + 4 * i };
      this.writeWord(at, readU32Le(tlp.payload, 4 * i), be);
    }
    this.device.engine.wake();
  }

  private writeWord(place: Place, given: number, be: number): void {
    const { table } = this.device;
    const { bar, offset } = place;
    const page = Math.floor(offset / PAGE_BYTES);
    const owner = bar === 0 ? table.ownerOfPage(page) : undefined;
    const word = merge(this.word(place, owner), given, be);
    if (bar === 4) {
      const index = (offset - PF_MSIX_TABLE) >> 2;
      if (index >= 0 && index < this.msix.length) this.msix[index] = word;
    } else if (bar === 2) this.writeMailbox(offset, word);
    else if (owner !== undefined && owner.state !== 'resetting') {
      const inPage = offset % PAGE_BYTES;
      if (isScratch(inPage)) table.scratch[page][(inPage - SCRATCH.base) >> 2] = word;
      else if (page === owner.firstPage) owner.queue.write(inPage, word);
    }
  }

  private writeMailbox(offset: number, word: number): void {
    if (offset === Mailbox.EVENT_LOG) this.eventLog = 0;
    else if (offset === Mailbox.COMMAND) this.command(word);
    else if (offset >= Mailbox.ARGUMENTS && offset < Mailbox.COMMAND) {
      this.args[(offset - Mailbox.ARGUMENTS) >> 2] = word;
    } else if (offset >= Mailbox.VECTORS) this.writeVector(offset - Mailbox.VECTORS, word);
  }

  private writeVector(offset: number, word: number): void {
    const vector = this.device.table.vectors[Math.floor(offset / Vector.BYTES)];
    if (vector === undefined) return;
    const high = Math.floor(vector.address / 2 ** 32);
    switch (offset % Vector.BYTES) {
      case Vector.DATA:
        vector.data = word;
        return;
      case Vector.ENABLE:
        vector.isEnabled = (word & 1) !== 0;
        return;
      case Vector.ADDRESS_LOW:
        vector.address = high * 2 ** 32 + ((word & ~3) >>> 0);
        return;
      case Vector.ADDRESS_HIGH:
        vector.address = word * 2 ** 32 + (vector.address % 2 ** 32);
        return;
      default:
    }
  }

  // --- commands ---

  private command(word: number): void {
    if (this.isBusy) return;
    const { device } = this;
    const args = [...this.args];
    this.isBusy = true;
    this.reply[0] &= ~1;
    const outcome = device.table.judge(word, args);
    const sdi = device.table.sdis[args[0]];
    if (outcome !== Outcome.FINE || sdi === undefined)
      return this.endLater(word, outcome, undefined);
    this.begin(word, sdi, args);
  }

  private begin(word: number, sdi: NimbusSdi, args: readonly number[]): void {
    const { engine, table } = this.device;
    switch (word & 0xff) {
      case Command.OPEN:
        table.assign(sdi, args);
        sdi.state = 'open';
        break;
      case Command.CLOSE:
        table.free(sdi);
        break;
      case Command.START:
        sdi.state = 'running';
        break;
      case Command.DRAIN:
        sdi.isDraining = true;
        this.draining = { sdi, token: word };
        this.drained(sdi);
        return;
      case Command.RESET:
        engine.giveUp(sdi.queue);
        sdi.state = 'resetting';
        return this.endLater(word, Outcome.FINE, () => this.endReset(word, sdi, args));
      default:
        break;
    }
    table.showExistence();
    this.endLater(word, Outcome.FINE, undefined);
  }

  private endReset(word: number, sdi: NimbusSdi, args: readonly number[]): void {
    const { table } = this.device;
    if ((word & WITH_ARGUMENTS) === 0) table.clear(sdi, false);
    else {
      table.clear(sdi, true);
      table.assign(sdi, args);
    }
    sdi.state = 'open';
  }

  /** Work of an SDI has ended: a DRAIN that waits for it may end. */
  drained(sdi: NimbusSdi): void {
    const { draining } = this;
    if (draining?.sdi !== sdi || sdi.queue.isExecuting) return;
    this.draining = undefined;
    this.endLater(draining.token, Outcome.FINE, () => {
      sdi.isDraining = false;
      sdi.state = 'open';
    });
  }

  private endLater(word: number, outcome: number, finish: (() => void) | undefined): void {
    const { device, life } = this;
    device.after(device.between(300, 3_000), () => {
      if (life !== this.life) return;
      finish?.();
      const sdi = device.table.sdis[this.args[0]];
      this.isBusy = false;
      this.reply[0] = ((word & 0xffff_0000) | (outcome << 8) | 1) >>> 0;
      this.reply[1] = sdi === undefined ? 0 : STATE_CODES[sdi.state];
      this.reply[2] = sdi === undefined ? 0 : sdi.rid;
      this.isPfPending = device.config.isMsixOn;
      device.engine.wake();
    });
  }

  /** Sends the PF's message if it waits and is not masked; false: there is none to send. */
  sendPfMessage(): boolean {
    const { device, msix } = this;
    const { config } = device;
    const isHeld = !config.isMsixOn || config.isMsixMasked || (msix[3] & 1) !== 0;
    if (!this.isPfPending || isHeld) return false;
    this.isPfPending = false;
    const bytes = new Uint8Array(4);
    writeU32Le(bytes, 0, msix[2]);
    const address = msix[1] * 2 ** 32 + msix[0];
    device.send(memoryWrite({ requesterId: device.pfRid, address, bytes }));
    return true;
  }
}

function isScratch(offset: number): boolean {
  return offset >= SCRATCH.base && offset < SCRATCH.base + SCRATCH.length;
}

function merge(old: number, word: number, be: number): number {
  let mask = 0;
  for (let i = 0; i < 4; i++) if ((be & (1 << i)) !== 0) mask |= 0xff << (8 * i);
  return ((old & ~mask) | (word & mask)) >>> 0;
}
