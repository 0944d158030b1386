// The operations of a run, in flat tables of 58 bytes each. Source: design decision 5, "Operation".
//
// An operation is `{ id, lane, kind, waitPs, args, outcome }`. Lanes and kinds are numbered as they
// appear; arguments are codes (u32), which the kind's table turns into names and values again when
// the log is read.
import { assert, UsageError } from '#base/assert';

/** What became of an operation; the code is the index. */
export const OUTCOMES = ['running', 'done', 'skipped', 'failed', 'killed'] as const;
/** What became of an operation. */
export type Outcome = (typeof OUTCOMES)[number];

export const ARGUMENTS_MAX = 10;
/** Operations in one run. */
export const OPERATIONS_MAX = 1_000_000;
/** Lanes, and kinds, in one run. */
export const NAMES_MAX = 0xffff;
const ROWS_START = 256;
const UINT32_MAX = 0xffff_ffff;

export type ArgumentValue = number | string | boolean;

/** How the codes of one argument become values. */
export interface ArgumentCode {
  toNumber(value: ArgumentValue): number;
  fromNumber(code: number): ArgumentValue;
}

/** A kind of operation: its name and its arguments, in order. */
export interface OperationKind {
  readonly kind: string;
  readonly argNames: readonly string[];
  readonly argCodes: readonly ArgumentCode[];
}

/** One operation as plain data: subjects by name, arguments by name. */
export interface OperationRecord {
  /** Counts within its lane from 0, never renumbered. */
  readonly id: number;
  /** Name of the lane in which it was played. */
  readonly lane: string;
  readonly kind: string;
  /** Waited before it, ps. */
  readonly waitPs: number;
  /** Arguments by name, as an author writes them. */
  readonly args: Readonly<Record<string, ArgumentValue>>;
  /** What became of it. */
  readonly outcome: Outcome;
}

/** An operation by numbers. */
export interface OperationEntry {
  readonly lane: number;
  readonly id: number;
  readonly kind: number;
  readonly waitPs: number;
  /** One per argument, u32. */
  readonly codes: readonly number[];
}

export class OperationLog {
  private rows = 0;
  private capacity = ROWS_START;
  private ids = new Uint32Array(ROWS_START);
  private lanes = new Uint16Array(ROWS_START);
  private kinds = new Uint16Array(ROWS_START);
  private waits = new Float64Array(ROWS_START);
  private outcomes = new Uint8Array(ROWS_START);
  private argCodes = new Uint32Array(ROWS_START * ARGUMENTS_MAX);
  private readonly laneNames: string[] = [];
  private readonly kindTable: OperationKind[] = [];

  get count(): number {
    return this.rows;
  }

  /** Adds a lane. @throws UsageError `lane-reused` when there is one of that name. */
  addLane(name: string): number {
    if (this.laneNames.includes(name)) {
      throw new UsageError('lane-reused', `there is a lane '${name}' already`);
    }
    assert(this.laneNames.length < NAMES_MAX, 'a run has at most 65535 lanes');
    return this.laneNames.push(name) - 1;
  }

  hasLane(name: string): boolean {
    return this.laneNames.includes(name);
  }

  /** The number of a kind, which is entered when it is new. */
  kindNumber(kind: OperationKind): number {
    const known = this.kindTable.indexOf(kind);
    if (known >= 0) return known;
    assert(kind.argNames.length <= ARGUMENTS_MAX, 'an operation has at most 10 arguments');
    assert(this.kindTable.length < NAMES_MAX, 'a run has at most 65535 kinds of operation');
    return this.kindTable.push(kind) - 1;
  }

  /** Enters an operation as running; returns its row. */
  append({ lane, id, kind, waitPs, codes }: OperationEntry): number {
    if (this.rows === OPERATIONS_MAX) {
      throw new UsageError('operations-limit', `a run has at most ${OPERATIONS_MAX} operations`);
    }
    assert(lane < this.laneNames.length && kind < this.kindTable.length, 'lane and kind are known');
    assert(codes.length === this.kindTable[kind].argNames.length, 'one code per argument');
    if (this.rows === this.capacity) this.grow();
    const row = this.rows++;
    this.ids[row] = id;
    this.lanes[row] = lane;
    this.kinds[row] = kind;
    this.waits[row] = waitPs;
    this.outcomes[row] = 0;
    for (let i = 0; i < codes.length; i++) {
      assert(
        Number.isInteger(codes[i]) && codes[i] >= 0 && codes[i] <= UINT32_MAX,
        'codes are u32',
      );
      this.argCodes[row * ARGUMENTS_MAX + i] = codes[i];
    }
    return row;
  }

  setOutcome(row: number, outcome: Outcome): void {
    assert(row >= 0 && row < this.rows, 'the operation is in the log');
    this.outcomes[row] = OUTCOMES.indexOf(outcome);
  }

  /** Row `row` as plain data. */
  record(row: number): OperationRecord {
    assert(row >= 0 && row < this.rows, 'the operation is in the log');
    const kind = this.kindTable[this.kinds[row]];
    const args: Record<string, ArgumentValue> = {};
    for (let i = 0; i < kind.argNames.length; i++) {
      args[kind.argNames[i]] = kind.argCodes[i].fromNumber(this.argCodes[row * ARGUMENTS_MAX + i]);
    }
    return {
      id: this.ids[row],
      lane: this.laneNames[this.lanes[row]],
      kind: kind.kind,
      waitPs: this.waits[row],
      args,
      outcome: OUTCOMES[this.outcomes[row]],
    };
  }

  /** All operations in the order in which they were chosen. */
  records(): OperationRecord[] {
    return Array.from({ length: this.rows }, (_unused, row) => this.record(row));
  }

  private grow(): void {
    this.capacity *= 2;
    this.ids = enlarged(this.ids, new Uint32Array(this.capacity));
    this.lanes = enlarged(this.lanes, new Uint16Array(this.capacity));
    this.kinds = enlarged(this.kinds, new Uint16Array(this.capacity));
    this.waits = enlarged(this.waits, new Float64Array(this.capacity));
    this.outcomes = enlarged(this.outcomes, new Uint8Array(this.capacity));
    this.argCodes = enlarged(this.argCodes, new Uint32Array(this.capacity * ARGUMENTS_MAX));
  }
}

function enlarged<A extends { set(from: A): void }>(from: A, to: A): A {
  to.set(from);
  return to;
}

/** Recorded operations by lane, each lane in the order of its ids: what a replay takes. */
export function operationsByLane(
  operations: readonly OperationRecord[],
): ReadonlyMap<string, readonly OperationRecord[]> {
  const lanes = new Map<string, OperationRecord[]>();
  for (const operation of operations) {
    const lane = lanes.get(operation.lane);
    if (lane === undefined) lanes.set(operation.lane, [operation]);
    else lane.push(operation);
  }
  for (const lane of lanes.values()) lane.sort((a, b) => a.id - b.id);
  return lanes;
}
