// A random scenario for the device alone: several SDIs and VFs with work of all opcodes, resets, quiesce, masks, Bus
// Master Enable, splits and reordered answers. It checks nothing by itself; tests look at what was seen.
import { RandomStream } from '#random/random-stream';
import { AdminOpcode } from '#siov/srd-admin';
import { PageRegister } from '#siov/srd-registers';
import { WorkOpcode } from '#siov/work';
import type { WorkDescription } from '#siov/host-event';
import {
  BAR0,
  BAR2,
  TestHost,
  VF_BAR0,
  type QueuePlaces,
  type TestHostOptions,
} from './test-host.ts';

const SDI_COUNT = 6;
const VF_COUNT = 2;
const ENTRIES = 16;

/** One queue of the scenario and what is known of it. */
interface Lane {
  readonly places: QueuePlaces;
  readonly base: number;
  readonly sdi: number | undefined;
  posted: number;
}

/** Runs the scenario of a seed; returns the host with all that was seen. */
export function runStress(seed: number, rounds: number, options: TestHostOptions = {}): TestHost {
  const random = new RandomStream(`stress ${seed}`);
  const host = new TestHost({
    splitBytes: 64,
    fillsMemory: true,
    seed: String(seed),
    ...options,
  }).boot(random.pick([128, 512]), random.pick([128, 256, 512]));
  const answers = new RandomStream(`answers ${seed}`);
  host.answerDelayPs = () => answers.range(50_000, answers.chance(1, 10) ? 4_000_000 : 800_000);
  host.configWrite(0x196, 1, 1);
  host.configWrite(0x160, VF_COUNT, 2);
  host.configWrite(0x174, VF_BAR0);
  host.configWrite(0x158, 0x9, 1);
  const lanes: Lane[] = [];
  for (let sdi = 0; sdi < SDI_COUNT; sdi++) lanes.push(openLane(host, sdi));
  for (let n = 1; n <= VF_COUNT; n++) lanes.push(openVfLane(host, n));
  for (let round = 0; round < rounds; round++) {
    playRound(host, random, lanes);
    host.run(random.range(100_000, 6_000_000));
  }
  host.run(300_000_000);
  return host;
}

function openLane(host: TestHost, sdi: number): Lane {
  host.create(sdi, { firstPage: 2 * sdi, pageCount: 2 });
  const base = 0x10_0000_0000 * (sdi % 2) + 0x1000_0000 * (sdi + 1);
  const places = {
    page: BAR2 + 2 * sdi * 4096,
    ring: base,
    records: base + 0x8000,
    entries: ENTRIES,
  };
  const lane = { places, base, sdi, posted: 0 };
  restart(host, lane);
  return lane;
}

function openVfLane(host: TestHost, n: number): Lane {
  host.configWrite(0x04, 4, 2, 0x100 + n);
  host.configWrite(0x53, 0x80, 1, 0x100 + n);
  const base = 0xa000_0000 + 0x1000_0000 * n;
  const page = VF_BAR0 + 4096 * (n - 1);
  const places = { page, ring: base, records: base + 0x8000, entries: ENTRIES };
  const lane = { places, base, sdi: undefined, posted: 0 };
  for (let v = 0; v < 2; v++) {
    host.write(page + 0x800 + 16 * v, 0xfee0_0000 + 4096 * (n + 40) + 8 * v);
    host.write(page + 0x808 + 16 * v, 1000 * n + v);
    host.write(page + 0x80c + 16 * v, 0);
  }
  host.startQueue(page, places.ring, ENTRIES, places.records);
  return lane;
}

/** After CREATE or a reset: programs vectors and queue anew. */
function restart(host: TestHost, lane: Lane): void {
  const { sdi, places } = lane;
  if (sdi === undefined) return;
  lane.posted = 0;
  for (let v = 0; v < 4; v++) {
    const entry = BAR0 + 0x1_0000 + 16 * (4 * sdi + v);
    host.write(entry, 0xfee0_0000 + 4096 * sdi + 8 * v);
    host.write(entry + 8, 100 * sdi + v);
    host.write(entry + 12, v === 3 ? 1 : 0);
  }
  host.write(places.page + PageRegister.PASID, sdi % 3 === 0 ? 0x8000_0000 + sdi : 0);
  host.enable(sdi);
  host.startQueue(places.page, places.ring, ENTRIES, places.records);
}

function playRound(host: TestHost, random: RandomStream, lanes: Lane[]): void {
  const lane = random.pick(lanes);
  switch (random.weighted([12, 2, 1, 1, 1, 1, 1])) {
    case 0:
      post(host, random, lane);
      return;
    case 1:
      if (lane.sdi === undefined) return;
      host.command(AdminOpcode.RESET_SDI, [lane.sdi]);
      restart(host, lane);
      return;
    case 2:
      if (lane.sdi === undefined) return;
      host.command(AdminOpcode.QUIESCE_SDI, [lane.sdi]);
      host.run(3_000_000);
      host.enable(lane.sdi);
      return;
    case 3:
      host.write(lane.places.page + 0x100 + 4 * random.below(16), random.uint32());
      host.readTlp(lane.places.page + 0x100);
      return;
    case 4:
      host.configWrite(0x04, 2, 2);
      host.run(random.range(500_000, 3_000_000));
      host.configWrite(0x04, 6, 2);
      return;
    case 5:
      readEverything(host, lane);
      return;
    default:
      toggleMask(host, random, lane);
  }
}

function toggleMask(host: TestHost, random: RandomStream, lane: Lane): void {
  if (lane.sdi === undefined) return;
  const entry = BAR0 + 0x1_0000 + 16 * (4 * lane.sdi + 3);
  host.write(entry + 12, random.below(2));
}

function readEverything(host: TestHost, lane: Lane): void {
  for (let at = 0; at < 0x30; at += 8) host.readTlp(lane.places.page + at, 8);
  host.read(BAR0 + 0x18);
  host.read(BAR0 + 0x1c);
  host.config(0x1a8);
  host.configRead(0x202, 0, 1);
  if (lane.sdi !== undefined) host.command(AdminOpcode.QUERY_SDI, [lane.sdi]);
  host.results();
}

function post(host: TestHost, random: RandomStream, lane: Lane): void {
  const { places } = lane;
  const head = host.read(places.page + PageRegister.HEAD);
  if (head > 0xffff) return;
  const free = ENTRIES - ((lane.posted - head) & 0xffff);
  const count = Math.min(free, random.range(1, 6));
  for (let i = 0; i < count; i++) {
    host.post(places.ring, ENTRIES, lane.posted, drawWork(random, lane));
    lane.posted = (lane.posted + 1) & 0xffff;
  }
  host.write(places.page + PageRegister.TAIL, lane.posted);
}

function drawWork(random: RandomStream, lane: Lane): Partial<WorkDescription> {
  const opcode = random.below(7);
  const isAtomic = opcode >= WorkOpcode.FETCH_ADD;
  const length = isAtomic ? random.pick([4, 8]) : random.range(1, random.pick([16, 600, 9000]));
  const skew = isAtomic ? 0 : random.below(4096);
  return {
    opcode,
    length,
    source: lane.base + 0x10_0000 + random.below(4096),
    destination: lane.base + 0x20_0000 + skew,
    operandA: random.bytes(8),
    operandB: random.bytes(8),
    interrupt: random.chance(1, 2),
    vector: random.below(lane.sdi === undefined ? 2 : 4),
    noRecord: random.chance(1, 8),
    relaxedOrdering: random.bool(),
    reserved: random.chance(1, 30),
  };
}
