// A report file: lines kept as data while the run goes on. Nothing is written inside a run: the lines go to its record, and
// the command writes them. Source: IEEE 1800.2 clause 6 (UVM_LOG); design decision 1.

/** Lines of one report file; further ones are counted. */
export const REPORT_FILE_LINES_MAX = 20_000;

export class ReportLog {
  private readonly kept: string[] = [];
  private dropped = 0;

  add(line: string): void {
    if (this.kept.length < REPORT_FILE_LINES_MAX) this.kept.push(line);
    else this.dropped++;
  }

  /** Reports that were added, those beyond the limit included. */
  get reportCount(): number {
    return this.kept.length + this.dropped;
  }

  get lines(): readonly string[] {
    return this.kept;
  }

  /** The content of the file. */
  text(): string {
    const rest = this.dropped === 0 ? [] : [`… and ${this.dropped} more reports, not kept`];
    return [...this.kept, ...rest].map((line) => `${line}\n`).join('');
  }
}
