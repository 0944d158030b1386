// Memory ownership: a requester touches the bytes that its own work names, and nothing else, ever.
// Source: siov-facts §13 T-IOM-1, T-MMIO-1; SRD §7.
import { Component } from '#uvm/component';
import { defineRules } from '#uvm/rules';
import { judge, subjectOf } from './judge.ts';
import type { SeenRequest } from './predictors/seen-request.ts';

export const MEMORY_RULES = defineRules({
  ownMemory: [
    'T-IOM-1',
    'a request goes to addresses that the work of its Routing ID names, and to no others',
    'siov-facts §13 T-IOM-1, SRD §7',
    'inferred',
  ],
  page: [
    'T-MMIO-1',
    'an access to a page of one owner affects that owner alone, and does affect it',
    'siov-facts §13 T-MMIO-1; SRD §7',
    'inferred',
  ],
  refused: [
    'SRD-7.10',
    'a descriptor that is refused makes no data request',
    'SRD §7, status 0x20..0x25',
    'SRD',
  ],
});

export class MemoryOwnershipScoreboard extends Component {
  private readonly rule = this.evaluates(MEMORY_RULES);

  request(seen: SeenRequest): void {
    judge(this.rule.ownMemory, seen, 'stray');
    if (seen.isNewFetch || seen.problem === 'wrongPage') judge(this.rule.page, seen, 'wrongPage');
    if (seen.execution === undefined || seen.execution.refused !== 0) {
      judge(this.rule.refused, seen, 'refusedWork');
    }
  }

  /** Something is wrong with a request, and no family has a narrower rule for it. */
  unexplained(seen: SeenRequest): void {
    this.rule.ownMemory.fail({
      subject: subjectOf(seen),
      expected: seen.expected,
      seen: seen.seen,
    });
  }

  /** A register read of a page shows what was never written there. */
  pageRead(details: { subject: string; expected: string; seen: string }): void {
    this.rule.page.holds(false);
    this.rule.page.fail(details);
  }
}
