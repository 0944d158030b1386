// What a served device refuses with FATAL. Source: DUT protocol, STEP (last paragraph) and Transport.
import { describe, expect, it } from 'vitest';
import { PacketBatch } from '#base/packet-batch';
import { createReferenceDevice } from '#device/reference-device';
import { DeviceSession } from '#dut/device-session';
import { FRAME } from '#dut/frame';
import { FrameWriter } from '#dut/frame-writer';
import { encodeBye, encodeHello, encodeReset, encodeStep, encodeTrace } from '#dut/host-frames';

const L = 250_000;
const HELLO = { params: {}, seed: '1', lookaheadPs: L, stall: 0 };
const writer = new FrameWriter();

const hello = (params = {}): Uint8Array => encodeHello(writer, { ...HELLO, params }).slice();
function step(untilPs: number, ...timesPs: number[]): Uint8Array {
  const batch = new PacketBatch();
  for (const timePs of timesPs) batch.push(timePs, Uint8Array.of(0x74));
  return encodeStep(writer, untilPs, batch).slice();
}
const bare = (type: number): Uint8Array => writer.begin(type).finish().slice();

/** Types of the answers, and the text of FATAL. */
function answersTo(...requests: Uint8Array[]): { types: number[]; fatal: string } {
  const session = new DeviceSession(createReferenceDevice());
  const types: number[] = [];
  let fatal = '';
  for (const request of requests) {
    session.receive(request, (frame) => {
      types.push(frame[4]);
      if (frame[4] === FRAME.fatal) fatal = new TextDecoder().decode(frame.subarray(5));
    });
  }
  expect(session.end?.kind).toBe(
    fatal === '' ? (types.includes(0x84) ? 'bye' : undefined) : 'fatal',
  );
  return { types, fatal };
}

describe('DeviceSession', () => {
  it('answers a session from HELLO to BYE', () => {
    const { types } = answersTo(
      hello(),
      step(L, 1, L),
      step(9 * L),
      encodeReset(writer, 'cold').slice(),
      encodeTrace(writer, 'x.fst').slice(),
      encodeBye(writer).slice(),
      step(10 * L),
    );
    expect(types).toEqual([0x81, 0x82, 0x82, 0x83, 0x85, 0x84]);
  });

  it('takes a HELLO that says nothing, with the look-ahead of the protocol', () => {
    const nothing = writer.begin(FRAME.hello).u16(1).u16(0).text('{}').finish().slice();
    expect(answersTo(nothing, step(L, 1)).types).toEqual([0x81, 0x82]);
    expect(answersTo(nothing, step(L + 1, 1)).fatal).toContain('the look-ahead of 250000 ps');
  });

  it.each([
    ['STEP before HELLO', [step(L)], /^STEP before HELLO$/],
    ['a second HELLO', [hello(), hello()], /HELLO comes once/],
    ['an unknown parameter', [hello({ totalSdi: 1 })], /unknown parameter 'totalSdi'/],
    ['a value out of range', [hello({ totalSdis: 0 })], /parameter 'totalSdis': expected/],
    ['an unknown type', [hello(), bare(0x33)], /a frame of type 0x33 is not known here/],
    ['an answer as a request', [hello(), bare(0x82)], /STEP_OK is not known here/],
    ['TRACE without a payload', [hello(), bare(FRAME.trace)], /TRACE: the payload ends within on/],
    [
      'TRACE of another byte than 0 and 1',
      [hello(), writer.begin(FRAME.trace).u8(7).finish().slice()],
      /TRACE: on is 7/,
    ],
    ['until = now', [hello(), step(L), step(L)], /STEP until 250000 ps, which is not after now/],
    ['until 0', [hello(), step(0)], /not after now = 0 ps/],
    [
      'TLPs in a long step',
      [hello(), step(L + 1, 5)],
      /brings TLPs and is longer than the look-ahead/,
    ],
    [
      'a TLP at now',
      [hello(), step(L), step(2 * L, L)],
      /a TLP of 250000 ps, which is not in \(250000/,
    ],
    ['a TLP after until', [hello(), step(L, L + 1)], /which is not in \(0, 250000\] ps/],
    [
      'BYE with a payload',
      [hello(), writer.begin(FRAME.bye).u8(1).finish().slice()],
      /BYE: 1 bytes/,
    ],
  ])('answers FATAL to %s', (_name, requests, message) => {
    const { types, fatal } = answersTo(...requests);
    expect(types.at(-1)).toBe(FRAME.fatal);
    expect(fatal).toMatch(message);
  });

  it('lets a bug of the device through', () => {
    const broken = {
      ...createReferenceDevice(),
      step: () => {
        throw new TypeError('bug');
      },
    };
    const session = new DeviceSession(broken);
    session.receive(hello(), () => undefined);
    expect(() => session.receive(step(L), () => undefined)).toThrow('bug');
  });
});
