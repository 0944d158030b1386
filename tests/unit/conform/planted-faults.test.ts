// The conformance kit finds every planted fault of the reference device, each with a finding that names the paragraph: fault, step,
// paragraph. Source: issue, "Done when: the conformance kit finds each of 30 planted protocol and register mistakes".
import { describe, expect, it } from 'vitest';
import { DEVICE_FAULTS } from '#device/faults';
import { runOne } from './kit-fixture.ts';

/** Shows after 32 768 descriptors of one queue: hours of a slow simulator. The test `endurance` finds it. */
const TOO_LONG: readonly string[] = ['record-number-cut'];

const TABLE = [
  ['rid-swap', 'dma/two-sdis', 'srd.md §2, Routing IDs'],
  ['stride-off-by-one', 'admin/conflicts', 'srd.md §2, Routing IDs'],
  ['rid-conflict-accepted', 'admin/refusals', 'srd.md §5, Status codes'],
  ['vf-enable-ignores-sdis', 'admin/vf-enable', 'srd.md §8, VF Enable'],
  ['pf-rid-on-dma', 'dma/fill', 'srd.md §2, Routing IDs'],
  ['disabled-sdi-runs', 'dma/not-enabled', 'srd.md §7, queue'],
  ['reset-late-write', 'resets/abort', 'srd.md §6, point 2'],
  ['reset-tag-reuse', 'resets/abort-tags', 'srd.md §7, requests'],
  ['reset-hits-neighbour', 'resets/neighbour', 'srd.md §6, point 6'],
  ['reset-keeps-scratch', 'resets/restore', 'srd.md §6, point 3'],
  ['destroy-keeps-scratch', 'admin/destroy', 'srd.md §5, DESTROY_SDI'],
  ['reset-keeps-interrupt', 'resets/restore', 'srd.md §6, point 3'],
  ['vf-flr-resets-sdi', 'resets/vf-flr', 'srd.md §8, VF FLR'],
  ['sdi-config-space', 'admin/invisible', 'srd.md §2, Configuration Requests'],
  ['page-decode-neighbour', 'admin/pages', 'srd.md §7, Work pages'],
  ['ims-neighbour', 'interrupts/two-sdis', 'srd.md §2, Routing IDs'],
  ['interrupt-pf-rid', 'interrupts/message', 'srd.md §2, Routing IDs'],
  ['mask-ignored', 'interrupts/masked', 'srd.md §7, interrupt'],
  ['interrupt-before-data', 'interrupts/message', 'srd.md §7, interrupt'],
  ['cross-4k', 'dma/fill', 'srd.md §7, requests'],
  ['mrrs-ignored', 'dma/copy', 'srd.md §7, requests'],
  ['mps-ignored', 'dma/fill', 'srd.md §7, requests'],
  ['last-be-wrong', 'dma/fill', 'srd.md §7, requests'],
  ['header-4dw-below-4g', 'dma/fill', 'srd.md §7, requests'],
  ['tag-reuse', 'dma/copy', 'srd.md §7, requests'],
  ['bme-ignored', 'dma/bus-master', 'srd.md §7, Bus Master Enable'],
  ['engine-starves', 'dma/fair', 'srd.md §7, queue'],
  ['completion-by-tag-only', 'dma/same-tags', 'srd.md §7, opcodes'],
  ['split-swapped', 'dma/copy', 'srd.md §7, opcodes'],
  ['completion-lost', 'bars/arguments', 'srd.md §4, Progress'],
  ['status-bit-stuck', 'admin/enable', 'srd.md §3, SIOV extended capability'],
  ['pasid-missing', 'dma/pasid', 'srd.md §7, PASID'],
  ['copy-last-byte', 'dma/copy', 'srd.md §7, opcodes'],
  ['fill-phase', 'dma/fill', 'srd.md §7, opcodes'],
  ['crc-wrong', 'dma/crc32', 'srd.md §7, opcodes'],
  ['atomic-operand', 'dma/atomics', 'srd.md §7, opcodes'],
  ['record-before-data', 'dma/fill', 'srd.md §7, completion record'],
  ['lifetime-cleared', 'resets/restore', 'srd.md §6, point 4'],
  ['read-twice', 'dma/copy', 'srd.md §7, requests'],
  ['write-stray', 'dma/fill', 'srd.md §7, requests'],
  ['unexpected-unlogged', 'errors/unexpected', 'srd.md §9, completions'],
  ['timeout-unlogged', 'errors/timeout-logged', 'srd.md §9, completions'],
  ['aer-malformed-missing', 'errors/malformed', 'srd.md §9, Malformed'],
  ['aer-timeout-missing', 'errors/timeout-logged', 'srd.md §9, completions'],
  ['late-counted-error', 'resets/abort', 'srd.md §6, point 2'],
  ['flr-completion-logged', 'resets/pf-flr', 'srd.md §9, PF FLR'],
  ['message-logged', 'errors/messages', 'srd.md §3'],
  ['errors-not-cleared', 'bars/errors-clear', 'srd.md §4, ERRORS'],
  ['poison-used', 'dma/answers-fail', 'srd.md §7, status'],
  ['abort-as-unsupported', 'dma/fetch-fails', 'srd.md §7, queue'],
  ['completion-doubled', 'bars/read-only', 'srd.md §9'],
  ['malformed-answered', 'errors/malformed', 'srd.md §9, Malformed'],
  ['poisoned-write-taken', 'errors/poisoned', 'srd.md §9, poison'],
  ['atomic-aborted', 'errors/unsupported', 'srd.md §9, Unsupported'],
  ['memory-space-ignored', 'bars/memory-space', 'srd.md §7, Memory Space Enable'],
  ['d3hot-ignored', 'resets/d3hot', 'srd.md §3, Power Management'],
  ['flr-late-write', 'resets/pf-flr', 'srd.md §9, PF FLR'],
  ['flr-keeps-lifetime', 'resets/pf-flr', 'srd.md §9, PF FLR'],
  ['hot-reset-keeps-bus', 'resets/cold-hot', 'srd.md §9, resets'],
  ['hot-reset-keeps-aer', 'resets/cold-hot', 'srd.md §9, resets'],
  ['vf-siov-capability', 'interrupts/vf', 'srd.md §8'],
  ['resetting-shows-scratch', 'resets/restore', 'srd.md §6, point 7'],
  ['arguments-unreadable', 'bars/arguments', 'srd.md §4, ARG0..ARG5'],
  ['ims-data-unreadable', 'bars/ims', 'srd.md §4, IMS entry k'],
  ['config-resets-wrong', 'enumeration/reset-values', 'srd.md §3'],
  ['config-bit-stuck', 'enumeration/writes', 'srd.md §3'],
  ['ims-reserved-stored', 'bars/ims', 'srd.md §4, IMS entry k'],
  ['tlp-cut-short', 'dma/fill', 'dut-protocol.md, TLP bytes'],
  ['config-request-sent', 'dma/fill', 'srd.md §7, requests'],
  ['message-sent', 'dma/fill', 'srd.md §3'],
  ['traffic-class', 'dma/fill', 'srd.md §7, requests'],
  ['rid-of-nobody', 'dma/fill', 'srd.md §2, Routing IDs'],
  ['relaxed-unasked', 'dma/fill', 'srd.md §7, requests'],
  ['interrupt-forgotten', 'interrupts/message', 'srd.md §7, interrupt'],
  ['byte-count-wrong', 'enumeration/capability-lists', 'srd.md §9'],
  ['unassigned-page-served', 'bars/page-of-nobody', 'srd.md §7, Work pages'],
  ['sdi-offset-wrong', 'enumeration/reset-values', 'srd.md §3, SIOV extended capability'],
  ['siov-version-wrong', 'enumeration/reset-values', 'srd.md §3, SIOV extended capability'],
  ['version-wrong', 'bars/identity', 'srd.md §4'],
  ['enabled-miscounted', 'admin/enable', 'srd.md §4, STATUS'],
  ['query-rid-wrong', 'admin/create', 'srd.md §2, Routing IDs'],
  ['arguments-whole', 'bars/arguments', 'srd.md §4, Access rules'],
] as const;

describe('a planted fault', () => {
  it.each(TABLE)('%s is found by %s, which names %s', async (fault, id, where) => {
    const { outcome, evidence } = await runOne(id, { fault });
    expect([outcome, evidence?.paragraph.where]).toEqual(['wrong', where]);
    expect(evidence?.paragraph.says).toMatch(/\w.{15,}\.$/s);
    for (const text of [evidence?.sent, evidence?.seen, evidence?.expected]) {
      expect(text).toMatch(/\w/);
    }
  });

  it('is in the table, whichever it is', () => {
    const others = DEVICE_FAULTS.map(({ name }) => name).filter((name) => !TOO_LONG.includes(name));
    expect(TABLE.map(([fault]) => fault)).toEqual(others);
  });
});

describe('a finding says what was sent in text and bytes', () => {
  it.each(TABLE)('%s', async (fault, id) => {
    const { evidence } = await runOne(id, { fault });
    // A TLP with its bytes, a STEP, or the work that the device was given.
    expect(evidence?.sent).toMatch(/[0-9a-f]{16}|STEP|descriptor|command|TAIL|RESET|Configuration/);
  });
});
