// What HELLO_OK says, held against the protocol: JSON of the right shape, all parameters of SRD §1 with legal values. Source:
// DUT protocol, HELLO; SRD §1.
import { readU16Le } from '#base/bytes';
import type { DutInfo, DutParams } from '#dut/dut-port';
import { PARAM_NAMES, PARAM_TABLE, type ParamValue } from '#siov/srd-params';
import type { Evidence, Finding } from './finding.ts';
import { DUT, SRD } from './paragraphs.ts';

type Fail = (evidence: Omit<Evidence, 'sent'>) => Finding;

const MAJOR = 1;
const HEAD_BYTES = 4;

/** @throws Finding at the first thing that is wrong. */
export function readHelloOk(payload: Uint8Array, fail: Fail): DutInfo {
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
  checkParams(params, fail);
  return { name, version, params: params as DutParams, features: features as string[] };
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
function checkParams(params: Readonly<Record<string, unknown>>, fail: Fail): void {
  const missing = PARAM_NAMES.filter((name) => !Object.hasOwn(params, name));
  if (missing.length > 0) {
    throw fail({
      paragraph: DUT.EFFECTIVE,
      seen: `HELLO_OK params without ${missing.join(', ')}`,
      expected: 'the effective value of every parameter of srd.md §1',
    });
  }
  for (const [name, value] of Object.entries(params)) {
    const row = PARAM_TABLE.find((one) => one.name === name);
    if (row?.accepts(value as ParamValue) === true) continue;
    throw fail({
      paragraph: SRD.PARAMETERS,
      seen: `HELLO_OK params with ${name} = ${JSON.stringify(value)}`,
      expected: row === undefined ? 'no parameter of that name' : `${name} of ${row.range}`,
    });
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
