// TLM ports: analysis (one to many, never blocks), and put, get and peek (one to one). Source: IEEE
// 1800.2 clause 12; design decision 11.
import { assert, UsageError } from '#base/assert';
import type { Process } from '#kernel/process';

/**
 * What an analysis port writes to: a subscriber, a scoreboard, a covergroup, another analysis port.
 */
export interface AnalysisExport<T> {
  write(transaction: T): void;
}

/**
 * Broadcasts observed transactions to everything connected, in the order in which it was connected.
 */
export class AnalysisPort<T> implements AnalysisExport<T> {
  readonly name: string;
  private readonly targets: AnalysisExport<T>[] = [];

  constructor(name = 'analysis') {
    this.name = name;
  }

  /** @throws AssertionError when connected to itself. */
  connect(...exports: readonly AnalysisExport<T>[]): void {
    for (const target of exports) {
      assert(target !== this, 'an analysis port cannot be connected to itself');
      this.targets.push(target);
    }
  }

  write(transaction: T): void {
    const { targets } = this;
    for (let i = 0; i < targets.length; i++) targets[i].write(transaction);
  }

  get connectionCount(): number {
    return this.targets.length;
  }
}

export interface PutExport<T> {
  put(transaction: T): Process;
  tryPut(transaction: T): boolean;
  canPut(): boolean;
}

export interface GetExport<T> {
  get(): Process<T>;
  tryGet(): T | undefined;
  canGet(): boolean;
}

export interface PeekExport<T> {
  peek(): Process<T>;
  tryPeek(): T | undefined;
}

/** A port that needs exactly one provider. */
class RequiredPort<E> {
  readonly name: string;
  private provider: E | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** @throws UsageError `port-connected` when it has a provider already. */
  connect(provider: E): void {
    if (this.provider !== undefined) {
      throw new UsageError('port-connected', `port '${this.name}' is connected already`);
    }
    this.provider = provider;
  }

  protected get connected(): E {
    if (this.provider === undefined) {
      throw new UsageError('port-unconnected', `port '${this.name}' is not connected`, {
        hint: 'Connect it in connectPhase.',
      });
    }
    return this.provider;
  }
}

export class PutPort<T> extends RequiredPort<PutExport<T>> implements PutExport<T> {
  put(transaction: T): Process {
    return this.connected.put(transaction);
  }

  tryPut(transaction: T): boolean {
    return this.connected.tryPut(transaction);
  }

  canPut(): boolean {
    return this.connected.canPut();
  }
}

export class GetPort<T> extends RequiredPort<GetExport<T>> implements GetExport<T> {
  get(): Process<T> {
    return this.connected.get();
  }

  tryGet(): T | undefined {
    return this.connected.tryGet();
  }

  canGet(): boolean {
    return this.connected.canGet();
  }
}

export class PeekPort<T> extends RequiredPort<PeekExport<T>> implements PeekExport<T> {
  peek(): Process<T> {
    return this.connected.peek();
  }

  tryPeek(): T | undefined {
    return this.connected.tryPeek();
  }
}
