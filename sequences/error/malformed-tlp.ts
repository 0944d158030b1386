// Bytes that a receiver must treat as Malformed TLP (SRD §9), one reason each. They are made from a legal request, so that the
// rest of it is right, and sent as bytes: no answer may come.
import { encodeTlp } from '#pcie/codec';
import { configRead, configWrite, memoryRead, memoryWrite } from '#pcie/build';
import { concatBytes } from '#base/bytes';
import type { RandomStream } from '#random/random-stream';

export const MALFORMATIONS = [
  'lengthAbove',
  'lengthBelow',
  'undefinedType',
  'undefinedFmt',
  'tooLong',
  'configLength',
  'acrossPage',
  'lastEnables',
  'firstEnablesMissing',
  'lastEnablesMissing',
] as const;
export type Malformation = (typeof MALFORMATIONS)[number];

/** Where the request goes, and what the device takes. */
export interface MalformedContext {
  readonly requesterId: number;
  /** 8-byte aligned, of a register or page. */
  readonly address: number;
  /** A function that answers. */
  readonly destinationId: number;
  readonly maxPayloadBytes: number;
  readonly stream: RandomStream;
}

/** Types that no TLP has (SRD §9). */
const UNDEFINED_TYPES = [3, 6, 7, 8, 9, 15, 24, 25, 26, 28, 29, 30, 31] as const;
const UNDEFINED_FMTS = [5, 6, 7] as const;
const PAGE_BYTES = 4096;
const PAYLOAD_BYTES_MAX = 4096;
/** A tag of the host that its own requests reach last. */
const TAG = 0xff;

/** undefined: not possible here. */
export function malformedBytes(
  kind: Malformation,
  context: MalformedContext,
): Uint8Array | undefined {
  const { stream, maxPayloadBytes } = context;
  switch (kind) {
    case 'lengthAbove':
      return concatBytes(write(context, 8), stream.bytes(4));
    case 'lengthBelow':
      return write(context, 8).slice(0, -4);
    case 'undefinedType': {
      const bytes = stream.bool() ? write(context, 8) : read(context, 8);
      bytes[0] = (bytes[0] & 0xe0) | stream.pick(UNDEFINED_TYPES);
      return bytes;
    }
    case 'undefinedFmt': {
      const bytes = write(context, 8);
      bytes[0] = (stream.pick(UNDEFINED_FMTS) << 5) | (bytes[0] & 0x1f);
      return bytes;
    }
    case 'tooLong': {
      const byteLength = maxPayloadBytes + 4 * stream.range(1, 8);
      if (byteLength > PAYLOAD_BYTES_MAX) return undefined;
      const address = context.address - (context.address % PAGE_BYTES);
      return write({ ...context, address }, byteLength);
    }
    case 'configLength':
      return longConfig(context);
    case 'acrossPage':
      return acrossPage(context);
    default:
      return badEnables(kind, context);
  }
}

function read({ requesterId, address }: MalformedContext, byteLength: number): Uint8Array {
  return encodeTlp(memoryRead({ requesterId, tag: TAG, address, byteLength }));
}

function write({ requesterId, address, stream }: MalformedContext, byteLength: number): Uint8Array {
  return encodeTlp(memoryWrite({ requesterId, address, bytes: stream.bytes(byteLength) }));
}

/** A Configuration Request of two DWs. */
function longConfig({ requesterId, destinationId, stream }: MalformedContext): Uint8Array {
  const target = { requesterId, tag: TAG, destinationId, offset: 4, byteLength: 4 };
  const isWrite = stream.bool();
  const tlp = isWrite ? configWrite({ ...target, value: stream.uint32() }) : configRead(target);
  tlp.lengthDw = 2;
  tlp.lastBe = 0xf;
  if (isWrite) tlp.payload = stream.bytes(8);
  return encodeTlp(tlp);
}

function acrossPage(context: MalformedContext): Uint8Array {
  const { requesterId, stream } = context;
  const address = context.address - (context.address % PAGE_BYTES) + PAGE_BYTES - 4;
  const tlp = stream.bool()
    ? memoryWrite({ requesterId, address, bytes: stream.bytes(4) })
    : memoryRead({ requesterId, tag: TAG, address, byteLength: 4 });
  tlp.lengthDw = 2;
  tlp.lastBe = 0xf;
  if (tlp.payload.length > 0) tlp.payload = stream.bytes(8);
  return encodeTlp(tlp);
}

function badEnables(kind: Malformation, context: MalformedContext): Uint8Array {
  const { requesterId, address, stream } = context;
  const byteLength = kind === 'lastEnables' ? 4 : 8;
  const tlp = stream.bool()
    ? memoryWrite({ requesterId, address, bytes: stream.bytes(byteLength) })
    : memoryRead({ requesterId, tag: TAG, address, byteLength });
  if (kind === 'lastEnables') tlp.lastBe = stream.range(1, 0xf);
  else if (kind === 'firstEnablesMissing') tlp.firstBe = 0;
  else tlp.lastBe = 0;
  return encodeTlp(tlp);
}
