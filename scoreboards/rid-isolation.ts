// RID isolation: every request carries the Routing ID of the work it belongs to, and nobody sends who may not.
// Source: siov-facts §13 T-RID, SRD §2, §5.
import { Component } from '#uvm/component';
import { defineRules } from '#uvm/rules';
import { judge, subjectOf } from './judge.ts';
import type { SeenRequest } from './predictors/seen-request.ts';
import type { TrafficPredictor } from './predictors/traffic-predictor.ts';

export const RID_RULES = defineRules({
  known: [
    'T-RID-1',
    'every upstream request carries the Routing ID of the PF, an enabled VF or an enabled SDI',
    'siov-facts §13 T-RID-1, SRD §2',
    'SIOV',
  ],
  stride: [
    'T-RID-2',
    'a strided SDI i sends as PF Routing ID + offset + i x stride, modulo 2^16',
    'siov-facts §13 T-RID-2, SRD §2',
    'SIOV',
  ],
  swap: [
    'T-RID-4',
    'traffic of one owner never carries the Routing ID of another',
    'siov-facts §13 T-RID-4, SRD §2',
    'SIOV',
  ],
  assigned: [
    'T-RID-6',
    'an SDI with a Routing ID chosen by software sends under that one alone',
    'siov-facts §13 T-RID-6, SRD §2',
    'SIOV',
  ],
  portRange: [
    'T-RID-7',
    'every Routing ID of the device lies on a bus that the port above routes to it',
    'siov-facts §13 T-RID-7',
    'SIOV',
  ],
  disabled: [
    'T-RID-8',
    'an SDI that is not enabled sends no memory request but its pending messages',
    'siov-facts §13 T-RID-8, SRD §5',
    'inferred',
  ],
});

export class RidIsolationScoreboard extends Component {
  private readonly rule = this.evaluates(RID_RULES);
  request(seen: SeenRequest, predictor: TrafficPredictor): void {
    const { rule } = this;
    const { requester } = seen;
    judge(rule.known, seen, 'unknownRid');
    if (requester === undefined || requester.isStrided) judge(rule.stride, seen, 'wrongStride');
    judge(rule.assigned, seen, 'wrongSoftwareRid');
    judge(rule.swap, seen, 'foreignRid');
    const bus = seen.tlp.requesterId >> 8;
    if (!rule.portRange.holds(predictor.rids.isBusInUse(bus))) {
      const expected = 'a bus on which a Routing ID was given to the device';
      rule.portRange.fail({ subject: subjectOf(seen), expected, seen: `bus ${bus}` });
    }
    if (requester === undefined || requester.kind !== 'sdi') return;
    judge(rule.disabled, seen, 'notEnabled');
  }

  /** QUERY_SDI tells another Routing ID than the strided one. */
  strideRead(details: { subject: string; expected: string; seen: string }): void {
    this.rule.stride.holds(false);
    this.rule.stride.fail(details);
  }
}
