// Reads a `run.json` and says clearly what is wrong with one that cannot be replayed. Source:
// design, "Record".
import { UsageError } from '#base/assert';
import { OUTCOMES } from './operation-log.ts';
import { RUN_SCHEMA, VERDICTS, type RunRecord } from './run-record.ts';

/** What a field must be. `?` at the end of a kind: it may be missing. */
type Shape =
  | 'string'
  | 'boolean'
  | 'count'
  | 'time'
  | 'scalar'
  | 'any'
  | { readonly oneOf: readonly string[] }
  | { readonly fields: Readonly<Record<string, Shape>> }
  | { readonly list: Shape }
  | { readonly valuesOf: Shape }
  | { readonly orNull: Shape }
  | { readonly optional: Shape };

const SCALARS: Shape = { valuesOf: 'scalar' };

const FAILURE: Shape = {
  fields: {
    rule: 'string',
    timePs: 'time',
    path: 'string',
    subject: 'string',
    expected: 'string',
    seen: 'string',
    count: 'count',
  },
};

const OPERATION: Shape = {
  fields: {
    id: 'count',
    lane: 'string',
    kind: 'string',
    waitPs: 'time',
    args: SCALARS,
    outcome: { oneOf: OUTCOMES },
  },
};

const DEVICE: Shape = {
  fields: {
    name: 'string',
    version: 'string',
    dut: 'string',
    binding: { optional: 'string' },
    stall: { optional: 'count' },
    parameters: SCALARS,
    fault: { orNull: 'string' },
  },
};

const RUN: Shape = {
  fields: {
    schema: { oneOf: [RUN_SCHEMA] },
    test: 'string',
    seed: 'count',
    verdict: { oneOf: VERDICTS },
    device: DEVICE,
    code: { fields: { version: 'string', commit: { orNull: 'string' }, dirty: 'boolean' } },
    swarm: SCALARS,
    digests: { fields: { tlp: 'string', draws: 'string' } },
    counts: {
      fields: { tlpsUp: 'count', tlpsDown: 'count', timePs: 'time', operations: 'count' },
    },
    failures: { list: FAILURE },
    error: { orNull: { fields: { code: 'string', message: 'string', detail: 'string' } } },
    skipReason: { optional: 'string' },
    evaluations: { valuesOf: 'count' },
    coverage: 'any',
    operations: { list: OPERATION },
    window: {
      list: {
        fields: {
          direction: { oneOf: ['up', 'down'] },
          timePs: 'time',
          text: 'string',
          hex: 'string',
        },
      },
    },
    logs: { optional: { valuesOf: 'string' } },
    replay: 'string',
    wall: { optional: 'any' },
  },
};

/**
 * Parses the text of a `run.json`.
 * @throws UsageError `bad-record`: no JSON, another schema, or the first field that is not as it
 * should be.
 */
export function parseRunRecord(text: string): RunRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badRecord(`it is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return checkRunRecord(value);
}

/** @throws UsageError `bad-record` unless `value` has the shape of a run record. */
export function checkRunRecord(value: unknown): RunRecord {
  const schema = isObject(value) ? value['schema'] : undefined;
  if (schema !== RUN_SCHEMA) {
    throw badRecord(`its schema is ${shown(schema)}, this version reads '${RUN_SCHEMA}'`);
  }
  check(value, RUN, '');
  return value as RunRecord;
}

function check(value: unknown, shape: Shape, at: string): void {
  if (typeof shape === 'string') checkScalar(value, shape, at);
  else if ('optional' in shape) {
    if (value !== undefined) check(value, shape.optional, at);
  } else if ('orNull' in shape) {
    if (value !== null) check(value, shape.orNull, at);
  } else if ('oneOf' in shape) {
    const isKnown = typeof value === 'string' && shape.oneOf.includes(value);
    if (!isKnown) throw wrong(at, shape.oneOf.map((one) => `'${one}'`).join(' or '), value);
  } else if ('list' in shape) {
    if (!Array.isArray(value)) throw wrong(at, 'a list', value);
    value.forEach((one: unknown, index) => check(one, shape.list, `${at}[${index}]`));
  } else {
    if (!isObject(value)) throw wrong(at, 'an object', value);
    const keys = 'fields' in shape ? Object.keys(shape.fields) : Object.keys(value);
    for (const key of keys) {
      const inner = 'fields' in shape ? shape.fields[key] : shape.valuesOf;
      check(value[key], inner, at === '' ? key : `${at}.${key}`);
    }
  }
}

function checkScalar(value: unknown, shape: string, at: string): void {
  switch (shape) {
    case 'string':
    case 'boolean':
      if (typeof value !== shape) throw wrong(at, `a ${shape}`, value);
      return;
    case 'count':
      if (!isCount(value)) throw wrong(at, 'a whole number from 0 below 2^53', value);
      return;
    case 'time':
      if (!isCount(value)) throw wrong(at, 'a time in ps', value);
      return;
    case 'scalar':
      if (!['number', 'boolean', 'string'].includes(typeof value)) {
        throw wrong(at, 'a number, a boolean or a string', value);
      }
      return;
    default: // 'any': kept as it is
  }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(at: string, expected: string, seen: unknown): UsageError {
  return badRecord(`'${at}' is ${shown(seen)}, not ${expected}`);
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value);
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}

function badRecord(message: string): UsageError {
  return new UsageError('bad-record', `this is no record of a run: ${message}`, {
    hint: 'A record is a run.json that `ridgeline` wrote, in the folder of a run.',
  });
}
