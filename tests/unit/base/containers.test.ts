// Queue, ring buffer, packet batch: against plain arrays.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketBatch } from '#base/packet-batch';
import { Queue } from '#base/queue';
import { RingBuffer } from '#base/ring-buffer';

const SEED = { seed: 1 };

describe('queue', () => {
  it('is an array whose shift is cheap', () => {
    const step = fc.oneof(
      fc.nat(99),
      fc.constantFrom('shift', 'unshift', 'remove', 'removeAt', 'clear', 'peek'),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new Queue<number>();
        const array: number[] = [];
        for (const one of steps) {
          if (typeof one === 'number') {
            queue.push(one);
            array.push(one);
          } else if (one === 'unshift') {
            queue.unshift(7);
            array.unshift(7);
          } else if (one === 'removeAt') {
            const expected = array.length > 2 ? array.splice(2, 1)[0] : undefined;
            expect(queue.removeAt(2)).toBe(expected);
          } else if (one === 'shift') expect(queue.shift()).toBe(array.shift());
          else if (one === 'peek') expect(queue.peek()).toBe(array[0]);
          else if (one === 'remove') {
            const at = array.findIndex((value) => value % 3 === 0);
            const expected = at < 0 ? undefined : array.splice(at, 1)[0];
            expect(queue.remove((value) => value % 3 === 0)).toBe(expected);
          } else {
            queue.clear();
            array.length = 0;
          }
          expect([...queue]).toEqual(array);
          expect(queue.length).toBe(array.length);
          expect(queue.at(1)).toBe(array[1]);
        }
      }),
      SEED,
    );
  });

  it('stays right through many pushes and shifts', () => {
    const queue = new Queue<number>();
    let next = 0;
    for (let i = 0; i < 20_000; i++) {
      queue.push(i);
      if (i % 3 !== 0) expect(queue.shift()).toBe(next++);
    }
    expect(queue.length).toBe(20_000 - next);
    expect(queue.peek()).toBe(next);
  });
});

describe('ring buffer', () => {
  it('keeps the last values, oldest first, and gives back what it drops', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.array(fc.nat()), (capacity, values) => {
        const ring = new RingBuffer<number>(capacity);
        values.forEach((value, i) => {
          expect(ring.push(value)).toBe(i < capacity ? undefined : values[i - capacity]);
        });
        expect(ring.toArray()).toEqual(values.slice(-capacity));
        expect(ring.length).toBe(Math.min(capacity, values.length));
        ring.clear();
        expect(ring.toArray()).toEqual([]);
      }),
      SEED,
    );
    expect(() => new RingBuffer(0)).toThrow('capacity of at least 1');
  });
});

describe('packet batch', () => {
  it('gives back copies of what was pushed, however much it was', () => {
    const batch = new PacketBatch();
    for (let round = 0; round < 2; round++) {
      const packets = Array.from({ length: 300 }, (_unused, i) => new Uint8Array(i * 3).fill(i));
      packets.forEach((packet, i) => {
        const source = packet.slice();
        batch.push(1_000 * i, source);
        source.fill(0);
      });
      expect(batch.count).toBe(300);
      packets.forEach((packet, i) => {
        expect(batch.timePs(i)).toBe(1_000 * i);
        expect(batch.bytes(i)).toEqual(packet);
      });
      batch.clear();
      expect(batch.count).toBe(0);
    }
  });

  it('lists packets as the protocol does, and takes such lists, at once or in parts, with later times', () => {
    const packets = fc.array(fc.tuple(fc.nat(0xffff_ffff), fc.uint8Array({ maxLength: 40 })), {
      maxLength: 200,
      size: 'max',
    });
    fc.assert(
      fc.property(packets, fc.nat(2 ** 40), fc.nat(200), (unordered, laterPs, cut) => {
        const list = unordered.toSorted((a, b) => a[0] - b[0]);
        const batch = new PacketBatch();
        for (const [timePs, bytes] of list) batch.push(timePs, bytes);
        const middle = Math.min(cut, list.length);
        const again = new PacketBatch();
        again.appendRecords(batch.records(0, middle), laterPs);
        again.appendRecords(batch.records(middle), laterPs);
        expect(again.count).toBe(list.length);
        const wire = list.flatMap(([timePs, bytes], i) => {
          expect(again.timePs(i)).toBe(timePs + laterPs);
          expect(again.bytes(i)).toEqual(bytes);
          const head = new DataView(new ArrayBuffer(12));
          head.setBigUint64(0, BigInt(timePs + laterPs), true);
          head.setUint32(8, bytes.length, true);
          return [...new Uint8Array(head.buffer), ...bytes];
        });
        expect([...again.records()]).toEqual(wire);
      }),
      SEED,
    );
  });

  it('refuses lists that do not end with a packet, and ranges that are not there', () => {
    const batch = new PacketBatch();
    batch.push(5, new Uint8Array(3));
    const whole = batch.records().slice();
    expect(() => batch.records(1, 2)).toThrow('out of range');
    expect(() => batch.records(1, 0)).toThrow('out of range');
    expect(() => new PacketBatch().appendRecords(whole.subarray(0, -1))).toThrow(
      'end with a packet',
    );
    expect(() => new PacketBatch().appendRecords(whole.subarray(0, 5))).toThrow(
      'end with a packet',
    );
    expect(() => batch.appendRecords(whole, -1)).toThrow('must not go back');
  });

  it('refuses times that go back and packets that are not there', () => {
    const batch = new PacketBatch();
    batch.push(5, new Uint8Array(1));
    batch.push(5, new Uint8Array(1));
    expect(() => batch.push(4, new Uint8Array(1))).toThrow('must not go back');
    expect(() => batch.bytes(2)).toThrow('out of range');
    expect(() => batch.timePs(-1)).toThrow('out of range');
  });
});
