// What is odd about a TLP that decodes and that no receiver need refuse: fields that a requester or completer must not set so,
// and reserved bits that are not 0. For people who debug; the checkers have rules of their own. Source: siov-facts §8, §9; PCIe
// Base, chapter 2.2 (Transaction Layer Protocol, Packet Definition).
import { hex } from '#base/bits';
import { LAYOUTS, PASID_PREFIX, ROW_OF_KIND, type HeaderBits } from '#pcie/tlp-layout';
import {
  CompletionStatus,
  hasPayload,
  isCompletion,
  isConfigRequest,
  isIoRequest,
  isMemoryRead,
  isMemoryRequest,
  isMessage,
  NO_PASID,
  type Tlp,
} from '#pcie/tlp';

const AT_TRANSLATION_REQUEST = 1;
const AT_RESERVED = 3;
/** Attr without ID-Based Ordering: Relaxed Ordering and No Snoop. */
const ORDERING_ATTRIBUTES = 0b011;

/** The routing of a message: what r[2:0] says. */
const ROUTING = {
  toRootComplex: 0b000,
  byAddress: 0b001,
  byId: 0b010,
  broadcast: 0b011,
  local: 0b100,
  gathered: 0b101,
} as const;
const ROUTING_TEXT = [
  'to the root complex',
  'by address',
  'by ID',
  'broadcast from the root complex',
  'local',
  'gathered',
  'reserved',
  'reserved',
];

/** Messages that have one way to go, by Message Code: first code, last code, what they are, their routing. */
const MESSAGES: readonly (readonly [number, number, string, number])[] = [
  [0x00, 0x00, 'Unlock', ROUTING.broadcast],
  [0x10, 0x10, 'LTR', ROUTING.local],
  [0x12, 0x12, 'OBFF', ROUTING.local],
  [0x14, 0x14, 'PM_Active_State_Nak', ROUTING.local],
  [0x18, 0x18, 'PM_PME', ROUTING.toRootComplex],
  [0x19, 0x19, 'PME_Turn_Off', ROUTING.broadcast],
  [0x1b, 0x1b, 'PME_TO_Ack', ROUTING.gathered],
  [0x20, 0x27, 'INTx', ROUTING.local],
  [0x30, 0x33, 'error message', ROUTING.toRootComplex],
  [0x50, 0x50, 'Set_Slot_Power_Limit', ROUTING.local],
];

/** What whoever made the TLP should not have done, a sentence each. */
export function senderRemarks(tlp: Tlp): string[] {
  if (isCompletion(tlp.kind)) return completionRemarks(tlp).map((text) => no('completer', text));
  const texts = [
    ...attributeRemarks(tlp),
    ...(isMessage(tlp.kind) ? messageRemarks(tlp) : []),
    ...(tlp.ep === 1 && !hasPayload(tlp.kind) ? ['EP 1 without data that could be poisoned'] : []),
  ];
  return texts.map((text) => no('requester', text));
}

function no(who: string, text: string): string {
  return `no ${who} should send it: ${text}`;
}

/** Configuration and I/O requests have no choice in TC, Attr, AT, TH; only memory requests are translated. */
function attributeRemarks(tlp: Tlp): string[] {
  const { kind, tc, attr, at, th } = tlp;
  if (isConfigRequest(kind) || isIoRequest(kind)) {
    return [
      ...(tc === 0 ? [] : [`${kind} with TC ${tc}, expected 0`]),
      ...((attr & ORDERING_ATTRIBUTES) === 0
        ? []
        : [`${kind} with Attr 0b${attr.toString(2).padStart(3, '0')}, expected 0b000`]),
      ...(at === 0 ? [] : [`${kind} with AT ${at}, expected 0`]),
      ...(th === 0 ? [] : [`${kind} with TH 1, expected 0`]),
    ];
  }
  if (!isMemoryRequest(kind)) return at === 0 ? [] : [`${kind} with AT ${at}, expected 0`];
  if (at === AT_RESERVED) return ['AT 3 is reserved'];
  if (at === AT_TRANSLATION_REQUEST && !isMemoryRead(kind)) {
    return [`${kind} with AT 1: only a memory read is a translation request`];
  }
  return [];
}

function messageRemarks({ messageCode, messageRouting, tc }: Tlp): string[] {
  if (messageRouting > ROUTING.gathered) return [`routing ${messageRouting} is reserved`];
  const row = MESSAGES.find(([first, last]) => messageCode >= first && messageCode <= last);
  if (row === undefined) return [];
  const [, , name, routing] = row;
  const texts: string[] = [];
  if (messageRouting !== routing) {
    texts.push(
      `${name} (code ${hex(messageCode, 2)}) routed ${ROUTING_TEXT[messageRouting]}, ` +
        `expected ${ROUTING_TEXT[routing]}`,
    );
  }
  if (tc !== 0) texts.push(`${name} (code ${hex(messageCode, 2)}) with TC ${tc}, expected 0`);
  return texts;
}

function completionRemarks({ kind, status, at }: Tlp): string[] {
  const texts: string[] = [];
  const known: readonly number[] = Object.values(CompletionStatus);
  if (!known.includes(status)) texts.push(`status ${status} is reserved, and read as UR`);
  else if (hasPayload(kind) && status !== CompletionStatus.SC) {
    texts.push(`${kind} with a status other than SC: those carry no data`);
  }
  if (at !== 0) texts.push(`${kind} with AT ${at}, expected 0`);
  return texts;
}

/** Reserved bits that are not 0, which the decoder ignores: `reserved bits of DW 2: 1:0 = 0b11`. */
export function reservedBits(bytes: Uint8Array, tlp: Tlp): string[] {
  const hasPrefix = tlp.pasid !== NO_PASID;
  const { fmt, layout } = ROW_OF_KIND[tlp.kind];
  const headerDws = 3 + (fmt & 1);
  const lines = hasPrefix ? reservedIn(PREFIX_MASK, dwAt(bytes, 0), 'the PASID prefix') : [];
  for (let dw = 0; dw < headerDws; dw++) {
    const mask = maskOf(LAYOUTS[layout], dw) | (dw === 0 ? FMT_AND_TYPE : 0);
    lines.push(...reservedIn(mask, dwAt(bytes, (hasPrefix ? 4 : 0) + 4 * dw), `DW ${dw}`));
  }
  return lines;
}

const FMT_AND_TYPE = 0xff00_0000;
const PREFIX_MASK = maskOf(PASID_PREFIX, 0) | FMT_AND_TYPE;

/** Bits of a DW that a layout gives a meaning. */
function maskOf(layout: readonly HeaderBits[], dw: number): number {
  let mask = 0;
  for (const piece of layout) {
    if (piece.dw !== dw) continue;
    for (let bit = piece.low; bit <= piece.high; bit++) mask |= 1 << bit;
  }
  return mask;
}

function reservedIn(mask: number, dw: number, where: string): string[] {
  const set: string[] = [];
  for (let high = 31; high >= 0; high--) {
    if ((mask >>> high) & 1) continue;
    let low = high;
    while (low > 0 && ((mask >>> (low - 1)) & 1) === 0) low--;
    const width = high - low + 1;
    const value = (dw >>> low) & (2 ** width - 1);
    const range = width === 1 ? `bit ${high}` : `bits ${high}:${low}`;
    if (value !== 0) set.push(`${range} = 0b${value.toString(2).padStart(width, '0')}`);
    high = low;
  }
  return set.length === 0 ? [] : [`reserved, and not 0, in ${where}: ${set.join(', ')}`];
}

function dwAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
