// The device: an ALU that takes one order at a time and answers it some nanoseconds later. In your project this is your
// RTL or your C model behind the same interface; here it is a model, with faults to plant in it.
import { AnalysisPort, configKey, ns, type FaultInfo, type Kernel } from 'ridgeline';

export const OPS = ['add', 'sub', 'mul', 'div'] as const;
export type Op = (typeof OPS)[number];

/** What leaves the ALU. One object serves all answers: copy what you keep. */
export class AluAnswer {
  op: Op = 'add';
  a = 0;
  b = 0;
  result = 0;
}

/** The ALU as a testbench sees it. It stands where UVM has a virtual interface. */
export interface AluBus {
  /** Starts an operation on two bytes. */
  drive(op: Op, a: number, b: number): void;
  /** Forgets what is in flight. */
  reset(): void;
  readonly answered: AnalysisPort<AluAnswer>;
}

/** Configuration keys are objects with a type, not strings. */
export const aluBus = configKey<AluBus>('alu-bus');

/** Each fault breaks the rule that it names: `ridgeline run random --fault mul-narrow`. */
export const ALU_FAULTS: readonly FaultInfo[] = [
  { name: 'mul-narrow', sentence: 'a product loses its upper byte', rule: 'ALU-1' },
  { name: 'div-zero', sentence: 'a division by 0 gives 0', rule: 'ALU-2' },
  { name: 'sub-lost', sentence: 'the subtraction 0 - 0 is never answered', rule: 'ALU-3' },
];

export class AluModel implements AluBus {
  readonly answered = new AnalysisPort<AluAnswer>('alu answered');
  private readonly answer = new AluAnswer();
  private readonly kernel: Kernel;
  private readonly fault: string | undefined;
  private generation = 0;

  constructor(kernel: Kernel, fault: string | undefined) {
    this.kernel = kernel;
    this.fault = fault;
  }

  drive(op: Op, a: number, b: number): void {
    if (this.fault === 'sub-lost' && op === 'sub' && a === 0 && b === 0) return;
    const { kernel, generation } = this;
    kernel.schedule(kernel.nowPs + ns(op === 'div' ? 8 : 3), () => {
      if (generation === this.generation) this.finish(op, a, b);
    });
  }

  reset(): void {
    this.generation++;
  }

  private finish(op: Op, a: number, b: number): void {
    const mask = this.fault === 'mul-narrow' && op === 'mul' ? 0xff : 0xffff;
    Object.assign(this.answer, { op, a, b, result: this.compute(op, a, b) & mask });
    this.answered.write(this.answer);
  }

  private compute(op: Op, a: number, b: number): number {
    if (op === 'add') return a + b;
    if (op === 'sub') return a - b;
    if (op === 'mul') return a * b;
    if (b === 0) return this.fault === 'div-zero' ? 0 : 0xffff;
    return Math.trunc(a / b);
  }
}
