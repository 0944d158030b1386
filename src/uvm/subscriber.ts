// Subscriber: a component that receives from an analysis port.
import { Component } from './component.ts';
import type { AnalysisExport } from './ports.ts';

export abstract class Subscriber<T> extends Component implements AnalysisExport<T> {
  abstract write(transaction: T): void;
}
