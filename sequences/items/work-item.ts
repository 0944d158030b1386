// One descriptor of work, as its operation means it (SRD §7). The driver turns it into 64 bytes and posts it.
import type { RandomStream } from '#random/random-stream';
import type { WorkDescription } from '#siov/host-event';
import { flag, oneOf, span } from '#solver/domain';
import { rand } from '#solver/random-class';
import { SequenceItem } from '#uvm/sequence-item';

/** How a range is placed: anywhere; on 64-byte lines; across a 4 KiB edge; just before or after one. */
export const PLACEMENTS = ['anywhere', 'aligned', 'acrossEdge', 'atEdge'] as const;
export type Placement = (typeof PLACEMENTS)[number];

export class WorkItem extends SequenceItem {
  /** 0..255; 0..6 are defined. */
  opcode = 0;
  /** Bytes, 32 bits. */
  length = 0;
  /** I/O virtual addresses, below 2^52. */
  source = 0;
  destination = 0;
  operandA: Uint8Array = new Uint8Array(8);
  operandB: Uint8Array = new Uint8Array(8);
  interrupt = false;
  /** Relative to the requester. */
  vector = 0;
  noRecord = false;
  relaxedOrdering = false;
  /** DW 10..15 are not all 0: must be refused. */
  reserved = false;
  /** The device must refuse it before any data request: it occupies no source and no destination. */
  isRefused = false;
  /** Ring after posting. */
  doorbell = true;
  /** Draws latency and splits of the answers to the reads it causes; of the operation it serves. */
  answers: RandomStream | undefined = undefined;
  /** How its ranges are placed; state of the solver. */
  placement: Placement = 'anywhere';
  /** Byte offset of source and destination in their 64-byte lines, where the placement leaves it free. */
  sourceSkew = 0;
  destinationSkew = 0;
  /** Operand size of an AtomicOp, bytes. */
  operandBytes = 4;

  /** Set by the driver: its number in the queue, not wrapped; -1 when it was not posted. */
  n = -1;

  describe(): WorkDescription {
    const { opcode, length, source, destination, operandA, operandB } = this;
    const { interrupt, vector, noRecord, relaxedOrdering, reserved } = this;
    return {
      opcode,
      length,
      source,
      destination,
      operandA,
      operandB,
      interrupt,
      vector,
      noRecord,
      relaxedOrdering,
      reserved,
    };
  }
}

/** What is random in every descriptor; how often the flags are set is added by the sequence, from the swarm. */
export const workItem = rand(
  WorkItem,
  {
    noRecord: flag(),
    relaxedOrdering: flag(),
    interrupt: flag(),
    operandBytes: oneOf(4, 8),
    sourceSkew: span(0, 63),
    destinationSkew: span(0, 63),
  },
  {
    lines: (v) =>
      v.placement.is('aligned').implies(v.sourceSkew.is(0).and(v.destinationSkew.is(0))),
    // Work that leaves no record had better be heard of.
    heard: (v) => v.noRecord.is(true).implies(v.interrupt.is(true)).soft(),
  },
);
