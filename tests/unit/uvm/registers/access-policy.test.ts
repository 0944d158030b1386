// All access policies of the standard, each bit against a table written out by hand: [policy, write 0, write 1, read] where
// `=` leaves the bit, `v` takes what is written, 0 and 1 are values, `!` inverts, `x` cannot be read.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ACCESS_POLICIES,
  afterRead,
  afterWrite,
  restrict,
  writeFor,
  type AccessName,
} from '#uvm/registers/access-policy';

const BY_HAND: readonly (readonly [AccessName, string, string, string])[] = [
  ['RO', '=', '=', '='],
  ['RW', '0', '1', '='],
  ['RC', '=', '=', '0'],
  ['RS', '=', '=', '1'],
  ['WRC', '0', '1', '0'],
  ['WRS', '0', '1', '1'],
  ['WC', '0', '0', '='],
  ['WS', '1', '1', '='],
  ['WSRC', '1', '1', '0'],
  ['WCRS', '0', '0', '1'],
  ['W1C', '=', '0', '='],
  ['W1S', '=', '1', '='],
  ['W1T', '=', '!', '='],
  ['W0C', '0', '=', '='],
  ['W0S', '1', '=', '='],
  ['W0T', '!', '=', '='],
  ['W1SRC', '=', '1', '0'],
  ['W1CRS', '=', '0', '1'],
  ['W0SRC', '1', '=', '0'],
  ['W0CRS', '0', '=', '1'],
  ['WO', '0', '1', 'x'],
  ['WOC', '0', '0', 'x'],
  ['WOS', '1', '1', 'x'],
  ['W1', '0', '1', '='],
  ['WO1', '0', '1', 'x'],
  ['NOACCESS', '=', '=', 'x'],
];

function result(letter: string, bit: number): number {
  if (letter === '=') return bit;
  return letter === '!' ? 1 - bit : Number(letter);
}

const bits32 = fc.integer({ min: 0, max: 0xffff_ffff });

describe('the table of access policies', () => {
  it('has all of the standard, and no more', () => {
    expect(Object.keys(ACCESS_POLICIES).sort()).toEqual(BY_HAND.map(([name]) => name).sort());
    const once = Object.values(ACCESS_POLICIES).filter((policy) => policy.once);
    expect(once.map(({ name }) => name)).toEqual(['W1', 'WO1']);
  });

  it.each(BY_HAND)(
    '%s: writing 0 gives %s, writing 1 gives %s, reading leaves %s',
    (name, w0, w1, r) => {
      const policy = ACCESS_POLICIES[name];
      expect(policy.read === 'error').toBe(r === 'x');
      fc.assert(
        fc.property(bits32, bits32, (bits, written) => {
          const after = afterWrite(policy.write, bits, written);
          const left = afterRead(policy.read, bits);
          const wanted = { after: 0, left: 0 };
          for (let i = 0; i < 32; i++) {
            const bit = (bits >>> i) & 1;
            const letter = ((written >>> i) & 1) === 1 ? w1 : w0;
            wanted.after += result(letter, bit) * 2 ** i;
            if (r !== 'x') wanted.left += result(r, bit) * 2 ** i;
          }
          expect(after >>> 0).toBe(wanted.after);
          if (r !== 'x') expect(left >>> 0).toBe(wanted.left);
        }),
      );
    },
  );

  it.each(BY_HAND)(
    '%s: the value for an update makes the bits as wanted where that is possible',
    (name, w0, w1) => {
      const { write } = ACCESS_POLICIES[name];
      fc.assert(
        fc.property(bits32, bits32, (bits, wanted) => {
          const after = afterWrite(write, bits, writeFor(write, bits, wanted));
          const wrong: number[] = [];
          for (let i = 0; i < 32; i++) {
            const bit = (bits >>> i) & 1;
            const want = (wanted >>> i) & 1;
            const possible = [result(w0, bit), result(w1, bit)];
            const reached = (after >>> i) & 1;
            const isRight = possible.includes(want) ? reached === want : possible.includes(reached);
            if (!isRight) wrong.push(i);
          }
          expect(wrong).toEqual([]);
        }),
      );
    },
  );

  it('is narrowed by the rights of a map', () => {
    expect(restrict(ACCESS_POLICIES.WRC, 'RO')).toMatchObject({ read: 'clears', write: 'none' });
    expect(restrict(ACCESS_POLICIES.WRC, 'WO')).toMatchObject({ read: 'error', write: 'stores' });
    expect(restrict(ACCESS_POLICIES.W1C, 'RW')).toBe(ACCESS_POLICIES.W1C);
  });
});
