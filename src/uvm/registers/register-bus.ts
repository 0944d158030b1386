// What stands between registers and a bus: generic bus operations, adapters that turn them into the items of a bus and back,
// front doors and back doors. Source: IEEE 1800.2 clauses 19.2 (uvm_reg_adapter, uvm_reg_bus_op), 19.4, 19.5.
//
//   class ApbAdapter extends RegisterAdapter<ApbItem> {
//     toBus(op: RegisterBusOp): ApbItem { … }               // reg2bus
//     fromBus(item: ApbItem, op: RegisterBusOp): void { … }  // bus2reg
//   }
//   map.setFrontDoor(new SequencerFrontDoor(env.child.apb.child.sequencer, new ApbAdapter()));
import type { Process } from '#kernel/process';
import type { SequenceItem } from '../sequence-item.ts';
import { Sequence } from '../sequence.ts';
import type { Sequencer } from '../sequencer.ts';
import type { SequenceBase, SequenceClass, SequencerOf } from '../sequence-base.ts';
import type { AccessStatus } from './read-result.ts';
import type { RegisterAccess } from './register-access.ts';
import type { RegisterMemory } from './register-memory.ts';
import type { Register } from './register.ts';
import type { Word } from './word.ts';

/** The way of an access: over the bus, or past it into the device without simulated time. */
export type AccessPath = 'front' | 'back';

/** One operation on a bus of up to 8 bytes. Plain fields: the bus fills in what it read and how it ended. */
export class RegisterBusOp {
  kind: 'read' | 'write' = 'read';
  /** Of lane 0 (of the highest lane where the map is big-endian), in units of the map. */
  address = 0;
  /** Byte lanes 3..0, lane 0 in bits 7:0. */
  data = 0;
  /** Byte lanes 7..4 of a bus of more than 4 bytes. */
  dataHigh = 0;
  /** Bit k: lane k takes part. */
  byteEnables = 0;
  /** Lanes of the bus: 1, 2, 4 or 8. */
  byteWidth = 4;
  /** How the operation ended; the bus fills it in. */
  status: AccessStatus = 'ok';
}

/** Carries operations over a bus. */
export interface RegisterBus {
  /** Whether some lanes can be written alone. */
  readonly hasByteEnables: boolean;
  /** Performs the operation, and fills in data and status. */
  run(op: RegisterBusOp, access: RegisterAccess): Process;
}

/** Does all of an access in its own way; sets value (of reads) and status. */
export interface UserFrontDoor {
  /** Carries the access out; may wait. Sets `access.status`, and `access.value` of a read. */
  run(access: RegisterAccess): Process;
}

/** Reads and writes state of the device directly, in no time. */
export interface RegisterBackDoor {
  /** The value in the device, in no time and without the effects of a read. */
  peek(register: Register): Word;
  /** Puts a value into the device as it is, in no time and whatever the access policies say. */
  poke(register: Register, value: Word): void;
}

/** Reads and writes locations of a memory of the device directly, in no time (IEEE 1800.2 clause 19.5). */
export interface MemoryBackDoor {
  /** What location `index` (from 0) holds. */
  peek(memory: RegisterMemory, index: number): Word;
  /** Makes location `index` (from 0) hold `value`. */
  poke(memory: RegisterMemory, index: number, value: Word): void;
}

/** Turns generic operations into the items of a bus, and items that are done into what they did. */
export abstract class RegisterAdapter<I extends SequenceItem, RSP = I> {
  /** Whether the bus can write some lanes alone. */
  readonly hasByteEnables: boolean = true;
  /** The driver ends items with a response, which is what `fromBus` reads; otherwise it reads the item. */
  readonly providesResponses: boolean = false;

  /** UVM's reg2bus. */
  abstract toBus(op: RegisterBusOp, access: RegisterAccess): I;
  /** UVM's bus2reg: data of reads, and the status. */
  abstract fromBus(item: I | RSP, op: RegisterBusOp): void;
}

/** A bus reached by items on a sequencer. */
export class SequencerFrontDoor<I extends SequenceItem, RSP = I> implements RegisterBus {
  private readonly sequencer: Sequencer<I, RSP>;
  private readonly adapter: RegisterAdapter<I, RSP>;

  constructor(sequencer: Sequencer<I, RSP>, adapter: RegisterAdapter<I, RSP>) {
    this.sequencer = sequencer;
    this.adapter = adapter;
  }

  /** The adapter's: whether the bus can write some lanes alone. */
  get hasByteEnables(): boolean {
    return this.adapter.hasByteEnables;
  }

  /**
   * Sends the item that the adapter makes of the operation, waits until the driver has finished it, and lets the
   * adapter fill in what came of it.
   */
  *run(op: RegisterBusOp, access: RegisterAccess): Process {
    const { adapter, sequencer } = this;
    const sequence = new RegisterItemSequence<I, RSP>(
      adapter.toBus(op, access),
      adapter.providesResponses,
    );
    yield* sequence.start(sequencer);
    adapter.fromBus(sequence.outcome, op);
  }
}

/** Sends one item. */
class RegisterItemSequence<I extends SequenceItem, RSP> extends Sequence<I, RSP> {
  outcome: I | RSP;
  private readonly item: I;
  private readonly wantsResponse: boolean;

  constructor(item: I, wantsResponse: boolean) {
    super();
    this.item = item;
    this.outcome = item;
    this.wantsResponse = wantsResponse;
  }

  override *body(): Process {
    yield* this.startItem(this.item);
    yield* this.finishItem(this.item);
    if (this.wantsResponse) this.outcome = yield* this.getResponse();
  }
}

/** A sequence that performs accesses as a front door: it has a field `access`. */
export interface FrontDoorSequence extends SequenceBase {
  access: RegisterAccess | undefined;
}

/** A user front door that runs a sequence for each access. */
export function sequenceFrontDoor<S extends FrontDoorSequence>(
  sequenceClass: SequenceClass<S>,
  sequencer: SequencerOf<S>,
): UserFrontDoor {
  return {
    *run(access) {
      const sequence = sequencer.testbench.createSequence(sequenceClass, sequencer);
      sequence.access = access;
      yield* sequence.start(sequencer);
    },
  };
}

/** All byte lanes of an element of that many bytes. */
export function elementLanes(byteLength: number): number {
  return (1 << byteLength) - 1;
}
