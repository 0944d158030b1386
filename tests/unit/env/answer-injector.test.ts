// What goes wrong on purpose in answers to the device, and what must not: SRD §9, §7 (late completions).
import { describe, expect, it } from 'vitest';
import { memoryRead } from '#pcie/build';
import { ns, us } from '#kernel/time';
import type { Tlp } from '#pcie/tlp';
import type { ObservedTlp } from '#siov/observed-tlp';
import { RandomStream } from '#random/random-stream';
import {
  INJECTIONS,
  WeightedInjection,
  type Injection,
  type QuietKeeper,
} from '#env/agents/memory-responder-injection';
import { DEFAULT_RESPONDER_CONFIG } from '#env/agents/memory-responder-config';
import { PAGE_BYTES } from '#env/host/host-memory';
import { HostFixture } from './host-fixture.ts';

const RID = 0x0203;
const BASE = 0x4000_0000;
const LOOKAHEAD_PS = 250_000;
const TIMEOUT_PS = us(50);
const ARRIVED_PS = us(1);

interface Sent {
  readonly timePs: number;
  readonly injected: boolean;
  readonly status: number;
  readonly byteCount: number;
  readonly tag: number;
  readonly rid: number;
  readonly ep: number;
  readonly bytes: number;
}

interface Seen {
  readonly fixture: HostFixture;
  readonly sent: Sent[];
}

/** One read of 512 bytes with tag 3, in parts of 64 bytes; its answer goes wrong in one way. */
function inject(
  injection: Injection,
  seed: number,
  prepare?: (fixture: HostFixture) => void,
): Seen {
  const responder = { ...DEFAULT_RESPONDER_CONFIG, splitPercent: 100 };
  const fixture = new HostFixture({ seed, responder });
  fixture.map(RID, BASE, 1);
  const sent: Sent[] = [];
  fixture.host.child.monitor.down.connect({ write: (seen) => sent.push(summary(seen)) });
  fixture.host.child.responder.injector.policy = { choose: () => injection };
  prepare?.(fixture);
  fixture.deliver(
    ARRIVED_PS,
    memoryRead({ requesterId: RID, tag: 3, address: BASE, byteLength: 512 }),
  );
  fixture.run(us(1000));
  expect(fixture.host.child.responder.pendingCount).toBe(0);
  expect(fixture.host.child.responder.injector.injectedCount).toBe(1);
  return { fixture, sent };
}

function summary({ timePs, injected, tlp }: ObservedTlp): Sent {
  const { status, byteCount, tag, requesterId: rid, ep, payload } = tlp as Tlp;
  return { timePs, injected, status, byteCount, tag, rid, ep, bytes: payload.length };
}

const seeds = Array.from({ length: 20 }, (_, i) => i);
const good = ({ sent }: Seen): Sent[] => sent.filter((one) => !one.injected);
const bad = ({ sent }: Seen): Sent[] => sent.filter((one) => one.injected);
const bytesOf = (parts: readonly Sent[]): number =>
  parts.reduce((sum, { bytes }) => sum + bytes, 0);
/** The good completions must be the first ones of the read, in order. */
const expectPrefix = (parts: readonly Sent[]): void => {
  parts.forEach((one, i) => expect(one.byteCount).toBe(512 - 64 * i));
};
const keeper = (quietSincePs: number, isKept = true): QuietKeeper => ({
  quietSincePs: () => quietSincePs,
  keepQuietUntil: () => isKept,
});

describe('AnswerInjector', () => {
  it.each([
    ['unsupported', [1]],
    ['abort', [4]],
    ['retry', [2]],
    ['reservedStatus', [3, 5, 6, 7]],
  ] as const)('%s ends the answer with such a status, after good parts', (injection, statuses) => {
    const positions = new Set<number>();
    for (const seed of seeds) {
      const seen = inject(injection, seed);
      const [wrong] = bad(seen);
      expectPrefix(good(seen));
      expect(bad(seen)).toHaveLength(1);
      expect(statuses).toContain(wrong.status);
      expect(wrong.byteCount).toBe(512 - bytesOf(good(seen)));
      expect(seen.sent.indexOf(wrong)).toBe(seen.sent.length - 1);
      positions.add(seen.sent.length);
    }
    expect(positions.size).toBeGreaterThan(3);
  });

  it('poison marks one completion and leaves the others as they are', () => {
    for (const seed of seeds) {
      const { sent } = inject('poison', seed);
      expectPrefix(sent);
      expect(sent).toHaveLength(8);
      expect(sent.filter(({ ep }) => ep === 1)).toEqual(sent.filter(({ injected }) => injected));
      expect(sent.filter(({ ep }) => ep === 1)).toHaveLength(1);
    }
  });

  it('absent sends a proper beginning of the answer', () => {
    for (const seed of seeds) {
      const { sent } = inject('absent', seed);
      expect(sent.length).toBeLessThan(8);
      expectPrefix(sent);
    }
  });

  it('slow takes longer than 5 us and arrives within 0.9 of the timeout', () => {
    let longestPs = 0;
    for (const seed of seeds) {
      const { sent } = inject('slow', seed);
      expect(sent).toHaveLength(8);
      expectPrefix(sent);
      const lastPs = sent[7].timePs;
      expect(lastPs + LOOKAHEAD_PS).toBeLessThanOrEqual(
        ARRIVED_PS - LOOKAHEAD_PS + 0.9 * TIMEOUT_PS,
      );
      longestPs = Math.max(longestPs, lastPs);
    }
    expect(longestPs).toBeGreaterThan(us(5));
  });

  it('late comes after 0.9 of the timeout, and only while queues are quiet', () => {
    for (const seed of seeds) {
      const quietFrom = us(200);
      const asked: number[] = [];
      const { sent } = inject('late', seed, ({ host, kernel }) => {
        host.child.responder.injector.quiet = {
          quietSincePs: () => (kernel.nowPs >= quietFrom ? quietFrom : Infinity),
          keepQuietUntil: (untilPs) => asked.push(untilPs - kernel.nowPs) > 0,
        };
      });
      expectPrefix(sent);
      expect(sent).toHaveLength(8);
      const late = sent.filter(({ injected }) => injected);
      expect(late.length).toBeGreaterThan(0);
      for (const { timePs } of late) expect(timePs).toBeGreaterThanOrEqual(quietFrom + us(1));
      expect(new Set(asked)).toEqual(new Set([LOOKAHEAD_PS + us(1)]));
    }
  });

  it('late waits for 0.9 of the timeout when queues are quiet all along', () => {
    for (const seed of seeds) {
      const seen = inject('late', seed, ({ host }) => {
        host.child.responder.injector.quiet = keeper(0);
      });
      for (const { timePs } of bad(seen)) {
        expect(timePs + LOOKAHEAD_PS).toBeGreaterThanOrEqual(
          ARRIVED_PS - LOOKAHEAD_PS + 0.9 * TIMEOUT_PS,
        );
      }
    }
  });

  it.each([
    ['nobody says when queues are quiet', undefined],
    ['queues are never quiet', keeper(Infinity)],
    ['nobody keeps them quiet', keeper(0, false)],
  ])('late is never sent when %s', (_name, quiet) => {
    for (const seed of seeds) {
      const seen = inject('late', seed, ({ host }) => {
        host.child.responder.injector.quiet = quiet;
      });
      expect(bad(seen)).toEqual([]);
      expectPrefix(good(seen));
    }
  });

  it('byteCount adds a completion with a Byte Count that is not what remains', () => {
    const lengths = new Set<number>();
    for (const seed of seeds) {
      const seen = inject('byteCount', seed);
      const wrong = bad(seen);
      expect(wrong).toHaveLength(1);
      expectPrefix(good(seen));
      const goodBefore = seen.sent.indexOf(wrong[0]);
      expect(wrong[0].byteCount).not.toBe(512 - 64 * goodBefore);
      expect(wrong[0].bytes).toBe(64);
      lengths.add(good(seen).length === 8 ? 8 : 0);
    }
    expect(lengths).toEqual(new Set([0, 8]));
  });

  it('unexpectedTag adds a completion with a tag that no requester may use', () => {
    for (const [bits, low, high] of [
      [5, 32, 1023],
      [8, 256, 1023],
      [10, 0, 255],
    ]) {
      const seen = inject('unexpectedTag', 1, (fixture) => {
        fixture.host.child.responder.injector.useTagBits(bits, bits);
        fixture.run(ns(1));
      });
      // Widths that have just changed leave old tags under way.
      if (bits !== 5) expect(bad(seen)[0]).toMatchObject({ tag: 3 });
      const settled = inject('unexpectedTag', 1, (fixture) => {
        const { injector } = fixture.host.child.responder;
        injector.useTagBits(bits, bits);
        Object.assign(injector, { tagsChangedPs: -1e12 });
      });
      expect(good(settled)).toHaveLength(8);
      expect(bad(settled)).toHaveLength(1);
      expect(bad(settled)[0].rid).toBe(RID);
      expect(bad(settled)[0].tag).toBeGreaterThanOrEqual(low);
      expect(bad(settled)[0].tag).toBeLessThanOrEqual(high);
    }
  });

  it('unexpectedRequester adds a completion for a RID that was never granted', () => {
    for (const seed of seeds) {
      const seen = inject('unexpectedRequester', seed, ({ host }) => {
        for (let rid = 0x0100; rid < 0x0300; rid++) host.rootPort.grant(rid);
      });
      expect(good(seen)).toHaveLength(8);
      for (const { rid, tag } of bad(seen)) {
        expect(rid).toBeGreaterThanOrEqual(0x0300);
        expect(tag).toBe(3);
      }
    }
  });

  it('injects nothing from the calm on, and nothing into refused requests', () => {
    const fixture = new HostFixture();
    fixture.map(RID, BASE, 1);
    const { responder, monitor } = fixture.host.child;
    responder.injector.policy = { choose: () => 'abort' };
    const injected: boolean[] = [];
    monitor.down.connect({ write: (seen) => injected.push(seen.injected) });
    const beyond = BASE + PAGE_BYTES;
    fixture.deliver(1000, memoryRead({ requesterId: RID, address: beyond, byteLength: 4 }));
    responder.injector.stop();
    fixture.deliver(2000, memoryRead({ requesterId: RID, address: BASE, byteLength: 4 }));
    fixture.run(us(10));
    expect(injected).toEqual([false, false]);
    expect(responder.injector.injectedCount).toBe(0);
  });

  it('says until when its effects may last', () => {
    const { fixture } = inject('absent', 1);
    const { effectsEndPs } = fixture.host.child.responder.injector;
    expect(effectsEndPs).toBe(ARRIVED_PS - LOOKAHEAD_PS + 2 * TIMEOUT_PS);
  });
});

describe('WeightedInjection', () => {
  it('injects as often as asked, and only what has a weight', () => {
    const policy = new WeightedInjection(500, { poison: 3, absent: 1 });
    const stream = new RandomStream('policy');
    const counts = new Map<string, number>();
    const request = memoryRead({ requesterId: RID, address: BASE, byteLength: 4 });
    for (let i = 0; i < 4000; i++) {
      const choice = policy.choose(request, stream) ?? 'none';
      counts.set(choice, (counts.get(choice) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['absent', 'none', 'poison']);
    expect(counts.get('none')).toBeGreaterThan(1800);
    expect(counts.get('none')).toBeLessThan(2200);
    expect(counts.get('poison')).toBeGreaterThan(2 * (counts.get('absent') ?? 0));
    expect(INJECTIONS).toHaveLength(11);
  });
});
