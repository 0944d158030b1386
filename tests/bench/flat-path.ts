// The reference of `checked-tlps`: the whole path of a TLP as somebody would write it who wants nothing but speed. A plain loop
// over memory writes of one size: builds the header fields, encodes, decodes, looks up who owns the Routing ID and where its
// page lies, moves the data from page to page, and compares them with what was expected. Direct calls, reused buffers, no
// testbench: no time, no processes, no rules but one, no coverage, no digest. It shares no code with what it stands beside.

const PAGE_BYTES = 4096;
const OWNERS = 16;
const PAGES_PER_OWNER = 32;
const HEADER_BYTES = 16;
/** 4 GiB and more, so that the header has its long form. */
const BASE_PAGE = 0x10_0000;

/** Fields of one write, reused. */
class FlatWrite {
  requesterId = 0;
  tag = 0;
  lengthDw = 0;
  firstBe = 0;
  lastBe = 0;
  addressHigh = 0;
  addressLow = 0;
}

export class FlatPath {
  private readonly payloadBytes: number;
  private readonly wire: Uint8Array;
  private readonly ownerOf = new Int16Array(0x1_0000).fill(-1);
  private readonly sources: Uint8Array[][] = [];
  private readonly pageTables: Map<number, Uint8Array>[] = [];
  private readonly sent = new FlatWrite();
  private readonly seen = new FlatWrite();
  private state = 1;
  private count = 0;
  /** Sum of the first bytes seen, so that no compiler can leave the work out. */
  checksum = 0;
  mismatches = 0;

  /** @param tlpBytes size of every TLP, header included; 20..4112, a multiple of 4. */
  constructor(tlpBytes: number) {
    this.payloadBytes = tlpBytes - HEADER_BYTES;
    this.wire = new Uint8Array(tlpBytes);
    for (let owner = 0; owner < OWNERS; owner++) {
      this.ownerOf[0x100 + owner] = owner;
      const pages = new Map<number, Uint8Array>();
      const sources: Uint8Array[] = [];
      for (let page = 0; page < PAGES_PER_OWNER; page++) {
        pages.set(BASE_PAGE + page, new Uint8Array(PAGE_BYTES));
        sources.push(Uint8Array.from({ length: PAGE_BYTES }, () => this.draw() >>> 24));
      }
      this.pageTables.push(pages);
      this.sources.push(sources);
    }
  }

  /** Moves and checks `count` TLPs. */
  run(count: number): void {
    const { sent, seen, wire } = this;
    for (let i = 0; i < count; i++) {
      const draw = this.draw();
      const owner = draw & (OWNERS - 1);
      const page = (draw >>> 8) & (PAGES_PER_OWNER - 1);
      const offset = this.build(owner, page, draw >>> 13);
      const source = this.sources[owner][page];
      encode(sent, wire);
      // As in the testbench, the bytes of a TLP are copied into its encoding.
      wire.set(source.subarray(offset, offset + this.payloadBytes), HEADER_BYTES);
      decode(wire, seen);
      this.receive(source);
    }
  }

  private build(owner: number, page: number, draw: number): number {
    const { sent, payloadBytes } = this;
    const offset = (draw % (PAGE_BYTES - payloadBytes + 1)) & ~3;
    sent.requesterId = 0x100 + owner;
    sent.tag = this.count++ & 0xff;
    sent.lengthDw = payloadBytes >>> 2;
    sent.firstBe = 0xf;
    sent.lastBe = payloadBytes > 4 ? 0xf : 0;
    sent.addressHigh = (BASE_PAGE + page) >>> 20;
    sent.addressLow = (((BASE_PAGE + page) << 12) | offset) >>> 0;
    return offset;
  }

  private receive(expected: Uint8Array): void {
    const { seen, wire, payloadBytes } = this;
    const owner = this.ownerOf[seen.requesterId];
    const offset = seen.addressLow & (PAGE_BYTES - 1);
    const page = this.pageTables[owner]?.get(
      seen.addressHigh * 0x10_0000 + (seen.addressLow >>> 12),
    );
    if (page === undefined || seen.lengthDw * 4 !== payloadBytes) {
      this.mismatches++;
      return;
    }
    page.set(wire.subarray(HEADER_BYTES), offset);
    for (let i = 0; i < payloadBytes; i++) {
      if (page[offset + i] !== expected[offset + i]) this.mismatches++;
    }
    this.checksum = (this.checksum + page[offset]) >>> 0;
  }

  /** xorshift32. */
  private draw(): number {
    let { state } = this;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.state = state;
    return state >>> 0;
  }
}

function encode(tlp: FlatWrite, wire: Uint8Array): void {
  wire[0] = 0x60;
  wire[1] = 0;
  wire[2] = tlp.lengthDw >>> 8;
  wire[3] = tlp.lengthDw;
  wire[4] = tlp.requesterId >>> 8;
  wire[5] = tlp.requesterId;
  wire[6] = tlp.tag;
  wire[7] = (tlp.lastBe << 4) | tlp.firstBe;
  writeWord(wire, 8, tlp.addressHigh);
  writeWord(wire, 12, tlp.addressLow);
}

function decode(wire: Uint8Array, into: FlatWrite): void {
  into.lengthDw = ((wire[2] & 3) << 8) | wire[3];
  into.requesterId = (wire[4] << 8) | wire[5];
  into.tag = wire[6];
  into.firstBe = wire[7] & 15;
  into.lastBe = wire[7] >>> 4;
  into.addressHigh = readWord(wire, 8);
  into.addressLow = readWord(wire, 12);
}

function writeWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

function readWord(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
