// SRD's memory-mapped registers as blocks, made from the constants of the specification: PF registers, MSI-X tables, interrupt
// entries, work pages. Source: SRD §3, §4, §7, §8; src/siov/srd-registers.
//
// Bits that SRD does not name are reserved: they read 0 and ignore writes, and that is compared. Bits that SRD leaves open
// (the low bits of message addresses, the upper halves of RING_SIZE and TAIL) are not.
import type { Process } from '#kernel/process';
import { us } from '#kernel/time';
import { untilTime } from '#kernel/wait';
import {
  ARG_COUNT,
  PageRegister,
  PF_ID_VALUE,
  PF_VERSION_VALUE,
  PfMsix,
  PfRegister,
  RESULT_COUNT,
  SCRATCH_BYTES,
  SCRATCH_OFFSET,
  VECTOR_ENTRY_BYTES,
  VectorEntry,
  VfMsix,
} from '#siov/srd-registers';
import type { SrdParams } from '#siov/srd-params';
import { RegisterBlock } from '#uvm/registers/register-block';
import type { FieldSpec, ResetValues } from '#uvm/registers/register-field';
import type { Register } from '#uvm/registers/register';
import type { RegisterAttributes } from '#uvm/registers/register-attributes';

/** After a hard reset (power-up, CREATE_SDI, VF Enable) and after a soft one (FLR, RESET_SDI). */
const both = (value: number): ResetValues => ({ HARD: value, SOFT: value });

const zero = (lsb: number, width: number): FieldSpec => ({
  lsb,
  width,
  access: 'RO',
  reset: both(0),
});
const open = (lsb: number, width: number): FieldSpec => ({ lsb, width, compare: false });
const store = (lsb: number, width: number): FieldSpec => ({ lsb, width, reset: both(0) });
const constant = (value: number): { value: FieldSpec } => ({
  value: { lsb: 0, width: 32, access: 'RO', reset: both(value) },
});
const living = (lsb: number, width: number, access: 'RO' | 'W1C' = 'RO'): FieldSpec => ({
  lsb,
  width,
  access,
  volatile: true,
  reset: both(0),
});

/** BAR0 without the interrupt entries; offset 0 is the BAR's. */
export class PfRegisterBlock extends RegisterBlock {
  readonly map = this.addMap('bar0', { byteWidth: 4 });

  constructor(params: SrdParams) {
    super('pf');
    const add = (
      name: string,
      offset: number,
      fields: Readonly<Record<string, FieldSpec>>,
    ): Register => this.addRegister(name, { offset, fields });
    add('ID', PfRegister.ID, constant(PF_ID_VALUE));
    add('VERSION', PfRegister.VERSION, constant(PF_VERSION_VALUE));
    add('PAGES', PfRegister.PAGES, constant(params.pageCount));
    add('IMS_ENTRIES', PfRegister.IMS_ENTRIES, constant(params.imsCount));
    add('STATUS', PfRegister.STATUS, {
      ready: { lsb: 0, width: 1, access: 'RO', reset: both(1) },
      executing: living(1, 1),
      reserved: zero(2, 14),
      enabled: living(16, 16),
    });
    add('ERRORS', PfRegister.ERRORS, { causes: living(0, 6, 'W1C'), reserved: zero(6, 26) });
    add('LATE_COMPLETIONS', PfRegister.LATE_COMPLETIONS, { count: living(0, 32) });
    this.addRegisters('ARG', ARG_COUNT, {
      offset: PfRegister.ARG0,
      fields: { value: store(0, 32) },
    });
    this.addRegisters('RESULT', RESULT_COUNT, {
      offset: PfRegister.RESULT0,
      fields: { value: living(0, 32) },
    });
    this.addRegister('COMMAND', {
      offset: PfRegister.COMMAND,
      fields: { opcode: wo(0, 8), sequence: wo(16, 16) },
      attributes: { NO_REG_TESTS: 'a write starts a command' },
    });
    add('COMMAND_STATUS', PfRegister.COMMAND_STATUS, { value: living(0, 32) });
    this.lock();
    this.reset();
  }
}

function wo(lsb: number, width: number): FieldSpec {
  return { lsb, width, access: 'WO' };
}

/** BAR4: the MSI-X table of the PF and its PBA; offset 0 is the BAR's. */
export class PfMsixBlock extends RegisterBlock {
  readonly map = this.addMap('bar4', { byteWidth: 4 });

  constructor() {
    super('msix');
    addEntry(this, 'table', PfMsix.TABLE, {
      isMsix: true,
      attributes: { NO_REG_TESTS: 'it holds the message of the PF, which may be sent at any time' },
    });
    addPba(this, PfMsix.PBA, PfMsix.COUNT);
    this.lock();
    this.reset();
  }
}

/** The interrupt entries of an SDI. */
class ImsBlock extends RegisterBlock {
  readonly map = this.addMap('memory', { byteWidth: 4 });
  private readonly controls: readonly Register[];

  constructor(parent: RegisterBlock, addresses: readonly number[]) {
    super('ims', parent);
    this.controls = addresses.map((address, i) =>
      addEntry(this, `entry[${i}]`, address, { isMsix: false, attributes: {} }),
    );
  }

  /** From now on its interrupts may become pending at any time. */
  setAlive(): void {
    for (const control of this.controls) control.fieldByName('pending').isCompared = false;
  }
}

/** The work pages of an SDI: the control page, and further ones with scratch alone. */
class PagesBlock extends RegisterBlock {
  readonly map = this.addMap('memory', { byteWidth: 4 });

  constructor(parent: RegisterBlock, addresses: readonly number[]) {
    super('pages', parent);
    for (const [i, address] of addresses.entries()) {
      if (i === 0) addControlPage(this, address);
      addScratch(this, `page[${i}].`, address);
    }
  }
}

/** An SDI: its interrupt entries and its work pages, at addresses of the host. */
export class SdiBlock extends RegisterBlock {
  readonly map = this.addMap('memory', { byteWidth: 4 });
  readonly ims: ImsBlock;
  readonly pages: PagesBlock;

  constructor(
    sdi: number,
    at: { readonly pages: readonly number[]; readonly entries: readonly number[] },
  ) {
    super(`sdi${sdi}`);
    this.ims = new ImsBlock(this, at.entries);
    this.pages = new PagesBlock(this, at.pages);
    this.map.addMap(this.ims.map, 0);
    this.map.addMap(this.pages.map, 0);
    this.lock();
    this.reset();
  }
}

/** The page of a VF, at its address: control page, scratch, MSI-X table and PBA. */
export class VfPageBlock extends RegisterBlock {
  readonly map = this.addMap('memory', { byteWidth: 4 });

  constructor(vf: number, address: number) {
    super(`vf${vf}.page`);
    const attributes = { NO_REG_BIT_BASH_TEST: 'the VF belongs to a tenant, which works with it' };
    for (let i = 0; i < VfMsix.COUNT; i++) {
      const at = address + VfMsix.TABLE + i * VECTOR_ENTRY_BYTES;
      addEntry(this, `msix[${i}]`, at, { isMsix: true, attributes });
    }
    addPba(this, address + VfMsix.PBA, VfMsix.COUNT);
    addControlPage(this, address);
    addScratch(this, '', address);
    this.lock();
    this.reset();
  }
}

/** Bits 0..count-1 are pending bits; the others of the DW are reserved. */
function addPba(block: RegisterBlock, offset: number, count: number): void {
  const fields = { pending: living(0, count), reserved: zero(count, 32 - count) };
  block.addRegister('PBA', { offset, fields });
}

/** One vector: message address, data, control. Returns the control register. */
function addEntry(
  block: RegisterBlock,
  name: string,
  offset: number,
  how: { readonly isMsix: boolean; readonly attributes: RegisterAttributes },
): Register {
  const { isMsix, attributes } = how;
  const file = block.addFile(name, offset, attributes);
  // RESET_SDI keeps the message of an IMS entry (SRD §6); an FLR does not keep that of an MSI-X entry (SRD §8).
  const reset = isMsix ? both(0) : { HARD: 0 };
  const low = file.addRegister('ADDRESS_LOW', {
    offset: VectorEntry.ADDRESS_LOW,
    fields: { ignored: open(0, 2), address: { lsb: 2, width: 30, reset } },
  });
  const whole = { value: { lsb: 0, width: 32, reset } };
  const high = file.addRegister('ADDRESS_HIGH', {
    offset: VectorEntry.ADDRESS_HIGH,
    fields: whole,
  });
  const data = file.addRegister('DATA', { offset: VectorEntry.DATA, fields: whole });
  const control = file.addRegister('CONTROL', {
    offset: VectorEntry.CONTROL,
    fields: {
      mask: { lsb: 0, width: 1, reset: both(1) },
      ...(isMsix
        ? { reserved: open(1, 31) }
        : { pending: { ...zero(1, 1) }, reserved: zero(2, 30) }),
    },
  });
  waitForMask(control, [low, high, data]);
  return control;
}

/**
 * A message is changed only while its vector has been masked for 1 µs (SRD §4, Moments): a vector that an access before left
 * unmasked is masked first. The read shows that the mask has arrived.
 */
function waitForMask(control: Register, message: readonly Register[]): void {
  const mask = control.fieldByName('mask');
  let maskedSincePs = 0;
  control.addCallbacks({
    postWrite: () => {
      maskedSincePs = control.context.kernel.nowPs;
    },
  });
  for (const register of message) {
    register.addCallbacks({
      *preWrite(): Process {
        if (mask.getMirrored() === 0) {
          yield* control.write(1);
          yield* control.read();
          maskedSincePs = control.context.kernel.nowPs;
        }
        yield untilTime(maskedSincePs + us(1) + 1);
      },
    });
  }
}

/** The registers of a queue (SRD §7). */
function addControlPage(block: RegisterBlock, address: number): void {
  const file = block.addFile('queue', address);
  const add = (
    name: string,
    offset: number,
    fields: Readonly<Record<string, FieldSpec>>,
  ): Register => file.addRegister(name, { offset, fields });
  const control = add('CTRL', PageRegister.CTRL, {
    enable: { ...store(0, 1), attributes: { NO_REG_BIT_BASH_TEST: 'it starts the queue' } },
    reserved: zero(1, 31),
  });
  add('STATE', PageRegister.STATE, {
    enabled: living(0, 1),
    executing: living(1, 1),
    halted: living(2, 1),
    reserved: zero(3, 5),
    haltCode: living(8, 8),
    reserved2: zero(16, 16),
  });
  add('RING_BASE_LOW', PageRegister.RING_BASE_LOW, { value: store(0, 32) });
  add('RING_BASE_HIGH', PageRegister.RING_BASE_HIGH, { value: store(0, 32) });
  add('RING_SIZE', PageRegister.RING_SIZE, { entries: store(0, 16), more: open(16, 16) });
  add('HEAD', PageRegister.HEAD, { index: living(0, 16), reserved: zero(16, 16) });
  const tail = add('TAIL', PageRegister.TAIL, { index: store(0, 16), more: open(16, 16) });
  add('RECORD_BASE_LOW', PageRegister.RECORD_BASE_LOW, { value: store(0, 32) });
  add('RECORD_BASE_HIGH', PageRegister.RECORD_BASE_HIGH, { value: store(0, 32) });
  add('PASID', PageRegister.PASID, {
    pasid: store(0, 20),
    reserved: zero(20, 11),
    enable: store(31, 1),
  });
  add('OPS', PageRegister.OPS, { count: living(0, 32) });
  clearTail(block, control, tail);
}

/** CTRL bit 0 from 0 to 1 sets TAIL to 0 (SRD §7). */
function clearTail(block: RegisterBlock, control: Register, tail: Register): void {
  let wasOn = false;
  block.onPredicted(({ register, kind }) => {
    if (register !== control || kind !== 'write') return;
    const isOn = (control.mirrored.low & 1) === 1;
    if (isOn && !wasOn) tail.predictDirect({ low: 0, high: 0 }, tail.mask);
    wasOn = isOn;
  });
}

function addScratch(block: RegisterBlock, prefix: string, address: number): void {
  block.addRegisters(`${prefix}SCRATCH`, SCRATCH_BYTES / 4, {
    offset: address + SCRATCH_OFFSET,
    fields: { value: store(0, 32) },
  });
}
