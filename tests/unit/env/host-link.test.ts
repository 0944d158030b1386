// The link's host end and the host's own requests: siov-facts §9, §2.2; DUT protocol (RESET); SRD §4 (20 us).
import { describe, expect, it } from 'vitest';
import {
  atomicRequest,
  completionsFor,
  completionWithData,
  completionWithoutData,
} from '#pcie/build';
import { encodeTlp } from '#pcie/codec';
import { Tlp } from '#pcie/tlp';
import { ns, us } from '#kernel/time';
import type { Process } from '#kernel/process';
import { delay } from '#kernel/wait';
import type { HostEvent } from '#siov/host-event';
import type { HostCompletion } from '#env/host/host-requester';
import { TagPool } from '#env/host/tag-pool';
import { HostFixture, type SentTlp } from './host-fixture.ts';

const PF = 0x0100;
const SOME_RID = 0x0205;

/** Runs one request of the host, and answers it by `answer` 1 us later. */
function ask(
  start: (fixture: HostFixture) => Process<HostCompletion>,
  answer: (request: Tlp, fixture: HostFixture) => readonly Tlp[],
): { request: Tlp; reply: HostCompletion | undefined; fixture: HostFixture } {
  const fixture = new HostFixture();
  let reply: HostCompletion | undefined;
  fixture.spawn(
    (function* () {
      reply = yield* start(fixture);
    })(),
  );
  fixture.run(us(1));
  const [{ tlp: request }] = fixture.takeSent();
  answer(request, fixture).forEach((tlp, i) => fixture.deliver(us(2) + i * 1000, tlp));
  fixture.run(us(3));
  return { request, reply, fixture };
}

const dw = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

describe('HostRequester', () => {
  it('reads configuration space with byte enables, Type 0 on the first bus and Type 1 below', () => {
    const bytes = dw(0x11, 0x22, 0x33, 0x44);
    const { request, reply } = ask(
      (f) => f.host.child.requester.configRead(PF, 0x1ab, 1),
      (tlp) => [completionWithData(tlp, { completerId: PF, bytes })],
    );
    expect(request).toMatchObject({
      kind: 'CfgRd0',
      destinationId: PF,
      registerNumber: 0x6a,
      firstBe: 8,
    });
    expect(reply).toEqual({ status: 'SC', data: dw(0x44), value: 0x44 });
    const below = ask(
      (f) => f.host.child.requester.configRead(SOME_RID, 0x02, 2),
      (tlp) => [completionWithoutData(tlp, { completerId: PF, status: 1 })],
    );
    expect(below.request).toMatchObject({ kind: 'CfgRd1', destinationId: SOME_RID, firstBe: 0xc });
    expect(below.reply).toEqual({ status: 'UR', data: dw(0xff, 0xff), value: 0xffff });
    const forced = ask(
      (f) => f.host.child.requester.configRead(SOME_RID, 0, 4, 0),
      (tlp) => [completionWithoutData(tlp, { completerId: PF, status: 2 })],
    );
    expect(forced.request.kind).toBe('CfgRd0');
    expect(forced.reply).toMatchObject({ status: 'RRS', value: 0xffff_ffff });
  });

  it('writes configuration space', () => {
    const { request, reply } = ask(
      (f) => f.host.child.requester.configWrite(PF, 0x06, 2, 0xabcd),
      (tlp) => [completionWithoutData(tlp, { completerId: PF })],
    );
    expect(request).toMatchObject({ kind: 'CfgWr0', registerNumber: 1, firstBe: 0xc });
    expect([...request.payload]).toEqual([0, 0, 0xcd, 0xab]);
    expect(reply?.status).toBe('SC');
  });

  it('puts the parts of a memory read together', () => {
    const bytes = Uint8Array.from({ length: 199 }, (_, i) => i);
    const { request, reply } = ask(
      (f) => f.host.child.requester.memoryRead(0x8_0000_0031, 199),
      (tlp) => completionsFor(tlp, { completerId: PF, bytes, ends: [15, 79, 199] }),
    );
    expect(request).toMatchObject({ kind: 'MRd64', lengthDw: 50, firstBe: 0xe, lastBe: 0xf });
    expect(reply).toEqual({ status: 'SC', data: bytes, value: 0x0302_0100 });
  });

  it('takes the old value of an AtomicOp, CA, and a Cpl where data was due', () => {
    const operands = new Uint8Array(16);
    const atomic = atomicRequest({ requesterId: 0, op: 'CAS', address: 0x1000, operands });
    const old = dw(1, 2, 3, 4, 5, 6, 7, 8);
    const first = ask(
      (f) => f.host.child.requester.request(atomic),
      (tlp) => [completionWithData(tlp, { completerId: PF, bytes: old })],
    );
    expect(first.reply).toEqual({ status: 'SC', data: old, value: 0x0403_0201 });
    for (const [status, word] of [
      [4, 'CA'],
      [7, 'reserved'],
      [0, 'SC'],
    ] as const) {
      const { reply } = ask(
        (f) => f.host.child.requester.memoryRead(0x1000, 8),
        (tlp) => [completionWithoutData(tlp, { completerId: PF, status })],
      );
      expect(reply?.status).toBe(word);
    }
  });

  it('reports an answer that is owed for too long, and keeps its tag until it comes', () => {
    const fixture = new HostFixture();
    const { requester } = fixture.host.child;
    const owed: HostEvent[] = [];
    requester.liveness.connect({ write: (event) => owed.push(event) });
    let status = '';
    fixture.spawn(
      (function* () {
        status = (yield* requester.configRead(PF, 0x34, 1)).status;
      })(),
    );
    fixture.run(us(20.5) - 1);
    expect([status, owed.length]).toEqual(['', 0]);
    fixture.run(us(20.5));
    expect(status).toBe('timeout');
    expect(owed).toEqual([
      {
        kind: 'liveness',
        subject: 'host request',
        what: 'CfgRd0 of 01:00.0, offset 0x034',
        owedSincePs: 0,
        boundPs: us(20.5),
      },
    ]);
    expect(requester.outstandingCount).toBe(1);
    const [{ tlp }] = fixture.takeSent();
    fixture.deliver(us(30), completionWithoutData(tlp, { completerId: PF, status: 1 }));
    expect([requester.outstandingCount, requester.strayCount]).toEqual([0, 0]);
    fixture.deliver(us(31), completionWithoutData(tlp, { completerId: PF, status: 1 }));
    expect(requester.strayCount).toBe(1);
  });

  it('keeps requests of many processes apart, and lets them wait when all tags are in use', () => {
    const fixture = new HostFixture();
    const { requester } = fixture.host.child;
    requester.useTagBits(5);
    const values: number[] = [];
    for (let i = 0; i < 40; i++) {
      fixture.spawn(
        (function* () {
          values[i] = (yield* requester.memoryRead(0x1000 + 4 * i, 4)).value;
        })(),
      );
    }
    fixture.run(us(1));
    const first = fixture.takeSent();
    expect(new Set(first.map(({ tlp }) => tlp.tag)).size).toBe(32);
    const answerAll = (sent: readonly SentTlp[], fromPs: number): void => {
      [...sent].reverse().forEach(({ tlp }, i) => {
        const bytes = dw(tlp.address & 0xff, 1, 0, 0);
        fixture.deliver(fromPs + i * 1000, completionWithData(tlp, { completerId: PF, bytes }));
      });
    };
    answerAll(first, us(2));
    fixture.run(us(3));
    answerAll(fixture.takeSent(), us(4));
    fixture.run(us(5));
    expect(values).toEqual(Array.from({ length: 40 }, (_, i) => 0x100 + ((4 * i) & 0xff)));
  });

  it('ignores completions for somebody else', () => {
    const { reply, fixture } = ask(
      (f) => f.host.child.requester.memoryRead(0x1000, 4),
      (tlp) => {
        const wrong = completionWithoutData(tlp, { completerId: PF, status: 1 });
        wrong.requesterId = 0x4444;
        return [wrong];
      },
    );
    expect(reply).toBeUndefined();
    expect(fixture.host.child.requester.strayCount).toBe(1);
  });
});

describe('TagPool', () => {
  it('uses 256..1023 with 10 bits, and says when nothing is left', () => {
    const pool = new TagPool();
    pool.use(10);
    const tags = Array.from({ length: 768 }, () => pool.take());
    expect([Math.min(...tags), Math.max(...tags), new Set(tags).size]).toEqual([256, 1023, 768]);
    expect(() => pool.take()).toThrow('all tags of the host are in use');
    pool.free(300);
    pool.free(300);
    expect(pool.takenCount).toBe(767);
    expect(pool.take()).toBe(300);
  });
});

describe('HostLink', () => {
  it('sends at the present time, in the order of the calls, and the monitor sees both directions', () => {
    const fixture = new HostFixture();
    const { link, monitor, requester } = fixture.host.child;
    const seen: unknown[] = [];
    monitor.observed.connect({
      write: ({ direction, timePs, tlp, malformed, injected }) =>
        seen.push([direction, timePs, tlp?.kind ?? malformed?.slice(0, 9), injected]),
    });
    fixture.run(1000);
    requester.memoryWrite(0x2000, dw(1, 2, 3, 4));
    fixture.run(2000);
    const message = new Tlp();
    message.kind = 'Msg';
    message.messageCode = 0x7f;
    requester.post(message, true);
    fixture.deliver(3000, message);
    link.sendBytes(dw(1, 2, 3));
    fixture.deliverBytes(4000, dw(0xff));
    expect(seen).toEqual([
      ['down', 1000, 'MWr32', false],
      ['down', 2000, 'Msg', true],
      ['up', 3000, 'Msg', false],
      ['down', 3000, expect.any(String), true],
      ['up', 4000, expect.any(String), false],
    ]);
    expect(link.outbound.count).toBe(3);
    expect([...link.outbound.bytes(1)]).toEqual([...encodeTlp(message)]);
  });

  it('says when it is free, with a bandwidth', () => {
    const fixture = new HostFixture({ host: { psPerByte: 100 } });
    const { link, requester } = fixture.host.child;
    const times: number[] = [];
    fixture.spawn(
      (function* () {
        for (let i = 0; i < 3; i++) {
          yield* link.whenFree();
          requester.memoryWrite(0x2000, new Uint8Array(64));
          times.push(fixture.kernel.nowPs);
        }
      })(),
    );
    fixture.run(us(1));
    expect(times).toEqual([0, 7600, 15_200]);
  });

  it('resets a look-ahead after it was asked to, and goes on with nothing outstanding', () => {
    const fixture = new HostFixture();
    const { link, requester } = fixture.host.child;
    const log: unknown[] = [];
    fixture.spawn(
      (function* () {
        log.push((yield* requester.memoryRead(0x1000, 4)).status, fixture.kernel.nowPs);
      })(),
    );
    fixture.spawn(
      (function* () {
        yield delay(ns(500));
        yield* link.reset('hot', () => log.push('at reset', link.outbound.count));
        log.push('after reset', fixture.kernel.nowPs);
      })(),
    );
    fixture.run(ns(750));
    expect(link.plannedReset).toMatchObject({ kind: 'hot', atPs: ns(750) });
    expect(log).toEqual([]);
    link.resetDone();
    expect(link.plannedReset).toBeUndefined();
    fixture.run(us(1));
    expect(log).toEqual(['at reset', 0, 'reset', ns(750), 'after reset', ns(750)]);
    expect(requester.outstandingCount).toBe(0);
  });
});
