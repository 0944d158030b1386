// Memory of the mini-host of the conformance kit, as named buffers: what a device may touch, who may, and how; and which
// bytes it has touched. Source: SRD §2 (whose RID), §7 (each byte once, nothing else).
import { hex } from '#base/bits';
import { NO_PASID } from '#pcie/tlp';

export interface BufferOptions {
  readonly name: string;
  readonly address: number;
  readonly byteLength: number;
  /** What requests may do here. */
  readonly access: 'read' | 'write' | 'atomic';
  /** Requester ID of whoever may. */
  readonly rid: number;
  /** PASID that its requests carry. Default: none. */
  readonly pasid?: number;
  /** Whether writes carry Relaxed Ordering. */
  readonly isRelaxed?: boolean;
  /** Each byte is touched once at most, writes in ascending order. */
  readonly isOnce?: boolean;
}

/** A range of host memory that was given to the device. */
export class HostBuffer {
  readonly name: string;
  readonly address: number;
  readonly access: BufferOptions['access'];
  readonly rid: number;
  readonly pasid: number;
  readonly isRelaxed: boolean;
  readonly isOnce: boolean;
  readonly bytes: Uint8Array;
  /** How often each byte was touched. */
  readonly touched: Uint8Array;
  /** Up to where writes have come, as an offset. */
  writtenTo = 0;

  constructor(options: BufferOptions) {
    this.name = options.name;
    this.address = options.address;
    this.access = options.access;
    this.rid = options.rid;
    this.pasid = options.pasid ?? NO_PASID;
    this.isRelaxed = options.isRelaxed ?? false;
    this.isOnce = options.isOnce ?? false;
    this.bytes = new Uint8Array(options.byteLength);
    this.touched = new Uint8Array(options.byteLength);
  }

  get end(): number {
    return this.address + this.bytes.length;
  }

  /** Offset of the first byte that was never touched; the length when all were. */
  get firstUntouched(): number {
    const at = this.touched.indexOf(0);
    return at < 0 ? this.bytes.length : at;
  }

  get text(): string {
    return `${this.name} (${hex(this.address, 8)}..${hex(this.end - 1, 8)})`;
  }
}

/** The buffers of a host. */
export class HostBuffers {
  private readonly list: HostBuffer[] = [];

  /** A buffer in place of those that it overlaps. */
  map(options: BufferOptions): HostBuffer {
    const buffer = new HostBuffer(options);
    for (let i = this.list.length - 1; i >= 0; i--) {
      const other = this.list[i];
      if (other.address < buffer.end && buffer.address < other.end) this.list.splice(i, 1);
    }
    this.list.push(buffer);
    return buffer;
  }

  unmap(buffer: HostBuffer): void {
    const at = this.list.indexOf(buffer);
    if (at >= 0) this.list.splice(at, 1);
  }

  /** The buffer in which this address lies. */
  find(address: number): HostBuffer | undefined {
    return this.list.find((one) => address >= one.address && address < one.end);
  }

  /** All of them, as a message lists them. */
  get text(): string {
    if (this.list.length === 0) return 'none';
    return this.list.map((one) => one.text).join(', ');
  }
}

/** Bytes of which no two neighbours are equal for long: a simple generator. */
export function pattern(byteLength: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  let state = (seed * 2_654_435_761) >>> 0;
  for (let i = 0; i < byteLength; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}
