// The device as a completer: every non-posted request of the host gets exactly its answer, in time, with its own IDs.
// Source: siov-facts §13 T-CPL-6, T-CFG-1, T-MMIO-3; SRD §2, §4, §9.
import { printRid } from '#pcie/routing-id';
import { hex } from '#base/bits';
import { answersWithData } from '#pcie/build';
import { readCompletionFault } from '#pcie/rules';
import { CompletionStatus, isAtomic, isLockedRead, isMemoryRead, type Tlp } from '#pcie/tlp';
import { Component } from '#uvm/component';
import { defineRules, type Rule } from '#uvm/rules';
import { maskOfBe } from './device/word-check.ts';
import type { HostRequest } from './predictors/host-requests.ts';

/** SRD §3: the read completion boundary of what the device sends is an endpoint's. */
const DEVICE_RCB_BYTES = 64;

export const COMPLETER_RULES = defineRules({
  answer: [
    'T-CPL-6',
    'each non-posted request of the host is answered once, within 20 µs, with its IDs, TC and attributes',
    'siov-facts §13 T-CPL-6; SRD §4 Progress',
    'PCIe',
  ],
  parts: [
    'PCIE-CPL-1',
    'Byte Count, Lower Address, length and splits of completions are those of the request',
    'siov-facts R-CPL-2, R-CPL-3; PCIe Base §2.3.1',
    'PCIe',
  ],
  sdiConfig: [
    'T-CFG-1',
    'a Configuration Request to the Routing ID of an SDI is completed with UR, or as the policy says',
    'siov-facts §13 T-CFG-1; SRD §2',
    'inferred',
  ],
  config: [
    'SRD-2.6',
    'Configuration Requests are completed by the PF and the enabled VFs, and with UR for everybody else',
    'SRD §2; §8 and §9 for RRS',
    'PCIe',
  ],
  page: [
    'T-MMIO-3',
    'a read of a page that is assigned to nobody gets what the policy says (SRD: UR)',
    'siov-facts §13 T-MMIO-3; SRD §7',
    'SRD',
  ],
  access: [
    'SRD-4.1',
    'memory requests are served, refused with UR or aborted with CA by space, size and alignment',
    'SRD §4 Access rules, §9',
    'SRD',
  ],
  completer: [
    'SRD-2.9',
    'the Completer ID is the PF, or the VF for its configuration space and page, or as the policy says',
    'SRD §2, Completer ID',
    'SRD',
  ],
});

export class CompleterProtocolScoreboard extends Component {
  private readonly rule = this.evaluates(COMPLETER_RULES);

  /** A completion that matches no request of the host. */
  unexpected(tlp: Tlp): void {
    const { answer } = this.rule;
    answer.holds(false);
    answer.fail({
      subject: 'host request',
      expected: 'completions of requests that are outstanding',
      seen: `${tlp.kind} for ${printRid(tlp.requesterId)} tag ${tlp.tag}`,
    });
  }

  /** A request that was not answered in time. */
  overdue(request: HostRequest, boundPs: number): void {
    const { answer } = this.rule;
    answer.holds(false);
    answer.fail({
      subject: describe(request),
      expected: `its completion within ${boundPs / 1_000_000} µs`,
      seen: 'none',
    });
  }

  /** A completion for `request`; true when it is the last one. */
  completion(tlp: Tlp, request: HostRequest, maxPayloadBytes: number): boolean {
    const { rule } = this;
    const isEcho =
      tlp.tc === request.tc && tlp.attr === request.attr && tlp.ep === 0 && tlp.pasid < 0;
    if (!rule.answer.holds(isEcho)) {
      rule.answer.fail({
        subject: describe(request),
        expected: `TC ${request.tc}, attributes ${request.attr}, not poisoned, no PASID`,
        seen: `TC ${tlp.tc}, attributes ${tlp.attr}, EP ${tlp.ep}, PASID ${tlp.pasid}`,
      });
    }
    this.status(tlp, request);
    this.completerId(tlp, request);
    const fault = partFault(tlp, request, maxPayloadBytes);
    if (!rule.parts.holds(fault === undefined)) {
      rule.parts.fail({ subject: describe(request), expected: 'the next part', seen: fault });
    }
    const isOver = take(tlp, request);
    if (isOver) this.fixedWord(request);
    return isOver;
  }

  private status(tlp: Tlp, request: HostRequest): void {
    if (request.statusRule === 'none') return;
    const rule: Rule = this.rule[request.statusRule];
    if (rule.holds(((1 << tlp.status) & request.statusMask) !== 0)) return;
    rule.fail({
      subject: describe(request),
      expected: `status ${statusNames(request.statusMask)}`,
      seen: statusNames(1 << tlp.status),
    });
  }

  /** A read of what belongs to nobody gave data: the policy says which. */
  private fixedWord(request: HostRequest): void {
    const { fixedWord, statusRule, words } = request;
    if (fixedWord < 0 || statusRule === 'none' || words.length === 0) return;
    const mask = words.length === 1 ? maskOfBe(request.firstBe) : 0xffff_ffff;
    const wrong = words.find((word) => ((word ^ fixedWord) & mask) !== 0);
    const rule: Rule = this.rule[statusRule];
    if (rule.holds(wrong === undefined)) return;
    rule.fail({
      subject: describe(request),
      expected: hex(fixedWord, 8),
      seen: hex(wrong ?? 0, 8),
    });
  }

  private completerId(tlp: Tlp, request: HostRequest): void {
    if (request.completerId < 0) return;
    const isRight =
      tlp.completerId === request.completerId || tlp.completerId === request.otherCompleterId;
    if (this.rule.completer.holds(isRight)) return;
    this.rule.completer.fail({
      subject: describe(request),
      expected: `Completer ID ${printRid(request.completerId)}`,
      seen: printRid(tlp.completerId),
    });
  }
}

/** Takes the bytes of a completion; true when the request is over. */
function take(tlp: Tlp, request: HostRequest): boolean {
  if (tlp.status !== CompletionStatus.SC || tlp.payload.length === 0) return true;
  if (request.lengthDw <= 2) {
    for (let i = 0; i + 3 < tlp.payload.length; i += 4) {
      const { payload } = tlp;
      request.words.push(
        (payload[i] | (payload[i + 1] << 8) | (payload[i + 2] << 16) | (payload[i + 3] << 24)) >>>
          0,
      );
    }
  }
  const count = Math.max(1, tlp.payload.length - (request.nextAddress & 3));
  request.remaining -= Math.min(count, request.remaining);
  request.nextAddress = (request.nextAddress + count) & 0x7f;
  return request.remaining <= 0;
}

function partFault(tlp: Tlp, request: HostRequest, maxPayloadBytes: number): string | undefined {
  const isLocked = tlp.kind === 'CplLk' || tlp.kind === 'CplDLk';
  const hasData = tlp.kind === 'CplD' || tlp.kind === 'CplDLk';
  if (isLocked && !isLockedRead(request.kind)) return `${tlp.kind} for a ${request.kind}`;
  const wantsData = tlp.status === CompletionStatus.SC && answersWithData(request.kind);
  if (hasData !== wantsData) return `${tlp.kind} with status ${tlp.status} for a ${request.kind}`;
  if (!hasData) return undefined;
  if (tlp.payload.length > maxPayloadBytes) return `a payload of ${tlp.payload.length} bytes`;
  if (isMemoryRead(request.kind)) {
    const { nextAddress, remaining } = request;
    const awaited = { address: nextAddress, remainingBytes: remaining, rcbBytes: DEVICE_RCB_BYTES };
    return readCompletionFault(tlp, awaited);
  }
  if (isAtomic(request.kind)) return undefined;
  return tlp.payload.length === 4 ? undefined : `a payload of ${tlp.payload.length} bytes`;
}

/** A request of the host in one phrase. */
export function describe(request: HostRequest): string {
  const at = hex(request.address);
  const to = request.kind.startsWith('Cfg') ? ` of ${printRid(request.destinationId)}` : '';
  return `${request.kind}${to} at ${at}`;
}

function statusNames(mask: number): string {
  const names = Object.entries(CompletionStatus).filter(([, code]) => (mask & (1 << code)) !== 0);
  return names.length === 0 ? 'reserved' : names.map(([name]) => name).join(' or ');
}
