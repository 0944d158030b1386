// What HELLO_OK says, held against the protocol: JSON of the right shape, all parameters of SRD §1 with legal values. For a device
// with other parameters the configuration says what is right. Source: DUT protocol, HELLO; SRD §1.
import { readU16Le } from '#base/bytes';
import type { DutInfo, DutParams } from '#dut/dut-port';
import {
  defaultParams,
  PARAM_NAMES,
  PARAM_TABLE,
  paramsToRecord,
  type ParamValue,
} from '#siov/srd-params';
import type { DeviceParameters } from './device-stream.ts';
import type { Evidence, Finding } from './finding.ts';
import { DUT, SRD } from './paragraphs.ts';

type Fail = (evidence: Omit<Evidence, 'sent'>) => Finding;

type CheckSaid = DeviceParameters['checkSaid'];

const MAJOR = 1;
const HEAD_BYTES = 4;

/**
 * @param checkSaid what the configuration says of parameters.
 * @throws Finding at the first thing that is wrong.
 */
export function readHelloOk(payload: Uint8Array, fail: Fail, checkSaid?: CheckSaid): DutInfo {
  const text = readText(payload, fail);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw fail({ paragraph: DUT.HELLO_OK, seen: `HELLO_OK with ${text}`, expected: 'JSON' });
  }
  const { name, version, params, features } = isObject(json) ? json : {};
  const wrong = (expected: string): Finding =>
    fail({ paragraph: DUT.HELLO_OK, seen: `HELLO_OK with ${text}`, expected });
  if (typeof name !== 'string' || typeof version !== 'string') {
    throw wrong('a name and a version, both texts');
  }
  if (!Array.isArray(features) || features.some((one) => typeof one !== 'string')) {
    throw wrong('features, a list of texts');
  }
  if (!isObject(params)) throw wrong('params, an object');
  if (!Object.values(params).every(isParamValue)) {
    throw wrong('params with numbers, booleans and texts');
  }
  const wrongParams = paramsEvidence(params as DutParams, checkSaid);
  if (wrongParams !== undefined) throw fail(wrongParams);
  return { name, version, params: params as DutParams, features: features as string[] };
}

/** It has the parameters of SRD §1, and none besides: its registers are taken for those of SRD. */
export function isSrd(params: DutParams): boolean {
  const names = Object.keys(params);
  return names.length === PARAM_NAMES.length && PARAM_NAMES.every((name) => names.includes(name));
}

/**
 * What is wrong with the parameters: by SRD §1, or, when they are others, by the configuration. When both refuse them the one
 * speaks whose device this should be: that of a configuration that takes SRD's parameters is SRD.
 */
function paramsEvidence(
  params: DutParams,
  checkSaid: CheckSaid,
): Omit<Evidence, 'sent'> | undefined {
  const bySrd = srdEvidence(params);
  if (checkSaid === undefined) return bySrd;
  const said = checkSaid(params);
  if (said === undefined) return isSrd(params) ? bySrd : undefined;
  const isSrdWanted = checkSaid(paramsToRecord(defaultParams())) === undefined;
  if (bySrd !== undefined && isSrdWanted) return bySrd;
  return {
    paragraph: DUT.CONFIGURED,
    seen: `HELLO_OK params ${JSON.stringify(params)}: ${said}`,
    expected: 'parameters that checkDeviceParameters of the configuration accepts',
  };
}

function readText(payload: Uint8Array, fail: Fail): string {
  if (payload.length < HEAD_BYTES) {
    const seen = `HELLO_OK of ${payload.length} bytes`;
    throw fail({ paragraph: DUT.HELLO_OK, seen, expected: 'a version of 4 bytes and JSON' });
  }
  const major = readU16Le(payload, 0);
  if (major !== MAJOR) {
    const seen = `HELLO_OK of version ${major}.${readU16Le(payload, 2)}`;
    throw fail({ paragraph: DUT.VERSION, seen, expected: `major version ${MAJOR}` });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(payload.subarray(HEAD_BYTES));
  } catch {
    const seen = 'HELLO_OK with bytes that are not UTF-8';
    throw fail({ paragraph: DUT.HELLO_OK, seen, expected: 'JSON in UTF-8' });
  }
}

/** Every parameter of SRD §1 is there, none besides, and each has a legal value. */
function srdEvidence(params: DutParams): Omit<Evidence, 'sent'> | undefined {
  const missing = PARAM_NAMES.filter((name) => !Object.hasOwn(params, name));
  if (missing.length > 0) {
    return {
      paragraph: DUT.EFFECTIVE,
      seen: `HELLO_OK params without ${missing.join(', ')}`,
      expected: 'the effective value of every parameter of srd.md §1',
    };
  }
  for (const [name, value] of Object.entries(params)) {
    const row = PARAM_TABLE.find((one) => one.name === name);
    if (row?.accepts(value) === true) continue;
    return {
      paragraph: SRD.PARAMETERS,
      seen: `HELLO_OK params with ${name} = ${JSON.stringify(value)}`,
      expected: row === undefined ? 'no parameter of that name' : `${name} of ${row.range}`,
    };
  }
  return undefined;
}

function isParamValue(value: unknown): value is ParamValue {
  return ['number', 'boolean', 'string'].includes(typeof value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
