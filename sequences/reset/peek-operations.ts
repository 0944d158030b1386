// The pages of an SDI while it is RESETTING: they read all ones, whatever they held before. Source: SRD §6.7.
import type { SdiEntry } from '#env/sdi-ledger';
import type { SiovEnv } from '#env/siov-env';
import { ns } from '#kernel/time';
import type { Process } from '#kernel/process';
import { delay, fork, join } from '#kernel/wait';
import type { RandomStream } from '#random/random-stream';
import { span } from '#solver/domain';
import { operation } from '#uvm/operation';
import { entryOf, perform, slotDomain } from '../lifecycle/lifecycle-operations.ts';
import { markScratch } from '../lifecycle/scratch-pattern.ts';

/** The first look comes when the command has left. */
const FIRST_LOOK_PS = ns(10);

/** RESET_SDI, restore, of an SDI whose scratch holds a pattern, and reads of that pattern until the host knows the end. */
export const peekAtReset = operation<SiovEnv>()(
  'peekAtReset',
  { slot: slotDomain, page: span(0, 15), pausePs: span(0, ns(400)) },
  {
    possible: (args, env) => {
      const { phase } = entryOf(env, args.slot);
      return phase === 'created' || phase === 'enabled';
    },
    *run(args, env, op) {
      const entry = entryOf(env, args.slot);
      markScratch(env, entry, args.page, op.stream('pattern'));
      const how = { page: args.page, pausePs: args.pausePs, stream: op.stream('looks') };
      const looking = yield* fork('looking', look(env, entry, how));
      const status = yield* perform(env, 'reset', entry);
      yield* join(looking);
      if (status === 0) yield* perform(env, 'enable', entry);
    },
  },
);

function* look(
  env: SiovEnv,
  entry: SdiEntry,
  how: { readonly page: number; readonly pausePs: number; readonly stream: RandomStream },
): Process {
  const { device } = env.child.hypervisor.parts;
  const { assignment, sdi } = entry;
  if (assignment === undefined) return;
  const { pages } = device.sdiTarget(sdi, assignment);
  const base = pages[how.page % pages.length] + device.scratch.base;
  yield delay(FIRST_LOOK_PS);
  while (entry.phase === 'busy') {
    yield* device.readWords(base + 4 * how.stream.below(device.scratch.length / 4), 1);
    yield delay(how.pausePs + 1);
  }
}
