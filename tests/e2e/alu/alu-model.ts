// The device of this example: a pipelined ALU that answers each order by its number, and faults to plant in it.
import { AnalysisPort, ns, type FaultInfo, type Kernel } from '#framework';

export const OPS = ['add', 'sub', 'mul', 'div'] as const;
export type Op = (typeof OPS)[number];

/** What leaves the device. One object is used for all answers: copy what you keep. */
export class Answer {
  order = 0;
  op: Op = 'add';
  a = 0;
  b = 0;
  result = 0;
  isWrapped = false;
}

/** The pins. */
export interface AluBus {
  readonly answered: AnalysisPort<Answer>;
  issue(order: number, op: Op, a: number, b: number): void;
  /** Forgets what is in flight. */
  reset(): void;
}

export const ALU_FAULTS: readonly FaultInfo[] = [
  { name: 'mul-narrow', sentence: 'a product loses its upper byte', rule: 'ALU-1' },
  { name: 'wrap-stuck', sentence: 'a subtraction never says that it wrapped', rule: 'ALU-2' },
  { name: 'div-zero', sentence: 'a division by 0 gives 0', rule: 'ALU-3' },
  { name: 'div-lost', sentence: 'a division by 1 is never answered', rule: 'ALU-4' },
  { name: 'add-twice', sentence: 'a sum above 400 is answered twice', rule: 'ALU-4' },
];

const LATENCY_PS: Readonly<Record<Op, number>> = {
  add: ns(1),
  sub: ns(1),
  mul: ns(3),
  div: ns(17),
};

export class AluModel implements AluBus {
  readonly answered = new AnalysisPort<Answer>('alu answered');
  private readonly answer = new Answer();
  private readonly kernel: Kernel;
  private readonly fault: string | undefined;
  private generation = 0;

  constructor(kernel: Kernel, fault: string | undefined) {
    this.kernel = kernel;
    this.fault = fault;
  }

  issue(order: number, op: Op, a: number, b: number): void {
    const { kernel, generation } = this;
    if (this.fault === 'div-lost' && op === 'div' && b === 1) return;
    kernel.schedule(kernel.nowPs + LATENCY_PS[op], () => {
      if (generation !== this.generation) return;
      this.finish(order, op, a, b);
      if (this.fault === 'add-twice' && op === 'add' && a + b > 400) this.finish(order, op, a, b);
    });
  }

  reset(): void {
    this.generation++;
  }

  private finish(order: number, op: Op, a: number, b: number): void {
    const { answer, fault } = this;
    const exact = this.exactResult(op, a, b);
    answer.order = order;
    answer.op = op;
    answer.a = a;
    answer.b = b;
    answer.isWrapped = exact !== (exact & 0xffff) && !(fault === 'wrap-stuck' && op === 'sub');
    answer.result = exact & (fault === 'mul-narrow' && op === 'mul' ? 0xff : 0xffff);
    this.answered.write(answer);
  }

  private exactResult(op: Op, a: number, b: number): number {
    switch (op) {
      case 'add':
        return a + b;
      case 'sub':
        return a - b;
      case 'mul':
        return a * b;
      case 'div':
        if (b === 0) return this.fault === 'div-zero' ? 0 : 0xffff;
        return Math.trunc(a / b);
    }
  }
}
