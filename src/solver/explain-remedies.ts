/**
 * What alone would help: a constraint left out, a domain made wider, another value of a state field, a field made random again. Each remedy is
 * tried on the whole of the constraints, so what is listed does help.
 */
import type { NumberRange } from './domain.ts';
import { isPossible, type Case, type Cases } from './explain-cases.ts';
import { usedBy } from './explain-domains.ts';
import type { BoolNode, IntNode } from './expression.ts';
import type { Sets } from './interval.ts';
import { howToRaise, SOLVER_LIMITS } from './limits.ts';
import { Problem } from './problem.ts';
import type { BoundConstraint, Call, RandomModel } from './random-model.ts';

interface Conflict {
  readonly model: RandomModel;
  readonly call: Call;
  readonly cases: Cases;
  readonly core: readonly string[];
}

/** How far a state field may go from its value, beside its size. */
const STATE_REACH = 1024;
export function remedies(conflict: Conflict): readonly string[] {
  const { cases, core } = conflict;
  const { remedyProblemsMax, explainCasesMax } = SOLVER_LIMITS;
  if (!cases.isComplete) {
    const what = `there are more than ${explainCasesMax} combinations of what is solved first (explainCasesMax)`;
    return [
      `What would help was not tried: ${what}; ${howToRaise(['explainCasesMax'])} raises it.`,
    ];
  }
  // Wider domains make problems harder.
  cases.budget.left = Math.min(cases.budget.left, remedyProblemsMax);
  const found = [
    ...(core.length > 1
      ? core.filter((name) => helpsWithout(cases, name)).map((name) => `without '${name}'`)
      : []),
    ...otherState(conflict),
    ...randomAgain(conflict),
    ...wider(conflict),
  ];
  const lines = found.length === 0 ? [] : [`Any one of these would do: ${found.join('; ')}.`];
  if (cases.budget.left > 0) return lines;
  const cut = `after ${remedyProblemsMax} problems (remedyProblemsMax); ${howToRaise(['remedyProblemsMax'])} raises it.`;
  return [...lines, `The search for what would help ended ${cut}`];
}

function someCase(
  cases: Cases,
  change: (one: Case) => { readonly sets: Sets; readonly hard: readonly BoundConstraint[] },
): boolean {
  return (
    cases.budget.left > 0 &&
    cases.all.some((one) => {
      const { sets, hard } = change(one);
      return cases.budget.left > 0 && isPossible(cases, sets, hard);
    })
  );
}

function helpsWithout(cases: Cases, name: string): boolean {
  return someCase(cases, ({ sets, hard }) => ({
    sets,
    hard: hard.filter(({ source }) => source?.name !== name),
  }));
}

/** Domains of numbers that are too narrow. */
function wider({ cases, core }: Conflict): readonly string[] {
  const { print: names, off } = cases;
  const told = new Set<string>();
  return usedBy(cases, core).variables.flatMap((index) => {
    const domain = names.domains[index];
    const isPlain =
      domain?.kind === 'integer' && !names.wides.has(index) && !names.lowHalves.has(index);
    if (!isPlain || off.has(index) || cases.early.includes(index)) return [];
    const low = domain.ranges[0][0];
    const high = domain.ranges[domain.ranges.length - 1][1];
    // Far enough for what is off by a little, or by the size of the domain.
    const reach = Math.min(16 * (high - low + 4), 2 ** 40);
    const field = elementOf(names.fields[index]);
    if (told.has(field)) return [];
    told.add(field);
    const tries: readonly (readonly [text: string, range: NumberRange])[] = [
      [`${field} in the gaps of its domain`, [low, high]],
      [`${field} above ${high}`, [low, high + reach]],
      [`${field} below ${low}`, [low - reach, high]],
    ];
    const helping = tries.find(([, range], n) => {
      if (n === 0 && domain.ranges.length === 1) return false;
      return someCase(cases, ({ sets, hard }) => ({
        sets: sets.map((set, at) => (at === index ? [range] : set)),
        hard,
      }));
    });
    return helping === undefined ? [] : [helping[0]];
  });
}

/** One element speaks for all: `an element of items`. */
function elementOf(field: string): string {
  const list = /^(.*)\[\d+\]$/.exec(field);
  return list === null ? field : `an element of ${list[1]}`;
}

/** State fields that are numbers, with a value that would do. */
function otherState({ cases, core, model, call }: Conflict): readonly string[] {
  return usedBy(cases, core).state.flatMap(([field, value]) => {
    if (typeof value !== 'number') return [];
    for (const one of cases.all) {
      if (cases.budget.left-- <= 0) return [];
      const index = one.sets.length;
      const reach = 2 * Math.abs(value) + STATE_REACH;
      const free = freeState(model, call, one, { field, index });
      const problem = new Problem([...one.sets, [[value - reach, value + reach]]], free);
      if (problem.satisfiability() !== 'yes') continue;
      return [`another ${field}, such as ${nearest(problem, index, { value, reach })}`];
    }
    return [];
  });
}

/** The value nearest to the present one, by halving the distance; of two the greater one. */
function nearest(
  problem: Problem,
  index: number,
  from: { readonly value: number; readonly reach: number },
): number {
  const isIn = (range: NumberRange): boolean => {
    const node: BoolNode = { kind: 'in', a: { kind: 'var', index }, ranges: [range] };
    return problem.with({ name: '', node }).satisfiability() === 'yes';
  };
  let low = 0;
  let high = from.reach;
  while (low + 1 < high) {
    const middle = Math.floor((low + high) / 2);
    if (isIn([from.value - middle, from.value + middle])) high = middle;
    else low = middle;
  }
  const above = from.value + high;
  return isIn([above, above]) ? above : from.value - high;
}

/** The constraints of a case with a variable in the place of a state field. */
function freeState(
  model: RandomModel,
  call: Call,
  one: Case,
  free: { readonly field: string; readonly index: number },
): readonly BoundConstraint[] {
  const bind = model.binderFor(call, one.known);
  return one.hard.map((constraint) => {
    const { source } = constraint;
    if (source === undefined) return constraint;
    return { ...constraint, node: bind(withVariable(source.node, free)) };
  });
}

function withVariable(
  node: BoolNode,
  free: { readonly field: string; readonly index: number },
): BoolNode {
  const inside = (a: IntNode): IntNode => {
    if (a.kind === 'state') return a.field === free.field ? { kind: 'var', index: free.index } : a;
    if (a.kind === 'bits') return { ...a, a: inside(a.a) };
    if (a.kind === 'const' || a.kind === 'big' || a.kind === 'var') return a;
    return { kind: a.kind, a: inside(a.a), b: inside(a.b) };
  };
  switch (node.kind) {
    case 'literal':
    case 'stateIs':
      return node;
    case 'not':
      return { kind: 'not', part: withVariable(node.part, free) };
    case 'all':
    case 'any':
      return { kind: node.kind, parts: node.parts.map((part) => withVariable(part, free)) };
    case 'eq':
    case 'lt':
    case 'le':
      return { kind: node.kind, a: inside(node.a), b: inside(node.b) };
    default:
      return { ...node, a: inside(node.a) };
  }
}

/** Fields that are state in this call although they have a domain. */
function randomAgain({ model, call, cases, core }: Conflict): readonly string[] {
  const { print: names, off } = cases;
  return usedBy(cases, core).variables.flatMap((index) => {
    if (!off.has(index) || names.lowHalves.has(index)) return [];
    const known = new Map(off);
    known.delete(index);
    const low = names.wides.get(index)?.low;
    if (low !== undefined) known.delete(low);
    const level = model.level({ ...call, off: known }, known);
    if (level.wanted.length > 0 || !isPossible(cases, level.sets, level.hard)) return [];
    return [`${names.wides.get(index)?.path ?? names.fields[index]} random again`];
  });
}
