// The parameters of the reference device (SRD §1): names, ranges, and the defaults that each profile gives. One table
// drives defaults, validation and the messages; HELLO of the DUT protocol carries them by these names.
//
//   const params = validateParams({ profile: 'rtl', totalSdis: 8 });
//   if (typeof params === 'string') …  // says why, in one line
import { hex, isPowerOfTwo } from '#base/bits';
import { suggest } from '#base/suggest';
import { PROFILES, type DeviceParams, type Profile } from './device-params.ts';

/** Every parameter with its effective value; meanings in SRD §1. */
export type SrdParams = DeviceParams;

export type ParamName = keyof SrdParams;
export type ParamValue = number | boolean | string;

/** One row of the table of SRD §1. */
export interface ParamRow {
  readonly name: ParamName;
  /** What it takes, as a person reads it. */
  readonly range: string;
  /** Values by profile, in the order of PROFILES. */
  readonly defaults: readonly [ParamValue, ParamValue, ParamValue];
  readonly accepts: (value: ParamValue) => boolean;
}

const PAYLOAD_SIZES: readonly ParamValue[] = [128, 256, 512, 1024, 2048, 4096];

const between =
  (low: number, high: number): ParamRow['accepts'] =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high;

const isFlag: ParamRow['accepts'] = (value) => typeof value === 'boolean';

function numberRow(
  name: ParamName,
  bounds: readonly [number, number],
  standard: number,
  others: { readonly hyperscale?: number; readonly rtl?: number } = {},
): ParamRow {
  const range =
    bounds[1] > 0xfff ? `${bounds[0]}..${bounds[1]} (${hex(bounds[1])})` : bounds.join('..');
  const { hyperscale = standard, rtl = standard } = others;
  return { name, range, defaults: [standard, hyperscale, rtl], accepts: between(...bounds) };
}

function flagRow(name: ParamName, rtl: boolean): ParamRow {
  return { name, range: 'true or false', defaults: [true, true, rtl], accepts: isFlag };
}

/** The table of SRD §1, in its order. */
export const PARAM_TABLE: readonly ParamRow[] = [
  {
    name: 'profile',
    range: PROFILES.join(', '),
    defaults: PROFILES,
    accepts: (value) => PROFILES.some((profile) => profile === value),
  },
  numberRow('vendorId', [0, 0xffff], 0x1234),
  numberRow('deviceId', [0, 0xffff], 0x510f),
  numberRow('totalVfs', [0, 255], 16, { hyperscale: 64, rtl: 4 }),
  numberRow('firstVfOffset', [1, 0xffff], 1),
  numberRow('vfStride', [1, 0xffff], 1),
  numberRow('totalSdis', [1, 60_000], 256, { hyperscale: 16_384, rtl: 16 }),
  numberRow('firstSdiOffset', [1, 0xffff], 0x100, { rtl: 0x10 }),
  numberRow('sdiStride', [1, 0xffff], 1),
  flagRow('mixedIov', true),
  flagRow('softwareRids', true),
  numberRow('pageCount', [1, 65_535], 512, { hyperscale: 32_768, rtl: 32 }),
  numberRow('imsCount', [1, 65_535], 512, { hyperscale: 32_768, rtl: 32 }),
  numberRow('engineCount', [1, 64], 4, { rtl: 1 }),
  {
    name: 'maxPayload',
    range: PAYLOAD_SIZES.join(', '),
    defaults: [512, 512, 128],
    accepts: (value) => PAYLOAD_SIZES.includes(value),
  },
  {
    name: 'ringMax',
    range: 'a power of two 2..4096',
    defaults: [256, 256, 16],
    accepts: (value) => typeof value === 'number' && between(2, 4096)(value) && isPowerOfTwo(value),
  },
  numberRow('completionTimeoutNs', [5_000, 10_000_000], 50_000),
  flagRow('atomics', false),
  flagRow('crc32', false),
  flagRow('pasid', false),
];

/** Every parameter name, in the order of SRD §1. */
export const PARAM_NAMES: readonly ParamName[] = PARAM_TABLE.map((row) => row.name);

/** The parameters of a profile with nothing else given. */
export function defaultParams(profile: Profile = 'standard'): SrdParams {
  const column = PROFILES.indexOf(profile);
  const values: Record<string, ParamValue> = {};
  for (const row of PARAM_TABLE) values[row.name] = row.defaults[column];
  return values as unknown as SrdParams;
}

/**
 * The effective parameters for what HELLO gives: the profile's defaults with the named ones replaced.
 * Returns one line that says what is wrong when a name is unknown or a value out of range.
 */
export function validateParams(given: Readonly<Record<string, unknown>>): SrdParams | string {
  const names = Object.keys(given).sort();
  for (const name of names) {
    const row = PARAM_TABLE.find((candidate) => candidate.name === name);
    if (row === undefined) return `unknown parameter '${name}'${suggest(name, PARAM_NAMES)}`;
    const value = given[name];
    if (!isParamValue(value) || !row.accepts(value)) {
      return `parameter '${name}': expected ${row.range}, got ${JSON.stringify(value) ?? 'nothing'}`;
    }
  }
  const profile = PROFILES.find((name) => name === given['profile']);
  return { ...defaultParams(profile), ...given };
}

/** The parameters as HELLO_OK carries them: plain names and values, in the order of SRD §1. */
export function paramsToRecord(params: SrdParams): Record<string, ParamValue> {
  const record: Record<string, ParamValue> = {};
  for (const name of PARAM_NAMES) record[name] = params[name];
  return record;
}

function isParamValue(value: unknown): value is ParamValue {
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string';
}
