// Interrupts: each owner sends its own messages, as programmed, when raised and unmasked, once.
// Source: siov-facts §13 T-INT; SRD §7, §8.
import { Component } from '#uvm/component';
import { defineRules } from '#uvm/rules';
import { judge, subjectOf } from './judge.ts';
import { gateMovedSince } from './predictors/request-permission.ts';
import type { SeenRequest } from './predictors/seen-request.ts';
import type { TrafficPredictor } from './predictors/traffic-predictor.ts';

export const INTERRUPT_RULES = defineRules({
  own: [
    'T-INT-1',
    'a requester sends only messages programmed for it; address and data are the pair programmed',
    'siov-facts §13 T-INT-1',
    'inferred',
  ],
  format: [
    'T-INT-2',
    'a message is 1 DW, all bytes enabled, no PASID, untranslated, under the Routing ID that the policy names',
    'siov-facts §13 T-INT-2, SRD §7',
    'PCIe',
  ],
  mistaken: [
    'T-INT-3',
    'no other write goes into the window of messages',
    'siov-facts §13 T-INT-3',
    'inferred',
  ],
  once: [
    'T-INT-4',
    'a masked message stays pending and is sent once when unmasked; none that was not raised or was lost',
    'siov-facts §13 T-INT-4, SRD §7',
    'PCIe',
  ],
  raised: [
    'SRD-7.8',
    'a descriptor that asks for an interrupt sends it, or leaves it pending, before it ends',
    'SRD §7, Then, if DW0 bit 8',
    'SRD',
  ],
});

export class InterruptScoreboard extends Component {
  private readonly rule = this.evaluates(INTERRUPT_RULES);

  request(seen: SeenRequest): void {
    const { rule } = this;
    if (seen.role === 'interrupt') {
      judge(rule.format, seen, 'interruptRequester', 'interruptFormat');
      this.header(seen);
      judge(rule.own, seen, 'foreignMessage');
      judge(rule.once, seen, 'spuriousInterrupt', 'maskedInterrupt');
      return;
    }
    judge(rule.mistaken, seen, 'notInterrupt');
    if (seen.problem === 'foreignMessage') judge(rule.own, seen, 'foreignMessage');
    if (seen.isNewFetch) judge(rule.raised, seen, 'interruptMissing');
  }

  /** A read of an entry says that what must be pending is not. */
  pendingRead(details: { subject: string; expected: string; seen: string }): void {
    this.rule.once.holds(false);
    this.rule.once.fail(details);
  }

  /**
   * What was pending has had its time since `sincePs`: a vector that certainly waited, and that nothing has held back since,
   * has been sent (SRD §7: "sends when it is unmasked").
   */
  released(predictor: TrafficPredictor, sincePs: number): void {
    const { once } = this.rule;
    for (const requester of predictor.all()) {
      if (requester.life !== 'enabled' || gateMovedSince(predictor, requester, sincePs)) continue;
      requester.vectors.forEach((vector, index) => {
        if (requester.mayHaveBeenMaskedSince(vector, sincePs) || once.holds(!vector.isOwed)) return;
        once.fail({
          subject: requester.name,
          expected: `the message of vector ${index}, which was pending, after it was unmasked`,
          seen: 'none',
        });
      });
    }
  }

  private header(seen: SeenRequest): void {
    const { tlp } = seen;
    const { format } = this.rule;
    const isPlain = tlp.pasid < 0 && tlp.at === 0 && tlp.attr === 0 && tlp.tc === 0 && tlp.th === 0;
    if (format.holds(isPlain)) return;
    format.fail({
      subject: subjectOf(seen),
      expected: 'no PASID, AT 0, attributes 0, TC 0, TH 0',
      seen: `PASID ${tlp.pasid}, AT ${tlp.at}, attributes ${tlp.attr}, TC ${tlp.tc}, TH ${tlp.th}`,
    });
  }
}
