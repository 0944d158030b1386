// The page of the DUT protocol for authors of clients: its table of frames is that of the code, and its session is what the
// served device answers, byte by byte.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from '#base/bytes';
import { createReferenceDevice } from '#device/reference-device';
import { DeviceSession } from '#dut/device-session';
import { FRAME, FRAME_LENGTH_MAX, frameName, STALL_MAX } from '#dut/frame';

const PAGE = readFileSync(new URL('../../../docs/guide/dut-protocol.md', import.meta.url), 'utf8');

describe('the page of the DUT protocol', () => {
  it('has each frame with its type', () => {
    const rows = [...PAGE.matchAll(/^\| (0x[0-9a-f]{2}) \| ([A-Z_]+) /gm)];
    const listed = new Map(rows.map(([, type, name]) => [Number(type), name]));
    const known = new Map(Object.values(FRAME).map((type) => [type, frameName(type)]));
    expect(listed).toEqual(known);
    expect(rows.length).toBe(known.size);
  });

  it('has the limits of the code', () => {
    expect(PAGE).toContain(`1 to ${FRAME_LENGTH_MAX / 2 ** 20} MiB`);
    expect(PAGE).toContain(`(0..${STALL_MAX}, drawn`);
  });

  it('shows a session as the served device has it', () => {
    const session = new DeviceSession(createReferenceDevice());
    const lines = [...PAGE.matchAll(/^```hex\n(.*?)^```/gms)].flatMap(([, text]) =>
      text.trim().split('\n'),
    );
    expect(lines.filter((line) => line.startsWith('>')).length).toBe(7);
    let answer = '';
    for (const line of lines) {
      const hex = line.slice(1).replaceAll(' ', '');
      if (line.startsWith('<')) {
        expect(answer).toBe(hex);
        continue;
      }
      session.receive(hexToBytes(hex), (frame) => (answer = bytesToHex(frame)));
      if (answer.slice(8, 10) !== '81') continue;
      expect(PAGE).toContain('`91010000 81 0100 0000` and 396 bytes of JSON');
      expect([answer.slice(0, 18), answer.length / 2 - 9]).toEqual(['910100008101000000', 396]);
    }
    expect(session.end).toEqual({ kind: 'bye' });
  });
});
