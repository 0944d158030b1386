// The register layer's ways to the device: what is claimed of adapters, prediction, front doors, back doors and hooks.
import { expect } from 'vitest';
import { ns } from '#kernel/time';
import { delay } from '#kernel/wait';
import type { Process } from '#kernel/process';
import type { RegisterAccess } from '#uvm/registers/register-access';
import { RegisterBlock } from '#uvm/registers/register-block';
import { sequenceFrontDoor } from '#uvm/registers/register-bus';
import { Sequence } from '#uvm/sequence';
import { BusItem } from '../unit/uvm/registers/bus-bench.ts';
import { timerBench } from '../unit/uvm/registers/timer-model.ts';
import type { Claim } from './claim.ts';

function busItem(fields: Partial<BusItem>): BusItem {
  return Object.assign(new BusItem(), fields);
}

export const REGISTER_DOOR_CLAIMS: readonly Claim[] = [
  {
    id: 'UVM-19.2.1',
    feature:
      'An adapter turns generic operations into items of a bus and back (reg2bus, bus2reg), typed',
    support: 'yes',
    verify: () => {
      const bench = timerBench();
      const { args, byte0, channels, id } = bench.model;
      const { device } = bench.test;
      bench.play(function* () {
        expect((yield* id.read()).value).toBe(0xcafe_f00d);
        expect(yield* args[1].write(0x1234_5678)).toBe('ok');
        yield* byte0.write(0xab); // a byte of a bus of words
        yield* channels[0].count.write({ low: 0x22, high: 0x33 }); // two words
        device.badFrom = 0x1010;
        expect([yield* args[1].write(7), (yield* args[1].read()).status]).toEqual([
          'notOk',
          'notOk',
        ]);
        expect((yield* id.read()).status).toBe('ok');
      });
      expect([device.word(0x1014), args[1].getMirrored()]).toEqual([0x1234_5678, 0x1234_5678]);
      expect([device.word(0x1044), device.word(0x1048)]).toEqual([0x22, 0x33]);
      expect(device.bytes.get(0x1008)).toBe(0xab);
      expect(device.log).toEqual([
        'R 1000/1111',
        'W 1014/1111',
        'W 1008/1',
        'W 1044/1111',
        'W 1048/1111',
        'W 1014/1111',
        'R 1014/1111',
        'R 1000/1111',
      ]);
    },
  },
  {
    id: 'UVM-19.2.2',
    feature: 'Auto-prediction, explicit prediction by a predictor, and passive prediction',
    support: 'differs',
    note: 'Auto-prediction is the default. The predictor believes each operation when it is seen, lane by lane, and does not wait for all words of a wide register.',
    verify: () => {
      const auto = timerBench();
      auto.play(() => auto.model.args[0].write(5));
      expect(auto.model.args[0].getMirrored()).toBe(5);
      const bench = timerBench({ prediction: 'explicit' });
      const { args, channels, status } = bench.model;
      const { agent, predictor } = bench.test.child;
      bench.play(function* (test) {
        yield* args[0].write(5);
        expect(args[0].getMirrored()).toBe(1); // nobody has told
        predictor.bind(bench.model.map);
        agent.child.driver.observed.connect(predictor);
        yield* args[0].write(6);
        expect(args[0].getMirrored()).toBe(6);
        // Passive: accesses that the model knows nothing of.
        yield* test.sequencer.executeItem(busItem({ isWrite: true, address: 0x1014, data: 0x77 }));
        expect([args[1].get(), args[1].getMirrored()]).toEqual([0x77, 0x77]);
        yield* test.sequencer.executeItem(
          busItem({ isWrite: true, address: 0x1048, data: 9, enables: 1 }),
        );
        expect(channels[0].count.mirrored).toEqual({ low: 5, high: 0x8000_0009 });
        test.device.bytes.set(0x1005, 0xa); // a volatile field, changed by the device
        yield* test.sequencer.executeItem(busItem({ address: 0x1004 }));
        expect(status.field.level.getMirrored()).toBe(0xa);
        expect(bench.top.rules.failures).toEqual([]);
        test.device.bytes.set(0x1014, 0x78);
        yield* test.sequencer.executeItem(busItem({ address: 0x1014 }));
        expect(args[1].getMirrored()).toBe(0x78);
      });
      expect(bench.top.rules.failures).toMatchObject([{ rule: 'REG-3', subject: 'timer.ARG[1]' }]);
    },
  },
  {
    id: 'UVM-19.4.1',
    feature: 'User front doors per register and map, as code or as a sequence',
    support: 'yes',
    verify: () => {
      const bench = timerBench();
      const { args, byte0, id, map } = bench.model;
      const cells = new Map<string, number>();
      byte0.setFrontDoor(
        {
          *run(access) {
            yield delay(ns(3));
            const { name } = access.element;
            if (access.kind === 'write') cells.set(name, access.value.low);
            else access.value = { low: cells.get(name) ?? 0x11, high: 0 };
          },
        },
        map,
      );
      class Busy extends Sequence<BusItem> {
        access: RegisterAccess | undefined = undefined;
        override *body(): Process {
          // By way of an index and a data register.
          const { access } = this;
          if (access === undefined) return;
          const isWrite = access.kind === 'write';
          const index = busItem({ isWrite: true, address: 0x1200, data: 1 });
          const data = busItem({ isWrite, address: 0x1204, data: access.value.low });
          for (const item of [index, data]) {
            yield* this.startItem(item);
            yield* this.finishItem(item);
          }
          if (!isWrite) access.value = { low: data.data, high: 0 };
          else if (access.value.low === 0xbad) access.status = 'notOk';
        }
      }
      args[0].setFrontDoor(sequenceFrontDoor(Busy, bench.test.sequencer), map);
      bench.play(function* () {
        expect((yield* byte0.read()).value).toBe(0x11);
        expect([yield* byte0.write(7), (yield* byte0.read()).value]).toEqual(['ok', 7]);
        expect([byte0.getMirrored(), bench.top.kernel.nowPs]).toEqual([7, ns(9)]);
        expect(bench.test.device.log).toEqual([]);
        expect([yield* args[0].write(9), (yield* args[0].read()).value]).toEqual(['ok', 9]);
        expect([yield* args[0].write(0xbad), args[0].getMirrored()]).toEqual(['notOk', 9]);
        yield* id.read(); // the others go by the bus
      });
      const write = ['W 1200/1111', 'W 1204/1111'];
      const read = ['W 1200/1111', 'R 1204/1111'];
      expect(bench.test.device.log).toEqual([...write, ...read, ...write, 'R 1000/1111']);
    },
  },
  {
    id: 'UVM-19.5.1',
    feature: 'Back doors: peek, poke, and read and write that do what the access policies say',
    support: 'differs',
    note: 'The author gives peek and poke functions; there are no HDL paths.',
    verify: () => {
      const bench = timerBench();
      const { status } = bench.model;
      let cell = { low: 1, high: 0 };
      status.setBackDoor({
        peek: () => cell,
        poke: (_register, value) => {
          cell = value;
        },
      });
      bench.play(function* () {
        expect((yield* status.peek()).low).toBe(1);
        expect(status.getMirrored()).toBe(1);
        yield* status.write(1, { path: 'back' }); // W1C
        expect([cell.low, status.getMirrored()]).toEqual([0, 0]);
        yield* status.poke(0x301); // as it is: done is W1C, level RO
        expect([cell.low, status.getMirrored()]).toEqual([0x301, 0x301]);
        yield* status.write(0, { path: 'back' });
        expect([cell.low, (yield* status.read({ path: 'back' })).value]).toEqual([0x301, 0x301]);
      });
      expect([bench.test.device.log, bench.top.kernel.nowPs]).toEqual([[], 0]);
      const block = new RegisterBlock('dut');
      const count = block.addRegister('COUNT', {
        fields: { f: { lsb: 0, width: 8, access: 'RC' } },
      });
      block.lock();
      block.attach(bench.test);
      cell = { low: 5, high: 0 };
      block.setBackDoor({
        peek: () => cell,
        poke: (_register, value) => {
          cell = value;
        },
      });
      const read = bench.top.kernel.spawn('read', count.read({ path: 'back' }));
      bench.top.kernel.runUntil(bench.top.kernel.nowPs);
      expect([read.isAlive, cell.low, count.getMirrored()]).toEqual([false, 0, 0]);
    },
  },
  {
    id: 'UVM-18.10.1',
    feature: 'Callbacks before and after reads and writes',
    support: 'differs',
    note: 'Objects with hooks on registers and blocks. post_predict, encode and decode are not there.',
    verify: () => {
      const bench = timerBench();
      const [arg] = bench.model.args;
      const { device } = bench.test;
      const seen: string[] = [];
      const note = (hook: string, { element, value }: RegisterAccess): void =>
        void seen.push(`${hook} ${element.name} ${value.low} @${bench.top.kernel.nowPs / ns(1)}`);
      arg.addCallbacks({
        preWrite: (access) => {
          note('own preWrite', access);
          access.value = { low: 4, high: 0 };
        },
        *preRead(access) {
          yield delay(ns(1));
          note('own preRead', access);
        },
        postRead: (access) => {
          note('own postRead', access);
          access.value = { low: 8, high: 0 };
        },
      });
      bench.model.addCallbacks({
        preWrite: (access) => note('block preWrite', access),
        postWrite: (access) => {
          note('block postWrite', access);
          access.status = 'notOk';
        },
        preRead: (access) => note('block preRead', access),
        postRead: (access) => note('block postRead', access),
      });
      bench.play(function* () {
        expect(yield* arg.write(3)).toBe('notOk');
        expect([device.word(0x1010), arg.getMirrored()]).toEqual([4, 4]);
        expect((yield* arg.read()).value).toBe(8);
        expect(arg.getMirrored()).toBe(4); // what was read counts, not what the hook gave the caller
      });
      expect(seen).toEqual([
        'own preWrite ARG[0] 3 @0',
        'block preWrite ARG[0] 4 @0',
        'block postWrite ARG[0] 4 @2',
        'own preRead ARG[0] 0 @3',
        'block preRead ARG[0] 0 @3',
        'own postRead ARG[0] 4 @5',
        'block postRead ARG[0] 8 @5',
      ]);
    },
  },
];
