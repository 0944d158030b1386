// Where in the testbench's source a call was made, for reports and objections. Source: semantics
// §6.
//
// The text goes to people only: it never reaches a digest, so that code may move without changing a
// run.

import { nearestFrame } from '#base/source-frame';

/** Stack frames looked at. */
const FRAMES_MAX = 12;

/**
 * `folder/file(line)` of the nearest caller whose path does not contain `skipped`; '' when there is
 * none.
 */
export function sourceLine(skipped: string): string {
  return new SourcePlace(skipped).text;
}

/** The same, worked out when it is asked for: catching the stack is cheap, printing it is not. */
export class SourcePlace {
  private readonly skipped: string;
  private readonly trace: { readonly stack?: string | undefined };
  private known: string | undefined = undefined;

  constructor(skipped: string) {
    this.skipped = skipped;
    const before = Error.stackTraceLimit;
    Error.stackTraceLimit = FRAMES_MAX;
    this.trace = new Error('where');
    Error.stackTraceLimit = before;
  }

  get text(): string {
    this.known ??= nearestFrame(this.trace.stack ?? '', this.skipped);
    return this.known;
  }
}
