// The configuration spaces of SRD's PF and VFs (SRD §3, §8) as fields: where each lies, its reset value, who may write it
// and which resets touch it. The rows are text in `pf-config-rows.ts` and `vf-config-rows.ts`; here they are read once,
// and evaluated for the parameters of a device. Columns of a row:
//
//   0a0            byte offset of the field's register, hexadecimal
//   63:4           bits, counted from bit 0 of that byte
//   RW             access; HwInit and RO ignore writes, RsvdP reads 0 here and ignores writes
//   cf             reset by: c cold and hot reset, f FLR of the function, - constant, or untouched by any reset
//   bound, free    bound: a checker holds the device to it. free: as PCIe allows; the value is only what the reference
//                  device reads
//   0x38, pasid    reset value, right-aligned: a number, a parameter, or one of EXPRESSIONS
//   Some Name
//   | options      size= (address bits below it are RO 0), legal= (only these values are written, and then stored),
//                  write=free|flr|vfenable, when= (the field exists only if this parameter is true)
import { assert } from '#base/assert';
import { roundUpToPowerOfTwo } from '#base/bits';
import * as pf from './pf-config-rows.ts';
import type { ParamName, SrdParams } from './srd-params.ts';
import { PAGE_BYTES } from './srd-registers.ts';
import * as vf from './vf-config-rows.ts';

export type ConfigAccess = 'HwInit' | 'RO' | 'RW' | 'RW1C' | 'RsvdP';
/** free: only the reset value is binding. flr: reads 0, writing 1 starts the FLR. vfenable: SRD §8. */
export type ConfigWrite = 'free' | 'flr' | 'vfenable';

/** One field for one set of parameters. */
export interface ConfigField {
  /** Byte offset of the field's register, 0..4095. */
  readonly offset: number;
  /** Bits high..low, counted from bit 0 of that byte; a base address reaches bit 63. */
  readonly high: number;
  readonly low: number;
  readonly name: string;
  /** Right-aligned. */
  readonly reset: number;
  readonly access: ConfigAccess;
  /** cold stands for cold and hot reset, flr for the FLR of that function. */
  readonly resetBy: readonly ('cold' | 'flr')[];
  /** Whether the device is held to it. */
  readonly checked: boolean;
  /** Base addresses: bytes of the window. */
  readonly size: number | undefined;
  /** The only values that are written; undefined: any. */
  readonly legal: readonly number[] | undefined;
  readonly write: ConfigWrite | undefined;
}

type Evaluate = (params: SrdParams) => number;

/** Values that are more than a number or a parameter. Offsets in the extended list depend on what is present. */
const EXPRESSIONS: Readonly<Record<string, Evaluate>> = {
  /** Max_Payload_Size encoded: 0 for 128 bytes, one more for each doubling. */
  maxPayloadCode: (params) => Math.log2(params.maxPayload / 128),
  afterAri: (params) => (params.totalVfs > 0 ? 0x150 : afterSriov(params)),
  afterSriov,
  pagesBytes: (params) => PAGE_BYTES * roundUpToPowerOfTwo(params.pageCount),
};

function afterSriov(params: SrdParams): number {
  return params.pasid ? 0x190 : 0x1a0;
}

/** The PF's fields, those that do not exist with these parameters left out. */
export function pfConfigFields(params: SrdParams): readonly ConfigField[] {
  const sriov = params.totalVfs > 0 ? pf.PF_SRIOV : '';
  const pasid = params.pasid ? pf.PF_PASID : '';
  const lower = pf.PF_HEADER + pf.PF_POWER + pf.PF_MSIX + pf.PF_PCIE;
  return readRows(lower + pf.PF_AER + pf.PF_ARI + sriov + pasid + pf.PF_SIOV, params);
}

/** The fields of each enabled VF. */
export function vfConfigFields(params: SrdParams): readonly ConfigField[] {
  return readRows(vf.VF_HEADER + vf.VF_MSIX + vf.VF_PCIE + vf.VF_ARI, params);
}

function readRows(text: string, params: SrdParams): ConfigField[] {
  const fields: ConfigField[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const field = readRow(line, params);
    if (field !== undefined) fields.push(field);
  }
  return fields;
}

const ROW =
  /^([0-9a-f]{3}) (\d+)(?::(\d+))? +(HwInit|RO|RW1C|RW|RsvdP) +(-|cf?) +(bound|free) +(\w+) ([^|]+?)(?: \|(.*))?$/;

function readRow(line: string, params: SrdParams): ConfigField | undefined {
  const columns = ROW.exec(line);
  assert(columns !== null, 'a row of configuration space has the columns of the header');
  const [, offset, high, low = high, access, resetBy, binding, reset, name, text = ''] = columns;
  const options = readOptions(text);
  if (options.when !== undefined && evaluate(options.when, params) === 0) return undefined;
  return {
    offset: parseInt(offset, 16),
    high: Number(high),
    low: Number(low),
    name,
    reset: evaluate(reset, params),
    access: access as ConfigAccess,
    resetBy: RESETS[resetBy],
    checked: binding === 'bound',
    size: options.size === undefined ? undefined : evaluate(options.size, params),
    legal: options.legal?.split(',').map((word) => evaluate(word, params)),
    write: options.write as ConfigWrite | undefined,
  };
}

const RESETS: Readonly<Record<string, readonly ('cold' | 'flr')[]>> = {
  '-': [],
  c: ['cold'],
  cf: ['cold', 'flr'],
};

interface RowOptions {
  readonly size?: string;
  readonly legal?: string;
  readonly write?: string;
  readonly when?: string;
}

function readOptions(text: string): RowOptions {
  const words = text.split(' ').filter((word) => word !== '');
  return Object.fromEntries(words.map((word) => word.split('=')));
}

/** A number, an expression by its name, or a parameter; true counts as 1. */
function evaluate(word: string, params: SrdParams): number {
  if (/^\d/.test(word)) return Number(word);
  const expression = EXPRESSIONS[word];
  if (expression !== undefined) return expression(params);
  const value = params[word as ParamName];
  assert(
    typeof value !== 'string' && value !== undefined,
    'a value names an expression or a parameter',
  );
  return Number(value);
}
