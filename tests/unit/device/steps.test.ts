// Time (DUT protocol, STEP): what the device does depends on TLPs and times alone, never on how time is cut; nextPs is
// honest; a long idle STEP stops at the first TLP; a descriptor ends within the progress bound of SRD §4.
import { describe, expect, it } from 'vitest';
import { bytesToHex } from '#base/bytes';
import { PacketBatch } from '#base/packet-batch';
import { createReferenceDevice } from '#device/reference-device';
import { decodeTlp, isMalformed } from '#pcie/codec';
import { isCompletion, isMemoryRead, isNonPosted } from '#pcie/tlp';
import { PageRegister } from '#siov/srd-registers';
import { runStress } from './stress.ts';
import { BAR0, LOOKAHEAD_PS, TestHost } from './test-host.ts';

type Sent = { timePs: number; hex: string };

/** Everything sent by a device of seed `seed` for the recorded arrivals, with time cut as `cut` says. */
function replay(recorded: TestHost, seed: number, cut: (nowPs: number) => number): Sent[] {
  const device = createReferenceDevice();
  device.hello({ params: {}, seed: String(seed), lookaheadPs: LOOKAHEAD_PS, stall: 0 });
  const batch = new PacketBatch();
  const sent: Sent[] = [];
  let next = 0;
  for (let nowPs = 0; nowPs < recorded.nowPs;) {
    const untilPs = Math.min(recorded.nowPs, cut(nowPs));
    batch.clear();
    for (; next < recorded.arrivals.length; next++) {
      const { timePs, bytes } = recorded.arrivals[next];
      if (timePs > untilPs) break;
      batch.push(timePs, bytes);
    }
    const reply = device.step(untilPs, batch);
    nowPs = reply.nowPs;
    expect(nowPs).toBe(untilPs);
    for (let i = 0; i < reply.tlps.count; i++) {
      sent.push({ timePs: reply.tlps.timePs(i), hex: bytesToHex(reply.tlps.bytes(i)) });
    }
  }
  return sent;
}

describe('steps', () => {
  it('of any length give the same TLPs at the same times', () => {
    const recorded = runStress(5, 25, { character: 'drawn' });
    const whole = replay(recorded, 5, (now) => now + LOOKAHEAD_PS);
    expect(whole.length).toBeGreaterThan(500);
    expect(replay(recorded, 5, (now) => now + 10_000)).toEqual(whole);
    expect(replay(recorded, 5, (now) => now + 1 + ((now * 7919) % LOOKAHEAD_PS))).toEqual(whole);
    const ends = [...recorded.arrivals.map(({ timePs }) => timePs), Infinity];
    let at = 0;
    const atArrivals = (now: number): number => {
      while (ends[at] <= now) at++;
      return Math.min(ends[at], now + LOOKAHEAD_PS);
    };
    expect(replay(recorded, 5, atArrivals)).toEqual(whole);
  });

  it('of 1 ns give the same TLPs as of 250 ns', () => {
    const short = new TestHost({ quantumPs: 1000, character: 'drawn' }).boot();
    const long = new TestHost({ character: 'drawn' }).boot();
    // Completions free the host to go on: it looks only every quantum, so compare what does not wait for it.
    const recorded = long;
    recorded.openSdi(0);
    const whole = replay(recorded, 1, (now) => now + LOOKAHEAD_PS);
    expect(replay(recorded, 1, (now) => now + 1000)).toEqual(whole);
    expect(short.seen.length).toBe(replay(short, 1, (now) => now + 1000).length);
  });

  it('are repeatable, and another seed has other times', () => {
    const recorded = runStress(6, 10, { character: 'drawn' });
    const cut = (now: number): number => now + LOOKAHEAD_PS;
    expect(replay(recorded, 6, cut)).toEqual(replay(recorded, 6, cut));
    expect(replay(recorded, 7, cut)).not.toEqual(replay(recorded, 6, cut));
  });

  it('never send before nextPs', () => {
    const host = new TestHost({ quantumPs: 50_000 }).boot();
    const queue = host.openSdi(0);
    host.post(queue.ring, 16, 0, { opcode: 2, length: 3000, destination: 0x5000 });
    host.write(queue.page + PageRegister.TAIL, 1);
    let boundPs = 0;
    for (let i = 0; i < 400; i++) {
      const from = host.seen.length;
      const arrived = host.arrivals.length;
      host.run(50_000);
      if (host.arrivals.length === arrived) {
        for (const { timePs } of host.seen.slice(from)) {
          expect(timePs).toBeGreaterThanOrEqual(boundPs);
        }
      }
      boundPs = host.nextPs;
    }
    // Only the completion timer, armed for the fetch, may be left.
    host.run(70_000_000);
    expect(host.nextPs).toBe(Infinity);
  });

  it('longer than the look-ahead stop at the first TLP', () => {
    const host = new TestHost().boot();
    const empty = new PacketBatch();
    const { device } = host;
    const idle = device.step(host.nowPs + 1_000_000_000, empty);
    expect(idle).toMatchObject({ nowPs: host.nowPs + 1_000_000_000, nextPs: Infinity });
    const later = new TestHost().boot();
    const queue = later.openSdi(0);
    const arrivesPs = later.write(queue.page + PageRegister.TAIL, 1);
    later.runTo(arrivesPs);
    const reply = later.device.step(later.nowPs + 1_000_000_000, empty);
    expect(reply.tlps.count).toBe(1);
    expect(reply.nowPs).toBe(reply.tlps.timePs(0));
    expect(reply.nowPs).toBeLessThan(arrivesPs + 1_000_000);
    expect(reply.nextPs).toBeGreaterThan(reply.nowPs);
  });

  it('that go back, or bring TLPs outside their time, are refused', () => {
    const { device } = new TestHost();
    const batch = new PacketBatch();
    device.step(1000, batch);
    expect(() => device.step(1000, batch)).toThrow('STEP goes forward');
    batch.push(1000, new Uint8Array(12));
    expect(() => device.step(2000, batch)).toThrow('a TLP arrives within the STEP');
    expect(() => device.step(10_000_000, batch)).toThrow('brings no TLPs');
  });
});

describe('bounds', () => {
  it('every non-posted request of the host is completed within 20 µs', () => {
    const host = runStress(3, 40);
    const times = host.arrivals.flatMap(({ timePs, bytes }) => {
      const tlp = decodeTlp(bytes);
      return isMalformed(tlp) || !isNonPosted(tlp.kind) ? [] : [timePs];
    });
    const completed = host.seen.filter(({ tlp }) => isCompletion(tlp.kind));
    expect(completed.length).toBe(times.length);
    completed.forEach(({ timePs }, i) => expect(timePs - times[i]).toBeLessThan(20_000_000));
  });

  it.each([1, 4, 64])('work ends within the bound of SRD §4 with %i engines', (engineCount) => {
    const host = new TestHost({ params: { engineCount } }).boot(128, 128);
    host.answerDelayPs = () => 4_000_000;
    const queues = Array.from({ length: 20 }, (_, sdi) => host.openSdi(sdi));
    let bytes = 0;
    for (const { ring, page } of queues) {
      for (let n = 0; n < 4; n++) {
        bytes += 3000;
        host.post(ring, 16, n, { opcode: 1, length: 3000, source: 0x1000, destination: 0x9000 });
      }
      host.write(page + PageRegister.TAIL, 4);
    }
    const boundNs = 100_000 + 50_000 + 80 * 20_000 + bytes * 100;
    const isDone = (): boolean => (host.read(BAR0 + 0x10) & 2) === 0;
    host.run(2_000_000);
    host.runUntil(isDone, boundNs * 1000);
    for (const { page } of queues) expect(host.read(page + PageRegister.OPS)).toBe(4);
  });
});

describe('a large device', () => {
  it('is cheap to make, and an idle one does nothing', () => {
    const host = new TestHost({ params: { profile: 'hyperscale' } }).boot();
    const last = 16_383;
    const queue = host.openSdi(0);
    expect(host.create(last, { firstPage: 32_767, firstVector: 32_764 })).toBe(0);
    expect(host.execute(queue, [{}])[0].status).toBe(0);
    host.run(2_000_000);
    expect(host.nextPs === Infinity || host.nextPs > host.nowPs).toBe(true);
    const reads = host.seen.filter(({ tlp }) => isMemoryRead(tlp.kind)).length;
    host.run(200_000_000);
    expect(host.nextPs).toBe(Infinity);
    expect(host.seen.filter(({ tlp }) => isMemoryRead(tlp.kind)).length).toBe(reads);
  });
});
