// The crowd of hyperscale: its plan (every SDI is raised, works and is reset, in a legal order), its indices, and the turn at
// the admin commands.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CROWD_SDIS_MIN, drawCrowdIndices } from '#env/crowd-swarm';
import { drawDeviceParams } from '#env/srd-device-parameters';
import { SCENARIO_FEATURES } from '#env/scenario-features';
import { drawSwarm } from '#env/siov-env-config';
import { Kernel } from '#kernel/kernel';
import type { Process } from '#kernel/process';
import { delay } from '#kernel/wait';
import { RandomStream } from '#random/random-stream';
import { AdminTurn } from '#sequences/hyperscale/crowd-lane';
import * as operations from '#sequences/hyperscale/crowd-operations';
import { CROWD_LENGTH, planCrowd } from '#sequences/hyperscale/crowd-plan';
import { validateParams } from '#siov/srd-params';
import { span } from '#solver/domain';
import type { PlannedOperation } from '#uvm/play';

const streamOf = (seed: number): RandomStream => new RandomStream(`crowd ${seed}`);
const { hyperscale } = SCENARIO_FEATURES;
const kinds = ['copy', 'crc32'] as const;

function planOf(seed: number, slotCount: number): PlannedOperation[] {
  const { crowd } = drawSwarm(streamOf(seed), hyperscale, 'hyperscale');
  const slots = streamOf(seed).shuffle(Array.from({ length: slotCount }, (_, slot) => slot));
  const work = { kinds, length: CROWD_LENGTH, pause: span(0, 1000) };
  return [...planCrowd(slots, crowd, work, streamOf(seed + 1))];
}

describe('the swarm of hyperscale', () => {
  it('has more than 4096 SDIs, and memory small enough for all of them', () => {
    for (let seed = 0; seed < 200; seed++) {
      const { crowd, layout } = drawSwarm(streamOf(seed), hyperscale, 'hyperscale');
      expect(crowd.sdiCount).toBeGreaterThan(CROWD_SDIS_MIN);
      expect(crowd.sdiCount).toBeLessThan(2 * CROWD_SDIS_MIN);
      expect(layout.sourcePages + layout.destinationPages).toBeLessThan(10);
      // Four vectors in each of three lives of every SDI.
      expect(layout.messagePages * 1024).toBeGreaterThan(12 * crowd.sdiCount);
    }
  });

  it('is none in other tests', () => {
    const { crowd } = drawSwarm(streamOf(1), SCENARIO_FEATURES.everything, 'hyperscale');
    expect(crowd.sdiCount).toBe(0);
  });

  it('asks for strides above 1, and Routing IDs that all fit', () => {
    const strides = new Set<number>();
    for (let seed = 0; seed < 100; seed++) {
      const drawn = drawDeviceParams(streamOf(seed), hyperscale, 'hyperscale');
      const params = validateParams({ profile: 'hyperscale', ...drawn });
      if (typeof params === 'string') throw new Error(params);
      strides.add(params.sdiStride);
      const last = 0x100 + params.firstSdiOffset + (params.totalSdis - 1) * params.sdiStride;
      expect(last).toBeLessThan(0x1_0000);
      expect(params.firstSdiOffset).toBeGreaterThan(params.totalVfs);
    }
    expect([...strides].toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
  });
});

describe('the indices of the crowd', () => {
  it('are distinct, ascending, and any', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.nat(300),
        fc.nat(),
        (total, wanted, seed) => {
          const indices = drawCrowdIndices(streamOf(seed), wanted, total);
          expect(indices).toHaveLength(Math.min(wanted, total));
          expect(indices).toEqual([...new Set(indices)].toSorted((a, b) => a - b));
          for (const index of indices) expect(index).toBeLessThan(total);
        },
      ),
    );
    const seen = new Set<number>();
    for (let seed = 0; seed < 200; seed++) {
      for (const index of drawCrowdIndices(streamOf(seed), 3, 12)) seen.add(index);
    }
    expect(seen.size).toBe(12);
  });
});

describe('the plan of a lane', () => {
  it('names operations that there are, with arguments in their domains', () => {
    const table = new Map(Object.values(operations).map((one) => [one.kind, one]));
    for (const { kind, args } of planOf(1, 300)) {
      const operation = table.get(kind)!;
      expect(Object.keys(args).toSorted()).toEqual([...operation.argNames].toSorted());
      for (const [i, name] of operation.argNames.entries()) {
        expect(operation.domains[i].contains(args[name])).toBe(true);
      }
    }
    expect(new Set(planOf(1, 300).map(({ kind }) => kind))).toEqual(new Set(table.keys()));
  });

  it('raises every SDI first, resets it, lowers none that is not reset, and raises it again', () => {
    for (let seed = 0; seed < 20; seed++) {
      const lives = new Map<unknown, string[]>();
      for (const { kind, args } of planOf(seed, 60)) {
        lives.set(args['slot'], [...(lives.get(args['slot']) ?? []), kind]);
      }
      expect(lives.size).toBe(60);
      for (const steps of lives.values()) {
        expect(steps.join(' ')).toMatch(
          /^raiseSdi( (workOnSdi|pauseSdi)){0,2} resetRaisedSdi( workOnSdi)?( lowerSdi raiseSdi)?$/,
        );
      }
    }
  });

  it('has most SDIs living at once', () => {
    for (let seed = 0; seed < 20; seed++) {
      let living = 0;
      let most = 0;
      for (const { kind } of planOf(seed, 500)) {
        living += kind === 'raiseSdi' ? 1 : kind === 'lowerSdi' ? -1 : 0;
        most = Math.max(most, living);
      }
      expect(most).toBeGreaterThan(450);
    }
  });
});

describe('AdminTurn', () => {
  it('lets one lane choose and command at a time, and goes on when one fails', () => {
    const kernel = new Kernel();
    const turn = new AdminTurn();
    let inside = 0;
    const order: number[] = [];
    function* lane(index: number): Process {
      for (let n = 0; n < 3; n++) {
        yield* turn.during(function* work() {
          expect(++inside).toBe(1);
          yield delay(10);
          order.push(index);
          inside--;
        });
      }
    }
    const handles = [0, 1, 2].map((index) => kernel.spawn(`lane ${index}`, lane(index)));
    kernel.runUntil(1000);
    expect(order).toHaveLength(9);
    expect(new Set(order.slice(0, 3))).toEqual(new Set([0, 1, 2]));
    expect(handles).toHaveLength(3);
    const broken = turn.during(function* fail(): Process {
      throw new Error('no');
    });
    expect(() => broken.next()).toThrow('no');
    expect(turn.during(function* again() {}).next().done).toBe(true);
  });
});
