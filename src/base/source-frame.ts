/** Places in a testbench's source, out of a stack trace: for people only, they never reach a digest. */

/** Folders shown before the file name. */
const SEGMENTS_SHOWN = 2;

const FRAME = /(?:\(|at )((?:file:\/\/)?[^\s()]+):(\d+):\d+\)?$/;

/** `folder/file(line)` of the uppermost frame whose path does not contain `skipped`; '' when there is none. */
export function nearestFrame(stack: string, skipped: string): string {
  for (const line of stack.split('\n').filter((one) => one.trimStart().startsWith('at '))) {
    const frame = FRAME.exec(line);
    if (frame === null || frame[1].includes(skipped) || frame[1].startsWith('node:')) continue;
    return `${frame[1].split('/').slice(-SEGMENTS_SHOWN).join('/')}(${frame[2]})`;
  }
  return '';
}
