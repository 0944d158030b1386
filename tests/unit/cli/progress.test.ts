// Progress: plain lines where nobody looks, one rewritten line on a terminal; and the colours of verdicts.
import { describe, expect, it } from 'vitest';
import { Progress } from '#cli/progress';
import { paint } from '#cli/terminal';
import { sampleRun } from '../reports/sample-records.ts';
import { FakeTerminal } from './fake-terminal.ts';

function play(isInteractive: boolean): string {
  const terminal = new FakeTerminal('/', isInteractive);
  const progress = new Progress(terminal);
  progress.start(40, 1, 1);
  for (let seed = 1; seed <= 40; seed++) {
    const verdict = seed === 7 ? 'FAIL' : 'PASS';
    progress.result(sampleRun({ test: 'dma', seed, verdict }), seed, 40);
  }
  progress.finish();
  return terminal.notes;
}

describe('Progress', () => {
  it('writes a plain line for each tenth, and for each run that fails', () => {
    const lines = play(false).trimEnd().split('\n');
    expect(lines[0]).toBe('40 runs of 1 test, base seed 1');
    expect(lines.filter((line) => line.includes('/40 runs'))).toHaveLength(10);
    expect(lines).toContain('FAIL dma seed 7  R-1  sdi 3: expected 17, seen 18');
    expect(lines.at(-1)).toMatch(/^40\/40 runs, 39 PASS, 1 FAIL, 0 ERROR, 0 SKIP, \d+ s$/);
    expect(lines.join('')).not.toContain('\u001b');
  });

  it('rewrites one line on a terminal, and takes it away', () => {
    const text = play(true);
    expect(text).toContain('\r\u001b[2K40/40 runs');
    expect(text).toContain('FAIL dma seed 7  R-1');
    expect(text.endsWith('\r\u001b[2K')).toBe(true);
  });
});

describe('paint', () => {
  it('touches only verdicts, and only with colours', () => {
    expect(paint('PASS PASSED FAIL', false)).toBe('PASS PASSED FAIL');
    expect(paint('PASSED', true)).toBe('PASSED');
  });
});
