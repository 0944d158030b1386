// Admin commands (SRD §5): each status code, the order of the checks, what each command does, and the registers around.
import { describe, expect, it } from 'vitest';
import { AdminOpcode, encodeCreateArguments } from '#siov/srd-admin';
import { CommandStatus, SdiState } from '#siov/sdi-life';
import { PageRegister, PfRegister } from '#siov/srd-registers';
import { memoryWrite } from '#pcie/build';
import { BAR0, BAR2, BAR4, TestHost } from './test-host.ts';

const { OK, BAD_OPCODE, BAD_INDEX, BAD_STATE, RID_CONFLICT, PAGE_CONFLICT, IMS_CONFLICT } =
  CommandStatus;
const PAGE = 4096;
const SCRATCH = 0x100;

function boot(params: Record<string, number | boolean | string> = {}): TestHost {
  return new TestHost({ params }).boot();
}

describe('PF registers', () => {
  it('read as SRD says', () => {
    const host = boot({ profile: 'hyperscale' });
    expect(host.read(BAR0)).toBe(0x3144_5253);
    expect(host.read(BAR0 + 4)).toBe(0x0001_0001);
    expect(host.read(BAR0 + PfRegister.PAGES)).toBe(32_768);
    expect(host.read(BAR0 + PfRegister.IMS_ENTRIES)).toBe(32_768);
    expect(host.read(BAR0 + PfRegister.STATUS)).toBe(1);
    expect(host.read(BAR0 + 0x014)).toBe(0);
    expect(host.read(BAR0 + PfRegister.COMMAND)).toBe(0);
    host.write(BAR0, 0);
    host.write(BAR0 + PfRegister.RESULT0, 7);
    host.write(BAR0 + 0x200, 7);
    expect(host.read(BAR0)).toBe(0x3144_5253);
    expect(host.read(BAR0 + PfRegister.RESULT0)).toBe(0);
    expect(host.read(BAR0 + 0x200)).toBe(0);
  });

  it('take two DWs in order, and byte enables', () => {
    const host = boot();
    const address = BAR0 + PfRegister.ARG0;
    const bytes = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
    host.send(memoryWrite({ requesterId: 0, address, bytes }));
    host.send(memoryWrite({ requesterId: 0, address: address + 5, bytes: bytes.subarray(0, 2) }));
    expect([...host.readTlp(address, 8).payload]).toEqual([1, 2, 3, 4, 5, 1, 2, 8]);
    const part = host.readTlp(address + 1, 2);
    expect(part).toMatchObject({ byteCount: 2, lowerAddress: 1, lengthDw: 1 });
  });

  it('count ENABLED SDIs, and show SIOV Status', () => {
    const host = boot();
    host.create(1);
    expect(host.config(0x1ab, 1)).toBe(0);
    host.enable(1);
    host.create(2);
    host.enable(2);
    expect(host.read(BAR0 + PfRegister.STATUS) >>> 16).toBe(2);
    expect(host.config(0x1ab, 1)).toBe(1);
    host.command(AdminOpcode.QUIESCE_SDI, [1]);
    host.command(AdminOpcode.QUIESCE_SDI, [2]);
    expect(host.read(BAR0 + PfRegister.STATUS)).toBe(1);
    expect(host.config(0x1ab, 1)).toBe(0);
  });
});

describe('admin commands', () => {
  it('refuse opcodes, indexes and states, in this order', () => {
    const host = boot({ totalSdis: 8 });
    expect(host.command(0, [99])).toBe(BAD_OPCODE);
    expect(host.command(7, [99])).toBe(BAD_OPCODE);
    for (let opcode = 1; opcode <= 6; opcode++) expect(host.command(opcode, [8])).toBe(BAD_INDEX);
    for (let opcode = 2; opcode <= 5; opcode++) expect(host.command(opcode, [7])).toBe(BAD_STATE);
    expect(host.create(7)).toBe(OK);
    expect(host.create(7, { pageCount: 0 })).toBe(BAD_STATE);
    expect(host.command(AdminOpcode.QUIESCE_SDI, [7])).toBe(BAD_STATE);
    expect(host.enable(7)).toBe(OK);
    expect(host.enable(7)).toBe(BAD_STATE);
    expect(host.command(AdminOpcode.DESTROY_SDI, [7])).toBe(BAD_STATE);
    expect(host.command(AdminOpcode.QUIESCE_SDI, [7])).toBe(OK);
    expect(host.command(AdminOpcode.DESTROY_SDI, [7])).toBe(OK);
    expect(host.command(AdminOpcode.DESTROY_SDI, [7])).toBe(BAD_STATE);
  });

  it('check RID before pages before IMS entries', () => {
    const host = boot();
    host.create(0, { firstPage: 10, pageCount: 4, firstVector: 20, vectorCount: 4 });
    const bad = { softwareRid: 0x200, firstPage: 13, firstVector: 23 };
    expect(host.create(1, bad)).toBe(RID_CONFLICT);
    expect(host.create(1, { ...bad, softwareRid: 0x100 })).toBe(RID_CONFLICT);
    expect(host.create(1, { ...bad, softwareRid: undefined })).toBe(PAGE_CONFLICT);
    expect(host.create(1, { firstPage: 14, firstVector: 23 })).toBe(IMS_CONFLICT);
    expect(host.create(1, { firstPage: 14, firstVector: 23, vectorCount: 0 })).toBe(OK);
    for (const range of [
      { firstPage: 0, pageCount: 0 },
      { firstPage: 100, pageCount: 17 },
      { firstPage: 511, pageCount: 2 },
      { firstPage: 0xffff_ffff, pageCount: 1 },
      { firstPage: 8, pageCount: 3 },
    ]) {
      expect(host.create(2, range), JSON.stringify(range)).toBe(PAGE_CONFLICT);
    }
    for (const range of [
      { firstVector: 0, vectorCount: 65 },
      { firstVector: 511, vectorCount: 2 },
      { firstVector: 0xffff_fff0, vectorCount: 32 },
      { firstVector: 18, vectorCount: 3 },
    ]) {
      expect(host.create(2, range), JSON.stringify(range)).toBe(IMS_CONFLICT);
    }
    const most = { firstPage: 496, pageCount: 16, firstVector: 448, vectorCount: 64 };
    expect(host.create(2, most)).toBe(OK);
  });

  it('refuse software RIDs where they are not supported', () => {
    const host = boot({ softwareRids: false });
    expect(host.create(1, { softwareRid: 0x900 })).toBe(RID_CONFLICT);
    expect(host.create(1)).toBe(OK);
  });

  it('answer QUERY_SDI', () => {
    const host = boot();
    host.command(AdminOpcode.QUERY_SDI, [5]);
    expect(host.results()).toEqual([SdiState.FREE, 0, 0, 0]);
    host.create(5, { softwareRid: 0x7777 });
    host.command(AdminOpcode.QUERY_SDI, [5]);
    expect(host.results()).toEqual([SdiState.CREATED, 0x7777, 0, 0]);
    const queue = host.openSdi(6);
    host.execute(queue, [{}, {}, {}]);
    host.command(AdminOpcode.QUERY_SDI, [6]);
    expect(host.results()).toEqual([SdiState.ENABLED, 0x206, 0, 3]);
    host.enable(200);
    expect(host.results()).toEqual([0, 0, 0, 0]);
  });

  it('count outstanding requests', () => {
    const host = boot();
    const queue = host.openSdi(0);
    host.answer = (request) => (request.lengthDw === 16 ? undefined : 'drop');
    host.post(queue.ring, 16, 0, { opcode: 1, length: 2048, source: 0x5000, destination: 0x9000 });
    host.write(queue.page + PageRegister.TAIL, 1);
    host.run(5_000_000);
    host.command(AdminOpcode.QUERY_SDI, [0]);
    expect(host.results()[2]).toBe(4);
  });

  it('use the arguments as they were when COMMAND was written, and ignore a COMMAND while busy', () => {
    const host = boot();
    host.startCommand(AdminOpcode.CREATE_SDI, encodeCreateArguments(3, creation(3)));
    host.write(BAR0 + PfRegister.ARG0, 4);
    host.write(BAR0 + PfRegister.COMMAND, 0x7777_0002);
    expect(host.awaitCommand()).toBe(OK);
    host.run(20_000_000);
    expect(host.read(BAR0 + PfRegister.COMMAND_STATUS)).toBe(0x0001_0000);
    host.command(AdminOpcode.QUERY_SDI, [3]);
    expect(host.results()[0]).toBe(SdiState.CREATED);
  });

  it('take bytes of COMMAND that are not enabled as 0', () => {
    const host = boot();
    const address = BAR0 + PfRegister.COMMAND + 3;
    host.send(memoryWrite({ requesterId: 0, address, bytes: Uint8Array.of(0xab) }));
    host.run(20_000_000);
    expect(host.read(BAR0 + PfRegister.COMMAND_STATUS)).toBe(0xab00_0100);
  });

  it('show the last status while the next is busy', () => {
    const host = boot();
    host.enable(9);
    host.startCommand(AdminOpcode.QUERY_SDI, [9]);
    host.run(500_000);
    const word = host.read(BAR0 + PfRegister.COMMAND_STATUS);
    if ((word & 1) === 1) expect(word).toBe(0x0001_0301);
    expect(host.awaitCommand()).toBe(OK);
  });

  it('end with the MSI-X message of the PF, or set its pending bit', () => {
    const host = boot();
    host.write(BAR4, 0xfee0_0000);
    host.write(BAR4 + 8, 0x1234);
    host.configWrite(0x53, 0x80, 1);
    host.enable(0);
    expect(host.read(BAR4 + 0x800)).toBe(1);
    const from = host.seen.length;
    host.write(BAR4 + 12, 0);
    host.run(2_000_000);
    const writes = host.writesFrom(from);
    expect(writes).toHaveLength(1);
    expect(writes[0]).toMatchObject({ requesterId: 0x100, address: 0xfee0_0000, pasid: -1 });
    expect(host.read(BAR4 + 0x800)).toBe(0);
    host.enable(0);
    expect(host.writesFrom(from)).toHaveLength(2);
    host.configWrite(0x53, 0xc0, 1);
    host.enable(0);
    expect(host.read(BAR4 + 0x800)).toBe(1);
    host.configWrite(0x53, 0x80, 1);
    host.run(1_000_000);
    expect(host.writesFrom(from)).toHaveLength(3);
    expect(host.read(BAR4 + 0x800)).toBe(0);
  });

  it('keep their message until Bus Master Enable is 1', () => {
    const host = boot();
    host.write(BAR4, 0xfee0_0000);
    host.write(BAR4 + 12, 0);
    host.configWrite(0x53, 0x80, 1);
    host.configWrite(0x04, 2, 2);
    const from = host.seen.length;
    host.enable(0);
    host.run(5_000_000);
    expect(host.writesFrom(from)).toHaveLength(0);
    host.configWrite(0x04, 6, 2);
    host.run(1_000_000);
    expect(host.writesFrom(from)).toHaveLength(1);
  });

  it('create clean SDIs: DESTROY clears registers, scratch and IMS entries', () => {
    const host = boot();
    host.create(2, { firstPage: 6, pageCount: 2, firstVector: 40, vectorCount: 2 });
    const entry = BAR0 + PfRegister.IMS + 16 * 41;
    host.write(BAR2 + 6 * PAGE + PageRegister.RING_SIZE, 8);
    host.write(BAR2 + 7 * PAGE + SCRATCH, 0xdead_beef);
    host.write(entry, 0x1003);
    host.write(entry + 4, 5);
    host.write(entry + 8, 6);
    host.write(entry + 12, 0);
    expect([0, 4, 8, 12].map((at) => host.read(entry + at))).toEqual([0x1000, 5, 6, 0]);
    host.command(AdminOpcode.DESTROY_SDI, [2]);
    expect([0, 4, 8, 12].map((at) => host.read(entry + at))).toEqual([0, 0, 0, 1]);
    expect(host.readTlp(BAR2 + 6 * PAGE).status).toBe(1);
    host.create(3, { firstPage: 6, pageCount: 2, firstVector: 40, vectorCount: 2 });
    expect(host.read(BAR2 + 6 * PAGE + PageRegister.RING_SIZE)).toBe(0);
    expect(host.read(BAR2 + 7 * PAGE + SCRATCH)).toBe(0);
  });

  it('QUIESCE_SDI waits for the work in flight, and fetches no more', () => {
    const host = boot();
    const queue = host.openSdi(1);
    for (let n = 0; n < 8; n++) {
      const work = { opcode: 1, length: 8192, source: 0x40_0000, destination: 0x50_0000 };
      host.post(queue.ring, 16, n, work);
    }
    host.write(queue.page + PageRegister.TAIL, 8);
    host.run(2_500_000);
    expect(host.command(AdminOpcode.QUIESCE_SDI, [1])).toBe(OK);
    const head = host.read(queue.page + PageRegister.HEAD);
    expect(head).toBeGreaterThan(0);
    expect(head).toBeLessThan(8);
    expect(host.read(queue.page + PageRegister.OPS)).toBe(head);
    const from = host.seen.length;
    host.run(50_000_000);
    expect(host.readsFrom(from)).toHaveLength(0);
    expect(host.read(queue.page + PageRegister.CTRL)).toBe(1);
    expect(host.read(queue.page + PageRegister.STATE)).toBe(0);
    host.enable(1);
    host.run(60_000_000);
    expect(host.read(queue.page + PageRegister.OPS)).toBe(8);
  });

  it('QUIESCE_SDI does not end while Bus Master Enable is 0', () => {
    const host = boot();
    host.openSdi(1);
    host.configWrite(0x04, 2, 2);
    host.startCommand(AdminOpcode.QUIESCE_SDI, [1]);
    host.run(100_000_000);
    expect(host.read(BAR0 + PfRegister.COMMAND_STATUS) & 1).toBe(1);
    host.configWrite(0x04, 6, 2);
    expect(host.awaitCommand()).toBe(OK);
  });
});

function creation(sdi: number): Parameters<typeof encodeCreateArguments>[1] {
  const firstVector = 4 * sdi;
  return { softwareRid: undefined, firstPage: sdi, pageCount: 1, firstVector, vectorCount: 4 };
}
