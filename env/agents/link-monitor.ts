// Watches the host's end of the link, passively, and publishes every TLP in both directions, decoded from its bytes.
// Source: design decisions 3 and 14; contract of `ObservedTlp`: one reused object, valid during `write()` only.
import { decodeTlp, isMalformed, printTlp } from '#pcie/codec';
import { Tlp } from '#pcie/tlp';
import type { ObservedTlp } from '#siov/observed-tlp';
import { Component } from '#uvm/component';
import { AnalysisPort } from '#uvm/ports';
import { VERBOSITY } from '#uvm/report-server';

/** What one direction publishes; reused. */
class Observation implements ObservedTlp {
  readonly direction: 'up' | 'down';
  /** Decoding target; `tlp` refers to it unless the bytes were malformed. */
  readonly decoded = new Tlp();
  timePs = 0;
  tlp: Tlp | undefined;
  malformed: string | undefined;
  bytes: Uint8Array = new Uint8Array(0);
  injected = false;

  constructor(direction: 'up' | 'down') {
    this.direction = direction;
  }

  take(timePs: number, bytes: Uint8Array, injected: boolean): void {
    const result = decodeTlp(bytes, this.decoded);
    const isBad = isMalformed(result);
    this.tlp = isBad ? undefined : result;
    this.malformed = isBad ? result.malformed : undefined;
    this.timePs = timePs;
    this.bytes = bytes;
    this.injected = injected;
  }
}

export class LinkMonitor extends Component {
  /** From the device to the host. */
  readonly up = new AnalysisPort<ObservedTlp>('up');
  /** From the host to the device. */
  readonly down = new AnalysisPort<ObservedTlp>('down');
  /** Both directions, in the order in which the host saw them. */
  readonly observed = new AnalysisPort<ObservedTlp>('observed');
  upCount = 0;
  downCount = 0;

  private readonly upward = new Observation('up');
  private readonly downward = new Observation('down');

  /** A TLP has arrived at the host; returns what was published, for the link to route. */
  observeUp(timePs: number, bytes: Uint8Array): ObservedTlp {
    const { upward } = this;
    upward.take(timePs, bytes, false);
    this.upCount++;
    if (this.isLogging) this.log(upward);
    this.up.write(upward);
    this.observed.write(upward);
    return upward;
  }

  /** A TLP leaves the host. */
  observeDown(timePs: number, bytes: Uint8Array, injected: boolean): void {
    const { downward } = this;
    downward.take(timePs, bytes, injected);
    this.downCount++;
    if (this.isLogging) this.log(downward);
    this.down.write(downward);
    this.observed.write(downward);
  }

  private get isLogging(): boolean {
    return this.testbench.reports.verbosityCeiling >= VERBOSITY.FULL;
  }

  /** Every TLP at verbosity FULL: asked first, so that nothing is built per TLP when logging is off. */
  private log({ direction, tlp, malformed }: Observation): void {
    const text = tlp === undefined ? `malformed: ${malformed ?? ''}` : printTlp(tlp);
    this.info('TLP', `${direction} ${text}`, VERBOSITY.FULL);
  }
}
