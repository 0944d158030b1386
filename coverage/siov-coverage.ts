/**
 * The functional coverage of SIOV as one component: three exports in, fifteen covergroups filled (docs/vplan). It knows neither the
 * device, nor the environment, nor the stimulus: what the link monitors and the DeviceDriver publish is all there is.
 *
 *     readonly child = this.children({ coverage: SiovCoverage, … });
 *     upMonitor.observed.connect(coverage.up);
 *     downMonitor.observed.connect(coverage.down);
 *     events.connect(coverage.events);
 */
import type { HostEvent } from '#siov/host-event';
import type { ObservedTlp } from '#siov/observed-tlp';
import { Component } from '#uvm/component';
import { CompletionCoverage } from './completion-coverage.ts';
import { coverageConfig } from './coverage-config.ts';
import { CrowdCount } from './crowd-count.ts';
import { CrowdCoverage } from './crowd-coverage.ts';
import { DeviceView } from './device-view.ts';
import {
  AnswerErrorCoverage,
  FunctionChangeCoverage,
  HostErrorCoverage,
} from './error-coverage.ts';
import { ErrorSampler } from './error-sampler.ts';
import { EventSampler } from './event-sampler.ts';
import { HostAccessCoverage } from './host-access-coverage.ts';
import { InterruptCoverage } from './interrupt-coverage.ts';
import { LifecycleCoverage } from './lifecycle-coverage.ts';
import { OperationCoverage, SdiAccessCoverage } from './operation-coverage.ts';
import { OutstandingReads } from './outstanding-reads.ts';
import { PopulationCoverage, RidCoverage } from './population-coverage.ts';
import { RequestCoverage } from './request-coverage.ts';
import { ResetCoverage } from './reset-coverage.ts';
import { RegisterAccessCoverage } from './srd/register-access-coverage.ts';
import { RegisterSampler } from './srd/register-sampler.ts';
import { TlpSampler } from './tlp-sampler.ts';

/** All covergroups of the model, by the names of the children that hold them. */
export const SIOV_COVERGROUPS = {
  lifecycle: LifecycleCoverage,
  operations: OperationCoverage,
  accesses: SdiAccessCoverage,
  requests: RequestCoverage,
  resets: ResetCoverage,
  population: PopulationCoverage,
  crowd: CrowdCoverage,
  rids: RidCoverage,
  interrupts: InterruptCoverage,
  completions: CompletionCoverage,
  hostAccesses: HostAccessCoverage,
  hostErrors: HostErrorCoverage,
  answerErrors: AnswerErrorCoverage,
  functionChanges: FunctionChangeCoverage,
  registers: RegisterAccessCoverage,
} as const;

export class SiovCoverage extends Component {
  readonly child = this.children(SIOV_COVERGROUPS);
  /** Device to host; takes what the up monitor observed. */
  readonly up = { write: (observed: ObservedTlp): void => this.tlps?.writeUp(observed) };
  /** Host to device. */
  readonly down = {
    write: (observed: ObservedTlp): void => {
      this.errors?.writeDown(observed);
      this.tlps?.writeDown(observed);
      this.registers?.writeDown(observed);
    },
  };
  readonly events = {
    write: (event: HostEvent): void => {
      this.errors?.write(event);
      this.registers?.write(event);
      this.happenings?.write(event);
      this.crowd?.write(event);
    },
  };
  private tlps: TlpSampler | undefined = undefined;
  private errors: ErrorSampler | undefined = undefined;
  private registers: RegisterSampler | undefined = undefined;
  private happenings: EventSampler | undefined = undefined;
  private crowd: CrowdCount | undefined = undefined;

  override connectPhase(): void {
    const settings = this.config.get(coverageConfig);
    const view = new DeviceView(settings);
    const reads = new OutstandingReads();
    this.crowd = new CrowdCount(view, this.child.crowd);
    this.tlps = new TlpSampler({ view, reads }, this.child, this.crowd);
    if (settings.hasSrdRegisters) this.registers = new RegisterSampler(this.child.registers);
    this.errors = new ErrorSampler(view, reads, this.child);
    this.happenings = new EventSampler(view, reads, this.child);
  }
}
