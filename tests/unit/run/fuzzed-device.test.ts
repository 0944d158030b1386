// Whole runs whose device sends something else than the DUT protocol at some moment: an ERROR each time, never a PASS, never a
// crash or a hang. Source: issue "any device"; DUT protocol, "bad device".
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteChannel, ChannelEvents } from '#dut/byte-channel';
import { DeviceSession } from '#dut/device-session';
import { RemoteDevice } from '#dut/remote-device';
import type { RidgelineConfig } from '#run/config';
import { executeRun } from '#run/execute-run';
import { EchoDevice } from '../../e2e/fixtures/tiny/echo-device.ts';
import tiny from '../../e2e/fixtures/tiny/ridgeline.config.ts';

/** Length, type, now: what stands in a STEP_OK before `next`, which may be any lower bound. */
const HEAD_BYTES = 13;
const COUNT_AT = 21;
const CODES = ['dut-protocol', 'dut-died', 'dut-hung', 'dut-fatal'];

type Spoil = (frame: Uint8Array) => Uint8Array;

/** The echo behind frames; its answer number `at` (HELLO_OK is 0) is spoilt. */
class SpoiltChannel implements ByteChannel {
  isSpoilt = false;
  private answers = 0;
  private hasEnded = false;
  private readonly session = new DeviceSession(new EchoDevice());
  private readonly events: ChannelEvents;
  private readonly at: number;
  private readonly spoil: Spoil;

  constructor(events: ChannelEvents, at: number, spoil: Spoil) {
    this.events = events;
    this.at = at;
    this.spoil = spoil;
  }

  write(bytes: Uint8Array): void {
    this.session.receive(bytes.slice(), (frame) => {
      const isNow = this.answers++ === this.at;
      this.isSpoilt ||= isNow;
      this.events.onData(isNow ? this.spoil(frame.slice()) : frame.slice());
    });
  }

  end(): void {
    this.finish('exit status 0', true);
  }

  kill(): void {
    this.finish('signal SIGKILL', false);
  }

  private finish(how: string, isClean: boolean): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.events.onEnd({ how, isClean, isReached: true, standardError: '' });
  }
}

function spoiltAt(at: number, spoil: Spoil): RidgelineConfig & { wasSpoilt: () => boolean } {
  let channel: SpoiltChannel | undefined;
  const open = (): RemoteDevice =>
    new RemoteDevice({ open: (events) => (channel = new SpoiltChannel(events, at, spoil)) });
  const devices = { echo: { ...tiny.devices['echo'], open } };
  return { ...tiny, devices, wasSpoilt: () => channel?.isSpoilt === true };
}

const garbage = fc.uint8Array({ minLength: 1, maxLength: 80 }).map(
  (bytes): Spoil =>
    () =>
      bytes,
);
/** Another value in the head or the count; the rest of the frame stays. */
const mutated = fc
  .tuple(
    fc.oneof(fc.nat(HEAD_BYTES - 1), fc.integer({ min: COUNT_AT, max: COUNT_AT + 3 })),
    fc.integer({ min: 1, max: 255 }),
  )
  .map(([place, by]): Spoil => (frame) => {
    const at = Math.min(place, frame.length - 1);
    frame[at] = (frame[at] + by) % 256;
    return frame;
  });
const cut = fc.nat(12).map(
  (left): Spoil =>
    (frame) =>
      frame.subarray(0, Math.min(left, frame.length - 1)),
);

describe('a run with a device that breaks the protocol at some moment', () => {
  it('is an ERROR', async () => {
    let spoilt = 0;
    await fc.assert(
      fc.asyncProperty(
        // HELLO_OK holds free text, where a change may be right.
        fc.oneof(
          fc.tuple(fc.nat(12), fc.oneof(garbage, cut)),
          fc.tuple(fc.integer({ min: 1, max: 12 }), mutated),
        ),
        fc.integer({ min: 1, max: 1000 }),
        async ([at, spoil], seed) => {
          const config = spoiltAt(at, spoil);
          const record = await executeRun(config, {
            test: 'pass',
            seed,
            device: 'echo',
            fault: null,
            profile: null,
            parameters: {},
            code: { version: '0', commit: null, dirty: false },
            verbosity: null,
            dutTimeoutSeconds: 0.05,
          });
          if (!config.wasSpoilt()) {
            expect(record.verdict).toBe('PASS');
            return;
          }
          spoilt++;
          expect(record.verdict).toBe('ERROR');
          expect(CODES).toContain(record.error?.code);
          expect(record.error?.message).not.toBe('');
        },
      ),
      { seed: 1, numRuns: 600 },
    );
    expect(spoilt).toBeGreaterThan(300);
  }, 120_000);
});
