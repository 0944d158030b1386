// What every request of a device must be, whatever a step of the conformance kit is about: looked at as each TLP comes.
// Source: SRD §2 (Requester ID), §3 (tags, no Messages), §7 (requests); DUT protocol, "TLP bytes".
import { hex } from '#base/bits';
import { formatTime } from '#base/time-text';
import { printRid } from '#pcie/routing-id';
import { byteLengthOf, firstByteAddress, requestFaults } from '#pcie/rules';
import { Attr, isAtomic, isMemoryRead, isMemoryWrite, NO_PASID, type Tlp } from '#pcie/tlp';
import type { HostBuffer, HostBuffers } from './buffers.ts';
import { SRD, type Paragraph } from './paragraphs.ts';

/** What is wrong with a TLP. */
export interface Breach {
  readonly paragraph: Paragraph;
  readonly expected: string;
}

/** Which tags a function may use. */
export type TagRange = '5 bits' | '8 bits' | '10 bits';

const TAGS: Readonly<Record<TagRange, readonly [number, number]>> = {
  '5 bits': [0, 31],
  '8 bits': [0, 255],
  '10 bits': [256, 1023],
};
export const BUS_MASTER_OFF: Breach = {
  paragraph: SRD.BUS_MASTER,
  expected: 'Bus Master Enable is 0',
};
const OUTSTANDING_MAX = 64;
/** A governing write rules what leaves later than this after its arrival (SRD §4, Moments). */
export const MOMENT_PS = 1_000_000;

/** A request that waits, or waited, for its completions. */
interface Outstanding {
  readonly rid: number;
  readonly tag: number;
  /** From when its tag is free again, as it is answered; Infinity: not yet answered. */
  freePs: number;
  /** Its completion timeout may have struck. */
  readonly expiresPs: number;
}

/** What is in force, as the host has set it, and what is under way. */
export class RequestRules {
  maxPayloadBytes = 128;
  maxReadRequestBytes = 512;
  tags: TagRange = '5 bits';
  /** Enable Relaxed Ordering. */
  mayRelax = true;
  /** No request may leave later than this: Bus Master Enable is 0, or the like. */
  quietFromPs = 0;
  /** What says so, where it is not Bus Master Enable. */
  quietBy: Breach = BUS_MASTER_OFF;
  /** No request of these RIDs may leave later than this. */
  readonly quietRids = new Map<number, { readonly fromPs: number; readonly why: Breach }>();
  private outstanding: Outstanding[] = [];

  /** The first thing that is wrong with a TLP that left at `timePs`. */
  breach(tlp: Tlp, timePs: number, buffers: HostBuffers): Breach | undefined {
    return (
      kindBreach(tlp) ??
      fieldBreach(tlp) ??
      this.shapeBreach(tlp) ??
      this.quietBreach(tlp, timePs) ??
      this.placeBreach(tlp, buffers) ??
      this.tagBreach(tlp, timePs)
    );
  }

  /** Notes a non-posted request, whose completion timeout may strike from `expiresPs` on. */
  add(tlp: Tlp, expiresPs: number): void {
    const { requesterId: rid, tag } = tlp;
    this.outstanding.push({ rid, tag, freePs: Infinity, expiresPs });
  }

  /** The last completion of a request reaches the device at `timePs`. */
  free(tlp: Tlp, timePs: number): void {
    for (const one of this.outstanding) {
      if (one.rid === tlp.requesterId && one.tag === tlp.tag && one.freePs === Infinity) {
        one.freePs = timePs;
      }
    }
  }

  /** Everything under way is lost. */
  forget(): void {
    this.outstanding = [];
    this.quietRids.clear();
  }

  private shapeBreach(tlp: Tlp): Breach | undefined {
    const { maxPayloadBytes, maxReadRequestBytes } = this;
    const [fault] = requestFaults(tlp, { maxPayloadBytes, maxReadRequestBytes });
    if (fault === undefined) return undefined;
    return { paragraph: SRD.REQUESTS, expected: `a request that is legal; this is a ${fault}` };
  }

  private quietBreach(tlp: Tlp, timePs: number): Breach | undefined {
    if (timePs > this.quietFromPs) {
      const { paragraph, expected } = this.quietBy;
      return {
        paragraph,
        expected: `no request later than ${formatTime(this.quietFromPs)}: ${expected}`,
      };
    }
    const quiet = this.quietRids.get(tlp.requesterId);
    return quiet !== undefined && timePs > quiet.fromPs ? quiet.why : undefined;
  }

  private placeBreach(tlp: Tlp, buffers: HostBuffers): Breach | undefined {
    const address = firstByteAddress(tlp);
    const byteLength = byteLengthOf(tlp);
    const buffer = buffers.find(address);
    if (buffer === undefined || byteLength === 0 || address + byteLength > buffer.end) {
      const expected = `requests inside of what the device was given: ${buffers.text}`;
      return { paragraph: SRD.ONCE, expected };
    }
    if (accessOf(tlp) !== buffer.access) {
      const expected = `only ${WORDS[buffer.access]} of ${buffer.text}`;
      return { paragraph: SRD.ONCE, expected };
    }
    if (tlp.requesterId !== buffer.rid) {
      const expected = `Requester ID ${printRid(buffer.rid)}, whose ${buffer.text} is`;
      return { paragraph: SRD.OWN_RID, expected };
    }
    return pasidBreach(tlp, buffer) ?? this.relaxBreach(tlp, buffer) ?? onceBreach(tlp, buffer);
  }

  private relaxBreach(tlp: Tlp, buffer: HostBuffer): Breach | undefined {
    const isSet = (tlp.attr & Attr.RELAXED_ORDERING) !== 0;
    if (isSet && !this.mayRelax) {
      return { paragraph: SRD.RELAXED_ENABLE, expected: 'no Relaxed Ordering: it is not enabled' };
    }
    const shouldBe = buffer.isRelaxed && this.mayRelax;
    if (isSet === shouldBe) return undefined;
    const expected = `${shouldBe ? '' : 'no '}Relaxed Ordering in a request to ${buffer.text}`;
    return { paragraph: SRD.REQUEST_FIELDS, expected };
  }

  private tagBreach(tlp: Tlp, timePs: number): Breach | undefined {
    if (isMemoryWrite(tlp.kind)) return undefined;
    const [low, high] = TAGS[this.tags];
    if (tlp.tag < low || tlp.tag > high) {
      const expected = `a tag of ${hex(low, 3)}..${hex(high, 3)}, as tags of ${this.tags} are enabled`;
      return { paragraph: SRD.TAGS, expected };
    }
    this.outstanding = this.outstanding.filter(
      ({ freePs, expiresPs }) => Math.min(freePs, expiresPs) > timePs,
    );
    const { requesterId, tag } = tlp;
    if (this.outstanding.some((one) => one.rid === requesterId && one.tag === tag)) {
      const expected = `another tag: ${hex(tag, 3)} of ${printRid(requesterId)} is outstanding`;
      return { paragraph: SRD.OUTSTANDING, expected };
    }
    if (this.outstanding.length < OUTSTANDING_MAX) return undefined;
    const expected = `at most ${OUTSTANDING_MAX} outstanding requests, and there are as many`;
    return { paragraph: SRD.OUTSTANDING, expected };
  }
}

const WORDS = { read: 'reads', write: 'writes', atomic: 'AtomicOps' } as const;

function accessOf(tlp: Tlp): HostBuffer['access'] {
  if (isAtomic(tlp.kind)) return 'atomic';
  return isMemoryRead(tlp.kind) ? 'read' : 'write';
}

function kindBreach(tlp: Tlp): Breach | undefined {
  if (isMemoryRead(tlp.kind) || isMemoryWrite(tlp.kind) || isAtomic(tlp.kind)) return undefined;
  if (tlp.kind === 'Msg' || tlp.kind === 'MsgD') {
    return { paragraph: SRD.NO_MESSAGES, expected: 'no Messages from the device' };
  }
  return { paragraph: SRD.REQUESTS, expected: 'memory reads, memory writes and AtomicOps only' };
}

function fieldBreach(tlp: Tlp): Breach | undefined {
  const names: string[] = [];
  for (const name of ['tc', 'at', 'th', 'ln', 'td', 'ep'] as const) {
    if (tlp[name] !== 0) names.push(name.toUpperCase());
  }
  if ((tlp.attr & Attr.ID_BASED_ORDERING) !== 0) names.push('ID-Based Ordering');
  if ((tlp.attr & Attr.NO_SNOOP) !== 0) names.push('No Snoop');
  if (tlp.pasidExecute !== 0) names.push('Execute Requested');
  if (tlp.pasidPrivileged !== 0) names.push('Privileged Mode Requested');
  if (names.length === 0) return undefined;
  return { paragraph: SRD.REQUEST_FIELDS, expected: `${names.join(', ')} 0 in every request` };
}

function pasidBreach(tlp: Tlp, buffer: HostBuffer): Breach | undefined {
  if (tlp.pasid === buffer.pasid) return undefined;
  const prefix = buffer.pasid === NO_PASID ? 'no PASID prefix' : `PASID ${hex(buffer.pasid, 5)}`;
  return { paragraph: SRD.PASID, expected: `${prefix} in a request to ${buffer.text}` };
}

/** Also marks what is touched. */
function onceBreach(tlp: Tlp, buffer: HostBuffer): Breach | undefined {
  const start = firstByteAddress(tlp) - buffer.address;
  const end = start + byteLengthOf(tlp);
  if (buffer.isOnce) {
    const isAgain = buffer.touched.subarray(start, end).some((count) => count > 0);
    if (isAgain) {
      const at = hex(buffer.address + start, 8);
      return { paragraph: SRD.ONCE, expected: `each byte of ${buffer.text} once; again at ${at}` };
    }
    if (isMemoryWrite(tlp.kind) && start < buffer.writtenTo) {
      const expected = `writes to ${buffer.text} in ascending order of addresses`;
      return { paragraph: SRD.ONCE, expected };
    }
  }
  buffer.writtenTo = end;
  for (let i = start; i < end; i++) buffer.touched[i] = Math.min(255, buffer.touched[i] + 1);
  return undefined;
}
