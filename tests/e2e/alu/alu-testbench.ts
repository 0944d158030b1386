// A whole testbench on nothing but the framework: item, agent, sequence, operations, scoreboard, coverage, environment.
import {
  Agent,
  AnalysisPort,
  Covergroup,
  Driver,
  Env,
  Monitor,
  Scoreboard,
  Sequence,
  SequenceItem,
  Sequencer,
  Test,
  configKey,
  defineConfig,
  defineRules,
  delay,
  each,
  illegal,
  mix,
  ns,
  oneOf,
  operation,
  rand,
  span,
  steps,
  uint,
  type Phase,
  type Process,
} from '#framework';
import { ALU_FAULTS, AluModel, OPS, type AluBus, type Answer, type Op } from './alu-model.ts';

export const aluBus = configKey<AluBus>('alu-bus');

// --- stimulus --------------------------------------------------------------------------------------------------------
export class Order extends SequenceItem {
  op: Op = 'add';
  a = 0;
  b = 0;
  /** A state variable: no domain, read when the item is randomized. */
  divisorMin = 0;
}

export const order = rand(
  Order,
  { op: oneOf(...OPS), a: uint(8), b: uint(8) },
  {
    mixture: (v) => v.op.dist({ add: 3, sub: 3, mul: 3, div: 2 }),
    divisor: (v) => v.op.is('div').implies(v.b.ge(v.divisorMin)),
    smallDivisor: (v) => v.op.is('div').implies(v.b.le(3)).soft(),
  },
);
/** Operands at the ends of their range. */
export const cornerOrder = order.extend({ corners: (v) => v.a.inside(0, 255) });

/** An order on its way. One object is used for all. */
export class Issued {
  number = -1;
}

export class OrderDriver extends Driver<Order> {
  readonly issued = new AnalysisPort<Issued>('issued');
  private readonly last = new Issued();

  override *runPhase(): Process {
    const bus = this.config.get(aluBus);
    for (;;) {
      const { op, a, b } = yield* this.getNextItem();
      this.last.number++;
      this.issued.write(this.last);
      bus.issue(this.last.number, op, a, b);
      yield delay(ns(2));
      this.itemDone();
    }
  }
}

export class AnswerMonitor extends Monitor<Answer> {
  override connectPhase(): void {
    this.config.get(aluBus).answered.connect(this.observed);
  }
}

export class AluAgent extends Agent {
  readonly child = this.children({
    sequencer: Sequencer<Order>,
    driver: OrderDriver,
    monitor: AnswerMonitor,
  });
}

export class BurstSequence extends Sequence<Order> {
  op: Op = 'add';
  orderCount = 1;

  override *body(): Process {
    for (let n = 0; n < this.orderCount; n++) {
      const item = this.create(order);
      yield* this.startItem(item);
      item.randomize((v) => v.op.is(this.op));
      yield* this.finishItem(item);
    }
  }
}

export class MixedSequence extends Sequence<Order> {
  orderCount = 1;

  override *body(): Process {
    for (let n = 0; n < this.orderCount; n++) {
      const item = this.create(order);
      yield* this.startItem(item);
      item.randomize();
      yield* this.finishItem(item);
    }
  }
}

export const burst = operation<AluEnv>()(
  'burst',
  { op: oneOf(...OPS), orderCount: span(1, 12) },
  {
    possible: (_args, env) => !env.isResetting,
    *run(args, env) {
      yield* env.start(BurstSequence, env.child.agent.child.sequencer, args);
    },
  },
);
export const mixed = operation<AluEnv>()(
  'mixed',
  { orderCount: mix([3, span(1, 8)], [1, span(9, 40)]) },
  {
    possible: (_args, env) => !env.isResetting,
    *run(args, env) {
      yield* env.start(MixedSequence, env.child.agent.child.sequencer, args);
    },
  },
);
export const reset = operation<AluEnv>()(
  'reset',
  {},
  {
    *run(_args, env) {
      yield* env.resetDevice();
    },
  },
);

// --- checks ----------------------------------------------------------------------------------------------------------
export const ALU_RULES = defineRules({
  result: ['ALU-1', 'the result is that of the operation, modulo 2^16', 'example', 'inferred'],
  wrapped: ['ALU-2', 'wrapped says whether the result was cut', 'example', 'inferred'],
  divideByZero: ['ALU-3', 'a division by 0 gives 0xFFFF', 'example', 'inferred'],
  answeredOnce: ['ALU-4', 'an order is answered once, unless a reset forgets it', 'example'],
});

/** What the ALU should say, computed another way than the device does. */
function predict(op: Op, a: number, b: number): { result: number; isWrapped: boolean } {
  const exact = { add: a + b, sub: a - b, mul: a * b, div: b === 0 ? 0xffff : (a - (a % b)) / b }[
    op
  ];
  return { result: (exact + 0x1_0000) % 0x1_0000, isWrapped: exact < 0 || exact > 0xffff };
}

export class AluScoreboard extends Scoreboard<Answer> {
  /** Takes what the driver issued. */
  readonly issued = { write: (order: Issued): void => void this.pending.add(order.number) };
  private readonly rule = this.evaluates(ALU_RULES);
  private readonly pending = new Set<number>();

  override write(t: Answer): void {
    const { result, wrapped, divideByZero, answeredOnce } = this.rule;
    const { op, a, b } = t;
    const subject = `${op} ${a} ${b}`;
    const want = predict(op, a, b);
    const rule = op === 'div' && b === 0 ? divideByZero : result;
    if (!rule.holds(t.result === want.result)) {
      rule.fail({ subject, expected: want.result, seen: t.result });
    }
    if (!wrapped.holds(t.isWrapped === want.isWrapped)) {
      wrapped.fail({ subject, expected: want.isWrapped, seen: t.isWrapped });
    }
    if (!answeredOnce.holds(this.pending.delete(t.order))) {
      answeredOnce.fail({ subject, expected: 'one answer', seen: `order ${t.order} again` });
    }
  }

  /** A reset forgets what is in flight. */
  forget(): void {
    this.pending.clear();
  }

  override checkPhase(): void {
    const { answeredOnce } = this.rule;
    if (!answeredOnce.holds(this.pending.size === 0)) {
      const seen = `no answer to ${[...this.pending].join(', ')}`;
      answeredOnce.fail({ subject: 'the end', expected: 'every order is answered', seen });
    }
  }
}

export class AluCoverage extends Covergroup<Answer> {
  readonly op = this.coverpoint('op', each(...OPS));
  readonly a = this.coverpoint('a', { zero: 0, low: [1, 127], high: [128, 254], max: 255 });
  readonly b = this.coverpoint('b', { zero: 0, some: [1, 255], wide: illegal([256, 65535]) });
  readonly wraps = this.coverpoint('isWrapped', each(false, true), { iff: (t) => t.op === 'sub' });
  readonly order = this.coverpoint('op', { mulAfterSub: steps('sub', 'mul') });
  readonly opByB = this.cross(
    { op: this.op, b: this.b },
    { ignore: (bin) => bin.op === 'add' && bin.b === 'zero' },
  );
}

// --- environment and test --------------------------------------------------------------------------------------------
export class AluEnv extends Env {
  readonly child = this.children({
    agent: AluAgent,
    scoreboard: AluScoreboard,
    coverage: AluCoverage,
  });
  isResetting = false;

  override connectPhase(): void {
    const { agent, scoreboard, coverage } = this.child;
    agent.child.monitor.observed.connect(scoreboard, coverage);
    agent.child.driver.issued.connect(scoreboard.issued);
  }

  *resetDevice(): Process {
    this.isResetting = true;
    this.config.get(aluBus).reset();
    this.child.scoreboard.forget();
    yield delay(ns(50));
    this.isResetting = false;
  }
}

export class RandomTest extends Test {
  readonly child = this.children({ env: AluEnv });

  override *runPhase(phase: Phase): Process {
    phase.drainTimePs = ns(100);
    using _objection = phase.raiseObjection(this, 'random orders');
    yield* this.play(
      { burst, mixed, reset },
      {
        on: this.child.env,
        lane: 'orders',
        weights: { burst: 6, mixed: 4, reset: 1 },
        count: span(10, 40),
        wait: span(0, ns(30)),
      },
    );
  }
}

/** The same stimulus with operands at the ends, by the factory. */
export class CornerTest extends RandomTest {
  override buildPhase(): void {
    this.testbench.factory.overrideType(order, cornerOrder);
  }
}

export const aluConfig = defineConfig({
  tests: { random: { test: RandomTest, seeds: 20 }, corner: { test: CornerTest, seeds: 20 } },
  devices: {
    model: {
      faults: ALU_FAULTS,
      bind: (top, run) => top.config.set('**', aluBus, new AluModel(top.kernel, run.fault)),
    },
  },
  rules: [ALU_RULES],
  reports: [],
});
