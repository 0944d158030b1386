// Comparators and scoreboard bases: matches, mismatches, leftovers, limits, evaluations.
import { describe, expect, it } from 'vitest';
import { AlgorithmicComparator, InOrderComparator, type ComparedPair } from '#uvm/comparator';
import type { ComponentClass } from '#uvm/component';
import {
  InOrderScoreboard,
  LEFTOVER_KEYS_SHOWN,
  OutOfOrderScoreboard,
  type ScoreboardRules,
} from '#uvm/matching-scoreboard';
import type { TransactionFields } from '#uvm/comparing-component';
import { field } from '#uvm/field-kinds';
import { fields } from '#uvm/object-fields';
import { AnalysisPort } from '#uvm/ports';
import { defineRules } from '#uvm/rules';
import type { Component } from '#uvm/component';
import { Testbench } from '#uvm/testbench';

class Word {
  tag = 0;
  value = 0;
  constructor(value: number, tag = 0) {
    this.value = value;
    this.tag = tag;
  }
}

function make<C extends Component>(componentClass: ComponentClass<C>): [C, Testbench] {
  const testbench = new Testbench({ runSeed: 1 });
  return [new componentClass('compare', testbench), testbench];
}

/** Broken rules: `rule: subject: expected / seen`, with the count when it is not 1. */
function broken({ rules }: Testbench): string[] {
  return rules.failures.map(({ rule, subject, expected, seen, count }) => {
    const times = count === 1 ? '' : ` x${count}`;
    return `${rule}: ${subject}: ${expected} / ${seen}${times}`;
  });
}

describe('the in-order comparator', () => {
  it('compares in turn, whichever side is ahead', () => {
    const [compare, testbench] = make(InOrderComparator<Word>);
    const pairs: ComparedPair<Word>[] = [];
    compare.pairs.connect({ write: (pair) => pairs.push(pair) });
    const port = new AnalysisPort<Word>();
    port.connect(compare.expected);
    port.write(new Word(1));
    port.write(new Word(2));
    compare.actual.write(new Word(1));
    compare.actual.write(new Word(2));
    compare.actual.write(new Word(3));
    expect(compare.outstanding).toEqual({ expected: 0, actual: 1 });
    port.write(new Word(3));
    compare.checkPhase();
    compare.reportPhase();
    expect([compare.matches, compare.mismatches, broken(testbench)]).toEqual([3, 0, []]);
    expect(pairs.map(({ expected, isEqual }) => [expected.value, isEqual])).toEqual([
      [1, true],
      [2, true],
      [3, true],
    ]);
    expect(testbench.rules.evaluations()).toEqual({
      'COMPARE-EQUAL': 3,
      'COMPARE-LEFTOVER': 2,
      'COMPARE-OUTSTANDING': 3,
    });
    expect(testbench.reports.messages.at(-1)?.text).toBe('3 matches, 0 mismatches');
  });

  it('says where two differ, and goes on', () => {
    const [compare, testbench] = make(InOrderComparator<Word>);
    for (const value of [1, 2, 3]) compare.expected.write(new Word(value));
    for (const value of [1, 9, 8]) compare.actual.write(new Word(value));
    expect([compare.matches, compare.mismatches]).toEqual([1, 2]);
    expect(broken(testbench)).toEqual([
      'COMPARE-EQUAL: compare: Word { tag: 0, value: 2 } / Word { tag: 0, value: 9 } ' +
        '(comparison 2, different in value) x2',
    ]);
  });

  it('copies what waits, as its writer may use it again', () => {
    const [compare, testbench] = make(InOrderComparator<Word>);
    const reused = new Word(1);
    compare.expected.write(reused);
    reused.value = 2;
    compare.actual.write(new Word(1));
    expect(broken(testbench)).toEqual([]);
  });

  it('what waits at the end breaks a rule, on either side; a flush forgets it', () => {
    const [compare, testbench] = make(InOrderComparator<Word>);
    compare.expected.write(new Word(1));
    compare.flush();
    compare.checkPhase();
    expect(broken(testbench)).toEqual([]);
    compare.actual.write(new Word(1));
    compare.actual.write(new Word(2));
    compare.checkPhase();
    expect(broken(testbench)).toEqual([
      'COMPARE-LEFTOVER: compare actual: an expected transaction for each / ' +
        '2 left, the oldest since 0 ps: Word { tag: 0, value: 1 }',
    ]);
    const [other, second] = make(InOrderComparator<Word>);
    other.expected.write(new Word(1));
    other.checkPhase();
    expect(broken(second)[0]).toMatch(/^COMPARE-LEFTOVER: compare expected: an actual/);
  });

  it('keeps no more than it may', () => {
    const [compare, testbench] = make(InOrderComparator<Word>);
    compare.outstandingMax = 2;
    for (let i = 0; i < 5; i++) compare.expected.write(new Word(i));
    expect(compare.outstanding.expected).toBe(2);
    expect(broken(testbench)).toEqual([
      'COMPARE-OUTSTANDING: compare expected: at most 2 / one more, which is dropped x3',
    ]);
  });

  it('that was never used shows: no comparison was evaluated', () => {
    const [compare, testbench] = make(InOrderComparator<Word>);
    compare.checkPhase();
    expect(testbench.rules.evaluations()['COMPARE-EQUAL']).toBe(0);
    expect(broken(testbench)).toEqual([]);
  });

  it('compares as it is told', () => {
    class Parity extends InOrderComparator<bigint> {
      protected override isEqual(a: bigint, b: bigint): boolean {
        return a % 2n === b % 2n;
      }
    }
    const [compare, testbench] = make(Parity);
    compare.expected.write(1n);
    compare.actual.write(3n);
    compare.expected.write(1n);
    compare.actual.write(4n);
    expect(broken(testbench)).toEqual(['COMPARE-EQUAL: compare: 1 / 4 (comparison 2)']);
  });
});

describe('a table of fields', () => {
  class Stamped {
    value = 0;
    sentAtPs = 0;
    constructor(value = 0, sentAtPs = 0) {
      this.value = value;
      this.sentAtPs = sentAtPs;
    }
  }
  const stamped = fields(Stamped, { value: field.hex(16) });
  class ByTable extends InOrderComparator<Stamped> {
    protected override transactionFields(): TransactionFields<Stamped> {
      return stamped;
    }
  }

  it('says what is compared, kept and printed', () => {
    const [compare, testbench] = make(ByTable);
    compare.expected.write(new Stamped(1, 10));
    compare.actual.write(new Stamped(1, 20));
    expect([compare.matches, broken(testbench)]).toEqual([1, []]);
    compare.expected.write(new Stamped(1, 10));
    compare.actual.write(new Stamped(0x2a, 10));
    const [failure] = broken(testbench);
    expect(failure).toContain('different in value');
    expect(failure).toMatch(/2a/);
    expect(failure).not.toContain('sentAtPs');
  });
});

describe('the algorithmic comparator', () => {
  class Doubled extends AlgorithmicComparator<number, Word> {
    override transform(before: number): Word {
      return new Word(2 * before);
    }
  }

  it('compares with what the transformation says', () => {
    const [compare, testbench] = make(Doubled);
    compare.before.write(4);
    compare.actual.write(new Word(8));
    compare.before.write(5);
    compare.actual.write(new Word(8));
    expect([compare.matches, compare.mismatches]).toEqual([1, 1]);
    expect(broken(testbench)[0]).toContain(
      'Word { tag: 0, value: 10 } / Word { tag: 0, value: 8 }',
    );
  });
});

const TAG_RULES: ScoreboardRules = defineRules({
  equal: ['TAG-1', 'a read gives what was written', 'test'],
  expected: ['TAG-2', 'no answer comes unasked', 'test'],
  complete: ['TAG-3', 'every read is answered', 'test'],
  outstanding: ['TAG-4', 'there are tags for all reads', 'test'],
});
class ByTag extends OutOfOrderScoreboard<Word, number> {
  protected override keyOf({ tag }: Word): number {
    return tag;
  }
  protected override scoreboardRules(): ScoreboardRules {
    return TAG_RULES;
  }
}

describe('the out-of-order scoreboard', () => {
  it('takes keys in any order, and keeps the order within one', () => {
    const [board, testbench] = make(ByTag);
    for (const [value, tag] of [
      [1, 0],
      [2, 0],
      [3, 1],
    ]) {
      board.expected.write(new Word(value, tag));
    }
    expect([board.outstanding, board.outstandingOf(0), board.outstandingOf(7)]).toEqual([3, 2, 0]);
    board.actual.write(new Word(3, 1));
    board.actual.write(new Word(1, 0));
    board.actual.write(new Word(9, 0));
    board.checkPhase();
    board.reportPhase();
    expect([board.matches, board.mismatches, board.outstandingPeak]).toEqual([2, 1, 3]);
    expect(broken(testbench)).toEqual([
      'TAG-1: compare key 0: Word { tag: 0, value: 2 } / Word { tag: 0, value: 9 } (different in value)',
    ]);
    expect(testbench.rules.evaluations()).toEqual({
      'TAG-1': 3,
      'TAG-2': 3,
      'TAG-3': 1,
      'TAG-4': 3,
    });
    expect(testbench.reports.messages.at(-1)?.text).toBe(
      '2 matches, 1 mismatches, 0 unexpected, 0 outstanding (at most 3)',
    );
  });

  it('what nobody expected breaks a rule at once, also one too many', () => {
    const [board, testbench] = make(ByTag);
    board.expected.write(new Word(1, 4));
    board.actual.write(new Word(1, 4));
    board.actual.write(new Word(1, 4));
    expect([board.unexpected, broken(testbench)]).toEqual([
      1,
      ['TAG-2: compare key 4: nothing / Word { tag: 4, value: 1 }'],
    ]);
  });

  it('what never comes is a failure of liveness, named by key; further keys are counted', () => {
    const [board, testbench] = make(ByTag);
    testbench.kernel.runUntil(5_000);
    for (let tag = 0; tag < LEFTOVER_KEYS_SHOWN + 3; tag++) board.expected.write(new Word(7, tag));
    board.expected.write(new Word(8, 0));
    board.checkPhase();
    const found = broken(testbench);
    expect(found).toHaveLength(LEFTOVER_KEYS_SHOWN + 1);
    expect(found[0]).toBe(
      'TAG-3: compare key 0: Word { tag: 0, value: 7 } / nothing since 5 ns; 2 outstanding',
    );
    expect(found.at(-1)).toBe('TAG-3: further keys: none / 3 more');
  });

  it('takes no more than it may, and no memory for keys that are done', () => {
    const [board, testbench] = make(ByTag);
    board.outstandingMax = 1;
    for (let tag = 0; tag < 1000; tag++) {
      board.expected.write(new Word(1, tag));
      board.actual.write(new Word(1, tag));
    }
    expect([board.outstandingPeak, board.matches, broken(testbench)]).toEqual([1, 1000, []]);
    board.expected.write(new Word(1, 1));
    board.expected.write(new Word(1, 2));
    expect(broken(testbench)).toEqual([
      'TAG-4: compare: at most 1 / one more, for compare key 2, which is not checked',
    ]);
  });

  it('forgets one key or all of them after a reset', () => {
    const [board, testbench] = make(ByTag);
    for (const tag of [1, 2, 3]) board.expected.write(new Word(1, tag));
    board.flush(2, 9);
    expect([board.outstanding, board.outstandingOf(2)]).toEqual([2, 0]);
    board.flush();
    board.checkPhase();
    expect([board.outstanding, broken(testbench)]).toEqual([0, []]);
  });
});

describe('the in-order scoreboard', () => {
  it('wants everything in the order in which it was expected', () => {
    const [board, testbench] = make(InOrderScoreboard<Word>);
    for (const value of [1, 2, 3]) board.expected.write(new Word(value));
    board.actual.write(new Word(1));
    board.actual.write(new Word(3));
    board.checkPhase();
    expect(broken(testbench)).toEqual([
      'SCOREBOARD-EQUAL: compare: Word { tag: 0, value: 2 } / Word { tag: 0, value: 3 } (different in value)',
      'SCOREBOARD-COMPLETE: compare: Word { tag: 0, value: 3 } / nothing since 0 ps; 1 outstanding',
    ]);
  });
});
