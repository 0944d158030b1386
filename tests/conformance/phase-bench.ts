// What the claims about phases and objections have in common: a component that says what happens, a process that holds a
// phase.
import type { Process } from '#kernel/process';
import { delay } from '#kernel/wait';
import { Component } from '#uvm/component';
import type { Phase } from '#uvm/phase';
import { Test } from '#uvm/test';
import { runAll } from '../unit/uvm/bench-test.ts';

/** A component, or a test, that says what happens: `5 main ended test`, with the time in ns. */
export class Part extends Component {
  static log: string[] = [];
  say(what: string): void {
    Part.log.push(`${this.kernel.nowPs / 1000} ${what} ${this.name}`);
  }
}

/** What is said while `body` runs. */
export function logOf(body: () => void): string[] {
  Part.log = [];
  body();
  return Part.log;
}

/** Objects to the end of the phase for some time. */
export function* hold(component: Component, phase: Phase, durationPs: number): Process {
  using _objection = phase.raiseObjection(component, 'works');
  yield delay(durationPs);
}

/** Time at which a main phase ends that `raise` has something done in. */
export function endOfMain(raise: (leaf: Component, phase: Phase) => void): number {
  class MainTest extends Test {
    readonly child = this.children({ leaf: Part });
    override *mainPhase(phase: Phase): Process {
      raise(this.child.leaf, phase);
    }
  }
  return runAll(MainTest).testbench.kernel.nowPs;
}
