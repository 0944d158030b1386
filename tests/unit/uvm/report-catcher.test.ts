// Report catchers. Source: IEEE 1800.2 clause 6.6; semantics §6.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ReportCatcher, type CatchResult, type CaughtReport } from '#uvm/report-catcher';
import { ACTION, FatalReport, ReportServer, VERBOSITY } from '#uvm/report-server';

class Catcher extends ReportCatcher {
  private readonly how: (report: CaughtReport) => CatchResult;

  constructor(how: (report: CaughtReport) => CatchResult, name?: string) {
    super(name);
    this.how = how;
  }

  override catch(report: CaughtReport): CatchResult {
    return this.how(report);
  }
}

function server(): { reports: ReportServer; lines: string[] } {
  const lines: string[] = [];
  const reports = new ReportServer({ nowPs: 0 }, { sink: (_message, line) => lines.push(line) });
  reports.composer = ({ severity, id, text }) => `${severity} ${id} ${text}`;
  return { reports, lines };
}

describe('a catcher', () => {
  it('changes severity, verbosity, id and text; the action follows the severity', () => {
    const { reports } = server();
    const catcher = new Catcher((report) => {
      report.severity = 'info';
      report.verbosity = VERBOSITY.HIGH;
      report.id = 'NEW';
      report.text = `was ${report.text}`;
      return 'throw';
    });
    reports.catchers.add(catcher);
    reports.report('fatal', 'test', 'OLD', 'bad');
    expect(reports.messages).toHaveLength(1);
    expect(reports.messages[0]).toMatchObject({
      severity: 'info',
      verbosity: VERBOSITY.HIGH,
      id: 'NEW',
      text: 'was bad',
      action: ACTION.DISPLAY,
    });
    expect([reports.countOfId('OLD'), reports.countOfId('NEW')]).toEqual([0, 1]);
  });

  it('may set the action, which then stays', () => {
    const { reports, lines } = server();
    const catcher = new Catcher((report) => {
      report.severity = 'warning';
      report.action = ACTION.COUNT;
      return 'throw';
    });
    reports.catchers.add(catcher);
    reports.setMaxQuitCount(9);
    reports.report('error', 'test', 'E', 'e');
    expect([lines, reports.quitCount, reports.count('warning')]).toEqual([[], 1, 1]);
  });

  it('raises a severity too: an info becomes a fatal and ends the run', () => {
    const { reports } = server();
    const catcher = new Catcher((report) => {
      report.severity = 'fatal';
      return 'throw';
    });
    reports.catchers.add(catcher);
    expect(() => reports.info('test', 'I', 'i')).toThrow(FatalReport);
    expect(reports.catchers.demoted).toEqual({ warning: 0, error: 0, fatal: 0 });
  });

  it('an action of an id does not follow the severity', () => {
    const { reports } = server();
    reports.at('test').setIdAction('E', ACTION.LOG);
    const catcher = new Catcher((report) => {
      report.severity = 'info';
      return 'throw';
    });
    reports.catchers.add(catcher);
    reports.report('error', 'test', 'E', 'e');
    expect(reports.messages[0].action).toBe(ACTION.LOG);
  });

  it('catches: nothing more is done, and the catchers behind it are not asked', () => {
    const { reports } = server();
    const asked: string[] = [];
    reports.catchers.add(new Catcher(() => 'caught'));
    reports.catchers.add(
      new Catcher(() => {
        asked.push('second');
        return 'throw';
      }),
    );
    reports.report('error', 'test', 'E', 'e');
    expect([asked, reports.count('error'), reports.messages]).toEqual([[], 0, []]);
    expect(reports.catchers.caught.error).toBe(1);
  });

  it('sees only what passes the verbosity; a report with NO_ACTION, too', () => {
    const { reports } = server();
    const seen: string[] = [];
    const catcher = new Catcher((report) => {
      seen.push(report.id);
      if (report.id === 'MUTE') report.action = ACTION.DISPLAY;
      return 'throw';
    });
    reports.catchers.add(catcher);
    reports.info('test', 'HIGH', 'i', VERBOSITY.HIGH);
    reports.at('test').setIdAction('MUTE', ACTION.NO_ACTION);
    reports.report('warning', 'test', 'MUTE', 'w');
    expect([seen, reports.count('warning')]).toEqual([['MUTE'], 1]);
  });

  it('issues a report beside catching it; what it reports itself passes by the catchers', () => {
    const { reports, lines } = server();
    const catcher = new Catcher((report) => {
      report.issue();
      reports.info('test', 'INNER', 'from the catcher');
      return 'caught';
    });
    reports.catchers.add(catcher);
    reports.report('warning', 'test', 'W', 'w');
    expect(lines).toEqual(['warning W w', 'info INNER from the catcher']);
  });

  it('that gives back neither word is an error, and the report goes on', () => {
    const { reports, lines } = server();
    reports.catchers.add(new Catcher(() => undefined as never, 'half'));
    reports.report('warning', 'test', 'W', 'w');
    expect(lines).toEqual([
      "error RPTCTHR catcher 'half' gives back neither 'throw' nor 'caught'",
      'warning W w',
    ]);
  });

  it('that throws an exception lets later reports be caught again', () => {
    const { reports } = server();
    let isBroken = true;
    const catcher = new Catcher(() => {
      if (isBroken) throw new Error('a bug in the catcher');
      return 'caught';
    });
    reports.catchers.add(catcher);
    expect(() => reports.report('warning', 'test', 'W', 'w')).toThrow('a bug in the catcher');
    isBroken = false;
    reports.report('warning', 'test', 'W', 'w');
    expect(reports.catchers.caught.warning).toBe(1);
  });
});

describe('registration', () => {
  it('is for all, for a component, or for a pattern; in order, before or behind', () => {
    const { reports } = server();
    const asked: string[] = [];
    const named = (name: string): Catcher =>
      new Catcher(() => {
        asked.push(name);
        return 'throw';
      }, name);
    reports.catchers.add(named('all'));
    reports.catchers.add(named('a'), { on: { fullPath: 'test.a' } });
    reports.catchers.add(named('below'), { on: 'test.**' });
    reports.catchers.add(named('first'), { order: 'prepend' });
    reports.report('warning', 'test.a', 'W', 'w');
    expect(asked.splice(0)).toEqual(['first', 'all', 'a', 'below']);
    reports.report('warning', 'other', 'W', 'w');
    expect(asked).toEqual(['first', 'all']);
    expect(reports.catchers.describe()).toEqual([
      "'first' for all (on)",
      "'all' for all (on)",
      "'a' for 'test.a' (on)",
      "'below' for 'test.**' (on)",
    ]);
  });

  it('can be taken back, and a catcher can be switched off', () => {
    const { reports } = server();
    const catcher = new Catcher(() => 'caught');
    reports.catchers.add(catcher);
    reports.catchers.setEnabled(catcher, false);
    reports.report('warning', 'test', 'W', 'shown');
    reports.catchers.setEnabled(catcher, true);
    reports.report('warning', 'test', 'W', 'caught');
    reports.catchers.remove(catcher);
    reports.report('warning', 'test', 'W', 'shown');
    expect(reports.count('warning')).toBe(2);
  });
});

describe('debugging', () => {
  it('doNotCatch and doNotModify let a report go on as it came', () => {
    const { reports, lines } = server();
    const catcher = new Catcher((report) => {
      report.severity = 'info';
      report.text = 'changed';
      report.action = ACTION.NO_ACTION;
      return 'caught';
    });
    reports.catchers.add(catcher);
    reports.catchers.doNotCatch = true;
    reports.catchers.doNotModify = true;
    reports.report('error', 'test', 'E', 'as it came');
    expect(lines).toEqual(['error E as it came']);
    expect(reports.catchers.demoted.error).toBe(0);
  });
});

describe('summary of the catchers', () => {
  it('comes before that of the reports, with six lines', () => {
    const { reports } = server();
    const catcher = new Catcher((report) => {
      if (report.id === 'CATCH') return 'caught';
      if (report.id === 'DEMOTE') report.severity = 'info';
      return 'throw';
    });
    reports.catchers.add(catcher);
    for (const severity of ['warning', 'error', 'fatal'] as const) {
      reports.report(severity, 'test', 'DEMOTE', 'd');
      reports.report(severity, 'test', 'CATCH', 'c');
    }
    reports.report('error', 'test', 'DEMOTE', 'd');
    reports.reportSummary();
    const last = reports.messages.slice(-2);
    expect(last.map(({ id, path }) => [id, path])).toEqual([
      ['UVM/REPORT/CATCHER', 'reporter'],
      ['UVM/REPORT/SERVER', 'reporter'],
    ]);
    const path = 'tests/golden/uvm/catcher-summary.txt';
    const text = last.map((one) => one.text).join('');
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
    expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe(text);
  });
});
