// Sequence library: a sequence that runs others of its list, chosen at random or by a rule. Source: IEEE 1800.2 clause
// 14.4; semantics §5.
//
//   class BusLibrary extends SequenceLibrary<BusItem> {
//     override readonly typewideSequences = [ReadSequence, WriteSequence];   // in every library of this class
//   }
//   yield* this.start(BusLibrary, sequencer, { selectionMode: 'RANDC', minRandomCount: 3, maxRandomCount: 9 });
//
// What was chosen depends on the stream of the library alone: the sequencer's path, its name, its n-th use.
import { UsageError } from '#base/assert';
import { suggest } from '#base/suggest';
import type { Process } from '#kernel/process';
import type { RandomStream } from '#random/random-stream';
import { configKey } from './config-db.ts';
import { productName } from './factory.ts';
import type { SequenceClass } from './sequence-base.ts';
import type { ItemClass, ItemDefinition, SequenceItem } from './sequence-item.ts';
import { Sequence } from './sequence.ts';

/** The ways in which a library chooses what to run (IEEE 1800.2 clause 14.4). */
export const LIBRARY_SELECTIONS = [
  /** Each time one of the list, each equally likely. */
  'RAND',
  /** All of the list in random order, then all again in another one. */
  'RANDC',
  /** No sequences: single random items. */
  'ITEM',
  /** What `selectSequence` says. */
  'USER',
] as const;
/** How a library chooses: one of `LIBRARY_SELECTIONS`. */
export type LibrarySelection = (typeof LIBRARY_SELECTIONS)[number];

/** Number of sequences, or items, that one run of a library may have. */
export const LIBRARY_COUNT_MAX = 1_000_000;

/** Fields of a library that a configuration sets; what is absent stays as the library has it. */
export interface SequenceLibraryConfig {
  readonly selectionMode?: LibrarySelection;
  readonly minRandomCount?: number;
  readonly maxRandomCount?: number;
}

/** Overrules the fields of the libraries that run on the sequencers for which it is set. */
export const sequenceLibraryConfig = configKey<SequenceLibraryConfig>('sequence-library');

/**
 * A sequence that runs others of its list on its sequencer, as many as it draws from a range (IEEE 1800.2 clause
 * 14.4).
 */
export abstract class SequenceLibrary<
  REQ extends SequenceItem = SequenceItem,
  RSP = REQ,
> extends Sequence<REQ, RSP> {
  /** What every library of this class has. */
  readonly typewideSequences: readonly SequenceClass<Sequence<REQ, RSP>>[] = [];
  /** How it chooses; default RAND. */
  selectionMode: LibrarySelection = 'RAND';
  /** Sequences, or items, of one run: a number from here … */
  minRandomCount = 10;
  /** … to here, both included. */
  maxRandomCount = 10;
  /** What selection ITEM makes. */
  itemProduct: ItemClass<REQ> | ItemDefinition<REQ> | undefined = undefined;
  /** How often which sequence was run, by name. */
  readonly startedCounts = new Map<string, number>();
  private readonly added: SequenceClass<Sequence<REQ, RSP>>[] = [];
  private readonly removed = new Set<SequenceClass<Sequence<REQ, RSP>>>();

  /** Adds to this library alone. */
  addSequence(...classes: readonly SequenceClass<Sequence<REQ, RSP>>[]): void {
    for (const one of classes) this.removed.delete(one);
    const known = this.sequences;
    this.added.push(...classes.filter((one) => !known.includes(one)));
  }

  /** Takes a sequence out of this library. @throws UsageError `unknown-sequence`. */
  removeSequence(sequenceClass: SequenceClass<Sequence<REQ, RSP>>): void {
    const { sequences } = this;
    if (!sequences.includes(sequenceClass)) {
      const { name } = sequenceClass;
      const near = suggest(name, sequences.map(productName));
      throw new UsageError('unknown-sequence', `${this.name} has no sequence ${name}${near}`);
    }
    this.removed.add(sequenceClass);
  }

  /** What it chooses from, in the order in which it was registered. */
  get sequences(): readonly SequenceClass<Sequence<REQ, RSP>>[] {
    const all = [...this.typewideSequences, ...this.added];
    return all.filter((one) => !this.removed.has(one));
  }

  /** Selection USER: the index of the next sequence, below `count`; `n` counts from 0. */
  selectSequence(count: number, n: number): number {
    return n % count;
  }

  /**
   * Draws the number of runs and runs what it selects, one after the other.
   * @throws UsageError `library-empty`, `library-without-item`, `bad-library-count`, `unknown-selection`,
   * `bad-selection`.
   */
  override *body(): Process {
    Object.assign(this, this.config.tryGet(sequenceLibraryConfig));
    this.checkFields();
    const stream = this.stream('library');
    const count = stream.range(this.minRandomCount, this.maxRandomCount);
    if (this.selectionMode === 'ITEM') yield* this.sendItems(count);
    else yield* this.runSequences(count, stream);
  }

  private *sendItems(count: number): Process {
    const product = this.itemProduct;
    if (product === undefined) {
      this.fail('library-without-item', 'selection ITEM needs an itemProduct');
    }
    for (let n = 0; n < count; n++) {
      const item = this.create(product);
      yield* this.startItem(item);
      (item as { randomize?(): void }).randomize?.();
      yield* this.finishItem(item);
    }
  }

  private *runSequences(count: number, stream: RandomStream): Process {
    const { sequences } = this;
    if (sequences.length === 0) this.fail('library-empty', 'the library has no sequences');
    let cycle: SequenceClass<Sequence<REQ, RSP>>[] = [];
    for (let n = 0; n < count; n++) {
      if (cycle.length === 0 && this.selectionMode === 'RANDC') {
        cycle = stream.shuffle([...sequences]);
      }
      const chosen = cycle.pop() ?? sequences[this.indexFor(n, sequences.length, stream)];
      const { name } = chosen;
      this.startedCounts.set(name, (this.startedCounts.get(name) ?? 0) + 1);
      yield* this.startChild(chosen, this.sequencer);
    }
  }

  private indexFor(n: number, count: number, stream: RandomStream): number {
    if (this.selectionMode !== 'USER') return stream.below(count);
    const index = this.selectSequence(count, n);
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      this.fail('bad-selection', `selectSequence returned ${index}, not 0..${count - 1}`);
    }
    return index;
  }

  private checkFields(): void {
    const { maxRandomCount, minRandomCount, selectionMode } = this;
    if (!LIBRARY_SELECTIONS.includes(selectionMode)) {
      const near = suggest(selectionMode, LIBRARY_SELECTIONS);
      this.fail('unknown-selection', `there is no selection '${selectionMode}'${near}`);
    }
    const isRange = 0 <= minRandomCount && minRandomCount <= maxRandomCount;
    if (isRange && maxRandomCount <= LIBRARY_COUNT_MAX) return;
    this.fail(
      'bad-library-count',
      `a library runs ${minRandomCount} to ${maxRandomCount} sequences, not 0 <= min <= max <= ${LIBRARY_COUNT_MAX}`,
    );
  }

  private fail(code: string, message: string): never {
    const context = { path: this.fullPath, timePs: this.kernel.nowPs };
    throw new UsageError(code, message, context);
  }
}
