/**
 * Samples what the host does wrong on purpose, and what it does to whole functions. An answer that fails ends its request here,
 * as it does at the device.
 */
import {
  isAtomic,
  isCompletion,
  isConfigRequest,
  isIoRequest,
  isLockedRead,
  isMemoryRead,
  isMemoryWrite,
  isMessage,
  CompletionStatus,
  type Tlp,
} from '#pcie/tlp';
import { malformedReason } from '#pcie/rules';
import type { HostEvent } from '#siov/host-event';
import type { ObservedTlp } from '#siov/observed-tlp';
import type { DeviceView } from './device-view.ts';
import {
  AnswerErrorSample,
  HostErrorSample,
  type AnswerErrorCoverage,
  type FunctionChange,
  type FunctionChangeCoverage,
  type HostErrorCoverage,
} from './error-coverage.ts';
import type { OutstandingReads } from './outstanding-reads.ts';

/** The covergroups that errors fill. */
export interface ErrorGroups {
  readonly hostErrors: HostErrorCoverage;
  readonly answerErrors: AnswerErrorCoverage;
  readonly functionChanges: FunctionChangeCoverage;
}

export class ErrorSampler {
  private readonly view: DeviceView;
  private readonly reads: OutstandingReads;
  private readonly groups: ErrorGroups;
  private readonly request = new HostErrorSample();
  private readonly answer = new AnswerErrorSample();
  private maxPayloadBytes = 128;

  constructor(view: DeviceView, reads: OutstandingReads, groups: ErrorGroups) {
    this.view = view;
    this.reads = reads;
    this.groups = groups;
  }

  /** Host to device, errors alone. */
  writeDown({ tlp, injected }: ObservedTlp): void {
    if (!injected) return;
    if (tlp !== undefined && isCompletion(tlp.kind)) {
      this.answered(tlp);
      return;
    }
    const { request, view } = this;
    const isMalformed =
      tlp === undefined || malformedReason(tlp, this.maxPayloadBytes) !== undefined;
    request.what = isMalformed ? 'malformed' : whatOf(tlp);
    const isMemory = tlp !== undefined && (isMemoryRead(tlp.kind) || isMemoryWrite(tlp.kind));
    request.target = isMemory ? view.targetAt(tlp.address) : 'nobody';
    request.isBusy = view.isAnotherBusy(undefined);
    this.groups.hostErrors.sample(request);
  }

  /** What is reset or closed as a whole; called before the view follows the event. */
  write(event: HostEvent): void {
    switch (event.kind) {
      case 'settings':
        ({ maxPayloadBytes: this.maxPayloadBytes } = event);
        return;
      case 'flrStarted':
        if (event.requester === 'pf') this.changed('pfFlr');
        return;
      case 'deviceReset':
        this.changed(event.how);
        return;
      case 'powerState':
        if (event.d3hot) this.changed('d3hot');
        return;
      case 'memorySpace':
        if (event.on) return;
        if (event.requester === 'pf') this.changed('memory');
        else if (this.view.vfCount > 0) this.changed('vfMemory');
        return;
      default:
    }
  }

  private changed(how: FunctionChange['how']): void {
    const { view, reads } = this;
    this.groups.functionChanges.sample({
      how,
      outstanding: reads.count,
      hasSdis: view.census.live > 0,
      hasVfs: view.vfCount > 0,
    });
  }

  private answered(tlp: Tlp): void {
    const { answer, reads } = this;
    const read = reads.find(tlp);
    answer.what = read === undefined ? 'unexpected' : failureOf(tlp);
    answer.role = read?.role ?? 'none';
    answer.kind = read?.subject?.kind ?? 'none';
    this.groups.answerErrors.sample(answer);
    const isOver = tlp.status !== CompletionStatus.SC || (tlp.ep !== 0 && reads.isLast(tlp));
    if (read !== undefined && isOver) reads.remove(tlp);
  }
}

function whatOf(tlp: Tlp): HostErrorSample['what'] {
  if (isMessage(tlp.kind)) return 'message';
  if (isAtomic(tlp.kind)) return 'atomic';
  if (isIoRequest(tlp.kind)) return 'io';
  if (isLockedRead(tlp.kind)) return 'locked';
  if (isConfigRequest(tlp.kind)) return 'poisonedConfig';
  if (tlp.ep !== 0) return 'poisonedWrite';
  return isMemoryWrite(tlp.kind) ? 'oddWrite' : 'oddRead';
}

function failureOf(tlp: Tlp): AnswerErrorSample['what'] {
  switch (tlp.status) {
    case CompletionStatus.SC:
      return tlp.ep === 0 ? 'wrongCount' : 'poisoned';
    case CompletionStatus.UR:
      return 'unsupported';
    case CompletionStatus.RRS:
      return 'retry';
    case CompletionStatus.CA:
      return 'abort';
    default:
      return 'reserved';
  }
}
