// The device as the receiver of completions: what came back goes to the work that asked for it, in its order.
// Source: siov-facts §13 T-CPL-1, T-CPL-2; SRD §7.
import { Component } from '#uvm/component';
import { defineRules } from '#uvm/rules';
import { judge } from './judge.ts';
import type { SeenRequest } from './predictors/seen-request.ts';

export const COMPLETION_RULES = defineRules({
  owner: [
    'T-CPL-1',
    'a completion serves the Routing ID that it bears, even if another has the same tag outstanding',
    'siov-facts §13 T-CPL-1',
    'PCIe',
  ],
  splits: [
    'T-CPL-2',
    'the parts of a split completion are put together in their order',
    'siov-facts §13 T-CPL-2, PCIe Base §2.3.1.1',
    'PCIe',
  ],
});

export class CompletionUseScoreboard extends Component {
  private readonly rule = this.evaluates(COMPLETION_RULES);

  /** Requests that carry what completions brought, data writes and records, and those that only another's explain. */
  request(seen: SeenRequest): void {
    const { problem, role } = seen;
    const isUse = role === 'dataWrite' || role === 'record';
    if (!isUse && problem !== 'tagOfOther' && problem !== 'splitOrder') return;
    judge(this.rule.owner, seen, 'tagOfOther');
    judge(this.rule.splits, seen, 'splitOrder');
  }
}
