// Stage errors: malformed, unsupported and poisoned requests, completions that nobody waits for, Messages, timeouts; and that the
// device goes on. Source: SRD §9, §4 (ERRORS).
import {
  completionWithData,
  memoryRead,
  memoryWrite,
  atomicRequest,
  configRead,
  configWrite,
} from '#pcie/build';
import { encodeTlp } from '#pcie/codec';
import { CompletionStatus, isMemoryRead, Tlp } from '#pcie/tlp';
import { PfError, PfRegister } from '#siov/srd-registers';
import { WorkStatus } from '#siov/work';
import { BAR0, BAR2, bootedBench, Command, ConfigOffset, type Bench } from '../bench.ts';
import { HOST_RID, refusal, SILENT_TAG } from '../host.ts';
import { SRD, type Paragraph } from '../paragraphs.ts';
import { MOMENT_PS } from '../request-rules.ts';
import type { ConformStep, StepKit } from '../step.ts';
import { openTenant } from '../tenant.ts';
import { copyJob, failingCopy } from './dma-steps.ts';

const ARG1 = BAR0 + PfRegister.ARG0 + 4;
const LOW = 0x2000_0000;
const HIGH = 0x20_0000_0000;
/** An address that no BAR decodes. */
const NOWHERE = 0x7_0000_0000;
/** Fmt 000, Type 0_0011: undefined. */
const UNDEFINED_TYPE = 0x03;
const VENDOR_DEFINED = 0x7f;
const PM_TURN_OFF = 0x19;

const Aer = {
  POISONED: 12,
  TIMEOUT: 14,
  UNEXPECTED: 16,
  MALFORMED: 18,
  UNSUPPORTED: 20,
} as const;

export const ERROR_STEPS: readonly ConformStep[] = [
  {
    name: 'malformed',
    title: 'malformed TLPs are dropped, and set ERRORS bit 3 and AER Malformed TLP',
    paragraph: SRD.MALFORMED,
    run: malformed,
  },
  {
    name: 'unsupported',
    title:
      'unsupported requests get UR or are dropped, and set ERRORS bit 4 and AER Unsupported Request',
    paragraph: SRD.UNSUPPORTED,
    run: unsupported,
  },
  {
    name: 'poisoned',
    title: 'poisoned writes are dropped, and set ERRORS bit 5 and AER Poisoned TLP Received',
    paragraph: SRD.POISON,
    run: poisoned,
  },
  {
    name: 'unexpected',
    title: 'a completion that nobody waits for sets ERRORS bit 1 and AER Unexpected Completion',
    paragraph: SRD.UNEXPECTED,
    run: unexpected,
  },
  {
    name: 'messages',
    title: 'Messages are dropped without any bit',
    paragraph: SRD.NO_MESSAGES,
    run: messages,
  },
  {
    name: 'aer-clear',
    title: 'AER Uncorrectable Error Status: writing 1 clears a bit, masks do not matter',
    paragraph: SRD.CONFIG_SPACE,
    run: aerClears,
  },
  {
    name: 'wrong-byte-count',
    title:
      'a completion whose Byte Count is not what remains is unexpected, and the request waits on',
    paragraph: SRD.UNEXPECTED,
    run: wrongByteCount,
  },
  {
    name: 'timeout-logged',
    title: 'a completion timeout sets ERRORS bit 2 and AER Completion Timeout',
    paragraph: SRD.TIMEOUT_LOGGED,
    run: timeoutLogged,
  },
  {
    name: 'poisoned-completion',
    title: 'poisoned completion data is not used, and sets ERRORS bit 5',
    paragraph: SRD.POISON,
    run: poisonedCompletion,
  },
];

/** ERRORS and AER are these after the last TLP, and are cleared. */
async function expectErrors(
  bench: Bench,
  bits: { readonly errors: number; readonly aer: readonly number[] },
  about: { readonly by: Paragraph; readonly what: string },
): Promise<void> {
  const { registers, host } = bench;
  const { by, what } = about;
  const { sent } = host;
  await host.run(3 * MOMENT_PS);
  const errors = await registers.read(BAR0 + PfRegister.ERRORS, by);
  const status = await registers.config(ConfigOffset.AER_STATUS, by);
  host.doing(sent);
  host.expectEqual(`ERRORS after ${what}`, [errors, bits.errors], by);
  const mask = Object.values(Aer).reduce((sum, bit) => sum | (1 << bit), 0);
  const wanted = bits.aer.reduce((sum, bit) => sum | (1 << bit), 0);
  const name = `AER Uncorrectable Error Status (bits ${mask.toString(16)}) after ${what}`;
  host.expectEqual(name, [(status & mask) >>> 0, wanted >>> 0], by);
  registers.write(BAR0 + PfRegister.ERRORS, 0xffff_ffff);
  await registers.configure(ConfigOffset.AER_STATUS, 0xffff_ffff, by);
}

/** What must be dropped, by name; every one would write or read ARG1 or the configuration space. */
function malformedTlps(bench: Bench): (readonly [string, Uint8Array])[] {
  const { host } = bench;
  const requesterId = HOST_RID;
  const tag = SILENT_TAG;
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const write = (length: number, address = ARG1): Tlp =>
    memoryWrite({ requesterId, tag, address, bytes: new Uint8Array(length).fill(0xbb) });
  const read = (byteLength: number): Tlp =>
    memoryRead({ requesterId, tag, address: ARG1, byteLength });
  const changed = (tlp: Tlp, change: Partial<Tlp>): Uint8Array =>
    encodeTlp(Object.assign(tlp, change));
  const short = encodeTlp(write(8)).slice(0, -4);
  const long = new Uint8Array([...encodeTlp(write(4)), ...bytes]);
  const undefinedType = encodeTlp(read(4));
  undefinedType[0] = UNDEFINED_TYPE;
  const target = { destinationId: host.pfRid, offset: 0, byteLength: 4 };
  const config = configRead({ requesterId, tag, ...target });
  const configBytes = encodeTlp(config);
  configBytes[3] = 2;
  return [
    ['a write that is shorter than its length', short],
    ['a write that is longer than its length', long],
    ['an undefined Type', undefinedType],
    ['a payload above Max_Payload_Size', encodeTlp(write(132))],
    ['a Configuration Read of 2 DW', configBytes],
    ['a read across 4 KiB', changed(read(8), { addressLow: (ARG1 & ~0xfff) + 0xffc })],
    ['a read of 1 DW with Last BE', changed(read(4), { lastBe: 0xf })],
    ['a read of 2 DW without Last BE', changed(read(8), { lastBe: 0 })],
    ['a read of 2 DW without First BE', changed(read(8), { firstBe: 0, lastBe: 0xf })],
    ['a write of 1 DW with Last BE', changed(write(4), { lastBe: 1 })],
  ];
}

async function malformed(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit, { command: Command.MEMORY_SPACE });
  const { registers, host } = bench;
  host.silentBy = SRD.MALFORMED;
  registers.write(ARG1, 0x600d);
  const bits = { errors: PfError.MALFORMED_TLP, aer: [Aer.MALFORMED] };
  for (const [what, bytes] of malformedTlps(bench)) {
    host.post(bytes);
    const { sent } = host;
    // Long enough for an answer that must not come.
    await host.run(25 * MOMENT_PS);
    host.doing(sent);
    await expectErrors(bench, bits, { what, by: SRD.MALFORMED });
    await registers.expect(ARG1, 0x600d, { what: `ARG1 after ${what}`, by: SRD.MALFORMED });
  }
}

function otherRequest(kind: Tlp['kind'], address: number, payload: Uint8Array): Tlp {
  const tlp = new Tlp();
  tlp.kind = kind;
  tlp.requesterId = HOST_RID;
  tlp.address = address;
  tlp.lengthDw = 1;
  tlp.firstBe = 0xf;
  tlp.payload = payload;
  return tlp;
}

async function unsupported(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit, { command: Command.MEMORY_SPACE });
  const { registers, host } = bench;
  const by = SRD.UNSUPPORTED;
  const bits = { errors: PfError.UNSUPPORTED_REQUEST, aer: [Aer.UNSUPPORTED] };
  registers.write(ARG1, 0x600d);
  const data = Uint8Array.of(9, 9, 9, 9);
  const operands = Uint8Array.of(1, 0, 0, 0);
  const none = new Uint8Array(0);
  const refused: (readonly [string, Tlp])[] = [
    ['an I/O Read', otherRequest('IORd', 0x1000, none)],
    ['an I/O Write', otherRequest('IOWr', 0x1000, data)],
    ['a locked read', otherRequest('MRdLk64', ARG1, none)],
    [
      'a FetchAdd',
      atomicRequest({ requesterId: HOST_RID, op: 'FetchAdd', address: ARG1, operands }),
    ],
    ['a Swap', atomicRequest({ requesterId: HOST_RID, op: 'Swap', address: ARG1, operands })],
    ['a read of an address that nobody decodes', registers.readTlp(NOWHERE)],
  ];
  for (const [what, request] of refused) {
    await registers.expectRefused(request, CompletionStatus.UR, by);
    await expectErrors(bench, bits, { what, by });
    await registers.expect(ARG1, 0x600d, { what: `ARG1 after ${what}`, by });
  }
  host.post(registers.writeTlp(NOWHERE, data));
  await expectErrors(bench, bits, { what: 'a write to an address that nobody decodes', by });
}

async function poisoned(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit, { command: Command.MEMORY_SPACE });
  const { registers, host } = bench;
  const by = SRD.POISON;
  const bits = { errors: PfError.POISONED_TLP, aer: [Aer.POISONED] };
  registers.write(ARG1, 0x600d);
  const write = registers.writeTlp(ARG1, Uint8Array.of(1, 1, 1, 1));
  write.ep = 1;
  host.post(write);
  await expectErrors(bench, bits, { what: 'a poisoned write', by });
  await registers.expect(ARG1, 0x600d, { what: 'ARG1 after a poisoned write', by });
  // Cache Line Size is free; Max_Read_Request_Size binds, and stays.
  const target = { destinationId: host.pfRid, offset: ConfigOffset.DEVICE_CONTROL, byteLength: 2 };
  const before = await registers.config(ConfigOffset.DEVICE_CONTROL, by, 2);
  const config = configWrite({ requesterId: HOST_RID, ...target, value: before ^ 0x7000 });
  config.ep = 1;
  await registers.expectRefused(config, CompletionStatus.UR, by);
  await expectErrors(bench, bits, { what: 'a poisoned Configuration Write', by });
  const after = await registers.config(ConfigOffset.DEVICE_CONTROL, by, 2);
  host.expectEqual('Device Control after a poisoned write', [after & 0x71ff, before & 0x71ff], by);
}

async function unexpected(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { host, registers } = bench;
  const request = memoryRead({ requesterId: host.pfRid, tag: 3, address: LOW, byteLength: 4 });
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const stray = completionWithData(request, { completerId: HOST_RID, bytes });
  const bits = { errors: PfError.UNEXPECTED_COMPLETION, aer: [Aer.UNEXPECTED] };
  for (const rid of [host.pfRid, 0x7654]) {
    stray.requesterId = rid;
    host.post(stray);
    const what = 'a completion that matches no outstanding request';
    await expectErrors(bench, bits, { what, by: SRD.UNEXPECTED });
  }
  const late = { what: 'LATE_COMPLETIONS after an unexpected completion', by: SRD.LATE };
  await registers.expect(BAR0 + PfRegister.LATE_COMPLETIONS, 0, late);
}

async function messages(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  for (const [kind, code, routing, what] of [
    ['Msg', PM_TURN_OFF, 3, 'a Message (PME_Turn_Off)'],
    ['Msg', VENDOR_DEFINED, 2, 'a Vendor_Defined Message'],
    ['MsgD', VENDOR_DEFINED, 2, 'a Vendor_Defined Message with data'],
  ] as const) {
    const tlp = new Tlp();
    tlp.kind = kind;
    tlp.requesterId = HOST_RID;
    tlp.messageCode = code;
    tlp.messageRouting = routing;
    tlp.messageDw2 = routing === 2 ? (bench.host.pfRid << 16) >>> 0 : 0;
    if (kind === 'MsgD') {
      tlp.lengthDw = 1;
      tlp.payload = Uint8Array.of(5, 6, 7, 8);
    }
    bench.host.post(tlp);
    await expectErrors(bench, { errors: 0, aer: [] }, { what, by: SRD.NO_MESSAGES });
  }
}

async function aerClears(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit, { command: Command.MEMORY_SPACE });
  const { registers, host } = bench;
  const by = SRD.CONFIG_SPACE;
  const MASK = ConfigOffset.AER_STATUS + 4;
  const unsupportedBit = 1 << Aer.UNSUPPORTED;
  await registers.configure(MASK, unsupportedBit, by);
  await registers.expectRefused(registers.readTlp(BAR2), CompletionStatus.UR, SRD.PAGES);
  await host.run(2 * MOMENT_PS);
  const status = async (wanted: number, what: string): Promise<void> => {
    const value = await registers.config(ConfigOffset.AER_STATUS, by);
    host.expectEqual(`AER status bit 20 ${what}`, [(value >>> Aer.UNSUPPORTED) & 1, wanted], by);
  };
  await status(1, 'of a masked error');
  await registers.configure(ConfigOffset.AER_STATUS, (~unsupportedBit & 0x0015_d000) >>> 0, by);
  await status(1, 'after 1 was written to other bits');
  await registers.configure(ConfigOffset.AER_STATUS, unsupportedBit, by);
  await status(0, 'after 1 was written to it');
}

/** Reads of the source of a COPY. */
function isSourceRead(request: Tlp): boolean {
  return isMemoryRead(request.kind) && request.address >= LOW - 3 && request.address < LOW + 0x1000;
}

async function wrongByteCount(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { host } = bench;
  const tenant = await openTenant(bench, 0);
  let isFirst = true;
  host.answer = (request) => {
    if (!isFirst || !isSourceRead(request)) return 'usual';
    isFirst = false;
    const right = host.usualAnswer(request);
    const wrong = host.usualAnswer(request);
    wrong[0].byteCount += 4;
    return [wrong[0], ...right];
  };
  await tenant.perform([copyJob(tenant, 48, [LOW, HIGH])]);
  const bits = { errors: PfError.UNEXPECTED_COMPLETION, aer: [Aer.UNEXPECTED] };
  const what = 'a completion whose Byte Count is not what remains';
  await expectErrors(bench, bits, { what, by: SRD.UNEXPECTED });
}

async function timeoutLogged(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { host } = bench;
  const tenant = await openTenant(bench, 0);
  host.answer = (request) => (isSourceRead(request) ? 'never' : 'usual');
  await tenant.perform([failingCopy(tenant, WorkStatus.TIMED_OUT)]);
  await host.run(2 * bench.params.completionTimeoutNs * 1000);
  const bits = { errors: PfError.COMPLETION_TIMEOUT, aer: [Aer.TIMEOUT] };
  await expectErrors(bench, bits, { what: 'a completion timeout', by: SRD.TIMEOUT_LOGGED });
}

async function poisonedCompletion(kit: StepKit): Promise<void> {
  const bench = await bootedBench(kit);
  const { host } = bench;
  const tenant = await openTenant(bench, 0);
  host.answer = (request) => {
    if (!isSourceRead(request)) return 'usual';
    const parts = host.usualAnswer(request);
    for (const part of parts) part.ep = 1;
    return parts;
  };
  await tenant.perform([failingCopy(tenant, WorkStatus.POISONED)]);
  const bits = { errors: PfError.POISONED_TLP, aer: [Aer.POISONED] };
  await expectErrors(bench, bits, { what: 'poisoned completion data', by: SRD.POISON });
  host.answer = (request) => (isSourceRead(request) ? refusal(request) : 'usual');
  await tenant.perform([failingCopy(tenant, WorkStatus.UNSUPPORTED)]);
  const what = 'a completion with status UR';
  await expectErrors(bench, { errors: 0, aer: [] }, { what, by: SRD.ERRORS });
}
