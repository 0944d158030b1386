// Where in the device a request of the host may land, for requests that are served nowhere: registers, entries, pages of
// tenants, pages of nobody, addresses that nobody decodes. Source: SRD §3, §4 Access rules, §7, §8.
import type { SiovEnv } from '#env/siov-env';
import type { RandomStream } from '#random/random-stream';
import type { AddressRange } from '#siov/host-event';

/** Offsets are drawn in the first part of a page: the smallest page there is. */
const PAGE_BYTES = 4096;
/** Behind every window of the device: below and above 4 GiB. */
const NOBODY = [0xf000_0000, 0x5_0000_0000] as const;

/** Spaces that somebody decodes and owns. */
export const OWNED_TARGETS = [
  'register',
  'command',
  'errorLog',
  'entry',
  'controlPage',
  'furtherPage',
  'scratch',
  'msix',
  'vfPage',
] as const;

export const TARGETS = [
  ...OWNED_TARGETS,
  'freePage',
  'beyondPages',
  'beyondVfs',
  'nobody',
] as const;
export type Target = (typeof TARGETS)[number];

/** An 8-byte aligned address at the target, or undefined where there is none now. */
export function addressOf(env: SiovEnv, target: Target, stream: RandomStream): number | undefined {
  const address = placeOf(env, target, stream);
  return address === undefined ? undefined : address - (address % 8);
}

function placeOf(env: SiovEnv, target: Target, stream: RandomStream): number | undefined {
  const { device, ledger, pf, vfs } = env.child.hypervisor.parts;
  const { windows } = pf;
  switch (target) {
    case 'register':
      return stream.pick(device.pfRegisterAddresses());
    case 'command':
      return stream.pick(device.pfCommandAddresses());
    case 'errorLog':
      return device.errorLogAddress();
    case 'entry':
      return entryOfSomebody(env, stream);
    case 'controlPage':
    case 'furtherPage':
    case 'scratch':
      return pageOfSomebody(env, target, stream);
    case 'msix':
      return windows.msix.base + 4 * stream.below(4);
    case 'vfPage':
      return vfs.entries.length === 0
        ? undefined
        : windows.vfPages.base +
            PAGE_BYTES * stream.below(vfs.entries.length) +
            4 * stream.below(PAGE_BYTES / 4);
    case 'freePage': {
      const page = ledger.freePage(stream);
      return page === undefined
        ? undefined
        : windows.pages.base + env.pageBytes * page + 4 * stream.below(PAGE_BYTES / 4);
    }
    case 'beyondPages':
      return pageFrom([windows.pages, env.pageBytes], env.settings.params.pageCount, stream);
    case 'beyondVfs':
      return pageFrom([windows.vfPages, PAGE_BYTES], vfs.entries.length, stream);
    default:
      return stream.pick(NOBODY) + 4 * stream.below(0x1_0000);
  }
}

function entryOfSomebody(env: SiovEnv, stream: RandomStream): number | undefined {
  const { device } = env.child.hypervisor.parts;
  const queues = env.tenants.flatMap(({ queue }) =>
    queue === undefined || queue.vectors.length === 0 ? [] : [queue],
  );
  if (queues.length === 0) return undefined;
  const queue = stream.pick(queues);
  const entry = device.vectorEntry(queue.target, stream.below(queue.vectors.length));
  return entry.base + 4 * stream.below(entry.length / 4);
}

function pageOfSomebody(
  env: SiovEnv,
  target: 'controlPage' | 'furtherPage' | 'scratch',
  stream: RandomStream,
): number | undefined {
  const { device } = env.child.hypervisor.parts;
  const queues = env.tenants.flatMap(({ queue }) => (queue === undefined ? [] : [queue]));
  if (queues.length === 0) return undefined;
  const { pages } = stream.pick(queues).target;
  if (target === 'controlPage') return pages[0] + stream.pick(device.queueRegisters);
  const page = stream.pick(pages);
  if (target === 'scratch') return page + device.scratch.base + 4 * stream.below(16);
  const further = pages.length > 1 ? pages[stream.range(1, pages.length - 1)] : page;
  return further + 4 * stream.below(PAGE_BYTES / 4);
}

/** Somewhere in a window of pages, from page `first` on. */
function pageFrom(
  [window, pageBytes]: readonly [AddressRange, number],
  first: number,
  stream: RandomStream,
): number | undefined {
  const count = window.length / pageBytes - first;
  if (count <= 0) return undefined;
  const page = first + stream.below(count);
  return window.base + pageBytes * page + 4 * stream.below(PAGE_BYTES / 4);
}
