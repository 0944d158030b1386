// The TLPs of STEP and STEP_OK. Source: DUT protocol, the table of frames.
import { PACKET_HEAD_BYTES, type PacketBatch } from '#base/packet-batch';
import type { TlpBatch } from './dut-port.ts';
import type { FrameWriter } from './frame-writer.ts';
import type { PayloadReader } from './payload-reader.ts';

/** `u32` n, then n times time, length and bytes. */
export function putTlps(writer: FrameWriter, tlps: TlpBatch): FrameWriter {
  return writer.u32(tlps.count).bytes(tlps.records());
}

/** Reads what `putTlps` wrote. @throws ProtocolError when the times go back. */
export function takeTlps(reader: PayloadReader, tlps: PacketBatch): void {
  tlps.clear();
  const count = reader.u32('n');
  if (count * PACKET_HEAD_BYTES > reader.left) {
    throw reader.error(`n = ${count} TLPs do not fit into the ${reader.left} bytes that follow`);
  }
  const from = reader.position;
  let lastPs = 0;
  for (let i = 0; i < count; i++) {
    const timePs = reader.time('the time of a TLP');
    if (timePs < lastPs) {
      throw reader.error(`the time of TLP ${i} goes back: ${timePs} ps after ${lastPs} ps`);
    }
    reader.skip(reader.u32('the length of a TLP'), 'the bytes of a TLP');
    lastPs = timePs;
  }
  tlps.appendRecords(reader.since(from));
}
