// Steps of hello and stepping about frames that no device can take as they are: out of turn, with a length that is none, with
// values that there are not. Where the pages say FATAL it is demanded; where they only say what a frame holds, a device may
// refuse it in its own way, or take what makes sense of it. Source: DUT protocol, "Transport", HELLO, STEP.
import { writeU32Le } from '#base/bytes';
import { FRAME, STALL_MAX } from '#dut/frame';
import { encodeStep, TIME_PS_MAX } from '../frames.ts';
import { DUT } from '../paragraphs.ts';
import type { ConformStep, StepKit } from '../step.ts';
import { greeted } from './greeted.ts';

const NONE = new Uint8Array(0);
/** Where n stands in the payload of STEP. */
const COUNT_OFFSET = 8;

/** What there is beside STEP, none of which may come before HELLO. */
const BEFORE_HELLO = [
  { type: FRAME.reset, payload: Uint8Array.of(0), text: 'RESET cold' },
  { type: FRAME.trace, payload: Uint8Array.of(0), text: 'TRACE off' },
  { type: FRAME.bye, payload: NONE, text: 'BYE' },
];

export const HELLO_FRAME_STEPS: readonly ConformStep[] = [
  {
    name: 'first-of-all',
    title: 'RESET, TRACE and BYE before HELLO are answered by FATAL',
    paragraph: DUT.HELLO_ONCE,
    run: async (kit) => {
      for (const { type, payload, text } of BEFORE_HELLO) {
        const session = await kit.open();
        session.send(type, payload, `${text}, before HELLO`);
        await session.expectFatal(DUT.HELLO_ONCE, 'HELLO comes first');
      }
    },
  },
  {
    name: 'no-length',
    title: 'a frame of length 0, which has no type, is refused',
    paragraph: DUT.FRAME,
    run: async (kit) => {
      const session = await greeted(kit);
      session.sendRaw(new Uint8Array(4), 'a frame of length 0');
      await session.expectRefusal(DUT.FRAME, 'a frame has a type, so its length is at least 1');
    },
  },
  {
    name: 'stall-too-large',
    title: 'HELLO with stall above 900 is refused, or stall is ignored',
    paragraph: DUT.STALL,
    run: async (kit) => {
      const session = await kit.open();
      session.sendHello({ ...kit.greeting, stall: STALL_MAX + 1 });
      await session.expectRefusal(DUT.STALL, `stall is at most ${STALL_MAX}`, FRAME.helloOk);
    },
  },
];

export const STEPPING_FRAME_STEPS: readonly ConformStep[] = [
  {
    name: 'until-beyond-time',
    title: 'until above 2^53 - 1 is refused, or taken; not answered by anything else',
    paragraph: DUT.TIME,
    run: async (kit) => {
      const session = await greeted(kit);
      session.sendStep(TIME_PS_MAX + 1, []);
      await session.expectRefusal(DUT.TIME, 'time is at most 2^53 - 1', FRAME.stepOk);
    },
  },
  {
    name: 'too-few-tlps',
    title: 'a STEP that holds fewer TLPs than its n is refused',
    paragraph: DUT.STEP_REQUEST,
    run: (kit) => wrongCount(kit, 1, 'n is 1, and no TLP follows'),
  },
  {
    name: 'far-too-few-tlps',
    title: 'a STEP whose n is 2^32 - 1, and which holds nothing, is refused',
    paragraph: DUT.STEP_REQUEST,
    run: (kit) => wrongCount(kit, 0xffff_ffff, 'n is 2^32 - 1, and no TLP follows'),
  },
  {
    name: 'tlp-cut-short',
    title: 'a STEP with a TLP that is longer than the frame is refused',
    paragraph: DUT.STEP_REQUEST,
    run: async (kit) => {
      const session = await greeted(kit);
      const { lookaheadPs } = session;
      const tlps = [{ timePs: lookaheadPs, bytes: new Uint8Array(12) }];
      const payload = encodeStep(lookaheadPs, tlps).slice(0, -4);
      session.send(FRAME.step, payload, 'STEP with a TLP of 12 bytes, of which 8 are there');
      await session.expectRefusal(DUT.STEP_REQUEST, 'the TLP is longer than the frame');
    },
  },
  {
    name: 'reset-kind',
    title: 'RESET of a kind that there is not is refused, or taken; not answered by anything else',
    paragraph: DUT.RESET_KIND,
    run: async (kit) => {
      const session = await greeted(kit);
      session.send(FRAME.reset, Uint8Array.of(2), 'RESET of kind 2');
      await session.expectRefusal(DUT.RESET_KIND, 'kind is 0 or 1', FRAME.resetOk);
    },
  },
];

async function wrongCount(kit: StepKit, count: number, why: string): Promise<void> {
  const session = await greeted(kit);
  const payload = encodeStep(session.lookaheadPs, []);
  writeU32Le(payload, COUNT_OFFSET, count);
  session.send(FRAME.step, payload, `STEP with n = ${count} and no TLP`);
  await session.expectRefusal(DUT.STEP_REQUEST, why);
}
