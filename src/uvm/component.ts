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
import type { UnreadSetting } from './config-explain.ts';
import { productName } from './factory.ts';
import type { ObjectionEvent } from './objection-tree.ts';
import { patternBelow } from './path-pattern.ts';
import type { Phase } from './phase.ts';
import type { PrintFormat } from './print-rows.ts';
import { ReportObject } from './report-object.ts';
import { VERBOSITY } from './report-server.ts';
import type { Rule, RuleSet } from './rules.ts';
import type { SequenceArgs, SequenceBase, SequenceClass, SequencerOf } from './sequence-base.ts';
import type { Testbench } from './testbench.ts';
import { find, findAll, lookup, pathsOf, printTopology } from './topology.ts';

/** What a component is made under: another component, or the testbench for the test at the top. */
export type ComponentParent = Component | Testbench;
/** A class of components that the factory can make: its constructor takes name and parent. */
export type ComponentClass<T extends Component = Component> = new (
  name: string,
  parent: ComponentParent,
) => T;

/** Depth of the component tree. */
export const DEPTH_MAX = 32;

const NAME = /^[A-Za-z_][\w-]*(?:\[\d+\])?$/;

/**
 * A named node of the static tree, built in phases: the base of tests, environments, agents, drivers, monitors and
 * scoreboards (IEEE 1800.2 clause 13.1; semantics §4).
 */
export abstract class Component extends ReportObject {
  /** Own name, unique among its siblings: `driver`, `tenant[3]`. */
  readonly name: string;
  /** Names from the test down, with dots: `test.env.tenant[3]`. */
  readonly fullPath: string;
  /** 1 for the test. */
  readonly depth: number;
  /** What the run owns: factory, configuration, reports, rules, coverage, streams. */
  readonly testbench: Testbench;
  /** The component above; undefined for the test. */
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

  /** The kernel of the run: `kernel.nowPs` is the simulated time, ps. */
  get kernel(): Kernel {
    return this.testbench.kernel;
  }

  // --- phases: override what is needed; what is not overridden costs nothing ---

  /** Top-down. Configure children here, and make arrays of them with `createChild`. */
  buildPhase(): void {}

  /** Bottom-up. Connect ports. */
  connectPhase(): void {}

  /**
   * Bottom-up. The tree is complete and the connections of ports have been checked: the place for last adjustments,
   * and to print the topology.
   */
  endOfElaborationPhase(): void {}

  /** Bottom-up, at time 0, before any process runs: the place for banners and for files to read. */
  startOfSimulationPhase(): void {}

  /**
   * The phase that takes time: a process, killed at the end of the phase. It goes on beside the twelve below, and ends
   * with the last of them, so that a driver's loop here serves them all.
   */
  *runPhase(_phase: Phase): Process {}

  // The run-time schedule: one after the other, each while somebody objects to its end, its processes killed at its end.

  /** Before the device is reset: wait here for power and clocks. */
  *preResetPhase(_phase: Phase): Process {}

  /** The reset itself: assert it, hold it, and release it. */
  *resetPhase(_phase: Phase): Process {}

  /** After the reset: what begins with the device out of reset, training of a link for one. */
  *postResetPhase(_phase: Phase): Process {}

  /** Before the device is programmed. */
  *preConfigurePhase(_phase: Phase): Process {}

  /** Programs the device: registers, tables, memories. */
  *configurePhase(_phase: Phase): Process {}

  /** After the programming: wait here until it has taken effect. */
  *postConfigurePhase(_phase: Phase): Process {}

  /** Before the stimulus proper: everything is ready for traffic when it ends. */
  *preMainPhase(_phase: Phase): Process {}

  /** The stimulus proper of the test. */
  *mainPhase(_phase: Phase): Process {}

  /** After the stimulus proper: what must still happen while traffic may go on. */
  *postMainPhase(_phase: Phase): Process {}

  /** Before the device is emptied: the last chance for stimulus of its own before `shutdownPhase`. */
  *preShutdownPhase(_phase: Phase): Process {}

  /** Lets the effects of the stimulus come out of the device: outstanding requests, interrupts. */
  *shutdownPhase(_phase: Phase): Process {}

  /**
   * The last phase that takes time: final accesses, status registers for one. `extract` waits for it and for `run`.
   */
  *postShutdownPhase(_phase: Phase): Process {}

  /** Bottom-up, at the end of simulated time: gathers what is to be checked, final state of the device for one. */
  extractPhase(): void {}

  /**
   * Bottom-up: checks what was gathered, and that nothing is left over. Rules and error reports here still decide the
   * verdict.
   */
  checkPhase(): void {}

  /** Bottom-up: reports results; the verdict is not to be changed here any more. */
  reportPhase(): void {}

  /** Top-down, the last one: closes what was opened. */
  finalPhase(): void {}

  // --- callbacks: for every phase, bottom-up unless the phase goes down ---

  /** Before the phase's own method. What is forked here belongs to the phase if it is given to `fork`. */
  phaseStarted(_phase: Phase): void {}

  /** Nobody objects to the end of the phase: the last chance to object again. */
  phaseReadyToEnd(_phase: Phase): void {}

  /** After the phase, before its processes are killed. */
  phaseEnded(_phase: Phase): void {}

  /** An objection was raised here or below. */
  objectionRaised(_event: ObjectionEvent): void {}

  /** An objection was dropped here or below. */
  objectionDropped(_event: ObjectionEvent): void {}

  /** Nothing is held here and below, and the drain time is over; the drop goes on upwards when this has returned. */
  *objectionAllDropped(_event: ObjectionEvent): Process {}

  // --- what a component does ---

  /**
   * A random stream of its own: the n-th asked for under this name and path. Keep it: asking again gives another,
   * independent one.
   */
  stream(name: string): RandomStream {
    return this.testbench.streams.stream(this.fullPath, name);
  }

  /**
   * Starts a process of this component. It is killed at the end of `phase`; by default of the phase in which the process
   * that calls this runs, and at the end of them all when none does.
   */
  fork(name: string, body: Process<unknown>, phase?: Phase): ProcessHandle {
    const handle = this.kernel.spawn(`${this.fullPath}.${name}`, body);
    if (phase !== undefined) handle.scope = phase;
    return handle;
  }

  /**
   * Makes a sequence by the factory, assigns `args` to its fields and runs it: `yield* this.start(…)`.
   * @throws UsageError `unknown-field` for an argument that is no field of the sequence, `SEQPRI`.
   */
  start<S extends SequenceBase>(
    sequenceClass: SequenceClass<S>,
    sequencer: SequencerOf<S>,
    args?: SequenceArgs<S>,
  ): Process {
    const sequence = this.testbench.createSequence(sequenceClass, sequencer, args);
    return sequence.start(sequencer);
  }

  // --- the tree ---

  /** The component at a path below this one, or with a leading dot from the test on. @throws UsageError `component-not-found`. */
  lookup(path: string): Component {
    return lookup(this, path);
  }

  /**
   * The one component here or below that matches a relative pattern.
   * @throws UsageError `component-not-found`, `component-ambiguous`.
   */
  find(pattern: string): Component {
    return find(this, pattern);
  }

  /**
   * All components here and below that match a relative pattern, parents first; empty when none does.
   * @throws UsageError `bad-pattern`.
   */
  findAll(pattern: string): readonly Component[] {
    return findAll(this, pattern);
  }

  /** The tree from here down as text. */
  printTopology(format: PrintFormat = 'table'): string {
    return printTopology(this, format);
  }

  /** What the printed topology is to say of this component beside its name and type. */
  topologyFields(): Readonly<Record<string, unknown>> {
    return {};
  }

  /** Settings of the configuration that nobody has read, each reported as an info `CFGNRD`: UVM's check_config_usage. */
  checkConfigUsage(): readonly UnreadSetting[] {
    const { config, top } = this.testbench;
    const unread = config.unread(top === undefined ? [] : pathsOf(top));
    for (const { key, pattern, setBy, source, why } of unread) {
      const text = `'${key}' for '${pattern}', set by ${setBy} at ${source}, was never read: ${why}`;
      this.testbench.reports.info(this.fullPath, 'CFGNRD', `configuration ${text}`, VERBOSITY.NONE);
    }
    return unread;
  }

  /** Replaces a class wherever it is asked for: `Factory.overrideType`. */
  protected overrideType<T extends object>(
    original: T,
    replacement: NoInfer<T>,
    options: { readonly replace?: boolean } = {},
  ): void {
    this.testbench.factory.overrideType(original, replacement, options);
  }

  /**
   * Replaces a class where it is asked for at a path below this component that matches `pattern`.
   * @throws UsageError `bad-pattern`.
   */
  protected overrideInstance<T extends object>(
    pattern: string,
    original: T,
    replacement: NoInfer<T>,
  ): void {
    const { text } = patternBelow(this.fullPath, pattern);
    this.testbench.factory.overrideInstance(text, original, replacement);
  }

  // --- for the component's own code ---

  /** Registers rules and gives them to this component to evaluate. For field initializers. */
  protected evaluates<K extends string>(rules: RuleSet<K>): Readonly<Record<K, Rule>> {
    return this.testbench.rules.evaluator(rules, this.fullPath);
  }

  /** Declares children, which exist after this component's `buildPhase`. For field initializers. */
  protected children<const S extends Readonly<Record<string, ChildClass>>>(spec: S): Children<S> {
    return createChildren(this, this.slots, spec);
  }

  /**
   * Creates a child by the factory, now: in `buildPhase`, for arrays and children that depend on the configuration.
   * @throws UsageError `not-building`, `bad-name`, `name-taken`, `tree-too-deep`.
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
