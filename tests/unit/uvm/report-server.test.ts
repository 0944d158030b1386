// The report server: verbosity, actions, counts, quit count, report files, line and summary. Source: semantics §6; IEEE
// 1800.2 clause 6.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ns } from '#kernel/time';
import { REPORT_FILE_LINES_MAX, ReportLog } from '#uvm/report-log';
import { formatAction } from '#uvm/report-message';
import {
  ACTION,
  FatalReport,
  formatReport,
  MESSAGES_MAX,
  ReportServer,
  VERBOSITY,
  type ReportMessage,
  type ReportOptions,
} from '#uvm/report-server';

/** A server whose lines are collected; the place in the source is left out, as it moves with this file. */
function server(options: ReportOptions = {}): { reports: ReportServer; lines: string[] } {
  const lines: string[] = [];
  const sink = (_message: ReportMessage, line: string): void => void lines.push(line);
  const reports = new ReportServer({ nowPs: ns(10) }, { sink, ...options });
  reports.composer = (message) => formatReport({ ...message, source: 'a.ts(1)' }, reports);
  return { reports, lines };
}

function expectGolden(name: string, text: string): void {
  const path = `tests/golden/uvm/${name}`;
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
  expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe(text);
}

describe('verbosity', () => {
  it('drops what is above it and does not build its text', () => {
    const { reports } = server({ verbosity: VERBOSITY.LOW });
    let built = 0;
    const text = (): string => `built ${++built}`;
    reports.info('test', 'A', text, VERBOSITY.MEDIUM);
    reports.info('test', 'A', text, VERBOSITY.LOW);
    expect(built).toBe(1);
    expect(reports.count('info')).toBe(1);
    expect(reports.messages.map((one) => one.text)).toEqual(['built 1']);
  });

  it('never drops warnings, errors and fatals', () => {
    const { reports } = server({ verbosity: VERBOSITY.NONE });
    reports.report('warning', 'test', 'W', 'w');
    reports.report('error', 'test', 'E', 'e');
    expect(() => reports.report('fatal', 'test', 'F', 'f')).toThrow(FatalReport);
    expect(reports.messages.map(({ severity }) => severity)).toEqual(['warning', 'error', 'fatal']);
  });

  it('is that of the (severity, id), then of the id, then of the component, then of the server', () => {
    const { reports } = server({ verbosity: VERBOSITY.LOW });
    const kept = (id: string, verbosity: number, path = 'test.a'): boolean => {
      const before = reports.count('info');
      reports.info(path, id, 'text', verbosity);
      return reports.count('info') > before;
    };
    expect(kept('X', VERBOSITY.MEDIUM)).toBe(false);
    const settings = reports.at('test.a');
    settings.setVerbosityLevel(VERBOSITY.MEDIUM);
    expect(kept('X', VERBOSITY.MEDIUM)).toBe(true);
    expect(kept('X', VERBOSITY.MEDIUM, 'test.b')).toBe(false);
    settings.setIdVerbosity('X', VERBOSITY.DEBUG);
    expect(kept('X', VERBOSITY.DEBUG)).toBe(true);
    expect(kept('Y', VERBOSITY.DEBUG)).toBe(false);
    settings.setSeverityIdVerbosity('info', 'X', VERBOSITY.NONE);
    expect(kept('X', VERBOSITY.LOW)).toBe(false);
  });

  it('raised for one component raises the ceiling alone, and can be lowered again', () => {
    const { reports } = server({ verbosity: VERBOSITY.LOW });
    expect(reports.verbosityCeiling).toBe(VERBOSITY.LOW);
    reports.at('test.env.**').setVerbosityLevel(VERBOSITY.HIGH);
    expect([reports.verbosityCeiling, reports.verbosity]).toEqual([VERBOSITY.HIGH, VERBOSITY.LOW]);
    reports.at('test.env.**').setVerbosityLevel(VERBOSITY.NONE);
    expect(reports.verbosityCeiling).toBe(VERBOSITY.LOW);
    reports.verbosity = VERBOSITY.FULL;
    expect(reports.verbosityCeiling).toBe(VERBOSITY.FULL);
  });

  it('reaches components that report for the first time later; the later setting counts', () => {
    const { reports } = server();
    reports.at('test.**').setVerbosityLevel(VERBOSITY.NONE);
    reports.at('test.a').setVerbosityLevel(VERBOSITY.LOW);
    reports.info('test.a', 'ID', 'kept', VERBOSITY.LOW);
    reports.info('test.b', 'ID', 'dropped', VERBOSITY.LOW);
    reports.at('test.**').setVerbosityLevel(VERBOSITY.NONE);
    reports.info('test.a', 'ID', 'dropped', VERBOSITY.LOW);
    expect(reports.messages.map(({ text }) => text)).toEqual(['kept']);
  });
});

describe('the line', () => {
  it('has time, path and the place of the call', () => {
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

  it('in every form', () => {
    const { reports, lines } = server();
    const say = (verbosity: number): void =>
      reports.say('test.env', {
        severity: 'info',
        id: 'ID',
        message: 'text',
        verbosity,
        context: 'scenario.burst',
      });
    say(VERBOSITY.MEDIUM);
    reports.showVerbosity = true;
    say(VERBOSITY.MEDIUM);
    say(150);
    reports.showTerminator = true;
    say(VERBOSITY.NONE);
    reports.report('warning', 'test', 'W', 'two\nlines');
    expectGolden('report-lines.txt', lines.map((line) => `${line}\n`).join(''));
  });

  it('can be composed otherwise', () => {
    const { reports, lines } = server();
    reports.composer = ({ id, text }) => `${id}: ${text}`;
    reports.report('warning', 'test', 'W', 'w');
    expect(lines).toEqual(['W: w']);
  });
});

describe('actions', () => {
  it('are those of the (severity, id), then of the id, then of the severity, then UVM’s', () => {
    const { reports, lines } = server();
    const settings = reports.at('test');
    const shown = (): boolean => {
      const before = lines.length;
      reports.report('warning', 'test', 'W', 'w');
      return lines.length > before;
    };
    expect(shown()).toBe(true);
    settings.setSeverityAction('warning', ACTION.NO_ACTION);
    expect(shown()).toBe(false);
    settings.setIdAction('W', ACTION.DISPLAY);
    expect(shown()).toBe(true);
    settings.setSeverityIdAction('warning', 'W', ACTION.NO_ACTION);
    expect(shown()).toBe(false);
    expect(reports.count('warning')).toBe(2);
  });

  it('NO_ACTION: neither counted, kept nor built', () => {
    const { reports } = server();
    reports.at('test').setSeverityAction('error', ACTION.NO_ACTION);
    reports.report('error', 'test', 'E', () => {
      throw new Error('built');
    });
    expect([reports.count('error'), reports.messages.length]).toEqual([0, 0]);
  });

  it('without DISPLAY a report is counted and not shown', () => {
    const { reports, lines } = server();
    reports.at('test').setSeverityAction('warning', ACTION.COUNT);
    reports.report('warning', 'test', 'W', 'w');
    expect([lines, reports.count('warning'), reports.countOfId('W')]).toEqual([[], 1, 1]);
  });

  it('LOG adds the line to the file of (severity, id), id, severity, or the default', () => {
    const { reports, lines } = server();
    const settings = reports.at('test');
    settings.setSeverityAction('info', ACTION.LOG);
    const logged = (id: string): void => reports.info('test', id, 'text', VERBOSITY.NONE);
    logged('A');
    settings.setDefaultFile('default.log');
    logged('B');
    settings.setSeverityFile('info', 'infos.log');
    logged('C');
    settings.setIdFile('D', 'd.log');
    logged('D');
    settings.setSeverityIdFile('info', 'D', 'info-d.log');
    logged('D');
    expect(lines).toEqual([]);
    expect([...reports.logs].map(([name, log]) => [name, log.text()])).toEqual([
      ['report.log', 'UVM_INFO a.ts(1) @ 10 ns: test [A] text\n'],
      ['default.log', 'UVM_INFO a.ts(1) @ 10 ns: test [B] text\n'],
      ['infos.log', 'UVM_INFO a.ts(1) @ 10 ns: test [C] text\n'],
      ['d.log', 'UVM_INFO a.ts(1) @ 10 ns: test [D] text\n'],
      ['info-d.log', 'UVM_INFO a.ts(1) @ 10 ns: test [D] text\n'],
    ]);
  });

  it('a report file is bounded, and has a name without folders', () => {
    const log = new ReportLog();
    for (let i = 0; i < REPORT_FILE_LINES_MAX + 2; i++) log.add('x');
    expect([log.lines.length, log.reportCount]).toEqual([
      REPORT_FILE_LINES_MAX,
      REPORT_FILE_LINES_MAX + 2,
    ]);
    expect(log.text().endsWith('x\n… and 2 more reports, not kept\n')).toBe(true);
    const { reports } = server();
    for (const name of ['', '../up.log', 'a/b.log', '.hidden']) {
      expect(() => reports.at('test').setDefaultFile(name)).toThrow(
        `'${name}' is no name of a report file`,
      );
    }
  });

  it('EXIT ends the run, once', () => {
    const { reports } = server();
    reports.at('test').setIdAction('LAST', ACTION.DISPLAY | ACTION.EXIT);
    expect(() => reports.info('test', 'LAST', 'over')).toThrow('over [test] @ 10 ns');
    expect(() => reports.info('test', 'LAST', 'while unwinding')).not.toThrow();
    expect(reports.countOfId('LAST')).toBe(2);
  });

  it('STOP stops in the debugger: after display, and it goes on afterwards', () => {
    const { reports, lines } = server();
    const stops: string[] = [];
    reports.stop = () => stops.push(lines.at(-1) ?? '');
    reports.at('test').setSeverityAction('warning', ACTION.DISPLAY | ACTION.STOP);
    reports.report('warning', 'test', 'W', 'w');
    expect(stops).toEqual(['UVM_WARNING a.ts(1) @ 10 ns: test [W] w']);
    expect(() => new ReportServer({ nowPs: 0 }).stop()).not.toThrow();
  });

  it('CALL_HOOK asks the hook, which may drop the report', () => {
    const { reports, lines } = server();
    const asked: string[] = [];
    reports.handlerOf('test').hook = ({ text }) => asked.push(text) > 1;
    reports.report('warning', 'test', 'W', 'not asked');
    reports.at('test').setSeverityAction('warning', ACTION.DISPLAY | ACTION.CALL_HOOK);
    reports.report('warning', 'test', 'W', 'dropped');
    reports.report('warning', 'test', 'W', 'kept');
    expect(asked).toEqual(['dropped', 'kept']);
    expect(lines.map((line) => line.split('] ')[1])).toEqual(['not asked', 'kept']);
    expect(reports.count('warning')).toBe(2);
  });

  it('have names', () => {
    expect(formatAction(ACTION.NO_ACTION)).toBe('NO ACTION');
    expect(formatAction(ACTION.EXIT | ACTION.DISPLAY | ACTION.COUNT)).toBe('DISPLAY COUNT EXIT');
  });
});

describe('severity overrides', () => {
  it('change severity and action; an id with overrides of its own has only those', () => {
    const { reports } = server();
    const settings = reports.at('test');
    settings.setSeverityOverride('error', 'warning');
    settings.setSeverityIdOverride('error', 'LOUD', 'fatal');
    settings.setSeverityIdOverride('warning', 'OWN', 'info');
    reports.report('error', 'test', 'ANY', 'a warning now');
    reports.report('error', 'test', 'OWN', 'an error still');
    expect(() => reports.report('error', 'test', 'LOUD', 'a fatal now')).toThrow(FatalReport);
    expect(reports.messages.map(({ severity }) => severity)).toEqual(['warning', 'error', 'fatal']);
  });

  it('say no to a severity that there is not', () => {
    const settings = server().reports.at('test');
    expect(() => settings.setSeverityOverride('error', 'note' as never)).toThrow(
      /'note' is no severity\n.*There are: info, warning, error, fatal/,
    );
  });
});

describe('quit count', () => {
  it('ends the run with the report that reaches the maximum', () => {
    const { reports } = server({ quitCount: 2 });
    reports.report('error', 'test', 'E', 'first');
    reports.report('warning', 'test', 'W', 'not counted');
    expect([reports.quitCount, reports.isQuitCountReached]).toEqual([1, false]);
    expect(() => reports.report('error', 'test', 'E', 'second')).toThrow('second [test]');
    expect([reports.quitCount, reports.isQuitCountReached]).toEqual([2, true]);
  });

  it('without a maximum nothing is counted, and nothing ends', () => {
    const { reports } = server();
    for (let i = 0; i < 5; i++) reports.report('error', 'test', 'E', 'e');
    expect([reports.quitCount, reports.isQuitCountReached]).toEqual([0, false]);
    reports.setMaxQuitCount(-1);
    expect(reports.quitCountMax).toBe(0);
  });

  it('counts what has the COUNT action, whatever its severity', () => {
    const { reports } = server({ quitCount: 1 });
    reports.at('**').setSeverityAction('error', ACTION.DISPLAY);
    reports.report('error', 'test', 'E', 'not counted');
    reports.at('test').setIdAction('NOTE', ACTION.COUNT);
    expect(() => reports.info('test', 'NOTE', 'counted')).toThrow(FatalReport);
  });

  it('can be set for good', () => {
    const { reports, lines } = server();
    reports.setMaxQuitCount(5, false);
    reports.setMaxQuitCount(10);
    expect(reports.quitCountMax).toBe(5);
    expect(lines).toEqual([
      'UVM_INFO a.ts(1) @ 10 ns: reporter [NOMAXQUITOVR] The max quit count setting of 5 is not ' +
        'overridable to 10 due to a previous setting.',
    ]);
  });
});

describe('summary', () => {
  it('has UVM’s words and widths', () => {
    const { reports } = server({ quitCount: 5 });
    for (let i = 0; i < 12; i++) reports.info('test', i < 2 ? 'RNTST' : 'A_ID', 'text');
    reports.report('warning', 'test', 'Zz', 'w');
    const first = reports.summary();
    expect(first).toContain('\nUVM_ERROR :    0\n');
    for (let i = 0; i < 4; i++) reports.report('error', 'test', 'E', 'e');
    expect(() => reports.report('error', 'test', 'E', 'e')).toThrow(FatalReport);
    expectGolden('report-summary.txt', `${first}${reports.summary()}`);
  });

  it('is an info of its own; the catchers say nothing when there are none', () => {
    const { reports } = server({ verbosity: VERBOSITY.NONE });
    reports.reportSummary();
    expect(reports.messages).toHaveLength(1);
    expect(reports.messages[0]).toMatchObject({
      id: 'UVM/REPORT/SERVER',
      path: 'reporter',
      source: '',
      verbosity: VERBOSITY.NONE,
    });
    expect(reports.messages[0].text).toContain('UVM_INFO :    0');
  });

  it('can leave the ids out', () => {
    const { reports } = server();
    reports.report('warning', 'test', 'W', 'w');
    reports.showIdCounts = false;
    expect(reports.summary()).not.toContain('by id');
  });

  it('counts beyond what is kept', () => {
    const { reports } = server();
    for (let i = 0; i < MESSAGES_MAX + 1; i++) {
      const said = { severity: 'info', id: 'ID', message: '', verbosity: 0, context: '' } as const;
      reports.say('test', { ...said, source: '' });
    }
    expect([reports.messages.length, reports.count('info')]).toEqual([
      MESSAGES_MAX,
      MESSAGES_MAX + 1,
    ]);
  });
});
