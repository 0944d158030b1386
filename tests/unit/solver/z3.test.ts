// Satisfiability of larger random problems against Z3 (semantics §2). Brute force decides the small ones (`solutions.test.ts`); here
// variables have up to 14 bits, and there are up to five of them.
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RandomStream } from '#random/random-stream';
import { IntExpr, all, any, type BoolExpr } from '#solver/builder';
import type { NumberRange } from '#solver/domain';
import { evaluateBool } from '#solver/expression';
import { Problem } from '#solver/problem';
import { smtLibOf } from './smt-lib.ts';

const PROBLEMS = 40;

/** Answers a question in SMT-LIB. */
type Ask = (question: string) => Promise<string>;
let ask: Ask | undefined;
let end: (() => void) | undefined;

beforeAll(async () => {
  try {
    const { init } = await import('z3-solver');
    const { Z3, em } = (await init()) as unknown as Z3Module;
    ask = async (question) => {
      // A context of its own for each question: they do not hear of each other.
      const config = Z3.mk_config();
      const context = Z3.mk_context(config);
      Z3.del_config(config);
      const solver = Z3.mk_solver(context);
      Z3.solver_inc_ref(context, solver);
      // Given in one call that waits: a text that is handed to Z3's own thread may be gone before it is read.
      Z3.solver_from_string(context, solver, question);
      const answer = await Z3.solver_check(context, solver);
      Z3.solver_dec_ref(context, solver);
      Z3.del_context(context);
      return answer === 1 ? 'sat' : answer === -1 ? 'unsat' : 'unknown';
    };
    end = () => em.PThread.terminateAllThreads();
  } catch (error) {
    // A machine without shared memory for WebAssembly has no Z3; the other oracles remain.
    process.stderr.write(`Z3 cannot be loaded, its test does nothing: ${String(error)}\n`);
  }
});

afterAll(() => end?.());

/** The part of Z3's interface to C that is used here. */
interface Z3Module {
  readonly Z3: {
    mk_config(): number;
    del_config(config: number): void;
    mk_context(config: number): number;
    del_context(context: number): void;
    mk_solver(context: number): number;
    solver_inc_ref(context: number, solver: number): void;
    solver_dec_ref(context: number, solver: number): void;
    solver_from_string(context: number, solver: number, text: string): void;
    /** 1: satisfiable, -1: not, 0: not known. */
    solver_check(context: number, solver: number): Promise<number>;
  };
  readonly em: { readonly PThread: { terminateAllThreads(): void } };
}

const v = (index: number): IntExpr => new IntExpr({ kind: 'var', index });

/** Relations as constraints have them: sums, order, alignment, ranges, implications. */
function relation(variables: number, size: number): fc.Arbitrary<BoolExpr> {
  const index = fc.nat(variables - 1);
  const value = fc.integer({ min: 0, max: size });
  const atom: fc.Arbitrary<BoolExpr> = fc.oneof(
    fc.tuple(index, index, value).map(([a, b, n]) => v(a).plus(v(b)).le(n)),
    fc.tuple(index, index, value).map(([a, b, n]) =>
      v(a)
        .minus(v(b))
        .ge(n - Math.floor(size / 2)),
    ),
    fc.tuple(index, index, index).map(([a, b, c]) => v(a).is(v(b).plus(v(c)))),
    fc.tuple(index, fc.integer({ min: 2, max: 64 }), fc.nat(63)).map(([a, n, r]) =>
      v(a)
        .mod(n)
        .is(r % n),
    ),
    fc
      .tuple(index, value, fc.nat(Math.floor(size / 4)))
      .map(([a, low, w]) => v(a).inside([low, low + w])),
    fc.tuple(index, index).map(([a, b]) => v(a).bits(5, 2).lt(v(b).bits(3, 0))),
    fc.tuple(index, index).map(([a, b]) => v(a).isNot(v(b))),
    fc.tuple(index, fc.integer({ min: 2, max: 9 }), value).map(([a, n, m]) => v(a).times(n).gt(m)),
  );
  return fc.oneof(
    { weight: 3, arbitrary: atom },
    { weight: 1, arbitrary: fc.tuple(atom, atom).map(([a, b]) => a.implies(b)) },
    { weight: 1, arbitrary: fc.tuple(atom, atom, atom).map(([a, b, c]) => any(all(a, b), c)) },
    { weight: 1, arbitrary: atom.map((a) => a.not()) },
  );
}

const problems = fc
  .record({ bits: fc.integer({ min: 6, max: 14 }), variables: fc.integer({ min: 2, max: 5 }) })
  .chain(({ bits, variables }) =>
    fc.record({
      domains: fc.constant(
        Array.from({ length: variables }, (): readonly NumberRange[] => [[0, 2 ** bits - 1]]),
      ),
      relations: fc.array(relation(variables, 2 ** bits - 1), { minLength: 3, maxLength: 14 }),
    }),
  );

describe('satisfiability', () => {
  it('is what Z3 says, and what is drawn is a solution', { timeout: 120_000 }, async () => {
    if (ask === undefined) return;
    const tally = new Map([
      ['sat', 0],
      ['unsat', 0],
    ]);
    for (const { domains, relations } of fc.sample(problems, { seed: 18, numRuns: PROBLEMS })) {
      const nodes = relations.map(({ node }) => node);
      const theirs = await ask(smtLibOf(domains, nodes));
      const problem = new Problem(
        domains,
        nodes.map((node, n) => ({ name: `c${n}`, node })),
      );
      tally.set(theirs, (tally.get(theirs) ?? 0) + 1);
      const ours = problem.satisfiability();
      expect([ours, nodes.length]).toEqual([theirs === 'sat' ? 'yes' : 'no', nodes.length]);
      const values = new Float64Array(domains.length);
      if (ours !== 'yes') continue;
      expect(problem.sample(new RandomStream('z3'), values)).toBe(true);
      for (const node of nodes) expect(evaluateBool(node, values)).toBe(true);
    }
    // Both kinds occur, and nothing else.
    expect([...tally.keys()]).toEqual(['sat', 'unsat']);
    expect(Math.min(...tally.values())).toBeGreaterThan(PROBLEMS / 6);
  });
});
