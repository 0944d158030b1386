// Admin commands as the registers show them: what was asked, whether it may still be busy, what status and results must be.
// Source: SRD §4, §5. The life cycle itself is the predictor's, from host events; here is what is SRD's encoding.
import { printRid } from '#pcie/routing-id';
import { hex } from '#base/bits';
import type { HostEvent } from '#siov/host-event';
import {
  AdminOpcode,
  COMMAND_BOUND_NS,
  decodeCommand,
  decodeCommandStatus,
  SDI_PAGES_MAX,
  SDI_VECTORS_MAX,
} from '#siov/srd-admin';
import { CommandStatus, commandStatusName, SdiState } from '#siov/sdi-life';
import { ARG_COUNT } from '#siov/srd-registers';
import type { PendingCommand } from '../predictors/finding.ts';
import type { TrafficPredictor } from '../predictors/traffic-predictor.ts';
import type { RequesterTrack } from '../predictors/requester-track.ts';
import { maskOfBe, mergeWord } from '../device/word-check.ts';
import type { WordCheck, WordFault } from './srd-word-check.ts';

interface Command {
  readonly opcode: number;
  readonly sequence: number;
  readonly sdi: number;
  readonly arrivedPs: number;
  /** LIFETIME_OPS at least, when it arrived. */
  readonly lifetimeMin: number;
  /** Bus Master Enable of the PF was certainly 0 when it arrived. */
  readonly isHeld: boolean;
  isEnded: boolean;
  status: number;
}

export class AdminModel {
  private readonly predictor: TrafficPredictor;
  private readonly args = new Uint32Array(ARG_COUNT);
  private command: Command | undefined;
  /** The one before, whose status is shown while a command is busy. */
  private last: Command | undefined;
  /** A command was written while one may have been busy: nothing is certain until the next reset. */
  private isUnsure = false;

  constructor(predictor: TrafficPredictor) {
    this.predictor = predictor;
  }

  reset(): void {
    this.args.fill(0);
    this.command = undefined;
    this.last = undefined;
    this.isUnsure = false;
  }

  writeArgument(index: number, word: number, be: number): void {
    this.args[index] = mergeWord(this.args[index], word, be);
  }

  writeCommand(word: number, be: number, timePs: number): void {
    if (be === 0) return;
    if (this.command?.isEnded === false) {
      this.isUnsure = true;
      return;
    }
    const { opcode, sequence } = decodeCommand((word & maskOfBe(be)) >>> 0);
    const sdi = this.args[0] & 0xffff;
    const lifetimeMin = this.predictor.sdi(sdi).lifetime.atLeast(timePs);
    this.last = this.command;
    this.command = {
      opcode,
      sequence,
      sdi,
      arrivedPs: timePs,
      lifetimeMin,
      isHeld: !this.predictor.pf.gate.mayPass(timePs),
      isEnded: false,
      status: 0,
    };
  }

  /** The host has learned the end of a command. */
  hostEvent(event: HostEvent): void {
    if (event.kind !== 'commandEnded' || this.command === undefined) return;
    this.command.isEnded = true;
    this.command.status = event.status;
  }

  argumentCheck(index: number, be: number): WordCheck {
    const value = this.args[index];
    const mask = maskOfBe(be);
    return {
      subject: 'pf',
      name: `ARG${index}`,
      rule: 'arguments',
      judge: (word) =>
        ((word ^ value) & mask) === 0 ? undefined : { rule: 'arguments', expected: hex(value, 8) },
    };
  }

  statusCheck(): WordCheck | undefined {
    if (this.isUnsure) return undefined;
    const { command, last } = this;
    const arrivedPs = this.predictor.nowPs;
    // Answers to different reads come in any order: one that arrived before the end was known may be told of it last.
    const wasEnded = command?.isEnded === true;
    const judge = (word: number): WordFault | undefined => {
      const rule = 'commandRegister';
      const seen = decodeCommandStatus(word);
      if (command === undefined) {
        return word === 0 ? undefined : { rule, expected: '0: no command was given' };
      }
      if (seen.busy) {
        if (wasEnded) return { rule, expected: 'bit 0 = 0: the command has ended' };
        const overduePs = arrivedPs - command.arrivedPs - this.boundPs(command.opcode);
        if (overduePs > 0) return { rule, expected: 'bit 0 = 0: its bound has passed' };
        const sequence = last?.sequence ?? 0;
        return seen.sequence === sequence ? undefined : { rule, expected: `sequence ${sequence}` };
      }
      if (seen.sequence !== command.sequence) {
        return { rule, expected: `sequence ${command.sequence}, or busy` };
      }
      if (this.isHeldBack(command) && seen.status === CommandStatus.OK) {
        return { rule, expected: 'bit 0 = 1: no QUIESCE_SDI ends while Bus Master Enable is 0' };
      }
      return this.ended(command, seen.status);
    };
    return { subject: 'pf', name: 'COMMAND_STATUS', rule: 'commandRegister', judge };
  }

  /** QUIESCE_SDI, and Bus Master Enable has been 0 ever since it arrived (SRD §4). */
  private isHeldBack({ opcode, isHeld, arrivedPs }: Command): boolean {
    const { gate } = this.predictor.pf;
    return opcode === AdminOpcode.QUIESCE_SDI && isHeld && !gate.isOn && gate.openedPs < arrivedPs;
  }

  private boundPs(opcode: number): number {
    if (opcode === AdminOpcode.QUIESCE_SDI) return Infinity;
    const extra = opcode === AdminOpcode.RESET_SDI ? 2 * this.predictor.timeoutPs : 0;
    return COMMAND_BOUND_NS * 1000 + extra;
  }

  /** The command shows its end. Statuses that need the life cycle are judged at the host event. */
  private ended(command: Command, status: number): WordFault | undefined {
    if (command.isEnded) {
      if (status === command.status) return undefined;
      const expected = `status ${commandStatusName(command.status)}`;
      return { rule: 'commandRegister', expected };
    }
    command.isEnded = true;
    command.status = status;
    const isKnown =
      command.opcode >= AdminOpcode.CREATE_SDI && command.opcode <= AdminOpcode.QUERY_SDI;
    const isInRange = command.sdi < this.predictor.params.totalSdis;
    const wanted = !isKnown
      ? CommandStatus.BAD_OPCODE
      : !isInRange
        ? CommandStatus.BAD_INDEX
        : command.opcode === AdminOpcode.QUERY_SDI
          ? CommandStatus.OK
          : status;
    if (status === wanted) return undefined;
    return { rule: 'commandStatus', expected: `status ${commandStatusName(wanted)}` };
  }

  resultCheck(index: number): WordCheck | undefined {
    const { command } = this;
    if (this.isUnsure || (command !== undefined && !command.isEnded)) return undefined;
    const isQuery = command?.opcode === AdminOpcode.QUERY_SDI && command.status === 0;
    if (command !== undefined && isQuery) return this.queryCheck(command, index);
    const judge = (word: number): WordFault | undefined =>
      word === 0 ? undefined : { rule: 'commandRegister', expected: '0: no result' };
    return { subject: 'pf', name: `RESULT${index}`, rule: 'commandRegister', judge };
  }

  private queryCheck(command: Command, index: number): WordCheck | undefined {
    const { predictor } = this;
    const track = predictor.sdi(command.sdi);
    const subject = track.name;
    const { life } = track;
    const isSteady = life === 'free' || life === 'created' || life === 'enabled';
    if (index === 3) {
      const judge = (word: number, leftPs: number): WordFault | undefined =>
        lifetimeFault(track, command.lifetimeMin, word, { leftPs, timeoutPs: predictor.timeoutPs });
      return { subject, name: 'LIFETIME_OPS', rule: 'lifetime', judge };
    }
    if (!isSteady) return undefined;
    if (index === 2) {
      if (track.queue.current !== undefined) return undefined;
      return equal(subject, 'requests outstanding', 0);
    }
    if (index === 0) {
      const state =
        life === 'free' ? SdiState.FREE : life === 'created' ? SdiState.CREATED : SdiState.ENABLED;
      return this.stateCheck(track, state);
    }
    const rid = life === 'free' ? 0 : track.requesterId;
    const judge = (word: number): WordFault | undefined =>
      word === rid
        ? undefined
        : {
            rule: track.isStrided && life !== 'free' ? 'wrongStride' : 'query',
            expected: printRid(rid),
          };
    return { subject, name: 'RESULT1, the Routing ID', rule: 'query', judge };
  }

  private stateCheck(track: RequesterTrack, state: number): WordCheck {
    const judge = (word: number): WordFault | undefined => {
      if (word === state) return undefined;
      const other = this.predictor.disturberOf(track);
      const rule =
        other === undefined ? 'query' : other.kind === 'vf' ? 'disturbedAcross' : 'disturbed';
      return { rule, expected: `state ${state}` };
    };
    return { subject: track.name, name: 'RESULT0, the state', rule: 'query', judge };
  }
}

function equal(subject: string, name: string, value: number): WordCheck {
  const judge = (word: number): WordFault | undefined =>
    word === value ? undefined : { rule: 'query', expected: `${value}` };
  return { subject, name, rule: 'query', judge };
}

function lifetimeFault(
  track: RequesterTrack,
  low: number,
  word: number,
  now: { readonly leftPs: number; readonly timeoutPs: number },
): WordFault | undefined {
  const { current } = track.queue;
  const isLast = current?.mayBeDone(now.leftPs, now.timeoutPs) === true;
  const high = track.lifetime.atMost + (isLast ? 1 : 0);
  if (word >= low && word <= high) return undefined;
  return { rule: 'lifetime', expected: low === high ? `${low}` : `${low}..${high}` };
}

/** The statuses that SRD §5 lets a command end with, in the order of its checks; what is on the move leaves several. */
export function allowedStatuses(
  command: string,
  pending: PendingCommand,
  predictor: TrafficPredictor,
): number[] {
  const { requester, assignment } = pending;
  const { params } = predictor;
  if (requester.index >= params.totalSdis) return [CommandStatus.BAD_INDEX];
  const before = requester.lifeBefore;
  const isCreate = command === 'create';
  const isRightState = isCreate
    ? before === 'free'
    : command === 'quiesce'
      ? before === 'enabled'
      : command === 'reset' || command === 'reconfigure'
        ? before === 'created' || before === 'enabled'
        : before === 'created';
  if (!isRightState) return [CommandStatus.BAD_STATE];
  if (assignment === undefined || (!isCreate && command !== 'reconfigure'))
    return [CommandStatus.OK];
  if (isCreate && !params.mixedIov && hasVfs(predictor)) return [CommandStatus.MIXED_IOV];
  const owner = predictor.owner(assignment.rid);
  const isTaken = owner !== undefined && owner !== requester && owner.life !== 'free';
  if (isTaken && owner.life === 'resetting' && owner.kind === 'vf') {
    return [CommandStatus.RID_CONFLICT, afterRid(pending, predictor)];
  }
  const isForbidden = !assignment.strided && !params.softwareRids;
  if (isTaken || isForbidden) return [CommandStatus.RID_CONFLICT];
  return [afterRid(pending, predictor)];
}

function afterRid(pending: PendingCommand, predictor: TrafficPredictor): number {
  const { requester, assignment } = pending;
  if (assignment === undefined) return CommandStatus.OK;
  const { pages, vectors } = assignment;
  const { pageCount, imsCount } = predictor.params;
  const isPageBad =
    pages.length < 1 ||
    pages.length > SDI_PAGES_MAX ||
    pages.some(
      (page) => page >= pageCount || predictor.rids.pages.owner(page, requester) !== undefined,
    );
  if (isPageBad) return CommandStatus.PAGE_CONFLICT;
  const isVectorBad =
    vectors.length > SDI_VECTORS_MAX ||
    vectors.some(
      (entry) => entry >= imsCount || predictor.rids.entries.owner(entry, requester) !== undefined,
    );
  return isVectorBad ? CommandStatus.IMS_CONFLICT : CommandStatus.OK;
}

function hasVfs(predictor: TrafficPredictor): boolean {
  return predictor.vfs.some((vf) => vf.life !== 'free');
}
