// A TLP for people: the one-line summary of the failure reports, and a table of its fields under their names in JSON and in
// PCIe. Source: siov-facts §8 (fields), design, "JSON" (names).
import { hex } from '#base/bits';
import { printTlp, tlpToJson } from '#pcie/codec';
import { printRid } from '#pcie/routing-id';
import { firstByteAddress, byteLengthOf } from '#pcie/rules';
import { fieldsOf, ROW_OF_KIND } from '#pcie/tlp-layout';
import { Attr, isCompletion, isConfigRequest, isMemoryRequest, type Tlp } from '#pcie/tlp';
import type { TlpReading } from './tlp-reading.ts';

const NO_DIGEST = 'the DUT protocol has none';
const DATA_BYTES_PER_LINE = 16;
const AT_NAMES = ['untranslated', 'translation request', 'translated', 'reserved'];

/** A field as a row: its name in PCIe, its value, and what that means. */
interface FieldText {
  readonly pcieName: string;
  readonly value: (value: number) => string;
  readonly meaning?: (tlp: Tlp) => string;
}

const rid = (pcieName: string, of: (tlp: Tlp) => number): FieldText => ({
  pcieName,
  value: (value) => hex(value, 4),
  meaning: (tlp) => printRid(of(tlp)),
});
const byteEnable = (pcieName: string): FieldText => ({ pcieName, value: binary(4) });
const number = (pcieName: string, meaning?: FieldText['meaning']): FieldText => ({
  pcieName,
  value: String,
  ...(meaning && { meaning }),
});
const dw = (pcieName: string): FieldText => ({ pcieName, value: (value) => hex(value, 8) });
const flag = (pcieName: string, meaning: string): FieldText => ({
  pcieName,
  value: String,
  meaning: () => meaning,
});

/** By the names of the JSON form. */
const FIELDS: Readonly<Record<string, FieldText>> = {
  requesterId: rid('Requester ID', (tlp) => tlp.requesterId),
  tag: { pcieName: 'Tag', value: (value) => hex(value, 3) },
  tc: number('TC'),
  attr: { pcieName: 'Attr', value: binary(3), meaning: attributes },
  ep: {
    pcieName: 'EP',
    value: String,
    meaning: (tlp) => (tlp.ep === 0 ? '' : 'poisoned'),
  },
  ln: flag('LN', 'lightweight notification'),
  th: flag('TH', 'hints; the byte enables of a read carry a steering tag'),
  at: number('AT', (tlp) => AT_NAMES[tlp.at]),
  address: { pcieName: 'Address', value: (value) => hex(value, 8), meaning: firstByte },
  addressHigh: dw('Address 63:32'),
  addressLow: dw('Address 31:2'),
  ph: number('PH'),
  destinationId: rid('Destination ID', (tlp) => tlp.destinationId),
  registerNumber: number('Register Number', (tlp) => `offset ${hex(4 * tlp.registerNumber, 3)}`),
  completerId: rid('Completer ID', (tlp) => tlp.completerId),
  status: { pcieName: 'Compl. Status', value: String, meaning: (tlp) => binary(3)(tlp.status) },
  bcm: flag('BCM', 'byte count modified'),
  byteCount: number('Byte Count', () => 'bytes still to come, these included'),
  lowerAddress: { pcieName: 'Lower Address', value: (value) => hex(value, 2) },
  messageRouting: { pcieName: 'r[2:0]', value: binary(3) },
  messageCode: { pcieName: 'Message Code', value: (value) => hex(value, 2) },
  messageDw2: dw('bytes 8..11'),
  messageDw3: dw('bytes 12..15'),
  lengthDw: number('Length', lengthText),
  firstBe: byteEnable('First DW BE'),
  lastBe: byteEnable('Last DW BE'),
  pasid: { pcieName: 'PASID', value: (value) => hex(value, 5), meaning: () => 'prefix 0x91' },
  pasidExecute: flag('Execute Requested', ''),
  pasidPrivileged: flag('Privileged Mode', ''),
};

/** All about one reading; ends with a line feed. */
export function readingText(reading: TlpReading): string {
  const { tlp, malformed, remarks, digest } = reading;
  const lines = malformed === undefined ? [] : [`malformed: ${malformed}`];
  if (tlp !== undefined) lines.push(printTlp(tlp), ...fieldLines(tlp), ...dataLines(tlp.payload));
  if (digest !== undefined)
    lines.push(`  digest ${digest}: ECRC (TD 1), not checked here; ${NO_DIGEST}`);
  for (const remark of remarks) lines.push(`  ${remark}`);
  return `${lines.join('\n')}\n`;
}

function fieldLines(tlp: Tlp): string[] {
  const { fmt, type } = ROW_OF_KIND[tlp.kind];
  const typeText = type.toString(2).padStart(5, '0');
  const encoding = `Fmt ${binary(3)(fmt).slice(2)}, Type ${typeText[0]}_${typeText.slice(1)}`;
  const rows = [['kind', 'Fmt, Type', tlp.kind, encoding]];
  for (const [name, value] of Object.entries(tlpToJson(tlp))) {
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    // The kind stands above, the data below.
    if (field === undefined) continue;
    const shown = typeof value === 'string' ? value : field.value(Number(value));
    rows.push([name, field.pcieName, shown, field.meaning?.(tlp) ?? '']);
  }
  const widths = rows[0].map((_cell, at) => Math.max(...rows.map((row) => row[at].length)));
  return rows.map((row) =>
    `  ${row.map((cell, at) => cell.padEnd(widths[at])).join('  ')}`.trimEnd(),
  );
}

/** The payload in lines of 16 bytes, each with its offset. */
function dataLines(payload: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < payload.length; at += DATA_BYTES_PER_LINE) {
    const part = payload.subarray(at, at + DATA_BYTES_PER_LINE);
    const bytes = [...part].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    lines.push(`  data ${at.toString(16).padStart(3, '0')}: ${bytes}`);
  }
  return lines;
}

function binary(digits: number): (value: number) => string {
  return (value) => `0b${value.toString(2).padStart(digits, '0')}`;
}

function attributes({ attr }: Tlp): string {
  const names: string[] = [];
  if ((attr & Attr.ID_BASED_ORDERING) !== 0) names.push('ID-Based Ordering');
  if ((attr & Attr.RELAXED_ORDERING) !== 0) names.push('Relaxed Ordering');
  if ((attr & Attr.NO_SNOOP) !== 0) names.push('No Snoop');
  return names.join(', ');
}

/** Where the first enabled byte lies, when that is not the address itself. */
function firstByte(tlp: Tlp): string {
  const first = firstByteAddress(tlp);
  return first === tlp.address ? '' : `first byte ${hex(first, 8)}`;
}

function lengthText(tlp: Tlp): string {
  if (!fieldsOf(tlp.kind).includes('lengthDw')) return 'reserved';
  if (isCompletion(tlp.kind)) return 'DW';
  if (!isMemoryRequest(tlp.kind) && !isConfigRequest(tlp.kind)) return 'DW';
  const bytes = byteLengthOf(tlp);
  return `DW, ${bytes} ${bytes === 1 ? 'byte' : 'bytes'} enabled`;
}
