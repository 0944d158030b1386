// Stage hello: greeting, versions, parameters, farewell, and frames that no device may take. Source: DUT protocol, "Transport",
// HELLO; SRD §1.
import { FRAME, FRAME_LENGTH_MAX } from '#dut/frame';
import { encodeFrame, encodeGreeting } from '../frames.ts';
import { DUT } from '../paragraphs.ts';
import { SEED } from '../session.ts';
import type { ConformStep, StepKit } from '../step.ts';
import { greeted } from './greeted.ts';
import { badValues, goodValues } from './parameter-values.ts';

const PAD_BYTES = 1024 * 1024;
const UNKNOWN_TYPE = 0x7e;
const STALL = 250;

export const HELLO_STEPS: readonly ConformStep[] = [
  {
    name: 'ok',
    title: 'HELLO is answered by HELLO_OK with name, version, features and all parameters',
    paragraph: DUT.HELLO_OK,
    isBasic: true,
    run: async (kit) => {
      await (await kit.open()).hello(kit.greeting);
    },
  },
  {
    name: 'empty-params',
    title: 'HELLO without parameters is answered with the effective ones',
    paragraph: DUT.EFFECTIVE,
    run: async (kit) => {
      await (await kit.open()).hello({ params: {} }, DUT.EFFECTIVE);
    },
  },
  {
    name: 'every-param',
    title: 'all parameters (of srd.md §1, or of the configuration) are legal in HELLO',
    paragraph: DUT.EFFECTIVE,
    run: everyParameter,
  },
  {
    name: 'in-pieces',
    title: 'frames may come in pieces, and several at once',
    paragraph: DUT.FRAME,
    run: inPieces,
  },
  {
    name: 'long-frame',
    title: 'a frame of 1 MiB is taken',
    paragraph: DUT.FRAME,
    run: async (kit) => {
      const session = await kit.open();
      await session.hello({ ...kit.greeting, padBytes: PAD_BYTES }, DUT.FRAME);
    },
  },
  {
    name: 'stall',
    title: 'HELLO with stall is taken',
    paragraph: DUT.STALL,
    run: async (kit) => {
      await (await kit.open()).hello({ ...kit.greeting, stall: STALL }, DUT.STALL);
    },
  },
  {
    name: 'higher-minor',
    title: 'a higher minor version is taken',
    paragraph: DUT.VERSION,
    run: async (kit) => {
      const session = await kit.open();
      await session.hello({ ...kit.greeting, minor: 7 }, DUT.VERSION);
      await session.step(session.lookaheadPs);
    },
  },
  {
    name: 'unknown-major',
    title: 'an unknown major version is answered by FATAL',
    paragraph: DUT.VERSION,
    run: async (kit) => {
      const session = await kit.open();
      session.sendHello({ ...kit.greeting, major: 2 });
      await session.expectFatal(DUT.VERSION, 'the major version is unknown');
    },
  },
  {
    name: 'unknown-param',
    title: 'an unknown parameter is answered by FATAL',
    paragraph: DUT.BAD_PARAMETER,
    run: async (kit) => {
      const session = await kit.open();
      session.sendHello({ params: { totalSdi: 4 } });
      await session.expectFatal(DUT.BAD_PARAMETER, "there is no parameter 'totalSdi'");
    },
  },
  {
    name: 'param-out-of-range',
    title: 'values out of range are answered by FATAL',
    paragraph: DUT.BAD_PARAMETER,
    run: async (kit) => {
      for (const { name, value, range } of badValues(kit)) {
        const session = await kit.open();
        session.sendHello({ params: { [name]: value } });
        await session.expectFatal(DUT.BAD_PARAMETER, `${name} ${value} is not in ${range}`);
      }
    },
  },
  {
    name: 'first',
    title: 'a frame before HELLO is answered by FATAL',
    paragraph: DUT.HELLO_ONCE,
    run: async (kit) => {
      const session = await kit.open();
      session.sendStep(session.lookaheadPs, []);
      await session.expectFatal(DUT.HELLO_ONCE, 'HELLO comes first');
    },
  },
  {
    name: 'once',
    title: 'a second HELLO is answered by FATAL',
    paragraph: DUT.REFUSE,
    run: async (kit) => {
      const session = await greeted(kit);
      session.sendHello(kit.greeting);
      await session.expectFatal(DUT.REFUSE, 'HELLO comes once');
    },
  },
  {
    name: 'unknown-type',
    title: 'a frame of unknown type is answered by FATAL',
    paragraph: DUT.REFUSE,
    run: async (kit) => {
      const session = await greeted(kit);
      const name = `a frame of type 0x${UNKNOWN_TYPE.toString(16)}`;
      session.send(UNKNOWN_TYPE, new Uint8Array(0), name);
      await session.expectFatal(DUT.REFUSE, 'the type is unknown');
    },
  },
  {
    name: 'too-long',
    title: 'a frame above 16 MiB is refused',
    paragraph: DUT.TOO_LONG,
    run: async (kit) => {
      const session = await greeted(kit);
      const bytes = encodeFrame(FRAME.step, new Uint8Array(FRAME_LENGTH_MAX));
      session.sendRaw(bytes, `a frame of ${FRAME_LENGTH_MAX + 1} bytes`);
      await session.expectFatal(DUT.TOO_LONG, 'a frame has at most 16 MiB');
    },
  },
  {
    name: 'trace',
    title: 'TRACE is answered, whether it is supported or not',
    paragraph: DUT.TRACE,
    run: traceAnswered,
  },
  {
    name: 'bye',
    title: 'BYE is answered, then the stream ends with exit status 0',
    paragraph: DUT.BYE,
    isBasic: true,
    run: async (kit) => (await greeted(kit)).bye(),
  },
  {
    name: 'stream-end',
    title: 'a device whose stream ends without BYE ends',
    paragraph: DUT.STREAM_END,
    run: async (kit) => {
      const session = await greeted(kit);
      session.sent = 'the end of the stream, without BYE';
      session.stream.endInput();
      await session.expectEnd(DUT.STREAM_END, 'when the stream to the device has ended');
    },
  },
];

/** All of them, and each half: a device may be slow to start, so not each alone. */
async function everyParameter(kit: StepKit): Promise<void> {
  const all = goodValues(kit);
  const half = all.length >> 1;
  for (const some of [all, all.slice(0, half), all.slice(half)]) {
    await (await kit.open()).hello({ params: Object.fromEntries(some) }, DUT.EFFECTIVE);
  }
}

/** HELLO byte by byte, then two frames in one piece. */
async function inPieces(kit: StepKit): Promise<void> {
  const session = await kit.open();
  const { params, seed = SEED } = kit.greeting;
  const json = JSON.stringify({ params, seed, lookaheadPs: 250_000, stall: 0 });
  const bytes = encodeFrame(FRAME.hello, encodeGreeting(1, 0, json));
  for (const byte of bytes) session.sendRaw(Uint8Array.of(byte), 'HELLO, byte by byte');
  await session.expectHelloOk(DUT.FRAME);
  await session.step(session.lookaheadPs);
}

async function traceAnswered(kit: StepKit): Promise<void> {
  const session = await kit.open();
  const { features } = await session.hello(kit.greeting);
  const hasTrace = features.includes('trace');
  const text = hasTrace ? 'TRACE off' : "TRACE on to 'conform.vcd'";
  const path = new TextEncoder().encode(hasTrace ? '' : 'conform.vcd');
  const payload = Uint8Array.of(hasTrace ? 0 : 1, ...path);
  session.send(FRAME.trace, payload, text);
  const supported = await session.expectTraceOk();
  if (supported === undefined || (!hasTrace && supported !== 0)) {
    const seen = supported === undefined ? 'TRACE_OK without one byte' : `TRACE_OK ${supported}`;
    const expected = hasTrace ? '0x85 and one byte, 0 or 1' : '0x85 and 0: features has no trace';
    throw session.finding({ paragraph: DUT.TRACE, seen, expected });
  }
}
