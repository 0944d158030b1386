// Typed hierarchical configuration. Source: semantics §4 (Config DB); keys are objects, not strings
// (design, "Rooms").
//
// While the build phase runs, what an ancestor sets wins over what a component nearer to the reader
// sets, so that a test can overrule its environment; afterwards the last write wins. Example:
//   const isActive = configKey<boolean>('is-active');
//   this.config.set('agent.**', isActive, false);       // in a test or an environment
//   if (this.config.tryGet(isActive) ?? true) …         // in the agent
import { UsageError } from '#base/assert';
import { patternBelow, type PathPattern } from './path-pattern.ts';

/**
 * Precedence of what is set outside the build phase and at the top: UVM's number, for readers who
 * know it.
 */
export const PRECEDENCE_TOP = 1000;

/** A name with a type: two keys of the same name are two keys. */
export interface ConfigKey<T> {
  readonly name: string;
  /** Never present: carries the type of the value. */
  readonly valueType?: T;
}

/** Makes a configuration key. The name is for messages. */
export function configKey<T>(name: string): ConfigKey<T> {
  return Object.freeze({ name });
}

interface Entry {
  readonly pattern: PathPattern;
  readonly precedence: number;
  readonly setBy: string;
  readonly value: unknown;
}

/** What a component, or the testbench itself, sees of the configuration. */
export interface ConfigView {
  /** The value for this path. @throws UsageError `config-missing` when nobody has set it. */
  get<T>(key: ConfigKey<T>): T;
  /** The value for this path, or undefined when nobody has set it. */
  tryGet<T>(key: ConfigKey<T>): T | undefined;
  /** Sets the value for the paths below this one that match `pattern`; `''` is this path itself. */
  set<T>(pattern: string, key: ConfigKey<T>, value: T): void;
}

/** The configuration of one testbench; its own view is the top of the hierarchy. */
export class ConfigDb implements ConfigView {
  /** Set by the test runner while the build phase runs. */
  isBuilding = false;
  private readonly entries = new Map<ConfigKey<unknown>, Entry[]>();

  get<T>(key: ConfigKey<T>): T {
    return this.getAt('', key);
  }

  tryGet<T>(key: ConfigKey<T>): T | undefined {
    return this.find('', key)?.value as T | undefined;
  }

  set<T>(pattern: string, key: ConfigKey<T>, value: T): void {
    this.setFrom('', pattern, key, value);
  }

  /** Sets `key` for what matches `pattern` below `base`, the path of the component that sets it. */
  setFrom<T>(base: string, pattern: string, key: ConfigKey<T>, value: T): void {
    const depth = base === '' ? 0 : base.split('.').length;
    const entry: Entry = {
      pattern: patternBelow(base, pattern),
      precedence: this.isBuilding ? PRECEDENCE_TOP - depth : PRECEDENCE_TOP,
      setBy: base === '' ? 'the testbench' : base,
      value,
    };
    const known = this.entries.get(key);
    if (known === undefined) this.entries.set(key, [entry]);
    else known.push(entry);
  }

  /** @throws UsageError `config-missing`, which says for which paths the key was set. */
  getAt<T>(path: string, key: ConfigKey<T>): T {
    const entry = this.find(path, key);
    if (entry !== undefined) return entry.value as T;
    const known = this.entries.get(key) ?? [];
    const where = known.map((one) => `'${one.pattern.text}' (by ${one.setBy})`).join(', ');
    throw new UsageError('config-missing', `configuration '${key.name}' is not set for this path`, {
      path: path === '' ? 'testbench' : path,
      hint: where === '' ? 'Nobody has set it yet.' : `It is set for ${where}.`,
    });
  }

  tryGetAt<T>(path: string, key: ConfigKey<T>): T | undefined {
    return this.find(path, key)?.value as T | undefined;
  }

  /**
   * The entry that counts: highest precedence, among equals the last. The top path matches `**`
   * alone.
   */
  private find(path: string, key: ConfigKey<unknown>): Entry | undefined {
    const known = this.entries.get(key);
    if (known === undefined) return undefined;
    let best: Entry | undefined;
    for (const entry of known) {
      if (best !== undefined && entry.precedence < best.precedence) continue;
      const isMatch = path === '' ? entry.pattern.text === '**' : entry.pattern.matches(path);
      if (isMatch) best = entry;
    }
    return best;
  }
}

/** The configuration as one component sees it. */
export class ComponentConfig implements ConfigView {
  private readonly database: ConfigDb;
  private readonly path: string;

  constructor(database: ConfigDb, path: string) {
    this.database = database;
    this.path = path;
  }

  get<T>(key: ConfigKey<T>): T {
    return this.database.getAt(this.path, key);
  }

  tryGet<T>(key: ConfigKey<T>): T | undefined {
    return this.database.tryGetAt(this.path, key);
  }

  set<T>(pattern: string, key: ConfigKey<T>, value: T): void {
    this.database.setFrom(this.path, pattern, key, value);
  }
}
