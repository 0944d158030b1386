// The header tables of `tlp-layout.ts` turned into flat code (design decision 13): one function that reads a header and
// one that writes it, each a switch over the layouts with every shift and mask spelled out. Measured against walking the
// table per TLP, flat code is several times as fast; that walk stays in the tests, as the reference that this must equal.
import { compileFunction } from '#base/compile';
import type { HeaderBits, LayoutName, TlpField } from './tlp-layout.ts';
import { fieldRange, HEADER_FIELDS, LAYOUT_NAMES, LAYOUTS } from './tlp-layout.ts';
import type { Tlp } from './tlp.ts';

/**
 * Reads the header of layout number `layout` (index in LAYOUT_NAMES) at `offset` into `tlp`, every header field, those
 * that the layout lacks as 0. The caller has made sure that the bytes are there.
 */
export type HeaderReader = (bytes: Uint8Array, offset: number, layout: number, tlp: Tlp) => void;

/**
 * Writes the header of layout number `layout` at `offset`; `first` is its first byte (fmt and type), to which the
 * routing of a message is added. Calls `refuse(tlp, field)`, which must throw, for the first field out of range.
 */
export type HeaderWriter = (
  tlp: Tlp,
  bytes: Uint8Array,
  offset: number,
  layout: number,
  first: number,
) => void;

export function compileHeaderReader(): HeaderReader {
  const cases = LAYOUT_NAMES.map(
    (name, index) => `case ${index}: {\n${readerCase(name)}\nreturn; }`,
  );
  return compileFunction<HeaderReader>(['b', 'o', 'layout', 't'], inSwitch(cases));
}

export function compileHeaderWriter(refuse: (tlp: Tlp, field: TlpField) => never): HeaderWriter {
  const cases = LAYOUT_NAMES.map(
    (name, index) => `case ${index}: {\n${writerCase(name)}\nreturn; }`,
  );
  const body = `return function writeHeader(t, b, o, layout, first) {\n${inSwitch(cases)}\n};`;
  return compileFunction<(refuse: unknown) => HeaderWriter>(['refuse'], body)(refuse);
}

function inSwitch(cases: readonly string[]): string {
  return `switch (layout) {\n${cases.join('\n')}\n}`;
}

/** `const w0 = …` for every DW of the header, then one assignment per field. */
function readerCase(name: LayoutName): string {
  const pieces = LAYOUTS[name];
  const lines: string[] = [];
  for (let dw = 0; dw < dwCount(pieces); dw++) {
    const at = (byte: number): string => `b[o + ${4 * dw + byte}]`;
    lines.push(`const w${dw} = (${at(0)} << 24) | (${at(1)} << 16) | (${at(2)} << 8) | ${at(3)};`);
  }
  for (const field of HEADER_FIELDS) lines.push(`t.${field} = ${readExpression(pieces, field)};`);
  return lines.join('\n');
}

/** The field as an expression over w0..w3; `0` where the layout does not have it. */
function readExpression(pieces: readonly HeaderBits[], field: TlpField): string {
  const own = pieces.filter((piece) => piece.field === field);
  if (own.length === 0) return '0';
  const terms = own.map(
    (piece) => `(((w${piece.dw} >>> ${piece.low}) & ${maskOf(piece)}) << ${piece.shift})`,
  );
  // Bit 31 of a field would make the number negative; >>> 0 brings it back.
  const whole = `((${terms.join(' | ')}) >>> 0)`;
  return own[0].zeroMeans === 0 ? whole : `(${whole} || ${own[0].zeroMeans})`;
}

/** One range check per field, then every DW put together and stored byte by byte. */
function writerCase(name: LayoutName): string {
  const pieces = LAYOUTS[name];
  const lines: string[] = [];
  for (const field of new Set(pieces.map((piece) => piece.field))) {
    const { low, high, step } = fieldRange(pieces, field);
    // `>>> 0 !==` catches fractions, negatives, NaN and what is not a number at all.
    const tooLow = low === 0 ? '' : ` || t.${field} < ${low}`;
    const offStep = step === 1 ? '' : ` || (t.${field} & ${step - 1}) !== 0`;
    const notWhole = `(t.${field} >>> 0) !== t.${field}`;
    const bad = `${notWhole} || t.${field} > ${high}${tooLow}${offStep}`;
    lines.push(`if (${bad}) refuse(t, '${field}');`);
  }
  for (let dw = 0; dw < dwCount(pieces); dw++) {
    const terms = pieces
      .filter((piece) => piece.dw === dw)
      .map(
        (piece) => `(((t.${piece.field} >>> ${piece.shift}) & ${maskOf(piece)}) << ${piece.low})`,
      );
    if (dw === 0) terms.unshift('(first << 24)');
    lines.push(`const w${dw} = ${terms.join(' | ')};`);
    for (let byte = 0; byte < 4; byte++) {
      lines.push(`b[o + ${4 * dw + byte}] = w${dw} >>> ${24 - 8 * byte};`);
    }
  }
  return lines.join('\n');
}

function dwCount(pieces: readonly HeaderBits[]): number {
  return Math.max(...pieces.map((piece) => piece.dw)) + 1;
}

/** The mask of a piece's width, as a literal. `1024 & 0x3ff` is 0, which is how "0 means 1024" is written. */
function maskOf(piece: HeaderBits): string {
  return `0x${(2 ** (piece.high - piece.low + 1) - 1).toString(16)}`;
}
