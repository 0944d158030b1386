// What the host's requests to the device must get, whoever made it: where they land, who owns the place, which status and
// Completer ID the answer has; as far as the policy decides it. What only one device has (registers, error logs, its
// configuration space) is checked by the class that it brings (scoreboards/srd is SRD's). Source: siov-facts §13 T-CFG, T-MMIO,
// T-CPL-6; SRD §2, §4, §7, §8; design decision 14.
import { assert } from '#base/assert';
import { hex } from '#base/bits';
import {
  isConfigRead,
  isConfigRequest,
  isConfigWrite,
  isMemoryRead,
  isMessage,
  type Tlp,
} from '#pcie/tlp';
import type { DeviceTraits } from '#siov/device-traits';
import type { HostEvent } from '#siov/host-event';
import type { ReadAnswer } from '#siov/siov-policy';
import { Component } from '#uvm/component';
import type { Rule } from '#uvm/rules';
import type { CompletionFate } from '../predictors/completion-prediction.ts';
import { ANY_STATUS, StatusBit, type HostRequest } from '../predictors/host-requests.ts';
import type { RequesterTrack } from '../predictors/requester-track.ts';
import type { TrafficPredictor } from '../predictors/traffic-predictor.ts';
import { scoreboardConfig } from '../scoreboard-config.ts';
import { AddressMap, Location } from './address-map.ts';
import { isForeignRule, type ForeignRule } from './device-rules.ts';
import type { WordCheck } from './word-check.ts';

/** What a read showed. */
export interface FaultDetails {
  readonly subject: string;
  readonly expected: string;
  readonly seen: string;
}

export type TellOther = (rule: ForeignRule, details: FaultDetails) => void;

/** What there is at a place of the device, as far as the host can know. */
export type Reach = 'open' | 'unassigned' | 'undecoded' | 'unsure';

const ALL_ONES = 0xffff_ffff;

export abstract class DeviceScoreboard extends Component {
  protected readonly traits: DeviceTraits = this.config.get(scoreboardConfig).traits;
  protected readonly map = new AddressMap(this.traits.policy.pages.bytes);
  protected readonly location = new Location();
  private predictorNow: TrafficPredictor | undefined;
  private tell: TellOther = () => {};
  /** The Configuration Write that starts an FLR is the next one to arrive. */
  protected startsFlr: RequesterTrack | undefined;

  /** Called once, before anything else. */
  bind(predictor: TrafficPredictor, tellOther: TellOther): void {
    this.predictorNow = predictor;
    this.tell = tellOther;
    this.bound(predictor);
  }

  protected get predictor(): TrafficPredictor {
    assert(
      this.predictorNow !== undefined,
      'the scoreboard of the device is bound before it is used',
    );
    return this.predictorNow;
  }

  /** Reports a broken rule that belongs to another family. */
  protected tellOther(rule: ForeignRule, details: FaultDetails): void {
    this.tell(rule, details);
  }

  // --- what a device brings -----------------------------------------------------------------------------------------------

  /** The predictor is there. */
  protected abstract bound(predictor: TrafficPredictor): void;
  /** A rule by the key that a check names; not asked for rules of others. */
  protected abstract ruleOf(key: string): Rule;
  /** Before the predictor takes the event over. */
  beforeEvent(_event: HostEvent): void {}
  /** After the predictor has taken the event over. */
  protected afterEvent(_event: HostEvent): void {}
  /** A malformed TLP has reached the device. */
  malformedArrived(_timePs: number): void {}
  /** A completion of the host has reached the device, and this is what must become of it. */
  completionArrived(_fate: CompletionFate, _tlp: Tlp, _timePs: number): void {}
  /** A posted request: a memory write, or a Message. */
  postedArrived(_tlp: Tlp, _timePs: number): void {}
  /** Whether a read of this size and alignment gets data, CA, or either. */
  protected abstract servesRead(tlp: Tlp): 'data' | 'abort' | 'either';
  /** A request that is served nowhere arrived: an AtomicOp, I/O, a locked read. */
  protected oddRequestArrived(_tlp: Tlp, _timePs: number): void {}
  /** A read arrived that gets no data of its place: `reach` says why; 'open': because of its size. */
  protected readNotServed(_reach: Reach, _tlp: Tlp, _timePs: number): void {}
  /** What the words of a read of an open place must be. */
  protected abstract readChecks(
    owner: RequesterTrack | undefined,
    tlp: Tlp,
  ): readonly (WordCheck | undefined)[];
  /** A Configuration Request to nobody, or to an SDI, arrived. */
  protected configNotServed(_tlp: Tlp, _timePs: number): void {}
  /** A poisoned Configuration Request arrived. */
  protected abstract poisonedConfig(request: HostRequest, timePs: number): void;
  /** A Configuration Write to the PF or a VF arrived; `isFlr`: it starts the FLR of that function. */
  protected abstract configWritten(owner: RequesterTrack, tlp: Tlp, isFlr: boolean): void;
  /** What a read of this configuration register must return, if that is known. */
  protected abstract configCheck(owner: RequesterTrack, tlp: Tlp): WordCheck | undefined;

  // --- events -----------------------------------------------------------------------------------------------------------------

  /** After the predictor. */
  hostEvent(event: HostEvent): void {
    this.map.hostEvent(event);
    if (event.kind === 'flrStarted') this.startsFlr = this.predictor.track(event.requester);
    if (event.kind === 'deviceReset') this.startsFlr = undefined;
    this.afterEvent(event);
  }

  // --- requests ---------------------------------------------------------------------------------------------------------------

  /** A non-posted request that is no Malformed TLP: what may its answer be? */
  requestArrived(request: HostRequest, tlp: Tlp, timePs: number): void {
    if (isConfigRequest(tlp.kind)) this.configArrived(request, tlp, timePs);
    else this.memoryArrived(request, tlp, timePs);
  }

  private memoryArrived(request: HostRequest, tlp: Tlp, timePs: number): void {
    const owner = this.ownerAt(tlp.address);
    request.completerId = this.predictor.pf.requesterId;
    request.statusRule = 'access';
    if (!isMemoryRead(tlp.kind)) {
      // AtomicOps, I/O and locked reads (SRD §9).
      request.otherCompleterId =
        owner !== undefined && this.completes(owner) ? owner.requesterId : -1;
      request.statusMask = StatusBit.UR;
      return this.oddRequestArrived(tlp, timePs);
    }
    const reach = this.reach(owner);
    if (owner !== undefined && this.completes(owner)) {
      if (reach === 'open') request.completerId = owner.requesterId;
      else request.otherCompleterId = owner.requesterId;
    }
    if (reach === 'unsure') {
      request.statusRule = 'none';
      request.completerId = -1;
      this.readNotServed(reach, tlp, timePs);
    } else if (reach !== 'open') {
      if (reach === 'unassigned') {
        request.statusRule = 'page';
        this.answerAs(this.traits.policy.pages.unassignedReads, request);
      } else request.statusMask = StatusBit.UR;
      this.readNotServed(reach, tlp, timePs);
    } else this.openArrived(request, owner, tlp, timePs);
  }

  /** A read of a place that is there. */
  private openArrived(
    request: HostRequest,
    owner: RequesterTrack | undefined,
    ...[tlp, timePs]: [Tlp, number]
  ): void {
    const served = this.servesRead(tlp);
    if (served === 'abort') {
      request.statusMask = StatusBit.CA;
      this.readNotServed('open', tlp, timePs);
      return;
    }
    request.statusMask = served === 'data' ? StatusBit.SC : ANY_STATUS;
    const isUr = this.traits.policy.pages.resettingReads === 'ur';
    // Whether it came before the end of the reset only the device knows.
    if (owner?.kind === 'sdi' && owner.life === 'resetting' && isUr)
      request.statusMask |= StatusBit.UR;
    request.expectation = this.readChecks(owner, tlp);
  }

  /** Status and data of a read that nobody serves with data of its own. */
  private answerAs(answer: ReadAnswer, request: HostRequest): void {
    request.statusMask = answer === 'ur' ? StatusBit.UR : StatusBit.SC;
    if (answer !== 'ur') request.fixedWord = answer === 'zeroes' ? 0 : ALL_ONES;
  }

  /** Policy `pages.completer`: whether accesses to its page are completed under its own Routing ID. A VF's always are. */
  private completes(owner: RequesterTrack): boolean {
    return owner.kind === 'vf' || this.traits.policy.pages.completer === 'owner';
  }

  private configArrived(request: HostRequest, tlp: Tlp, timePs: number): void {
    const { predictor } = this;
    const owner = this.configTarget(tlp);
    request.completerId = predictor.pf.requesterId;
    request.statusRule = 'config';
    if (owner === undefined || owner.kind === 'sdi')
      return this.toNobody(request, owner, tlp, timePs);
    if (owner.kind === 'vf') request.completerId = owner.requesterId;
    const isMoving = owner.life === 'resetting' || predictor.isPfFlr;
    if (isMoving) {
      // An FLR answers with RRS until it has ended; a VF that is being removed with either.
      request.statusMask = owner.kind === 'pf' ? StatusBit.SC | StatusBit.RRS : ANY_STATUS;
      if (owner.kind === 'vf') request.completerId = -1;
    } else request.statusMask = StatusBit.SC;
    if (tlp.ep !== 0) return this.poisonedConfig(request, timePs);
    if (isConfigWrite(tlp.kind)) {
      const isFlr = this.startsFlr === owner;
      if (isFlr) this.startsFlr = undefined;
      this.configWritten(owner, tlp, isFlr);
    } else if (isConfigRead(tlp.kind) && !(isMoving && owner.kind === 'vf')) {
      request.expectation = [this.configCheck(owner, tlp)];
    }
  }

  /** A Configuration Request to an SDI, or to a Routing ID that nobody has. */
  private toNobody(
    request: HostRequest,
    owner: RequesterTrack | undefined,
    ...[tlp, timePs]: [Tlp, number]
  ): void {
    request.statusMask = StatusBit.UR;
    if (owner !== undefined) {
      request.statusRule = 'sdiConfig';
      if (this.traits.policy.functions.configToSdi === 'all-ones') {
        request.statusMask = StatusBit.SC;
        if (isConfigRead(tlp.kind)) request.fixedWord = ALL_ONES;
      }
    } else if (this.predictor.isEnablingVfs) request.statusMask = ANY_STATUS;
    if (request.statusMask === ANY_STATUS) request.completerId = -1;
    this.configNotServed(tlp, timePs);
  }

  /** SRD §2: Type 0 by function number, Type 1 by the full Routing ID on another bus. */
  private configTarget(tlp: Tlp): RequesterTrack | undefined {
    const { predictor } = this;
    const bus = predictor.pf.requesterId >> 8;
    const isTypeOne = tlp.kind === 'CfgRd1' || tlp.kind === 'CfgWr1';
    if (!isTypeOne) return predictor.owner((bus << 8) | (tlp.destinationId & 0xff));
    if (tlp.destinationId >> 8 === bus) return undefined;
    return predictor.owner(tlp.destinationId);
  }

  // --- places -----------------------------------------------------------------------------------------------------------------

  /** Whether a posted request may be an error of this device. */
  mayRefuse(tlp: Tlp): boolean {
    if (isMessage(tlp.kind)) return false;
    const reach = this.reach(this.ownerAt(tlp.address));
    if (tlp.ep !== 0) return true;
    if (reach === 'unassigned') return this.traits.policy.pages.unassignedReads === 'ur';
    return reach !== 'open' || this.servesRead(tlp) !== 'data';
  }

  /** Routing ID of who owns the place of the last memory request, or -1. */
  get ownerRid(): number {
    const { location } = this;
    if (location.space !== 'pages') return -1;
    return this.predictor.rids.pages.owner(location.page)?.requesterId ?? -1;
  }

  /** Sets `location`; returns who owns the page, where it is one of an SDI or VF. */
  protected ownerAt(address: number): RequesterTrack | undefined {
    const { location, predictor } = this;
    this.map.locate(address, location);
    if (location.space === 'vfPages') {
      const vf = predictor.track(`vf ${location.page}`);
      return vf.life === 'free' ? undefined : vf;
    }
    if (location.space !== 'pages') return undefined;
    return predictor.rids.pages.owner(location.page);
  }

  /** What `location` is, as far as the host can know now. */
  protected reach(owner: RequesterTrack | undefined): Reach {
    const { location, map, predictor } = this;
    const { space } = location;
    if (space === 'vfPages' && (predictor.isEnablingVfs || owner?.life === 'resetting'))
      return 'unsure';
    if (!map.isOpen(space)) return 'undecoded';
    if (space === 'vfPages') return owner === undefined ? 'undecoded' : 'open';
    if (space !== 'pages') return 'open';
    const { pending } = predictor;
    if (owner === undefined) {
      const isAsked = pending?.assignment?.pages.includes(location.page) === true;
      return isAsked ? 'unsure' : 'unassigned';
    }
    if (owner.life === 'destroying' || owner.life === 'creating') return 'unsure';
    const isReconfigured = owner.life === 'resetting' && pending?.assignment !== undefined;
    return isReconfigured ? 'unsure' : 'open';
  }

  // --- what is answered -------------------------------------------------------------------------------------------------------

  /** The last completion of `request` has left. */
  answered(request: HostRequest, leftPs: number): void {
    const checks = request.expectation as readonly (WordCheck | undefined)[] | undefined;
    if (checks === undefined || request.words.length === 0) return;
    for (let i = 0; i < checks.length && i < request.words.length; i++) {
      const check = checks[i];
      if (check !== undefined) this.judge(check, request.words[i], leftPs);
    }
  }

  private judge(check: WordCheck, word: number, leftPs: number): void {
    const fault = check.judge(word, leftPs);
    const own = check.rule;
    if (!isForeignRule(own)) this.ruleOf(own).holds(fault === undefined || fault.rule !== own);
    if (fault === undefined) return;
    const { subject } = check;
    const details = { subject, expected: `${check.name}: ${fault.expected}`, seen: hex(word, 8) };
    if (isForeignRule(fault.rule)) return this.tellOther(fault.rule, details);
    if (fault.rule !== own) this.ruleOf(fault.rule).holds(false);
    this.ruleOf(fault.rule).fail(details);
  }
}
