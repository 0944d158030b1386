// An SDI while it is RESETTING: its pages read all ones, whatever they held before; STATUS does not count it.
// Source: SRD §3 (SIOV Status), §4 (STATUS), §6.7.
import type { SdiEntry } from '#env/sdi-ledger';
import type { SiovEnv } from '#env/siov-env';
import { ns } from '#kernel/time';
import type { Process } from '#kernel/process';
import { delay, fork, join } from '#kernel/wait';
import type { RandomStream } from '#random/random-stream';
import { SIOV_CAPABILITY_ID, SiovOffset } from '#siov/siov-capability';
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

/** How an SDI is looked at: time between two reads, and which registers. */
interface Looks {
  readonly pausePs: number;
  readonly stream: RandomStream;
}

/** RESET_SDI, restore, and reads of SIOV Status and of the PF's registers until the host knows the end. */
export const watchReset = operation<SiovEnv>()(
  'watchReset',
  { slot: slotDomain, pausePs: span(0, ns(400)) },
  {
    possible: (args, env) => {
      const { phase } = entryOf(env, args.slot);
      return phase === 'created' || phase === 'enabled';
    },
    *run(args, env, op) {
      const entry = entryOf(env, args.slot);
      const wasEnabled = entry.phase === 'enabled';
      const how = { pausePs: args.pausePs, stream: op.stream('looks') };
      const watching = yield* fork('watching', watch(env, entry, how));
      const status = yield* perform(env, 'reset', entry);
      yield* join(watching);
      if (status === 0 && wasEnabled) yield* perform(env, 'enable', entry);
    },
  },
);

function* watch(env: SiovEnv, entry: SdiEntry, how: Looks): Process {
  yield delay(FIRST_LOOK_PS);
  const status = yield* fork('status', watchStatus(env, entry, how.pausePs));
  const { device } = env.child.hypervisor.parts;
  while (entry.phase === 'busy') {
    yield* device.readWords(how.stream.pick(device.pfRegisterAddresses()), 1);
    yield delay(how.pausePs + 1);
  }
  yield* join(status);
}

function* watchStatus(env: SiovEnv, entry: SdiEntry, pausePs: number): Process {
  const { pf } = env.child.hypervisor.parts;
  const at = pf.capabilities.extended.get(SIOV_CAPABILITY_ID);
  if (at === undefined) return;
  while (entry.phase === 'busy') {
    yield* env.child.host.child.requester.configRead(pf.rid, at + SiovOffset.STATUS, 1);
    yield delay(pausePs + 1);
  }
}
