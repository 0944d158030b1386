// Typed children: declared as a table of classes, built later, read through an object with the same
// keys. Source: design, "Rooms" (children created by the factory and typed from their keys).
//
// A covergroup may be declared as a child too: it is no component, takes part in no phase, and
// lands in the testbench's coverage database.
import { UsageError } from '#base/assert';
import type { AnyCovergroup } from '#cover/coverage-db';
import { Covergroup } from '#cover/covergroup';
import type { Component, ComponentClass } from './component.ts';

export type CovergroupClass = new (name: string) => AnyCovergroup;
/** What may be declared as a child. */
export type ChildClass = ComponentClass | CovergroupClass;

type InstanceOf<C> = C extends new (...args: never[]) => infer T ? T : never;
/**
 * The children by the keys of their table. Reading one before it is built throws `child-not-built`.
 */
export type Children<S> = { readonly [K in keyof S]: InstanceOf<S[K]> };

/** One declared child: what to build, and where to put it. */
export class ChildSlot {
  readonly name: string;
  readonly childClass: ChildClass;
  private readonly owner: Component;
  private readonly target: object;

  constructor(owner: Component, target: object, name: string, childClass: ChildClass) {
    this.owner = owner;
    this.target = target;
    this.name = name;
    this.childClass = childClass;
    Object.defineProperty(target, name, {
      configurable: true,
      enumerable: true,
      get: () => this.failNotBuilt(),
    });
  }

  /** Makes the child, of the class that the factory says. */
  build(): void {
    const { owner, name } = this;
    const path = `${owner.fullPath}.${name}`;
    const resolved = owner.testbench.factory.resolve(this.childClass, path);
    const value = isCovergroupClass(resolved)
      ? makeCovergroup(owner, resolved, path)
      : new resolved(name, owner);
    Object.defineProperty(this.target, name, { value, enumerable: true });
  }

  private failNotBuilt(): never {
    const { owner, name } = this;
    throw new UsageError('child-not-built', `child '${name}' does not exist`, {
      path: owner.fullPath,
      hint:
        'Children exist after buildPhase of their parent, so from connectPhase on; ' +
        'a passive agent has neither driver nor sequencer.',
    });
  }
}

/**
 * Declares `spec` for `owner`: adds to `slots` and returns the object through which the children
 * are read.
 */
export function createChildren<const S extends Readonly<Record<string, ChildClass>>>(
  owner: Component,
  slots: ChildSlot[],
  spec: S,
): Children<S> {
  const target = {};
  for (const [name, childClass] of Object.entries<ChildClass>(spec)) {
    if (slots.some((slot) => slot.name === name)) {
      throw new UsageError('name-taken', `child '${name}' is declared twice`, {
        path: owner.fullPath,
      });
    }
    slots.push(new ChildSlot(owner, target, name, childClass));
  }
  return target as Children<S>;
}

function isCovergroupClass(childClass: ChildClass): childClass is CovergroupClass {
  return childClass.prototype instanceof Covergroup;
}

function makeCovergroup(
  owner: Component,
  groupClass: CovergroupClass,
  path: string,
): AnyCovergroup {
  const group = new groupClass(path);
  owner.testbench.coverage.add(group);
  for (const text of group.warnings()) owner.warning('COV_OVERLAP', text);
  return group;
}
