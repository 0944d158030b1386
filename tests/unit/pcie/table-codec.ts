// The reference for the compiled codec: the same field table, walked piece by piece with big integers and no shortcut.
// It shares the table with src/pcie and nothing else.
import type { HeaderBits, TlpField } from '#pcie/tlp-layout';
import {
  fmtHasData,
  HEADER_FIELDS,
  headerDw,
  LAYOUTS,
  PASID_PREFIX,
  PASID_PREFIX_BYTE,
  ROW_OF_KIND,
} from '#pcie/tlp-layout';
import type { TlpKind } from '#pcie/tlp';
import { NO_PASID, Tlp } from '#pcie/tlp';

/** The bytes of a legal TLP. */
export function encodeByTable(tlp: Tlp): number[] {
  const row = ROW_OF_KIND[tlp.kind];
  const words: bigint[] = Array.from({ length: headerDw(row.fmt) }, () => 0n);
  words[0] = (BigInt(row.fmt) << 29n) | (BigInt(row.type) << 24n);
  for (const piece of LAYOUTS[row.layout])
    words[piece.dw] |= pieceOf(piece, BigInt(tlp[piece.field]));
  if (tlp.pasid !== NO_PASID) {
    let prefix = BigInt(PASID_PREFIX_BYTE) << 24n;
    for (const piece of PASID_PREFIX) prefix |= pieceOf(piece, BigInt(tlp[piece.field]));
    words.unshift(prefix);
  }
  const bytes = words.flatMap((word) =>
    [24n, 16n, 8n, 0n].map((low) => Number((word >> low) & 0xffn)),
  );
  return [...bytes, ...tlp.payload];
}

/** The TLP of well-formed bytes whose kind is known. */
export function decodeByTable(kind: TlpKind, bytes: Uint8Array): Tlp {
  const row = ROW_OF_KIND[kind];
  const tlp = new Tlp();
  tlp.kind = kind;
  const words: bigint[] = [];
  for (let i = 0; i + 4 <= bytes.length; i += 4) {
    words.push(bytes.subarray(i, i + 4).reduce((word, byte) => (word << 8n) | BigInt(byte), 0n));
  }
  const hasPrefix = bytes[0] === PASID_PREFIX_BYTE;
  const prefix = hasPrefix ? words.shift() : undefined;
  for (const field of HEADER_FIELDS) tlp[field] = fieldOf(LAYOUTS[row.layout], field, words);
  tlp.pasidExecute = prefix === undefined ? 0 : fieldOf(PASID_PREFIX, 'pasidExecute', [prefix]);
  tlp.pasidPrivileged =
    prefix === undefined ? 0 : fieldOf(PASID_PREFIX, 'pasidPrivileged', [prefix]);
  tlp.pasid = prefix === undefined ? NO_PASID : fieldOf(PASID_PREFIX, 'pasid', [prefix]);
  const start = 4 * headerDw(row.fmt) + (hasPrefix ? 4 : 0);
  if (fmtHasData(row.fmt)) tlp.payload = bytes.slice(start);
  return tlp;
}

function maskOf(piece: HeaderBits): bigint {
  return (1n << BigInt(piece.high - piece.low + 1)) - 1n;
}

function pieceOf(piece: HeaderBits, value: bigint): bigint {
  return ((value >> BigInt(piece.shift)) & maskOf(piece)) << BigInt(piece.low);
}

function fieldOf(pieces: readonly HeaderBits[], field: TlpField, words: readonly bigint[]): number {
  let value = 0n;
  let zeroMeans = 0;
  for (const piece of pieces) {
    if (piece.field !== field) continue;
    value |= ((words[piece.dw] >> BigInt(piece.low)) & maskOf(piece)) << BigInt(piece.shift);
    zeroMeans = piece.zeroMeans;
  }
  return value === 0n ? zeroMeans : Number(value);
}
