// Rules: what no scenario may break. Source: design decision 7 (a check that cannot fail is a
// defect), "Rooms".
//
//   export const ALU_RULES = defineRules({ result: ['ALU-1', 'the result is …', 'guide §2'] });
//   private readonly rule = this.evaluates(ALU_RULES);                       // in a component
//   if (!this.rule.result.holds(seen === want)) this.rule.result.fail({ subject: 'alu add',
// expected: want, seen });
//
// `holds` counts and returns its argument; nothing is built when the rule holds.
import { assert, UsageError } from '#base/assert';
import type { FailureRecord } from '#record/run-record';
import { valueText } from './value-text.ts';

/** Different failures (rule, subject) kept per run; more are counted only. */
export const FAILURES_MAX = 200;

/** A rule as it was declared: what no scenario may break. */
export interface RuleDefinition {
  /** `T-RID-4`, `SRD-6.5`, `PCIE-REQ-2`: what users type. */
  readonly id: string;
  /** What must hold, as one sentence. */
  readonly sentence: string;
  /** Page and section. */
  readonly source: string;
  /** What the rule rests on: 'PCIe', 'SIOV', 'inferred', 'SRD'; '' when not said. */
  readonly basis: string;
}

/** Rules by the key under which the code speaks of them. */
export type RuleSet<K extends string = string> = Readonly<Record<K, RuleDefinition>>;

type RuleRow = readonly [id: string, sentence: string, source: string, basis?: string];

/**
 * Declares a family of rules as a table: `key: [id, sentence, source, basis?]` (design decision 7).
 * @throws UsageError `bad-rule` for an empty id or sentence, or an id that stands there twice.
 */
export function defineRules<const T extends Readonly<Record<string, RuleRow>>>(
  table: T,
): RuleSet<keyof T & string> {
  const rules: Record<string, RuleDefinition> = {};
  const ids = new Set<string>();
  for (const [key, [id, sentence, source, basis = '']] of Object.entries<RuleRow>(table)) {
    if (id === '' || sentence === '') {
      throw new UsageError('bad-rule', `rule '${key}' wants an id and a sentence`);
    }
    if (ids.has(id)) throw new UsageError('bad-rule', `rule id '${id}' is declared twice`);
    ids.add(id);
    rules[key] = Object.freeze({ id, sentence, source, basis });
  }
  return Object.freeze(rules);
}

/**
 * What a broken rule says. Values of any type: they are printed when, and only when, the rule is
 * broken.
 */
export interface FailureDetails {
  /** What it is about: `sdi 3`. Failures of one rule and subject are counted, not repeated. */
  readonly subject: string;
  readonly expected: unknown;
  readonly seen: unknown;
  /** Default: now. */
  readonly timePs?: number;
  /** Default: the component that evaluates the rule. */
  readonly path?: string;
}

/** One rule as one component evaluates it. */
export class Rule {
  readonly definition: RuleDefinition;
  /** Times this component evaluated it. */
  evaluated = 0;
  private readonly book: RuleBook;
  private readonly path: string;

  /** Made by `RuleBook.evaluator`. */
  constructor(book: RuleBook, definition: RuleDefinition, path: string) {
    this.book = book;
    this.definition = definition;
    this.path = path;
  }

  /** What users type: `T-RID-4`. */
  get id(): string {
    return this.definition.id;
  }

  /** Counts an evaluation and returns `condition`. */
  holds(condition: boolean): boolean {
    this.evaluated++;
    return condition;
  }

  /**
   * Says that the rule is broken: the run does not pass. Different failures are kept (at most `FAILURES_MAX`),
   * repeated ones counted.
   */
  fail(details: FailureDetails): void {
    this.book.recordFailure(this.definition, details, details.path ?? this.path);
  }
}

/** A failure while the run goes on; its count grows. */
export interface Failure extends FailureRecord {
  count: number;
}

interface Clock {
  readonly nowPs: number;
}

/** All rules of a run: which there are, how often each was evaluated, which were broken. */
export class RuleBook {
  /** Different failures in the order in which they were seen, at most `FAILURES_MAX`. */
  readonly failures: Failure[] = [];
  /** All failures, repeated ones included. */
  failureCount = 0;
  /** Called at the first failure of each rule and subject; repeated ones are counted in it. */
  onNewFailure: ((failure: Failure, definition: RuleDefinition) => void) | undefined;
  /** Called at the first failure of the run. */
  onFirstFailure: ((failure: Failure) => void) | undefined;
  private readonly clock: Clock;
  private readonly definitions = new Map<string, RuleDefinition>();
  private readonly evaluators = new Map<string, Rule[]>();
  private readonly failureByKey = new Map<string, Failure>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The first failure of the run; undefined: nothing was broken. */
  get firstFailure(): Failure | undefined {
    return this.failures[0];
  }

  /** Enters rules. @throws UsageError `rule-conflict` when an id is known with another sentence. */
  register(rules: RuleSet): void {
    for (const definition of Object.values(rules)) {
      const known = this.definitions.get(definition.id);
      if (known !== undefined && known.sentence !== definition.sentence) {
        throw new UsageError('rule-conflict', `rule id '${definition.id}' has two sentences`, {
          hint: `'${known.sentence}' and '${definition.sentence}'.`,
        });
      }
      this.definitions.set(definition.id, definition);
    }
  }

  /** The rules of a set for one component, which counts its own evaluations. */
  evaluator<K extends string>(rules: RuleSet<K>, path: string): Readonly<Record<K, Rule>> {
    this.register(rules);
    const made: Partial<Record<K, Rule>> = {};
    for (const key of Object.keys(rules) as K[]) {
      const rule = new Rule(this, rules[key], path);
      made[key] = rule;
      const others = this.evaluators.get(rule.id);
      if (others === undefined) this.evaluators.set(rule.id, [rule]);
      else others.push(rule);
    }
    return made as Record<K, Rule>;
  }

  /** All rules that are registered, in the order of their ids. */
  rules(): RuleDefinition[] {
    const ids = [...this.definitions.keys()].sort();
    return ids.map((id) => this.definitions.get(id) as RuleDefinition);
  }

  /** Evaluations by rule id, 0 included, in the order of the ids. */
  evaluations(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { id } of this.rules()) {
      counts[id] = (this.evaluators.get(id) ?? []).reduce((sum, rule) => sum + rule.evaluated, 0);
    }
    return counts;
  }

  /** For `Rule`: a rule was broken. */
  recordFailure(definition: RuleDefinition, details: FailureDetails, path: string): void {
    assert(this.definitions.has(definition.id), 'the rule is registered');
    this.failureCount++;
    const key = `${definition.id}\0${details.subject}`;
    const known = this.failureByKey.get(key);
    if (known !== undefined) {
      known.count++;
      return;
    }
    if (this.failures.length >= FAILURES_MAX) return;
    const failure: Failure = {
      rule: definition.id,
      timePs: details.timePs ?? this.clock.nowPs,
      path,
      subject: details.subject,
      expected: shownValue(details.expected),
      seen: shownValue(details.seen),
      count: 1,
    };
    this.failureByKey.set(key, failure);
    this.failures.push(failure);
    if (this.failures.length === 1) this.onFirstFailure?.(failure);
    this.onNewFailure?.(failure, definition);
  }
}

/** A broken rule in one line, for its report. */
export function failureText({ subject, expected, seen }: Failure, sentence: string): string {
  return `${subject}: expected ${expected}, seen ${seen} (${sentence})`;
}

/** In full, without the line end of a printed object: the report of a broken rule goes on behind it. */
function shownValue(value: unknown): string {
  return valueText(value, 'full').replace(/\n+$/, '');
}
