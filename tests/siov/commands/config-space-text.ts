// A configuration space as `lspci -F` reads it back, and as fields by name. Source: pciutils, lspci(8), `-x` and `-F`; SRD §3, §8.
import { bitField } from '#base/bits';
import { readU16Le, readU32Le } from '#base/bytes';
import { printRid } from '#pcie/routing-id';
import { pfConfigFields, vfConfigFields, type ConfigField } from '#siov/config-space-table';
import type { SrdParams } from '#siov/srd-params';
import type { ConfigSpace } from './config-space-reader.ts';

const BYTES_PER_LINE = 16;
const DEVICE_ID = 0x02;
const REVISION = 0x08;
const CLASS = 0x0a;
/** Names of lspci for the classes that are likely here; the number stands beside them. */
const CLASS_NAMES: Readonly<Record<number, string>> = { 0x1200: 'Processing accelerators' };
const DW_BITS = 32;

/** Of a function that is known to the host: `PF`, `VF 3`. */
export function functionName(vf: number | undefined): string | undefined {
  if (vf === undefined) return undefined;
  return vf === 0 ? 'PF' : `VF ${vf}`;
}

/** `BB:DD.F description`, 256 lines of 16 bytes, an empty line. */
export function lspciText({ rid, vf, bytes }: ConfigSpace): string {
  const deviceClass = readU16Le(bytes, CLASS);
  const words = [
    `${CLASS_NAMES[deviceClass] ?? 'Class'} [${digits(deviceClass, 4)}]:`,
    `Device ${digits(readU16Le(bytes, 0), 4)}:${digits(readU16Le(bytes, DEVICE_ID), 4)}`,
    `(rev ${digits(bytes[REVISION], 2)})`,
  ];
  const name = functionName(vf);
  if (name !== undefined) words.push(`(${name})`);
  const lines = [`${printRid(rid)} ${words.join(' ')}`];
  for (let at = 0; at < bytes.length; at += BYTES_PER_LINE) {
    const part = [...bytes.subarray(at, at + BYTES_PER_LINE)].map((byte) => digits(byte, 2));
    lines.push(`${digits(at, 2)}: ${part.join(' ')}`);
  }
  return `${lines.join('\n')}\n\n`;
}

/** `{ rid, function, fields }`, the values of all fields by their names; of what does not answer `{ rid, status }`. */
export function configSpaceJson(space: ConfigSpace, params: SrdParams): object {
  const { vf, status, bytes } = space;
  const rid = printRid(space.rid);
  if (status !== 'SC') return { rid, status };
  const table = vf === undefined || vf === 0 ? pfConfigFields(params) : vfConfigFields(params);
  const fields: Record<string, number> = {};
  for (const field of table) {
    if (field.name !== 'Reserved') fields[field.name] = fieldValue(bytes, field);
  }
  return { rid, function: functionName(vf) ?? 'unknown', fields };
}

/** The value of a field, right-aligned; a base address may reach into a second DW. */
function fieldValue(bytes: Uint8Array, { offset, high, low }: ConfigField): number {
  const at = offset - (offset % 4);
  const shift = 8 * (offset % 4);
  const first = low + shift;
  const last = high + shift;
  const dw = readU32Le(bytes, at);
  if (last < DW_BITS) return bitField(dw, last, first);
  const lower = bitField(dw, DW_BITS - 1, first);
  const upper = bitField(readU32Le(bytes, at + 4), last - DW_BITS, 0);
  return upper * 2 ** (DW_BITS - first) + lower;
}

function digits(value: number, count: number): string {
  return value.toString(16).padStart(count, '0');
}
