// An ordered list of callbacks, each for all components, for some of them, or for a class of them. Source: IEEE 1800.2
// clause 10.7 (uvm_callbacks). What report catchers and the callbacks of components have in common.
import { UsageError } from '#base/assert';
import { PathPattern } from './path-pattern.ts';

/** Registrations in one list. */
export const CALLBACKS_MAX = 10_000;

/** Something with a place in the hierarchy. */
export interface Placed {
  readonly fullPath: string;
}

type PlacedClass = abstract new (...args: never[]) => Placed;

/**
 * For whom a callback is: one component, those whose path matches a pattern, or those of a class and its subclasses.
 * Without it: for all.
 */
export type CallbackScope = Placed | string | PlacedClass;

/** For whom a callback is registered, and where in the order of the list (IEEE 1800.2 clause 10.7). */
export interface CallbackOptions {
  /** Default: for all. */
  readonly on?: CallbackScope;
  /** Behind those that are there (default), or before them. */
  readonly order?: 'append' | 'prepend';
}

interface Entry<C> {
  readonly callback: C;
  readonly scope: CallbackScope | undefined;
  readonly pattern: PathPattern | undefined;
}

/** Callbacks of one point, in order, each for all places or for those of one component or pattern. */
export class CallbackList<C extends object> {
  /** For messages: `catchers`, `callbacks 'drive'`. */
  readonly name: string;
  private readonly entries: Entry<C>[] = [];
  private readonly disabled = new Set<C>();
  private readonly cache = new Map<string, readonly C[]>();

  constructor(name: string) {
    this.name = name;
  }

  /** Registrations. */
  get count(): number {
    return this.entries.length;
  }

  /**
   * Registers a callback. @throws UsageError `callback-registered` when it is there for the same scope,
   * `callbacks-limit`, `bad-pattern`.
   */
  add(callback: C, options: CallbackOptions = {}): void {
    const scope = options.on;
    if (this.entries.some((one) => one.callback === callback && one.scope === scope)) {
      throw new UsageError(
        'callback-registered',
        `${this.name}: ${nameOf(callback)} is registered ${scopeText(scope)} already`,
        { hint: 'Make another object, or remove it first.' },
      );
    }
    if (this.entries.length >= CALLBACKS_MAX) {
      throw new UsageError('callbacks-limit', `${this.name}: more than ${CALLBACKS_MAX}`);
    }
    const pattern = typeof scope === 'string' ? new PathPattern(scope) : undefined;
    const entry = { callback, scope, pattern };
    if (options.order === 'prepend') this.entries.unshift(entry);
    else this.entries.push(entry);
    this.cache.clear();
  }

  /** Takes out all registrations of a callback. @throws UsageError `callback-unknown`. */
  remove(callback: C): void {
    const rest = this.entries.filter((one) => one.callback !== callback);
    if (rest.length === this.entries.length) throw this.unknown(callback);
    this.entries.splice(0, this.entries.length, ...rest);
    this.disabled.delete(callback);
    this.cache.clear();
  }

  /** A callback that is not enabled keeps its place and is not called. @throws UsageError `callback-unknown`. */
  setEnabled(callback: C, isEnabled: boolean): void {
    if (!this.entries.some((one) => one.callback === callback)) throw this.unknown(callback);
    if (isEnabled) this.disabled.delete(callback);
    else this.disabled.add(callback);
    this.cache.clear();
  }

  /** The enabled callbacks of a component, in order, each once. The list is remembered until something changes. */
  of(component: Placed): readonly C[] {
    if (this.entries.length === 0) return [];
    const { fullPath } = component;
    const known = this.cache.get(fullPath);
    if (known !== undefined) return known;
    const found = new Set<C>();
    for (const entry of this.entries) {
      if (!this.disabled.has(entry.callback) && isFor(entry, component)) found.add(entry.callback);
    }
    const made = [...found];
    this.cache.set(fullPath, made);
    return made;
  }

  /** One line per registration, in order. */
  describe(): string[] {
    return this.entries.map(({ callback, scope }) => {
      const mode = this.disabled.has(callback) ? 'off' : 'on';
      return `${nameOf(callback)} ${scopeText(scope)} (${mode})`;
    });
  }

  private unknown(callback: C): UsageError {
    const there = this.entries.map((one) => nameOf(one.callback)).join(', ');
    return new UsageError(
      'callback-unknown',
      `${this.name}: ${nameOf(callback)} is not registered`,
      { hint: there === '' ? 'Nothing is registered.' : `Registered: ${there}.` },
    );
  }
}

function isFor({ scope, pattern }: Entry<object>, component: Placed): boolean {
  if (pattern !== undefined) return pattern.matches(component.fullPath);
  if (typeof scope === 'function') return component instanceof scope;
  return scope === undefined || (scope as Placed).fullPath === component.fullPath;
}

function nameOf(callback: object): string {
  const { name } = callback as { readonly name?: unknown };
  return typeof name === 'string' && name !== '' ? `'${name}'` : callback.constructor.name;
}

function scopeText(scope: CallbackScope | undefined): string {
  if (scope === undefined) return 'for all';
  if (typeof scope === 'string') return `for '${scope}'`;
  return typeof scope === 'function' ? `for class ${scope.name}` : `for '${scope.fullPath}'`;
}
