// Callbacks of components. Source: IEEE 1800.2 clause 10.7.
import { describe, expect, it } from 'vitest';
import { CALLBACKS_MAX } from '#uvm/callback-list';
import { addCallback, callbackList, callbackPoint, callbacksOf } from '#uvm/callbacks';
import { Component } from '#uvm/component';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';

interface Hooks {
  readonly name: string;
  before?(): string;
}
const point = callbackPoint<Hooks>('drive');

class Driver extends Component {
  drive(): string[] {
    return callbacksOf(this, point).map((one) => one.before?.() ?? one.name);
  }
}
class FastDriver extends Driver {}
class Top extends Test {
  readonly child = this.children({ a: Driver, b: FastDriver });
}

function build(): { top: Top['child']; testbench: Testbench } {
  const testbench = new Testbench({ runSeed: 1 });
  return { top: new TestRunner(testbench, Top).elaborate().child, testbench };
}

describe('callbacks', () => {
  it('are for all, one component, a path, or a class and its subclasses; in order', () => {
    const { top, testbench } = build();
    expect(top.a.drive()).toEqual([]);
    addCallback(testbench, point, { name: 'all' });
    addCallback(testbench, point, { name: 'a', before: () => 'called' }, { on: top.a });
    addCallback(testbench, point, { name: 'fast' }, { on: FastDriver });
    addCallback(testbench, point, { name: 'path' }, { on: 'test.*', order: 'prepend' });
    addCallback(testbench, point, { name: 'driver' }, { on: Driver });
    expect(top.a.drive()).toEqual(['path', 'all', 'called', 'driver']);
    expect(top.b.drive()).toEqual(['path', 'all', 'fast', 'driver']);
    expect(callbackList(testbench, point).describe()).toEqual([
      "'path' for 'test.*' (on)",
      "'all' for all (on)",
      "'a' for 'test.a' (on)",
      "'fast' for class FastDriver (on)",
      "'driver' for class Driver (on)",
    ]);
  });

  it('registered for two overlapping scopes are called once', () => {
    const { top, testbench } = build();
    const twice = { name: 'twice' };
    addCallback(testbench, point, twice);
    addCallback(testbench, point, twice, { on: top.a });
    expect(top.a.drive()).toEqual(['twice']);
    expect(() => addCallback(testbench, point, twice, { on: top.a })).toThrow(
      /callbacks 'drive': 'twice' is registered for 'test.a' already\n.*Make another object/,
    );
  });

  it('can be switched off, on and taken out', () => {
    const { top, testbench } = build();
    const list = callbackList(testbench, point);
    const one = { name: 'one' };
    list.add(one);
    list.setEnabled(one, false);
    expect([top.a.drive(), list.describe()]).toEqual([[], ["'one' for all (off)"]]);
    list.setEnabled(one, true);
    expect(top.a.drive()).toEqual(['one']);
    list.remove(one);
    expect(top.a.drive()).toEqual([]);
    expect(() => list.remove(one)).toThrow(/'one' is not registered\n.*Nothing is registered/);
    list.add({ name: 'other' });
    expect(() => list.setEnabled(one, true)).toThrow(/Registered: 'other'/);
  });

  it('belong to their point and their testbench, and are bounded', () => {
    const { top, testbench } = build();
    addCallback(testbench, callbackPoint<Hooks>('drive'), { name: 'another point' });
    expect(top.a.drive()).toEqual([]);
    addCallback(testbench, point, { name: 'one' });
    expect(build().top.a.drive()).toEqual([]);
    const list = callbackList(testbench, point);
    while (list.count < CALLBACKS_MAX) list.add({ name: '' }, { on: `p${list.count}` });
    expect(() => list.add({ name: '' })).toThrow(`callbacks 'drive': more than ${CALLBACKS_MAX}`);
  });
});
