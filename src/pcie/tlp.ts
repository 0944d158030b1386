// One transaction layer packet (Non-Flit Mode, siov-facts §8) as one flat object: every field of every kind in one
// fixed shape, so that a monitor reuses a single Tlp and the engine never sees a second hidden class (design
// decision 10). Fields that a kind does not have are 0 there. What is where on the wire says `tlp-layout.ts`; bytes are
// made and read by `codec.ts`; what a field may hold under the protocol says `rules.ts`.
//
//   const tlp = new Tlp();
//   tlp.kind = 'MRd32'; tlp.requesterId = 0x0100; tlp.tag = 5; tlp.address = 0x1000; tlp.lengthDw = 1; tlp.firstBe = 0xf;

/** Every Non-Flit kind of siov-facts §8; 32 and 64 tell the 3 DW from the 4 DW address form. */
export const TLP_KINDS = [
  'MRd32',
  'MRd64',
  'MRdLk32',
  'MRdLk64',
  'MWr32',
  'MWr64',
  'IORd',
  'IOWr',
  'CfgRd0',
  'CfgWr0',
  'CfgRd1',
  'CfgWr1',
  'Cpl',
  'CplD',
  'CplLk',
  'CplDLk',
  'FetchAdd32',
  'FetchAdd64',
  'Swap32',
  'Swap64',
  'CAS32',
  'CAS64',
  'Msg',
  'MsgD',
] as const;

export type TlpKind = (typeof TLP_KINDS)[number];

/** Completion status codes, PCIe's names; the other four values of the 3-bit field are reserved and read as UR. */
export const CompletionStatus = { SC: 0, UR: 1, RRS: 2, CA: 4 } as const;

/** The bits of `attr`. */
export const Attr = { NO_SNOOP: 1, RELAXED_ORDERING: 2, ID_BASED_ORDERING: 4 } as const;

/** Bytes of the naturally aligned block that no memory request may cross. */
export const REQUEST_BOUNDARY_BYTES = 4096;

/** The value of `pasid` in a TLP without a PASID prefix. */
export const NO_PASID = -1;

/** The payload of every TLP that has none; shared, so compare by length, not by identity. */
export const EMPTY_PAYLOAD: Uint8Array = new Uint8Array(0);

const TWO_32 = 0x1_0000_0000;

/** One TLP. All numbers are unsigned integers of the width given; booleans of the wire are 0 or 1. */
export class Tlp {
  kind: TlpKind = 'MRd32';
  /** Routing ID, 16 bits: who asked. In a completion: to whom it goes. */
  requesterId = 0;
  /** 10 bits. Extended (8) and default (5) tags use the low bits. */
  tag = 0;
  /** Traffic class, 3 bits. */
  tc = 0;
  /** Bits of `Attr`: 4 IDO, 2 RO, 1 NS. */
  attr = 0;
  /** Lightweight notification (deprecated), 1 bit. */
  ln = 0;
  /** TLP hints present, 1 bit. With it, both byte enables of a read or AtomicOp carry a steering tag (R-TH). */
  th = 0;
  /** Digest present. Always 0 here: a TLP with a digest is refused by the decoder (DUT protocol, "TLP bytes"). */
  td = 0;
  /** Poisoned, 1 bit. */
  ep = 0;
  /** Address type, 2 bits: 0 untranslated, 1 translation request, 2 translated. */
  at = 0;
  /** DWs of the request or payload, 1..1024; 0 where the length is reserved (Cpl, CplLk, Msg). */
  lengthDw = 0;
  /** 4 bits each: bit i enables byte i of the first (last) DW. */
  firstBe = 0;
  lastBe = 0;
  /** Upper and lower half of the address; the two lowest bits of the lower half are 0 (they carry `ph`). */
  addressHigh = 0;
  addressLow = 0;
  /** Processing hint, 2 bits, meaningful with `th`; the two lowest bits of the address DW. */
  ph = 0;
  /** Configuration Requests: the Routing ID addressed. */
  destinationId = 0;
  /** Configuration Requests: DW number 0..1023 (byte offset / 4). */
  registerNumber = 0;
  /** Completions: who answers. */
  completerId = 0;
  /** Completions: 3 bits, see `CompletionStatus`. */
  status = 0;
  /** Completions: byte count modified (PCI-X bridges only), 1 bit. */
  bcm = 0;
  /** Completions: bytes still to come, this TLP included, 1..4096. */
  byteCount = 0;
  /** Completions: low 7 bits of the address of the first byte. */
  lowerAddress = 0;
  /** Messages: 3 bits; 0 to root complex, 1 by address, 2 by ID, 3 broadcast, 4 local, 5 gather. */
  messageRouting = 0;
  /** Messages: 8 bits. */
  messageCode = 0;
  /** Messages: the third and fourth header DW, as they are on the wire. */
  messageDw2 = 0;
  messageDw3 = 0;
  /** 20 bits, or NO_PASID: the TLP has no PASID prefix. */
  pasid = NO_PASID;
  /** Execute Requested and Privileged Mode Requested of the PASID prefix, 1 bit each. */
  pasidExecute = 0;
  pasidPrivileged = 0;
  /** `lengthDw` × 4 bytes where the kind has data. After decode: a view into the decoded bytes. */
  payload: Uint8Array = EMPTY_PAYLOAD;

  /** The address as one number: exact below 2^53, rounded above (legal ones are below 2^52, SRD §7). */
  get address(): number {
    return this.addressHigh * TWO_32 + this.addressLow;
  }

  /** Takes 0..2^53-1; the two lowest bits are dropped. */
  set address(value: number) {
    this.addressHigh = Math.floor(value / TWO_32);
    this.addressLow = (value & 0xffff_fffc) >>> 0;
  }
}

/** Whether no answer is owed: memory writes and messages. */
export function isPosted(kind: TlpKind): boolean {
  return kind === 'MWr32' || kind === 'MWr64' || kind === 'Msg' || kind === 'MsgD';
}

/** Whether it is an answer. */
export function isCompletion(kind: TlpKind): boolean {
  return kind === 'Cpl' || kind === 'CplD' || kind === 'CplLk' || kind === 'CplDLk';
}

/** Whether an answer is owed. */
export function isNonPosted(kind: TlpKind): boolean {
  return !isPosted(kind) && !isCompletion(kind);
}

/** Whether the TLP carries data, `lengthDw` × 4 bytes of it. */
export function hasPayload(kind: TlpKind): boolean {
  if (isMemoryWrite(kind) || kind === 'CplD' || kind === 'CplDLk') return true;
  return isConfigWrite(kind) || kind === 'IOWr' || kind === 'MsgD' || isAtomic(kind);
}

/** MRd, not the locked ones. */
export function isMemoryRead(kind: TlpKind): boolean {
  return kind === 'MRd32' || kind === 'MRd64';
}

export function isLockedRead(kind: TlpKind): boolean {
  return kind === 'MRdLk32' || kind === 'MRdLk64';
}

export function isMemoryWrite(kind: TlpKind): boolean {
  return kind === 'MWr32' || kind === 'MWr64';
}

/** FetchAdd, Swap, CAS. */
export function isAtomic(kind: TlpKind): boolean {
  if (kind === 'FetchAdd32' || kind === 'Swap32' || kind === 'CAS32') return true;
  return kind === 'FetchAdd64' || kind === 'Swap64' || kind === 'CAS64';
}

/** Every request to memory space: reads, locked reads, writes, AtomicOps. */
export function isMemoryRequest(kind: TlpKind): boolean {
  return isMemoryRead(kind) || isMemoryWrite(kind) || isLockedRead(kind) || isAtomic(kind);
}

/** Whether the header is the 4 DW form with a 64-bit address. */
export function hasLongAddress(kind: TlpKind): boolean {
  if (kind === 'MRd64' || kind === 'MWr64' || kind === 'MRdLk64') return true;
  return kind === 'FetchAdd64' || kind === 'Swap64' || kind === 'CAS64';
}

export function isConfigRead(kind: TlpKind): boolean {
  return kind === 'CfgRd0' || kind === 'CfgRd1';
}

export function isConfigWrite(kind: TlpKind): boolean {
  return kind === 'CfgWr0' || kind === 'CfgWr1';
}

export function isConfigRequest(kind: TlpKind): boolean {
  return isConfigRead(kind) || isConfigWrite(kind);
}

export function isIoRequest(kind: TlpKind): boolean {
  return kind === 'IORd' || kind === 'IOWr';
}

export function isMessage(kind: TlpKind): boolean {
  return kind === 'Msg' || kind === 'MsgD';
}
