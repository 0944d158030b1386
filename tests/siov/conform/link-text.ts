// How TLPs stand in the findings of the conformance kit: time, direction, one line, and the bytes.
import { bytesToHex } from '#base/bytes';
import { formatTime } from '#base/time-text';
import { decodeTlp, isMalformed, printTlp } from '#pcie/codec';

const HEX_BYTES_MAX = 48;

/** One line for whatever the bytes are, without the bytes. */
export function tlpLine(bytes: Uint8Array): string {
  const tlp = decodeTlp(bytes);
  return isMalformed(tlp) ? `malformed (${tlp.malformed})` : printTlp(tlp);
}

/** `12.5 us  MRd32 …` and below it the bytes in hexadecimal, cut where they are many. */
export function timedTlpText(timePs: number, bytes: Uint8Array): string {
  return `${formatTime(timePs)}  ${tlpLine(bytes)}\n${hexText(bytes)}`;
}

export function hexText(bytes: Uint8Array): string {
  const shown = bytesToHex(bytes.subarray(0, HEX_BYTES_MAX));
  const rest = bytes.length - HEX_BYTES_MAX;
  return rest > 0 ? `${shown}… (+${rest} bytes)` : shown;
}
