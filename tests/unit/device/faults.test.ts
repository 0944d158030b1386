// The catalogue of faults: names, and that each planted fault changes what the device sends in a rich enough scenario,
// without crashing it; a device without fault is the same as ever.
import { describe, expect, it } from 'vitest';
import { bytesToHex } from '#base/bytes';
import { RunningSha256 } from '#base/hash';
import { DEVICE_FAULTS, FaultSwitch } from '#device/faults';
import { createReferenceDevice } from '#device/reference-device';
import { memoryWrite } from '#pcie/build';
import { encodeTlp } from '#pcie/codec';
import { AdminOpcode, encodeCreateArguments } from '#siov/srd-admin';
import { SIOV_CAPABILITY_OFFSET } from '#siov/siov-capability';
import { PageRegister, PfRegister } from '#siov/srd-registers';
import { WorkOpcode } from '#siov/work';
import { errorCorners } from './error-corners.ts';
import { runStress } from './stress.ts';
import { BAR0, BAR2, VF_BAR0, TestHost } from './test-host.ts';

function digest(host: TestHost): string {
  const sha = new RunningSha256();
  for (const { timePs, tlp } of host.seen) {
    sha.update(new TextEncoder().encode(`${timePs} ${bytesToHex(encodeTlp(tlp))}\n`));
  }
  return sha.digestHex();
}

/** What random traffic does not bring about: conflicts, pending interrupts across resets, unprogrammed states. */
function corners(host: TestHost): void {
  host.create(20, { softwareRid: 0x3000 });
  host.create(21, { softwareRid: 0x3000 });
  const queue = host.openSdi(22);
  host.write(BAR0 + PfRegister.IMS + 16 * 88, 0xfee0_9000);
  host.execute(queue, [{ opcode: WorkOpcode.NOP, interrupt: true }]);
  host.write(queue.page + 0x100, 0x1234);
  host.command(AdminOpcode.RESET_SDI, [22]);
  host.read(queue.page + 0x100);
  host.read(BAR0 + PfRegister.IMS + 16 * 88 + 12);
  host.write(queue.page + 0x104, 0x5678);
  host.command(AdminOpcode.DESTROY_SDI, [22]);
  host.create(22);
  host.read(queue.page + 0x104);
  host.startQueue(queue.page, queue.ring, 8, queue.records);
  host.write(queue.page + PageRegister.TAIL, 1);
  host.run(10_000_000);
  host.configWrite(0x158, 0x8, 1);
  host.create(23, { softwareRid: 0x102 });
  host.configWrite(0x158, 0x9, 1);
  host.config(0x158);
  host.configWrite(0x158, 0x8, 1);
  host.command(AdminOpcode.DESTROY_SDI, [23]);
  host.configWrite(0x158, 0x9, 1);
  registers(host);
  vfReset(host);
  lateTags(host);
  twins(host);
  for (let sdi = 0; sdi < 42; sdi++) host.command(AdminOpcode.QUIESCE_SDI, [sdi]);
  host.config(0x1a8);
}

/** Reset values, bits that store and bits that do not, bytes written alone. */
function registers(host: TestHost): void {
  host.config(0x114);
  host.configWrite(0x10c, 1 << 20);
  host.config(0x10c);
  host.write(BAR0 + PfRegister.IMS + 12, 5);
  host.read(BAR0 + PfRegister.IMS + 12);
  host.write(BAR0 + PfRegister.ARG0, 0x1234_5678);
  const address = BAR0 + PfRegister.ARG0 + 1;
  host.send(memoryWrite({ requesterId: 0, address, bytes: Uint8Array.of(0xaa) }));
  host.read(BAR0 + PfRegister.ARG0);
}

/** A VF FLR while an SDI works. */
function vfReset(host: TestHost): void {
  const queue = host.openSdi(30);
  const work = { opcode: WorkOpcode.COPY, length: 9000, source: 0x1000, destination: 0x2_0000 };
  host.post(queue.ring, 16, 0, work);
  host.write(queue.page + PageRegister.TAIL, 1);
  host.run(1_500_000);
  host.configWrite(0x69, 0x80, 1, 0x101);
  host.run(60_000_000);
  host.read(queue.page + PageRegister.OPS);
  host.readTlp(VF_BAR0);
}

/** Resets with reads under way that are answered late. */
function lateTags(host: TestHost): void {
  const queue = host.openSdi(31);
  host.answerDelayPs = (tlp) => (tlp.address < 0x10_0000 ? 12_000_000 : 100_000);
  const work = { opcode: WorkOpcode.CRC32, length: 4000, source: 0x1000 };
  host.post(queue.ring, 16, 0, work);
  host.write(queue.page + PageRegister.TAIL, 1);
  host.run(2_000_000);
  const args = encodeCreateArguments(31, {
    softwareRid: 0x5000,
    firstPage: 31,
    pageCount: 1,
    firstVector: 0,
    vectorCount: 0,
  });
  host.command(AdminOpcode.RESET_SDI, args);
  host.enable(31);
  host.startQueue(BAR2 + 31 * 4096, queue.ring, 16, queue.records);
  host.write(queue.page + PageRegister.TAIL, 1);
  host.run(100_000_000);
  host.read(BAR0 + PfRegister.ERRORS);
  host.read(BAR0 + PfRegister.LATE_COMPLETIONS);
}

/** Two SDIs that ask for ranges of the same length with the same tags; scratch of neighbours. */
function twins(host: TestHost): void {
  host.answerDelayPs = () => 900_000;
  const queues = [40, 41].map((sdi) => host.openSdi(sdi));
  for (const [index, queue] of queues.entries()) {
    const sdi = 40 + index;
    const work = { opcode: WorkOpcode.CRC32, length: 8192, source: sdi * 0x10_0000 };
    host.post(queue.ring, 16, 0, work);
    host.write(queue.page + PageRegister.TAIL, 1);
    for (let at = 0; at < 16; at += 4) host.write(queue.page + 0x100 + at, sdi + at);
  }
  host.run(60_000_000);
  for (const sdi of [40, 41])
    for (let at = 0; at < 16; at += 8) host.readTlp(BAR2 + 4096 * sdi + 0x100 + at, 8);
}

/** What the device says of itself, with an SDI enabled; a page of nobody. */
function identity(host: TestHost): void {
  host.read(BAR0 + PfRegister.VERSION);
  for (let offset = 0; offset < 16; offset += 4) host.config(SIOV_CAPABILITY_OFFSET + offset);
  host.openSdi(45);
  host.read(BAR0 + PfRegister.STATUS);
  host.command(AdminOpcode.QUERY_SDI, [45]);
  host.read(BAR0 + PfRegister.RESULT0 + 4);
  host.readTlp(BAR2 + 4096 * 60);
}

function play(seed: number, fault?: string): string {
  const host = runStress(seed, 60, fault === undefined ? {} : { fault });
  corners(host);
  identity(host);
  errorCorners(host);
  return digest(host);
}

describe('the catalogue', () => {
  it('has at least 30 faults, each with a sentence and a rule', () => {
    expect(DEVICE_FAULTS.length).toBeGreaterThanOrEqual(30);
    expect(new Set(DEVICE_FAULTS.map(({ name }) => name)).size).toBe(DEVICE_FAULTS.length);
    for (const { name, sentence, rule } of DEVICE_FAULTS) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(sentence).toMatch(/^[A-Z].{20,}\.$/);
      expect(rule).toMatch(/^(T-[A-Z]+-\d+|SRD-\d\.\d+|REG-\d|PCIE-[A-Z]+-\d)$/);
    }
  });

  it('refuses a name that it does not have', () => {
    const name = 'rid-swop';
    expect(() => createReferenceDevice({ fault: name })).toThrow(
      "unknown fault 'rid-swop' (did you mean 'rid-swap'?)",
    );
  });

  it('strikes every n-th time, and only the planted fault', () => {
    const faults = new FaultSwitch('crc-wrong');
    const strikes = [1, 2, 3, 4, 5, 6].map(() => faults.strikes('crc-wrong', 3));
    expect(strikes).toEqual([false, false, true, false, false, true]);
    expect(faults.strikes('rid-swap', 1)).toBe(false);
    expect([faults.is('crc-wrong'), faults.is('rid-swap')]).toEqual([true, false]);
  });
});

const SEED = 11;

/** Shows in a run of its own. */
const LONG_RUN_FAULT = 'record-number-cut';

describe('a queue that runs long', () => {
  it.each([
    [undefined, [32_767, 32_768, 32_769]],
    [LONG_RUN_FAULT, [32_767, 0, 1]],
  ])('numbers its records, with fault %s', (fault, numbers) => {
    const host = new TestHost(fault === undefined ? {} : { fault }).boot();
    const queue = host.openSdi(3);
    const nops = Array.from({ length: 10 }, () => ({ opcode: WorkOpcode.NOP }));
    for (let n = 0; n < 32_760; n += nops.length) host.execute(queue, nops, n);
    const records = host.execute(queue, nops, 32_760);
    expect(records.slice(7).map(({ n }) => n)).toEqual(numbers);
  });
});

describe('a planted fault changes what is sent, and does not crash', () => {
  let healthy = '';

  it('none: the same twice', () => {
    healthy = play(SEED);
    expect(play(SEED)).toBe(healthy);
  });

  const names = DEVICE_FAULTS.map(({ name }) => name).filter((name) => name !== LONG_RUN_FAULT);

  it.each(names)('%s', (name) => {
    let seen: string;
    try {
      seen = play(SEED, name);
    } catch (error) {
      // A host that no longer gets its answer has seen the fault, too.
      expect(String(error)).toMatch(
        /the condition never held|a read is answered|status 1|sent a malformed TLP|only a non-posted/,
      );
      return;
    }
    expect(seen).not.toBe(healthy);
  });
});
