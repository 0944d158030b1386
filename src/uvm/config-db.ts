// Typed hierarchical configuration. Source: semantics §4 (Config DB); IEEE 1800.2 clause C.4.2.
//
// While the build phase runs, what an ancestor sets wins over what a component nearer to the reader
// sets, so that a test can overrule its environment; afterwards the last write wins. Example:
//   const isActive = configKey<boolean>('is-active');
//   this.config.set('agent.**', isActive, false);       // in a test or an environment
//   if (this.config.tryGet(isActive) ?? true) …         // in the agent
import { UsageError } from '#base/assert';
import { SimEvent, type Process } from '#kernel/process';
import {
  explainKey,
  hintMissing,
  unreadSettings,
  winner,
  type UnreadSetting,
} from './config-explain.ts';
import { ConfigSetting, type ConfigKey } from './config-key.ts';
import { patternBelow } from './path-pattern.ts';
import type { ReportServer } from './report-server.ts';
import { valueText } from './value-text.ts';

export { configKey, type ConfigKey } from './config-key.ts';

/**
 * Precedence of what is set outside the build phase and at the top: UVM's number, for readers who
 * know it.
 */
export const PRECEDENCE_TOP = 1000;

/** What a component, or the testbench itself, sees of the configuration. */
export interface ConfigView {
  /** The value for this path. @throws UsageError `config-missing` when nobody has set it. */
  get<T>(key: ConfigKey<T>): T;
  /** The value for this path, or undefined when nobody has set it. */
  tryGet<T>(key: ConfigKey<T>): T | undefined;
  /** Somebody has set it for this path. */
  has(key: ConfigKey<unknown>): boolean;
  /**
   * Sets the value for the paths below this one that match `pattern`; `''` is this path itself.
   * @throws UsageError `bad-pattern`.
   */
  set<T>(pattern: string, key: ConfigKey<T>, value: T): void;
  /** Waits until somebody sets the key for this path again: `yield* this.config.waitModified(key)`. */
  waitModified(key: ConfigKey<unknown>): Process;
  /** Why this path sees the value it sees, as lines. */
  explain(key: ConfigKey<unknown>): string[];
}

interface Watcher {
  readonly path: string;
  readonly key: ConfigKey<unknown>;
  readonly modified: SimEvent;
}

/** The configuration of one testbench; its own view is the top of the hierarchy. */
export class ConfigDb implements ConfigView {
  /** Set by the test runner while the build phase runs. */
  isBuilding = false;
  /** Reports each set and get (`CFGDB/SET`, `CFGDB/GET`): UVM's +UVM_CONFIG_DB_TRACE. */
  isTracing = false;
  private readonly settings = new Map<ConfigKey<unknown>, ConfigSetting[]>();
  private readonly asked = new Map<ConfigKey<unknown>, Set<string>>();
  private readonly watchers = new Set<Watcher>();
  private readonly reports: ReportServer | undefined;

  /** Without reports nothing is traced. */
  constructor(reports?: ReportServer) {
    this.reports = reports;
  }

  get<T>(key: ConfigKey<T>): T {
    return this.getAt('', key);
  }

  tryGet<T>(key: ConfigKey<T>): T | undefined {
    return this.tryGetAt('', key);
  }

  has(key: ConfigKey<unknown>): boolean {
    return this.hasAt('', key);
  }

  set<T>(pattern: string, key: ConfigKey<T>, value: T): void {
    this.setFrom('', pattern, key, value);
  }

  waitModified(key: ConfigKey<unknown>): Process {
    return this.waitModifiedAt('', key);
  }

  explain(key: ConfigKey<unknown>): string[] {
    return this.explainAt('', key);
  }

  /**
   * Sets `key` for what matches `pattern` below `base`, the path of the component that sets it.
   * @throws UsageError `bad-pattern`.
   */
  setFrom<T>(base: string, pattern: string, key: ConfigKey<T>, value: T): void {
    const depth = base === '' ? 0 : base.split('.').length;
    const precedence = this.isBuilding ? PRECEDENCE_TOP - depth : PRECEDENCE_TOP;
    const setBy = base === '' ? 'the testbench' : base;
    const setting = new ConfigSetting(patternBelow(base, pattern), precedence, setBy, value);
    const known = this.settings.get(key);
    if (known === undefined) this.settings.set(key, [setting]);
    else known.push(setting);
    if (this.isTracing) this.trace('CFGDB/SET', setBy, `'${key.name}' for ${setting.describe()}`);
    for (const watcher of this.watchers) {
      if (watcher.key === key && setting.matches(watcher.path)) watcher.modified.trigger();
    }
  }

  /** @throws UsageError `config-missing`, which says for which paths the key was set. */
  getAt<T>(path: string, key: ConfigKey<T>): T {
    const setting = this.read(path, key);
    if (setting !== undefined) return setting.value as T;
    throw new UsageError('config-missing', `configuration '${key.name}' is not set for this path`, {
      path: path === '' ? 'testbench' : path,
      hint: hintMissing(key, path, this.settings),
    });
  }

  /** The value for `path`, or undefined when nobody has set it; notes that it was asked for. */
  tryGetAt<T>(path: string, key: ConfigKey<T>): T | undefined {
    return this.read(path, key)?.value as T | undefined;
  }

  /** Whether somebody has set the key for `path`. Does not count as reading it. */
  hasAt(path: string, key: ConfigKey<unknown>): boolean {
    return winner(this.settings.get(key), path) !== undefined;
  }

  /** Waits until the key is set again for a pattern that matches `path`. */
  *waitModifiedAt(path: string, key: ConfigKey<unknown>): Process {
    const modified = new SimEvent(`configuration '${key.name}' for ${path}`);
    const watcher = { path, key, modified };
    this.watchers.add(watcher);
    try {
      yield modified;
    } finally {
      this.watchers.delete(watcher);
    }
  }

  /** Which settings of the key match `path`, and which one counts, and why: one line each. */
  explainAt(path: string, key: ConfigKey<unknown>): string[] {
    return explainKey(key, path, this.settings);
  }

  /**
   * Settings that have never counted for anybody, with the reason.
   * @param paths of all components, to tell a pattern that matches none.
   */
  unread(paths: readonly string[] = []): UnreadSetting[] {
    return unreadSettings(this.settings, this.asked, paths);
  }

  /** The setting that counts for `path`; notes that it was asked for. */
  private read(path: string, key: ConfigKey<unknown>): ConfigSetting | undefined {
    const setting = winner(this.settings.get(key), path);
    if (setting !== undefined) setting.reads++;
    const asked = this.asked.get(key);
    if (asked === undefined) this.asked.set(key, new Set([path]));
    else asked.add(path);
    if (this.isTracing) {
      const found = setting === undefined ? 'not set' : valueText(setting.value);
      const by = setting === undefined ? '' : `, set by ${setting.setBy}`;
      this.trace('CFGDB/GET', path === '' ? 'testbench' : path, `'${key.name}': ${found}${by}`);
    }
    return setting;
  }

  private trace(id: string, path: string, text: string): void {
    this.reports?.info(path, id, `configuration ${text}`, 0);
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

  has(key: ConfigKey<unknown>): boolean {
    return this.database.hasAt(this.path, key);
  }

  set<T>(pattern: string, key: ConfigKey<T>, value: T): void {
    this.database.setFrom(this.path, pattern, key, value);
  }

  waitModified(key: ConfigKey<unknown>): Process {
    return this.database.waitModifiedAt(this.path, key);
  }

  explain(key: ConfigKey<unknown>): string[] {
    return this.database.explainAt(this.path, key);
  }
}
