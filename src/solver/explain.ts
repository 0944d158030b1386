/**
 * Why there is no solution (semantics §2): a smallest set of constraints that conflict, with the lines where they were written, the domains,
 * the state and the early values in it, and what alone would help. Or that a limit was hit, and which.
 */
import { UsageError } from '#base/assert';
import { smallestConflict } from './conflict.ts';
import { describeDomains, usedBy } from './explain-domains.ts';
import { remedies } from './explain-remedies.ts';
import { caseHolds, casesOf, keptParts, type Cases } from './explain-cases.ts';
import type { LevelSolver, Outcome } from './level-solver.ts';
import { noHit, type GiveUp } from './give-up.ts';
import { howToRaise, SOLVER_LIMITS } from './limits.ts';
import { withPlaces } from './place.ts';
import { printBool } from './print.ts';
import type { Call, RandomModel } from './random-model.ts';

/** What failed. */
export interface Failure {
  readonly className: string;
  readonly model: RandomModel;
  readonly call: Call;
  readonly solver: LevelSolver;
  readonly outcome: Outcome;
}

/** The error for a call of randomize that failed. */
export function explainFailure(failure: Failure): UsageError {
  if (failure.outcome === 'open') return limitReached(failure);
  return withPlaces(() => conflict({ ...failure, model: failure.model.copy() }));
}

function conflict({ className, model, call, solver }: Failure): UsageError {
  const cases = casesOf(model, call, solver.last.known);
  const all = cases.names;
  const isImpossible = (rest: readonly string[]): boolean => {
    const names = new Set(rest);
    return cases.all.every((one) => !caseHolds(cases, one, names));
  };
  const core = smallestConflict(all, isImpossible);
  const isCut = cases.budget.left <= 0;
  const which = core.map((name) => `'${name}'`).join(', ');
  const head =
    core.length === 1
      ? `no values of ${className} satisfy ${which}:`
      : `no values of ${className} satisfy ${which || 'its fields as they are'} together:`;
  const lines = [
    head,
    ...core.map((name) => `  ${constraintLine(cases, name, core)}`),
    ...contextLines(cases, core),
    ...remedies({ model, call, cases, core }).map((line) => `  ${line}`),
  ];
  return new UsageError('solve-failed', lines.join('\n'), {
    hint: `${neededText(core, isCut)}The fields keep their values.`,
  });
}

function neededText(core: readonly string[], isCut: boolean): string {
  if (core.length < 2) return '';
  if (!isCut) return 'Each of them is needed for the conflict. ';
  const { explainProblemsMax } = SOLVER_LIMITS;
  return (
    `Some of them may not be needed for the conflict: ${explainProblemsMax} problems were solved to find that out ` +
    `(explainProblemsMax); ${howToRaise(['explainProblemsMax'])} raises it. `
  );
}

/** `legal: a < b  (tests/item.ts(12))`, of a long conjunction the parts that matter. */
function constraintLine(cases: Cases, name: string, core: readonly string[]): string {
  const { node, place, isCut, shownFor } = keptParts(cases, name, core);
  const { print } = cases;
  const early = [...(shownFor ?? [])].filter(([index]) => cases.early.includes(index));
  const when = early.map(([index, value]) => `${print.fields[index]} = ${value}`).join(', ');
  const text = `${name}: ${printBool(node, print)}${isCut ? ' …' : ''}`;
  const shown = when === '' ? text : `${text}, for ${when}`;
  return place?.text === undefined ? shown : `${shown}  (${place.text})`;
}

function contextLines(cases: Cases, core: readonly string[]): readonly string[] {
  const used = usedBy(cases, core);
  const lines = describeDomains(cases, used.variables);
  for (const [field, value] of used.state) lines.push(`  state ${field} = ${printState(value)}`);
  const { dropped } = cases;
  if (dropped.length > 0) {
    lines.push(
      `  soft constraints given up before: ${dropped.map((name) => `'${name}'`).join(', ')}`,
    );
  }
  return lines;
}

function printState(value: unknown): string {
  if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return String(value);
  const list = [...(value as Iterable<unknown>)];
  if (list.length === 0) return 'an empty list';
  return `[${list.map((one) => (Array.isArray(one) ? one.join('..') : String(one))).join(', ')}]`;
}

function limitReached({ className, solver }: Failure): UsageError {
  const early = solver.earlyLimit;
  if (early !== undefined) {
    const fields = early.map((index) => `'${solver.fieldOf(index)}'`).join(', ');
    const { earlyTriesMax, earlyValuesMax } = SOLVER_LIMITS;
    const what =
      `${fields} are solved first, ${earlyTriesMax} tries (earlyTriesMax) could not be completed, ` +
      `and there are more than ${earlyValuesMax} values (earlyValuesMax)`;
    return notFound(className, aboutAll(solver), {
      what,
      limits: ['earlyValuesMax'],
      hint: 'Constrain what is solved first so that most of its values can be completed.',
    });
  }
  const gaveUp = solver.gaveUp ?? solver.last.prepared.gaveUp ?? noHit();
  const about = gaveUp.name === undefined ? aboutAll(solver) : undefined;
  return notFound(className, about, gaveUp);
}

function notFound(className: string, about: string | undefined, gaveUp: GiveUp): UsageError {
  const { what, limits, hint, isProof } = gaveUp;
  const object = about === undefined ? '' : ` for ${about}`;
  const raise =
    limits.length === 0
      ? ''
      : ` Or raise a limit, before anything is solved: ${howToRaise(limits)}.`;
  return new UsageError(
    isProof === true ? 'solve-failed' : 'solve-limit',
    `no values of ${className} were found${object}: ${what}`,
    { hint: `${hint}${raise}` },
  );
}

function aboutAll({ last }: LevelSolver): string {
  const names = last.prepared.problem.constraints.flatMap(({ name }) =>
    name === '' ? [] : [`'${name}'`],
  );
  return [...new Set(names)].join(', ') || 'its distributions';
}
