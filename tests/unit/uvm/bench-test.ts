// A test taken through its phases, for the unit tests of this room.
import type { Component, ComponentClass } from '#uvm/component';
import { TestRunner } from '#uvm/test-runner';
import { Testbench, type TestbenchOptions } from '#uvm/testbench';

export interface Bench<T extends Component> {
  readonly testbench: Testbench;
  readonly runner: TestRunner<T>;
  readonly test: T;
}

/** Built, and ready for the phases that take time. */
export function elaborate<T extends Component>(
  testClass: ComponentClass<T>,
  prepare: (testbench: Testbench) => void = () => {},
  options: Partial<TestbenchOptions> = {},
): Bench<T> {
  const testbench = new Testbench({ runSeed: 1, ...options });
  prepare(testbench);
  const runner = new TestRunner(testbench, testClass);
  return { testbench, runner, test: runner.elaborate() };
}

/** Through all phases; those that take time for at most `limitPs`. */
export function runAll<T extends Component>(
  testClass: ComponentClass<T>,
  prepare: (testbench: Testbench) => void = () => {},
  limitPs = 1_000_000_000,
): Bench<T> {
  const bench = elaborate(testClass, prepare);
  bench.runner.startRun();
  bench.testbench.kernel.runUntil(limitPs);
  bench.runner.endRun();
  bench.runner.finish();
  return bench;
}
