// Functions that are closed for a while with work under way: D3hot, Memory Space Enable of the PF and of the VFs.
// Source: SRD §3 (Power Management), §7 (Memory Space Enable), §8 (VF MSE).
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import { ns, us } from '#kernel/time';
import type { AdminAction } from '#sequences/items/admin-item';
import { mix, span } from '#solver/domain';
import { operation } from '#uvm/operation';
import { AdminSequence } from '../lifecycle/admin-sequence.ts';
import { busyDomain, isWhen } from '../reset/busy.ts';

const pauseDomain = mix([1, span(0, ns(900))], [3, span(us(1), us(10))], [1, span(us(10), us(60))]);

/** D3hot and back: requests of everybody wait, state is kept. */
export const sleep = operation<SiovEnv>()(
  'sleep',
  { pausePs: pauseDomain, when: busyDomain },
  {
    possible: (args, env) => isWhen(env, args.when),
    *run(args, env) {
      yield* close(env, 'closePower', args.pausePs);
    },
  },
);

/** Memory Space Enable of the PF off and on: nobody is reached, and work goes on. */
export const closeMemory = operation<SiovEnv>()(
  'closeMemory',
  { pausePs: pauseDomain, when: busyDomain },
  {
    possible: (args, env) => isWhen(env, args.when),
    *run(args, env) {
      yield* close(env, 'closeMemory', args.pausePs);
    },
  },
);

/** Memory Space Enable of the VFs off and on. */
export const closeVfMemory = operation<SiovEnv>()(
  'closeVfMemory',
  { pausePs: pauseDomain },
  {
    possible: (_args, env) => env.child.hypervisor.parts.vfs.areEnabled,
    *run(args, env) {
      yield* close(env, 'closeVfMemory', args.pausePs);
    },
  },
);

function* close(env: SiovEnv, action: AdminAction, pausePs: number): Process {
  yield* env.start(AdminSequence, env.child.hypervisor.child.sequencer, { action, pausePs });
}
