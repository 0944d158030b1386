// Legal values of parameters, and values that no device may take: of SRD, or, for a device with parameters of its own, of those
// that the configuration declares. Source: SRD §1; DUT protocol, HELLO.
import type { ParameterInfo } from '#run/config';
import { PARAM_TABLE, type ParamName } from '#siov/srd-params';
import type { StepKit } from '../step.ts';

type Value = number | boolean | string;

/** One value out of range on each side where there are two. */
const BAD_VALUES: readonly (readonly [ParamName, number | string])[] = [
  ['profile', 'enormous'],
  ['vendorId', 0x1_0000],
  ['deviceId', -1],
  ['totalVfs', 256],
  ['firstVfOffset', 0],
  ['vfStride', 0x1_0000],
  ['totalSdis', 0],
  ['totalSdis', 60_001],
  ['firstSdiOffset', 0],
  ['sdiStride', 0],
  ['pageCount', 0],
  ['pageCount', 65_536],
  ['imsCount', 0],
  ['engineCount', 65],
  ['maxPayload', 300],
  ['ringMax', 3],
  ['ringMax', 8192],
  ['completionTimeoutNs', 4999],
];

const NO_CHOICE = 'none-of-them';

/** One legal value for each parameter. */
export function goodValues(kit: StepKit): readonly (readonly [string, Value])[] {
  if (kit.isSrd) return PARAM_TABLE.map(({ name, defaults }) => [name, defaults[0]] as const);
  const all = declared(kit).map((info) => [info.name, goodValue(info)] as const);
  const wrong = kit.parameters.checkAsked?.(Object.fromEntries(all));
  if (wrong !== undefined)
    kit.skip(`the least values of all parameters do not go together: ${wrong}`);
  return all;
}

/** A value that no device may take, and what it is not in. */
export interface BadValue {
  readonly name: string;
  readonly value: number | string;
  readonly range: string;
}

export function badValues(kit: StepKit): readonly BadValue[] {
  if (kit.isSrd) {
    return BAD_VALUES.map(([name, value]) => {
      return { name, value, range: PARAM_TABLE.find((row) => row.name === name)?.range ?? '' };
    });
  }
  const bad = declared(kit).flatMap(badValuesOf);
  if (bad.length === 0) kit.skip('the configuration declares no parameter with a range');
  return bad;
}

/** One below and one above, where there is a range. */
function badValuesOf({ name, kind, min, max, values }: ParameterInfo): BadValue[] {
  if (kind === 'boolean') return [];
  if (values !== undefined) {
    const value = kind === 'choice' ? NO_CHOICE : Math.max(...values.map(Number)) + 1;
    return [{ name, value, range: values.join(', ') }];
  }
  const range = `${min ?? ''}..${max ?? ''}`;
  const below = min === undefined ? [] : [{ name, value: min - 1, range }];
  return max === undefined ? below : [...below, { name, value: max + 1, range }];
}

/** The parameters of the configuration. */
function declared(kit: StepKit): readonly ParameterInfo[] {
  const { known = [] } = kit.parameters;
  if (known.length === 0) kit.skip('the configuration declares no parameters');
  return known;
}

function goodValue({ kind, min = 0, max, values = [] }: ParameterInfo): Value {
  if (values.length > 0) return values[0];
  if (kind === 'boolean') return true;
  return kind === 'choice' ? '' : Math.min(min, max ?? min);
}
