// Stage cuts: the same session (the same TLPs at the same times) under other cuttings of time into STEPs gives the same TLPs at
// the same times. Source: DUT protocol, first paragraph and STEP.
import { bytesEqual } from '#base/bytes';
import { formatTime } from '#base/time-text';
import { configRead } from '#pcie/build';
import { imsEntryOffset, VectorEntry } from '#siov/srd-registers';
import { WorkOpcode, WorkStatus } from '#siov/work';
import { AdminOpcode, BAR0, BAR2, Bench, BUS, Command, ConfigOffset } from '../bench.ts';
import { Finding } from '../finding.ts';
import type { TimedBytes } from '../frames.ts';
import type { ConformHost } from '../host.ts';
import { HOST_RID, refusal } from '../host.ts';
import { hexText, tlpLine } from '../link-text.ts';
import { DUT, SRD } from '../paragraphs.ts';
import { Registers } from '../registers.ts';
import type { Session } from '../session.ts';
import type { ConformStep, StepKit } from '../step.ts';
import { openTenant } from '../tenant.ts';
import { resetBoundNs } from './admin-steps.ts';
import { copyJob, fillJob } from './dma-steps.ts';

const LOW = 0x2000_0000;
const HIGH = 0x20_0000_0000;
const MESSAGES = 0xfee0_1000;
const RANDOM_SEEDS = [1, 2, 3];
const TAIL_PS = 5_000_000;
/** Where the BARs of a device are placed whose registers are not known, 256 MiB for each. */
const PROBE_BASE = 0x9000_0000;
const PROBE_BYTES = 0x1000_0000;
const PROBE_OFFSETS = [0, 4, 8, 0x10, 0x40, 0x100, 0xffc];
const BAR_COUNT = 6;
const BAR_IS_IO = 1;
const BAR_IS_64_BIT = 4;
/** STEPs end so long before and after each event, too. */
const NEAR_PS = 1;

/** What a session was: what arrived, and when; what left. */
interface Recording {
  readonly arrivals: ConformHost['arrivals'];
  readonly endPs: number;
  readonly seen: readonly TimedBytes[];
}

/** Where the STEP that begins now is to end, at the latest; `isIdle`: no TLP is under way to the device. */
type Cut = (nowPs: number, isIdle: boolean) => number;

const CUTS: readonly {
  readonly name: string;
  readonly title: string;
  readonly make: (recording: Recording, aheadPs: number) => Cut;
}[] = [
  {
    name: 'look-ahead',
    title: 'in STEPs of the look-ahead, idle time included',
    make: (_recording, aheadPs) => (nowPs) => nowPs + aheadPs,
  },
  {
    name: 'idle-skipped',
    title: 'in STEPs as long as nothing is under way to the device',
    make: (recording, aheadPs) => (nowPs, isIdle) => (isIdle ? recording.endPs : nowPs + aheadPs),
  },
  {
    name: 'at-events',
    title: 'with STEPs that end 1 ps before, at and 1 ps after each TLP',
    make: (recording, aheadPs) => {
      const ends = eventEnds(recording);
      let at = 0;
      return (nowPs) => {
        while (at < ends.length && ends[at] <= nowPs) at++;
        return Math.min(ends[at] ?? Infinity, nowPs + aheadPs);
      };
    },
  },
  ...RANDOM_SEEDS.map((seed) => ({
    name: `random-${seed}`,
    title: `in STEPs of fixed random lengths (seed ${seed})`,
    make: (_recording: Recording, aheadPs: number): Cut => {
      let state = seed;
      return (nowPs) => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        // Short ones, too: a third of them below 1/64 of the look-ahead.
        const top = state % 3 === 0 ? aheadPs / 64 : aheadPs;
        return nowPs + 1 + Math.floor(((state >>> 8) / 2 ** 24) * (top - 1));
      };
    },
  })),
];

export const CUT_STEPS: readonly ConformStep[] = CUTS.map(({ name, title, make }) => ({
  name,
  title: `the same session ${title} is the same`,
  paragraph: DUT.CUTS,
  run: async (kit) => {
    const recording = await record(kit);
    const session = await kit.open();
    await session.hello(kit.greeting);
    const seen = await replay(session, recording, make(recording, session.lookaheadPs));
    compare(session, recording.seen, seen);
  },
}));

/**
 * A session with a bit of everything; the host's answers depend on the device's TLPs alone. What is wrong with it is the affair of
 * other stages, and a device of another kind is asked for what it has: here only the cuts matter.
 */
async function record(kit: StepKit): Promise<Recording> {
  const host = await kit.host();
  host.isStrict = false;
  for (const part of [enumerated, kit.isSrd ? worked : probed]) {
    try {
      await part(host);
    } catch (error) {
      if (!(error instanceof Finding)) throw error;
    }
    await host.run(TAIL_PS);
  }
  await host.reset('hot');
  try {
    await enumerated(host);
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
  }
  await host.run(TAIL_PS);
  return { arrivals: host.arrivals, endPs: host.nowPs, seen: host.sentBytes };
}

/** What every device has: a few reads and writes of its configuration space, several at a time, and of a function that is not there. */
async function enumerated(host: ConformHost): Promise<void> {
  const registers = new Registers(host);
  await registers.configure(ConfigOffset.COMMAND, 0, SRD.CAPTURE, { byteLength: 2, bus: BUS });
  const reads = [0, 4, 8, 0x10, 0x34, 0x100].map((offset) =>
    host.start(
      configRead({ requesterId: HOST_RID, destinationId: host.pfRid, offset, byteLength: 4 }),
    ),
  );
  for (const one of reads) await host.finish(one);
  await registers.configCompletion(host.pfRid + 0x80, 0);
}

/** A device whose registers nobody here knows: its BARs are placed, and the first DWs behind each are read, several at a time. */
async function probed(host: ConformHost): Promise<void> {
  const registers = new Registers(host);
  const places: number[] = [];
  for (let bar = 0; bar < BAR_COUNT; bar++) {
    const offset = ConfigOffset.BAR0 + 4 * bar;
    await registers.configure(offset, PROBE_BASE + bar * PROBE_BYTES, SRD.CONFIG_SPACE);
    const low = await registers.config(offset, SRD.CONFIG_SPACE);
    if ((low & BAR_IS_IO) !== 0 || low >>> 4 === 0) continue;
    places.push(((low >>> 4) * 16) >>> 0);
    if ((low & BAR_IS_64_BIT) === 0) continue;
    bar++;
    await registers.configure(offset + 4, 0, SRD.CONFIG_SPACE);
  }
  const on = { byteLength: 2 };
  await registers.configure(ConfigOffset.COMMAND, Command.MEMORY_SPACE, SRD.CONFIG_SPACE, on);
  const addresses = places.flatMap((place) => PROBE_OFFSETS.map((offset) => place + offset));
  const reads = addresses.map((address) => host.start(registers.readTlp(address)));
  for (const one of reads) await host.finish(one);
}

/** Work, an interrupt, an error, a reset with work in flight. */
async function worked(host: ConformHost): Promise<void> {
  const bench = new Bench(host);
  await bench.boot();
  const { registers } = bench;
  const tenant = await openTenant(bench, 0);
  const { place } = tenant;
  const rid = tenant.rid;
  host.buffers.map({ name: 'the message', address: MESSAGES, byteLength: 4, access: 'write', rid });
  const interrupt = place.vectorCount > 0;
  if (interrupt) {
    const entry = BAR0 + imsEntryOffset(place.firstVector);
    registers.write(entry + VectorEntry.ADDRESS_LOW, MESSAGES);
    registers.write(entry + VectorEntry.CONTROL, 0);
  }
  const done = { status: WorkStatus.DONE, bytes: 0 };
  await tenant.perform([
    copyJob(tenant, 900, [LOW + 3, HIGH + 0xff1]),
    fillJob(tenant, 300, LOW + 0x2000),
  ]);
  await tenant.perform([{ work: { opcode: WorkOpcode.NOP, interrupt }, outcome: done }]);
  await host.request(registers.readTlp(BAR2 + 0x1000 * (bench.params.pageCount - 1)));
  host.answer = (request) =>
    request.address >= LOW && request.address < LOW + 64 ? refusal(request) : 'usual';
  tenant.put(copyJob(tenant, 200, [LOW, HIGH]).work);
  tenant.doorbell();
  await host.run(TAIL_PS / 2);
  const about = { by: SRD.RESET_SDI, boundNs: resetBoundNs(bench.params) };
  await bench.expectCommand(AdminOpcode.RESET_SDI, [place.sdi], about);
  await bench.enable(place);
  tenant.start();
  await tenant.perform([fillJob(tenant, 64, LOW + 0x3000)]);
}

function eventEnds({ arrivals, seen }: Recording): number[] {
  const times = [...arrivals, ...seen].map(({ timePs }) => timePs);
  const ends = times.flatMap((timePs) => [timePs - NEAR_PS, timePs, timePs + NEAR_PS]);
  return [...new Set(ends)].sort((a, b) => a - b);
}

/** Plays a recording to a fresh device, with time cut as `cut` says. */
async function replay(session: Session, recording: Recording, cut: Cut): Promise<TimedBytes[]> {
  const { arrivals, endPs } = recording;
  const seen: TimedBytes[] = [];
  let at = 0;
  while (session.nowPs < endPs || at < arrivals.length) {
    const next = arrivals[at];
    if (next !== undefined && 'reset' in next && next.timePs === session.nowPs) {
      await session.reset(next.reset);
      at++;
      continue;
    }
    const untilPs = stepEnd(session, recording, { at, cut });
    const arriving: TimedBytes[] = [];
    for (; at < arrivals.length; at++) {
      const one = arrivals[at];
      if ('reset' in one || one.timePs > untilPs) break;
      arriving.push(one);
    }
    seen.push(...(await session.step(untilPs, arriving)).tlps);
  }
  return seen;
}

/** A STEP longer than the look-ahead brings no TLP; none goes past a reset or the end. */
function stepEnd(
  { nowPs, lookaheadPs }: Session,
  { arrivals, endPs }: Recording,
  { at, cut }: { readonly at: number; readonly cut: Cut },
): number {
  const nextPs = arrivals[at]?.timePs ?? endPs;
  const isIdle = nextPs > nowPs + lookaheadPs;
  const wantedPs = Math.max(nowPs + 1, cut(nowPs, isIdle));
  const resetPs = arrivals.slice(at).find((one) => 'reset' in one)?.timePs ?? endPs;
  const idlePs = isIdle ? nextPs - lookaheadPs : nowPs + lookaheadPs;
  return Math.min(wantedPs, Math.max(idlePs, nowPs + 1), resetPs, endPs);
}

function compare(
  session: Session,
  wanted: readonly TimedBytes[],
  seen: readonly TimedBytes[],
): void {
  const length = Math.max(wanted.length, seen.length);
  for (let i = 0; i < length; i++) {
    const [a, b] = [wanted[i], seen[i]];
    if (
      a !== undefined &&
      b !== undefined &&
      a.timePs === b.timePs &&
      bytesEqual(a.bytes, b.bytes)
    ) {
      continue;
    }
    const text = (one: TimedBytes | undefined): string =>
      one === undefined
        ? `no TLP ${i + 1}`
        : `TLP ${i + 1} at ${formatTime(one.timePs)}: ${tlpLine(one.bytes)}\n${hexText(one.bytes)}`;
    session.sent = 'the same TLPs at the same times as before, in other STEPs';
    throw session.finding({ paragraph: DUT.CUTS, seen: text(b), expected: text(a) });
  }
}
