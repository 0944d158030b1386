// Configuration Requests (SRD §2, §3, §8): which function they address, the capture of the bus number, and what a write
// brings about beside storing: VF Enable, FLR, enables that let work go on.
import { readU32Le } from '#base/bytes';
import { CompletionStatus, isConfigWrite, type Tlp } from '#pcie/tlp';
import { SIOV_CAPABILITY_ID, SIOV_CAPABILITY_OFFSET, SiovOffset } from '#siov/siov-capability';
import { VfMsix } from '#siov/srd-registers';
import { VectorSpace } from './interrupts.ts';
import { PfConfig, PfConfigBit } from './settings.ts';
import type { SiovDevice } from './siov-device.ts';
import type { VirtualFunction } from './virtual-functions.ts';

const FUNCTION_BITS = 0xff;
/** Where the extended capabilities begin. */
const VF_EXTENDED_DW = 0x100 >> 2;
/** The byte enables of the bytes that hold Initiate FLR, and VF Enable. */
const FLR_BYTE = 2;
const VF_ENABLE_BYTE = 1;

/** AER Uncorrectable Error Severity; bit 20 is that of an Unsupported Request. */
const AER_SEVERITY = 0x10c;

/** Device Status is the upper half of the DW of Device Control. */
const TRANSACTIONS_PENDING = 1 << 21;

/** One write of a DW of configuration space. */
interface ConfigWrite {
  readonly word: number;
  readonly value: number;
  readonly enables: number;
}

/** Handles one Configuration Request, and completes it. */
export function handleConfigRequest(device: SiovDevice, tlp: Tlp): void {
  const isTypeZero = tlp.kind === 'CfgRd0' || tlp.kind === 'CfgWr0';
  const isPf = isTypeZero && (tlp.destinationId & FUNCTION_BITS) === 0;
  const vf = isPf ? undefined : findVf(device, tlp, isTypeZero);
  if (!isPf && vf === undefined) {
    refuse(device, tlp);
    return;
  }
  if (isPf ? device.isResetting : vf?.isResetting === true) {
    const completerId = vf === undefined ? device.pfRid : device.vfs.ridOf(vf.n);
    device.completer.complete(tlp, CompletionStatus.RRS, completerId);
    return;
  }
  if (isConfigWrite(tlp.kind)) write(device, tlp, vf);
  else read(device, tlp, vf);
}

function findVf(device: SiovDevice, tlp: Tlp, isTypeZero: boolean): VirtualFunction | undefined {
  const { vfs, bus } = device;
  if (isTypeZero) return vfs.byRid((bus << 8) | (tlp.destinationId & FUNCTION_BITS));
  // A Type 1 request for the captured bus is refused, whoever is there.
  return tlp.destinationId >> 8 === bus ? undefined : vfs.byRid(tlp.destinationId);
}

/** Nobody is there: UR, without any error bit. */
function refuse(device: SiovDevice, tlp: Tlp): void {
  // FAULT sdi-config-space
  if (device.faults.is('sdi-config-space') && !isConfigWrite(tlp.kind)) {
    const isSdi = device.sdis.isRidTaken(tlp.destinationId);
    if (isSdi) {
      device.completer.completeWithDw(tlp, device.config.read(tlp.registerNumber), device.pfRid);
      return;
    }
  }
  device.completer.complete(tlp, CompletionStatus.UR, device.pfRid);
}

function read(device: SiovDevice, tlp: Tlp, vf: VirtualFunction | undefined): void {
  const word = tlp.registerNumber;
  let value = vf === undefined ? device.config.read(word) : vf.config.read(word);
  if (word === PfConfig.DEVICE_CONTROL >> 2 && isPending(device, vf)) value |= TRANSACTIONS_PENDING;
  // FAULT vf-siov-capability
  if (vf !== undefined && word === VF_EXTENDED_DW && device.faults.is('vf-siov-capability')) {
    value = SIOV_CAPABILITY_ID | (1 << 16);
  }
  if (vf === undefined) value = (value + siovFault(device, word)) >>> 0;
  const completerId = vf === undefined ? device.pfRid : device.vfs.ridOf(vf.n);
  device.completer.completeWithDw(tlp, value, completerId);
}

/** FAULT sdi-offset-wrong, siov-version-wrong: what a DW of the SIOV capability reads too much. */
function siovFault({ faults }: SiovDevice, word: number): number {
  const offset = 4 * word - SIOV_CAPABILITY_OFFSET;
  if (offset === SiovOffset.FIRST_SDI_OFFSET && faults.is('sdi-offset-wrong')) return 1;
  return offset === SiovOffset.HEADER && faults.is('siov-version-wrong') ? 1 << 16 : 0;
}

/** Transactions Pending, of a device that has it: requests of a VF, or of the PF and all SDIs. */
function isPending(device: SiovDevice, vf: VirtualFunction | undefined): boolean {
  return device.character.showsPending && device.requester.isAwaiting(vf?.queue);
}

function write(device: SiovDevice, tlp: Tlp, vf: VirtualFunction | undefined): void {
  if (tlp.ep !== 0) {
    device.errors.poisoned();
    const completerId = vf === undefined ? device.pfRid : device.vfs.ridOf(vf.n);
    device.completer.complete(tlp, CompletionStatus.UR, completerId);
    return;
  }
  if (tlp.kind === 'CfgWr0') device.bus = tlp.destinationId >> 8;
  const completerId = vf === undefined ? device.pfRid : device.vfs.ridOf(vf.n);
  // The completion is on its way before an FLR begins.
  device.completer.complete(tlp, CompletionStatus.SC, completerId);
  const access = {
    word: tlp.registerNumber,
    value: readU32Le(tlp.payload, 0),
    enables: tlp.firstBe,
  };
  if (vf === undefined) writePf(device, access);
  else writeVf(device, vf, access);
}

function writePf(device: SiovDevice, access: ConfigWrite): void {
  const { word, value, enables } = access;
  const isSriov = device.params.totalVfs > 0;
  // NumVFs is RO while VF Enable is 1.
  const isFixed = isSriov && word === PfConfig.NUM_VFS >> 2 && device.vfs.count > 0;
  if (!isFixed) device.config.write(word, value, enables);
  // FAULT config-bit-stuck
  if (device.faults.is('config-bit-stuck')) device.config.assign(AER_SEVERITY, 1 << 20, false);
  if (isSriov && word === PfConfig.SRIOV_CONTROL >> 2 && (enables & VF_ENABLE_BYTE) !== 0) {
    writeVfEnable(device, (value & 1) !== 0);
  }
  if (word === PfConfig.DEVICE_CONTROL >> 2 && startsFlr(access)) device.startPfReset();
  device.applyPfConfig();
}

function writeVfEnable(device: SiovDevice, on: boolean): void {
  const { vfs, config } = device;
  const isOn = vfs.count > 0;
  if (on === isOn) return;
  if (!on) vfs.disable();
  const accepted = on && vfs.enable(config.read(PfConfig.NUM_VFS >> 2) & 0xffff);
  config.assign(PfConfig.SRIOV_CONTROL, 1 << PfConfigBit.VF_ENABLE, accepted);
}

function writeVf(device: SiovDevice, vf: VirtualFunction, access: ConfigWrite): void {
  const { word, value, enables } = access;
  const wasMaster = device.vfs.isBusMaster(vf.n);
  vf.config.write(word, value, enables);
  if (word === PfConfig.DEVICE_CONTROL >> 2 && startsFlr(access)) {
    device.vfs.startReset(vf);
    return;
  }
  if (word === PfConfig.MSIX >> 2) {
    const first = VfMsix.COUNT * (vf.n - 1);
    for (let i = first; i < first + VfMsix.COUNT; i++) device.interrupts.recheck(VectorSpace.VF, i);
  }
  if (!wasMaster && device.vfs.isBusMaster(vf.n)) device.scheduler.onBusMaster([vf.queue]);
}

function startsFlr(access: ConfigWrite): boolean {
  const isSet = ((access.value >>> PfConfigBit.INITIATE_FLR) & 1) !== 0;
  return isSet && (access.enables & FLR_BYTE) !== 0;
}
