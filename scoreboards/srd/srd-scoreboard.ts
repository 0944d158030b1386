// What is SRD's own: configuration space, registers, work pages, admin commands and error bits, checked at every read of the
// host (design decision 14). A device of another vendor has another scoreboard here, with its DeviceDriver.
import { hex } from '#base/bits';
import { readU32Le } from '#base/bytes';
import {
  isConfigRead,
  isConfigRequest,
  isConfigWrite,
  isMemoryRead,
  isMessage,
  type Tlp,
} from '#pcie/tlp';
import type { HostEvent } from '#siov/host-event';
import { Component } from '#uvm/component';
import type { CompletionFate } from '../predictors/completion-prediction.ts';
import { ANY_STATUS, StatusBit, type HostRequest } from '../predictors/host-requests.ts';
import type { RequesterTrack } from '../predictors/requester-track.ts';
import type { TrafficPredictor } from '../predictors/traffic-predictor.ts';
import { AddressMap, Location } from './address-map.ts';
import { allowedStatuses } from './admin-model.ts';
import { CommandStatus, commandStatusName } from '#siov/sdi-life';
import { ConfigModel } from './config-model.ts';
import { ErrorKind } from './error-log.ts';
import { PfRegisterModel } from './pf-register-model.ts';
import { SRD_RULES, type SrdRuleKey } from './srd-rules.ts';
import { WorkPageModel } from './work-page-model.ts';
import type { WordCheck } from './word-check.ts';

/** Rules of other families that a register read may break: told to whoever owns them. */
export type ForeignRule = Exclude<SrdRuleKey, keyof typeof SRD_RULES>;
export type TellOther = (rule: ForeignRule, details: FaultDetails) => void;

/** What a register read showed. */
export interface FaultDetails {
  readonly subject: string;
  readonly expected: string;
  readonly seen: string;
}

/** What there is at a place of the device, as far as the host can know. */
type Reach = 'open' | 'unassigned' | 'undecoded' | 'unsure';

export class SrdScoreboard extends Component {
  private readonly rule = this.evaluates(SRD_RULES);
  private readonly map = new AddressMap();
  private readonly location = new Location();
  private parts:
    { registers: PfRegisterModel; pages: WorkPageModel; config: ConfigModel } | undefined;
  private predictor: TrafficPredictor | undefined;
  private tellOther: TellOther = () => {};
  /** After a PF FLR, until Memory Space Enable is written again: URs may or may not be logged (SRD §9). */
  private isUrFree = false;
  /** The Configuration Write that starts an FLR is the next one to arrive. */
  private startsFlr: RequesterTrack | undefined;

  /** Called once, before anything else. */
  bind(predictor: TrafficPredictor, tellOther: TellOther): void {
    const registers = new PfRegisterModel(predictor);
    const pages = new WorkPageModel(predictor);
    this.predictor = predictor;
    this.parts = { registers, pages, config: new ConfigModel(predictor, registers) };
    this.tellOther = tellOther;
  }

  // --- events ----------------------------------------------------------------------------------------------------------

  /** Before the predictor takes the event over: the status of a command is judged. */
  beforeEvent(event: HostEvent): void {
    const { predictor } = this;
    if (predictor === undefined || event.kind !== 'commandEnded') return;
    const pending = predictor.pending;
    if (pending === undefined || event.command === 'query') return;
    if (pending.requester !== predictor.sdi(event.sdi)) return;
    if (pending.requester.lifeBefore === 'resetting' || predictor.isEnablingVfs) return;
    const allowed = allowedStatuses(event.command, pending, predictor);
    const { commandStatus } = this.rule;
    if (commandStatus.holds(allowed.includes(event.status))) return;
    const details = {
      subject: `${event.command} of sdi ${event.sdi}`,
      expected: allowed.map(commandStatusName).join(' or '),
      seen: commandStatusName(event.status),
    };
    // A later check failed instead: the one of the Routing ID was not made.
    const isRidMissed =
      allowed.includes(CommandStatus.RID_CONFLICT) && event.status > CommandStatus.RID_CONFLICT;
    if (isRidMissed) this.tellOther('ridTaken', details);
    else commandStatus.fail(details);
  }

  /** After the predictor. `before`: pages and entries of the SDI of a command before it. */
  hostEvent(event: HostEvent): void {
    const { parts, predictor } = this;
    if (parts === undefined || predictor === undefined) return;
    this.map.hostEvent(event);
    parts.registers.admin.hostEvent(event);
    switch (event.kind) {
      case 'memorySpace':
        if (event.on) this.isUrFree = false;
        return;
      case 'commandEnded':
        if (event.status === 0) this.commandEnded(event.command, predictor.sdi(event.sdi));
        return;
      case 'vfsEnabling':
        parts.config.vfEnableUnknown();
        return;
      case 'vfsEnabled':
        parts.config.vfEnableIs(event.accepted);
        for (const vf of predictor.vfs) this.resetVf(vf.index);
        return;
      case 'vfsDisabling':
        parts.config.vfEnableIs(false);
        return;
      case 'flrStarted':
        this.startsFlr = predictor.track(event.requester);
        if (event.requester === 'pf') this.isUrFree = true;
        return;
      case 'flrEnded':
        if (event.requester !== 'pf') parts.pages.resetVf(predictor.track(event.requester).index);
        return;
      case 'deviceReset':
        this.resetDevice(true);
        return;
      default:
    }
  }

  private resetVf(vf: number): void {
    this.parts?.config.resetVf(vf);
    this.parts?.pages.resetVf(vf);
  }

  private resetDevice(isCold: boolean): void {
    const { parts } = this;
    if (parts === undefined) return;
    parts.registers.reset(isCold);
    parts.pages.resetAll();
    parts.config.resetPf(isCold);
    this.startsFlr = undefined;
  }

  private commandEnded(command: string, requester: RequesterTrack): void {
    const { parts } = this;
    if (
      parts === undefined ||
      command === 'enable' ||
      command === 'quiesce' ||
      command === 'query'
    ) {
      return;
    }
    const released = requester.formerPages;
    parts.pages.resetPages(released.pages);
    parts.pages.resetPages(requester.pages);
    parts.registers.resetEntries(released.imsEntries, command !== 'reset');
    if (command !== 'reset') parts.registers.resetEntries(requester.imsEntries, true);
  }

  // --- what arrives ----------------------------------------------------------------------------------------------------

  malformedArrived(timePs: number): void {
    this.parts?.registers.errors.set(ErrorKind.MALFORMED_TLP, timePs);
  }

  completionArrived(fate: CompletionFate, tlp: Tlp, timePs: number): void {
    const registers = this.parts?.registers;
    if (registers === undefined) return;
    registers.errors.completion(fate, tlp, timePs);
    if (fate === 'late') registers.late.ended(timePs);
    if (fate === 'mayBeLate' || fate === 'mayBeUnexpected') registers.late.maybe();
  }

  /** A posted request: a memory write, or a Message, which is dropped without a bit (SRD §3). */
  postedArrived(tlp: Tlp, timePs: number): void {
    const { parts, location } = this;
    if (parts === undefined || isMessage(tlp.kind)) return;
    const { errors } = parts.registers;
    const owner = this.ownerAt(tlp.address);
    const reach = this.reach(owner);
    if (reach === 'unsure') {
      errors.maybe(ErrorKind.UNASSIGNED_PAGE, timePs);
      errors.maybe(ErrorKind.UNSUPPORTED_REQUEST, timePs);
      if (tlp.ep !== 0) errors.maybe(ErrorKind.POISONED_TLP, timePs);
      if (owner !== undefined) parts.pages.forget(owner, location, tlp.lengthDw);
      return;
    }
    if (reach !== 'open') return this.unsupported(reach, tlp, timePs);
    if (!isServed(tlp)) {
      if (tlp.ep !== 0) errors.maybe(ErrorKind.POISONED_TLP, timePs);
      return;
    }
    if (tlp.ep !== 0) {
      errors.set(ErrorKind.POISONED_TLP, timePs);
      return;
    }
    for (let i = 0; i < tlp.lengthDw; i++) {
      const be = i === 0 ? tlp.firstBe : tlp.lastBe;
      this.writeWord(owner, 4 * i, readU32Le(tlp.payload, 4 * i), { be, timePs });
    }
  }

  private writeWord(
    owner: RequesterTrack | undefined,
    delta: number,
    word: number,
    how: { readonly be: number; readonly timePs: number },
  ): void {
    const { parts, location } = this;
    if (parts === undefined) return;
    const { be, timePs } = how;
    // No byte is enabled: nothing is written, and nothing is set off (SRD §4).
    if (be === 0) return;
    const offset = location.offset + delta;
    switch (location.space) {
      case 'registers':
        return parts.registers.writeRegister(offset, word, be, timePs);
      case 'msix':
        return parts.registers.writeMsix(offset, word, be, timePs);
      default:
        if (owner !== undefined) {
          parts.pages.write({ owner, page: location.page, offset }, word, be, timePs);
        }
    }
  }

  private unsupported(reach: Reach, tlp: Tlp, timePs: number): void {
    const errors = this.parts?.registers.errors;
    if (errors === undefined) return;
    if (tlp.ep !== 0) errors.maybe(ErrorKind.POISONED_TLP, timePs);
    if (reach === 'unassigned') errors.set(ErrorKind.UNASSIGNED_PAGE, timePs);
    if (this.isUrFree) errors.maybe(ErrorKind.UNSUPPORTED_REQUEST, timePs);
    else errors.set(ErrorKind.UNSUPPORTED_REQUEST, timePs);
  }

  /** A non-posted request that is no Malformed TLP: what may its answer be? */
  requestArrived(request: HostRequest, tlp: Tlp, timePs: number): void {
    if (isConfigRequest(tlp.kind)) this.configArrived(request, tlp, timePs);
    else this.memoryArrived(request, tlp, timePs);
  }

  private memoryArrived(request: HostRequest, tlp: Tlp, timePs: number): void {
    const { parts, predictor } = this;
    if (parts === undefined || predictor === undefined) return;
    const owner = this.ownerAt(tlp.address);
    request.completerId = predictor.pf.requesterId;
    if (!isMemoryRead(tlp.kind)) {
      // AtomicOps, I/O and locked reads (SRD §9).
      request.otherCompleterId = owner?.kind === 'vf' ? owner.requesterId : -1;
      request.statusMask = StatusBit.UR;
      request.statusRule = 'access';
      const { errors } = parts.registers;
      // Whether ownership or poison is looked at in a request that is refused anyway is left open.
      if (this.location.space === 'pages') errors.maybe(ErrorKind.UNASSIGNED_PAGE, timePs);
      if (tlp.ep === 0) return this.unsupported('undecoded', tlp, timePs);
      errors.maybe(ErrorKind.POISONED_TLP, timePs);
      errors.maybe(ErrorKind.UNSUPPORTED_REQUEST, timePs);
      return;
    }
    const reach = this.reach(owner);
    if (owner?.kind === 'vf') {
      if (reach === 'open') request.completerId = owner.requesterId;
      else request.otherCompleterId = owner.requesterId;
    }
    request.statusRule = 'access';
    if (reach === 'unsure') {
      request.statusRule = 'none';
      request.completerId = -1;
      parts.registers.errors.maybe(ErrorKind.UNASSIGNED_PAGE, timePs);
      parts.registers.errors.maybe(ErrorKind.UNSUPPORTED_REQUEST, timePs);
      parts.registers.errors.maybe(ErrorKind.COMPLETER_ABORT, timePs);
    } else if (reach !== 'open') {
      request.statusMask = StatusBit.UR;
      if (reach === 'unassigned') request.statusRule = 'page';
      this.unsupported(reach, tlp, timePs);
    } else if (!isServed(tlp)) {
      request.statusMask = StatusBit.CA;
      parts.registers.errors.set(ErrorKind.COMPLETER_ABORT, timePs);
    } else {
      request.statusMask = StatusBit.SC;
      request.expectation = this.wordChecks(owner, tlp);
    }
  }

  private wordChecks(owner: RequesterTrack | undefined, tlp: Tlp): (WordCheck | undefined)[] {
    const checks: (WordCheck | undefined)[] = [];
    for (let i = 0; i < tlp.lengthDw; i++) {
      const be = i === 0 ? tlp.firstBe : tlp.lastBe;
      checks.push(be === 0 ? undefined : this.wordCheck(owner, 4 * i, be));
    }
    return checks;
  }

  private wordCheck(
    owner: RequesterTrack | undefined,
    delta: number,
    be: number,
  ): WordCheck | undefined {
    const { parts, location } = this;
    if (parts === undefined) return undefined;
    const offset = location.offset + delta;
    if (location.space === 'registers') return parts.registers.check(offset, be);
    if (location.space === 'msix') return parts.registers.checkMsix(offset, be);
    return owner === undefined ? undefined : parts.pages.check(owner, location.page, offset, be);
  }

  private configArrived(request: HostRequest, tlp: Tlp, timePs: number): void {
    const { parts, predictor } = this;
    if (parts === undefined || predictor === undefined) return;
    const owner = this.configTarget(tlp, predictor);
    request.completerId = predictor.pf.requesterId;
    request.statusRule = 'config';
    const isFunction = owner !== undefined && owner.kind !== 'sdi';
    if (!isFunction) {
      request.statusMask = StatusBit.UR;
      if (owner !== undefined) request.statusRule = 'sdiConfig';
      else if (predictor.isEnablingVfs) request.statusMask = ANY_STATUS;
      if (request.statusMask === ANY_STATUS) request.completerId = -1;
      // UR of a Type 1 request to the captured bus: whether it is logged is left open.
      if (tlp.kind === 'CfgRd1' || tlp.kind === 'CfgWr1') {
        parts.registers.errors.maybe(ErrorKind.UNSUPPORTED_REQUEST, timePs);
      }
      if (tlp.ep !== 0) parts.registers.errors.maybe(ErrorKind.POISONED_TLP, timePs);
      return;
    }
    if (owner.kind === 'vf') request.completerId = owner.requesterId;
    const isMoving = owner.life === 'resetting' || predictor.isPfFlr;
    if (isMoving) {
      // An FLR answers with RRS until it has ended; a VF that is being removed with either.
      request.statusMask = owner.kind === 'pf' ? StatusBit.SC | StatusBit.RRS : ANY_STATUS;
      if (owner.kind === 'vf') request.completerId = -1;
    } else request.statusMask = StatusBit.SC;
    if (tlp.ep !== 0) return this.poisonedConfig(request, timePs);
    if (isConfigWrite(tlp.kind)) this.configWritten(owner, tlp);
    else if (isConfigRead(tlp.kind) && !(isMoving && owner.kind === 'vf')) {
      request.expectation = [parts.config.check(owner, tlp.registerNumber, tlp.firstBe)];
    }
  }

  private poisonedConfig(request: HostRequest, timePs: number): void {
    const errors = this.parts?.registers.errors;
    request.statusMask = request.statusMask === StatusBit.SC ? StatusBit.UR : ANY_STATUS;
    errors?.maybe(ErrorKind.UNSUPPORTED_REQUEST, timePs);
    if (request.statusMask === StatusBit.UR) errors?.set(ErrorKind.POISONED_TLP, timePs);
    else errors?.maybe(ErrorKind.POISONED_TLP, timePs);
  }

  private configWritten(owner: RequesterTrack, tlp: Tlp): void {
    const { parts } = this;
    if (parts === undefined) return;
    if (this.startsFlr === owner) {
      this.startsFlr = undefined;
      if (owner.kind === 'pf') this.resetDevice(false);
      else this.resetVf(owner.index);
      return;
    }
    parts.config.write(owner, tlp.registerNumber, readU32Le(tlp.payload, 0), tlp.firstBe);
  }

  /** SRD §2: Type 0 by function number, Type 1 by the full Routing ID on another bus. */
  private configTarget(tlp: Tlp, predictor: TrafficPredictor): RequesterTrack | undefined {
    const bus = predictor.pf.requesterId >> 8;
    const isTypeOne = tlp.kind === 'CfgRd1' || tlp.kind === 'CfgWr1';
    if (!isTypeOne) return predictor.owner((bus << 8) | (tlp.destinationId & 0xff));
    if (tlp.destinationId >> 8 === bus) return undefined;
    return predictor.owner(tlp.destinationId);
  }

  // --- places ----------------------------------------------------------------------------------------------------------

  /** Sets `location`; returns who owns the page, where it is one of an SDI or VF. */
  private ownerAt(address: number): RequesterTrack | undefined {
    const { location, predictor } = this;
    this.map.locate(address, location);
    if (predictor === undefined) return undefined;
    if (location.space === 'vfPages') {
      const vf = predictor.track(`vf ${location.page}`);
      return vf.life === 'free' ? undefined : vf;
    }
    if (location.space !== 'pages') return undefined;
    return predictor.rids.pages.owner(location.page);
  }

  /** What `location` is, as far as the host can know now. */
  private reach(owner: RequesterTrack | undefined): Reach {
    const { location, map, predictor } = this;
    if (predictor === undefined) return 'unsure';
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

  // --- what is answered --------------------------------------------------------------------------------------------------

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
    if (!isForeign(own)) this.rule[own].holds(fault === undefined || fault.rule !== own);
    if (fault === undefined) return;
    const { subject } = check;
    const details = { subject, expected: `${check.name}: ${fault.expected}`, seen: hex(word, 8) };
    if (isForeign(fault.rule)) return this.tellOther(fault.rule, details);
    if (fault.rule !== own) this.rule[fault.rule].holds(false);
    this.rule[fault.rule].fail(details);
  }
}

function isForeign(rule: SrdRuleKey): rule is ForeignRule {
  return !(rule in SRD_RULES);
}

/** SRD §4 Access rules: 1 or 2 DW, naturally aligned. */
function isServed(tlp: Tlp): boolean {
  return tlp.lengthDw === 1 || (tlp.lengthDw === 2 && (tlp.addressLow & 7) === 0);
}
