// Descriptors that the device must refuse before any data request, one reason each, sometimes with a later reason beside it
// (SRD §7, statuses 0x20..0x25 and their order).
import type { TenantAgent } from '#env/agents/tenant-agent';
import type { TenantQueue } from '#env/agents/tenant-queue';
import type { RandomStream } from '#random/random-stream';
import type { WorkItem } from '#sequences/items/work-item';
import { isAtomicWork, WorkOpcode } from '#siov/work';

export const REFUSALS = [
  'badOpcode',
  'zeroLength',
  'tooLong',
  'misaligned',
  'reserved',
  'badVector',
] as const;
export type Refusal = (typeof REFUSALS)[number];

export interface SpoilContext {
  readonly tenant: TenantAgent;
  readonly queue: TenantQueue;
  readonly stream: RandomStream;
}

/** Changes a good item into one that is refused for `refusal`. */
export function spoil(item: WorkItem, refusal: Refusal, context: SpoilContext): void {
  const { queue, stream, tenant } = context;
  item.isRefused = true;
  switch (refusal) {
    case 'badOpcode':
      item.opcode = stream.range(7, 255);
      break;
    case 'zeroLength':
      item.opcode = stream.pick([WorkOpcode.COPY, WorkOpcode.FILL]);
      item.length = 0;
      break;
    case 'tooLong':
      item.opcode = stream.pick([WorkOpcode.COPY, WorkOpcode.FILL]);
      item.length = stream.pick([tenant.device.format.lengthMax + 1, 0x8000_0000, 0xffff_ffff]);
      break;
    case 'misaligned':
      misalign(item, context);
      break;
    case 'reserved':
      item.reserved = true;
      break;
    case 'badVector':
      item.interrupt = true;
      item.vector = queue.vectors.length + stream.pick([0, 1, stream.below(1000)]);
      break;
  }
  if (refusal !== 'reserved' && stream.chance(1, 6)) item.reserved = true;
}

/** A misaligned AtomicOp; where the device has none, any of them is refused as an unknown opcode. */
function misalign(item: WorkItem, { tenant, stream }: SpoilContext): void {
  const { destination } = tenant.space.layout;
  if (!isAtomicWork(item.opcode)) item.opcode = WorkOpcode.SWAP;
  item.length = stream.pick([4, 8]);
  item.destination = destination.base + 8 * stream.below(64) + stream.range(1, 3);
}
