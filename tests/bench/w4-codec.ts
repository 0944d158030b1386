// W4, TLP codec: pairs/s, where a pair is a 4 DW memory write and a 3 DW completion, each with 64 bytes, each built from
// its meaning, encoded to bytes, and decoded into fields. The reference does the same by hand for these two layouts, with
// no table, no kinds and no checks. Peers in Python: 0.02 M pairs/s.
import { sha256Hex } from '#base/hash';
import { completionWithData, memoryRead, memoryWrite } from '#pcie/build';
import { decodeTlp, encodeTlpInto, isMalformed } from '#pcie/codec';
import { Tlp } from '#pcie/tlp';
import type { Bench } from './bench.ts';
import { race, type Trial } from './race.ts';

const PAYLOAD_BYTES = 64;
const RID_HOST = 0x0008;
const RID_DEVICE = 0x0100;
/** Above 4 GiB: a 4 DW header. */
const WRITE_BASE = 0x1_2340_0000;
const READ_BASE = 0x8000_0000;
const PAYLOAD = Uint8Array.from({ length: PAYLOAD_BYTES }, (_, i) => (i * 37 + 11) & 0xff);

export const codecBench: Bench = {
  name: 'w4',
  what: 'TLP codec: a 64 B write and a 64 B completion built, encoded, decoded; reference: both by hand',
  measure: (scale) => [
    race(
      {
        name: 'W4 TLP codec',
        unit: 'pairs/s',
        count: 100_000,
        ours: pairs,
        reference: pairsByHand,
        aim: 2e6,
      },
      scale,
    ),
  ],
};

/** Mixes what was decoded, so that every field named is read. */
function mix(hash: number, value: number): number {
  return (Math.imul(hash ^ value, 0x0100_0193) + 1) | 0;
}

function pairs(count: number): Trial {
  const buffer = new Uint8Array(256);
  const into = new Tlp();
  const read = memoryRead({
    requesterId: RID_DEVICE,
    address: READ_BASE,
    byteLength: PAYLOAD_BYTES,
  });
  let hash = 0;
  const through = (tlp: Tlp): Tlp => {
    const got = decodeTlp(buffer.subarray(0, encodeTlpInto(tlp, buffer)), into);
    if (isMalformed(got)) throw new Error(got.malformed);
    return got;
  };
  return {
    work: () => {
      for (let i = 0; i < count; i++) {
        const tag = i & 0xff;
        const write = through(
          memoryWrite({
            requesterId: RID_HOST,
            tag,
            address: WRITE_BASE + (i & 0xff) * PAYLOAD_BYTES,
            bytes: PAYLOAD,
          }),
        );
        hash = mix(hash, write.requesterId + write.tag + write.lengthDw + write.firstBe);
        hash = mix(hash, write.addressHigh + write.addressLow + write.payload[i & 63]);
        read.tag = tag;
        const answer = through(completionWithData(read, { completerId: RID_HOST, bytes: PAYLOAD }));
        hash = mix(hash, answer.completerId + answer.requesterId + answer.tag + answer.status);
        hash = mix(hash, answer.byteCount + answer.lowerAddress + answer.payload[i & 63]);
      }
    },
    result: () => sha256Hex(String(hash)).slice(0, 16),
  };
}

/** Just the fields that these two TLPs have. */
class HandTlp {
  requesterId = 0;
  completerId = 0;
  tag = 0;
  lengthDw = 0;
  firstBe = 0;
  lastBe = 0;
  addressHigh = 0;
  addressLow = 0;
  status = 0;
  byteCount = 0;
  lowerAddress = 0;
  payload: Uint8Array = PAYLOAD;
}

function pairsByHand(count: number): Trial {
  const buffer = new Uint8Array(256);
  let hash = 0;
  return {
    work: () => {
      for (let i = 0; i < count; i++) {
        const write = new HandTlp();
        write.requesterId = RID_HOST;
        write.tag = i & 0xff;
        write.lengthDw = PAYLOAD_BYTES / 4;
        write.firstBe = 0xf;
        write.lastBe = 0xf;
        const address = WRITE_BASE + (i & 0xff) * PAYLOAD_BYTES;
        write.addressHigh = Math.floor(address / 0x1_0000_0000);
        write.addressLow = address >>> 0;
        const gotWrite = handDecodeWrite(buffer.subarray(0, handEncodeWrite(write, buffer)));
        hash = mix(
          hash,
          gotWrite.requesterId + gotWrite.tag + gotWrite.lengthDw + gotWrite.firstBe,
        );
        hash = mix(hash, gotWrite.addressHigh + gotWrite.addressLow + gotWrite.payload[i & 63]);
        const answer = new HandTlp();
        answer.requesterId = RID_DEVICE;
        answer.completerId = RID_HOST;
        answer.tag = i & 0xff;
        answer.lengthDw = PAYLOAD_BYTES / 4;
        answer.byteCount = PAYLOAD_BYTES;
        const got = handDecodeAnswer(buffer.subarray(0, handEncodeAnswer(answer, buffer)));
        hash = mix(hash, got.completerId + got.requesterId + got.tag + got.status);
        hash = mix(hash, got.byteCount + got.lowerAddress + got.payload[i & 63]);
      }
    },
    result: () => sha256Hex(String(hash)).slice(0, 16),
  };
}

function handEncodeWrite(tlp: HandTlp, buffer: Uint8Array): number {
  buffer[0] = 0x60;
  buffer[1] = 0;
  buffer[2] = tlp.lengthDw >>> 8;
  buffer[3] = tlp.lengthDw;
  buffer[4] = tlp.requesterId >>> 8;
  buffer[5] = tlp.requesterId;
  buffer[6] = tlp.tag;
  buffer[7] = (tlp.lastBe << 4) | tlp.firstBe;
  buffer[8] = tlp.addressHigh >>> 24;
  buffer[9] = tlp.addressHigh >>> 16;
  buffer[10] = tlp.addressHigh >>> 8;
  buffer[11] = tlp.addressHigh;
  buffer[12] = tlp.addressLow >>> 24;
  buffer[13] = tlp.addressLow >>> 16;
  buffer[14] = tlp.addressLow >>> 8;
  buffer[15] = tlp.addressLow;
  buffer.set(tlp.payload, 16);
  return 16 + tlp.payload.length;
}

function handDecodeWrite(bytes: Uint8Array): HandTlp {
  const tlp = new HandTlp();
  tlp.lengthDw = ((bytes[2] & 3) << 8) | bytes[3];
  tlp.requesterId = (bytes[4] << 8) | bytes[5];
  tlp.tag = bytes[6];
  tlp.lastBe = bytes[7] >>> 4;
  tlp.firstBe = bytes[7] & 0xf;
  tlp.addressHigh = ((bytes[8] << 24) | (bytes[9] << 16) | (bytes[10] << 8) | bytes[11]) >>> 0;
  tlp.addressLow = ((bytes[12] << 24) | (bytes[13] << 16) | (bytes[14] << 8) | bytes[15]) >>> 0;
  tlp.payload = bytes.subarray(16);
  return tlp;
}

function handEncodeAnswer(tlp: HandTlp, buffer: Uint8Array): number {
  buffer[0] = 0x4a;
  buffer[1] = 0;
  buffer[2] = tlp.lengthDw >>> 8;
  buffer[3] = tlp.lengthDw;
  buffer[4] = tlp.completerId >>> 8;
  buffer[5] = tlp.completerId;
  buffer[6] = (tlp.status << 5) | (tlp.byteCount >>> 8);
  buffer[7] = tlp.byteCount;
  buffer[8] = tlp.requesterId >>> 8;
  buffer[9] = tlp.requesterId;
  buffer[10] = tlp.tag;
  buffer[11] = tlp.lowerAddress;
  buffer.set(tlp.payload, 12);
  return 12 + tlp.payload.length;
}

function handDecodeAnswer(bytes: Uint8Array): HandTlp {
  const tlp = new HandTlp();
  tlp.lengthDw = ((bytes[2] & 3) << 8) | bytes[3];
  tlp.completerId = (bytes[4] << 8) | bytes[5];
  tlp.status = bytes[6] >>> 5;
  tlp.byteCount = ((bytes[6] & 0xf) << 8) | bytes[7];
  tlp.requesterId = (bytes[8] << 8) | bytes[9];
  tlp.tag = bytes[10];
  tlp.lowerAddress = bytes[11];
  tlp.payload = bytes.subarray(12);
  return tlp;
}
