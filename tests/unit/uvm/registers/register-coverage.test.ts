// Covergroups made from a model, and the model as a table.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RegisterBlock } from '#uvm/registers/register-block';
import { BITS_MAX, RegisterCoverage } from '#uvm/registers/register-coverage';
import { printRegisters } from '#uvm/registers/register-print';
import { timerBench, TimerBlock } from './timer-model.ts';

describe('RegisterCoverage', () => {
  it('counts registers, field values and bits of what is predicted', () => {
    const bench = timerBench();
    const { model, top } = bench;
    const coverage = new RegisterCoverage('timer', model, {
      kinds: ['addresses', 'fields', 'bits'],
    });
    coverage.addTo(top.coverage);
    bench.play(function* () {
      yield* model.args[0].write(0);
      yield* model.args[0].write(0xffff_ffff);
      yield* model.args[0].write(0x4000_0000);
      yield* model.channels[0].control.write(0x31);
      yield* model.channels[0].control.read();
      yield* model.half.field.high.write(3);
    });
    const groups = top.coverage.record().groups;
    expect(groups.map(({ type }) => type).toSorted()).toEqual([
      'FieldValueCoverage(timer)',
      'RegisterAddressCoverage(timer)',
      'RegisterBitCoverage(timer)',
    ]);
    const counts = (type: string, point: string): Record<string, number> => {
      const found = groups
        .find((one) => one.type === type)
        ?.points.find((one) => one.name === point);
      return Object.fromEntries(found!.bins.map((bin, i) => [bin, found!.counts[i]]));
    };
    expect(counts('RegisterAddressCoverage(timer)', 'register')).toMatchObject({
      'ARG[0]': 3,
      'channel[0].CONTROL': 2,
      HALF: 1,
      ID: 0,
    });
    expect(counts('FieldValueCoverage(timer)', 'fields[ARG[0].value]')).toEqual({
      zero: 1,
      q0: 0,
      q1: 1,
      q2: 0,
      q3: 0,
      ones: 1,
    });
    expect(counts('FieldValueCoverage(timer)', 'fields[channel[0].CONTROL.mode]')).toEqual({
      0: 0,
      1: 0,
      2: 0,
      3: 2,
    });
    // Only the high byte took part.
    expect(counts('FieldValueCoverage(timer)', 'fields[HALF.high]')).toMatchObject({ q0: 1 });
    expect(counts('FieldValueCoverage(timer)', 'fields[HALF.low]')).toMatchObject({ zero: 0 });
    expect(counts('RegisterBitCoverage(timer)', 'bits[channel[0].CONTROL.mode[1]]')).toEqual({
      'read 0': 0,
      'read 1': 1,
      'write 0': 0,
      'write 1': 1,
    });
    const cross = groups.find(({ type }) => type.startsWith('RegisterAddress'))?.crosses[0];
    // ID is only read, KEY only written.
    expect(cross?.excluded.length).toBe(4);
  });

  it('covers what it is told to', () => {
    const model = new TimerBlock();
    const { groups } = new RegisterCoverage('args', model, {
      include: (register) => register.name.startsWith('ARG'),
      includeField: () => false,
    });
    model.args[0].predict(1, { kind: 'write' });
    model.byte0.predict(1, { kind: 'write' });
    expect(groups.map(({ sampleCount }) => sampleCount)).toEqual([1, 1]);
    expect(groups[1].points).toEqual([]);
  });

  it('refuses more bits than make sense', () => {
    class Wide extends RegisterBlock {
      readonly map = this.addMap('map', { byteWidth: 4 });
      readonly r = this.addRegisters('R', 129, { offset: 0, fields: { f: { lsb: 0, width: 32 } } });
    }
    const model = new Wide('wide');
    model.lock();
    expect(() => new RegisterCoverage('wide', model, { kinds: ['bits'] })).toThrow(
      `4128 bits; at most ${BITS_MAX} (BITS_MAX) [wide]`,
    );
  });
});

describe('printRegisters', () => {
  it('shows addresses, bits, access, resets, values and what tests leave alone', () => {
    const golden = 'tests/golden/registers/timer.txt';
    const model = new TimerBlock();
    model.reset();
    model.args[1].predict(0x1234);
    const text = printRegisters(model);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
    expect(existsSync(golden)).toBe(true);
    expect(readFileSync(golden, 'utf8')).toBe(text);
  });
});
