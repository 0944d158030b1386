// Requests in words, for messages.
import { hex } from '#base/bits';
import type { SeenRequest } from './seen-request.ts';

/** Kind, size and place. */
export function rangeText(seen: SeenRequest): string {
  return `${seen.tlp.kind} of ${seen.byteLength} bytes at ${hex(seen.firstByte)}`;
}

/** With its byte enables. */
export function byteEnableText(seen: SeenRequest): string {
  const { firstBe, lastBe, lengthDw } = seen.tlp;
  return `${rangeText(seen)}: ${lengthDw} DW, first BE ${hex(firstBe)}, last BE ${hex(lastBe)}`;
}
