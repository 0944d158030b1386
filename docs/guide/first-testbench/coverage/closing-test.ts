// Two tests with the whole coverage model: one draws blindly, one draws from the holes.
import {
  Env,
  HoleSolver,
  Sequence,
  Test,
  intelligent,
  ns,
  type IntelligentCoverage,
  type Phase,
  type Process,
} from 'ridgeline';
import { AluAgent } from '../alu-agent.ts';
import { MixedSequence } from '../alu-env.ts';
import { aluItem, type AluItem } from '../alu-item.ts';
import type { Op } from '../alu-model.ts';
import { AluScoreboard } from '../alu-scoreboard.ts';
import { AluFullCoverage } from './alu-full-coverage.ts';

export class CoveredEnv extends Env {
  readonly child = this.children({
    agent: AluAgent,
    scoreboard: AluScoreboard,
    coverage: AluFullCoverage,
  });

  override connectPhase(): void {
    const { agent, scoreboard, coverage } = this.child;
    agent.child.monitor.observed.connect(scoreboard, coverage);
  }
}

/** 200 orders as the constraints of the item have them. */
export class BlindTest extends Test {
  readonly child = this.children({ env: CoveredEnv });

  override *runPhase(phase: Phase): Process {
    using _objection = phase.raiseObjection(this, 'orders');
    phase.drainTimePs = ns(20);
    yield* this.start(MixedSequence, this.child.env.child.agent.child.sequencer, {
      itemCount: 200,
    });
  }

  override reportPhase(): void {
    const { coverage } = this.child.env.child;
    const { items } = coverage.summary();
    for (const { name, covered, bins } of items) this.info('ITEM', `${name} ${covered}/${bins}`);
    this.info('ALL', `${coverage.sampleCount} orders, ${coverage.getInstCoverage()?.toFixed(1)} %`);
  }
}

/** Orders for the holes of a cross: the operation and the second operand come from it, the rest is random. */
export class ClosingSequence extends Sequence<AluItem> {
  closing: IntelligentCoverage<{ readonly op: Op; readonly b: number }> | undefined = undefined;

  override *body(): Process {
    while (this.closing?.isCovered === false) {
      const { op, b } = this.closing.next();
      const item = this.create(aluItem);
      yield* this.startItem(item);
      item.randomize((v) => v.op.is(op).and(v.b.is(b)));
      yield* this.finishItem(item);
    }
  }
}

/** Orders that the constraints permit, each for a hole that is open when it is made. */
export class SolvingSequence extends Sequence<AluItem> {
  coverage: AluFullCoverage | undefined = undefined;

  override *body(): Process {
    if (this.coverage === undefined) return;
    const holes = new HoleSolver(this.coverage, aluItem);
    let item = this.create(aluItem);
    while (holes.aim(item) !== undefined) {
      yield* this.startItem(item);
      yield* this.finishItem(item);
      item = this.create(aluItem);
    }
    for (const { item: name, bin, proof } of holes.unreachable.holes) {
      this.info('PROOF', `${name}, ${bin}: ${proof}`);
    }
    this.info('SKIPPED', holes.skipped.join(' '));
  }
}

/** Orders for the transitions of a point: each is replayed, operation by operation. */
export class OrderSequence extends Sequence<AluItem> {
  closing: IntelligentCoverage<Op> | undefined = undefined;

  override *body(): Process {
    while (this.closing?.isCovered === false) {
      const op = this.closing.next();
      const item = this.create(aluItem);
      yield* this.startItem(item);
      item.randomize((v) => v.op.is(op));
      yield* this.finishItem(item);
    }
  }
}

export class ClosingTest extends BlindTest {
  override *runPhase(phase: Phase): Process {
    using _objection = phase.raiseObjection(this, 'orders');
    phase.drainTimePs = ns(20);
    const { agent, coverage } = this.child.env.child;
    const { sequencer } = agent.child;
    const order = intelligent(coverage.order, this.stream('order'), { mode: 'minimum' });
    yield* this.start(OrderSequence, sequencer, { closing: order });
    const opByB = intelligent(coverage.opByB, this.stream('opByB'));
    yield* this.start(ClosingSequence, sequencer, { closing: opByB });
  }
}

export class SolvingTest extends BlindTest {
  override *runPhase(phase: Phase): Process {
    using _objection = phase.raiseObjection(this, 'orders');
    phase.drainTimePs = ns(20);
    const { agent, coverage } = this.child.env.child;
    yield* this.start(SolvingSequence, agent.child.sequencer, { coverage });
  }
}
