// A register model with something of everything, and the bench that it is on.
import { RegisterBlock } from '#uvm/registers/register-block';
import { SequencerFrontDoor } from '#uvm/registers/register-bus';
import type { FrontDoorOptions } from '#uvm/registers/register-map';
import { BusAdapter, Bench } from './bus-bench.ts';

export class ChannelBlock extends RegisterBlock {
  readonly map = this.addMap('map', { byteWidth: 4 });
  readonly control = this.addRegister('CONTROL', {
    offset: 0,
    fields: {
      enable: { lsb: 0, width: 1, reset: 0 },
      mode: { lsb: 4, width: 2, reset: 1, legal: [0, 1, 3] },
    },
  });
  readonly count = this.addRegister('COUNT', {
    offset: 4,
    widthBits: 64,
    fields: { value: { lsb: 0, width: 64, reset: { low: 5, high: 0x8000_0000 } } },
  });
}

export class TimerBlock extends RegisterBlock {
  readonly map = this.addMap('bus', { byteWidth: 4, base: 0x1000 });
  readonly id = this.addRegister('ID', {
    offset: 0,
    fields: { code: { lsb: 0, width: 32, access: 'RO', reset: 0xcafe_f00d } },
  });
  readonly status = this.addRegister('STATUS', {
    offset: 4,
    fields: {
      done: { lsb: 0, width: 1, access: 'W1C', reset: 0 },
      level: { lsb: 8, width: 4, access: 'RO', volatile: true, reset: 0 },
    },
  });
  readonly byte0 = this.addRegister('BYTE0', {
    offset: 8,
    widthBits: 8,
    fields: { value: { lsb: 0, width: 8, reset: 0x11 } },
  });
  readonly half = this.addRegister('HALF', {
    offset: 0xa,
    widthBits: 16,
    fields: {
      low: { lsb: 0, width: 8, reset: 0, individuallyAccessible: true },
      high: { lsb: 8, width: 8, reset: 0, individuallyAccessible: true },
    },
  });
  readonly key = this.addRegister('KEY', {
    offset: 0xc,
    fields: { code: { lsb: 0, width: 32, access: 'WO' } },
    attributes: { NO_REG_TESTS: 'writing it stops the clock' },
  });
  readonly args = this.addRegisters('ARG', 2, {
    offset: 0x10,
    fields: { value: { lsb: 0, width: 32, reset: { HARD: 1, SOFT: 2 } } },
  });
  readonly ram = this.addMemory('RAM', { offset: 0x100, size: 8 });
  readonly channels = [0, 1].map((i) => new ChannelBlock(`channel[${i}]`, this));

  constructor(name = 'timer') {
    super(name);
    for (const [i, channel] of this.channels.entries()) {
      this.map.addMap(channel.map, 0x40 + 0x10 * i);
    }
    this.lock();
  }
}

/** A bench with the model on its bus and a device that behaves as the model says. */
export function timerBench(options: FrontDoorOptions = {}): Bench & { readonly model: TimerBlock } {
  const bench = Object.assign(new Bench(), { model: new TimerBlock() });
  const { model, test } = bench;
  model.attach(test);
  model.map.setFrontDoor(new SequencerFrontDoor(test.sequencer, new BusAdapter()), options);
  const { device } = test;
  const kinds: Record<number, string> = {};
  for (let i = 0; i < 4; i++) {
    kinds[0x1000 + i] = 'rrrrrrrr';
    kinds[0x1004 + i] = ['-------c', '----rrrr', '--------', '--------'][i];
    kinds[0x100c + i] = 'oooooooo';
    for (const base of [0x1040, 0x1050]) kinds[base + i] = i === 0 ? '--ww---w' : '--------';
  }
  kinds[0x1009] = '--------';
  device.behaviour = (address) => kinds[address] ?? 'wwwwwwww';
  for (const entry of model.map.entries) {
    if (!('fields' in entry.element)) continue;
    const reset = entry.element.getReset();
    for (let byte = 0; byte < entry.byteLength; byte++) {
      const half = byte < 4 ? reset.low : reset.high;
      device.bytes.set(entry.address + byte, (half >>> (8 * (byte & 3))) & 0xff);
    }
  }
  model.reset();
  return bench;
}
