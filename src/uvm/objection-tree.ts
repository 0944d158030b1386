// Objection counts along the component tree: what is raised at a component counts at every component above it. Source:
// semantics §4; IEEE 1800.2 clause 10.5.
//
// A raise goes up at once. A drop goes up at once while something else is held at or below the component; the last one
// waits there for the component's drain time and for its `objectionAllDropped`, and only then goes on to its parent:
//
//   monitor  1 -> 0   dropped(monitor)   drain time of monitor   allDropped(monitor)
//   env      1 -> 0                                              dropped(env)   drain time of env   allDropped(env) …
//
// A raise in the meantime calls that off: what has not reached the parent yet is set against what is raised. A component
// without drain time and without `objectionAllDropped` costs no event.
import type { Kernel, TimedCallback } from '#kernel/kernel';
import type { Process, ProcessHandle } from '#kernel/process';
import { Component } from './component.ts';
import type { TaskPhaseName } from './phase-table.ts';

/** What has a place in the tree: a component, or by its path a sequence that runs below one. */
export interface Objector {
  readonly fullPath: string;
}

/** What the callbacks of components get. */
export interface ObjectionEvent {
  readonly phase: TaskPhaseName;
  /** Who raised or dropped; the callbacks of everything above it are called, too. */
  readonly source: Objector;
  readonly reason: string;
  /** How many were raised or dropped at once, 1 or more. */
  readonly count: number;
}

/** The last drop at a component, on its way to the parent. */
class PendingDrop {
  readonly event: ObjectionEvent;
  timer: TimedCallback | undefined = undefined;
  process: ProcessHandle | undefined = undefined;

  constructor(event: ObjectionEvent) {
    this.event = event;
  }

  cancel(): void {
    this.timer?.cancel();
    this.process?.kill();
  }
}

class Node {
  /** Undefined: the root, above the test. */
  readonly component: Component | undefined;
  readonly parent: Node | undefined;
  total = 0;
  drainTimePs = 0;
  pending: PendingDrop | undefined = undefined;

  constructor(component: Component | undefined, parent: Node | undefined) {
    this.component = component;
    this.parent = parent;
  }

  get runsAllDropped(): boolean {
    const { component } = this;
    if (component === undefined) return false;
    return component.objectionAllDropped !== Component.prototype.objectionAllDropped;
  }
}

export class ObjectionTree {
  /** Told when nothing is left and the drain time of the root is over. */
  onAllDropped: (() => void) | undefined = undefined;
  private readonly kernel: Kernel;
  /** What the processes of `objectionAllDropped` belong to: they are killed with the phase. */
  private readonly scope: object;
  private readonly root = new Node(undefined, undefined);
  private readonly nodes = new Map<Component, Node>();

  constructor(kernel: Kernel, scope: object) {
    this.kernel = kernel;
    this.scope = scope;
  }

  /** Nothing is held and nothing drains. */
  get isClear(): boolean {
    return this.root.total === 0 && this.root.pending === undefined;
  }

  /** Components whose last drop waits for a drain time or an `objectionAllDropped`, by path. */
  draining(): string[] {
    const nodes = [...this.nodes.values(), this.root].filter((one) => one.pending !== undefined);
    return nodes.map(({ component }) => component?.fullPath ?? 'the phase');
  }

  /** Held at a component and below it; without a component: anywhere. */
  totalOf(component: Component | undefined): number {
    if (component === undefined) return this.root.total;
    return this.nodes.get(component)?.total ?? 0;
  }

  /** Picoseconds; without a component: at the root, after everything. */
  setDrainTime(component: Component | undefined, drainTimePs: number): void {
    this.nodeOf(component).drainTimePs = drainTimePs;
  }

  drainTimeOf(component: Component | undefined): number {
    if (component === undefined) return this.root.drainTimePs;
    return this.nodes.get(component)?.drainTimePs ?? 0;
  }

  raise(component: Component | undefined, raised: ObjectionEvent): void {
    let event = raised;
    for (let node: Node | undefined = this.nodeOf(component); node; node = node.parent) {
      node.total += event.count;
      node.component?.objectionRaised(event);
      const { pending } = node;
      if (pending === undefined) continue;
      node.pending = undefined;
      pending.cancel();
      const beyond = event.count - pending.event.count;
      if (beyond < 0) this.dropFrom(node.parent, { ...event, count: -beyond });
      if (beyond <= 0) return;
      event = { ...event, count: beyond };
    }
  }

  drop(component: Component | undefined, event: ObjectionEvent): void {
    this.dropFrom(this.nodeOf(component), event);
  }

  /** Forgets everything that is held or drains; drain times stay. */
  clear(): void {
    for (const node of [...this.nodes.values(), this.root]) {
      const { pending } = node;
      node.total = 0;
      node.pending = undefined;
      pending?.cancel();
    }
  }

  private dropFrom(first: Node | undefined, event: ObjectionEvent): void {
    for (let node = first; node !== undefined; node = node.parent) {
      node.total -= event.count;
      node.component?.objectionDropped(event);
      if (node.total > 0) continue;
      if (node.drainTimePs > 0 || node.runsAllDropped) {
        this.startDrain(node, event);
        return;
      }
    }
    if (this.isClear) this.onAllDropped?.();
  }

  private startDrain(node: Node, event: ObjectionEvent): void {
    const pending = new PendingDrop(event);
    node.pending = pending;
    if (node.drainTimePs === 0) this.afterDrain(node, pending);
    else {
      const { kernel } = this;
      const atPs = kernel.nowPs + node.drainTimePs;
      pending.timer = kernel.schedule(atPs, () => this.afterDrain(node, pending));
    }
  }

  private afterDrain(node: Node, pending: PendingDrop): void {
    const { component } = node;
    if (component === undefined || !node.runsAllDropped) this.goOn(node, pending);
    else {
      const name = `${component.fullPath}.objectionAllDropped`;
      pending.process = this.kernel.spawn(name, this.allDropped(node, component, pending));
      pending.process.scope = this.scope;
    }
  }

  private *allDropped(node: Node, component: Component, pending: PendingDrop): Process {
    yield* component.objectionAllDropped(pending.event);
    this.goOn(node, pending);
  }

  /** The drop reaches the parent, unless a raise has called it off. */
  private goOn(node: Node, pending: PendingDrop): void {
    if (node.pending !== pending) return;
    node.pending = undefined;
    if (node.parent !== undefined) this.dropFrom(node.parent, pending.event);
    else if (this.isClear) this.onAllDropped?.();
  }

  private nodeOf(component: Component | undefined): Node {
    if (component === undefined) return this.root;
    const known = this.nodes.get(component);
    if (known !== undefined) return known;
    const made = new Node(component, this.nodeOf(component.parent));
    this.nodes.set(component, made);
    return made;
  }
}
