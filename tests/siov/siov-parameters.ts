// The parameters of SRD §1 as the command knows them: --param, --profile, and what a set of them must satisfy.
import { PROFILES } from '#siov/device-params';
import { defaultParams, PARAM_TABLE, paramsToRecord, validateParams } from '#siov/srd-params';
import type { ParameterInfo } from '#run/config';
import type { DutParams } from '#dut/dut-port';

/** Every parameter of SRD §1, with what it takes. */
export const SIOV_PARAMETERS: readonly ParameterInfo[] = PARAM_TABLE.map(
  ({ name, range, defaults, accepts }) => {
    const summary = `${range}; default ${String(defaults[0])}`;
    if (typeof defaults[0] === 'boolean') return { name, kind: 'boolean', summary };
    if (typeof defaults[0] === 'string') return { name, kind: 'choice', values: PROFILES, summary };
    const values = [128, 256, 512, 1024, 2048, 4096].filter(accepts);
    if (name === 'maxPayload') return { name, kind: 'integer', values, summary };
    return { name, kind: 'integer', summary };
  },
);

/** Each profile with all its parameters, so that what a seed draws does not show through. */
export const SIOV_PROFILES: Readonly<Record<string, DutParams>> = Object.fromEntries(
  PROFILES.map((profile) => [profile, paramsToRecord(defaultParams(profile))]),
);

/** What is wrong with a set of parameters, one line, or undefined. */
export function checkSiovParameters(parameters: DutParams): string | undefined {
  const checked = validateParams(parameters);
  return typeof checked === 'string' ? checked : undefined;
}

/** What is wrong with the parameters of HELLO_OK (DUT protocol: all names of SRD §1), one line, or undefined. */
export function checkSiovDevice(parameters: DutParams): string | undefined {
  const missing = PARAM_TABLE.filter(({ name }) => !Object.hasOwn(parameters, name));
  if (missing.length === 0) return checkSiovParameters(parameters);
  return `missing: ${missing.map(({ name }) => name).join(', ')}`;
}
