// QUIESCE_SDI ends when the work has drained, interrupts included (SRD §4), also when the last interrupt goes another
// way than to the host: masked while it waits for its turn on the link, it becomes pending (SRD §7).
import { describe, expect, it } from 'vitest';
import { memoryRead, memoryWrite } from '#pcie/build';
import { AdminOpcode, encodeCommand } from '#siov/srd-admin';
import { SdiState } from '#siov/sdi-life';
import { PfRegister, VectorControl } from '#siov/srd-registers';
import { BAR0, TestHost } from './test-host.ts';

const CONTROL = BAR0 + PfRegister.IMS + 0xc;
const STATUS = BAR0 + PfRegister.COMMAND_STATUS;
/** More reads than the link has room for completions: what waits behind them waits until they end. */
const READ_COUNT = 4200;
const READ_EVERY_PS = 800;

/** A write of one byte, `delayPs` after the first read of the flood. */
function writeByte(host: TestHost, address: number, value: number, delayPs: number): void {
  host.send(memoryWrite({ requesterId: 0, address, bytes: Uint8Array.of(value) }), delayPs);
}

describe('QUIESCE_SDI', () => {
  it('ends when an interrupt that waits for the link is masked', () => {
    const host = new TestHost().boot();
    const queue = host.openSdi(0);
    host.write(BAR0 + PfRegister.IMS, 0xfee0_0000);
    host.execute(queue, [{ interrupt: true }]);
    expect(host.read(CONTROL)).toBe(VectorControl.MASK | VectorControl.PENDING);
    host.write(BAR0 + PfRegister.ARG0, 0);
    const from = host.seen.length;
    for (let i = 0; i < READ_COUNT; i++) {
      const read = memoryRead({ requesterId: 0, address: BAR0, byteLength: 4, tag: i % 256 });
      host.send(read, i * READ_EVERY_PS);
    }
    writeByte(host, CONTROL, 0, 650_000);
    const quiesce = encodeCommand(AdminOpcode.QUIESCE_SDI, 0);
    writeByte(host, BAR0 + PfRegister.COMMAND, quiesce, 700_000);
    writeByte(host, CONTROL, VectorControl.MASK, 3_250_000);
    host.run(50_000_000);
    expect(host.writesFrom(from)).toHaveLength(0);
    expect(host.read(STATUS) & 1).toBe(0);
    expect(host.read(CONTROL)).toBe(VectorControl.MASK | VectorControl.PENDING);
    host.command(AdminOpcode.QUERY_SDI, [0]);
    expect(host.results()[0]).toBe(SdiState.CREATED);
  });
});
