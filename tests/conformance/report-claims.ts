// Claims about reporting. Source: IEEE 1800.2-2020 clause 6; semantics §6.
import { expect } from 'vitest';
import type { ReportCatchers } from '#uvm/report-catcher';
import { ACTION, FatalReport, VERBOSITY } from '#uvm/report-server';
import { defineRules } from '#uvm/rules';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';
import type { ClaimChapter } from './claim.ts';
import { build, Change, demote, server, Top } from './report-bench.ts';
import { REPORT_FORMAT_CLAIMS } from './report-format-claims.ts';

const RULES = defineRules({ one: ['CONFORMANCE-R', 'a rule to break', 'here'] });

export const REPORT_CHAPTER: ClaimChapter = {
  title: 'Reporting',
  source: 'IEEE 1800.2-2020 clause 6; semantics §6',
  claims: [
    ...REPORT_FORMAT_CLAIMS,
    {
      id: 'RPT-1',
      feature:
        'Verbosity of a component, of an id, of a (severity, id); the most special one counts',
      support: 'yes',
      verify: () => {
        const { test, testbench } = build();
        const { a } = test.child.env.child;
        a.setReportVerbosityLevel(VERBOSITY.NONE);
        a.setReportIdVerbosity('ID', VERBOSITY.FULL);
        a.info('ID', 'kept', VERBOSITY.FULL);
        a.info('OTHER', 'dropped', VERBOSITY.LOW);
        a.setReportSeverityIdVerbosity('info', 'ID', VERBOSITY.LOW);
        a.info('ID', 'dropped', VERBOSITY.FULL);
        expect(testbench.reports.messages.map(({ text }) => text)).toEqual(['kept']);
      },
    },
    {
      id: 'RPT-2',
      feature: 'set_report_*_hier: verbosities, actions and files of a hierarchy',
      support: 'differs',
      note: 'They reach components that are built later, too; in UVM only those that exist. Of two settings the later counts.',
      verify: () => {
        const testbench = new Testbench({ runSeed: 1 });
        testbench.reports.at('test.env.**').setVerbosityLevel(VERBOSITY.HIGH);
        const test = new TestRunner(testbench, Top).elaborate();
        test.child.env.child.a.info('ID', 'early', VERBOSITY.HIGH);
        test.child.env.setReportVerbosityLevelHier(VERBOSITY.NONE);
        test.child.env.child.b.info('ID', 'late', VERBOSITY.LOW);
        expect(testbench.reports.messages.map(({ text }) => text)).toEqual(['early']);
      },
    },
    {
      id: 'RPT-3',
      feature: 'A message below the verbosity is not built',
      support: 'yes',
      verify: () => {
        const { test } = build();
        const text = (): string => {
          throw new Error('built');
        };
        expect(() => test.info('ID', text, VERBOSITY.HIGH)).not.toThrow();
      },
    },
    {
      id: 'RPT-4',
      feature: 'Actions by (severity, id), by id, by severity, in this order of precedence',
      support: 'yes',
      verify: () => {
        const { reports, lines } = server();
        const settings = reports.at('test');
        settings.setSeverityAction('warning', ACTION.NO_ACTION);
        reports.report('warning', 'test', 'A', 'silent');
        settings.setIdAction('A', ACTION.DISPLAY);
        reports.report('warning', 'test', 'A', 'shown');
        settings.setSeverityIdAction('warning', 'A', ACTION.NO_ACTION);
        reports.report('warning', 'test', 'A', 'silent');
        expect(lines.map((line) => line.split('] ')[1])).toEqual(['shown']);
      },
    },
    {
      id: 'RPT-5',
      feature: 'NO_ACTION: the report is neither shown nor counted',
      support: 'yes',
      verify: () => {
        const { reports } = server();
        reports.at('test').setIdAction('E', ACTION.NO_ACTION);
        reports.report('error', 'test', 'E', 'e');
        expect([reports.count('error'), reports.countOfId('E')]).toEqual([0, 0]);
      },
    },
    {
      id: 'RPT-6',
      feature: 'LOG adds the line to a file set for (severity, id), id, severity or by default',
      support: 'differs',
      note: 'A file is a name, not a descriptor: its lines are data of the run, which the command writes to logs/NAME. Without a name: report.log.',
      verify: () => {
        const { reports, lines } = server();
        reports.at('test').setSeverityAction('info', ACTION.LOG);
        reports.at('test').setIdFile('A', 'a.log');
        reports.info('test', 'A', 'text');
        reports.info('test', 'B', 'text');
        expect([...reports.logs.keys(), ...lines]).toEqual(['a.log', 'report.log']);
      },
    },
    {
      id: 'RPT-7',
      feature:
        'COUNT counts towards the maximum quit count, which ends the run; nothing is counted without a maximum',
      support: 'yes',
      verify: () => {
        const { reports } = server();
        reports.report('error', 'test', 'E', 'e');
        expect(reports.quitCount).toBe(0);
        reports.setMaxQuitCount(2);
        reports.report('error', 'test', 'E', 'e');
        expect(() => reports.report('error', 'test', 'E', 'e')).toThrow(FatalReport);
      },
    },
    {
      id: 'RPT-8',
      feature:
        'set_max_quit_count(…, overridable = 0) is the last word: a later call is answered by NOMAXQUITOVR',
      support: 'yes',
      verify: () => {
        const { reports } = server();
        reports.setMaxQuitCount(3, false);
        reports.setMaxQuitCount(0);
        expect([reports.quitCountMax, reports.countOfId('NOMAXQUITOVR')]).toEqual([3, 1]);
      },
    },
    {
      id: 'RPT-9',
      feature: 'EXIT ends the run at once',
      support: 'differs',
      note: 'An exception leaves the reporting process and stops the kernel; finally blocks run, the summary is printed, later phases are not run. There is no pre_abort.',
      verify: () => {
        const { reports } = server();
        reports.at('test').setSeverityAction('warning', ACTION.DISPLAY | ACTION.EXIT);
        expect(() => reports.report('warning', 'test', 'W', 'over')).toThrow('over');
      },
    },
    {
      id: 'RPT-10',
      feature: 'STOP',
      support: 'differs',
      note: 'Halts in an attached debugger (node --inspect-brk); without one it does nothing, as there is no prompt to stop at.',
      verify: () => {
        const { reports } = server();
        let stops = 0;
        reports.stop = () => void stops++;
        reports.at('test').setSeverityAction('warning', ACTION.STOP);
        reports.report('warning', 'test', 'W', 'w');
        expect(stops).toBe(1);
      },
    },
    {
      id: 'RPT-11',
      feature: 'CALL_HOOK: report hooks may drop a report',
      support: 'differs',
      note: 'One reportHook for all severities; a catcher does more.',
      verify: () => {
        class Hooked extends Test {
          override reportHook(): boolean {
            return false;
          }
        }
        const testbench = new Testbench({ runSeed: 1 });
        const test = new TestRunner(testbench, Hooked).elaborate();
        test.setReportIdAction('W', ACTION.DISPLAY | ACTION.CALL_HOOK);
        test.warning('W', 'dropped');
        expect(testbench.reports.count('warning')).toBe(0);
      },
    },
    {
      id: 'RPT-12',
      feature: 'RM_RECORD: reports as transactions in a database',
      support: 'no',
      note: 'The reports of a run are in `reports.messages`; there is no transaction recording.',
    },
    {
      id: 'RPT-13',
      feature:
        'Severity overrides by severity and by (severity, id); an id with overrides of its own has only those',
      support: 'yes',
      verify: () => {
        const { reports } = server();
        reports.at('test').setSeverityOverride('error', 'warning');
        reports.at('test').setSeverityIdOverride('warning', 'OWN', 'info');
        reports.report('error', 'test', 'ANY', 'w');
        reports.report('error', 'test', 'OWN', 'e');
        reports.report('warning', 'test', 'OWN', 'i');
        expect(reports.messages.map(({ severity }) => severity)).toEqual([
          'warning',
          'error',
          'info',
        ]);
      },
    },
    {
      id: 'RPT-14',
      feature:
        'Catchers see the reports of all, of a component, or of a path; APPEND or PREPEND; on and off',
      support: 'yes',
      verify: () => {
        const { reports } = server();
        const asked: string[] = [];
        const named = (name: string): Change =>
          new Change(() => {
            asked.push(name);
            return 'throw';
          });
        const off = named('off');
        reports.catchers.add(named('all'));
        reports.catchers.add(named('one'), { on: { fullPath: 'test.a' }, order: 'prepend' });
        reports.catchers.add(off, { on: '**.a' });
        reports.catchers.setEnabled(off, false);
        reports.report('warning', 'test.a', 'W', 'w');
        reports.report('warning', 'test.b', 'W', 'w');
        expect(asked).toEqual(['one', 'all', 'all']);
      },
    },
    {
      id: 'RPT-15',
      feature:
        'A catcher may change severity, verbosity, id, message and action; the action follows the severity unless set',
      support: 'yes',
      verify: () => {
        const { reports } = server();
        const change = new Change((report) => {
          report.severity = 'info';
          report.id = 'NEW';
          report.text = 'new';
          report.verbosity = VERBOSITY.HIGH;
          return 'throw';
        });
        reports.catchers.add(change);
        reports.report('error', 'test', 'OLD', 'old');
        expect(reports.messages[0]).toMatchObject({
          severity: 'info',
          id: 'NEW',
          text: 'new',
          verbosity: VERBOSITY.HIGH,
          action: ACTION.DISPLAY,
        });
      },
    },
    {
      id: 'RPT-16',
      feature:
        'CAUGHT ends a report; issue() carries it out all the same; what a catcher reports passes by all catchers',
      support: 'yes',
      verify: () => {
        const { reports } = server();
        const change = new Change((report) => {
          report.issue();
          reports.info('test', 'INNER', 'text');
          return 'caught';
        });
        reports.catchers.add(change);
        reports.report('warning', 'test', 'W', 'w');
        expect(reports.messages.map(({ id }) => id)).toEqual(['W', 'INNER']);
        expect(reports.catchers.caught.warning).toBe(1);
      },
    },
    {
      id: 'RPT-17',
      feature: 'Debugging of catchers: do not catch, do not modify',
      support: 'yes',
      verify: () => {
        const outcome = (switches: Partial<Pick<ReportCatchers, 'doNotModify' | 'doNotCatch'>>) => {
          const { reports, lines } = server();
          const asked: string[] = [];
          reports.catchers.add(
            new Change((report) => {
              asked.push(report.text);
              report.text = 'changed';
              report.severity = 'info';
              return report.id === 'CATCH' ? 'caught' : 'throw';
            }),
          );
          Object.assign(reports.catchers, switches);
          reports.report('error', 'test', 'CHANGE', 'one');
          reports.report('error', 'test', 'CATCH', 'two');
          expect(asked).toEqual(['one', 'two']); // it is asked in any case
          const { caught, demoted } = reports.catchers;
          return {
            said: reports.messages.map(({ severity, text }) => `${severity} ${text}`),
            lines: lines.length,
            errors: reports.count('error'),
            acted: [demoted.error, caught.error],
          };
        };
        expect(outcome({})).toEqual({
          said: ['info changed'],
          lines: 1,
          errors: 0,
          acted: [2, 1],
        });
        expect(outcome({ doNotModify: true })).toEqual({
          said: ['error one'],
          lines: 1,
          errors: 1,
          acted: [0, 1],
        });
        expect(outcome({ doNotCatch: true })).toEqual({
          said: ['info changed', 'info changed'],
          lines: 2,
          errors: 0,
          acted: [2, 0],
        });
        expect(outcome({ doNotModify: true, doNotCatch: true })).toEqual({
          said: ['error one', 'error two'],
          lines: 2,
          errors: 2,
          acted: [0, 0],
        });
      },
    },
    {
      id: 'RPT-18',
      feature: 'A fatal that is demoted or caught lets the simulation go on',
      support: 'differs',
      note: "`report('fatal', …)` goes on; `fatal(…)` always leaves the calling process, so that the compiler knows that nothing follows.",
      verify: () => {
        const { test, testbench } = build();
        testbench.reports.catchers.add(demote());
        expect(() => test.report('fatal', 'F', 'f')).not.toThrow();
        expect(() => test.fatal('F', 'f')).toThrow(FatalReport);
      },
    },
    {
      id: 'RPT-19',
      feature: 'A user-defined report server composes its own lines',
      support: 'differs',
      note: '`reports.composer` takes the place of an overridden compose_report_message.',
      verify: () => {
        const { reports, lines } = server();
        reports.composer = ({ text }) => `* ${text}`;
        reports.report('warning', 'test', 'W', 'w');
        expect(lines).toEqual(['* w']);
      },
    },
    {
      id: 'RPT-20',
      feature: 'Message elements (uvm_report_message_element: named values in a report)',
      support: 'no',
      note: 'The message is a text or a function that builds one; a rule failure has subject, expected and seen as fields.',
    },
    {
      id: 'RPT-21',
      feature:
        '+uvm_set_verbosity, +uvm_set_action, +uvm_set_severity, +UVM_MAX_QUIT_COUNT on the command line',
      support: 'no',
      note: "`-v LEVEL` is +UVM_VERBOSITY; the others are set in a test: `reports.at('test.env.**').setVerbosityLevel(…)`, `setMaxQuitCount`.",
    },
    {
      id: 'RPT-22',
      feature:
        'A broken rule is an error report with the id of the rule, so that log scrapers find it',
      support: 'differs',
      note: 'Once per rule and subject; a catcher may silence the report, but the run still does not pass.',
      verify: () => {
        const { testbench } = build();
        const rule = testbench.rules.evaluator(RULES, 'test').one;
        for (let n = 0; n < 2; n++) rule.fail({ subject: 'x', expected: 1, seen: 2 });
        expect(testbench.reports.summary()).toContain('UVM_ERROR :    1');
        expect(testbench.reports.countOfId('CONFORMANCE-R')).toBe(1);
      },
    },
  ],
};
