// SRD's register models: made from the tables of the specification, reached by TLPs, kept from what is seen on the link.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConfigBlock, HARMLESS_AT_POWER_UP } from '#env/registers/config-block';
import { ConfigBus, MemoryBus } from '#env/registers/host-buses';
import { SrdRegisters } from '#env/registers/srd-registers';
import { PfMsixBlock, PfRegisterBlock, SdiBlock, VfPageBlock } from '#env/registers/srd-blocks';
import { SRD_KIT } from '#env/srd-device-kit';
import { drawSwarm, siovEnvConfig } from '#env/siov-env-config';
import { SCENARIO_FEATURES } from '#env/scenario-features';
import { RootPort } from '#env/host/root-port';
import type { Process } from '#kernel/process';
import { us } from '#kernel/time';
import {
  completionWithData,
  completionWithoutData,
  configRead,
  configWrite,
  memoryRead,
  memoryWrite,
} from '#pcie/build';
import { CompletionStatus, type Tlp } from '#pcie/tlp';
import { RandomStream } from '#random/random-stream';
import { pfConfigFields, vfConfigFields } from '#siov/config-space-table';
import type { HostEvent } from '#siov/host-event';
import { defaultParams } from '#siov/srd-params';
import { PageRegister, PfRegister } from '#siov/srd-registers';
import type { Phase } from '#uvm/phase';
import { RegisterBusOp } from '#uvm/registers/register-bus';
import { printRegisters } from '#uvm/registers/register-print';
import { Test } from '#uvm/test';
import { TestRunner } from '#uvm/test-runner';
import { Testbench } from '#uvm/testbench';

const params = defaultParams('standard');
const HOST = 0x0008;
const REGISTERS = 0x8000_0000;
const PAGES = 0x9000_0000;

describe('configuration space', () => {
  const block = new ConfigBlock('pfConfig', pfConfigFields(params));

  it('has every field of the table, with its reset value, and compares those that are checked', () => {
    const compared = new Set<string>();
    for (const row of pfConfigFields(params)) {
      const register = block.map.registerAt(row.offset);
      const field = register.fields.find((one) => one.name === row.name && one.lsb >= row.low);
      expect(field, row.name).toBeDefined();
      if (row.size === undefined) {
        expect([field!.lsb, field!.width]).toEqual([row.low, row.high - row.low + 1]);
        expect(field!.getReset()).toEqual({ low: row.reset, high: 0 });
      }
      if (field!.isCompared) compared.add(row.name);
      if (!row.checked) expect(field!.isCompared, row.name).toBe(false);
    }
    expect(compared.size).toBeGreaterThan(60);
  });

  it('keeps sticky fields in an FLR, and resets the others', () => {
    const mask = block.registerByName('CONFIG_108').fieldByName('Poisoned TLP Received Mask');
    expect([mask.hasReset('HARD'), mask.hasReset('SOFT')]).toEqual([true, false]);
    const command = block.registerByName('CONFIG_004').fieldByName('Bus Master Enable');
    expect([command.hasReset('HARD'), command.hasReset('SOFT')]).toEqual([true, true]);
    const id = block.registerByName('CONFIG_000').fieldByName('Vendor ID');
    expect(id.getReset('SOFT')).toEqual({ low: params.vendorId, high: 0 });
  });

  it('says why a field is left alone: in what it reads, or in what is written', () => {
    const reasons = block.fields().flatMap(({ attributes }) => Object.values(attributes));
    expect(reasons.length).toBeGreaterThan(40);
    for (const reason of reasons) expect(reason).toMatch(/^.{12,}$/);
    for (const reason of HARMLESS_AT_POWER_UP) expect(reasons).toContain(reason);
    const device = block.registerByName('CONFIG_068');
    expect(device.fieldByName('Initiate Function Level Reset').attributes).toEqual({
      NO_REG_BIT_BASH_TEST: 'a 1 starts a reset of the function',
    });
  });

  it('takes a base address as what can be written and what is fixed', () => {
    const bar = block.registerByName('CONFIG_010');
    expect(bar.widthBits).toBe(64);
    expect(bar.fieldByName('BAR0 Base Address').bits).toBe('63:21');
    expect(bar.fieldByName('BAR0 Base Address (fixed)').policy.name).toBe('RO');
  });

  it('forgets fields of which only the reset value is binding, when they are written', () => {
    const severity = block.registerByName('CONFIG_10c');
    const before = severity.comparedMask(undefined).low;
    severity.predict(0, { kind: 'write' });
    const after = severity.comparedMask(undefined).low;
    expect(before & (1 << 4)).not.toBe(0);
    expect(after & (1 << 4)).toBe(0);
    expect(after & (1 << 12)).not.toBe(0);
    block.reset();
    expect(severity.comparedMask(undefined).low).toBe(before);
  });

  it('of a VF is read-only but for what SRD §8 names', () => {
    const vf = new ConfigBlock('vf1.config', vfConfigFields(params));
    const writable = vf.fields().filter((one) => one.policy.name === 'RW' && one.isCompared);
    expect(writable.map(({ name }) => name)).toEqual([
      'Bus Master Enable',
      'MSI-X Function Mask',
      'MSI-X Enable',
      'Correctable Error Reporting Enable',
      'Non-Fatal Error Reporting Enable',
      'Fatal Error Reporting Enable',
      'Unsupported Request Reporting Enable',
    ]);
  });
});

describe('the blocks', () => {
  it.each([
    ['srd-pf', () => new PfRegisterBlock(params)],
    ['srd-pf-msix', () => new PfMsixBlock()],
    [
      'srd-sdi',
      () => new SdiBlock(3, { pages: [PAGES, PAGES + 4096], entries: [REGISTERS + 0x10000] }),
    ],
    ['srd-vf-page', () => new VfPageBlock(1, 0xa000_0000)],
  ])('read as SRD: %s', (name, make) => {
    const golden = `tests/golden/registers/${name}.txt`;
    const text = printRegisters(make());
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
    expect(existsSync(golden)).toBe(true);
    expect(readFileSync(golden, 'utf8')).toBe(text);
  });
});

/** A requester that answers each read with these bytes. */
class FakeRequester {
  readonly requesterId = HOST;
  readonly sent: Tlp[] = [];
  answer: number[] = [0x11, 0x22, 0x33, 0x44];
  status = 'SC';

  configType(): 0 | 1 {
    return 0;
  }

  post(tlp: Tlp): void {
    this.sent.push(tlp);
  }

  *request(tlp: Tlp): Process<unknown> {
    this.sent.push(tlp);
    const first = Math.log2(tlp.firstBe & -tlp.firstBe);
    return { status: this.status, data: Uint8Array.from(this.answer.slice(first)), value: 0 };
  }
}

describe('the buses', () => {
  const run = (bus: ConfigBus | MemoryBus, op: Partial<RegisterBusOp>): RegisterBusOp => {
    const whole = Object.assign(new RegisterBusOp(), op);
    const process = bus.run(whole);
    while (process.next().done !== true);
    return whole;
  };

  it('send one DW with the byte enables of the access, and put the answer into its lanes', () => {
    const requester = new FakeRequester();
    const config = new ConfigBus(requester as never, () => 0x0100);
    const memory = new MemoryBus(requester as never, () => REGISTERS);
    expect(run(config, { kind: 'read', address: 0x68, byteEnables: 0b1100 }).data).toBe(
      0x4433_0000,
    );
    expect(run(memory, { kind: 'read', address: 0x100, byteEnables: 0b0110 }).data).toBe(
      0x4433_2200,
    );
    run(config, { kind: 'write', address: 0x68, byteEnables: 0b0001, data: 0x1f });
    run(memory, { kind: 'write', address: 0x104, byteEnables: 0b1010, data: 0xaabb_ccdd });
    expect(
      requester.sent.map(({ kind, firstBe, registerNumber, address, payload }) => [
        kind,
        firstBe,
        kind.startsWith('Cfg') ? registerNumber : address,
        [...payload],
      ]),
    ).toEqual([
      ['CfgRd0', 0b1100, 0x1a, []],
      ['MRd32', 0b0110, REGISTERS + 0x100, []],
      ['CfgWr0', 0b0001, 0x1a, [0x1f, 0, 0, 0]],
      ['MWr32', 0b1010, REGISTERS + 0x104, [0xdd, 0xcc, 0xbb, 0xaa]],
    ]);
  });

  it('say when the device refuses', () => {
    const requester = new FakeRequester();
    requester.status = 'UR';
    const bus = new MemoryBus(requester as never);
    expect(run(bus, { kind: 'read', byteEnables: 0xf }).status).toBe('notOk');
  });
});

class RegistersBench extends Test {
  readonly child = this.children({ registers: SrdRegisters });
  override *runPhase(_phase: Phase): Process {}
}

/** The models on a made-up link. */
class LinkBench {
  readonly top: Testbench = new Testbench({ runSeed: 1 });
  readonly registers: SrdRegisters;
  private tag = 0;

  constructor() {
    const stream = new RandomStream('registers');
    const swarm = drawSwarm(stream, SCENARIO_FEATURES.registers, 'standard');
    this.top.config.set('**', siovEnvConfig, {
      swarm,
      params,
      lookaheadPs: 1,
      kit: SRD_KIT,
      traits: SRD_KIT.traits(params, SRD_KIT.policy),
    });
    const runner = new TestRunner(this.top, RegistersBench);
    this.registers = runner.elaborate().child.registers;
    const rootPort = new RootPort();
    this.registers.wire({ requester: new FakeRequester() as never, rootPort });
    this.tell({
      kind: 'window',
      requester: 'pf',
      purpose: 'registers',
      base: REGISTERS,
      length: 0x20_0000,
    });
    this.tell({
      kind: 'window',
      requester: 'pf',
      purpose: 'pages',
      base: PAGES,
      length: 0x20_0000,
    });
    this.tell({
      kind: 'window',
      requester: 'pf',
      purpose: 'vfPages',
      base: 0xa000_0000,
      length: 0x1_0000,
    });
    this.tell({ kind: 'memorySpace', requester: 'pf', on: true });
  }

  tell(event: HostEvent): void {
    this.registers.events.write(event);
  }

  send(tlp: Tlp, injected = false): Tlp {
    tlp.requesterId = HOST;
    tlp.tag = this.tag++;
    this.registers.tracker.down.write({
      direction: 'down',
      timePs: 0,
      tlp,
      malformed: undefined,
      bytes: new Uint8Array(),
      injected,
    });
    return tlp;
  }

  answer(tlp: Tlp): void {
    this.registers.tracker.up.write({
      direction: 'up',
      timePs: 0,
      tlp,
      malformed: undefined,
      bytes: new Uint8Array(),
      injected: false,
    });
  }

  write(address: number, ...bytes: number[]): void {
    this.send(memoryWrite({ requesterId: HOST, address, bytes: Uint8Array.from(bytes) }));
  }

  /** A read of one DW that is answered with `word`. */
  read(address: number, word: number): void {
    const request = this.send(memoryRead({ requesterId: HOST, address, byteLength: 4 }));
    this.answer(completionWithData(request, { completerId: 0x100, bytes: dw(word) }));
  }

  create(sdi: number): void {
    const assignment = { rid: 0x200 + sdi, strided: true, pages: [sdi], vectors: [2 * sdi] };
    this.tell({ kind: 'sdiCreating', sdi, ...assignment });
    this.tell({ kind: 'commandEnded', command: 'create', sdi, status: 0 });
  }

  get failures(): string[] {
    return this.top.rules.failures.map(({ rule, subject, seen }) => `${rule} ${subject} ${seen}`);
  }
}

function dw(word: number): Uint8Array {
  return Uint8Array.of(word, word >>> 8, word >>> 16, word >>> 24);
}

describe('the mirrors', () => {
  const ARG0 = REGISTERS + PfRegister.ARG0;

  it('follow writes of any bytes, and judge reads', () => {
    const bench = new LinkBench();
    bench.write(ARG0, 1, 2, 3, 4, 5, 6, 7, 8);
    bench.write(ARG0 + 1, 0xaa);
    bench.read(ARG0, 0x0403_aa01);
    bench.read(ARG0 + 4, 0x0807_0605);
    expect(bench.failures).toEqual([]);
    expect(bench.registers.isPfUsed).toBe(true);
    bench.read(ARG0, 0x0403_0201);
    expect(bench.failures).toEqual(['REG-3 pf.ARG[0] 0x04030201: value 0x4030201']);
    expect(bench.top.rules.evaluations()).toMatchObject({ 'REG-1': 0, 'REG-2': 0, 'REG-3': 3 });
  });

  it('hold a read to what was there when it left, whatever is written behind it', () => {
    const bench = new LinkBench();
    const request = bench.send(memoryRead({ requesterId: HOST, address: ARG0, byteLength: 4 }));
    bench.write(ARG0, 9, 0, 0, 0);
    bench.answer(completionWithData(request, { completerId: 0, bytes: dw(0) }));
    bench.read(ARG0, 9);
    expect(bench.failures).toEqual([]);
  });

  it('learn nothing of what is refused, injected, poisoned, too long, or not answered', () => {
    const bench = new LinkBench();
    const read = (): Tlp => memoryRead({ requesterId: HOST, address: ARG0, byteLength: 4 });
    const refused = completionWithoutData(bench.send(read()), {
      completerId: 0,
      status: CompletionStatus.UR,
    });
    bench.answer(refused);
    const request = bench.send(read(), true);
    bench.answer(completionWithData(request, { completerId: 0, bytes: dw(7) }));
    const poisoned = memoryWrite({ requesterId: HOST, address: ARG0, bytes: dw(7) });
    poisoned.ep = 1;
    bench.send(poisoned);
    bench.write(ARG0, ...dw(1), ...dw(2), ...dw(3));
    bench.write(ARG0 + 4, ...dw(1), ...dw(2));
    bench.answer(completionWithData(read(), { completerId: 0, bytes: dw(7) }));
    bench.read(ARG0, 0);
    expect(bench.failures).toEqual([]);
    expect(bench.registers.isPfUsed).toBe(false);
  });

  it('come and go with SDIs, whose resets they follow', () => {
    const bench = new LinkBench();
    bench.create(3);
    const page = PAGES + 3 * 4096;
    const entry = REGISTERS + PfRegister.IMS + 16 * 6;
    bench.write(page + PageRegister.TAIL, ...dw(5));
    bench.write(page + PageRegister.CTRL, ...dw(1));
    bench.read(page + PageRegister.TAIL, 0);
    bench.write(entry + 8, ...dw(0x77));
    bench.write(entry + 12, ...dw(0));
    bench.read(entry + 12, 0);
    bench.write(page + 0x100, ...dw(0x55));
    bench.tell({ kind: 'sdiResetting', sdi: 3, reconfigure: undefined });
    bench.read(page + 0x100, 0xffff_ffff);
    bench.tell({ kind: 'commandEnded', command: 'reset', sdi: 3, status: 0 });
    bench.read(page + 0x100, 0);
    bench.read(entry + 8, 0x77);
    bench.read(entry + 12, 1);
    expect(bench.failures).toEqual([]);
    bench.read(entry + 12, 3);
    expect(bench.failures).toEqual(['REG-3 sdi3.ims.entry[0].CONTROL 0x00000003: pending 0x1']);
    bench.tell({ kind: 'sdiEnabling', sdi: 3 });
    bench.read(entry + 12, 1);
    bench.read(entry + 12, 3);
    bench.tell({ kind: 'sdiDestroying', sdi: 3 });
    bench.read(page + 0x100, 0x99);
    expect(bench.registers.sdi(3)).toBeUndefined();
    expect(bench.failures).toHaveLength(1);
  });

  it('follow a reconfigured SDI to its new pages, and stay where the command is refused', () => {
    const bench = new LinkBench();
    bench.create(3);
    const reconfigure = { rid: 0x300, strided: false, pages: [9], vectors: [] };
    bench.write(PAGES + 3 * 4096 + 0x100, ...dw(5));
    bench.tell({ kind: 'sdiResetting', sdi: 3, reconfigure });
    bench.tell({ kind: 'commandEnded', command: 'reconfigure', sdi: 3, status: 5 });
    bench.read(PAGES + 3 * 4096 + 0x100, 5);
    bench.tell({ kind: 'sdiResetting', sdi: 3, reconfigure });
    bench.tell({ kind: 'commandEnded', command: 'reconfigure', sdi: 3, status: 0 });
    bench.read(PAGES + 3 * 4096 + 0x100, 1);
    bench.read(PAGES + 9 * 4096 + 0x100, 0);
    expect(bench.failures).toEqual([]);
    bench.read(PAGES + 9 * 4096 + 0x100, 1);
    expect(bench.failures).toEqual(['REG-3 sdi3.pages.page[0].SCRATCH[0] 0x00000001: value 0x1']);
  });

  it('follow VFs, their Configuration Requests of both types, and their FLR', () => {
    const bench = new LinkBench();
    const near = 0x0101;
    const far = 0x0205;
    bench.tell({ kind: 'vfsEnabling', count: 2, rids: [near, far] });
    bench.tell({ kind: 'vfsEnabled', accepted: true });
    const control = (rid: number, value: number): void => {
      const type = rid === near ? 0 : 1;
      bench.send(
        configWrite({
          requesterId: HOST,
          destinationId: rid,
          offset: 0x68,
          byteLength: 2,
          value,
          type,
        }),
      );
    };
    control(near, 3);
    control(far, 5);
    const read = (vf: number): number =>
      bench.registers.vf(vf)!.config.registerByName('CONFIG_068').get() & 0xf;
    expect([read(1), read(2)]).toEqual([3, 5]);
    bench.tell({ kind: 'flrStarted', requester: 'vf 2' });
    control(far, 7);
    bench.tell({ kind: 'flrEnded', requester: 'vf 2' });
    expect([read(1), read(2)]).toEqual([3, 0]);
    bench.tell({ kind: 'vfsDisabling' });
    expect(bench.registers.vf(1)).toBeUndefined();
  });

  it('start anew after a reset of the PF or the device, sticky bits apart', () => {
    const bench = new LinkBench();
    bench.create(1);
    const write = (offset: number, value: number): Tlp =>
      bench.send(
        configWrite({ requesterId: HOST, destinationId: 0x0100, offset, byteLength: 4, value }),
      );
    write(0x108, 1 << 12);
    write(0x88, 1 << 12);
    const mask = bench.registers.pfConfig.registerByName('CONFIG_108');
    const control2 = bench.registers.pfConfig.registerByName('CONFIG_088');
    expect([mask.get(), control2.get()]).toEqual([1 << 12, 1 << 12]);
    bench.tell({ kind: 'flrStarted', requester: 'pf' });
    bench.tell({ kind: 'flrEnded', requester: 'pf' });
    expect([mask.get(), control2.get()]).toEqual([1 << 12, 0]);
    expect(bench.registers.sdi(1)).toBeUndefined();
    bench.tell({ kind: 'deviceReset', how: 'hot' });
    expect(mask.get()).toBe(0);
    const request = bench.send(
      configRead({ requesterId: HOST, destinationId: 0x0100, offset: 0x108, byteLength: 4 }),
    );
    bench.answer(completionWithData(request, { completerId: 0, bytes: dw(1 << 12) }));
    expect(bench.failures).toEqual([
      'REG-3 pfConfig.CONFIG_108 0x00001000: Poisoned TLP Received Mask 0x1',
    ]);
  });

  it('pass over memory while Memory Space Enable is 0', () => {
    const bench = new LinkBench();
    bench.tell({ kind: 'memorySpace', requester: 'pf', on: false });
    bench.write(ARG0, ...dw(7));
    bench.tell({ kind: 'memorySpace', requester: 'pf', on: true });
    bench.read(ARG0, 0);
    expect(bench.failures).toEqual([]);
  });
});

describe('an interrupt entry', () => {
  it('has its message changed only when it has been masked for 1 µs (SRD §4)', () => {
    const bench = new LinkBench();
    bench.create(0);
    const block = bench.registers.sdi(0)!;
    const control = block.registerByName('ims.entry[0].CONTROL');
    const data = block.registerByName('ims.entry[0].DATA');
    const times: number[] = [];
    const { kernel } = bench.top;
    kernel.spawn(
      'writer',
      (function* (): Process {
        yield* control.write(0);
        yield* control.write(1);
        times.push(kernel.nowPs);
        yield* data.write(5);
        times.push(kernel.nowPs);
      })(),
    );
    kernel.runUntil(us(5));
    expect(times[1] - times[0]).toBeGreaterThan(us(1));
  });

  it('is masked before its message is changed, where it was left unmasked (SRD §4)', () => {
    const bench = new LinkBench();
    bench.create(0);
    const block = bench.registers.sdi(0)!;
    const control = block.registerByName('ims.entry[0].CONTROL');
    const data = block.registerByName('ims.entry[0].DATA');
    const writes: [number, number][] = [];
    const { kernel } = bench.top;
    for (const register of [control, data]) {
      register.addCallbacks({
        postWrite: () => {
          writes.push([register === control ? 0 : 1, kernel.nowPs]);
        },
      });
    }
    let isOver = false;
    kernel.spawn(
      'writer',
      (function* (): Process {
        yield* control.write(0);
        control.predictDirect({ low: 0, high: 0 }, control.mask);
        yield* data.write(5);
        isOver = true;
      })(),
    );
    kernel.runUntil(us(5));
    expect(isOver).toBe(true);
    expect(writes.map(([which]) => which)).toEqual([0, 0, 1]);
    expect(writes[2][1] - writes[1][1]).toBeGreaterThan(us(1));
  });
});
