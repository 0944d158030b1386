// Rules: declared, counted, broken. Source: design decision 7.
import { describe, expect, it } from 'vitest';
import { defineRules, failureText, FAILURES_MAX, RuleBook } from '#uvm/rules';

const RULES = defineRules({
  isolation: ['T-RID-4', 'a request carries the RID of its owner', 'siov-facts §13', 'SIOV'],
  order: ['SRD-7.5', 'the record follows the data', 'SRD §7'],
});

describe('defineRules', () => {
  it('keeps the keys and fills in the basis', () => {
    expect(RULES.isolation).toEqual({
      id: 'T-RID-4',
      sentence: 'a request carries the RID of its owner',
      source: 'siov-facts §13',
      basis: 'SIOV',
    });
    expect(RULES.order.basis).toBe('');
  });

  it('refuses an id used twice and an empty sentence', () => {
    expect(() => defineRules({ a: ['X-1', 'a', ''], b: ['X-1', 'b', ''] })).toThrow(
      "rule id 'X-1' is declared twice",
    );
    expect(() => defineRules({ a: ['X-1', '', ''] })).toThrow(/wants an id and a sentence/);
  });
});

describe('RuleBook', () => {
  it('counts evaluations over all components, and lists rules that were never evaluated', () => {
    const book = new RuleBook({ nowPs: 0 });
    const one = book.evaluator(RULES, 'test.a');
    const two = book.evaluator(RULES, 'test.b');
    expect(one.isolation.holds(true)).toBe(true);
    expect(two.isolation.holds(false)).toBe(false);
    expect(book.evaluations()).toEqual({ 'SRD-7.5': 0, 'T-RID-4': 2 });
    expect(one.isolation.evaluated).toBe(1);
    expect(book.failures).toEqual([]);
  });

  it('keeps failures in order, counts repetitions of rule and subject, calls back at the first', () => {
    const clock = { nowPs: 5 };
    const book = new RuleBook(clock);
    const seen: string[] = [];
    book.onFirstFailure = (failure) => seen.push(failure.rule);
    const rule = book.evaluator(RULES, 'test.a');
    rule.order.fail({ subject: 'sdi 1', expected: 1, seen: 2 });
    clock.nowPs = 9;
    rule.isolation.fail({ subject: 'sdi 1', expected: 'x', seen: new Uint8Array([1, 0xab]) });
    rule.order.fail({ subject: 'sdi 1', expected: 1, seen: 3 });
    rule.order.fail({ subject: 'sdi 2', expected: 1, seen: 3, timePs: 7, path: 'test.c' });
    expect(seen).toEqual(['SRD-7.5']);
    expect(book.failureCount).toBe(4);
    expect(book.firstFailure?.rule).toBe('SRD-7.5');
    expect(book.failures).toEqual([
      {
        rule: 'SRD-7.5',
        timePs: 5,
        path: 'test.a',
        subject: 'sdi 1',
        expected: '1',
        seen: '2',
        count: 2,
      },
      {
        rule: 'T-RID-4',
        timePs: 9,
        path: 'test.a',
        subject: 'sdi 1',
        expected: 'x',
        seen: '01ab',
        count: 1,
      },
      {
        rule: 'SRD-7.5',
        timePs: 7,
        path: 'test.c',
        subject: 'sdi 2',
        expected: '1',
        seen: '3',
        count: 1,
      },
    ]);
  });

  it('prints values without the line end of a printed object, so that a report stays in one line', () => {
    const book = new RuleBook({ nowPs: 5 });
    let text = '';
    book.onNewFailure = (failure, { sentence }) => (text = failureText(failure, sentence));
    const { order } = book.evaluator(RULES, 'test.a');
    order.fail({ subject: 'side', expected: 'nothing left', seen: 'Item a=1\n' });
    expect(text).toBe('side: expected nothing left, seen Item a=1 (the record follows the data)');
  });

  it('is bounded', () => {
    const book = new RuleBook({ nowPs: 0 });
    const { order } = book.evaluator(RULES, 'test');
    for (let i = 0; i < FAILURES_MAX + 5; i++) {
      order.fail({ subject: `s${i}`, expected: '', seen: 'x'.repeat(1000) });
    }
    expect(book.failures).toHaveLength(FAILURES_MAX);
    expect(book.failureCount).toBe(FAILURES_MAX + 5);
    expect(book.failures[0].seen).toHaveLength(500);
  });

  it('refuses one id with two sentences', () => {
    const book = new RuleBook({ nowPs: 0 });
    book.register(RULES);
    book.register(RULES);
    expect(() => book.register(defineRules({ other: ['T-RID-4', 'else', ''] }))).toThrow(
      "rule id 'T-RID-4' has two sentences",
    );
  });
});
