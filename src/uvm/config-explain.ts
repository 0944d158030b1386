// Why a component sees the configuration that it sees, and why not another: which settings match, which one counts, which
// have never counted. Source: semantics §4 (Config DB); IEEE 1800.2 clauses C.4 and 13.1.
import { suggest } from '#base/suggest';
import type { ConfigKey, ConfigSetting } from './config-key.ts';
import { suggestPattern } from './path-hint.ts';
import { valueText } from './value-text.ts';

/** Settings named in the message of a missing one. */
const SETTINGS_SHOWN = 12;

/** All settings, by key, in the order in which they were made. */
export type Settings = ReadonlyMap<ConfigKey<unknown>, readonly ConfigSetting[]>;

/** A setting that has never counted for anybody. */
export interface UnreadSetting {
  readonly key: string;
  readonly pattern: string;
  readonly setBy: string;
  /** `file(line)`. */
  readonly source: string;
  /** Why nobody has read it. */
  readonly why: string;
}

/** The setting that counts: highest precedence, among equals the last. */
export function winner(
  settings: readonly ConfigSetting[] | undefined,
  path: string,
): ConfigSetting | undefined {
  if (settings === undefined) return undefined;
  let best: ConfigSetting | undefined;
  for (const one of settings) {
    if (best !== undefined && one.precedence < best.precedence) continue;
    if (one.matches(path)) best = one;
  }
  return best;
}

/** What `explain` says: the value, and a line for each setting of the key. */
export function explainKey(key: ConfigKey<unknown>, path: string, all: Settings): string[] {
  const settings = all.get(key) ?? [];
  const best = winner(settings, path);
  const found = best === undefined ? 'not set' : valueText(best.value);
  const lines = [
    `configuration '${key.name}' for ${path === '' ? 'the testbench' : path}: ${found}`,
  ];
  for (const one of settings) lines.push(`  ${one.describe()}: ${reason(one, best, path)}`);
  if (best === undefined) {
    const hint = hintMissing(key, path, all);
    if (hint !== '') lines.push(`  ${hint}`);
  }
  return lines;
}

function reason(one: ConfigSetting, best: ConfigSetting | undefined, path: string): string {
  if (one === best) return 'counts';
  if (!one.matches(path)) return `does not match${nearMiss(one, path)}`;
  if (best !== undefined && one.precedence < best.precedence) {
    return 'matches, but has the lower precedence (while building, what is nearer to the top counts)';
  }
  return 'matches, but was set earlier';
}

/** What may have been meant when a pattern does not match a path that it is near to. */
function nearMiss(one: ConfigSetting, path: string): string {
  const { text } = one.pattern;
  if (path.startsWith(`${text}.`)) {
    return ` (that is one component: '${text}.**' reaches what is below it)`;
  }
  return suggestPattern(text, [path]);
}

/** The hint of `config-missing`: where it is set, and what was perhaps meant. */
export function hintMissing(key: ConfigKey<unknown>, path: string, all: Settings): string {
  const own = all.get(key) ?? [];
  const twins = [...all].filter(([other]) => other !== key && other.name === key.name);
  if (own.length > 0) {
    const shown = own.slice(0, SETTINGS_SHOWN);
    const where = shown.map(
      (one) => `'${one.pattern.text}' (by ${one.setBy})${nearMiss(one, path)}`,
    );
    const more = own.length > SETTINGS_SHOWN ? `, and ${own.length - SETTINGS_SHOWN} more` : '';
    return `It is set for ${where.join(', ')}${more}.`;
  }
  if (twins.length > 0) {
    return `Another key of the name '${key.name}' is set: import that key, do not make a second one.`;
  }
  const reachable = [...all].filter(([, settings]) => winner(settings, path) !== undefined);
  const near = suggest(
    key.name,
    reachable.map(([other]) => other.name),
  );
  return `Nobody has set it yet${near}.`;
}

/**
 * Settings that have never counted, with the reason.
 * @param asked who has asked for a key, found or not.
 * @param paths all components.
 */
export function unreadSettings(
  all: Settings,
  asked: ReadonlyMap<ConfigKey<unknown>, ReadonlySet<string>>,
  paths: readonly string[],
): UnreadSetting[] {
  const unread: UnreadSetting[] = [];
  for (const [key, settings] of all) {
    for (const one of settings) {
      if (one.reads > 0) continue;
      const { pattern, setBy, source } = one;
      const why = whyUnread(one, [...(asked.get(key) ?? [])], paths);
      unread.push({ key: key.name, pattern: pattern.text, setBy, source, why });
    }
  }
  return unread;
}

function whyUnread(one: ConfigSetting, asked: readonly string[], paths: readonly string[]): string {
  const { text } = one.pattern;
  if (asked.some((path) => one.matches(path))) return 'another setting counted wherever it matches';
  if (asked.length > 0) {
    return `nobody has asked for it there; asked at ${asked[0]}${suggestPattern(text, asked)}`;
  }
  if (paths.length > 0 && !paths.some((path) => one.matches(path))) {
    return `no component has such a path${suggestPattern(text, paths)}`;
  }
  return 'nobody has asked for this key';
}
