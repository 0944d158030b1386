// The clients for device authors, rule by rule of the DUT protocol, from raw bytes. The device behind them is
// fixtures/probe.c and probe.py: one behaviour, two languages.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENTS, commandOf, PROBE, removeBuilds } from './client-builds.ts';
import {
  frame,
  Frame,
  HELLO,
  helloPayload,
  LOOKAHEAD_PS,
  RawSession,
  stepPayload,
  type RawTlp,
} from './raw-session.ts';

const MIB = 1024 * 1024;
const COMPILE_MS = 120_000;

afterAll(removeBuilds);

/** A TLP for the probe: what it is to do, after which delay, and text for it. */
function order(timePs: number, what: string, delayPs = 0, text = ''): RawTlp {
  const bytes = Buffer.alloc(5 + text.length);
  bytes.write(what, 'latin1');
  bytes.writeUInt32LE(delayPs, 1);
  bytes.write(text, 5, 'latin1');
  return { timePs, bytes };
}

/** What comes back of an echo. */
function echoed(timePs: number, { bytes }: RawTlp): string {
  return `${timePs} ${Buffer.from(bytes).toString('hex')}`;
}

/** How the payload `bytes`, changed by hand, looks. */
function edited(bytes: Buffer, edit: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  edit(copy);
  return copy;
}

describe.each(CLIENTS)('the $name client$lacking', (build) => {
  let command: string[] = [];
  const begin = async (): Promise<RawSession> => {
    const session = await RawSession.start(command);
    await session.hello();
    return session;
  };
  const test = it.skipIf(build.lacking !== '');

  beforeAll(() => {
    if (build.lacking === '') command = commandOf(build, PROBE);
  }, COMPILE_MS);

  describe('HELLO', () => {
    test('gives the device its parameters, and the testbench those in effect', async () => {
      const session = await RawSession.start(command);
      const params = {
        size: 4096,
        on: true,
        kind: 'a "quoted" \\ näme \u{1f600}\n\t',
        'a b': -1.5e-3,
      };
      const answer = await session.hello({
        params,
        seed: '9007199254740991',
        lookaheadPs: 500,
        stall: 900,
      });
      expect(answer).toEqual({
        name: 'probe',
        version: '1.2',
        params: { ...params, size: 1000, quote: 'a"b\\c\n', half: -0.5 },
        features: ['trace'],
      });
      const { tlps } = await session.step(100, [order(50, 'H')]);
      expect(Buffer.from(tlps[0].slice(3), 'hex').toString()).toBe(
        'seed=9007199254740991 lookahead=500 stall=900 count=6 size=1000.000 on=1 ' +
          `kind=${params.kind} missing=-2.0`,
      );
      await session.bye();
    });

    test('has defaults, and passes over members that it does not know', async () => {
      const session = await RawSession.start(command);
      const text =
        ' { "later" : [ {"x":[1,-2.5E+3,null,false,"\\ud83d\\ude00\\/"]}, [], {} ] , "params":{"size":12e-1}\n} ';
      expect((await session.hello(text)).params).toMatchObject({ size: 1.2 });
      const { tlps } = await session.step(LOOKAHEAD_PS, [order(50, 'H')]);
      expect(Buffer.from(tlps[0].slice(3), 'hex').toString()).toContain(
        'seed= lookahead=250000 stall=0 count=3 size=1.200 on=-1 kind=none',
      );
      await session.bye();
    });

    test('answers a higher minor version with its own', async () => {
      const session = await RawSession.start(command);
      const payload = await session.ask(Frame.HELLO, helloPayload(HELLO, 1, 7), Frame.HELLO_OK);
      expect([payload.readUInt16LE(0), payload.readUInt16LE(2)]).toEqual([1, 0]);
      await session.bye();
    });

    test.each([
      ['another major version', helloPayload(HELLO, 2), /version 2 .* knows version 1/],
      ['version 0', helloPayload(HELLO, 0, 9), /version 0/],
      ['a version cut short', Buffer.of(1, 0, 0), /HELLO of 3 bytes/],
      [
        'what the device refuses',
        helloPayload({ params: { bad: 1 } }),
        /'bad': this device cannot "be" so/,
      ],
      ['no JSON', helloPayload('{"params":{}'), /JSON/],
      ['JSON with more behind it', helloPayload('{}{}'), /JSON/],
      ['JSON with a trailing comma', helloPayload('{"params":{"a":1,}}'), /JSON/],
      ['JSON that is no object', helloPayload('[]'), /JSON .*object/],
      ['JSON that is nothing', helloPayload(''), /JSON/],
      ['a number with a leading zero', helloPayload('{"params":{"a":01}}'), /JSON/],
      ['a number without digits', helloPayload('{"params":{"a":-}}'), /JSON/],
      ['a number that ends in a point', helloPayload('{"params":{"a":1.}}'), /JSON/],
      ['a hexadecimal number', helloPayload('{"params":{"a":0x10}}'), /JSON/],
      ['NaN', helloPayload('{"params":{"a":NaN}}'), /JSON|number/],
      ['a raw line feed in a string', helloPayload('{"params":{"a":"\n"}}'), /JSON/],
      ['an escape that there is not', helloPayload('{"params":{"a":"\\x"}}'), /JSON/],
      ['a string without end', helloPayload('{"params":{"a":"'), /JSON/],
      ['a null parameter', helloPayload('{"params":{"a":null}}'), /number, boolean or string/],
      ['a nested parameter', helloPayload('{"params":{"a":{"b":1}}}'), /number, boolean or string/],
      ['params that are no object', helloPayload('{"params":3}'), /object/],
      ['a seed that is a number', helloPayload('{"seed":3}'), /s(eed|tring)/],
      ['no look-ahead', helloPayload('{"lookaheadPs":0}'), /lookaheadPs/],
      ['a fractional look-ahead', helloPayload('{"lookaheadPs":1.5}'), /lookaheadPs/],
      ['a look-ahead beyond time', helloPayload('{"lookaheadPs":1e16}'), /lookaheadPs/],
      ['a look-ahead that is text', helloPayload('{"lookaheadPs":"250000"}'), /lookaheadPs/],
      ['too much stall', helloPayload('{"stall":901}'), /stall/],
      ['negative stall', helloPayload('{"stall":-1}'), /stall/],
      ['deep nesting', helloPayload(`{"later":${'['.repeat(100_000)}`), /JSON/],
      [
        'bytes that are no UTF-8',
        edited(helloPayload('{"params":{"a":"__"}}'), (copy) => copy.writeUInt16BE(0xc0af, 20)),
        /UTF-8|utf-8/,
      ],
    ])('refuses %s', async (_what, payload, text) => {
      const session = await RawSession.start(command);
      session.send(Frame.HELLO, payload);
      expect(await session.fatal()).toMatch(text);
    });

    test('comes first', async () => {
      const session = await RawSession.start(command);
      session.send(Frame.STEP, stepPayload(1000));
      expect(await session.fatal()).toBe('STEP before HELLO');
    });

    test('comes once', async () => {
      const session = await begin();
      session.send(Frame.HELLO, helloPayload(HELLO));
      expect(await session.fatal()).toBe('a second HELLO');
    });
  });

  describe('frames', () => {
    test('may arrive in pieces of any size', async () => {
      const session = await RawSession.start(command);
      const echo = order(1000, 'E', 1, 'x'.repeat(40));
      const all = [
        frame(Frame.HELLO, helloPayload(HELLO)),
        frame(Frame.STEP, stepPayload(2000, [echo])),
        frame(Frame.RESET, Uint8Array.of(0)),
        frame(Frame.BYE),
      ];
      await session.writeSlowly(Buffer.concat(all));
      const types: unknown[] = [];
      for (let got = await session.next(); got !== 'end'; got = await session.next()) {
        types.push(got.type);
        if (got.type === Frame.STEP_OK) expect(got.payload.toString('hex')).toContain('7878');
      }
      expect(types).toEqual([Frame.HELLO_OK, Frame.STEP_OK, Frame.RESET_OK, Frame.BYE_OK]);
      expect((await session.ended).code).toBe(0);
    });

    test('may arrive many at once', async () => {
      const session = await begin();
      const steps = Array.from({ length: 300 }, (_, i) => {
        const tlp = order(100 * i + 1, 'E', 7, 'y'.repeat(i));
        return frame(Frame.STEP, stepPayload(100 * (i + 1), [tlp]));
      });
      session.write(Buffer.concat(steps));
      for (let i = 0; i < steps.length; i++) {
        const got = await session.next();
        expect(got).toMatchObject({ type: Frame.STEP_OK });
      }
      await session.bye();
    });

    test('may be as long as 16 MiB', async () => {
      const session = await begin();
      const tlp = { timePs: 1, bytes: Buffer.alloc(16 * MIB - 25, 0x40) };
      const payload = stepPayload(2, [tlp]);
      expect(payload.length + 1).toBe(16 * MIB);
      session.send(Frame.STEP, payload);
      // The answer would have 8 bytes (`next`) more.
      expect(await session.fatal()).toMatch(/16 MiB/);
    });

    test.each([
      ['a length above 16 MiB', Buffer.of(1, 0, 0, 1, 2), /frame of 16777217 bytes/],
      ['a length of garbage', Buffer.from('GET / HTTP/1.1\r\n\r\n'), /a frame of 542393671 bytes/],
      ['a frame without type', Buffer.of(0, 0, 0, 0), /frame of 0 bytes/],
      ['type 0x00', frame(0), /unknown type 0x00/],
      ['type 0x06', frame(6), /unknown type 0x06/],
      ['the type of an answer', frame(Frame.STEP_OK, Buffer.alloc(20)), /unknown type 0x82/],
      ['a RESET of another kind', frame(Frame.RESET, Uint8Array.of(2)), /RESET: expected/],
      ['a RESET without kind', frame(Frame.RESET), /RESET: expected/],
      ['a RESET with more', frame(Frame.RESET, Uint8Array.of(0, 0)), /RESET: expected/],
      ['a BYE with payload', frame(Frame.BYE, Uint8Array.of(0)), /BYE of 1 bytes/],
      ['a TRACE without payload', frame(Frame.TRACE), /TRACE: expected/],
      ['a TRACE neither on nor off', frame(Frame.TRACE, Uint8Array.of(2, 65)), /TRACE: expected/],
      [
        'a TRACE with a broken path',
        frame(Frame.TRACE, Uint8Array.of(1, 0xed, 0xa0, 0x80)),
        /TRACE: expected/,
      ],
      [
        'a TRACE with NUL in its path',
        frame(Frame.TRACE, Uint8Array.of(1, 65, 0, 65)),
        /TRACE: expected/,
      ],
    ])('of these kinds are refused: %s', async (_what, bytes, text) => {
      const session = await begin();
      session.write(bytes);
      expect(await session.fatal()).toMatch(text);
    });
  });

  describe('STEP', () => {
    const good = stepPayload(2000, [order(1500, 'E'), order(1600, 'E')]);
    test.each([
      ['until is now', stepPayload(1000), /until 1000 ps: expected later than now = 1000 ps/],
      ['until is before now', stepPayload(1), /until 1 ps/],
      ['until is after the end of time', stepPayload(2n ** 53n), /2\^53 - 1/],
      ['until is 2^64 - 1', stepPayload(2n ** 64n - 1n), /2\^53 - 1/],
      [
        'it brings TLPs and is too long',
        stepPayload(1001 + LOOKAHEAD_PS, [order(1500, 'E')]),
        /STEP of 250001 ps with TLPs.* 250000/,
      ],
      [
        'a TLP comes at now',
        stepPayload(2000, [order(1000, 'E')]),
        /a TLP at 1000 ps: expected 1001..2000/,
      ],
      ['a TLP comes after until', stepPayload(2000, [order(2001, 'E')]), /a TLP at 2001 ps/],
      [
        'TLP times go back',
        stepPayload(2000, [order(1500, 'E'), order(1499, 'E')]),
        /a TLP at 1499 ps: expected 1500..2000/,
      ],
      ['it is shorter than its head', good.subarray(0, 11), /STEP of 11 bytes/],
      ['it ends before a TLP', good.subarray(0, 12), /ends within a TLP/],
      ['it ends in the head of a TLP', good.subarray(0, 23), /ends within a TLP/],
      [
        'it ends in the bytes of a TLP',
        good.subarray(0, good.length - 1),
        /ends within a TLP of 5 bytes/,
      ],
      [
        'a TLP is longer than anything',
        edited(good, (copy) => copy.writeUInt32LE(0xffffffff, 20)),
        /within a TLP of 4294967295 bytes/,
      ],
      [
        'there are more TLPs than it says',
        edited(good, (copy) => copy.writeUInt32LE(1, 8)),
        /17 bytes after the last TLP/,
      ],
      [
        'it says more TLPs than there are',
        edited(good, (copy) => copy.writeUInt32LE(0xffffffff, 8)),
        /ends within a TLP/,
      ],
    ])('is refused when %s', async (_what, payload, text) => {
      const session = await begin();
      await session.step(1000);
      session.send(Frame.STEP, payload);
      expect(await session.fatal()).toMatch(text);
    });

    test('answers with TLPs at their times, also those of steps before', async () => {
      const session = await begin();
      const [now, soon, later] = [order(10, 'E', 0), order(20, 'E', 80), order(30, 'E', 300)];
      expect(await session.step(100, [now, soon, later])).toEqual({
        nowPs: 100,
        nextPs: 330,
        tlps: [echoed(10, now), echoed(100, soon)],
      });
      expect(await session.step(329)).toEqual({ nowPs: 329, nextPs: 330, tlps: [] });
      expect(await session.step(330)).toEqual({
        nowPs: 330,
        nextPs: Infinity,
        tlps: [echoed(330, later)],
      });
      await session.bye();
    });

    test('keeps TLPs of one time in the order sent, and others in the order of time', async () => {
      const session = await begin();
      const tlps = [
        order(10, 'E', 90, 'a'),
        order(20, 'E', 80, 'b'),
        order(30, 'E', 1, 'c'),
        order(40, 'E', 60, 'd'),
      ];
      expect((await session.step(100, tlps)).tlps).toEqual([
        echoed(31, tlps[2]),
        echoed(100, tlps[0]),
        echoed(100, tlps[1]),
        echoed(100, tlps[3]),
      ]);
      await session.bye();
    });

    test('takes a TLP before an event of the same time', async () => {
      const session = await begin();
      const tlps = [order(10, 'T', 100), order(110, 'E'), order(110, 'E', 0, 'z')];
      const { tlps: sent } = await session.step(200, tlps);
      // The event at 110 has seen three TLPs.
      expect(sent).toEqual([
        echoed(110, tlps[1]),
        echoed(110, tlps[2]),
        '110 740300',
        '110 740301',
      ]);
      await session.bye();
    });

    test('takes TLPs of any bytes, of none too', async () => {
      const session = await begin();
      const { tlps } = await session.step(10, [
        { timePs: 5, bytes: Buffer.alloc(0) },
        { timePs: 6, bytes: Buffer.of(255, 0, 255) },
      ]);
      expect(tlps).toEqual(['5 ', '6 ff00ff']);
      await session.bye();
    });

    test('that is long and idle stops at the first TLP, with all of that time', async () => {
      const session = await begin();
      expect(
        await session.step(100, [order(50, 'T', 1_000_000), order(60, 'T', 2_000_000)]),
      ).toEqual({
        nowPs: 100,
        nextPs: 1_000_050,
        tlps: [],
      });
      expect(await session.step(9_000_000)).toEqual({
        nowPs: 1_000_050,
        nextPs: 2_000_060,
        tlps: ['1000050 740200', '1000050 740201'],
      });
      expect(await session.step(9_000_000)).toMatchObject({ nowPs: 2_000_060, nextPs: Infinity });
      expect(await session.step(9_000_000)).toMatchObject({ nowPs: 9_000_000, tlps: [] });
      expect(await session.step(2 ** 53 - 1)).toMatchObject({
        nowPs: 2 ** 53 - 1,
        nextPs: Infinity,
      });
      await session.bye();
    });

    test('that is long stops at a TLP that was sent for later, too', async () => {
      const session = await begin();
      const echo = order(50, 'E', 700_000);
      expect(await session.step(100, [echo])).toMatchObject({ nextPs: 700_050 });
      expect(await session.step(800_000)).toEqual({
        nowPs: 700_050,
        nextPs: Infinity,
        tlps: [echoed(700_050, echo)],
      });
      await session.bye();
    });

    test('of exactly the look-ahead does not stop', async () => {
      const session = await begin();
      const first = await session.step(LOOKAHEAD_PS, [order(1, 'T', 300_000)]);
      expect(first).toMatchObject({ nextPs: 300_001 });
      expect(await session.step(2 * LOOKAHEAD_PS)).toEqual({
        nowPs: 2 * LOOKAHEAD_PS,
        nextPs: Infinity,
        tlps: ['300001 740100', '300001 740101'],
      });
      await session.bye();
    });
  });

  describe('mistakes of the device are FATAL', () => {
    test.each([
      ['a TLP in the past', 'P', /sends a TLP at 1499 ps: expected 1500 ps or later/],
      ['a next event that is not later', 'N', /advance\(1500\) returned 1500/],
      ['its own rl_fatal', 'F', /^asked to at 1500$/],
      ['an answer that nobody asked for', 'A', /answered RESET, which nobody asked for/],
      ['an answer above 16 MiB', 'B', /a frame at most 16 MiB/],
    ])('%s', async (_what, what, text) => {
      const session = await begin();
      await session.step(1000);
      session.send(Frame.STEP, stepPayload(2000, [order(1500, what), order(1600, 'E')]));
      expect(await session.fatal()).toMatch(text);
    });
  });

  test('RESET drops what is under way in both directions, and time goes on', async () => {
    const session = await begin();
    await session.step(100, [order(50, 'E', 10_000), order(60, 'T', 20_000)]);
    await session.reset(1);
    expect(await session.step(50_000)).toEqual({
      nowPs: 50_000,
      nextPs: Infinity,
      tlps: ['5100 5201'],
    });
    await session.reset(0);
    expect(await session.step(400_000)).toMatchObject({ nowPs: 55_000, tlps: ['55000 5200'] });
    await session.bye();
  });

  test('TRACE reaches the device, and is answered', async () => {
    const session = await begin();
    const path = (text: string): Buffer => Buffer.concat([Buffer.of(1), Buffer.from(text)]);
    expect(await session.ask(Frame.TRACE, path('/tmp/wäves.vcd'), Frame.TRACE_OK)).toEqual(
      Buffer.of(1),
    );
    expect(await session.ask(Frame.TRACE, path('/tmp/w.fst'), Frame.TRACE_OK)).toEqual(
      Buffer.of(0),
    );
    expect(await session.ask(Frame.TRACE, Buffer.of(0), Frame.TRACE_OK)).toEqual(Buffer.of(0));
    expect(session.logs).toEqual([
      '1 trace 1 /tmp/wäves.vcd',
      '1 trace 1 /tmp/w.fst',
      '1 trace 0 ',
    ]);
    await session.bye();
  });

  test('LOG comes before the answer, cut at 4 KiB', async () => {
    const session = await begin();
    await session.step(2000, [order(1000, 'L', 0, 'hello'), order(1001, 'L', 0, 'x'.repeat(9000))]);
    expect(session.logs[0]).toBe('2 hello at 1000');
    expect(session.logs[1]).toMatch(/^2 x{4000,4096}$/);
    await session.bye();
  });

  test('a stray print goes to standard error and harms nothing', async () => {
    const session = await begin();
    const echo = order(20, 'E', 0, 'after');
    expect((await session.step(100, [order(10, 'O'), echo])).tlps).toEqual([echoed(20, echo)]);
    const { code, stderr } = await session.bye();
    expect(code).toBe(0);
    for (const text of ['before the session', 'stray printf', 'stray write', 'stray child']) {
      expect(stderr).toContain(text);
    }
  });

  test('BYE ends the device first, then is answered; exit status 0', async () => {
    const session = await begin();
    await session.step(1000);
    expect(await session.bye()).toMatchObject({
      code: 0,
      signal: null,
      stderr: expect.stringContaining('probe ends') as string,
    });
  });

  test.each([
    ['between frames', Buffer.alloc(0)],
    ['within a length', Buffer.of(13)],
    ['within a frame', frame(Frame.STEP, stepPayload(5000)).subarray(0, 9)],
  ])('the stream may end without BYE: %s', async (_what, rest) => {
    const session = await begin();
    await session.step(1000);
    session.write(rest);
    const { code, stderr } = await session.hangUp();
    expect(code).toBe(0);
    expect(stderr).toContain('probe ends');
    expect(await session.next()).toBe('end');
  });
});
