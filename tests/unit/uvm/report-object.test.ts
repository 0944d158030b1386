// Reports of components and sequences, their settings by hierarchy, and those of broken rules. Source: semantics §6.
import { describe, expect, it } from 'vitest';
import { Component } from '#uvm/component';
import { ReportCatcher, type CatchResult, type CaughtReport } from '#uvm/report-catcher';
import { ACTION, FatalReport, VERBOSITY, type ReportMessage } from '#uvm/report-server';
import { defineRules } from '#uvm/rules';
import { Sequence } from '#uvm/sequence';
import type { SequenceItem } from '#uvm/sequence-item';
import { Sequencer } from '#uvm/sequencer';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';

class Leaf extends Component {}
class Env extends Component {
  readonly child = this.children({ a: Leaf, b: Leaf, sequencer: Sequencer<SequenceItem> });
}
class Top extends Test {
  readonly child = this.children({ env: Env });
}

function build(): { test: Top; testbench: Testbench; ids: () => string[] } {
  const testbench = new Testbench({ runSeed: 1 });
  const test = new TestRunner(testbench, Top).elaborate();
  const ids = (): string[] => testbench.reports.messages.map(({ path, id }) => `${path} ${id}`);
  return { test, testbench, ids };
}

describe('settings of a component', () => {
  it('reach the component; those by hierarchy reach what is below, too', () => {
    const { test, ids } = build();
    const { env } = test.child;
    const { a, b } = env.child;
    a.setReportVerbosityLevel(VERBOSITY.DEBUG);
    a.info('ONE', 'text', VERBOSITY.DEBUG);
    b.info('ONE', 'text', VERBOSITY.DEBUG);
    env.setReportVerbosityLevelHier(VERBOSITY.FULL);
    env.info('ALL', 'text', VERBOSITY.FULL);
    b.info('ALL', 'text', VERBOSITY.FULL);
    test.info('ALL', 'text', VERBOSITY.FULL);
    env.setReportVerbosityLevelHier(VERBOSITY.NONE);
    a.setReportIdVerbosity('X', VERBOSITY.HIGH);
    a.info('X', 'text', VERBOSITY.HIGH);
    env.setReportIdVerbosityHier('Y', VERBOSITY.HIGH);
    b.info('Y', 'text', VERBOSITY.HIGH);
    b.setReportSeverityIdVerbosity('info', 'Y', VERBOSITY.NONE);
    b.info('Y', 'text', VERBOSITY.HIGH);
    env.setReportSeverityIdVerbosityHier('info', 'Z', VERBOSITY.LOW);
    a.info('Z', 'text', VERBOSITY.LOW);
    expect(ids()).toEqual([
      'test.env.a ONE',
      'test.env ALL',
      'test.env.b ALL',
      'test.env.a X',
      'test.env.b Y',
      'test.env.a Z',
    ]);
  });

  it('give actions, files and severities', () => {
    const { test, testbench } = build();
    const { env } = test.child;
    const { a, b } = env.child;
    env.setReportSeverityActionHier('warning', ACTION.NO_ACTION);
    a.setReportIdAction('W', ACTION.LOG);
    b.setReportSeverityIdAction('warning', 'W', ACTION.LOG);
    env.setReportDefaultFileHier('env.log');
    a.setReportIdFile('W', 'a.log');
    for (const one of [env, a, b]) one.warning('W', 'w');
    env.setReportIdActionHier('V', ACTION.LOG);
    env.setReportSeverityFileHier('warning', 'warnings.log');
    b.warning('V', 'v');
    env.setReportSeverityIdActionHier('error', 'E', ACTION.LOG);
    env.setReportSeverityIdFileHier('error', 'E', 'errors.log');
    b.error('E', 'e');
    a.setReportSeverityOverride('error', 'warning');
    a.setReportSeverityIdOverride('warning', 'U', 'info');
    a.error('U', 'as it is: U has overrides of its own');
    a.warning('U', 'an info');
    expect(
      [...testbench.reports.logs].map(([name, { reportCount }]) => [name, reportCount]),
    ).toEqual([
      ['a.log', 1],
      ['env.log', 1],
      ['warnings.log', 1],
      ['errors.log', 1],
    ]);
    const last = testbench.reports.messages.slice(-2);
    expect(last.map(({ severity }) => severity)).toEqual(['error', 'info']);
  });

  it('the other files and settings of one component', () => {
    const { test, testbench } = build();
    const { a } = test.child.env.child;
    a.setReportSeverityAction('info', ACTION.LOG);
    a.setReportDefaultFile('default.log');
    a.info('A', 'text');
    a.setReportSeverityFile('info', 'infos.log');
    a.info('B', 'text');
    a.setReportSeverityIdFile('info', 'C', 'c.log');
    a.info('C', 'text');
    test.setReportIdFileHier('D', 'd.log');
    a.info('D', 'text');
    expect([...testbench.reports.logs.keys()]).toEqual([
      'default.log',
      'infos.log',
      'c.log',
      'd.log',
    ]);
  });

  it('a report hook that was overridden is asked', () => {
    class Hooked extends Test {
      readonly asked: string[] = [];
      override reportHook({ text }: ReportMessage): boolean {
        this.asked.push(text);
        return text !== 'dropped';
      }
    }
    const testbench = new Testbench({ runSeed: 1 });
    const test = new TestRunner(testbench, Hooked).elaborate();
    test.setReportSeverityAction('warning', ACTION.DISPLAY | ACTION.CALL_HOOK);
    test.warning('W', 'dropped');
    test.warning('W', 'kept');
    test.error('E', 'not asked');
    expect(test.asked).toEqual(['dropped', 'kept']);
    expect(testbench.reports.messages.map(({ text }) => text)).toEqual(['kept', 'not asked']);
  });
});

describe('a fatal', () => {
  class Demote extends ReportCatcher {
    override catch(report: CaughtReport): CatchResult {
      report.severity = 'warning';
      return 'throw';
    }
  }

  it('that is demoted: report() goes on, fatal() leaves all the same', () => {
    const { test, testbench } = build();
    testbench.reports.catchers.add(new Demote());
    expect(() => test.report('fatal', 'F', 'goes on')).not.toThrow();
    expect(() => test.fatal('F', 'leaves')).toThrow(FatalReport);
    expect([testbench.reports.count('fatal'), testbench.reports.count('warning')]).toEqual([0, 2]);
    expect(testbench.reports.catchers.demoted.fatal).toBe(2);
  });
});

describe('a sequence', () => {
  class Inner extends Sequence<SequenceItem> {
    override *body() {
      this.info('SEQ', () => 'inner', VERBOSITY.HIGH);
      this.warning('SEQ', 'inner');
    }
  }
  class Outer extends Sequence<SequenceItem> {
    override *body() {
      this.error('SEQ', 'outer');
      yield* this.startChild(Inner, this.sequencer);
    }
  }

  it('reports by the settings of its sequencer, as sequencer@@sequence', () => {
    const { test, testbench } = build();
    const { sequencer } = test.child.env.child;
    sequencer.setReportVerbosityLevel(VERBOSITY.HIGH);
    testbench.kernel.spawn('main', test.start(Outer, sequencer));
    testbench.kernel.runUntil(0);
    expect(testbench.reports.messages.map((one) => [one.path, one.context, one.severity])).toEqual([
      ['test.env.sequencer', 'Outer', 'error'],
      ['test.env.sequencer', 'Outer.Inner', 'info'],
      ['test.env.sequencer', 'Outer.Inner', 'warning'],
    ]);
  });

  it('ends the run with a fatal', () => {
    class Fatal extends Sequence<SequenceItem> {
      override *body() {
        this.fatal('STOP', () => 'no further');
      }
    }
    const { test, testbench } = build();
    testbench.kernel.spawn('main', test.start(Fatal, test.child.env.child.sequencer));
    expect(() => testbench.kernel.runUntil(0)).toThrow('no further');
    expect(testbench.reports.count('fatal')).toBe(1);
  });
});

describe('a broken rule', () => {
  const RULES = defineRules({ one: ['R-1', 'one holds', 'here'] });

  it('is an error report with the id of the rule, once per subject', () => {
    const { testbench } = build();
    const rule = testbench.rules.evaluator(RULES, 'test.env').one;
    for (const subject of ['a', 'a', 'b']) rule.fail({ subject, expected: 1, seen: 2 });
    expect(testbench.reports.messages.map(({ id, path, text }) => [id, path, text])).toEqual([
      ['R-1', 'test.env', 'a: expected 1, seen 2 (one holds)'],
      ['R-1', 'test.env', 'b: expected 1, seen 2 (one holds)'],
    ]);
    expect(testbench.reports.summary()).toContain('UVM_ERROR :    2');
  });

  it('stays broken when its report is demoted or silenced', () => {
    const { testbench } = build();
    testbench.reports.at('**').setIdAction('R-1', ACTION.NO_ACTION);
    testbench.rules.evaluator(RULES, 'test').one.fail({ subject: 'a', expected: 1, seen: 2 });
    expect([testbench.reports.count('error'), testbench.rules.failureCount]).toEqual([0, 1]);
  });
});
