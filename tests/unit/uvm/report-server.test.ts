// Reports: verbosity, counts, format. Source: semantics §6.
import { describe, expect, it } from 'vitest';
import { ns } from '#kernel/time';
import { formatReport, ReportServer, VERBOSITY, type ReportMessage } from '#uvm/report-server';

describe('verbosity', () => {
  it('drops what is above it and does not build its text', () => {
    const reports = new ReportServer({ nowPs: 0 }, { verbosity: VERBOSITY.LOW });
    let built = 0;
    const text = (): string => `built ${++built}`;
    reports.info('test', 'A', text, VERBOSITY.MEDIUM);
    reports.info('test', 'A', text, VERBOSITY.LOW);
    expect(built).toBe(1);
    expect(reports.count('info')).toBe(1);
    expect(reports.messages.map((one) => one.text)).toEqual(['built 1']);
  });

  it('never drops warnings, errors and fatals', () => {
    const reports = new ReportServer({ nowPs: 0 }, { verbosity: VERBOSITY.NONE });
    reports.report('warning', 'test', 'W', 'w');
    reports.report('error', 'test', 'E', 'e');
    reports.report('fatal', 'test', 'F', 'f');
    expect(reports.messages).toHaveLength(3);
    expect(reports.quitCount).toBe(2);
  });
});

describe('sink and format', () => {
  it('gives each message to the sink, with time, path and source line', () => {
    const seen: ReportMessage[] = [];
    const reports = new ReportServer({ nowPs: ns(10) }, { sink: (message) => seen.push(message) });
    reports.report('error', 'test.env', 'BAD', 'it broke');
    expect(seen).toHaveLength(1);
    expect(seen[0].source).toMatch(/^uvm\/report-server\.test\.ts\(\d+\)$/);
    expect(formatReport({ ...seen[0], source: 'env/a.ts(12)' })).toBe(
      'UVM_ERROR env/a.ts(12) @ 10 ns: test.env [BAD] it broke',
    );
    expect(formatReport({ ...seen[0], source: '' })).toBe(
      'UVM_ERROR @ 10 ns: test.env [BAD] it broke',
    );
  });
});

describe('summary', () => {
  it('has the widths that log scrapers look for', () => {
    const reports = new ReportServer({ nowPs: 0 });
    reports.info('test', 'RNTST', 'running');
    reports.report('warning', 'test', 'A', 'w');
    expect(reports.summary()).toBe(
      [
        '',
        '--- UVM Report Summary ---',
        '',
        '** Report counts by severity',
        'UVM_INFO :    1',
        'UVM_WARNING :    1',
        'UVM_ERROR :    0',
        'UVM_FATAL :    0',
        '** Report counts by id',
        '[A]     1',
        '[RNTST]     1',
        '',
      ].join('\n'),
    );
  });

  it('shows the quit count when there is a maximum', () => {
    const reports = new ReportServer({ nowPs: 0 }, { quitCount: 2 });
    reports.report('error', 'test', 'E', 'e');
    expect(reports.isQuitCountReached).toBe(false);
    expect(reports.summary()).toContain('\nQuit count :     1 of     2\n');
    reports.report('error', 'test', 'E', 'e');
    expect(reports.isQuitCountReached).toBe(true);
    expect(reports.summary()).toContain('Quit count reached!\nQuit count :     2 of     2\n');
  });

  it('is an info of its own', () => {
    const reports = new ReportServer({ nowPs: 0 }, { verbosity: VERBOSITY.NONE });
    reports.reportSummary();
    expect(reports.messages[0]).toMatchObject({ id: 'UVM/REPORT/SERVER', path: 'reporter' });
    expect(reports.count('info')).toBe(1);
  });
});
