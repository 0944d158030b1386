// Frames of the DUT protocol: cutting a stream, writing and reading each one, and what is said of those that are wrong.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketBatch } from '#base/packet-batch';
import { FRAME, FRAME_LENGTH_MAX, frameName } from '#dut/frame';
import { FrameReader } from '#dut/frame-reader';
import { FrameWriter } from '#dut/frame-writer';
import {
  decodeHello,
  decodeReset,
  decodeStep,
  decodeTrace,
  encodeHelloOk,
  encodeStepOk,
} from '#dut/device-frames';
import {
  decodeEmpty,
  decodeHelloOk,
  decodeLog,
  decodeStepOk,
  decodeTraceOk,
  encodeBye,
  encodeHello,
  encodeReset,
  encodeStep,
  encodeTrace,
} from '#dut/host-frames';
import { hexDump, ProtocolError } from '#dut/protocol-error';

const HEAD_BYTES = 5;
const SEED = { seed: 1, numRuns: 200 };

function batch(tlps: readonly (readonly [number, Uint8Array])[]): PacketBatch {
  const result = new PacketBatch();
  for (const [timePs, bytes] of tlps) result.push(timePs, bytes);
  return result;
}

function listOf(tlps: PacketBatch): [number, number[]][] {
  return Array.from({ length: tlps.count }, (_, i) => [tlps.timePs(i), [...tlps.bytes(i)]]);
}

/** Payloads as the reader gives them, copied. */
function readAll(chunks: readonly Uint8Array[]): [number, number[]][] {
  const reader = new FrameReader();
  const frames: [number, number[]][] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let frame = reader.take(); frame !== undefined; frame = reader.take()) {
      frames.push([frame.type, [...frame.payload]]);
    }
  }
  return frames;
}

function bytesOf(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

function thrownBy(call: () => unknown): ProtocolError {
  try {
    call();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const tlpList = fc
  .array(fc.tuple(fc.nat(1_000_000), fc.uint8Array({ maxLength: 200 })), { maxLength: 20 })
  .map((list) => {
    let timePs = 0;
    return list.map(([deltaPs, bytes]) => [(timePs += deltaPs), bytes] as const);
  });

describe('the stream', () => {
  it('gives the same frames however it is cut', () => {
    const frames = fc.array(fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 300 })), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 700 })), (list, cuts) => {
        const writer = new FrameWriter();
        const stream = new Uint8Array(
          list.flatMap(([type, payload]) => [...writer.begin(type).bytes(payload).finish()]),
        );
        const chunks: Uint8Array[] = [];
        let at = 0;
        for (const length of [...cuts, stream.length]) {
          chunks.push(stream.slice(at, at + length));
          at += length;
        }
        expect(readAll(chunks)).toEqual(list.map(([type, payload]) => [type, [...payload]]));
      }),
      SEED,
    );
  });

  it('takes a frame of the greatest length, in many pieces', () => {
    const whole = new Uint8Array(4 + FRAME_LENGTH_MAX);
    whole.set(bytesOf(0, 0, 0, 1, FRAME.log), 0);
    const chunks = Array.from({ length: 257 }, (_, i) => whole.slice(i * 65_536, (i + 1) * 65_536));
    const reader = new FrameReader();
    for (const chunk of chunks) reader.push(chunk);
    expect(reader.take()?.payload.length).toBe(FRAME_LENGTH_MAX - 1);
    expect(reader.take()).toBeUndefined();
  });

  it('knows what has arrived of a frame that is not whole', () => {
    const reader = new FrameReader();
    reader.push(bytesOf(9, 0, 0, 0, 1, 2));
    expect(reader.take()).toBeUndefined();
    expect([...reader.rest]).toEqual([9, 0, 0, 0, 1, 2]);
  });

  it.each([
    [bytesOf(0, 0, 0, 0, 1), /a frame of length 0: the length counts the type byte/],
    [bytesOf(1, 0, 0, 1), /a frame of 16777217 bytes, more than 16777216 \(16 MiB\)$/],
    [new TextEncoder().encode('Info: x'), /these bytes are text: does something print/],
  ])('refuses the length of %j', (bytes, message) => {
    const reader = new FrameReader();
    reader.push(bytes);
    const error = thrownBy(() => reader.take());
    expect(error.message).toMatch(message);
    expect(error.dump).toMatch(/^0000 {2}[0-9a-f]{2} /);
  });

  it('shows bytes in hexadecimal and as text', () => {
    expect(hexDump(new TextEncoder().encode('Hello, world 1234\n'))).toBe(
      '0000  48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 20 31 32 33  Hello, world 123\n' +
        '0010  34 0a                                            4.',
    );
    expect(hexDump(new Uint8Array(100)).split('\n').at(-1)).toBe('… 100 bytes in all');
  });

  it('names its frames', () => {
    expect([frameName(0x82), frameName(0x9f), frameName(0x07)]).toEqual([
      'STEP_OK',
      'FATAL',
      'a frame of type 0x07',
    ]);
  });
});

describe('STEP and STEP_OK', () => {
  it('carry what was put into them', () => {
    const times = fc.tuple(fc.maxSafeNat(), fc.oneof(fc.maxSafeNat(), fc.constant(Infinity)));
    fc.assert(
      fc.property(times, tlpList, ([nowPs, nextPs], list) => {
        const writer = new FrameWriter();
        const out = new PacketBatch();
        const step = encodeStep(writer, nowPs, batch(list)).slice(HEAD_BYTES);
        expect(decodeStep(step, out)).toBe(nowPs);
        expect(listOf(out)).toEqual(list.map(([timePs, bytes]) => [timePs, [...bytes]]));
        const reply = { nowPs, nextPs, tlps: batch(list) };
        const stepOk = encodeStepOk(writer, reply).slice(HEAD_BYTES);
        expect(decodeStepOk(stepOk, out)).toEqual({ nowPs, nextPs });
        expect(listOf(out)).toEqual(list.map(([timePs, bytes]) => [timePs, [...bytes]]));
      }),
      SEED,
    );
  });

  const NOW = [1, 0, 0, 0, 0, 0, 0, 0];
  const NEVER = [255, 255, 255, 255, 255, 255, 255, 255];
  const BEYOND = [0, 0, 0, 0, 0, 0, 0x20, 0];
  it.each([
    ['too short', [1, 2], /STEP_OK: the payload ends within now: it has 2 bytes, at least 8/],
    ['no next', NOW, /ends within next/],
    [
      'now beyond 2^53',
      [...BEYOND, ...NEVER, 0, 0, 0, 0],
      /now = 0x0020000000000000, a time above/,
    ],
    ['next beyond 2^53', [...NOW, ...BEYOND, 0, 0, 0, 0], /next = 0x0020000000000000, a time/],
    ['never for now', [...NEVER, ...NEVER, 0, 0, 0, 0], /now = 0xffffffffffffffff/],
    ['n too large', [...NOW, ...NEVER, 1, 0, 0, 0], /n = 1 TLPs do not fit into the 0 bytes/],
    [
      'a TLP too long',
      [...NOW, ...NEVER, 1, 0, 0, 0, ...NOW, 5, 0, 0, 0, 9],
      /ends within the bytes of a TLP/,
    ],
    [
      'times that go back',
      [...NOW, ...NEVER, 2, 0, 0, 0, ...NOW, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      /the time of TLP 1 goes back: 0 ps after 1 ps/,
    ],
    ['bytes left', [...NOW, ...NEVER, 0, 0, 0, 0, 7], /1 bytes follow after its last field/],
  ])('are refused: %s', (_name, payload, message) => {
    const error = thrownBy(() => decodeStepOk(bytesOf(...payload), new PacketBatch()));
    expect(error.message).toMatch(message);
    expect(error.dump).not.toBe('');
  });
});

describe('HELLO and HELLO_OK', () => {
  const HELLO = {
    params: { profile: 'rtl', a: 5, b: true },
    seed: '17',
    lookaheadPs: 1000,
    stall: 3,
  };
  const writer = new FrameWriter();

  it('carry what was put into them', () => {
    expect(decodeHello(encodeHello(writer, HELLO).slice(HEAD_BYTES))).toEqual(HELLO);
    expect(decodeHello(encodeHello(writer, { ...HELLO, stall: 0 }).slice(HEAD_BYTES)).stall).toBe(
      0,
    );
    const info = { name: 'dév', version: '2', params: { x: 1 }, features: ['trace', 'other'] };
    expect(decodeHelloOk(encodeHelloOk(writer, info).slice(HEAD_BYTES))).toEqual(info);
  });

  function payload(json: string, major = 1): Uint8Array {
    return bytesOf(major, 0, 0, 0, ...new TextEncoder().encode(json));
  }

  it('HELLO may leave out what has a default, as for the clients in other languages', () => {
    const bare = { params: {}, seed: '', lookaheadPs: 250_000, stall: 0 };
    expect(decodeHello(payload('{}'))).toEqual(bare);
    expect(decodeHello(payload('{"seed":"5"}'))).toEqual({ ...bare, seed: '5' });
    expect(decodeHello(payload('{"lookaheadPs":7}'))).toEqual({ ...bare, lookaheadPs: 7 });
  });

  it('features may be missing', () => {
    const info = decodeHelloOk(payload('{"name":"d","version":"1","params":{}}'));
    expect(info.features).toEqual([]);
  });

  it.each([
    [payload('{}', 2), /the device speaks version 2\.0 of the protocol, this testbench 1\.0/],
    [payload('{'), /HELLO_OK: its JSON cannot be read: /],
    [payload('[1]'), /its JSON is not an object/],
    [payload('{"version":"1","params":{}}'), /"name" is not a string/],
    [payload('{"name":"d","version":1,"params":{}}'), /"version" is not a string/],
    [payload('{"name":"d","version":"1"}'), /"params" is not an object of numbers/],
    [payload('{"name":"d","version":"1","params":{"a":null}}'), /"params" is not an object/],
    [
      payload('{"name":"d","version":"1","params":{},"features":[1]}'),
      /"features" is not an array/,
    ],
    [bytesOf(1, 0, 0, 0, 0xff), /JSON is not UTF-8/],
    [bytesOf(1, 0, 0), /the payload ends within minor/],
  ])('HELLO_OK %# is refused', (bytes, message) => {
    expect(thrownBy(() => decodeHelloOk(bytes)).message).toMatch(message);
  });

  it.each([
    [payload('{}', 9), /version 9\.0 of the protocol is not known; this device speaks 1\.0/],
    [payload('{"params":[]}'), /"params" is not an object/],
    [payload('{"seed":1,"lookaheadPs":1}'), /"seed" is not a string/],
    [payload('{"seed":null}'), /"seed" is not a string/],
    [payload('{"lookaheadPs":null}'), /"lookaheadPs" is not a whole number/],
    [payload('{"seed":"1","lookaheadPs":0}'), /"lookaheadPs" is not a whole number/],
    [
      payload('{"seed":"1","lookaheadPs":1,"stall":901}'),
      /"stall" is not a whole number of 0\.\.900/,
    ],
  ])('HELLO %# is refused', (bytes, message) => {
    expect(thrownBy(() => decodeHello(bytes)).message).toMatch(message);
  });
});

describe('the other frames', () => {
  const writer = new FrameWriter();

  it('carry what was put into them', () => {
    expect(decodeReset(encodeReset(writer, 'cold').slice(HEAD_BYTES))).toBe('cold');
    expect(decodeReset(encodeReset(writer, 'hot').slice(HEAD_BYTES))).toBe('hot');
    expect([...encodeBye(writer)]).toEqual([1, 0, 0, 0, FRAME.bye]);
    expect([...encodeTrace(writer, 'w.vcd')].slice(4)).toEqual([
      FRAME.trace,
      1,
      ...new TextEncoder().encode('w.vcd'),
    ]);
    expect([...encodeTrace(writer, undefined)].slice(4)).toEqual([FRAME.trace, 0]);
    const trace = (path: string | undefined): unknown =>
      decodeTrace(encodeTrace(writer, path).slice(HEAD_BYTES));
    expect(trace('wäve.vcd')).toEqual({ isOn: true, path: 'wäve.vcd' });
    expect(trace(undefined)).toEqual({ isOn: false, path: '' });
    expect([decodeTraceOk(bytesOf(1)), decodeTraceOk(bytesOf(0))]).toEqual([true, false]);
    expect(decodeLog(bytesOf(2, 65, 66))).toEqual({ level: 'warning', text: 'AB' });
  });

  it.each([
    [() => decodeReset(bytesOf(2)), /RESET: kind 2 is neither 0 \(cold\) nor 1 \(hot\)/],
    [() => decodeReset(bytesOf(0, 0)), /1 bytes follow/],
    [() => decodeTrace(bytesOf()), /TRACE: the payload ends within on/],
    [() => decodeTrace(bytesOf(7, 65)), /TRACE: on is 7, neither 0 \(off\) nor 1 \(on\)/],
    [() => decodeTrace(bytesOf(1, 0xff)), /TRACE: path is not UTF-8/],
    [() => decodeTrace(bytesOf(1, 65, 0, 66)), /TRACE: path holds a byte 0/],
    [() => decodeLog(bytesOf(4)), /LOG: level 4 is above 3/],
    [() => decodeLog(bytesOf()), /ends within level/],
    [() => decodeTraceOk(bytesOf(2)), /supported is 2, not 0 or 1/],
    [() => decodeEmpty('RESET_OK', bytesOf(1)), /RESET_OK: 1 bytes follow after its last field/],
  ])('are refused: %#', (call, message) => {
    expect(thrownBy(call).message).toMatch(message);
  });
});
