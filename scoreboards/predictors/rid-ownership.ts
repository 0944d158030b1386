// Who owns which Routing ID, page and interrupt entry, and who owned the Routing IDs that are nobody's now. Source: SRD §2, §5.
import type { RequesterTrack } from './requester-track.ts';
import { ResourceOwners } from './resource-owners.ts';

export class RidOwnership {
  readonly pages = new ResourceOwners();
  readonly entries = new ResourceOwners();
  private readonly owners = new Map<number, RequesterTrack>();
  private readonly retired = new Map<number, RequesterTrack>();
  private readonly busesInUse = new Uint8Array(256);

  /** Who owns a Routing ID now, as far as the host knows. */
  owner(requesterId: number): RequesterTrack | undefined {
    return this.owners.get(requesterId);
  }

  /** Who had a Routing ID that is nobody's now. */
  formerOwner(requesterId: number): RequesterTrack | undefined {
    return this.retired.get(requesterId);
  }

  /** Whether some Routing ID of this bus was ever given to the device. */
  isBusInUse(bus: number): boolean {
    return this.busesInUse[bus] !== 0;
  }

  give(requester: RequesterTrack, requesterId: number): void {
    requester.requesterId = requesterId;
    this.owners.set(requesterId, requester);
    this.retired.delete(requesterId);
    this.busesInUse[requesterId >> 8] = 1;
  }

  /** In place of the pages and entries that it had. */
  giveResources(
    requester: RequesterTrack,
    pages: readonly number[],
    entries: readonly number[],
  ): void {
    this.pages.move(requester, requester.pages, pages);
    this.entries.move(requester, requester.imsEntries, entries);
    requester.pages = pages;
    requester.imsEntries = entries;
  }

  /** The requester gives up its Routing ID, pages and entries. */
  retire(requester: RequesterTrack): void {
    this.giveResources(requester, [], []);
    if (this.owners.get(requester.requesterId) !== requester) return;
    this.owners.delete(requester.requesterId);
    this.retired.set(requester.requesterId, requester);
  }

  /** The requester has another Routing ID from now on, and nothing of it is late under the old one. */
  move(requester: RequesterTrack, requesterId: number): void {
    if (this.owners.get(requester.requesterId) === requester) {
      this.owners.delete(requester.requesterId);
    }
    this.give(requester, requesterId);
  }
}
