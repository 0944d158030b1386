// One list of arrivals, played to a device with time cut into STEPs in one way or another: what it sends must not change
// (DUT protocol: "never on the machine or on how time is cut into STEPs").
import { RawSession, type RawTlp } from './raw-session.ts';

/** Where the next STEP may end, at most; cut down to what the protocol allows. */
export type Cut = (nowPs: number, nextPs: number) => number;

export interface Play {
  readonly hello: { readonly lookaheadPs: number; readonly [key: string]: unknown };
  readonly arrivals: readonly RawTlp[];
  readonly endPs: number;
  /** Cold or hot resets, in order of time. */
  readonly resets?: readonly { readonly atPs: number; readonly kind: 0 | 1 }[];
}

/** A number below `bound` for each call, the same ones in each process. */
export function numbers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

const random = numbers(7);

/** Ways to cut time. */
export const CUTS: Readonly<Record<string, Cut>> = {
  'a look-ahead each': (nowPs) => nowPs + 250_000,
  'a few picoseconds to a look-ahead': (nowPs) => nowPs + 1 + random(3) ** 2 * random(60_000),
  'to just before what comes next, and to it': (nowPs, nextPs) =>
    Math.max(nowPs + 1, Math.min(nextPs - random(2), nowPs + 250_000)),
  'as long as the protocol allows': () => Infinity,
  'long ones and short ones': (nowPs) => nowPs + (random(2) === 0 ? 777 : 9_000_000),
};

/** Everything that the device sends, as `time hex`. */
export async function play(command: readonly string[], play: Play, cut: Cut): Promise<string[]> {
  const { hello, arrivals, endPs, resets = [] } = play;
  const session = await RawSession.start(command);
  await session.hello(hello);
  const sent: string[] = [];
  let [nowPs, nextPs, taken, resetCount] = [0, 1, 0, 0];
  while (nowPs < endPs) {
    const resetPs = resets[resetCount]?.atPs ?? Infinity;
    const arrivalPs = arrivals[taken]?.timePs ?? Infinity;
    let untilPs = Math.min(cut(nowPs, Math.min(nextPs, arrivalPs)), endPs, resetPs);
    // Longer than the look-ahead only when nothing arrives within.
    if (untilPs >= arrivalPs)
      untilPs = Math.max(arrivalPs - 1, Math.min(untilPs, nowPs + hello.lookaheadPs));
    untilPs = Math.max(untilPs, nowPs + 1);
    const until = untilPs;
    const batch = arrivals.slice(taken).filter(({ timePs }) => timePs <= until);
    const answer = await session.step(untilPs, batch);
    if (answer.nextPs <= answer.nowPs) throw new Error('next is not later than now');
    sent.push(...answer.tlps);
    taken += batch.length;
    ({ nowPs, nextPs } = answer);
    if (nowPs === resetPs) await session.reset(resets[resetCount++].kind);
  }
  const { code } = await session.bye();
  if (code !== 0) throw new Error(`exit status ${code}`);
  return sent;
}
