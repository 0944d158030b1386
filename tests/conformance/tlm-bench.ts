// What the claims about TLM, events and comparators work with: processes on a kernel of their own, a component alone.
import type { Kernel } from '#kernel/kernel';
import type { Process } from '#kernel/process';
import type { Component, ComponentClass } from '#uvm/component';
import { Testbench } from '#uvm/testbench';

/** Runs processes at time 0 until nothing more happens; gives back what they gave back, in the order of their ends. */
export function runAll(kernel: Kernel, ...bodies: readonly Process<unknown>[]): unknown[] {
  const log: unknown[] = [];
  bodies.forEach((body, index) =>
    kernel.spawn(
      `p${index}`,
      (function* (): Process {
        log.push(yield* body);
      })(),
    ),
  );
  kernel.runUntil(kernel.nowPs);
  return log;
}

export function alone<C extends Component>(componentClass: ComponentClass<C>): [C, Testbench] {
  const testbench = new Testbench({ runSeed: 1 });
  return [new componentClass('one', testbench), testbench];
}
