// The device as a requester: PCIe's rules for memory requests and AtomicOps, whatever they are for.
// Source: siov-facts §9, §13 T-REQ, T-PAS; SRD §3, §7.
import { printRid } from '#pcie/routing-id';
import { hex } from '#base/bits';
import { Component } from '#uvm/component';
import { defineRules } from '#uvm/rules';
import { crosses4K } from '#pcie/rules';
import { Attr, hasLongAddress, isMemoryRead, isMemoryWrite, type Tlp } from '#pcie/tlp';
import { judge, subjectOf } from './judge.ts';
import { mayRequest } from './predictors/request-permission.ts';
import type { SeenRequest } from './predictors/seen-request.ts';
import type { TrafficPredictor } from './predictors/traffic-predictor.ts';

const DW_BYTES = 4;
/** SRD §7: addresses are below 2^52. */
const ADDRESS_HIGH_LIMIT = 0x10_0000;
/** AT of a request whose address was translated before (siov-facts T-ATS-1). */
const TRANSLATED = 2;
/** With 10-bit tags on, tags 0..255 are not used. */
const TEN_BIT_TAG_MIN = 256;

export const REQUEST_RULES = defineRules({
  decodes: [
    'PCIE-TLP-1',
    'upstream bytes are one TLP of a defined format, type and length',
    'PCIe Base §2.2; siov-facts §8',
    'PCIe',
  ],
  kind: [
    'PCIE-REQ-1',
    'an endpoint sends memory requests, AtomicOps and completions, no configuration, I/O or locked request',
    'PCIe Base §2.2.1; SRD §7',
    'PCIe',
  ],
  message: [
    'SRD-3.1',
    'the device sends no Messages, but for error Messages where its policy has them',
    'SRD §3',
    'SRD',
  ],
  header: [
    'SRD-7.12',
    'requests have TC 0, AT 0, and TH, LN, IDO, TD, EP and No Snoop 0',
    'SRD §7, Requests have TC 0',
    'SRD',
  ],
  boundary: [
    'T-REQ-1',
    'a memory request does not cross a 4 KiB boundary',
    'siov-facts R-REQ-1, PCIe Base §2.2.7',
    'PCIe',
  ],
  readSize: [
    'T-REQ-2',
    'a memory read asks for at most Max_Read_Request_Size',
    'siov-facts R-REQ-2, PCIe Base §2.2.7',
    'PCIe',
  ],
  payload: [
    'T-REQ-3',
    'a memory write carries at most Max_Payload_Size',
    'siov-facts R-REQ-3, PCIe Base §2.2.2',
    'PCIe',
  ],
  byteEnables: [
    'T-REQ-4',
    'byte enables are legal for the length and name exactly the bytes asked for',
    'siov-facts R-REQ-4, PCIe Base §2.2.5',
    'PCIe',
  ],
  addressForm: [
    'T-REQ-5',
    'the 3DW header is used exactly when the address is below 4 GiB; addresses are below 2^52',
    'siov-facts R-REQ-5, PCIe Base §2.2.4; SRD §7',
    'PCIe',
  ],
  tag: [
    'T-REQ-6',
    'a (Requester ID, tag) pair is unique while outstanding, and tags are as wide as enabled',
    'siov-facts R-REQ-6, PCIe Base §2.2.6; SRD §3',
    'PCIe',
  ],
  fairness: [
    'T-REQ-7',
    'no queue starves: at most Q + E descriptors of others are fetched while one waits',
    'siov-facts §13 T-REQ-7; SRD §7, Queues share the engines',
    'inferred',
  ],
  busMaster: [
    'T-REQ-8',
    'no memory request later than 1 µs after Bus Master Enable was cleared or D3hot entered',
    'siov-facts R-REQ-8; SRD §7',
    'PCIe',
  ],
  pasid: [
    'T-PAS-1',
    'requests of a queue carry its PASID exactly when it has one and PASID is enabled',
    'siov-facts §13 T-PAS-1; SRD §3, §7',
    'PCIe',
  ],
  outstanding: [
    'SRD-7.11',
    'no more non-posted requests are outstanding than the policy says (SRD: 64)',
    'SRD §7, At most 64',
    'SRD',
  ],
});

export class RequesterProtocolScoreboard extends Component {
  private readonly rule = this.evaluates(REQUEST_RULES);

  malformed(reason: string): void {
    this.rule.decodes.holds(false);
    this.rule.decodes.fail({ subject: 'upstream TLP', expected: 'a TLP', seen: reason });
  }

  /** A TLP that is neither completion, memory read or write, nor AtomicOp. */
  oddKind(tlp: Tlp): void {
    this.rule.decodes.holds(true);
    const isMessage = tlp.kind === 'Msg' || tlp.kind === 'MsgD';
    const rule = isMessage ? this.rule.message : this.rule.kind;
    rule.holds(false);
    rule.fail({
      subject: `Requester ID ${printRid(tlp.requesterId)}`,
      expected: 'memory requests, AtomicOps and completions',
      seen: tlp.kind,
    });
  }

  /** What the header alone shows. */
  header(seen: SeenRequest, predictor: TrafficPredictor): void {
    const { rule } = this;
    const { tlp } = seen;
    rule.decodes.holds(true);
    rule.kind.holds(true);
    rule.message.holds(true);
    this.sizes(seen, predictor);
    judge(rule.byteEnables, seen, 'byteEnables');
    const isLong = hasLongAddress(tlp.kind);
    const isRightForm = isLong
      ? tlp.addressHigh !== 0 && (tlp.addressHigh < ADDRESS_HIGH_LIMIT || seen.role === 'interrupt')
      : tlp.addressHigh === 0;
    if (!rule.addressForm.holds(isRightForm)) {
      const expected = 'a 4DW header for addresses of 4 GiB to 2^52 alone';
      const found = `${tlp.kind} at ${hex(tlp.addressHigh)} ${hex(tlp.addressLow, 8)}`;
      rule.addressForm.fail({ subject: subjectOf(seen), expected, seen: found });
    }
    const isPlain =
      tlp.tc === 0 &&
      (tlp.at === 0 || (tlp.at === TRANSLATED && predictor.policy.requests.ats !== 'never')) &&
      tlp.th === 0 &&
      tlp.ln === 0 &&
      tlp.td === 0 &&
      tlp.ep === 0 &&
      (tlp.attr & (Attr.ID_BASED_ORDERING | Attr.NO_SNOOP)) === 0;
    if (!rule.header.holds(isPlain)) {
      const found = `TC ${tlp.tc} AT ${tlp.at} TH ${tlp.th} LN ${tlp.ln} EP ${tlp.ep} attributes ${tlp.attr}`;
      rule.header.fail({ subject: subjectOf(seen), expected: 'all of them 0', seen: found });
    }
  }

  private sizes(seen: SeenRequest, predictor: TrafficPredictor): void {
    const { rule } = this;
    const { tlp } = seen;
    const { settings } = predictor;
    const bytes = tlp.lengthDw * DW_BYTES;
    if (!rule.boundary.holds(!crosses4K(tlp))) {
      const found = `${tlp.kind} of ${bytes} bytes at ${hex(tlp.address)}`;
      rule.boundary.fail({
        subject: subjectOf(seen),
        expected: 'no 4 KiB boundary inside',
        seen: found,
      });
    }
    if (isMemoryRead(tlp.kind) && !rule.readSize.holds(bytes <= settings.maxReadRequestBytes)) {
      const expected = `at most ${settings.maxReadRequestBytes} bytes`;
      rule.readSize.fail({ subject: subjectOf(seen), expected, seen: `${bytes} bytes` });
    }
    if (isMemoryWrite(tlp.kind) && !rule.payload.holds(bytes <= settings.maxPayloadBytes)) {
      const expected = `at most ${settings.maxPayloadBytes} bytes`;
      rule.payload.fail({ subject: subjectOf(seen), expected, seen: `${bytes} bytes` });
    }
  }

  /** What depends on who asks and on what is outstanding. */
  request(seen: SeenRequest, predictor: TrafficPredictor): void {
    const { rule } = this;
    const { requester, timePs } = seen;
    if (
      requester !== undefined &&
      !rule.busMaster.holds(mayRequest(predictor, requester, timePs))
    ) {
      const expected = 'no request: bus mastering is off for longer than a moment';
      rule.busMaster.fail({ subject: requester.name, expected, seen: seen.tlp.kind });
    }
    if (!isMemoryWrite(seen.tlp.kind)) this.pair(seen, predictor);
    this.prefix(seen, predictor);
  }

  private pair(seen: SeenRequest, predictor: TrafficPredictor): void {
    const { rule } = this;
    const { tag } = seen.tlp;
    const { settings, outstanding } = predictor;
    const bits = seen.requester?.kind === 'vf' ? settings.vfTagBits : settings.tagBits;
    const isWide = bits === 10;
    const isInRange = tag < 1 << bits && (!isWide || tag >= TEN_BIT_TAG_MIN);
    if (!rule.tag.holds(isInRange && seen.pairInUse !== 'outstanding')) {
      const expected = isInRange
        ? 'a tag that is not outstanding'
        : `a ${bits}-bit tag${isWide ? ' from 256 on' : ''}`;
      rule.tag.fail({ subject: subjectOf(seen), expected, seen: `tag ${tag}` });
    }
    const { outstandingMax } = predictor.policy.requests;
    const count = outstanding.count <= outstandingMax ? 0 : this.count(seen, predictor);
    if (!rule.outstanding.holds(count <= outstandingMax)) {
      rule.outstanding.fail({
        subject: 'device',
        expected: `at most ${outstandingMax}`,
        seen: count,
      });
    }
  }

  private count(seen: SeenRequest, predictor: TrafficPredictor): number {
    return predictor.outstanding.countSince(seen.timePs - predictor.timeoutPs);
  }

  private prefix(seen: SeenRequest, predictor: TrafficPredictor): void {
    const { tlp, execution, timePs } = seen;
    if (seen.role === 'interrupt' || execution === undefined || seen.problem !== 'none') return;
    const { pasid } = this.rule;
    const own = execution.latch.pasid;
    const isNever = !predictor.params.pasid || predictor.policy.requests.pasid === 'never';
    const isOff = own < 0 || isNever;
    const mayCarry = !isOff && predictor.pasidEnable.mayBeTrue(timePs) && tlp.pasid === own;
    const mayLack = tlp.pasid < 0 && (isOff || predictor.pasidEnable.mayBeFalse(timePs));
    const isUser = tlp.pasidExecute === 0 && tlp.pasidPrivileged === 0;
    if (pasid.holds((mayCarry || mayLack) && isUser)) return;
    pasid.fail({
      subject: subjectOf(seen),
      expected: isOff || !predictor.pasidEnable.value ? 'no PASID' : `PASID ${hex(own)}`,
      seen: `PASID ${tlp.pasid < 0 ? 'none' : hex(tlp.pasid)}, execute ${tlp.pasidExecute}, privileged ${tlp.pasidPrivileged}`,
    });
  }

  /** A descriptor was fetched while `waiting` is passed over. */
  passedOver(name: string, count: number, bound: number): void {
    const { fairness } = this.rule;
    if (fairness.holds(count <= bound)) return;
    const expected = `at most ${bound} descriptors of others before its fetch`;
    fairness.fail({ subject: name, expected, seen: `${count}` });
  }
}
