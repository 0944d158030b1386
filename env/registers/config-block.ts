// A function's configuration space as a block of registers, made from the table of the specification, one register per offset
// of the table. Source: SRD §3, §8; src/siov/config-space-table (only bits that it marks as checked are compared).
import { hex } from '#base/bits';
import type { ConfigField } from '#siov/config-space-table';
import type { RegisterAttributes } from '#uvm/registers/register-attributes';
import { RegisterBlock } from '#uvm/registers/register-block';
import type { FieldSpec, ResetValues } from '#uvm/registers/register-field';
import type { Register } from '#uvm/registers/register';
import { andWord, isZero, maskWord, orWord, ZERO, type Word } from '#uvm/registers/word';

/** Writes that do harm while the device runs, by the name of the field: the reason. At power-up they do none. */
const WHILE_RUNNING: Readonly<Record<string, string>> = {
  'Bus Master Enable': 'all requests of the function wait while it is 0',
  'BAR0 Base Address': 'the registers of the PF would move',
  'BAR2 Base Address': 'the work pages of all SDIs would move',
  'BAR4 Base Address': 'the MSI-X table of the PF would move',
  PowerState: 'in D3hot the functions are closed',
  'MSI-X Function Mask': 'messages of the function would become pending',
  'MSI-X Enable': 'messages of the function would be lost',
  'Enable Relaxed Ordering': 'changed only while no queue works (SRD §4, Moments)',
  Max_Payload_Size: 'changed only while no queue works (SRD §4, Moments)',
  'Extended Tag Field Enable': 'changed only while no queue works (SRD §4, Moments)',
  Max_Read_Request_Size: 'changed only while no queue works (SRD §4, Moments)',
  'AtomicOp Requester Enable': 'AtomicOps of tenants would be refused',
  '10-Bit Tag Requester Enable': 'changed only while no queue works (SRD §4, Moments)',
  'VF MSE': 'the pages of all VFs would be closed',
  'VF 10-Bit Tag Requester Enable': 'changed only while no queue works (SRD §4, Moments)',
  'VF BAR0 Base Address': 'the pages of all VFs would move',
  NumVFs: 'the next VF Enable would bring another number of VFs',
  'PASID Enable': 'work of tenants would lose its PASID',
};

/** Writes that are no storage, or that the host must not make. */
const ALWAYS: Readonly<Record<string, string>> = {
  'Memory Space Enable': 'the host gives no overlapping BARs, and at power-up all of them overlap',
  'Initiate Function Level Reset': 'a 1 starts a reset of the function',
  'VF Enable': 'a 1 makes VFs appear, or is refused',
};

const NOT_BINDING = 'not binding: as PCIe allows';
const RESET_BINDING = 'only its reset value is binding';

/** Reasons that do not count before enumeration: nothing runs yet. */
export const HARMLESS_AT_POWER_UP: readonly string[] = [...new Set(Object.values(WHILE_RUNNING))];

/** Bits that the device changes by itself. */
const LIVING = [/Error Status$/, /Status$/, /^SIOV Status: /, /^VF Enable$/];

/** Bits of a base address that are RO 0: those below the size of the window. */
const FIXED = ' (fixed)';

export class ConfigBlock extends RegisterBlock {
  readonly map = this.addMap('config', { byteWidth: 4 });

  constructor(name: string, fields: readonly ConfigField[]) {
    super(name);
    const offsets = [...new Set(fields.map(({ offset }) => offset))].sort((a, b) => a - b);
    for (const offset of offsets) this.addOffset(offset, fields);
    this.lock();
    this.reset();
  }

  private addOffset(offset: number, all: readonly ConfigField[]): void {
    const rows = all.filter((field) => field.offset === offset);
    const top = Math.max(...rows.map(({ high }) => high));
    const specs: Record<string, FieldSpec> = {};
    for (const row of rows) {
      for (const [name, spec] of specsOf(row))
        specs[name in specs ? `${name} ${row.low}` : name] = spec;
    }
    const widthBits = 8 * Math.ceil((top + 1) / 8);
    const register = this.addRegister(`CONFIG_${hex(offset, 3).slice(2)}`, {
      offset,
      widthBits,
      fields: specs,
    });
    this.forgetFreeWrites(register, rows);
  }

  /** After a write nothing is known of bits of which only the reset value is binding. */
  private forgetFreeWrites(register: Register, rows: readonly ConfigField[]): void {
    const free = rows
      .filter(({ write }) => write === 'free')
      .reduce((mask, row) => orWord(mask, maskWord(row.high - row.low + 1, row.low)), ZERO);
    if (isZero(free)) return;
    this.onPredicted((access) => {
      if (access.register === register && access.kind === 'write') {
        register.forget(andWord(free, access.mask));
      }
    });
  }
}

/** A row as fields by name; a base address is two: what can be written, and what is RO 0. */
function specsOf(row: ConfigField): [string, FieldSpec][] {
  const { high, low, name, size } = row;
  if (size === undefined) return [[name, specOf(row, low, high)]];
  const first = Math.max(low, Math.log2(size));
  const fixed: [string, FieldSpec][] =
    first === low
      ? []
      : [[name + FIXED, { ...specOf(row, low, first - 1), access: 'RO', attributes: {} }]];
  return [...fixed, [name, specOf(row, first, high)]];
}

function specOf(row: ConfigField, lsb: number, high: number): FieldSpec {
  const width = high - lsb + 1;
  const isLiving = LIVING.some((pattern) => pattern.test(row.name)) && row.access !== 'RW';
  const isEnable = row.write === 'vfenable';
  return {
    lsb,
    width,
    access: policyOf(row),
    reset: resetsOf(row),
    volatile: isLiving || isEnable,
    compare: row.checked && !isLiving && !isEnable,
    attributes: attributesOf(row),
    ...(row.legal === undefined ? {} : { legal: row.legal }),
  };
}

function policyOf({ access, write }: ConfigField): 'RO' | 'RW' | 'W1C' {
  if (access === 'RW1C') return 'W1C';
  return access === 'RW' && write !== 'flr' ? 'RW' : 'RO';
}

/** HARD: cold or hot reset. SOFT: FLR of the function; sticky fields keep what they have. */
function resetsOf({ access, reset, resetBy, write }: ConfigField): ResetValues {
  const isConstant = resetBy.length === 0 && (access !== 'RW' || write === 'flr');
  const value: number | Word = reset;
  return isConstant || resetBy.includes('flr') ? { HARD: value, SOFT: value } : { HARD: value };
}

function attributesOf(row: ConfigField): RegisterAttributes {
  const free = row.checked ? undefined : NOT_BINDING;
  const reason =
    ALWAYS[row.name] ??
    WHILE_RUNNING[row.name] ??
    free ??
    (row.write === 'free' ? RESET_BINDING : undefined);
  return reason === undefined ? {} : { NO_REG_BIT_BASH_TEST: reason };
}
