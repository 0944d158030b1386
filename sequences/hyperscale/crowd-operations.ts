// The life of SDIs in a crowd: raised (created, enabled, at work), worked with, reset, lowered. A lane does it for the SDIs of
// its share, each with memory of its own. Source: SRD §5, §6, §7; siov-facts F-SDI-5 (more virtual devices than VFs).
import type { SdiEntry } from '#env/sdi-ledger';
import type { Process } from '#kernel/process';
import { PLACEMENTS, type Placement } from '#sequences/items/work-item';
import { flag, oneOf, span } from '#solver/domain';
import { operation, type RunningOperation } from '#uvm/operation';
import { awaitWork, OPCODES, prepare, type WorkKind } from '../dma/work-operations.ts';
import { WorkSequence } from '../dma/work-sequence.ts';
import { drawAssignment, perform } from '../lifecycle/lifecycle-operations.ts';
import { auditScratchOf, markScratch } from '../lifecycle/scratch-pattern.ts';
import type { CrowdLane } from './crowd-lane.ts';

/** Slots beyond the run's number of them are never possible. */
const slot = span(0, 0xffff);
const page = span(0, 15);
/** Work of one operation: as an item's, see `WorkSequence`. */
const work = {
  opcode: oneOf('copy', 'fill', 'crc32', 'fetchAdd', 'swap', 'cas'),
  length: span(1, 4096),
  count: span(1, 4),
  placement: oneOf(...PLACEMENTS),
  ringOnce: flag(),
} as const;

interface Work {
  readonly opcode: WorkKind;
  readonly length: number;
  readonly count: number;
  readonly placement: Placement;
  readonly ringOnce: boolean;
}

/** CREATE_SDI, ENABLE_SDI and work; `early`: the work is rung before the SDI is enabled, and starts with it. */
export const raiseSdi = operation<CrowdLane>()(
  'raiseSdi',
  { slot, ...work, early: flag(), wait: flag() },
  {
    possible: (args, lane) => lane.entry(args.slot)?.phase === 'free',
    *run(args, lane, op) {
      const entry = lane.entry(args.slot);
      if (entry === undefined || !(yield* create(lane, entry, op))) return;
      if (args.early) yield* post(lane, entry, [args, op]);
      if (!(yield* command(lane, 'enable', entry))) return;
      if (!args.early) yield* post(lane, entry, [args, op]);
      if (args.wait) yield* waitFor(lane, entry);
    },
  },
);

/** Work on an SDI that lives, whatever it has under way. */
export const workOnSdi = operation<CrowdLane>()(
  'workOnSdi',
  { slot, ...work, wait: flag() },
  {
    possible: (args, lane) => lane.entry(args.slot)?.home?.queue !== undefined,
    *run(args, lane, op) {
      const entry = lane.entry(args.slot);
      if (entry === undefined) return;
      yield* post(lane, entry, [args, op]);
      if (args.wait) yield* waitFor(lane, entry);
    },
  },
);

/** QUIESCE_SDI, and ENABLE_SDI again: work that was not fetched waits in between. */
export const pauseSdi = operation<CrowdLane>()(
  'pauseSdi',
  { slot },
  {
    possible: (args, lane) => lane.entry(args.slot)?.phase === 'enabled',
    *run(args, lane) {
      const entry = lane.entry(args.slot);
      if (entry === undefined || !(yield* command(lane, 'quiesce', entry))) return;
      yield* command(lane, 'enable', entry);
    },
  },
);

/** RESET_SDI, with work rung just before or not; `audit`: its scratch is marked before, and looked at afterwards. */
export const resetRaisedSdi = operation<CrowdLane>()(
  'resetRaisedSdi',
  { slot, page, audit: flag(), reconfigure: flag(), enable: flag() },
  {
    possible: (args, lane) => isReset(lane.entry(args.slot)),
    *run(args, lane, op) {
      const entry = lane.entry(args.slot);
      if (entry === undefined) return;
      const { env } = lane;
      if (args.audit) markScratch(env, entry, args.page, op.stream('pattern'));
      const isDone = args.reconfigure
        ? yield* reconfigure(lane, entry, op)
        : yield* command(lane, 'reset', entry);
      if (!isDone) return;
      if (args.audit) yield* auditScratchOf(env, entry, args.page);
      if (args.enable) yield* command(lane, 'enable', entry);
    },
  },
);

/** DESTROY_SDI; an enabled SDI is quiesced first. */
export const lowerSdi = operation<CrowdLane>()(
  'lowerSdi',
  { slot },
  {
    possible: (args, lane) => isReset(lane.entry(args.slot)),
    *run(args, lane) {
      const entry = lane.entry(args.slot);
      if (entry === undefined) return;
      if (entry.phase === 'enabled' && !(yield* command(lane, 'quiesce', entry))) return;
      yield* command(lane, 'destroy', entry);
    },
  },
);

/** Whether RESET_SDI is legal. */
function isReset(entry: SdiEntry | undefined): boolean {
  return entry?.phase === 'created' || entry?.phase === 'enabled';
}

function* create(lane: CrowdLane, entry: SdiEntry, op: RunningOperation): Process<boolean> {
  const { env, turn } = lane;
  entry.home ??= env.makeHome(`sdi ${entry.sdi} progress`, op.stream('memory'));
  return yield* turn.during(function* createInTurn() {
    const assignment = drawAssignment(env, entry, op);
    if (assignment === undefined) return false;
    return (yield* perform(env, 'create', entry, { assignment })) === 0;
  });
}

function* reconfigure(lane: CrowdLane, entry: SdiEntry, op: RunningOperation): Process<boolean> {
  const { env, turn } = lane;
  return yield* turn.during(function* reconfigureInTurn() {
    const assignment = drawAssignment(env, entry, op);
    // Without resources for another configuration it is a plain reset.
    const status =
      assignment === undefined
        ? yield* perform(env, 'reset', entry)
        : yield* perform(env, 'reconfigure', entry, { assignment });
    return status === 0;
  });
}

function* command(
  { env, turn }: CrowdLane,
  action: 'enable' | 'quiesce' | 'reset' | 'destroy',
  entry: SdiEntry,
): Process<boolean> {
  return yield* turn.during(function* commandInTurn() {
    return (yield* perform(env, action, entry)) === 0;
  });
}

/** Posts the work and rings; what must be set up before that is. */
function* post(
  lane: CrowdLane,
  { home }: SdiEntry,
  [wish, op]: readonly [Work, RunningOperation],
): Process {
  if (home === undefined) return;
  const { tenant } = lane;
  yield* lane.visiting(home, function* postAtHome() {
    if ((yield* prepare(tenant, op)) === undefined) return;
    yield* tenant.start(WorkSequence, tenant.child.sequencer, {
      tenant,
      opcode: OPCODES[wish.opcode],
      lengthBytes: wish.length,
      itemCount: wish.count,
      placement: wish.placement,
      ringOnce: wish.ringOnce,
    });
  });
}

function* waitFor(lane: CrowdLane, { home }: SdiEntry): Process {
  const { tenant } = lane;
  if (home === undefined) return;
  yield* lane.visiting(home, function* waitAtHome() {
    if (home.queue !== undefined) yield* awaitWork(tenant, home.queue);
  });
}
