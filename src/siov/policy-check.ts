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

/** Fields with whole numbers: smallest and largest. Times reach up to a second. */
const NUMBERS: Readonly<Record<string, readonly [number, number]>> = {
  'capability.mixedIovBit': [-1, 31],
  'capability.softwareRidsBit': [-1, 31],
  'capability.version': [1, 15],
  'sdiReset.boundNs': [1, 1e9],
  'sdiReset.boundTimeouts': [0, 100],
  'pages.bytes': [4096, 0x20_0000],
  'requests.outstandingMax': [1, 1024],
  'functions.flrBoundNs': [1, 1e9],
  'timing.momentNs': [1, 1e6],
  'timing.answerNs': [1, 1e9],
};
const PROGRESS = ['fixedNs', 'timeouts', 'perWorkNs', 'perByteNs'] as const;

/** @throws UsageError `bad-policy` for an unknown field, a value out of range, or a contradiction. */
export function checkPolicy(policy: SiovPolicy, known: SiovPolicy): void {
  for (const group of Object.keys(known) as Group[]) checkGroup(group, policy[group], known[group]);
  checkModes(policy.rids.modes);
  for (const name of PROGRESS)
    checkNumber(`timing.progress.${name}`, policy.timing.progress[name], [0, 1e9]);
  checkTogether(policy);
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
    if (words !== undefined && !words.includes(String(value))) {
      wrong(
        field,
        `expected ${words.join(' or ')}, got ${JSON.stringify(value)}`,
        'siov-facts §14 names the alternatives',
      );
    }
    const bounds = NUMBERS[field];
    if (bounds !== undefined) checkNumber(field, value, bounds);
  }
}

function checkNumber(field: string, value: unknown, [low, high]: readonly [number, number]): void {
  if (Number.isInteger(value) && Number(value) >= low && Number(value) <= high) return;
  wrong(
    field,
    `expected a whole number ${low}..${high}, got ${JSON.stringify(value)}`,
    'times are nanoseconds',
  );
}

function checkModes(modes: readonly string[]): void {
  const isKnown = modes.every((mode) => mode === 'strided' || mode === 'software');
  if (isKnown && modes.length > 0 && new Set(modes).size === modes.length) return;
  wrong(
    'rids.modes',
    `expected 'strided', 'software' or both, got ${JSON.stringify(modes)}`,
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
