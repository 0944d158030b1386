// What the completion of a request of the host must be. Source: SRD §2 (Completer ID), §9; PCIe Base §2.2.9, §2.3.1.
import { hex } from '#base/bits';
import { printRid } from '#pcie/routing-id';
import { answersWithData } from '#pcie/build';
import { byteCountOf, lowerAddressOf } from '#pcie/rules';
import { CompletionStatus, isLockedRead, type Tlp } from '#pcie/tlp';
import type { Breach } from './request-rules.ts';
import { SRD } from './paragraphs.ts';

/** What is wrong with a completion; `completers` are the Completer IDs that it may bear. */
export function completionBreach(
  tlp: Tlp,
  request: Tlp,
  completers: readonly number[],
): Breach | undefined {
  const wrong = (expected: string): Breach => ({ paragraph: SRD.COMPLETION, expected });
  const isSuccess = tlp.status === CompletionStatus.SC;
  const hasData = isSuccess && answersWithData(request.kind);
  const kind = hasData ? 'CplD' : 'Cpl';
  // A locked read that is refused may be answered by either.
  const isLocked = isLockedRead(request.kind) && tlp.kind === `${kind}Lk`;
  if (tlp.kind !== kind && !isLocked) return wrong(`${kind} for this request and status`);
  if (tlp.tc !== request.tc || tlp.attr !== request.attr) {
    return wrong(`TC ${request.tc} and attributes ${request.attr}, as in the request`);
  }
  if (tlp.ep !== 0) return wrong('a completion that is not poisoned');
  if (!completers.includes(tlp.completerId)) {
    const expected = `Completer ID ${completers.map(printRid).join(' or ')}`;
    return { paragraph: SRD.COMPLETER, expected };
  }
  if (!hasData) return undefined;
  if (tlp.lengthDw !== request.lengthDw) return wrong(`a length of ${request.lengthDw} DW`);
  if (tlp.byteCount !== byteCountOf(request)) return wrong(`Byte Count ${byteCountOf(request)}`);
  const lower = lowerAddressOf(request);
  return tlp.lowerAddress === lower ? undefined : wrong(`Lower Address ${hex(lower, 2)}`);
}
