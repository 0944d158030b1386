// The TLPs of STEP and STEP_OK. Source: DUT protocol, the table of frames.
import type { PacketBatch } from '#base/packet-batch';
import type { TlpBatch } from './dut-port.ts';
import type { FrameWriter } from './frame-writer.ts';
import type { PayloadReader } from './payload-reader.ts';

/** Of a TLP: its time and length. */
const HEAD_BYTES = 12;

/** `u32` n, then n times time, length and bytes. */
export function putTlps(writer: FrameWriter, tlps: TlpBatch): FrameWriter {
  const { count } = tlps;
  writer.u32(count);
  for (let i = 0; i < count; i++) {
    const bytes = tlps.bytes(i);
    writer.u64(tlps.timePs(i)).u32(bytes.length).bytes(bytes);
  }
  return writer;
}

/** Reads what `putTlps` wrote. @throws ProtocolError when the times go back. */
export function takeTlps(reader: PayloadReader, tlps: PacketBatch): void {
  tlps.clear();
  const count = reader.u32('n');
  if (count * HEAD_BYTES > reader.left) {
    throw reader.error(`n = ${count} TLPs do not fit into the ${reader.left} bytes that follow`);
  }
  let lastPs = 0;
  for (let i = 0; i < count; i++) {
    const timePs = reader.time('the time of a TLP');
    if (timePs < lastPs) {
      throw reader.error(`the time of TLP ${i} goes back: ${timePs} ps after ${lastPs} ps`);
    }
    const length = reader.u32('the length of a TLP');
    tlps.push(timePs, reader.bytes(length, 'the bytes of a TLP'));
    lastPs = timePs;
  }
}
