// Comparators: what came against what was expected, in order. Source: IEEE 1800.2 clause 13.9 (in older versions
// uvm_in_order_comparator, uvm_algorithmic_comparator); design decision 7.
//
//   readonly child = this.children({ compare: InOrderComparator<Item> });
//   this.child.predictor.out.connect(this.child.compare.expected);
//   this.child.monitor.observed.connect(this.child.compare.actual);
//
// Either side may be ahead. What is left over at the end breaks a rule, and so does what nobody ever compared: the rule
// shows zero evaluations.
import { Queue } from '#base/queue';
import { ComparingComponent } from './comparing-component.ts';
import { AnalysisImp, AnalysisPort } from './ports.ts';
import { defineRules, type RuleSet } from './rules.ts';
import { VERBOSITY } from './report-server.ts';

/** Transactions of one side that wait for the other, unless the comparator says otherwise. */
export const COMPARATOR_OUTSTANDING_MAX = 65_536;

const SOURCE = 'IEEE 1800.2 comparators';

/**
 * The rules of a comparator that overrides no `comparatorRules`: COMPARE-EQUAL, COMPARE-LEFTOVER,
 * COMPARE-OUTSTANDING.
 */
export const COMPARATOR_RULES = defineRules({
  equal: ['COMPARE-EQUAL', 'a transaction equals the expected one in its turn', SOURCE],
  leftover: ['COMPARE-LEFTOVER', 'nothing waits for its counterpart when the run ends', SOURCE],
  outstanding: ['COMPARE-OUTSTANDING', 'no more waits than the comparator allows', SOURCE],
});
/** Rules for a comparator, by what breaks them: an unequal pair, a transaction left over, one too many waiting. */
export type ComparatorRules = RuleSet<'equal' | 'leftover' | 'outstanding'>;

/** Two transactions that were compared. */
export interface ComparedPair<T> {
  readonly expected: T;
  readonly actual: T;
  /** Whether they were equal. */
  readonly isEqual: boolean;
}

interface Waiting<T> {
  readonly transaction: T;
  readonly sincePs: number;
}

/** Compares the n-th transaction of one input with the n-th of the other. */
export class InOrderComparator<T> extends ComparingComponent<T> {
  /** UVM's before_export. */
  readonly expected: AnalysisImp<T> = new AnalysisImp<T>('expected', this, (transaction) =>
    this.take(transaction, this.waitingExpected, this.waitingActual, 'expected'),
  );
  /** UVM's after_export. */
  readonly actual: AnalysisImp<T> = new AnalysisImp<T>('actual', this, (transaction) =>
    this.take(transaction, this.waitingActual, this.waitingExpected, 'actual'),
  );
  /** Every pair that was compared: UVM's pair_ap. */
  readonly pairs: AnalysisPort<ComparedPair<T>> = new AnalysisPort<ComparedPair<T>>('pairs', this);
  /** Transactions of one side that may wait. */
  outstandingMax: number = COMPARATOR_OUTSTANDING_MAX;
  /** Pairs that were equal. */
  matches = 0;
  /** Pairs that were not equal. */
  mismatches = 0;
  private readonly comparing = this.evaluates(this.comparatorRules());
  private readonly waitingExpected = new Queue<Waiting<T>>();
  private readonly waitingActual = new Queue<Waiting<T>>();

  /** Expected transactions that wait for theirs, and the other way round. */
  get outstanding(): { readonly expected: number; readonly actual: number } {
    return { expected: this.waitingExpected.length, actual: this.waitingActual.length };
  }

  /** Forgets what waits: after a reset of the device. */
  flush(): void {
    this.waitingExpected.clear();
    this.waitingActual.clear();
  }

  /** Breaks the rule `leftover` once for each side on which transactions still wait, naming the oldest. */
  override checkPhase(): void {
    const { leftover } = this.comparing;
    for (const [side, other, queue] of [
      ['expected', 'actual', this.waitingExpected],
      ['actual', 'expected', this.waitingActual],
    ] as const) {
      const oldest = queue.peek();
      if (leftover.holds(oldest === undefined) || oldest === undefined) continue;
      leftover.fail({
        subject: `${this.name} ${side}`,
        expected: `an ${other} transaction for each`,
        seen:
          `${queue.length} left, the oldest since ${oldest.sincePs} ps: ` +
          this.describe(oldest.transaction),
      });
    }
  }

  /** Reports the numbers of matches and mismatches: an info COMPARATOR of verbosity MEDIUM. */
  override reportPhase(): void {
    this.info(
      'COMPARATOR',
      () => `${this.matches} matches, ${this.mismatches} mismatches`,
      VERBOSITY.MEDIUM,
    );
  }

  /** The rules to evaluate, for ids of one's own. For overriding. */
  protected comparatorRules(): ComparatorRules {
    return COMPARATOR_RULES;
  }

  private take(
    transaction: T,
    own: Queue<Waiting<T>>,
    other: Queue<Waiting<T>>,
    side: 'expected' | 'actual',
  ): void {
    const counterpart = other.shift()?.transaction;
    if (counterpart !== undefined) {
      if (side === 'actual') this.compare(counterpart, transaction);
      else this.compare(transaction, counterpart);
      return;
    }
    const { outstanding } = this.comparing;
    if (outstanding.holds(own.length < this.outstandingMax)) {
      own.push({ transaction: this.keep(transaction), sincePs: this.kernel.nowPs });
      return;
    }
    outstanding.fail({
      subject: `${this.name} ${side}`,
      expected: `at most ${this.outstandingMax}`,
      seen: 'one more, which is dropped',
    });
  }

  private compare(expected: T, actual: T): void {
    const isEqual = this.isEqual(expected, actual);
    const { equal } = this.comparing;
    if (equal.holds(isEqual)) this.matches++;
    else {
      this.mismatches++;
      const where = this.whereDifferent(expected, actual);
      equal.fail({
        subject: this.name,
        expected: this.describe(expected),
        seen: `${this.describe(actual)} (comparison ${equal.evaluated}${where === '' ? '' : `, ${where}`})`,
      });
    }
    if (this.pairs.connectionCount > 0) this.pairs.write({ expected, actual, isEqual });
  }
}

/** Compares what a device makes of each input with what `transform` makes of it. */
export abstract class AlgorithmicComparator<BEFORE, AFTER> extends InOrderComparator<AFTER> {
  /** Inputs of the device; its outputs go to `actual`. */
  readonly before: AnalysisImp<BEFORE> = new AnalysisImp<BEFORE>('before', this, (transaction) =>
    this.expected.write(this.transform(transaction)),
  );

  /** What should come out. */
  abstract transform(before: BEFORE): AFTER;
}
