// Values of options: what is allowed, said when it is not. Source: issue "The command" ("bad values say what is allowed").
import { randomBytes } from 'node:crypto';
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import type { ParamRecord, ParamValue } from '#record/run-record';
import { VERBOSITY } from '#record/verbosity';
import { profileParameters, type ParameterInfo, type RidgelineConfig } from '#run/config';
import { STALL_MAX } from '#dut/frame';
import { parseSeconds } from '#run/duration';
import type { StallChoice } from '#run/run-spec';

const VERBOSITIES: Readonly<Record<string, number>> = VERBOSITY;
const JOBS_MAX = 1024;
const LIMIT_HOURS_MAX = 500;
const SECONDS_AN_HOUR = 3600;
const NAMES_SHOWN = 12;

/** A usage error about one option's value. */
export function badValue(option: string, value: string, allowed: string): UsageError {
  return new UsageError('bad-value', `${option} '${value}': allowed is ${allowed}`);
}

/** A seed: an unsigned integer below 2^53, decimal. */
export function seedValue(option: string, value: string): number {
  return wholeNumber(option, value, { min: 0, max: Number.MAX_SAFE_INTEGER });
}

/** A base seed: the same, or `random`, which draws one; the run seeds above it must stay below 2^53, too. */
export function baseSeedValue(value: string): number {
  if (value !== 'random') {
    if (/^\d+$/.test(value)) return seedValue('--base-seed', value);
    throw badValue('--base-seed', value, "a whole number below 2^53, or 'random'");
  }
  return randomBytes(6).readUIntBE(0, 6);
}

export function countValue(option: string, value: string): number {
  return wholeNumber(option, value, { min: 1, max: Number.MAX_SAFE_INTEGER });
}

/** A whole number from 0 on. */
export function wholeValue(option: string, value: string): number {
  return wholeNumber(option, value, { min: 0, max: Number.MAX_SAFE_INTEGER });
}

export function jobsValue(value: string): number {
  return wholeNumber('--jobs', value, { min: 1, max: JOBS_MAX });
}

function wholeNumber(option: string, value: string, range: { min: number; max: number }): number {
  const { min, max } = range;
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(number) && number >= min && number <= max) return number;
  const upTo = max === Number.MAX_SAFE_INTEGER ? `from ${min} on, below 2^53` : `${min}..${max}`;
  throw badValue(option, value, `a whole number, ${upTo}`);
}

/** A duration in seconds: `90`, `90s`, `5m`, `1.5h`. */
export function secondsValue(option: string, value: string): number {
  const seconds = parseSeconds(value);
  if (seconds !== undefined) return seconds;
  throw badValue(option, value, 'a duration such as 90, 90s, 5m or 1h');
}

/** A limit in seconds: a duration above 0. */
export function timeoutValue(value: string): number {
  return limitValue('--dut-timeout', value);
}

/** A limit in seconds of wall-clock time, as far as a timer goes. */
export function limitValue(option: string, value: string): number {
  const seconds = secondsValue(option, value);
  if (seconds > 0 && seconds <= LIMIT_HOURS_MAX * SECONDS_AN_HOUR) return seconds;
  const most = `and at most ${LIMIT_HOURS_MAX}h`;
  throw badValue(option, value, `a duration above 0, such as 30, 90s or 5m, ${most}`);
}

/** `--stall`: per mille of time slots, or `random`. */
export function stallValue(value: string): StallChoice {
  if (value === 'random') return value;
  const stall = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (stall <= STALL_MAX) return stall;
  throw badValue('--stall', value, `a whole number, 0..${STALL_MAX}, or 'random'`);
}

export function verbosityValue(value: string): number {
  const known = VERBOSITIES[value.toUpperCase()];
  if (known !== undefined) return known;
  if (/^\d+$/.test(value)) return Number(value);
  const names = Object.keys(VERBOSITIES);
  throw badValue('--verbosity', value, `${names.join(', ')}${suggest(value, names)}, or a number`);
}

/**
 * `--param NAME=VALUE` values, checked against what the configuration says of its parameters; a device behind a DUT port may
 * have parameters of which the configuration says nothing: it is asked itself.
 * @throws UsageError for an unknown name (with the nearest one), a bad value, a bad combination.
 */
export function parameterValues(
  config: RidgelineConfig,
  profile: string | null,
  texts: readonly string[],
): ParamRecord {
  const values: Record<string, ParamValue> = {};
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at <= 0) throw badValue('--param', text, 'NAME=VALUE');
    const name = text.slice(0, at);
    values[name] = parameterValue(config.parameters, name, text.slice(at + 1));
  }
  const wrong = config.checkParameters?.({ ...profileParameters(config, profile), ...values });
  if (wrong !== undefined) throw new UsageError('bad-value', `--param: ${wrong}`);
  return values;
}

function parameterValue(
  known: readonly ParameterInfo[] | undefined,
  name: string,
  text: string,
): ParamValue {
  if (known === undefined) return freeValue(text);
  const info = known.find((one) => one.name === name);
  if (info === undefined) {
    const names = known.map((one) => one.name);
    throw new UsageError(
      'unknown-parameter',
      `there is no parameter '${name}'${suggest(name, names)}; there are: ${names.join(', ')}`,
    );
  }
  const value = info.kind === 'choice' ? text : freeValue(text);
  if (isAllowed(info, value)) return value;
  throw badValue(`--param ${name}`, text, allowedText(info));
}

/** A value as it is written: a number (decimal or 0x…), true, false; else text. */
function freeValue(text: string): ParamValue {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^(?:-?\d+|0x[0-9a-f]+)$/i.test(text) ? Number(text) : text;
}

function isAllowed({ kind, min, max, values }: ParameterInfo, value: ParamValue): boolean {
  if (kind === 'boolean') return typeof value === 'boolean';
  if (kind === 'choice') return values === undefined || values.includes(String(value));
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return false;
  if (values !== undefined) return values.includes(value);
  return value >= (min ?? 0) && value <= (max ?? Number.MAX_SAFE_INTEGER);
}

function allowedText({ kind, min, max, values }: ParameterInfo): string {
  if (kind === 'boolean') return 'true or false';
  if (values !== undefined) return values.join(', ');
  if (kind === 'choice') return 'any text';
  if (min === undefined && max === undefined) return 'a whole number, decimal or 0x…';
  return `a whole number, ${min ?? 0}..${max ?? '2^53 - 1'}`;
}

/** @throws UsageError for a name that is not in the table, with the nearest one. */
export function knownName(what: string, name: string, known: readonly string[]): string {
  if (known.includes(name)) return name;
  throw new UsageError(
    `unknown-${what}`,
    `there is no ${what} '${name}'${suggest(name, known)}; ${thereAre(what, known)}`,
  );
}

/** A long list is not shown under a typing error; of what there can be many there is a command. */
function thereAre(what: string, known: readonly string[]): string {
  if (known.length === 0) return 'there are none';
  if (known.length > NAMES_SHOWN && what === 'fault') {
    return `'ridgeline list faults' shows all ${known.length}`;
  }
  return `there are: ${known.join(', ')}`;
}
