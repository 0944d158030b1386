// Monitor: turns interface activity into transactions; never drives.
import { Component } from './component.ts';
import { AnalysisPort } from './ports.ts';

/**
 * Turns activity on an interface into transactions, which it writes to `observed`; never drives (IEEE 1800.2 clause
 * 13).
 */
export abstract class Monitor<T> extends Component {
  /** Everything that was seen. What is written may be reused by the monitor: copy what you keep. */
  readonly observed: AnalysisPort<T> = new AnalysisPort<T>(`${this.fullPath}.observed`);
}
