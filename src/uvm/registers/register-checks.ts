// What reads of registers break when they differ from the model, as rules; and the model's home: lock, owner, rules.
// Source: IEEE 1800.2 clauses 17.1 (lock_model), 18.4 (mirror); design decision 7.
import { UsageError } from '#base/assert';
import { Queue } from '#base/queue';
import type { Kernel } from '#kernel/kernel';
import { SimEvent, type Process, type ProcessHandle } from '#kernel/process';
import type { Component } from '../component.ts';
import { defineRules, type FailureDetails, type Rule, type RuleSet } from '../rules.ts';

/**
 * The rules REG-1 to REG-5, which reads of a register model break when they differ from it; `RegisterBlock.attach`
 * takes others in their place.
 */
export const REGISTER_RULES = defineRules({
  reset: [
    'REG-1',
    'after a reset a register reads its reset value',
    'IEEE 1800.2 annex E (hardware reset)',
    'register model',
  ],
  bitBash: [
    'REG-2',
    'each bit of a register does what its access policy says',
    'IEEE 1800.2 annex E (bit bash)',
    'register model',
  ],
  mirror: [
    'REG-3',
    'a register reads what its mirror says',
    'IEEE 1800.2 clause 18 (mirror)',
    'register model',
  ],
  access: [
    'REG-4',
    'what goes in through one door or map comes out of the other',
    'IEEE 1800.2 annex E (access, shared access)',
    'register model',
  ],
  memory: [
    'REG-5',
    'each location of a memory holds what was written to it, whatever is written to others',
    'IEEE 1800.2 annex E (memory walk, memory access)',
    'register model',
  ],
});

/** Which of `REGISTER_RULES`: what a comparison is part of. */
export type RegisterRuleKey = keyof typeof REGISTER_RULES;

/** A process that waits for its turn. */
interface Turn {
  readonly process: ProcessHandle | undefined;
  readonly granted: SimEvent;
}

/** One access at a time: others wait, first come first served. The process that holds it may take it again. */
export class AccessLock {
  private readonly name: string;
  private readonly turns = new Queue<Turn>();
  private holder: ProcessHandle | undefined;
  private depth = 0;

  constructor(name: string) {
    this.name = name;
  }

  get isTaken(): boolean {
    return this.depth > 0;
  }

  *acquire(kernel: Kernel): Process {
    const { current } = kernel;
    if (this.depth > 0 && this.holder !== current) yield* this.wait(current);
    else {
      this.holder = current;
      this.depth++;
    }
  }

  /** Hands it to the process that has waited longest: one that comes later cannot take it first. */
  release(): void {
    this.depth--;
    if (this.depth > 0) return;
    const next = this.turns.shift();
    this.holder = next?.process;
    if (next === undefined) return;
    this.depth = 1;
    next.granted.trigger();
  }

  private *wait(process: ProcessHandle | undefined): Process {
    const turn: Turn = { process, granted: new SimEvent(`access to ${this.name}`) };
    this.turns.push(turn);
    let isAwake = false;
    try {
      yield turn.granted;
      isAwake = true;
    } finally {
      if (!isAwake) this.giveUp(turn);
    }
  }

  /** A process was killed while it waited, or between being given the lock and going on: then the next has it. */
  private giveUp(turn: Turn): void {
    const wasWaiting = this.turns.remove((one) => one === turn) !== undefined;
    if (!wasWaiting) this.release();
  }
}

/** What all blocks, registers and maps of one model share. */
export class RegisterModelContext {
  /** The model's structure is final. */
  isLocked = false;
  private component: Component | undefined;
  private rules: RuleSet<RegisterRuleKey> = REGISTER_RULES;
  private readonly made = new Map<RegisterRuleKey, Rule>();

  /** @param rules other ids or sentences for the checks of this model. */
  attach(owner: Component, rules: RuleSet<RegisterRuleKey> = REGISTER_RULES): void {
    this.component = owner;
    this.rules = rules;
    this.made.clear();
  }

  get owner(): Component | undefined {
    return this.component;
  }

  get kernel(): Kernel {
    if (this.component !== undefined) return this.component.kernel;
    throw new UsageError(
      'register-model-unattached',
      'the register model belongs to no component',
      {
        hint: 'Call attach(this) in the environment that holds the model.',
      },
    );
  }

  /** @throws UsageError `register-model-unlocked` before `lock`. */
  checkUsable(path: string): void {
    if (this.isLocked) return;
    throw new UsageError('register-model-unlocked', 'the register model is used before lock()', {
      path,
      hint: 'Build the whole model, then call lock() on its top block.',
    });
  }

  /** @throws UsageError `register-model-locked` after `lock`. */
  checkBuilding(path: string): void {
    if (!this.isLocked) return;
    throw new UsageError('register-model-locked', 'the register model is changed after lock()', {
      path,
      hint: 'Add registers, memories and maps before lock().',
    });
  }

  /** Counts an evaluation, and says that the rule is broken when it is. Returns `isGood`. */
  judge(key: RegisterRuleKey, isGood: boolean, details: () => FailureDetails): boolean {
    const rule = this.ruleOf(key);
    if (rule === undefined || rule.holds(isGood)) return isGood;
    rule.fail(details());
    return false;
  }

  private ruleOf(key: RegisterRuleKey): Rule | undefined {
    const known = this.made.get(key);
    const { component } = this;
    if (known !== undefined || component === undefined) return known;
    const { rules } = component.testbench;
    const one = rules.evaluator({ [key]: this.rules[key] }, component.fullPath)[key];
    this.made.set(key, one);
    return one;
  }
}
