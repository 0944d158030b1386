// Addresses of interrupt messages: unique per (requester, vector) over the whole run, so that a message that goes astray is
// recognised by its address alone. Source: design decision 4; SRD §7 (1-DW message, address bits 1:0 ignored).
import { UsageError } from '#base/assert';
import type { RandomStream } from '#random/random-stream';
import type { AddressRange } from '#siov/host-event';
import type { VectorMessage } from './device-driver.ts';

const SLOT_BYTES = 4;

export class MessageSlots {
  private readonly window: AddressRange;
  private readonly taken = new Set<number>();

  constructor(window: AddressRange) {
    this.window = window;
  }

  /** A message that nobody has had, with random data. @throws UsageError `message-slots-exhausted`. */
  draw(stream: RandomStream): VectorMessage {
    const count = this.window.length / SLOT_BYTES;
    if (this.taken.size >= count) {
      throw new UsageError('message-slots-exhausted', `all ${count} message addresses are in use`);
    }
    let slot = stream.below(count);
    while (this.taken.has(slot)) slot = (slot + 1) % count;
    this.taken.add(slot);
    return { address: this.window.base + slot * SLOT_BYTES, data: stream.uint32() };
  }
}
