// Mixed IOV: VFs and SDIs side by side keep their Routing IDs apart, and neither kind's creation, reset or removal touches
// the other. Source: siov-facts §13 T-RID-3, T-RST-7; SRD §2, §8.
import { printRid } from '#pcie/routing-id';
import { Component } from '#uvm/component';
import { defineRules } from '#uvm/rules';
import type { HostEvent, SdiAssignment } from '#siov/host-event';
import { judge } from './judge.ts';
import type { RequesterTrack } from './predictors/requester-track.ts';
import type { SeenRequest } from './predictors/seen-request.ts';
import type { TrafficPredictor } from './predictors/traffic-predictor.ts';

export const MIXED_RULES = defineRules({
  distinct: [
    'T-RID-3',
    'the Routing IDs of the PF, of enabled VFs and of SDIs that are not FREE are pairwise different',
    'siov-facts §13 T-RID-3; SRD §2, §5, §8',
    'inferred',
  ],
  vfEnable: [
    'SRD-8.2',
    'VF Enable is taken exactly when NumVFs is legal, no Routing ID collides and mixing is allowed',
    'SRD §8, Setting VF Enable fails',
    'SRD',
  ],
  apart: [
    'T-RST-7',
    'an FLR or removal of a VF does not touch SDIs, and an SDI reset does not touch VFs',
    'siov-facts §13 T-RST-7; SRD §8',
    'PCIe',
  ],
});

export class MixedIovScoreboard extends Component {
  private readonly rule = this.evaluates(MIXED_RULES);

  request(seen: SeenRequest): void {
    if (seen.isNewFetch || seen.problem === 'disturbedAcross') {
      judge(this.rule.apart, seen, 'disturbedAcross');
    }
  }

  /** The work of a requester stopped, and a reset of the other kind was near. */
  stopped(requester: RequesterTrack, disturber: RequesterTrack, what: string): void {
    this.rule.apart.holds(false);
    this.rule.apart.fail({
      subject: requester.name,
      expected: `${what}, whatever happens to ${disturber.name}`,
      seen: `nothing since the reset of ${disturber.name}`,
    });
  }

  /** A Routing ID that is taken was not refused as such. */
  conflictMissed(details: { subject: string; expected: string; seen: string }): void {
    this.rule.distinct.holds(false);
    this.rule.distinct.fail(details);
  }

  /** A register of somebody reads as if a reset of the other kind had hit it. */
  registerDisturbed(details: { subject: string; expected: string; seen: string }): void {
    this.rule.apart.holds(false);
    this.rule.apart.fail(details);
  }

  /** Called before the predictor takes over what the event says. */
  beforeEvent(event: HostEvent, predictor: TrafficPredictor): void {
    if (event.kind === 'commandEnded' && event.status === 0) {
      const assignment = predictor.pending?.assignment;
      const requester = predictor.sdi(event.sdi);
      if (assignment === undefined || predictor.pending?.requester !== requester) return;
      this.granted(requester, assignment, predictor);
    } else if (event.kind === 'vfsEnabled') this.enabled(event.accepted, predictor);
  }

  private granted(
    requester: RequesterTrack,
    assignment: SdiAssignment,
    predictor: TrafficPredictor,
  ): void {
    const other = predictor.owner(assignment.rid);
    const isFree = other === undefined || other === requester || other.life === 'free';
    // VFs that are being removed may or may not count as taken.
    if (this.rule.distinct.holds(isFree || other.life === 'resetting')) return;
    this.rule.distinct.fail({
      subject: requester.name,
      expected: `RID_CONFLICT: ${printRid(assignment.rid)} belongs to ${other?.name}`,
      seen: 'OK',
    });
  }

  private enabled(accepted: boolean, predictor: TrafficPredictor): void {
    const { vfRids, params } = predictor;
    const refusal = vfRefusal(predictor);
    if (refusal === 'unsure') return;
    const isConflict = refusal.includes('Routing ID');
    const rule = isConflict && accepted ? this.rule.distinct : this.rule.vfEnable;
    if (!isConflict || !accepted) this.rule.distinct.holds(true);
    if (rule.holds(accepted === (refusal === ''))) return;
    rule.fail({
      subject: `VF Enable of ${vfRids.length}`,
      expected: refusal === '' ? `taken (TotalVFs ${params.totalVfs})` : `refused: ${refusal}`,
      seen: accepted ? 'taken' : 'refused',
    });
  }
}

/** Why SRD §8 refuses VF Enable; '' when it does not, 'unsure' when SDIs are on the move. */
function vfRefusal(predictor: TrafficPredictor): string {
  const { vfRids, params } = predictor;
  if (vfRids.length === 0 || vfRids.length > params.totalVfs) return 'NumVFs out of range';
  let hasSdi = false;
  for (const one of predictor.all()) {
    if (one.kind !== 'sdi' || one.life === 'free') continue;
    if (one.life !== 'created' && one.life !== 'enabled') return 'unsure';
    hasSdi = true;
  }
  if (!params.mixedIov && hasSdi) return 'an SDI is not FREE and mixing is not supported';
  const taken = new Set<number>();
  for (const rid of vfRids) {
    const owner = predictor.owner(rid);
    const isOther = owner !== undefined && owner.kind !== 'vf';
    if (taken.has(rid) || isOther) return `Routing ID ${printRid(rid)} is taken`;
    taken.add(rid);
  }
  return '';
}
