// Configuration spaces of the PF and the VFs as the host wrote them, with the bits that live: SIOV Status, AER status,
// VF Enable and NumVFs. Source: SRD §3, §8, §9.
import { pfConfigFields, vfConfigFields, type ConfigField } from '#siov/config-space-table';
import { SIOV_CAPABILITY_OFFSET, SiovOffset } from '#siov/siov-capability';
import { hex } from '#base/bits';
import type { RequesterTrack } from '../predictors/requester-track.ts';
import type { TrafficPredictor } from '../predictors/traffic-predictor.ts';
import { statusBitCheck } from '../device/sdi-status.ts';
import { ConfigSpaceModel } from './config-space-model.ts';
import type { PfRegisterModel } from './pf-register-model.ts';
import type { SrdRuleKey } from './srd-rules.ts';
import { maskOfBe } from '../device/word-check.ts';
import type { WordCheck, WordFault } from './srd-word-check.ts';

/** DW numbers of the registers with a life of their own. */
const AER_STATUS_DW = 0x104 / 4;
const DEVICE_CONTROL_DW = 0x68 / 4;
const MAX_PAYLOAD_MASK = 0xe0;
const SRIOV_CONTROL_DW = 0x158 / 4;
const VF_ENABLE_MASK = 1;
const NUM_VFS_DW = 0x160 / 4;
const NUM_VFS_MASK = 0xffff;
const SIOV_DW = SIOV_CAPABILITY_OFFSET / 4;
const SIOV_STATUS_DW = (SIOV_CAPABILITY_OFFSET + SiovOffset.STATUS - 3) / 4;
const SIOV_STATUS_MASK = 1 << 24;
const SIOV_STRIDE_DW = (SIOV_CAPABILITY_OFFSET + SiovOffset.FIRST_SDI_OFFSET) / 4;
const VF_EXTENDED_DW = 0x100 / 4;

export class ConfigModel {
  private readonly predictor: TrafficPredictor;
  private readonly registers: PfRegisterModel;
  private readonly pf: ConfigSpaceModel;
  private readonly vfs = new Map<number, ConfigSpaceModel>();
  private readonly vfFields: readonly ConfigField[];
  private readonly hasSriov: boolean;

  constructor(predictor: TrafficPredictor, registers: PfRegisterModel) {
    this.predictor = predictor;
    this.registers = registers;
    this.pf = new ConfigSpaceModel(pfConfigFields(predictor.params));
    this.vfFields = vfConfigFields(predictor.params);
    this.hasSriov = predictor.params.totalVfs > 0;
    this.hideLiving();
  }

  private hideLiving(): void {
    this.pf.forget(AER_STATUS_DW, 0xffff_ffff);
    this.pf.forget(SIOV_STATUS_DW, SIOV_STATUS_MASK);
  }

  /** Cold or hot reset, or PF FLR. */
  resetPf(isCold: boolean): void {
    this.pf.reset(isCold);
    this.hideLiving();
    // Whether the write that starts an FLR stores Max_Payload_Size first is not said.
    if (!isCold) this.pf.forget(DEVICE_CONTROL_DW, MAX_PAYLOAD_MASK);
    this.vfs.clear();
  }

  resetVf(vf: number): void {
    this.vfs.delete(vf);
  }

  vfEnableUnknown(): void {
    if (this.hasSriov) this.pf.forget(SRIOV_CONTROL_DW, VF_ENABLE_MASK);
  }

  vfEnableIs(isOn: boolean): void {
    if (this.hasSriov) this.pf.learn(SRIOV_CONTROL_DW, VF_ENABLE_MASK, isOn ? 1 : 0);
  }

  private space(owner: RequesterTrack): ConfigSpaceModel {
    if (owner.kind === 'pf') return this.pf;
    const known = this.vfs.get(owner.index);
    if (known !== undefined) return known;
    const made = new ConfigSpaceModel(this.vfFields);
    this.vfs.set(owner.index, made);
    return made;
  }

  write(owner: RequesterTrack, dw: number, word: number, be: number): void {
    if (owner.kind === 'pf') {
      const { nowPs } = this.predictor;
      if (dw === AER_STATUS_DW) {
        this.registers.noteCleared(nowPs);
        this.registers.errors.clearAer((word & maskOfBe(be)) >>> 0, nowPs);
      }
      if (dw === NUM_VFS_DW && this.hasSriov) return this.writeNumVfs(word, be);
    }
    const space = this.space(owner);
    if (owner.life === 'resetting' || this.predictor.isPfFlr) {
      // Before or after the end of the FLR: the host does not know which.
      space.forget(dw, maskOfBe(be));
    } else space.write(dw, word, be);
  }

  /** NumVFs is RO while VF Enable is 1 (SRD §8). */
  private writeNumVfs(word: number, be: number): void {
    const isKnown = (this.pf.maskAt(SRIOV_CONTROL_DW) & VF_ENABLE_MASK) !== 0;
    if (!isKnown) this.pf.forget(NUM_VFS_DW, NUM_VFS_MASK);
    else if ((this.pf.valueAt(SRIOV_CONTROL_DW) & VF_ENABLE_MASK) === 0) {
      this.pf.write(NUM_VFS_DW, word, be);
    }
  }

  check(owner: RequesterTrack, dw: number, be: number): WordCheck {
    const space = this.space(owner);
    const value = space.valueAt(dw);
    const mask = (space.maskAt(dw) & maskOfBe(be)) >>> 0;
    const rule = ruleOf(owner, dw);
    const isPf = owner.kind === 'pf';
    const living =
      isPf && dw === SIOV_STATUS_DW && (be & 8) !== 0
        ? this.statusByte()
        : isPf && dw === AER_STATUS_DW && be === 0xf
          ? this.aer()
          : undefined;
    const judge = (word: number, leftPs: number): WordFault | undefined => {
      if (((word ^ value) & mask) !== 0) {
        return { rule, expected: `${hex((value & mask) >>> 0, 8)} in bits ${hex(mask, 8)}` };
      }
      return living?.(word, leftPs);
    };
    const name = `configuration space at ${hex(4 * dw, 3)}`;
    const isStatus = living !== undefined && dw === SIOV_STATUS_DW;
    return {
      subject: owner.name,
      name,
      rule: isStatus ? 'capStatus' : living === undefined ? rule : 'aer',
      judge,
    };
  }

  private aer(): (word: number, leftPs: number) => WordFault | undefined {
    const arrivedPs = this.predictor.nowPs;
    this.registers.noteTimeouts(arrivedPs);
    const first = this.registers.errors.aerBounds(arrivedPs);
    return (word, leftPs) => this.registers.aerFault(word, first, leftPs);
  }

  private statusByte(): (word: number) => WordFault | undefined {
    const check = statusBitCheck(this.predictor);
    return (word) => check((word & SIOV_STATUS_MASK) !== 0);
  }
}

function ruleOf(owner: RequesterTrack, dw: number): SrdRuleKey {
  if (owner.kind === 'vf') return dw === VF_EXTENDED_DW ? 'capVf' : 'config';
  if (dw === SIOV_DW) return 'capChain';
  if (dw === SIOV_STRIDE_DW) return 'capStride';
  return dw > SIOV_DW && dw < SIOV_STRIDE_DW ? 'capReadOnly' : 'config';
}
