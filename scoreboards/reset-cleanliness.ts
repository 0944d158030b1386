// Reset cleanliness: after a reset nothing of the old owner is left, and nobody else notices.
// Source: siov-facts §13 T-RST; SRD §6, §8, §9.
import { isMemoryWrite } from '#pcie/tlp';
import { Component } from '#uvm/component';
import { defineRules } from '#uvm/rules';
import { judge, subjectOf } from './judge.ts';
import type { RequesterTrack } from './predictors/requester-track.ts';
import type { SeenRequest } from './predictors/seen-request.ts';
import type { TrafficPredictor } from './predictors/traffic-predictor.ts';

export const RESET_RULES = defineRules({
  silent: [
    'T-RST-1',
    'after the end of an SDI reset or VF FLR no request of the old work, until enabled and rung again',
    'siov-facts §13 T-RST-1, SRD §6.5',
    'inferred',
  ],
  tags: [
    'T-RST-2',
    'completions of aborted requests are dropped and counted; no tag of one is used before they came or timed out',
    'siov-facts §13 T-RST-2, SRD §6.2',
    'inferred',
  ],
  others: [
    'T-RST-3',
    'the reset of an SDI leaves the work, state and interrupts of everybody else alone',
    'siov-facts §13 T-RST-3; SRD §6.6',
    'inferred',
  ],
  flr: [
    'T-RST-6',
    'after a PF FLR no SDI or VF sends, and no pair from before is used for twice the timeout',
    'siov-facts §13 T-RST-6, SRD §9',
    'PCIe',
  ],
});

export class ResetCleanlinessScoreboard extends Component {
  private readonly rule = this.evaluates(RESET_RULES);

  request(seen: SeenRequest, predictor: TrafficPredictor): void {
    const { rule } = this;
    const isFlr = seen.requester?.endedBy === 'pf flr';
    if (isFlr) judge(rule.flr, seen, 'afterReset');
    else judge(rule.silent, seen, 'afterReset');
    if (seen.isNewFetch || seen.problem === 'disturbed') judge(rule.others, seen, 'disturbed');
    if (seen.problem === 'notDrained') return judge(rule.tags, seen, 'notDrained');
    if (isMemoryWrite(seen.tlp.kind)) return;
    const isHeld = predictor.policy.sdiReset.abortedTags === 'held';
    if (!rule.tags.holds(seen.pairInUse !== 'aborted' || !isHeld)) {
      const expected = 'a tag whose request is not awaited after a reset';
      rule.tags.fail({ subject: subjectOf(seen), expected, seen: `tag ${seen.tlp.tag}` });
    }
    if (!rule.flr.holds(seen.pairInUse !== 'beforeFlr')) {
      const expected = 'a pair that was not outstanding at the PF FLR';
      rule.flr.fail({ subject: subjectOf(seen), expected, seen: `tag ${seen.tlp.tag}` });
    }
  }

  /** The work of a requester stopped, and a reset of another was near. */
  stopped(requester: RequesterTrack, disturber: RequesterTrack, what: string): void {
    this.rule.others.holds(false);
    this.rule.others.fail({
      subject: requester.name,
      expected: `${what}, whatever happens to ${disturber.name}`,
      seen: `nothing since the reset of ${disturber.name}`,
    });
  }

  /** A register of somebody reads as if a reset of another had hit it. */
  registerDisturbed(details: { subject: string; expected: string; seen: string }): void {
    this.rule.others.holds(false);
    this.rule.others.fail(details);
  }

  /** LATE_COMPLETIONS shows fewer than came for aborted requests. */
  abortedForgotten(details: { subject: string; expected: string; seen: string }): void {
    this.rule.tags.holds(false);
    this.rule.tags.fail(details);
  }
}
