// The quantum loop against the DUT protocol, STEP and RESET: delays, order, idle skipping, resets, bad answers.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketBatch } from '#base/packet-batch';
import { DutError, type DutPort, type StepReply, type TlpBatch } from '#dut/dut-port';
import { Kernel } from '#kernel/kernel';
import { LinkDigest } from '#run/link-digest';
import { QuantumLoop, runHostOnly, type LoopControl } from '#run/quantum-loop';
import { TlpWindow } from '#run/tlp-window';
import { EchoDevice, EchoLink } from '../../e2e/fixtures/tiny/echo-device.ts';

const L = 250_000;
const LIMIT_PS = 1_000_000_000;

class TestControl implements LoopControl {
  isOver = false;
  stopPs = Infinity;

  isDone(): boolean {
    return this.isOver;
  }
  stopAtPs(): number {
    return this.stopPs;
  }
  checkWallClock(): void {}
  objectors(): string[] {
    return ["test objects: 'a reason'"];
  }
  explain(): string[] {
    return ['test.run waits for an answer'];
  }
  awaitDevice<T>(answer: Promise<T>): Promise<T> {
    return answer;
  }
}

interface Bench {
  readonly kernel: Kernel;
  readonly link: EchoLink;
  readonly control: TestControl;
  readonly digest: LinkDigest;
  readonly window: TlpWindow;
  run(): Promise<void>;
}

function bench(port: DutPort, delayNs = 100): Bench {
  const kernel = new Kernel();
  const link = new EchoLink(kernel);
  const control = new TestControl();
  const digest = new LinkDigest();
  const window = new TlpWindow();
  void port.hello({ params: { delayNs }, seed: '1', lookaheadPs: L, stall: 0 });
  const parts = { kernel, control, timeLimitPs: LIMIT_PS };
  const loop = new QuantumLoop(parts, { port, link, lookaheadPs: L }, { digest, window });
  return { kernel, link, control, digest, window, run: () => loop.run() };
}

/** Ends the run at a time, as the test runner does. */
function endAt({ kernel, control }: Bench, timePs: number): void {
  kernel.schedule(timePs, () => {
    control.isOver = true;
    kernel.pause();
  });
}

function sendAt({ kernel, link }: Bench, timePs: number, bytes: readonly number[]): void {
  kernel.schedule(timePs, () => link.send(Uint8Array.from(bytes)));
}

function oneRecord(timePs: number, bytes: readonly number[]): Uint8Array {
  const batch = new PacketBatch();
  batch.push(timePs, Uint8Array.from(bytes));
  return batch.records();
}

describe('the link', () => {
  it('delays a TLP by the look-ahead in each direction', async () => {
    const device = new EchoDevice();
    const b = bench(device);
    sendAt(b, 1_000, [1, 2]);
    endAt(b, 2_000_000);
    await b.run();
    expect(b.link.arrived).toEqual([
      { timePs: 1_000 + L + 100_000 + L, bytes: Uint8Array.of(2, 3) },
    ]);
    expect(b.kernel.nowPs).toBe(2_000_000);
  });

  it('delivers a TLP before the other events of its time', async () => {
    const b = bench(new EchoDevice());
    sendAt(b, 0, [1]);
    let seen = -1;
    b.kernel.schedule(2 * L + 100_000, () => (seen = b.link.arrived.length));
    endAt(b, 2_000_000);
    await b.run();
    expect(seen).toBe(1);
  });

  it('digests each direction in link order, with the times at which TLPs left', async () => {
    const b = bench(new EchoDevice());
    sendAt(b, 1_000, [1, 2]);
    endAt(b, 2_000_000);
    await b.run();
    const expected = new LinkDigest();
    expected.addUp(1, oneRecord(1_000 + L + 100_000, [2, 3]));
    expected.addDown(1, oneRecord(1_000, [1, 2]));
    expect(b.digest.digestHex()).toBe(expected.digestHex());
    expect([b.digest.tlpsUp, b.digest.tlpsDown]).toEqual([1, 1]);
  });

  it('keeps the last TLPs with the times at the host', async () => {
    const b = bench(new EchoDevice());
    sendAt(b, 1_000, [1]);
    endAt(b, 2_000_000);
    await b.run();
    expect(b.window.last(9).map(({ direction, timePs }) => [direction, timePs])).toEqual([
      ['down', 1_000],
      ['up', 1_000 + 2 * L + 100_000],
    ]);
  });
});

describe('idle skipping', () => {
  it('needs few steps for a long silence', async () => {
    const device = new EchoDevice();
    const b = bench(device);
    sendAt(b, 900_000_000, [1]);
    endAt(b, 950_000_000);
    await b.run();
    expect(device.calls.length).toBeLessThan(12);
    expect(b.link.arrived.length).toBe(1);
  });

  it('changes nothing: same TLPs at the same times as without it', async () => {
    const sends = fc.array(
      fc.record({
        atNs: fc.nat(20_000),
        byte: fc.nat(255),
        isReset: fc.nat(9).map((n) => n === 0),
      }),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(sends, fc.integer({ min: 1, max: 3_000 }), async (list, delayNs) => {
        const digests: string[] = [];
        for (const device of [new EchoDevice(), new RestlessDevice(new EchoDevice())]) {
          const b = bench(device, delayNs);
          for (const { atNs, byte, isReset } of list) {
            if (isReset) b.kernel.schedule(atNs * 1000, () => b.link.resetDevice('hot'));
            else sendAt(b, atNs * 1000, [byte, 7]);
          }
          endAt(b, 40_000_000);
          await b.run();
          digests.push(
            `${b.digest.digestHex()} ${JSON.stringify(b.link.arrived.map((a) => a.timePs))}`,
          );
        }
        expect(digests[0]).toBe(digests[1]);
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});

/** Never promises silence, so that nothing can be skipped. */
class RestlessDevice implements DutPort {
  private readonly device: DutPort;
  constructor(device: DutPort) {
    this.device = device;
  }
  hello: DutPort['hello'] = (hello) => this.device.hello(hello);
  reset: DutPort['reset'] = (kind) => this.device.reset(kind);
  bye: DutPort['bye'] = () => this.device.bye();
  step(untilPs: number, arriving: TlpBatch): StepReply {
    const { nowPs, tlps } = this.device.step(untilPs, arriving) as StepReply;
    return { nowPs, nextPs: nowPs + 1, tlps };
  }
}

describe('reset', () => {
  it('steps the device to the time of the reset, and drops what is under way', async () => {
    const device = new EchoDevice();
    const b = bench(device);
    sendAt(b, 10_000, [1]);
    b.kernel.schedule(400_000 - L, () => b.link.resetDevice('cold'));
    sendAt(b, 400_000, [5]);
    const resetDone = b.link.resetDone.bind(b.link);
    b.link.resetDone = () => {
      resetDone();
      b.link.send(Uint8Array.of(7));
    };
    endAt(b, 3_000_000);
    await b.run();
    const at = device.calls.indexOf('reset cold');
    expect(device.calls[at - 1]).toBe('step 400000 1');
    // The first answer was under way, and so was the second TLP; what leaves the host after the reset arrives, though at the
    // same time.
    expect(b.link.arrived).toEqual([
      { timePs: 400_000 + L + 100_000 + L, bytes: Uint8Array.of(8) },
    ]);
  });

  it('may come twice at one time', async () => {
    const device = new EchoDevice();
    const b = bench(device);
    b.kernel.schedule(400_000, () => b.link.resetDevice('cold'));
    b.kernel.schedule(400_000, () => b.link.resetDevice('hot'));
    endAt(b, 700_000);
    await b.run();
    expect(device.calls.filter((call) => call.startsWith('reset'))).toEqual([
      'reset cold',
      'reset hot',
    ]);
  });

  it('may be asked for while a TLP is delivered', async () => {
    const device = new EchoDevice();
    const b = bench(device);
    const { link } = b;
    const deliver = link.deliver.bind(link);
    link.deliver = (timePs, bytes) => {
      deliver(timePs, bytes);
      link.resetDevice('hot');
    };
    sendAt(b, 0, [1]);
    sendAt(b, L, [2]);
    sendAt(b, L + 1, [3]);
    endAt(b, 3_000_000);
    await b.run();
    // The second arrives at the very time of the reset, before it; it asks for another one.
    expect(link.arrived.length).toBe(2);
    expect(device.calls.filter((call) => call.startsWith('reset'))).toEqual([
      'reset hot',
      'reset hot',
    ]);
  });

  it('must be planned a look-ahead ahead', async () => {
    const b = bench(new EchoDevice());
    sendAt(b, 0, [1]);
    b.kernel.schedule(10_000, () => b.link.planReset({ kind: 'hot', atPs: 20_000 }));
    endAt(b, 3_000_000);
    await expect(b.run()).rejects.toMatchObject({
      code: 'late-reset',
      message: expect.stringContaining('the device has been simulated to 250 ns') as string,
    });
  });
});

/** Answers with what a test says. */
class ScriptedDevice extends EchoDevice {
  private readonly answer: (untilPs: number) => { nowPs: number; nextPs: number; sent: number[] };
  constructor(answer: ScriptedDevice['answer']) {
    super();
    this.answer = answer;
  }
  override step(untilPs: number): StepReply {
    const { nowPs, nextPs, sent } = this.answer(untilPs);
    const tlps = new PacketBatch();
    for (const timePs of sent) tlps.push(timePs, Uint8Array.of(0));
    return { nowPs, nextPs, tlps };
  }
}

describe('a device that breaks the protocol', () => {
  const cases: [string, RegExp, ScriptedDevice][] = [
    [
      'now is not until',
      /says now = /,
      new ScriptedDevice((until) => ({ nowPs: until - 1, nextPs: until, sent: [] })),
    ],
    [
      'next is not after now',
      /is not after now/,
      new ScriptedDevice((until) => ({ nowPs: until, nextPs: until, sent: [] })),
    ],
    [
      'a TLP after now',
      /a TLP left at/,
      new ScriptedDevice((until) => ({ nowPs: until, nextPs: Infinity, sent: [until + 1] })),
    ],
    [
      'a TLP in the past',
      /a TLP left at 0 ps/,
      new ScriptedDevice((until) => ({ nowPs: until, nextPs: Infinity, sent: [0] })),
    ],
    [
      'a long STEP that does not stop at its first TLP',
      /ends at the first TLP sent in it, at \d+ ps, not at now = \d+ ps/,
      new ScriptedDevice((until) =>
        until > 10_000_000
          ? { nowPs: until, nextPs: Infinity, sent: [until - 1] }
          : { nowPs: until, nextPs: 900_000_000, sent: [] },
      ),
    ],
    [
      'a TLP before the promised next, in a short STEP',
      /a TLP left at 400000 ps, before next = 500000 ps, and nothing had arrived/,
      new ScriptedDevice((until) => ({
        nowPs: until,
        nextPs: until === L ? 2 * L : until + 1,
        // The first one is under way to the host, so that nothing is skipped.
        sent: until === L ? [100_000] : until === 2 * L ? [400_000] : [],
      })),
    ],
    [
      'a TLP before the promised next',
      /before next = 900000000 ps/,
      new ScriptedDevice((until) =>
        until > 10_000_000
          ? { nowPs: 5_000_000, nextPs: 900_000_000, sent: [5_000_000] }
          : { nowPs: until, nextPs: 900_000_000, sent: [] },
      ),
    ],
  ];
  it.each(cases)('%s', async (_name, message, device) => {
    const b = bench(device);
    endAt(b, 800_000_000);
    await expect(b.run()).rejects.toMatchObject({
      code: 'dut-protocol',
      message: expect.stringMatching(message) as string,
    });
  });

  it('and one that throws has died', async () => {
    const b = bench(new EchoDevice('throws'));
    endAt(b, 1_000);
    const error = await b.run().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DutError);
    expect(error).toMatchObject({
      code: 'dut-died',
      message: 'the device threw: the echo is broken',
    });
  });
});

describe('the end', () => {
  it('is a hang when nothing will ever happen', async () => {
    const b = bench(new EchoDevice());
    sendAt(b, 0, [1]);
    await expect(b.run()).rejects.toMatchObject({
      code: 'tb-hung',
      message: expect.stringContaining('nothing will ever happen again') as string,
      detail: 'test.run waits for an answer',
    });
  });

  it('is a hang at the limit of simulated time', async () => {
    const b = bench(new EchoDevice());
    const tick = (): void => void b.kernel.schedule(b.kernel.nowPs + 1_000_000, tick);
    tick();
    await expect(b.run()).rejects.toMatchObject({ code: 'tb-hung' });
    expect(b.kernel.nowPs).toBe(LIMIT_PS);
  });

  it('comes at the stop time, without a hang', async () => {
    const b = bench(new EchoDevice());
    sendAt(b, 0, [1]);
    b.control.stopPs = 700_000;
    await b.run();
    expect(b.kernel.nowPs).toBe(700_000);
  });
});

describe('a testbench without a device behind the port', () => {
  it('runs to the end, and says when it hangs', () => {
    const kernel = new Kernel();
    const control = new TestControl();
    kernel.schedule(500_000_000, () => {
      control.isOver = true;
      kernel.pause();
    });
    runHostOnly({ kernel, control, timeLimitPs: LIMIT_PS });
    expect(kernel.nowPs).toBe(500_000_000);
    control.isOver = false;
    expect(() => runHostOnly({ kernel, control, timeLimitPs: LIMIT_PS })).toThrow(
      /nothing will ever happen/,
    );
  });

  it('stops at the stop time and at the limit', () => {
    const kernel = new Kernel();
    const control = new TestControl();
    const tick = (): void => void kernel.schedule(kernel.nowPs + 1_000, tick);
    tick();
    control.stopPs = 30_000_500;
    runHostOnly({ kernel, control, timeLimitPs: LIMIT_PS });
    expect(kernel.nowPs).toBe(30_000_500);
    control.stopPs = Infinity;
    expect(() => runHostOnly({ kernel, control, timeLimitPs: 50_000_000 })).toThrow(
      /limit of 50 us of simulated time: test objects/,
    );
  });
});
