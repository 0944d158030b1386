// Callbacks of components: a testbench hooks into a driver or a monitor that it did not write. Source: IEEE 1800.2 clause
// 10.7. The point is an object with a type, where UVM has a macro and a class.
//
//   export interface DriveCallbacks { preDrive?(item: AluItem): void; isDropped?(item: AluItem): boolean }
//   export const driving = callbackPoint<DriveCallbacks>('driving');          // beside the driver
//   for (const one of callbacksOf(this, driving)) one.preDrive?.(item);       // in the driver: UVM's `uvm_do_callbacks
//   if (callbacksOf(this, driving).some((one) => one.isDropped?.(item)))      // … `uvm_do_callbacks_exit_on
//   addCallback(this.testbench, driving, { preDrive: … }, { on: AluDriver }); // in a test: by class, path or component
import type { Testbench } from './testbench.ts';
import { CallbackList, type CallbackOptions, type Placed } from './callback-list.ts';

/** A place at which callbacks of type `C` are called: two points of the same name are two points. */
export interface CallbackPoint<C extends object> {
  readonly name: string;
  /** Never present: carries the type. */
  readonly callbackType?: C;
}

interface Owned extends Placed {
  readonly testbench: Testbench;
}

/** By testbench, so that nothing is shared between runs. */
const registries = new WeakMap<Testbench, Map<CallbackPoint<object>, CallbackList<object>>>();

/** Makes a point. The name is for messages. */
export function callbackPoint<C extends object>(name: string): CallbackPoint<C> {
  return Object.freeze({ name });
}

/** The list of a point, to remove, disable or print callbacks. */
export function callbackList<C extends object>(
  testbench: Testbench,
  point: CallbackPoint<C>,
): CallbackList<C> {
  let lists = registries.get(testbench);
  if (lists === undefined) {
    lists = new Map();
    registries.set(testbench, lists);
  }
  let list = lists.get(point) as CallbackList<C> | undefined;
  if (list === undefined) {
    list = new CallbackList<C>(`callbacks '${point.name}'`);
    lists.set(point, list);
  }
  return list;
}

/** Registers a callback. @throws UsageError as `CallbackList.add`. */
export function addCallback<C extends object>(
  testbench: Testbench,
  point: CallbackPoint<C>,
  callback: C,
  options: CallbackOptions = {},
): void {
  callbackList(testbench, point).add(callback, options);
}

/** The enabled callbacks of a component at a point, in order. */
export function callbacksOf<C extends object>(
  component: Owned,
  point: CallbackPoint<C>,
): readonly C[] {
  return callbackList(component.testbench, point).of(component);
}
