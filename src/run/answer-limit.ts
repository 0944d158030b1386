// The limit of wall-clock time for an answer of a device in another process. Source: DUT protocol, "bad device". One timer for
// all answers of a run: there are thousands of them in a second.
import { DutError } from '#dut/dut-port';

/** Longer ones than this, some 24 days, Node's timers do not know, ms. */
export const TIMER_MAX_MS = 2 ** 31 - 1;

export class AnswerLimit {
  private readonly seconds: number;
  private timer: NodeJS.Timeout | undefined;
  private giveUp: ((error: Error) => void) | undefined;
  private request = '';

  /** @param seconds wall-clock time, above 0. */
  constructor(seconds: number) {
    this.seconds = seconds;
  }

  /** `answer`, if it comes in time. @throws DutError `dut-hung`. */
  within<T>(answer: Promise<T>, request: string): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.request = request;
      this.giveUp = reject;
      if (this.timer === undefined)
        this.timer = setTimeout(() => this.late(), Math.min(this.seconds * 1000, TIMER_MAX_MS));
      else this.timer.refresh();
      answer.then((value) => {
        this.giveUp = undefined;
        resolve(value);
      }, reject);
    });
  }

  /** Ends the wait for an answer, if there is one, with another error. */
  giveUpWith(error: Error): void {
    this.giveUp?.(error);
  }

  /** No more answers are waited for. */
  stop(): void {
    clearTimeout(this.timer);
  }

  private late(): void {
    this.giveUp?.(
      new DutError(
        'dut-hung',
        `the device did not answer ${this.request} within ${this.seconds} s`,
      ),
    );
  }
}
