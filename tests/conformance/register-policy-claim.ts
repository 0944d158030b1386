// What is claimed of the access policies: each of them against a table written by hand, in the mirror, in what the model wants,
// and in a device behind a back door. Source: IEEE 1800.2 clause 18.5.
import { expect } from 'vitest';
import { ACCESS_POLICIES, type AccessName } from '#uvm/registers/access-policy';
import { RegisterBlock } from '#uvm/registers/register-block';
import { Bench } from '../unit/uvm/registers/bus-bench.ts';
import type { Claim } from './claim.ts';

/** Before the access: two bits of each value. */
const BEFORE = 0b0011;
/** Written over them: all four cases, (0, 0), (0, 1), (1, 0), (1, 1). */
const WRITTEN = 0b0101;

/** What is there after BEFORE was overwritten with WRITTEN, and after BEFORE was read; `-`: it cannot be read. */
const BY_HAND: readonly (readonly [AccessName, written: string, read: string])[] = [
  ['RO', '0011', '0011'],
  ['RW', '0101', '0011'],
  ['RC', '0011', '0000'],
  ['RS', '0011', '1111'],
  ['WRC', '0101', '0000'],
  ['WRS', '0101', '1111'],
  ['WC', '0000', '0011'],
  ['WS', '1111', '0011'],
  ['WSRC', '1111', '0000'],
  ['WCRS', '0000', '1111'],
  ['W1C', '0010', '0011'],
  ['W1S', '0111', '0011'],
  ['W1T', '0110', '0011'],
  ['W0C', '0001', '0011'],
  ['W0S', '1011', '0011'],
  ['W0T', '1001', '0011'],
  ['W1SRC', '0111', '0000'],
  ['W1CRS', '0010', '1111'],
  ['W0SRC', '1011', '0000'],
  ['W0CRS', '0001', '1111'],
  ['WO', '0101', '-'],
  ['WOC', '0000', '-'],
  ['WOS', '1111', '-'],
  ['W1', '0101', '0011'],
  ['WO1', '0101', '-'],
  ['NOACCESS', '0011', '-'],
];
/** Those whose second write changes nothing. */
const ONCE: readonly AccessName[] = ['W1', 'WO1'];

const bits = (value: number): string => value.toString(2).padStart(4, '0');

/** What `effects` must give. */
function expected(access: AccessName, written: string, read: string): string[] {
  const again = ONCE.includes(access) ? bits(BEFORE) : written;
  // What cannot be read is neither compared nor changed by a read.
  const left = read === '-' ? bits(BEFORE) : read;
  return [
    `wanted ${written}`,
    `mirror written ${written}`,
    `mirror written again ${again}`,
    `wanted again ${again}`,
    `mirror read ${left}`,
    `compared ${read === '-' ? bits(0) : '1111'}`,
    `device written ${written}`,
    `device read ${left}`,
  ];
}

/** What accesses do to a field with a policy: in the model, then in a device behind a back door. */
function effects(access: AccessName): string[] {
  const block = new RegisterBlock('dut');
  const register = block.addRegister('R', { fields: { f: { lsb: 0, width: 4, access } } });
  block.lock();
  const seen: string[] = [];
  const note = (what: string, value: number): void => void seen.push(`${what} ${bits(value)}`);
  register.predict(BEFORE);
  register.set(WRITTEN);
  note('wanted', register.get());
  register.predict(BEFORE);
  register.predict(WRITTEN, { kind: 'write' });
  note('mirror written', register.getMirrored());
  register.predict(BEFORE);
  register.predict(WRITTEN, { kind: 'write' });
  note('mirror written again', register.getMirrored());
  register.predict(BEFORE);
  register.set(WRITTEN);
  note('wanted again', register.get());
  register.predict(BEFORE);
  register.predict(BEFORE, { kind: 'read' });
  note('mirror read', register.getMirrored());
  note('compared', register.comparedMask(undefined).low);
  register.field.f.wasWritten = false;
  const bench = new Bench();
  block.attach(bench.test);
  let cell = { low: BEFORE, high: 0 };
  block.setBackDoor({
    peek: () => cell,
    poke: (_register, value) => {
      cell = value;
    },
  });
  bench.play(function* () {
    yield* register.write(WRITTEN, { path: 'back' });
    note('device written', cell.low);
    yield* register.poke(BEFORE);
    yield* register.read({ path: 'back' });
    note('device read', cell.low);
  });
  return seen;
}

export const POLICY_CLAIM: Claim = {
  id: 'UVM-18.5.1',
  feature: 'The 25 access policies, NOACCESS, and policies of one’s own',
  support: 'differs',
  note: 'A policy of one’s own is an object (read effect, write effect), not a registered name.',
  verify: () => {
    for (const [access, written, read] of BY_HAND) {
      expect([access, ...effects(access)]).toEqual([access, ...expected(access, written, read)]);
    }
    const names = BY_HAND.map(([access]) => access);
    expect(Object.keys(ACCESS_POLICIES).toSorted()).toEqual(names.toSorted());
    const block = new RegisterBlock('dut');
    const access = { name: 'MINE', read: 'sets', write: 'onesToggle', once: false } as const;
    const r = block.addRegister('R', { fields: { f: { lsb: 0, width: 4, access } } });
    block.lock();
    r.predict(0b0101, { kind: 'write' });
    expect(r.get()).toBe(0b0101);
    r.predict(0b0101, { kind: 'read' });
    expect(r.get()).toBe(0b1111);
  },
};
