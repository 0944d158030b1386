// How a rule family judges what the predictor found: one call per rule and TLP, which counts the evaluation and builds
// nothing when the rule holds (design decisions 7 and 10).
import { printRid } from '#pcie/routing-id';
import type { Rule } from '#uvm/rules';
import type { Problem, SeenRequest } from './predictors/seen-request.ts';

/** `rule` is broken when the request has one of the problems. */
export function judge(rule: Rule, seen: SeenRequest, problem: Problem, other?: Problem): void {
  if (rule.holds(seen.problem !== problem && seen.problem !== other)) return;
  rule.fail({ subject: subjectOf(seen), expected: seen.expected, seen: seen.seen });
}

/** Who is blamed: the owner of the Requester ID, or the Requester ID itself. */
export function subjectOf(seen: SeenRequest): string {
  return seen.requester?.name ?? `Requester ID ${printRid(seen.tlp.requesterId)}`;
}
