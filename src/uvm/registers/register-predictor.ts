// Keeps the mirror from what is seen on the bus, whoever made the access, and compares reads with it.
// Source: IEEE 1800.2 clause 19.3 (uvm_reg_predictor).
//
//   readonly child = this.children({ predictor: ApbPredictor, … });
//   class ApbPredictor extends RegisterPredictor<ApbItem> { protected override operationOf(item, op) { …; return op; } }
//   predictor.bind(model.map); agent.monitor.observed.connect(predictor);
//   model.map.setFrontDoor(door, { prediction: 'explicit' });
//
// The standard's predictor waits until all words of a wide register have been seen. This one predicts the byte lanes of each
// operation when it is seen: an access of one half tells what it tells, and nothing is kept between operations.
import { UsageError } from '#base/assert';
import { Subscriber } from '../subscriber.ts';
import { RegisterBusOp } from './register-bus.ts';
import type { RegisterMap } from './register-map.ts';
import { Register } from './register.ts';
import { byteOf, lanesWord, type Word } from './word.ts';

export abstract class RegisterPredictor<T> extends Subscriber<T> {
  /** Compare reads with the mirror before they are believed. */
  checksReads = true;
  /** Operations that touched no register. */
  unmappedCount = 0;
  private map: RegisterMap | undefined;
  private readonly op = new RegisterBusOp();

  /** The top map whose bus is observed. */
  bind(map: RegisterMap): void {
    this.map = map.root;
  }

  /**
   * What an observed transaction did, filled into `op`: kind, address, byteEnables, data (of reads too), status.
   * undefined: it is no access to registers, or it failed.
   */
  protected abstract operationOf(transaction: T, op: RegisterBusOp): RegisterBusOp | undefined;

  write(transaction: T): void {
    const { op } = this;
    op.status = 'ok';
    op.dataHigh = 0;
    const seen = this.operationOf(transaction, op);
    if (seen?.status === 'ok') this.observe(seen);
  }

  /** One operation on the bus, whole. @throws UsageError `predictor-unbound`. */
  observe(op: RegisterBusOp): void {
    const { map } = this;
    if (map === undefined) {
      throw new UsageError('predictor-unbound', 'the predictor has no map', {
        path: this.fullPath,
        hint: 'Call bind(model.map) before the first transaction is observed.',
      });
    }
    let isMapped = false;
    for (let lane = 0; lane < map.byteWidth; lane++) {
      if ((op.byteEnables & (1 << lane)) === 0) continue;
      const entry = map.find(map.byteAddress(lane, op.address), op.kind);
      if (entry === undefined || !(entry.element instanceof Register)) continue;
      isMapped = true;
      const place = { start: entry.address, byteLength: entry.byteLength };
      if (!isFirstLane(map, op, lane, place)) continue;
      this.predict(entry.element, { kind: op.kind, map: entry.map }, collect(map, op, place));
    }
    if (!isMapped) this.unmappedCount++;
  }

  private predict(
    register: Register,
    { kind, map }: { readonly kind: 'read' | 'write'; readonly map: RegisterMap },
    part: Part,
  ): void {
    const lanes = lanesWord(part.lanes);
    if (kind === 'read' && this.checksReads) register.judge(part.value, lanes, map);
    register.predictAccess(kind, part.value, { lanes, map });
  }
}

/** What an operation carries of one element. */
interface Part {
  readonly value: Word;
  readonly lanes: number;
}

interface Place {
  readonly start: number;
  readonly byteLength: number;
}

/** Whether no enabled lane below this one belongs to the same element: each element is predicted once. */
function isFirstLane(map: RegisterMap, op: RegisterBusOp, lane: number, place: Place): boolean {
  for (let below = 0; below < lane; below++) {
    if ((op.byteEnables & (1 << below)) !== 0 && isInside(map, op, below, place)) return false;
  }
  return true;
}

function isInside(map: RegisterMap, op: RegisterBusOp, lane: number, place: Place): boolean {
  const byte = map.elementByte(lane, op.address, place);
  return byte >= 0 && byte < place.byteLength;
}

function collect(map: RegisterMap, op: RegisterBusOp, place: Place): Part {
  const word = { low: op.data >>> 0, high: op.dataHigh >>> 0 };
  const value = { low: 0, high: 0 };
  let lanes = 0;
  for (let lane = 0; lane < map.byteWidth; lane++) {
    if ((op.byteEnables & (1 << lane)) === 0 || !isInside(map, op, lane, place)) continue;
    const byte = map.elementByte(lane, op.address, place);
    lanes |= 1 << byte;
    const bits = byteOf(word, lane) << (8 * (byte & 3));
    if (byte < 4) value.low = (value.low | bits) >>> 0;
    else value.high = (value.high | bits) >>> 0;
  }
  return { value, lanes };
}
