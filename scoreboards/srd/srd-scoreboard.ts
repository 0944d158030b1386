// What is SRD's own: configuration space, registers, work pages, admin commands and error bits, checked at every read of the
// host (design decision 14). A device of another vendor has another scoreboard here, with its DeviceDriver.
import { assert } from '#base/assert';
import { readU32Le } from '#base/bytes';
import { isMessage, type Tlp } from '#pcie/tlp';
import type { HostEvent } from '#siov/host-event';
import { CommandStatus, commandStatusName } from '#siov/sdi-life';
import type { Rule } from '#uvm/rules';
import { DeviceScoreboard, type Reach } from '../device/device-scoreboard.ts';
import type { CompletionFate } from '../predictors/completion-prediction.ts';
import { ANY_STATUS, StatusBit, type HostRequest } from '../predictors/host-requests.ts';
import type { RequesterTrack } from '../predictors/requester-track.ts';
import type { TrafficPredictor } from '../predictors/traffic-predictor.ts';
import { allowedStatuses } from './admin-model.ts';
import { ConfigModel } from './config-model.ts';
import { ErrorKind } from './error-log.ts';
import { PfRegisterModel } from './pf-register-model.ts';
import { SRD_RULES } from './srd-rules.ts';
import type { WordCheck } from './srd-word-check.ts';
import { WorkPageModel } from './work-page-model.ts';

interface SrdParts {
  readonly registers: PfRegisterModel;
  readonly pages: WorkPageModel;
  readonly config: ConfigModel;
}

export class SrdScoreboard extends DeviceScoreboard {
  private readonly rule = this.evaluates(SRD_RULES);
  private parts: SrdParts | undefined;
  /** After a PF FLR, until Memory Space Enable is written again: URs may or may not be logged (SRD §9). */
  private isUrFree = false;

  protected override bound(predictor: TrafficPredictor): void {
    const registers = new PfRegisterModel(predictor);
    const pages = new WorkPageModel(predictor);
    this.parts = { registers, pages, config: new ConfigModel(predictor, registers) };
  }

  protected override ruleOf(key: string): Rule {
    const rule: Rule | undefined = this.rule[key as keyof typeof SRD_RULES];
    assert(rule !== undefined, `'${key}' is a rule of SRD`);
    return rule;
  }

  // --- events ----------------------------------------------------------------------------------------------------------

  /** Before the predictor takes the event over: the status of a command is judged. */
  override beforeEvent(event: HostEvent): void {
    const { predictor } = this;
    if (event.kind !== 'commandEnded') return;
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

  protected override afterEvent(event: HostEvent): void {
    const { parts, predictor } = this;
    if (parts === undefined) return;
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

  override malformedArrived(timePs: number): void {
    this.parts?.registers.errors.set(ErrorKind.MALFORMED_TLP, timePs);
  }

  override completionArrived(fate: CompletionFate, tlp: Tlp, timePs: number): void {
    const registers = this.parts?.registers;
    if (registers === undefined) return;
    registers.errors.completion(fate, tlp, timePs);
    if (fate === 'late') registers.late.ended(timePs);
    if (fate === 'mayBeLate' || fate === 'mayBeUnexpected') registers.late.maybe();
  }

  /** A posted request: a memory write, or a Message, which is dropped without a bit (SRD §3). */
  override postedArrived(tlp: Tlp, timePs: number): void {
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

  protected override servesRead(tlp: Tlp): 'data' | 'abort' {
    return isServed(tlp) ? 'data' : 'abort';
  }

  protected override oddRequestArrived(tlp: Tlp, timePs: number): void {
    const errors = this.parts?.registers.errors;
    if (errors === undefined) return;
    // Whether ownership or poison is looked at in a request that is refused anyway is left open.
    if (this.location.space === 'pages') errors.maybe(ErrorKind.UNASSIGNED_PAGE, timePs);
    if (tlp.ep === 0) return this.unsupported('undecoded', tlp, timePs);
    errors.maybe(ErrorKind.POISONED_TLP, timePs);
    errors.maybe(ErrorKind.UNSUPPORTED_REQUEST, timePs);
  }

  protected override readNotServed(reach: Reach, tlp: Tlp, timePs: number): void {
    const errors = this.parts?.registers.errors;
    if (errors === undefined) return;
    if (reach === 'open') return errors.set(ErrorKind.COMPLETER_ABORT, timePs);
    if (reach !== 'unsure') return this.unsupported(reach, tlp, timePs);
    errors.maybe(ErrorKind.UNASSIGNED_PAGE, timePs);
    errors.maybe(ErrorKind.UNSUPPORTED_REQUEST, timePs);
    errors.maybe(ErrorKind.COMPLETER_ABORT, timePs);
  }

  protected override readChecks(
    owner: RequesterTrack | undefined,
    tlp: Tlp,
  ): readonly (WordCheck | undefined)[] {
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

  protected override configNotServed(tlp: Tlp, timePs: number): void {
    const errors = this.parts?.registers.errors;
    // UR of a Type 1 request to the captured bus: whether it is logged is left open.
    if (tlp.kind === 'CfgRd1' || tlp.kind === 'CfgWr1') {
      errors?.maybe(ErrorKind.UNSUPPORTED_REQUEST, timePs);
    }
    if (tlp.ep !== 0) errors?.maybe(ErrorKind.POISONED_TLP, timePs);
  }

  protected override poisonedConfig(request: HostRequest, timePs: number): void {
    const errors = this.parts?.registers.errors;
    request.statusMask = request.statusMask === StatusBit.SC ? StatusBit.UR : ANY_STATUS;
    errors?.maybe(ErrorKind.UNSUPPORTED_REQUEST, timePs);
    if (request.statusMask === StatusBit.UR) errors?.set(ErrorKind.POISONED_TLP, timePs);
    else errors?.maybe(ErrorKind.POISONED_TLP, timePs);
  }

  protected override configWritten(owner: RequesterTrack, tlp: Tlp, isFlr: boolean): void {
    const { parts } = this;
    if (parts === undefined) return;
    if (!isFlr) {
      parts.config.write(owner, tlp.registerNumber, readU32Le(tlp.payload, 0), tlp.firstBe);
    } else if (owner.kind === 'pf') this.resetDevice(false);
    else this.resetVf(owner.index);
  }

  protected override configCheck(owner: RequesterTrack, tlp: Tlp): WordCheck | undefined {
    return this.parts?.config.check(owner, tlp.registerNumber, tlp.firstBe);
  }
}

/** SRD §4 Access rules: 1 or 2 DW, naturally aligned. */
function isServed(tlp: Tlp): boolean {
  return tlp.lengthDw === 1 || (tlp.lengthDw === 2 && (tlp.addressLow & 7) === 0);
}
