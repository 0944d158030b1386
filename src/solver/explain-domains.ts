/** The domains and the state in a conflict, as lines of its explanation. */
import { keptParts, variablesIn, type Cases } from './explain-cases.ts';
import { visitExpression } from './expression-visit.ts';

/** What the constraints of a conflict speak of. */
export interface Used {
  readonly variables: readonly number[];
  readonly state: readonly (readonly [field: string, value: unknown])[];
}

export function usedBy(cases: Cases, core: readonly string[]): Used {
  const variables = new Set<number>();
  const fields = new Set<string>();
  for (const name of core) {
    const { node } = keptParts(cases, name, core);
    for (const index of variablesIn(node, cases.print)) variables.add(index);
    visitExpression(node, { state: (field) => fields.add(field) });
    for (const { index, node: relation } of cases.print.truths) {
      if (variablesIn(node, cases.print).includes(index)) {
        visitExpression(relation, { state: (field) => fields.add(field) });
      }
    }
  }
  return {
    variables: [...variables].sort((a, b) => a - b),
    state: [...fields].map((field) => [field, cases.state.get(field)] as const),
  };
}

/** `a, b: one of 0..255`; elements of a list together. */
export function describeDomains(cases: Cases, variables: readonly number[]): string[] {
  const { print: names, off, early, all } = cases;
  const rows: { name: string; text: string }[] = [];
  const done = new Set<number>();
  for (const index of variables) {
    if (done.has(index)) continue;
    const wide = names.wides.get(index);
    if (wide !== undefined) done.add(wide.low);
    const name = wide?.path ?? names.fields[index];
    const domain = wide?.domain ?? names.domains[index];
    const value = off.get(index);
    if (value !== undefined) {
      const low = wide === undefined ? 0 : (off.get(wide.low) ?? 0);
      const shown =
        wide === undefined ? printCode(cases, index, value) : (BigInt(value) << 32n) + BigInt(low);
      rows.push({ name, text: `is ${shown} (not random in this call)` });
    } else if (early.includes(index) && all.length === 1) {
      rows.push({ name, text: `was drawn first: ${all[0].known.get(index) ?? ''}` });
    } else rows.push({ name, text: `one of ${domain.describe()}` });
  }
  return joined(rows);
}

function printCode(cases: Cases, index: number, code: number): string {
  const domain = cases.print.domains[index];
  const isIn = domain.ranges.some(([low, high]) => low <= code && code <= high);
  return String(isIn ? domain.fromNumber(code) : code);
}

/** Neighbours that say the same become one line. */
function joined(rows: readonly { readonly name: string; readonly text: string }[]): string[] {
  const lines: string[] = [];
  for (let n = 0; n < rows.length; n++) {
    const list = /^(.*)\[(\d+)\]$/.exec(rows[n].name);
    let end = n;
    const isNext = (at: number): boolean =>
      list !== null &&
      rows[at]?.text === rows[n].text &&
      rows[at].name === `${list[1]}[${Number(list[2]) + at - n}]`;
    while (isNext(end + 1)) end++;
    const name =
      end > n ? `${list?.[1]}[${list?.[2]}..${Number(list?.[2]) + end - n}]` : rows[n].name;
    lines.push(`  ${name}: ${rows[n].text}`);
    n = end;
  }
  return lines;
}
