// The JSON of HELLO and HELLO_OK. Source: DUT protocol, the table of frames.
import type { DutParams } from './dut-port.ts';
import type { PayloadReader } from './payload-reader.ts';

/** The JSON of HELLO or HELLO_OK. @throws ProtocolError when it is none. */
export function jsonObject(reader: PayloadReader, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw reader.error(`its JSON cannot be read: ${error instanceof Error ? error.message : ''}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw reader.error('its JSON is not an object');
  }
  return value as Record<string, unknown>;
}

export function isParams(value: unknown): value is DutParams {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((one) => ['number', 'boolean', 'string'].includes(typeof one));
}
