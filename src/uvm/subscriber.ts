// Subscriber: a component that receives from an analysis port.
import { Component } from './component.ts';
import type { AnalysisExport } from './ports.ts';

/**
 * A component with one analysis input: an analysis port is connected to the component itself (IEEE 1800.2 clause 13).
 */
export abstract class Subscriber<T> extends Component implements AnalysisExport<T> {
  /** Takes an observed transaction, in no time. Copy what is kept: the writer may use the object again. */
  abstract write(transaction: T): void;
}
