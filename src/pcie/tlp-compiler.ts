// The header tables of `tlp-layout.ts` turned into flat code (design decision 13): one function that reads a header and
// one that writes it, each a switch over the layouts with every shift and mask spelled out. Walking the table per TLP
// costs several times as much; that walk stays in the tests, as the reference that this must equal.
//
// What comes out, shortened, for layout `memory32` (w0..w2 are the DWs of the header, t is the Tlp):
//
//   read    const w0 = (b[o] << 24) | (b[o + 1] << 16) | (b[o + 2] << 8) | b[o + 3];
//           t.tag = ((((w0 >>> 23) & 0x1) << 9) | (((w0 >>> 19) & 0x1) << 8) | ((w1 >>> 8) & 0xff));
//           t.completerId = 0;                                   not in this layout
//   write   if ((t.tag >>> 0) !== t.tag || t.tag > 1023) refuse(t, 'tag');
//           const w1 = … | (((t.tag >>> 0) & 0xff) << 8) | …;
//           b[o + 4] = w1 >>> 24; …
import { assert } from '#base/assert';
import { compileFunction } from '#base/compile';
import type { HeaderBits, LayoutName, TlpField } from './tlp-layout.ts';
import { fieldRange, HEADER_FIELDS, LAYOUT_NAMES, LAYOUTS } from './tlp-layout.ts';
import type { Tlp } from './tlp.ts';

/**
 * Reads the header of layout number `layout` (index in LAYOUT_NAMES) at `offset` into `tlp`: every header field, those
 * that the layout lacks as 0, so that nothing of an earlier TLP stays in a reused one. The caller has made sure that
 * the bytes are there.
 */
export type HeaderReader = (bytes: Uint8Array, offset: number, layout: number, tlp: Tlp) => void;

/** What a writer needs to know of a kind: its layout's index in LAYOUT_NAMES, and header byte 0 (fmt and type). */
export interface HeaderCode {
  readonly layout: number;
  readonly first: number;
}

/**
 * Writes the header of a kind at `offset`; the routing of a message is added to its first byte. A field out of range
 * goes to the `refuse` that the writer was compiled with, before any byte is written.
 */
export type HeaderWriter = (tlp: Tlp, bytes: Uint8Array, offset: number, code: HeaderCode) => void;

export function compileHeaderReader(): HeaderReader {
  return compileFunction<HeaderReader>(['b', 'o', 'layout', 't'], switchOver('layout', readerCase));
}

/** `refuse` must throw; it is called with the first field, in table order, that is out of range. */
export function compileHeaderWriter(refuse: (tlp: Tlp, field: TlpField) => never): HeaderWriter {
  // Two steps, because compiled code closes over nothing: the outer function hands `refuse` in, once.
  const body = `return (t, b, o, code) => {\n${switchOver('code.layout', writerCase)}\n};`;
  return compileFunction<(refuse: unknown) => HeaderWriter>(['refuse'], body)(refuse);
}

/** One case per layout. A switch over small integers is a jump table; a table of functions would not be inlined. */
function switchOver(selector: string, lines: (pieces: readonly HeaderBits[]) => string[]): string {
  const cases = LAYOUT_NAMES.map((name: LayoutName, index) =>
    [`case ${index}: {`, ...lines(LAYOUTS[name]), 'return; }'].join('\n'),
  );
  return [`switch (${selector}) {`, ...cases, '}'].join('\n');
}

/** `const w0 = …` for every DW of the header, then one assignment per field. */
function readerCase(pieces: readonly HeaderBits[]): string[] {
  const lines: string[] = [];
  for (let dw = 0; dw < dwCount(pieces); dw++) {
    const at = (byte: number): string => `b[o + ${4 * dw + byte}]`;
    lines.push(`const w${dw} = (${at(0)} << 24) | (${at(1)} << 16) | (${at(2)} << 8) | ${at(3)};`);
  }
  for (const field of HEADER_FIELDS) lines.push(`t.${field} = ${readExpression(pieces, field)};`);
  return lines;
}

/** The field as an expression over w0..w3; `0` where the layout does not have it. */
function readExpression(pieces: readonly HeaderBits[], field: TlpField): string {
  const own = pieces.filter((piece) => piece.field === field);
  if (own.length === 0) return '0';
  const terms = own.map((piece) => {
    const field = `((w${piece.dw} >>> ${piece.low}) & ${maskOf(piece)})`;
    return piece.shift === 0 ? field : `(${field} << ${piece.shift})`;
  });
  const isWide = own.some((piece) => piece.shift + piece.high - piece.low >= 31);
  // A field that reaches bit 31 would come out negative; >>> 0 makes it unsigned again.
  const whole = isWide ? `((${terms.join(' | ')}) >>> 0)` : `(${terms.join(' | ')})`;
  // Length and Byte Count write their largest value as 0: `|| 1024` is that rule, word for word.
  assert(own[0].zeroMeans === 0 || own.length === 1, 'a field with a coded 0 is one piece');
  return own[0].zeroMeans === 0 ? whole : `(${whole} || ${own[0].zeroMeans})`;
}

/** One range check per field, then every DW put together and stored byte by byte. */
function writerCase(pieces: readonly HeaderBits[]): string[] {
  const lines: string[] = [];
  // All checks come before the first store: a refused TLP leaves the buffer as it was.
  for (const field of new Set(pieces.map((piece) => piece.field))) {
    lines.push(`if (${outOfRange(pieces, field)}) refuse(t, '${field}');`);
  }
  for (let dw = 0; dw < dwCount(pieces); dw++) {
    const terms = pieces
      .filter((piece) => piece.dw === dw)
      .map(
        (piece) => `(((t.${piece.field} >>> ${piece.shift}) & ${maskOf(piece)}) << ${piece.low})`,
      );
    if (dw === 0) terms.unshift('(code.first << 24)');
    lines.push(`const w${dw} = ${terms.join(' | ')};`);
    // Storing into a Uint8Array cuts to 8 bits, so the bytes need no mask.
    for (let byte = 0; byte < 4; byte++) {
      lines.push(`b[o + ${4 * dw + byte}] = w${dw} >>> ${24 - 8 * byte};`);
    }
  }
  return lines;
}

/** The condition under which a field's value cannot be written. */
function outOfRange(pieces: readonly HeaderBits[], field: TlpField): string {
  const { low, high, step } = fieldRange(pieces, field);
  // `>>> 0 !==` catches in one go: fractions, negative numbers, NaN, and what is not a number at all.
  const conditions = [`(t.${field} >>> 0) !== t.${field}`, `t.${field} > ${high}`];
  if (low !== 0) conditions.push(`t.${field} < ${low}`);
  // An address whose low bits are not in the header would lose them without a word.
  if (step !== 1) conditions.push(`(t.${field} & ${step - 1}) !== 0`);
  return conditions.join(' || ');
}

/** DWs of the header: every layout has a field in its last one. */
function dwCount(pieces: readonly HeaderBits[]): number {
  const count = Math.max(...pieces.map((piece) => piece.dw)) + 1;
  assert(count === 3 || count === 4, 'a header has 3 or 4 DWs');
  return count;
}

/** The mask of a piece's width, as a literal. `1024 & 0x3ff` is 0, which is how the largest Length is written. */
function maskOf(piece: HeaderBits): string {
  return `0x${(2 ** (piece.high - piece.low + 1) - 1).toString(16)}`;
}
