// Progress of a regression: one line that is rewritten on a terminal, plain lines elsewhere. Source: issue "The command".
import { cleanText } from '#record/clean-text';
import type { RunRecord, Verdict } from '#record/run-record';
import { runSummary } from '#run/regression-sum';
import { paint, type Terminal } from './terminal.ts';

const TENTHS = 10;
const ERASE_LINE = '\r\u001b[2K';
const REDRAW_MS = 100;

export class Progress {
  private readonly terminal: Terminal;
  private readonly startedMs = Date.now();
  private readonly counts: Record<Verdict, number> = { PASS: 0, FAIL: 0, ERROR: 0, SKIP: 0 };
  private tenthsSaid = 0;
  private drawnMs = 0;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  start(planned: number, tests: number, baseSeed: number): void {
    this.line(
      `${planned} runs of ${tests} ${tests === 1 ? 'test' : 'tests'}, base seed ${baseSeed}`,
    );
  }

  result(record: RunRecord, done: number, planned: number): void {
    this.counts[record.verdict]++;
    if (record.verdict === 'FAIL' || record.verdict === 'ERROR') this.trouble(record);
    if (this.terminal.isInteractive) this.redraw(done, planned);
    else this.sayTenth(done, planned);
  }

  /** Removes the line that is rewritten. */
  finish(): void {
    if (this.terminal.isInteractive) this.terminal.note(ERASE_LINE);
  }

  private trouble(record: RunRecord): void {
    const { test, seed, verdict, cause, reason } = runSummary(record);
    this.line(cleanText(`${verdict} ${test} seed ${seed}  ${cause}  ${reason}`));
  }

  private redraw(done: number, planned: number): void {
    const nowMs = Date.now();
    if (nowMs - this.drawnMs < REDRAW_MS && done < planned) return;
    this.drawnMs = nowMs;
    this.terminal.note(`${ERASE_LINE}${this.state(done, planned)}`);
  }

  private sayTenth(done: number, planned: number): void {
    const tenths = Math.floor((done * TENTHS) / planned);
    if (tenths <= this.tenthsSaid) return;
    this.tenthsSaid = tenths;
    this.line(this.state(done, planned));
  }

  private state(done: number, planned: number): string {
    const { PASS, FAIL, ERROR, SKIP } = this.counts;
    const seconds = ((Date.now() - this.startedMs) / 1000).toFixed(0);
    const text = `${done}/${planned} runs, ${PASS} PASS, ${FAIL} FAIL, ${ERROR} ERROR, ${SKIP} SKIP, ${seconds} s`;
    return paint(text, this.terminal.hasColors);
  }

  private line(text: string): void {
    this.finish();
    this.terminal.note(`${paint(text, this.terminal.hasColors)}\n`);
  }
}
