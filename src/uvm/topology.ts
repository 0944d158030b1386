// The component tree: printing it, and finding components in it by path. Source: semantics §4; IEEE 1800.2 clauses 13.1
// (hierarchy interface: lookup) and F.7 (root: find, print_topology).
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import type { Component } from './component.ts';
import { productName } from './factory.ts';
import { suggestPattern } from './path-hint.ts';
import { patternBelow } from './path-pattern.ts';
import { printRows, type PrintFormat, type PrintRow } from './print-rows.ts';
import { valueText } from './value-text.ts';

/** Components named in a message. */
const COMPONENTS_SHOWN = 8;

/**
 * The tree below a component as text: UVM's print_topology. `Value` counts the components in the order in which they are
 * printed; what `topologyFields` says of a component follows below its name.
 */
export function printTopology(top: Component, format: PrintFormat = 'table'): string {
  const rows: PrintRow[] = [];
  let count = 0;
  const add = (component: Component, depth: number): void => {
    const name = depth === 0 ? component.fullPath : component.name;
    const type = productName(component.constructor);
    rows.push({ depth, name, type, size: '', value: `@${++count}`, isNode: true });
    for (const [field, value] of Object.entries(component.topologyFields())) {
      const text = valueText(value);
      rows.push({
        depth: depth + 1,
        name: field,
        type: typeof value,
        size: '',
        value: text,
        isNode: false,
      });
    }
    for (const child of component.childComponents) add(child, depth + 1);
  };
  add(top, 0);
  return printRows(rows, format);
}

/**
 * The component at a path: relative to `from`, or with a leading dot from the test's own name on.
 * @throws UsageError `component-not-found`, with the nearest name.
 */
export function lookup(from: Component, path: string): Component {
  const isAbsolute = path.startsWith('.');
  const names = (isAbsolute ? path.slice(1) : path).split('.');
  let at: Component = from;
  if (isAbsolute) {
    while (at.parent !== undefined) at = at.parent;
    const first = names.shift() ?? '';
    if (first !== at.name) failLookup(from, path, suggest(first, [at.name]));
  }
  for (const name of names) {
    const child = at.childComponents.find((one) => one.name === name);
    if (child !== undefined) at = child;
    else {
      const near = suggest(
        name,
        at.childComponents.map((one) => one.name),
      );
      failLookup(from, path, near, `${at.fullPath} has ${listed(at.childComponents)}.`);
    }
  }
  return at;
}

function failLookup(from: Component, path: string, near: string, hint?: string): never {
  throw new UsageError('component-not-found', `there is no component '${path}'${near}`, {
    path: from.fullPath,
    ...(hint !== undefined && { hint }),
  });
}

/** All components at or below `from` whose path matches `pattern`, which is relative to `from`; parents first. */
export function findAll(from: Component, pattern: string): Component[] {
  const compiled = patternBelow(from.fullPath, pattern);
  return below(from).filter((one) => compiled.matches(one.fullPath));
}

/**
 * The one component that matches.
 * @throws UsageError `component-not-found`, with the nearest pattern; `component-ambiguous`, with what matches.
 */
export function find(from: Component, pattern: string): Component {
  const found = findAll(from, pattern);
  if (found.length === 1) return found[0];
  const { text } = patternBelow(from.fullPath, pattern);
  if (found.length === 0) {
    const near = suggestPattern(
      text,
      below(from).map((one) => one.fullPath),
    );
    throw new UsageError('component-not-found', `no component matches '${text}'${near}`, {
      path: from.fullPath,
    });
  }
  throw new UsageError('component-ambiguous', `${found.length} components match '${text}'`, {
    path: from.fullPath,
    hint: `They are ${listed(found)}; findAll gives them all.`,
  });
}

/** Paths of a component and of everything below it, parents first. */
export function pathsOf(top: Component): string[] {
  return below(top).map((one) => one.fullPath);
}

function below(component: Component, into: Component[] = []): Component[] {
  into.push(component);
  for (const child of component.childComponents) below(child, into);
  return into;
}

function listed(components: readonly Component[]): string {
  if (components.length === 0) return 'no children';
  const names = components.slice(0, COMPONENTS_SHOWN).map((one) => one.name);
  const more = components.length - names.length;
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
