// Scoreboard bases: what was predicted against what came, in order or by key, with bounded memory and rules that count their
// evaluations. Source: design decisions 7 and 8 (what never comes is a liveness failure).
//
//   class ReadScoreboard extends OutOfOrderScoreboard<Read, number> {
//     protected override keyOf({ tag }: Read): number { return tag; }
//     protected override scoreboardRules(): ScoreboardRules { return READ_RULES; }      // ids of one's own
//   }
//   predictor.out.connect(scoreboard.expected);  monitor.observed.connect(scoreboard.actual);
//
// Unlike a comparator it wants the prediction first: what comes unexpected breaks a rule at once.
import { Queue } from '#base/queue';
import { formatTime } from '#kernel/time';
import { ComparingComponent } from './comparing-component.ts';
import { AnalysisImp } from './ports.ts';
import { defineRules, type RuleSet } from './rules.ts';

/** Expected transactions that may be outstanding, unless the scoreboard says otherwise. */
export const SCOREBOARD_OUTSTANDING_MAX = 65_536;
/** Keys whose leftovers are named; there may be more. */
export const LEFTOVER_KEYS_SHOWN = 16;

const SOURCE = 'scoreboard bases';

/**
 * The rules of a scoreboard that overrides no `scoreboardRules`: SCOREBOARD-EQUAL, -EXPECTED, -COMPLETE,
 * -OUTSTANDING.
 */
export const SCOREBOARD_RULES = defineRules({
  equal: ['SCOREBOARD-EQUAL', 'what comes equals what is expected next of its key', SOURCE],
  expected: ['SCOREBOARD-EXPECTED', 'nothing comes that is not expected', SOURCE],
  complete: ['SCOREBOARD-COMPLETE', 'everything expected has come when the run ends', SOURCE],
  outstanding: ['SCOREBOARD-OUTSTANDING', 'no more is outstanding than is allowed', SOURCE],
});
/**
 * Rules for a scoreboard, by what breaks them: what comes differs, is not expected, has not come at the end, is one
 * too many.
 */
export type ScoreboardRules = RuleSet<'equal' | 'expected' | 'complete' | 'outstanding'>;

interface Expectation<T> {
  readonly transaction: T;
  readonly sincePs: number;
}

/** Transactions of one key come in the order in which they were expected; those of different keys in any order. */
export abstract class OutOfOrderScoreboard<T, K> extends ComparingComponent<T> {
  /** Predictions. */
  readonly expected: AnalysisImp<T> = new AnalysisImp<T>('expected', this, (transaction) =>
    this.expect(transaction),
  );
  /** Observations. */
  readonly actual: AnalysisImp<T> = new AnalysisImp<T>('actual', this, (transaction) =>
    this.check(transaction),
  );
  /** Expected transactions that may be outstanding, of all keys together. */
  outstandingMax: number = SCOREBOARD_OUTSTANDING_MAX;
  /** Transactions that came and were equal to what was expected. */
  matches = 0;
  /** Transactions that came in place of a different one. */
  mismatches = 0;
  /** What came although nobody expected it. */
  unexpected = 0;
  /** The most that was outstanding at once. */
  outstandingPeak = 0;
  private readonly matching = this.evaluates(this.scoreboardRules());
  private readonly queues = new Map<K, Queue<Expectation<T>>>();
  private outstandingCount = 0;

  /** What makes two transactions belong together: a tag, an address. Compared as by a `Map`. */
  protected abstract keyOf(transaction: T): K;

  /** Expected transactions that have not come. */
  get outstanding(): number {
    return this.outstandingCount;
  }

  /** Those of one key. */
  outstandingOf(key: K): number {
    return this.queues.get(key)?.length ?? 0;
  }

  /** Forgets what is outstanding, of one key or of all: after a reset. */
  flush(...keys: readonly K[]): void {
    for (const key of keys.length > 0 ? keys : [...this.queues.keys()]) {
      this.outstandingCount -= this.outstandingOf(key);
      this.queues.delete(key);
    }
  }

  /**
   * Breaks the rule `complete` for each key of which something has not come, naming the oldest (at most 16 keys by
   * name).
   */
  override checkPhase(): void {
    const { complete } = this.matching;
    if (complete.holds(this.outstandingCount === 0)) return;
    let shown = 0;
    for (const [key, queue] of this.queues) {
      const oldest = queue.peek();
      if (oldest === undefined) continue;
      if (++shown > LEFTOVER_KEYS_SHOWN) {
        const more = this.queues.size - LEFTOVER_KEYS_SHOWN;
        complete.fail({ subject: 'further keys', expected: 'none', seen: `${more} more` });
        return;
      }
      complete.fail({
        subject: this.subjectOf(key),
        expected: this.describe(oldest.transaction),
        seen: `nothing since ${formatTime(oldest.sincePs)}; ${queue.length} outstanding`,
      });
    }
  }

  /**
   * Reports the numbers of matches, mismatches, unexpected and outstanding transactions: an info SCOREBOARD,
   * verbosity MEDIUM.
   */
  override reportPhase(): void {
    this.info(
      'SCOREBOARD',
      () =>
        `${this.matches} matches, ${this.mismatches} mismatches, ${this.unexpected} unexpected, ` +
        `${this.outstandingCount} outstanding (at most ${this.outstandingPeak})`,
    );
  }

  /** The rules to evaluate, for ids of one's own. For overriding. */
  protected scoreboardRules(): ScoreboardRules {
    return SCOREBOARD_RULES;
  }

  /** A key for people: failures of one key are counted together. For overriding. */
  protected subjectOf(key: K): string {
    return `${this.name} key ${String(key)}`;
  }

  private expect(transaction: T): void {
    const key = this.keyOf(transaction);
    const { outstanding } = this.matching;
    if (!outstanding.holds(this.outstandingCount < this.outstandingMax)) {
      outstanding.fail({
        subject: this.name,
        expected: `at most ${this.outstandingMax}`,
        seen: `one more, for ${this.subjectOf(key)}, which is not checked`,
      });
      return;
    }
    let queue = this.queues.get(key);
    if (queue === undefined) {
      queue = new Queue();
      this.queues.set(key, queue);
    }
    queue.push({ transaction: this.keep(transaction), sincePs: this.kernel.nowPs });
    this.outstandingCount++;
    this.outstandingPeak = Math.max(this.outstandingPeak, this.outstandingCount);
  }

  private check(actual: T): void {
    const key = this.keyOf(actual);
    const queue = this.queues.get(key);
    const next = queue?.shift();
    if (!this.matching.expected.holds(next !== undefined) || next === undefined) {
      this.unexpected++;
      this.matching.expected.fail({
        subject: this.subjectOf(key),
        expected: 'nothing',
        seen: this.describe(actual),
      });
      return;
    }
    this.outstandingCount--;
    // Keys come and go (tags, addresses): one without expectation takes no memory.
    if (queue?.length === 0) this.queues.delete(key);
    this.compare(key, next.transaction, actual);
  }

  private compare(key: K, expected: T, actual: T): void {
    const { equal } = this.matching;
    if (equal.holds(this.isEqual(expected, actual))) {
      this.matches++;
      return;
    }
    this.mismatches++;
    const where = this.whereDifferent(expected, actual);
    equal.fail({
      subject: this.subjectOf(key),
      expected: this.describe(expected),
      seen: `${this.describe(actual)}${where === '' ? '' : ` (${where})`}`,
    });
  }
}

/** Everything comes in the order in which it was expected. */
export class InOrderScoreboard<T> extends OutOfOrderScoreboard<T, 0> {
  protected override keyOf(_transaction: T): 0 {
    return 0;
  }

  protected override subjectOf(_key: 0): string {
    return this.name;
  }
}
