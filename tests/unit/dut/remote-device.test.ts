// A device in another process as the run sees it: answers, verdicts of bad devices, and what random bytes come to. Source: DUT
// protocol, "bad device".
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketBatch } from '#base/packet-batch';
import { createReferenceDevice } from '#device/reference-device';
import type { ByteChannel, ChannelEnd, ChannelEvents } from '#dut/byte-channel';
import { DeviceSession } from '#dut/device-session';
import { DutError, type DutPort } from '#dut/dut-port';
import { FRAME } from '#dut/frame';
import { FrameWriter } from '#dut/frame-writer';
import { RemoteDevice } from '#dut/remote-device';

const HELLO = { params: {}, seed: '1', lookaheadPs: 250_000, stall: 0 };
const CLEAN: ChannelEnd = {
  how: 'exit status 0',
  isClean: true,
  isReached: true,
  standardError: '',
};
const CRASH: ChannelEnd = {
  how: 'signal SIGSEGV',
  isClean: false,
  isReached: true,
  standardError: 'ouch\n',
};

/** What a device does with what arrives: answers with bytes, and may end. */
type Behave = (request: Uint8Array, to: ChannelEvents) => void;

class FakeChannel implements ByteChannel {
  wasKilled = false;
  wasEnded = false;
  private readonly events: ChannelEvents;
  private readonly behave: Behave;

  constructor(events: ChannelEvents, behave: Behave) {
    let hasEnded = false;
    // As real channels do: once.
    const onEnd = (end: ChannelEnd): void => {
      if (!hasEnded) events.onEnd(end);
      hasEnded = true;
    };
    this.events = { onData: (chunk) => events.onData(chunk), onEnd };
    this.behave = behave;
  }
  write(bytes: Uint8Array): void {
    this.behave(bytes.slice(), this.events);
  }
  end(): void {
    this.wasEnded = true;
    this.events.onEnd(CLEAN);
  }
  kill(): void {
    this.wasKilled = true;
    this.events.onEnd({ ...CLEAN, how: 'signal SIGKILL', isClean: false });
  }
}

interface Fixture {
  readonly device: RemoteDevice;
  readonly channel: () => FakeChannel;
}

function remote(behave: Behave, logs: string[] = []): Fixture {
  let channel: FakeChannel | undefined;
  const device = new RemoteDevice({
    open: (events) => (channel = new FakeChannel(events, behave)),
    onLog: ({ level, text }) => logs.push(`${level} ${text}`),
  });
  return { device, channel: () => channel as FakeChannel };
}

/** Serves a device of this process through frames. */
function served(device: DutPort): Behave {
  const session = new DeviceSession(device);
  return (request, to) => session.receive(request, (frame) => to.onData(frame.slice()));
}

function frame(type: number, ...payload: number[]): Uint8Array {
  return new FrameWriter().begin(type).bytes(Uint8Array.from(payload)).finish();
}

const HELLO_OK = new FrameWriter()
  .begin(FRAME.helloOk)
  .u16(1)
  .u16(0)
  .text('{"name":"d","version":"1","params":{}}')
  .finish();

/** Answers HELLO well, and whatever comes then with `answer`. */
function after(answer: (to: ChannelEvents) => void): Behave {
  return (request, to) => {
    if (request[4] === FRAME.hello) to.onData(HELLO_OK);
    else answer(to);
  };
}

async function errorOf(answer: Promise<unknown>): Promise<DutError> {
  const error = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DutError);
  return error as DutError;
}

describe('a device that keeps the protocol', () => {
  it('answers as it does in this process', async () => {
    const { device, channel } = remote(served(createReferenceDevice()));
    const here = createReferenceDevice();
    expect(await device.hello(HELLO)).toEqual(here.hello(HELLO));
    const config = Uint8Array.of(4, 0, 0, 1, 0, 0, 0, 0x0f, 1, 0, 0, 0);
    const batch = new PacketBatch();
    batch.push(1000, config);
    const there = await device.step(250_000, batch);
    const reply = here.step(250_000, batch);
    expect([there.nowPs, there.nextPs, there.tlps.count]).toEqual([
      reply.nowPs,
      reply.nextPs,
      reply.tlps.count,
    ]);
    await device.reset('hot');
    expect(await device.trace('w.vcd')).toBe(false);
    await device.bye();
    expect(channel().wasEnded).toBe(true);
    await device.kill();
  });

  it('may log before any answer', async () => {
    const logs: string[] = [];
    const { device } = remote((request, to) => {
      to.onData(frame(FRAME.log, 3, 104, 105));
      served(createReferenceDevice())(request, to);
    }, logs);
    await device.hello(HELLO);
    expect(logs).toEqual(['error hi']);
    expect(device.spoken()).toEqual({ log: 'error: hi\n', standardError: '', unfinished: '' });
  });
});

describe('a bad device', () => {
  const cases: [string, Behave, string, RegExp][] = [
    ['FATAL', (_, to) => to.onData(frame(FRAME.fatal, 110, 111)), 'dut-fatal', /^no$/],
    [
      'dies',
      (_, to) => to.onEnd(CRASH),
      'dut-died',
      /ended before it answered HELLO: signal SIGSEGV/,
    ],
    [
      'dies in a frame',
      (_, to) => {
        to.onData(HELLO_OK.slice(0, 7));
        to.onEnd(CLEAN);
      },
      'dut-died',
      /before it answered HELLO, 7 bytes into a frame: exit status 0/,
    ],
    [
      'wrong answer',
      (_, to) => to.onData(frame(FRAME.byeOk)),
      'dut-protocol',
      /is BYE_OK, not HELLO_OK/,
    ],
    [
      'unknown type',
      (_, to) => to.onData(frame(7)),
      'dut-protocol',
      /is a frame of type 0x07, not/,
    ],
    ['garbage', (_, to) => to.onData(new TextEncoder().encode('hi there')), 'dut-protocol', /text/],
  ];
  it.each(cases)('%s', async (_name, behave, code, message) => {
    const { device, channel } = remote(behave);
    const error = await errorOf(device.hello(HELLO));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    // Nothing more is to be had of it, whatever is asked.
    expect((await errorOf(device.step(1, new PacketBatch()))).code).toBe(code);
    await device.kill();
    expect(channel().wasKilled).toBe(true);
  });

  it('its standard error is the detail', async () => {
    const { device } = remote((_, to) => to.onEnd(CRASH));
    expect((await errorOf(device.hello(HELLO))).detail).toBe('ouch\n');
    expect(device.spoken().standardError).toBe('ouch\n');
  });

  it('sends what nobody asked for', async () => {
    const { device } = remote(after((to) => to.onData(frame(FRAME.resetOk))));
    await device.hello(HELLO);
    await device.reset('cold');
    const { device: twice } = remote((_, to) => {
      to.onData(HELLO_OK);
      to.onData(frame(FRAME.resetOk));
    });
    await twice.hello(HELLO);
    const error = await errorOf(twice.reset('cold'));
    expect(error.message).toBe('the device sent RESET_OK without being asked');
    expect(error.detail).toContain('01 00 00 00 83');
  });

  it('ends otherwise than with exit status 0 after BYE', async () => {
    const { device } = remote(
      after((to) => {
        to.onData(frame(FRAME.byeOk));
        to.onEnd({ how: 'exit status 3', isClean: false, isReached: true, standardError: 'leak' });
      }),
    );
    await device.hello(HELLO);
    const error = await errorOf(device.bye());
    expect([error.code, error.message, error.detail]).toEqual([
      'dut-died',
      'the device ended after BYE: exit status 3',
      'leak',
    ]);
  });

  it('sends more after BYE_OK', async () => {
    for (const [code, more, message] of [
      ['dut-protocol', frame(FRAME.byeOk), 'the device sent BYE_OK without being asked'],
      ['dut-protocol', Uint8Array.of(9, 0, 0), 'bytes follow after BYE_OK'],
      ['dut-fatal', frame(FRAME.fatal, 0x6e, 0x6f), 'no'],
    ] as const) {
      const { device } = remote(
        after((to) => {
          to.onData(frame(FRAME.byeOk));
          to.onData(more);
        }),
      );
      await device.hello(HELLO);
      const error = await errorOf(device.bye());
      expect([error.code, error.message]).toEqual([code, message]);
      if (code === 'dut-protocol') expect(error.detail).toMatch(/^0000 {2}0[19] 00 00/);
    }
  });

  it('gives up without a text, or with far too much', async () => {
    const { device: silent } = remote((_, to) => to.onData(frame(FRAME.fatal)));
    expect((await errorOf(silent.hello(HELLO))).message).toBe('the device gave up without a text');
    const long = Array.from({ length: 5000 }, () => 65);
    const { device: loud } = remote((_, to) => to.onData(frame(FRAME.fatal, ...long)));
    const { message } = await errorOf(loud.hello(HELLO));
    expect(message.length).toBeLessThan(4200);
    expect(message).toContain('… (5000 bytes in all)');
  });

  it('shows what it has begun to say before it died', async () => {
    const { device } = remote((_, to) => {
      to.onData(new TextEncoder().encode('ok'));
      to.onEnd(CRASH);
    });
    const error = await errorOf(device.hello(HELLO));
    expect(error.message).toContain('2 bytes into a frame');
    expect(error.detail).toMatch(/^0000 {2}6f 6b .* ok\nouch\n$/);
  });

  it('dies while nothing is asked: the next request says so', async () => {
    let die: (() => void) | undefined;
    const { device } = remote((_, to) => {
      to.onData(HELLO_OK);
      die = () => to.onEnd(CRASH);
    });
    await device.hello(HELLO);
    die?.();
    expect((await errorOf(device.step(1, new PacketBatch()))).message).toBe(
      'the device ended: signal SIGSEGV',
    );
  });
});

describe('whatever bytes come', () => {
  const good = new FrameWriter();
  /** A good answer to a STEP, with one TLP. */
  function stepOk(): Uint8Array {
    const tlps = new PacketBatch();
    tlps.push(500, Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0x0f, 0, 0, 0, 0));
    good.begin(FRAME.stepOk).u64(1000).u64(Infinity).u32(1).u64(500).u32(12);
    return good.bytes(tlps.bytes(0)).finish().slice();
  }
  const mutated = fc
    .array(fc.tuple(fc.nat(60), fc.nat(255), fc.constantFrom('set', 'insert', 'cut')), {
      minLength: 1,
      maxLength: 6,
    })
    .map((edits) => {
      const bytes = [...stepOk()];
      for (const [at, value, kind] of edits) {
        const place = at % (bytes.length + 1);
        if (kind === 'set') bytes[place] = value;
        else if (kind === 'insert') bytes.splice(place, 0, value);
        else bytes.splice(place, 1);
      }
      return Uint8Array.from(bytes);
    });
  const anything = fc.oneof(fc.uint8Array({ maxLength: 120 }), mutated);

  it('a STEP is answered or refused: never a crash, never a hang', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (bytes) => {
        const { device } = remote(
          after((to) => {
            to.onData(bytes);
            to.onEnd(CLEAN);
          }),
        );
        await device.hello(HELLO);
        const answer = await device.step(1000, new PacketBatch()).then(
          ({ nowPs, nextPs, tlps }) => [nowPs, nextPs, tlps.count],
          (error: unknown) => error,
        );
        if (answer instanceof DutError) {
          expect(['dut-protocol', 'dut-died', 'dut-fatal']).toContain(answer.code);
        } else {
          // What is taken is a frame from its first byte on.
          expect(bytes[4]).toBe(FRAME.stepOk);
          expect((answer as number[]).every((value) => value >= 0)).toBe(true);
        }
      }),
      { seed: 1, numRuns: 3000 },
    );
  });

  it('a session answers or refuses: never a crash', () => {
    const requests = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 60 }),
        fc
          .tuple(fc.constantFrom(1, 2, 3, 4, 5, 6, 0x82), fc.uint8Array({ maxLength: 40 }))
          .map(([type, payload]) => frame(type, ...payload)),
      ),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(requests, fc.boolean(), (list, withHello) => {
        const session = new DeviceSession(createReferenceDevice());
        const answers: number[] = [];
        const send = (bytes: Uint8Array): void => void answers.push(bytes[4]);
        const hello = new FrameWriter().begin(FRAME.hello).u16(1).u16(0);
        if (withHello) {
          session.receive(
            hello.text('{"params":{},"seed":"1","lookaheadPs":250000}').finish().slice(),
            send,
          );
        }
        for (const bytes of list) session.receive(bytes, send);
        const known = [0x81, 0x82, 0x83, 0x84, 0x85, 0x9f];
        expect(answers.every((type) => known.includes(type))).toBe(true);
        // After FATAL and after BYE nothing follows.
        const last = answers.findIndex((type) => type === 0x9f || type === 0x84);
        if (last >= 0) expect(last).toBe(answers.length - 1);
        expect(session.end === undefined).toBe(last < 0);
      }),
      { seed: 1, numRuns: 1500 },
    );
  });
});
