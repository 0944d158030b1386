// Keeps the mirror from what is seen on the bus, whoever made the access, and compares reads with it.
// Source: IEEE 1800.2 clause 19.3 (uvm_reg_predictor).
//
//   class ApbPredictor extends RegisterPredictor<ApbItem> {
//     protected override operationOf(item: ApbItem, op: RegisterBusOp): RegisterBusOp { …; return op; }
//   }
//   predictor.bind(model.map); agent.monitor.observed.connect(predictor);      // in connectPhase
//   model.map.setFrontDoor(door, { prediction: 'explicit' });
import { UsageError } from '#base/assert';
import { Subscriber } from '../subscriber.ts';
import { RegisterBusOp } from './register-bus.ts';
import type { RegisterMap } from './register-map.ts';
import { RegisterObserver } from './register-observer.ts';

/**
 * Keeps the mirror of a map from what a monitor sees on its bus, whoever made the access, and compares reads with it
 * (IEEE 1800.2 clause 19.3). Goes with `setFrontDoor(…, { prediction: 'explicit' })`.
 */
export abstract class RegisterPredictor<T> extends Subscriber<T> {
  private bound: RegisterObserver | undefined;
  private readonly op = new RegisterBusOp();

  /** The top map whose bus is observed. */
  bind(map: RegisterMap): void {
    this.bound = new RegisterObserver(map);
  }

  /** What there is to set and to know: whether reads are compared, operations that touched no register. */
  get observer(): RegisterObserver {
    if (this.bound !== undefined) return this.bound;
    throw new UsageError('predictor-unbound', 'the predictor has no map', {
      path: this.fullPath,
      hint: 'Call bind(model.map) before the first transaction is observed.',
    });
  }

  /**
   * What an observed transaction did, filled into `op`: kind, address, byteEnables, data (of reads too), status.
   * undefined: it is no access to registers.
   */
  protected abstract operationOf(transaction: T, op: RegisterBusOp): RegisterBusOp | undefined;

  /**
   * Takes an observed transaction: predicts, and compares a read; one whose status is not `ok` changes nothing.
   * @throws UsageError `predictor-unbound`.
   */
  write(transaction: T): void {
    const { op } = this;
    op.status = 'ok';
    op.dataHigh = 0;
    const seen = this.operationOf(transaction, op);
    if (seen?.status === 'ok') this.observer.observe(seen);
  }
}
