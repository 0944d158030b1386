// The base of all SIOV tests: the environment, and one scenario that keeps the run phase alive until it is calm.
import type { Process } from '#kernel/process';
import { SiovEnv } from '#env/siov-env';
import type { Phase } from '#uvm/phase';
import { Test } from '#uvm/test';
import { lateLink } from './late-link.ts';

export abstract class SiovTest extends Test {
  readonly child = this.children({ env: SiovEnv });

  /** What happens: enumerate, play the lanes, end calm. */
  protected abstract scenario(env: SiovEnv): Process;

  override connectPhase(): void {
    this.config.get(lateLink).attach(this.child.env.child.host.child.link);
  }

  override *runPhase(phase: Phase): Process {
    using _objection = phase.raiseObjection(this, 'the scenario runs');
    yield* this.scenario(this.child.env);
  }
}
