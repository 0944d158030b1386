// Which of the last TLPs a record shows: those of the Routing IDs that the failure is about, and the very last ones.
// Source: design, "What a run leaves behind".
import { bytesToHex } from '#base/bytes';
import type { FailureRecord, WindowTlpRecord } from '#record/run-record';
import type { TlpPrinter } from './config.ts';
import type { WindowTlp } from './tlp-window.ts';

/** TLPs shown in a record. */
const LAST_SHOWN = 24;
const CONCERNED_SHOWN = 48;
const ROUTING_ID = /\b[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f]\b/g;

export function windowRecord(
  tlps: readonly WindowTlp[],
  failures: readonly FailureRecord[],
  printer: TlpPrinter | undefined,
): WindowTlpRecord[] {
  const concerned = concernedIds(tlps, failures, printer);
  const shown = new Set<WindowTlp>(tlps.slice(-LAST_SHOWN));
  let left = CONCERNED_SHOWN;
  for (let i = tlps.length - 1; i >= 0 && left > 0; i--) {
    const id = routingId(printer, tlps[i].bytes);
    if (id === undefined || !concerned.has(id)) continue;
    shown.add(tlps[i]);
    left--;
  }
  return tlps
    .filter((tlp) => shown.has(tlp))
    .map(({ direction, timePs, bytes }) => ({
      direction,
      timePs,
      text: printed(printer, bytes),
      hex: bytesToHex(bytes),
    }));
}

/** Routing IDs that the first failure names, and those of the TLPs at its very time. */
function concernedIds(
  tlps: readonly WindowTlp[],
  failures: readonly FailureRecord[],
  printer: TlpPrinter | undefined,
): Set<string> {
  const ids = new Set<string>();
  if (failures.length === 0) return ids;
  const { subject, expected, seen, timePs } = failures[0];
  for (const found of `${subject} ${expected} ${seen}`.matchAll(ROUTING_ID)) ids.add(found[0]);
  for (const tlp of tlps) {
    const id = tlp.timePs === timePs ? routingId(printer, tlp.bytes) : undefined;
    if (id !== undefined) ids.add(id);
  }
  return ids;
}

/** A printer must cope with any bytes; when it does not, the record shows hexadecimal instead of being lost. */
function printed(printer: TlpPrinter | undefined, bytes: Uint8Array): string {
  try {
    return printer?.print(bytes) ?? '';
  } catch {
    return '(not printable)';
  }
}

function routingId(printer: TlpPrinter | undefined, bytes: Uint8Array): string | undefined {
  try {
    return printer?.routingId(bytes);
  } catch {
    return undefined;
  }
}
