// What an exception means (design decision 8), and which verdict wins.
import { describe, expect, it } from 'vitest';
import { AssertionError, UsageError } from '#base/assert';
import { DutError } from '#dut/dut-port';
import { ProcessError } from '#kernel/process';
import { FatalReport } from '#uvm/report-message';
import { RunError } from '#run/run-error';
import { errorRecord, verdictOf } from '#run/verdict';
import { sampleRun } from '../reports/sample-records.ts';

/** The message, then the line of this file that made the exception. */
function text(message: string): unknown {
  const escaped = message.replaceAll(/[[\].?]/g, '\\$&');
  return expect.stringMatching(new RegExp(`^${escaped}\n  at run/verdict\\.test\\.ts\\(\\d+\\)$`));
}

describe('errorRecord', () => {
  it.each([
    [
      new DutError('dut-died', 'gone', 'status 1'),
      { code: 'dut-died', message: 'gone', detail: 'status 1' },
    ],
    [new RunError('tb-hung', 'late', 'who'), { code: 'tb-hung', message: 'late', detail: 'who' }],
    [
      new ProcessError('a.run', new DutError('dut-fatal', 'no')),
      { code: 'dut-fatal', message: 'no' },
    ],
    [
      new UsageError('solve-failed', 'no solution'),
      { code: 'solve-failed', message: text('no solution') },
    ],
    [new UsageError('time-stuck', 'stuck'), { code: 'tb-hung' }],
    [
      new FatalReport('PH_TIMEOUT', 'too long', 'test', 7),
      { code: 'tb-hung', message: text('[PH_TIMEOUT] too long [test] @ 7 ps') },
    ],
    [
      new ProcessError('a.run', new FatalReport('SEQFINERR', 'no lock', 'a', 7)),
      { code: 'tb-misuse', message: text('a.run: [SEQFINERR] no lock [a] @ 7 ps') },
    ],
    [
      new UsageError('no-config', 'what?'),
      { code: 'tb-exception', message: text('[no-config] what?') },
    ],
    [new AssertionError('impossible'), { code: 'tb-exception', message: text('impossible') }],
    ['a text', { code: 'tb-exception', message: 'a text', detail: '' }],
  ])('%s', (thrown, expected) => {
    expect(errorRecord(thrown)).toMatchObject(expected);
  });

  it('names the process and keeps the stack of the cause', () => {
    const { message, detail } = errorRecord(new ProcessError('test.run', new Error('broken')));
    expect(message).toEqual(text('test.run: broken'));
    expect(detail).toContain('verdict.test.ts');
  });
});

describe('verdictOf', () => {
  const [failure] = sampleRun({ test: 't', seed: 1, verdict: 'FAIL' }).failures;
  const error = { code: 'tb-hung', message: '', detail: '' };
  it.each([
    [[failure], error, 'why', 'FAIL'],
    [[], error, 'why', 'ERROR'],
    [[], null, 'why', 'SKIP'],
    [[], null, undefined, 'PASS'],
  ])('%#', (failures, thrown, skip, expected) => {
    expect(verdictOf(failures, thrown, skip)).toBe(expected);
  });
});
