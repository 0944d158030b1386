// Stage bars: sizes, Memory Space Enable, the registers of the PF, access rules, pages of nobody. Source: SRD §3, §4, §7.
import { hex, roundUpToPowerOfTwo } from '#base/bits';
import { readU32Le } from '#base/bytes';
import { CompletionStatus } from '#pcie/tlp';
import {
  imsEntryOffset,
  PAGE_BYTES,
  PF_ID_VALUE,
  PF_MSIX_BYTES,
  PF_REGISTERS_BYTES,
  PF_VERSION_VALUE,
  PfError,
  PfMsix,
  PfRegister,
  PfStatus,
  SCRATCH_OFFSET,
  VectorEntry,
} from '#siov/srd-registers';
import {
  BAR0,
  BAR2,
  BAR4,
  Bench,
  bootedBench,
  BUS,
  Command,
  ConfigOffset,
  type BootOptions,
} from '../bench.ts';
import { SRD } from '../paragraphs.ts';
import type { ConformStep, StepKit } from '../step.ts';

const ALL_ONES = 0xffff_ffff;
const { SC, UR, CA } = CompletionStatus;
const MSIX_ONLY: BootOptions = { command: Command.MEMORY_SPACE };
/** An admin register that nobody defines. */
const RESERVED_REGISTERS = [0x014, 0x020, 0x0fc, 0x130, 0x1000, 0xfffc];
/** Long enough for error bits to show (SRD §4, Moments). */
export const ERROR_PS = 1_000_000;

export const BARS_STEPS: readonly ConformStep[] = [
  {
    name: 'sizes',
    title: 'BAR0, BAR2 and BAR4 are as large as the parameters say',
    paragraph: SRD.BARS,
    run: barSizes,
  },
  {
    name: 'identity',
    title: 'ID, VERSION, PAGES, IMS_ENTRIES and STATUS read what they should',
    paragraph: SRD.PF_REGISTERS,
    isBasic: true,
    run: async (kit) => {
      const { registers, params } = await bootedBench(kit, MSIX_ONLY);
      const by = SRD.PF_REGISTERS;
      const expect = (offset: number, value: number, what: string): Promise<void> =>
        registers.expect(BAR0 + offset, value, { what, by });
      await expect(PfRegister.ID, PF_ID_VALUE, 'ID');
      await expect(PfRegister.VERSION, PF_VERSION_VALUE, 'VERSION');
      await expect(PfRegister.PAGES, params.pageCount, 'PAGES');
      await expect(PfRegister.IMS_ENTRIES, params.imsCount, 'IMS_ENTRIES');
      const status = { what: 'STATUS', by: SRD.STATUS };
      await registers.expect(BAR0 + PfRegister.STATUS, PfStatus.READY, status);
      await registers.expect(BAR0 + PfRegister.ERRORS, 0, { what: 'ERRORS', by: SRD.ERRORS });
      const late = { what: 'LATE_COMPLETIONS', by: SRD.LATE };
      await registers.expect(BAR0 + PfRegister.LATE_COMPLETIONS, 0, late);
    },
  },
  {
    name: 'memory-space',
    title: 'with Memory Space Enable 0 all BARs answer UR',
    paragraph: SRD.MEMORY_SPACE,
    run: async (kit) => {
      const { registers } = await bootedBench(kit, { command: Command.BUS_MASTER });
      for (const address of [BAR0, BAR2, BAR4]) {
        await registers.expectRefused(registers.readTlp(address), UR, SRD.MEMORY_SPACE);
      }
    },
  },
  {
    name: 'arguments',
    title: 'ARG0..ARG5 store what is written, byte by byte and two at once',
    paragraph: SRD.ARGUMENTS,
    isBasic: true,
    run: argumentsStore,
  },
  {
    name: 'read-only',
    title: 'read-only and reserved registers ignore writes, reserved ones read 0',
    paragraph: SRD.RESERVED,
    run: readOnlyRegisters,
  },
  {
    name: 'access-rules',
    title:
      '1 or 2 aligned DWs are served; longer or unaligned reads get CA, such writes are dropped',
    paragraph: SRD.ACCESS,
    run: accessRules,
  },
  {
    name: 'zero-length',
    title: 'a zero-length read returns one DW',
    paragraph: SRD.ZERO_LENGTH,
    run: async (kit) => {
      const { registers, host } = await bootedBench(kit, MSIX_ONLY);
      const tlp = await host.request(registers.readTlp(BAR0 + PfRegister.ERRORS, 0));
      registers.expectStatus(tlp, SC, SRD.ZERO_LENGTH);
    },
  },
  {
    name: 'ims',
    title:
      'entries of interrupt message storage store address, data and mask; the mask resets to 1',
    paragraph: SRD.IMS,
    run: imsEntries,
  },
  {
    name: 'msix-table',
    title: 'BAR4 holds the MSI-X table and the PBA',
    paragraph: SRD.MSIX,
    run: async (kit) => {
      const bench = await bootedBench(kit, MSIX_ONLY);
      await vectorStores(bench, BAR4 + PfMsix.TABLE, 'MSI-X entry');
      const { registers } = bench;
      await registers.expect(BAR4 + PfMsix.PBA, 0, { what: 'PBA', by: SRD.MSIX, mask: 1 });
    },
  },
  {
    name: 'page-of-nobody',
    title: 'a page that is assigned to nobody: reads get UR, and ERRORS bits 0 and 4 are set',
    paragraph: SRD.PAGES,
    run: pageOfNobody,
  },
  {
    name: 'errors-clear',
    title: 'ERRORS: writing 1 to a bit clears it, writing 0 does not',
    paragraph: SRD.ERRORS,
    run: errorsClear,
  },
];

async function barSizes(kit: StepKit): Promise<void> {
  const bench = new Bench(await kit.host());
  const { registers, params, host } = bench;
  const pages = PAGE_BYTES * roundUpToPowerOfTwo(params.pageCount);
  const bars = [
    ['BAR0', ConfigOffset.BAR0, PF_REGISTERS_BYTES, 0x4, 0xf],
    ['BAR2', ConfigOffset.BAR0 + 8, pages, 0xc, 0xf],
    ['BAR4', ConfigOffset.BAR0 + 16, PF_MSIX_BYTES, 0x4, 0x7],
  ] as const;
  for (const [name, offset, size, flags, flagMask] of bars) {
    for (const at of [offset, offset + 4]) {
      await registers.configure(at, ALL_ONES, SRD.BARS, { bus: BUS });
    }
    const low = await registers.config(offset, SRD.BARS);
    const mask = (~(size - 1) | flagMask) >>> 0;
    const wanted = ((~(size - 1) >>> 0) | flags) >>> 0;
    const what = `${name} after all ones were written (bits ${hex((~0xf >>> 0) | flagMask, 8)})`;
    const shown = (low & ((~0xf | flagMask) >>> 0)) >>> 0;
    host.expectEqual(what, [shown, (wanted & mask) >>> 0], SRD.BARS);
    const high = await registers.config(offset + 4, SRD.BARS);
    host.expectEqual(`${name}, upper half`, [high, ALL_ONES], SRD.BARS);
  }
}

async function argumentsStore(kit: StepKit): Promise<void> {
  const { registers, host } = await bootedBench(kit, MSIX_ONLY);
  const by = SRD.ARGUMENTS;
  for (let i = 0; i < 6; i++) {
    const address = BAR0 + PfRegister.ARG0 + 4 * i;
    await registers.expect(address, 0, { what: `ARG${i} at power-up`, by });
    registers.write(address, 0x1122_3344 + i * 0x0101_0101);
  }
  for (let i = 0; i < 6; i++) {
    const wanted = 0x1122_3344 + i * 0x0101_0101;
    await registers.expect(BAR0 + PfRegister.ARG0 + 4 * i, wanted, { what: `ARG${i}`, by });
  }
  const address = BAR0 + PfRegister.ARG0 + 8;
  host.post(registers.writeTlp(address + 1, Uint8Array.of(0xaa)));
  const oneByte = { what: 'ARG2 after a write of byte 1', by: SRD.ACCESS };
  await registers.expect(address, 0x1324_aa46, oneByte);
  registers.writeLong(address, 0x0000_00aa_5566_7788);
  const tlp = await host.request(registers.readTlp(address, 8));
  registers.expectStatus(tlp, SC, SRD.ACCESS);
  host.expectEqual(
    'ARG2 after a write of 2 DW',
    [readU32Le(tlp.payload, 0), 0x5566_7788],
    SRD.ACCESS,
  );
  host.expectEqual('ARG3 after a write of 2 DW', [readU32Le(tlp.payload, 4), 0xaa], SRD.ACCESS);
}

async function readOnlyRegisters(kit: StepKit): Promise<void> {
  const { registers, params } = await bootedBench(kit, MSIX_ONLY);
  const by = SRD.RESERVED;
  for (const offset of RESERVED_REGISTERS) {
    const address = BAR0 + offset;
    const what = `reserved register ${hex(offset, 3)}`;
    await registers.expect(address, 0, { what, by });
    registers.write(address, ALL_ONES);
    await registers.expect(address, 0, { what: `${what} after a write`, by });
  }
  const readOnly = [
    [PfRegister.ID, PF_ID_VALUE, 'ID'],
    [PfRegister.PAGES, params.pageCount, 'PAGES'],
    [PfRegister.STATUS, PfStatus.READY, 'STATUS'],
    [PfRegister.RESULT0, 0, 'RESULT0'],
    [PfRegister.COMMAND_STATUS, 0, 'COMMAND_STATUS'],
  ] as const;
  for (const [offset, value, name] of readOnly) {
    registers.write(BAR0 + offset, ~value >>> 0);
    const what = `${name} after a write`;
    await registers.expect(BAR0 + offset, value, { what, by: SRD.PF_REGISTERS });
  }
}

async function accessRules(kit: StepKit): Promise<void> {
  const { registers, host } = await bootedBench(kit, MSIX_ONLY);
  const base = BAR0 + PfRegister.ARG0;
  const by = SRD.ACCESS;
  registers.writeLong(base, 0x0000_1111_2222_3333);
  const bad = [
    [base, 12],
    [base, 16],
    [base + 4, 8],
    [base, 64],
  ] as const;
  for (const [address, byteLength] of bad) {
    await registers.expectRefused(registers.readTlp(address, byteLength), CA, by);
  }
  for (const [address, byteLength] of bad) {
    host.post(registers.writeTlp(address, new Uint8Array(byteLength).fill(0xee)));
    const what = `ARG0 after a write of ${byteLength / 4} DW at ${hex(address - BAR0, 3)}`;
    await registers.expect(base, 0x2222_3333, { what, by });
    await registers.expect(base + 4, 0x1111, { what: what.replace('ARG0', 'ARG1'), by });
  }
  await host.run(ERROR_PS);
  const status = await registers.config(ConfigOffset.AER_STATUS, by);
  host.expectEqual('AER Completer Abort Status', [(status >>> 15) & 1, 1], by);
}

/** A vector entry stores what it should. */
async function vectorStores(bench: Bench, entry: number, name: string): Promise<void> {
  const { registers } = bench;
  const by = name.startsWith('MSI') ? SRD.MSIX : SRD.IMS;
  const about = (what: string, mask?: number) => ({
    what: `${name}: ${what}`,
    by,
    ...(mask === undefined ? {} : { mask }),
  });
  await registers.expect(entry + VectorEntry.CONTROL, 1, about('control at power-up', 1));
  for (const [low, high, data] of [
    [0xfee0_1230, 0x0000_0012, 0xa5a5_0001],
    [0, 0, 0],
  ]) {
    registers.write(entry + VectorEntry.ADDRESS_LOW, low);
    registers.write(entry + VectorEntry.ADDRESS_HIGH, high);
    registers.write(entry + VectorEntry.DATA, data);
    await registers.expect(entry + VectorEntry.ADDRESS_LOW, low, about('address low', ~3 >>> 0));
    await registers.expect(entry + VectorEntry.ADDRESS_HIGH, high, about('address high'));
    await registers.expect(entry + VectorEntry.DATA, data, about('data'));
  }
  registers.write(entry + VectorEntry.CONTROL, 0);
  await registers.expect(entry + VectorEntry.CONTROL, 0, about('control, unmasked', 1));
  registers.write(entry + VectorEntry.CONTROL, 1);
  await registers.expect(entry + VectorEntry.CONTROL, 1, about('control, masked', 1));
}

async function imsEntries(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit, MSIX_ONLY);
  const { registers, params } = bench;
  const last = params.imsCount - 1;
  for (const index of last === 0 ? [0] : [0, last]) {
    const entry = BAR0 + imsEntryOffset(index);
    await vectorStores(bench, entry, `IMS entry ${index}`);
    registers.write(entry + VectorEntry.CONTROL, ALL_ONES);
    const what = `IMS entry ${index}: control after all ones were written`;
    await registers.expect(entry + VectorEntry.CONTROL, 1, { what, by: SRD.IMS });
  }
  const beyond = imsEntryOffset(params.imsCount);
  if (beyond >= PF_REGISTERS_BYTES) return;
  const what = `the register after the last IMS entry, ${hex(beyond, 5)}`;
  await registers.expect(BAR0 + beyond + VectorEntry.CONTROL, 0, { what, by: SRD.RESERVED });
}

async function pageOfNobody(kit: StepKit): Promise<void> {
  const { registers, host, params } = await bootedBench(kit, MSIX_ONLY);
  const by = SRD.PAGES;
  const errors = PfError.UNASSIGNED_PAGE | PfError.UNSUPPORTED_REQUEST;
  const pages = [0, params.pageCount - 1];
  const behind = roundUpToPowerOfTwo(params.pageCount) - 1;
  if (behind >= params.pageCount) pages.push(behind);
  for (const page of pages) {
    const address = BAR2 + page * PAGE_BYTES + SCRATCH_OFFSET;
    await registers.expectRefused(registers.readTlp(address), UR, by);
    await host.run(ERROR_PS);
    await registers.expect(BAR0 + PfRegister.ERRORS, errors, { what: 'ERRORS after a read', by });
    registers.write(BAR0 + PfRegister.ERRORS, errors);
    registers.write(address, 1);
    await host.run(2 * ERROR_PS);
    await registers.expect(BAR0 + PfRegister.ERRORS, errors, { what: 'ERRORS after a write', by });
    registers.write(BAR0 + PfRegister.ERRORS, errors);
  }
}

async function errorsClear(kit: StepKit): Promise<void> {
  const { registers, host } = await bootedBench(kit, MSIX_ONLY);
  const by = SRD.ERRORS;
  const { UNASSIGNED_PAGE, UNSUPPORTED_REQUEST } = PfError;
  await registers.expectRefused(registers.readTlp(BAR2), UR, SRD.PAGES);
  await host.run(ERROR_PS);
  const address = BAR0 + PfRegister.ERRORS;
  registers.write(address, 0);
  const both = UNASSIGNED_PAGE | UNSUPPORTED_REQUEST;
  await registers.expect(address, both, { what: 'ERRORS after 0 was written', by });
  registers.write(address, UNASSIGNED_PAGE);
  const one = { what: 'ERRORS after 1 was written to bit 0', by };
  await registers.expect(address, UNSUPPORTED_REQUEST, one);
  registers.write(address, UNSUPPORTED_REQUEST);
  await registers.expect(address, 0, { what: 'ERRORS after 1 was written to bit 4', by });
}
