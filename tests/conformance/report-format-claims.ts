// Claims about the form of reports and of their summaries. Source: semantics §6.
import { expect } from 'vitest';
import { FatalReport, ReportServer, VERBOSITY } from '#uvm/report-server';
import type { Claim } from './claim.ts';
import { demote, server } from './report-bench.ts';

function summaryAfter(reports: ReportServer): string {
  reports.reportSummary();
  return reports.messages.map(({ text }) => text).join('');
}

export const REPORT_FORMAT_CLAIMS: readonly Claim[] = [
  {
    id: 'SEM-6.1',
    feature: 'A report is one line: severity, file(line), @ time, full path, [id], message',
    support: 'differs',
    note: 'The time has its unit (10 ns) instead of $timeformat; the file is shown with its folder.',
    verify: () => {
      const { reports, lines } = server();
      reports.report('warning', 'test.env', 'ID', 'text');
      expect(lines).toEqual(['UVM_WARNING a.ts(1) @ 10 ns: test.env [ID] text']);
      expect(reports.messages[0].source).toMatch(/^conformance\/report-format-claims\.ts\(\d+\)$/);
    },
  },
  {
    id: 'SEM-6.2',
    feature: 'The verbosity stands in parentheses when show_verbosity asks for it',
    support: 'yes',
    verify: () => {
      const { reports, lines } = server();
      reports.showVerbosity = true;
      reports.info('test', 'ID', 'text', VERBOSITY.LOW);
      reports.info('test', 'ID', 'text', 123);
      expect(lines.map((line) => line.split(' ')[0])).toEqual([
        'UVM_INFO(UVM_LOW)',
        'UVM_INFO(123)',
      ]);
    },
  },
  {
    id: 'SEM-6.3',
    feature: 'The line ends with " -SEVERITY" when show_terminator asks for it',
    support: 'yes',
    verify: () => {
      const { reports, lines } = server();
      reports.showTerminator = true;
      reports.report('error', 'test', 'ID', 'text');
      expect(lines[0].endsWith('] text -UVM_ERROR')).toBe(true);
    },
  },
  {
    id: 'SEM-6.4',
    feature:
      'What a sequence reports is shown as sequencer@@sequence, by the settings of the sequencer',
    support: 'yes',
    verify: () => {
      const { reports, lines } = server();
      const said = {
        severity: 'info',
        id: 'ID',
        message: 'text',
        verbosity: 0,
        context: 'a.b',
      } as const;
      reports.say('test.sequencer', said);
      expect(lines[0]).toContain(': test.sequencer@@a.b [ID]');
    },
  },
  {
    id: 'SEM-6.5',
    feature:
      'Verbosities NONE 0, LOW 100, MEDIUM 200, HIGH 300, FULL 400, DEBUG 500, or any number',
    support: 'yes',
    verify: () => {
      expect(VERBOSITY).toEqual({
        NONE: 0,
        LOW: 100,
        MEDIUM: 200,
        HIGH: 300,
        FULL: 400,
        DEBUG: 500,
      });
      expect(new ReportServer({ nowPs: 0 }).verbosity).toBe(VERBOSITY.MEDIUM);
    },
  },
  {
    id: 'SEM-6.6',
    feature:
      'Default actions: info and warning DISPLAY; error DISPLAY and COUNT; fatal DISPLAY and EXIT',
    support: 'yes',
    verify: () => {
      const { reports } = server();
      for (const severity of ['info', 'warning', 'error'] as const) {
        reports.report(severity, 'test', 'ID', 'text');
      }
      expect(() => reports.report('fatal', 'test', 'ID', 'text')).toThrow(FatalReport);
      expect(reports.messages.map(({ action }) => action)).toEqual([1, 1, 1 | 4, 1 | 8]);
    },
  },
  {
    id: 'SEM-6.7',
    feature:
      'The summary is an info with id UVM/REPORT/SERVER, in UVM’s words and widths ("%s :%5d", "[%s] %5d")',
    support: 'yes',
    verify: () => {
      const { reports } = server();
      for (let n = 0; n < 12; n++) reports.info('test', 'RNTST', 'text');
      reports.reportSummary();
      const last = reports.messages.at(-1);
      expect([last?.id, last?.path, last?.verbosity]).toEqual(['UVM/REPORT/SERVER', 'reporter', 0]);
      expect(last?.text).toBe(
        '\n--- UVM Report Summary ---\n\n** Report counts by severity\n' +
          'UVM_INFO :   12\nUVM_WARNING :    0\nUVM_ERROR :    0\nUVM_FATAL :    0\n' +
          '** Report counts by id\n[RNTST]    12\n',
      );
    },
  },
  {
    id: 'SEM-6.8',
    feature:
      'The summary has the quit count only if there is a maximum, and "Quit count reached!" above it when it is',
    support: 'yes',
    verify: () => {
      const { reports } = server();
      expect(reports.summary()).not.toContain('Quit count');
      reports.setMaxQuitCount(1);
      expect(reports.summary()).toContain('\nQuit count :     0 of     1\n');
      expect(() => reports.report('error', 'test', 'E', 'e')).toThrow(FatalReport);
      expect(reports.summary()).toContain('\nQuit count reached!\nQuit count :     1 of     1\n');
    },
  },
  {
    id: 'SEM-6.9',
    feature:
      'If a catcher acted, the catcher summary with its six lines comes before the report summary',
    support: 'yes',
    verify: () => {
      const { reports } = server();
      reports.catchers.add(demote());
      expect(summaryAfter(reports)).not.toContain('catcher Summary');
      reports.report('error', 'test', 'E', 'e');
      const text = summaryAfter(reports);
      expect(text.indexOf('catcher Summary')).toBeLessThan(
        text.lastIndexOf('--- UVM Report Summary'),
      );
      expect(text.match(/^Number of (?:demoted|caught) UVM_\w+ reports *: {4}\d$/gm)).toHaveLength(
        6,
      );
      expect(text).toContain('Number of demoted UVM_ERROR reports  :    1');
    },
  },
];
