// What the PF's configuration space means for the work of the device (SRD §3): enables, sizes and tag ranges, read out
// once after each Configuration Write instead of once per request.
import { BYTES_128 } from './timing.ts';
import type { ConfigSpace } from './config-space.ts';

/** Byte offsets and bits in the PF's configuration space. */
export const PfConfig = {
  COMMAND: 0x04,
  BAR0: 0x10,
  BAR2: 0x18,
  BAR4: 0x20,
  POWER_CONTROL: 0x44,
  MSIX: 0x50,
  DEVICE_CONTROL: 0x68,
  DEVICE_CONTROL_2: 0x88,
  SRIOV_CONTROL: 0x158,
  NUM_VFS: 0x160,
  VF_BAR0: 0x174,
  PASID_CONTROL: 0x194,
  SIOV_STATUS: 0x1a8,
} as const;

/** Bits of the DWs above, counted in the DW. */
export const PfConfigBit = {
  MEMORY_SPACE: 1,
  BUS_MASTER: 2,
  MSIX_FUNCTION_MASK: 30,
  MSIX_ENABLE: 31,
  RELAXED_ORDERING: 4,
  EXTENDED_TAG: 8,
  INITIATE_FLR: 15,
  ATOMIC_REQUESTER: 6,
  TEN_BIT_TAG: 12,
  VF_ENABLE: 0,
  VF_MEMORY_SPACE: 3,
  VF_TEN_BIT_TAG: 5,
  PASID_ENABLE: 16,
  SDI_ENABLED: 24,
} as const;

const D3HOT = 3;
/** With 10-bit tags on, tags 0..255 are not used. */
const TEN_BIT_FIRST_TAG = 256;
const TEN_BIT_TAGS = 768;

export class Settings {
  /** Memory Space Enable of the PF, 0 in D3hot. */
  memorySpace = false;
  /** VF MSE, 0 in D3hot. */
  vfMemorySpace = false;
  /** Bus Master Enable of the PF, 0 in D3hot. */
  busMaster = false;
  /** PF in D3hot: VFs act as if their Bus Master Enable were 0. */
  d3hot = false;
  maxPayloadBytes = 128;
  maxReadBytes = 512;
  /** Tags of PF and SDIs: first and how many. */
  firstTag = 0;
  tagCount = 32;
  /** Tags of VFs. */
  vfFirstTag = 0;
  vfTagCount = 32;
  relaxedOrdering = false;
  atomics = false;
  pasid = false;
  msixEnabled = false;
  msixMasked = false;

  /** Takes over what the configuration space says now. */
  update(pf: ConfigSpace, hasSriov: boolean, hasPasid: boolean): void {
    const B = PfConfigBit;
    const control = pf.words[PfConfig.DEVICE_CONTROL >> 2];
    this.d3hot = (pf.words[PfConfig.POWER_CONTROL >> 2] & 3) === D3HOT;
    this.memorySpace = !this.d3hot && pf.bit(PfConfig.COMMAND, B.MEMORY_SPACE);
    this.busMaster = !this.d3hot && pf.bit(PfConfig.COMMAND, B.BUS_MASTER);
    this.vfMemorySpace =
      !this.d3hot && hasSriov && pf.bit(PfConfig.SRIOV_CONTROL, B.VF_MEMORY_SPACE);
    this.maxPayloadBytes = BYTES_128 << ((control >>> 5) & 7);
    this.maxReadBytes = BYTES_128 << ((control >>> 12) & 7);
    this.relaxedOrdering = pf.bit(PfConfig.DEVICE_CONTROL, B.RELAXED_ORDERING);
    this.atomics = pf.bit(PfConfig.DEVICE_CONTROL_2, B.ATOMIC_REQUESTER);
    this.pasid = hasPasid && pf.bit(PfConfig.PASID_CONTROL, B.PASID_ENABLE);
    this.msixEnabled = pf.bit(PfConfig.MSIX, B.MSIX_ENABLE);
    this.msixMasked = pf.bit(PfConfig.MSIX, B.MSIX_FUNCTION_MASK);
    const plain = pf.bit(PfConfig.DEVICE_CONTROL, B.EXTENDED_TAG) ? 256 : 32;
    const long = pf.bit(PfConfig.DEVICE_CONTROL_2, B.TEN_BIT_TAG);
    const vfLong = hasSriov && pf.bit(PfConfig.SRIOV_CONTROL, B.VF_TEN_BIT_TAG);
    this.firstTag = long ? TEN_BIT_FIRST_TAG : 0;
    this.tagCount = long ? TEN_BIT_TAGS : plain;
    this.vfFirstTag = vfLong ? TEN_BIT_FIRST_TAG : 0;
    this.vfTagCount = vfLong ? TEN_BIT_TAGS : plain;
  }
}
