// The character of a device: what it draws is legal, each habit shows in what the device does, and a device of any
// character keeps the rules of SRD §7 for requests.
import { describe, expect, it } from 'vitest';
import { Cut, drawCharacter, TagChoice, type Character } from '#device/character';
import { USUAL_LATENCIES } from '#device/timing';
import { memoryRead } from '#pcie/build';
import { requestFaults } from '#pcie/rules';
import { isCompletion, isMemoryRead, isMemoryWrite } from '#pcie/tlp';
import { RandomStream } from '#random/random-stream';
import { AdminOpcode } from '#siov/srd-admin';
import { defaultParams } from '#siov/srd-params';
import { PageRegister, PfRegister } from '#siov/srd-registers';
import { WorkOpcode } from '#siov/work';
import { runStress } from './stress.ts';
import { BAR0, BAR2, pattern, TestHost, type QueuePlaces } from './test-host.ts';

const US = 1_000_000;
const COPY = { opcode: WorkOpcode.COPY, length: 700, source: 0x100_0003, destination: 0x200_0005 };

/** A device of these habits with one running queue. */
function hostWith(character: Partial<Character>): { host: TestHost; queue: QueuePlaces } {
  const host = new TestHost({ character }).boot(512, 256);
  const queue = host.openSdi(0);
  host.poke(COPY.source, pattern(COPY.length));
  return { host, queue };
}

function rung(host: TestHost, queue: QueuePlaces, work: object = COPY): number {
  host.post(queue.ring, queue.entries, 0, work);
  return host.write(queue.page + PageRegister.TAIL, 1);
}

describe('a drawn character', () => {
  it('is legal in every value (SRD §4, §7, §9), and each habit is drawn', () => {
    const seen = new Map<string, Set<string>>();
    for (let seed = 1; seed <= 400; seed++) {
      const engineCount = [1, 4, 64][seed % 3];
      const random = new RandomStream(`character ${seed}`);
      const one = drawCharacter(random, { ...defaultParams(), engineCount });
      expect(one.ingressPs + one.egressPs + one.restPs).toBeLessThan(0.85 * US);
      expect(one.errorDelayPs).toBeLessThan(US);
      expect(64 % one.fetchBytes).toBe(0);
      expect(one.timeout[0]).toBeGreaterThanOrEqual(1000);
      expect(one.timeout[1]).toBeLessThanOrEqual(2000);
      expect(one.placeCount).toBeGreaterThan(0);
      expect(one.placeCount).toBeLessThanOrEqual(one.tagChoice === TagChoice.POOL ? 32 : 64);
      expect(one.readsMax).toBeGreaterThan(0);
      expect(one.readsMax).toBeLessThanOrEqual(16);
      expect(one.filler).toBe(one.filler & 0xff);
      const { completion, command, sdiReset, pfReset, vfReset, decode, count } = one.latencies;
      expect(completion[1]).toBeLessThan(15 * US);
      expect(command[1]).toBeLessThan(9 * US);
      expect(sdiReset[1]).toBeLessThan(20 * US);
      expect(Math.max(pfReset[1], vfReset[1])).toBeLessThan(95 * US);
      expect(Math.max(decode[1], count[1])).toBeLessThan(US);
      for (const [habit, value] of Object.entries(one)) {
        seen.set(habit, (seen.get(habit) ?? new Set()).add(JSON.stringify(value)));
      }
    }
    for (const [habit, values] of seen) expect(values.size, habit).toBeGreaterThan(1);
  });

  it('is the same for the same seed, and another for another', () => {
    const draw = (seed: string): Character =>
      drawCharacter(new RandomStream(seed), defaultParams());
    expect(draw('1')).toEqual(draw('1'));
    expect(draw('1')).not.toEqual(draw('2'));
  });
});

describe('a device of any character', () => {
  it.each(Array.from({ length: 12 }, (_, i) => i + 1))('keeps the rules: seed %i', (seed) => {
    const host = runStress(seed, 12, { character: 'drawn' });
    const limits = { maxPayloadBytes: host.maxPayload, maxReadRequestBytes: 512 };
    const requests = host.seen.filter(({ tlp }) => !isCompletion(tlp.kind));
    expect(requests.length).toBeGreaterThan(20);
    for (const { tlp } of requests) expect(requestFaults(tlp, limits)).toEqual([]);
    expect(host.read(BAR0 + PfRegister.ERRORS)).toBe(0);
  });
});

describe('requests', () => {
  it('a fetch in four reads, the last part first', () => {
    const { host, queue } = hostWith({ fetchBytes: 16, fetchesBackwards: true });
    const from = host.seen.length;
    rung(host, queue);
    host.run(20 * US);
    const fetches = host.readsFrom(from).filter(({ address }) => address >= queue.ring);
    expect(fetches.map(({ address }) => address - queue.ring)).toEqual([48, 32, 16, 0]);
    expect(fetches.every(({ lengthDw }) => lengthDw === 4)).toBe(true);
    expect(host.peek(COPY.destination, COPY.length)).toEqual(pattern(COPY.length));
    expect(host.record(queue.records, queue.entries, 0)).toMatchObject({ status: 0, n: 0 });
  });

  it('a fetch of which one part is never answered halts the queue', () => {
    const { host, queue } = hostWith({ fetchBytes: 16, latencies: USUAL_LATENCIES });
    host.answer = (tlp) => (tlp.address === queue.ring ? 'drop' : undefined);
    rung(host, queue);
    host.run(150 * US);
    expect(host.read(queue.page + PageRegister.STATE)).toBe(0x1305);
    expect(host.read(queue.page + PageRegister.HEAD)).toBe(0);
  });

  it.each([
    [Cut.FULL, [253, 256, 191]],
    [Cut.ALIGNED, [253, 256, 191]],
    [Cut.LINE, [253, 256, 191]],
  ])('source reads with cut %i', (cut, sizes) => {
    const { host, queue } = hostWith({ reads: { bytesMax: 256, cut } });
    const from = host.seen.length;
    rung(host, queue);
    host.run(20 * US);
    const reads = host.readsFrom(from).filter(({ address }) => address < 0x200_0000);
    const ends = [...reads.slice(1).map(({ address, firstBe }) => address + skipped(firstBe))];
    ends.push(COPY.source + COPY.length);
    let at = COPY.source;
    expect(ends.map((end) => [end - at, (at = end)][0])).toEqual(sizes);
  });

  it('reads planned four at a time leave last first', () => {
    const { host, queue } = hostWith({ readsPlanned: 4, reads: { bytesMax: 128, cut: Cut.FULL } });
    const from = host.seen.length;
    rung(host, queue);
    host.run(20 * US);
    const reads = host.readsFrom(from).filter(({ address }) => address < 0x200_0000);
    const addresses = reads.map(({ address }) => address);
    expect(addresses.slice(0, 4)).toEqual(addresses.slice(0, 4).sort((a, b) => b - a));
    expect(host.peek(COPY.destination, COPY.length)).toEqual(pattern(COPY.length));
  });

  it('bytes that are not enabled hold the filler', () => {
    const { host, queue } = hostWith({ filler: 0xff });
    const from = host.seen.length;
    rung(host, queue);
    host.run(20 * US);
    const first = host.writesFrom(from)[0];
    expect([first.firstBe, first.payload[0]]).toEqual([0b1110, 0xff]);
  });

  it.each([
    [TagChoice.LOWEST, (tags: number[]) => new Set(tags).size < 8],
    [TagChoice.ROUND, (tags: number[]) => tags.every((tag, i) => tag === tags[0] + i)],
    [TagChoice.RANDOM, (tags: number[]) => tags.some((tag) => tag > 64)],
  ])('tags by choice %i', (tagChoice, holds) => {
    const { host, queue } = hostWith({
      tagChoice,
      readsMax: 2,
      reads: { bytesMax: 64, cut: Cut.FULL },
    });
    const from = host.seen.length;
    host.answerDelayPs = () => 0;
    rung(host, queue);
    host.run(20 * US);
    const tags = host.readsFrom(from).map(({ tag }) => tag);
    expect(tags.length).toBeGreaterThan(8);
    expect(holds(tags)).toBe(true);
  });

  it('tags of one pool: two RIDs never hold the same one', () => {
    const { host, queue } = hostWith({ tagChoice: TagChoice.POOL, placeCount: 32 });
    const other = host.openSdi(1);
    host.answer = () => 'drop';
    const from = host.seen.length;
    for (const each of [queue, other]) rung(host, each);
    host.run(5 * US);
    const reads = host.readsFrom(from);
    expect(new Set(reads.map(({ requesterId }) => requesterId)).size).toBe(2);
    expect(new Set(reads.map(({ tag }) => tag)).size).toBe(reads.length);
  });
});

describe('moments', () => {
  it.each([1000, 2000])('the completion timeout strikes at %i thousandths', (share) => {
    const { host, queue } = hostWith({ timeout: [share, share] });
    host.answer = () => 'drop';
    const from = host.seen.length;
    rung(host, queue);
    host.run(US);
    const leftPs = host.seen.slice(from).find(({ tlp }) => isMemoryRead(tlp.kind))?.timePs ?? 0;
    const strikesPs = leftPs + share * 50_000;
    host.runTo(strikesPs - US);
    expect(host.read(queue.page + PageRegister.STATE)).toBe(3);
    host.runTo(strikesPs + US);
    expect(host.read(queue.page + PageRegister.STATE)).toBe(0x1305);
  });

  it('an effect comes ingress late, and requests leave up to egress late, in order', () => {
    const plain = hostWith({});
    const late = hostWith({ ingressPs: 300_000, egressPs: 300_000 });
    const firstFetch = ({ host, queue }: { host: TestHost; queue: QueuePlaces }): number => {
      const from = host.seen.length;
      const arrivesPs = rung(host, queue);
      host.run(3 * US);
      const fetch = host.seen.slice(from).find(({ tlp }) => isMemoryRead(tlp.kind));
      return (fetch?.timePs ?? 0) - arrivesPs;
    };
    expect(firstFetch(plain)).toBeLessThan(100_000);
    expect(firstFetch(late)).toBeGreaterThanOrEqual(300_000);
    const times = late.host.seen.map(({ timePs }) => timePs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('ERRORS shows what happened within 1 µs, not before its delay', () => {
    const { host } = hostWith({ errorDelayPs: 900_000 });
    const request = memoryRead({ requesterId: 0, address: BAR2 + 0x10_0000, byteLength: 4 });
    const arrivesPs = host.send(request);
    host.runTo(arrivesPs);
    expect(host.read(BAR0 + PfRegister.ERRORS)).toBe(0);
    host.runTo(arrivesPs + US);
    expect(host.read(BAR0 + PfRegister.ERRORS)).toBe(0x11);
  });

  it.each([
    [[0, 0] as const, 0],
    [[1000, 1000] as const, 1],
  ])('a command takes effect at %j of its duration', (effect, status) => {
    const command = [5 * US, 5 * US] as const;
    const latencies = { ...USUAL_LATENCIES, command };
    const host = new TestHost({ character: { effect, latencies } }).boot();
    host.startCommand(AdminOpcode.CREATE_SDI, [3, 0, 7, 1, 0, 0]);
    host.run(US);
    expect(host.readTlp(BAR2 + 7 * 4096).status).toBe(status);
    expect(host.awaitCommand()).toBe(0);
    expect(host.readTlp(BAR2 + 7 * 4096).status).toBe(0);
  });

  it.each([true, false])('a reset that finds all data done: ends as a whole %s', (isWhole) => {
    const latencies = { ...USUAL_LATENCIES, record: [4 * US, 4 * US] } as const;
    const { host, queue } = hostWith({ finishesAtReset: isWhole, latencies });
    const from = host.seen.length;
    rung(host, queue, { ...COPY, opcode: WorkOpcode.FILL });
    host.runUntil(() => host.writesFrom(from).length >= 2);
    host.run(US);
    host.command(AdminOpcode.RESET_SDI, [0]);
    const isRecord = ({ address }: { address: number }): boolean => address === queue.records;
    expect(host.writesFrom(from).some(isRecord)).toBe(isWhole);
    host.command(AdminOpcode.QUERY_SDI, [0]);
    expect(host.results()[3]).toBe(isWhole ? 1 : 0);
  });

  it('OPS counts after the record has left; a reset in between still counts', () => {
    const latencies = { ...USUAL_LATENCIES, count: [900_000, 900_000] } as const;
    const { host, queue } = hostWith({ latencies });
    const from = host.seen.length;
    rung(host, queue, {});
    host.runUntil(() => host.seen.slice(from).some(({ tlp }) => isMemoryWrite(tlp.kind)));
    host.command(AdminOpcode.RESET_SDI, [0]);
    host.command(AdminOpcode.QUERY_SDI, [0]);
    expect(host.results()[3]).toBe(1);
  });

  it.each([true, false])(
    'a fetch that waits for Bus Master Enable holds its engine: %s',
    (holds) => {
      const { host, queue } = hostWith({ holdsEngine: holds });
      host.configWrite(0x04, 2, 2);
      const latencies = { ...USUAL_LATENCIES, fetch: [2 * US, 2 * US] } as const;
      const slow = hostWith({ holdsEngine: holds, latencies });
      rung(slow.host, slow.queue);
      slow.host.run(US);
      slow.host.configWrite(0x04, 2, 2);
      slow.host.run(3 * US);
      expect(slow.host.read(slow.queue.page + PageRegister.STATE)).toBe(holds ? 3 : 1);
      slow.host.write(slow.queue.page + PageRegister.CTRL, 0);
      slow.host.run(US);
      expect(slow.host.read(slow.queue.page + PageRegister.STATE)).toBe(1);
      expect(host.read(queue.page + PageRegister.STATE)).toBe(1);
    },
  );
});

/** Bytes before the first enabled one. */
function skipped(firstBe: number): number {
  return Math.log2(firstBe & -firstBe);
}
