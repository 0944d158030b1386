// How an access ended. Source: IEEE 1800.2 clause 17.1 (uvm_status_e).
import { numberOf, type Word } from './word.ts';

/** Whether the bus carried the access out. */
export type AccessStatus = 'ok' | 'notOk';

/** What a read gave. */
export class ReadResult {
  /** Whether the bus carried the read out. */
  readonly status: AccessStatus;
  /** All bits; of no meaning unless the status is 'ok'. */
  readonly word: Word;
  /** Of a read that was compared: whether it was as the mirror says. undefined: it was not compared. */
  readonly matches: boolean | undefined;

  constructor(status: AccessStatus, word: Word, matches?: boolean) {
    this.status = status;
    this.word = word;
    this.matches = matches;
  }

  /** @throws UsageError `wide-value` from 2^53 on: take `word`. */
  get value(): number {
    return numberOf(this.word);
  }
}
