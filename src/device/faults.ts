// The catalogue of planted faults of the reference device: each is one small deviation, marked `FAULT` where it acts,
// with the rule that it breaks (design decision 7: a check that cannot fail is a defect). Rules named T-… are those of
// siov-facts §13, SRD-… a section and point of the SRD.
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';

/** One planted fault. */
export interface DeviceFault {
  readonly name: string;
  /** What the device does wrong, one sentence. */
  readonly sentence: string;
  /** The rule that it breaks. */
  readonly rule: string;
}

/** Every fault by name: [rule, what the device does wrong]. */
const CATALOGUE = {
  'rid-swap': ['T-RID-4', 'Now and then a data write of one SDI carries the RID of another.'],
  'stride-off-by-one': ['T-RID-2', 'Strided SDI RIDs are computed with the stride plus one.'],
  'rid-conflict-accepted': ['T-RID-3', 'CREATE_SDI and reconfigure accept a RID that is taken.'],
  'vf-enable-ignores-sdis': ['T-RID-3', 'VF Enable is accepted though a VF RID is an SDI RID.'],
  'pf-rid-on-dma': ['T-RID-4', 'Now and then a data request of an SDI carries the RID of the PF.'],
  'disabled-sdi-runs': ['T-RID-8', 'The queue of an SDI that is only CREATED runs all the same.'],
  'reset-late-write': ['T-RST-1', 'After an SDI reset has ended one more record is written.'],
  'reset-tag-reuse': ['T-RST-2', 'An SDI reset frees the tags of aborted requests at once.'],
  'reset-hits-neighbour': ['T-RST-3', 'An SDI reset also resets the queue of another SDI.'],
  'reset-keeps-scratch': ['T-RST-4', 'An SDI reset leaves the scratch bytes as they were.'],
  'destroy-keeps-scratch': [
    'T-RST-4',
    'Scratch bytes survive DESTROY_SDI and the next CREATE_SDI.',
  ],
  'reset-keeps-interrupt': ['T-INT-4', 'A pending interrupt survives the reset of its SDI.'],
  'vf-flr-resets-sdi': ['T-RST-7', 'The FLR of a VF also resets the queue of an SDI.'],
  'sdi-config-space': ['T-CFG-1', 'A Configuration Read of an SDI RID is completed with data.'],
  'page-decode-neighbour': ['T-MMIO-1', 'Every other scratch write hits the page next to it.'],
  'ims-neighbour': ['T-INT-1', 'Now and then an interrupt sends the message of another SDI.'],
  'interrupt-pf-rid': ['T-INT-2', 'Now and then an interrupt of an SDI or VF carries the PF RID.'],
  'mask-ignored': ['T-INT-4', 'Now and then a masked interrupt is sent at once.'],
  'interrupt-before-data': ['T-INT-5', 'Now and then the interrupt leaves before its record.'],
  'cross-4k': ['T-REQ-1', 'Now and then a request is not split at a 4 KiB boundary.'],
  'mrrs-ignored': ['T-REQ-2', 'Reads ask for up to 4 KiB whatever Max_Read_Request_Size says.'],
  'mps-ignored': ['T-REQ-3', 'Writes carry up to twice Max_Payload_Size.'],
  'last-be-wrong': ['T-REQ-4', 'Now and then a write of several DWs has Last BE 0.'],
  'header-4dw-below-4g': ['T-REQ-5', 'Now and then an address below 4 GiB gets a 4DW header.'],
  'tag-reuse': ['T-REQ-6', 'Now and then a read reuses a tag that is still outstanding.'],
  'bme-ignored': ['T-REQ-8', 'Requests are sent though Bus Master Enable is 0.'],
  'engine-starves': ['T-REQ-7', 'One engine works, and serves the latest queue first.'],
  'completion-by-tag-only': ['T-CPL-1', 'Completions are matched by tag, whatever RID they bear.'],
  'split-swapped': ['T-CPL-2', 'A read completed in parts gets the first part at its end.'],
  'completion-lost': ['T-CPL-6', 'Now and then a memory read of the host is never answered.'],
  'status-bit-stuck': ['T-CAP-5', 'SIOV Status bit 0 stays 1 once an SDI was ENABLED.'],
  'pasid-missing': ['T-PAS-1', 'Now and then a request lacks the PASID prefix it should have.'],
  'copy-last-byte': ['SRD-7.2', 'Now and then the last byte that COPY writes is wrong.'],
  'fill-phase': ['SRD-7.2', 'FILL aligns its pattern to addresses, not to the destination.'],
  'crc-wrong': ['SRD-7.4', 'Now and then a CRC32 result lacks the final inversion.'],
  'atomic-operand': ['SRD-7.2', 'Now and then an AtomicOp is sent with a wrong operand.'],
  'record-before-data': ['SRD-7.5', 'Now and then the record leaves before the last data write.'],
  'lifetime-cleared': ['SRD-6.4', 'An SDI reset clears LIFETIME_OPS.'],
  'read-twice': ['SRD-7.3', 'Now and then a part of the source is read twice.'],
  'write-stray': ['T-IOM-1', 'Now and then four bytes behind the destination are written.'],
  'unexpected-unlogged': ['SRD-4.4', 'An unexpected completion sets no error bit.'],
  'timeout-unlogged': ['SRD-4.4', 'A completion timeout sets no error bit.'],
  'aer-malformed-missing': ['SRD-9.2', 'A Malformed TLP sets ERRORS and no AER bit.'],
  'aer-timeout-missing': ['SRD-9.2', 'A completion timeout sets ERRORS and no AER bit.'],
  'late-counted-error': ['SRD-4.4', 'A late completion is an unexpected completion, too.'],
  'flr-completion-logged': ['SRD-4.4', 'A completion from before a PF FLR is an unexpected one.'],
  'message-logged': ['SRD-4.4', 'A Message of the host is an unsupported request.'],
  'errors-not-cleared': ['SRD-4.4', 'Writing 1 to a bit of ERRORS does not clear it.'],
  'poison-used': ['SRD-7.2', 'Poisoned completion data is used as if it were good.'],
  'abort-as-unsupported': [
    'SRD-7.4',
    'A read that was completed with CA ends with the status of UR.',
  ],
  'completion-doubled': ['T-CPL-6', 'Now and then a memory read of the host is answered twice.'],
  'malformed-answered': ['T-CPL-6', 'A Malformed TLP of the right shape is answered.'],
  'poisoned-write-taken': ['SRD-7.13', 'A poisoned write is carried out.'],
  'atomic-aborted': ['SRD-4.1', 'An AtomicOp of the host is completed with CA.'],
  'memory-space-ignored': [
    'SRD-4.1',
    'Memory requests are served though Memory Space Enable is 0.',
  ],
  'd3hot-ignored': ['T-REQ-8', 'SDIs go on with their requests in D3hot.'],
  'flr-late-write': ['T-RST-6', 'After a PF FLR has ended one more record is written.'],
  'flr-keeps-lifetime': ['SRD-6.4', 'LIFETIME_OPS survives a PF FLR.'],
  'hot-reset-keeps-bus': ['SRD-2.9', 'The bus number survives a cold or hot reset.'],
  'hot-reset-keeps-aer': ['SRD-9.2', 'AER status survives a cold or hot reset.'],
  'vf-siov-capability': ['T-CAP-2', 'The extended capabilities of a VF begin with SIOV.'],
  'resetting-shows-scratch': ['SRD-6.7', 'Scratch of an SDI that is RESETTING can be read.'],
  'arguments-unreadable': ['SRD-4.6', 'ARG0..ARG5 read 0 whatever was written.'],
  'ims-data-unreadable': ['SRD-4.7', 'The data of an interrupt entry reads 0.'],
  'config-resets-wrong': ['REG-1', 'The Advisory Non-Fatal Error Mask of AER resets to 0.'],
  'config-bit-stuck': ['REG-2', 'The severity of an Unsupported Request cannot be made fatal.'],
  'ims-reserved-stored': ['REG-2', 'A reserved bit of an interrupt entry stores what is written.'],
  'tlp-cut-short': ['PCIE-TLP-1', 'Now and then a data write leaves without its last DW.'],
  'config-request-sent': ['PCIE-REQ-1', 'Now and then a Configuration Read leaves the device.'],
  'message-sent': ['SRD-3.1', 'Now and then a Message follows a data write.'],
  'traffic-class': ['SRD-7.12', 'Now and then a request has TC 1.'],
  'rid-of-nobody': ['T-RID-1', 'Now and then a data write carries a RID that nobody has.'],
  'relaxed-unasked': ['SRD-7.6', 'Data writes have Relaxed Ordering whoever asked for it.'],
  'record-number-cut': ['SRD-7.4', 'The number in a completion record has 15 bits.'],
  'interrupt-forgotten': ['SRD-7.8', 'Now and then the interrupt of a descriptor is not raised.'],
  'byte-count-wrong': ['PCIE-CPL-1', 'Now and then a completion has a Byte Count of 4 too many.'],
  'unassigned-page-served': ['T-MMIO-3', 'A read of a page of nobody is completed with data.'],
  'sdi-offset-wrong': ['T-CAP-3', 'First SDI Offset reads one more than the device adds.'],
  'siov-version-wrong': ['T-CAP-1', 'The SIOV capability has the next higher version.'],
  'version-wrong': ['SRD-4.2', 'VERSION reads the next higher one.'],
  'enabled-miscounted': ['SRD-4.3', 'STATUS counts one SDI too many once one is ENABLED.'],
  'query-rid-wrong': ['SRD-5.3', 'QUERY_SDI tells a Routing ID with its lowest bit turned.'],
  'arguments-whole': ['REG-3', 'ARG0..ARG5 take all bytes of a write, enabled or not.'],
} as const satisfies Record<string, readonly [rule: string, sentence: string]>;

export type FaultName = keyof typeof CATALOGUE;

/** The whole catalogue, in a fixed order. */
export const DEVICE_FAULTS: readonly DeviceFault[] = Object.entries(CATALOGUE).map(
  ([name, [rule, sentence]]) => ({ name, sentence, rule }),
);

/** Which fault, if any, this device has; asked where the fault acts. */
export class FaultSwitch {
  private readonly planted: string;
  private opportunities = 0;

  /** @throws UsageError `unknown-fault` for a name that the catalogue does not have. */
  constructor(planted?: string) {
    if (planted !== undefined && !Object.hasOwn(CATALOGUE, planted)) {
      const hint = suggest(planted, Object.keys(CATALOGUE));
      throw new UsageError('unknown-fault', `unknown fault '${planted}'${hint}`);
    }
    this.planted = planted ?? '';
  }

  /** Whether the fault is planted. */
  is(name: FaultName): boolean {
    return this.planted === name;
  }

  /** Whether the fault is planted and this is the `period`-th opportunity (counted from 1). */
  strikes(name: FaultName, period: number): boolean {
    if (this.planted !== name) return false;
    this.opportunities++;
    return this.opportunities % period === 0;
  }

  /** Power-up: the count of opportunities starts again. */
  reset(): void {
    this.opportunities = 0;
  }
}
