// What a tenant knows of its queue: room in the ring, what is owed, destinations that must stay disjoint.
import { describe, expect, it } from 'vitest';
import { TenantQueue, type WorkInFlight } from '#env/agents/tenant-queue';
import type { QueueSetup, QueueTarget } from '#env/device-driver';

const TARGET: QueueTarget = {
  requester: 'sdi 3',
  pages: [0x1000],
  imsEntries: [4, 5],
  vectorCount: 2,
};
const SETUP: QueueSetup = { ringBase: 0, ringEntries: 4, recordBase: 0, pasid: -1 };

function work(n: number, destination = 0, destinationBytes = 0): WorkInFlight {
  const dataBytes = destinationBytes;
  const answers = undefined;
  return { n, source: -1, destination, destinationBytes, dataBytes, hasRecord: true, answers };
}

function startedQueue(): TenantQueue {
  const queue = new TenantQueue(TARGET, 0);
  queue.started(SETUP);
  return queue;
}

describe('TenantQueue', () => {
  it('has no room before it is started, and all of it afterwards', () => {
    const queue = new TenantQueue(TARGET, 0);
    expect(queue.space).toBe(0);
    queue.started(SETUP);
    expect(queue.space).toBe(4);
  });

  it('has room again when work ends, not when it is rung', () => {
    const queue = startedQueue();
    for (let n = 0; n < 4; n++) queue.add(work(n));
    expect(queue.space).toBe(0);
    expect(() => queue.add(work(4))).toThrow('only where the ring has room');
    queue.rung = 4;
    expect(queue.space).toBe(0);
    queue.endedUpTo(3);
    expect(queue.space).toBe(3);
    expect(queue.owed).toBe(1);
    expect(queue.inFlight.map(({ n }) => n)).toEqual([3]);
  });

  it('takes descriptors in order only', () => {
    const queue = startedQueue();
    expect(() => queue.add(work(1))).toThrow('posted in order');
  });

  it('rings with the low 16 bits', () => {
    const queue = startedQueue();
    queue.posted = 0x1_0002;
    expect(queue.tail).toBe(2);
  });

  it('knows which destinations are in use until their work has ended', () => {
    const queue = startedQueue();
    queue.add(work(0, 100, 50));
    queue.add(work(1));
    expect(queue.isFree(149, 1)).toBe(false);
    expect(queue.isFree(90, 11)).toBe(false);
    expect(queue.isFree(150, 10)).toBe(true);
    expect(queue.isFree(90, 10)).toBe(true);
    expect(queue.owedBytes).toBe(50);
    queue.endedUpTo(1);
    expect(queue.isFree(100, 50)).toBe(true);
  });

  it('forgets its work when it is stopped or started anew', () => {
    const queue = startedQueue();
    queue.add(work(0, 100, 50));
    queue.isStopping = true;
    queue.stopped();
    expect([queue.isStarted, queue.isStopping, queue.posted, queue.owedBytes]).toEqual([
      false,
      false,
      0,
      0,
    ]);
  });

  it('has all vectors masked and, after a restore, their messages', () => {
    const before = startedQueue();
    before.vectors[1].message = { address: 0x2000, data: 7 };
    before.vectors[1].isMasked = false;
    const after = new TenantQueue(TARGET, 10);
    after.keepMessagesOf(before);
    expect(after.vectors[1]).toEqual({
      message: { address: 0x2000, data: 7 },
      isMasked: true,
      maskedSincePs: 10,
    });
    expect(after.vectors[0].message).toBeUndefined();
  });
});
