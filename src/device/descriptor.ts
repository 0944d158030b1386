// One work descriptor as an engine holds it: fields in flat form, filled from the 64 bytes fetched (SRD §7), and the
// checks that refuse it before any data request. One per engine, reused.
import { readU32Le } from '#base/bytes';
import { ADDRESS_LIMIT, WorkOpcode, WorkStatus, isAtomicWork } from '#siov/work';
import { DESCRIPTOR_BYTES, WORK_LENGTH_MAX } from '#siov/srd-work-descriptor';

const TWO_32 = 0x1_0000_0000;
const HIGH_LIMIT = ADDRESS_LIMIT / TWO_32;
const INTERRUPT = 1 << 8;
const NO_RECORD = 1 << 9;
const RELAXED = 1 << 10;
const RESERVED_OFFSET = 40;

/** Which opcodes there are, and which vectors the queue has. */
export interface DescriptorLimits {
  readonly crc32: boolean;
  readonly atomics: boolean;
  readonly vectorCount: number;
}

export class Descriptor {
  /** As fetched. Operand A is bytes 24..31, operand B bytes 32..39. */
  readonly bytes = new Uint8Array(DESCRIPTOR_BYTES);
  opcode = 0;
  hasInterrupt = false;
  hasRecord = true;
  isRelaxed = false;
  vector = 0;
  length = 0;
  source = 0;
  destination = 0;

  /** Takes the fields from `bytes`. */
  decode(): void {
    const { bytes } = this;
    const control = readU32Le(bytes, 0);
    this.opcode = control & 0xff;
    this.hasInterrupt = (control & INTERRUPT) !== 0;
    this.hasRecord = (control & NO_RECORD) === 0;
    this.isRelaxed = (control & RELAXED) !== 0;
    this.vector = control >>> 16;
    this.length = readU32Le(bytes, 4);
    this.source = (readU32Le(bytes, 12) % HIGH_LIMIT) * TWO_32 + readU32Le(bytes, 8);
    this.destination = (readU32Le(bytes, 20) % HIGH_LIMIT) * TWO_32 + readU32Le(bytes, 16);
  }

  /** The status with which the descriptor is refused, or DONE; checked in the order of SRD §7. */
  check(limits: DescriptorLimits): number {
    if (!this.isKnown(limits)) return WorkStatus.BAD_OPCODE;
    if (!this.hasGoodLength()) return WorkStatus.BAD_LENGTH;
    if (isAtomicWork(this.opcode) && this.destination % this.length !== 0) {
      return WorkStatus.BAD_ALIGN;
    }
    for (let i = RESERVED_OFFSET; i < DESCRIPTOR_BYTES; i++) {
      if (this.bytes[i] !== 0) return WorkStatus.RESERVED;
    }
    if (this.hasInterrupt && this.vector >= limits.vectorCount) return WorkStatus.BAD_VECTOR;
    return WorkStatus.DONE;
  }

  private isKnown(limits: DescriptorLimits): boolean {
    if (this.opcode === WorkOpcode.CRC32) return limits.crc32;
    if (isAtomicWork(this.opcode)) return limits.atomics;
    return this.opcode <= WorkOpcode.FILL;
  }

  private hasGoodLength(): boolean {
    if (this.opcode === WorkOpcode.NOP) return true;
    if (isAtomicWork(this.opcode)) return this.length === 4 || this.length === 8;
    return this.length >= 1 && this.length <= WORK_LENGTH_MAX;
  }
}
