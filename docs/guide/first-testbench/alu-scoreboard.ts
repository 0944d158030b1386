// The scoreboard: rules, each with an id, a sentence and a source, that no scenario may break.
import { Scoreboard, defineRules } from 'ridgeline';
import type { AluAnswer, Op } from './alu-model.ts';

export const ALU_RULES = defineRules({
  result: ['ALU-1', 'the result is that of the operation, modulo 2^16', 'guide'],
  divideByZero: ['ALU-2', 'a division by 0 gives 0xFFFF', 'guide'],
  answered: ['ALU-3', 'every order is answered, unless a reset forgets it', 'guide'],
});

/** What the ALU should say, computed another way than the device does it. */
function predict(op: Op, a: number, b: number): number {
  if (op === 'div') return b === 0 ? 0xffff : (a - (a % b)) / b;
  const exact = op === 'mul' ? a * b : a + (op === 'sub' ? 0x1_0000 - b : b);
  return exact % 0x1_0000;
}

export class AluScoreboard extends Scoreboard<AluAnswer> {
  /** Answers seen since the last reset. */
  answered = 0;
  private readonly rule = this.evaluates(ALU_RULES);

  override write(answer: AluAnswer): void {
    const { op, a, b, result } = answer;
    this.answered++;
    const want = predict(op, a, b);
    const rule = op === 'div' && b === 0 ? this.rule.divideByZero : this.rule.result;
    if (!rule.holds(result === want)) {
      rule.fail({ subject: `${op} ${a} ${b}`, expected: want, seen: result });
    }
  }

  /** At the end of a phase in which nothing was in flight any more. */
  checkAllAnswered(driven: number): void {
    const { answered } = this.rule;
    if (answered.holds(this.answered === driven)) return;
    answered.fail({ subject: 'the ALU', expected: `${driven} answers`, seen: this.answered });
  }
}
