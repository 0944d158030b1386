/**
 * The short way of a plain call: a class of numbers, flags and choices, nothing inline, nothing switched off, and state as at the call
 * before. What is prepared is at hand then; it is drawn, checked and written. The same draws and values as the long way (`random-class.ts`).
 */
import { assert } from '#base/assert';
import { CodeBuilder } from '#base/compile';
import type { RandomStream } from '#random/random-stream';
import type { ScalarSlot, Slot } from './layout.ts';
import { knownState, StaticBlock } from './random-modes.ts';
import type { Level, ModelShape, RandomModel } from './random-model.ts';
import { StateSnapshot } from './state-snapshot.ts';

type Write = (target: object, values: Float64Array) => void;
/** Reads one piece of state from the object. */
export type StateReader = (target: object) => unknown;

export class QuickSolve {
  private readonly readers: readonly StateReader[];
  private readonly write: Write;
  private snapshot = new StateSnapshot([]);
  private level: Level | undefined = undefined;
  private values = new Float64Array(0);

  /** @param readers of all state that the class's own constraints read. */
  private constructor(readers: readonly StateReader[], slots: readonly ScalarSlot[]) {
    this.readers = readers;
    this.write = compileWrite(slots);
  }

  /** Undefined: the class is not plain. */
  static of(model: RandomModel, blocks: ModelShape['blocks']): QuickSolve | undefined {
    const { fields } = model.layout.root;
    const slots = fields.filter(isPlain);
    const isStatic = Object.values(blocks).some((block) => block instanceof StaticBlock);
    if (slots.length < fields.length || isStatic) return undefined;
    const readers = model.plainReaders();
    return readers === undefined ? undefined : new QuickSolve(readers, slots);
  }

  /**
   * Draws new values into the target, after `preRandomize` and before `postRandomize`.
   * @returns 'unlike' when the long way has to be taken, nothing was drawn then; 'failed' when no solution was found.
   */
  solve(target: object, stream: RandomStream): 'solved' | 'unlike' | 'failed' {
    const { level, values } = this;
    if (level === undefined || knownState(target) !== undefined) return 'unlike';
    for (let n = 0; n < this.readers.length; n++) {
      if (!this.snapshot.isSame(n, this.readers[n](target))) return 'unlike';
    }
    if (!level.prepared.solve(stream, values)) return 'failed';
    assert(level.prepared.problem.isSolvedBy(values), 'a solution satisfies all its constraints');
    this.write(target, values);
    return 'solved';
  }

  /** Keeps what a call by the long way has prepared. */
  keep(level: Level): void {
    if (level === this.level) return;
    this.level = level;
    this.snapshot = new StateSnapshot(level.state.map(([, value]) => value));
    this.values = new Float64Array(level.sets.length);
  }
}

function isPlain(slot: Slot): slot is ScalarSlot {
  return slot.kind === 'scalar' && !slot.isCyclic;
}

/** Writes the fields of an object from the values of their variables. */
function compileWrite(slots: readonly ScalarSlot[]): Write {
  const code = new CodeBuilder();
  const lines = slots.map(({ key, index, domain }) => {
    const field = `t[${JSON.stringify(key)}]`;
    if (domain.kind === 'integer') return `${field} = v[${index}];`;
    if (domain.kind === 'flag') return `${field} = v[${index}] === 1;`;
    const choices = Array.from({ length: domain.size }, (_, n) => domain.fromNumber(n));
    return `${field} = ${code.bind(choices)}[v[${index}]];`;
  });
  code.line('return (t, v) => {', ...lines, '};');
  return code.build<Write>();
}
