// What reading and writing a field does, as one table of all access policies of the standard, and the three questions that
// the rest asks of a policy: what a read leaves, what a write leaves, what to write to get a wanted value.
// Source: IEEE 1800.2 clause 18.5 (uvm_reg_field access policies).

/** What a read does to the value, after it has been read; 'error': the field cannot be read. */
export type ReadEffect = 'none' | 'clears' | 'sets' | 'error';

/** What a write does: to all bits whatever is written, or bit by bit where a 1 (a 0) is written. */
export type WriteEffect =
  | 'none'
  | 'stores'
  | 'clears'
  | 'sets'
  | 'onesClear'
  | 'onesSet'
  | 'onesToggle'
  | 'zerosClear'
  | 'zerosSet'
  | 'zerosToggle';

/**
 * What reading and writing does to a field (IEEE 1800.2 clause 18.5). One of `ACCESS_POLICIES`, or an object of one's
 * own.
 */
export interface AccessPolicy {
  /** As in the standard: `W1C`; for messages. */
  readonly name: string;
  /** What a read does to the field. */
  readonly read: ReadEffect;
  /** What a write does to the field. */
  readonly write: WriteEffect;
  /** Only the first write after a hard reset counts. */
  readonly once: boolean;
}

const TABLE = {
  RO: ['none', 'none'],
  RW: ['none', 'stores'],
  RC: ['clears', 'none'],
  RS: ['sets', 'none'],
  WRC: ['clears', 'stores'],
  WRS: ['sets', 'stores'],
  WC: ['none', 'clears'],
  WS: ['none', 'sets'],
  WSRC: ['clears', 'sets'],
  WCRS: ['sets', 'clears'],
  W1C: ['none', 'onesClear'],
  W1S: ['none', 'onesSet'],
  W1T: ['none', 'onesToggle'],
  W0C: ['none', 'zerosClear'],
  W0S: ['none', 'zerosSet'],
  W0T: ['none', 'zerosToggle'],
  W1SRC: ['clears', 'onesSet'],
  W1CRS: ['sets', 'onesClear'],
  W0SRC: ['clears', 'zerosSet'],
  W0CRS: ['sets', 'zerosClear'],
  WO: ['error', 'stores'],
  WOC: ['error', 'clears'],
  WOS: ['error', 'sets'],
  W1: ['none', 'stores', 'once'],
  WO1: ['error', 'stores', 'once'],
  NOACCESS: ['error', 'none'],
} as const satisfies Readonly<Record<string, readonly [ReadEffect, WriteEffect, 'once'?]>>;

/** The access policies of the standard. */
export type AccessName = keyof typeof TABLE;

/** All policies by name. A policy of one's own is an object of the same shape. */
export const ACCESS_POLICIES: Readonly<Record<AccessName, AccessPolicy>> = Object.fromEntries(
  Object.entries(TABLE).map(([name, [read, write, once]]) => [
    name,
    Object.freeze({ name, read, write, once: once !== undefined }),
  ]),
) as unknown as Readonly<Record<AccessName, AccessPolicy>>;

/** How a map lets its elements be used. */
export type MapRights = 'RW' | 'RO' | 'WO';

/** The policy as seen through a map with these rights. */
export function restrict(policy: AccessPolicy, rights: MapRights): AccessPolicy {
  if (rights === 'RW') return policy;
  if (rights === 'RO') return { ...policy, write: 'none' };
  return { ...policy, read: 'error' };
}

/** What is left of 32 bits after a read. */
export function afterRead(effect: ReadEffect, bits: number): number {
  if (effect === 'clears') return 0;
  return effect === 'sets' ? 0xffff_ffff : bits;
}

/** What 32 bits become when `written` is written. */
export function afterWrite(effect: WriteEffect, bits: number, written: number): number {
  switch (effect) {
    case 'none':
      return bits;
    case 'stores':
      return written;
    case 'clears':
      return 0;
    case 'sets':
      return 0xffff_ffff;
    case 'onesClear':
      return bits & ~written;
    case 'onesSet':
      return bits | written;
    case 'onesToggle':
      return bits ^ written;
    case 'zerosClear':
      return bits & written;
    case 'zerosSet':
      return bits | ~written;
    case 'zerosToggle':
      return bits ^ ~written;
  }
}

/**
 * What to write so that `bits` become `wanted`, as far as the policy can; what need not change is left alone. (The standard
 * clears all bits of a W1C field that are wanted 0, and with them what the device has set meanwhile.)
 */
export function writeFor(effect: WriteEffect, bits: number, wanted: number): number {
  switch (effect) {
    case 'onesClear':
      return bits & ~wanted;
    case 'onesSet':
      return wanted & ~bits;
    case 'onesToggle':
      return bits ^ wanted;
    case 'zerosClear':
      return ~(bits & ~wanted);
    case 'zerosSet':
      return ~(wanted & ~bits);
    case 'zerosToggle':
      return ~(bits ^ wanted);
    default:
      return wanted;
  }
}
