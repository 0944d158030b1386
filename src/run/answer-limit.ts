// The limit of wall-clock time for an answer of a device in another process. Source: DUT protocol, "bad device". One timer for
// all answers of a run: there are thousands of them in a second.
import { DutError } from '#dut/dut-port';

export class AnswerLimit {
  private readonly seconds: number;
  private timer: NodeJS.Timeout | undefined;
  private giveUp: ((error: DutError) => void) | undefined;
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
      if (this.timer === undefined) this.timer = setTimeout(() => this.late(), this.seconds * 1000);
      else this.timer.refresh();
      answer.then((value) => {
        this.giveUp = undefined;
        resolve(value);
      }, reject);
    });
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
