// The sizes and options of a device that the testbench must know, whoever made it: what it says in HELLO_OK, read by the kit that
// comes with its driver (env/device-kit). The reference device says just these (SRD §1).

/** How large a device is; scenarios of that size are drawn for it. */
export const PROFILES = ['standard', 'hyperscale', 'rtl'] as const;
export type Profile = (typeof PROFILES)[number];

/** Every size and option with its value; ranges in SRD §1. */
export interface DeviceParams {
  readonly profile: Profile;
  readonly vendorId: number;
  readonly deviceId: number;
  /** 0: no SR-IOV capability. */
  readonly totalVfs: number;
  readonly firstVfOffset: number;
  readonly vfStride: number;
  readonly totalSdis: number;
  readonly firstSdiOffset: number;
  readonly sdiStride: number;
  /** VFs and SDIs may exist at the same time. */
  readonly mixedIov: boolean;
  /** An SDI may have a RID chosen by software. */
  readonly softwareRids: boolean;
  /** Work pages, numbered from 0. */
  readonly pageCount: number;
  /** Entries for the messages of SDIs, numbered from 0. */
  readonly imsCount: number;
  /** Descriptors that can execute at the same time. */
  readonly engineCount: number;
  /** Max_Payload_Size Supported, bytes. */
  readonly maxPayload: number;
  /** Largest descriptor ring, entries. */
  readonly ringMax: number;
  readonly completionTimeoutNs: number;
  /** AtomicOp requester: FETCH_ADD, SWAP, CAS. */
  readonly atomics: boolean;
  /** Has the operation CRC32. */
  readonly crc32: boolean;
  readonly pasid: boolean;
}
