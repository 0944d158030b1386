/**
 * Whether the values that an object has satisfy its constraints, without solving anything: SystemVerilog's `randomize(null)` (IEEE 1800
 * clause 18.11.1). Soft constraints are no demands; they are not asked.
 */
import { varsOf, type BoolNode } from './expression.ts';
import { withPlaces } from './place.ts';
import { printBool } from './print.ts';
import type { Call, RandomModel } from './random-model.ts';
import { readSlot } from './slot-values.ts';
import { definitionOf } from './truth-variables.ts';
import { evaluateBigBool } from './wide.ts';
import type { Known } from './variables.ts';

/** A constraint, or a domain, that the values break. */
export interface BrokenConstraint {
  /** `legal`, `header.legal[1]`; of a value out of its domain the field. */
  readonly name: string;
  /** As it reads: `b <= limit`. */
  readonly text: string;
  /** Where it was written, `folder/file.ts(12)`. */
  readonly place: string | undefined;
}

/** What `check` finds. */
export interface CheckResult {
  readonly isValid: boolean;
  readonly broken: readonly BrokenConstraint[];
}

/** @throws UsageError `bad-state` for a value that is not of the kind of its domain. */
export function checkValues(model: RandomModel, call: Call): CheckResult {
  const values = new Map<number, number>();
  for (const slot of model.layout.root.fields) {
    readSlot(slot, call.target as Record<string, unknown>, (index, code) =>
      values.set(index, code),
    );
  }
  const broken = [...outOfDomain(model, values), ...brokenConstraints(model, call, values)];
  return { isValid: broken.length === 0, broken };
}

function outOfDomain(model: RandomModel, values: Known): readonly BrokenConstraint[] {
  const { names } = model.layout;
  const found: BrokenConstraint[] = [];
  const say = (name: string, value: number | bigint, domain: string): void => {
    found.push({ name, text: `${name} is ${value}, not one of ${domain}`, place: undefined });
  };
  for (const [index, code] of values) {
    const wide = names.wides.get(index);
    if (wide !== undefined) {
      const value = (BigInt(code) << 32n) + BigInt(values.get(wide.low) ?? 0);
      if (!wide.domain.contains(value)) say(wide.path, value, wide.domain.describe());
    } else if (!names.lowHalves.has(index)) {
      const domain = names.domains[index];
      const isIn = domain.ranges.some(([low, high]) => low <= code && code <= high);
      if (!isIn) say(names.fields[index], code, domain.describe());
    }
  }
  return found;
}

function brokenConstraints(
  model: RandomModel,
  call: Call,
  values: Known,
): readonly BrokenConstraint[] {
  const first = unsatisfied(model, call, values);
  if (first.length === 0) return first;
  // Once more, with the lines where they were written.
  return withPlaces(() => unsatisfied(model.copy(), call, values));
}

function unsatisfied(model: RandomModel, call: Call, values: Known): readonly BrokenConstraint[] {
  const { hard, truths } = model.constraintsFor(call, values);
  const all = new Float64Array(model.layout.variableCount + truths.length);
  for (const [index, code] of values) all[index] = code;
  const bind = model.binderFor(call, values);
  for (const { index, node } of truths) all[index] = evaluateBigBool(bind(node), all) ? 1 : 0;
  const names = { ...model.layout.names, truths };
  // A relation that neither holds nor fails, for a division by 0, breaks what it is used in.
  const undecided = truths.filter((truth) => !evaluateBigBool(bind(definitionOf(truth)), all));
  const isDecided = (node: BoolNode): boolean => {
    const vars = varsOf(node);
    return undecided.every(({ index }) => !vars.includes(index));
  };
  return hard.flatMap(({ source, node }) => {
    if (source === undefined || (evaluateBigBool(node, all) && isDecided(node))) return [];
    return [{ name: source.name, text: printBool(source.node, names), place: source.place?.text }];
  });
}
