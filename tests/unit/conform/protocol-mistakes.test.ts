// Planted mistakes of the DUT protocol: each is found by a step, with a finding that names the paragraph. Source: issue, "Done
// when: the conformance kit finds each of 30 planted protocol and register mistakes".
import { describe, expect, it } from 'vitest';
import { UsageError } from '#base/assert';
import { readU32Le, readU64Le, writeU16Le, writeU32Le, writeU64Le } from '#base/bytes';
import { PacketBatch } from '#base/packet-batch';
import type { DutHello, DutInfo, DutPort, StepReply, TlpBatch } from '#dut/dut-port';
import { FRAME, FRAME_LENGTH_MAX } from '#dut/frame';
import { PARAM_TABLE } from '#siov/srd-params';
import type { Frame } from '#tests/siov/conform/frames';
import type { Tamper } from '#tests/siov/conform/served-stream';
import { runOne, type Planted } from './kit-fixture.ts';

const LOG: Frame = { type: FRAME.log, payload: Uint8Array.of(1, 0x68, 0x69) };
const EMPTY = new Uint8Array(0);

/** Changes frames of one type. */
const change =
  (type: number, edit: (payload: Uint8Array) => Uint8Array): Tamper =>
  (answer) =>
    answer.type === type ? [{ type, payload: edit(answer.payload) }] : [answer];

/** Changes the JSON of HELLO_OK. */
const greets = (
  edit: (info: { [name: string]: unknown; params: Record<string, unknown> }) => unknown,
): Planted => ({
  served: {
    tamper: change(FRAME.helloOk, (payload) => {
      const json = JSON.parse(new TextDecoder().decode(payload.subarray(4))) as Parameters<
        typeof edit
      >[0];
      const changed = edit(json) ?? json;
      const text = typeof changed === 'string' ? changed : JSON.stringify(changed);
      return Uint8Array.of(...payload.subarray(0, 4), ...new TextEncoder().encode(text));
    }),
  },
});

/** Changes STEP_OK. */
const steps = (edit: (payload: Uint8Array) => Uint8Array | void): Planted => ({
  served: { tamper: change(FRAME.stepOk, (payload) => edit(payload) ?? payload) },
});

/** Answers what it should refuse, with this frame. */
const takes = (requestType: number | undefined, type: number, payload = EMPTY): Planted => ({
  served: {
    tamper: (answer, request) =>
      answer.type === FRAME.fatal && (requestType === undefined || request.type === requestType)
        ? [{ type, payload }]
        : [answer],
  },
});

/** More frames, after those of this type. */
const adds = (type: number, frame: Frame): Planted => ({
  served: { tamper: (answer) => (answer.type === type ? [answer, frame] : [answer]) },
});

/** A frame before each answer. */
const before = (frame: Frame): Planted => ({ served: { tamper: (answer) => [frame, answer] } });

/** Another device in front. */
const wraps = (more: (port: DutPort) => Partial<DutPort>): Planted => ({
  wrap: (port) => ({
    hello: (hello) => port.hello(hello),
    step: (untilPs, arriving) => port.step(untilPs, arriving),
    reset: (kind) => port.reset(kind),
    bye: () => port.bye(),
    ...more(port),
  }),
});

const firstTlp = (payload: Uint8Array): boolean => readU32Le(payload, 16) > 0;

/** The device takes whatever HELLO holds: names that it does not know, and values it cannot have. */
function lenient(port: DutPort): Partial<DutPort> {
  return {
    hello(hello: DutHello) {
      const known = Object.entries(hello.params).filter(([name, value]) =>
        PARAM_TABLE.some((row) => row.name === name && row.accepts(value)),
      );
      return port.hello({ ...hello, params: Object.fromEntries(known) });
    },
  };
}

/** An idle STEP does not stop at the first TLP. */
function runsOn(port: DutPort): Partial<DutPort> {
  let nowPs = 0;
  return {
    step(untilPs, arriving) {
      const all = new PacketBatch();
      let reply: StepReply | undefined;
      while (nowPs < untilPs) {
        reply = port.step(untilPs, arriving) as StepReply;
        for (let i = 0; i < reply.tlps.count; i++)
          all.push(reply.tlps.timePs(i), reply.tlps.bytes(i));
        nowPs = reply.nowPs;
        arriving.clear();
      }
      return { nowPs, nextPs: reply!.nextPs, tlps: all };
    },
  };
}

/** TLPs leave at the end of their STEP: what a device does that has no time of its own. */
function atStepEnd(port: DutPort): Partial<DutPort> {
  return {
    step(untilPs, arriving) {
      const reply = port.step(untilPs, arriving) as StepReply;
      const tlps = new PacketBatch();
      for (let i = 0; i < reply.tlps.count; i++) tlps.push(reply.nowPs, reply.tlps.bytes(i));
      return { ...reply, tlps };
    },
  };
}

/** What should leave in a very short STEP is lost. */
function losesInShortSteps(port: DutPort): Partial<DutPort> {
  let nowPs = 0;
  return {
    step(untilPs, arriving) {
      const isShort = untilPs - nowPs < 3;
      const reply = port.step(untilPs, arriving) as StepReply;
      nowPs = reply.nowPs;
      return isShort ? { ...reply, tlps: new PacketBatch() } : reply;
    },
  };
}

const MISTAKES: readonly (readonly [string, string, string, Planted])[] = [
  [
    'HELLO_OK lacks a parameter',
    'hello/ok',
    'HELLO',
    greets((info) => void delete info.params['ringMax']),
  ],
  [
    'HELLO_OK has a value out of range',
    'hello/ok',
    'srd.md §1',
    greets((info) => void (info.params['ringMax'] = 3)),
  ],
  [
    'HELLO_OK has a number as text',
    'hello/ok',
    'srd.md §1',
    greets((info) => void (info.params['vendorId'] = '0x1234')),
  ],
  [
    'HELLO_OK has a parameter of its own',
    'hello/ok',
    'srd.md §1',
    greets((info) => void (info.params['colour'] = 1)),
  ],
  [
    'HELLO_OK lacks features',
    'hello/ok',
    'Transport, HELLO_OK',
    greets((info) => void delete info['features']),
  ],
  [
    'HELLO_OK lacks its name',
    'hello/ok',
    'Transport, HELLO_OK',
    greets((info) => void delete info['name']),
  ],
  ['HELLO_OK is no JSON', 'hello/ok', 'Transport, HELLO_OK', greets(() => '{"name": ')],
  [
    'HELLO_OK is cut short',
    'hello/ok',
    'Transport, HELLO_OK',
    { served: { tamper: change(FRAME.helloOk, (payload) => payload.slice(0, 3)) } },
  ],
  [
    'HELLO_OK is not UTF-8',
    'hello/ok',
    'Transport, HELLO_OK',
    { served: { tamper: change(FRAME.helloOk, (payload) => Uint8Array.of(...payload, 0xff)) } },
  ],
  [
    'HELLO_OK has another major version',
    'hello/ok',
    'HELLO',
    {
      served: { tamper: change(FRAME.helloOk, (payload) => (writeU16Le(payload, 0, 2), payload)) },
    },
  ],
  [
    'the parameters told are not the effective ones',
    'enumeration/identity',
    'HELLO',
    greets((info) => void (info.params['deviceId'] = 0x1111)),
  ],
  [
    'the number of SDIs told is not the effective one',
    'enumeration/reset-values',
    'srd.md §3, SIOV extended capability',
    greets((info) => void (info.params['totalSdis'] = 255)),
  ],
  [
    'the number of pages told is not the effective one',
    'bars/identity',
    'srd.md §4',
    greets((info) => void (info.params['pageCount'] = 500)),
  ],
  ['an unknown parameter is taken', 'hello/unknown-param', 'HELLO', wraps(lenient)],
  ['a value out of range is taken', 'hello/param-out-of-range', 'HELLO', wraps(lenient)],
  [
    'a second HELLO is answered',
    'hello/once',
    'STEP, frames it cannot accept',
    takes(FRAME.hello, FRAME.helloOk),
  ],
  [
    'an unknown major version is taken',
    'hello/unknown-major',
    'HELLO',
    takes(FRAME.hello, FRAME.helloOk),
  ],
  [
    'a higher minor version is refused',
    'hello/higher-minor',
    'HELLO',
    {
      served: {
        tamper: (answer, request) =>
          request.payload[2] === 7 ? [{ type: FRAME.fatal, payload: EMPTY }] : [answer],
      },
    },
  ],
  [
    'stall is refused',
    'hello/stall',
    'STEP, stall',
    wraps((port) => ({ hello: (hello) => refuseStall(port, hello) })),
  ],
  [
    'a frame before HELLO is answered',
    'hello/first',
    'HELLO',
    takes(FRAME.step, FRAME.stepOk, new Uint8Array(20)),
  ],
  [
    'RESET before HELLO is answered',
    'hello/first-of-all',
    'HELLO',
    takes(FRAME.reset, FRAME.resetOk),
  ],
  ['BYE before HELLO is answered', 'hello/first-of-all', 'HELLO', takes(FRAME.bye, FRAME.byeOk)],
  ['a frame of length 0 is answered', 'hello/no-length', 'Transport', takes(0, FRAME.stepOk)],
  [
    'stall above 900 is answered by STEP_OK',
    'hello/stall-too-large',
    'STEP, stall',
    takes(FRAME.hello, FRAME.stepOk),
  ],
  [
    'until above 2^53 - 1 is answered by RESET_OK',
    'stepping/until-beyond-time',
    'HELLO, time',
    takes(FRAME.step, FRAME.resetOk),
  ],
  [
    'a STEP with too few TLPs is answered',
    'stepping/too-few-tlps',
    'Transport, STEP',
    takes(FRAME.step, FRAME.stepOk),
  ],
  [
    'a STEP with far too few TLPs is answered',
    'stepping/far-too-few-tlps',
    'Transport, STEP',
    takes(FRAME.step, FRAME.stepOk),
  ],
  [
    'a STEP with a TLP cut short is answered',
    'stepping/tlp-cut-short',
    'Transport, STEP',
    takes(FRAME.step, FRAME.stepOk),
  ],
  [
    'RESET of kind 2 is answered by STEP_OK',
    'stepping/reset-kind',
    'Transport, RESET',
    takes(FRAME.reset, FRAME.stepOk),
  ],
  [
    'an unknown type is answered',
    'hello/unknown-type',
    'STEP, frames it cannot accept',
    takes(undefined, FRAME.resetOk),
  ],
  [
    'an unknown type ends the stream without FATAL',
    'hello/unknown-type',
    'STEP, frames it cannot accept',
    { served: { tamper: (answer) => (answer.type === FRAME.fatal ? [] : [answer]) } },
  ],
  [
    'a frame above 16 MiB is answered',
    'hello/too-long',
    'Transport',
    takes(undefined, FRAME.stepOk),
  ],
  [
    'something follows FATAL',
    'hello/unknown-type',
    'Transport, FATAL',
    adds(FRAME.fatal, { type: FRAME.resetOk, payload: EMPTY }),
  ],
  [
    'FATAL is not UTF-8',
    'hello/unknown-type',
    'Transport, FATAL',
    { served: { tamper: change(FRAME.fatal, () => Uint8Array.of(0xc0)) } },
  ],
  [
    'TRACE says 1 without the feature',
    'hello/trace',
    'Transport, TRACE',
    { served: { tamper: change(FRAME.traceOk, () => Uint8Array.of(1)) } },
  ],
  [
    'TRACE_OK is empty',
    'hello/trace',
    'Transport, TRACE',
    { served: { tamper: change(FRAME.traceOk, () => EMPTY) } },
  ],
  [
    'the exit status after BYE is 1',
    'hello/bye',
    'Transport, BYE',
    { served: { endAfterBye: { kind: 'end', how: 'exit status 1', isClean: false, detail: '' } } },
  ],
  [
    'the answer to BYE carries something',
    'hello/bye',
    'Transport, BYE',
    { served: { tamper: change(FRAME.byeOk, () => Uint8Array.of(0)) } },
  ],
  ['LOG follows the answer to BYE', 'hello/bye', 'Transport, BYE', adds(FRAME.byeOk, LOG)],
  [
    'LOG has level 9',
    'hello/ok',
    'Transport, LOG',
    before({ type: FRAME.log, payload: Uint8Array.of(9, 0x21) }),
  ],
  [
    'LOG is not UTF-8',
    'hello/ok',
    'Transport, LOG',
    before({ type: FRAME.log, payload: Uint8Array.of(1, 0xfe) }),
  ],
  ['LOG has no level', 'hello/ok', 'Transport, LOG', before({ type: FRAME.log, payload: EMPTY })],
  [
    'an answer is above 16 MiB',
    'stepping/idle',
    'Transport',
    { served: { tamper: change(FRAME.stepOk, () => new Uint8Array(FRAME_LENGTH_MAX)) } },
  ],
  [
    'STEP is answered by another type',
    'stepping/idle',
    'Transport, STEP_OK',
    {
      served: {
        tamper: (answer) => [
          answer.type === FRAME.stepOk ? { type: FRAME.resetOk, payload: EMPTY } : answer,
        ],
      },
    },
  ],
  [
    'now is not until',
    'stepping/idle',
    'STEP',
    steps((payload) => writeU64Le(payload, 0, readU64Le(payload, 0) - 1)),
  ],
  [
    'next is now',
    'stepping/idle',
    'STEP, next',
    steps((payload) => writeU64Le(payload, 8, readU64Le(payload, 0))),
  ],
  [
    'next is above 2^53',
    'stepping/idle',
    'HELLO, time',
    steps((payload) => writeU64Le(payload, 8, 2 ** 60)),
  ],
  [
    'next is never, and a TLP follows',
    'stepping/answer',
    'STEP, next',
    steps((payload) => payload.fill(0xff, 8, 16) && undefined),
  ],
  [
    'a TLP has the time of the STEP before',
    'stepping/answer',
    'STEP',
    steps((payload) => (firstTlp(payload) ? writeU64Le(payload, 20, 1) : undefined)),
  ],
  [
    'a TLP has a time after until',
    'stepping/answer',
    'STEP',
    steps((payload) =>
      firstTlp(payload) ? writeU64Le(payload, 20, readU64Le(payload, 0) + 1) : undefined,
    ),
  ],
  ['times of TLPs go back', 'dma/copy', 'STEP', wraps(goesBack)],
  [
    'n is too large',
    'stepping/answer',
    'Transport, STEP_OK',
    steps((payload) => writeU32Le(payload, 16, readU32Le(payload, 16) + 1)),
  ],
  [
    'bytes follow the last TLP',
    'stepping/idle',
    'Transport, STEP_OK',
    steps((payload) => Uint8Array.of(...payload, 0)),
  ],
  [
    'STEP_OK is cut short',
    'stepping/idle',
    'Transport, STEP_OK',
    steps((payload) => payload.slice(0, 12)),
  ],
  ['an idle STEP runs on behind its first TLP', 'stepping/idle-stop', 'STEP, next', wraps(runsOn)],
  [
    'a STEP that does not go forward is taken',
    'stepping/until-not-later',
    'STEP, frames it cannot accept',
    takes(FRAME.step, FRAME.stepOk, new Uint8Array(20)),
  ],
  [
    'TLPs in a long STEP are taken',
    'stepping/tlp-in-long-step',
    'STEP, frames it cannot accept',
    takes(FRAME.step, FRAME.stepOk, new Uint8Array(20)),
  ],
  [
    'a TLP at now is taken',
    'stepping/tlp-too-early',
    'STEP, frames it cannot accept',
    takes(FRAME.step, FRAME.stepOk, new Uint8Array(20)),
  ],
  [
    'a TLP after until is taken',
    'stepping/tlp-too-late',
    'STEP, frames it cannot accept',
    takes(FRAME.step, FRAME.stepOk, new Uint8Array(20)),
  ],
  [
    'TLPs that go back are taken',
    'stepping/tlp-going-back',
    'STEP, frames it cannot accept',
    takes(FRAME.step, FRAME.stepOk, new Uint8Array(20)),
  ],
  [
    'RESET_OK carries something',
    'stepping/reset',
    'Transport, RESET',
    { served: { tamper: change(FRAME.resetOk, () => Uint8Array.of(1)) } },
  ],
  [
    'RESET loses nothing',
    'stepping/reset',
    'STEP, RESET',
    wraps(() => ({ reset: () => undefined })),
  ],
  ['TLPs leave at the end of their STEP', 'cuts/at-events', 'first paragraph', wraps(atStepEnd)],
  [
    'TLPs leave at the end of their STEP, random cuts',
    'cuts/random-1',
    'first paragraph',
    wraps(atStepEnd),
  ],
  ['TLPs are lost in short STEPs', 'cuts/at-events', 'first paragraph', wraps(losesInShortSteps)],
  ['a TLP lacks its last byte', 'enumeration/identity', 'TLP bytes', wraps(cutsTlps)],
];

function refuseStall(port: DutPort, hello: DutHello): DutInfo | Promise<DutInfo> {
  if (hello.stall > 0) throw new UsageError('dut-fatal', 'no stall here');
  return port.hello(hello);
}

/** Two TLPs of one STEP change places in time. */
function goesBack(port: DutPort): Partial<DutPort> {
  return {
    step(untilPs, arriving) {
      const { nowPs, nextPs, tlps } = port.step(untilPs, arriving) as StepReply;
      const { count } = tlps;
      if (count < 2) return { nowPs, nextPs, tlps };
      const times = [nowPs, ...Array.from({ length: count - 1 }, () => nowPs - 1)];
      const records = times.flatMap((timePs, i) => [...oneRecord(timePs, tlps.bytes(i))]);
      const moved: TlpBatch = {
        count,
        timePs: (i) => times[i],
        bytes: (i) => tlps.bytes(i),
        records: () => Uint8Array.from(records),
        push: () => undefined,
        clear: () => undefined,
      };
      return { nowPs, nextPs, tlps: moved };
    },
  };
}

function oneRecord(timePs: number, bytes: Uint8Array): Uint8Array {
  const one = new PacketBatch();
  one.push(timePs, bytes);
  return one.records();
}

function cutsTlps(port: DutPort): Partial<DutPort> {
  return {
    step(untilPs, arriving) {
      const reply = port.step(untilPs, arriving) as StepReply;
      const tlps = new PacketBatch();
      for (let i = 0; i < reply.tlps.count; i++) {
        tlps.push(reply.tlps.timePs(i), reply.tlps.bytes(i).slice(0, -1));
      }
      return { ...reply, tlps };
    },
  };
}

describe('a mistake of the protocol', () => {
  it.each(MISTAKES)('%s: found by %s, which names %s', async (_what, id, where, planted) => {
    const { outcome, evidence } = await runOne(id, planted);
    const full = where.startsWith('srd') ? where : `dut-protocol.md, ${where}`;
    expect([outcome, evidence?.paragraph.where]).toEqual(['wrong', full]);
    expect(evidence?.sent).toMatch(/\w/);
    expect(evidence?.seen).toMatch(/\w/);
    expect(evidence?.expected).toMatch(/\w/);
  });

  it('is one of at least 50', () => expect(MISTAKES.length).toBeGreaterThanOrEqual(50));
});
