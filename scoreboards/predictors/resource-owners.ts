// Who has which work page, or which interrupt entry: by number, because with thousands of SDIs nobody looks through all of them.
// Source: SRD §5 (pages and entries are taken once).
import type { RequesterTrack } from './requester-track.ts';

export class ResourceOwners {
  /** Everybody who was given the resource and nothing else since; more than one where a device gave it twice. */
  private readonly holders = new Map<number, RequesterTrack[]>();

  /** `requester` has `after` in place of `before`. */
  move(requester: RequesterTrack, before: readonly number[], after: readonly number[]): void {
    for (const one of before) {
      const left = this.holders.get(one)?.filter((holder) => holder !== requester) ?? [];
      if (left.length > 0) this.holders.set(one, left);
      else this.holders.delete(one);
    }
    for (const one of after) {
      const known = this.holders.get(one);
      if (known === undefined) this.holders.set(one, [requester]);
      else if (!known.includes(requester)) known.push(requester);
    }
  }

  /** The SDI that has it and is not FREE; of several the one heard of first. @param except is left out. */
  owner(resource: number, except?: RequesterTrack): RequesterTrack | undefined {
    let found: RequesterTrack | undefined;
    for (const one of this.holders.get(resource) ?? []) {
      if (one === except || one.life === 'free') continue;
      if (found === undefined || one.order < found.order) found = one;
    }
    return found;
  }
}
