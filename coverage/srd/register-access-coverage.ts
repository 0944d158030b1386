/**
 * Which of SRD's registers the host reads and writes, and with which byte enables (SRD §4, §7). One sample per register of a
 * request that is not an injected error. SRD's own, as `scoreboards/srd`. vplan: configuration and registers.
 */
import { each } from '#cover/bins';
import { Covergroup } from '#cover/covergroup';

/** Registers of the PF by name; arrays count as one. */
export const PF_REGISTER_NAMES = [
  'ID',
  'VERSION',
  'PAGES',
  'IMS_ENTRIES',
  'STATUS',
  'ERRORS',
  'LATE_COMPLETIONS',
  'ARG',
  'RESULT',
  'COMMAND',
  'COMMAND_STATUS',
] as const;
export type PfRegisterName = (typeof PF_REGISTER_NAMES)[number];

export const PAGE_REGISTER_NAMES = [
  'CTRL',
  'STATE',
  'RING_BASE_LOW',
  'RING_BASE_HIGH',
  'RING_SIZE',
  'HEAD',
  'TAIL',
  'RECORD_BASE_LOW',
  'RECORD_BASE_HIGH',
  'PASID',
  'OPS',
  'SCRATCH',
] as const;
export type PageRegisterName = (typeof PAGE_REGISTER_NAMES)[number];

export const VECTOR_WORD_NAMES = ['ADDRESS_LOW', 'ADDRESS_HIGH', 'DATA', 'CONTROL'] as const;
export type VectorWordName = (typeof VECTOR_WORD_NAMES)[number];

/** One register of one request; the object is reused. */
export class RegisterAccess {
  isWrite = false;
  /** Bytes of the register that take part, 1..4. */
  byteCount = 4;
  /** A register of the PF. */
  pf: PfRegisterName | undefined = undefined;
  /** A register of a work page of an SDI or a VF. */
  page: PageRegisterName | undefined = undefined;
  /** A word of an interrupt entry or of an MSI-X table. */
  vector: VectorWordName | undefined = undefined;
  /** A part of configuration space, by its capability. */
  config: 'header' | 'capabilities' | 'extended' | undefined = undefined;
}

export class RegisterAccessCoverage extends Covergroup<RegisterAccess> {
  readonly direction = this.coverpoint('isWrite', { read: false, write: true });
  readonly bytes = this.coverpoint('byteCount', each([1, 4]));
  readonly pf = this.coverpoint('pf', each(...PF_REGISTER_NAMES));
  readonly page = this.coverpoint('page', each(...PAGE_REGISTER_NAMES));
  readonly vector = this.coverpoint('vector', each(...VECTOR_WORD_NAMES));
  readonly config = this.coverpoint('config', each('header', 'capabilities', 'extended'));
  /** What COMMAND reads is not said: nobody reads it. */
  readonly pfByDirection = this.cross(
    { pf: this.pf, direction: this.direction },
    { ignore: (bin) => bin.pf === 'COMMAND' && bin.direction === 'read' },
  );
  readonly pageByDirection = this.cross({ page: this.page, direction: this.direction });
  readonly vectorByDirection = this.cross({ vector: this.vector, direction: this.direction });
  readonly configByDirection = this.cross({ config: this.config, direction: this.direction });
  readonly pageByBytes = this.cross({ page: this.page, bytes: this.bytes });
}
