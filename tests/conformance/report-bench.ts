// What the claims about reporting work with: a server whose lines are kept, a small tree of components, a catcher.
import { Component } from '#uvm/component';
import { ReportCatcher, type CatchResult, type CaughtReport } from '#uvm/report-catcher';
import { formatReport, ReportServer, type ReportOptions } from '#uvm/report-server';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';

/** A server at 10 ns whose lines are kept, without places in the source. */
export function server(options: ReportOptions = {}): { reports: ReportServer; lines: string[] } {
  const lines: string[] = [];
  const reports = new ReportServer(
    { nowPs: 10_000 },
    { sink: (_m, line) => lines.push(line), ...options },
  );
  reports.composer = (message) => formatReport({ ...message, source: 'a.ts(1)' }, reports);
  return { reports, lines };
}

class Leaf extends Component {}
class Env extends Component {
  readonly child = this.children({ a: Leaf, b: Leaf });
}
export class Top extends Test {
  readonly child = this.children({ env: Env });
}
export function build(): { test: Top; testbench: Testbench } {
  const testbench = new Testbench({ runSeed: 1 });
  return { test: new TestRunner(testbench, Top).elaborate(), testbench };
}

export class Change extends ReportCatcher {
  private readonly how: (report: CaughtReport) => CatchResult;
  constructor(how: (report: CaughtReport) => CatchResult) {
    super();
    this.how = how;
  }
  override catch(report: CaughtReport): CatchResult {
    return this.how(report);
  }
}
export const demote = (): Change =>
  new Change((report) => {
    report.severity = 'info';
    return 'throw';
  });
