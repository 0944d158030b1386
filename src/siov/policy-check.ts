// Whether a policy makes sense: each value is one of those that siov-policy.ts names, and no two contradict each other.
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import type { SiovPolicy } from './siov-policy.ts';

type Group = keyof SiovPolicy;

/** Fields with a few words as values. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  'capability.statusBit': ['sdi-enabled', 'sdi-exists'],
  'rids.onRenumbering': ['stay', 'move'],
  'sdiReset.outstanding': ['abandoned', 'drained'],
  'sdiReset.abortedTags': ['held', 'reusable'],
  'sdiReset.lateCompletions': ['dropped', 'unexpected'],
  'interrupts.requester': ['sdi', 'pf'],
  'interrupts.whileMasked': ['pending', 'lost'],
  'pages.unassignedReads': ['ur', 'all-ones', 'zeroes'],
  'pages.resettingReads': ['ur', 'all-ones', 'zeroes'],
  'pages.completer': ['pf', 'owner'],
  'errors.messages': ['none', 'pf', 'owner'],
  'requests.pasid': ['pf-enable', 'never'],
  'requests.ats': ['never', 'translated'],
  'functions.configToSdi': ['ur', 'all-ones'],
  'functions.pfFlr': ['frees-sdis', 'keeps-sdis'],
  'functions.d3hot': ['stops-sdis', 'sdis-go-on'],
};

/** A whole number: smallest, largest, and what it counts. */
type Bounds = readonly [low: number, high: number, counts: string];

const BIT = 'a bit of SIOV Capabilities, 0..31; -1: the device has none of that meaning';
const NANOSECONDS = 'nanoseconds of simulated time';
const TIMEOUTS = 'a number of completion timeouts of the device';

/** Fields with whole numbers. Times reach up to a second. */
const NUMBERS: Readonly<Record<string, Bounds>> = {
  'capability.mixedIovBit': [-1, 31, BIT],
  'capability.softwareRidsBit': [-1, 31, BIT],
  'capability.version': [1, 15, 'the version in the header of the capability, 4 bits'],
  'sdiReset.boundNs': [1, 1e9, NANOSECONDS],
  'sdiReset.boundTimeouts': [0, 100, TIMEOUTS],
  'pages.bytes': [4096, 0x20_0000, 'bytes: a power of two from 4 KiB to 2 MiB'],
  'requests.outstandingMax': [1, 1024, 'a number of requests of the whole device'],
  'functions.flrBoundNs': [1, 1e9, NANOSECONDS],
  'timing.momentNs': [1, 1e6, NANOSECONDS],
  'timing.answerNs': [1, 1e9, NANOSECONDS],
};
const PROGRESS = {
  fixedNs: [0, 1e9, NANOSECONDS],
  timeouts: [0, 1e9, TIMEOUTS],
  perWorkNs: [0, 1e9, `${NANOSECONDS} for each descriptor`],
  perByteNs: [0, 1e9, `${NANOSECONDS} for each byte`],
} as const;

/** @throws UsageError `bad-policy` for an unknown field, a value out of range, or a contradiction. */
export function checkPolicy(policy: SiovPolicy, known: SiovPolicy): void {
  for (const group of Object.keys(known) as Group[]) checkGroup(group, policy[group], known[group]);
  checkModes(policy.rids.modes);
  checkProgress(policy.timing.progress, known.timing.progress);
  checkTogether(policy);
}

/** @throws UsageError `bad-policy` when the changes are no object of objects, or name a group that there is not. */
export function checkChanges(changes: unknown, known: SiovPolicy): void {
  const groups = Object.keys(known);
  if (!isObject(changes)) {
    throw new UsageError('bad-policy', `a policy is an object of groups, not ${shown(changes)}`, {
      hint: `groups are ${groups.join(', ')}; {} changes nothing`,
    });
  }
  for (const [group, fields] of Object.entries(changes)) {
    if (!Object.hasOwn(known, group)) {
      throw new UsageError(
        'bad-policy',
        `a policy has no group '${group}'${suggest(group, groups)}`,
        { hint: `groups are ${groups.join(', ')}` },
      );
    }
    if (fields === undefined || isObject(fields)) continue;
    throw new UsageError(
      'bad-policy',
      `policy group '${group}': expected an object of fields, got ${shown(fields)}`,
      { hint: `fields of ${group}: ${Object.keys(known[group as Group]).join(', ')}` },
    );
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as its author wrote it. */
function shown(value: unknown): string {
  return typeof value === 'number' || value === undefined ? String(value) : JSON.stringify(value);
}

function checkProgress(progress: unknown, known: object): void {
  const fields = Object.keys(known).join(', ');
  const field = 'timing.progress';
  if (!isObject(progress)) {
    wrong(field, `expected an object, got ${shown(progress)}`, `it has all of ${fields}`);
  }
  for (const name of Object.keys(progress)) {
    if (!Object.hasOwn(known, name)) {
      wrong(`${field}.${name}`, 'there is no such field', `it has all of ${fields}`);
    }
  }
  for (const [name, bounds] of Object.entries(PROGRESS)) {
    checkNumber(`${field}.${name}`, progress[name], bounds);
  }
}

function checkGroup(group: Group, given: object, known: object): void {
  for (const [name, value] of Object.entries(given)) {
    const field = `${group}.${name}`;
    if (!Object.hasOwn(known, name)) {
      const fields = Object.keys(known);
      wrong(
        field,
        `there is no such field${suggest(name, fields)}`,
        `fields of ${group}: ${fields.join(', ')}`,
      );
    }
    const words = WORDS[field];
    if (words !== undefined && !words.includes(value as string)) {
      wrong(
        field,
        `expected ${words.join(' or ')}, got ${shown(value)}`,
        'siov-facts §14 names the alternatives',
      );
    }
    const bounds = NUMBERS[field];
    if (bounds !== undefined) checkNumber(field, value, bounds);
  }
}

function checkNumber(field: string, value: unknown, [low, high, counts]: Bounds): void {
  if (Number.isInteger(value) && Number(value) >= low && Number(value) <= high) return;
  wrong(field, `expected a whole number ${low}..${high}, got ${shown(value)}`, `it is ${counts}`);
}

function checkModes(modes: unknown): void {
  if (Array.isArray(modes)) {
    const isKnown = modes.every((mode) => mode === 'strided' || mode === 'software');
    if (isKnown && modes.length > 0 && new Set(modes).size === modes.length) return;
  }
  wrong(
    'rids.modes',
    `expected a list of 'strided', 'software' or both, got ${shown(modes)}`,
    'an SDI gets its Routing ID in one of these ways',
  );
}

function checkTogether(policy: SiovPolicy): void {
  const { capability, pages, sdiReset } = policy;
  if ((pages.bytes & (pages.bytes - 1)) !== 0) {
    wrong(
      'pages.bytes',
      `expected a power of two, got ${pages.bytes}`,
      'pages are placed at multiples of their size',
    );
  }
  if (capability.mixedIovBit >= 0 && capability.mixedIovBit === capability.softwareRidsBit) {
    wrong(
      'capability.softwareRidsBit',
      `bit ${capability.softwareRidsBit} is mixedIovBit already`,
      'each has a bit of its own, or -1',
    );
  }
  if (sdiReset.abortedTags === 'reusable' && sdiReset.outstanding === 'abandoned') {
    wrong(
      'sdiReset.abortedTags',
      "'reusable' with outstanding requests 'abandoned': a late completion would serve a new request",
      "give outstanding: 'drained', or abortedTags: 'held' (siov-facts R-TEE-7)",
    );
  }
  if (sdiReset.outstanding === 'drained' && sdiReset.boundTimeouts < 1) {
    wrong(
      'sdiReset.boundTimeouts',
      "expected at least 1 with outstanding requests 'drained'",
      'a request that is never answered ends with its completion timeout',
    );
  }
}

function wrong(field: string, what: string, hint: string): never {
  throw new UsageError('bad-policy', `policy field '${field}': ${what}`, { hint });
}
