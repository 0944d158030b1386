// The reference device behind the DUT port (DUT protocol, HELLO, STEP, RESET), in the same process. Everything it does
// is in `siov-device.ts`; here time is cut into steps, which must not matter to it.
//
//   const device = createReferenceDevice();
//   device.hello({ params: { profile: 'rtl' }, seed: '1', lookaheadPs: 250_000, stall: 0 });
//   const reply = device.step(250_000, arriving);
import { assert, UsageError } from '#base/assert';
import type { DutHello, DutInfo, DutPort, ResetKind, StepReply, TlpBatch } from '#dut/dut-port';
import { paramsToRecord, validateParams } from '#siov/srd-params';
import type { Character } from './character.ts';
import { FaultSwitch } from './faults.ts';
import { SiovDevice } from './siov-device.ts';

export interface ReferenceDeviceOptions {
  /** A name of DEVICE_FAULTS; none: the device is as SRD says. */
  readonly fault?: string | undefined;
  /** What the device is like where SRD leaves it free; none: drawn from the seed. */
  readonly character?: Character | undefined;
}

/** A DUT port that answers at once. */
export interface ReferenceDevice extends DutPort {
  hello(hello: DutHello): DutInfo;
  step(untilPs: number, arriving: TlpBatch): StepReply;
  reset(kind: ResetKind): void;
  bye(): void;
}

/** Version of the SRD that the model follows. */
const SRD_VERSION = '1.3';

/**
 * A reference device before its HELLO.
 * @throws UsageError `unknown-fault`; at HELLO `dut-fatal` for an unknown parameter or a value out of range.
 */
export function createReferenceDevice(options: ReferenceDeviceOptions = {}): ReferenceDevice {
  const faults = new FaultSwitch(options.fault);
  let device: SiovDevice | undefined;
  let lookaheadPs = 0;
  const present = (): SiovDevice => {
    if (device === undefined) throw new UsageError('dut-fatal', 'HELLO comes first');
    return device;
  };
  return {
    hello(hello) {
      if (device !== undefined) throw new UsageError('dut-fatal', 'HELLO comes once');
      const params = validateParams(hello.params);
      if (typeof params === 'string') throw new UsageError('dut-fatal', params);
      device = new SiovDevice(params, hello.seed, faults, options.character);
      lookaheadPs = hello.lookaheadPs;
      return {
        name: 'ridgeline-reference',
        version: SRD_VERSION,
        params: paramsToRecord(params),
        features: [],
      };
    },
    step: (untilPs, arriving) => step(present(), { untilPs, lookaheadPs }, arriving),
    reset: () => present().powerUp(),
    bye: () => undefined,
  };
}

function step(
  device: SiovDevice,
  limits: { readonly untilPs: number; readonly lookaheadPs: number },
  arriving: TlpBatch,
): StepReply {
  const { untilPs, lookaheadPs } = limits;
  const startPs = device.nowPs;
  const isLong = untilPs - startPs > lookaheadPs;
  assert(untilPs > startPs, 'STEP goes forward');
  assert(!isLong || arriving.count === 0, 'a STEP longer than the look-ahead brings no TLPs');
  device.link.sent.clear();
  for (let i = 0; i < arriving.count; i++) {
    const atPs = arriving.timePs(i);
    assert(atPs > startPs && atPs <= untilPs, 'a TLP arrives within the STEP');
    device.runEvents(atPs, true);
    device.nowPs = atPs;
    device.arrive(arriving.bytes(i));
  }
  if (isLong) runToFirstTlp(device, untilPs);
  else device.runEvents(untilPs, false);
  const hasStopped = isLong && device.link.sent.count > 0;
  const nowPs = hasStopped ? device.nowPs : untilPs;
  device.nowPs = nowPs;
  return { nowPs, nextPs: device.events.nextPs(), tlps: device.link.sent };
}

/** Idle skipping: stops at the time of the first TLP, with all that happens at that very time. */
function runToFirstTlp(device: SiovDevice, untilPs: number): void {
  while (device.events.nextPs() <= untilPs && device.link.sent.count === 0) device.runNextEvent();
  if (device.link.sent.count > 0) device.runEvents(device.nowPs, false);
}
