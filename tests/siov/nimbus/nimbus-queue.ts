// The queue of one SDI of Nimbus as its page shows it.
import { isPowerOfTwo } from '#base/bits';
import { WorkStatus } from '#siov/work';
import { ownStatus } from './nimbus-format.ts';
import {
  EXECUTING_BIT,
  HALT_CODE_SHIFT,
  HALTED_BIT,
  QueuePort,
  RUN_BIT,
} from './nimbus-registers.ts';
import type { NimbusSdi } from './nimbus-table.ts';

/** What a start latches. */
export interface Latch {
  readonly ring: number;
  readonly records: number;
  readonly entries: number;
}

export class NimbusQueue {
  readonly sdi: NimbusSdi;
  latch: Latch = { ring: 0, records: 0, entries: 0 };
  /** Counts starts and resets. */
  epoch = 0;
  isOn = false;
  /** Descriptors fetched, and rung, since the start. */
  fetched = 0;
  producer = 0;
  /** `WorkStatus`; 0: not halted. */
  halt = 0;
  /** The engine works on a descriptor of this queue. */
  isExecuting = false;
  private readonly words = new Uint32Array(5);

  constructor(sdi: NimbusSdi) {
    this.sdi = sdi;
  }

  reset(): void {
    this.words.fill(0);
    this.latch = { ring: 0, records: 0, entries: 0 };
    this.epoch++;
    this.isOn = false;
    this.isExecuting = false;
    this.fetched = 0;
    this.producer = 0;
    this.halt = 0;
  }

  get waiting(): number {
    return (this.producer - this.fetched) & 0xffff;
  }

  /** Something may be fetched. */
  get isReady(): boolean {
    const { state, isDraining } = this.sdi;
    return state === 'running' && !isDraining && this.isOn && this.halt === 0 && this.waiting > 0;
  }

  read(offset: number): number {
    if (offset !== QueuePort.PROGRESS) return this.words[offset >> 2] ?? 0;
    let word = this.fetched & 0xffff;
    if (this.isExecuting) word |= EXECUTING_BIT;
    if (this.halt !== 0) word |= HALTED_BIT | (ownStatus(this.halt) << HALT_CODE_SHIFT);
    return word >>> 0;
  }

  write(offset: number, word: number): void {
    if (offset === QueuePort.DOORBELL) return this.ring(word);
    if (offset > QueuePort.CONTROL) return;
    const wasOn = this.isOn;
    this.words[offset >> 2] = word;
    if (offset !== QueuePort.CONTROL) return;
    this.isOn = (word & RUN_BIT) !== 0;
    if (this.isOn && !wasOn) this.start(2 ** (word & 0xff));
  }

  private start(entries: number): void {
    const [ringLow, ringHigh, recordsLow, recordsHigh] = this.words;
    const ring = ringHigh * 2 ** 32 + ringLow;
    this.latch = { ring, records: recordsHigh * 2 ** 32 + recordsLow, entries };
    this.epoch++;
    this.fetched = 0;
    this.producer = 0;
    this.halt = isPowerOfTwo(entries) && entries >= 4 ? 0 : WorkStatus.BAD_RING;
  }

  private ring(producer: number): void {
    if (!this.isOn) return;
    this.producer = producer & 0xffff;
    if (this.waiting > this.latch.entries && this.halt === 0) this.halt = WorkStatus.BAD_RING;
  }
}
