// Accesses of one register by several processes at once: nothing is lost, and nobody waits for ever.
// Source: IEEE 1800.2 clauses 18.4.4 (write, read are atomic), 18.5.5 (write of a field).
import { describe, expect, it } from 'vitest';
import type { Process } from '#kernel/process';
import { ns } from '#kernel/time';
import { delay, fork, waitAll, waitAny } from '#kernel/wait';
import { timerBench } from './timer-model.ts';

describe('two processes that access one register', () => {
  it('write a field each, and neither undoes what the other wrote', () => {
    const bench = timerBench();
    const { control } = bench.model.channels[0];
    bench.play(function* () {
      const mode = yield* fork('mode', control.field.mode.write(3));
      const enable = yield* fork('enable', control.field.enable.write(1));
      yield* waitAll(mode, enable);
    });
    expect(bench.test.device.word(0x1040)).toBe(0x31);
    expect(control.getMirrored()).toBe(0x31);
  });

  it('write a field and update: the update does not undo what was written while it waited', () => {
    const bench = timerBench();
    const { control } = bench.model.channels[0];
    bench.play(function* () {
      const whole = yield* fork('whole', control.write(0x10));
      control.field.mode.set(3);
      const enable = yield* fork('enable', control.field.enable.write(1));
      const update = yield* fork('update', control.update());
      yield* waitAll(whole, enable, update);
      expect(update.result).toBe('ok');
    });
    expect(bench.test.device.word(0x1040) & 1).toBe(1);
    expect(control.field.enable.getMirrored()).toBe(1);
    expect(control.needsUpdate).toBe(false);
  });

  it('update at once: the second finds nothing left to write', () => {
    const bench = timerBench();
    const { control } = bench.model.channels[0];
    bench.play(function* () {
      control.field.mode.set(3);
      const first = yield* fork('first', control.update());
      const second = yield* fork('second', control.update());
      yield* waitAll(first, second);
    });
    expect(bench.test.device.log).toEqual(['W 1040/1111']);
  });

  it('take turns: one that reads without a pause does not keep the other out', () => {
    const bench = timerBench();
    const { control } = bench.model.channels[0];
    let readsBefore = 0;
    bench.play(function* () {
      let readCount = 0;
      const poll = yield* fork(
        'poll',
        (function* (): Process {
          for (;;) {
            yield* control.read();
            readCount++;
          }
        })(),
      );
      yield delay(ns(1));
      const writer = yield* fork('writer', control.write(0x31));
      yield* waitAny(writer, delay(ns(100)));
      expect(writer.isAlive).toBe(false);
      readsBefore = readCount;
      poll.kill();
    });
    expect(readsBefore).toBe(1);
    expect(bench.test.device.word(0x1040)).toBe(0x31);
  });

  it('and are killed while they wait, or when their turn has just come: the next one goes on', () => {
    const bench = timerBench();
    const { control } = bench.model.channels[0];
    bench.play(function* (test) {
      const first = yield* fork('first', control.write(0x10));
      const waiting = yield* fork('waiting', control.write(0x20));
      const granted = yield* fork('granted', control.write(0x30));
      const last = yield* fork('last', control.write(0x11));
      yield delay(ns(1));
      waiting.kill();
      // The turn passes from the first to the second in the list when the first ends.
      yield* waitAny(first);
      expect(granted.isAlive).toBe(true);
      granted.kill();
      yield* waitAny(last, delay(ns(100)));
      expect(last.isAlive).toBe(false);
      expect(control.lock.isTaken).toBe(false);
      expect(test.device.log).toEqual(['W 1040/1111', 'W 1040/1111']);
    });
    expect(control.getMirrored()).toBe(0x11);
  });
});
