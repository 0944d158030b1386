// The built-in register tests on the models of SRD's registers, one subject at a time, while tenants work: after resets, bit by
// bit, and at random. Source: SRD §3-§9; IEEE 1800.2 annex E. Each hardware reset test brings its reset about itself.
//
//   subject    hwReset                                         bitBash, access
//   pfConfig   power-up; cold or hot reset, FLR of the PF      any time
//   pf         after each of these, before the first command   any time
//   ims, pages CREATE_SDI, RESET_SDI, DESTROY and CREATE_SDI   an SDI of no tenant
//   vf         FLR of the VF                                   an enabled VF: its configuration space
import type { TenantAgent } from '#env/agents/tenant-agent';
import type { SrdRegisters } from '#env/registers/srd-registers';
import type { SdiEntry } from '#env/sdi-ledger';
import type { SiovEnv } from '#env/siov-env';
import type { Process } from '#kernel/process';
import { us } from '#kernel/time';
import { delay } from '#kernel/wait';
import { oneOf, span, mix } from '#solver/domain';
import { operation, type RunningOperation } from '#uvm/operation';
import { BitBashSequence } from '#uvm/registers/bit-bash-sequence';
import { HwResetSequence } from '#uvm/registers/hw-reset-sequence';
import { RandomAccessSequence } from '#uvm/registers/random-access-sequence';
import type { RegisterBlock } from '#uvm/registers/register-block';
import type { ResetKind } from '#uvm/registers/register-field';
import { AdminSequence } from '../lifecycle/admin-sequence.ts';
import { drawAssignment, perform } from '../lifecycle/lifecycle-operations.ts';

interface RegisterTestArgs {
  readonly kind: 'hwReset' | 'bitBash' | 'access';
  readonly subject: 'pfConfig' | 'pf' | 'ims' | 'pages' | 'vf';
  readonly index: number;
  readonly how: 'hotReset' | 'coldReset' | 'resetPf';
  readonly count: number;
}

/** Of eight hardware reset tests of the PF's configuration space so many are made. */
const RESETS_IN_8 = 2;

/** Registers of one bit bash, and tens of random accesses. */
const countDomain = mix([8, span(1, 4)], [2, span(5, 12)]);

export const registerTest = operation<SiovEnv>()(
  'registerTest',
  {
    kind: oneOf('hwReset', 'bitBash', 'access'),
    subject: oneOf('pfConfig', 'pf', 'ims', 'pages', 'vf'),
    /** SDI slot or VF; beyond the last they wrap. */
    index: span(0, 7),
    /** Which reset of the PF or the device. */
    how: oneOf('hotReset', 'coldReset', 'resetPf'),
    count: countDomain,
  },
  {
    possible: (args, env) => isPossible(args, env),
    *run(args, env, op) {
      const { registers } = env;
      if (registers === undefined) return;
      if (args.kind === 'hwReset') yield* testReset(args, { env, registers, op });
      else yield* testBits(args, env, registers);
    },
  },
);

/** Waits for a queue, as long as a register test may keep the hypervisor from giving one. */
export const awaitQueue = operation<TenantAgent>()(
  'awaitQueue',
  { waitUs: span(10, 2000) },
  {
    possible: (_args, tenant) => tenant.queue === undefined,
    *run(args, tenant) {
      const endPs = tenant.kernel.nowPs + us(args.waitUs);
      while (tenant.queue === undefined && tenant.kernel.nowPs < endPs) yield delay(us(10));
    },
  },
);

interface TestContext {
  readonly env: SiovEnv;
  readonly registers: SrdRegisters;
  readonly op: RunningOperation;
}

function isPossible({ kind, subject, index }: RegisterTestArgs, env: SiovEnv): boolean {
  const { registers } = env;
  const { hypervisor } = env.child;
  if (registers === undefined) return false;
  if (!hypervisor.isReady) return subject === 'pfConfig' && kind !== 'access';
  const isReset = kind === 'hwReset';
  switch (subject) {
    case 'pfConfig':
      // A reset takes everything from everybody: now and then only.
      return !isReset || index < RESETS_IN_8;
    case 'pf':
      return !isReset || !registers.isPfUsed;
    case 'ims':
    case 'pages':
      return entryAt({ kind, index }, env) !== undefined;
    case 'vf':
      return vfAt(env, index) !== undefined;
  }
}

/** With VFs enabled, a device without mixed IOV refuses every SDI. */
function canCreate(env: SiovEnv): boolean {
  return env.settings.params.mixedIov || env.child.hypervisor.ledger.vfRids.length === 0;
}

/** An SDI that no tenant has; for a reset test also one that is to be created. */
function entryAt(
  { kind, index }: Pick<RegisterTestArgs, 'kind' | 'index'>,
  env: SiovEnv,
): SdiEntry | undefined {
  const mayCreate = kind === 'hwReset' && canCreate(env);
  const entries = env.child.hypervisor.ledger.entries.filter((entry) => {
    if (entry.phase === 'free') return mayCreate;
    return isSpare(entry) && env.registers?.sdi(entry.sdi) !== undefined;
  });
  return entries.length === 0 ? undefined : entries[index % entries.length];
}

/** Not of a tenant. */
function isSpare({ phase, tenant }: SdiEntry): boolean {
  return tenant < 0 && (phase === 'created' || phase === 'enabled');
}

function vfAt(env: SiovEnv, index: number): number | undefined {
  const { entries } = env.child.hypervisor.parts.vfs;
  return entries.length === 0 ? undefined : entries[index % entries.length].vf;
}

// --- after resets ----------------------------------------------------------------------------------

function* testReset(args: RegisterTestArgs, context: TestContext): Process {
  const { env, registers } = context;
  switch (args.subject) {
    case 'pfConfig':
      if (env.child.hypervisor.isReady) return yield* resetFunction(args.how, env, registers);
      return yield* expectReset(env, registers.pfConfig, 'HARD');
    case 'pf':
      return yield* expectPfReset(env, registers, 'HARD');
    case 'ims':
    case 'pages':
      return yield* resetSdi(args, context);
    case 'vf':
      return yield* resetVf(args.index, env, registers);
  }
}

/** A reset of the PF or the device: its configuration space before it is enumerated again, its registers after that. */
function* resetFunction(
  how: RegisterTestArgs['how'],
  env: SiovEnv,
  registers: SrdRegisters,
): Process {
  const { hypervisor } = env.child;
  const kind = how === 'resetPf' ? 'SOFT' : 'HARD';
  hypervisor.recovery.beforeNextBringUp = () => expectReset(env, registers.pfConfig, kind);
  yield* env.start(AdminSequence, hypervisor.child.sequencer, { action: how });
  if (hypervisor.isReady) yield* expectPfReset(env, registers, kind);
}

function* expectPfReset(env: SiovEnv, registers: SrdRegisters, kind: ResetKind): Process {
  yield* expectReset(env, registers.pf, kind);
  yield* expectReset(env, registers.msix, kind);
}

function* resetSdi(args: RegisterTestArgs, { env, registers, op }: TestContext): Process {
  const entry = entryAt(args, env);
  if (entry === undefined) return;
  const { sdi } = entry;
  const isAnew = op.stream('how').bool();
  if (entry.phase !== 'free' && !(isAnew && entry.phase === 'created')) {
    if ((yield* perform(env, 'reset', entry)) !== 0) return;
    return yield* expectReset(env, registers.sdi(sdi), 'SOFT');
  }
  if (entry.phase !== 'free' && (yield* perform(env, 'destroy', entry)) !== 0) return;
  const assignment = drawAssignment(env, entry, op);
  if (assignment === undefined) return;
  if ((yield* perform(env, 'create', entry, { assignment, tenant: -1 })) !== 0) return;
  yield* expectReset(env, registers.sdi(sdi), 'HARD');
}

function* resetVf(index: number, env: SiovEnv, registers: SrdRegisters): Process {
  const { hypervisor } = env.child;
  const vf = vfAt(env, index);
  if (vf === undefined) return;
  hypervisor.parts.vfs.beforeNextSetUp = function* (): Process {
    yield* expectReset(env, registers.vf(vf)?.config, 'SOFT');
    yield* expectReset(env, registers.vf(vf)?.page, 'SOFT');
  };
  yield* env.start(AdminSequence, hypervisor.child.sequencer, { action: 'resetVf', subject: vf });
}

function* expectReset(env: SiovEnv, subject: RegisterBlock | undefined, kind: ResetKind): Process {
  if (subject === undefined) return;
  yield* env.start(HwResetSequence, env.child.sequencer, { subject, kind, shuffle: true });
}

// --- bit by bit, and at random -----------------------------------------------------------------------

function* testBits(args: RegisterTestArgs, env: SiovEnv, registers: SrdRegisters): Process {
  const subjects = subjectsOf(args, env, registers);
  const { isReady } = env.child.hypervisor;
  const disregards = isReady ? [] : registers.harmlessAtPowerUp;
  if (!isReady) yield* env.announceBus();
  for (const subject of subjects) {
    const shared = { subject, shuffle: true, disregards };
    const { sequencer } = env.child;
    if (args.kind === 'bitBash') {
      yield* env.start(BitBashSequence, sequencer, { ...shared, limit: args.count });
    } else {
      yield* env.start(RandomAccessSequence, sequencer, { ...shared, count: 10 * args.count });
    }
  }
}

function subjectsOf(
  args: RegisterTestArgs,
  env: SiovEnv,
  registers: SrdRegisters,
): readonly RegisterBlock[] {
  const { subject } = args;
  switch (subject) {
    case 'pfConfig':
      return [registers.pfConfig];
    case 'pf':
      return [registers.pf, registers.msix];
    case 'ims':
    case 'pages': {
      const block = registers.sdi(entryAt(args, env)?.sdi ?? -1);
      return block === undefined ? [] : [block[subject]];
    }
    case 'vf': {
      const vf = registers.vf(vfAt(env, args.index) ?? 0);
      return vf === undefined ? [] : [vf.config];
    }
  }
}
