// What every run pays for its digests: random draws that all enter one SHA-256, and TLPs that enter the one of their
// direction. References: the same generator and the same bytes, hashed in one piece at the end.
import { createHash } from 'node:crypto';
import { sha256 } from '@noble/hashes/sha2.js';
import seedrandom from 'seedrandom';
import { bytesToHex, writeU32Le, writeU64Le } from '#base/bytes';
import { RunningSha256, sha256Hex } from '#base/hash';
import { PacketBatch } from '#base/packet-batch';
import { Streams } from '#random/streams';
import { LinkDigest } from '#run/link-digest';
import type { Bench } from './bench.ts';
import { race, type Trial } from './race.ts';

const TLP_BYTES = 80;
const TLP = Uint8Array.from({ length: TLP_BYTES }, (_, i) => (i * 73 + 5) & 0xff);
const GAP_PS = 4_000;
/** TLPs of one direction in a quantum of a busy run, about. */
const QUANTUM_TLPS = 5;

export const digestBench: Bench = {
  name: 'digest',
  what: 'draws and TLPs with their digests; references: the same bytes hashed in one piece',
  measure: (scale) => [
    race(
      {
        name: 'draws with digest',
        unit: 'draws/s',
        count: 500_000,
        ours: draws,
        reference: drawsInOnePiece,
      },
      scale,
    ),
    race(
      { name: 'link digest', unit: 'TLPs/s', count: 50_000, ours: tlps, reference: tlpsInOnePiece },
      scale,
    ),
  ],
};

function draws(count: number): Trial {
  const streams = new Streams(1);
  const stream = streams.stream('bench', 'draws');
  let sum = 0;
  let digest = '';
  return {
    work: () => {
      for (let i = 0; i < count; i++) sum = (sum + stream.uint32()) | 0;
      digest = streams.drawsDigest();
    },
    result: () => `${digest.slice(0, 16)} ${sum}`,
  };
}

function drawsInOnePiece(count: number): Trial {
  const generator = seedrandom.tychei(sha256Hex('1\0bench\0draws\x000'), { state: true });
  const bytes = new Uint8Array(4 * count);
  let sum = 0;
  let digest = '';
  return {
    work: () => {
      for (let i = 0; i < count; i++) {
        const value = generator.int32();
        sum = (sum + value) | 0;
        writeU32Le(bytes, 4 * i, value);
      }
      digest = bytesToHex(sha256(bytes));
    },
    result: () => `${digest.slice(0, 16)} ${sum}`,
  };
}

function tlps(count: number): Trial {
  const digest = new LinkDigest();
  const batch = new PacketBatch();
  let text = '';
  return {
    work: () => {
      for (let i = 0; i < count; i++) {
        batch.push(i * GAP_PS, TLP);
        if (batch.count < QUANTUM_TLPS && i < count - 1) continue;
        digest.addUp(batch.count, batch.records());
        batch.clear();
      }
      text = digest.digestHex();
    },
    result: () => text.slice(0, 16),
  };
}

function tlpsInOnePiece(count: number): Trial {
  const record = 12 + TLP_BYTES;
  const bytes = new Uint8Array(count * record);
  for (let i = 0; i < count; i++) {
    writeU64Le(bytes, i * record, i * GAP_PS);
    writeU32Le(bytes, i * record + 8, TLP_BYTES);
    bytes.set(TLP, i * record + 12);
  }
  let up = '';
  return {
    work: () => {
      up = createHash('sha256').update(bytes).digest('hex');
    },
    result: () => sha256Hex(up + new RunningSha256().digestHex()).slice(0, 16),
  };
}
