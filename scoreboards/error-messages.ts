// Error Messages of a device that sends them (policy `errors.messages`): each error has one, under the Routing ID that the policy
// names, and none comes without a cause. Made only for such devices; for the others a Message is wrong in itself (SRD-3.1).
// Source: siov-facts §8 (codes), §13 T-ERR-1, §14 item 9; PCIe Base §6.2 (reporting is enabled in Device Control).
import { printRid } from '#pcie/routing-id';
import { CompletionStatus, isConfigRequest, type Tlp } from '#pcie/tlp';
import { hex } from '#base/bits';
import { Component } from '#uvm/component';
import { defineRules } from '#uvm/rules';
import type { CompletionFate } from './predictors/completion-prediction.ts';
import { StatusBit, type HostRequest } from './predictors/host-requests.ts';
import type { TrafficPredictor } from './predictors/traffic-predictor.ts';
import { scoreboardConfig } from './scoreboard-config.ts';

/** ERR_COR, ERR_NONFATAL, ERR_FATAL. */
const ERROR_CODES: readonly number[] = [0x30, 0x31, 0x33];
/** Causes that may still have their Message. */
const CAUSES_MAX = 256;

/** The rule of error Messages, for devices whose policy sends them. */
export const ERROR_MESSAGE_RULES = defineRules({
  told: [
    'T-ERR-1',
    'each error is told by one error Message under the Routing ID that the policy names, and none has no cause',
    'siov-facts §13 T-ERR-1',
    'inferred',
  ],
});

/** An error that certainly happened, or that the device alone knows of. */
interface Cause {
  readonly what: string;
  readonly timePs: number;
  readonly requesterId: number;
  isCertain: boolean;
}

export class ErrorMessageScoreboard extends Component {
  private readonly rule = this.evaluates(ERROR_MESSAGE_RULES);
  private readonly traits = this.config.get(scoreboardConfig).traits;
  private causes: Cause[] = [];
  private readonly boundPs = this.traits.policy.timing.answerNs * 1000;
  /** When Messages left that were taken for those of causes that may be none. */
  private spentPs: number[] = [];
  /** Causes of requests whose answer is not known yet. */
  private readonly byRequest = new Map<HostRequest, Cause>();

  /** A completion of the host arrived at the device. */
  completion(fate: CompletionFate, tlp: Tlp, predictor: TrafficPredictor): void {
    const isMaybe = fate === 'mayBeLate' || fate === 'mayBeUnexpected' || tlp.ep !== 0;
    if (fate !== 'unexpected' && !isMaybe) return;
    const what = `the completion for ${printRid(tlp.requesterId)} tag ${tlp.tag}`;
    this.add(what, tlp.requesterId, { predictor, isCertain: fate === 'unexpected' && !isMaybe });
  }

  /** A TLP arrived that is malformed, or a posted request: whether it is an error of this device is not known. */
  perhaps(what: string, predictor: TrafficPredictor): void {
    this.add(what, -1, { predictor, isCertain: false });
  }

  /** A memory request of the host arrived: an error if it is refused. @param ownerRid of the place, -1: none. */
  request(request: HostRequest, ownerRid: number, predictor: TrafficPredictor): void {
    const isRefusable = (request.statusMask & (StatusBit.UR | StatusBit.CA)) !== 0;
    if (isConfigRequest(request.kind) || !isRefusable) return;
    const what = `${request.kind} at ${hex(request.address)}`;
    const cause = this.add(what, ownerRid, { predictor, isCertain: false });
    if (cause !== undefined) this.byRequest.set(request, cause);
  }

  /** The host saw the last completion of a request. */
  answered(request: HostRequest, status: number): void {
    const cause = this.byRequest.get(request);
    if (cause === undefined) return;
    this.byRequest.delete(request);
    if (status !== CompletionStatus.SC) cause.isCertain = true;
    else this.causes = this.causes.filter((one) => one !== cause);
  }

  /** A Message of the device left. */
  message(tlp: Tlp, predictor: TrafficPredictor): void {
    const { told } = this.rule;
    const isOn = predictor.settings.errorReporting === true;
    const isError = ERROR_CODES.includes(tlp.messageCode);
    const fitting = this.causeOf(tlp.requesterId);
    // One that was under way when reporting went off has its cause still.
    if (told.holds(isError && fitting >= 0)) {
      const [cause] = this.causes.splice(fitting, 1);
      if (!cause.isCertain) this.spentPs.push(predictor.nowPs);
      return;
    }
    const [oldest] = this.causes;
    const subject = `Requester ID ${printRid(tlp.requesterId)}`;
    const seen = `a Message with code ${hex(tlp.messageCode)}`;
    if (!isError || !isOn || oldest === undefined) {
      const expected = isOn ? 'an error Message with a cause' : 'no Message: reporting is off';
      return told.fail({ subject, expected, seen });
    }
    const expected = `the Message for ${oldest.what} from ${printRid(oldest.requesterId)}`;
    told.fail({ subject, expected, seen });
  }

  /** Place of the cause that a Message tells, the latest that fits: devices tell an error soon. -1: there is none. */
  private causeOf(requesterId: number): number {
    return this.causes.findLastIndex((one) => one.requesterId === requesterId);
  }

  /** Errors whose Messages should have left by now. */
  checkOverdue(timePs: number): void {
    const latestPs = timePs - this.boundPs;
    while (this.causes.length > 0 && this.causes[0].timePs < latestPs) {
      const cause = this.causes.shift();
      if (cause === undefined || !cause.isCertain || this.wasTold(cause)) continue;
      this.rule.told.holds(false);
      this.rule.told.fail({
        subject: `Requester ID ${printRid(cause.requesterId)}`,
        expected: `an error Message for ${cause.what}`,
        seen: 'none',
      });
    }
  }

  /**
   * Whether a Message was taken for that of a cause which perhaps was none: then this one goes without.
   */
  private wasTold(cause: Cause): boolean {
    const earliestPs = cause.timePs - this.boundPs;
    const place = this.spentPs.findIndex((spentPs) => spentPs >= earliestPs);
    if (place < 0) return false;
    this.spentPs.splice(0, place + 1);
    return true;
  }

  /** An FLR of the PF begins, which switches reporting off: what was not told may not be told any more. */
  loosen(): void {
    for (const cause of this.causes) cause.isCertain = false;
    this.byRequest.clear();
  }

  /** A reset: what was not told is not told any more. */
  clear(): void {
    this.causes = [];
    this.spentPs = [];
    this.byRequest.clear();
  }

  private add(
    what: string,
    concernedRid: number,
    how: { readonly predictor: TrafficPredictor; readonly isCertain: boolean },
  ): Cause | undefined {
    const { predictor, isCertain } = how;
    if (predictor.settings.errorReporting !== true || predictor.isPfFlr) return undefined;
    const isByOwner = this.traits.policy.errors.messages === 'owner';
    const isKnown = isByOwner && predictor.owner(concernedRid)?.kind === 'sdi';
    const requesterId = isKnown ? concernedRid : predictor.pf.requesterId;
    const cause: Cause = { what, timePs: predictor.nowPs, requesterId, isCertain };
    this.causes.push(cause);
    if (this.causes.length > CAUSES_MAX) this.causes.shift();
    return cause;
  }
}
