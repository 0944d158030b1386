// Ordering inside one descriptor: data, then the record, then the interrupt. Source: SRD §7; siov-facts T-INT-5.
import { Component } from '#uvm/component';
import { defineRules } from '#uvm/rules';
import { judge } from './judge.ts';
import type { SeenRequest } from './predictors/seen-request.ts';

export const ORDERING_RULES = defineRules({
  record: [
    'SRD-7.5',
    'the record is one memory write, after all data writes of its descriptor and before the next fetch',
    'SRD §7, The record is one memory write',
    'SRD',
  ],
  relaxed: [
    'SRD-7.6',
    'relaxed ordering is on all data writes of a descriptor that asks for it, and on nothing else',
    'SRD §7, DW0 bit 10',
    'SRD',
  ],
  interrupt: [
    'T-INT-5',
    'a message does not pass the data and the record that it reports',
    'siov-facts §13 T-INT-5, SRD §7',
    'PCIe',
  ],
});

export class OrderingScoreboard extends Component {
  private readonly rule = this.evaluates(ORDERING_RULES);

  request(seen: SeenRequest): void {
    const { rule } = this;
    switch (seen.role) {
      case 'record':
        judge(rule.record, seen, 'recordEarly', 'recordAgain');
        break;
      case 'dataWrite':
        judge(rule.record, seen, 'dataAfterRecord');
        break;
      case 'fetch':
        judge(rule.record, seen, 'recordMissing');
        break;
      case 'interrupt':
        judge(rule.interrupt, seen, 'earlyInterrupt');
        break;
      default:
    }
    judge(rule.relaxed, seen, 'relaxedOrdering');
  }
}
