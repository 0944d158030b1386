// What an in-process device throws, as the run sees it (DUT protocol, table of bad devices).
import { describe, expect, it } from 'vitest';
import { PacketBatch } from '#base/packet-batch';
import { createReferenceDevice } from '#device/reference-device';
import { DutError, type DutPort } from '#dut/dut-port';
import { inProcess } from '#dut/in-process';

const HELLO = { params: {}, seed: '1', lookaheadPs: 250_000, stall: 0 };

function thrownBy(call: () => unknown): DutError {
  try {
    call();
  } catch (error) {
    if (error instanceof DutError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('inProcess', () => {
  it('passes calls through', async () => {
    const port = inProcess(createReferenceDevice());
    const info = await port.hello(HELLO);
    expect(info.params['totalSdis']).toBe(256);
    const reply = await port.step(250_000, new PacketBatch());
    expect(reply.nowPs).toBe(250_000);
    expect(reply.nextPs).toBe(Infinity);
  });

  it('makes a refused parameter dut-fatal, with the reason', () => {
    const port = inProcess(createReferenceDevice());
    const error = thrownBy(() => port.hello({ ...HELLO, params: { totalSdi: 3 } }));
    expect(error.code).toBe('dut-fatal');
    expect(error.message).toContain("unknown parameter 'totalSdi' (did you mean 'totalSdis'?)");
  });

  it('makes HELLO twice, and STEP before it, dut-fatal', () => {
    const port = inProcess(createReferenceDevice());
    expect(thrownBy(() => port.step(1, new PacketBatch())).message).toBe('HELLO comes first');
    void port.hello(HELLO);
    expect(thrownBy(() => port.hello(HELLO)).code).toBe('dut-fatal');
  });

  it('makes any other exception dut-died, with the stack', () => {
    const broken: DutPort = {
      ...createReferenceDevice(),
      step() {
        throw new TypeError('cannot read x');
      },
    };
    const error = thrownBy(() => inProcess(broken).step(1, new PacketBatch()));
    expect(error.code).toBe('dut-died');
    expect(error.message).toContain('cannot read x');
    expect(error.detail).toContain('TypeError');
  });
});
