// Ordering inside one descriptor: data, then the record, then the interrupt. Source: SRD §7; siov-facts T-INT-5.
import { Component } from '#uvm/component';
import { defineRules } from '#uvm/rules';
import { Attr } from '#pcie/tlp';
import { judge, subjectOf } from './judge.ts';
import type { SeenRequest } from './predictors/seen-request.ts';
import type { TrafficPredictor } from './predictors/traffic-predictor.ts';

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

  request(seen: SeenRequest, predictor: TrafficPredictor): void {
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
    this.attribute(seen, predictor);
  }

  private attribute(seen: SeenRequest, predictor: TrafficPredictor): void {
    const { relaxed } = this.rule;
    const { attr } = seen.tlp;
    const isAsked = seen.role === 'dataWrite' && seen.execution?.work?.relaxedOrdering === true;
    const isWanted = isAsked && predictor.settings.relaxedOrdering;
    if (relaxed.holds(((attr & Attr.RELAXED_ORDERING) !== 0) === isWanted)) return;
    const expected = `relaxed ordering ${isWanted ? 1 : 0} on a ${seen.role}`;
    relaxed.fail({ subject: subjectOf(seen), expected, seen: `attributes ${attr}` });
  }
}
