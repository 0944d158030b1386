/**
 * Finds the registers that the host's requests touch, by the windows that the host has placed (SRD §3, §4, §7).
 */
import { isConfigRequest, isConfigWrite, isMemoryRead, isMemoryWrite, type Tlp } from '#pcie/tlp';
import type { AddressRange, HostEvent } from '#siov/host-event';
import type { ObservedTlp } from '#siov/observed-tlp';
import {
  ARG_COUNT,
  PAGE_BYTES,
  PageRegister,
  PfMsix,
  PfRegister,
  RESULT_COUNT,
  SCRATCH_BYTES,
  SCRATCH_OFFSET,
  VECTOR_ENTRY_BYTES,
  VfMsix,
} from '#siov/srd-registers';
import {
  RegisterAccess,
  VECTOR_WORD_NAMES,
  type PageRegisterName,
  type PfRegisterName,
  type RegisterAccessCoverage,
  type VectorWordName,
} from './register-access-coverage.ts';

type Purpose = 'registers' | 'pages' | 'msix' | 'vfPages';
type PfConstantName = Exclude<PfRegisterName, 'ARG' | 'RESULT'>;

const DW_BYTES = 4;
const CAPABILITIES_OFFSET = 0x40;
const EXTENDED_OFFSET = 0x100;

const PF_NAMES: ReadonlyMap<number, PfRegisterName> = new Map<number, PfRegisterName>([
  ...(Object.entries(PfRegister) as [PfConstantName | 'ARG0' | 'RESULT0' | 'IMS', number][])
    .filter((row): row is [PfConstantName, number] => !['ARG0', 'RESULT0', 'IMS'].includes(row[0]))
    .map(([name, offset]): [number, PfRegisterName] => [offset, name]),
  ...words(PfRegister.ARG0, ARG_COUNT).map((offset): [number, PfRegisterName] => [offset, 'ARG']),
  ...words(PfRegister.RESULT0, RESULT_COUNT).map((offset): [number, PfRegisterName] => [
    offset,
    'RESULT',
  ]),
]);

const PAGE_NAMES: ReadonlyMap<number, PageRegisterName> = new Map<number, PageRegisterName>([
  ...Object.entries(PageRegister).map(([name, offset]): [number, PageRegisterName] => [
    offset,
    name as PageRegisterName,
  ]),
  ...words(SCRATCH_OFFSET, SCRATCH_BYTES / DW_BYTES).map((offset): [number, PageRegisterName] => [
    offset,
    'SCRATCH',
  ]),
]);

export class RegisterSampler {
  private readonly group: RegisterAccessCoverage;
  private readonly windows = new Map<Purpose, AddressRange>();
  private readonly access = new RegisterAccess();

  constructor(group: RegisterAccessCoverage) {
    this.group = group;
  }

  write(event: HostEvent): void {
    if (event.kind === 'window') {
      this.windows.set(event.purpose, { base: event.base, length: event.length });
    }
  }

  /** Host to device. */
  writeDown({ tlp, injected }: ObservedTlp): void {
    if (tlp === undefined || injected) return;
    if (isConfigRequest(tlp.kind)) {
      this.sampleConfig(tlp);
      return;
    }
    if (!isMemoryRead(tlp.kind) && !isMemoryWrite(tlp.kind)) return;
    this.access.isWrite = isMemoryWrite(tlp.kind);
    for (let i = 0; i < Math.min(2, tlp.lengthDw); i++) {
      this.sampleMemory(tlp.address + DW_BYTES * i, i === 0 ? tlp.firstBe : tlp.lastBe);
    }
  }

  private sampleConfig({ kind, registerNumber, firstBe }: Tlp): void {
    this.clear();
    const offset = DW_BYTES * registerNumber;
    this.access.isWrite = isConfigWrite(kind);
    if (offset < CAPABILITIES_OFFSET) this.access.config = 'header';
    else this.access.config = offset < EXTENDED_OFFSET ? 'capabilities' : 'extended';
    this.sample(firstBe);
  }

  private sampleMemory(address: number, enables: number): void {
    this.clear();
    const { access } = this;
    const registers = this.offsetIn('registers', address);
    if (registers >= PfRegister.IMS) access.vector = vectorWord(registers - PfRegister.IMS);
    else if (registers >= 0) access.pf = PF_NAMES.get(registers);
    const msix = this.offsetIn('msix', address);
    if (msix >= 0 && msix < PfMsix.COUNT * VECTOR_ENTRY_BYTES) access.vector = vectorWord(msix);
    const page = this.offsetIn('pages', address) % PAGE_BYTES;
    if (page >= 0) access.page = PAGE_NAMES.get(page);
    const vfPage = this.offsetIn('vfPages', address) % PAGE_BYTES;
    if (vfPage >= 0) this.vfPage(vfPage);
    if (access.pf ?? access.page ?? access.vector) this.sample(enables);
  }

  private vfPage(offset: number): void {
    const table = offset - VfMsix.TABLE;
    const isTable = table >= 0 && table < VfMsix.COUNT * VECTOR_ENTRY_BYTES;
    if (isTable) this.access.vector = vectorWord(table);
    else this.access.page = PAGE_NAMES.get(offset);
  }

  private sample(enables: number): void {
    let count = 0;
    for (let i = 0; i < DW_BYTES; i++) count += (enables >> i) & 1;
    if (count === 0) return;
    this.access.byteCount = count;
    this.group.sample(this.access);
  }

  private clear(): void {
    const { access } = this;
    access.pf = undefined;
    access.page = undefined;
    access.vector = undefined;
    access.config = undefined;
  }

  private offsetIn(purpose: Purpose, address: number): number {
    const window = this.windows.get(purpose);
    if (window === undefined) return -1;
    const offset = address - window.base;
    return offset >= 0 && offset < window.length ? offset : -1;
  }
}

function vectorWord(offset: number): VectorWordName {
  return VECTOR_WORD_NAMES[Math.floor((offset % VECTOR_ENTRY_BYTES) / DW_BYTES)];
}

function words(base: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => base + DW_BYTES * i);
}
