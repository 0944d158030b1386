// A device model in the same process behind the DUT port: what it throws becomes the error that the same mistake gives
// from a device in another process (DUT protocol, FATAL and the table of bad devices).
import { UsageError } from '#base/assert';
import { DutError, type DutPort } from './dut-port.ts';

/**
 * The port of an in-process device. A UsageError at HELLO (parameters that it does not take) becomes DutError
 * `dut-fatal`; any other exception DutError `dut-died`, with the stack as its detail.
 */
export function inProcess(device: DutPort): DutPort {
  return {
    hello: (hello) => guarded(() => device.hello(hello)),
    step: (untilPs, arriving) => guarded(() => device.step(untilPs, arriving)),
    reset: (kind) => guarded(() => device.reset(kind)),
    bye: () => guarded(() => device.bye()),
  };
}

function guarded<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof DutError) throw error;
    if (error instanceof UsageError) throw new DutError('dut-fatal', error.message);
    const message = error instanceof Error ? error.message : String(error);
    const detail = error instanceof Error ? (error.stack ?? '') : '';
    throw new DutError('dut-died', `the device model threw: ${message}`, detail);
  }
}
