// Liveness: what the device owes in the calm phase comes within its bound. Source: design decision 9 ("Hang"), SRD §4 Progress.
//
// What stopped the work names the rule: a reset of somebody else (T-RST-3, T-RST-7) before the plain bound.
import { Component } from '#uvm/component';
import { defineRules } from '#uvm/rules';
import type { HostEvent } from '#siov/host-event';
import type { TrafficPredictor } from './predictors/traffic-predictor.ts';

export const LIVENESS_RULES = defineRules({
  progress: [
    'SRD-4.8',
    'descriptors that are rung end, commands end and FLRs end within their bounds',
    'SRD §4 Progress; §8, §9',
    'SRD',
  ],
});

export class LivenessScoreboard extends Component {
  private readonly rule = this.evaluates(LIVENESS_RULES);

  /** The host gave up waiting. */
  owed(event: Extract<HostEvent, { kind: 'liveness' }>): void {
    const { progress } = this.rule;
    progress.holds(false);
    progress.fail({
      subject: event.subject,
      expected: `${event.what} within ${event.boundPs / 1000} ns`,
      seen: `nothing since ${event.owedSincePs} ps`,
    });
  }

  /** The end of the run: every queue that nobody complained about has kept its bound. */
  conclude(predictor: TrafficPredictor): void {
    for (const requester of predictor.all()) {
      if (requester.queue.ended.count > 0) this.rule.progress.holds(true);
    }
  }
}
