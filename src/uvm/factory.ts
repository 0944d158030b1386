// The factory: what is created by type can be replaced by a test, by type or by instance. Source:
// semantics §4 (Factory); IEEE 1800.2 clause 8.
//
// Instance overrides come before type overrides; the first registered instance override that
// matches wins; resolution repeats on its result; a loop is reported and the type asked for is
// returned. Products are classes (components, sequences) and item definitions (`rand(…)`): anything
// that is compared by identity.
import { tableOf } from './text-table.ts';
import { patternBelow, type PathPattern } from './path-pattern.ts';
import type { ReportServer } from './report-server.ts';
import { SourcePlace } from './source-line.ts';

/** Paths kept for each product that was asked for, for hints. */
const PATHS_KEPT = 1_000;

/** One override, by instance when it has a pattern. */
export class Override {
  readonly original: object;
  readonly replacement: object;
  readonly pattern: PathPattern | undefined;
  /** Times it was applied. */
  uses = 0;
  private readonly place = new SourcePlace('/src/uvm/');

  /** Made by `Factory`. */
  constructor(original: object, replacement: object, pattern?: PathPattern) {
    this.original = original;
    this.replacement = replacement;
    this.pattern = pattern;
  }

  /** `instance override 'test.agent.driver' of Driver by SlowDriver (tests/a.ts(12))`. */
  describe(): string {
    const { pattern, original, replacement, place } = this;
    const kind = pattern === undefined ? 'type override' : `instance override '${pattern.text}'`;
    const where = place.text === '' ? '' : ` (${place.text})`;
    const by = productName(replacement);
    // What `rand` and `extend` give is called after its class: both sides may bear one name.
    const isTwin = original !== replacement && by === productName(original);
    const other = isTwin ? 'another definition of ' : '';
    return `${kind} of ${productName(original)} by ${other}${by}${where}`;
  }
}

/** What came of the requests for one product. */
export interface ProductUse {
  readonly product: object;
  /** How often what was created instead. */
  readonly created: ReadonlyMap<object, number>;
  /** Where it was asked for, or where an override led to it; not more than `PATHS_KEPT`. */
  readonly paths: readonly string[];
}

class Use implements ProductUse {
  readonly product: object;
  readonly created = new Map<object, number>();
  readonly paths: string[] = [];

  constructor(product: object) {
    this.product = product;
  }
}

/**
 * Decides which class or item definition is created where one is asked for: overrides by instance come before those
 * by type, and the result is looked up again; a loop is reported as error OVRDLOOP, and the product asked for is
 * created (IEEE 1800.2 clause 8; semantics §4).
 */
export class Factory {
  private readonly typeOverrides = new Map<object, Override>();
  private readonly instanceOverrides: Override[] = [];
  private readonly used = new Map<object, Use>();
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
    this.typeOverrides.set(original, new Override(original, replacement));
  }

  /**
   * Creates `replacement` where `original` is asked for at a full path (from the test down) that
   * matches `pattern`. @throws UsageError `bad-pattern`.
   */
  overrideInstance<T extends object>(pattern: string, original: T, replacement: NoInfer<T>): void {
    const compiled = patternBelow('', pattern);
    this.instanceOverrides.push(new Override(original, replacement, compiled));
  }

  /** False: `resolve` returns what it is asked for, whatever the path. */
  get hasOverrides(): boolean {
    return this.typeOverrides.size > 0 || this.instanceOverrides.length > 0;
  }

  /** Instance overrides in the order in which they are tried, then type overrides. */
  get overrides(): readonly Override[] {
    return [...this.instanceOverrides, ...this.typeOverrides.values()];
  }

  /** What has been asked for so far, and what was created; items only while there are overrides. */
  get products(): readonly ProductUse[] {
    return [...this.used.values()];
  }

  /**
   * What is to be created when `requested` is asked for at `path`; counts the request. Reports error OVRDLOOP for a
   * loop.
   */
  resolve<T extends object>(requested: T, path: string): T {
    const created = this.hasOverrides ? this.follow(requested, path) : requested;
    const { created: counts, paths } = this.useOf(requested);
    counts.set(created, (counts.get(created) ?? 0) + 1);
    if (paths.length < PATHS_KEPT) paths.push(path);
    return created as T;
  }

  /** How a request would be answered, step by step, without creating anything: UVM's debug_create_by_type. */
  debugCreate(requested: object, path: string): string[] {
    const lines = [`${productName(requested)} at ${path}:`];
    const seen = new Set<object>([requested]);
    let current = requested;
    for (;;) {
      for (const one of this.instanceOverrides) {
        if (one.original !== current) continue;
        const isMatch = one.pattern?.matches(path) === true;
        lines.push(`  ${one.describe()}: ${isMatch ? 'applies' : 'does not match'}`);
        if (isMatch) break;
      }
      const applied = this.overrideOf(current, path);
      if (applied === undefined) lines.push(`  no override of ${productName(current)} applies`);
      else if (applied.pattern === undefined) lines.push(`  ${applied.describe()}: applies`);
      const next = applied?.replacement;
      if (next === undefined || next === current) {
        return [...lines, `  created is ${productName(current)}`];
      }
      if (seen.has(next)) {
        lines.push(`  this leads back to ${productName(next)}: the overrides form a loop`);
        return [...lines, `  created is ${productName(requested)}, as if there were none`];
      }
      seen.add(next);
      current = next;
    }
  }

  /** The overrides and how often they were used, and what was created: UVM's factory.print. */
  print(): string {
    const rows = (list: Iterable<Override>): string[][] =>
      [...list].map(({ original, replacement, pattern, uses }) => [
        productName(original),
        pattern?.text ?? '**',
        productName(replacement),
        String(uses),
      ]);
    const created = this.products.flatMap((use) =>
      [...use.created].map(([product, count]) => [
        productName(use.product),
        productName(product),
        String(count),
      ]),
    );
    const heads = ['Requested', 'Path', 'Created', 'Used'];
    return [
      'Factory configuration',
      '',
      'Instance overrides, in the order in which they are tried',
      tableOf(heads, rows(this.instanceOverrides)),
      '',
      'Type overrides',
      tableOf(heads, rows(this.typeOverrides.values())),
      '',
      'Created so far',
      tableOf(['Requested', 'Created', 'Count'], created),
      '',
    ].join('\n');
  }

  private follow(requested: object, path: string): object {
    const seen = new Set<object>([requested]);
    let current = requested;
    for (;;) {
      const applied = this.overrideOf(current, path);
      if (applied === undefined) return current;
      applied.uses++;
      const next = applied.replacement;
      if (next === current) return current;
      if (seen.has(next)) {
        this.reportLoop([...seen, next], path);
        return requested;
      }
      const { paths } = this.useOf(next);
      if (paths.length < PATHS_KEPT) paths.push(path);
      seen.add(next);
      current = next;
    }
  }

  private overrideOf(product: object, path: string): Override | undefined {
    for (const one of this.instanceOverrides) {
      if (one.original === product && one.pattern?.matches(path) === true) return one;
    }
    return this.typeOverrides.get(product);
  }

  private useOf(product: object): Use {
    const known = this.used.get(product);
    if (known !== undefined) return known;
    const made = new Use(product);
    this.used.set(product, made);
    return made;
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
