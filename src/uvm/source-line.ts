// Where in the testbench's source a call was made, for reports and objections. Source: semantics
// §6.
//
// The text goes to people only: it never reaches a digest, so that code may move without changing a
// run.

/** Folders shown before the file name. */
const SEGMENTS_SHOWN = 2;

/** Stack frames looked at. */
const FRAMES_MAX = 12;

const FRAME = /(?:\(|at )((?:file:\/\/)?[^\s()]+):(\d+):\d+\)?$/;

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
    this.known ??= nearestSource(this.trace.stack ?? '', this.skipped);
    return this.known;
  }
}

/** `folder/file(line)` of the uppermost frame of a stack whose path does not contain `skipped`; '' when there is none. */
export function nearestSource(stack: string, skipped: string): string {
  for (const line of stack.split('\n').filter((one) => one.trimStart().startsWith('at '))) {
    const frame = FRAME.exec(line);
    if (frame === null || frame[1].includes(skipped) || frame[1].startsWith('node:')) continue;
    return `${frame[1].split('/').slice(-SEGMENTS_SHOWN).join('/')}(${frame[2]})`;
  }
  return '';
}
