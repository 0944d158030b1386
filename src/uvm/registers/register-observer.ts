// What operations on a bus mean for the mirror of the registers in one map. The heart of `RegisterPredictor`, and what is used
// directly where a bus splits its reads: what a read must give is fixed when its request is seen, and compared when its data
// come, whatever was written in between. Source: IEEE 1800.2 clause 19.3.
//
//   observer.observe(op);                               // a write, or a read with its data
//   const read = observer.startRead(request); …; observer.endRead(read, data);
//
// The standard's predictor waits until all words of a wide register have been seen. This one predicts the byte lanes of each
// operation when it is seen: an access of one half tells what it tells, and nothing is kept between operations.
import type { RegisterBusOp } from './register-bus.ts';
import type { RegisterMap } from './register-map.ts';
import { Register, type RegisterExpectation } from './register.ts';
import { byteOf, lanesWord, type Word } from './word.ts';

/** A read whose data are still to come. */
export interface PendingRead {
  readonly parts: readonly PendingPart[];
}

/** What a pending read asks of one register. */
interface PendingPart extends Target {
  readonly expected: RegisterExpectation;
}

interface Target {
  readonly register: Register;
  readonly map: RegisterMap;
  readonly place: Place;
}

/** Keeps a mirror by what a monitor sees of a split bus, where requests and their answers are seen apart. */
export class RegisterObserver {
  /** Compare reads with the mirror before they are believed. */
  checksReads = true;
  /** Operations that touched no register. */
  unmappedCount = 0;
  private readonly map: RegisterMap;

  constructor(map: RegisterMap) {
    this.map = map.root;
  }

  /** One operation on the bus, whole. */
  observe(op: RegisterBusOp): void {
    if (op.kind === 'read') {
      this.endRead(this.startRead(op), op);
      return;
    }
    for (const { register, map, place } of this.targets(op)) {
      const { value, lanes } = collect(this.map, op, place);
      register.predictAccess('write', value, { lanes: lanesWord(lanes), map });
    }
  }

  /** The request of a read: address and byte enables. */
  startRead(op: RegisterBusOp): PendingRead {
    const parts = this.targets(op).map((target) => ({
      ...target,
      expected: target.register.expectation(target.map),
    }));
    return { parts };
  }

  /** Its data: address and byte enables as before. What was written or reset since is not overwritten by it. */
  endRead({ parts }: PendingRead, op: RegisterBusOp): void {
    for (const { register, map, place, expected } of parts) {
      const part = collect(this.map, op, place);
      const lanes = lanesWord(part.lanes);
      if (this.checksReads) register.judge(part.value, lanes, map, expected);
      if (register.isStill(expected)) register.predictAccess('read', part.value, { lanes, map });
    }
  }

  /** The registers that an operation touches, each once. */
  private targets(op: RegisterBusOp): Target[] {
    const { map } = this;
    const targets: Target[] = [];
    for (let lane = 0; lane < map.byteWidth; lane++) {
      if ((op.byteEnables & (1 << lane)) === 0) continue;
      const entry = map.find(map.byteAddress(lane, op.address), op.kind);
      if (entry === undefined || !(entry.element instanceof Register)) continue;
      const register = entry.element;
      if (targets.some((one) => one.register === register)) continue;
      const place = { start: entry.address, byteLength: entry.byteLength };
      targets.push({ register, map: entry.map, place });
    }
    if (targets.length === 0) this.unmappedCount++;
    return targets;
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
