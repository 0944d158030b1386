// Warns about factory overrides that have never replaced anything: a pattern with a slip of the pen, a class that nobody
// asks for. Source: semantics §4 (Factory).
import { suggest } from '#base/suggest';
import { Covergroup } from '#cover/covergroup';
import { Component } from './component.ts';
import { productName, type Factory, type Override, type ProductUse } from './factory.ts';
import { suggestPattern } from './path-hint.ts';
import type { Testbench } from './testbench.ts';

/**
 * Reports unused overrides as warnings `OVRDUNUSED`: of components and covergroups when the tree is built, of sequences
 * and items when the run is over.
 */
export function checkOverrides(testbench: Testbench, when: 'elaborated' | 'finished'): void {
  const { factory, reports } = testbench;
  for (const override of factory.overrides) {
    if (override.uses > 0) continue;
    if (isBuilt(override.original) !== (when === 'elaborated')) continue;
    const why = whyUnused(override, factory);
    if (why === undefined) continue;
    const text = `${override.describe()} has replaced nothing: ${why}`;
    reports.report('warning', 'factory', 'OVRDUNUSED', text);
  }
}

/** Created in the build phase, or not at all. */
function isBuilt(product: object): boolean {
  if (typeof product !== 'function') return false;
  const { prototype } = product as { readonly prototype: unknown };
  const isBase = product === Component || product === Covergroup;
  return isBase || prototype instanceof Component || prototype instanceof Covergroup;
}

function whyUnused({ original, pattern }: Override, factory: Factory): string | undefined {
  const name = productName(original);
  const use = factory.products.find((one) => one.product === original);
  if (use === undefined) return `no ${name} was asked for${relatives(original, factory.products)}`;
  if (pattern === undefined) return undefined; // instance overrides have come before it everywhere
  if (use.paths.some((path) => pattern.matches(path))) {
    return 'an instance override that was registered earlier wins wherever it matches';
  }
  return `no ${name} was asked for at such a path${suggestPattern(pattern.text, use.paths)}`;
}

/** What else was asked for that may have been meant. */
function relatives(original: object, products: readonly ProductUse[]): string {
  const name = productName(original);
  const asked = products.map((one) => one.product);
  const twin = asked.find((one) => productName(one) === name);
  if (twin !== undefined) return '; another class of that name was: is it declared twice?';
  const heir = asked.find((one) => isSubclass(one, original));
  if (heir !== undefined) {
    return `; its subclass ${productName(heir)} was: an override is for exactly the class asked for`;
  }
  return suggest(name, asked.map(productName));
}

function isSubclass(product: object, base: object): boolean {
  if (typeof product !== 'function' || typeof base !== 'function') return false;
  const { prototype } = product as { readonly prototype: unknown };
  return prototype instanceof (base as new () => object);
}
