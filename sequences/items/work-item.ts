// One descriptor of work, as its operation means it (SRD §7). The driver turns it into 64 bytes and posts it.
import type { RandomStream } from '#random/random-stream';
import type { WorkDescription } from '#siov/host-event';
import { SequenceItem } from '#uvm/sequence-item';

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
  answers: RandomStream;

  /** Set by the driver: its number in the queue, not wrapped; -1 when it was not posted. */
  n = -1;

  constructor(answers: RandomStream) {
    super();
    this.answers = answers;
  }

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
