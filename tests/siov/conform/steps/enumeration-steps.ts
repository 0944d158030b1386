// Stage enumeration: bus number, capability lists, every binding field of the PF's configuration space, and who does not
// answer. Source: SRD §2, §3; config-space table.
import { bitField, hex } from '#base/bits';
import { readU32Le } from '#base/bytes';
import { printRid } from '#pcie/routing-id';
import {
  walkCapabilities,
  walkExtendedCapabilities,
  type CapabilityList,
  type CapabilityWalk,
} from '#pcie/capabilities';
import { CompletionStatus } from '#pcie/tlp';
import { pfConfigFields, type ConfigField } from '#siov/config-space-table';
import { SIOV_CAPABILITY_OFFSET } from '#siov/siov-capability';
import type { SrdParams } from '#siov/srd-params';
import type { ConformHost } from '../host.ts';
import { DUT, SRD, type Paragraph } from '../paragraphs.ts';
import { maskOf, Registers } from '../registers.ts';
import type { ConformStep, StepKit } from '../step.ts';

const COMMAND = 0x04;
const BUSES = [1, 0x20, 0xfe];
const LISTS = {
  first: [
    [0x01, 0x40],
    [0x11, 0x50],
    [0x10, 0x60],
  ],
  aerAndAri: [
    [0x0001, 0x100],
    [0x000e, 0x148],
  ],
  sriov: [0x0010, 0x150],
  pasid: [0x001b, 0x190],
  siov: [0x0038, 0x1a0],
} as const;
/** Writing here does more than store: it is done in other stages, and not at all. */
const WRITE_SKIPPED = ['PowerState', 'Initiate Function Level Reset', 'VF Enable'];

export const ENUMERATION_STEPS: readonly ConformStep[] = [
  {
    name: 'bus-number',
    title: 'the bus number is 0, then that of the last Type 0 Configuration Write',
    paragraph: SRD.CAPTURE,
    isBasic: true,
    run: async (kit) => {
      const { host, registers } = await open(kit);
      await registers.config(0, SRD.CAPTURE);
      for (const bus of BUSES) {
        await registers.configure(COMMAND, 0, SRD.CAPTURE, { byteLength: 2, bus });
        // Read through another bus: the function number is what counts, and the captured bus is what answers.
        const tlp = await registers.configCompletion(0, 0, 0, [host.pfRid]);
        registers.expectStatus(tlp, CompletionStatus.SC, SRD.CAPTURE);
      }
    },
  },
  {
    name: 'identity',
    title: 'Vendor and Device ID are the parameters that HELLO_OK gave',
    paragraph: DUT.EFFECTIVE,
    isBasic: true,
    run: async (kit) => {
      const { host, registers } = await open(kit);
      const { vendorId, deviceId } = host.params;
      const ids = await registers.config(0, DUT.EFFECTIVE);
      host.expectEqual('Vendor ID', [ids & 0xffff, vendorId], DUT.EFFECTIVE);
      host.expectEqual('Device ID', [ids >>> 16, deviceId], DUT.EFFECTIVE);
    },
  },
  {
    name: 'capability-lists',
    title: 'both capability lists hold what they should, in order',
    paragraph: SRD.LISTS,
    isBasic: true,
    run: async (kit) => {
      const { host, registers } = await open(kit);
      await expectList(registers, walkCapabilities(), LISTS.first);
      await expectList(registers, walkExtendedCapabilities(), extendedList(host.params));
    },
  },
  {
    name: 'reset-values',
    title: 'every binding field has its reset value',
    paragraph: SRD.CONFIG_SPACE,
    run: async (kit) => {
      const { host, registers } = await open(kit);
      await expectFields(registers, pfConfigFields(host.params), (field) => field.reset);
    },
  },
  {
    name: 'writes',
    title: 'RW fields store what is written, RO fields and their neighbours do not',
    paragraph: SRD.CONFIG_SPACE,
    run: writeFields,
  },
  {
    name: 'byte-enables',
    title: 'a Configuration Write changes only the bytes that it enables',
    paragraph: SRD.CONFIG_SPACE,
    run: writeBytes,
  },
  {
    name: 'nobody',
    title: 'a Type 0 request to another function gets UR',
    paragraph: SRD.INVISIBLE,
    run: async (kit) => {
      const { registers } = await open(kit);
      await registers.configure(COMMAND, 0, SRD.CAPTURE, { byteLength: 2, bus: 1 });
      for (const rid of [0x0180, 0x01ff]) await expectAbsent(registers, rid, 0, SRD.INVISIBLE);
    },
  },
  {
    name: 'type-1',
    title: 'a Type 1 request gets UR, to the captured bus and to others',
    paragraph: SRD.CONFIG_TYPE1,
    run: async (kit) => {
      const { registers } = await open(kit);
      await registers.configure(COMMAND, 0, SRD.CAPTURE, { byteLength: 2, bus: 1 });
      for (const rid of [0x0100, 0x0000, 0x0200, 0xff00]) {
        await expectAbsent(registers, rid, 1, SRD.CONFIG_TYPE1);
      }
    },
  },
];

async function open(kit: StepKit): Promise<{ host: ConformHost; registers: Registers }> {
  const host = await kit.host();
  return { host, registers: new Registers(host) };
}

/** A read of this RID gets UR. */
export async function expectAbsent(
  registers: Registers,
  rid: number,
  ...[type, by]: readonly [0 | 1, Paragraph]
): Promise<void> {
  const tlp = await registers.configCompletion(rid, 0, type);
  if (tlp.status === CompletionStatus.UR) return;
  registers.host.doing(`a Configuration Read, Type ${type}, of ${printRid(rid)}`);
  registers.expectStatus(tlp, CompletionStatus.UR, by);
}

function extendedList(params: SrdParams): (readonly [number, number])[] {
  const list: (readonly [number, number])[] = [...LISTS.aerAndAri];
  if (params.totalVfs > 0) list.push(LISTS.sriov);
  if (params.pasid) list.push(LISTS.pasid);
  return [...list, LISTS.siov];
}

async function expectList(
  registers: Registers,
  walk: CapabilityWalk,
  wanted: readonly (readonly [number, number])[],
): Promise<void> {
  const { capabilities, fault } = await walked(registers, walk);
  const text = (list: readonly (readonly [number, number])[]): string =>
    list.map(([id, offset]) => `${hex(id, 4)} at ${hex(offset, 3)}`).join(', ');
  const seen = text(capabilities.map(({ id, offset }) => [id, offset] as const));
  const expected = text(wanted);
  if (fault === undefined && seen === expected) return;
  const list = seen === '' ? 'an empty list' : seen;
  const shown = fault === undefined ? list : `${list}; ${fault}`;
  registers.host.doing('Configuration Reads along the list');
  throw registers.host.finding({ paragraph: SRD.LISTS, seen: shown, expected });
}

async function walked(registers: Registers, walk: CapabilityWalk): Promise<CapabilityList> {
  let step = walk.next();
  while (step.done !== true) {
    step = walk.next(await registers.config(step.value, SRD.LISTS));
  }
  return step.value;
}

/** The paragraph that a field of the PF is about. */
export function fieldParagraph({ offset, name }: ConfigField): Paragraph {
  if (name.startsWith('BAR')) return SRD.BARS;
  return offset >= SIOV_CAPABILITY_OFFSET ? SRD.SIOV_CAPABILITY : SRD.CONFIG_SPACE;
}

/**
 * Reads each DW once, and holds its binding fields against `wanted` (undefined: not looked at). `by`: what demands it,
 * where it is not the field itself.
 */
export async function expectFields(
  registers: Registers,
  fields: readonly ConfigField[],
  wanted: (field: ConfigField) => number | undefined,
  by?: Paragraph,
): Promise<void> {
  const { host } = registers;
  const dws = new Map<number, { readonly value: number; readonly sent: string }>();
  const read = async (offset: number): Promise<number> => {
    const known = dws.get(offset);
    if (known !== undefined) return known.value;
    const tlp = await registers.configCompletion(host.pfRid, offset);
    registers.expectStatus(tlp, CompletionStatus.SC, SRD.CONFIG_SPACE);
    const value = readU32Le(tlp.payload, 0);
    dws.set(offset, { value, sent: host.sent });
    return value;
  };
  for (const field of fields) {
    const value = field.checked ? wanted(field) : undefined;
    if (value === undefined) continue;
    const { offset, low, high, name } = field;
    const first = 8 * (offset & 3) + low;
    const base = (offset & ~3) + 4 * Math.floor(first / 32);
    const width = high - low + 1;
    let seen = bitField(await read(base), Math.min(31, (first % 32) + width - 1), first % 32);
    const lowWidth = 32 - (first % 32);
    if (width > lowWidth) seen += (await read(base + 4)) * 2 ** lowWidth;
    host.doing(dws.get(base)?.sent ?? '');
    const label = `${name} (${hex(offset, 3)} bits ${high}:${low})`;
    host.expectEqual(label, [seen, value], by ?? fieldParagraph(field));
  }
}

/** What may be written to a field of one DW, and is then stored; undefined: nothing that binds. */
function storedValues(field: ConfigField): readonly number[] {
  const { checked, access, write, legal, low, high } = field;
  if (!checked || access !== 'RW' || write !== undefined || high - low >= 32) return [];
  if (WRITE_SKIPPED.includes(field.name)) return [];
  return legal ?? [maskOf(high - low + 1), 0];
}

async function writeFields(kit: StepKit): Promise<void> {
  const { host, registers } = await open(kit);
  await registers.configure(COMMAND, 0, SRD.CAPTURE, { byteLength: 2, bus: 1 });
  const fields = pfConfigFields(host.params);
  const current = new Map(fields.map((field) => [field, field.reset]));
  const mine = (field: ConfigField): ConfigField[] =>
    fields.filter((one) => one.offset >> 2 === field.offset >> 2);
  for (const field of fields) {
    for (const value of storedValues(field)) {
      const { offset, low } = field;
      const first = 8 * (offset & 3) + low;
      current.set(field, value);
      const own = mine(field);
      const others = await registers.config(offset & ~3, SRD.CONFIG_SPACE);
      const width = maskOf(field.high - low + 1);
      const word = ((others & ~(width << first)) | (value << first)) >>> 0;
      // Read-only bits are written inverted; RW1C bits, and those that act on a 1, as 0.
      const written = ((word ^ bitsOf(own, isReadOnly)) & ~bitsOf(own, actsOnOne)) >>> 0;
      await registers.configure(offset & ~3, written, SRD.CONFIG_SPACE);
      await expectFields(registers, mine(field), (one) => current.get(one));
    }
    if (field.checked && ['RO', 'HwInit'].includes(field.access) && field.high < 32) {
      await writeReadOnly(registers, field, mine(field));
    }
  }
}

function withField(sum: number, field: ConfigField, value: number): number {
  const shift = 8 * (field.offset & 3) + field.low;
  return shift >= 32 ? sum : (sum | (value << shift)) >>> 0;
}

/** Bits of a DW, of those of its fields that are meant. */
function bitsOf(fields: readonly ConfigField[], isMeant: (field: ConfigField) => boolean): number {
  let mask = 0;
  for (const field of fields) {
    if (isMeant(field)) mask = withField(mask, field, maskOf(field.high - field.low + 1));
  }
  return mask;
}

function isReadOnly({ access, checked, high }: ConfigField): boolean {
  return checked && high < 32 && (access === 'RO' || access === 'HwInit');
}

function actsOnOne({ access, name }: ConfigField): boolean {
  return access === 'RW1C' || WRITE_SKIPPED.includes(name);
}

/** Inverted bits of a read-only field, in a DW that holds nothing that may be written. */
async function writeReadOnly(
  registers: Registers,
  field: ConfigField,
  own: readonly ConfigField[],
): Promise<void> {
  if (own[0] !== field) return;
  if (own.some(({ access, high }) => !['RO', 'HwInit', 'RsvdP'].includes(access) || high >= 32)) {
    return;
  }
  const offset = field.offset & ~3;
  const word = await registers.config(offset, SRD.CONFIG_SPACE);
  await registers.configure(offset, ~word >>> 0, SRD.CONFIG_SPACE);
  await expectFields(registers, own, (one) => one.reset);
}

/** NumVFs is not everywhere; the Severity register of AER is, with bytes that store. */
async function writeBytes(kit: StepKit): Promise<void> {
  const { host, registers } = await open(kit);
  const CONTROL = 0x68;
  const before = await registers.config(CONTROL, SRD.CONFIG_SPACE, 2);
  // Max_Read_Request_Size lies in the upper byte, the reporting enables in the lower one.
  await registers.configure(CONTROL + 1, ((before >>> 8) & 0x0f) | 0x50, SRD.CONFIG_SPACE, {
    byteLength: 1,
    bus: 1,
  });
  const upper = await registers.config(CONTROL, SRD.CONFIG_SPACE, 2);
  const NOT_FREE = 0x71ff;
  const wanted = ((before & 0x0fff) | 0x5000) & NOT_FREE;
  host.expectEqual('Device Control', [upper & NOT_FREE, wanted], SRD.CONFIG_SPACE);
  await registers.configure(CONTROL, (before & 0xf0) | 0x0f, SRD.CONFIG_SPACE, { byteLength: 1 });
  const lower = await registers.config(CONTROL, SRD.CONFIG_SPACE, 2);
  const all = ((wanted & ~0x0f) | 0x0f) & NOT_FREE;
  host.expectEqual('Device Control', [lower & NOT_FREE, all], SRD.CONFIG_SPACE);
}
