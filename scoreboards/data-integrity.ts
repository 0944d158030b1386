// Data integrity: what a descriptor fetches, reads, writes and reports is what SRD §7 says, byte for byte.
import { Component } from '#uvm/component';
import { defineRules } from '#uvm/rules';
import { judge } from './judge.ts';
import type { SeenRequest } from './predictors/seen-request.ts';

export const DATA_RULES = defineRules({
  fetch: [
    'SRD-7.1',
    'descriptor n is fetched once, in order, from its slot, after it was rung and the one before ended',
    'SRD §7, Descriptor n',
    'SRD',
  ],
  data: [
    'SRD-7.2',
    'data writes carry the bytes of the source or the pattern, AtomicOps the operands',
    'SRD §7, opcodes',
    'SRD',
  ],
  once: [
    'SRD-7.3',
    'each source byte is read once, each destination byte written once, in ascending order',
    'SRD §7, Each source byte',
    'SRD',
  ],
  record: [
    'SRD-7.4',
    'the completion record holds the status, count, phase, number and result of its descriptor',
    'SRD §7, completion record',
    'SRD',
  ],
  stopped: [
    'SRD-7.7',
    'a queue that is stopped, quiesced or halted fetches no further descriptor',
    'SRD §7, A queue runs',
    'SRD',
  ],
});

export class DataIntegrityScoreboard extends Component {
  private readonly rule = this.evaluates(DATA_RULES);

  request(seen: SeenRequest): void {
    const { rule } = this;
    switch (seen.role) {
      case 'fetch':
        judge(rule.fetch, seen, 'fetchAgain', 'fetchEarly');
        judge(rule.stopped, seen, 'stopped', 'halted');
        break;
      case 'sourceRead':
        judge(rule.once, seen, 'readAgain');
        break;
      case 'dataWrite':
        judge(rule.once, seen, 'writeOrder');
        judge(rule.data, seen, 'wrongData');
        break;
      case 'atomic':
        judge(rule.once, seen, 'readAgain');
        judge(rule.data, seen, 'operand');
        break;
      case 'record':
        judge(rule.record, seen, 'recordContent');
        break;
      default:
        if (seen.problem === 'fetchAgain') judge(rule.fetch, seen, 'fetchAgain');
    }
    if (seen.problem === 'fetchUnrung') judge(rule.fetch, seen, 'fetchUnrung');
    if (seen.problem === 'dataMissing') judge(rule.data, seen, 'dataMissing');
  }
}
