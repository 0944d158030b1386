// Stage stepping: time goes as STEP says, idle time is skipped, frames that break the rules are refused, RESET takes no time.
// Source: DUT protocol, STEP.
import { encodeTlp } from '#pcie/codec';
import { configRead } from '#pcie/build';
import { HOST_RID } from '../host.ts';
import { tlpLine } from '../link-text.ts';
import { DUT, SRD } from '../paragraphs.ts';
import type { TimedBytes } from '../frames.ts';
import type { Session } from '../session.ts';
import type { ConformStep, StepKit } from '../step.ts';
import { greeted } from './greeted.ts';

/** 2^32 ps is 4.3 ms. */
const BEYOND_32_BITS_PS = 4_400_000_000;
const IDLE_PS = 20_000_000;
const READ_BOUND_PS = 20_000_000;

export const STEPPING_STEPS: readonly ConformStep[] = [
  {
    name: 'idle',
    title: 'steps of the look-ahead and shorter pass, and an idle device sends nothing',
    paragraph: DUT.NOW,
    isBasic: true,
    run: idleSteps,
  },
  {
    name: 'answer',
    title: 'a Configuration Read that arrives in a STEP is completed, with the time it left',
    paragraph: DUT.SENT,
    isBasic: true,
    run: async (kit) => {
      const session = await greeted(kit);
      await awaitAnswer(session, [await stepWithRead(session, session.lookaheadPs)]);
    },
  },
  {
    name: 'long-idle',
    title: 'an idle STEP may be as long as the testbench likes, beyond 2^32 ps, too',
    paragraph: DUT.IDLE,
    run: async (kit) => {
      const session = await greeted(kit);
      await session.step(BEYOND_32_BITS_PS);
      await session.step(BEYOND_32_BITS_PS + session.lookaheadPs);
      await awaitAnswer(session, [await stepWithRead(session, session.lookaheadPs)]);
    },
  },
  {
    name: 'idle-stop',
    title: 'an idle STEP stops at the first TLP that the device sends',
    paragraph: DUT.IDLE,
    run: async (kit) => {
      // After steps of several lengths, so that the answer leaves in the long one, however fast it is.
      for (const moreTlps of [0, 1, 3]) {
        const session = await greeted(kit);
        const sent = [await stepWithRead(session, 1 + moreTlps, moreTlps)];
        while (answersIn(sent) <= moreTlps && session.nowPs < READ_BOUND_PS) {
          sent.push(await session.step(session.nowPs + IDLE_PS));
        }
      }
    },
  },
  {
    name: 'until-not-later',
    title: 'a STEP that does not go forward is answered by FATAL',
    paragraph: DUT.REFUSE,
    run: async (kit) => {
      for (const backPs of [0, 1]) {
        const session = await greeted(kit);
        await session.step(session.lookaheadPs);
        session.sendStep(session.nowPs - backPs, []);
        await session.expectFatal(DUT.REFUSE, 'until is not after now');
      }
    },
  },
  refusal('tlp-in-long-step', 'TLPs in a STEP longer than the look-ahead', (nowPs, aheadPs) => ({
    untilPs: nowPs + aheadPs + 1,
    times: [nowPs + aheadPs],
  })),
  refusal('tlp-too-early', 'a TLP that arrives at the time of now', (nowPs, aheadPs) => ({
    untilPs: nowPs + aheadPs,
    times: [nowPs],
  })),
  refusal('tlp-too-late', 'a TLP that arrives after until', (nowPs, aheadPs) => ({
    untilPs: nowPs + aheadPs - 1,
    times: [nowPs + aheadPs],
  })),
  refusal('tlp-going-back', 'TLPs whose times go back', (nowPs, aheadPs) => ({
    untilPs: nowPs + aheadPs,
    times: [nowPs + 2, nowPs + 1],
  })),
  {
    name: 'reset',
    title: 'RESET takes no time, and loses what is under way',
    paragraph: DUT.RESET,
    isBasic: true,
    run: resetLoses,
  },
];

async function idleSteps(kit: StepKit): Promise<void> {
  const session = await greeted(kit);
  const { lookaheadPs } = session;
  for (const lengthPs of [lookaheadPs, lookaheadPs - 1, 1, 1, 1000, lookaheadPs]) {
    const { tlps } = await session.step(session.nowPs + lengthPs);
    if (tlps.length === 0) continue;
    const seen = tlpLine(tlps[0].bytes);
    const expected = 'nothing: at power-up Bus Master Enable is 0, and nobody has asked';
    throw session.finding({ paragraph: SRD.BUS_MASTER, seen, expected });
  }
}

/** Reads of Vendor ID from the PF; their tags count up. */
function readsAt(times: readonly number[]): TimedBytes[] {
  return times.map((timePs, tag) => {
    const target = { destinationId: 0, offset: 0, byteLength: 4 };
    return { timePs, bytes: encodeTlp(configRead({ requesterId: HOST_RID, tag, ...target })) };
  });
}

/** A STEP of `lengthPs` at whose very end `1 + more` reads arrive. */
async function stepWithRead(
  session: Session,
  lengthPs: number,
  more = 0,
): Promise<{ readonly tlps: readonly TimedBytes[] }> {
  const untilPs = session.nowPs + lengthPs;
  return session.step(untilPs, readsAt(Array.from({ length: 1 + more }, () => untilPs)));
}

function answersIn(replies: readonly { readonly tlps: readonly TimedBytes[] }[]): number {
  return replies.reduce((sum, { tlps }) => sum + tlps.length, 0);
}

/** Steps until one TLP has come, in these replies or later; it has to be a completion. */
async function awaitAnswer(
  session: Session,
  replies: { readonly tlps: readonly TimedBytes[] }[],
): Promise<void> {
  const { sent } = session;
  const limitPs = session.nowPs + READ_BOUND_PS;
  while (answersIn(replies) === 0 && session.nowPs < limitPs) {
    replies.push(await session.step(Math.min(limitPs, session.nowPs + session.lookaheadPs)));
  }
  const [first] = replies.flatMap(({ tlps }) => tlps);
  session.sent = sent;
  const text = first === undefined ? 'nothing within 20 us' : tlpLine(first.bytes);
  if (text.startsWith('CplD')) return;
  const expected = 'a completion with data within 20 us';
  throw session.finding({ paragraph: SRD.PROGRESS_READ, seen: text, expected });
}

async function resetLoses(kit: StepKit): Promise<void> {
  for (const kind of ['cold', 'hot'] as const) {
    const session = await greeted(kit);
    await session.step(session.lookaheadPs);
    const { tlps } = await stepWithRead(session, 1);
    const { sent } = session;
    await session.reset(kind);
    const { nowPs } = session;
    // Time has not gone on: 1 ps later is later, the same time is not.
    const short = await session.step(nowPs + 1);
    const after = [short, await session.step(nowPs + IDLE_PS)];
    const [late] = after.flatMap((reply) => reply.tlps);
    if (tlps.length === 0 && late !== undefined) {
      session.sent = `${sent}\nRESET ${kind}`;
      const seen = `after the reset, ${tlpLine(late.bytes)}`;
      throw session.finding({
        paragraph: DUT.RESET,
        seen,
        expected: 'no answer: the read is lost',
      });
    }
    await awaitAnswer(session, [await stepWithRead(session, session.lookaheadPs)]);
  }
}

/** A step that sends one STEP which no device may take. */
function refusal(
  name: string,
  what: string,
  make: (nowPs: number, aheadPs: number) => { readonly untilPs: number; readonly times: number[] },
): ConformStep {
  return {
    name,
    title: `${what}: answered by FATAL`,
    paragraph: DUT.REFUSE,
    run: async (kit) => {
      const session = await greeted(kit);
      await session.step(session.lookaheadPs);
      const { untilPs, times } = make(session.nowPs, session.lookaheadPs);
      session.sendStep(untilPs, readsAt(times));
      await session.expectFatal(DUT.REFUSE, what);
    },
  };
}
