/**
 * Wide integers that constraints hold within small ranges, seen as the small numbers that they are: the halves of a number of 64 bits get
 * the values that are left to them, exactly, and halves with one value become constants.
 *
 *     base in 2^60..2^60 + 1000, (base - 2^60) * count <= 5000      high == 2^28, low in 0..1000:   low * count <= 5000
 */
import { TRUE, type BoolNode, type IntNode } from './expression.ts';
import { clip, type Sets, type ValueSet } from './interval.ts';
import { boundsOfTerms, linearFormOf, type LinearForm } from './linear-form.ts';
import { ceilDivide, floorDivide, fromLinear, toLinear } from './linear.ts';
import { bigMembership, mapParts, rewriteBool } from './rewrite.ts';

export interface Narrowed {
  readonly sets: Sets;
  readonly constraints: readonly BoolNode[];
}

const ROUNDS_MAX = 8;

/** The same solutions of narrower variables; undefined: there are none. */
export function narrowWide(sets: Sets, constraints: readonly BoolNode[]): Narrowed | undefined {
  const narrow = [...sets];
  for (let round = 0; round < ROUNDS_MAX; round++) {
    let hasChanged = false;
    for (const node of constraints) {
      const form = linearFormOf(node, narrow);
      if (form === undefined) continue;
      if (form.ranges.length === 0) return undefined;
      for (const { index } of form.terms) {
        const left = leftTo(index, form, narrow);
        if (left.length === 0) return undefined;
        hasChanged ||= left !== narrow[index];
        narrow[index] = left;
      }
    }
    if (!hasChanged) break;
  }
  const by = {
    variable: (index: number): IntNode | undefined => {
      const set = narrow[index];
      const [low, high] = [set[0][0], set[set.length - 1][1]];
      return low === high ? { kind: 'const', value: low } : undefined;
    },
  };
  const left = constraints
    .map((node) => around(gathered(rewriteBool(node, by)), narrow))
    .filter((node) => node.kind !== 'literal' || !node.value);
  return { sets: narrow, constraints: left };
}

/** A constraint on a sum without its constant; one that always holds by now as such. */
function around(node: BoolNode, sets: Sets): BoolNode {
  const form = linearFormOf(node, sets);
  if (form === undefined) return node;
  const { terms, ranges } = form;
  const [least, most] = boundsOfTerms(terms, sets);
  if (ranges.length === 1 && ranges[0][0] <= least && ranges[0][1] >= most) return TRUE;
  const sum = terms.map(({ index, factor }) => ({ node: { kind: 'var', index } as const, factor }));
  return bigMembership(fromLinear({ terms: sum, constant: 0n }), ranges);
}

/** Of a variable, what the extremes of the others leave. */
function leftTo(index: number, { terms, ranges }: LinearForm, sets: Sets): ValueSet {
  const own = terms.find((term) => term.index === index);
  if (own === undefined) return sets[index];
  const [least, most] = boundsOfTerms(
    terms.filter((term) => term !== own),
    sets,
  );
  const [low, high] = [ranges[0][0] - most, ranges[ranges.length - 1][1] - least];
  const [from, to] = own.factor > 0n ? [low, high] : [high, low];
  return clip(
    sets[index],
    Number(ceilDivide(from, own.factor)),
    Number(floorDivide(to, own.factor)),
  );
}

/** A constraint whose sums have one constant each. */
function gathered(node: BoolNode): BoolNode {
  switch (node.kind) {
    case 'eq':
    case 'lt':
    case 'le':
      return rewriteBool({ kind: node.kind, a: gatheredInt(node.a), b: gatheredInt(node.b) }, {});
    case 'in':
    case 'inBig':
    case 'dist':
      return rewriteBool({ ...node, a: gatheredInt(node.a) }, {});
    case 'not':
      return rewriteBool({ kind: 'not', part: gathered(node.part) }, {});
    case 'all':
    case 'any':
      return rewriteBool({ kind: node.kind, parts: node.parts.map(gathered) }, {});
    default:
      return node;
  }
}

function gatheredInt(node: IntNode): IntNode {
  if (node.kind !== 'add' && node.kind !== 'sub') return mapParts(node, gatheredInt);
  const linear = toLinear(node);
  if (linear === undefined) return node;
  const terms = linear.terms.map((term) => ({ ...term, node: gatheredInt(term.node) }));
  return fromLinear({ ...linear, terms });
}
