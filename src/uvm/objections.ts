// Objections: who keeps a phase alive, and why. Source: semantics §4; IEEE 1800.2 clause 10.5; design decision 11.
//
//   using _objection = phase.raiseObjection(this, 'traffic');   // dropped at the end of the block, also when killed
//   phase.raiseObjection(this, 'four bursts', 4);               // or UVM's way: by count …
//   phase.dropObjection(this, 'one burst is over');             // … and dropped one by one
import { UsageError } from '#base/assert';
import type { Kernel } from '#kernel/kernel';
import { formatTime } from '#kernel/time';
import { Component } from './component.ts';
import { ObjectionTree, type Objector } from './objection-tree.ts';
import type { TaskPhaseName } from './phase-table.ts';
import { VERBOSITY, type ReportServer } from './report-server.ts';
import { SourcePlace } from './source-line.ts';

/** Holders named in a message. */
const HOLDERS_SHOWN = 8;

/** A claim that keeps a phase alive until it is dropped. */
export class Objection implements Disposable {
  /** Full path of who objects. */
  readonly path: string;
  /** Why, for people: it stands in the explanation of a hang. */
  readonly reason: string;
  /** Simulated time of the raise, ps. */
  readonly raisedAtPs: number;
  private readonly raiser: Objector;
  private readonly place = new SourcePlace('/src/uvm/');
  private readonly owner: Objections;
  private held: number;
  private wasCleared = false;

  /** Made by `Objections.raise`. */
  constructor(owner: Objections, raiser: Objector, reason: string, count: number) {
    this.owner = owner;
    this.raiser = raiser;
    this.path = raiser.fullPath;
    this.reason = reason;
    this.held = count;
    this.raisedAtPs = owner.nowPs;
  }

  /** How many times it is still held. */
  get count(): number {
    return this.held;
  }

  /** `file(line)` of the raise. */
  get source(): string {
    return this.place.text;
  }

  /**
   * Gives the claim up, or `count` of what is held. Nothing when the phase has ended in the meantime.
   * @throws UsageError `objection-dropped` when nothing is left of it, `objection-underflow` when less is left.
   */
  drop(count: number = this.held): void {
    if (this.wasCleared) return;
    if (this.held === 0) {
      this.fail('objection-dropped', `the objection '${this.reason}' was dropped twice`);
    }
    checkCount(count);
    if (count > this.held) {
      this.fail(
        'objection-underflow',
        `${count} of the objection '${this.reason}' are dropped, and ${this.held} held`,
      );
    }
    this.held -= count;
    this.owner.dropped(this, this.raiser, count);
  }

  /** Drops what is left: the end of a `using` block. */
  [Symbol.dispose](): void {
    if (this.held > 0) this.drop();
  }

  /** For `Objections`: the phase has ended; dropping it is no mistake any more. */
  clear(): void {
    this.wasCleared = true;
    this.held = 0;
  }

  /**
   * For messages: who objects, to the end of which phase, how often, why, since when and where: `test objects:
   * 'traffic' (raised at 10 ns, tests/a.ts(12))`.
   */
  describe(): string {
    const times = this.held === 1 ? '' : ` ${this.held} times`;
    const { phaseName } = this.owner;
    const what = phaseName === 'run' ? '' : ` to the end of ${phaseName}`;
    const at = `raised at ${formatTime(this.raisedAtPs)}, ${this.source}`;
    return `${this.path} objects${what}${times}: '${this.reason}' (${at})`;
  }

  private fail(code: string, message: string): never {
    throw new UsageError(code, message, {
      path: this.path,
      timePs: this.owner.nowPs,
      hint: `It was raised at ${this.source}.`,
    });
  }
}

/** What objections need of their testbench. */
export interface ObjectionContext {
  readonly kernel: Kernel;
  readonly reports: ReportServer;
  /** The test, once it is built: sequences have their place in the tree by their path. */
  readonly top: Component | undefined;
}

/** All objections to the end of one phase. */
export class Objections {
  readonly phaseName: TaskPhaseName;
  /** Told whenever the last objection has been dropped and has drained; the phases' schedule listens. */
  onAllDropped: (() => void) | undefined = undefined;
  /** Told when somebody objects while nobody did. */
  onFirstRaised: (() => void) | undefined = undefined;
  /** Calls of `raise` so far. */
  raisedCount = 0;
  /** Reports each raise and drop (`OBJTN_TRC`); also done at verbosity HIGH and above. */
  isTracing = false;
  private readonly context: ObjectionContext;
  private readonly tree: ObjectionTree;
  private readonly held = new Set<Objection>();
  private isClosed = false;

  /** Made with its phase. `scope`: the phase, which owns the processes of `objectionAllDropped`. */
  constructor(context: ObjectionContext, phaseName: TaskPhaseName, scope: object) {
    this.context = context;
    this.phaseName = phaseName;
    this.tree = new ObjectionTree(context.kernel, scope);
    this.tree.onAllDropped = () => this.onAllDropped?.();
  }

  /** The present simulated time, ps. */
  get nowPs(): number {
    return this.context.kernel.nowPs;
  }

  /** Held anywhere, or on the way to the top while a component drains. */
  get total(): number {
    return this.tree.totalOf(undefined);
  }

  /** Nothing is held and nothing drains: the phase may end. */
  get isClear(): boolean {
    return this.tree.isClear;
  }

  /**
   * Objects `count` times, 1 or more, to the end of the phase, until as much is dropped; after the end a warning
   * OBJTN_LATE.
   * @throws UsageError `bad-count`.
   */
  raise(raiser: Objector, reason: string, count = 1): Objection {
    checkCount(count);
    const objection = new Objection(this, raiser, reason, count);
    if (this.isClosed) this.warnLate(objection);
    this.raisedCount++;
    this.held.add(objection);
    const wasClear = this.isClear;
    const event = { phase: this.phaseName, source: raiser, reason, count };
    this.tree.raise(this.placeOf(raiser), event);
    this.trace('raised', raiser, event);
    if (wasClear) this.onFirstRaised?.();
    return objection;
  }

  /**
   * Drops `count` of what `raiser` holds: first those with this reason, then the oldest. Nothing when the phase has ended.
   * @throws UsageError `objection-underflow`, naming who holds what; `bad-count`.
   */
  dropOf(raiser: Objector, reason: string, count = 1): void {
    checkCount(count);
    if (this.isClosed) return;
    const own = this.heldBy(raiser);
    const has = sumOf(own);
    if (has < count) this.failUnderflow(raiser, count, has);
    const ordered = [
      ...own.filter((one) => one.reason === reason),
      ...own.filter((one) => one.reason !== reason),
    ];
    let left = count;
    for (const objection of ordered) {
      const now = Math.min(left, objection.count);
      if (now > 0) objection.drop(now);
      left -= now;
    }
  }

  /** The objections held by a component and by everything below it, in the order in which they were raised. */
  objectionsOf(component: Objector): readonly Objection[] {
    const { fullPath } = component;
    const below = `${fullPath}.`;
    return [...this.held].filter(({ path }) => path === fullPath || path.startsWith(below));
  }

  /** How often `raiser` itself objects: UVM's get_objection_count. */
  countOf(raiser: Objector): number {
    return sumOf(this.heldBy(raiser));
  }

  /** How often a component and what is below it object, drains included: UVM's get_objection_total. */
  totalOf(component: Component): number {
    return this.tree.totalOf(component);
  }

  /**
   * Simulated time between the last drop at a component and its going on to the component's parent, ps; without a
   * component: after everything, before the end of the phase. @throws UsageError `bad-drain-time`.
   */
  setDrainTime(component: Component | undefined, drainTimePs: number): void {
    if (!Number.isSafeInteger(drainTimePs) || drainTimePs < 0) {
      throw new UsageError('bad-drain-time', `${drainTimePs} is no drain time`, {
        path: component?.fullPath ?? this.phaseName,
        hint: 'A whole number of ps, 0 or more.',
      });
    }
    this.tree.setDrainTime(component, drainTimePs);
  }

  /** The drain time of a component, of the phase without one, ps; 0 unless it was set. */
  drainTimeOf(component: Component | undefined): number {
    return this.tree.drainTimeOf(component);
  }

  /** Who holds which objection, in the order in which they were raised; and what drains. */
  explain(): string[] {
    const lines = [...this.held].map((objection) => objection.describe());
    for (const path of this.tree.draining()) {
      lines.push(`${path} drains: the last objection of ${this.phaseName} there was dropped`);
    }
    return lines;
  }

  /** For the phases' schedule: the phase has ended; from now on an objection comes too late. */
  end(): void {
    this.isClosed = true;
  }

  /** For the phases' schedule: the phase is done; what is held is forgotten. */
  close(): void {
    this.end();
    this.onAllDropped = undefined;
    this.onFirstRaised = undefined;
    for (const objection of this.held) objection.clear();
    this.held.clear();
    this.tree.clear();
  }

  /** For `Objection` alone. */
  dropped(objection: Objection, raiser: Objector, count: number): void {
    if (objection.count === 0) this.held.delete(objection);
    const event = { phase: this.phaseName, source: raiser, reason: objection.reason, count };
    this.tree.drop(this.placeOf(raiser), event);
    this.trace('dropped', raiser, event);
  }

  private heldBy(raiser: Objector): Objection[] {
    return [...this.held].filter(({ path }) => path === raiser.fullPath);
  }

  /** The component at or above the raiser; undefined: the root. */
  private placeOf(raiser: Objector): Component | undefined {
    if (raiser instanceof Component) return raiser;
    const names = raiser.fullPath.split('.');
    const { top } = this.context;
    if (top === undefined || names[0] !== top.name) return undefined;
    let at: Component = top;
    for (const name of names.slice(1)) {
      const child: Component | undefined = at.childComponents.find((one) => one.name === name);
      if (child === undefined) break;
      at = child;
    }
    return at;
  }

  private trace(
    what: 'raised' | 'dropped',
    raiser: Objector,
    said: { readonly reason: string; readonly count: number },
  ): void {
    const { reports } = this.context;
    if (!this.isTracing && reports.verbosityCeiling < VERBOSITY.HIGH) return;
    const { reason, count } = said;
    const text =
      `${what} ${count} objection(s) to the end of ${this.phaseName}: '${reason}' ` +
      `(holds ${this.countOf(raiser)}, total ${this.total})`;
    const verbosity = this.isTracing ? VERBOSITY.NONE : VERBOSITY.HIGH;
    reports.info(raiser.fullPath, 'OBJTN_TRC', text, verbosity);
  }

  private warnLate(objection: Objection): void {
    const text =
      `'${objection.reason}' objects to the end of phase ${this.phaseName}, which is over: ` +
      'raise it while the phase executes or before';
    this.context.reports.report('warning', objection.path, 'OBJTN_LATE', text);
  }

  private failUnderflow(raiser: Objector, count: number, has: number): never {
    const others = [...this.held].slice(0, HOLDERS_SHOWN).map((one) => one.describe());
    throw new UsageError(
      'objection-underflow',
      `${count} objection(s) to the end of ${this.phaseName} are dropped, and ${has} held`,
      {
        path: raiser.fullPath,
        timePs: this.nowPs,
        hint:
          others.length === 0
            ? 'Nobody objects now: each drop wants a raise by the same component in the same phase.'
            : `Held are: ${others.join('; ')}.`,
      },
    );
  }
}

function sumOf(objections: readonly Objection[]): number {
  return objections.reduce((sum, one) => sum + one.count, 0);
}

function checkCount(count: number): void {
  if (Number.isSafeInteger(count) && count >= 1) return;
  throw new UsageError('bad-count', `${count} is no number of objections`, {
    hint: 'A whole number, 1 or more.',
  });
}
