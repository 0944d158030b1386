// Planted faults of Nimbus: each is one deviation, and the rule that must find it.
import type { FaultInfo } from '#run/config';

export const NIMBUS_FAULTS = [
  {
    name: 'rid-swap',
    rule: 'T-RID-4',
    sentence: 'Now and then a data write carries the RID of another SDI.',
  },
  {
    name: 'scratch-survives',
    rule: 'T-RST-4',
    sentence: 'A reset leaves the scratch of the pages as it was.',
  },
  {
    name: 'late-record',
    rule: 'T-RST-1',
    sentence: 'After a reset has ended one more record is written.',
  },
  {
    name: 'tags-reused',
    rule: 'T-RST-2',
    sentence: 'A reset frees the tags of what it gave up at once.',
  },
  {
    name: 'interrupt-by-sdi',
    rule: 'T-INT-2',
    sentence: 'Now and then an SDI sends its message itself.',
  },
  {
    name: 'mask-ignored',
    rule: 'T-INT-4',
    sentence: 'Now and then a masked message is sent at once.',
  },
  {
    name: 'data-of-other',
    rule: 'T-INT-1',
    sentence: 'Now and then a message has the data of another vector.',
  },
  { name: 'completer-pf', rule: 'SRD-2.9', sentence: 'Reads of pages are completed by the PF.' },
  { name: 'unassigned-ur', rule: 'T-MMIO-3', sentence: 'Reads of pages of nobody get UR.' },
  { name: 'sdi-config', rule: 'T-CFG-1', sentence: 'A Configuration Request to an SDI gets data.' },
  {
    name: 'status-stuck',
    rule: 'T-CAP-5',
    sentence: 'SIOV Status bit 0 stays 1 once an SDI has existed.',
  },
  { name: 'error-untold', rule: 'T-ERR-1', sentence: 'No error Message is ever sent.' },
  { name: 'error-by-sdi', rule: 'T-ERR-1', sentence: 'Error Messages carry the RID of an SDI.' },
  {
    name: 'copy-last-byte',
    rule: 'SRD-7.2',
    sentence: 'Now and then the last byte of a write is wrong.',
  },
] as const satisfies readonly FaultInfo[];

export type NimbusFault = (typeof NIMBUS_FAULTS)[number]['name'];

/** Whether a fault is planted, and how often it strikes. */
export class NimbusFaults {
  private readonly planted: string | undefined;
  private count = 0;

  constructor(planted: string | undefined) {
    this.planted = planted;
  }

  has(name: NimbusFault): boolean {
    return this.planted === name;
  }

  /** True at every `n`-th occasion. */
  strikes(name: NimbusFault, n: number): boolean {
    return this.planted === name && ++this.count % n === 0;
  }
}
