// Who has which page: by number, as if everybody were asked.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestGate } from '#scoreboards/predictors/governed-bit';
import { srdWorkFormat } from '#siov/srd-work-descriptor';
import { RequesterTrack } from '#scoreboards/predictors/requester-track';
import { ResourceOwners } from '#scoreboards/predictors/resource-owners';

function tracks(count: number): RequesterTrack[] {
  const census = { latched: 0 };
  return Array.from({ length: count }, (_, order) => {
    const track = new RequesterTrack(`sdi ${order}`, new RequestGate(true, 1), {
      order,
      census,
      momentPs: 1,
      format: srdWorkFormat(2),
    });
    track.life = 'created';
    return track;
  });
}

describe('ResourceOwners', () => {
  it('gives what a look through all requesters gives, whatever they were given before', () => {
    const step = fc.record({
      who: fc.nat(4),
      pages: fc.uniqueArray(fc.nat(7), { maxLength: 4 }),
      life: fc.constantFrom('free', 'created', 'enabled', 'resetting' as const),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const all = tracks(5);
        const owners = new ResourceOwners();
        for (const { who, pages, life } of steps) {
          owners.move(all[who], all[who].pages, pages);
          all[who].pages = pages;
          all[who].life = life as 'free';
          for (let page = 0; page < 8; page++) {
            for (const except of [undefined, ...all]) {
              const slow = all.find(
                (one) => one !== except && one.life !== 'free' && one.pages.includes(page),
              );
              expect(owners.owner(page, except)).toBe(slow);
            }
          }
        }
      }),
    );
  });
});
