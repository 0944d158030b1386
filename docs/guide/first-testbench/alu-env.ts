// The environment, what happens in it, and the tests.
import {
  Env,
  Sequence,
  Test,
  delay,
  ns,
  oneOf,
  operation,
  span,
  type Phase,
  type Process,
} from 'ridgeline';
import { AluAgent } from './alu-agent.ts';
import { AluCoverage } from './alu-coverage.ts';
import { aluItem, cornerItem, type AluItem } from './alu-item.ts';
import { aluBus, OPS, type Op } from './alu-model.ts';
import { AluScoreboard } from './alu-scoreboard.ts';

export class AluEnv extends Env {
  readonly child = this.children({
    agent: AluAgent,
    scoreboard: AluScoreboard,
    coverage: AluCoverage,
  });

  override connectPhase(): void {
    const { agent, scoreboard, coverage } = this.child;
    agent.child.monitor.observed.connect(scoreboard, coverage);
  }

  /** Nothing is in flight afterwards. */
  *resetDevice(): Process {
    const { agent, scoreboard } = this.child;
    this.config.get(aluBus).reset();
    agent.child.driver.driven = 0;
    scoreboard.answered = 0;
    yield delay(ns(50));
  }

  override checkPhase(): void {
    this.child.scoreboard.checkAllAnswered(this.child.agent.child.driver.driven);
  }
}

/** Some orders of one kind: the item is randomized late, when the sequencer has granted it. */
export class BurstSequence extends Sequence<AluItem> {
  op: Op = 'add';
  itemCount = 1;

  override *body(): Process {
    for (let n = 0; n < this.itemCount; n++) {
      const item = this.create(aluItem);
      yield* this.startItem(item);
      item.randomize((v) => v.op.is(this.op));
      yield* this.finishItem(item);
    }
  }
}

/** Orders of all kinds, in the mixture of the item's constraints. */
export class MixedSequence extends Sequence<AluItem> {
  itemCount = 1;

  override *body(): Process {
    for (let n = 0; n < this.itemCount; n++) {
      const item = this.create(aluItem);
      yield* this.startItem(item);
      item.randomize();
      yield* this.finishItem(item);
    }
  }
}

// Operations are decisions written down: they are recorded, and can be replayed and cut.
const burst = operation<AluEnv>()(
  'burst',
  { op: oneOf(...OPS), itemCount: span(1, 8) },
  {
    *run(args, env) {
      yield* env.start(BurstSequence, env.child.agent.child.sequencer, args);
    },
  },
);
const mixed = operation<AluEnv>()(
  'mixed',
  { itemCount: span(1, 20) },
  {
    *run(args, env) {
      yield* env.start(MixedSequence, env.child.agent.child.sequencer, args);
    },
  },
);
const reset = operation<AluEnv>()(
  'reset',
  {},
  {
    *run(_args, env) {
      yield* env.resetDevice();
    },
  },
);

export class RandomTest extends Test {
  readonly child = this.children({ env: AluEnv });

  override *runPhase(phase: Phase): Process {
    phase.drainTimePs = ns(20); // longer than the slowest answer
    using _objection = phase.raiseObjection(this, 'random orders');
    yield* this.play(
      { burst, mixed, reset },
      { on: this.child.env, weights: { burst: 6, mixed: 4, reset: 1 }, count: span(10, 40) },
    );
  }
}

/** The same stimulus with operands at the ends of their range, by one line to the factory. */
export class CornerTest extends RandomTest {
  override buildPhase(): void {
    this.testbench.factory.overrideType(aluItem, cornerItem);
  }
}
