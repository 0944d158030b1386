// Component: a named node of the static tree, built in phases. Source: semantics §4; design,
// "Rooms"; IEEE 1800.2 clause 13.
//
//   class AluAgent extends Agent {
//     readonly child = this.children({ sequencer: Sequencer<AluItem>, driver: AluDriver, monitor:
// AluMonitor });
//   }
// Children are made by the factory after `buildPhase` of their parent, so that it can configure
// them first.
import { UsageError } from '#base/assert';
import type { Kernel } from '#kernel/kernel';
import type { Process, ProcessHandle } from '#kernel/process';
import type { RandomStream } from '#random/random-stream';
import { createChildren, type ChildClass, type Children, type ChildSlot } from './children.ts';
import { ComponentConfig, type ConfigView } from './config-db.ts';
import { productName } from './factory.ts';
import type { Phase } from './phase.ts';
import { ReportObject } from './report-object.ts';
import type { Rule, RuleSet } from './rules.ts';
import type { SequenceArgs, SequenceBase, SequenceClass, SequencerOf } from './sequence-base.ts';
import type { Testbench } from './testbench.ts';

export type ComponentParent = Component | Testbench;
export type ComponentClass<T extends Component = Component> = new (
  name: string,
  parent: ComponentParent,
) => T;

/** Depth of the component tree. */
export const DEPTH_MAX = 32;

const NAME = /^[A-Za-z_][\w-]*(?:\[\d+\])?$/;

export abstract class Component extends ReportObject {
  /** Own name, unique among its siblings: `driver`, `tenant[3]`. */
  readonly name: string;
  /** Names from the test down, with dots: `test.env.tenant[3]`. */
  readonly fullPath: string;
  /** 1 for the test. */
  readonly depth: number;
  readonly testbench: Testbench;
  readonly parent: Component | undefined;
  /** Configuration as this component sees it; `set` reaches what is below. */
  readonly config: ConfigView;
  private readonly built: Component[] = [];
  private readonly slots: ChildSlot[] = [];

  /** Made by the factory. @throws UsageError `bad-name`, `name-taken`, `tree-too-deep`. */
  constructor(name: string, parent: ComponentParent) {
    super();
    this.name = name;
    const above = parent instanceof Component ? parent : undefined;
    this.parent = above;
    this.testbench = parent instanceof Component ? parent.testbench : parent;
    this.fullPath = above === undefined ? name : `${above.fullPath}.${name}`;
    this.depth = above === undefined ? 1 : above.depth + 1;
    this.config = new ComponentConfig(this.testbench.config, this.fullPath);
    if (!NAME.test(name)) {
      throw new UsageError('bad-name', `'${name}' is no component name`, {
        path: this.fullPath,
        hint: "A letter, then letters, digits, '_' and '-'; an index in brackets may follow.",
      });
    }
    if (this.depth > DEPTH_MAX) {
      throw new UsageError('tree-too-deep', `components nest deeper than ${DEPTH_MAX}`, {
        path: this.fullPath,
      });
    }
    above?.adopt(this);
    this.connectReportHook();
  }

  /** The children that exist, in the order in which they were created. */
  get childComponents(): readonly Component[] {
    return this.built;
  }

  get kernel(): Kernel {
    return this.testbench.kernel;
  }

  // --- phases: override what is needed
  // -------------------------------------------------------------------------------
  /** Top-down. Configure children here, and make arrays of them with `createChild`. */
  buildPhase(): void {}

  /** Bottom-up. Connect ports. */
  connectPhase(): void {}

  endOfElaborationPhase(): void {}

  startOfSimulationPhase(): void {}

  /** The phase that takes time: a process, killed at the end of the phase. */
  *runPhase(_phase: Phase): Process {}

  /** All objections are dropped: the last chance to object again. */
  phaseReadyToEnd(_phase: Phase): void {}

  extractPhase(): void {}

  checkPhase(): void {}

  reportPhase(): void {}

  finalPhase(): void {}

  // --- what a component does
  // -----------------------------------------------------------------------------------------
  /** A random stream of its own: the n-th asked for under this name and path. */
  stream(name: string): RandomStream {
    return this.testbench.streams.stream(this.fullPath, name);
  }

  /** Starts a process of this component; it is killed at the end of the run phase. */
  fork(name: string, body: Process<unknown>): ProcessHandle {
    return this.kernel.spawn(`${this.fullPath}.${name}`, body);
  }

  /**
   * Makes a sequence by the factory, assigns `args` to its fields and runs it: `yield*
   * this.start(…)`.
   */
  start<S extends SequenceBase>(
    sequenceClass: SequenceClass<S>,
    sequencer: SequencerOf<S>,
    args?: SequenceArgs<S>,
  ): Process {
    const sequence = this.testbench.createSequence(sequenceClass, sequencer, args);
    return sequence.start(sequencer);
  }

  /** Registers rules and gives them to this component to evaluate. For field initializers. */
  protected evaluates<K extends string>(rules: RuleSet<K>): Readonly<Record<K, Rule>> {
    return this.testbench.rules.evaluator(rules, this.fullPath);
  }

  /** Declares children, which exist after this component's `buildPhase`. For field initializers. */
  protected children<const S extends Readonly<Record<string, ChildClass>>>(spec: S): Children<S> {
    return createChildren(this, this.slots, spec);
  }

  /**
   * Creates a child by the factory, now: in `buildPhase`, for arrays and children that depend on
   * the configuration.
   */
  protected createChild<T extends Component>(name: string, childClass: ComponentClass<T>): T {
    const { config, factory } = this.testbench;
    if (!config.isBuilding) {
      throw new UsageError('not-building', `child '${name}' is created outside the build phase`, {
        path: this.fullPath,
      });
    }
    const resolved = factory.resolve(childClass, `${this.fullPath}.${name}`);
    return new resolved(name, this);
  }

  /**
   * Whether a declared child is to be built; an agent leaves driver and sequencer out when it is
   * passive.
   */
  protected wantsChild(_name: string, _childClass: ChildClass): boolean {
    return true;
  }

  /** For base classes of the framework: all declared children exist. */
  protected childrenBuilt(): void {}

  /** For the test runner: builds the declared children. */
  buildChildren(): void {
    for (const slot of this.slots) {
      if (this.wantsChild(slot.name, slot.childClass)) slot.build();
    }
    this.childrenBuilt();
  }

  private adopt(child: Component): void {
    if (this.built.some((one) => one.name === child.name)) {
      throw new UsageError('name-taken', `there are two children named '${child.name}'`, {
        path: this.fullPath,
      });
    }
    this.built.push(child);
  }

  /** For messages. */
  override toString(): string {
    return `${productName(this.constructor)} ${this.fullPath}`;
  }
}
