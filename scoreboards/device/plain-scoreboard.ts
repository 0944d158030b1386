// The scoreboard of a device that brings none of its own: what every SIOV device has is checked, its SIOV capability and the memory
// in its pages; its registers and its configuration space beyond that are its own affair. Source: siov-facts §2.1, §13 T-CAP,
// T-MMIO-1, T-RST-4; policy `capability`.
import { assert } from '#base/assert';
import { readU32Le } from '#base/bytes';
import { hex } from '#base/bits';
import { isMemoryWrite, type Tlp } from '#pcie/tlp';
import type { HostEvent } from '#siov/host-event';
import { SIOV_CAPABILITY_ID, SiovOffset } from '#siov/siov-capability';
import type { Rule } from '#uvm/rules';
import { ANY_STATUS, StatusBit, type HostRequest } from '../predictors/host-requests.ts';
import type { RequesterTrack } from '../predictors/requester-track.ts';
import type { TrafficPredictor } from '../predictors/traffic-predictor.ts';
import { DeviceScoreboard } from './device-scoreboard.ts';
import { PLAIN_RULES } from './device-rules.ts';
import { PageMemory } from './page-memory.ts';
import { statusBitCheck } from './sdi-status.ts';
import { maskOfBe, type WordCheck, type WordFault } from './word-check.ts';

/** Header of an extended capability: ID and version. */
const HEADER_MASK = 0x000f_ffff;
const VERSION_SHIFT = 16;
const TOTAL_MASK = 0xffff;
const STATUS_BIT = 1 << 24;
const STATUS_BE = 1 << 3;

export class PlainScoreboard extends DeviceScoreboard {
  private readonly rule = this.evaluates(PLAIN_RULES);
  private memoryNow: PageMemory | undefined;

  protected override bound(predictor: TrafficPredictor): void {
    this.memoryNow = new PageMemory(predictor, this.traits.scratch);
  }

  private get memory(): PageMemory {
    assert(this.memoryNow !== undefined, 'the scoreboard of the device is bound before it is used');
    return this.memoryNow;
  }

  protected override ruleOf(key: string): Rule {
    const rule: Rule | undefined = this.rule[key as keyof typeof PLAIN_RULES];
    assert(rule !== undefined, `'${key}' is a rule of every device`);
    return rule;
  }

  // --- pages ------------------------------------------------------------------------------------------------------------------

  protected override afterEvent(event: HostEvent): void {
    if (event.kind === 'deviceReset') this.memory.resetAll();
    if (event.kind === 'flrEnded' && event.requester === 'pf') this.memory.resetAll();
    if (event.kind !== 'commandEnded' || event.status !== 0) return;
    if (event.command === 'enable' || event.command === 'quiesce' || event.command === 'query')
      return;
    const { formerPages, pages } = this.predictor.sdi(event.sdi);
    this.memory.reset(formerPages.pages);
    this.memory.reset(pages);
  }

  override postedArrived(tlp: Tlp, timePs: number): void {
    if (!isMemoryWrite(tlp.kind)) return;
    const owner = this.ownerAt(tlp.address);
    const { page, offset, space } = this.location;
    if (owner === undefined || space !== 'pages') return;
    const isSure = this.reach(owner) === 'open' && this.servesRead(tlp) === 'data' && tlp.ep === 0;
    for (let i = 0; i < tlp.lengthDw; i++) {
      const be = i === 0 ? tlp.firstBe : tlp.lastBe;
      const at = { page, offset: offset + 4 * i };
      if (!isSure) this.memory.forget(at);
      else if (be !== 0)
        this.memory.write(owner, at, readU32Le(tlp.payload, 4 * i), { be, timePs });
    }
  }

  /** One DW, or two that are aligned, are served by everybody; what becomes of other sizes is the device's affair. */
  protected override servesRead(tlp: Tlp): 'data' | 'either' {
    const isServed = tlp.lengthDw === 1 || (tlp.lengthDw === 2 && (tlp.addressLow & 7) === 0);
    return isServed ? 'data' : 'either';
  }

  protected override readChecks(
    owner: RequesterTrack | undefined,
    tlp: Tlp,
  ): readonly (WordCheck | undefined)[] {
    const { page, offset, space } = this.location;
    if (owner === undefined || space !== 'pages') return [];
    return Array.from({ length: tlp.lengthDw }, (_, i) => {
      const be = i === 0 ? tlp.firstBe : tlp.lastBe;
      return this.memory.check(owner, { page, offset: offset + 4 * i }, be);
    });
  }

  // --- the capability ---------------------------------------------------------------------------------------------------------

  /** What a read of the SIOV capability must return; of the rest nothing is known. */
  protected override configCheck(owner: RequesterTrack, tlp: Tlp): WordCheck | undefined {
    if (owner.kind !== 'pf') return undefined;
    const mask = maskOfBe(tlp.firstBe);
    const offset = 4 * tlp.registerNumber - this.traits.capabilityAt;
    const { params } = this.predictor;
    switch (offset) {
      case SiovOffset.HEADER: {
        const { version } = this.traits.policy.capability;
        const header = SIOV_CAPABILITY_ID | (version << VERSION_SHIFT);
        return constant('capChain', 'SIOV header', header, mask & HEADER_MASK);
      }
      case SiovOffset.CAPABILITIES:
        return this.capabilityBits(mask);
      case SiovOffset.TOTAL_SDIS:
        return this.totalAndStatus(mask, tlp.firstBe);
      case SiovOffset.FIRST_SDI_OFFSET: {
        const word = (params.firstSdiOffset | (params.sdiStride << 16)) >>> 0;
        return constant('capStride', 'First SDI Offset and SDI Stride', word, mask);
      }
      default:
        return undefined;
    }
  }

  /** The bits that the policy names; what the others mean nobody knows. */
  private capabilityBits(mask: number): WordCheck {
    const { capability, rids } = this.traits.policy;
    const { mixedIov, softwareRids } = this.predictor.params;
    const known = [
      [capability.mixedIovBit, mixedIov],
      [capability.softwareRidsBit, softwareRids && rids.modes.includes('software')],
    ] as const;
    let bits = 0;
    let value = 0;
    for (const [bit, isSet] of known) {
      if (bit < 0) continue;
      bits |= 1 << bit;
      if (isSet) value |= 1 << bit;
    }
    return constant('capReadOnly', 'SIOV Capabilities', value >>> 0, bits & mask);
  }

  private totalAndStatus(mask: number, be: number): WordCheck {
    const { totalSdis } = this.predictor.params;
    const total = constant('capReadOnly', 'Total SDIs', totalSdis, mask & TOTAL_MASK);
    if ((be & STATUS_BE) === 0) return total;
    const status = statusBitCheck(this.predictor);
    const judge = (word: number, leftPs: number): WordFault | undefined =>
      total.judge(word, leftPs) ?? status((word & STATUS_BIT) !== 0);
    return { ...total, rule: 'capStatus', judge };
  }

  protected override configWritten(): void {}

  protected override poisonedConfig(request: HostRequest): void {
    request.statusMask = request.statusMask === StatusBit.SC ? StatusBit.UR : ANY_STATUS;
  }
}

function constant(rule: string, name: string, value: number, mask: number): WordCheck {
  const judge = (word: number): WordFault | undefined =>
    ((word ^ value) & mask) === 0
      ? undefined
      : { rule, expected: `${hex((value & mask) >>> 0, 8)} in bits ${hex(mask >>> 0, 8)}` };
  return { subject: 'pf', name, rule, judge };
}
