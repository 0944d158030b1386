// Looks at a configuration as it was written, whatever it is: types are gone when it runs, and a misspelt key must not be a
// stack trace, or worse, a setting that does nothing. Source: design, rooms (`ridgeline.config.ts`); design decision 8 (bad
// usage).
//
//   configuration: test 'random' has an unknown key 'seed' (did you mean 'seeds'?); known are: test, seeds, summary, …
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import { checkCommands } from './command-entry.ts';
import type { RidgelineConfig } from './config.ts';

type Kind = 'object' | 'array' | 'function' | 'text' | 'number' | 'flag' | 'anything';

interface Key {
  readonly kind: Kind;
  /** It must be there: what to write. */
  readonly example?: string;
}

type Keys = Readonly<Record<string, Key>>;

const CONFIG: Keys = {
  tests: { kind: 'object', example: 'tests: { random: { test: RandomTest, seeds: 20 } }' },
  devices: { kind: 'object', example: 'devices: { model: { bind: (top) => … } }' },
  rules: { kind: 'array', example: 'rules: [MY_RULES], or [] for none' },
  reports: { kind: 'array', example: 'reports: [consoleReport(), jsonReport()]' },
  plan: { kind: 'array' },
  profiles: { kind: 'object' },
  parameters: { kind: 'array' },
  checkParameters: { kind: 'function' },
  checkDeviceParameters: { kind: 'function' },
  limits: { kind: 'object' },
  lookaheadPs: { kind: 'number' },
  tlps: { kind: 'object' },
  commands: { kind: 'array' },
};
const TEST: Keys = {
  test: { kind: 'function', example: 'test: RandomTest, a class' },
  seeds: { kind: 'number', example: 'seeds: 20, the runs of a regression' },
  summary: { kind: 'text' },
  needs: { kind: 'function' },
  drawParameters: { kind: 'function' },
  limits: { kind: 'object' },
};
const DEVICE: Keys = {
  bind: { kind: 'function', example: 'bind: (top, run) => …' },
  open: { kind: 'function' },
  isOutside: { kind: 'flag' },
  faults: { kind: 'array' },
};
const FAULT: Keys = {
  name: { kind: 'text', example: "name: 'rid-swap'" },
  sentence: { kind: 'text', example: "sentence: 'what the device does wrong'" },
  rule: { kind: 'text', example: "rule: 'ALU-1', the rule that it breaks" },
};
const PARAMETER: Keys = {
  name: { kind: 'text', example: "name: 'width'" },
  kind: { kind: 'text', example: "kind: 'integer', 'boolean' or 'choice'" },
  min: { kind: 'number' },
  max: { kind: 'number' },
  values: { kind: 'array' },
  summary: { kind: 'text' },
};
const LIMITS: Keys = { timePs: { kind: 'number' }, wallSeconds: { kind: 'number' } };
const WRITER: Keys = {
  name: { kind: 'text', example: "name: 'mine'" },
  writeRegression: { kind: 'function' },
  writeRun: { kind: 'function' },
};

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * Looks at everything in a configuration that a person may have got wrong.
 * @throws UsageError `bad-config`, which says what, and what to write.
 */
export function checkConfig(config: unknown): asserts config is RidgelineConfig {
  const whole = checked(config, CONFIG, 'it');
  for (const what of ['test', 'device'] as const) {
    const entries = Object.entries(whole[`${what}s`] as object);
    if (entries.length === 0) throw badConfig(`there is no ${what}`);
    for (const [name, entry] of entries) checkEntry(what, name, entry);
  }
  checkLimits(whole['limits'], 'limits');
  checkEach(whole['parameters'], PARAMETER, 'parameters');
  checkEach(whole['reports'], WRITER, 'reports', false);
  checkCommands((whole['commands'] ?? []) as NonNullable<RidgelineConfig['commands']>);
}

function checkEntry(what: 'test' | 'device', name: string, entry: unknown): void {
  if (!NAME.test(name)) {
    throw badConfig(`${what} name '${name}' has other characters than letters, digits, . _ -`);
  }
  const where = `${what} '${name}'`;
  const { seeds, limits, faults } = checked(entry, what === 'test' ? TEST : DEVICE, where);
  checkLimits(limits, `limits of ${where}`);
  checkEach(faults, FAULT, `faults of ${where}`);
  if (what === 'test' && (!Number.isSafeInteger(seeds) || Number(seeds) < 0)) {
    throw badConfig(`${where}: seeds is ${String(seeds)}, not a whole number, 0 or more`);
  }
}

function checkLimits(limits: unknown, where: string): void {
  if (limits !== undefined) checked(limits, LIMITS, where);
}

function checkEach(list: unknown, keys: Keys, where: string, isClosed = true): void {
  for (const [at, one] of ((list ?? []) as readonly unknown[]).entries()) {
    checked(one, keys, `${where}[${at}]`, isClosed);
  }
}

/** An object with its keys, after a look at which there are and what they hold. */
function checked(
  value: unknown,
  keys: Keys,
  where: string,
  isClosed = true,
): Readonly<Record<string, unknown>> {
  if (kindOf(value) !== 'object') throw badConfig(`${where} is ${textOf(value)}, not an object`);
  const object = value as Readonly<Record<string, unknown>>;
  const known = Object.keys(keys);
  for (const key of isClosed ? Object.keys(object) : []) {
    if (known.includes(key)) continue;
    throw badConfig(
      `${where} has an unknown key '${key}'${suggest(key, known)}; known are: ${known.join(', ')}`,
    );
  }
  for (const [key, { kind, example }] of Object.entries(keys)) {
    const found = object[key];
    if (found === undefined && example === undefined) continue;
    if (found === undefined) throw badConfig(`${where} has no '${key}'`, `Write ${example}.`);
    if (kindOf(found) === kind) continue;
    const hint = example === undefined ? undefined : `Write ${example}.`;
    throw badConfig(`${where}: '${key}' is ${textOf(found)}, not ${KIND_TEXT[kind]}`, hint);
  }
  return object;
}

const KIND_TEXT: Readonly<Record<Kind, string>> = {
  object: 'an object',
  flag: 'true or false',
  array: 'an array',
  function: 'a function or class',
  text: 'a text',
  number: 'a number',
  anything: '',
};

function kindOf(value: unknown): Kind {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'flag';
  if (typeof value === 'function' || typeof value === 'number') return typeof value as Kind;
  return typeof value === 'object' && value !== null ? 'object' : 'anything';
}

function textOf(value: unknown): string {
  const kind = kindOf(value);
  if (kind === 'text') return `'${String(value)}'`;
  const isShown = kind === 'anything' || kind === 'number' || kind === 'flag';
  return isShown ? String(value) : KIND_TEXT[kind];
}

function badConfig(message: string, hint?: string): UsageError {
  return new UsageError(
    'bad-config',
    `configuration: ${message}`,
    hint === undefined ? {} : { hint },
  );
}
