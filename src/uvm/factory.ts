// The factory: what is created by type can be replaced by a test, by type or by instance. Source:
// semantics §4 (Factory).
//
// Instance overrides come before type overrides; the first registered instance override that
// matches wins; resolution repeats on its result; a loop is reported and the type asked for is
// returned. Products are classes (components, sequences) and item definitions (`rand(…)`): anything
// that is compared by identity.
import type { ReportServer } from './report-server.ts';
import { patternBelow, type PathPattern } from './path-pattern.ts';

interface InstanceOverride {
  readonly pattern: PathPattern;
  readonly original: object;
  readonly replacement: object;
}

export class Factory {
  private readonly typeOverrides = new Map<object, object>();
  private readonly instanceOverrides: InstanceOverride[] = [];
  private readonly reports: ReportServer;

  constructor(reports: ReportServer) {
    this.reports = reports;
  }

  /**
   * Creates `replacement` wherever `original` is asked for. With `replace: false` an earlier
   * override stays.
   */
  overrideType<T extends object>(
    original: T,
    replacement: NoInfer<T>,
    options: { readonly replace?: boolean } = {},
  ): void {
    if (options.replace === false && this.typeOverrides.has(original)) return;
    this.typeOverrides.set(original, replacement);
  }

  /**
   * Creates `replacement` where `original` is asked for at a full path (from the test down) that
   * matches `pattern`.
   */
  overrideInstance<T extends object>(pattern: string, original: T, replacement: NoInfer<T>): void {
    this.instanceOverrides.push({ pattern: patternBelow('', pattern), original, replacement });
  }

  /** False: `resolve` returns what it is asked for, whatever the path. */
  get hasOverrides(): boolean {
    return this.typeOverrides.size > 0 || this.instanceOverrides.length > 0;
  }

  /** What is to be created when `requested` is asked for at `path`. */
  resolve<T extends object>(requested: T, path: string): T {
    if (!this.hasOverrides) return requested;
    const seen = new Set<object>([requested]);
    let current: object = requested;
    for (;;) {
      const next = this.overrideOf(current, path);
      if (next === undefined || next === current) return current as T;
      if (seen.has(next)) {
        this.reportLoop([...seen, next], path);
        return requested;
      }
      seen.add(next);
      current = next;
    }
  }

  private overrideOf(product: object, path: string): object | undefined {
    for (const one of this.instanceOverrides) {
      if (one.original === product && one.pattern.matches(path)) return one.replacement;
    }
    return this.typeOverrides.get(product);
  }

  private reportLoop(chain: readonly object[], path: string): void {
    const names = chain.map(productName).join(' -> ');
    this.reports.report('error', path, 'OVRDLOOP', `factory overrides form a loop: ${names}`);
  }
}

/** The name of a class or item definition, for messages and stream names. */
export function productName(product: object): string {
  const { name } = product as { name?: unknown };
  return typeof name === 'string' && name !== '' ? name : 'anonymous';
}
